"""The table of customers: a group for each currency, whose last line is its balance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from beancount_dunning.answers.waiting import set_apart
from beancount_dunning.standing.aging import totals
from fava_dunning.listing import lay_out_by
from fava_dunning.listing import sorted_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.waiting import Pending
    from beancount_dunning.answers.waiting import Waiting
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.aging import Row
    from fava_dunning.grading import Grading
    from fava_dunning.listing import Table
    from fava_dunning.narrowing import Narrowed


@dataclass(frozen=True, slots=True)
class Group:
    """The customers of a currency, as far as this part of the table shows them.

    `total` is what all of them come to, on other parts, too, and with the payments that
    wait; `pending` is None where there are none, or not all customers are shown.
    """

    currency: str
    rows: tuple[Row, ...]
    total: Row
    pending: Pending | None


@dataclass(frozen=True)
class CustomerTable:
    """What each customer owes, of those who are looked for.

    Where `report` is converted, `target` tells to what sums of a currency are. How they
    pay is `grading`, where somebody asks.
    """

    report: AgingReport
    narrowed: Narrowed
    payments: Sequence[Waiting]
    parameters: Mapping[str, str]
    target: Callable[[str], str] | None = None
    grading: Grading | None = None

    @cached_property
    def _apart(self) -> tuple[list[Row], dict[str, Pending]]:
        rows = self.report.customers
        # What waits is in the currency in which it came.
        return (list(rows), {}) if self.target else set_apart(rows, self.payments)

    @cached_property
    def all(self) -> int:
        """How many there are, whoever is looked for."""
        return len(self._apart[0])

    @property
    def names(self) -> set[str | None]:
        """Who owes something, or has credit, whoever is looked for."""
        return {row.customer for row in self._apart[0]}

    @cached_property
    def _rows(self) -> list[Row]:
        rows, narrowed = self._apart[0], self.narrowed
        if not narrowed.is_any:
            return rows
        # Who has nothing but credit has no item to be found by.
        is_by_name = narrowed.by.is_by_text
        return [
            row
            for row in rows
            if self._is_kept(row) or (is_by_name and narrowed.by.has(row.customer))
        ]

    def _is_kept(self, row: Row) -> bool:
        return (row.customer, row.currency) in self._kept

    @cached_property
    def _kept(self) -> set[tuple[str, str]]:
        target = self.target or str
        return {(name, target(currency)) for name, currency in self.narrowed.customers}

    @cached_property
    def table(self) -> Table[Row]:
        """This part of the table: by currency, and most overdue first."""
        # Who has nothing overdue comes in order of the balance.
        rows = sorted(self._rows, key=lambda row: -row.total)
        by_bucket = {
            f"bucket{index}": _in_bucket(bucket)
            for index, bucket in enumerate(self.report.buckets)
        }
        keys = {**by_bucket, **_KEYS, **(self.grading.keys if self.grading else {})}
        said = sorted_by("-overdue", "customers", keys, self.parameters)
        return lay_out_by(_currency, "customers", rows, keys, said)

    @cached_property
    def groups(self) -> list[Group]:
        """Its rows by currency."""
        narrowed = self.narrowed
        sums = self.report.totals
        pending = self._apart[1]
        if narrowed.is_any:
            sums, pending = tuple(totals(self.report.buckets, self._rows)), {}
        of_currency = {row.currency: row for row in sums}
        shown = {
            currency: tuple(rows)
            for currency, rows in groupby(self.table.rows, _currency)
        }
        # Where all are payments that wait, a currency has no other line.
        others = {row.currency for row in self._rows}
        alone = set(pending) - others if self.table.page == 1 else set()
        return [
            Group(
                currency,
                shown.get(currency, ()),
                of_currency[currency],
                pending.get(currency),
            )
            for currency in sorted({*shown, *alone})
        ]

    @cached_property
    def buckets(self) -> list[tuple[int, str]]:
        """The buckets that are not empty everywhere, oldest first, by their places."""
        used = {bucket for row in self.report.totals for bucket in row.buckets}
        found = [
            (index, bucket)
            for index, bucket in enumerate(self.report.buckets)
            if bucket in used
        ]
        return found[::-1]

    @property
    def has_overdue(self) -> bool:
        """Whether anything is overdue."""
        return any(row.overdue for row in self.report.totals)

    @property
    def has_credit(self) -> bool:
        """Whether there is unapplied credit."""
        return any(row.unapplied for row in self.report.totals)


def _currency(row: Row) -> str:
    return row.currency


def _in_bucket(bucket: str) -> Callable[[Row], object]:
    return lambda row: row.buckets.get(bucket)


_KEYS: dict[str, Callable[[Row], object]] = {
    "customer": lambda row: (row.customer or "").casefold(),
    "overdue": lambda row: row.overdue or None,
    "unapplied": lambda row: row.unapplied or None,
    "total": lambda row: row.total,
}
