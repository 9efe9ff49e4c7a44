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


_AGING = "Age of receivables at month end"
_COLLECTED = "Collected, and days sales outstanding (DSO)"
_CASH = "Cash expected in, by week"


def _section(client: FlaskClient, address: str, **query: str) -> Element:
    page = ours(client, address, **{"charts": "1", **query})
    (section,) = page.findall(".//section[@id='charts']")
    return section


def _charts(section: Element) -> dict[str, Element]:
    return {words(one.find("figcaption")): one for one in section.findall(".//figure")}


def _numbers(section: Element, place: int = 0) -> list[list[str]]:
    """Return a table below the charts: its head, then its rows."""
    table = section.findall(".//table")[place]
    return [[words(cell) for cell in row] for row in table.findall("./*/tr")]


def _told(chart: Element) -> list[str]:
    """Return what each column says of itself."""
    return [one.attrib["aria-label"] for one in _columns(chart)]


def _columns(chart: Element) -> list[Element]:
    return chart.findall(".//div[@class='cols']/*[@aria-label]")


def _pieces(column: Element) -> list[tuple[str, str]]:
    found = column.findall("span[@style]")
    return [(one.attrib["class"], one.attrib["style"]) for one in found]


def test_charts_are_worked_out_when_they_are_asked_for(books: Path) -> None:
    client = client_of(books)
    page = ours(client, f"/books/{PAGE}", find="x")
    assert page.findall(".//figure") == []
    (address,) = links(page, "Show the charts")
    assert address.endswith("#charts")
    assert asked(address.partition("#")[0]) == {"charts": "1", "find": "x"}
    section = _section(client, f"/books/{PAGE}")
    assert links(section, "Show the charts") == []
    assert list(_charts(section)) == [_AGING, _COLLECTED, _CASH]


def test_one_currency_at_a_time(books: Path) -> None:
    client = client_of(books)
    section = _section(client, f"/books/{PAGE}", find="x")
    switch = section.findall(".//nav[@class='modes']/a")
    assert [(words(one), one.get("aria-current")) for one in switch] == [
        ("EUR", "true"),
        ("USD", None),
    ]
    assert [asked(one.attrib["href"].partition("#")[0]) for one in switch] == [
        {"charts": "EUR", "find": "x"},
        {"charts": "USD", "find": "x"},
    ]
    section = _section(client, f"/books/{PAGE}", charts="USD")
    assert words(section.find(".//a[@aria-current]")) == "USD"
    # What is not there is as if nothing was chosen.
    section = _section(client, f"/books/{PAGE}", charts="CHF")
    assert words(section.find(".//a[@aria-current]")) == "EUR"


def test_how_old_it_was(books: Path) -> None:
    client = client_of(books)
    euros = _section(client, f"/books/{PAGE}", time="2026-03")
    head, *months = [row[:6] for row in _numbers(euros)]
    assert head == ["Day", "not due", "1-30", "31-60", "in all", "collected"]
    assert len(months) == 12
    assert months[-3:] == [
        ["2026-01-31", "1000.00", "", "", "1000.00", "0"],
        ["2026-02-28", "", "750.00", "", "750.00", "250.00"],
        ["2026-03-31", "", "", "750.00", "750.00", "0"],
    ]
    # What is in one currency does not make up columns in another: dollars begin later.
    dollars = _section(client, f"/books/{PAGE}", time="2026-03", charts="USD")
    head, *months = [row[:5] for row in _numbers(dollars)]
    assert head == ["Day", "undated", "not due", "1-30", "in all"]
    assert months[-3:] == [
        ["2026-01-31", "", "", "", "0"],
        ["2026-02-28", "8.00", "75.00", "", "83.00"],
        ["2026-03-31", "8.00", "5.00", "70.00", "83.00"],
    ]
    chart = _charts(euros)[_AGING]
    legend = chart.findall(".//div[@class='key']/span/i")
    assert [one.attrib["class"] for one in legend] == ["fine", "b1", "b2"]
    assert _told(chart)[-2:] == [
        "2026-02-28: 1-30 750.00, in all 750.00 EUR",
        "2026-03-31: 31-60 750.00, in all 750.00 EUR",
    ]
    assert "2 customers" not in words(euros)


