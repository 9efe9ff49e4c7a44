"""When to remind: an item's policy and its due date give the steps' dates.

Steps after the due date go in order: each may go out on the later of the due date
plus its days, and the step before plus its `min_interval`. Where the option `catch-up`
lets steps be skipped, the days alone count. Steps at or before the due date are
notices, and lapse when their day is past.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount_dunning.receivables import Item
    from beancount_dunning.settings import Settings
    from beancount_dunning.settings import Step


@dataclass(frozen=True, slots=True)
class Reminder:
    """A step of an item's policy, and the first day on which it may go out."""

    step: Step
    date: date

    @property
    def is_notice(self) -> bool:
        """Whether the step comes at or before the due date, and can lapse."""
        return self.step.days <= 0


def _schedule(due: date, steps: Iterable[Step], *, skips: bool) -> list[Reminder]:
    reminders: list[Reminder] = []
    for step in steps:
        day = due + timedelta(days=step.days)
        if not skips and reminders and not reminders[-1].is_notice:
            earliest = reminders[-1].date + timedelta(days=step.min_interval or 0)
            day = max(day, earliest)
        reminders.append(Reminder(step, day))
    return reminders


def schedule(item: Item, settings: Settings) -> tuple[Reminder, ...]:
    """Return all reminders of an item, each on the first day it may go out.

    Args:
        item: An open item.
        settings: The policies, and the minimum worth a reminder.

    Returns:
        The reminders in order of their steps, without notices that would come
        before the invoice; none for an item that is undated, below the minimum, or
        under the policy `none`, nor for days beyond the calendar.
    """
    if item.due is None or not settings.is_reminded(item.open, item.currency):
        return ()
    try:
        steps = settings.steps(item.policy)
        skips = settings.catch_up == "highest"
        reminders = _schedule(item.due, steps, skips=skips)
    except OverflowError:
        return ()
    return tuple(
        reminder
        for reminder in reminders
        if not reminder.is_notice or reminder.date >= item.date
    )


def next_reminder(item: Item, settings: Settings, as_of: date) -> Reminder | None:
    """Return the next reminder of an item on a date.

    Args:
        item: An open item.
        settings: The policies, and the minimum worth a reminder.
        as_of: The date.

    Returns:
        The first notice whose day is not past, or else the first step after the
        due date; with the option `catch-up` at "highest" the furthest of those
        whose day has come. None where there is none.
    """
    reminders = [
        reminder
        for reminder in schedule(item, settings)
        if not reminder.is_notice or reminder.date >= as_of
    ]
    if settings.catch_up == "highest":
        come = [reminder for reminder in reminders if reminder.date <= as_of]
        reminders = come[-1:] or reminders
    return reminders[0] if reminders else None
