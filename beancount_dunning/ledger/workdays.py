"""The days on which nobody works, and the nearest on which somebody does.

    2026-01-01 custom "dunning-option" "holidays" "DE-HH"
    2026-12-23 custom "dunning-holiday" "Company outing"

    workdays.next_on(date(2026, 10, 31))  # a Saturday: 2026-11-02

Weekends and public holidays are those of the country, from the library `holidays`,
which is imported for a country alone. It knows weekends on Fridays, weekends that
changed over the years, and Saturdays on which a country works to make up for a bridge
day. Of a year that it does not cover, long ago or after 2100, it knows the weekends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from beancount.core.data import Custom

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger import values
from beancount_dunning.ledger.values import meant
from beancount_dunning.ledger.values import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from holidays import HolidayBase

    from beancount_dunning.ledger.directives import Draft

HOLIDAY = "dunning-holiday"
WEEKENDS = "weekends"
# The years of an office's books, in a country or two.
_MAX_YEARS = 1024
# People type the country's name, in English or their own language.
_LANGUAGES = ("en", "de", "fr", "es", "zh")
# Nearer than for other words: England is no Greenland.
_CLOSE = 0.8
_COUNTRY = re.compile(r"([A-Z]{2})(?:-(.+))?", re.ASCII)
_SATURDAY = 5
_DAY = timedelta(days=1)


class CountryError(ValueError):
    """A country whose holidays nobody knows; `reason` is a sentence."""

    def __init__(self, reason: Words) -> None:
        """Say why they are not known, and what to type."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Workdays:
    """On which days somebody works.

    `country` is the option `holidays`: a country with its part, "weekends", or None
    where every day is a day. `own` are the ledger's own holidays, by date.
    """

    country: str | None = None
    own: Mapping[date, str] = field(default_factory=dict, hash=False)

    @property
    def is_german(self) -> bool:
        """Whether the days are those of Germany, whose law counts them."""
        return self.country is not None and self.country.partition("-")[0] == "DE"

    def is_off(self, day: date) -> bool:
        """Tell whether nobody works on a day."""
        if self.country is None:
            return False
        return day in _days_off(self.country, day.year) or day in self.own

    def holiday(self, day: date) -> str | None:
        """Return the name of a holiday as its country has it; None on a weekend."""
        if self.country is None:
            return None
        name = _days_off(self.country, day.year).get(day, self.own.get(day))
        return name or None

    def next_on(self, day: date) -> date:
        """Return a day, or where nobody works on it, the next on which somebody does.

        At the end of the calendar it is the day itself.
        """
        return self._nearest(day, _DAY)

    def previous_on(self, day: date) -> date:
        """Return a day, or where nobody works on it, the last before it.

        At the beginning of the calendar it is the day itself.
        """
        return self._nearest(day, -_DAY)

    def _nearest(self, day: date, step: timedelta) -> date:
        if self.country is None:
            return day
        found = day
        try:
            while self.is_off(found):
                found += step
        except OverflowError:
            return day
        return found


EVERY_DAY = Workdays()


def country(value: object) -> str:
    """Read the option `holidays`.

    Args:
        value: A country with its part, like "DE-HH", or "weekends".

    Returns:
        The same.

    Raises:
        WrongValueError: It is no text.
        CountryError: The library `holidays` is not there, or does not know it.
    """
    text = values.text(value)
    if text != WEEKENDS:
        _calendar(text)
    return text


def read_holiday(draft: Draft, entry: Custom, typed_values: Sequence[object]) -> None:
    """Read a `dunning-holiday`.

    Args:
        draft: Gets the day, or what is wrong with the directive.
        entry: The directive.
        typed_values: Its values: a name.
    """
    match typed_values:
        case [str(name)] if name.strip():
            draft.own_metadata(entry, {})
            draft.holidays[entry.date] = name.strip()
            draft.holiday_entries.append(entry)
        case _:
            directive = f'custom "{HOLIDAY}" "Company outing"'
            text = Words("A holiday has a name: {directive}.", directive=directive)
            draft.problem(entry, text)


