"""How wrong forecasts were: what was expected in each past month, and what came.

    found = backtest(books)
    found.totals[0].off[Basis.HABIT]    # 0.12: off by 12 % of what came

At the end of each month the ledger is read as it was known then, habits included, and
asked what comes in the next one: what is past its day, which is expected any day, and
what is expected in the month. Against it stands what was paid in that month for the
invoices that there were. Charges are left aside.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.expectations import ExpectationKind
from beancount_dunning.answers.expectations import expectations
from beancount_dunning.answers.history import month_ends
from beancount_dunning.answers.history import relevant
from beancount_dunning.answers.lateness import Lateness
from beancount_dunning.answers.lateness import segments
from beancount_dunning.answers.outcomes import Means
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Mapping

    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

_MONTHS = 12
_MONEY = {Means.PAYMENT, Means.RETURN}


@dataclass(frozen=True, slots=True)
class PastMonth:
    """What was expected in a month, by each basis, and what came.

    `month` is its last day.
    """

    month: dt.date
    currency: str
    expected: Mapping[Basis, Decimal]
    came: Decimal

    def as_dict(self) -> dict[str, Any]:
        """Return the month as JSON has it."""
        return {
            "month": f"{self.month:%Y-%m}",
            "currency": self.currency,
            "came": exact(self.came),
            **{basis: exact(amount) for basis, amount in self.expected.items()},
        }


@dataclass(frozen=True, slots=True)
class Deviation:
    """How wrong the forecasts of a currency were, as shares of all that came.

    Attributes:
        off: By basis what the months were off, too much or too little, added up.
        bias: By basis what they were too much, less what they were too little.
    """

    currency: str
    off: Mapping[Basis, float]
    bias: Mapping[Basis, float]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it, with shares of three decimals."""
        return {
            "currency": self.currency,
            "off": {basis: round(share, 3) for basis, share in self.off.items()},
            "bias": {basis: round(share, 3) for basis, share in self.bias.items()},
        }


@dataclass(frozen=True, slots=True)
class Backtest:
    """How wrong forecasts were, month by month and in all.

    A currency in which nothing came has no total.
    """

    as_of: dt.date
    months: tuple[PastMonth, ...]
    totals: tuple[Deviation, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "as_of": self.as_of.isoformat(),
            "months": [one.as_dict() for one in self.months],
            "totals": [one.as_dict() for one in self.totals],
        }


def backtest(books: Books, keep: Keep = everything) -> Backtest:
    """Tell how wrong forecasts were over the past twelve months.

    Args:
        books: The ledger on a date; the last month is one that is over.
        keep: Which items this is to be about; all by default.

    Returns:
        Each month in which anything was expected or came, by currency, and how far the
        forecasts of a currency were off in all: their mean absolute error, divided by
        the mean, see Kolassa and Schütz, "Advantages of the MAD/Mean Ratio over the
        MAPE", Foresight 6 (2007).
    """
    days = month_ends(books.as_of, _MONTHS + 1)
    if not days:
        return Backtest(books.as_of, (), ())
    past = _Past(books, days, keep)
    found = [past.tested(*pair) for pair in pairwise(days)]
    months = sorted(
        (one for some in found for one in some), key=lambda one: one.currency
    )
    by_currency: dict[str, list[PastMonth]] = defaultdict(list)
    for one in months:
        by_currency[one.currency].append(one)
    totals = tuple(
        _wrong(currency, some)
        for currency, some in by_currency.items()
        if sum((one.came for one in some), ZERO) > 0
    )
    return Backtest(books.as_of, tuple(months), totals)


def _wrong(currency: str, months: Iterable[PastMonth]) -> Deviation:
    some = list(months)
    came = sum((one.came for one in some), ZERO)
    errors = {
        basis: [one.expected[basis] - one.came for one in some] for basis in Basis
    }
    return Deviation(
        currency,
        {basis: float(sum(map(abs, of), ZERO) / came) for basis, of in errors.items()},
        {basis: float(sum(of, ZERO) / came) for basis, of in errors.items()},
    )


class _Known(NamedTuple):
    """A ledger as it was known on a day, without what was long settled.

    `parts` tells how all invoices were paid, `kept` how those that are asked about.
    """

    books: Books
    parts: tuple[Invoiced, ...]
    kept: tuple[Invoiced, ...]


class _Past:
    """A ledger as it was known on past days, each read once.

    What was settled by the first of the days, and not touched since, is the same on all
    of them.
    """

    def __init__(self, books: Books, days: list[dt.date], keep: Keep) -> None:
        self._options = books.options
        self._keep = keep
        self._entries = relevant(books, days)
        there = set(map(id, self._entries))
        first = read_books(books.entries, books.options, today=days[0], as_of=days[0])
        self._settled = [
            part for part in invoiced(first) if id(part.entry) not in there
        ]
        self._known = {day: self._on(day) for day in days}

    def _on(self, day: dt.date) -> _Known:
        then = read_books(self._entries, self._options, today=day, as_of=day)
        parts = invoiced(then)
        is_all = self._keep is everything
        return _Known(then, parts, parts if is_all else invoiced(then, self._keep))

    def tested(self, day: dt.date, end: dt.date) -> list[PastMonth]:
        """Return what was expected after a day until another, and what came."""
        books, parts, _ = self._known[day]
        lateness = Lateness([*self._settled, *parts], segments(books))
        expected: dict[str, dict[Basis, Decimal]] = defaultdict(
            lambda: dict.fromkeys(Basis, ZERO)
        )
        for basis in Basis:
            learned = lateness if basis is Basis.HABIT else None
            for one in expectations(books, basis, learned):
                is_meant = self._keep(one.item) and not one.item.charge
                is_in_time = one.day is not None and one.day <= end
                if is_meant and (is_in_time or one.kind is ExpectationKind.OVERDUE):
                    expected[one.item.currency][basis] += one.amount
        came = _came(self._known[end].kept, day, end)
        return [
            PastMonth(end, currency, expected[currency], came[currency])
            for currency in sorted(expected.keys() | came.keys())
        ]


def _came(parts: Iterable[Invoiced], day: dt.date, end: dt.date) -> dict[str, Decimal]:
    """Return what came after a day until another for invoices there were on it."""
    came: dict[str, Decimal] = defaultdict(Decimal)
    for part in parts:
        if part.date <= day:
            for one in part.credited:
                if one.means in _MONEY and day < one.date <= end:
                    came[part.currency] += one.amount
    return came
