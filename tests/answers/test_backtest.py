"""How wrong forecasts were, against the ledger cut off at the end of each month."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_string
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.backtest import PastMonth
from beancount_dunning.answers.backtest import backtest
from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.forecast import Every
from beancount_dunning.answers.forecast import outlook
from beancount_dunning.standing.books import read_books
from tests.conftest import load
from tests.made_up import AS_OF
from tests.made_up import Made
from tests.made_up import make
from tests.made_up import write
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import Ledger
    from tests.strategies import Ledger as Drawn

DAY = timedelta(days=1)


def ends(as_of: date) -> list[date]:
    """Return the last thirteen month ends by a date."""
    days = (as_of - DAY * back for back in range(430))
    return [day for day in days if (day + DAY).day == 1][12::-1]


def known_on(made: Sequence[Made], day: date) -> list[Made]:
    """Return what was known of invoices on a day, and nothing that came later."""
    found = []
    for one in made:
        if one.issued <= day:
            is_over = one.ended <= day
            outcome = one.outcome if is_over else "open"
            ended = one.ended if is_over else date.max
            sent = [row for row in one.sent if row[1] <= day]
            kept = Made(
                *(one.number, one.customer, one.issued, one.due, one.cents),
                *(outcome, ended, sent),
            )
            found.append(kept)
    return found


def slowly(made: Sequence[Made], as_of: date = AS_OF) -> list[PastMonth]:
    """Work out what was expected in each month by cutting the ledger off."""
    found = []
    for day, end in pairwise(ends(as_of)):
        books = load(write(known_on(made, day))).books(day)
        expected = {}
        for basis in Basis:
            amounts = [
                one.amount
                for one in outlook(books, basis, Every.MONTH).expectations
                if one.kind == "overdue" or (one.day and one.day <= end)
            ]
            expected[basis] = sum(amounts, Decimal())
        came = sum(
            Decimal(one.cents) / 100
            for one in made
            if one.outcome == "paid" and one.issued <= day < one.ended <= end
        )
        is_there = any(one.issued <= day for one in made)
        if is_there and (came or any(one.ended > day >= one.issued for one in made)):
            found.append(PastMonth(end, "EUR", expected, Decimal(came)))
    return found


@profile(deadline=None, max_examples=12)
@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(0, 400))
def test_each_month_is_as_it_was_known_then(seed: int, count: int, days: int) -> None:
    made = make(seed, count)
    # Some of what is settled then is over for all of the months, and a habit all the
    # same.
    as_of = AS_OF + DAY * days
    found = backtest(load(write(made)).books(as_of))
    assert list(found.months) == slowly(made, as_of)
    came = sum(one.came for one in found.months)
    if not came:
        assert found.totals == ()
        return
    (total,) = found.totals
    for basis in Basis:
        errors = [one.expected[basis] - one.came for one in found.months]
        assert total.off[basis] == pytest.approx(float(sum(map(abs, errors)) / came))
        assert total.bias[basis] == pytest.approx(float(sum(errors) / came))


@profile(deadline=None, max_examples=15)
@given(ledgers(padded=False), as_of_days)
def test_nothing_is_known_before_it_came(drawn: Drawn, as_of: date) -> None:
    entries, _, options_map = load_string(drawn.text)
    found = backtest(read_books(entries, options_map, today=as_of, as_of=as_of))
    for one in found.months:
        day = one.month.replace(day=1) - DAY
        entries, _, options_map = load_string(drawn.without_future(day))
        then = read_books(entries, options_map, today=day, as_of=day)
        for basis in Basis:
            amounts = [
                part.amount
                for part in outlook(then, basis).expectations
                if part.item.currency == one.currency and not part.item.charge
                if part.kind == "overdue" or (part.day and part.day <= one.month)
            ]
            assert sum(amounts, Decimal()) == one.expected[basis]


def test_for_some_customers_alone() -> None:
    made = make(3, 60)
    books = load(write(made)).books(AS_OF)
    found = backtest(books, lambda one: one.customer == "C1")
    whole = backtest(books)
    mine = [one for one in made if one.customer == "C1"]
    by_due = {one.month: one for one in slowly(mine)}
    assert {one.month for one in found.months} == by_due.keys()
    for one in found.months:
        assert one.came == by_due[one.month].came
        assert one.expected[Basis.DUE] == by_due[one.month].expected[Basis.DUE]
    # Habits are learned from all the same.
    assert found.months != whole.months


def test_charges_and_refunds(ledger: Ledger) -> None:
    """
    2026-07-01 * "Acme" "Work" ^INV-1
      due: 2026-07-15
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-07-20 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-07-20
      Assets:Receivable:Acme   40.00 EUR
      Income:Fees
    2026-08-10 * "Acme" "Paid" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-08-20 * "Acme" "It came back" ^INV-1
      Assets:Receivable:Acme   30.00 EUR
      Assets:Bank
    """
    found = backtest(ledger.books("2026-10-15"))
    assert found.months[0].as_dict() == {
        "month": "2026-08",
        "currency": "EUR",
        "came": "70.00",
        "due": "100.00",
        "promise": "100.00",
        "habit": "100.00",
    }
    # What came back is undated.
    assert len(found.months) == 1
    wrong = dict.fromkeys(Basis, 0.429)
    assert found.as_dict()["totals"] == [
        {"currency": "EUR", "off": wrong, "bias": wrong},
    ]


def test_the_first_days_of_the_calendar_have_no_past() -> None:
    found = backtest(load("").books(date.min))
    assert (found.months, found.totals) == ((), ())
