"""An instalment while its log is read: its items, when they were open, its record."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.standing.dunning import NO_RECORD
from beancount_dunning.standing.step_days import StepDays

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.dunning import Record
    from beancount_dunning.standing.dunning import Sent


class Instalment:
    """An instalment while its log is read."""

    def __init__(self, items: Iterable[Item]) -> None:
        """Take its sale, and what was charged on it."""
        # Sales come before what is charged on them, oldest first.
        self.items = sorted(items, key=lambda item: (bool(item.charge), item.date))
        # When each was open.
        self._spans = [(item.date, _settled_on(item)) for item in self.items]
        self.group = self.items[0].group
        self.begun = min(item.date for item in self.items)
        self.ended = max(last for _, last in self._spans)
        self.record = NO_RECORD
        # What was sent in its turn.
        self.turns: list[Sent] = []
        # What its policy comes from, if it is the same for all of it.
        own = {item.own_policy for item in self.items}
        self.source = (self.group[1], own.pop()) if len(own) == 1 else None

    @property
    def due(self) -> dt.date | None:
        """When it is due: what is charged later does not put that off."""
        return self.items[0].due

    def days(self, settings: Settings) -> StepDays | None:
        """Return when its steps come; None where it is undated."""
        return StepDays.of(self.items[0], settings)

    def policy(self, day: dt.date, settings: Settings) -> str:
        """Return the policy of what was open when a day began."""
        item = next(self._open(day), self.items[0])
        return item.policy_on(day, settings)

    def was_open(self, day: dt.date) -> bool:
        """Tell whether anything was open when a day began."""
        return any(first <= day <= last for first, last in self._spans)

    def _open(self, day: dt.date) -> Iterator[Item]:
        for item, (first, last) in zip(self.items, self._spans, strict=True):
            if first <= day <= last:
                yield item

    def take_back(self, name: str, sending: LogEntry) -> None:
        """Take over that a step did not arrive which was sent by an earlier entry."""
        gone = [
            sent
            for sent in self.record.sent
            if sent.step.name == name and sent.entry is sending
        ]
        if not gone:
            return
        if gone[0] in self.turns:
            # What was sent after it stays sent, and is not sent again.
            del self.turns[self.turns.index(gone[0]) :]
        sent = tuple(sent for sent in self.record.sent if sent is not gone[0])
        reached = self.turns[-1] if self.turns else None
        change([self], lambda record: replace(record, sent=sent, reached=reached))


def change(parts: Iterable[Instalment], changed: Callable[[Record], Record]) -> None:
    """Take over into records what a note says; those that are one stay one.

    Args:
        parts: The instalments that the note is about.
        changed: Returns what a record is then.
    """
    made: dict[int, Record] = {}
    for part in parts:
        was = id(part.record)
        if was not in made:
            made[was] = replace(changed(part.record), is_told=True)
        part.record = made[was]


def _settled_on(item: Item) -> dt.date:
    """Return the day on which nothing was left open; the last there is if none."""
    left = item.amount
    for settlement in sorted(item.settlements, key=lambda settlement: settlement.date):
        left -= settlement.amount
        if left <= 0:
            return settlement.date
    return dt.date.max
