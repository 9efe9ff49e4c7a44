"""Which reminders bring money: what was paid after them, and without them.

    for group in effect(books).groups:
        print(group.name, group.sent, group.within, group.median)

All shares of a group are read from one curve, which counts what is still open only as
long as it was watched, see `basics.survival`. Beside them stands what was paid in spans
as long, as late after the due date, while nothing had been sent: the average over the
days on which the group's reminders were sent. A share or a median that fewer than ten
cases tell is None, for it tells nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from functools import partial
from math import ceil
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.sent_reminders import first_told
from beancount_dunning.answers.sent_reminders import sent_reminders
from beancount_dunning.answers.sent_reminders import unreminded
from beancount_dunning.answers.sent_reminders import watched
from beancount_dunning.answers.tones import tone_of
from beancount_dunning.basics.survival import Curve
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.answers.sent_reminders import SentReminder
    from beancount_dunning.basics.survival import Watch
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

# Within so many days.
SPANS = (3, 7, 14)
# What fewer cases tell, they tell by chance.
LEAST_CASES = 10
# Of so many of the reminders it has to be known what is paid without them.
_COMPARED = 0.9
# A day before any other, counted from a due date.
_FIRST = -dt.date.max.toordinal()
_WEEKDAYS = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
]


class GroupedBy(StrEnum):
    """What reminders are grouped by."""

    STEP = "step"
    CHANNEL = "channel"
    TONE = "tone"
    POLICY = "policy"
    WEEKDAY = "weekday"


class BeforeOrAfter(StrEnum):
    """Whether something was before a change, or after it."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class EffectGroup:
    """Reminders that have something in common, and what came of them.

    Attributes:
        name: What they have in common; None where the log does not say.
        when: Whether they are from before a change or after it; None where all are.
        sent: How many there are, by part of an invoice.
        within: The shares paid within the days of `SPANS`.
        without: The shares paid within as many days without a reminder.
        before_next: The share paid before the next step was sent, of those whose policy
            had one.
        median: The days until half were paid.
    """

    name: str | None
    when: BeforeOrAfter | None
    sent: int
    within: tuple[float | None, ...]
    without: tuple[float | None, ...]
    before_next: float | None
    median: int | None

    @property
    def is_few(self) -> bool:
        """Whether there are too few to say anything."""
        return self.sent < LEAST_CASES

    def as_dict(self) -> dict[str, Any]:
        """Return the group as JSON has it, with shares of three decimals."""
        return {
            "group": self.name,
            "when": self.when,
            "sent": self.sent,
            **_named("within", self.within),
            **_named("without", self.without),
            "before_next": _rounded(self.before_next),
            "median_days": self.median,
        }


@dataclass(frozen=True, slots=True)
class PaidByDue:
    """How many invoices were paid within days of their due date, reminded of or not.

    The fields are those of `EffectGroup`; `median` may be negative, for before it.
    """

    when: BeforeOrAfter | None
    invoices: int
    within: tuple[float | None, ...]
    median: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it, with shares of three decimals."""
        return {
            "when": self.when,
            "invoices": self.invoices,
            **_named("within", self.within),
            "median_days": self.median,
        }


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A day from which on a policy had other steps."""

    policy: str
    date: dt.date

    def as_dict(self) -> dict[str, str]:
        """Return the change as JSON has it."""
        return {"policy": self.policy, "date": self.date.isoformat()}


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of reminders.

    Attributes:
        as_of: The date.
        by: What they are grouped by.
        change: The day that divides before and after; None where nothing is divided.
        customers: How many customers they went to; with a change, those who had some
            before it and after it, for only theirs are compared.
        whole: How invoices were paid in all, those customers' alone.
        groups: The groups, in their order.
        changes: When policies changed between the first reminder and the last.
    """

    as_of: dt.date
    by: GroupedBy
    change: dt.date | None
    customers: int
    whole: tuple[PaidByDue, ...]
    groups: tuple[EffectGroup, ...]
    changes: tuple[PolicyChange, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "as_of": self.as_of.isoformat(),
            "by": self.by,
            "before_after": self.change.isoformat() if self.change else None,
            "customers": self.customers,
            "all": [one.as_dict() for one in self.whole],
            "groups": [one.as_dict() for one in self.groups],
            "changes": [one.as_dict() for one in self.changes],
        }


def _named(name: str, shares: Iterable[float | None]) -> dict[str, float | None]:
    return {
        f"{name}_{days}": _rounded(share)
        for days, share in zip(SPANS, shares, strict=True)
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def effect(
    books: Books,
    by: GroupedBy = GroupedBy.STEP,
    change: dt.date | None = None,
    keep: Keep = everything,
) -> Effect:
    """Tell what came of reminders.

    Args:
        books: The ledger on a date.
        by: What to group them by.
        change: The first day after a change. What was sent and due before it is told
            as it was known on the day before.
        keep: Which items this is to be about; all by default.

    Returns:
        How invoices were paid, and what was paid after each group of reminders.
    """
    parts = invoiced(books, keep)
    sent = list(sent_reminders(books, parts))
    changes = _changes(books, sent)
    spans = _spans(books.as_of, change)
    if change is not None:
        same = set.intersection(
            *({one.part.customer for one in span.of(sent)} for span in spans)
        )
        parts = tuple(part for part in parts if part.customer in same)
        sent = [one for one in sent if one.part.customer in same]
    named: dict[str | None, list[SentReminder]] = defaultdict(list)
    name_of = _NAMES[by]
    for one in sent:
        named[name_of(one)].append(one)
    names = sorted(named, key=lambda name: _order(named[name][0], by))
    told = [_Told(books, span, parts) for span in spans]
    return Effect(
        books.as_of,
        by,
        change,
        len({one.part.customer for one in sent}),
        tuple(one.paid() for one in told),
        tuple(one.group(name, named[name]) for name in names for one in told),
        changes,
    )


# What a reminder has in common with others.
_NAMES: Mapping[GroupedBy, Callable[[SentReminder], str | None]] = {
    GroupedBy.STEP: lambda one: one.sent.step.name,
    GroupedBy.CHANNEL: lambda one: one.sent.entry.channel or one.sent.step.channel,
    GroupedBy.TONE: lambda one: tone_of(one.sent.step, one.ladder),
    GroupedBy.POLICY: lambda one: one.policy,
    GroupedBy.WEEKDAY: lambda one: _WEEKDAYS[one.date.weekday()],
}


def _order(one: SentReminder, by: GroupedBy) -> tuple[object, ...]:
    """Return the place of a reminder's group among others."""
    name = _NAMES[by](one)
    if by is GroupedBy.WEEKDAY:
        return (one.date.weekday(),)
    if by in {GroupedBy.STEP, GroupedBy.TONE}:
        return *one.sent.step.order, name
    return name is None, name or ""


