"""The page about all customers: figures, to do, tables; asked over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from tests.reading import asked
from tests.reading import column
from tests.reading import customers
from tests.reading import inside
from tests.reading import lines
from tests.reading import links
from tests.reading import ours
from tests.reading import rows
from tests.reading import tables
from tests.reading import words
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from flask.testing import FlaskClient

ADDRESS = f"/books/{PAGE}"
_AS_OF = date(2026, 3, 1)
_HEAD = f"""
option "title" "Books"
option "operating_currency" "EUR"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" {_AS_OF}
2026-01-01 open Assets:Receivable
2026-01-01 open Assets:Receivable:Prepaid
2026-01-01 open Assets:Receivable:Zoo
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
"""


@dataclass(frozen=True)
class Books:
    """A ledger of a test's own."""

    path: Path

    def client(self, *parts: str, **options: bool) -> FlaskClient:
        self.path.write_text(_HEAD + "".join(parts))
        return client_of(self.path, **options)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path / "books.beancount")


def _invoice(
    reference: str, amount: str, due: str = "", *, customer: str = "Acme"
) -> str:
    said = f"  due: {due}\n" if due else ""
    return (
        f'2026-01-05 * "{customer}" "Website" ^{reference}\n{said}'
        f"  Assets:Receivable   {amount}\n  Income:Services\n"
    )


def _credit(customer: str, amount: str, account: str = "Assets:Receivable") -> str:
    return (
        f'2026-01-06 * "{customer}" "In advance" ^ORDER-1\n'
        f'  customer: "{customer}"\n'
        f"  {account}   -{amount}\n  Assets:Bank\n"
    )


def _paid_too_much(customer: str, amount: str, account: str) -> str:
    """Pay an invoice of 1.00 EUR, and leave credit that settles nothing."""
    whose = f'^OF-{customer}\n  customer: "{customer}"\n'
    return (
        f'2026-01-05 * "{customer}" "Logo" {whose}'
        f"  {account}   1.00 EUR\n  Income:Services\n"
        f'2026-01-06 * "{customer}" "In advance" {whose}'
        f"  Assets:Bank   {amount} EUR\n  {account}\n"
    )


def _sent(reference: str, day: str, step: str = "first reminder") -> str:
    return (
        f'{day} note Assets:Receivable "E-mailed" ^{reference}\n  reminder: "{step}"\n'
    )


def _tiles(page: Element) -> list[list[str]]:
    """Return the figures at a glance, a list for each currency."""
    return [
        [words(one) for one in figures.iter("dd")]
        for figures in page.findall(".//dl[@class='figures']")
    ]


def _heading(page: Element, table: str, title: str) -> Element:
    (one,) = tables(page, table)
    (found,) = [head for head in one.findall("thead/tr/th") if words(head) == title]
    return found


def _turned(client: FlaskClient, table: str, title: str) -> Iterator[Element]:
    """Click on a heading twice; gives the page after each."""
    page = ours(client, ADDRESS)
    # What is sorted from the start has its largest first.
    is_first = title in {"How late", "Overdue"}
    order = _heading(page, table, title).get("aria-sort")
    assert order == ("descending" if is_first else None)
    for order in ("ascending", "descending", "ascending"):
        (address,) = links(_heading(page, table, title), title)
        page = ours(client, ADDRESS, **asked(address))
        assert _heading(page, table, title).attrib["aria-sort"] == order
        yield page


# At a glance.


def test_the_figures_of_the_example() -> None:
    page = ours(client_of(EXAMPLE), f"/atelier-nordlicht/{PAGE}")
    data = client_of(EXAMPLE).get(f"/atelier-nordlicht/{PAGE}aging").get_json()
    found = {}
    for row in data["totals"]:
        mine = [one for one in data["items"] if one["currency"] == row["currency"]]

        def sum_of(first: int, last: int, items: list[dict[str, str]] = mine) -> str:
            days = [(one["days_overdue"], Decimal(one["open"])) for one in items]
            amounts = (
                amount
                for day, amount in days
                if day is not None and first <= int(day) <= last
            )
            return f"{sum(amounts, Decimal()):.2f}"

        found[row["currency"]] = [
            sum_of(1, 9999),
            f"{sum((Decimal(one['open']) for one in mine), Decimal()):.2f}",
            sum_of(-7, 0),
            row["unapplied"],
        ]
    tiles = _tiles(page)
    assert len(tiles) == len(found) == 2
    for figures, (currency, expected) in zip(tiles, found.items(), strict=True):
        numbers = [one.removesuffix(f" {currency}") for one in figures]
        assert list(map(Decimal, numbers)) == list(map(Decimal, expected))


def test_due_within_seven_days(books: Books) -> None:
    text = "".join(
        _invoice(f"INV-{days}", f"{amount} EUR", str(_AS_OF + timedelta(days=days)))
        for days, amount in ((8, 1000), (7, 200), (0, 30), (-1, 4))
    )
    (figures,) = _tiles(ours(books.client(text), ADDRESS))
    assert figures == ["4 EUR", "1234", "230", "0.00"]


_PRICES = """
2026-01-01 price USD 0.90 EUR
2026-02-15 price USD 0.333 EUR
2026-03-02 price USD 0.10 EUR
"""


