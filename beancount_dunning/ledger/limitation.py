"""After how many years a claim can no longer be enforced, and what begins them anew.

    2026-01-01 custom "dunning-option" "limitation" "3 years from year end"
      restarts: "payment confirmation promise"

Which years and which reasons are the law's to say, see docs/limitation.md.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.values import WrongValueError
from beancount_dunning.ledger.values import one_of

if TYPE_CHECKING:
    from beancount.core.data import Directive

_PERIOD = re.compile(r"([1-9]\d?) years?( from year end)?", re.ASCII)


class Restart(StrEnum):
    """What may begin the years anew."""

    PAYMENT = "payment"
    REMINDER = "reminder"
    CONFIRMATION = "confirmation"
    PROMISE = "promise"

    @property
    def words(self) -> Words:
        """What it is called where people read it."""
        return {
            Restart.PAYMENT: Words("payment"),
            Restart.REMINDER: Words("reminder"),
            Restart.CONFIRMATION: Words("confirmation"),
            Restart.PROMISE: Words("promise"),
        }[self]


@dataclass(frozen=True, slots=True)
class Limitation:
    """So many years after the due date, or after the end of its year.

    `restarts` is what begins them anew.
    """

    years: int
    from_year_end: bool
    restarts: frozenset[Restart] = frozenset()

    def ends(self, due: dt.date) -> dt.date:
        """Return the last day on which what was due on a day can be enforced."""
        year_end = dt.date(due.year, 12, 31)
        return self.anew(year_end if self.from_year_end else due)

    def anew(self, day: dt.date) -> dt.date:
        """Return the last day of the years that begin anew after a day."""
        year = day.year + self.years
        if year > dt.date.max.year:
            return dt.date.max
        is_leap_day = (day.month, day.day) == (2, 29)
        return day.replace(year=year, day=28 if is_leap_day else day.day)

    def with_restarts(self, entry: Directive) -> Limitation:
        """Return it with what the option's metadata says; what is wrong is left out."""
        try:
            return replace(self, restarts=restarts(entry.meta.get("restarts")))
        except WrongValueError:
            return self


def limitation(value: object) -> Limitation:
    """Read how long a claim can be enforced."""
    found = _PERIOD.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise WrongValueError(
            Words('a time, like "3 years" or "3 years from year end"')
        )
    return Limitation(int(found[1]), found[2] is not None)


def restarts(value: object) -> frozenset[Restart]:
    """Read what begins the years anew, words divided by blanks."""
    words = value.split() if isinstance(value, str) else []
    known = set(Restart)
    if not words or not known.issuperset(words):
        message = Words(
            "some of the words {words}, divided by blanks", words=one_of(Restart)
        )
        raise WrongValueError(message)
    return frozenset(map(Restart, words))
