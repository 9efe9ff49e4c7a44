"""How late customers pay: whose payments count, and the quartiles of those."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.lateness import Habit
from beancount_dunning.answers.lateness import Lateness
from beancount_dunning.answers.lateness import Whose
from tests.conftest import load
from tests.made_up import AS_OF
from tests.made_up import make
from tests.made_up import write

if TYPE_CHECKING:
    from tests.conftest import Ledger

SEGMENTS = """
2026-01-01 custom "dunning-customer" "C0"
  segment: "shops"
2026-01-01 custom "dunning-customer" "C1"
  segment: "shops"
"""


@profile(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(0, 80), st.integers(-10, 25))
def test_the_nearest_five_payments_as_late_count(
    seed: int, count: int, overdue: int
) -> None:
    made = make(seed, count, customers=4)
    lateness = Lateness.of(load(SEGMENTS + write(made)).books(AS_OF))
    late = [
        (one.customer, (one.ended - one.due).days)
        for one in made
        if one.outcome == "paid" and (one.ended - one.due).days >= overdue
    ]
    shops = {"C0", "C1"}
    for customer in ("C0", "C3", "nobody"):
        groups = {
            Whose.CUSTOMER: {customer},
            Whose.SEGMENT: shops if customer in shops else set(),
            Whose.ALL: {one for one, _ in late},
        }
        expected = None
        for whose, names in groups.items():
            days = sorted(day for name, day in late if name in names)
            if len(days) >= 5:
                size = len(days)
                picked = [days[-(-size * quarter // 4) - 1] for quarter in (1, 2, 3)]
                expected = (whose, tuple(picked), size)
                break
        habit = lateness.habit(customer, overdue)
        found = habit and (habit.whose, habit.quartiles, habit.payments)
        assert found == expected


def test_a_habit_never_leaves_the_calendar() -> None:
    habit = Habit(Whose.ALL, (-3, 0, 9), 5)
    assert habit.days_after(date.max) == (date(9999, 12, 28), date.max, date.max)
    assert habit.days_after(date.min) == (date.min, date.min, date(1, 1, 10))


def test_a_payment_alone_is_no_habit(ledger: Ledger) -> None:
    """
    2026-01-01 * "Acme" "Work"
      due: 2026-01-02
      Assets:Receivable:Acme  5.00 EUR
      Income:Services
    2026-01-02 * "Acme" "Paid"
      Assets:Bank             5.00 EUR
      Assets:Receivable:Acme
    """
    lateness = Lateness.of(ledger.books())
    assert not lateness.is_known
    assert lateness.habit("Acme", 0) is None


def test_a_segment_s_payments_count_before_everybody_s() -> None:
    made = make(4, 60, customers=4)
    lateness = Lateness.of(load(SEGMENTS + write(made)).books(AS_OF))
    late = [
        one for one in made if one.outcome == "paid" and one.customer in {"C0", "C1"}
    ]
    habit = lateness.habit("C0", 14)
    assert habit is not None
    assert habit.whose is Whose.SEGMENT
    days = [(one.ended - one.due).days for one in late]
    assert habit.payments == sum(day >= 14 for day in days)
