"""An instalment while its log is read: its items, when they were open, its record."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.standing.records import NO_RECORD
from beancount_dunning.standing.step_days import StepDays

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.records import Record
    from beancount_dunning.standing.records import Sent


_DAY = dt.timedelta(days=1)


class Instalment:
    """An instalment while its log is read."""

    def __init__(self, items: Iterable[Item]) -> None:
        """Take its sale, and what was charged on it."""
        # Sales come before what is charged on them, oldest first.
        self.items = sorted(items, key=lambda item: (bool(item.charge), item.date))
        # When each was open.
        self._spans = [(_begun_on(item), _settled_on(item)) for item in self.items]
        self.group = self.items[0].group
        self.begun = min(first for first, _ in self._spans)
        plan = self.items[0].plan
        # The note of the plan that it is a part of, and the plans taken in so far.
        self.agreed_in = plan.note.entry if plan else None
        self.agreed: list[LogEntry] = []
        self.ended = max(last for _, last in self._spans)
        self.record = NO_RECORD
        # What was sent in its turn.
        self.turns: list[Sent] = []
        # What its policy comes from, if it is the same for all of it.
        own = {item.own_policy for item in self.items}
        # Of what plans made anew, each has its time.
        is_same = len(own) == 1 and not any(item.original for item in self.items)
        self.source = (self.group[1], own.pop()) if is_same else None

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
        return any(True for _ in self._open(day))

    def _open(self, day: dt.date) -> Iterator[Item]:
        for item, (first, last) in zip(self.items, self._spans, strict=True):
            is_replaced = item.until == day and self._is_replaced(day)
            if first <= day <= last and not is_replaced:
                yield item

    def _is_replaced(self, day: dt.date) -> bool:
        """Tell whether another plan of a day was taken in already."""
        return any(
            note.date == day and note.entry is not self.agreed_in
            for note in self.agreed
        )

    @property
    def is_agreed(self) -> bool:
        """Whether the plan that it is a part of, if any, was taken in."""
        return self.agreed_in is None or any(
            note.entry is self.agreed_in for note in self.agreed
        )

    def is_laid_out(self, day: dt.date) -> bool:
        """Tell whether a plan of a day laid out anew what was open of it."""
        return any(item.until == day for item in self.items)

    @property
    def _ends(self) -> list[dt.date]:
        """The days on which plans of it ended by default."""
        return [
            item.since + _DAY for item in self.items if item.since and not item.plan
        ]

    def goes_on(self, after: dt.date, until: dt.date) -> bool:
        """Tell whether a plan of it ended by default after a day, until another."""
        return any(after < end <= until for end in self._ends)

    @property
    def last_record(self) -> Record:
        """What the log tells in the end: reminders go on where a plan ended."""
        if not self._ends:
            return self.record
        return replace(self.record, resumed=max(self._ends))

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
            record = changed(part.record)
            made[was] = record if record.is_told else replace(record, is_told=True)
        part.record = made[was]


def _begun_on(item: Item) -> dt.date:
    """Return the first day on which there was an item like this, as plans have it."""
    if item.since is None:
        return item.date
    return item.since if item.plan else item.since + _DAY


def _settled_on(item: Item) -> dt.date:
    """Return the day on which nothing was left open; the last there is if none."""
    if item.until is not None:
        return item.until
    left = item.amount
    for settlement in sorted(item.settlements, key=lambda settlement: settlement.date):
        left -= settlement.amount
        if left <= 0:
            return settlement.date
    return dt.date.max
