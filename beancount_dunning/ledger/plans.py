"""Plans of payment as one types them.

    2000.00 on 2026-09-15, rest on 2026-10-15   parts with their days
    6 x 1 month from 2026-09-15                 equal parts
    400.00 x 1 month from 2026-09-15            parts of so much, and the rest

A number without decimals before the `x` counts parts, one with decimals is an amount.
`plan_notes` reads what stands beside it, and `planning` lays the parts over what is
open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from decimal import Decimal
from decimal import localcontext
from itertools import pairwise
from typing import TYPE_CHECKING
from typing import NamedTuple
from typing import cast

from dateutil.relativedelta import relativedelta

from beancount_dunning.basics.lists import either
from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import round_like
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount_dunning.ledger.log import LogEntry

# Ten years of months; a larger number is an amount without its decimals.
_MOST_COUNTED = 120
# Twenty years of weeks.
_MOST_PARTS = 1040
# What one can type, each in quotes.
FORMS = either(
    (
        '"2000.00 on 2026-09-15, rest on 2026-10-15"',
        '"6 x 1 month from 2026-09-15"',
        '"400.00 x 1 month from 2026-09-15"',
    )
)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,12})?"
_DAY = r"\d{4}-\d{2}-\d{2}"
_PART = rf"(?:({_NUMBER})|rest|balance) on ({_DAY})"
_ANY = rf"(?:{_NUMBER}|rest|balance) on {_DAY}"
_LISTED = re.compile(rf"{_ANY}(?:(?: ?[,;] ?| and ){_ANY})*", re.ASCII)
_ONE = re.compile(_PART, re.ASCII)
_REGULAR = re.compile(
    rf"(?P<number>{_NUMBER}) ?x ?(?P<every>\d{{1,3}}) (?P<unit>day|week|month)s?"
    rf" from (?P<day>{_DAY})",
    re.ASCII,
)


class PlanError(ValueError):
    """A plan that cannot be understood, or that does not fit what is open.

    `reason` says what is wrong.
    """

    def __init__(self, reason: Words) -> None:
        """Say what is wrong with a plan."""
        super().__init__(reason)
        self.reason = reason


class PlanPart(NamedTuple):
    """A part of a plan; `amount` is None where it takes the rest."""

    amount: Decimal | None
    due: date


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of payment: the text as typed, and what it means.

    It has either `listed` parts, or regular ones from `first` on, `every` so often:
    `count` equal ones, or of an `amount`.

    Attributes:
        runs_on: Whether interest goes on from the original due date.
        default_after: How many days late a part ends the plan; None for never.
        instalment: Which instalment it is about, like "2/3"; None for all.
    """

    text: str
    first: date
    listed: tuple[PlanPart, ...] = ()
    every: relativedelta | None = None
    count: int | None = None
    amount: Decimal | None = None
    runs_on: bool = False
    default_after: int | None = None
    instalment: str | None = None

    def misfit(self, total: Decimal) -> Decimal | None:
        """Return what the amounts add up to where that is not what is open."""
        if not self.listed:
            return None
        said = sum((part.amount or ZERO for part in self.listed), ZERO)
        has_rest = self.listed[-1].amount is None
        fits = said <= total if has_rest else said == total
        return None if fits else said

    def parts(self, total: Decimal, currency: str) -> list[tuple[Decimal, date]]:
        """Lay the plan over what is open: parts with amounts, in order of due date.

        Nobody is asked for more than is open: a part takes no more than is left, and
        one for which nothing is left is none. What rounding leaves goes to the last.

        Args:
            total: What is open.
            currency: In which currency.

        Returns:
            The parts. They add up to what is open, or to less where the plan does.

        Raises:
            PlanError: It takes too many parts, or a date lies beyond the calendar.
        """
        left, parts = total, []
        with localcontext(WIDE):
            for part in self.listed or self._regular(total, currency):
                taken = left if part.amount is None else min(part.amount, left)
                if taken:
                    parts.append((taken, part.due))
                left -= taken
        return parts

    def _regular(self, total: Decimal, currency: str) -> Iterator[PlanPart]:
        if self.amount is not None:
            share = self.amount
            count = int(total // share) + bool(total % share)
            if count > _MOST_PARTS:
                message = Words(
                    '"{plan}" takes {count} parts for {total} {currency}; there can be '
                    "{most}",
                    plan=self.text,
                    count=count,
                    total=total,
                    currency=currency,
                    most=_MOST_PARTS,
                )
                raise PlanError(message)
        else:
            count = self.count or 1
            share = round_like(total / count, total, currency)
        for index in range(count):
            due = self._day(index)
            yield PlanPart(share if index < count - 1 else None, due)

    def _day(self, index: int) -> date:
        try:
            return self.first + (self.every or relativedelta()) * index
        except (ValueError, OverflowError) as error:
            message = Words(
                '"{plan}" leads to a date after the year 9999', plan=self.text
            )
            raise PlanError(message) from error


@dataclass(frozen=True, slots=True)
class Agreement:
    """A plan that was agreed: the note that says so, and the invoices it names.

    `disputes` are the notes on each of them that begin or end a dispute.
    """

    note: LogEntry
    names: tuple[str, ...]
    plan: Plan
    disputes: tuple[Sequence[LogEntry], ...] = ()

    def in_dispute(self, day: date, currency: str) -> Decimal | None:
        """Return how much is in dispute when a day ends; None where it is all."""
        amounts: dict[int, Decimal] = {}
        for notes in self.disputes:
            last = next((note for note in reversed(notes) if note.date <= day), None)
            if last is None or not last.dispute:
                continue
            if last.disputed is None:
                return None
            # A note with several links names one amount for all of them.
            is_ours = last.disputed.currency == currency
            amounts[id(last)] = (
                cast("Decimal", last.disputed.number) if is_ours else ZERO
            )
        return sum(amounts.values(), ZERO)


def parse_plan(text: str, noted: date) -> Plan:
    """Understand a plan.

    Args:
        text: What the bookkeeper typed, see this module's manual.
        noted: The date of the note; no part is due before it.

    Returns:
        The plan.

    Raises:
        PlanError: The text is not understood, or its dates are out of order.
    """
    said = " ".join(text.lower().split())
    if match := _REGULAR.fullmatch(said):
        plan = _regular_plan(text, match)
    elif _LISTED.fullmatch(said):
        parts = tuple(
            PlanPart(_amount(amount, text), _date(day, text))
            for amount, day in _ONE.findall(said)
        )
        _check_order(parts, text)
        plan = Plan(text, parts[0].due, parts)
    else:
        message = Words(
            '"{plan}" is not understood as a plan; write {forms}',
            plan=text,
            forms=FORMS,
        )
        raise PlanError(message)
    if plan.first < noted:
        message = Words(
            "its first part is due {day}, before the date of the note, {noted}",
            day=plan.first,
            noted=noted,
        )
        raise PlanError(message)
    return plan


def _regular_plan(text: str, match: re.Match[str]) -> Plan:
    number, every, unit = match["number"], int(match["every"]), match["unit"]
    first = _date(match["day"], text)
    if not every:
        message = Words('"{plan}": parts cannot all be due on one day', plan=text)
        raise PlanError(message)
    distance = relativedelta(
        days=every * {"day": 1, "week": 7, "month": 0}[unit],
        months=every if unit == "month" else 0,
    )
    plan = Plan(text, first, every=distance)
    if "." in number:
        return replace(plan, amount=_amount(number, text))
    count = int(number.replace(",", ""))
    if not 1 <= count <= _MOST_COUNTED:
        message = Words(
            '"{plan}" asks for {count} parts; for an amount write "{count}.00 x …", '
            "for a number of parts 1 to {most}",
            plan=text,
            count=count,
            most=_MOST_COUNTED,
        )
        raise PlanError(message)
    plan = replace(plan, count=count)
    plan._day(count - 1)  # noqa: SLF001 - so that parts of any amount have a date
    return plan


def _check_order(parts: tuple[PlanPart, ...], text: str) -> None:
    if any(part.amount is None for part in parts[:-1]):
        message = Words('"{plan}": only the last part can take the rest', plan=text)
        raise PlanError(message)
    for before, after in pairwise(parts):
        if after.due <= before.due:
            message = Words(
                '"{plan}": {day} does not come after {before}',
                plan=text,
                day=after.due,
                before=before.due,
            )
            raise PlanError(message)


def _date(day: str, text: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        message = Words('"{plan}": {day} is no date', plan=text, day=day)
        raise PlanError(message) from error


def _amount(number: str, text: str) -> Decimal | None:
    if not number:
        return None
    amount = Decimal(number.replace(",", ""))
    if not amount:
        message = Words(
            '"{plan}": a part of {amount} is nothing', plan=text, amount=number
        )
        raise PlanError(message)
    return amount
