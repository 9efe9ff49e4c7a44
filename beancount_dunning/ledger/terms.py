"""Terms of payment, and the due dates, discounts and instalments they give.

`terms_text` knows the forms in which one types them. Days beyond a month's length mean
its last day, and nothing is due before it is invoiced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from decimal import localcontext
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from beancount_dunning.basics.lists import money
from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import round_like
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

HUNDRED = Decimal(100)
LAST_DAY = 31
_MONTH_END = relativedelta(day=LAST_DAY)


class TermsError(ValueError):
    """Terms that cannot be understood, or that do not fit an amount or a date.

    `reason` says what is wrong, without a full stop.
    """

    def __init__(self, reason: Words) -> None:
        """Say what is wrong with terms."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Discount:
    """A percentage less for paying within some days of the invoice date.

    Or, where that is said, of the end of its month.
    """

    percent: Decimal
    days: int
    from_month_end: bool = False

    def until(self, invoiced: date) -> date:
        """Return the last day to take it for something invoiced on a date."""
        start = invoiced + _MONTH_END if self.from_month_end else invoiced
        return start + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Offer:
    """A discount as it stands on an invoice: the last day to take it is `until`."""

    percent: Decimal
    until: date

    def reduced(self, amount: Decimal, currency: str) -> Decimal:
        """Return what is to pay of an amount, up to and including that day.

        The discount is rounded once, half up, to the currency's precision.
        """
        return amount - round_like(amount * self.percent / HUNDRED, amount, currency)


def payable(
    offers: Iterable[Offer], amount: Decimal, is_open: Decimal, currency: str, day: date
) -> Decimal:
    """Return what is to be paid on a day: all that is open, less a discount.

    Args:
        offers: The discounts on offer; of the valid ones, the largest counts.
        amount: Of how much they are a percentage: what was invoiced, or after a credit
            note, what is open.
        is_open: What is open.
        currency: In which currency.
        day: When it is paid.
    """
    settled = amount - is_open
    sums = (
        offer.reduced(amount, currency) - settled
        for offer in offers
        if day <= offer.until
    )
    return max(min(sums, default=is_open), ZERO)


def _first_of(days: Iterable[int], earliest: date) -> date:
    """Return the first of some days of a month that is on or after a date."""
    in_order = sorted(days)
    found = (
        earliest + relativedelta(months=months, day=day)
        for months in (0, 1)
        for day in in_order
    )
    return next(day for day in found if day >= earliest)


@dataclass(frozen=True, slots=True)
class Net:
    """A distance from the invoice date, perhaps taken on to a month's end or a pay-day.

    The forms with a month's end are Odoo's "days end of month on the": go the
    distance, then to the end of that month, then on by some days (`plus`), or to
    a day of the month after (`day`). With pay-days it is the first of these days of a
    month on or after the distance.
    """

    distance: relativedelta
    month_end: bool = False
    plus: int = 0
    day: int = 0
    pay_days: tuple[int, ...] = ()

    @property
    def is_in_months(self) -> bool:
        """Whether the distance is one or more whole months."""
        return bool(self.distance.months or self.distance.years)

    @property
    def is_month_end(self) -> bool:
        """Whether it is due on the last day of a month, and no later."""
        return self.month_end and not self.plus and not self.day

    def due(self, invoiced: date) -> date:
        """Return the due date of something invoiced on a date."""
        due = invoiced + self.distance
        if self.pay_days:
            return _first_of(self.pay_days, due)
        if not self.month_end:
            return due
        if self.day:
            return due + relativedelta(months=1, day=self.day)
        return due + _MONTH_END + timedelta(days=self.plus)


