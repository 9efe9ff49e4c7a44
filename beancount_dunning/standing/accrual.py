"""Interest on one debt: a principal, what was paid of it, and at which rate when.

    debt = Debt(Decimal("1000.00"), "EUR", (Payment(day, Decimal("510.00")),))
    accumulate(debt, terms, last)

Interest is worked out from day to day, without a look at the ledger. A payment counts
from the day after it. It lowers the principal; where the order is charges first, it
pays what has accrued by then, and lowers the principal with what it has left. Compound
interest joins what bears interest each month or year after interest began to run. Once
the principal is paid, nothing more accrues. The sum is rounded once, at the end.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from decimal import localcontext
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import is_number
from beancount_dunning.basics.money import round_like
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.agreements import Compound
from beancount_dunning.ledger.agreements import Period
from beancount_dunning.standing.day_counts import IN_A_YEAR
from beancount_dunning.standing.day_counts import begun_months
from beancount_dunning.standing.day_counts import months_later
from beancount_dunning.standing.day_counts import part_of_period

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from beancount_dunning.ledger.agreements import Interest
    from beancount_dunning.ledger.rates import Rate
    from beancount_dunning.ledger.timeline import Span

_DAY = timedelta(days=1)
_PERCENT = 100
_RESTS = {Compound.MONTHLY: 1, Compound.YEARLY: 12}
# Digits behind the point that are kept of divisions, so that halves come out as halves.
_KEPT = Decimal(1).scaleb(-300)


class Terms(NamedTuple):
    """What interest costs: the percentage, by which agreement and reference rate."""

    percent: Decimal
    agreed: Interest
    reference: Rate | None


class Payment(NamedTuple):
    """What was paid on a day, of the principal or of interest that was charged."""

    date: dt.date
    amount: Decimal
    is_on_interest: bool = False


@dataclass(frozen=True, slots=True)
class Debt:
    """What bears interest: a principal, and what was paid, the earliest first."""

    principal: Decimal
    currency: str
    payments: tuple[Payment, ...] = ()
    pays_interest_first: bool = False

    @property
    def paid_on(self) -> dt.date | None:
        """The day on which the principal was paid, if no payment pays interest first.

        None where it is not paid.
        """
        left = self.principal
        for payment in () if self.pays_interest_first else self.payments:
            left -= ZERO if payment.is_on_interest else payment.amount
            if left <= 0:
                return payment.date
        return None


@dataclass(frozen=True, slots=True)
class Segment:
    """Days on which neither principal nor rate changed, both ends included.

    `principal` is what bore interest, and `percent` the rate for a `period`. `amount`
    is what the segment adds to the rounded interest, so that the segments of an item
    add up to it.
    """

    first: dt.date
    last: dt.date
    principal: Decimal
    percent: Decimal
    amount: Decimal
    agreed: Interest
    reference: Rate | None
    period: Period = Period.YEAR
    is_capped: bool = False

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def in_words(self, currency: str) -> Words:
        """Say how its amount comes about."""
        values: dict[str, object] = {
            "first": self.first,
            "last": self.last,
            "percent": self.percent,
            "principal": self.principal,
            "amount": self.amount,
            "currency": currency,
        }
        if self.period is Period.DAY:
            return Words.counted(
                "{first} to {last}: {n} day at {percent} % a day on {principal}: "
                "{amount} {currency}",
                "{first} to {last}: {n} days at {percent} % a day on {principal}: "
                "{amount} {currency}",
                self.days,
                **values,
            )
        if self.period is Period.MONTH:
            return Words.counted(
                "{first} to {last}: {n} day at {percent} % a month on {principal}: "
                "{amount} {currency}",
                "{first} to {last}: {n} days at {percent} % a month on {principal}: "
                "{amount} {currency}",
                self.days,
                **values,
            )
        return Words.counted(
            "{first} to {last}: {n} day at {percent} % on {principal}: "
            "{amount} {currency}",
            "{first} to {last}: {n} days at {percent} % on {principal}: "
            "{amount} {currency}",
            self.days,
            **values,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the segment as JSON has it: amounts exact strings, dates ISO."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "principal": exact(self.principal),
            "rate": exact(self.percent),
            "days": self.days,
            "amount": exact(self.amount),
        }


class Allotted(NamedTuple):
    """How much of a payment went to interest first, rounded."""

    date: dt.date
    interest: Decimal


@dataclass(frozen=True, slots=True)
class Accrual:
    """The interest of an item up to a date, rounded once, and how it came about.

    `allotted` has what payments took off the interest before the principal, and
    `unrounded` is what the amount is rounded from.
    """

    amount: Decimal
    segments: tuple[Segment, ...]
    allotted: tuple[Allotted, ...] = ()
    unrounded: Decimal = ZERO


class _Balance:
    """A debt while its interest accrues.

    `compounded` is interest that bears interest, `fresh` what has accrued since.
    """

    def __init__(self, debt: Debt, before: Accrual | None) -> None:
        self._debt = debt
        self._waiting = deque(debt.payments)
        self._total = before.unrounded if before else ZERO
        self._rounded = before.amount if before else ZERO
        self.principal = debt.principal
        self._compounded = self._fresh = ZERO
        self.segments: list[Segment] = list(before.segments if before else ())
        self.allotted: list[Allotted] = []

    @property
    def next_payment(self) -> dt.date | None:
        """The day of the next payment that was not taken yet."""
        return self._waiting[0].date if self._waiting else None

    def pay(self, until: dt.date) -> None:
        """Take the payments up to a day."""
        while self._waiting and self._waiting[0].date <= until:
            day, left, is_on_interest = self._waiting.popleft()
            if is_on_interest or self._debt.pays_interest_first:
                paid = self._pay_interest(left)
                left -= paid
                if paid:
                    self.allotted.append(Allotted(day, self._round(paid)))
            if self._debt.pays_interest_first or not is_on_interest:
                self.principal = max(self.principal - left, ZERO)

    def _pay_interest(self, amount: Decimal) -> Decimal:
        """Take off unpaid interest what an amount can pay, the oldest first."""
        older = min(amount, self._compounded)
        newer = min(amount - older, self._fresh)
        self._compounded -= older
        self._fresh -= newer
        return older + newer

    def bear(self, first: dt.date, last: dt.date, terms: Terms, part: Fraction) -> None:
        """Let interest accrue in a span of days that is a part of the rate's period."""
        percent, agreed, reference = terms
        base, period = self.principal + self._compounded, agreed.per
        is_capped = False
        if agreed.cap is not None:
            in_a_year = IN_A_YEAR[period]
            is_capped = base * percent * in_a_year > self.principal * agreed.cap
            if is_capped:
                base, percent, period = self.principal, agreed.cap, Period.YEAR
                part /= in_a_year
        accrued = base * percent * part.numerator / (part.denominator * _PERCENT)
        self._fresh += accrued
        self._total += accrued
        so_far = self._round(self._total)
        amount, self._rounded = so_far - self._rounded, so_far
        is_typed = not (self._debt.pays_interest_first or self._compounded)
        shown = base if is_typed else self._round(base)
        self.segments.append(
            Segment(
                *(first, last, shown, percent, amount, agreed, reference),
                period,
                is_capped,
            )
        )

    def compound(self) -> None:
        """Let what has accrued bear interest, unless it is more than anyone types."""
        together = self._compounded + self._fresh
        if is_number(together):
            self._compounded, self._fresh = together, ZERO

    def _round(self, number: Decimal) -> Decimal:
        debt = self._debt
        return round_like(number.quantize(_KEPT), debt.principal, debt.currency)

    def accrual(self) -> Accrual | None:
        """Return what has accrued; None where no interest ran."""
        if not self.segments:
            return None
        return Accrual(
            self._rounded, tuple(self.segments), tuple(self.allotted), self._total
        )


