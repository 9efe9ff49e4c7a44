"""Payments that wait for their invoice, and what they may be assigned to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from unittest.mock import patch

from beancount_dunning.answers.matching import match
from beancount_dunning.answers.waiting import Choices
from beancount_dunning.answers.waiting import MayPay
from beancount_dunning.answers.waiting import Parked
from beancount_dunning.answers.waiting import Pending
from beancount_dunning.answers.waiting import in_hand
from beancount_dunning.answers.waiting import may_be_paid
from beancount_dunning.answers.waiting import set_apart
from beancount_dunning.answers.waiting import waiting
from beancount_dunning.standing.books import everything
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.answers.waiting import Waiting
    from tests.conftest import Ledger


def waiting_in(ledger: Ledger) -> list[Waiting]:
    books = ledger.books()
    return waiting(books, match(books).payments, everything)


def test_a_payment_may_be_of_another_than_its_name_says(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-2026-014
      Assets:Receivable  1190.00 EUR
      Income:Sales
    2026-10-20 * "Somebody" "INV-2026-014"
      Assets:Bank        1190.00 EUR
      Assets:Receivable
    2026-10-21 * "Bolt" "Thank you"
      Assets:Bank           5.00 EUR
      Assets:Receivable
    """
    named, other = waiting_in(ledger)
    books = ledger.books()
    (item,) = books.receivables.items
    assert named.place.endswith(":6")
    assert named.words == "INV-2026-014"
    names = (None, "Acme GmbH", "Somebody", "Bolt")
    assert [named.is_of(name) for name in names] == [True, True, True, False]
    assert [other.is_of(name) for name in names] == [True, False, False, True]
    assert MayPay([named, other]).of([item]) == [named]
    assert may_be_paid(books, [item]) == ([item], [named])
    # Their own credit is taken off what is asked anyway.
    assert may_be_paid(books, [replace(item, customer="Somebody")]) == ([], [])