def test_a_month_that_is_not_over_is_shown_as_far_as_it_came(books: Path) -> None:
    section = _section(client_of(books), f"/books/{PAGE}")
    _, *months = _numbers(section)
    assert [row[0] for row in months[::11]] == ["2025-04-30", "2026-03-04"]
    # How many days of sales were outstanding is of months that are over.
    ends = _numbers(section)
    assert ends[0][6:] == ["DSO", "best possible", "days delinquent", "effectiveness"]
    assert ends[-2][0] == "2026-02-28"
    # Of 1000.00 in 90 days 750.00 are out, all past due.
    assert ends[-2][6:] == ["68", "0", "68", "25 %"]
    assert ends[-1][6:] == ["", "", "", ""]
    chart = _charts(section)[_COLLECTED]
    assert _told(chart)[-2:] == [
        "2026-02: collected 250.00 EUR, DSO 68 days",
        "2026-03: collected 0 EUR",
    ]
    names = [words(one) for one in chart.findall(".//div[@class='names']/span")]
    assert names[-3:] == ["Jan92", "Feb68", "Mar"]
    measures = words(section.find(".//section[@class='measures']"))
    assert measures.startswith("Measures, the three months up to 2026-02-28")
    assert "Days sales outstanding68 days" in measures
    assert "Collection effectiveness25 %" in measures


def test_a_column_is_as_high_as_what_it_stands_for(books: Path) -> None:
    section = _section(client_of(books), f"/books/{PAGE}", time="2026-03")
    chart = _charts(section)[_AGING]
    *_, january, february, march = _columns(chart)
    assert _pieces(january) == [("fine", "height: 100.00%")]
    assert _pieces(february) == [("b1", "height: 75.00%")]
    assert _pieces(march) == [("b2", "height: 75.00%")]
    scale = chart.findall(".//div[@class='scale']/span")
    assert [(words(one), one.attrib["style"]) for one in scale] == [
        ("0", "bottom: 0"),
        ("200", "bottom: 20.00%"),
        ("400", "bottom: 40.00%"),
        ("600", "bottom: 60.00%"),
        ("800", "bottom: 80.00%"),
        ("1k", "bottom: 100.00%"),
    ]


def test_a_months_column_leads_to_that_day() -> None:
    client = client_of(EXAMPLE)
    seen = 0
    for currency in ("EUR", "USD"):
        section = _section(
            client, _EXAMPLE, account="Assets:Receivable", charts=currency
        )
        head, *_ = _numbers(section)
        buckets = head[1 : head.index("in all")]
        columns = _columns(_charts(section)[_AGING])
        rows = section.findall(".//table")[0].findall("tbody/tr")
        for column, row in zip(columns, rows, strict=True):
            cells = [words(cell) for cell in row]
            (address,) = links(row, cells[0])
            assert column.attrib["href"] == address
            query = asked(address)
            assert query["time"] == cells[0]
            assert query["charts"] == currency
            assert query["account"] == "Assets:Receivable"
            answer = client.get(f"{_EXAMPLE}aging", query_string=query).get_json()
            assert answer["as_of"] == cells[0]
            totals = {one["currency"]: one["buckets"] for one in answer["totals"]}
            shown = dict(zip(buckets, cells[1:], strict=False))
            there = {name: text for name, text in shown.items() if text}
            assert there == totals.get(currency, {})
            expected = sum(map(Decimal, there.values()), Decimal())
            assert Decimal(cells[head.index("in all")]) == expected
            seen += bool(there)
    assert seen > 12


