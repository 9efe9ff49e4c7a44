"""Whether a customer pays better or worse than before: the last four quarters.

A payment counts in the quarter in which an invoice was paid in full. The last two
quarters are compared with the two before: where each two have at least three paid
invoices, and the mean of their days late differs by more than five days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.punctuality import mean
from beancount_dunning.answers.punctuality import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount_dunning.answers.paid import Invoiced

_QUARTERS = 4
_MONTHS = 3
_LEAST = 3
_STEADY = 5


class Direction(StrEnum):
    """Whether payments came sooner or later than before."""

    BETTER = "better"
    STEADY = "steady"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Quarter:
    """The days late of what was paid in a quarter; `first` is its first day."""

    first: dt.date
    days_late: tuple[int, ...]

    @property
    def name(self) -> str:
        """What to call it, like "2026-Q3"."""
        return f"{self.first.year}-Q{(self.first.month - 1) // _MONTHS + 1}"

    @property
    def mean(self) -> float | None:
        """The mean of the days late; None without any."""
        return mean(self.days_late)

    def as_dict(self) -> dict[str, Any]:
        """Return the quarter as JSON has it."""
        return {
            "quarter": self.name,
            "paid_in_full": len(self.days_late),
            "days_late_mean": rounded(self.mean),
        }


@dataclass(frozen=True, slots=True)
class Trend:
    """The last quarters, oldest first, and where they lead; None of too few."""

    quarters: tuple[Quarter, ...]
    direction: Direction | None


def trend(parts: Iterable[Invoiced], as_of: dt.date) -> Trend:
    """Tell whether invoices are paid sooner or later than before.

    Args:
        parts: The invoices.
        as_of: A day of the last quarter.
    """
    last = _index(as_of)
    begin = dt.date(max(as_of.year - 1, 1), 1, 1)
    days: list[list[int]] = [[] for _ in range(_QUARTERS)]
    for part in parts:
        paid_on, due = part.paid_on, part.due
        # Most were paid long ago.
        if paid_on is not None and due is not None and paid_on >= begin:
            ago = last - _index(paid_on)
            if ago < _QUARTERS:
                days[-1 - ago].append((paid_on - due).days)
    quarters = tuple(
        Quarter(_first(last - _QUARTERS + 1 + place), tuple(some))
        for place, some in enumerate(days)
        # The calendar begins with the year 1.
        if last - _QUARTERS + 1 + place >= _QUARTERS
    )
    return Trend(quarters, _direction([*days[0], *days[1]], [*days[2], *days[3]]))


def _index(day: dt.date) -> int:
    return day.year * _QUARTERS + (day.month - 1) // _MONTHS


def _first(index: int) -> dt.date:
    return dt.date(index // _QUARTERS, index % _QUARTERS * _MONTHS + 1, 1)


def _direction(before: Sequence[int], after: Sequence[int]) -> Direction | None:
    if min(len(before), len(after)) < _LEAST:
        return None
    difference = sum(after) / len(after) - sum(before) / len(before)
    if abs(difference) <= _STEADY:
        return Direction.STEADY
    return Direction.WORSE if difference > 0 else Direction.BETTER
