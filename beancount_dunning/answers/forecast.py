"""Cash expected in, by week: when what is open should be paid.

An open item is expected on the day by which payment was promised, while that promise
runs, else on its due date. What is past due and not promised is expected any day. What
is in dispute, has no due date, or rests because it is covered by credit or by a
discount is expected on no day that anybody knows. Unapplied credit is in none of this:
it is money that came already.

    forecast(books)[0].weeks[0]    what should come this week, from the as-of date on
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import held

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

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
    what is expected on no day that anybody knows.
    """

    currency: str
    overdue: Decimal
    weeks: tuple[Week, ...]
    later: Decimal
    undated: Decimal


def forecast(
    books: Books, keep: Keep = everything, weeks: int = 12
) -> tuple[Forecast, ...]:
    """Tell when open items should be paid.

    Args:
        books: The ledger on a date.
        keep: Which items this is to be about; all by default.
        weeks: How many weeks to look ahead. The first is the one that the date is in,
            from Monday as ISO 8601 has it; what is expected in it is due on the date
            or later.

    Returns:
        A forecast for each currency in which anything is open, by currency. There are
        fewer weeks only where the calendar ends.
    """
    as_of = books.as_of
    monday = as_of - timedelta(days=as_of.weekday())
    left = (dt.date.max - monday).days // _DAYS + 1
    mondays = [
        monday + timedelta(days=index * _DAYS) for index in range(min(weeks, left))
    ]
    by_currency: dict[str, list[Item]] = defaultdict(list)
    for item in filter(keep, books.receivables.items):
        by_currency[item.currency].append(item)
    return tuple(
        _forecast(books, currency, by_currency[currency], mondays)
        for currency in sorted(by_currency)
    )


def _forecast(
    books: Books, currency: str, items: Iterable[Item], mondays: list[dt.date]
) -> Forecast:
    as_of = books.as_of
    overdue = later = undated = ZERO
    amounts = [ZERO] * len(mondays)
    for item in items:
        day, disputed = _expected(books, item), books.dunning.part_in_dispute(item)
        amount = item.open
        if day is not None:
            undated += disputed
            amount -= disputed
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


def _expected(books: Books, item: Item) -> dt.date | None:
    """Return the day on which an item should be paid; None where nobody knows."""
    reason = held(books, item)
    if reason is Held.PROMISE:
        return books.dunning.record(item).promised
    return item.due if reason is None or reason.has_end else None
