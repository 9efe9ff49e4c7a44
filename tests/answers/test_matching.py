"""Which invoice an incoming payment is for."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import Transaction

from beancount_dunning.answers.matching import match
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from beancount_dunning.answers.matching import Match
    from tests.conftest import Ledger

SUSPENSE = re.compile("Suspense")


def matched(ledger: Ledger, *, review: bool = False) -> list[Match]:
    """Return what each payment is for."""
    return list(match(ledger.books(), suspense=SUSPENSE, review=review).payments)


def told(ledger: Ledger, *, review: bool = False) -> list[str]:
    """Return it as text: the verdict, what is assigned, and what is different."""
    found = []
    for one in matched(ledger, review=review):
        assigned = [f"{part.item.label} {part.amount}" for part in one.assignments]
        if one.difference:
            assigned.append(f"({one.difference.amount} {one.difference.kind})")
        found.append(" ".join([one.verdict, *assigned]))
    return found


def reasons(ledger: Ledger) -> list[str]:
    """Return the reasons for each payment."""
    return ["; ".join(one.reasons) for one in matched(ledger)]


def candidates(ledger: Ledger) -> list[list[str]]:
    """Return the candidates for each payment."""
    return [[item.label for item in one.candidates] for one in matched(ledger)]


def test_a_name_whose_amount_is_open_is_certain(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-2026-014
      Assets:Receivable  1190.00 EUR
      Income:Sales
    2026-10-20 * "ACME HOLDING" "SVWZ+RECHNUNG 2026014"
      Assets:Bank        1190.00 EUR
      Assets:Suspense
    2026-10-21 * "M Sommer" "inv 2026/014"
      Assets:Bank        1190.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["certain INV-2026-014 1190.00", "ask"]
    assert reasons(ledger) == [
        "text names INV-2026-014; 1190.00 EUR is what is open of INV-2026-014",
        "INV-2026-014 was paid on 2026-10-20",
    ]


def test_a_credit_on_the_receivable_account_is_looked_at(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-2026-014
      Assets:Receivable  1190.00 EUR
      Income:Sales
    2026-10-20 * "ACME HOLDING" "RECHNUNG 2026014"
      Assets:Bank        1190.00 EUR
      Assets:Receivable
    """
    (one,) = matched(ledger)
    assert told(ledger) == ["certain INV-2026-014 1190.00"]
    assert one.customer == "Acme GmbH"
    assert (one.is_suspense, one.lineno) == (False, 4)
    assert one.posting.account == "Assets:Receivable"


