"""What stands on which day, of all that is open: what a calendar shows.

    for appointment in agenda(books):
        appointment.day, appointment.occasion, appointment.subject.item.invoice

An instalment has an appointment on its due date while that is to come, for its next
step alone, for its promise, for the last days of its discounts where the option
`feed-discounts` says so, for the decision that it needs, and on the last day on which
it can be enforced, once it is overdue, where the option `limitation` says so. Later
steps do not exist before their turn. What is in dispute keeps its due date.

A step that waits to be sent stands on the as-of date, or with the option `feed-overdue`
at "scheduled" on the day on which it could first go out. So what stands on the as-of
date is what `reminders` has due on it, and all else of that day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from beancount_dunning.answers.reminders import reminders
from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.items import uuid_of
from beancount_dunning.standing.asking import asked
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.limitation import lapses
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import held

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal
    from uuid import UUID

    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.terms import Offer
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep
    from beancount_dunning.standing.records import Record

_DAY = timedelta(days=1)
# No step has a name that begins with a control character.
_OWN = "\x1f"


class Occasion(StrEnum):
    """Why something stands on a day."""

    DUE = "due"
    STEP = "step"
    PROMISE = "promise"
    DISCOUNT = "discount"
    DECISION = "decision"
    LIMITATION = "limitation"


@dataclass(frozen=True)
class Subject:
    """What is open of an instalment in one currency.

    `items` are open, `all_items` were ever; `record` and `history` are what the log
    tells of them. `credits_` is what the customer has in unapplied credit, `disputed`
    how much is in dispute where it is a part, and `asked` what is left of what is open.
    """

    books: Books
    items: Sequence[Item]
    all_items: Sequence[Item]
    record: Record
    history: Sequence[LogEntry]
    credits_: Sequence[Unapplied]
    disputed: Decimal
    asked: Decimal

    @cached_property
    def item(self) -> Item:
        """The item that stands for all: a sale before what is charged on it."""
        return min(self.items, key=lambda item: bool(item.charge))

    @cached_property
    def held(self) -> Held | None:
        """Why its reminders rest."""
        return held(self.books, self.item)

    @cached_property
    def key(self) -> UUID:
        """A UUID that no other subject has, nor that of another ledger.

        RFC 5545, section 3.8.4.7: a UID is globally unique.
        """
        return uuid_of(self.item.lead_key, self.books.settings.feed_id)

    @cached_property
    def changes(self) -> int:
        """How many entries touched it after the first."""
        settlements = sum(len(item.settlements) for item in self.all_items)
        entries = len(self.all_items) + len(self.history) + len(self.credits_)
        return entries + settlements - 1

    @cached_property
    def touched(self) -> dt.date:
        """When the last of them is dated."""
        days = [item.date for item in self.all_items]
        days += [one.date for item in self.all_items for one in item.settlements]
        days += [one.date for one in self.history]
        days += [one.date for one in self.credits_]
        return max(days)

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """The discounts, each once."""
        offers = chain.from_iterable(item.offers for item in self.items)
        return tuple(dict.fromkeys(offers))

    def sum(self, amount: Callable[[Item], Decimal]) -> Decimal:
        """Add up amounts of the open items."""
        return sum(map(amount, self.items), ZERO)


@dataclass(frozen=True)
class Appointment:
    """What stands on a day.

    Attributes:
        subject: What it is about.
        occasion: Why.
        day: The day on which it stands.
        since: Its own day, which is past where a step waits to be sent.
        reminder: The step, None where it is for something else.
        number: Which discount it is for.
    """

    subject: Subject
    occasion: Occasion
    day: dt.date
    since: dt.date
    reminder: Reminder | None = None
    number: int = 0

    @cached_property
    def uid(self) -> UUID:
        """A UUID that is its own for as long as instalment and step exist."""
        name = f"{_OWN}{self.occasion}"
        if self.reminder:
            name = self.reminder.step.name
        elif self.occasion is Occasion.DUE:
            name = ""
        elif self.occasion is Occasion.DISCOUNT:
            name = f"{name} {self.number}"
        return uuid_of(self.subject.key, name)


def agenda(
    books: Books, keep: Keep = everything, report: AgingReport | None = None
) -> Iterator[Appointment]:
    """Work out what stands on which day.

    Args:
        books: The ledger on a date.
        keep: Which items this is to be about; all by default.
        report: The aging report of these items, where there is one.

    Yields:
        The appointments of each instalment; none of what is not owed.
    """
    subjects = _subjects(books, keep)
    found = reminders(books, keep, (dt.date.max - books.as_of).days, report)
    waits = books.settings.feed_overdue == "today"
    for subject in subjects.values():
        yield from _dates(subject)
    for reminder in (*found.due, *found.upcoming):
        if reminder.asks:
            subject = subjects[reminder.item.lead_key]
            own = reminder.scheduled
            day = max(own, books.as_of) if waits else own
            yield Appointment(subject, Occasion.STEP, day, own, reminder)
    undecided = {late.item.lead_key: late for late in found.undecided}
    for key, late in undecided.items():
        if subjects[key].asked:
            day = _undecided_since(books, late)
            yield Appointment(subjects[key], Occasion.DECISION, day, day)


def _dates(subject: Subject) -> Iterator[Appointment]:
    """Yield what an instalment has beside steps and decisions."""
    reason, due, books = subject.held, subject.item.due, subject.books
    is_disputed = reason is Held.DISPUTE
    is_asked = subject.asked or (is_disputed and subject.disputed)
    if (reason and not reason.is_owed) or not is_asked:
        return
    if due is not None and (is_disputed or due >= books.as_of):
        yield Appointment(subject, Occasion.DUE, due, due)
    is_late = due is not None and due < books.as_of
    lapse = lapses(books, subject.item) if is_late else None
    # What may yet be paid in time would only fill the last day of a year.
    if lapse and lapse.day >= books.as_of and not lapse.in_court:
        yield Appointment(subject, Occasion.LIMITATION, lapse.day, lapse.day)
    if is_disputed:
        return
    promised, came = subject.record.promised, subject.record.came
    if promised is not None and (came is None or came.missing):
        yield Appointment(subject, Occasion.PROMISE, promised, promised)
    if books.settings.feed_discounts:
        for number, offer in enumerate(subject.offers):
            day = offer.until
            yield Appointment(subject, Occasion.DISCOUNT, day, day, number=number)


def _undecided_since(books: Books, late: AgedItem) -> dt.date:
    """Return the day since when an item waits for a decision.

    That is when it became late, when the last reminder was sent or would have been, or
    when the dispute began, or reminders would have gone on.
    """
    item, record = late.item, late.standing.record
    days = (
        item.date,
        item.due and item.due + _DAY,
        books.settings.start,
        record.last and record.last.date,
        # An earlier promise does not matter while it is in dispute.
        record.dispute.date
        if record.dispute and record.is_disputed
        else record.rested_until,
    )
    return max(day for day in days if day and day <= books.as_of)


def _subjects(books: Books, keep: Keep) -> dict[UUID, Subject]:
    """Put together what is reminded together."""
    is_open: dict[UUID, list[Item]] = defaultdict(list)
    for item in filter(keep, books.receivables.items):
        is_open[item.lead_key].append(item)
    ever: dict[UUID, list[Item]] = defaultdict(list)
    # To ask for a key takes long, and nearly all items stand alone.
    opened = {item.invoice for some in is_open.values() for item in some}
    partly = opened.intersection(one.invoice for one in books.receivables.settled)
    for item in books.receivables.all_items:
        if item.invoice in partly:
            ever[item.lead_key].append(item)
    credits_: dict[str, list[Unapplied]] = defaultdict(list)
    for credit in books.receivables.unapplied:
        credits_[credit.customer].append(credit)
    asked_for = asked(books)
    found = {}
    for key, items in is_open.items():
        all_items = ever.get(key, items)
        record, history = books.dunning.record(items[0]), _history(books, all_items)
        left = credits_.get(items[0].customer, [])
        owed = sum((asked_for.get(one.identity, one.open) for one in items), ZERO)
        part = sum(map(books.dunning.part_in_dispute, items), ZERO)
        found[key] = Subject(books, items, all_items, record, history, left, part, owed)
    return found


def _history(books: Books, items: Sequence[Item]) -> list[LogEntry]:
    accounts = {item.account for item in items}
    return [
        entry
        for entry in books.log.entries.get(items[0].invoice or "", ())
        if entry.account in accounts and not entry.is_document
    ]