def test_buckets_that_were_other_ones_then_are_shown_too(books: Path) -> None:
    books.write_text(_BOOKS + '2026-03-01 custom "dunning-option" "buckets" "45 90"\n')
    section = _section(client_of(books), f"/books/{PAGE}", time="2026-03")
    head, *months = [row[:5] for row in _numbers(section)]
    # Today's come first, in their order.
    assert head == ["Day", "not due", "46-90", "1-30", "in all"]
    assert months[-2:] == [
        ["2026-02-28", "", "", "750.00", "750.00"],
        ["2026-03-31", "", "750.00", "", "750.00"],
    ]
    *_, february, _ = _columns(_charts(section)[_AGING])
    assert [style for style, _ in _pieces(february)] == ["b4"]


def test_the_cash_to_come(books: Path) -> None:
    books.write_text(
        f"{_BOOKS}2026-03-03 note Assets:Receivable "
        '"Called" ^INV-2\n  promise: 2026-03-06\n'
    )
    section = _section(client_of(books), f"/books/{PAGE}", charts="USD")
    head, *rows = _numbers(section, 1)
    assert head == ["Week of", "due", "promised", "total"]
    assert rows[0] == ["2026-03-02", "0.00", "70.00", "70.00"]
    assert [row[0] for row in rows[11:]] == [
        "2026-05-18",
        "later",
        "overdue",
        "unknown",
    ]
    assert [row[3] for row in rows[12:]] == ["5.00", "0", "8.00"]
    chart = _charts(section)[_CASH]
    assert _told(chart)[0] == "Week of 2026-03-02: due 0.00 USD, promised 70.00 USD"
    assert _pieces(_columns(chart)[0]) == [("hatch", "height: 87.50%")]
    # Who uses the keyboard comes by each.
    assert {one.get("tabindex") for one in _columns(chart)} == {"0"}
    # What is overdue is no column: it would dwarf the weeks.
    euros = _section(client_of(books), f"/books/{PAGE}", charts="EUR")
    chart = _charts(euros)[_CASH]
    assert _columns(chart) == []
    assert words(chart.find("p[@class='apart']")) == (
        "No date: overdue 750.00, unknown 0; later 0"
    )


def test_what_is_converted_is_one_currency_at_the_prices_of_the_day(
    books: Path,
) -> None:
    books.write_text(
        f"{_BOOKS}2026-01-01 price USD 0.80 EUR\n2026-03-01 price USD 0.50 EUR\n"
    )
    client = client_of(books)
    section = _section(client, f"/books/{PAGE}", conversion="EUR", time="2026-03")
    assert section.find(".//nav[@class='modes']") is None
    assert "All at the prices of 2026-03-31" in words(section)
    head, *months = [row[:6] for row in _numbers(section)]
    assert head == ["Day", "undated", "not due", "1-30", "31-60", "in all"]
    assert months[-2:] == [
        ["2026-02-28", "4.00", "37.50", "750.00", "", "791.50"],
        ["2026-03-31", "4.00", "2.50", "35.00", "750.00", "791.50"],
    ]
    # Of 1041.50 EUR that were invoiced in 90 days.
    assert _numbers(section)[-1][7] == "68"
    # What has no price stays as it is.
    section = _section(client, f"/books/{PAGE}", conversion="CHF")
    assert "no price: EUR, USD" in words(section)
    assert len(section.findall(".//nav[@class='modes']/a")) == 2


def test_charts_are_of_the_customer_whose_page_it_is(books: Path) -> None:
    section = _section(client_of(books), f"/books/{PAGE}", customer="Beta")
    assert list(_charts(section)) == [_AGING, _CASH]
    assert section.find(".//nav[@class='modes']") is None
    assert "in USD" in words(section)
    section = _section(client_of(books), f"/books/{PAGE}", customer="Nobody")
    assert _charts(section) == {}
    assert "There is nothing to show." in words(section)


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
    _section(client, address)
    _section(client, address)
    assert calls == [date(2026, 3, 4)]
    _section(client, address, customer="Beta")
    assert len(calls) == 2
    # There is an end to what is kept.
    for day in range(1, 17):
        _section(client, address, time=f"2026-02-{day:02}")
    assert len(calls) == 18
    _section(client, address)
    assert len(calls) == 19
    books.write_text(_BOOKS + "; more\n")
    _section(client, address)
    assert len(calls) == 20
