"""Measures of the whole: how long receivables are out, and how well they come in.

For each month end and currency, over the three months that end with it:

- days sales outstanding, DSO: receivables / sales x days of the three months. So many
  days' sales are not paid yet.
- best possible DSO: the same with what of the receivables is not past due. It is what
  the terms alone would come to.
- average days delinquent: DSO less the best possible one. It is what lateness adds.
- collection effectiveness index: of what could have been collected, the share that was:
  (receivables at the beginning + sales - receivables at the end) / (receivables at the
  beginning + sales - receivables not due at the end).

They are as the Credit Research Foundation uses them, see docs/customers.md. Receivables
are what of the invoices was open when the day ended, and sales what was invoiced. A
measure without sales, or with nothing to collect, is None.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.history import month_ends
from beancount_dunning.answers.punctuality import rounded
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.paid import Invoiced

_MONTHS = 12
_SPAN = 3
_NEVER = dt.date.max


@dataclass(frozen=True, slots=True)
class Measure:
    """The measures of three months up to a month's last day, in one currency.

    Attributes:
        days: How many days they have.
        sales: What was invoiced in them.
        opening: The receivables on the day before the first.
        closing: The receivables on the last day.
        current: What of those is not past due.
    """

    date: dt.date
    days: int
    sales: Decimal
    opening: Decimal
    closing: Decimal
    current: Decimal

    @property
    def dso(self) -> Decimal | None:
        """The days sales outstanding."""
        return self._in_days(self.closing)

    @property
    def best_dso(self) -> Decimal | None:
        """The best possible days sales outstanding."""
        return self._in_days(self.current)

    @property
    def average_days_delinquent(self) -> Decimal | None:
        """How many of the days sales outstanding are past due."""
        return self._in_days(self.closing - self.current)

    @property
    def collection_effectiveness(self) -> Decimal | None:
        """The collection effectiveness index, a share from 0 to 1."""
        to_collect = self.opening + self.sales - self.current
        if to_collect <= 0:
            return None
        return (self.opening + self.sales - self.closing) / to_collect

    def _in_days(self, amount: Decimal) -> Decimal | None:
        return amount / self.sales * self.days if self.sales else None

    def as_dict(self) -> dict[str, Any]:
        """Return the measures as JSON has them, and what they are made of."""
        return {
            "date": self.date.isoformat(),
            "days": self.days,
            "sales": exact(self.sales),
            "opening": exact(self.opening),
            "closing": exact(self.closing),
            "current": exact(self.current),
            "dso": rounded(self.dso),
            "best_dso": rounded(self.best_dso),
            "average_days_delinquent": rounded(self.average_days_delinquent),
            "collection_effectiveness": rounded(self.collection_effectiveness, 3),
        }


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures in a currency, by month, oldest first."""

    currency: str
    months: tuple[Measure, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the measures as JSON has them: the last month's, and all of them."""
        months = [one.as_dict() for one in self.months]
        return {"currency": self.currency, **months[-1], "months": months}


@dataclass(slots=True)
class _Month:
    """What a month changed by its last day: what was sold, what is open, and late."""

    sales: Decimal = ZERO
    open: Decimal = ZERO
    overdue: Decimal = ZERO


def measures(parts: Collection[Invoiced], as_of: dt.date) -> tuple[Measures, ...]:
    """Measure receivables by month.

    Args:
        parts: All that was invoiced, see `invoiced`.
        as_of: The date to look back from.

    Returns:
        The measures of the last twelve months that are over, by currency.
    """
    days = month_ends(as_of, _MONTHS + _SPAN)
    # One month more, for all that changes after the last.
    changes = {
        currency: [_Month() for _ in (*days, as_of)]
        for currency in {part.currency for part in parts}
    }
    for part in parts:
        settled = part.settled_on
        # Most were settled long ago.
        if settled is None or settled > days[0]:
            _add(part, days, changes[part.currency])
    return tuple(
        Measures(currency, tuple(_measured(days, changes[currency])))
        for currency in sorted(changes)
    )


def _add(part: Invoiced, days: Sequence[dt.date], months: Sequence[_Month]) -> None:
    """Add what an invoice changed: in its month, and as it was paid and grew late."""
    first = bisect_left(days, part.date)
    late = max(first, bisect_right(days, part.due or _NEVER))
    months[first].sales += part.amount
    months[first].open += part.amount
    months[late].overdue += part.amount
    for one in part.credited:
        # What came before the invoice is taken off with it.
        place = max(first, bisect_left(days, one.date))
        months[place].open -= one.amount
        months[max(place, late)].overdue -= one.amount


def _measured(days: Sequence[dt.date], months: Sequence[_Month]) -> Iterator[Measure]:
    """Yield the measures of the months that end with some days, after the first few."""
    sales = [month.sales for month in months]
    open_ = [*accumulate(month.open for month in months)]
    overdue = [*accumulate(month.overdue for month in months)]
    for place in range(_SPAN, len(days)):
        begin = place - _SPAN
        yield Measure(
            days[place],
            (days[place] - days[begin]).days,
            sum(sales[begin + 1 : place + 1], ZERO),
            open_[begin],
            open_[place],
            open_[place] - overdue[place],
        )