def test_what_stands_on_a_suspense_account_may_pay_what_it_names(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-2026-014
      Assets:Receivable  1190.00 EUR
      Income:Sales
    2026-09-15 * "Bolt" "Website" ^INV-2026-015
      Assets:Receivable  1191.00 EUR
      Income:Sales
    2026-09-16 * "Cedar" "Website" ^INV-2026-016
      Assets:Receivable  1192.00 EUR
      Income:Sales
    2026-10-20 * "Somebody" "INV-2026-014"
      Assets:Bank        1190.00 EUR
      Assets:Suspense
    2026-10-21 * "BOLT" "a part"
      Assets:Bank         500.00 EUR
      Assets:Bank:Clearing
    2026-10-22 * "Somebody" "INV-2026-016"
      Assets:Bank        1192.00 EUR
      Income:Sales
    """
    books = ledger.books()
    acme, bolt, _ = items = books.receivables.items
    paid, payments = may_be_paid(books, items)
    assert paid == [acme, bolt]
    places = [one.account for one in payments if isinstance(one, Parked)]
    assert places == ["Assets:Suspense", "Assets:Bank:Clearing"]


def test_what_a_payer_owes_may_be_paid_however_much_that_is() -> None:
    text = "".join(
        f'2026-09-{day:02} * "Acme" "Website" ^INV-2026-{day}\n'
        f"  Assets:Receivable  {day}.00 EUR\n  Income:Sales\n"
        for day in range(11, 21)
    )
    paid = '2026-10-20 * "ACME" "{}"\n  Assets:Bank  {} EUR\n  Assets:Suspense\n'
    for said, amount, count in (
        ("on account", "777.77", 10),
        # Where it is known for what it is, it is for nothing else.
        ("INV-2026-20", "20.00", 1),
        ("INV-2026-20", "777.77", 10),
    ):
        books = load(text + paid.format(said, amount)).books()
        paid_items, payments = may_be_paid(books, books.receivables.items)
        assert (len(paid_items), len(payments)) == (count, 1)


def test_nothing_is_matched_where_no_payment_waits(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-2026-014
      Assets:Receivable  1190.00 EUR
      Income:Sales
    """
    with patch("beancount_dunning.answers.waiting.match", side_effect=AssertionError):
        assert in_hand(ledger.books()) == ()


def test_only_wanted_credits_are_told(ledger: Ledger) -> None:
    """
    2026-10-20 * "Acme" "Thank you"
      Assets:Bank           1.00 EUR
      Assets:Receivable
    2026-10-21 * "Bolt" "Thank you"
      Assets:Bank           5.00 EUR
      Assets:Receivable
    """
    books = ledger.books()
    kept = waiting(
        books, match(books).payments, lambda credit: credit.customer == "Bolt"
    )
    assert [one.credit.customer for one in kept] == ["Bolt"]


def test_who_has_only_paid_is_no_customer(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-20 * "Acme" "Thank you"
      Assets:Bank           1.00 EUR
      Assets:Receivable
    2026-10-21 * "Bolt" "Thank you"
      Assets:Bank           5.00 EUR
      Assets:Receivable
    2026-10-22 * "Bolt" "Thank you"
      Assets:Bank           5.00 EUR
      Assets:Receivable
    2026-10-22 * "Cord" "Thank you"
      Assets:Bank           7.00 EUR
      Assets:Receivable
    2026-10-23 * "Dune" "Thank you"
      Assets:Bank           5.00 EUR
      Assets:Receivable
    2026-10-23 * "Dune" "Poster" ^INV-2
      Assets:Receivable     3.00 EUR
      Income:Sales
    2026-10-24 * "Dune" "Too much" ^INV-2
      Assets:Bank           5.00 EUR
      Assets:Receivable
    2026-10-23 * "Bolt" "Thank you"
      Assets:Bank           5.00 USD
      Assets:Receivable
    """
    report = ledger.report()
    customers, pending = set_apart(report.customers, waiting_in(ledger))
    assert [(row.customer, row.total) for row in customers] == [
        ("Acme", Decimal("99.00")),
        ("Dune", Decimal("-7.00")),
    ]
    assert pending == {
        "EUR": Pending(3, Decimal("-17.00")),
        "USD": Pending(1, Decimal("-5.00")),
    }


def test_the_likeliest_invoice_is_offered_first(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-09-14 * "Bolt" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme" "Poster" ^INV-2
      Assets:Receivable    60.00 EUR
      Income:Sales
    2026-09-15 * "Acme" "Flyer" ^INV-3
      terms: "50% net 10, 50% net 30"
      Assets:Receivable    80.00 EUR
      Income:Sales
    2026-09-15 * "Acme" "No number"
      Assets:Receivable     1.00 EUR
      Income:Sales
    2026-09-15 * "Acme" "Other money" ^INV-4
      Assets:Receivable    80.00 USD
      Income:Sales
    2026-10-20 * "Acme" "Thank you"
      Assets:Bank          40.00 EUR
      Assets:Receivable
    2026-10-21 * "Acme" "Thank you"
      Assets:Bank          40.00 JPY
      Assets:Receivable
    """
    choices = Choices(ledger.receivables().items)
    offered = [[item.invoice for item in choices.of(one)] for one in waiting_in(ledger)]
    assert offered == [["INV-3", "INV-2", "INV-1"], []]


def test_an_item_that_no_link_can_name_is_no_choice(ledger: Ledger) -> None:
    """
    2026-09-14 * "Bolt" "Nameless"
      due: 2026-10-14
      Assets:Receivable    10.00 EUR
      Income:Sales
    2026-09-14 * "Bolt" "Named" ^INV-1
      Assets:Receivable    10.00 EUR
      Income:Sales
    2026-10-21 * "Somebody" "Thank you"
      Assets:Bank           5.00 EUR
      Assets:Receivable
    """
    (payment,) = waiting_in(ledger)
    found = Choices(ledger.receivables().items).of(payment)
    assert [item.invoice for item in found] == ["INV-1"]
