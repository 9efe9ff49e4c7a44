"""Terms of payment as one types them, and the due dates they give.

    on receipt                      the invoice date
    net 30, net 2 weeks, net 1 month    that much later
    net 30 eom                      the end of the month that net 30 falls in
    net 30 eom +15                  15 days after that month end
    net 30 eom on 10                the 10th of the month after
    prox 20, prox 20 cutoff 19      the 20th of next month, or of the month after
                                    next when the invoice's day is past the 19th
    2/10 net 30                     net 30; 2 % less if paid within 10 days
    30% on receipt, 70% net 45      two instalments
    500.00 net 0, rest net 30       a fixed one and what is left

Upper and lower case are the same. Days beyond a month's length mean its last day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from decimal import localcontext
from functools import lru_cache
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import round_like

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

HUNDRED = Decimal(100)
_MONTH_END = relativedelta(day=31)


class TermsError(ValueError):
    """Terms that cannot be understood, or that do not fit an amount or a date."""


@dataclass(frozen=True, slots=True)
class Discount:
    """A percentage less for paying within some days of the invoice date."""

    percent: Decimal
    days: int


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


@dataclass(frozen=True, slots=True)
class Net:
    """A distance from the invoice date, perhaps taken on to a month's end.

    The forms with a month's end are Odoo's "days end of month on the": go the
    distance, then to the end of that month, then on by some days (`plus`), or to
    a day of the month after (`day`).
    """

    distance: relativedelta
    month_end: bool = False
    plus: int = 0
    day: int = 0

    def due(self, invoiced: date) -> date:
        """Return the due date of something invoiced on a date."""
        due = invoiced + self.distance
        if not self.month_end:
            return due
        if self.day:
            return due + relativedelta(months=1, day=self.day)
        return due + _MONTH_END + timedelta(days=self.plus)


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


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment of the terms; without a share it takes what is left over."""

    rule: Net | Prox
    discounts: tuple[Discount, ...] = ()
    percent: Decimal | None = None
    fixed: Decimal | None = None

    def share_of(self, amount: Decimal) -> Decimal | None:
        """Return this part's share of an amount, unrounded; None for the rest."""
        if self.percent is not None:
            return amount * self.percent / HUNDRED
        return self.fixed


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
                    Offer(discount.percent, invoiced + timedelta(days=discount.days))
                    for discount in part.discounts
                )
                for part in self.parts
            ]
        except (ValueError, OverflowError) as error:
            message = f'terms "{self.text}" lead to a date after the year 9999'
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
            message = (
                f'the shares of "{self.text}" add up to {exact(total)}, '
                f"not to the invoice's {exact(amount)} {currency}"
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


_PART = re.compile(
    r"""
    (?: (?P<percent> \d+ (?:\.\d+)? ) \s* % \s*
      | (?P<fixed> \d+ (?:\.\d+)? ) \s+
      | (?P<rest> rest ) \s+
    )?
    (?P<discounts> (?: \d+ (?:\.\d+)? / \d{1,4} \s+ )* )
    (?: on \s+ receipt
      | net \s* (?P<count> \d{1,5} ) (?: \s* (?P<unit> day|week|month ) s? )?
        (?P<eom> \s+ eom (?: \s* \+ \s* (?P<plus> \d{1,4} )
                           | \s+ on \s+ (?P<on> \d{1,2} ) )? )?
      | prox \s* (?P<prox> \d{1,2} )
        (?: \s+ cutoff \s+ (?P<cutoff> [-\N{MINUS SIGN}]? \d{1,2} ) )?
    )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

_LAST_DAY = 31


def _day(text: str, terms: str) -> int:
    if not 1 <= int(text) <= _LAST_DAY:
        message = f'"{terms}": {text} is not a day of a month; write 1 to 31'
        raise TermsError(message)
    return int(text)


def _rule(match: re.Match[str], terms: str) -> Net | Prox:
    if match["prox"]:
        cutoff = int((match["cutoff"] or "0").replace("\N{MINUS SIGN}", "-"))
        if abs(cutoff) > _LAST_DAY:
            message = f'"{terms}": a cutoff is a day of the month, -31 to 31'
            raise TermsError(message)
        return Prox(_day(match["prox"], terms), cutoff)
    unit = (match["unit"] or "day").lower()
    count = int(match["count"] or 0)
    distance = relativedelta(
        days=count if unit == "day" else 0,
        weeks=count if unit == "week" else 0,
        months=count if unit == "month" else 0,
    )
    return Net(
        distance,
        month_end=match["eom"] is not None,
        plus=int(match["plus"] or 0),
        day=_day(match["on"], terms) if match["on"] else 0,
    )


def _discounts(text: str, terms: str) -> Iterator[Discount]:
    for discount in text.split():
        percent, _, days = discount.partition("/")
        if Decimal(percent) > HUNDRED:
            message = f'"{terms}": a discount of {percent} % is more than 100 %'
            raise TermsError(message)
        yield Discount(Decimal(percent), int(days))


def _part(text: str, terms: str, *, alone: bool) -> Part:
    match = _PART.fullmatch(text.strip())
    if match is None:
        message = (
            f'"{text.strip()}" is not understood as terms of payment; write for '
            'example "net 30", "2/10 net 30", "net 30 eom", "prox 20" or '
            '"30% on receipt, 70% net 45"'
        )
        raise TermsError(message)
    if not (alone or match["percent"] or match["fixed"] or match["rest"]):
        message = (
            f'"{terms}": each instalment needs a share: a percentage, an amount '
            'or "rest"'
        )
        raise TermsError(message)
    return Part(
        _rule(match, terms),
        tuple(_discounts(match["discounts"], terms)),
        Decimal(match["percent"]) if match["percent"] else None,
        Decimal(match["fixed"]) if match["fixed"] else None,
    )


@lru_cache(maxsize=1024)
def parse_terms(text: str) -> Terms:
    """Understand terms of payment.

    Args:
        text: What the bookkeeper typed, see this module's manual.

    Returns:
        The terms.

    Raises:
        TermsError: The text is not understood, or its shares cannot add up.
    """
    texts = text.split(",")
    parts = tuple(_part(part, text, alone=len(texts) == 1) for part in texts)
    rests = sum(part.percent is None and part.fixed is None for part in parts)
    if rests > 1:
        message = f'"{text}": only one instalment can take the rest'
        raise TermsError(message)
    total = sum((part.percent or ZERO for part in parts), ZERO)
    all_percent = all(part.percent is not None for part in parts)
    if total > HUNDRED or (all_percent and total != HUNDRED):
        message = f'"{text}": the shares add up to {exact(total)} %, not to 100 %'
        raise TermsError(message)
    return Terms(text, parts)
