"""An invoice on a line of time: a lane for each part, and what happened to it when.

A part is not due until its due date, then late by bucket, until it is settled or it is
today; what is left until its due date is still to come. What is here is geometry, in %
of the width, as in `charts`; days and amounts are the core's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.step_names import step_name
from beancount_dunning.standing.aging import NOT_DUE
from beancount_dunning.standing.aging import UNDATED
from beancount_dunning.standing.aging import bucket_names
from fava_dunning.charts import share

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount_dunning.answers.story import Story
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.aging import AgedItem

# Names of kinds beside the buckets'.
SETTLED = "settled"
TO_COME = "to come"
# The style classes of what is no bucket.
SHADES = {SETTLED: "paid", TO_COME: "todo"}
# What stands at the end of a lane needs room: so much beside its length.
_ROOM = 3
_MONTHS = 12
_MOST_NAMES = 13


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of a lane on which the part stood in the same bucket, or is yet to come."""

    kind: str
    left: Decimal
    width: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """A reminder that was sent, by its number, or a promise, which has none."""

    number: int | None
    date: dt.date
    name: str
    left: Decimal


@dataclass(frozen=True, slots=True)
class Lane:
    """A part of the invoice.

    `settled` is the day on which nothing was left of it, `late` how many days past due
    it is, or was when it was settled, and `end` where the lane ends.
    """

    aged: AgedItem
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    settled: dt.date | None
    late: int | None
    end: Decimal

    @property
    def item(self) -> Item:
        """The part."""
        return self.aged.item

    @property
    def amount(self) -> Decimal:
        """What is open of it, charges included; what was invoiced, if it is settled."""
        return self.item.invoiced if self.settled else self.item.together

    def state(self, *, is_paid: bool) -> Words:
        """Say where it stands.

        Args:
            is_paid: Whether what is settled was paid, and not credited or written off.
        """
        if self.settled:
            on = Words("paid on {day}", day=self.settled)
            if not is_paid:
                on = Words("settled on {day}", day=self.settled)
            if self.late is None:
                return on
            late = Words.counted("{n} day late", "{n} days late", self.late)
            how = late if self.late > 0 else Words("on time")
            return Words.joined(", ", [on, how])
        if self.late is None:
            return Words("undated")
        if self.late > 0:
            return Words.counted("{n} day overdue", "{n} days overdue", self.late)
        return Words("due on {day}", day=self.item.due)

    def in_words(self, *, is_paid: bool) -> Words:
        """Say all that it shows, for those who do not see it."""
        what = Words(
            "{name}: {amount} {currency}",
            name=self.item.label,
            amount=self.amount,
            currency=self.item.currency,
        )
        told = [what, self.state(is_paid=is_paid)]
        if sent := sum(mark.number is not None for mark in self.marks):
            told.append(Words.counted("{n} reminder sent", "{n} reminders sent", sent))
        told += (
            Words("payment promised by {day}", day=mark.name)
            for mark in self.marks
            if mark.number is None
        )
        return Words.joined(", ", told)


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice from its first day to the last that is known, with months' first days.

    `kinds` are the buckets and other kinds that its lanes show, in order.
    """

    lanes: tuple[Lane, ...]
    months: tuple[tuple[dt.date, Decimal], ...]
    today: Decimal
    kinds: tuple[str, ...]


def draw(story: Story, edges: tuple[int, ...]) -> Line | None:
    """Lay an invoice out in time.

    Args:
        story: The invoice's story.
        edges: The last days of the aging buckets.

    Returns:
        The line; None where there is nothing but charges.
    """
    parts = [part.aged for part in story.parts if not part.aged.item.charge]
    if not parts:
        return None
    scale = _Scale(parts, story.as_of)
    lanes = tuple(scale.lane(aged, edges) for aged in parts)
    shown = {one.kind for lane in lanes for one in lane.stretches}
    kinds = (SETTLED, *bucket_names(edges), TO_COME)
    return Line(
        lanes,
        tuple((day, scale.at(day)) for day in scale.months()),
        scale.at(story.as_of),
        tuple(kind for kind in kinds if kind in shown),
    )


class _Scale:
    """Where days are."""

    def __init__(self, parts: Sequence[AgedItem], as_of: dt.date) -> None:
        self._as_of = as_of
        days = {as_of}
        for aged in parts:
            days |= {_begin(aged.item), aged.item.due or as_of, self._end(aged.item)}
        self._first = min(days)
        self._last = max(days)
        length = (self._last - self._first).days + 1
        self._length = length + max(1, length // _ROOM)

    def at(self, day: dt.date) -> Decimal:
        """Return where a day is."""
        return share(Decimal((day - self._first).days), Decimal(self._length))

    def months(self) -> Iterator[dt.date]:
        """Yield first days of months, as many as have room for their names."""
        first, last = (
            day.year * _MONTHS + day.month - 1 for day in (self._first, self._last)
        )
        step = next(
            size
            for size in (1, 3, _MONTHS, _MONTHS * dt.MAXYEAR)
            if (last - first) // size < _MOST_NAMES
        )
        for month in range(first + 1, last + 1):
            if month % step == 0:
                yield dt.date(month // _MONTHS, month % _MONTHS + 1, 1)

    def lane(self, aged: AgedItem, edges: tuple[int, ...]) -> Lane:
        """Lay out a part."""
        item, end = aged.item, self._end(aged.item)
        settled = None if item.open else end
        late = item.days_overdue(end)
        stretches = [*self._until(item, end, edges)]
        if item.due and item.open and item.due > end:
            stretches.append(self._stretch(TO_COME, end, item.due))
        return Lane(
            aged,
            tuple(stretches),
            tuple(self._marks(aged, _begin(item), end)),
            settled,
            late,
            self.at(max(end, item.due or end) if item.open else end),
        )

    def _end(self, item: Item) -> dt.date:
        """Return the day up to which something was open of a part."""
        if item.open:
            return self._as_of
        days = [one.date for one in item.settlements]
        return max([*days, *([item.until] if item.until else ())], default=item.date)

    def _until(
        self, item: Item, end: dt.date, edges: tuple[int, ...]
    ) -> Iterator[Stretch]:
        """Yield how a part stood, bucket by bucket."""
        begin, due = _begin(item), item.due
        if due is None:
            yield self._stretch(UNDATED if item.open else SETTLED, begin, end)
            return
        late = max(begin, due)
        if begin < due:
            kind = NOT_DUE if item.open or end > due else SETTLED
            yield self._stretch(kind, begin, min(due, end))
        lasts = [_after(due, edge) for edge in edges]
        for kind, last in zip(bucket_names(edges)[2:], [*lasts, end], strict=True):
            if late < min(last, end):
                yield self._stretch(kind, late, min(last, end))
                late = min(last, end)

    def _marks(self, aged: AgedItem, begin: dt.date, end: dt.date) -> Iterator[Mark]:
        """Yield what was sent while a part was open, and what was promised."""
        record = aged.standing.record
        sent = [one for one in record.sent if begin <= one.date <= end]
        for number, one in enumerate(sent, start=1):
            yield Mark(number, one.date, step_name(one.step.name), self.at(one.date))
        if (said := record.promise) and said.promise and begin <= said.date <= end:
            yield Mark(None, said.date, said.promise.isoformat(), self.at(said.date))

    def _stretch(self, kind: str, first: dt.date, last: dt.date) -> Stretch:
        left = self.at(first)
        return Stretch(kind, left, self.at(last) - left)


def _begin(item: Item) -> dt.date:
    """Return the day from which on there is a part like this."""
    return item.since or item.date


def _after(day: dt.date, days: int) -> dt.date:
    """Return the day so many days later; the last of the calendar at most."""
    return day + timedelta(days=min(days, (dt.date.max - day).days))