def _changes(books: Books, sent: Sequence[SentReminder]) -> tuple[PolicyChange, ...]:
    """Return when the policies of reminders changed while they were sent."""
    days = [one.date for one in sent]
    policies = {one.policy for one in sent}
    return tuple(
        PolicyChange(policy, day)
        for policy, ladder in sorted(books.settings.ladders.items())
        if policy in policies
        for day, _ in ladder.changes
        if min(days) < day <= max(days)
    )


class _Span(NamedTuple):
    """Days about which something is told, both included."""

    when: BeforeOrAfter | None
    first: dt.date
    last: dt.date

    def of(self, sent: Iterable[SentReminder]) -> list[SentReminder]:
        """Return the reminders that were sent on them."""
        return [one for one in sent if self.first <= one.date <= self.last]


def _spans(as_of: dt.date, change: dt.date | None) -> list[_Span]:
    """Divide the days until a date into those before a change and after it."""
    if change is None:
        return [_Span(None, dt.date.min, as_of)]
    day_before = dt.date.fromordinal(max(change.toordinal() - 1, 1))
    return [
        _Span(BeforeOrAfter.BEFORE, dt.date.min, day_before),
        _Span(BeforeOrAfter.AFTER, change, as_of),
    ]


class _Told:
    """What is told of a span of days: what was due on them, and what was sent."""

    def __init__(self, books: Books, span: _Span, parts: Iterable[Invoiced]) -> None:
        self._span = span
        whole: list[Watch] = []
        without: list[Watch] = []
        told, until = first_told(books), span.last
        for part in parts:
            due = part.due
            if due is None or not span.first <= due <= until >= part.date:
                continue
            watch = watched(part, due, until, (part.date - due).days)
            _, last, ending = watch
            # Nothing is paid before it is invoiced, so all count from the first day.
            whole.append((_FIRST, last, ending))
            before = unreminded(watch, due, told.get(part.invoice))
            if before is not None:
                without.append(before)
        self._all, self._count = Curve(whole), len(whole)
        self._without = cache(partial(_share, Curve(without)))

    def paid(self) -> PaidByDue:
        """Return how invoices were paid in all."""
        return PaidByDue(
            self._span.when,
            self._count,
            tuple(_share(self._all, _FIRST, days) for days in SPANS),
            _median(self._all, _FIRST),
        )

    def group(self, name: str | None, sent: Iterable[SentReminder]) -> EffectGroup:
        """Return what came of a group's reminders, as far as they are of the span."""
        span = self._span
        watches: list[Watch] = []
        following: list[Watch] = []
        late: Counter[int] = Counter()
        for one in span.of(sent):
            watch = one.watch(span.last)
            watches.append(watch)
            if one.has_next:
                following.append(one.before_next(watch))
            if (days := one.days_overdue) is not None:
                late[days] += 1
        curve, until_next = Curve(watches), Curve(following)
        least = max(LEAST_CASES, ceil(len(watches) * _COMPARED))
        is_decided = until_next.decided >= LEAST_CASES
        return EffectGroup(
            name,
            span.when,
            len(watches),
            tuple(_share(curve, 0, days) for days in SPANS),
            tuple(self._average(late, days, least) for days in SPANS),
            until_next.paid_first() if is_decided else None,
            _median(curve, 0),
        )

    def _average(self, some: Mapping[int, int], days: int, least: int) -> float | None:
        """Return what was paid within days without a reminder, on days as late.

        It is None where that is known of fewer than `least` reminders.
        """
        known, total = 0, 0.0
        for late, count in some.items():
            share = self._without(late, late + days)
            if share is not None:
                known, total = known + count, total + share * count
        return total / known if known >= least else None


def _share(curve: Curve, first: int, last: int) -> float | None:
    """Return what is paid in a span of days; None where too few cases tell."""
    return curve.share(first, last) if curve.known(first, last) >= LEAST_CASES else None


def _median(curve: Curve, first: int) -> int | None:
    """Return the day by which half are paid; None where too few cases tell."""
    day = curve.median()
    return None if day is None or curve.known(first, day) < LEAST_CASES else day
