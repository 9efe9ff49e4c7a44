"""What to know of payments before anybody is asked for money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.waiting import Parked
from beancount_dunning.answers.waiting import may_be_paid
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

# So many names stand in a warning.
_LISTED = 4


def warn_of_payments(books: Books, items: Iterable[Item]) -> Sequence[Item]:
    """Say which items may be paid, by payments that wait, and return these.

    Args:
        books: The ledger.
        items: What is asked for.
    """
    paid, payments = may_be_paid(books, items)
    if paid:
        names = ", ".join(plain(item.label) for item in paid[:_LISTED])
        names += ", …" if len(paid) > _LISTED else ""
        accounts = {one.account for one in payments if isinstance(one, Parked)}
        where = f" --suspense '{'|'.join(sorted(accounts))}'" if accounts else ""
        say(
            f"Warning: {names} may be paid already, by payments that settle nothing "
            f"yet: see bean-dunning match{where}."
        )
    return paid
