"""What payments leave, one after the other: open debts, and customers' credit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.answers.debts import Debt
from beancount_dunning.answers.debts import Debts
from beancount_dunning.answers.explanations import DifferenceKind
from beancount_dunning.basics.money import ZERO

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator
    from decimal import Decimal

    from beancount_dunning.answers.decisions import Decision
    from beancount_dunning.answers.incoming import Incoming
    from beancount_dunning.answers.incoming import Payment
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


class Leftovers:
    """What those payments left that were looked at so far, in order of date.

    Attributes:
        debts: These items, and what is open of them.
    """

    def __init__(self, books: Books, items: Iterable[Item], found: Incoming) -> None:
        """Begin before the first payment.

        Args:
            books: The ledger on a date.
            items: All that is open, and what was paid and payments name all the same.
            found: The payments to assign, whatever they settled, and earlier credit.
        """
        self.debts = Debts(_debts(books, items, found.payments))
        # What a customer has left over in a currency, and since when.
        self._credit: dict[tuple[str, str], list[tuple[dt.date, Decimal]]]
        self._credit = defaultdict(list)
        for day, customer, currency, amount in found.credits:
            self._credit[customer, currency].append((day, amount))

    def credit(self, customer: str, payment: Payment) -> Decimal:
        """Return what a customer had left over on the day of a payment."""
        left = self._credit.get((customer, payment.currency), ())
        return sum((amount for day, amount in left if day <= payment.date), ZERO)

    def assign(self, payment: Payment, decision: Decision) -> None:
        """Take off what a payment is for; what it leaves is the customer's credit."""
        difference = decision.difference
        is_closed = difference and difference.kind is not DifferenceKind.UNAPPLIED
        rest = payment.amount
        for debt, amount in decision.assigned:
            rest -= amount
            is_all = is_closed or decision.credit
            self.debts.take(debt, debt.open if is_all else amount, payment.date)
        if decision.credit:
            key = decision.customer, payment.currency
            self._credit[key] = [
                (day, amount) for day, amount in self._credit[key] if day > payment.date
            ]
        if rest and payment.account is not None:
            # What is on a suspense account is nobody's credit yet.
            customer = decision.customer if decision.assigned else payment.customer
            self._credit[customer, payment.currency].append((payment.date, rest))

    def keep(self, payment: Payment) -> Payment:
        """Leave a payment with what it settled; return it with what is left of it."""
        rest = payment.amount
        for item, amount in payment.settled:
            debt = self.debts.by_item[id(item)]
            self.debts.take(debt, min(amount, debt.open), payment.date)
            rest -= amount
        return replace(payment, amount=rest, settled=())


def _debts(
    books: Books, items: Iterable[Item], payments: Iterable[Payment]
) -> Iterator[Debt]:
    """Yield what was ever owed, less what is not to be looked at again."""
    taken_back: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for payment in payments:
        for item, amount in payment.settled:
            taken_back[id(item)] += amount
    for item in items:
        is_disputed = books.dunning.record(item).is_disputed
        paid = max((one.date for one in item.settlements), default=None)
        is_open = item.open + taken_back[id(item)]
        yield Debt(item, is_open, is_disputed, books.settings.minimum.is_reached, paid)
