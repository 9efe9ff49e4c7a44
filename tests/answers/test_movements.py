"""What moves a customer's account: what each transaction is called, and how it adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.statement import statement

if TYPE_CHECKING:
    from tests.conftest import Ledger


def told(ledger: Ledger, as_of: str = "2026-12-31", name: str = "Acme") -> list[str]:
    """Return what moved a customer's account, a line for each movement."""
    found = statement(ledger.books(as_of), name)
    assert found is not None
    return [
        " ".join([str(one.date), one.kind, f"{one.amount}", *one.invoices])
        for section in found.sections
        for one in (line.movement for line in section.lines)
    ]


def test_invoices_charges_payments_and_credits_have_names(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-01-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-05 * "Acme" "Interest" ^INV-1
      charge: "interest"
      Assets:Receivable:Acme  1.00 EUR
      Income:Interest
    2026-02-06 * "Acme" "Fee" ^INV-1
      charge: "fee"
      Assets:Receivable:Acme  2.00 EUR
      Income:Fees
    2026-02-07 * "Acme" "Lump sum" ^INV-1
      charge: "compensation"
      Assets:Receivable:Acme  40.00 EUR
      Income:Fees
    2026-03-05 * "Acme" "Payment" ^INV-1
      Assets:Bank  50.00 EUR
      Assets:Receivable:Acme
    2026-03-06 * "Acme" "Credit note" ^INV-1
      Income:Services  10.00 EUR
      Assets:Receivable:Acme
    """
    assert told(ledger) == [
        "2026-01-05 invoice 100.00 INV-1",
        "2026-02-05 interest 1.00 INV-1",
        "2026-02-06 fee 2.00 INV-1",
        "2026-02-07 compensation 40.00 INV-1",
        "2026-03-05 payment -50.00 INV-1",
        "2026-03-06 credit -10.00 INV-1",
    ]


def test_a_transaction_is_one_movement_however_many_instalments(
    ledger: Ledger,
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      terms: "50% net 10, 50% net 20"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Logo" ^INV-2
      due: 2026-02-01
      Assets:Receivable:Acme   20.00 EUR
      Income:Services
    2026-03-05 * "Acme" "Payment" ^INV-1 ^INV-2
      Assets:Bank  150.00 EUR
      Assets:Receivable:Acme
    """
    assert told(ledger) == [
        "2026-01-05 invoice 100.00 INV-1",
        "2026-01-06 invoice 20.00 INV-2",
        "2026-03-05 payment -150.00 INV-1 INV-2",
    ]


def test_what_is_invoiced_together_stands_apart_by_number(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Two invoices"
      Assets:Receivable:Acme  100.00 EUR
        invoice: "INV-1"
      Assets:Receivable:Acme   20.00 EUR
        invoice: "INV-2"
      Income:Services
    """
    assert told(ledger) == [
        "2026-01-05 invoice 100.00 INV-1",
        "2026-01-05 invoice 20.00 INV-2",
    ]


def test_only_what_came_in_is_a_payment_and_the_rest_a_credit(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-10 * "Acme" "Payment, 2 % discount" ^INV-1
      Assets:Bank         98.00 EUR
      Expenses:Discounts   2.00 EUR
      Assets:Receivable:Acme
    """
    assert told(ledger)[1:] == [
        "2026-01-10 payment -98.00 INV-1",
        "2026-01-10 credit -2.00 INV-1",
    ]


def test_a_payment_in_another_currency_pays_all_of_it(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-10 * "Acme" "Payment" ^INV-1
      Assets:Bank              110.00 USD @@ 100.00 EUR
      Assets:Receivable:Acme  -100.00 EUR
    """
    assert told(ledger)[1:] == ["2026-01-10 payment -100.00 INV-1"]


def test_money_that_went_back_is_no_invoice(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    1999-01-01 open Assets:Bank
    2026-01-10 * "Acme" "Paid twice"
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-01-15 * "Acme" "Refund"
      Assets:Receivable:Acme  100.00 EUR
      Assets:Bank
    """
    assert told(ledger) == [
        "2026-01-10 payment -100.00",
        "2026-01-15 refund 100.00",
    ]


def test_goods_that_went_out_are_invoiced_and_so_are_expenses(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-10 * "Acme" "Chairs" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Sales           -100.00 EUR
      Assets:Inventory        -60.00 EUR
      Expenses:Goods           60.00 EUR
    2026-01-11 * "Acme" "Train tickets" ^INV-2
      due: 2026-02-01
      Assets:Receivable:Acme   50.00 EUR
      Assets:Bank
    """
    assert told(ledger) == [
        "2026-01-10 invoice 100.00 INV-1",
        "2026-01-11 invoice 50.00 INV-2",
    ]


def test_from_one_own_account_to_another_nothing_moves(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    1999-01-01 open Assets:Receivable:Doubtful
      customer: "Acme"
    1999-01-01 open Assets:Receivable:Beta
    2026-01-10 * "Acme" "Website" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme      100.00 EUR
      Income:Services
    2026-06-10 * "Acme" "Doubtful" ^INV-1
      Assets:Receivable:Doubtful  100.00 EUR
      Assets:Receivable:Acme
    2026-07-01 * "Beta takes on 40.00" ^INV-1
      Assets:Receivable:Beta       40.00 EUR
        invoice: "INV-1B"
      Assets:Receivable:Doubtful
    """
    assert told(ledger) == [
        "2026-01-10 invoice 100.00 INV-1",
        "2026-07-01 transfer -40.00 INV-1",
    ]
    assert told(ledger, name="Beta") == ["2026-07-01 transfer 40.00 INV-1B"]


def test_a_padded_balance_is_brought_forward(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    1999-01-01 open Equity:Opening
    2026-01-01 pad Assets:Receivable:Acme Equity:Opening
    2026-01-02 balance Assets:Receivable:Acme  70.00 EUR
    """
    assert told(ledger) == ["2026-01-01 brought forward 70.00"]
