"""How punctually some invoices were paid: the numbers, each with how many it is of.

    punctuality(parts)

Of one currency. What is not due yet, has no due date or was credited says nothing about
punctuality; what is overdue and still open does, and so does what was written off. Days
late are those of what was paid in full, negative where it was paid before it was due.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.paid import Means
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.paid import Invoiced

# Of fewer, no number is worth comparing.
FEW = 5


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How punctually invoices were paid, instalments each counted.

    Attributes:
        invoices: How many there are.
        turnover: What was invoiced, taxes included.
        credited: What credit notes took off.
        written_off: What was lost.
        paid: What payments settled, less what came back.
        judged: How many were paid, are overdue or were written off: of these `on_time`
            were paid by their due date.
        days_late: The days late of each that was paid in full, in order.
        weighted: Their mean, weighted by amount; None without any.
        days_to_pay: The days from invoice to payment, likewise.
        lateness: The sum over all that are late of amount times days late, so far where
            they are open.
        latest: The most days late of those that were judged, so far where open; None
            without any.
        last_payment: The day of the last payment; None without any.
    """

    invoices: int
    turnover: Decimal
    credited: Decimal
    written_off: Decimal
    paid: Decimal
    judged: int
    on_time: int
    days_late: tuple[int, ...]
    weighted: Decimal | None
    days_to_pay: tuple[int, ...]
    lateness: Decimal
    latest: int | None
    last_payment: dt.date | None

    @property
    def share_on_time(self) -> float | None:
        """The share that was paid on time, from 0 to 1; None of nothing."""
        return self.on_time / self.judged if self.judged else None

    @property
    def mean(self) -> float | None:
        """The mean of the days late; None without any."""
        return mean(self.days_late)

    @property
    def median(self) -> float | None:
        """The median of the days late; None without any."""
        return float(median(self.days_late)) if self.days_late else None

    @property
    def is_too_few(self) -> bool:
        """Whether these are too few invoices to say anything."""
        return self.judged < FEW

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON has them, days with one decimal."""
        return {
            "invoices": self.invoices,
            "turnover": exact(self.turnover),
            "credited": exact(self.credited),
            "written_off": exact(self.written_off),
            "paid": exact(self.paid),
            "judged": self.judged,
            "on_time": rounded(self.share_on_time, 3),
            "paid_in_full": len(self.days_late),
            "days_late_mean": rounded(self.mean),
            "days_late_median": rounded(self.median),
            "days_late_weighted": rounded(self.weighted),
            "days_to_pay": rounded(mean(self.days_to_pay)),
        }


def mean(days: Sequence[int]) -> float | None:
    """Return the mean of some days; None without any."""
    return sum(days) / len(days) if days else None


def rounded(number: float | Decimal | None, digits: int = 1) -> float | None:
    """Round a number for a report, once."""
    return None if number is None else round(float(number), digits)


def punctuality(parts: Sequence[Invoiced]) -> Punctuality:
    """Add up how punctually invoices were paid, as of the date of their books.

    Args:
        parts: The invoices, all in one currency.
    """
    turnover = weight = weighted = lateness = paid = ZERO
    sums: dict[Means, Decimal] = defaultdict(lambda: ZERO)
    payment = Means.PAYMENT
    on_time = 0
    payments: list[dt.date] = []
    judged: list[int] = []
    days_late: list[int] = []
    days_to_pay: list[int] = []
    for part in parts:
        amount, paid_on, late = part.amount, part.paid_on, part.lateness
        turnover += amount
        if paid_on is not None:
            days_to_pay.append((paid_on - part.date).days)
        if late is not None:
            judged.append(late)
            delay = amount * late
            if late > 0:
                lateness += delay
            if paid_on is not None:
                on_time += late <= 0
                days_late.append(late)
                weight += amount
                weighted += delay
        for one in part.credited:
            if one.means is payment:
                paid += one.amount
                payments.append(one.date)
            else:
                sums[one.means] += one.amount
    return Punctuality(
        len(parts),
        turnover,
        sums[Means.CREDIT],
        sums[Means.WRITE_OFF],
        paid + sums[Means.RETURN],
        len(judged),
        on_time,
        tuple(sorted(days_late)),
        weighted / weight if weight else None,
        tuple(days_to_pay),
        lateness,
        max(judged, default=None),
        max(payments, default=None),
    )
