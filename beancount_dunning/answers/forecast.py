"""Cash expected in, by week: when what is open should be paid.

An open item is expected on the day by which payment was promised, while that promise
runs, else on its due date. What is past due and not promised is expected any day. What
is in dispute or has no due date is expected on no day that anybody knows. Unapplied
credit is in none of this: it is money that came already.

    forecast(report)[0].weeks[0]    what should come this week, from the as-of date on
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.dunning import DISPUTE
from beancount_dunning.standing.dunning import PROMISE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport

_DAYS = 7


@dataclass(frozen=True, slots=True)
class Week:
    """What is expected in a week; `first` is its Monday."""

    first: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected in one currency; together it is all that is open in it.

    `overdue` is past due and not promised, `later` comes after the weeks, `undated` is
    in dispute or has no due date.
    """

    currency: str
    overdue: Decimal
    weeks: tuple[Week, ...]
    later: Decimal
    undated: Decimal


def forecast(report: AgingReport, weeks: int = 12) -> tuple[Forecast, ...]:
    """Tell when what is open should be paid.

    Args:
        report: What is open on a date.
        weeks: How many weeks to look ahead. The first is the one that the date is in,
            from Monday as ISO 8601 has it; what is expected in it is due on the date
            or later.

    Returns:
        A forecast for each currency in which anything is open, by currency. There are
        fewer weeks only where the calendar ends.
    """
    as_of = report.as_of
    monday = as_of - timedelta(days=as_of.weekday())
    left = (dt.date.max - monday).days // _DAYS + 1
    mondays = [
        monday + timedelta(days=index * _DAYS) for index in range(min(weeks, left))
    ]
    by_currency: dict[str, list[AgedItem]] = defaultdict(list)
    for one in report.items:
        by_currency[one.item.currency].append(one)
    return tuple(
        _forecast(currency, by_currency[currency], as_of, mondays)
        for currency in sorted(by_currency)
    )


def _forecast(
    currency: str, items: Iterable[AgedItem], as_of: dt.date, mondays: list[dt.date]
) -> Forecast:
    overdue = later = undated = ZERO
    amounts = [ZERO] * len(mondays)
    for one in items:
        day, amount = _expected(one), one.item.open
        if day is None:
            undated += amount
        elif day < as_of:
            overdue += amount
        elif (index := (day - as_of).days + as_of.weekday()) < len(mondays) * _DAYS:
            amounts[index // _DAYS] += amount
        else:
            later += amount
    weeks = tuple(map(Week, mondays, amounts))
    return Forecast(currency, overdue, weeks, later, undated)


def _expected(one: AgedItem) -> dt.date | None:
    """Return the day on which an item should be paid; None where nobody knows."""
    if one.standing.held == DISPUTE:
        return None
    if one.standing.held == PROMISE:
        return one.standing.record.promised
    return one.item.due
