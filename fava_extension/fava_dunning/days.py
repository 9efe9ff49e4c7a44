"""Days that the forms of the page offer, so that one need not look them up."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from babel.dates import format_date

if TYPE_CHECKING:
    from babel import Locale

_DAY = dt.timedelta(days=1)
_FRIDAY = 4
_SATURDAY = 5
_AHEAD = dt.timedelta(days=62)
_OFFERED = 3


def to_come(day: dt.date) -> tuple[dt.date, ...]:
    """Return the next Friday, the day in two weeks, and a month's last, in order.

    Args:
        day: The day from which one looks; what is offered is later.

    Returns:
        The days; none where there are no more days to come.
    """
    if dt.date.max - day < _AHEAD:
        return ()
    friday = day + _DAY
    while friday.weekday() != _FRIDAY:
        friday += _DAY
    # The month of tomorrow: on its last day nobody means that one.
    first = (day + _DAY).replace(day=1)
    month_end = (first + 31 * _DAY).replace(day=1) - _DAY
    return tuple(sorted({friday, day + 14 * _DAY, month_end}))


def gone_by(day: dt.date) -> tuple[dt.date, ...]:
    """Return a day and the two working days before it, the latest first."""
    found = [day]
    while len(found) < _OFFERED:
        before = found[-1] - _DAY
        while before.weekday() >= _SATURDAY:
            before -= _DAY
        found.append(before)
    return tuple(found)


def short(day: dt.date, locale: Locale) -> str:
    """Write a day with its day of the week, and without its year."""
    return f"{format_date(day, 'EEE', locale)} {day:%m-%d}"