def test_a_name_of_the_payer_s_and_no_more_than_is_open_is_certain(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-2026-014
      terms: "50% net 10, 50% net 30"
      Assets:Receivable  1190.00 EUR
      Income:Sales
    2026-09-14 * "Bolt" "Poster" ^INV-2026-015
      Assets:Receivable  1190.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "2026014"
      Assets:Bank         700.00 EUR
      Assets:Suspense
    2026-10-21 * "Somebody" "2026015"
      Assets:Bank         700.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == [
        "certain INV-2026-014 1/2 595.00 INV-2026-014 2/2 105.00",
        "ask",
    ]
    assert reasons(ledger) == [
        "text names INV-2026-014; payer is Acme GmbH; 700.00 of 1190.00 EUR open",
        (
            "text names INV-2026-015; the amount is not what is open, and the payer "
            "is not known"
        ),
    ]
    assert candidates(ledger)[1] == ["INV-2026-015"]


def test_the_payer_and_one_explanation_are_likely(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable  1190.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Poster" ^INV-2
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "Thank you"
      Assets:Bank        1190.00 EUR
      Assets:Suspense
    2026-10-21 * "ACME" "Thank you"
      Assets:Bank         120.00 EUR
      Assets:Suspense
    2026-10-22 * "Somebody" "Thank you"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["likely INV-1 1190.00", "ask", "ask"]
    assert reasons(ledger) == [
        "payer is Acme GmbH; 1190.00 EUR is what is open of INV-1",
        "payer is Acme GmbH; the amount is not what is open",
        "no customer's name and no number; 1 open item has this amount",
    ]
    assert candidates(ledger) == [["INV-1"], ["INV-2"], ["INV-2"]]
    assert [one.customer for one in matched(ledger)] == ["Acme GmbH", "Acme GmbH", None]


def test_two_explanations_that_are_equally_good_are_asked(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme GmbH" "Poster" ^INV-2
      Assets:Receivable    60.00 EUR
      Income:Sales
    2026-09-16 * "Acme GmbH" "Flyer" ^INV-3
      Assets:Receivable    40.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "Thank you"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-21 * "ACME" "INV-1 INV-2 INV-3"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask", "ask"]
    assert candidates(ledger)[0] == ["INV-1", "INV-2", "INV-3"]
    assert reasons(ledger) == [
        "payer is Acme GmbH; several explanations are equally good",
        (
            "text names INV-1; text names INV-2; text names INV-3; "
            "several explanations are equally good"
        ),
    ]


def test_instalments_that_are_alike_are_paid_in_their_order(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      terms: "25% net 10, 25% net 30, 25% net 60, 25% net 90"
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-20 * "Somebody" "INV-1"
      Assets:Bank          25.00 EUR
      Assets:Suspense
    2026-09-14 * "Bolt" "Website" ^INV-2
      terms: "50% net 10, 50% net 30"
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-21 * "Acme GmbH" "Thank you"
      Assets:Bank          25.00 EUR
      Assets:Receivable
    2026-10-22 * "Bolt" "Thank you"
      Assets:Bank          50.00 EUR
      Assets:Receivable
    """
    assert told(ledger) == [
        "certain INV-1 1/4 25.00",
        "likely INV-1 2/4 25.00",
        "likely INV-2 1/2 50.00",
    ]


def test_a_discount_counts_while_it_is_valid(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "2/10 net 30"
    2026-10-01 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-01 * "Acme GmbH" "Poster" ^INV-2
      Assets:Receivable   200.00 EUR
      Income:Sales
    2026-10-11 * "Somebody" "INV-1"
      Assets:Bank          98.00 EUR
      Assets:Suspense
    2026-10-11 * "ACME" "Thank you"
      Assets:Bank         196.00 EUR
      Assets:Suspense
    2026-10-12 * "ACME" "Thank you"
      Assets:Bank          98.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == [
        "certain INV-1 98.00 (2.00 discount)",
        "likely INV-2 196.00 (4.00 discount)",
        "ask",
    ]
    assert reasons(ledger)[0] == (
        "text names INV-1; 98.00 EUR is what is open of INV-1 less the discount of 2.00"
    )


def test_several_with_their_discounts(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "2/10 net 30"
    2026-10-01 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-01 * "Acme GmbH" "Poster" ^INV-2
      Assets:Receivable   200.00 EUR
      Income:Sales
    2026-10-11 * "ACME" "Thank you"
      Assets:Bank         294.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["likely INV-1 98.00 INV-2 196.00 (6.00 discount)"]


def test_several_names_are_the_one_or_the_sum_that_is_the_amount(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme GmbH" "Poster" ^INV-2
      Assets:Receivable    70.00 EUR
      Income:Sales
    2026-09-16 * "Acme GmbH" "Flyer" ^INV-3
      Assets:Receivable    40.00 EUR
      Income:Sales
    2026-09-17 * "Acme GmbH" "Card" ^INV-4
      Assets:Receivable     5.00 EUR
      Income:Sales
    2026-10-20 * "M Sommer" "INV-1, INV-2, INV-3"
      Assets:Bank         140.00 EUR
      Assets:Suspense
    2026-10-21 * "ACME" "INV-2 INV-4"
      Assets:Bank          60.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == [
        "certain INV-1 100.00 INV-3 40.00",
        "likely INV-2 60.00",
    ]
    assert reasons(ledger)[0] == (
        "text names INV-1; text names INV-3; 140.00 EUR is the sum of INV-1, INV-3"
    )


def test_all_that_is_open_and_a_sum_of_some(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme GmbH" "Poster" ^INV-2
      Assets:Receivable    70.00 EUR
      Income:Sales
    2026-09-16 * "Acme GmbH" "Flyer" ^INV-3
      Assets:Receivable    40.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "Thank you"
      Assets:Bank         110.00 EUR
      Assets:Suspense
    2026-09-14 * "Bolt" "Website" ^INV-4
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Bolt" "Fee" ^INV-4
      charge: "fee"
      Assets:Receivable     5.00 EUR
      Income:Sales
    2026-10-21 * "BOLT" "Thank you"
      Assets:Bank         105.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == [
        "likely INV-2 70.00 INV-3 40.00",
        "likely INV-4 100.00 INV-4, fee 5.00",
    ]


def test_all_of_many_items_are_the_balance(ledger: Ledger) -> None:
    """
    2026-09-01 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.01 EUR
      Income:Sales
    2026-09-02 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable   100.02 EUR
      Income:Sales
    2026-09-03 * "Acme GmbH" "Website" ^INV-3
      Assets:Receivable   100.04 EUR
      Income:Sales
    2026-09-04 * "Acme GmbH" "Website" ^INV-4
      Assets:Receivable   100.08 EUR
      Income:Sales
    2026-09-05 * "Acme GmbH" "Website" ^INV-5
      Assets:Receivable   100.16 EUR
      Income:Sales
    2026-09-06 * "Acme GmbH" "Website" ^INV-6
      Assets:Receivable   100.32 EUR
      Income:Sales
    2026-09-07 * "Acme GmbH" "Website" ^INV-7
      Assets:Receivable   100.64 EUR
      Income:Sales
    2026-10-20 * "ACME" "Thank you"
      Assets:Bank         701.27 EUR
      Assets:Suspense
    """
    (one,) = matched(ledger)
    assert one.verdict == "likely"
    assert len(one.assignments) == 7


def test_the_customer_s_credit_is_taken_off(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme GmbH" "Poster" ^INV-2
      Assets:Receivable   300.00 EUR
      Income:Sales
    2026-09-16 * "Acme GmbH" "Credit note" ^CN-1
      Assets:Receivable   -30.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "Thank you"
      Assets:Bank          70.00 EUR
      Assets:Suspense
    2026-10-21 * "ACME" "Thank you"
      Assets:Bank         270.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask", "likely INV-1 70.00", "ask"]
    assert reasons(ledger)[1] == (
        "payer is Acme GmbH; "
        "70.00 EUR is what is open of INV-1 less the credit of 30.00"
    )


def test_what_was_paid_too_much_before_is_credit(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme GmbH" "Thank you" ^INV-1
      Assets:Bank         130.00 EUR
      Assets:Receivable
    2026-10-15 * "Acme GmbH" "Poster" ^INV-2
      Assets:Receivable   300.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "INV-2"
      Assets:Bank         270.00 EUR
      Assets:Suspense
    2026-11-15 * "Acme GmbH" "Thank you" ^INV-2
      Assets:Bank         330.00 EUR
      Assets:Receivable
    """
    assert told(ledger) == ["ask"]
    assert reasons(ledger) == ["INV-2 was paid on 2026-11-15"]


def test_a_bank_may_have_kept_a_fee(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "bank-fee" 15.00 EUR
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable  1000.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable  2000.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-3
      Assets:Receivable  3000.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-4
      Assets:Receivable  4000.00 USD
      Income:Sales
    2026-10-20 * "ACME" "INV-1"
      Assets:Bank         985.00 EUR
      Assets:Suspense
    2026-10-21 * "Somebody" "INV-2"
      Assets:Bank        1985.00 EUR
      Assets:Suspense
    2026-10-22 * "Acme" "Thank you"
      Assets:Bank        2985.00 EUR
      Assets:Suspense
    2026-10-23 * "Acme" "Thank you"
      Assets:Bank        3985.00 USD
      Assets:Suspense
    """
    assert told(ledger) == [
        "certain INV-1 985.00 (15.00 bank fee)",
        "likely INV-2 1985.00 (15.00 bank fee)",
        "likely INV-3 2985.00 (15.00 bank fee)",
        "ask",
    ]
    assert reasons(ledger)[0] == (
        "text names INV-1; payer is Acme GmbH; "
        "15.00 EUR less than is open of INV-1, a bank fee"
    )


def test_a_few_cents_may_be_missing_and_not_too_much(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 1.00 EUR
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable   200.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-3
      Assets:Receivable   300.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "INV-1"
      Assets:Bank          99.01 EUR
      Assets:Suspense
    2026-10-21 * "ACME" "INV-2"
      Assets:Bank         200.01 EUR
      Assets:Suspense
    2026-10-22 * "ACME" "Thank you"
      Assets:Bank         299.00 EUR
      Assets:Suspense
    2026-10-23 * "ACME" "Thank you"
      Assets:Bank         299.98 EUR
      Assets:Suspense
    """
    assert told(ledger) == [
        "certain INV-1 99.01 (0.99 cents)",
        "likely INV-2 200.00 (0.01 unapplied)",
        "ask",
        "likely INV-3 299.98 (0.02 cents)",
    ]
    assert reasons(ledger)[3] == (
        "payer is Acme GmbH; 0.02 EUR less than is open of INV-3"
    )


def test_two_that_are_nearly_the_amount_are_asked(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "bank-fee" 15.00 EUR
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable   105.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "Thank you"
      Assets:Bank          98.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask"]
    assert candidates(ledger) == [["INV-1", "INV-2"]]


def test_more_than_is_open_leaves_the_rest_unapplied(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "INV-1"
      Assets:Bank         150.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["likely INV-1 100.00 (50.00 unapplied)"]
    assert reasons(ledger) == [
        "text names INV-1; payer is Acme GmbH; 50.00 EUR more than is open"
    ]


def test_more_than_is_open_may_be_for_others_too(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable    50.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-3
      Assets:Receivable   270.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "INV-1 and 2"
      Assets:Bank         150.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["likely INV-1 100.00 INV-2 50.00"]


@pytest.mark.parametrize("amount", ["270.00", "60.00"])
def test_where_text_and_amount_disagree_it_is_asked(
    ledger: Ledger, amount: str
) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable    60.00 EUR
      Income:Sales
    2026-09-14 * "Acme GmbH" "Website" ^INV-3
      Assets:Receivable   270.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "INV-1"
      Assets:Bank         $amount EUR
      Assets:Suspense
    """
    assert amount
    assert told(ledger) == ["ask"]


def test_a_number_that_is_paid_speaks_against_every_guess(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-20 * "Acme GmbH" "Thank you" ^INV-1
      Assets:Bank         100.00 EUR
      Assets:Receivable
    2026-10-14 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "INV-1"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-21 * "Somebody" "INV-1 INV-2"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask", "ask"]
    assert reasons(ledger) == [
        "INV-1 was paid on 2026-09-20",
        "text names INV-2; INV-1 was paid on 2026-09-20",
    ]
    assert candidates(ledger) == [["INV-2"], ["INV-2"]]


def test_a_paid_number_of_another_amount_beside_one_that_fits(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable    90.00 EUR
      Income:Sales
    2026-09-20 * "Acme GmbH" "Thank you" ^INV-1
      Assets:Bank          90.00 EUR
      Assets:Receivable
    2026-10-14 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-14 * "Acme GmbH" "Website" ^INV-3
      Assets:Receivable   150.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "INV-1 INV-2"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-21 * "ACME" "INV-1 INV-3"
      Assets:Bank         110.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["certain INV-2 100.00", "likely INV-3 110.00"]


def test_a_credit_and_a_discount_that_explain_nothing(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "2/10 net 30"
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme GmbH" "Thank you" ^INV-1
      Assets:Bank         130.00 EUR
      Assets:Receivable
    2026-10-01 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable   200.00 EUR
      Income:Sales
    2026-10-02 * "ACME" "INV-2"
      Assets:Bank          50.00 EUR
      Assets:Suspense
    2026-10-03 * "ACME" "INV-2"
      Assets:Bank         120.00 EUR
      Assets:Suspense
    2026-11-19 * "ACME" "Thank you" ^INV-1
      Assets:Bank           1.00 EUR
      Assets:Receivable
    """
    assert told(ledger) == ["certain INV-2 50.00", "certain INV-2 120.00"]
    assert reasons(ledger)[1].endswith(
        "120.00 EUR is what is open of INV-2 less the credit of 30.00"
    )


def test_of_names_of_several_customers_the_payer_s_count(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Bolt" "Website" ^INV-2
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "INV-1 INV-2"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-21 * "ACME" "INV-1"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["certain INV-1 100.00", "ask"]


def test_what_neither_payer_nor_amount_fits_is_no_name(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Bolt" "Website" ^4711
      Assets:Receivable    90.00 EUR
      Income:Sales
    2026-09-14 * "Bolt" "Website" ^4712
      Assets:Receivable    90.00 EUR
      Income:Sales
    2026-09-20 * "Bolt" "Thank you" ^4712
      Assets:Bank          90.00 EUR
      Assets:Receivable
    2026-10-20 * "ACME" "Your desk 4711, 4712"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["likely INV-1 100.00"]


def test_a_name_and_a_payer_who_owes_the_same_are_asked(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Bolt" "Website" ^INV-2
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Cato" "Website" ^INV-3
      Assets:Receivable   300.00 EUR
      Income:Sales
    2026-10-20 * "Bolt" "INV-1"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-21 * "Cato" "INV-1"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask", "certain INV-1 100.00"]
    assert candidates(ledger)[0] == ["INV-1", "INV-2"]
    assert reasons(ledger)[0] == (
        "text names INV-1; payer is Bolt; several explanations are equally good"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Retoure INV-1",
        "RÜCKGABE INV-1",
        "RUECKLASTSCHRIFT INV-1",
        "Storno INV-1",
        "REVERSAL OF INV-1",
        "payment INV-1 returned",
        "SEPA RETURN INV-1",
        "Ru\N{COMBINING DIAERESIS}cku\N{COMBINING DIAERESIS}berweisung INV-1",
        "退款 INV-1",
    ],
)
def test_our_own_money_that_came_back_is_asked(ledger: Ledger, text: str) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "$text"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert text
    assert told(ledger) == ["ask"]
    assert reasons(ledger)[0].endswith("; it may be our own money that came back")


def test_what_is_disputed_or_younger_is_for_a_payment_that_names_it(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 note Assets:Receivable "It is blue" ^INV-1
      dispute: TRUE
    2026-10-14 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable   200.00 EUR
      Income:Sales
    2026-10-10 * "ACME" "Thank you"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-10 * "ACME" "Thank you"
      Assets:Bank         200.00 EUR
      Assets:Suspense
    2026-10-11 * "ACME" "INV-1"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-11 * "ACME" "INV-2"
      Assets:Bank         200.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == [
        "ask",
        "ask",
        "certain INV-1 100.00",
        "certain INV-2 200.00",
    ]


def test_a_guess_leaves_to_others_what_they_name(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-10 * "ACME" "Thank you"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-11 * "ACME" "INV-1"
      Assets:Bank          70.00 EUR
      Assets:Suspense
    2026-10-12 * "ACME" "Thank you"
      Assets:Bank          30.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask", "certain INV-1 70.00", "likely INV-1 30.00"]
    assert reasons(ledger)[0] == "payer is Acme GmbH; another payment names INV-1"


def test_the_little_that_is_left_is_not_guessed(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 1.00 EUR
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-20 * "Acme GmbH" "Thank you" ^INV-1
      Assets:Bank          99.50 EUR
      Assets:Receivable
    2026-09-21 * "Acme GmbH" "Website" ^INV-2
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-10 * "ACME" "Thank you"
      Assets:Bank         100.50 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask"]


def test_who_pays_is_learned_or_said(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme GmbH"
      payer: "J. Doe; Acme Holding"
    2026-01-01 custom "dunning-customer" "Child Ltd"
      parent: "ACME GMBH"
    2026-01-01 custom "dunning-customer" "Grandchild Ltd"
      parent: "child ltd"
    2026-09-14 * "Familie Sommer" "Cards" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-20 * "Maria Sommer" "Thank you" ^INV-1
      Assets:Bank         100.00 EUR
      Assets:Receivable
    2026-09-21 * "Familie Sommer" "Cards" ^INV-2
      Assets:Receivable   110.00 EUR
      Income:Sales
    2026-09-21 * "Acme GmbH" "Cards" ^INV-3
      Assets:Receivable   120.00 EUR
      Income:Sales
    2026-09-21 * "Child Ltd" "Cards" ^INV-4
      Assets:Receivable   130.00 EUR
      Income:Sales
    2026-09-21 * "Grandchild Ltd" "Cards" ^INV-5
      Assets:Receivable   140.00 EUR
      Income:Sales
    2026-10-10 * "MARIA SOMMER" "Thank you"
      Assets:Bank         110.00 EUR
      Assets:Suspense
    2026-10-11 * "ACME HOLDING" "Thank you"
      Assets:Bank         120.00 EUR
      Assets:Suspense
    2026-10-12 * "ACME GMBH" "Thank you"
      Assets:Bank         130.00 EUR
      Assets:Suspense
    2026-10-13 * "ACME GMBH" "Thank you"
      Assets:Bank         140.00 EUR
      Assets:Suspense
    2026-10-14 * "Child Ltd" "Thank you"
      Assets:Bank         120.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == [
        "likely INV-2 110.00",
        "likely INV-3 120.00",
        "likely INV-4 130.00",
        "likely INV-5 140.00",
        "ask",
    ]
    assert reasons(ledger)[:2] == [
        (
            'payer "Maria Sommer" paid for Familie Sommer before; '
            "110.00 EUR is what is open of INV-2"
        ),
        (
            'payer "Acme Holding" is in the file of Acme GmbH; '
            "120.00 EUR is what is open of INV-3"
        ),
    ]


def test_what_a_payment_settled_by_itself_teaches_nothing(ledger: Ledger) -> None:
    """
    2026-09-14 * "Familie Sommer" "Cards" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-20 * "Maria Sommer" "Thank you"
      Assets:Bank         100.00 EUR
      Assets:Receivable
        customer: "Familie Sommer"
    2026-09-21 * "Familie Sommer" "Cards" ^INV-2
      Assets:Receivable   110.00 EUR
      Income:Sales
    2026-10-10 * "MARIA SOMMER" "Thank you"
      Assets:Bank         110.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask"]


def test_the_ledger_says_whose_a_payment_is(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-1
      Assets:Receivable:Acme   100.00 EUR
      Income:Sales
    2026-10-10 * "Bank transfer" "Thank you" ^INV-1111
      Assets:Bank         100.00 EUR
      Assets:Receivable:Acme
    2026-10-11 * "Bank transfer" "Thank you" ^INV-1112
      Assets:Bank         100.00 EUR
      Assets:Receivable
        customer: "ACME"
    2026-10-12 * "Bank transfer" "Thank you"
      Assets:Bank         100.00 EUR
      Assets:Suspense
        customer: "Acme"
    """
    assert told(ledger)[:1] == ["likely INV-1 100.00"]
    assert [one.customer for one in matched(ledger)] == ["Acme", "Acme", "Acme"]


def test_a_link_that_is_nearly_a_number_names_it(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-2026-014
      Assets:Receivable:Acme   100.00 EUR
      Income:Sales
    2026-10-10 * "Bank transfer" "Thank you" ^inv-2026-14
      Assets:Bank         100.00 EUR
      Assets:Receivable:Acme
    """
    assert told(ledger) == ["certain INV-2026-014 100.00"]


def test_an_invoice_on_another_account_is_no_more_than_likely(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-2026-014
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Acme" "Cards" ^INV-2026-015
      Assets:Receivable:Acme   100.00 EUR
      Income:Sales
    2026-10-10 * "Bank transfer" "Thank you" ^INV-2026-014
      Assets:Bank         100.00 EUR
      Assets:Receivable:Acme
    2026-10-10 * "Bank transfer" "2026-014, 2026-015"
      Assets:Bank         200.00 EUR
      Assets:Suspense
    """
    books = ledger.books()
    (one, other) = match(books, suspense=SUSPENSE).payments
    assert (one.verdict, other.verdict) == ("likely", "ask")
    assert one.reasons[-1] == "the items are on Assets:Receivable"


def test_items_on_several_accounts_are_no_more_than_likely(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-2026-014
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Acme" "Cards" ^INV-2026-015
      Assets:Receivable:Acme   110.00 EUR
      Income:Sales
    2026-10-10 * "Bank transfer" "2026-014, 2026-015"
      Assets:Bank         210.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["likely INV-2026-014 100.00 INV-2026-015 110.00"]
    assert reasons(ledger)[0].endswith(
        "; the items are on Assets:Receivable, Assets:Receivable:Acme"
    )


def test_invoices_of_strangers_in_one_payment_are_no_more_than_likely(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-2026-014
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Bolt" "Cards" ^INV-2026-015
      Assets:Receivable   110.00 EUR
      Income:Sales
    2026-10-10 * "Bank transfer" "2026-014, 2026-015"
      Assets:Bank         210.00 EUR
      Assets:Suspense
    """
    (one,) = matched(ledger)
    assert told(ledger) == ["likely INV-2026-014 100.00 INV-2026-015 110.00"]
    assert one.customer is None


def test_a_shared_number_is_the_payer_s_part(ledger: Ledger) -> None:
    """
    2026-09-14 * "Trip" "one" ^trip-2026
      Assets:Receivable   100.00 EUR
        customer: "Ann"
      Assets:Receivable   110.00 EUR
        customer: "Bob"
      Income:Sales
    2026-10-10 * "BOB" "trip-2026"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    (one,) = matched(ledger)
    assert told(ledger) == ["certain trip-2026 100.00"]
    assert one.assignments[0].item.customer == "Bob"


def test_a_word_that_may_name_two_is_no_more_than_likely(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-2026-014
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Acme" "Cards" ^RE-2026-014
      Assets:Receivable   110.00 EUR
      Income:Sales
    2026-10-10 * "Bank transfer" "2026014"
      Assets:Bank         110.00 EUR
      Assets:Suspense
    2026-10-11 * "Acme" "RE-2026-014 INV-2026-014"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["likely RE-2026-014 110.00", "certain INV-2026-014 100.00"]


def test_bare_digits_with_a_blank_are_a_name_of_the_payer_s(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-2026-014
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-10 * "Somebody" "2026 014"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-11 * "Acme" "2026 014"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask", "certain INV-2026-014 100.00"]


def test_the_reference_of_an_invoice_names_it(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-1
      reference: "RF18 5390 0754 7034"
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-14 * "Acme" "Cards"
      Assets:Receivable   100.00 EUR
        invoice: "INV-2"
        reference: "4711-0815"
      Assets:Receivable    50.00 EUR
        invoice: "INV-3"
        reference: "4711-0816"
      Income:Sales
    2026-10-10 * "Somebody" "RF18539007547034"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-11 * "Somebody" "47110816"
      Assets:Bank          50.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["certain INV-1 100.00", "certain INV-3 50.00"]


def test_other_currencies_are_other_money(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-1
      Assets:Receivable   100.00 USD
      Income:Sales
    2026-10-10 * "Acme" "INV-1"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask"]
    assert candidates(ledger) == [[]]


def test_of_many_items_no_sums_are_tried(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards"
      Assets:Receivable  1.01 EUR
      Assets:Receivable  2.02 EUR
      Assets:Receivable  3.03 EUR
      Assets:Receivable  4.04 EUR
      Assets:Receivable  5.05 EUR
      Assets:Receivable  6.06 EUR
      Assets:Receivable  7.07 EUR
      Assets:Receivable  8.08 EUR
      Assets:Receivable  9.09 EUR
      Assets:Receivable  10.10 EUR
      Assets:Receivable  11.11 EUR
      Assets:Receivable  12.12 EUR
      Assets:Receivable  13.13 EUR
      Assets:Receivable  14.14 EUR
      Assets:Receivable  15.15 EUR
      Assets:Receivable  16.16 EUR
      Assets:Receivable  17.17 EUR
      Assets:Receivable  18.18 EUR
      Assets:Receivable  19.19 EUR
      Assets:Receivable  20.20 EUR
      Assets:Receivable  21.21 EUR
      Assets:Receivable  22.22 EUR
      Assets:Receivable  23.23 EUR
      Assets:Receivable  24.24 EUR
      Assets:Receivable  25.25 EUR
      Assets:Receivable  100.01 EUR
      Income:Sales
    2026-10-10 * "Acme" "Thank you"
      Assets:Bank         100.01 EUR
      Assets:Suspense
    2026-10-11 * "Acme" "Thank you"
      Assets:Bank          50.50 EUR
      Assets:Suspense
    """
    first, second = matched(ledger)
    assert [part.amount for part in first.assignments] == [first.amount]
    assert second.verdict == "ask"


def test_too_many_sums_are_nobody_s(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards"
      Assets:Receivable  1.00 EUR
      Assets:Receivable  2.00 EUR
      Assets:Receivable  3.00 EUR
      Assets:Receivable  4.00 EUR
      Assets:Receivable  5.00 EUR
      Income:Sales
    2026-10-10 * "Acme" "Thank you"
      Assets:Bank         8.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == ["ask"]


def test_what_is_no_incoming_payment_is_not_looked_at(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-01 * "Acme" "from no asset: INV-1"
      Expenses:Gifts      100.00 EUR
      Assets:Suspense
    2026-10-02 * "Acme" "out of the bank: INV-1"
      Assets:Suspense     100.00 EUR
      Assets:Bank
    2026-10-03 * "Acme" "to and fro: INV-1"
      Assets:Suspense:New  100.00 EUR
      Assets:Suspense
    2026-10-04 * "Acme" "a receivable: INV-1"
      Assets:Receivable   100.00 EUR
      Assets:Suspense
    2026-10-04 note Assets:Bank "nothing"
    2026-10-05 * "Acme" "no suspense: INV-1"
      Assets:Bank         100.00 EUR
      Income:Sales
    2026-10-06 * "Acme" "paid and named: INV-1" ^INV-1
      Assets:Bank          10.00 EUR
      Assets:Receivable
    2026-11-21 * "Acme" "tomorrow: INV-1"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    assert told(ledger) == []


def test_a_ledger_without_payments(ledger: Ledger) -> None:
    """
    option "title" "Nothing"
    """
    found = match(ledger.books())
    assert found.as_dict() == {"as_of": "2026-11-20", "payments": []}


def test_another_plugin_may_put_anything_into_a_payment(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-01 * "Acme" "INV-1"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    """
    first, other = (entry for entry in ledger.entries if isinstance(entry, Transaction))
    several: list[Any] = [12, Decimal(1), None, ["INV-1"]]
    for strange in several:
        entries = [first, other._replace(payee=strange, narration=strange)]
        books = read_books(entries, ledger.options, today=date(2026, 11, 20))
        (one,) = match(books, suspense=SUSPENSE).payments
        assert one.verdict == "ask"


def test_the_json_report(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "bank-fee" 15.00 EUR
    2026-09-14 * "Acme" "Cards" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-10-01 * "Acme" "INV-1"
      Assets:Bank          99.00 EUR
      Assets:Suspense
    2026-10-02 * "Somebody" "Thank you"
      Assets:Bank           5.00 EUR
      Assets:Suspense
    """
    found = match(ledger.books(), suspense=SUSPENSE).as_dict()
    first, second = found["payments"]
    assert first["file"].endswith("<string>")
    del first["file"], second["file"]
    assert first == {
        "verdict": "certain",
        "customer": "Acme",
        "amount": "99.00",
        "currency": "EUR",
        "date": "2026-10-01",
        "payee": "Acme",
        "narration": "INV-1",
        "line": 5,
        "invoices": [{"invoice": "INV-1", "instalment": "1/1", "amount": "99.00"}],
        "difference": {"amount": "1.00", "kind": "bank fee"},
        "reasons": [
            "text names INV-1",
            "payer is Acme",
            "1.00 EUR less than is open of INV-1, a bank fee",
        ],
        "candidates": ["INV-1"],
    }
    assert second == {
        "verdict": "ask",
        "customer": None,
        "amount": "5.00",
        "currency": "EUR",
        "date": "2026-10-02",
        "payee": "Somebody",
        "narration": "Thank you",
        "line": 8,
        "invoices": [],
        "difference": None,
        "reasons": [
            "no customer's name and no number",
            "no open item has this amount",
        ],
        "candidates": [],
    }


def test_a_review_finds_what_oldest_first_got_wrong(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme" "Poster" ^INV-2
      Assets:Receivable    70.00 EUR
      Income:Sales
    2026-10-01 * "Acme" "Thank you"
      Assets:Bank          70.00 EUR
      Assets:Receivable
    2026-10-02 * "Acme" "INV-1"
      Assets:Bank          20.00 EUR
      Assets:Receivable
    2026-09-15 * "Bolt" "Poster" ^INV-3
      Assets:Receivable    10.00 EUR
      Income:Sales
    2026-09-16 * "Bolt" "Poster" ^INV-4
      Assets:Receivable    40.00 EUR
      Income:Sales
    2026-10-03 * "Bolt" "Thank you"
      Assets:Bank          40.00 EUR
      Assets:Receivable   -20.00 EUR
      Assets:Receivable   -20.00 EUR
    """
    assert told(ledger) == []
    assert told(ledger, review=True) == ["likely INV-2 70.00"]


def test_a_review_is_about_exact_amounts_and_names(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "bank-fee" 15.00 EUR
    2026-09-14 * "Acme" "Cards" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme" "Poster" ^INV-2
      Assets:Receivable    70.00 EUR
      Income:Sales
    2026-10-01 * "Acme" "Thank you"
      Assets:Bank          60.00 EUR
      Assets:Receivable
    2026-10-02 * "Acme" "Thank you" ^INV-3333
      Assets:Bank          60.00 EUR
      Assets:Receivable
    """
    assert told(ledger, review=True) == ["likely INV-2 60.00 (10.00 bank fee)"]


def test_a_review_leaves_what_is_as_it_would_say(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Sales
    2026-09-15 * "Acme" "Poster" ^INV-2
      Assets:Receivable    70.00 EUR
      Income:Sales
    2026-10-01 * "Acme" "Thank you"
      Assets:Bank         100.00 EUR
      Assets:Receivable
    2026-10-02 * "Acme" "Thank you"
      Assets:Bank         230.00 EUR
      Assets:Receivable
    2026-10-03 * "Acme" "Poster" ^INV-3
      Assets:Receivable   230.00 EUR
      Income:Sales
    2026-10-04 * "Acme" "Thank you"
      Assets:Bank         100.00 EUR
      Assets:Receivable
    """
    assert told(ledger, review=True) == []
    (one,) = matched(ledger)
    assert one.verdict == "ask"
    assert one.amount == 30
