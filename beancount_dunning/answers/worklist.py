"""What is to be sent today: a line for each customer, and what to know before.

    for line in worklist(books, letters(found.due), payments):
        line.letter.to_pay, line.days_overdue, line.last_contact, line.remarks

The longest late come first. A line is clear where nothing speaks against sending at
once what the step says: money that came may not be from this customer, there is an
address, something is asked for, and a note can log it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from beancount_dunning.answers.contacts import last_contacts
from beancount_dunning.answers.proposals import is_loggable
from beancount_dunning.answers.sendings import unsettled
from beancount_dunning.answers.waiting import MayPay
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.answers.contacts import Contact
    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.answers.waiting import Unassigned
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.standing.books import Books


class About(StrEnum):
    """What a remark is about."""

    PAID = "paid"
    COVERED = "covered"
    REVIEW = "review"
    ADDRESS = "address"
    REFERENCE = "reference"
    UNCONFIRMED = "unconfirmed"
    BROKEN = "broken"
    DISPUTE = "dispute"
    CREDIT = "credit"
    PLAN = "plan"
    INVOICES = "invoices"


@dataclass(frozen=True, slots=True)
class Remark:
    """What to know of a line; `is_doubt` where it speaks against sending at once."""

    about: About
    text: Words
    is_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be sent to one customer.

    `payments` are those under another name, or on a suspense account, that may be from
    this customer.
    """

    letter: Letter
    last_contact: Contact | None
    payments: tuple[Unassigned, ...]
    remarks: tuple[Remark, ...]

    @property
    def customer(self) -> str:
        """Whom it is for."""
        return self.letter.furthest.item.customer

    @property
    def key(self) -> str:
        """What to ask for it by: the key of the first item that it is about."""
        return self.letter.reminders[0].item.key

    @property
    def days_overdue(self) -> int:
        """How late it is: the days of the oldest invoice."""
        return max(reminder.days_overdue for reminder in self.letter.reminders)

    @property
    def is_clear(self) -> bool:
        """Whether nothing speaks against sending it at once."""
        return not any(remark.is_doubt for remark in self.remarks)


def worklist(
    books: Books, letters: Sequence[Letter], payments: Iterable[Unassigned]
) -> tuple[Line, ...]:
    """Tell what is to be sent, and what to know before.

    Args:
        books: The ledger on a date.
        letters: The reminders that are due, by customer.
        payments: The payments that wait for their invoices.

    Returns:
        A line for each letter, the longest late first.
    """
    facts = _Facts(books, letters, payments)
    lines = [facts.line(letter) for letter in letters]
    return tuple(sorted(lines, key=lambda line: -line.days_overdue))


class _Facts:
    """What a ledger knows of the customers of some letters, each found once."""

    def __init__(
        self,
        books: Books,
        letters: Sequence[Letter],
        payments: Iterable[Unassigned],
    ) -> None:
        customers = {letter.furthest.item.customer for letter in letters}
        self._books = books
        self._contacts = last_contacts(books, customers)
        self._unsettled = unsettled(books)
        self._disputed = _disputed(books, customers)
        self._payments = MayPay(payments)

    def line(self, letter: Letter) -> Line:
        """Return the line of a letter."""
        customer = letter.furthest.item.customer
        payments = self._payments.of([one.item for one in letter.reminders])
        remarks = [
            *(
                Remark(*doubt, is_doubt=True)
                for doubt in self._doubts(letter, payments)
            ),
            *(Remark(*remark) for remark in self._remarks(letter)),
        ]
        contact = self._contacts.get(customer)
        return Line(letter, contact, tuple(payments), tuple(remarks))

    def _doubts(
        self, letter: Letter, payments: Sequence[Unassigned]
    ) -> Iterator[tuple[About, Words]]:
        furthest, own = letter.furthest, _currency(letter)
        for payment in payments:
            match = payment.match
            text = _amount(match.amount, match.currency, own)
            yield About.PAID, Words("may have paid {amount}", amount=text)
        if not letter.asks:
            yield About.COVERED, Words("covered by credit")
        elif furthest.step.is_review:
            yield About.REVIEW, Words("your own review")
        elif furthest.address is None:
            yield About.ADDRESS, _NO_ADDRESS[furthest.way]
        items = [reminder.item for reminder in letter.reminders]
        if not all(map(is_loggable, items)):
            yield About.REFERENCE, Words("no reference to log it by")
        if sent := self._unconfirmed(items):
            yield About.UNCONFIRMED, Words("mail of {day} unconfirmed", day=sent.date)

    def _unconfirmed(self, items: Iterable[Item]) -> LogEntry | None:
        found = (self._unsettled.get(item.invoice or "") for item in items)
        return next(filter(None, found), None)

    def _remarks(self, letter: Letter) -> Iterator[tuple[About, Words]]:
        own = _currency(letter)
        items = [reminder.item for reminder in letter.reminders]
        for day in sorted({day for item in items if (day := self._broken(item))}):
            yield About.BROKEN, Words("promise of {day} broken", day=day)
        disputed = self._disputed.get(items[0].customer)
        if disputed:
            amounts = _amounts(disputed, own)
            yield About.DISPUTE, Words("{amount} more in dispute", amount=amounts)
        if letter.asks and (taken := _credit_taken(letter)):
            text = Words("{amount} credit deducted", amount=_amounts(taken, own))
            yield About.CREDIT, text
        names = {item.handle for item in items}
        if len(names) > 1:
            text = Words.counted("{n} invoice", "{n} invoices", len(names))
            yield About.INVOICES, text
        elif items[0].plan:
            yield (
                About.PLAN,
                Words(
                    "plan, part {number} of {count}",
                    number=items[0].number,
                    count=items[0].count,
                ),
            )

    def _broken(self, item: Item) -> date | None:
        record = self._books.dunning.record(item)
        return None if record.is_promise_kept else record.promised


_NO_ADDRESS = {
    None: Words("no address"),
    "email": Words("no e-mail address"),
    "letter": Words("no postal address"),
    "phone": Words("no phone number"),
    "message": Words("no phone number"),
}


def _disputed(books: Books, customers: set[str]) -> Mapping[str, Mapping[str, Decimal]]:
    """Return what is in dispute with customers, by currency."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for item in books.receivables.items:
        if item.customer in customers and (part := books.dunning.in_dispute(item)):
            sums = found[item.customer]
            sums[item.currency] = sums.get(item.currency, ZERO) + part
    return found


def _credit_taken(letter: Letter) -> dict[str, Decimal]:
    """Return how much of a letter credit covers, by currency."""
    to_pay, disputed = letter.to_pay, letter.disputed
    left = {
        currency: amount - to_pay[currency] - disputed.get(currency, ZERO)
        for currency, amount in letter.open.items()
    }
    return {currency: amount for currency, amount in left.items() if amount}


def _currency(letter: Letter) -> str | None:
    """Return the only currency of a letter; None where it has several."""
    currency, *others = letter.open
    return None if others else currency


def _amounts(sums: Mapping[str, Decimal], own: str | None) -> Words:
    """Write sums, that in a line's own currency without it."""
    return Words.joined(", ", [_amount(sums[name], name, own) for name in sorted(sums)])


def _amount(amount: Decimal, currency: str, own: str | None) -> Words:
    if currency == own:
        return Words("{amount}", amount=amount)
    return Words("{amount} {currency}", amount=amount, currency=currency)
