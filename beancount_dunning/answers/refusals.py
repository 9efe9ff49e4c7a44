"""Proposals that are refused: what would be a mistake, and what to type instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.values import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount_dunning.standing.books import Books


class ProposalRefusedError(Exception):
    """A proposal that would not do what it says; `reason` tells why."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, a sentence: words, or an error's message."""
        super().__init__(reason)
        self.reason = reason


def nothing_open(books: Books, name: str, known: Iterable[str]) -> Words:
    """Say that nothing is open of an invoice, and which may be meant.

    Args:
        books: The ledger on a date.
        name: What was typed for the invoice.
        known: The invoices of which something is open.
    """
    text = Words(
        "Nothing is open of {invoice} as of {day}.", invoice=name, day=books.as_of
    )
    return Words.joined("", [text, suggestion(name, known)])
