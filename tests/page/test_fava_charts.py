"""The charts of the page, and the numbers below them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.reading import asked
from tests.reading import links
from tests.reading import ours
from tests.reading import words
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import app_of
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from flask.testing import FlaskClient

    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

_EXAMPLE = f"/atelier-nordlicht/{PAGE}"
_HEAD = """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-04
2026-01-01 open Assets:Receivable
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
"""
_BOOKS = (
    _HEAD
    + """
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-02-01
  Assets:Receivable   1000.00 EUR
  Income:Services
2026-02-10 * "Acme" "Part" ^INV-1
  Assets:Bank   250.00 EUR
  Assets:Receivable
2026-02-11 * "Beta" "Logo" ^INV-2
  due: 2026-03-04
  Assets:Receivable   70.00 USD
  Income:Services
2026-02-12 * "Beta" "Cards" ^INV-3
  Assets:Receivable   8.00 USD
  Income:Services
2026-02-12 * "Beta" "Cards" ^INV-4
  due: 2026-07-01
  Assets:Receivable   5.00 USD
  Income:Services
"""
)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_BOOKS)
    return path


def _charts(client: FlaskClient, address: str, **query: str) -> dict[str, Element]:
    page = ours(client, address, charts="1", **query)
    figures = page.findall(".//figure[@class='chart']")
    return {words(one.find("figcaption")): one for one in figures}


def _numbers(chart: Element) -> list[list[str]]:
    """Return the table below a chart: its head, then its rows."""
    return [[words(cell) for cell in row] for row in chart.findall(".//table/*/tr")]


def test_charts_are_worked_out_when_they_are_asked_for(books: Path) -> None:
    client = client_of(books)
    page = ours(client, f"/books/{PAGE}", find="x")
    assert page.findall(".//figure") == []
    (address,) = links(page, "Show the charts")
    assert address.endswith("#charts")
    assert asked(address.partition("#")[0]) == {"charts": "1", "find": "x"}
    page = ours(client, f"/books/{PAGE}", charts="1")
    assert links(page, "Show the charts") == []
    assert len(page.findall(".//figure")) == 4


def test_how_receivables_aged(books: Path) -> None:
    charts = _charts(client_of(books), f"/books/{PAGE}", time="2026-03")
    euros = charts["How receivables aged, EUR, at month ends"]
    head, *months = _numbers(euros)
    assert head == ["", "not due", "1-30", "31-60", "total"]
    assert months[-3:] == [
        ["2026-01-31", "1000.00", "", "", "1000.00"],
        ["2026-02-28", "", "750.00", "", "750.00"],
        ["2026-03-31", "", "", "750.00", "750.00"],
    ]
    # What is in one currency does not make up columns in another: dollars begin later.
    dollars = charts["How receivables aged, USD, at month ends"]
    head, *months = _numbers(dollars)
    assert head == ["", "undated", "not due", "1-30", "total"]
    assert months[-3:] == [
        ["2026-01-31", "", "", "", "0"],
        ["2026-02-28", "8.00", "75.00", "", "83.00"],
        ["2026-03-31", "8.00", "5.00", "70.00", "83.00"],
    ]
    colours = [one.attrib["class"] for one in euros.findall(".//ul/li/i")]
    assert colours == ["fine", "b1", "b2"]


def test_a_column_is_as_high_as_what_it_stands_for(books: Path) -> None:
    chart = _charts(client_of(books), f"/books/{PAGE}", time="2026-03")[
        "How receivables aged, EUR, at month ends"
    ]
    *_, january, february, march = chart.findall(".//a[@class='stack']")
    assert january.attrib["title"] == "2026-01-31: 1000.00 EUR"
    for column, style in (
        (january, [("fine", "height: 100.00%")]),
        (february, [("b1", "height: 75.00%")]),
        (march, [("b2", "height: 75.00%")]),
    ):
        pieces = column.findall("span[@class='pieces']/span")
        found = [(one.attrib["class"], one.attrib["style"]) for one in pieces]
        assert found == style
    assert [words(one) for one in january.findall("span[@class='label']")] == [
        "2026-01"
    ]
    scale = chart.findall(".//div[@class='scale']/span")
    assert [(words(one), one.attrib["style"]) for one in scale] == [
        ("200", "bottom: 20.00%"),
        ("400", "bottom: 40.00%"),
        ("600", "bottom: 60.00%"),
        ("800", "bottom: 80.00%"),
        ("1k", "bottom: 100.00%"),
    ]


def test_a_months_column_leads_to_that_day() -> None:
    client = client_of(EXAMPLE)
    charts = _charts(client, _EXAMPLE, account="Assets:Receivable")
    seen = 0
    for currency in ("EUR", "USD"):
        chart = charts[f"How receivables aged, {currency}, at month ends"]
        head, *_ = _numbers(chart)
        for row in chart.findall(".//table/tbody/tr"):
            cells = [words(cell) for cell in row]
            (address,) = links(row, cells[0])
            query = asked(address)
            assert query["time"] == cells[0]
            assert (query["charts"], query["account"]) == ("1", "Assets:Receivable")
            answer = client.get(f"{_EXAMPLE}aging", query_string=query).get_json()
            assert answer["as_of"] == cells[0]
            totals = {one["currency"]: one["buckets"] for one in answer["totals"]}
            shown = dict(zip(head[1:-1], cells[1:-1], strict=True))
            there = {name: text for name, text in shown.items() if text}
            assert there == totals.get(currency, {})
            expected = sum(map(Decimal, there.values()), Decimal())
            assert Decimal(cells[-1]) == expected
            seen += bool(there)
    assert seen > 12


def test_buckets_that_were_other_ones_then_are_shown_too(books: Path) -> None:
    books.write_text(_BOOKS + '2026-03-01 custom "dunning-option" "buckets" "45 90"\n')
    client = client_of(books)
    charts = _charts(client, f"/books/{PAGE}", time="2026-03")
    euros = charts["How receivables aged, EUR, at month ends"]
    head, *months = _numbers(euros)
    assert head == ["", "not due", "1-30", "46-90", "total"]
    assert months[-2:] == [
        ["2026-02-28", "", "750.00", "", "750.00"],
        ["2026-03-31", "", "", "750.00", "750.00"],
    ]
    *_, february, _ = euros.findall(".//a[@class='stack']")
    pieces = february.findall("span[@class='pieces']/span")
    assert [one.attrib["class"] for one in pieces] == ["b4"]


def test_the_cash_to_come(books: Path) -> None:
    charts = _charts(client_of(books), f"/books/{PAGE}")
    euros = _numbers(charts["Cash expected in, EUR, by week"])
    assert euros[0] == ["", "total"]
    assert euros[1] == ["overdue", "750.00"]
    assert [Decimal(amount) for _, amount in euros[2:]] == [0] * 14
    chart = charts["Cash expected in, USD, by week"]
    dollars = {name: Decimal(amount) for name, amount in _numbers(chart)[1:]}
    assert list(dollars)[1] == "03-02"
    assert {name: amount for name, amount in dollars.items() if amount} == {
        "03-02": 70,
        "later": 5,
        "undated": 8,
    }
    columns = chart.findall(".//div[@class='stack']")
    assert columns[1].attrib["title"] == "03-02: 70.00 USD"
    shades = {
        words(column.find("span[@class='label']")): piece.attrib["class"]
        for column in columns
        for piece in column.findall("span[@class='pieces']/span")
    }
    assert shades == {"03-02": "fine", "later": "fine", "undated": "undated"}
    overdue = charts["Cash expected in, EUR, by week"].find(
        ".//div[@class='stack']/span[@class='pieces']/span"
    )
    assert overdue is not None
    assert overdue.attrib == {"class": "b4", "style": "height: 100.00%"}


def test_charts_are_of_the_customer_whose_page_it_is(books: Path) -> None:
    captions = set(_charts(client_of(books), f"/books/{PAGE}", customer="Beta"))
    assert captions == {
        "How receivables aged, USD, at month ends",
        "Cash expected in, USD, by week",
    }
    assert _charts(client_of(books), f"/books/{PAGE}", customer="Nobody") == {}


def test_what_was_looked_back_on_is_kept_for_its_load(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[date] = []

    def history(books: Books, _keep: Keep) -> tuple[()]:
        calls.append(books.as_of)
        return ()

    monkeypatch.setattr("fava_dunning.selection.history", history)
    app = app_of(books)
    client = app.test_client()
    address = f"/books/{PAGE}"
    _charts(client, address)
    _charts(client, address)
    assert calls == [date(2026, 3, 4)]
    _charts(client, address, customer="Beta")
    assert len(calls) == 2
    # There is an end to what is kept.
    for day in range(1, 17):
        _charts(client, address, time=f"2026-02-{day:02}")
    assert len(calls) == 18
    _charts(client, address)
    assert len(calls) == 19
    books.write_text(_BOOKS + "; more\n")
    _charts(client, address)
    assert len(calls) == 20
