"""What the answers of several ledgers add up to.

    totals = Totals()
    totals.add({"EUR": {"overdue": Decimal("12.00")}, COUNT: {"to send": 3}})
    totals.lines()

Amounts are added by currency and by what they are called; counts have none. Nothing
else of two ledgers is put together, their customers least of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from typing import Any

from beancount_dunning.basics.money import exact
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import amounts
from beancount_dunning.formats.tables import side_by_side

# Stands in the place of a currency where something is counted.
COUNT = ""
Sums = Mapping[str, Mapping[str, "Decimal | int"]]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums by currency and by what they are called, in the order of the ledgers."""

    sums: dict[str, dict[str, Decimal | int]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def add(self, sums: Sums) -> None:
        """Add a ledger's sums."""
        for currency, some in sums.items():
            of_currency = self.sums.setdefault(currency, {})
            place = 0
            for name, number in some.items():
                of_currency[name] = of_currency.get(name, 0) + number
                # What only one ledger has stands where it stands there.
                if name not in self.names:
                    self.names.insert(place, name)
                place = self.names.index(name) + 1

    def as_rows(self) -> list[dict[str, Any]]:
        """Return the sums as JSON has them, amounts as exact strings."""
        return [
            {"currency": currency or None, "sums": written(self.sums[currency])}
            for currency in self._currencies()
        ]

    def lines(self) -> list[str]:
        """Return a table to read: a line for each sum, a column for each currency."""
        currencies = self._currencies()
        names = [
            name
            for name in self.names
            if any(self.sums[currency].get(name) for currency in currencies)
        ]
        if not names:
            return []
        columns = [Column("", names)]
        for currency in currencies:
            numbers = [self.sums[currency].get(name) for name in names]
            decimals = [Decimal(number) if number else None for number in numbers]
            columns.append(amounts(currency or "number", decimals, grouped=False))
        return side_by_side(columns, None, [None] * len(names))

    def _currencies(self) -> list[str]:
        return sorted(self.sums)


def written(sums: Mapping[str, Decimal | int]) -> dict[str, str | int]:
    """Return sums as JSON has them: counts as numbers, amounts as exact strings."""
    return {
        name: number if isinstance(number, int) else exact(number)
        for name, number in sums.items()
    }
