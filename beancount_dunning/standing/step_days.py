"""The day of each step: so many days from the due date, or from the invoice's date.

    days = StepDays(invoiced, due, settings.workdays)
    days.meant(step)  # 2026-10-31, a Saturday
    days.on(step)  # 2026-11-02

With the option `holidays`, a reminder is for a working day: after the due date the
next one, before it the one before. A notice that counts from the invoice's date waits
for the next one, too, since before the invoice there is nothing to tell of.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.ledger.workdays import Workdays


@dataclass(frozen=True, slots=True)
class StepDays:
    """From which days the steps of an instalment count."""

    invoiced: dt.date
    due: dt.date
    workdays: Workdays

    @classmethod
    def of(cls, item: Item, settings: Settings) -> StepDays | None:
        """Return the days of an item's steps; None where it is undated."""
        if item.due is None:
            return None
        return cls(item.date, item.due, settings.workdays)

    def meant(self, step: Step) -> dt.date:
        """Return the day of a step, whether or not anybody works on it.

        Raises:
            OverflowError: It lies beyond the calendar.
        """
        start = self.invoiced if step.is_from_invoice else self.due
        return start + timedelta(days=step.days)

    def on(self, step: Step, day: dt.date | None = None) -> dt.date:
        """Return the working day of a step.

        Args:
            step: The step.
            day: The day for which it is meant, if that is not its own.

        Raises:
            OverflowError: It lies beyond the calendar.
        """
        day = day or self.meant(step)
        if step.is_notice and not step.is_from_invoice:
            return self.workdays.previous_on(day)
        return self.workdays.next_on(day)
