"""Numbers used twice, no due date, too old to begin with, small rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.doctor.diagnosis import Kind
from tests.answers.doctor.asking import found
from tests.answers.doctor.asking import told
from tests.conftest import load

if TYPE_CHECKING:
    from tests.conftest import Ledger


def test_a_number_of_two_customers_and_one_twice_on_a_day(ledger: Ledger) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^I-16
      Assets:Receivable  1190.00 EUR
      Income:S
    2026-05-19 * "Bolt" "Other job" ^I-16
      Assets:Receivable  500.00 EUR
      Income:S
    2026-05-18 * "Acme" "Beer mats" ^I-16
      Assets:Receivable  1190.00 EUR
      Income:S
    """
    assert told(ledger, Kind.NUMBER) == [
        (
            "4: I-16 is the number of two customers, of Acme in line 1 and of Bolt "
            "here. Give one of them another number; or if they are one customer, add "
            "here:"
        ),
        '  customer: "Acme"',
        (
            "7: I-16, 1190.00 EUR for Acme, stands twice on 2026-05-18, here and in "
            "line 1. Delete one, or give it a number of its own."
        ),
    ]


def test_it_does_not_matter_what_was_paid_since(ledger: Ledger) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^I-16
      Assets:Receivable  1190.00 EUR
      Income:S
    2026-05-18 * "Acme" "Beer mats" ^I-16
      Assets:Receivable  1190.00 EUR
      Income:S
    2026-05-20 * "Acme" "Paid" ^I-16
      Assets:Bank  2380.00 EUR
      Assets:Receivable
    """
    assert len(found(ledger, Kind.NUMBER)) == 1


def test_what_is_divided_on_purpose_is_not_asked_for(ledger: Ledger) -> None:
    """
    2026-01-10 * "Trip" "Tickets" ^trip-1
      Assets:Receivable  50.00 EUR
        customer: "Ann"
      Assets:Receivable  50.00 EUR
        customer: "Bob"
      Income:S
    2026-01-12 * "Bob" "Taxi" ^trip-1
      Assets:Receivable  50.00 EUR
      Income:S
    2026-02-01 * "Acme" "Three parts" ^I-1
      terms: "30% net 10, 70% net 20"
      Assets:Receivable  90.00 EUR
      Income:S
    2026-02-02 * "Acme" "First half" ^I-2
      Assets:Receivable  90.00 EUR
      Income:S
    2026-03-02 * "Acme" "Second half" ^I-2
      Assets:Receivable  90.00 EUR
      Income:S
    2026-03-02 * "Acme" "Second half, in dollars" ^I-2
      Assets:Receivable  90.00 USD
      Income:S
    2026-04-01 * "Acme" "Interest" ^I-2
      charge: "interest"
      Assets:Receivable  1.00 EUR
      Income:S
    2026-04-01 * "Acme" "Interest" ^I-2
      charge: "interest"
      Assets:Receivable  1.00 EUR
      Income:S
    """
    assert told(ledger, Kind.NUMBER) == []


def test_undated_items_are_counted_and_the_first_is_named(ledger: Ledger) -> None:
    """
    2026-01-05 open Assets:Receivable
    2026-02-02 * "Acme" "Dated" ^I-0
      due: 2026-02-05
      Assets:Receivable  9.00 EUR
      Income:S
    2026-02-03 * "Beta" "Website" ^I-1
      Assets:Receivable  90.00 EUR
      Income:S
    2026-02-02 *
      Assets:Receivable  80.00 EUR
      Income:S
    2026-02-02 * "Acme" "Paid" ^I-2
      Assets:Receivable  70.00 EUR
      Income:S
    2026-02-03 * "Acme" "Paid" ^I-2
      Assets:Bank        70.00 EUR
      Assets:Receivable
    """
    assert told(ledger, Kind.UNDATED) == [
        (
            "9: Without a due date, and so never overdue and never reminded: 2 open "
            "items (170.00 EUR), the first (no reference) of (no customer). Add due: "
            "where you know it, or terms for all invoices that have no other:"
        ),
        '2026-01-05 custom "dunning-option" "terms" "net 30"',
    ]


OLD = """
2026-02-01 * "Acme" "Website" ^I-1
  due: 2026-02-05
  Assets:Receivable  90.00 EUR
  Income:S
"""


def test_old_items_of_which_nothing_is_known_are_counted() -> None:
    ledger = load(OLD)
    assert told(ledger, Kind.START, as_of="2026-05-06") == []
    assert told(ledger, Kind.START, as_of="2026-05-07") == [
        (
            "1: Nothing was ever logged about 1 open item (90.00 EUR) more than 90 "
            "days overdue, so the first step comes next, whatever was sent before you "
            "came here. To decide about them yourself, and remind of the rest:"
        ),
        '2026-02-01 custom "dunning-option" "start" 2026-03-08',
    ]


def test_the_day_to_begin_with_is_not_in_the_future() -> None:
    ladder = '2026-01-01 custom "dunning-step" "standard" "x" 100\n'
    (_, typed) = told(load(ladder + OLD), Kind.START, as_of="2026-05-08")
    assert typed == '2026-01-01 custom "dunning-option" "start" 2026-05-08'


@pytest.mark.parametrize(
    "more",
    [
        '2026-03-01 note Assets:Receivable "x" ^I-1\n  reminder: "first reminder"',
        '2026-03-01 note Assets:Receivable "x" ^I-1\n  dispute: TRUE',
        '2026-01-01 custom "dunning-option" "policy" "none"',
        '2026-01-01 custom "dunning-option" "buckets" "200"',
        '2026-01-01 custom "dunning-option" "minimum" 91.00 EUR',
        '2026-01-01 custom "dunning-option" "start" 2026-03-08',
    ],
)
def test_old_items_that_are_cared_for_are_not(more: str) -> None:
    assert told(load(f"{OLD}\n{more}"), Kind.START, as_of="2026-05-07") == []


DISCOUNT = """
2026-09-01 open Expenses:Bank:Fees
2026-09-01 * "Acme" "Website" ^I-1
  terms: "2/10 net 30"
  Assets:Receivable  1000.00 EUR
  Income:S
