"""What is in force on a day, and in a span of days."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.ledger.timeline import Timeline

MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)
CHANGES = Timeline(((MARCH, "a"), (JUNE, "b"), (JUNE, "c")))
NOTHING: Timeline[str] = Timeline()


def test_a_timeline_tells_what_was_in_force_when() -> None:
    changes = Timeline(
        (
            (date(2026, 3, 1), "a"),
            (date(2026, 6, 1), "b"),
            (date(2026, 6, 1), "c"),
        )
    )
    days = ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01", "2030-01-01")
    assert [changes.on(date.fromisoformat(one)) for one in days] == [
        *(None, "a", "a"),
        # Of two of one day it is the later.
        *("c", "c"),
    ]
    nothing: Timeline[str] = Timeline()
    assert nothing.on(date.max) is None


def spans(timeline: Timeline[str], first: str, last: str) -> list[str]:
    found = timeline.spans(date.fromisoformat(first), date.fromisoformat(last))
    return [f"{span.first} {span.last} {span.value}" for span in found]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-01-01", "2026-02-28", []),
        ("2026-01-01", "2026-03-01", ["2026-03-01 2026-03-01 a"]),
        ("2026-04-01", "2026-05-31", ["2026-04-01 2026-05-31 a"]),
        # What is replaced on its own day was never in force.
        (
            *("2026-02-01", "2026-06-01"),
            ["2026-03-01 2026-05-31 a", "2026-06-01 2026-06-01 c"],
        ),
        ("2026-06-01", "2026-06-02", ["2026-06-01 2026-06-02 c"]),
        ("9999-12-31", "9999-12-31", ["9999-12-31 9999-12-31 c"]),
    ],
)
def test_a_span_is_divided_by_what_is_in_force(
    first: str, last: str, expected: list[str]
) -> None:
    assert spans(CHANGES, first, last) == expected
    assert spans(NOTHING, first, last) == []


def test_another_timeline_is_in_force_before_the_first_change() -> None:
    always = Timeline.always("z")
    assert CHANGES.after(always).on(date.min) == "z"
    assert spans(CHANGES.after(always), "2026-02-27", "2026-03-01") == [
        "2026-02-27 2026-02-28 z",
        "2026-03-01 2026-03-01 a",
    ]
    # Later changes of the earlier one do not count, nor one of the same day.
    other = Timeline(((date(2026, 1, 1), "x"), (MARCH, "y"), (date(2026, 9, 1), "z")))
    assert CHANGES.after(other).changes == (other.changes[0], *CHANGES.changes)
    assert NOTHING.after(CHANGES) is CHANGES
    assert CHANGES.after(NOTHING) == CHANGES


offsets = st.integers(0, 20)


@given(st.lists(st.tuples(offsets, st.integers())), offsets, offsets)
def test_every_day_of_a_span_has_what_is_in_force_on_it(
    drawn: list[tuple[int, int]], first: int, days: int
) -> None:
    ordered = sorted(drawn, key=lambda change: change[0])
    timeline = Timeline(tuple((MARCH + timedelta(n), value) for n, value in ordered))
    begin = MARCH + timedelta(first)
    found = list(timeline.spans(begin, begin + timedelta(days)))
    by_day = {
        span.first + timedelta(n): span.value
        for span in found
        for n in range((span.last - span.first).days + 1)
    }
    for n in range(days + 1):
        day = begin + timedelta(n)
        # The slow and simple way: the last of those that have come.
        come = [value for since, value in timeline.changes if since <= day]
        assert by_day.pop(day, None) == timeline.on(day) == (come[-1] if come else None)
    assert not by_day
