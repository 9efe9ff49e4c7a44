"""Refunds: what is paid back is neither an invoice nor credit any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_string

from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.refunds import refund
from tests.conftest import Ledger

if TYPE_CHECKING:
    from beancount_dunning.standing.books import Books

_TOO_MUCH = """
2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
2026-09-14 * "Acme" "Website" ^INV-1
  Assets:Receivable:Acme   100.00 EUR
  Income:Sales
2026-10-20 * "ACME HOLDING" "Thank you" ^INV-1
  Assets:Bank:Giro         150.00 EUR
  Assets:Receivable:Acme
"""
_CREDIT_NOTE = """
2026-09-14 * "Acme" "Discount" ^CN-1
  Income:Sales              50.00 EUR
  Assets:Receivable:Acme
"""


@pytest.mark.parametrize(
    ("text", "bank"), [(_TOO_MUCH, "Assets:Bank:Giro"), (_CREDIT_NOTE, "Assets:Bank")]
)
def test_a_refund_settles_the_credit(text: str, bank: str) -> None:
    def read(text: str) -> Books:
        source = f'{text}\nplugin "beancount.plugins.auto_accounts"\n'
        return Ledger(*load_string(source)).books()

    books = read(text)
    (credit,) = books.receivables.unapplied
    proposed = as_text(refund(books, credit))
    assert proposed.startswith('2026-11-20 * "Acme" "Refund of 2026-')
    assert bank in proposed.split()
    then = read(text + proposed).receivables
    assert (then.items, then.unapplied) == ((), ())