def check_holidays(draft: Draft, entries: Iterable[Directive]) -> None:
    """Report holidays of a ledger that never says that days off count.

    Args:
        draft: What its directives say.
        entries: All its directives, whatever their dates.
    """
    if not draft.holiday_entries or any(map(_is_option, entries)):
        return
    for entry in draft.holiday_entries:
        directive = f'{entry.date} custom "dunning-option" "holidays" "{WEEKENDS}"'
        text = Words(
            'A holiday moves nothing without the option "holidays". Type: {directive}, '
            'or a country like "DE-HH".',
            directive=directive,
        )
        draft.problem(entry, text)


def _is_option(entry: Directive) -> bool:
    if not isinstance(entry, Custom) or entry.type != "dunning-option":
        return False
    return [one.value for one in entry.values or ()][:1] == ["holidays"]


@lru_cache(_MAX_YEARS)
def _days_off(name: str, year: int) -> Mapping[date, str]:
    """Return the days of a year on which nobody works: holidays' names, or ""."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [first + index * _DAY for index in range((last - first).days + 1)]
    if name == WEEKENDS:
        return {day: "" for day in days if day.weekday() >= _SATURDAY}
    calendar = _calendar(name, year)
    return {
        day: "" if calendar.is_weekend(day) else calendar[day]
        for day in days
        if not calendar.is_working_day(day)
    }


def _calendar(name: str, year: int | None = None) -> HolidayBase:
    """Return a country's holidays, their names in its own language.

    In another language, the library would ask the environment which one.
    """
    try:
        from holidays import country_holidays  # noqa: PLC0415 - for a country alone
    except ImportError as error:
        message = Words(
            'it needs the library "holidays". Type: {command}',
            command='pip install "beancount-dunning[holidays]"',
        )
        raise CountryError(message) from error
    found = _COUNTRY.fullmatch(name)
    code, part = found.groups() if found else ("", None)
    try:
        known = country_holidays(code)
    except NotImplementedError as error:  # how the library says that it knows none
        raise CountryError(_unknown(name)) from error
    parts = [*known.subdivisions, *known.subdivisions_aliases]
    if part is not None and part not in parts:
        near = {f"{code}-{one}".casefold(): f"{code}-{one}" for one in parts}
        message = Words('{country} has no part "{part}".', country=code, part=part)
        advice = _near(name, near) or suggestion("", known.subdivisions)
        raise CountryError(Words.joined("", [message, advice]))
    return country_holidays(code, part, years=year, language=known.default_language)


def _unknown(name: str) -> Words:
    """Say that there is no such country, and which is near."""
    from babel import Locale  # noqa: PLC0415 - for this mistake alone
    from holidays import list_supported_countries  # noqa: PLC0415 - likewise

    countries = list_supported_countries(include_aliases=False)
    near = {WEEKENDS: WEEKENDS} | {
        f"{code}-{part}".casefold(): f"{code}-{part}"
        for code, parts in countries.items()
        for part in parts
    }
    for language in _LANGUAGES:
        for code, territory in Locale(language).territories.items():
            if code in countries:
                near[territory.casefold()] = code
    codes = {code.casefold(): code for code in countries}
    # Two letters are near many others.
    known = codes if name.casefold() in codes else near
    advice = Words('Type a country with its part, like "DE-HH", or "weekends".')
    message = Words('there is no country "{name}".', name=name)
    found = _near(name, known) or Words.joined(" ", ["", advice])
    return Words.joined("", [message, found])


def _near(name: str, known: Mapping[str, str]) -> Words | None:
    """Say what was meant, if a folded name is near; what to type stands beside it."""
    close = get_close_matches(name.casefold(), known, 1, _CLOSE)
    return meant([known[close[0]]]) if close else None
