"""What was meant and is not noticed: an error, where it is sure enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from beancount.core.data import Transaction

if TYPE_CHECKING:
    from tests.conftest import Ledger

AS_OF = "2026-03-01"


@pytest.mark.parametrize(
    ("pattern", "asked"),
    [
        ("^Assets:Custmers", ' Did you mean "^Assets:Customers"?'),
        ("^assets:customers$", ' Did you mean "^Assets:Customers"?'),
        ("^Forderungen", ""),
    ],
)
def test_a_pattern_that_no_account_matches(
    ledger: Ledger, pattern: str, asked: str
) -> None:
    """
    2026-01-01 custom "dunning-option" "accounts" "$pattern"
    2026-01-01 open Assets:Customers:Acme
    2026-01-01 open Assets:Bank
    """
    assert ledger.lines(AS_OF) == [
        f'1: option "accounts": no account matches "{pattern}".{asked}'
    ]


def test_an_account_may_be_yet_to_open(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "accounts" "^Assets:Customers"
    2026-01-01 open Assets:Bank
    2026-05-01 open Assets:Customers:Acme
    """
    assert ledger.lines(AS_OF) == []


def test_a_pattern_may_come_before_all_accounts(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "accounts" "^Assets:Customers"
    """
    assert ledger.lines(AS_OF) == []


def test_a_file_for_nobody_is_an_error_where_a_name_is_near(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Yoga-Loft"
      email: "yoga@post.example"
    2026-01-01 custom "dunning-customer" "Famile Sommer"
      email: "sommer@post.example"
    2026-01-01 custom "dunning-customer" "Winter AG"
      email: "winter@post.example"
    2026-01-01 custom "dunning-customer" "Familie Sommre"
    2026-02-01 * "Yoga Loft" "Signs" ^INV-1
      due: 2026-12-01
      Assets:Receivable   100 EUR
      Income:Services
    2026-02-02 * "Familie Sommer" "Paid in advance"
      Assets:Bank          10 EUR
      Assets:Receivable
    """
    assert ledger.lines(AS_OF) == [
        '1: Nobody is called "Yoga-Loft". Did you mean "Yoga Loft"?',
        '3: Nobody is called "Famile Sommer". Did you mean "Familie Sommer"?',
    ]


def test_of_two_real_names_each_may_have_a_file(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Meier"
      email: "meier@post.example"
    2026-01-01 custom "dunning-customer" "Anna Schmid"
      email: "schmid@post.example"
    2026-01-01 custom "dunning-customer" "Anna Schmidt"
      email: "schmidt@post.example"
    2026-02-01 * "Meyer" "Signs" ^INV-1
      due: 2026-12-01
      Assets:Receivable   100 EUR
      Income:Services
    2026-02-01 * "Anna Schmidt" "Signs" ^INV-2
      due: 2026-12-01
      Assets:Receivable   100 EUR
      Income:Services
    """
    assert ledger.lines(AS_OF) == []


def test_steps_are_a_slip_only_beside_a_charge(ledger: Ledger) -> None:
    """
    2026-02-01 * "Acme" "Signs" ^INV-1
      due: 2026-12-01
      steps: "design, print"
      Assets:Receivable   100 EUR
      Income:Services
    2026-02-02 * "Acme" "Fee" ^INV-1
      charge: "fee"
      steps: "first reminder"
      Assets:Receivable     5 EUR
      Income:Services
    """
    (line,) = ledger.lines(AS_OF)
    assert line.startswith('6: "steps" is not a key of an invoice.')


def test_who_has_paid_everything_is_somebody(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Anne"
      email: "anne@post.example"
    2026-01-01 custom "dunning-customer" "Anno"
      email: "anno@post.example"
    2026-01-01 custom "dunning-customer" "annA"
      email: "anna@post.example"
    2026-02-01 * "Anna" "Signs" ^INV-1
      due: 2026-12-01
      Assets:Receivable   100 EUR
      Income:Services
    2026-02-01 * "Anne" "Signs" ^INV-2
      Assets:Receivable   100 EUR
      Income:Services
    2026-02-02 * "Bank" "Paid" ^INV-2
      Assets:Bank         100 EUR
      Assets:Receivable
    2026-02-03 * "Signs" ^INV-3
      Assets:Receivable   100 EUR
        customer: "ANNO"
      Assets:Receivable  -100 EUR
    """
    assert ledger.lines(AS_OF) == []


def test_an_invoice_elsewhere_says_which_account_to_name(ledger: Ledger) -> None:
    """
    2026-02-01 * "Nord" "Website" ^INV-1
      due: 2026-03-01
      Income:Services          -100 EUR
      Assets:Current:Klienten   100 EUR
    2026-02-02 * "Nord" "Hosting" ^INV-2
      Assets:Current:Klienten   100 EUR
        terms: "net 30"
      Income:Services
    """
    what = (
        "has no effect here, as this transaction is on no receivable account. If "
        "Assets:Current:Klienten is one, type: "
        '2026-02-01 custom "dunning-option" "accounts" '
        '"^Assets:Current:Klienten(:|$)"'
    )
    assert ledger.lines(AS_OF) == [f"1: due: {what}", f"6: terms: {what}"]


def test_rent_that_came_in_is_no_invoice_elsewhere(ledger: Ledger) -> None:
    """
    2026-02-01 * "Tenant" "Rent"
      due: 2026-02-03
      Assets:Bank       500 EUR
      Income:Rent
    2026-02-05 * "Nord" "Website"
      due: 2026-03-01
      Assets:Claims     100 EUR
      Income:Services
    2026-02-06 * "Nord" "Website"
      Assets:Bank        60 EUR
      Assets:Claims
    2026-02-07 * "Nord" "Written off"
      Expenses:Losses    40 EUR
      Assets:Claims
    2026-02-08 * "Plumber" "Tap"
      Expenses:Repairs  100 EUR
      Assets:Bank
    """
    (line,) = ledger.lines(AS_OF)
    assert line.startswith("5: due: has no effect here")


def test_an_account_to_name_is_added_as_it_is_typed(ledger: Ledger) -> None:
    r"""
    2026-01-01 custom "dunning-option" "accounts" "^Assets:K\\d+"
    2026-01-01 open Assets:K1
    2026-02-01 * "Nord" "Website" ^INV-1
      due: 2026-03-01
      Assets:Claims    100 EUR
      Income:Services
    """
    (line,) = ledger.lines(AS_OF)
    assert line.endswith(r'"accounts" "^Assets:K\\d+|^Assets:Claims(:|$)"')


def test_a_date_elsewhere_is_none_of_our_business(ledger: Ledger) -> None:
    """
    2026-02-01 * "Supplier" "A bill"
      due: 2026-03-01
      Expenses:Rent            100 EUR
      Liabilities:Payable
    2026-02-02 * "Supplier" "A bill, paid"
      Liabilities:Payable      100 EUR
        due: 2026-03-01
        ref: "7"
      Assets:Bank
    2026-02-03 * "Customer" "A cash sale, taken back"
      terms: "cash"
      Income:Services          100 EUR
      Assets:Bank
    2026-02-04 * "Customer" "A sale on credit"
      Assets:Receivable        100 EUR
        due: 2026-05-01
      Income:Services
    2026-02-05 * "Customer" "A sale for cash"
      ref: "8"
      Assets:Bank              100 EUR
        ref: "9"
      Income:Services
    """
    assert ledger.lines(AS_OF) == []


def test_what_beancount_could_not_complete_is_passed_over(
    broken_ledger: Ledger,
) -> None:
    """
    2026-02-01 * "Nord" "Website" ^INV-1
      due: 2026-03-01
      Assets:Klienten
      Assets:Klienten:Nord
      Income:Services          -100 EUR
    2026-02-02 * "Nord" "No number" ^INV-16
      Assets:Bank               10 EUR
      Assets:Receivable
    """
    entries = [
        entry._replace(postings=[one._replace(units=None) for one in entry.postings])
        if isinstance(entry, Transaction)
        else entry
        for entry in broken_ledger.entries
    ]
    assert type(broken_ledger)(entries, (), broken_ledger.options).lines(AS_OF) == []


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("INV-16", '"INV-016"'),
        ("INV016", '"INV-016"'),
        ("INV-061", '"INV-016"'),
        ("INV-0116", '"INV-016"'),
        ("INV-0018", '"INV-016" or "INV-019"'),
    ],
)
def test_a_payment_for_no_invoice_asks_for_the_near_one(
    ledger: Ledger, link: str, asked: str
) -> None:
    """
    2026-01-02 * "Acme" "Beer mats" ^INV-016
      due: 2026-12-01
      Assets:Receivable   100 EUR
      Income:Services
    2026-01-02 * "Acme" "Signs" ^INV-019
      due: 2026-12-01
      Assets:Receivable   200 EUR
      Income:Services
    2026-01-03 * "Acme" "Paid" ^$link
      Assets:Bank         100 EUR
      Assets:Receivable
    """
    assert ledger.lines(AS_OF) == [
        f'9: There is no invoice "{link}". Did you mean {asked}?'
    ]


