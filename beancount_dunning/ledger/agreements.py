"""Agreements on interest: the rate, how its days are counted, and what comes with it.

    2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
      consumer: 5
      compensation: 40.00 EUR

An agreement whose keys contradict each other would claim what nobody agreed on; it is
an error at its line, and has no effect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.amount import Amount

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import is_number
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.values import WrongValueError
from beancount_dunning.ledger.values import amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount.core.data import Custom

_NUMBER = r"[0-9]{1,20}(?:\.[0-9]{1,12})?"
_TIER = re.compile(rf"({_NUMBER}) ([A-Z][A-Z0-9'._-]*)(?: from ({_NUMBER}))?")


class DayCount(StrEnum):
    """Which part of a year a day is."""

    DAYS_365 = "365"
    ACTUAL = "actual"
    DAYS_360 = "360"
    MONTHS_30 = "30/360"


class Period(StrEnum):
    """For how long the percentage is."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class Compound(StrEnum):
    """When interest that has accrued begins to bear interest itself."""

    YEARLY = "yearly"
    MONTHLY = "monthly"


class Each(StrEnum):
    """What compensation is claimed once for."""

    INVOICE = "invoice"
    INSTALMENT = "instalment"


@dataclass(frozen=True, slots=True)
class Compensation:
    """A fixed sum for being late, perhaps by the size of the debt.

    `tiers` have the size from which an amount counts, ascending from nothing.
    """

    tiers: tuple[tuple[Decimal, Amount], ...]

    def of(self, debt: Amount) -> Amount:
        """Return what is claimed for a debt; in another currency, the least."""
        found = self.tiers[0][1]
        for size, claim in self.tiers:
            if claim.currency == debt.currency and size <= (debt.number or ZERO):
                found = claim
        return found


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest on what is late under a policy.

    Attributes:
        percent: The rate, or the points to add to the rate that `reference` names.
        reference: A reference rate, in percent a year.
        is_fixed: Whether that rate stays as it was on the day interest began to run.
        compensation: What is claimed for being late, beside interest.
        entry: The directive.
        each: What compensation is claimed once for.
        consumer: The rate or points for consumers.
        days: Which part of a year a day is.
        per: For how long `percent` is.
        is_factor: Whether `percent` multiplies the reference rate.
        compound: When interest begins to bear interest; None for simple interest.
        cap: The most that it may come to, in percent a year.
    """

    percent: Decimal
    reference: str | None
    is_fixed: bool
    compensation: Compensation | None
    entry: Custom
    each: Each = Each.INVOICE
    consumer: Decimal | None = None
    days: DayCount = DayCount.DAYS_365
    per: Period = Period.YEAR
    is_factor: bool = False
    compound: Compound | None = None
    cap: Decimal | None = None

    @property
    def for_consumers(self) -> Interest:
        """The same agreement with what it says of consumers, if anything."""
        if self.consumer is None:
            return self
        return replace(self, percent=self.consumer)

    def over(self, rate: Decimal) -> Decimal:
        """Return the percentage that comes of a reference rate; never below zero."""
        together = self.percent * rate if self.is_factor else self.percent + rate
        return max(together, ZERO)


def agreement(
    entry: Custom, percent: Decimal, reference: str | None, said: Mapping[str, Any]
) -> Interest:
    """Return the agreement that a directive makes.

    Args:
        entry: The directive.
        percent: The rate, points or factor that is typed.
        reference: The reference rate, if one is.
        said: The values of its metadata by key.
    """
    return Interest(
        percent,
        reference,
        "fixed-at" in said,
        said.get("compensation"),
        entry,
        said.get("each", Each.INVOICE),
        said.get("consumer"),
        said.get("days", DayCount.DAYS_365),
        said.get("per", Period.YEAR),
        said.get("times", False),
        said.get("compound"),
        said.get("cap"),
    )


def contradiction(agreed: Interest) -> Words | None:
    """Say what in an agreement contradicts itself, and what to type instead.

    Args:
        agreed: The agreement.

    Returns:
        A sentence; None where nothing does.
    """
    per, meta = agreed.per, agreed.entry.meta
    if agreed.reference is None:
        for percent in (agreed.percent, agreed.consumer or ZERO):
            if percent < ZERO:
                return Words("Interest of {percent} % is negative.", percent=percent)
        if agreed.is_factor:
            typed = f'{exact(agreed.percent)} "bundesbank"'
            return Words(
                "times: TRUE multiplies a reference rate, and there is none; name it "
                "behind the number: {typed}.",
                typed=typed,
            )
    elif per is not Period.YEAR:
        return Words(
            'per: "{per}" does not go with "{rate}": a reference rate is percent a '
            "year. Leave one of them out.",
            per=per,
            rate=agreed.reference,
        )
    if "days" in meta and per is not Period.YEAR:
        return Words(
            'days: "{days}" divides a year, and per: "{per}" says that the rate is for '
            "a {per}. Leave one of them out.",
            days=agreed.days,
            per=per,
        )
    if "each" in meta and agreed.compensation is None:
        return Words(
            'each: goes with compensation, and there is none; add "compensation: '
            '40.00 EUR", or leave it out.'
        )
    return None


def compensation(value: object) -> Compensation:
    """Read an amount, or text with amounts by the size of the debt."""
    if isinstance(value, Amount):
        return Compensation(((ZERO, amount(value)),))
    parts = value.split(",") if isinstance(value, str) else []
    tiers = [_tier(part.strip()) for part in parts]
    sizes = [size for size, _ in tiers]
    currencies = {claim.currency for _, claim in tiers}
    if len(currencies) != 1 or sizes != sorted(set(sizes)) or sizes[0]:
        raise _not_compensation()
    return Compensation(tuple(tiers))


def _tier(text: str) -> tuple[Decimal, Amount]:
    found = _TIER.fullmatch(text)
    if not found:
        raise _not_compensation()
    number, currency, size = found.groups()
    return Decimal(size or 0), Amount(Decimal(number), currency)


def _not_compensation() -> WrongValueError:
    expected = Words(
        "an amount, like 40.00 EUR, or amounts by the size of the debt, like "
        '"40.00 GBP, 70.00 GBP from 1000"'
    )
    return WrongValueError(expected)


def points(value: object) -> Decimal:
    """Read a percentage, or points over a reference rate, which may be negative."""
    if not is_number(value):
        raise WrongValueError(Words("a number in percent, like 5"))
    return value


def cap(value: object) -> Decimal:
    """Read a percentage a year, 0 or more."""
    if not is_number(value) or value < 0:
        raise WrongValueError(Words("percent a year, 0 or more, like 24"))
    return value