def test_figures_are_converted_at_the_prices_of_the_day(books: Books) -> None:
    client = books.client(
        _invoice("INV-1", "100.00 EUR", "2026-02-01"),
        _invoice("INV-2", "10.01 USD", "2026-01-20"),
        _invoice("INV-3", "7.00 GBP", "2026-03-05"),
        _PRICES,
    )

    def converted(**query: str) -> tuple[str, list[list[str]]]:
        page = ours(client, ADDRESS, **query)
        said = page.find(".//p[@class='soft converted']")
        return ("" if said is None else words(said)), _tiles(page)

    said, as_booked = converted()
    assert said == ""
    assert [figures[0] for figures in as_booked] == [
        "100.00 EUR",
        "0.00 GBP",
        "10.01 USD",
    ]
    # 10.01 * 0.333 = 3.33333; there is no price for a pound.
    said, figures = converted(conversion="EUR")
    assert said == (
        "All in EUR, at the day's prices: 1 USD = 0.333 EUR (2026-02-15). Letters, and "
        "the sums they ask for, stay in the invoice's currency. No price in EUR: GBP."
    )
    assert figures == [["103.33 EUR", "103.33", "0.00", "0.00"], as_booked[1]]
    # 10.01 * 0.90 = 9.009
    said, figures = converted(conversion="EUR", time="2026-01")
    assert "1 USD = 0.90 EUR (2026-01-01)" in said
    assert figures[0][:2] == ["9.01 EUR", "109.01"]
    # Where nothing has a price, all stays as it is.
    said, figures = converted(conversion="CHF")
    assert said == "No price in CHF: EUR, GBP, USD."
    assert figures == as_booked
    assert converted(conversion="at_value") == ("", as_booked)


def test_the_table_of_customers_is_converted_and_adds_up(books: Books) -> None:
    client = books.client(
        _invoice("INV-1", "100.00 EUR", "2026-02-01"),
        _invoice("INV-2", "10.01 USD", "2026-02-02"),
        _invoice("INV-3", "1.00 USD", "2026-02-01", customer="Beta"),
        _credit("Beta", "0.50 USD"),
        _PRICES,
    )
    page = ours(client, ADDRESS, conversion="EUR", bucket="1-30")
    assert customers(page) == [
        ["Acme", "103.33", "103.33", "", "103.33"],
        ["Beta", "0.33", "0.33", "-0.17", "0.16"],
    ]
    assert customers(page, "sum") == [
        ["These in EUR", "103.66", "103.66", "-0.17", "103.49"]
    ]
    # What is open stays in its currency.
    assert [one.split()[1] for one in column(page, "invoices", 4)] == [
        "EUR",
        "USD",
        "USD",
    ]
    ((overdue, outstanding, _, credit),) = _tiles(page)
    assert (overdue, outstanding, credit) == ("103.66 EUR", "103.66", "-0.17")
    # A bucket is of all currencies then.
    (bucket,) = page.findall(".//ul[@class='legend']//a")
    assert words(bucket) == "1-30 103.66"
    assert bucket.attrib["aria-current"] == "true"


def test_what_to_convert_to_can_be_chosen_where_there_is_a_choice(
    books: Books,
) -> None:
    def choices(client: FlaskClient, **query: str) -> list[tuple[str, bool]]:
        page = ours(client, ADDRESS, **query)
        return [
            (words(one), "aria-current" in one.attrib)
            for one in page.findall(".//nav[@class='modes']/a")
        ]

    euros = _invoice("INV-1", "100.00 EUR")
    both = books.client(euros, _invoice("INV-2", "10.00 USD"))
    assert choices(both) == [("As booked", True), ("EUR", False), ("USD", False)]
    assert choices(both, conversion="USD") == [
        ("As booked", False),
        ("EUR", False),
        ("USD", True),
    ]
    one = books.client(euros)
    assert choices(one) == []
    # What Fava's other pages are converted to can be let go.
    assert choices(one, conversion="USD") == [
        ("As booked", False),
        ("EUR", False),
        ("USD", True),
    ]


def test_choosing_a_currency_leaves_favas_time_filter_alone(books: Books) -> None:
    client = books.client(_invoice("INV-1", "100.00 USD"))
    (address,) = links(ours(client, ADDRESS), "EUR")
    assert asked(address) == {"conversion": "EUR"}
    page = ours(client, ADDRESS, time="2026", conversion="EUR", find="x")
    (address,) = links(page, "As booked")
    assert asked(address) == {"time": "2026", "find": "x"}


def test_a_bucket_narrows_the_tables_and_lets_go_again(books: Books) -> None:
    client = books.client(
        _invoice("INV-1", "100.00 EUR", "2026-02-20", customer="Acme"),
        _invoice("INV-2", "10.00 EUR", "2026-04-01", customer="Beta"),
        _invoice("INV-3", "7.00 USD", "2026-02-20", customer="Gamma"),
    )
    page = ours(client, ADDRESS)
    legend = page.findall(".//ul[@class='legend']//a")
    assert [words(one) for one in legend] == [
        "not due 10.00",
        "1-30 100.00",
        "1-30 7.00",
    ]
    (bar,) = [one for one in page.iter("a") if one.get("title") == "1-30: 7.00 USD"]
    assert bar.attrib["href"] == legend[2].attrib["href"]
    narrowed = ours(client, ADDRESS, **asked(bar.attrib["href"]))
    assert column(narrowed, "invoices", 1) == ["INV-3"]
    assert [row[0] for row in customers(narrowed)] == ["Gamma"]
    # The sum is that of what is left.
    assert [row[0] for row in customers(page, "sum")] == ["All in EUR", "All in USD"]
    assert customers(narrowed, "sum") == [["These in USD", "7.00", "7.00", "", "7.00"]]
    assert _tiles(narrowed) == _tiles(page)
    chosen = words(narrowed.find(".//div[@id='chosen']"))
    assert chosen == "1-30, USD \N{MULTIPLICATION SIGN}(remove) Show all"
    shown = [words(one) for one in narrowed.iter("span") if "data-shown" in one.attrib]
    assert shown == ["1 of 2 shown", "1 of 3 shown", "1 of 3 shown"]
    current = narrowed.findall(".//ul[@class='legend']//a[@aria-current='true']")
    assert [words(one) for one in current] == ["1-30 7.00"]
    (back,) = links(narrowed, "1-30 7.00")
    assert asked(back.partition("#")[0]) == {}
    for back in links(narrowed, "Show all"):
        assert asked(back.partition("#")[0]) == {}
    # Another currency's bucket is another bucket.
    (other,) = links(narrowed, "1-30 100.00")
    assert [row[0] for row in customers(ours(client, ADDRESS, **asked(other)))] == [
        "Acme"
    ]


