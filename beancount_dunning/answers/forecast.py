"""Cash expected in, by week or month: when what is open should be paid.

    forecast(books)[0].periods[0]    what should come this week, from the as-of date on

What `expectations` tells of each open item is added up here. Unapplied credit is in
none of this: it is money that came already, and is taken off what it makes up for.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from datetime import timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.expectations import ExpectationKind
from beancount_dunning.answers.expectations import expectations
from beancount_dunning.answers.lateness import Lateness
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.expectations import Expectation
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

_COUNT = 12
_MONTHS = 12


class Every(StrEnum):
    """How long the periods of a forecast are: a week begins on Monday, by ISO 8601."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """What is expected in a week or month that begins on the day `first`.

    `early` and `late` are what would come in it if everybody paid as early as in their
    quicker quarter, or as late as in their slower one. Without habits they are the same
    as `amount`.
    """

    first: dt.date
    amount: Decimal
    early: Decimal
    late: Decimal

    def as_dict(self) -> dict[str, Any]:
        """Return the period as JSON has it."""
        return {
            "first": self.first.isoformat(),
            "amount": exact(self.amount),
            "early": exact(self.early),
            "late": exact(self.late),
        }


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected in one currency; together it is all that is open in it.

    `overdue` is past its day and expected any day, `later` comes after the periods, and
    `left_out` is what is expected on no day that anybody knows, by what is known of it.
    """

    currency: str
    overdue: Decimal
    periods: tuple[Period, ...]
    later: Decimal
    left_out: Mapping[ExpectationKind, Decimal] = field(default_factory=dict)

    @property
    def undated(self) -> Decimal:
        """What is expected on no day that anybody knows."""
        return sum(self.left_out.values(), ZERO)

    def as_dict(self) -> dict[str, Any]:
        """Return the forecast as JSON has it."""
        return {
            "currency": self.currency,
            "overdue": exact(self.overdue),
            "periods": [period.as_dict() for period in self.periods],
            "later": exact(self.later),
            "left_out": {kind: exact(amount) for kind, amount in self.left_out.items()},
        }


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected in, and what it is made of.

    `expectations` tell of each open item; `forecasts` add them up by currency.
    """

    as_of: dt.date
    basis: Basis
    every: Every
    forecasts: tuple[Forecast, ...]
    expectations: tuple[Expectation, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the outlook as JSON has it."""
        return {
            "as_of": self.as_of.isoformat(),
            "by": self.basis,
            "every": self.every,
            "forecast": [one.as_dict() for one in self.forecasts],
            "items": self.rows(),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return what is known of each open item, and the period that it falls in."""
        rows = []
        for one in self.expectations:
            first = one.day and next(_firsts(one.day, self.every))
            period = first.isoformat() if first else None
            rows.append({**one.as_dict(), "period": period})
        return rows


def outlook(
    books: Books,
    basis: Basis = Basis.PROMISE,
    every: Every = Every.WEEK,
    keep: Keep = everything,
) -> Outlook:
    """Tell when open items should be paid, in all and one by one.

    Args:
        books: The ledger on a date.
        basis: What the day goes by.
        every: How long the periods are; there are twelve.
        keep: Which items this is to be about; all by default. Habits are learned from
            all payments.

    Returns:
        The forecasts, and what they add up.
    """
    lateness = Lateness.of(books) if basis is Basis.HABIT else None
    found = [one for one in expectations(books, basis, lateness) if keep(one.item)]
    forecasts = add_up(found, books.as_of, _COUNT, every)
    return Outlook(books.as_of, basis, every, forecasts, tuple(found))


def forecast(
    books: Books,
    keep: Keep = everything,
    count: int = _COUNT,
    every: Every = Every.WEEK,
) -> tuple[Forecast, ...]:
    """Tell when open items should be paid, by what was agreed with customers.

    Args:
        books: The ledger on a date.
        keep: Which items this is to be about; all by default.
        count: How many periods to look ahead. The first is the one that the date is
            in; what is expected in it is due on the date or later.
        every: How long they are.

    Returns:
        A forecast for each currency in which anything is open, by currency. There are
        fewer periods only where the calendar ends.
    """
    found = [one for one in expectations(books) if keep(one.item)]
    return add_up(found, books.as_of, count, every)


def add_up(
    found: Iterable[Expectation], as_of: dt.date, count: int, every: Every
) -> tuple[Forecast, ...]:
    """Add up what is known of open items.

    Args:
        found: What `expectations` tells of them on a date.
        as_of: The date.
        count: How many periods to look ahead.
        every: How long they are.

    Returns:
        A forecast for each currency, see `forecast`.
    """
    # One more, to know where the last one ends.
    firsts = list(islice(_firsts(as_of, every), count + 1))
    by_currency: dict[str, _Sums] = defaultdict(lambda: _Sums(firsts))
    for one in found:
        by_currency[one.item.currency].add(one)
    return tuple(
        by_currency[currency].forecast(currency, count)
        for currency in sorted(by_currency)
    )


def _firsts(as_of: dt.date, every: Every) -> Iterator[dt.date]:
    """Yield the first days of periods, from that of a date to the calendar's end."""
    if every is Every.WEEK:
        monday = as_of - timedelta(days=as_of.weekday())
        for ordinal in range(monday.toordinal(), dt.date.max.toordinal() + 1, 7):
            yield dt.date.fromordinal(ordinal)
        return
    month = as_of.year * _MONTHS + as_of.month - 1
    for number in range(month, (dt.date.max.year + 1) * _MONTHS):
        yield dt.date(number // _MONTHS, number % _MONTHS + 1, 1)


class _Sums:
    """What is expected in one currency, as it is added up."""

    def __init__(self, firsts: Sequence[dt.date]) -> None:
        self._firsts = firsts
        self._amounts = [[ZERO] * len(firsts) for _ in range(3)]
        self._overdue = ZERO
        self._left_out: dict[ExpectationKind, Decimal] = {}

    def add(self, one: Expectation) -> None:
        """Add what is known of an item."""
        if one.day is not None:
            days = (one.day, one.early or one.day, one.late or one.day)
            for amounts, day in zip(self._amounts, days, strict=True):
                amounts[bisect_right(self._firsts, day) - 1] += one.amount
        elif one.kind is ExpectationKind.OVERDUE:
            self._overdue += one.amount
        else:
            known = self._left_out.get(one.kind, ZERO)
            self._left_out[one.kind] = known + one.amount

    def forecast(self, currency: str, count: int) -> Forecast:
        """Return the sums of the first periods, and what comes after them."""
        periods = list(map(Period, self._firsts, *self._amounts))
        later = sum((period.amount for period in periods[count:]), ZERO)
        left_out = {
            kind: self._left_out[kind]
            for kind in ExpectationKind
            if kind in self._left_out
        }
        return Forecast(
            currency, self._overdue, tuple(periods[:count]), later, left_out
        )
