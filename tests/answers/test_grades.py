"""Grades: which days late, losses and promises make which, with what is said of it."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.customers import customers
from tests.answers.paying import AS_OF
from tests.answers.paying import after
from tests.answers.paying import books
from tests.answers.paying import invoice
from tests.answers.paying import note
from tests.answers.paying import paid
from tests.answers.paying import paid_late


def graded(text: str, as_of: date = AS_OF) -> tuple[str | None, list[str]]:
    (record,) = customers(books(text, as_of)).records
    found = record.conduct.graded
    return found.grade, list(found.because)


@pytest.mark.parametrize(
    ("days", "grade", "because"),
    [
        ((0, 0, 0), "A", "none of the last 3 was over 7 days late"),
        ((-20, 0, 7, 7, 7), "A", "none of the last 5 was over 7 days late"),
        ((0, 0, 8), "B", "1 of the last 3 was over 7 days late"),
        ((0, 8, 8), "B", "2 of the last 3 were over 7 days late"),
        ((8, 8, 8), "C", "3 of the last 3 were over 7 days late"),
        ((0, 30, 0), "B", "1 of the last 3 was over 7 days late"),
        ((0, 31, 0), "C", "1 of the last 3 was over 30 days late"),
        ((31, 31, 31), "D", "3 of the last 3 were over 30 days late"),
        ((0, 0, 90), "C", "1 of the last 3 was over 30 days late"),
        ((0, 0, 91), "D", "1 of the last 3 was over 90 days late"),
        ((91, 0, 91), "E", "2 of the last 3 were over 90 days late"),
        # Only the last five count.
        ((91, 91, 0, 0, 0, 0, 0), "A", "none of the last 5 was over 7 days late"),
    ],
)
def test_days_late_make_a_grade(
    days: tuple[int, ...], grade: str, because: str
) -> None:
    assert graded(paid_late(*days)) == (grade, [because])


def test_the_last_are_those_due_last() -> None:
    due_first = invoice("A", after(90), after(91)) + paid("A", after(190))
    due_later = "".join(
        invoice(f"B-{n}", after(0), after(100)) + paid(f"B-{n}", after(100))
        for n in range(5)
    )
    assert graded(due_first + due_later)[0] == "A"


def test_fewer_than_three_have_no_grade() -> None:
    assert graded(paid_late(91)) == (
        None,
        ["too few to say: 1 invoice is paid or overdue, and a grade takes 3"],
    )
    assert graded(paid_late(91, 91)) == (
        None,
        ["too few to say: 2 invoices are paid or overdue, and a grade takes 3"],
    )


def test_what_is_open_counts_once_it_is_overdue() -> None:
    text = paid_late(0, 0) + invoice("A", after(100), after(110))
    assert graded(text, after(110))[0] is None
    assert graded(text, after(111))[0] == "A"
    assert graded(text, after(141))[0] == "C"
    assert graded(text, after(201))[0] == "D"


def test_a_loss_counts_for_two_years() -> None:
    text = (
        paid_late(0, 0, 0)
        + invoice("L", after(0), after(10))
        + paid("L", after(60), account="Expenses:Bad-Debts")
    )
    day = after(60)
    said = f"L was written off on {day}"
    # By its due date it is the first of the four.
    assert graded(text, day) == ("E", [said, "1 of the last 4 was over 30 days late"])
    assert graded(text, day + timedelta(days=730))[0] == "E"
    assert graded(text, day + timedelta(days=731))[0] == "C"
    alone = invoice("L", after(0), after(10))
    alone += paid("L", after(60), account="Expenses:Bad-Debts")
    # Of one invoice nothing is said but that.
    assert graded(alone) == ("E", [said])
    undated = alone.replace("  due: 2026-01-15\n", "").replace(" ^L", "")
    assert graded(undated) == ("E", [f"Website was written off on {day}"])


def test_a_broken_promise_makes_it_one_worse_for_a_year() -> None:
    promised = note("Acme-0", after(12), f"promise: {after(14)}")
    for days, grade in (((5, 0, 0), "B"), ((91, 0, 91), "E"), ((31, 0, 0), "D")):
        found, because = graded(paid_late(*days) + promised)
        assert found == grade
        assert because[1:] == [f"a promise was broken on {after(14)}"]
    text = paid_late(5, 0, 0) + promised
    assert graded(text, after(14 + 365))[0] == "B"
    assert graded(text, after(14 + 366))[0] == "A"
    kept = paid_late(5, 0, 0) + note("Acme-0", after(12), f"promise: {after(15)}")
    assert graded(kept)[0] == "A"


@given(st.lists(st.integers(-9, 120), min_size=3, max_size=8), st.integers(0, 7))
@profile(deadline=None)
def test_paying_one_later_never_makes_it_better(days: list[int], place: int) -> None:
    grade, _ = graded(paid_late(*days), date(2028, 12, 31))
    worse = [late + 30 * (one == place) for one, late in enumerate(days)]
    later, _ = graded(paid_late(*worse), date(2028, 12, 31))
    assert grade is not None
    assert later is not None
    assert later >= grade