def accumulate(
    debt: Debt,
    terms: Iterable[Span[Terms]],
    first: dt.date,
    last: dt.date,
    before: Accrual | None = None,
) -> Accrual | None:
    """Let interest accrue on a debt.

    Args:
        debt: The principal, and what was paid.
        terms: What interest costs when, in order of days. Months and years count from
            the first of these days. They are read no further than needed.
        first: The first day that may bear interest.
        last: The last such day.
        before: What accrued before, at other times; it is added, and rounded once.

    Returns:
        The interest with its segments; None where none ran.
    """
    start = None
    with localcontext(WIDE):
        balance = _Balance(debt, before)
        balance.pay(first - _DAY)
        for begin, until, at in terms if balance.principal else ():
            start = start or begin
            if not _run(balance, start, begin, until, at) or until == last:
                break
        return balance.accrual()


def _run(
    balance: _Balance, start: dt.date, first: dt.date, until: dt.date, at: Terms
) -> bool:
    """Let interest accrue at the same terms; tell whether anything bears it still."""
    balance.pay(first - _DAY)
    months = _RESTS[at.agreed.compound] if at.agreed.compound else 0
    while balance.principal:
        rest = _rest_after(start, first, months) if months else 0
        last = min(until, balance.next_payment or until)
        if rest:
            last = dt.date.fromordinal(min(last.toordinal(), rest - 1))
        part = part_of_period(at.agreed, start, first, last)
        balance.bear(first, last, at, part)
        balance.pay(last)
        if last.toordinal() == rest - 1:
            balance.compound()
        if last == until:
            break
        first = last + _DAY
    return bool(balance.principal)


def _rest_after(start: dt.date, day: dt.date, months: int) -> int:
    """Return the ordinal of the first day after a day from which interest compounds."""
    done = begun_months(start, day.toordinal()) // months
    return months_later(start, (done + 1) * months)
