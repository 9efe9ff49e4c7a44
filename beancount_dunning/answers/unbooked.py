"""Charges that are not booked yet: on what is open, and as directives to paste.

proposed = proposals.transactions(books, unbooked(books))
print("".join(as_texts(proposed)))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers import proposals
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.charges import charges

if TYPE_CHECKING:
    from beancount_dunning.answers.proposals import Proposal
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep
    from beancount_dunning.standing.charges import Charge


def unbooked(books: Books, keep: Keep = everything) -> list[Charge]:
    """Work out what can be charged on what is open, and is not posted yet.

    Args:
        books: The ledger on a date.
        keep: Which items this is to be about; all by default.

    Returns:
        The charges on instalments of which something is open, and on all that a plan
        divided if something of that is.

    Raises:
        UnknownRateError: A reference rate is not known on one of the days.
    """
    groups = {item.group for item in books.receivables.items}
    # What a plan divided belongs together.
    divided = {
        (item.invoice, item.customer)
        for item in books.receivables.items
        if item.since is not None
    }

    def is_open(item: Item) -> bool:
        return item.group in groups or (item.invoice, item.customer) in divided

    return charges(books, lambda item: is_open(item) and keep(item))


def as_texts(proposed: Proposal) -> list[str]:
    """Write charges as they are typed in a ledger, each below how it came about."""
    return [
        "".join(f"{line}\n" for line in (proposals.explained(charge) if charge else ()))
        + proposals.as_text(entry)
        for charge, entry in proposed.directives
    ]
