"""Credit limits on a date: what each allows, and what counts against it.

    for limit in credit_limits(books):
        print(limit.customer.name, limit.owed, limit.is_exceeded)

What counts is the balance in the limit's currency, credit taken off, of the customer
and of all whose parent that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import cast

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.credit import with_parents
from beancount_dunning.ledger.names import folded

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount.core.amount import Amount

    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class CreditLimit:
    """A credit limit, and what is owed under it.

    `customer` is the one whose file has it, and `others` are those of the customers
    who owe something whose parent that is.
    """

    customer: Customer
    amount: Decimal
    owed: Decimal
    others: tuple[str, ...]

    @property
    def is_exceeded(self) -> bool:
        """Whether more is owed than the limit allows."""
        return self.owed > self.amount


def credit_limits(books: Books) -> dict[tuple[str, str], CreditLimit]:
    """Return the credit limits of a ledger on a date.

    Args:
        books: The ledger on the date.

    Returns:
        The limits by folded name of their customer, and currency.
    """
    limits = {
        (name, file.credit_limit.currency): file
        for name, file in books.settings.customers.items()
        if file.credit_limit is not None
    }
    owed: dict[tuple[str, str], dict[str, Decimal]] = {key: {} for key in limits}
    for (customer, currency), amount in books.balances.owed.items() if limits else ():
        for file in with_parents(books.settings, customer):
            key = folded(file.name), currency
            if key in limits:
                owed[key][customer] = amount
    return {
        key: CreditLimit(
            file,
            cast("Amount", file.credit_limit).number or ZERO,
            sum(owed[key].values(), ZERO),
            tuple(sorted(one for one in owed[key] if folded(one) != key[0])),
        )
        for key, file in limits.items()
    }
