"""When to remind: an item's policy, its due date and the log give the next step.

Steps after the due date go in order; those whose day was before the option `start`
count as taken elsewhere. The next one is the first that was not sent; it may go out on
the later of the due date plus its days and the last sending plus its `min_interval`.
Where the option `catch-up` lets steps be skipped, it is the furthest whose day has
come. Steps at or before the due date are notices, and lapse when their day is past.
Those that count from the invoice's date come before them; they lapse when the day of
the next notice comes, or the due date.

A promise rests reminders until its date, `hold-until` likewise, a dispute until it is
resolved, and what others have in hand until it is back; and nobody who owes nothing is
reminded, see `resting`. Where a part is in dispute, reminders go on for the rest, see
`portions`. A step that did not arrive is next again. All of it follows from the ledger
and the date: what was asked before, and how often, plays no part.

An entry of the log is about the instalments whose turn it is. A reminder: those of
which the step may go out on that day, or else the oldest that it comes next for. A
promise: those due by the promised date, or else the oldest. A dispute, `hold-until` or
`handed`: the whole invoice. A step that bounced: those that it was sent for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.minimum import shows
from beancount_dunning.ledger.policies import NO_POLICY
from beancount_dunning.standing.records import NO_RECORD
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import held
from beancount_dunning.standing.resting import said
from beancount_dunning.standing.step_days import StepDays

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.basics.words import Words
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.records import Record


_DAY = timedelta(days=1)


class Silence(StrEnum):
    """Why no reminder comes next, ever, unless something changes."""

    UNDATED = "undated"
    MINIMUM = "below the minimum"
    POLICY = "never reminded"
    SENT = "all reminders sent"


@dataclass(frozen=True, slots=True)
class ScheduledStep:
    """A step of an item's policy, and the first day on which it may go out.

    `until` is the last such day of a notice, and None where a step does not lapse;
    `meant` is the day that it would be if somebody worked on every day.
    """

    step: Step
    date: dt.date
    until: dt.date | None = None
    meant: dt.date | None = None

    @property
    def is_notice(self) -> bool:
        """Whether the step comes at or before the due date, and can lapse."""
        return self.step.is_notice

    def lapses_before(self, day: dt.date) -> bool:
        """Tell whether it can no longer go out on a day."""
        return self.until is not None and self.until < day


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands on a date.

    `rests` says in words why it is `held`. `next_step` is None where nothing is left to
    send, `next_date` also where nobody knows when reminders go on; `next_meant` is that
    date before it was moved to a working day. `silence` says why no step comes next,
    `disputed` how much is in dispute.
    """

    record: Record = NO_RECORD
    held: Held | None = None
    rests: Words | None = None
    next_step: Step | None = None
    next_date: dt.date | None = None
    next_meant: dt.date | None = None
    silence: Silence | None = None
    disputed: Decimal = ZERO

    @property
    def is_at_its_end(self) -> bool:
        """Whether an item that should be reminded gets no more reminders.

        All were sent, or it is in dispute. What others have in hand is decided.
        """
        is_owed = self.held is None or self.held.is_owed
        is_silent = self.silence in {None, Silence.SENT}
        is_decided = self.record.is_handed and self.held is not Held.DISPUTE
        return is_owed and is_silent and self.next_date is None and not is_decided


def unsent_steps(steps: Iterable[Step], record: Record) -> list[Step]:
    """Return the steps that are still to come after what was sent."""
    ladder = list(steps)
    sent = {sent.step.name for sent in record.sent}
    if record.reached:
        # The ladder may have changed since: the step's place in it goes by its name,
        # or else by the days that it had.
        was = record.reached.step
        names = [step.name for step in ladder]
        if was.name in names:
            ladder = ladder[names.index(was.name) + 1 :]
        else:
            ladder = [step for step in ladder if step.order > was.order]
    return [step for step in ladder if step.name not in sent]


def is_taken_elsewhere(
    step: Step, days: StepDays | None, start: dt.date | None
) -> bool:
    """Tell whether a step's day was before the ladder begins, by the option `start`.

    Args:
        step: A step of an item's policy.
        days: When the item's steps come; None where it is undated.
        start: The option; None where the ladder has no beginning.
    """
    if start is None or days is None:
        return False
    try:
        return days.on(step) < start
    except OverflowError:
        return False


def dated_steps(
    days: StepDays, to_come: Iterable[Step], record: Record, *, skips: bool
) -> Iterator[ScheduledStep]:
    """Give each step that is to come the first day on which it may go out.

    Raises:
        OverflowError: A day lies beyond the calendar.
    """
    rested_until = record.rested_until
    last = record.last.date if record.last else None
    for step in to_come:
        meant, is_notice = days.meant(step), step.is_notice
        if is_notice and not step.is_from_invoice:
            day = days.on(step, meant)
            if not rested_until or day >= rested_until:
                yield ScheduledStep(step, day, day, meant)
            continue
        if not is_notice and last is not None:
            meant = max(meant, last + timedelta(days=step.min_interval or 0))
        meant = max(meant, rested_until or meant)
        day = days.on(step, meant)
        if not is_notice:
            last = last if skips else day
            yield ScheduledStep(step, day, None, meant)
        elif day < days.due:
            yield ScheduledStep(step, day, days.due - _DAY, meant)