@pytest.mark.parametrize(
    ("edges", "shades"),
    [
        ("30", ["b1", "b4"]),
        ("1 2 3 4 5 6", [f"b{shade}" for shade in (1, 1, 2, 2, 3, 3, 4)]),
    ],
)
def test_buckets_of_ones_own_are_columns_and_colours(
    books: Books, edges: str, shades: list[str]
) -> None:
    option = f'2026-01-01 custom "dunning-option" "buckets" "{edges}"\n'
    days = (1, 31) if edges == "30" else range(1, 8)
    items = "".join(
        _invoice(f"INV-{late}", f"{late} EUR", str(_AS_OF - timedelta(days=late)))
        for late in days
    )
    page = ours(books.client(option, items), ADDRESS)
    legend = page.findall(".//ul[@class='legend']//i")
    assert [one.attrib["class"] for one in legend] == shades
    bar = page.findall(".//div[@class='bar']/a")
    assert [one.attrib["class"] for one in bar] == shades
    (row,) = customers(page)
    total = str(sum(days))
    # From the oldest on; those that are empty everywhere are left out.
    assert row == ["Acme", total, *map(str, reversed(days)), total]


def test_where_nothing_is_open_the_page_says_so(books: Books) -> None:
    client = books.client()
    page = ours(client, ADDRESS)
    assert words(page.find(".//div[@class='blocks']/p")) == "No open items."
    assert "Nothing to send today." in words(page.find(".//section[@id='todo']"))
    assert tables(page, "aging") == []
    assert tables(page, "invoices") == []
    assert tables(page, "unapplied") == []
    filtered = ours(client, ADDRESS, filter="nothing")
    said = words(filtered.find(".//div[@class='blocks']/p"))
    assert said == "No open items match the filters."


# The date.


