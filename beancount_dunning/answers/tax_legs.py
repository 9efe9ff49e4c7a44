"""How much of what will not be paid of an invoice is tax, and on which accounts.

An invoice of 2000.00 and 380.00 tax of which 47.60 are not paid has 7.60 tax less:

    2026-09-14 * "Acme GmbH" "Website" ^INV-2026-014
      Assets:Receivable:Acme   2380.00 EUR
      Income:Services         -2000.00 EUR
      Liabilities:VAT          -380.00 EUR

Tax is what an invoice posts to liabilities beside its income, at whatever rates. Each
leg bears its proportion of what all of them come to, rounded once.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from decimal import localcontext
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import round_like
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.readable import postings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


def tax_legs(books: Books, item: Item, amount: Decimal) -> dict[str, Decimal]:
    """Return the tax in what will not be paid of an item.

    Args:
        books: The ledger on a date.
        item: An item of it.
        amount: How much of it will not be paid.

    Returns:
        The tax by account, no more than the amount; none where the invoice has no tax
        in the item's currency.
    """
    income = _credited(books, item, "income")
    taxes = _credited(books, item, "liabilities")
    left = amount
    found: dict[str, Decimal] = {}
    # More digits than any ledger types, so that only the rounding rounds.
    with localcontext(WIDE):
        sales = sum(income.values(), ZERO)
        total = sales + sum(taxes.values(), ZERO)
        if sales <= 0 or any(tax < 0 for tax in taxes.values()):
            return {}
        for account, tax in taxes.items():
            part = round_like(amount * tax / total, item.open, item.currency)
            found[account] = min(part, left)
            left -= found[account]
    return {account: part for account, part in found.items() if part}


def _credited(books: Books, item: Item, kind: str) -> Mapping[str, Decimal]:
    """Return what an item's transaction credits to accounts of a kind."""
    root = root_prefix(books.options, kind)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for posting in postings_of(item.entry):
        units: Any = posting.units
        if posting.account.startswith(root) and units.currency == item.currency:
            sums[posting.account] -= units.number
    return sums
