"""Promises: which are kept, which are broken, and of which nobody can tell yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.promised import by_invoice
from tests.answers.paying import AS_OF
from tests.answers.paying import after
from tests.answers.paying import books
from tests.answers.paying import invoice
from tests.answers.paying import note
from tests.answers.paying import paid

if TYPE_CHECKING:
    from datetime import date

SALE = invoice("A", after(0), after(10))
PROMISE = note("A", after(12), f"promise: {after(20)}")


def kept(text: str, as_of: date = AS_OF) -> list[bool]:
    (record,) = customers(books(text, as_of)).records
    return [one.is_kept for one in record.conduct.promises]


def test_it_is_kept_if_it_is_paid_by_the_day() -> None:
    assert kept(SALE + PROMISE + paid("A", after(20))) == [True]
    assert kept(SALE + PROMISE + paid("A", after(21))) == [False]
    assert kept(SALE + PROMISE + paid("A", after(20), "99.00")) == [False]


def test_a_day_counts_to_its_end() -> None:
    assert kept(SALE + PROMISE + paid("A", after(12))) == [True]
    at_once = note("A", after(0), f"promise: {after(20)}")
    assert kept(SALE + at_once + paid("A", after(20))) == [True]
    terms = '  terms: "50% net 10, 50% net 20"\n'
    half = invoice("A", after(0), None, meta=terms) + paid("A", after(15), "50.00")
    assert kept(half + PROMISE) == [False]
    so_much = note("A", after(12), f"promise: {after(20)}", "amount: 40.00 EUR")
    assert kept(SALE + so_much + paid("A", after(20), "40.00")) == [True]


def test_what_is_not_owed_breaks_no_promise() -> None:
    assert kept(SALE + PROMISE + paid("A", after(20), "99.01")) == [True]
    sale = invoice("A", after(0), None, meta='  terms: "2/10 net 30"\n')
    promise = note("A", after(2), f"promise: {after(9)}")
    text = sale + promise + paid("A", after(8), "98.00")
    assert kept(text) == [True]
    booked = paid("A", after(50), "2.00", account="Expenses:Discounts")
    assert kept(text + booked) == [True]
    assert kept(SALE + PROMISE + paid("A", after(20), account="Income:Services")) == [
        True
    ]


def test_a_promise_about_a_part_of_a_plan_is_not_measured_by_the_invoice() -> None:
    plan = f'plan: "50.00 on {after(18)}, 50.00 on {after(40)}"'
    text = SALE + note("A", after(11), plan) + PROMISE + paid("A", after(18), "50.00")
    assert kept(text) == []
    agreed_later = note("A", after(25), plan)
    assert kept(SALE + PROMISE + agreed_later) == [False]
    elsewhere = "1999-01-01 open Assets:Receivable:B\n"
    elsewhere += note("A", after(11), plan, customer="B")
    assert kept(SALE + PROMISE + elsewhere) == [False]


@pytest.mark.parametrize("amount", [(), ("amount: 40.00 EUR",)])
def test_what_was_given_up_was_not_paid(amount: tuple[str, ...]) -> None:
    promise = note("A", after(12), f"promise: {after(20)}", *amount)
    lost = paid("A", after(15), account="Expenses:Bad-Debts")
    assert kept(SALE + promise + lost) == [False]
    assert kept(SALE + promise + lost, after(20)) == []


def test_nobody_can_tell_before_its_day_is_past() -> None:
    assert kept(SALE + PROMISE, after(20)) == []
    assert kept(SALE + PROMISE, after(21)) == [False]
    assert kept(SALE + PROMISE + paid("A", after(15)), after(15)) == [True]


def test_a_later_promise_does_not_undo_an_earlier_one() -> None:
    again = note("A", after(18), f"promise: {after(30)}")
    assert kept(SALE + PROMISE + again + paid("A", after(30))) == [False, True]


def test_a_promise_about_several_is_one() -> None:
    text = SALE + invoice("B", after(0), after(10))
    text += note("A ^B", after(12), f"promise: {after(20)}") + paid("A", after(15))
    assert kept(text) == [False]
    assert kept(text + paid("B", after(15))) == [True]


def test_it_is_about_what_is_due_by_its_day_or_first() -> None:
    terms = '  terms: "50% net 10, 50% net 60"\n'
    text = invoice("A", after(0), None, meta=terms) + PROMISE
    assert kept(text + paid("A", after(15), "50.00")) == [True]
    early = note("A", after(1), f"promise: {after(5)}")
    half = invoice("A", after(0), None, meta=terms) + early
    assert kept(half + paid("A", after(5), "50.00")) == [True]
    undated = invoice("A", after(0), None) + early + paid("A", after(5))
    assert kept(undated) == [True]


@pytest.mark.parametrize(
    ("promised", "came", "is_kept"),
    [
        ("40.00 EUR", "40.00", True),
        ("40.00 EUR", "39.50", True),  # Half a euro is not worth asking for.
        ("40.00 EUR", "39.00", False),
        ("400.00 EUR", "100.00", True),  # Nothing is left.
    ],
)
def test_so_much_may_be_promised(promised: str, came: str, *, is_kept: bool) -> None:
    text = SALE + note("A", after(12), f"promise: {after(20)}", f"amount: {promised}")
    assert kept(text + paid("A", after(15), came)) == [is_kept]
    # What came before the note, or on its day, was not promised.
    before = SALE.replace("100.00", "500.00") + paid("A", after(12), "100.00")
    assert kept(before + text.partition(SALE)[2]) == [False]


def test_what_is_paid_or_of_others_can_be_promised_no_more() -> None:
    assert kept(SALE + paid("A", after(11)) + PROMISE) == []
    other = note("A", after(12), f"promise: {after(20)}", customer="B")
    assert kept("1999-01-01 open Assets:Receivable:B\n" + SALE + other) == []


def test_what_has_no_reference_is_left_out() -> None:
    parts = invoiced(books(SALE + SALE.replace(" ^A", "")))
    assert {name: len(some) for name, some in by_invoice(parts).items()} == {"A": 1}
