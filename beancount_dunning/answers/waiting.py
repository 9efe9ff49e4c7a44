"""Payments that wait for their invoice: credits until then, or on a suspense account.

Whose a payment is may be another question than under whose name it stands: what is
booked as a credit of ACME HOLDING may be what Acme GmbH has paid. And what stands on a
suspense account is nobody's credit, though it may pay what is open; and so may what was
booked to a customer and names another's invoice, see `elsewhere`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from beancount_dunning.answers.elsewhere import Elsewhere
from beancount_dunning.answers.elsewhere import booked_elsewhere
from beancount_dunning.answers.explanations import DifferenceKind
from beancount_dunning.answers.matching import match
from beancount_dunning.answers.suspense import suspense_pattern
from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.basics.words import Words
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

    @property
    def words(self) -> Words:
        """What the payment says."""
        return self.credit.words

    def is_of(self, customer: str | None) -> bool:
        """Tell whether it is, or seems to be, from a customer; None is anyone."""
        return customer in {None, self.credit.customer, self.match.customer}

    @property
    def names(self) -> set[str]:
        """By whom and for what it may be: a customer's name, and items' identities."""
        customer = self.match.customer
        items = _identities(self.match)
        return items if customer is None else {*items, customer}

    @property
    def whose(self) -> str | None:
        """Whose credit it is, which is taken off all that is asked of them."""
        return self.credit.customer


@dataclass(frozen=True, slots=True)
class Parked:
    """A payment that stands on a suspense account."""

    match: Match

    @property
    def account(self) -> str:
        """The account."""
        return str(self.match.posting.account)

    @property
    def names(self) -> set[str]:
        """For what it may be: items' identities, and for whose if there is more.

        Where nobody knows for what it is, only some of what the customer owes is named;
        and what it leaves over may be for more of that.
        """
        customer, items = self.match.customer, _identities(self.match)
        rest = self.match.difference
        is_more = not self.match.assignments or (
            rest is not None and rest.kind is DifferenceKind.UNAPPLIED
        )
        return {*items, customer} if customer is not None and is_more else items

    @property
    def whose(self) -> str | None:
        """Whose credit it is: nobody's."""
        return None


Unassigned = Waiting | Parked | Elsewhere


def _identities(found: Match) -> set[str]:
    assigned = (one.item for one in found.assignments)
    return {one.identity for one in (*assigned, *found.candidates)}


class MayPay:
    """Payments by whom and what they may be of, so that each is found at once."""

    def __init__(self, payments: Iterable[Unassigned]) -> None:
        """Take the payments that wait."""
        self._by_name: dict[str, list[Unassigned]] = defaultdict(list)
        for payment in payments:
            for name in payment.names - {payment.whose}:
                self._by_name[name].append(payment)

    def may_pay(self, item: Item) -> bool:
        """Tell whether any may be for an item, see `of`."""
        customer = item.customer
        near = (self._by_name.get(name, ()) for name in (customer, item.identity))
        return any(one.whose != customer for one in chain.from_iterable(near))

    def of(self, items: Sequence[Item]) -> list[Unassigned]:
        """Return those that may be for any of some items of a customer.

        The customer's own credit is none of them: it is taken off what is asked.
        """
        customer = items[0].customer
        names = (customer, *(item.identity for item in items))
        near = {
            id(payment): payment
            for name in names
            for payment in self._by_name.get(name, ())
        }
        return [one for one in near.values() if one.whose != customer]


def in_hand(books: Books) -> Sequence[Match]:
    """Return what the payments of a ledger are for that wait for their invoice.

    Those on accounts that are called like suspense accounts are among them.
    """
    suspense = suspense_pattern(books)
    if suspense is None and not books.receivables.unapplied:
        return ()
    return match(books, suspense=suspense).payments


def all_waiting(
    books: Books, matches: Sequence[Match], items: Iterable[Item]
) -> list[Unassigned]:
    """Return the payments that may be for what is reminded of.

    Args:
        books: The ledger on a date.
        matches: What is `in_hand`.
        items: What may be reminded of.
    """
    parked = (Parked(one) for one in matches if one.is_suspense)
    elsewhere = booked_elsewhere(books, items)
    return [*waiting(books, matches, everything), *parked, *elsewhere]


def may_be_paid(
    books: Books, items: Iterable[Item]
) -> tuple[list[Item], list[Unassigned]]:
    """Return those items that may be paid by payments that wait, and these payments.

    Args:
        books: The ledger on a date.
        items: What is asked for. What is settled is none of it.
    """
    asked = {item.identity: item for item in items if item.open}.values()
    payments = MayPay(all_waiting(books, in_hand(books), asked))
    paid = [item for item in asked if payments.may_pay(item)]
    # One by one, each item of a customer would have all their payments.
    theirs: dict[str, list[Item]] = defaultdict(list)
    for item in paid:
        theirs[item.customer].append(item)
    found = chain.from_iterable(map(payments.of, theirs.values()))
    return paid, [*{id(one): one for one in found}.values()]


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
