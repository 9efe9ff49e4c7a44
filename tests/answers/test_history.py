"""Past month ends: exactly what the aging report says as of each."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.amount import Amount
from beancount.core.data import Transaction
from beancount.core.number import MISSING
from beancount.loader import load_string
from hypothesis import given
from hypothesis import settings as profile

from beancount_dunning.answers.history import MonthEnd
from beancount_dunning.answers.history import history
from beancount_dunning.answers.history import month_ends
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from tests.conftest import AS_OF
from tests.conftest import Ledger
from tests.conftest import day
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books
    from tests.strategies import Ledger as Drawn

    Keep = Callable[[Item | Unapplied], bool]


def everything(_: Item | Unapplied) -> bool:
    return True


def as_reported(
    ledger: Ledger, days: Sequence[date], keep: Keep = everything
) -> tuple[MonthEnd, ...]:
    """Ask for the aging report of all entries on each day."""
    reports = [
        age(read_books(ledger.entries, ledger.options, today=one, as_of=one), keep)
        for one in days
    ]
    return tuple(MonthEnd(one.as_of, one.customers, one.totals) for one in reports)


def check(ledger: Ledger, as_of: date, count: int = 12) -> tuple[MonthEnd, ...]:
    """Check a history with the aging reports, the order of the buckets included."""
    found = history(ledger.books(as_of), count=count)
    expected = as_reported(ledger, month_ends(as_of, count))
    assert found == expected
    assert [list(map(list, rows(one))) for one in found] == [
        list(map(list, rows(one))) for one in expected
    ]
    return found


def rows(end: MonthEnd) -> list[dict[str, str]]:
    """Return buckets and unapplied credit, of each customer and in total."""
    return [
        {
            **{bucket: str(amount) for bucket, amount in row.buckets.items()},
            **({"unapplied": str(row.unapplied)} if row.unapplied else {}),
        }
        for row in (*end.customers, *end.totals)
    ]


# Month ends.


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-11-20", ["2026-08-31", "2026-09-30", "2026-10-31"]),
        ("2026-11-30", ["2026-09-30", "2026-10-31", "2026-11-30"]),
        ("2026-01-01", ["2025-10-31", "2025-11-30", "2025-12-31"]),
        ("2028-02-28", ["2027-11-30", "2027-12-31", "2028-01-31"]),
        ("2028-02-29", ["2027-12-31", "2028-01-31", "2028-02-29"]),
        ("9999-12-31", ["9999-10-31", "9999-11-30", "9999-12-31"]),
        ("0001-03-31", ["0001-01-31", "0001-02-28", "0001-03-31"]),
        ("0001-03-30", ["0001-01-31", "0001-02-28"]),
        ("0001-01-31", ["0001-01-31"]),
        ("0001-01-30", []),
        ("0001-01-01", []),
    ],
)
def test_month_ends(as_of: str, expected: list[str]) -> None:
    assert [str(one) for one in month_ends(day(as_of), 3)] == expected


@given(as_of_days)
def test_month_ends_are_the_last_ones(as_of: date) -> None:
    every = [as_of - timedelta(days=days) for days in range(400)]
    ends = [one for one in every if (one + timedelta(days=1)).day == 1]
    assert month_ends(as_of) == ends[11::-1]
    assert month_ends(as_of, 1) == ends[:1]
    assert month_ends(as_of, 0) == []


# History.


def test_a_history(ledger: Ledger) -> None:
    """
    2026-08-14 * "Acme" "Website" ^INV-1
      due: 2026-09-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-30 * "Bolt" "Hosting" ^INV-2
      due: 2026-10-31
      Assets:Receivable:Bolt   50.00 EUR
      Income:Services
    2026-10-20 * "Acme" "Part payment" ^INV-1
      Assets:Bank              60.00 EUR
      Assets:Receivable:Acme
    2026-11-19 * "Acme" "The rest, and too much" ^INV-1
      Assets:Bank              41.00 EUR
      Assets:Receivable:Acme
    """
    found = check(ledger, date(2026, 11, 30), 5)
    assert {str(end.date): rows(end) for end in found} == {
        "2026-07-31": [],
        "2026-08-31": [{"not due": "100.00"}, {"not due": "100.00"}],
        "2026-09-30": [
            {"1-30": "100.00"},
            {"not due": "50.00"},
            {"not due": "50.00", "1-30": "100.00"},
        ],
        "2026-10-31": [
            {"31-60": "40.00"},
            {"not due": "50.00"},
            {"not due": "50.00", "31-60": "40.00"},
        ],
        "2026-11-30": [
            {"unapplied": "-1.00"},
            {"1-30": "50.00"},
            {"1-30": "50.00", "unapplied": "-1.00"},
        ],
    }
    assert [row.customer for row in found[-1].customers] == ["Acme", "Bolt"]


def test_only_what_is_asked_for(ledger: Ledger) -> None:
    """
    2026-08-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-08-14 * "Bolt" "Hosting" ^INV-2
      Assets:Receivable:Bolt   50.00 EUR
      Income:Services
    2026-08-15 * "Bolt" "Too much" ^INV-2
      Assets:Receivable:Bolt  -70.00 EUR
      Income:Services
    """

    def keep(one: Item | Unapplied) -> bool:
        return one.customer == "Bolt"

    as_of = day(AS_OF)
    found = history(ledger.books(as_of), keep, 2)
    assert found == as_reported(ledger, month_ends(as_of, 2), keep)
    assert [rows(end) for end in found] == [[{"unapplied": "-20.00"}] * 2] * 2
    assert history(ledger.books(date.min)) == ()


def test_a_setting_counts_from_its_day_on(ledger: Ledger) -> None:
    """
    2026-09-01 custom "dunning-option" "buckets" "10 20"
    2026-10-01 custom "dunning-option" "accounts" "^Assets:Customers"
    2026-08-14 * "Acme" "Website" ^INV-1
      due: 2026-08-14
      Assets:Receivable:Acme  100.00 EUR
      Assets:Customers         30.00 EUR
      Income:Services
    2026-08-20 * "Acme" "Paid" ^INV-1
      Assets:Receivable:Acme -100.00 EUR
      Assets:Customers        -10.00 EUR
      Income:Services
    """
    found = check(ledger, day(AS_OF), 3)
    assert [rows(end) for end in found] == [[], [], [{"21+": "20.00"}] * 2]


# What is settled by the first month end is left out, and must not be missed.


def test_settled_within_the_months(ledger: Ledger) -> None:
    """
    2020-08-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 * "Acme" "Paid" ^INV-1
      Assets:Receivable:Acme -100.00 EUR
      Income:Services
    """
    found = check(ledger, day(AS_OF), 2)
    assert [rows(end) for end in found] == [[{"undated": "100.00"}] * 2, []]


def test_settled_long_ago_and_touched_again(ledger: Ledger) -> None:
    """
    2020-08-14 * "Acme" "Website" ^INV-1
      due: 2020-08-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2020-08-20 * "Acme" "Paid" ^INV-1
      Assets:Receivable:Acme -100.00 EUR
      Income:Services
    2026-09-02 * "Acme" "Charged, and due before" ^INV-1
      due: 2019-09-02
      Assets:Receivable:Acme   70.00 EUR
      Income:Services
    2026-10-12 * "Acme" "Given in" ^INV-1
      Assets:Receivable:Acme  -70.00 EUR
      Income:Services
    """
    found = check(ledger, day(AS_OF), 3)
    assert [len(end.totals) for end in found] == [0, 1, 0]


@pytest.mark.parametrize(
    "second",
    [
        '^INV-2\n      invoice: "INV-1"',
        '\n      invoice: " INV-1 "',
        "^INV-1 ^dok-1",
    ],
)
def test_an_invoice_is_named_in_other_ways(ledger: Ledger, second: str) -> None:
    """
    2020-08-14 * "Acme" "Website" ^INV-1
      due: 2026-10-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2020-08-20 * "Acme" "Paid" ^INV-1
      Assets:Receivable:Acme -100.00 EUR
      Income:Services
    2020-08-21 * "Acme" "Due before, and so settled first" $second
      due: 2020-08-21
      Assets:Receivable:Acme   30.00 EUR
      Income:Services
    """
    assert second
    (end,) = check(ledger, day(AS_OF), 1)
    assert rows(end) == [{"not due": "30.00"}] * 2


def test_who_owns_an_account_can_change(ledger: Ledger) -> None:
    """
    2019-01-01 custom "dunning-option" "accounts" ":Acme$$"
    2026-10-10 custom "dunning-option" "accounts" "^Assets:Debtors:"
    2020-08-14 * "Bolt" "Website" ^INV-1
      Assets:Debtors:Acme  100.00 EUR
      Income:Services
    2020-08-14 * "Cord" "Website" ^INV-1
      Assets:Debtors:Acme  100.00 EUR
      Income:Services
    2020-08-20 * "Cord" "Paid" ^INV-1
      Assets:Debtors:Acme -200.00 EUR
      Income:Services
    """
    found = check(ledger, day(AS_OF), 2)
    assert [len(end.customers) for end in found] == [2, 0]


def test_what_is_settled_and_what_is_no_receivable_is_not_read_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    2020-08-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2020-08-20 * "Bank of Acme" "Paid" ^INV-1
      Assets:Receivable:Acme -100.00 EUR
      Income:Services
    2020-08-20 * "Shop" "Paper"
      Assets:Bank             -10.00 EUR
      Income:Services
    2020-09-14 * "Acme" "Open" ^INV-2
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    read: list[set[str | None]] = []

    def spy(
        entries: Sequence[Directive],
        options: dict[str, Any],
        *,
        today: date,
        as_of: date,
    ) -> Books:
        read.append({one.narration for one in entries if isinstance(one, Transaction)})
        return read_books(entries, options, today=today, as_of=as_of)

    monkeypatch.setattr("beancount_dunning.answers.history.read_books", spy)
    check(ledger, day(AS_OF), 2)
    assert read == [{"Open"}] * 2


def test_another_customer_paid(ledger: Ledger) -> None:
    """
    2020-08-14 * "Acme" "Website" ^INV-1
      Assets:Receivable  100.00 EUR
      Income:Services
    2020-08-14 * "Bolt" "Website" ^INV-1
      Assets:Receivable  100.00 EUR
      Income:Services
    2020-08-20 * "Acme" "Paid too much" ^INV-1
      Assets:Receivable -150.00 EUR
      Income:Services
    2020-08-21 * "Bolt" "Paid too little" ^INV-1
      Assets:Receivable  -50.00 EUR
      Income:Services
    2020-08-14 * "Website" ^INV-2
      customer: "Acme"
      Assets:Receivable:Bolt  100.00 EUR
      Income:Services
    2020-08-14 * "Website" ^INV-2
      Assets:Receivable:Bolt  100.00 EUR
        customer: "Cord"
      Income:Services
    2020-08-21 * "Paid too much" ^INV-2
      customer: "Cord"
      Assets:Receivable:Bolt -150.00 EUR
      Income:Services
    2020-08-21 * "Paid too little" ^INV-2
      customer: "Acme"
      Assets:Receivable:Bolt  -50.00 EUR
      Income:Services
    """
    (end,) = check(ledger, day(AS_OF), 1)
    assert rows(end) == [
        {"undated": "50.00", "unapplied": "-50.00"},
        {"undated": "50.00"},
        {"unapplied": "-50.00"},
        {"undated": "100.00", "unapplied": "-100.00"},
    ]


def test_a_document_s_link_is_no_reference(ledger: Ledger) -> None:
    """
    2020-08-14 * "Acme" "Website" ^dok-1
      due: 2026-10-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2020-08-14 * "Acme" "Website"
      due: 2020-08-15
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2020-08-20 * "Acme" "Paid" ^dok-1
      Assets:Receivable:Acme -100.00 EUR
      Income:Services
    """
    (end,) = check(ledger, day(AS_OF), 1)
    assert rows(end) == [{"not due": "100.00"}] * 2


def test_postings_without_a_number_or_metadata(ledger: Ledger) -> None:
    """
    2020-08-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2020-08-15 * "Acme" "Paid" ^INV-1
      Assets:Receivable:Acme -100.00 EUR
      Income:Services
    2020-08-16 * "Acme" "Without a link"
      Assets:Receivable:Acme    1.00 EUR
      Income:Services
    """
    entries = list(ledger.entries)
    missing: Any = MISSING
    nothing: Any = None
    for units in (nothing, missing, Amount(missing, "EUR"), Amount(nothing, "EUR")):
        for index, entry in enumerate(ledger.entries):
            if isinstance(entry, Transaction):
                one, other = entry.postings
                broken = one._replace(units=units, meta=None)
                entries[index] = entry._replace(
                    postings=[one._replace(meta=None), other, broken]
                )
        check(Ledger(entries, [], ledger.options), day(AS_OF))
    shorn = [
        one._replace(meta=nothing, links=nothing)
        if isinstance(one, Transaction)
        else one
        for one in ledger.entries
    ]
    check(Ledger(shorn, [], ledger.options), day(AS_OF))


@profile(deadline=None, max_examples=150)
@given(ledgers(), as_of_days)
def test_it_is_what_the_aging_report_says(drawn: Drawn, as_of: date) -> None:
    check(Ledger(*load_string(drawn.text)), as_of)


@profile(deadline=None, max_examples=60)
@given(ledgers(hostile=True), as_of_days)
def test_no_ledger_stops_it(drawn: Drawn, as_of: date) -> None:
    check(Ledger(*load_string(drawn.text)), as_of, 4)
