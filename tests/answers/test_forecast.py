"""Cash expected in, by week: each open amount once, on the day it should come."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_string
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.forecast import Every
from beancount_dunning.answers.forecast import Forecast
from beancount_dunning.answers.forecast import forecast
from beancount_dunning.answers.forecast import outlook
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from tests.conftest import load
from tests.made_up import make
from tests.made_up import write
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from beancount_dunning.standing.books import Books
    from tests.conftest import Ledger
    from tests.strategies import Ledger as Drawn

ZERO = Decimal()


def total(one: Forecast) -> Decimal:
    weeks = sum((week.amount for week in one.periods), ZERO)
    return one.overdue + weeks + one.later + one.undated


def shown(one: Forecast) -> dict[str, str]:
    """Return all that is expected at all, by when."""
    amounts = {
        "overdue": one.overdue,
        **{str(week.first): week.amount for week in one.periods},
        "later": one.later,
        "undated": one.undated,
    }
    return {when: str(amount) for when, amount in amounts.items() if amount}


def test_a_forecast(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Late"
      due: 2026-11-19
      Assets:Receivable:Acme    1.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Due today"
      due: 2026-11-20
      Assets:Receivable:Acme    2.00 EUR
      Income:Services
    2026-09-14 * "Acme" "On Sunday"
      due: 2026-11-22
      Assets:Receivable:Acme    4.00 EUR
      Income:Services
    2026-09-14 * "Acme" "On Monday, part of which is paid"
      due: 2026-11-23
      Assets:Receivable:Acme    8.00 EUR
      Income:Services
    2026-09-14 * "Acme" "The last Sunday of three weeks"
      due: 2026-12-06
      Assets:Receivable:Acme   16.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Later"
      due: 2026-12-07
      Assets:Receivable:Acme   32.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Undated"
      Assets:Receivable:Acme   64.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Not in euros" ^INV-1
      due: 2026-11-24
      Assets:Receivable:Acme     500 JPY
      Income:Services
    2026-10-01 * "Bolt" "Paid twice"
      Assets:Receivable:Bolt   -5.00 CHF
      Income:Services
    """
    euros, yen = forecast(ledger.books(), count=3)
    assert (euros.currency, yen.currency) == ("EUR", "JPY")
    assert [str(week.first) for week in euros.periods] == [
        "2026-11-16",
        "2026-11-23",
        "2026-11-30",
    ]
    assert shown(euros) == {
        "overdue": "1.00",
        "2026-11-16": "6.00",
        "2026-11-23": "8.00",
        "2026-11-30": "16.00",
        "later": "32.00",
        "undated": "64.00",
    }
    assert shown(yen) == {"2026-11-23": "500"}
    assert total(euros) == Decimal("127.00")
    twelve, _ = forecast(ledger.books())
    assert [week.first for week in twelve.periods] == [
        date(2026, 11, 16) + timedelta(weeks=index) for index in range(12)
    ]
    assert shown(twelve)["2026-12-07"] == "32.00"
    assert shown(forecast(ledger.books(), count=0)[1]) == {"later": "500"}


