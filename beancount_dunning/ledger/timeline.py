"""What is in force on a day, or in a span of days."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Generic
from typing import NamedTuple
from typing import TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

_Value = TypeVar("_Value")
_DAY = timedelta(days=1)
_since = itemgetter(0)


class Span(NamedTuple, Generic[_Value]):
    """A value, and the days on which it is in force, both ends included."""

    first: date
    last: date
    value: _Value


@dataclass(frozen=True, slots=True)
class Timeline(Generic[_Value]):
    """Values with the date from which each counts, in order of these dates.

    Of several that begin on one day, only the last ever counts.
    """

    changes: tuple[tuple[date, _Value], ...] = ()

    @classmethod
    def always(cls, value: _Value) -> Timeline[_Value]:
        """Return a timeline on which a value has been in force from the first day."""
        return cls(((date.min, value),))

    def after(self, earlier: Timeline[_Value]) -> Timeline[_Value]:
        """Return this timeline, with another in force until its first change."""
        if not self.changes:
            return earlier
        first, _ = self.changes[0]
        before = [change for change in earlier.changes if change[0] < first]
        return Timeline((*before, *self.changes))

    def on(self, day: date) -> _Value | None:
        """Return the value in force on a day; None before the first change."""
        count = self._begun(day)
        return self.changes[count - 1][1] if count else None

    def spans(self, first: date, last: date) -> Iterator[Span[_Value]]:
        """Divide a span of days by what is in force.

        Args:
            first: Its first day.
            last: Its last day, not before the first.

        Yields:
            Each value with its part of the span, in order. Days before the first
            change have no value and are left out.
        """
        count = self._begun(first)
        current = self.changes[count - 1] if count else None
        begin = first
        for change in self.changes[count:]:
            since, _ = change
            if since > last:
                break
            if current and begin < since:
                yield Span(begin, since - _DAY, current[1])
            current, begin = change, since
        if current:
            yield Span(begin, last, current[1])

    def _begun(self, day: date) -> int:
        """Return how many of the changes have come by a day."""
        return bisect_right(self.changes, day, key=_since)
