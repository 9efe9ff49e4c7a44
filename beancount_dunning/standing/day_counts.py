"""How long a span of days is, as agreements on interest count them.

A part is a fraction of the agreement's own period, a year, a month or a day, and exact.
The parts of spans that follow on each other add up to that of the whole, whatever
divides them.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from beancount_dunning.ledger.agreements import DayCount
from beancount_dunning.ledger.agreements import Period

if TYPE_CHECKING:
    from beancount_dunning.ledger.agreements import Interest

_DAY = timedelta(days=1)
_MONTHS = 12
_FULL_MONTH = 30
_YEAR_DAYS = {DayCount.DAYS_365: 365, DayCount.DAYS_360: 360}
# After so many years the calendar repeats itself, and those are its days.
_CYCLE = (400, 146_097)
# How many of a period make up a year.
IN_A_YEAR = {Period.YEAR: 1, Period.MONTH: _MONTHS, Period.DAY: 365}


def part_of_period(agreed: Interest, start: date, first: date, last: date) -> Fraction:
    """Return how many of an agreement's periods a span of days is.

    Args:
        agreed: The agreement.
        start: The day on which interest began to run, from which months count.
        first: The first day of the span.
        last: Its last day, not before the first.
    """
    days = (last - first).days + 1
    if agreed.per is Period.DAY:
        return Fraction(days)
    if agreed.per is Period.MONTH:
        end = last.toordinal() + 1
        return _months(start, end) - _months(start, first.toordinal())
    if agreed.days is DayCount.ACTUAL:
        return _actual_years(first, last)
    if agreed.days is DayCount.MONTHS_30:
        days_30 = _position_30(last) - _position_30(first - _DAY)
        return Fraction(days_30, _MONTHS * _FULL_MONTH)
    return Fraction(days, _YEAR_DAYS[agreed.days])


def months_later(start: date, months: int) -> int:
    """Return the ordinal of the day so many months later, clamped to its month.

    An ordinal has no last year, as a date has.
    """
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    ordinal = 0
    if year > date.max.year:
        years, ordinal = _CYCLE
        year -= years
    month += 1
    day = min(start.day, monthrange(year, month)[1])
    return ordinal + date(year, month, day).toordinal()


def begun_months(start: date, end: int) -> int:
    """Return how many whole months lie between a day and an ordinal after it."""
    day = date.fromordinal(min(end, date.max.toordinal()))
    months = (day.year - start.year) * _MONTHS + day.month - start.month
    return months - (months_later(start, months) > end)


def _months(start: date, end: int) -> Fraction:
    """Return the months from a day to an ordinal: whole ones, and part of the next."""
    whole = begun_months(start, end)
    since, until = months_later(start, whole), months_later(start, whole + 1)
    return whole + Fraction(end - since, until - since)


def _actual_years(first: date, last: date) -> Fraction:
    """Return the years in a span: a day of a leap year is one of its 366."""
    found = Fraction()
    for year in range(first.year, last.year + 1):
        begin, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
        length = date(year, 12, 31).timetuple().tm_yday
        found += Fraction((end - begin).days + 1, length)
    return found


def _position_30(day: date) -> int:
    """Return the place of a day where all months have 30, the last day always being it.

    This is the commercial method of Swiss and German banks, 30E/360 with February's
    last day as its 30th.
    """
    is_last = day.day == monthrange(day.year, day.month)[1]
    number = _FULL_MONTH if is_last else min(day.day, _FULL_MONTH)
    return (day.year * _MONTHS + day.month) * _FULL_MONTH + number
