"""Looking back, looking ahead, in one currency at a time.

How old receivables were at the ends of months; what was collected in each, and how many
days of sales were outstanding; the cash expected in by week. What is overdue is no week
and stands beside them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from beancount_dunning.answers.forecast import Every
from beancount_dunning.answers.forecast import add_up
from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.resting import Held
from fava_dunning.charts import Bar
from fava_dunning.charts import draw

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.expectations import Expectation
    from beancount_dunning.answers.forecast import Forecast
    from beancount_dunning.answers.history import MonthEnd
    from beancount_dunning.answers.measures import Measure
    from fava_dunning.addresses import Here
    from fava_dunning.charts import Chart
    from fava_dunning.converting import Conversion

    Sums = Mapping[str, Decimal]

_WEEKS = 12
DUE = "due"
PROMISED = "promised"
COLLECTED = "collected"


@dataclass(frozen=True, slots=True)
class Month:
    """A month in one currency, up to a day: its last one, or the as-of date.

    `measure` is of months that are over.
    """

    day: dt.date
    buckets: Sums
    collected: Decimal
    measure: Measure | None

    @property
    def open(self) -> Decimal:
        """What was open at its end."""
        return sum(self.buckets.values(), ZERO)


@dataclass(frozen=True, slots=True)
class Week:
    """What is expected in a week that begins on the day `first`."""

    first: dt.date
    due: Decimal
    promised: Decimal

    @property
    def sum(self) -> Decimal:
        """All that is expected in it."""
        return self.due + self.promised


@dataclass(frozen=True)
class Outlook:
    """What the charts show in one currency.

    `overdue` is expected any day, `later` after the weeks, and `unknown` on no day that
    anybody knows.
    """

    currency: str
    months: tuple[Month, ...]
    weeks: tuple[Week, ...]
    overdue: Decimal
    later: Decimal
    unknown: Decimal
    names: tuple[str, ...]
    here: Here

    def __bool__(self) -> bool:
        """Tell whether there is anything in the span."""
        beside = (self.overdue, self.later, self.unknown)
        return bool(self.aging or self.collected or self.cash or any(beside))

    @property
    def measure(self) -> Measure | None:
        """The measures at the end of the last month that is over."""
        found = (month.measure for month in reversed(self.months))
        return next(filter(None, found), None)

    @cached_property
    def aging(self) -> Chart:
        """How old receivables were at the ends of months."""
        # The option `buckets` may have been another one then.
        known = {name for month in self.months for name in month.buckets}
        names = [*self.names, *sorted(known.difference(self.names))]
        return draw(
            [
                Bar(
                    month.day.isoformat(),
                    [(name, month.buckets.get(name, ZERO)) for name in names],
                    self._address(month.day.isoformat()),
                )
                for month in self.months
            ],
            names,
        )

    @cached_property
    def collected(self) -> Chart:
        """What was collected in each month."""
        return draw(
            Bar(
                f"{month.day:%Y-%m}",
                # More may have come back than came in.
                [(COLLECTED, max(month.collected, ZERO))],
                self._address(f"{month.day:%Y-%m}"),
            )
            for month in self.months
        )

    @cached_property
    def cash(self) -> Chart:
        """The cash expected in by week."""
        return draw(
            (
                Bar(
                    week.first.isoformat(), [(DUE, week.due), (PROMISED, week.promised)]
                )
                for week in self.weeks
            ),
            [DUE, PROMISED],
        )

    def _address(self, time: str) -> str:
        return self.here.but(time=time, charts=self.currency)


@dataclass(frozen=True, slots=True)
class Found:
    """What the charts are made of, in all currencies.

    `collected` is by month and currency, `measures` by currency; `expected` is what is
    known of each open item.
    """

    as_of: dt.date
    ends: Sequence[MonthEnd]
    collected: Mapping[tuple[int, int], Sums]
    measures: Mapping[str, Sequence[Measure]]
    expected: Sequence[Expectation]
    buckets: tuple[str, ...]


def outlooks(
    found: Found, conversion: Conversion | None, here: Here
) -> dict[str, Outlook]:
    """Return what the charts show, by currency; none that has nothing in the span.

    Args:
        found: What they are made of.
        conversion: How sums are converted; None where they are as booked.
        here: The page's address; each column leads to the page of its day.
    """
    drawn = _Drawn(found, conversion)
    shown = (drawn.outlook(currency, here) for currency in drawn.currencies())
    return {one.currency: one for one in shown if one}


class _Drawn:
    """Adds up what the charts show, converted if that is asked for."""

    def __init__(self, found: Found, conversion: Conversion | None) -> None:
        self._found = found
        self._conversion = conversion
        self._cash = _forecasts(found.as_of, found.expected)
        promised = (one for one in found.expected if one.held is Held.PROMISE)
        self._promised = _forecasts(found.as_of, promised)

    def currencies(self) -> list[str]:
        """Return the currencies of all that is shown."""
        found = self._found
        named = {
            *(row.currency for end in found.ends for row in end.totals),
            *(name for sums in found.collected.values() for name in sums),
            *(cash.currency for cash in self._cash),
        }
        return sorted(set(map(self._target, named)))

    def outlook(self, currency: str, here: Here) -> Outlook:
        """Return what is shown in a currency."""
        found, cash = self._found, self._cash
        measures = self._measures(currency)
        months = (
            Month(
                end.date,
                self._buckets(end, currency),
                self._sum(currency, self._collected(end.date)),
                measures.get(end.date),
            )
            for end in found.ends
        )
        return Outlook(
            currency,
            tuple(months),
            tuple(self._weeks(currency)),
            self._sum(currency, ((one.currency, one.overdue) for one in cash)),
            self._sum(currency, ((one.currency, one.later) for one in cash)),
            self._sum(currency, ((one.currency, one.undated) for one in cash)),
            found.buckets,
            here,
        )

    def _target(self, currency: str) -> str:
        return self._conversion.target(currency) if self._conversion else currency

    def _sum(self, currency: str, amounts: Iterable[tuple[str, Decimal]]) -> Decimal:
        """Add up what is shown in a currency, of amounts with their currencies."""
        conversion = self._conversion
        return sum(
            (
                conversion.amount(amount, own) if conversion else amount
                for own, amount in amounts
                if self._target(own) == currency
            ),
            ZERO,
        )

    def _buckets(self, end: MonthEnd, currency: str) -> Sums:
        names = dict.fromkeys(name for row in end.totals for name in row.buckets)
        sums = {
            name: self._sum(
                currency,
                ((row.currency, row.buckets.get(name, ZERO)) for row in end.totals),
            )
            for name in names
        }
        return {name: amount for name, amount in sums.items() if amount}

    def _collected(self, day: dt.date) -> Iterable[tuple[str, Decimal]]:
        return self._found.collected.get((day.year, day.month), {}).items()

    def _weeks(self, currency: str) -> Iterator[Week]:
        """Yield what is expected in each week, and what of it is promised."""
        firsts = [week.first for week in self._cash[0].periods] if self._cash else ()
        for place, first in enumerate(firsts):
            due, promised = (
                self._sum(currency, _in_period(some, place))
                for some in (self._cash, self._promised)
            )
            yield Week(first, due - promised, promised)

    def _measures(self, currency: str) -> dict[dt.date, Measure]:
        """Return the measures of what is shown in a currency, by month end."""
        found: dict[dt.date, list[tuple[str, Measure]]] = defaultdict(list)
        for own, measures in self._found.measures.items():
            for one in measures:
                if self._target(own) == currency:
                    found[one.date].append((own, one))
        return {day: self._together(currency, some) for day, some in found.items()}

    def _together(self, currency: str, some: Sequence[tuple[str, Measure]]) -> Measure:
        """Add up measures of several currencies."""

        def added(name: str) -> Decimal:
            return self._sum(currency, ((own, getattr(one, name)) for own, one in some))

        return replace(
            some[0][1],
            sales=added("sales"),
            opening=added("opening"),
            closing=added("closing"),
            current=added("current"),
        )


def _forecasts(as_of: dt.date, expected: Iterable[Expectation]) -> tuple[Forecast, ...]:
    return add_up(expected, as_of, _WEEKS, Every.WEEK)


def _in_period(
    forecasts: Iterable[Forecast], place: int
) -> Iterator[tuple[str, Decimal]]:
    """Yield what is expected in one of the periods, by currency."""
    for one in forecasts:
        yield one.currency, one.periods[place].amount
