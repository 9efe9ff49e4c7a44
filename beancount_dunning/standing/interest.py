"""Interest on overdue items, day by day.

    2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"

Interest is simple, in percent a year of 365 days, on the open amount: day by day, from
the day after the due date, at the rate in force on the day. A payment lowers the
principal from the day after it. The sum is rounded once, at the end. A rate never falls
below zero, and charges bear no interest themselves.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from decimal import localcontext
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import round_like
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.rates import RateError
from beancount_dunning.ledger.timeline import Span
from beancount_dunning.ledger.timeline import Timeline
from beancount_dunning.standing.resting import is_covered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.policies import Interest
    from beancount_dunning.ledger.rates import Rate
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.books import Books


_DAY = timedelta(days=1)


_YEAR = 365


_PERCENT = 100


class UnknownRateError(RateError):
    """A reference rate that an agreement on interest needs, and nobody knows."""

    def __init__(self, message: Words, agreed: Interest) -> None:
        """Say which agreement needs it."""
        super().__init__(message)
        self.agreed = agreed

    def as_error(self) -> SettingError:
        """Return it as an error at the agreement's line."""
        entry = self.agreed.entry
        return SettingError(place(entry.meta), str(self), entry)


@dataclass(frozen=True, slots=True)
class Segment:
    """Days on which neither principal nor rate changed, both ends included.

    `amount` is what the segment adds to the rounded interest, so that the segments of
    an item add up to it.
    """

    first: dt.date
    last: dt.date
    principal: Decimal
    percent: Decimal
    amount: Decimal
    agreed: Interest
    reference: Rate | None

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def in_words(self, currency: str) -> Words:
        """Say how its amount comes about."""
        return Words.counted(
            "{first} to {last}: {n} day at {percent} % on {principal}: "
            "{amount} {currency}",
            "{first} to {last}: {n} days at {percent} % on {principal}: "
            "{amount} {currency}",
            self.days,
            first=self.first,
            last=self.last,
            percent=self.percent,
            principal=self.principal,
            amount=self.amount,
            currency=currency,
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


@dataclass(frozen=True, slots=True)
class Accrual:
    """The interest of an item up to a date, rounded once, and how it came about."""

    amount: Decimal
    segments: tuple[Segment, ...]


def _first_day(item: Item) -> dt.date | None:
    """Return the day after the due date; None where an item bears no interest.

    What is posted after its due date, like a payment that came back, bears interest
    from the day after that: before, nothing was open.
    """
    if item.due is None or item.charge:
        return None
    last_free = max(item.due, item.date)
    return last_free + _DAY if last_free < dt.date.max else None


def _principals(item: Item, first: dt.date, last: dt.date) -> Timeline[Decimal]:
    """Return what is open of an item when, from the first day to the last."""
    paid: dict[dt.date, Decimal] = defaultdict(Decimal)
    for settlement in item.settlements:
        # A payment lowers the principal from the day after it.
        if settlement.date < first:
            paid[first] += settlement.amount
        elif settlement.date < last:
            paid[settlement.date + _DAY] += settlement.amount
    principal = item.amount
    changes = []
    for day in sorted({first, *paid}):
        principal -= paid[day]
        changes.append((day, principal))
    return Timeline(tuple(changes))


class _Terms(NamedTuple):
    """What interest costs: percent a year, by which agreement and reference rate."""

    percent: Decimal
    agreed: Interest
    reference: Rate | None


def _terms(
    item: Item, settings: Settings, first: dt.date, last: dt.date
) -> Iterator[Span[_Terms]]:
    """Yield at what an item bears interest in a span of days, where it does.

    Raises:
        UnknownRateError: A reference rate is not known on one of the days.
    """
    start = None
    for policy in item.policies(settings).spans(first, last):
        agreements = settings.interest.get(policy.value)
        # With a policy ends what was agreed under it.
        for agreed in agreements.spans(policy.first, policy.last) if agreements else ():
            start = start or agreed.first
            yield from _at_rates(agreed, settings, start)


def _at_rates(
    span: Span[Interest], settings: Settings, start: dt.date
) -> Iterator[Span[_Terms]]:
    """Yield an agreement's terms; what is fixed stays as on the day interest began."""
    first, last, agreed = span
    if agreed.reference is None:
        yield Span(first, last, _Terms(agreed.percent, agreed, None))
        return
    reference = settings.references[agreed.reference]
    try:
        rates = (
            [Span(first, last, reference.on(start))]
            if agreed.is_fixed
            else list(reference.spans(first, last))
        )
    except RateError as error:
        raise UnknownRateError(error.message, agreed) from error
    for since, until, rate in rates:
        percent = max(agreed.percent + rate.percent, ZERO)
        yield Span(since, until, _Terms(percent, agreed, rate))


def accrue(books: Books, item: Item) -> Accrual | None:
    """Work out the interest of an item, from the day after due up to the books' date.

    Args:
        books: The ledger on a date: what is agreed, and the reference rates.
        item: An item of it, open or settled.

    Returns:
        The interest with its segments; None where none runs: nothing is agreed, the
        item is undated, was not late, or is itself a charge, or what is open of it is
        not owed.

    Raises:
        UnknownRateError: A reference rate is not known on one of the days.
    """
    settings, as_of = books.settings, books.as_of
    first = _first_day(item)
    if first is None or first > as_of or not settings.interest:
        return None
    if is_covered(books, item):
        return None
    principals = _principals(item, first, as_of)
    since, principal = principals.changes[-1]
    # Rates are not looked at beyond the day on which all was paid.
    last = as_of if principal else since - _DAY
    if last < first:
        return None
    segments: list[Segment] = []
    total = rounded = ZERO
    terms = list(_terms(item, settings, first, last))
    with localcontext(WIDE):
        for begun, ended, (percent, agreed, reference) in terms:
            for begin, end, principal in principals.spans(begun, ended):
                total += principal * percent * ((end - begin).days + 1)
                so_far = round_like(
                    total / (_YEAR * _PERCENT), item.amount, item.currency
                )
                amount = so_far - rounded
                segments.append(
                    Segment(begin, end, principal, percent, amount, agreed, reference)
                )
                rounded = so_far
    return Accrual(rounded, tuple(segments)) if segments else None


def interest_so_far(books: Books, item: Item) -> Decimal | None:
    """Return the interest of an item so far; None where none, or not known."""
    if not books.settings.interest:
        return None
    try:
        accrual = accrue(books, item)
    except UnknownRateError:
        return None
    return accrual.amount if accrual else None


def unknown_rates(books: Books) -> list[SettingError]:
    """Return an error for each agreement whose rate is missing on a day that counts.

    Args:
        books: The ledger on a date; only overdue items need a rate.

    Returns:
        The errors, at the agreement's line, each saying which directive to add.
    """
    settings, receivables = books.settings, books.receivables
    if not settings.interest:
        return []
    fixed = any(
        agreed.is_fixed
        for agreements in settings.interest.values()
        for _, agreed in agreements.changes
    )
    # Items that are late since the same day, under policies that change on the same
    # days, need the same rates.
    late: dict[tuple[str | None, str], dict[dt.date, Item]] = defaultdict(dict)
    for item in receivables.items:
        first = _first_day(item)
        if first is not None and first <= receivables.as_of:
            own = folded(item.customer) in settings.customer_policies
            late[item.own_policy, item.customer if own else ""][first] = item
    found = {}
    for items in late.values():
        # What floats is needed from the first day on, what is fixed on each start.
        for first in sorted(items if fixed else {min(items), max(items)}):
            try:
                list(_terms(items[first], settings, first, receivables.as_of))
            except UnknownRateError as error:
                found[id(error.agreed), str(error)] = error.as_error()
    return list(found.values())
