"""The days that the page's forms offer."""

from __future__ import annotations

from datetime import date

import pytest
from babel import Locale
from fava_dunning.days import gone_by
from fava_dunning.days import short
from fava_dunning.days import to_come


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-18", ["2026-11-20", "2026-11-30", "2026-12-02"]),
        # On a Friday it is the next one, and so it is on a month's last day.
        ("2026-11-20", ["2026-11-27", "2026-11-30", "2026-12-04"]),
        ("2026-11-30", ["2026-12-04", "2026-12-14", "2026-12-31"]),
        # What falls on one day is offered once.
        ("2026-07-17", ["2026-07-24", "2026-07-31"]),
        ("9999-12-01", []),
    ],
)
def test_days_to_come_are_offered_in_order(day: str, expected: list[str]) -> None:
    assert [*map(str, to_come(date.fromisoformat(day)))] == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-20", ["2026-11-20", "2026-11-19", "2026-11-18"]),
        ("2026-11-23", ["2026-11-23", "2026-11-20", "2026-11-19"]),
        ("2026-11-22", ["2026-11-22", "2026-11-20", "2026-11-19"]),
    ],
)
def test_nothing_was_sent_at_weekends(day: str, expected: list[str]) -> None:
    assert [*map(str, gone_by(date.fromisoformat(day)))] == expected


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "Fri 11-27"), ("de", "Fr. 11-27")]
)
def test_a_day_is_said_with_its_day_of_the_week(language: str, expected: str) -> None:
    assert short(date(2026, 11, 27), Locale(language)) == expected
