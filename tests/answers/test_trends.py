"""Trends: the last four quarters, and when they say something."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.trends import trend
from tests.answers.paying import books
from tests.answers.paying import invoice
from tests.answers.paying import paid

AS_OF = date(2026, 11, 20)


def paid_in(month: int, *days: int, year: int = 2026) -> str:
    """Return invoices that were paid in a month, so many days late."""
    day = date(year, month, 15)
    return "".join(
        invoice(
            f"I-{year}-{month}-{n}", day - timedelta(days=60), day - timedelta(late)
        )
        + paid(f"I-{year}-{month}-{n}", day)
        for n, late in enumerate(days)
    )


def test_the_year_before_counts_too() -> None:
    text = paid_in(4, 1, year=2025) + paid_in(7, 2, year=2025)
    text += paid_in(12, 3, year=2025) + paid_in(4, 4)
    day = date(2026, 5, 1)
    found = trend(invoiced(books(text, day)), day)
    assert [(one.name, one.days_late) for one in found.quarters] == [
        ("2025-Q3", (2,)),
        ("2025-Q4", (3,)),
        ("2026-Q1", ()),
        ("2026-Q2", (4,)),
    ]


def direction(text: str) -> str | None:
    return trend(invoiced(books(text, AS_OF)), AS_OF).direction


def test_the_quarter_of_the_date_is_the_last() -> None:
    text = paid_in(12, 1, year=2025) + paid_in(1, 2) + paid_in(3, 4)
    text += paid_in(11, 9) + invoice("open", date(2026, 1, 1), date(2026, 2, 1))
    found = trend(invoiced(books(text, AS_OF)), AS_OF)
    assert [(one.name, one.days_late, one.mean) for one in found.quarters] == [
        ("2026-Q1", (2, 4), 3.0),
        ("2026-Q2", (), None),
        ("2026-Q3", (), None),
        ("2026-Q4", (9,), 9.0),
    ]
    assert found.direction is None


def test_two_quarters_are_compared_with_the_two_before() -> None:
    before = paid_in(1, 10) + paid_in(5, 10, 10)
    assert direction(before + paid_in(7, 16) + paid_in(10, 16, 16)) == "worse"
    assert direction(before + paid_in(7, 15, 15, 15)) == "steady"
    assert direction(before + paid_in(7, 5, 5, 5)) == "steady"
    assert direction(before + paid_in(7, 4, 4, 4)) == "better"
    assert direction(before + paid_in(7, 40, 40)) is None
    assert direction(paid_in(1, 10, 10) + paid_in(7, 40, 40, 40)) is None


def test_no_quarter_is_before_the_calendar() -> None:
    found = trend((), date(1, 5, 1))
    assert [one.name for one in found.quarters] == ["1-Q1", "1-Q2"]