@dataclass(frozen=True, slots=True)
class Closing:
    """A day of the month on which accounts are closed, and a distance from then.

    What is invoiced by that day is due together. Zero is the month's last day. A
    pay-day some months later is that day of the month, as where accounts are closed on
    the 25th and paid on the 5th of the month after next.
    """

    day: int
    then: Net

    def due(self, invoiced: date) -> date:
        """Return the due date of something invoiced on a date."""
        closed = _first_of([self.day or LAST_DAY], invoiced)
        if self.then.is_in_months and self.then.pay_days:
            (day,) = self.then.pay_days
            return closed + self.then.distance + relativedelta(day=day)
        return self.then.due(closed)


@dataclass(frozen=True, slots=True)
class Prox:
    """A day of the next month, or the one after when the cut-off day is past.

    This is GnuCash's "proximo". A cut-off of zero or less counts back from the
    end of the invoice's month: 0 is its last day, -3 three days before it.
    """

    day: int
    cutoff: int = 0

    def due(self, invoiced: date) -> date:
        """Return the due date of something invoiced on a date."""
        cutoff = self.cutoff
        if cutoff <= 0:
            cutoff += (invoiced + _MONTH_END).day
        months = 2 if invoiced.day > cutoff else 1
        return invoiced + relativedelta(months=months, day=self.day)


Rule = Net | Prox | Closing


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment of the terms; without a share it takes what is left over.

    A share is a percentage, an amount, or one of `equal` parts.
    """

    rule: Rule
    discounts: tuple[Discount, ...] = ()
    percent: Decimal | None = None
    fixed: Decimal | None = None
    equal: int | None = None

    def share_of(self, amount: Decimal) -> Decimal | None:
        """Return this part's share of an amount, unrounded; None for the rest."""
        if self.percent is not None:
            return amount * self.percent / HUNDRED
        return amount / self.equal if self.equal else self.fixed


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of an invoice's amount, with its own due date."""

    amount: Decimal
    due: date
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of payment: the text as typed, and what it means."""

    text: str
    parts: tuple[Part, ...]

    @property
    def has_amounts(self) -> bool:
        """Whether some amounts of invoice may not fit these terms."""
        return any(part.fixed is not None for part in self.parts)

    def instalments(
        self, amount: Decimal, currency: str, invoiced: date
    ) -> tuple[Instalment, ...]:
        """Split an amount into instalments.

        Each share is rounded once, half up, to the currency's precision, and
        takes no more than is left; what rounding leaves goes to `rest`, or else
        to the last instalment.

        Args:
            amount: The amount of the invoice.
            currency: Its currency.
            invoiced: The invoice date.

        Returns:
            The instalments in the order in which the terms name them. Their
            amounts add up to the amount.

        Raises:
            TermsError: The shares do not add up to the amount, or a date lies
                beyond the calendar.
        """
        try:
            dues = [part.rule.due(invoiced) for part in self.parts]
            offers = [
                tuple(
                    Offer(discount.percent, discount.until(invoiced))
                    for discount in part.discounts
                )
                for part in self.parts
            ]
        except (ValueError, OverflowError) as error:
            message = Words(
                'terms "{said}" lead to a date after the year 9999', said=self.text
            )
            raise TermsError(message) from error
        # More digits than any ledger types: shares are to add up exactly.
        with localcontext(WIDE):
            amounts = self._amounts(amount, currency)
        return tuple(map(Instalment, amounts, dues, offers))

    def _amounts(self, amount: Decimal, currency: str) -> list[Decimal]:
        shares = [part.share_of(amount) for part in self.parts]
        has_rest = None in shares
        total = sum((share for share in shares if share is not None), ZERO)
        if total > amount or (total != amount and not has_rest):
            message = Words(
                'the shares of "{said}" add up to {total}, not to the invoice\'s {sum}',
                said=self.text,
                total=total,
                sum=money(amount, currency),
            )
            raise TermsError(message)
        taker = shares.index(None) if has_rest else len(shares) - 1
        left = amount
        amounts = [ZERO] * len(shares)
        for index, share in enumerate(shares):
            if share is not None and index != taker:
                amounts[index] = min(left, round_like(share, amount, currency))
                left -= amounts[index]
        amounts[taker] = left
        return amounts
