"""Dates, which may stand in quotes in metadata."""

from __future__ import annotations

from datetime import date
from datetime import datetime

import pytest

from beancount_dunning.ledger.values import as_date
from beancount_dunning.ledger.values import day


@pytest.mark.parametrize("value", [date(2026, 10, 14), "2026-10-14"])
def test_a_date_is_one_in_quotes_and_without(value: object) -> None:
    assert as_date(value) == date(2026, 10, 14)


@pytest.mark.parametrize(
    "value", ["2026-02-30", "20261014", "2026-W42-3", "soon", "", 20261014, True, None]
)
def test_other_things_are_no_dates(value: object) -> None:
    assert as_date(value) is None


def test_of_a_time_the_day_counts() -> None:
    time = datetime(2026, 10, 14, 23, 59)  # noqa: DTZ001 - as plugins set them
    assert type(as_date(time)) is date
    assert as_date(time) == day(time) == date(2026, 10, 14)
