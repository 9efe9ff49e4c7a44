"""Sums in one currency, at the prices of a day.

What has no price stays in its own currency. What was converted is rounded in each
bucket of each customer, so that sums add up as they are shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount.core.amount import CURRENCY_RE

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import round_to
from beancount_dunning.standing.aging import Row
from beancount_dunning.standing.aging import totals

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from fava.beans.prices import FavaPriceMap

    from beancount_dunning.answers.history import MonthEnd
    from beancount_dunning.standing.aging import AgingReport


@dataclass(frozen=True, slots=True)
class Price:
    """What one of a currency is worth, and since when."""

    currency: str
    number: Decimal
    date: date


@dataclass(frozen=True, slots=True)
class Conversion:
    """How sums are converted: to which currency, at which prices.

    `without` are the currencies that have no price, `prices` are by currency.
    """

    currency: str
    prices: Mapping[str, Price] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    @classmethod
    def at(
        cls, currency: str, found: Iterable[str], prices: FavaPriceMap, day: date
    ) -> Conversion:
        """Look up the prices of a day.

        Args:
            currency: The currency to convert to.
            found: The currencies of the sums.
            prices: The ledger's prices.
            day: The day: the last price on it or before it counts.
        """
        known, without = {}, []
        for name in sorted({*found} - {currency}):
            priced = prices.get_price_point((name, currency), day)
            if priced is None or priced[0] is None:
                without.append(name)
            else:
                known[name] = Price(name, priced[1], priced[0])
        return cls(currency, known, tuple(without))

    def target(self, currency: str) -> str:
        """Return which currency amounts in a currency are shown in."""
        return self.currency if currency in self.prices else currency

    def amount(self, amount: Decimal, currency: str) -> Decimal:
        """Convert an amount, if its currency has a price."""
        price = self.prices.get(currency)
        if price is None:
            return amount
        return round_to(amount * price.number, self.currency)

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """Convert sums, and add up those of a customer."""
        groups: dict[tuple[str | None, str], list[Row]] = defaultdict(list)
        for row in rows:
            target = self.target(row.currency)
            groups[row.customer, target].append(self._row(row, target))
        return [_together(some) for some in groups.values()]

    def _row(self, row: Row, target: str) -> Row:
        def converted(amount: Decimal) -> Decimal:
            return self.amount(amount, row.currency)

        limit = row.limit
        if limit:
            amount, owed = converted(limit.amount), converted(limit.owed)
            limit = replace(limit, amount=amount, owed=owed)
        return replace(
            row,
            currency=target,
            buckets={name: converted(amount) for name, amount in row.buckets.items()},
            unapplied=converted(row.unapplied),
            due_soon=converted(row.due_soon),
            limit=limit,
        )

    def report(self, report: AgingReport) -> AgingReport:
        """Return the report with the sums converted; its items stay as they are."""
        rows = tuple(self.rows(report.customers))
        sums = tuple(totals(report.buckets, rows))
        return replace(report, customers=rows, totals=sums)

    def months(self, months: Iterable[MonthEnd]) -> tuple[MonthEnd, ...]:
        """Return month ends with their totals converted, at the same prices."""
        return tuple(
            replace(month, totals=tuple(self.rows(month.totals))) for month in months
        )


def is_currency(conversion: str) -> bool:
    """Tell whether Fava's conversion is to one currency, and no other of its ways."""
    return re.fullmatch(CURRENCY_RE, conversion) is not None


def _together(rows: Sequence[Row]) -> Row:
    """Add up a customer's sums in a currency."""
    if len(rows) == 1:
        return rows[0]
    buckets: dict[str, Decimal] = {}
    for row in rows:
        for name, amount in row.buckets.items():
            buckets[name] = buckets.get(name, ZERO) + amount
    # A limit is about what is owed in its own currency.
    return Row(
        rows[0].customer,
        rows[0].currency,
        buckets,
        sum((row.unapplied for row in rows), ZERO),
        sum((row.due_soon for row in rows), ZERO),
    )
