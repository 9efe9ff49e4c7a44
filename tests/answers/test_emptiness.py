"""Why nothing is open: what was looked at, and what to type."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_string

from beancount_dunning.answers.emptiness import NoAccount
from beancount_dunning.answers.emptiness import NoInvoice
from beancount_dunning.answers.emptiness import Paid
from beancount_dunning.answers.emptiness import emptiness
from tests.conftest import Ledger

if TYPE_CHECKING:
    from beancount_dunning.answers.emptiness import Emptiness


def found(ledger: Ledger, as_of: str = "2026-11-20") -> Emptiness | None:
    return emptiness(ledger.books(as_of))


def with_line(text: str) -> Ledger:
    """Load a ledger with a line that was proposed."""
    return Ledger(*load_string(text))


def test_something_is_open(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable  100.00 EUR
      Income:Services
    """
    assert found(ledger) is None


def test_all_is_paid(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-06 * "Bolt" "Poster" ^INV-2
      Assets:Receivable  40.00 EUR
      Income:Services
    2026-01-06 * "Bolt" "Flyer" ^INV-3
      Assets:Receivable  30.00 EUR
      Income:Services
    2026-01-06 * "Bolt" "Flyer" ^INV-4
      Assets:Receivable  30.00 USD
      Income:Services
    2026-01-07 * "Bolt" "Fee" ^INV-3
      charge: "fee"
      Assets:Receivable  5.00 EUR
      Income:Services
    2026-02-01 * "Acme" "Paid" ^INV-1
      Assets:Bank        100.00 EUR
      Assets:Receivable
    2026-02-03 * "Bolt" "Paid"
      Assets:Bank        70.00 EUR
      Assets:Bank        30.00 USD
      Assets:Receivable  -40.00 EUR
        invoice: "INV-2"
      Assets:Receivable  -30.00 EUR
        invoice: "INV-3"
      Assets:Receivable  -30.00 USD
        invoice: "INV-4"
    2026-02-04 * "Bolt" "Written off" ^INV-3
      Expenses:BadDebts  5.00 EUR
      Assets:Receivable
    """
    paid = found(ledger)
    assert isinstance(paid, Paid)
    assert paid.invoices == 4
    assert paid.directives == ()
    assert paid.last is not None
    assert paid.last.amount == Decimal("70.00")
    assert paid.sentences == (
        "All 4 invoices are paid.",
        "The last payment came on 2026-02-03: 70.00 EUR from Bolt.",
        "Looked at: Assets:Receivable.",
    )
    assert paid.example is None


def test_what_was_written_off_has_no_payment(ledger: Ledger) -> None:
    """
    2026-01-06 * "Bolt" "Flyer" ^INV-3
      Assets:Receivable  30.00 EUR
      Income:Services
    2026-02-04 * "Bolt" "Written off" ^INV-3
      Expenses:BadDebts  30.00 EUR
      Assets:Receivable
    """
    paid = found(ledger)
    assert paid is not None
    assert paid.sentences == (
        "The one invoice is paid.",
        "Looked at: Assets:Receivable.",
    )


_OF_ACME = """
2026-01-01 open Assets:Receivable:Acme GBP
2026-01-01 open Income:Sales
"""
_INVOICE_OF_ACME = """
2026-11-20 * "Acme" "What it is for" ^INV-1
  terms: "net 30"
  Assets:Receivable:Acme   100.00 GBP
  Income:Sales
"""
_OF_ALL = """
option "operating_currency" "CHF"
2026-01-01 open Assets:Receivable
"""
_INVOICE_OF_ALL = """
2026-11-20 * "Acme GmbH" "What it is for" ^INV-1
  terms: "net 30"
  Assets:Receivable   100.00 CHF
  Income:Services
"""


@pytest.mark.parametrize(
    ("text", "expected"), [(_OF_ACME, _INVOICE_OF_ACME), (_OF_ALL, _INVOICE_OF_ALL)]
)
def test_an_invoice_to_copy_is_one(text: str, expected: str) -> None:
    before = found(with_line(text))
    assert isinstance(before, NoInvoice)
    assert before.example == expected.strip()
    assert before.directives == ()
    (item,) = with_line(f"{text}\n{before.example}\n").books().receivables.items
    assert item.invoice == "INV-1"
    assert str(item.due) == "2026-12-20"


def test_some_accounts_are_named() -> None:
    text = "".join(f"2026-01-01 open Assets:AR:{name}\n" for name in "ABCDEFG")
    none = found(with_line(text))
    assert none is not None
    assert none.sentences[1] == (
        "Looked at: Assets:AR:A, Assets:AR:B, Assets:AR:C, Assets:AR:D, Assets:AR:E "
        "and 2 more accounts."
    )


_FORDERUNGEN = """
2026-01-01 open Assets:Forderungen:Nord
2026-01-01 open Income:Services
2026-01-05 * "Acme" "Website" ^INV-1
  Assets:Forderungen:Nord  100.00 EUR
  Income:Services
"""


def test_the_proposed_option_finds_the_accounts() -> None:
    none = found(with_line(_FORDERUNGEN))
    assert isinstance(none, NoAccount)
    said, looked_for, accounts, found_one, ask = none.sentences
    assert said == "No receivable account was found."
    assert looked_for == (
        "Looked for: Assets:Receivable, Assets:Receivables, Assets:AccountsReceivable, "
        "Assets:Accounts-Receivable, Assets:AR, Assets:Debtors."
    )
    assert accounts == "The ledger has 2 accounts, but none of these."
    assert found_one == (
        "Assets:Forderungen:Nord looks like a receivable account and is not read: "
        "100.00 EUR there is left out."
    )
    assert ask == "Set which accounts are receivable accounts:"
    then = with_line(f"{_FORDERUNGEN}\n{none.example}\n")
    assert found(then) is None


def test_an_option_that_finds_nothing(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "accounts" "^Assets:Debitors"
    2026-01-01 open Assets:Bank
    """
    none = found(ledger)
    assert isinstance(none, NoAccount)
    assert none.looked_for == ("^Assets:Debitors",)
    assert none.sentences[2:] == (
        "The ledger has 1 account, but none of these.",
        "Set which accounts are receivable accounts:",
    )
    assert none.example == (
        '2026-01-01 custom "dunning-option" "accounts" "^Assets:Debtors"'
    )


def test_an_empty_ledger(ledger: Ledger) -> None:
    """ """
    none = found(ledger)
    assert isinstance(none, NoAccount)
    assert none.accounts == 0
    assert none.example.startswith("2026-11-20 custom")
