"""What the log comes to: what was sent, promised, disputed, put off, by instalment.

`following` makes it, note by note; `dunning` tells from it what comes next.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from dataclasses import field
from datetime import timedelta
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.resting import Held

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from beancount.core.amount import Amount

    from beancount_dunning.basics.errors import LogError
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.policies import Step

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder that was sent: the step, as its policy had it then."""

    step: Step
    entry: LogEntry

    @property
    def date(self) -> dt.date:
        """The day it was sent."""
        return self.entry.date


@dataclass(frozen=True, slots=True)
class Came:
    """What came of an amount that was promised.

    `amount` is what came after the note, `missing` what did not, however late; it is
    nothing where it is too little to ask for. `is_kept` says whether nothing was
    missing on the promised day.
    """

    amount: Decimal
    missing: Decimal
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What the log tells of one instalment.

    `sent` arrived, as far as anybody knows, and `reached` is the last step of it that
    was sent in its turn. `promise`, `hold`, `dispute` and `handed` are the latest notes
    that say so; `dispute` and `handed` may be the ones that end it. `came` is what came
    of a promised amount. `is_told` says whether any note touches it. `resumed` is when
    a plan about it ended by default.
    """

    sent: tuple[Sent, ...] = ()
    reached: Sent | None = None
    promise: LogEntry | None = None
    hold: LogEntry | None = None
    dispute: LogEntry | None = None
    is_told: bool = False
    handed: LogEntry | None = None
    came: Came | None = None
    resumed: dt.date | None = None

    @property
    def last(self) -> Sent | None:
        """What was sent last."""
        return self.sent[-1] if self.sent else None

    @property
    def promised(self) -> dt.date | None:
        """The day by which payment was promised last."""
        return self.promise.promise if self.promise else None

    @property
    def held_until(self) -> dt.date | None:
        """The day until which reminders were put off last."""
        return self.hold.hold_until if self.hold else None

    @property
    def has_dispute(self) -> bool:
        """Whether the customer disputes it, or a part of it."""
        return self.dispute is not None and bool(self.dispute.dispute)

    @property
    def is_disputed(self) -> bool:
        """Whether the customer disputes all of it."""
        return self.has_dispute and self._disputed_part is None

    @property
    def _disputed_part(self) -> Amount | None:
        return self.dispute.disputed if self.dispute else None

    @property
    def is_handed(self) -> bool:
        """Whether others have it in hand."""
        return self.handed is not None and self.handed.handed is not None

    @property
    def is_promise_kept(self) -> bool:
        """Whether the amount that was promised came by its day."""
        return self.came is not None and self.came.is_kept

    @property
    def rests_for_ever(self) -> bool:
        """Whether there is no day on which reminders go on."""
        never = dt.date.max
        rests = self.is_disputed or self.is_handed
        return rests or never in {self.promised, self.held_until}

    @property
    def rested_until(self) -> dt.date | None:
        """The first day on which reminders go on; None where they never rested."""
        days = [
            day + _DAY
            for day in (self.promised, self.held_until)
            if day is not None and day < dt.date.max
        ]
        if self.dispute is not None and self._disputed_part is None:
            days.append(self.dispute.date)
        if self.handed is not None:
            days.append(self.handed.date)
        if self.resumed is not None:
            days.append(self.resumed)
        return max(days, default=None)

    def held(self, as_of: dt.date) -> Held | None:
        """Return why reminders rest on a day by promise or hold; None where not."""
        if self.promised is not None and self.promised >= as_of:
            return Held.PROMISE
        is_put_off = self.held_until is not None and self.held_until >= as_of
        if self.is_handed or is_put_off:
            return Held.HOLD
        return None


NO_RECORD = Record()


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """What is still open after the day on which it was promised.

    `came` is what came of it, where an amount was promised.
    """

    entry: LogEntry
    items: tuple[Item, ...]
    came: Came | None = None


@dataclass(frozen=True, slots=True)
class Dunning:
    """What the log comes to on a date: a record by instalment, and what is wrong.

    `parts` is how much is in dispute of items of which it is a part, by identity.
    """

    records: Mapping[Group, Record]
    broken: tuple[BrokenPromise, ...] = ()
    problems: tuple[LogError, ...] = ()
    parts: Mapping[str, Decimal] = field(default_factory=dict)

    def record(self, item: Item) -> Record:
        """Return what the log tells of an item."""
        return self.records.get(item.group, NO_RECORD)

    def part_in_dispute(self, item: Item) -> Decimal:
        """Return how much is in dispute where a note names an amount."""
        return self.parts.get(item.identity, ZERO) if self.parts else ZERO

    def in_dispute(self, item: Item) -> Decimal:
        """Return how much of what is open is in dispute: all of it, a part, nothing."""
        is_all = self.record(item).is_disputed
        return item.open if is_all else self.part_in_dispute(item)
