"""What customers have in credit: nobody is asked for what they do not owe.

A payment without its number, a credit note with one of its own, a sum paid twice: such
credit settles nothing, and is unapplied. It lowers what its customer owes all the same,
so what it makes up for bears no interest from its date on.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.items import Unapplied


@dataclass(frozen=True, slots=True)
class Balances:
    """Unapplied credit, and what customers owe in all, accounts together.

    Attributes:
        credit: By customer and currency the unapplied credit, negative; only those who
            have some.
        owed: By customer and currency the balance, credit taken off.
        set_off: What of the credit makes up for which sale, the oldest due first: its
            date and how much, by the sale's identity.
    """

    credit: Mapping[str, Mapping[str, Decimal]]
    owed: Mapping[tuple[str, str], Decimal]
    set_off: Mapping[str, Sequence[tuple[dt.date, Decimal]]]

    def set_off_for(self, item: Item) -> Sequence[tuple[dt.date, Decimal]]:
        """Return the credit that makes up for an item: the dates, and how much."""
        # An identity takes long, and few customers have credit.
        return (
            self.set_off.get(item.identity, ()) if self.credit_of(item.customer) else ()
        )

    def credit_of(self, customer: str) -> Mapping[str, Decimal]:
        """Return a customer's unapplied credit by currency, negative."""
        return self.credit.get(customer, {})

    def told(self, customer: str) -> Words | None:
        """Say how much credit a customer has, in all currencies; None without any."""
        sums = [
            Words("{amount} {currency}", amount=-amount, currency=currency)
            for currency, amount in sorted(self.credit_of(customer).items())
        ]
        if not sums:
            return None
        return Words("unapplied credit: {sums}", sums=Words.joined(", ", sums))

    def is_in_credit(self, customer: str, currency: str) -> bool:
        """Tell whether a customer with something open owes nothing, or less."""
        owed = self.owed.get((customer, currency))
        return owed is not None and owed <= 0


def balances(receivables: Receivables) -> Balances:
    """Add up what customers have in credit on a date, and what they owe in all.

    Args:
        receivables: What is open, and what is unapplied.

    Returns:
        The sums, exact.
    """
    credit: dict[str, dict[str, Decimal]] = {}
    owed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in receivables.unapplied:
        of_customer = credit.setdefault(one.customer, {})
        of_customer[one.currency] = of_customer.get(one.currency, ZERO) + one.amount
        owed[one.customer, one.currency] += one.amount
    for item in receivables.items:
        owed[item.customer, item.currency] += item.open
    return Balances(credit, owed, _set_off(receivables))


def _set_off(receivables: Receivables) -> dict[str, list[tuple[dt.date, Decimal]]]:
    """Divide unapplied credit among its customers' sales, the oldest due first."""
    credits_: dict[tuple[str, str], list[Unapplied]] = defaultdict(list)
    for one in receivables.unapplied:
        credits_[one.customer, one.currency].append(one)
    sales: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in receivables.items:
        if (item.customer, item.currency) in credits_ and not item.charge:
            sales[item.customer, item.currency].append(item)
    found: dict[str, list[tuple[dt.date, Decimal]]] = defaultdict(list)
    for key, items in sales.items():
        left = [(-one.amount, one.date) for one in credits_[key]]
        left.sort(key=lambda one: one[1], reverse=True)
        for item in sorted(items, key=lambda item: item.due or dt.date.max):
            missing = item.open
            while missing and left:
                amount, day = left.pop()
                taken = min(missing, amount)
                missing -= taken
                found[item.identity].append((day, taken))
                if amount > taken:
                    left.append((amount - taken, day))
    return found
