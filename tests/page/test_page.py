"""The parts of the page, without Fava."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from gettext import NullTranslations
from typing import TYPE_CHECKING
from typing import cast

import pytest
from fava_dunning.figures import Glance
from fava_dunning.figures import currencies
from fava_dunning.figures import glances
from fava_dunning.figures import shade
from fava_dunning.listing import lay_out
from fava_dunning.narrowing import Narrowed
from fava_dunning.narrowing import Narrowing
from fava_dunning.narrowing import listed
from fava_dunning.sentences import Sentences
from fava_dunning.sums import CustomerTable
from fava_dunning.tables import Tables
from fava_dunning.todo import Todo
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.worklist import worklist
from beancount_dunning.basics.words import Words
from tests.conftest import AS_OF
from tests.conftest import day
from tests.conftest import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from babel.support import NullTranslations as Catalogue

    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport
    from tests.conftest import Ledger

_KEYS: dict[str, Callable[[int | None], object]] = {"size": lambda row: row}
_HEAD = """
    2026-01-01 open Assets:Receivable
    2026-01-01 open Income:Services
"""


def _said(ledger: Ledger) -> tuple[Sentences, AgingReport]:
    words = cast("Catalogue", NullTranslations())
    return Sentences(words, str), ledger.report()


def _narrowed(ledger: Ledger, **said: str) -> Narrowed:
    books = ledger.books()
    return Narrowed(listed(books, ledger.report()), Narrowing.of(said))


def _tables(ledger: Ledger, **said: str) -> Tables:
    return Tables(ledger.report(), _narrowed(ledger, **said), (), (), said)


def _glances(ledger: Ledger, **said: str) -> list[Glance]:
    return glances(ledger.report(), Narrowing.of(said).bucket_chosen)


def _invoice(due: str, amount: str, *more: str, currency: str = "EUR") -> str:
    lines = [
        '2026-01-05 * "Acme" "Website"',
        f"  due: {due}",
        *more,
        f"  Assets:Receivable   {amount} {currency}",
        "  Income:Services",
    ]
    return "".join(f"    {line}\n" for line in lines)


# Tables.


def test_rows_without_a_value_come_last_both_ways() -> None:
    rows = [3, None, 1, None, 2]
    up = lay_out("t", rows, _KEYS, {"t-sort": "size"})
    down = lay_out("t", rows, _KEYS, {"t-sort": "-size"})
    assert up.rows == (1, 2, 3, None, None)
    assert down.rows == (3, 2, 1, None, None)
    assert (up.order("size"), down.order("size")) == ("ascending", "descending")
    assert up.order("other") is down.order("other") is None
    # A click on the heading turns it round; another heading begins upwards.
    assert (up.sort("size"), down.sort("size")) == ("-size", "size")
    assert up.sort("other") == down.sort("other") == "other"


def test_rows_that_are_alike_stay_in_their_order() -> None:
    rows = ["bb", "a", "cc", "dd", "e"]
    keys: dict[str, Callable[[str], object]] = {"length": len}
    up = lay_out("t", rows, keys, {"t-sort": "length"})
    down = lay_out("t", rows, keys, {"t-sort": "-length"})
    assert up.rows == ("a", "e", "bb", "cc", "dd")
    assert down.rows == ("bb", "cc", "dd", "a", "e")


@pytest.mark.parametrize("said", ["", "-", "colour", "-colour", "--size", "SIZE", " "])
def test_a_column_that_there_is_not_leaves_the_order(said: str) -> None:
    table = lay_out("t", [3, None, 1], _KEYS, {"t-sort": said})
    assert table.rows == (3, None, 1)
    assert (table.column, table.descending) == (None, False)
    assert table.order("size") is None
    assert table.sort("size") == "size"


@pytest.mark.parametrize(
    ("said", "page"),
    [
        (None, 1),
        ("", 1),
        ("1", 1),
        ("2", 2),
        ("3", 3),
        ("4", 3),
        ("999999999", 3),
        ("1000000000", 1),
        ("9" * 5000, 1),
        ("0", 1),
        ("00002", 2),
        ("-1", 1),
        ("+2", 1),
        ("2.0", 1),
        ("²", 1),
        ("two", 1),
        (" 2", 1),
    ],
)
def test_a_page_that_there_is_not_is_the_nearest_or_the_first(
    said: str | None, page: int
) -> None:
    parameters = {} if said is None else {"t-page": said}
    table = lay_out("t", range(25), {}, parameters, 10)
    assert (table.page, table.pages, table.count) == (page, 3, 25)
    assert table.rows == tuple(range(25))[(page - 1) * 10 : page * 10]


@pytest.mark.parametrize(
    ("count", "pages"), [(0, 1), (1, 1), (10, 1), (11, 2), (20, 2), (21, 3)]
)
def test_the_last_page_is_never_empty(count: int, pages: int) -> None:
    table = lay_out("t", range(count), {}, {"t-page": "9"}, 10)
    assert (table.pages, table.page) == (pages, pages)
    assert bool(table.rows) == bool(count)


def test_a_table_does_not_listen_to_what_another_is_told() -> None:
    table = lay_out("t", [2, 1], _KEYS, {"u-sort": "size", "u-page": "2", "sort": "x"})
    assert table.rows == (2, 1)


_rows = st.lists(st.none() | st.integers(-5, 5), max_size=30)


@given(_rows, st.text(max_size=5) | st.sampled_from(("size", "-size")), st.text())
def test_whatever_is_asked_for_there_is_an_answer(
    rows: list[int | None], sort: str, page: str
) -> None:
    table = lay_out("t", rows, _KEYS, {"t-sort": sort, "t-page": page}, 7)
    assert 1 <= table.page <= table.pages
    assert len(table.rows) <= 7
    assert table.count == len(rows)


@given(_rows, st.sampled_from(("", "size", "-size")))
def test_the_pages_together_are_the_table(rows: list[int | None], sort: str) -> None:
    def page(number: int) -> tuple[int | None, ...]:
        said = {"t-sort": sort, "t-page": str(number)}
        return lay_out("t", rows, _KEYS, said, 7).rows

    pages = lay_out("t", rows, _KEYS, {}, 7).pages
    together = [row for number in range(1, pages + 1) for row in page(number)]
    valued = [row for row in rows if row is not None]
    empty: list[int | None] = [None] * (len(rows) - len(valued))
    expected = {
        "": rows,
        "size": sorted(valued) + empty,
        "-size": sorted(valued, reverse=True) + empty,
    }
    assert together == expected[sort]


# Shades.


@pytest.mark.parametrize(
    ("edges", "shades"),
    [
        ("30 60 90", "1 2 3 4"),
        ("30", "1 4"),
        ("10 20", "1 2 4"),
        ("10 20 30 40 50 60", "1 1 2 2 3 3 4"),
    ],
)
def test_the_later_a_bucket_the_warmer_its_shade(edges: str, shades: str) -> None:
    text = f'2026-01-01 custom "dunning-option" "buckets" "{edges}"'
    buckets = load(text).report().buckets
    expected = ["undated", "fine", *(f"b{shade}" for shade in shades.split())]
    assert [shade(bucket, buckets) for bucket in buckets] == expected


def test_a_bucket_from_before_the_option_changed_is_late() -> None:
    assert shade("1-45", load(_HEAD).report().buckets) == "b4"


# Figures.


@pytest.mark.parametrize(
    ("days", "is_soon"), [(8, False), (7, True), (1, True), (0, True), (-1, False)]
)
def test_due_within_seven_days(days: int, *, is_soon: bool) -> None:
    due = day(AS_OF) + timedelta(days=days)
    (glance,) = _glances(load(_HEAD + _invoice(due.isoformat(), "10.00")))
    assert glance.due_soon == (Decimal("10.00") if is_soon else 0)
    assert glance.overdue == (Decimal("10.00") if days < 0 else 0)
    assert glance.outstanding == Decimal("10.00")


def test_what_has_no_due_date_is_not_due_soon() -> None:
    (glance,) = _glances(load(_HEAD + _invoice('"some day"', "10.00")))
    assert glance.outstanding == 10
    assert glance.due_soon == glance.overdue == 0


def test_what_is_due_soon_adds_up_by_currency() -> None:
    text = _HEAD + "".join(
        _invoice("2026-11-22", amount, currency=currency)
        for amount, currency in (("10.00", "EUR"), ("0.50", "EUR"), ("7", "USD"))
    )
    found = [(one.currency, one.due_soon) for one in _glances(load(text))]
    assert found == [("EUR", Decimal("10.50")), ("USD", Decimal(7))]


def test_the_bar_has_the_buckets_shares_and_knows_the_chosen_one() -> None:
    text = _HEAD + _invoice("2026-11-01", "30.00") + _invoice("2026-12-01", "10.00")
    (glance,) = _glances(load(text), bucket="1-30", currency="EUR")
    assert [
        (one.bucket, one.index, one.amount, one.width, one.is_chosen)
        for one in glance.segments
    ] == [
        ("not due", 1, Decimal("10.00"), Decimal("25.00"), False),
        ("1-30", 2, Decimal("30.00"), Decimal("75.00"), True),
    ]
    (other,) = _glances(load(text), bucket="1-30", currency="USD")
    assert not any(one.is_chosen for one in other.segments)


def test_a_bucket_of_all_currencies_is_chosen_in_each() -> None:
    text = _HEAD + _invoice("2026-11-01", "30.00")
    (glance,) = _glances(load(text), bucket="1-30")
    assert glance.segments[0].is_chosen


def test_without_anything_open_there_are_no_figures() -> None:
    assert _glances(load(_HEAD)) == []


# Words.


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (None, "undated"),
        (0, "due today"),
        (1, "1 day overdue"),
        (2, "2 days overdue"),
        (-1, "due in 1 day"),
        (-30, "due in 30 days"),
    ],
)
def test_how_late_something_is_in_words(days: int | None, said: str) -> None:
    say, _ = _said(load(_HEAD))
    assert say.late(days) == said


def test_channels_and_customers_have_words() -> None:
    say, _ = _said(load(_HEAD))
    ways = [say.channel(name) for name in ("email", "letter", "phone", "message")]
    assert ways == ["by e-mail", "by letter", "by phone", "by message"]
    names = [say.customer_name(name) for name in ("Acme", "", None)]
    assert names == ["Acme", "(no customer)", "(no customer)"]


def test_what_was_typed_is_told_as_it_is() -> None:
    say, _ = _said(load(_HEAD))
    assert say.tell("{name}, fee") == "{name}, fee"
    assert say.tell(Words("{name}, fee", name="INV-1")) == "INV-1, fee"


def test_words_are_those_of_the_catalogue_that_is_asked_for() -> None:
    class Shouting(NullTranslations):
        def gettext(self, message: str) -> str:
            return message.upper().replace("NAME", "name")

    words = cast("Catalogue", Shouting())
    say, _ = _said(load(_HEAD))
    fee = Words("{name}, fee", name="INV-1")
    assert say.tell(fee, words) == "INV-1, FEE"
    assert say.tell(fee) == "INV-1, fee"
    assert say.bucket("not due") == "not due"
    say = Sentences(words, str)
    assert [say.bucket(name) for name in ("undated", "not due", "1-30")] == [
        "UNDATED",
        "NOT DUE",
        "1-30",
    ]


@pytest.mark.parametrize(
    ("notes", "badges"),
    [
        ([], []),
        (["promise: 2026-11-20"], [("promise", "promised by 2026-11-20")]),
        (["promise: 2026-11-19"], [("broken", "broken promise (2026-11-19)")]),
        (["hold-until: 2026-11-20"], [("hold", "on hold until 2026-11-20")]),
        (["hold-until: 2026-11-19"], []),
        (["dispute: TRUE"], [("dispute", "in dispute")]),
        (["dispute: TRUE", "dispute: FALSE"], []),
        (["promise: 2026-12-01", "dispute: TRUE"], [("dispute", "in dispute")]),
        (["dispute: 5.00 EUR"], [("dispute", "5.00 EUR in dispute")]),
        (["dispute: 5.00 EUR", "dispute: FALSE"], []),
        (
            ["dispute: 5.00 EUR", "promise: 2026-12-01\n      amount: 9.00 EUR"],
            [
                ("promise", "9.00 EUR promised by 2026-12-01"),
                ("dispute", "5.00 EUR in dispute"),
            ],
        ),
        (
            ["promise: 2026-11-19\n      amount: 9.00 EUR"],
            [("broken", "broken promise (2026-11-19)")],
        ),
        (["promise: 2026-11-19\n      amount: 0.50 EUR"], []),
        (['handed: "court"'], [("hold", "handed to the court")]),
    ],
)
def test_badges_say_why_reminders_rest(
    notes: list[str], badges: list[tuple[str, str]]
) -> None:
    text = _HEAD + _invoice("2026-11-01", "30.00", '  invoice: "INV-1"')
    for number, said in enumerate(notes, 10):
        text += f'    2026-11-{number} note Assets:Receivable "Said" ^INV-1\n'
        text += f"      {said}\n"
    say, report = _said(load(text))
    (aged,) = report.items
    found = [(one.kind, one.text) for one in say.badges(aged)]
    assert found == badges


# What the tables are narrowed to.


_NARROWED = """
    2026-01-01 open Assets:Receivable:Shop
    2026-01-05 * "Straße GmbH" "Website"
      due: 2026-11-01
      invoice: "INV-1"
      Assets:Receivable   30.00 EUR
      Income:Services
    2026-01-05 * "Beta" "Logo, Ἀθῆναι"
      due: 2026-12-01
      invoice: "INV-2"
      Assets:Receivable   40.00 EUR
      Income:Services
    2026-01-05 * "Beta" "Logo"
      due: 2026-11-01
      invoice: "B-3"
      Assets:Receivable   50.00 USD
      Income:Services
    2026-01-06 * "Delta" "In advance"
      Assets:Receivable  -60.00 EUR
      Income:Services
