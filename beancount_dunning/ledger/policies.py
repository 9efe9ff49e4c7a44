"""Policies: ladders of steps, interest, and what was in force when."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Generic
from typing import TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from beancount.core.amount import Amount
    from beancount.core.data import Custom


NO_POLICY = "none"


DEFAULT_POLICY = "standard"


_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Timeline(Generic[_Value]):
    """What was in force when: values, each from a date on, oldest first."""

    changes: tuple[tuple[date, _Value], ...] = ()

    def on(self, day: date) -> _Value | None:
        """Return the value in force on a day; None before the first."""
        index = bisect_right(self.changes, day, key=lambda change: change[0])
        return self.changes[index - 1][1] if index else None


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of a policy's ladder.

    `days` count from the due date and are negative before it. `min_interval` are
    the days that must lie between the sending of the step before and this one; None
    only until the policy is complete, see `with_intervals`.
    """

    name: str
    days: int
    min_interval: int | None = None
    fee: Amount | None = None
    channel: str | None = None
    template: str | None = None

    @property
    def title(self) -> str:
        """Its name as a sentence begins, unless a capital is more than one letter."""
        first = self.name[:1].upper()
        return first + self.name[1:] if len(first) == 1 else self.name


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest on what is late under a policy.

    `percent` a year, or so many points over the rate that `reference` names. Where
    `is_fixed`, that rate stays as it was on the day interest began. `compensation` is
    claimed once an invoice.
    """

    percent: Decimal
    reference: str | None
    is_fixed: bool
    compensation: Amount | None
    entry: Custom


def with_intervals(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Sort steps by their days, and give each the interval between its days.

    A step without a `min_interval` of its own takes the days between the step before
    and itself, so that a ladder begun late keeps its pace.
    """
    ordered = sorted(steps, key=lambda step: step.days)
    before = [step.days for step in ordered[:1]] + [step.days for step in ordered]
    return tuple(
        replace(step, min_interval=step.days - days)
        if step.min_interval is None
        else step
        for step, days in zip(ordered, before, strict=False)
    )


def _ladder(*steps: tuple[str, int]) -> tuple[Step, ...]:
    return with_intervals(Step(name, days) for name, days in steps)


BUILT_IN: dict[str, tuple[Step, ...]] = {
    "friendly": _ladder(
        ("upcoming", -7),
        ("due today", 0),
        ("first reminder", 7),
        ("second reminder", 14),
    ),
    "standard": _ladder(
        ("upcoming", -2),
        ("first reminder", 1),
        ("second reminder", 7),
        ("final notice", 15),
        ("stop-loss review", 30),
    ),
    "strict": _ladder(
        ("first reminder", 1), ("second reminder", 3), ("final notice", 7)
    ),
}