def is_worth_it(books: Books, item: Item) -> bool:
    """Tell whether as little as is open is worth a reminder or a ledger error.

    Args:
        books: The ledger on a date.
        item: An open item of it.

    Returns:
        Whether its instalment less the customer's credit, or all that the customer owes
        where the minimum is for that, is not below the minimum; never for a fraction of
        the smallest coin.
    """
    settings, currency = books.settings, item.currency
    if not shows(item.together, currency, books.options):
        return False
    by_customer = settings.minimum_by_customer(item.customer, currency)
    owed = books.balances.owed[item.customer, currency]
    if by_customer is not None:
        return owed >= by_customer[0]
    # No more is asked for than the balance; what credit covers rests, and says so.
    asked = min(item.together, owed) if owed > 0 else item.together
    return settings.minimum.is_reached(asked, currency)


def _silence(books: Books, item: Item) -> Silence | None:
    """Return why an item is never reminded, whatever was sent; None where it is."""
    if item.due is None:
        return Silence.UNDATED
    if not is_worth_it(books, item):
        return Silence.MINIMUM
    return Silence.POLICY if item.policy == NO_POLICY else None


def schedule(books: Books, item: Item) -> tuple[ScheduledStep, ...]:
    """Return all reminders of an item that are to come, each on the first day it may.

    Args:
        books: The ledger on a date.
        item: An open item of it.

    Returns:
        The reminders in order of their steps, without notices that would come
        before the invoice or while reminders rest; none for an item that is undated,
        disputed, covered by credit, or put off for ever, below the minimum, or under
        the policy `none`, nor for days beyond the calendar.
    """
    reason = held(books, item)
    if reason and not reason.has_end:
        return ()
    return _to_come(books, item, books.dunning.record(item))


def _to_come(books: Books, item: Item, record: Record) -> tuple[ScheduledStep, ...]:
    """Return an item's reminders as they would be with a record."""
    settings = books.settings
    days = StepDays.of(item, settings)
    if days is None or record.rests_for_ever or _silence(books, item):
        return ()
    skips = settings.catch_up == "highest"
    to_come = [
        step
        for step in unsent_steps(settings.steps(item.policy), record)
        if not is_taken_elsewhere(step, days, settings.start)
        # What is charged was told of with the invoice.
        and not (item.charge and step.is_from_invoice)
    ]
    try:
        reminders = list(dated_steps(days, to_come, record, skips=skips))
    except OverflowError:
        return ()
    return tuple(
        reminder
        for reminder in reminders
        if not reminder.is_notice or reminder.date >= item.date
    )


def _first(books: Books, reminders: Sequence[ScheduledStep]) -> ScheduledStep | None:
    """Return the reminder that is next.

    It is the first notice that has not lapsed, or else the first step after the due
    date; with the option `catch-up` at "highest" the furthest of those whose day has
    come.
    """
    as_of = books.as_of
    come = [one for one in reminders if one.is_notice and one.date <= as_of]
    to_come = [
        reminder
        for reminder in reminders
        if not reminder.lapses_before(as_of)
        and not (reminder.step.is_from_invoice and reminder in come[:-1])
    ]
    if books.settings.catch_up == "highest":
        come = [reminder for reminder in to_come if reminder.date <= as_of]
        to_come = come[-1:] or to_come
    return to_come[0] if to_come else None


def standing(books: Books, item: Item) -> Standing:
    """Tell where an item stands.

    Args:
        books: The ledger on a date.
        item: An item of it.

    Returns:
        What was sent, why reminders rest if they do, and what comes next, or why
        nothing does.
    """
    record = books.dunning.record(item)
    if not item.open:
        return Standing(record)
    reason = held(books, item)
    rests, disputed = said(books, item, reason), books.dunning.in_dispute(item)
    stands = partial(Standing, record, reason, rests, disputed=disputed)
    if record.is_handed or (reason and not reason.has_end):
        # What would come next if reminders went on today.
        record_then = replace(record, dispute=None, handed=None)
        upcoming = _first(books, _to_come(books, item, record_then))
        step = upcoming.step if upcoming else None
        return stands(next_step=step, silence=_silence(books, item))
    upcoming = _first(books, _to_come(books, item, record))
    if upcoming is None:
        return stands(silence=_silence(books, item) or Silence.SENT)
    return stands(upcoming.step, upcoming.date, upcoming.meant)
