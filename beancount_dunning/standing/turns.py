"""Whose turn it was: which step was next for an instalment on the day of a note."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from beancount_dunning.standing.dunning import dated_steps
from beancount_dunning.standing.dunning import is_taken_elsewhere
from beancount_dunning.standing.dunning import unsent_steps

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.instalments import Instalment
    from beancount_dunning.standing.records import Record


class Coming:
    """The steps that are to come of a ladder after what a record has."""

    def __init__(
        self, steps: list[Step], ladder: Sequence[Step], record: Record
    ) -> None:
        """Take the steps, and what they follow from."""
        self.steps = steps
        self._names = {step.name for step in steps}
        late = (step.name for step in steps if not step.is_notice)
        self.first_late = next(late, None)
        # While these are there, nothing else has their identities.
        self._of = ladder, record

    def is_next(self, step: Step, *, skips: bool) -> bool:
        """Tell whether a step of the ladder is in turn."""
        if step.is_notice or skips:
            return step.name in self._names
        return step.name == self.first_late


class Turns:
    """The turns of instalments; what is alike is worked out once."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings, which have the policies of each day."""
        self._settings = settings
        self._coming: dict[object, Coming] = {}
        # The policies of a day, by what they come from.
        self._policies: dict[tuple[str, str | None], str] = {}
        self._day = dt.date.min

    def steps(
        self, name: str, parts: Iterable[Instalment], day: dt.date
    ) -> dict[Group, Step]:
        """Return the step of a name that each instalment's policy had on a day."""
        steps: dict[Group, Step] = {}
        named: dict[str, Step | None] = {}
        for part in parts:
            policy = self.policy(part, day)
            if policy not in named:
                ladder = self._settings.steps(policy, day)
                found = (step for step in ladder if step.name == name)
                named[policy] = next(found, None)
            if step := named[policy]:
                steps[part.group] = step
        return steps

    def policy(self, part: Instalment, day: dt.date) -> str:
        """Return the policy that an instalment had on a day."""
        if part.source is None:
            return part.policy(day, self._settings)
        if day != self._day:
            self._day = day
            self._policies.clear()
        if part.source not in self._policies:
            self._policies[part.source] = part.policy(day, self._settings)
        return self._policies[part.source]

    def to_come(self, part: Instalment, day: dt.date) -> Coming:
        """Return the steps that were to come, as things stood."""
        ladder = self._settings.steps(self.policy(part, day), day)
        start = self._settings.start
        record = part.record
        reached = record.reached
        # Most instalments have the same steps behind them as many others.
        known = (
            id(ladder),
            tuple([id(sent.step) for sent in record.sent]),
            id(reached.step) if reached else None,
            part.days(self._settings) if start and start <= day else None,
        )
        coming = self._coming.get(known)
        if coming is None:
            steps = unsent_steps(ladder, record)
            left = [step for step in steps if not self.is_elsewhere(part, step, day)]
            coming = self._coming[known] = Coming(left, ladder, record)
        return coming

    def is_elsewhere(self, part: Instalment, step: Step, day: dt.date) -> bool:
        """Tell whether a step counted as taken elsewhere on a day."""
        start = self._settings.start
        if start is None or start > day:
            return False
        return is_taken_elsewhere(step, part.days(self._settings), start)

    def may_go_out(self, part: Instalment, step: Step, day: dt.date) -> bool:
        """Tell whether it was an instalment's turn to be reminded on a day."""
        days = part.days(self._settings)
        if days is None or not (step.is_notice or (day - days.due).days >= step.days):
            return False
        try:
            (reminder,) = dated_steps(days, [step], part.record, skips=True)
        except (OverflowError, ValueError):
            return False  # beyond the calendar, resting, or not before the due date
        return reminder.date <= day and not reminder.lapses_before(day)