def test_the_page_says_what_set_its_date(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(client: FlaskClient, **query: str) -> str:
        page = ours(client, ADDRESS, **query)
        (day,) = page.findall(".//div[@class='top']//input[@type='date']")
        why = words(page.find(".//span[@id='why-day']"))
        return f"{day.attrib['value']} {why}"

    client = books.client()
    assert said(client) == "2026-03-01 Sunday, the ledger's as-of date"
    assert (
        said(client, time="2026-02")
        == "2026-02-28 Saturday, the end of the time filter"
    )
    assert links(ours(client, ADDRESS), "Back to 2026-03-01") == []
    page = ours(client, ADDRESS, time="2026-02", find="x")
    for back in links(page, "Back to 2026-03-01"):
        assert asked(back) == {"find": "x"}
    monkeypatch.setattr("fava_dunning.served.today", lambda: date(2026, 5, 6))
    books.path.write_text(
        _HEAD.replace('"as-of"', '"title"').replace(str(_AS_OF), '"x"')
    )
    assert said(client) == "2026-05-06 Wednesday, today"


def test_another_day_keeps_what_else_was_chosen(books: Books) -> None:
    query = {"find": "a&b", "customers-sort": "-total", "customers-page": "2"}
    page = ours(books.client(), ADDRESS, **query, time="2026-02")
    form = page.find(".//div[@class='top']/form")
    assert form is not None
    fields = {one.attrib["name"]: one.attrib["value"] for one in form.iter("input")}
    assert fields == {
        "find": "a&b",
        "customers-sort": "-total",
        "time": "2026-02-28",
    }
    assert form.attrib["action"] == ADDRESS


# Sorting.


_SORTED = "".join(
    [
        _invoice("b-2", "300.00 EUR", "2026-02-10", customer="beta"),
        _invoice("C-3", "1000.00 EUR", customer="Acme"),
        _invoice("a-1", "9.00 EUR", "2026-03-10", customer="Zeta"),
        _invoice("E-5", "40.00 EUR", "2026-01-20", customer="Mid"),
        _sent("b-2", "2026-02-20"),
        _sent("E-5", "2026-01-22"),
    ]
)


@pytest.mark.parametrize(
    ("title", "up", "down"),
    [
        ("Customer", "C-3 b-2 E-5 a-1", "a-1 E-5 b-2 C-3"),
        ("Invoice", "a-1 b-2 C-3 E-5", "E-5 C-3 b-2 a-1"),
        ("Due", "E-5 b-2 a-1 C-3", "a-1 b-2 E-5 C-3"),
        ("How late", "a-1 b-2 E-5 C-3", "E-5 b-2 a-1 C-3"),
        ("Open", "a-1 E-5 b-2 C-3", "C-3 b-2 E-5 a-1"),
        ("Last sent", "E-5 b-2 a-1 C-3", "b-2 E-5 a-1 C-3"),
        ("Next", "E-5 b-2 a-1 C-3", "a-1 b-2 E-5 C-3"),
    ],
)
def test_invoices_sorted(books: Books, title: str, up: str, down: str) -> None:
    pages = _turned(books.client(_SORTED), "invoices", title)
    found = [" ".join(column(page, "invoices", 1)) for page in pages]
    assert found == [up, down, up]


@pytest.mark.parametrize(
    ("bucket", "due"),
    [
        ("undated", ""),
        ("not due", "2026-03-01"),
        ("1-30", "2026-02-28"),
        ("31-60", "2026-01-29"),
        ("61-90", "2025-12-30"),
        ("91+", "2025-11-30"),
    ],
)
def test_customers_sorted_by_bucket(books: Books, bucket: str, due: str) -> None:
    elsewhere = "" if due else "2026-03-01"
    client = books.client(
        _invoice("X-1", "300.00 EUR", due, customer="X"),
        _invoice("Y-1", "40.00 EUR", due, customer="Y"),
        _invoice("A-1", "1000.00 EUR", elsewhere, customer="A"),
    )
    pages = _turned(client, "aging", bucket)
    found = ["".join([row[0] for row in customers(page)]) for page in pages]
    assert found == ["YXA", "XYA", "YXA"]


@pytest.mark.parametrize(
    ("title", "up", "down"),
    [
        ("Customer", "Acme beta Zeta", "Zeta beta Acme"),
        # Credit is negative: the most comes first.
        ("Credit", "beta Acme Zeta", "Acme beta Zeta"),
        ("Balance", "beta Zeta Acme", "Acme Zeta beta"),
    ],
)
def test_customers_sorted(books: Books, title: str, up: str, down: str) -> None:
    client = books.client(
        _invoice("X-1", "300.00 EUR", customer="Acme"),
        _invoice("Y-1", "40.00 EUR", customer="Zeta"),
        _credit("Acme", "9.00 EUR"),
        _paid_too_much("beta", "70.00", "Assets:Receivable"),
    )
    pages = _turned(client, "aging", title)
    found = [" ".join([row[0] for row in customers(page)]) for page in pages]
    assert found == [up, down, up]


@pytest.mark.parametrize(
    ("title", "up", "down"),
    [
        ("Customer", "Acme beta Zeta", "Zeta beta Acme"),
        ("Account", "Zeta Acme beta", "beta Acme Zeta"),
        ("Amount", "beta Zeta Acme", "Acme Zeta beta"),
    ],
)
def test_unapplied_credit_sorted(books: Books, title: str, up: str, down: str) -> None:
    client = books.client(
        _paid_too_much("Acme", "9.00", "Assets:Receivable:Prepaid"),
        _paid_too_much("beta", "700.00", "Assets:Receivable:Zoo"),
        _paid_too_much("Zeta", "60.00", "Assets:Receivable"),
    )
    pages = _turned(client, "unapplied", title)
    found = [" ".join(column(page, "unapplied", 0)) for page in pages]
    assert found == [up, down, up]


@pytest.mark.parametrize("said", ["", "-", "nope", "-nope", "bucket6", "\x00", "💶"])
def test_nonsense_in_the_address_is_no_error(books: Books, said: str) -> None:
    client = books.client(_SORTED, _credit("Acme", "9.00 EUR"))
    plain = ours(client, ADDRESS)
    for table in ("customers", "invoices", "unapplied", "todo"):
        query = {f"{table}-sort": said, f"{table}-page": said or "0"}
        page = ours(client, ADDRESS, **query)
        assert column(page, "invoices", 1) == column(plain, "invoices", 1)
        assert [row[0] for row in customers(page)] == [
            row[0] for row in customers(plain)
        ]
    for name in ("bucket", "currency", "find", "conversion", "charts"):
        ours(client, ADDRESS, **{name: said})
    assert client.get(f"{ADDRESS}?find=%FF&customer=%FF&invoice=").status_code == 200


# Pages.


def test_a_long_table_comes_in_parts(books: Books) -> None:
    items = (
        _invoice(f"INV-{number}", f"{number}.00 EUR", customer=f"C{number:03}")
        for number in range(1, 126)
    )
    client = books.client(*items)
    page = ours(client, ADDRESS)
    for table, name in (("aging", "customers"), ("invoices", "invoices")):
        seen: list[str] = []
        here = ours(client, ADDRESS, **{f"{name}-sort": "customer"})
        for number, count in ((1, 50), (2, 50), (3, 25)):
            (pager,) = here.findall(f".//section[@id='{name}']/nav")
            said = words(pager.find("span"))
            assert said == f"Page {number} of 3, 125 in all"
            is_aging = table == "aging"
            part = [
                row[0] for row in (customers(here) if is_aging else rows(here, table))
            ]
            assert len(part) == count
            seen += part
            assert bool(links(pager, "Back")) == (number > 1)
            assert bool(links(pager, "More")) == (number < 3)
            for label, other in (("Back", number - 1), ("More", number + 1)):
                for address in links(pager, label):
                    query = asked(address.partition("#")[0])
                    # The first page is the one without a number, or with it.
                    assert query == {
                        f"{name}-sort": "customer",
                        f"{name}-page": str(other),
                    }
            if number < 3:
                (more,) = links(pager, "More")
                here = ours(client, ADDRESS, **asked(more.partition("#")[0]))
        assert seen == [f"C{number:03}" for number in range(1, 126)]
    # Sorted or narrowed anew, a table begins with its first part.
    second = ours(client, ADDRESS, **{"invoices-page": "2"})
    (title,) = links(_heading(second, "invoices", "Open"), "Open")
    assert asked(title.partition("#")[0]) == {"invoices-sort": "open"}
    # Totals are of all, on each part.
    assert customers(page, "sum") == customers(second, "sum")
    assert customers(page, "sum")[0][-1] == "7875.00"


def test_what_fits_has_no_pages(books: Books) -> None:
    items = (
        _invoice(f"INV-{number}", f"{number}.00 EUR", customer=f"C{number:03}")
        for number in range(1, 51)
    )
    page = ours(books.client(*items), ADDRESS)
    assert page.findall(".//nav[@class='pager']") == []
    assert len(customers(page)) == 50


def test_letters_to_write_come_in_parts(books: Books) -> None:
    items = (
        _invoice(f"INV-{number}", "9 EUR", "2026-02-20", customer=f"C{number:02}")
        for number in range(60)
    )
    client = books.client(*items)
    page = ours(client, ADDRESS, **{"todo-page": "2"})
    assert len(lines(page)) == 10
    assert words(page.find(".//section[@id='todo']/nav/span")) == (
        "Page 2 of 2, 60 in all"
    )
    # Of so many none is ticked from the start.
    assert page.findall(".//tr[@class='who']//input[@checked]") == []


def test_the_overview_of_a_large_ledger_is_not_large(books: Books) -> None:
    items = "".join(
        _invoice(
            f"INV-{number}",
            f"{number}.00 EUR",
            str(_AS_OF + timedelta(days=number % 90 - 60)),
            customer=f"Customer No. {number % 1000}",
        )
        for number in range(1, 5001)
    )
    client = books.client(items)
    answer = client.get(f"{ADDRESS}?partial=true&charts=1")
    assert answer.status_code == 200
    assert "Page 1 of 100, 5000 in all" in answer.text
    assert len(answer.data) < 400_000


# Finding.


def test_finding_keeps_the_rest_of_the_address(books: Books) -> None:
    client = books.client(_SORTED)
    query = {"time": "2026-02-27", "invoices-sort": "-open", "bucket": "1-30"}
    page = ours(client, ADDRESS, **query, find="<b>'\"", **{"customers-page": "1"})
    form = page.find(".//form[@class='finding']")
    assert form is not None
    assert form.attrib["action"] == ADDRESS
    fields = {one.attrib["name"]: one.attrib["value"] for one in form.iter("input")}
    assert fields == {**query, "find": "<b>'\""}
    kept = {"time": "2026-02-27", "invoices-sort": "-open"}
    for every in links(page, "Show all"):
        assert asked(every.partition("#")[0]) == kept


def test_what_is_found_is_in_both_tables(books: Books) -> None:
    client = books.client(_SORTED, _credit("Acme", "5.00 EUR"))
    page = ours(client, ADDRESS, find="ZETA")
    assert column(page, "invoices", 1) == ["a-1"]
    assert [row[0] for row in customers(page)] == ["Zeta"]
    assert column(page, "unapplied", 0) == []
    assert links(ours(client, ADDRESS), "Show all") == []


# Customers.


def test_more_than_the_credit_limit_is_marked(books: Books) -> None:
    def said(limit: str) -> str:
        file = f'2026-01-01 custom "dunning-customer" "Acme"\n  credit-limit: {limit}\n'
        page = ours(books.client(file, _invoice("INV-1", "1250.50 EUR")), ADDRESS)
        return next(row[0] for row in customers(page))

    assert said("1250.49 EUR") == "Acme over the limit of 1250.49 EUR"
    assert said("1250.50 EUR") == "Acme"
    assert said("1.00 USD") == "Acme"


def test_a_credit_limit_is_converted_with_what_is_owed_under_it(books: Books) -> None:
    def said(limit: str) -> str:
        file = f'2026-01-01 custom "dunning-customer" "Acme"\n  credit-limit: {limit}\n'
        client = books.client(file, _invoice("INV-1", "800.00 USD"), _PRICES)
        page = ours(client, ADDRESS, conversion="EUR")
        return next(row[0] for row in customers(page))

    # 1000 dollars are 333 euros, which is less than 800 of anything.
    assert said("1000.00 USD") == "Acme"
    assert said("700.00 USD") == "Acme over the limit of 233.10 EUR"


def test_badges_are_in_the_table(books: Books) -> None:
    note = '2026-02-20 note Assets:Receivable "Called" ^INV-1\n  dispute: TRUE\n'
    client = books.client(_invoice("INV-1", "7 EUR", "2026-02-01"), note)
    page = ours(client, ADDRESS)
    (table,) = tables(page, "invoices")
    (badge,) = table.findall(".//span[@class='badge dispute']")
    assert words(badge) == "in dispute"


def test_who_is_nobody_has_words_and_no_page(books: Books) -> None:
    client = books.client(_invoice("INV-1", "7 EUR", "2026-02-01", customer=""))
    page = ours(client, ADDRESS)
    assert [row[0] for row in customers(page)] == ["(no customer)"]
    assert links(page, "(no customer)") == []


# To do.


def _cells(line: Element) -> list[str]:
    """Return what a line says, but for its tick and its buttons."""
    return [words(cell) for cell in line][1:-1]


def _mail(customer: str) -> str:
    address = f"{customer.lower()}@example.org"
    return f'2026-01-01 custom "dunning-customer" "{customer}"\n  email: "{address}"\n'


def test_a_line_says_all_that_one_needs(books: Books) -> None:
    client = books.client(
        _mail("Acme"),
        _invoice("INV-1", "7 EUR", "2026-01-20"),
        _invoice("INV-2", "5 EUR", "2026-02-20"),
        _sent("INV-1", "2026-01-24"),
        _invoice("INV-3", "8 USD", "2026-02-01", customer="Beta"),
    )
    acme, beta = lines(ours(client, ADDRESS))
    assert _cells(acme) == [
        "Acme",
        "12 EUR",
        "second reminder",
        "40 days",
        "2026-01-24",
        "2 invoices",
    ]
    assert _cells(beta) == [
        "Beta",
        "8 USD",
        "first reminder",
        "28 days",
        "never",
        "no address",
    ]
    # Ticked is whom nothing speaks against.
    ticks = [one.find(".//input") for one in (acme, beta)]
    assert ["checked" in one.attrib for one in ticks if one is not None] == [
        True,
        False,
    ]
    assert links(acme, "Write mail")[0].startswith(f"{ADDRESS}?open=")
    assert links(beta, "Write mail") == []


@pytest.mark.parametrize("by", ["late", "-to-pay", "customer", "contact"])
def test_the_list_is_sorted_by_a_heading(books: Books, by: str) -> None:
    client = books.client(
        _invoice("INV-1", "7 EUR", "2026-01-20", customer="Beta"),
        _invoice("INV-2", "5 EUR", "2026-02-20", customer="Acme"),
        _invoice("INV-3", "9 EUR", "2026-02-01", customer="Chip"),
        _sent("INV-3", "2026-02-05"),
        _sent("INV-1", "2026-01-24"),
    )
    expected = {
        "": ["Beta", "Chip", "Acme"],
        "late": ["Acme", "Chip", "Beta"],
        "-to-pay": ["Chip", "Beta", "Acme"],
        "customer": ["Acme", "Beta", "Chip"],
        "contact": ["Beta", "Chip", "Acme"],
    }
    for order in ("", by):
        page = ours(client, ADDRESS, **{"todo-sort": order})
        assert [words(line[1]) for line in lines(page)] == expected[order]


def test_a_line_opens_to_its_invoices_and_its_letter(books: Books) -> None:
    unlinked = _invoice("x", "5 EUR", "2026-02-20").replace(" ^x", "")
    client = books.client(
        _mail("Acme"),
        _invoice("INV-1", "7 EUR", "2026-02-01"),
        unlinked,
        _invoice("INV-2", "8 EUR", "2026-02-20", customer="Beta"),
    )
    acme, beta = (
        inside(client, ADDRESS, line) for line in lines(ours(client, ADDRESS))
    )
    assert [words(one) for one in acme.findall(".//ul[@class='items']/li")] == [
        (
            "INV-1 Website 7 EUR first reminder · due 2026-02-01 · 28 days overdue · "
            "nothing sent yet"
        ),
        (
            "Website Website 5 EUR first reminder · due 2026-02-20 · 9 days overdue · "
            "nothing sent yet"
        ),
    ]
    (mail,) = links(acme, "Write mail")
    assert mail.startswith("mailto:acme@example.org?")
    assert "Items without a reference cannot be logged" in words(acme)
    assert "file has no e-mail address" not in words(acme)
    assert "file has no e-mail address" in words(beta)
    assert "Items without a reference cannot be logged" not in words(beta)
    assert "INV-1" in words(acme.find(".//div[@class='paper']"))
    # Only what can be logged is offered to be.
    (button,) = acme.findall(".//button[@data-sent]")
    assert button.attrib["data-sent"].count("first reminder") == 1
    (promise,) = acme.findall(".//button[@data-dialog='promise']")
    assert "INV-1" in promise.attrib["data-items"]
    assert promise.attrib["data-items"].count('"key"') == 1


def test_a_line_opens_without_script(books: Books) -> None:
    client = books.client(_mail("Acme"), _invoice("INV-1", "7 EUR", "2026-02-01"))
    page = ours(client, ADDRESS, find="acme")
    (closed,) = page.findall(".//tr[@class='inside']")
    assert "hidden" in closed.attrib
    assert words(closed) == ""
    (opener,) = [one for one in page.iter("a") if one.get("class") == "open plain"]
    address, _, place = opener.attrib["href"].partition("#")
    page = ours(client, ADDRESS, **asked(address))
    (line,) = lines(page)
    assert line.attrib["id"] == place
    (opened,) = page.findall(".//tr[@class='inside']")
    assert "hidden" not in opened.attrib
    assert words(opened) == words(inside(client, ADDRESS, line))
    (opener,) = [one for one in page.iter("a") if one.get("class") == "open plain"]
    assert asked(opener.attrib["href"].partition("#")[0]) == {"find": "acme"}


def test_what_is_inside_of_no_line_is_nothing(books: Books) -> None:
    client = books.client(_invoice("INV-1", "7 EUR", "2026-02-01"))
    for query in ({"open": "x"}, {"open": ""}):
        assert ours(client, ADDRESS, part="task", **query).find(".//div") is None


def test_whom_to_call_can_be_called(books: Books) -> None:
    file = '2026-01-01 custom "dunning-customer" "Acme"\n  phone: "+49 40 1"\n'
    step = '2026-01-01 custom "dunning-step" "standard" "call" 1\n  channel: "phone"\n'
    item = _invoice("INV-1", "7 EUR", "2026-02-01")
    client = books.client(file, step, item)
    (line,) = lines(ours(client, ADDRESS))
    assert links(line, "Call") == ["tel:+49401"]
    opened = inside(client, ADDRESS, line)
    assert links(opened, "Call +49 40 1") == ["tel:+49401"]
    client = books.client(step, item)
    (line,) = lines(ours(client, ADDRESS))
    assert "no phone number" in words(line)
    both = (line, inside(client, ADDRESS, line))
    found = [one for part in both for one in part.iter("a")]
    assert [one for one in found if words(one).startswith("Call")] == []


def test_whom_to_write_a_message_can_be_written_to(books: Books) -> None:
    file = '2026-01-01 custom "dunning-customer" "Acme"\n  phone: "+49 40 12345"\n'
    step = '2026-01-01 custom "dunning-step" "standard" "hint" 1\n'
    step += '  channel: "message"\n'
    item = _invoice("INV-1", "7 EUR", "2026-02-01")
    client = books.client(file, step, item)
    (line,) = lines(ours(client, ADDRESS))
    assert len(links(line, "Message")) == 1
    opened = inside(client, ADDRESS, line)
    (address,) = links(opened, "Message")
    assert unquote(address) == (
        "sms:+494012345?body=Invoice INV-1, €7.00, has been overdue since "
        "February 1, 2026."
    )
    (address,) = links(opened, "WhatsApp")
    assert unquote(address) == (
        "https://wa.me/494012345?text=Invoice INV-1, €7.00, has been overdue since "
        "February 1, 2026."
    )
    client = books.client(step, item)
    (line,) = lines(ours(client, ADDRESS))
    assert links(inside(client, ADDRESS, line), "Message") == []


def test_the_counts_lead_to_what_they_count(books: Books) -> None:
    def counts(*parts: str) -> list[tuple[str, str]]:
        found = ours(books.client(*parts), ADDRESS).findall(".//ul[@class='counts']//a")
        return [(words(one), one.attrib["href"]) for one in found]

    rest = [
        ("Charts", "#charts"),
        ("Export and calendar", "#along"),
        # The plugin is missing.
        ("1 finding in the ledger", "#findings"),
    ]
    # What is nothing is left out.
    assert counts() == rest
    assert counts(_invoice("INV-1", "7 EUR", "2026-02-01")) == [
        ("1 to do", "#todo"),
        ("1 customer", "#customers"),
        ("1 open invoice", "#invoices"),
        *rest[:-1],
        ("2 findings in the ledger", "#findings"),
    ]


def test_payments_come_before_the_list(books: Books) -> None:
    item = _invoice("INV-1", "7.00 EUR", "2026-02-01")
    paid = (
        '2026-02-10 * "Beta" "INV-1" ^X\n  customer: "Beta"\n'
        "  Assets:Receivable   -7.00 EUR\n  Assets:Bank\n"
    )
    page = ours(books.client(_mail("Acme"), item, paid), ADDRESS)
    (notice,) = page.findall(".//section[@id='todo']/p[@class='notice']/span")
    assert words(notice) == (
        "1 payment has no invoice yet. 1 customer below may have paid and is not "
        "ticked."
    )
    (line,) = lines(page)
    assert "may have paid 7.00" in words(line)
    assert line.find(".//input[@checked]") is None


def test_what_comes_in_the_next_seven_days(books: Books) -> None:
    items = [
        _invoice(f"INV-{days}", "7 EUR", str(_AS_OF + timedelta(days=days)))
        for days in (8, 9, 10)
    ]
    page = ours(books.client(*items[1:]), ADDRESS)
    upcoming = page.find(".//details[@class='also']")
    assert upcoming is not None
    # The notice goes out two days before it is due.
    assert words(upcoming.find("summary")) == "1 reminder in the next 7 days"
    assert words(upcoming.find("ul")) == "2026-03-08 Acme, INV-9, upcoming, 7 EUR"
    page = ours(books.client(*items), ADDRESS)
    summary = page.find(".//details[@class='also']/summary")
    assert words(summary) == "2 reminders in the next 7 days"
    page = ours(books.client(items[2]), ADDRESS)
    assert page.find(".//details[@class='also']") is None


_PAID = """
2026-01-06 * "Beta" "Counter"
  Assets:Receivable   5 EUR
  Income:Services
2026-01-06 * "Beta" "Counter"
  Assets:Receivable  -5 EUR
  Assets:Bank
"""


@pytest.mark.parametrize(
    ("newest", "said"),
    [
        (
            "2026-01-30",
            "The latest bank entry is from 2026-01-30, 30 days ago.",
        ),
        (
            "2026-02-21",
            "The latest bank entry is from 2026-02-21, 8 days ago.",
        ),
        ("2026-02-22", None),
        ("2026-03-01", None),
        # It is in the future.
        (
            "2026-03-02",
            "The latest bank entry is from 2026-01-06, 54 days ago.",
        ),
    ],
)
def test_an_old_bank_account_is_a_warning(
    books: Books, newest: str, said: str | None
) -> None:
    balance = f"{newest} balance Assets:Bank   5 EUR\n"
    item = _invoice("INV-1", "7 EUR", "2026-02-01")
    page = ours(books.client(_PAID, balance, item), ADDRESS)
    warnings = page.findall(".//section[@id='todo']/p[@class='notice']")
    more = "A customer may have paid since: import the bank statement first."
    assert [words(one) for one in warnings] == ([f"{said} {more}"] if said else [])


def test_no_bank_account_at_all_is_a_warning_where_something_is_open(
    books: Books,
) -> None:
    def warnings(text: str) -> list[str]:
        page = ours(books.client(text), ADDRESS)
        found = page.findall(".//section[@id='todo']/p[@class='notice']")
        return [words(one) for one in found]

    said = (
        "There are no bank entries yet. A customer may have paid: import the "
        "bank statement first."
    )
    assert warnings(_invoice("INV-1", "7 EUR", "2026-02-01")) == [said]
    assert warnings("") == []


# What may be written.


@dataclass(frozen=True)
class _Buttons:
    """What on a page writes into the ledger."""

    sent: int
    said: int
    dialogs: int

    @classmethod
    def on(cls, client: FlaskClient, **query: str) -> _Buttons:
        page = ours(client, ADDRESS, **query)
        return cls(
            len(page.findall(".//*[@data-sent]")),
            len(page.findall(".//button[@data-dialog]")),
            len(page.findall(".//dialog[@data-kind]")),
        )


@pytest.mark.parametrize(
    ("query", "said"),
    [({}, 7), ({"customer": "Acme"}, 12), ({"invoice": "INV-1"}, 5)],
)
def test_what_cannot_be_written_has_no_buttons(
    books: Books, query: dict[str, str], said: int
) -> None:
    item = _invoice("INV-1", "7 EUR", "2026-02-01")
    assert _Buttons.on(books.client(item), **query) == _Buttons(1, said, 9)
    none = _Buttons(0, 0, 0)
    assert _Buttons.on(books.client(item, read_only=True), **query) == none
    broken = books.client(item, '2026-02-01 * "half\n')
    assert _Buttons.on(broken, **query) == none
    page = ours(broken, ADDRESS, **query)
    (alert,) = page.findall(".//p[@role='alert']")
    assert "could not read all of the ledger" in words(alert)
    assert alert.attrib["class"] == "notice"
    # An error that loses nothing is no reason.
    failed = books.client(item, "2026-02-01 balance Assets:Bank  7 EUR\n")
    assert _Buttons.on(failed, **query) == _Buttons(1, said, 9)


# What follows the files.


def test_what_is_shown_follows_the_file(books: Books) -> None:
    """Nothing that was worked out before is shown after it."""
    item = _invoice("INV-1", "7.00 EUR", "2026-02-01")
    paid = _invoice("INV-2", "8.00 EUR", "2026-02-01") + (
        '2026-02-02 * "Acme" "All" ^INV-2\n'
        "  Assets:Bank   8.00 EUR\n  Assets:Receivable\n"
    )
    client = books.client(item, paid)
    queries = [{}, {"charts": "1"}, {"customer": "Acme"}, {"invoice": "INV-1"}]
    queries += [{"invoice": "INV-2"}, {"time": "2026-02"}, {"account": "Income"}]

    def said() -> list[str]:
        return [words(ours(client, ADDRESS, **query)) for query in queries]

    def fingerprint() -> str:
        page = ours(client, ADDRESS).find("div")
        assert page is not None
        return page.attrib["data-fingerprint"]

    before, print_before = said(), fingerprint()
    assert before == said()
    assert print_before == fingerprint()
    text = books.path.read_text().replace("7.00", "77.77").replace("8.00", "88.88")
    books.path.write_text(text)
    after = said()
    for old, new in zip(before, after, strict=True):
        assert "7.00" not in new.replace("77.77", "")
        assert "8.00" not in new.replace("88.88", "")
        assert old != new
    assert fingerprint() != print_before


def test_the_fingerprint_follows_what_is_included(books: Books) -> None:
    part = books.path.with_name("part.beancount")
    part.write_text("; one\n")
    client = books.client('include "part.beancount"\n')

    def fingerprint() -> str:
        page = ours(client, ADDRESS).find("div")
        assert page is not None
        return page.attrib["data-fingerprint"]

    first = fingerprint()
    assert fingerprint() == first
    part.write_text("; two\n")
    second = fingerprint()
    part.write_text("; one\n")
    assert second != first
    assert fingerprint() == first


# Fava's languages.


def test_the_page_says_which_language_it_is_in(books: Books) -> None:
    def said(*more: str) -> str:
        page = ours(books.client(*more), ADDRESS).find("div")
        assert page is not None
        return page.attrib["lang"]

    assert said() == "en"
    assert (
        said('2026-01-01 custom "fava-option" "language" "zh_Hant_TW"\n')
        == "zh-Hant-TW"
    )
    # There is no catalogue in Portuguese, so what Fava's page says is not ours to say.
    assert said('2026-01-01 custom "fava-option" "language" "pt_BR"\n') == "en"


def test_a_link_leads_to_whole_pages(books: Books) -> None:
    """Fava's script asks for the page without what is around it."""
    page = ours(books.client(_SORTED), ADDRESS, charts="1", find="a")
    hrefs = [one.attrib["href"] for one in page.iter("a")]
    assert len(hrefs) > 50
    assert [href for href in hrefs if "partial" in href] == []
    names = {one.get("name") for one in page.iter("input")}
    assert "partial" not in names


# The day.


@pytest.mark.parametrize(
    ("time", "heading", "words_", "buttons"),
    [
        ("", "To do today", None, True),
        ("2026-02", "To do on 2026-02-28", "This date is in the past", True),
        ("2026", "To do on 2026-12-31", "This date is in the future", False),
    ],
)
def test_another_day_is_said_and_one_to_come_has_no_buttons(
    books: Books, time: str, heading: str, words_: str | None, *, buttons: bool
) -> None:
    client = books.client(_invoice("INV-1", "10.00 EUR", "2026-02-01"))
    page = ours(client, ADDRESS, time=time) if time else ours(client, ADDRESS)
    todo = page.find(".//section[@id='todo']")
    assert todo is not None
    assert words(todo.find(".//h3")) == heading
    said = [words(one) for one in todo.findall("p[@class='notice']")]
    assert any(one.startswith(words_ or "The newest") for one in said) == bool(words_)
    assert bool(todo.findall(".//*[@data-sent]")) == buttons
    assert bool(page.findall(".//dialog[@data-kind]")) == buttons


def test_what_needs_a_decision(books: Books) -> None:
    sent = "".join(
        f'2026-02-{day:02} note Assets:Receivable "Sent" ^INV-{number}\n'
        f'  reminder: "{step}"\n'
        for number in (1, 2)
        for day, step in (
            (2, "first reminder"),
            (8, "second reminder"),
            (16, "final notice"),
        )
    )
    policy = '2026-01-01 custom "dunning-option" "policy" "strict"\n'
    dispute = '2026-02-20 note Assets:Receivable "No" ^INV-3\n  dispute: TRUE\n'
    client = books.client(
        policy,
        *(_invoice(f"INV-{n}", "10.00 EUR", "2026-02-01") for n in (1, 2, 3, 4)),
        sent,
        dispute,
        '2026-02-22 * "Paid" ^INV-2\n  Assets:Bank  10 EUR\n  Assets:Receivable\n',
    )
    page = ours(client, ADDRESS)
    assert [row[:4] for row in rows(page, "decisions")] == [
        [
            "AcmeINV-1",
            "10.00 EUR",
            "28 days",
            "all reminders sent, the last on 2026-02-16",
        ],
        ["AcmeINV-3", "10.00 EUR", "28 days", "in dispute since 2026-02-20: No"],
    ]


def test_fractions_of_a_cent_are_shown_as_money(books: Books) -> None:
    client = books.client(
        _invoice("INV-1", "40.00/3 EUR", "2026-02-01"),
        _invoice("INV-2", "10.00 EUR", "2026-02-02", customer="Bolt"),
    )
    page = ours(client, ADDRESS)
    assert column(page, "invoices", 4) == ["13.33 EUR", "10.00 EUR"]
    page = ours(client, ADDRESS, filter='payee:"Acme"')
    assert column(page, "invoices", 4) == ["13.33 EUR"]
    (exact, _) = client.get(f"{ADDRESS}aging").get_json()["items"]
    assert exact["open"].startswith("13.33333333333333")


def test_why_nothing_comes_next(books: Books) -> None:
    client = books.client(
        '2026-01-01 custom "dunning-option" "minimum" 20.00 EUR\n',
        _invoice("INV-1", "10.00 EUR", "2026-02-01"),
        _invoice("INV-2", "30.00 EUR", '2026-02-01\n  policy: "none"'),
    )
    page = ours(client, ADDRESS)
    assert column(page, "invoices", 7) == ["below the minimum", "never reminded"]
    assert rows(page, "decisions") == []


def test_other_sites_may_not_frame_the_page(books: Books) -> None:
    answer = books.client(_invoice("INV-1", "10.00 EUR")).get(ADDRESS)
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("query", ["time=0001-01-01", "account=((", "time=2026-13"])
def test_filters_that_cannot_be_read_are_said_in_favas_frame(
    books: Books, query: str
) -> None:
    answer = books.client(_invoice("INV-1", "10.00 EUR")).get(f"{ADDRESS}?{query}")
    assert answer.status_code == 500
    assert "<article>" in answer.text


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("https://books.example/a/", "https://books.example/a/extension/Dunning/"),
        # Of this computer's own names the one that was asked for works.
        ("http://localhost:1/a/", f"http://localhost{ADDRESS}"),
    ],
)
def test_the_calendar_is_where_the_ledger_says_that_fava_is(
    books: Books, base: str, address: str
) -> None:
    option = f'2026-01-01 custom "dunning-option" "base-url" "{base}"\n'
    client = books.client(option, _invoice("INV-1", "10.00 EUR"))
    shown = ours(client, ADDRESS).findall(".//a[@class='address']")
    assert [words(one) for one in shown] == [
        f"{address}reminders.ics",
        f"webcal:{address.partition(':')[2]}reminders.ics",
    ]
