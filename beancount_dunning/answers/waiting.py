"""Payments that wait for their invoice: the credits that they are until then.

Whose a payment is may be another question than under whose name it stands: what is
booked as a credit of ACME HOLDING may be what Acme GmbH has paid.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from decimal import Decimal

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.aging import Row
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment that waits for its invoice, and the credit that it is until then."""

    match: Match
    credit: Unapplied

    @property
    def place(self) -> str:
        """Its file and line, by which it can be asked for."""
        return f"{self.credit.filename}:{self.credit.lineno}"

    def is_of(self, customer: str | None) -> bool:
        """Tell whether it is, or seems to be, from a customer; None is anyone."""
        return customer in {None, self.credit.customer, self.match.customer}

    @property
    def names(self) -> set[str]:
        """Whom and what `may_pay` may be true of: customers' names, and identities."""
        assigned = (one.item for one in self.match.assignments)
        items = {one.identity for one in (*assigned, *self.match.candidates)}
        return items if self.match.customer is None else {*items, self.match.customer}

    def may_pay(self, item: Item) -> bool:
        """Tell whether it may be for an item, and is another customer's credit.

        What is a customer's own credit is taken off all that is asked of them.
        """
        if item.customer == self.credit.customer:
            return False
        return not self.names.isdisjoint({item.identity, item.customer})


def may_be_paid(
    books: Books, matches: Iterable[Match], items: Iterable[Item]
) -> list[Item]:
    """Return those items that a payment under another name may be for.

    Args:
        books: The ledger on a date.
        matches: What its payments are for.
        items: Those that are to be reminded of.
    """
    payments = waiting(books, matches, everything)
    return [item for item in items if any(one.may_pay(item) for one in payments)]


def waiting(books: Books, matches: Iterable[Match], keep: Keep) -> list[Waiting]:
    """Return the payments on receivable accounts that wait for their invoices.

    Args:
        books: The ledger on a date.
        matches: What its payments are for.
        keep: Whether a credit is wanted.
    """
    credits_ = {
        id(credit.posting): credit
        for credit in books.receivables.unapplied
        if keep(credit)
    }
    return [
        Waiting(match, credits_[id(match.posting)])
        for match in matches
        if id(match.posting) in credits_
    ]


@dataclass(frozen=True, slots=True)
class Pending:
    """So many payments that wait, and what they come to, negative."""

    count: int
    amount: Decimal


def set_apart(
    rows: Iterable[Row], payments: Iterable[Waiting]
) -> tuple[list[Row], dict[str, Pending]]:
    """Tell who owes from who has only paid: under a name that no invoice has.

    Args:
        rows: The sums of customers.
        payments: What waits for its invoice.

    Returns:
        The rows of customers; and by currency the others, who owe nothing and whose
        credit is nothing but payments that wait. Together they come to the same.
    """
    found: dict[tuple[str | None, str], list[Decimal]] = defaultdict(list)
    for one in payments:
        found[one.credit.customer, one.credit.currency].append(one.credit.amount)
    customers: list[Row] = []
    pending: dict[str, Pending] = {}
    for row in rows:
        amounts = found.get((row.customer, row.currency), [])
        if row.buckets or not amounts or sum(amounts, ZERO) != row.unapplied:
            customers.append(row)
            continue
        others = pending.get(row.currency, Pending(0, ZERO))
        pending[row.currency] = Pending(
            others.count + len(amounts), others.amount + row.unapplied
        )
    return customers, pending


class Choices:
    """The invoices that somebody may assign payments to."""

    def __init__(self, items: Iterable[Item]) -> None:
        """File the open items that a link can name, by account and currency."""
        self._by_place: dict[tuple[str, str], list[Item]] = defaultdict(list)
        for item in items:
            if item.invoice is not None:
                self._by_place[item.account, item.currency].append(item)

    def of(self, payment: Waiting) -> Iterator[Item]:
        """Yield an item of each invoice on the payment's account, the likeliest first.

        These are what the payment could be for, then its customer's, then all others.
        """
        found, credit = payment.match, payment.credit
        near = self._by_place.get((credit.account, credit.currency), [])
        names = {item.invoice for item in found.candidates}
        likely = (item for item in near if item.invoice in names)
        own = (item for item in near if item.customer == found.customer)
        seen = set()
        for item in chain(likely, own, near):
            if item.invoice not in seen:
                seen.add(item.invoice)
                yield item
