"""On which days nobody works, and which the nearest are on which somebody does."""

from __future__ import annotations

import sys
from datetime import date
from datetime import timedelta

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.ledger.workdays import EVERY_DAY
from beancount_dunning.ledger.workdays import CountryError
from beancount_dunning.ledger.workdays import Workdays
from beancount_dunning.ledger.workdays import country

_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "day", "following", "before"),
    [
        # Reformation Day is a holiday in Hamburg, All Saints in Bavaria.
        ("DE-HH", "2026-10-30", "2026-10-30", "2026-10-30"),
        ("DE-HH", "2026-10-31", "2026-11-02", "2026-10-30"),
        ("DE-HH", "2028-10-31", "2028-11-01", "2028-10-30"),
        ("DE-BY", "2028-10-31", "2028-10-31", "2028-10-31"),
        ("DE-BY", "2028-11-01", "2028-11-02", "2028-10-31"),
        # From Good Friday to Easter Monday; over the turn of the year.
        ("DE", "2026-04-03", "2026-04-07", "2026-04-02"),
        ("DE", "2027-01-01", "2027-01-04", "2026-12-31"),
        # St Andrew's Day; in England it is a Monday like others.
        ("GB-SCT", "2026-11-30", "2026-12-01", "2026-11-27"),
        ("GB-ENG", "2026-11-30", "2026-11-30", "2026-11-30"),
        # The golden week, and the Saturday on which China works for it.
        ("CN", "2026-10-01", "2026-10-08", "2026-09-30"),
        ("CN", "2026-10-10", "2026-10-10", "2026-10-10"),
        # Fridays and Saturdays; the Emirates went over to Sundays in 2022.
        ("SA", "2026-10-30", "2026-11-01", "2026-10-29"),
        ("AE", "2021-10-29", "2021-10-31", "2021-10-28"),
        ("AE", "2026-10-31", "2026-11-02", "2026-10-30"),
        # Of a year that the library does not cover, weekends are known.
        ("DE", "2150-12-25", "2150-12-25", "2150-12-25"),
        ("DE", "2150-12-26", "2150-12-28", "2150-12-25"),
        ("weekends", "2026-12-25", "2026-12-25", "2026-12-25"),
        ("weekends", "2026-12-26", "2026-12-28", "2026-12-25"),
    ],
)
def test_the_nearest_working_days(
    name: str, day: str, following: str, before: str
) -> None:
    days = Workdays(name)
    wanted = date.fromisoformat(day)
    assert str(days.next_on(wanted)) == following
    assert str(days.previous_on(wanted)) == before
    assert days.is_off(wanted) == (following != day)


def test_own_holidays_are_days_off_too() -> None:
    outing = date(2026, 12, 23)
    days = Workdays("DE-HH", {outing: "Company outing"})
    assert days.next_on(outing) == date(2026, 12, 24)
    assert days.holiday(outing) == "Company outing"
    # Nothing is off where the ledger does not ask for it.
    assert Workdays(None, {outing: "Company outing"}).next_on(outing) == outing
    assert not EVERY_DAY.is_off(date(2026, 12, 25))
    assert EVERY_DAY.holiday(date(2026, 12, 25)) is None


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("DE-HH", "2031-05-22", "Christi Himmelfahrt"),
        ("FR", "2031-05-22", "Ascension"),
        ("CN", "2030-10-01", "国庆节"),
        ("NZ", "2031-12-25", "Christmas Day"),
        ("DE-HH", "2031-05-24", None),
        ("DE-HH", "2031-05-23", None),
    ],
)
def test_a_holiday_has_its_country_s_name_whoever_asks(
    monkeypatch: pytest.MonkeyPatch, name: str, day: str, expected: str | None
) -> None:
    # Of this year, nothing is known yet.
    monkeypatch.setenv("LANGUAGE", "th")
    assert Workdays(name).holiday(date.fromisoformat(day)) == expected


def test_the_calendar_has_ends() -> None:
    last = Workdays("weekends", {date.max: "The last day"})
    assert last.next_on(date.max) == date.max
    first = Workdays("weekends", {date.min: "The first day"})
    assert first.previous_on(date.min) == date.min


@pytest.mark.parametrize("name", ["weekends", "DE", "DE-HH", "DE-Hamburg", "UK"])
def test_a_country_that_is_known(name: str) -> None:
    assert country(f" {name} ") == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Germany", 'there is no country "Germany". Did you mean "DE"?'),
        ("Österreich", 'there is no country "Österreich". Did you mean "AT"?'),
        ("中国", 'there is no country "中国". Did you mean "CN"?'),
        ("DE_HH", 'there is no country "DE_HH". Did you mean "DE-HH"?'),
        (
            "NRW",
            (
                'there is no country "NRW". Type a country with its part, like '
                '"DE-HH", or "weekends".'
            ),
        ),
        ("de", 'there is no country "de". Did you mean "DE"?'),
        ("weekend", 'there is no country "weekend". Did you mean "weekends"?'),
        (
            "XX",
            (
                'there is no country "XX". Type a country with its part, like "DE-HH", '
                'or "weekends".'
            ),
        ),
        ("GB-SCO", 'GB has no part "SCO". Did you mean "GB-SCT"?'),
        (
            "DE-XX",
            (
                'DE has no part "XX". Known: BB, BE, BW, BY, HB, HE, HH, MV, NI, NW, '
                "RP, SH, SL, SN, ST, TH, Augsburg."
            ),
        ),
    ],
)
def test_a_country_that_is_not_known(name: str, message: str) -> None:
    with pytest.raises(CountryError) as error:
        country(name)
    assert str(error.value) == message


def test_without_the_library_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(CountryError, match=r'pip install "beancount-dunning\[holi'):
        country("DE")
    # Weekends do without it.
    assert country("weekends") == "weekends"
    assert Workdays("weekends").is_off(date(2032, 10, 30))


_days = st.dates(date(1995, 1, 1), date(2095, 1, 1))


@profile(deadline=None)
@given(
    day=_days,
    own=st.sets(st.integers(-9, 9), max_size=9),
    name=st.sampled_from(["DE-HH", "US", "weekends"]),
)
def test_a_day_moves_to_a_working_day_and_no_further(
    day: date, own: set[int], name: str
) -> None:
    names = {day + offset * _DAY: "Outing" for offset in own}
    days = Workdays(name, names)
    code, _, part = name.partition("-")
    known = {} if name == "weekends" else country_holidays(code, part or None)

    def works(one: date) -> bool:
        return one.weekday() < 5 and one not in known and one not in names

    for found, step in ((days.next_on(day), _DAY), (days.previous_on(day), -_DAY)):
        assert works(found)
        between = day
        while between != found:
            assert not works(between)
            assert days.is_off(between)
            between += step
