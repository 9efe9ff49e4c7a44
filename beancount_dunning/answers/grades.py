"""A grade from A to E for how a customer pays, and the sentences that make it.

It looks at the last invoices that were paid, are overdue or were written off, by due
date: a customer gets better as they pay better. From the worst grade on, the first that
applies counts:

    E  two over 90 days late, or something written off in the last two years
    D  one over 90 days late, or three over 30
    C  one over 30 days late, or three over 7
    B  one over 7 days late
    A  none over 7 days late

A promise broken in the last year makes it one worse. Of fewer than three invoices there
is no grade. docs/customers.md says the same to bookkeepers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from beancount_dunning.answers.paid import Outcome
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.answers.promised import Promised

_LOOKED_AT = 5
_LEAST = 3
_LOSS_COUNTS = dt.timedelta(days=730)
_PROMISE_COUNTS = dt.timedelta(days=365)


class Grade(StrEnum):
    """How a customer pays, best first."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @property
    def worse(self) -> Grade:
        """The next worse grade; there is none below E."""
        return _GRADES[min(_GRADES.index(self) + 1, len(_GRADES) - 1)]


_GRADES = tuple(Grade)
# From the worst on: so many or more were more than so many days late.
_LIMITS = (
    (Grade.E, 2, 90),
    (Grade.D, 1, 90),
    (Grade.D, 3, 30),
    (Grade.C, 1, 30),
    (Grade.C, 3, 7),
    (Grade.B, 1, 7),
)
_PUNCTUAL_ENOUGH = 7


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade, None where nobody can tell, and why."""

    grade: Grade | None
    because: tuple[Words, ...]


def grade(
    parts: Sequence[Invoiced], promised: Sequence[Promised], as_of: dt.date
) -> Graded:
    """Grade a customer.

    Args:
        parts: All that they were invoiced.
        promised: What they promised.
        as_of: The date to look from.
    """
    judged = [
        (part.due, late)
        for part in parts
        if part.due is not None and (late := part.lateness) is not None
    ]
    lost = Outcome.WRITTEN_OFF
    losses = [
        part
        for part in parts
        if part.outcome is lost
        and part.settled_on is not None
        and as_of - part.settled_on <= _LOSS_COUNTS
    ]
    if len(judged) < _LEAST and not losses:
        text = Words.counted(
            "too few to say: {n} invoice is paid or overdue, and a grade takes {least}",
            "too few to say: {n} invoices are paid or overdue, and a grade takes "
            "{least}",
            len(judged),
            least=_LEAST,
        )
        return Graded(None, (text,))
    judged.sort()
    days = [late for _, late in judged[-_LOOKED_AT:]]
    found, why = _by_days(days)
    broken = [
        one
        for one in promised
        if not one.is_kept and as_of - one.day <= _PROMISE_COUNTS
    ]
    if losses:
        found = Grade.E
    elif broken:
        found = found.worse
    because = [
        *map(_loss, losses),
        *([why] if len(days) >= _LEAST else []),
        *map(_broken, broken),
    ]
    return Graded(found, tuple(because))


def _by_days(days: Sequence[int]) -> tuple[Grade, Words]:
    """Return the grade that the days late of some invoices make, and why."""
    for found, least, limit in _LIMITS:
        count = sum(late > limit for late in days)
        if count >= least:
            text = Words.counted(
                "{n} of the last {of} was over {days} days late",
                "{n} of the last {of} were over {days} days late",
                count,
                of=len(days),
                days=limit,
            )
            return found, text
    text = Words(
        "none of the last {of} was over {days} days late",
        of=len(days),
        days=_PUNCTUAL_ENOUGH,
    )
    return Grade.A, text


def _loss(part: Invoiced) -> Words:
    name = part.invoice or str(part.entry.narration or Words("(no reference)"))
    return Words("{name} was written off on {day}", name=name, day=part.settled_on)


def _broken(one: Promised) -> Words:
    return Words("a promise was broken on {day}", day=one.day)
