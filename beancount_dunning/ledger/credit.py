"""Whose limits count for whom, and what a customer's file says of credit.

    2026-01-01 custom "dunning-customer" "Globex Europe"
      parent: "Globex Inc"
    2026-01-01 custom "dunning-customer" "Globex Inc"
      overdue-limit: 5000.00 EUR

What a file allows is for the customer and for all whose parent that is, together.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from beancount_dunning.ledger.names import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.ledger.settings import Settings


class Credit(StrEnum):
    """How much a new invoice may leave to be paid later."""

    STOPPED = "stopped"
    PREPAY = "prepay"


def with_parents(settings: Settings, name: str) -> Iterator[Customer]:
    """Yield the files whose limits count for a customer: theirs, then each parent's.

    Args:
        settings: What the ledger says on a date.
        name: The customer.
    """
    met: set[str] = set()
    parent: str | None = name
    while parent is not None and folded(parent) not in met:
        met.add(folded(parent))
        file = settings.customer(parent)
        yield file
        parent = file.parent
