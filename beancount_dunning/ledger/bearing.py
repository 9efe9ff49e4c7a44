"""What bore interest before a plan of payment, as the plan divides and adds it up."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.items import Bore

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal


class Borne:
    """What of an item bore interest before, while the item is being divided."""

    def __init__(self, bore: Iterable[Bore]) -> None:
        """Begin with what all of it bore."""
        self._left = list(bore)

    def take(self, amount: Decimal) -> tuple[Bore, ...]:
        """Take what goes with an amount of the item.

        No more is taken in all than there was, so that nothing bears interest twice.
        """
        taken = [
            row._replace(principal=min(row.principal, amount)) for row in self._left
        ]
        self._left = [
            row._replace(principal=row.principal - part.principal)
            for row, part in zip(self._left, taken, strict=True)
        ]
        return tuple(row for row in taken if row.principal)


def added_up(*several: Iterable[Bore]) -> tuple[Bore, ...]:
    """Add up what amounts bore in the same times."""
    sums: dict[tuple[date, date], Decimal] = defaultdict(lambda: ZERO)
    for bore in several:
        for row in bore:
            sums[row.after, row.until] += row.principal
    return tuple(Bore(*times, sums[times]) for times in sorted(sums))
