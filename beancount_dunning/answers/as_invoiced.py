"""Items as they were invoiced, whatever a plan made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Original


def invoice_of(item: Item) -> object:
    """Return the same for all items of a customer's invoice."""
    if item.invoice is None:
        # What a plan can lay out anew, or what can come back, has a reference.
        return item.identity
    return item.invoice, item.customer, item.currency


def amount_of(item: Item) -> Decimal:
    """Return the amount of an item as it was invoiced."""
    return as_invoiced(item).amount


def as_invoiced(item: Item) -> Item | Original:
    """Return an item as it was before any plan."""
    return item.original or item