2026-09-11 * "Acme" "Paid" ^I-1
  Assets:Bank         980.00 EUR
  Assets:Receivable
"""


def test_a_discount_that_was_taken_can_be_pasted() -> None:
    ledger = load(DISCOUNT)
    message, typed = told(ledger, Kind.DISCOUNT, Kind.REMAINDER)
    assert message == (
        "2: Acme paid I-1 in time, less the discount of 20.00 EUR. Book it:"
    )
    assert (
        typed
        == """\
2026-11-20 open Expenses:Discounts

2026-11-20 * "Acme" "Discount of I-1" ^I-1
  Assets:Receivable   -20.00 EUR
  Expenses:Discounts   20.00 EUR"""
    )
    assert load(f"{DISCOUNT}\n{typed}").receivables().items == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("980.00", "979.99"),
        ("2026-09-11", "2026-09-12"),
        ("2/10 net 30", "net 30"),
        ('"Paid" ^I-1', '"Paid" ^I-2\n  customer: "Beta"'),
    ],
)
def test_no_discount_was_taken(old: str, new: str) -> None:
    assert old in DISCOUNT
    ledger = load(DISCOUNT.replace(old, new))
    assert told(ledger, Kind.DISCOUNT, Kind.REMAINDER) == []


@pytest.mark.parametrize(
    ("account", "target"),
    [
        ("Expenses:Skonto", "Expenses:Skonto"),
        ("Expenses:Sales:CashDiscounts EUR", "Expenses:Sales:CashDiscounts"),
        ("Expenses:Discounts-US USD", "Expenses:Discounts"),
        ("Income:Discounts", "Expenses:Discounts"),
    ],
)
def test_a_discount_goes_where_the_ledger_has_it(account: str, target: str) -> None:
    ledger = load(f"2026-09-01 open {account}\n{DISCOUNT}")
    (one,) = found(ledger, Kind.DISCOUNT)
    assert f"\n  {target} " in (one.type or "")


def test_a_discount_does_not_go_to_a_closed_account() -> None:
    closed = "2026-01-01 open Expenses:Skonto\n2026-02-01 close Expenses:Skonto\n"
    (one,) = found(load(closed + DISCOUNT), Kind.DISCOUNT)
    assert "\n  Expenses:Discounts " in (one.type or "")


SMALL = """
2026-01-01 custom "dunning-option" "minimum" 5.00 EUR
2026-01-01 open Expenses:BadDebts
2026-09-01 open Assets:Receivable:Acme
2026-09-01 * "Acme" "Website"
  due: 2026-09-10
  customer: "Acme Inc."
  Assets:Receivable:Acme  100.00 EUR
  Income:S
2026-09-11 * "Acme" "Paid"
  customer: "Acme Inc."
  Assets:Bank              95.01 EUR
  Assets:Receivable:Acme
"""


def test_a_small_remainder_can_be_given_up() -> None:
    message, typed = told(load(SMALL), Kind.DISCOUNT, Kind.REMAINDER)
    assert message == (
        "4: Acme Inc. left 4.99 EUR of Website, too little to ask for. To give it up, "
        "book:"
    )
    assert (
        typed
        == """\
2026-11-20 * "Acme Inc." "Remainder of Website"
  customer: "Acme Inc."
  Assets:Receivable:Acme  -4.99 EUR
  Expenses:BadDebts        4.99 EUR"""
    )
    assert load(f"{SMALL}\n{typed}").receivables().items == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("95.01", "95.00"),
        ("95.01", "99.999"),
        ("2026-09-10", "2026-11-20"),
        ("2026-09-11", "2026-11-21"),
    ],
)
def test_no_small_remainder_is_left(old: str, new: str) -> None:
    assert old in SMALL
    assert told(load(SMALL.replace(old, new)), Kind.REMAINDER) == []


def test_a_bank_fee_can_be_booked() -> None:
    fee = SMALL.replace('"minimum"', '"bank-fee"').replace("BadDebts", "BankFees")
    message, typed = told(load(fee), Kind.BANK_FEE)
    assert message == (
        "4: Acme Inc. paid Website but for 4.99 EUR, no more than a bank fee. If the "
        "bank kept it, book:"
    )
    assert "Expenses:BankFees        4.99 EUR" in typed


def test_what_is_small_from_the_start_is_not_given_up() -> None:
    small = SMALL.replace("100.00", "4.00").partition("2026-09-11")[0]
    assert told(load(small), Kind.REMAINDER) == []
