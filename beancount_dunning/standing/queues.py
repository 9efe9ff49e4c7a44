"""Who waits for which step: a queue for each, so that a note need not ask everybody.

Most notes log one reminder. Whose turn it is follows from the queue of its step, oldest
due first, without a look at the instalments that wait for others or are paid.
"""

from __future__ import annotations

from bisect import bisect_left
from bisect import insort
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.standing.instalments import Instalment
    from beancount_dunning.standing.turns import Turns


class Queues:
    """Instalments of one ladder, each in the queue of its next step after due."""

    def __init__(
        self,
        parts: Sequence[Instalment],
        turns: Turns,
        ladder: Sequence[Step],
        day: dt.date,
    ) -> None:
        """Let instalments wait, which are in order of their due dates."""
        self.ladder = ladder
        self._parts = parts
        self._turns = turns
        self._places = {id(part): place for place, part in enumerate(parts)}
        self._waits_for: list[str | None] = [None] * len(parts)
        self._queues: dict[str | None, list[int]] = defaultdict(list)
        for place, part in enumerate(parts):
            name = self._turns.to_come(part, day).first_late
            self._waits_for[place] = name
            self._queues[name].append(place)

    def move(self, part: Instalment, day: dt.date) -> None:
        """Let an instalment wait for what is next after something was sent."""
        place = self._places.get(id(part))
        if place is None:
            return
        queue = self._queues[self._waits_for[place]]
        index = bisect_left(queue, place)
        if queue[index : index + 1] == [place]:
            del queue[index]
        name = self._turns.to_come(part, day).first_late
        self._waits_for[place] = name
        insort(self._queues[name], place)

    def reminded(self, step: Step, day: dt.date) -> list[Instalment]:
        """Return those for which a step was sent on a day.

        Args:
            step: A step of the ladder, after the due date.
            day: The day, not before one that was asked for earlier.

        Returns:
            Those that it may go out to on that day, or else the first whose turn it is;
            none where it is nobody's.
        """
        queue = self._queues[step.name]
        first: list[Instalment] = []
        today, paid = [], []
        for place in queue:
            part = self._parts[place]
            if not part.was_open(day):
                paid += [place] if part.ended < day else []
                continue
            first = first or [part]
            if part.due is None or (day - part.due).days < step.days:
                break
            if self._turns.may_go_out(part, step, day):
                today.append(part)
        for place in reversed(paid):
            # It never comes back.
            del queue[bisect_left(queue, place)]
        return today or first