def test_nothing_open_is_nothing_expected(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "Paid twice"
      Assets:Receivable:Acme   -5.00 EUR
      Income:Services
    """
    assert forecast(ledger.books()) == ()


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-10-20", "overdue"),
        # The promise runs from its own day to the promised one, both included.
        ("2026-10-21", "2026-11-02"),
        ("2026-11-05", "2026-11-02"),
        ("2026-11-06", "overdue"),
    ],
)
def test_a_promise_is_believed_while_it_runs(
    ledger: Ledger, as_of: str, expected: str
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-21 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-05
    """
    (one,) = forecast(ledger.books(as_of))
    assert shown(one) == {expected: "100.00"}


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-10-21", "undated"),
        ("2026-10-22", "2026-11-02"),
        # What is put off is due all the same.
        ("2026-11-06", "overdue"),
    ],
)
def test_a_dispute_goes_before_a_promise(
    ledger: Ledger, as_of: str, expected: str
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-05
    2026-10-21 note Assets:Receivable:Acme "Two pages are missing" ^INV-1
      dispute: TRUE
    2026-10-22 note Assets:Receivable:Acme "They are there" ^INV-1
      dispute: FALSE
    2026-11-06 note Assets:Receivable:Acme "On holiday" ^INV-1
      hold-until: 2026-11-30
    """
    (one,) = forecast(ledger.books(as_of))
    assert shown(one) == {expected: "100.00"}


@pytest.mark.parametrize(
    ("as_of", "mondays"),
    [
        (date(1, 1, 1), ["0001-01-01", "0001-01-08", "0001-01-15"]),
        (date(9999, 12, 19), ["9999-12-13", "9999-12-20", "9999-12-27"]),
        (date(9999, 12, 20), ["9999-12-20", "9999-12-27"]),
        (date(9999, 12, 31), ["9999-12-27"]),
    ],
)
def test_the_ends_of_the_calendar(
    ledger: Ledger, as_of: date, mondays: list[str]
) -> None:
    """
    0001-01-01 * "Acme" "Website" ^INV-1
      due: 9999-12-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    (one,) = forecast(ledger.books(as_of), count=3)
    assert [str(week.first) for week in one.periods] == mondays
    expected = "9999-12-27" if "9999-12-27" in mondays else "later"
    assert shown(one) == {expected: "100.00"}


def books_of(drawn: Drawn, as_of: date) -> Books:
    entries, _, options_map = load_string(drawn.text)
    return read_books(entries, options_map, today=date.max, as_of=as_of)


MONTHS = """
    2026-09-14 * "Acme" "Work"
      Assets:Receivable:Acme  1.00 EUR
        due: 2026-11-20
      Assets:Receivable:Acme  2.00 EUR
        due: 2026-11-30
      Assets:Receivable:Acme  4.00 EUR
        due: 2026-12-01
      Assets:Receivable:Acme  8.00 EUR
        due: 2027-01-31
      Assets:Receivable:Acme  16.00 EUR
        due: 2027-02-01
      Income:Services
"""


def test_by_month() -> None:
    (one,) = forecast(load(MONTHS).books(), count=3, every=Every.MONTH)
    assert shown(one) == {
        "2026-11-01": "3.00",
        "2026-12-01": "4.00",
        "2027-01-01": "8.00",
        "later": "16.00",
    }


def test_months_end_with_the_calendar(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Work"
      due: 9999-12-31
      Assets:Receivable:Acme  1.00 EUR
      Income:Services
    """
    (one,) = forecast(ledger.books("9999-11-30"), count=3, every=Every.MONTH)
    assert [str(period.first) for period in one.periods] == ["9999-11-01", "9999-12-01"]
    assert shown(one) == {"9999-12-01": "1.00"}


def test_what_json_has() -> None:
    found = outlook(load(MONTHS).books(), Basis.DUE, Every.MONTH).as_dict()
    items = found.pop("items")
    periods = found["forecast"][0].pop("periods")
    assert found == {
        "as_of": "2026-11-20",
        "by": "due",
        "every": "month",
        "forecast": [
            {"currency": "EUR", "overdue": "0", "later": "0", "left_out": {}},
        ],
    }
    assert periods[:2] == [
        {"first": "2026-11-01", "amount": "3.00", "early": "3.00", "late": "3.00"},
        {"first": "2026-12-01", "amount": "4.00", "early": "4.00", "late": "4.00"},
    ]
    assert len(periods) == 12
    assert [item["period"] for item in items][1:3] == ["2026-11-01", "2026-12-01"]


def test_what_is_overdue_is_in_no_period() -> None:
    found = outlook(load(MONTHS).books("2027-02-01")).as_dict()
    assert found["forecast"][0]["overdue"] == "15.00"
    assert [item["period"] for item in found["items"]] == [*[None] * 4, "2027-02-01"]


@profile(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(0, 80), st.sampled_from(Every))
def test_by_habit_each_quartile_is_added_up(
    seed: int, count: int, every: Every
) -> None:
    made = make(seed, count)
    books = load(write(made)).books("2026-10-01")
    found = outlook(books, Basis.HABIT, every)

    def first(day: date) -> date:
        monday = day - timedelta(days=day.weekday())
        return monday if every is Every.WEEK else day.replace(day=1)

    for one in found.forecasts:
        for period in one.periods:
            sums = [ZERO] * 3
            for item in found.expectations:
                days = (item.early, item.day, item.late)
                for index, day in enumerate(days):
                    if (day or item.day) and first(day or item.day or date.max) == (
                        period.first
                    ):
                        sums[index] += item.amount
            assert [period.early, period.amount, period.late] == sums
        assert total(one) == sum(item.open for item in books.receivables.items)


@profile(deadline=None)
@given(ledgers(), as_of_days, st.integers(0, 20))
def test_everything_adds_up(drawn: Drawn, as_of: date, count: int) -> None:
    books = books_of(drawn, as_of)
    report, found = age(books), forecast(books, count=count)
    expected = {row.currency: row.open for row in report.totals if row.buckets}
    assert [(one.currency, total(one)) for one in found] == list(expected.items())
    for one in found:
        assert len(one.periods) == count
        assert all(week.first.weekday() == 0 for week in one.periods)
        overdue = next(
            row.overdue for row in report.totals if row.currency == one.currency
        )
        assert one.overdue <= overdue


@profile(deadline=None, max_examples=50)
@given(ledgers(hostile=True), st.one_of(st.dates(), st.just(date.max)))
def test_no_ledger_stops_it(drawn: Drawn, as_of: date) -> None:
    for one in forecast(books_of(drawn, as_of)):
        assert 0 < len(one.periods) <= 12
