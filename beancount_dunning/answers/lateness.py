"""How late customers pay, from what they paid: quartiles of days after the due date.

An item that is already twelve days late cannot be paid three days late any more. So its
customer's payments count that were as late as it is now, or later. Where those are
fewer than five, the payments of the customer's segment count, and then all.

    early, middle, late = habit.days_after(item.due)
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from beancount_dunning.answers.paid import invoiced
from beancount_dunning.basics.quantiles import quartiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator

    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.standing.books import Books

# What fewer payments tell is no habit.
LEAST_PAYMENTS = 5


class Whose(StrEnum):
    """Whose habit it is."""

    CUSTOMER = "customer"
    SEGMENT = "segment"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Habit:
    """Quartiles of days late, of so many payments."""

    whose: Whose
    quartiles: tuple[int, int, int]
    payments: int

    def days_after(self, due: dt.date) -> tuple[dt.date, dt.date, dt.date]:
        """Return the quartiles as days after a due date."""
        early, middle, late = (_later(due, days) for days in self.quartiles)
        return early, middle, late


def _later(day: dt.date, days: int) -> dt.date:
    last = dt.date.max.toordinal()
    return dt.date.fromordinal(min(max(day.toordinal() + days, 1), last))


def segments(books: Books) -> Callable[[str], str | None]:
    """Return what tells the segment of a customer."""
    return lambda name: books.settings.customer(name).segment


class Lateness:
    """The days that each customer's payments were late."""

    def __init__(
        self, parts: Iterable[Invoiced], segment_of: Callable[[str], str | None]
    ) -> None:
        """Sort payments.

        Args:
            parts: How invoices were paid; those that were not, or have no due date, do
                not count.
            segment_of: Tells the segment of a customer.
        """
        self._segment_of = segment_of
        self._days: dict[tuple[Whose, str], list[int]] = defaultdict(list)
        lists: dict[str, list[list[int]]] = {}
        for part in parts:
            late = part.days_late
            if late is None:
                continue
            name = part.customer
            if name not in lists:
                lists[name] = [self._days[key] for key in self._keys(name)]
            for days in lists[name]:
                days.append(late)
        for days in self._days.values():
            days.sort()

    @classmethod
    def of(cls, books: Books) -> Lateness:
        """Return how late customers paid by the date of some books."""
        return cls(invoiced(books), segments(books))

    def habit(self, customer: str, days_overdue: int) -> Habit | None:
        """Return how late a customer will pay what is so late already.

        Args:
            customer: The customer.
            days_overdue: The days past due, negative before it.

        Returns:
            The habit; None where not even all customers have paid five times so late.
        """
        for key in self._keys(customer):
            days = self._days.get(key, [])
            first = bisect_left(days, days_overdue)
            payments = len(days) - first
            if payments >= LEAST_PAYMENTS:
                return Habit(key[0], quartiles(days, first), payments)
        return None

    @property
    def is_known(self) -> bool:
        """Whether anything is known of how late anybody pays."""
        return len(self._days.get((Whose.ALL, ""), ())) >= LEAST_PAYMENTS

    def _keys(self, customer: str) -> Iterator[tuple[Whose, str]]:
        """Yield what a payment of a customer counts for, the nearest first."""
        yield Whose.CUSTOMER, customer
        segment = self._segment_of(customer)
        if segment is not None:
            yield Whose.SEGMENT, segment
        yield Whose.ALL, ""
