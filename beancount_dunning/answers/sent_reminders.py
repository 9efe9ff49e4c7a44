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
from functools import cache
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
    from beancount_dunning.standing.records import Sent


# Looking up a member of an enum takes long.
_OPEN, _OVERTAKEN, _PAID = Ending.OPEN, Ending.OVERTAKEN, Ending.PAID


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
        return first, (until - origin).days, _OPEN
    return first, (ended - origin).days, _OPEN if paid_on is None else _PAID


class SentReminder(NamedTuple):
    """A reminder of a part of an invoice.

    Attributes:
        part: The part.
        sent: The step, and the note that logs it.
        date: The day on which it was sent.
        policy: The policy of the day.
        ladder: The steps that it had then.
        has_next: Whether these have a later step.
        next_on: When a later step was sent; None where none was.
        planned_on: When a plan laid out the part anew; None where none did.
    """

    part: Invoiced
    sent: Sent
    date: dt.date
    policy: str
    ladder: Sequence[Step]
    has_next: bool
    next_on: dt.date | None
    planned_on: dt.date | None

    @property
    def days_overdue(self) -> int | None:
        """The days past due on which it was sent; None where that is undated."""
        due = self.part.due
        return None if due is None else (self.date - due).days

    def watch(self, until: dt.date) -> Watch:
        """Return how long it was watched from the day it was sent, until another."""
        if self.planned_on is not None:
            until = min(until, self.planned_on)
        return watched(self.part, self.date, until)

    def before_next(self, whole: Watch) -> Watch:
        """Return the part of a watch that ends when the next step was sent."""
        if self.next_on is None:
            return whole
        _, last, _ = whole
        days = (self.next_on - self.date).days
        return (0, days, _OVERTAKEN) if days <= last else whole


def sent_reminders(books: Books, parts: Iterable[Invoiced]) -> Iterator[SentReminder]:
    """Yield the reminders that were sent of parts of invoices.

    Args:
        books: The ledger on a date.
        parts: How its invoices were paid.
    """
    records, steps = books.dunning.records, cache(books.settings.steps)
    # What the log tells of is there, open or settled; sales come before charges.
    reminded = {
        group: (item.policies(books.settings), sent)
        for item in books.receivables.all_items
        if not (item.charge or item.plan_number)
        and (record := records.get(group := item.group))
        and (sent := record.sent)
    }
    for part in parts:
        for group in part.groups:
            if group not in reminded:
                continue
            policies, sent = reminded[group]
            ended = part.paid_on or part.settled_on or dt.date.max
            turns = [(one.entry.date, one.step.order) for one in sent]
            for one, (day, turn) in zip(sent, turns, strict=True):
                # What is sent later is about charges.
                if day > ended or one.step.is_review:
                    continue
                policy = policies.on(day) or DEFAULT_POLICY
                ladder = steps(policy, day)
                later = [then for then, other in turns if other > turn and then >= day]
                yield SentReminder(
                    part,
                    one,
                    day,
                    policy,
                    ladder,
                    bool(ladder) and ladder[-1].order > turn,
                    min(later) if later else None,
                    _planned_on(books, part, day) if part.planned else None,
                )


def _planned_on(books: Books, part: Invoiced, day: dt.date) -> dt.date | None:
    """Return when a plan laid out a part anew, on a day or later."""
    entries = books.log.entries[part.invoice] if part.invoice else ()
    return next((one.date for one in entries if one.plan and one.date >= day), None)


def first_told(books: Books) -> dict[str | None, dt.date]:
    """Return when the log first tells something that changes anything, by reference."""
    told: dict[str | None, dt.date] = {}
    for name, entries in books.log.entries.items():
        for entry in entries:
            if not entry.is_history:
                told[name] = entry.date
                break
    return told


def unreminded(watch: Watch, due: dt.date, told: dt.date | None) -> Watch | None:
    """Return how long a part was watched before anything was sent or agreed.

    Args:
        watch: How long it was watched, in days from its due date.
        due: When it was due.
        told: The day of the first note that changes anything, see `first_told`.

    Returns:
        What of the watch is before that day; None where nothing is.
    """
    if told is None:
        return watch
    first, last, _ = watch
    end = (told - due).days - 1
    if first > end:
        return None
    return watch if last <= end else (first, end, _OPEN)
