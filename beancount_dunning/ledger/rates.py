"""Reference rates: what a percentage stood at on a day.

Interest on late payment is often some points above a rate that somebody publishes.
Three such rates are built in, each a file beside this module with its source and the
last day for which it is known:

    bundesbank         the base rate of section 247 BGB
    ecb                the ECB's main refinancing rate, by half-year
    bank-of-england    the Bank of England's official rate, by half-year

A ledger carries them on, and defines others, with `custom "reference-rate"`. The files
are constants, a part of the program: reading them is no look at the outside.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.timeline import Span
from beancount_dunning.ledger.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

    from beancount.core.data import Custom

BUILT_IN = ("bank-of-england", "bundesbank", "ecb")
_DAY = timedelta(days=1)


class RateError(ValueError):
    """A rate that is not known on a day; the message says what to add."""

    def __init__(self, message: Words) -> None:
        """Say what is not known."""
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage from a date on; `entry` is None where it is built in."""

    since: date
    percent: Decimal
    entry: Custom | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A rate's history, oldest first.

    `known_until` is the last day that the built-in part speaks for. It is None where
    there is no such part: what the ledger says holds until it says otherwise.
    `consumer_points` are the points above it that the built-in rate's law has for
    consumers, None where it is about business alone.
    """

    name: str
    rates: tuple[Rate, ...]
    title: str | None = None
    source: str | None = None
    known_until: date | None = None
    consumer_points: Decimal | None = None
    _timeline: Timeline[Rate | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay the rates out in time: None where the built-in part ends."""
        timeline: Timeline[Rate | None] = Timeline(
            tuple((rate.since, rate) for rate in self.rates)
        )
        if self.known_until:
            end = self.known_until + _DAY
            last = timeline.on(end)
            if last and last.entry is None:
                later = [change for change in timeline.changes if change[0] > end]
                timeline = Timeline(((end, None), *later)).after(timeline)
        object.__setattr__(self, "_timeline", timeline)

    @property
    def is_built_in(self) -> bool:
        """Whether it comes with the program, with what a law says of it."""
        return self.source is not None

    def on(self, day: date) -> Rate:
        """Return the rate in force on a day.

        Args:
            day: The day.

        Returns:
            The rate, with the date from which it counts.

        Raises:
            RateError: The history begins later, or the built-in part ends before.
        """
        rate = self._timeline.on(day)
        if rate:
            return rate
        begin = self.rates[0].since
        if day < begin:
            message = Words(
                'The rate "{rate}" is not known before {day}; add {directive} PERCENT.',
                rate=self.name,
                day=begin,
                directive=_directive(self.name, day),
            )
            raise RateError(message)
        # Built-in rates change with the half-year, and that is when to add one.
        since = date(day.year, 1 if day.month <= 6 else 7, 1)  # noqa: PLR2004
        message = Words(
            'The rate "{rate}" is not known after {day}; add {directive} PERCENT.',
            rate=self.name,
            day=self.known_until,
            directive=_directive(self.name, since),
        )
        raise RateError(message)

    def spans(self, first: date, last: date) -> Iterator[Span[Rate]]:
        """Divide a span of days by the rate in force.

        Args:
            first: Its first day.
            last: Its last day, not before the first.

        Yields:
            Each rate with its part of the span, in order.

        Raises:
            RateError: The rate is not known on one of the days.
        """
        self.on(first)
        for span in self._timeline.spans(first, last):
            yield Span(span.first, span.last, self.on(span.first))

    def with_rates(self, rates: Iterable[Rate]) -> Reference:
        """Return the history with rates added; one of the same date replaces."""
        by_date = {rate.since: rate for rate in (*self.rates, *rates)}
        ordered = tuple(by_date[since] for since in sorted(by_date))
        return replace(self, rates=ordered)


def _directive(name: str, day: date) -> str:
    return f'{day} custom "reference-rate" "{name}"'


@cache
def built_in(name: str) -> Reference:
    """Return a reference rate that comes with the program.

    Args:
        name: One of `BUILT_IN`.

    Returns:
        Its history, with title and source.
    """
    file = resources.files(__package__) / "reference_rates" / f"{name}.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return Reference(
        name,
        tuple(
            Rate(date.fromisoformat(since), Decimal(percent))
            for since, percent in table["percent"].items()
        ),
        table["title"],
        table["source"],
        table["known_until"],
        Decimal(table["consumer_points"]) if "consumer_points" in table else None,
    )
