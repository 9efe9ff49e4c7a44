"""What is asked of whom: what is open, less the customer's unapplied credit.

So all that reminders, letters and the calendar ask of a customer is together no more
than the balance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.standing.dunning import standing

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


def asked(books: Books) -> dict[str, Decimal]:
    """Take unapplied credit off what is open.

    It goes to what may be reminded of today, then to what comes up, then to the rest,
    each oldest due first.

    Args:
        books: The ledger on a date.

    Returns:
        What is asked for, by the identity of each item whose customer has credit in its
        currency. Of all other items it is what is open.
    """
    left = {
        (customer, currency): -amount
        for customer, sums in books.balances.credit.items()
        for currency, amount in sums.items()
    }
    items = [one for one in books.receivables.items if _payer(one) in left]
    items.sort(key=lambda item: _turn(books, item))
    found = {}
    for item in items:
        taken = min(item.open, left[_payer(item)])
        left[_payer(item)] -= taken
        found[item.identity] = item.open - taken
    return found


def _payer(item: Item) -> tuple[str, str]:
    return item.customer, item.currency


def _turn(books: Books, item: Item) -> int:
    day = standing(books, item).next_date
    if day is None:
        return 2
    return 0 if day <= books.as_of else 1
