"""Reminders that were sent, and how long it then took until the money came.

A reminder is watched from the day on which it was sent to the day on which its part of
the invoice was paid in full. Where no money paid it, but a credit note or a write-off
ended it, where a plan laid it out anew, or where it is still open, it was watched so
long and was not paid.

What bounced was not sent, a stop-loss review is sent to nobody, and when a plan's part
is paid, the plan says. So these are not there.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from typing import NamedTuple

from beancount_dunning.basics.survival import Ending
from beancount_dunning.basics.survival import Watch
from beancount_dunning.ledger.policies import DEFAULT_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.records import Record
    from beancount_dunning.standing.records import Sent


_DAY = dt.timedelta(days=1)
# Looking up a member of an enum takes long.
_OPEN, _PAID = Ending.OPEN, Ending.PAID


def watched(part: Invoiced, origin: dt.date, until: dt.date, first: int = 0) -> Watch:
    """Return how long a part was watched, in days from an origin, and how that ended.

    Args:
        part: A part of an invoice.
        origin: The day that counts as 0.
        until: The last day on which anything is known; the part was open before it.
        first: The first day on which it was watched.
    """
    paid_on = part.paid_on
    ended = paid_on or part.settled_on
    if ended is None or ended > until:
        return Watch(first, (until - origin).days, _OPEN)
    return Watch(first, (ended - origin).days, _OPEN if paid_on is None else _PAID)


class SentReminder(NamedTuple):
    """A reminder of a part of an invoice.

    Attributes:
        part: The part.
        sent: The step, and the note that logs it.
        date: The day on which it was sent.
        policy: The policy of the day.
        ladder: The steps that it had then.
        next_on: When a later step was sent; None where none was.
        planned_on: When a plan laid out the part anew; None where none did.
    """

    part: Invoiced
    sent: Sent
    date: dt.date
    policy: str
    ladder: Sequence[Step]
    next_on: dt.date | None
    planned_on: dt.date | None

    @property
    def days_overdue(self) -> int | None:
        """The days past due on which it was sent; None where that is undated."""
        due = self.part.due
        return None if due is None else (self.date - due).days

    @property
    def has_next(self) -> bool:
        """Whether its policy had a later step."""
        return bool(self.ladder) and self.ladder[-1].order > self.sent.step.order

    def watch(self, until: dt.date) -> Watch:
        """Return how long it was watched from the day it was sent, until another."""
        if self.planned_on is not None:
            until = min(until, self.planned_on)
        return watched(self.part, self.date, until)

    def before_next(self, whole: Watch) -> Watch:
        """Return the part of a watch that ends when the next step was sent."""
        if self.next_on is None:
            return whole
        days = (self.next_on - self.date).days
        is_overtaken = days <= whole.last
        return Watch(0, days, Ending.OVERTAKEN) if is_overtaken else whole


def sent_reminders(books: Books, parts: Iterable[Invoiced]) -> Iterator[SentReminder]:
    """Yield the reminders that were sent of parts of invoices.

    Args:
        books: The ledger on a date.
        parts: How its invoices were paid.
    """
    records, steps = books.dunning.records, books.settings.steps
    # What the log tells of is there, open or settled; sales come before charges.
    items = {
        item.group: item
        for item in books.receivables.all_items
        if item.group in records and not item.charge
    }
    for part in parts:
        for group in part.groups:
            _, _, plan, _ = group
            if plan or group not in items:
                continue
            item, record = items[group], records[group]
            policies = item.policies(books.settings)
            ended = part.paid_on or part.settled_on or dt.date.max
            for sent in record.sent:
                day = sent.date
                # What is sent later is about charges.
                if sent.step.is_review or day > ended:
                    continue
                policy = policies.on(day) or DEFAULT_POLICY
                yield SentReminder(
                    part,
                    sent,
                    day,
                    policy,
                    steps(policy, day),
                    _next_on(record, sent),
                    _planned_on(books, part, day),
                )


def _next_on(record: Record, sent: Sent) -> dt.date | None:
    """Return when a later step was sent."""
    if len(record.sent) == 1:
        return None
    order, day = sent.step.order, sent.date
    later = [
        other.date
        for other in record.sent
        if other is not sent and other.step.order > order and other.date >= day
    ]
    return min(later, default=None)


def _planned_on(books: Books, part: Invoiced, day: dt.date) -> dt.date | None:
    """Return when a plan laid out a part anew, on a day or later."""
    if part.planned is None or part.invoice is None:
        return None
    entries = books.log.entries[part.invoice]
    return next((one.date for one in entries if one.plan and one.date >= day), None)


def unreminded(
    books: Books, due: Iterable[tuple[Invoiced, dt.date]], until: dt.date
) -> Iterator[Watch]:
    """Yield how long parts were watched before anything was sent or agreed.

    Args:
        books: The ledger on a date.
        due: Parts of its invoices dated by the last day, and when each was due.
        until: The last day on which anything is known.

    Yields:
        The days from each part's due date, from the invoice on. The first note that
        changes anything ends it, on the day before.
    """
    told: dict[str | None, dt.date] = {
        name: entry.date
        for name, entries in books.log.entries.items()
        if (entry := next((one for one in entries if not one.is_history), None))
    }
    for part, day in due:
        last, date = until, part.date
        first_told = told.get(part.invoice)
        if first_told is not None:
            if date >= first_told:
                continue
            last = min(until, first_told - _DAY)
        yield watched(part, day, last, (date - day).days)
