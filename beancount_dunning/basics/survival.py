"""How many of what is watched are paid by when, though not all are watched to the end.

What is still open, or ends otherwise, counts as long as it was watched, and no longer.

    curve = Curve([(0, 4, Ending.PAID), (0, 9, Ending.OPEN)])
    curve.share(0, 7)    # 0.5
    curve.median()       # 4
"""

from __future__ import annotations

from bisect import bisect_left
from bisect import bisect_right
from collections import Counter
from enum import StrEnum
from enum import auto
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

# Half, and what rounding may add to it.
_HALF = 0.5 + 1e-9


class Ending(StrEnum):
    """How watching ended."""

    PAID = auto()
    OVERTAKEN = auto()
    OPEN = auto()


# The first and the last day, counted from any day, on which something was watched, and
# how that ended. There are so many of these that they have no class of their own.
Watch = tuple[int, int, Ending]

# Looking up a member of an enum takes long.
_PAID, _OVERTAKEN = Ending.PAID, Ending.OVERTAKEN


class _Running:
    """A running total of what is counted by day."""

    def __init__(self, counts: Mapping[int, int]) -> None:
        self.days = sorted(counts)
        self._totals = [*accumulate(map(counts.__getitem__, self.days), initial=0)]

    def until(self, day: int) -> int:
        """Return how many there are up to a day, and on it."""
        return self._totals[bisect_right(self.days, day)]

    def before(self, day: int) -> int:
        """Return how many there are before a day."""
        return self._totals[bisect_left(self.days, day)]


class Curve:
    """What was paid of all that was watched, day by day.

    The estimator is that of Kaplan and Meier, "Nonparametric Estimation from Incomplete
    Observations", Journal of the American Statistical Association 53 (1958): each day
    takes off the share that is paid on it of what is still watched then.
    """

    def __init__(self, watches: Iterable[Watch]) -> None:
        """Count what is watched and what ends, by day."""
        firsts: Counter[int] = Counter()
        lasts: Counter[int] = Counter()
        self._paid_on: Counter[int] = Counter()
        self._overtaken_on: Counter[int] = Counter()
        # There are thousands of watches, and few that differ.
        for (first, last, ending), count in Counter(watches).items():
            firsts[first] += count
            lasts[last] += count
            if ending is _PAID:
                self._paid_on[last] += count
            elif ending is _OVERTAKEN:
                self._overtaken_on[last] += count
        self._begun, self._ended = _Running(firsts), _Running(lasts)
        self._paid = _Running(self._paid_on)

    def watched(self, day: int) -> int:
        """Return how many are watched on a day."""
        return self._begun.until(day) - self._ended.before(day)

    def known(self, first: int, last: int) -> int:
        """Return of how many it is known whether they were paid in a span of days."""
        return self.watched(last) + self._paid.before(last) - self._paid.before(first)

    def share(self, first: int, last: int) -> float:
        """Return the share that is paid in a span of days of what is open before it.

        Args:
            first: Its first day.
            last: Its last day.
        """
        left = 1.0
        days = self._paid.days
        for day in days[bisect_left(days, first) : bisect_right(days, last)]:
            left *= 1 - self._paid_on[day] / self.watched(day)
        return 1 - left

    def median(self) -> int | None:
        """Return the day by which half are paid; None where it has not come yet."""
        left = 1.0
        for day in self._paid.days:
            left *= 1 - self._paid_on[day] / self.watched(day)
            if left <= _HALF:
                return day
        return None

    def paid_first(self) -> float:
        """Return the share that is paid before it is overtaken.

        The estimator of cumulative incidence is that of Aalen and Johansen, "An
        Empirical Transition Matrix for Non-Homogeneous Markov Chains", Scandinavian
        Journal of Statistics 5 (1978); where all is known, it is the plain share.
        """
        share, left = 0.0, 1.0
        paid, overtaken = self._paid_on, self._overtaken_on
        for day in sorted(paid.keys() | overtaken.keys()):
            watched = self.watched(day)
            share += left * paid[day] / watched
            left *= 1 - (paid[day] + overtaken[day]) / watched
        return share

    @property
    def decided(self) -> int:
        """How many were paid or overtaken."""
        return self._paid_on.total() + self._overtaken_on.total()
