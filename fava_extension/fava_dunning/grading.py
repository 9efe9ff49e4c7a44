"""How each customer of a table pays: what is usual, and a grade.

Both are worked out from all that was ever invoiced, whatever the table shows, and only
where somebody asks: in a large ledger that takes a second or two.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping

    from beancount_dunning.answers.customers import Customers
    from beancount_dunning.answers.grades import Grade
    from beancount_dunning.answers.punctuality import Punctuality
    from beancount_dunning.standing.aging import Row


class Grading:
    """The records of customers, by the rows of the table of what they owe."""

    def __init__(self, report: Customers) -> None:
        """Keep what is known.

        Args:
            report: The records of all customers.
        """
        self._records = report.records

    @cached_property
    def _grades(self) -> dict[str, Grade | None]:
        return {one.customer: one.conduct.graded.grade for one in self._records}

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], Punctuality]:
        return {(one.customer, one.currency): one.punctuality for one in self._records}

    def grade(self, row: Row) -> Grade | None:
        """Return a customer's grade; None where nobody can tell."""
        return self._grades.get(row.customer or "")

    def usually(self, row: Row) -> tuple[int, int] | None:
        """Return by how many days a customer is late at the median, and of how many.

        Args:
            row: What the customer owes. Of sums that were converted nothing is said,
                unless something was invoiced in their currency, too.

        Returns:
            The days, negative where they pay early, and how many invoices were paid in
            full; None without any.
        """
        numbers = self._numbers.get((row.customer or "", row.currency))
        if numbers is None or numbers.median is None:
            return None
        return round(numbers.median), len(numbers.days_late)

    @property
    def keys(self) -> Mapping[str, Callable[[Row], object]]:
        """What the table's columns of it sort by."""
        return {"grade": self.grade, "usually": self.usually}