"""


@pytest.mark.parametrize(
    ("said", "invoices", "customers"),
    [
        (
            {},
            "INV-1 INV-2 B-3",
            ["Beta EUR", "Beta USD", "Delta EUR", "Straße GmbH EUR"],
        ),
        ({"find": "  "}, "INV-1 INV-2 B-3", None),
        ({"find": "inv-"}, "INV-1 INV-2", ["Beta EUR", "Straße GmbH EUR"]),
        ({"find": "STRASSE"}, "INV-1", ["Straße GmbH EUR"]),
        ({"find": "ἀθῆναι"}, "INV-2", ["Beta EUR"]),
        ({"find": " beta "}, "INV-2 B-3", ["Beta EUR", "Beta USD"]),
        ({"find": "nobody"}, "", []),
        ({"bucket": "1-30"}, "INV-1 B-3", ["Beta USD", "Straße GmbH EUR"]),
        ({"bucket": "1-30", "currency": "USD"}, "B-3", ["Beta USD"]),
        ({"bucket": "not due", "currency": "EUR"}, "INV-2", ["Beta EUR"]),
        ({"bucket": "1-30", "find": "Website"}, "INV-1", ["Straße GmbH EUR"]),
        ({"bucket": "of flowers"}, "", []),
        ({"currency": "EUR"}, "INV-1 INV-2", ["Beta EUR", "Straße GmbH EUR"]),
    ],
)
def test_bucket_and_text_narrow_invoices_and_customers(
    said: dict[str, str], invoices: str, customers: list[str] | None
) -> None:
    ledger = load(_HEAD + _NARROWED)
    found = {one.aged.item.invoice for one in _tables(ledger, **said).invoices.rows}
    assert found == set(invoices.split())
    if customers is not None:
        table = CustomerTable(ledger.report(), _narrowed(ledger, **said), (), said)
        rows = sorted(f"{row.customer} {row.currency}" for row in table.table.rows)
        assert rows == customers


@pytest.mark.parametrize(
    ("find", "count"), [("", 1), ("delta", 1), ("RECEIVABLE", 1), ("beta", 0)]
)
def test_text_narrows_unapplied_credit(find: str, count: int) -> None:
    assert _tables(load(_HEAD + _NARROWED), find=find).unapplied.count == count


def test_a_credit_limit_is_exceeded_by_more_than_it() -> None:
    def is_over(limit: str, credit: str = "0.00") -> bool:
        file = f'    2026-01-01 custom "dunning-customer" "Acme"\n{limit}'
        paid = _invoice("2026-11-01", f"-{credit}", '  invoice: "X"')
        text = _HEAD + file + _invoice("2026-11-01", "30.00") + paid
        (row,) = load(text).report().customers
        return row.is_over_limit

    def limit(amount: str) -> str:
        return f"      credit-limit: {amount}\n"

    assert is_over(limit("29.99 EUR"))
    assert not is_over(limit("30.00 EUR"))
    assert not is_over(limit("1.00 USD"))
    assert not is_over("")
    # What was paid without an invoice counts, too.
    assert not is_over(limit("29.99 EUR"), credit="20.00")
    assert is_over(limit("9.99 EUR"), credit="20.00")


def test_what_is_due_is_found_by_its_item() -> None:
    """Of two invoices one is overdue."""
    text = (
        _HEAD
        + _invoice("2026-11-01", "30.00", '  invoice: "INV-1"')
        + _invoice("2026-12-31", "40.00", '  invoice: "INV-2"')
    )
    ledger = load(text)
    books = ledger.books()
    found = reminders(books)
    narrowed = Narrowed((), Narrowing())
    todo = Todo(books, found, worklist(books, letters(found.due), ()), narrowed, {})

    def step(aged: AgedItem) -> str | None:
        due = todo.due_reminders([aged.item])
        return due[0].step.name if due else None

    steps = {aged.item.invoice: step(aged) for aged in ledger.report().items}
    assert steps == {"INV-1": "first reminder", "INV-2": None}


def test_currencies_to_convert_to_are_those_of_the_ledger_and_the_report() -> None:
    text = _HEAD + _invoice("2026-11-01", "30.00", currency="USD")
    report = load(text).report()
    assert currencies(report, ["EUR", "USD"]) == ["EUR", "USD"]
    assert currencies(report, []) == ["USD"]