def test_a_payment_for_another_invoice_is_no_slip(ledger: Ledger) -> None:
    """
    2026-01-02 * "Acme" "Beer mats" ^INV-016
      due: 2026-12-01
      Assets:Receivable   100 EUR
      Income:Services
    2026-01-02 * "Acme" "Signs" ^INV-017
      due: 2026-12-01
      Assets:Receivable   200 EUR
      Income:Services
    2026-01-03 * "Acme" "Paid" ^INV-017
      Assets:Bank         200 EUR
      Assets:Receivable
    2026-01-04 * "Acme" "Paid twice" ^INV-017
      Assets:Bank         200 EUR
      Assets:Receivable
    2026-01-05 * "Acme" "Credit note" ^INV-018
      Income:Services      10 EUR
      Assets:Receivable
    2026-01-06 * "Bolt" "Paid" ^INV-015
      Assets:Bank         200 EUR
      Assets:Receivable
    2026-01-07 * "Acme" "Old" ^OLD-1
      Assets:Bank           1 EUR
      Assets:Receivable
    """
    assert ledger.lines(AS_OF) == []


def test_each_number_that_a_payment_names_is_looked_for(ledger: Ledger) -> None:
    """
    2026-01-02 * "Acme" "Beer mats" ^INV-016
      due: 2026-12-01
      Assets:Receivable   100 EUR
      Income:Services
    2026-01-02 * "Acme" "Signs" ^INV-027
      due: 2026-12-01
      Assets:Receivable   200 EUR
      Income:Services
    2026-01-03 * "Acme" "Paid" ^INV-16 ^INV-027
      Assets:Bank         300 EUR
      Assets:Receivable
    """
    assert ledger.lines(AS_OF) == [
        '9: There is no invoice "INV-16". Did you mean "INV-016"?'
    ]
