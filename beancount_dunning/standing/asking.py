"""What is asked of whom: what is open, less what is in dispute and unapplied credit.

So all that reminders, letters and the calendar ask of a customer is together no more
than the balance less what is in dispute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.dunning import standing
from beancount_dunning.standing.resting import Held

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


def asked(books: Books) -> dict[str, Decimal]:
    """Take disputes of a part, and unapplied credit, off what is open.

    Credit goes to what may be reminded of today, then to what comes up, then to the
    rest, what is in dispute last, each oldest due first.

    Args:
        books: The ledger on a date.

    Returns:
        What is asked for, by the identity of each item of which a part is in dispute,
        or whose customer has credit in its currency. Of all other items it is what is
        open.
    """
    disputed = books.dunning.part_in_dispute
    left = {
        (customer, currency): -amount
        for customer, sums in books.balances.credit.items()
        for currency, amount in sums.items()
    }
    items = [
        one for one in books.receivables.items if _payer(one) in left or disputed(one)
    ]
    items.sort(key=lambda item: _turn(books, item))
    found = {}
    for item in items:
        is_owed, credit = item.open - disputed(item), left.get(_payer(item), ZERO)
        taken = min(is_owed, credit)
        left[_payer(item)] = credit - taken
        found[item.identity] = is_owed - taken
    return found


def _payer(item: Item) -> tuple[str, str]:
    return item.customer, item.currency


def _turn(books: Books, item: Item) -> int:
    where = standing(books, item)
    if where.held is Held.DISPUTE:
        return 3
    if where.next_date is None:
        return 2
    return 0 if where.next_date <= books.as_of else 1
