"""What changes in a calendar, and what does not, beside the one published before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.formats.calendar_versions import by_uid
from tests.calendar_lint import Component
from tests.calendar_lint import lint
from tests.calendar_lint import parse
from tests.conftest import load
from tests.strategies import Ledger
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.test_properties import read_as_loaded
from tests.test_properties import steady

if TYPE_CHECKING:
    from datetime import date

ACME = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  1190.00 EUR
  Income:Services
"""
BETA = """
2026-09-15 * "Beta" "Logo" ^INV-2
  due: 2026-10-15
  Assets:Receivable:Beta  500.00 EUR
  Income:Services
"""


# Nothing waits yet.
AS_OF = "2026-10-10"


def feed(text: str, before: bytes = b"") -> bytes:
    books = load(text).books(AS_OF)
    return build_calendar(books, before=before)


def events(calendar: bytes) -> dict[str, Component]:
    return {event.value("UID") or "": event for event in parse(calendar).components}


def versions(calendar: bytes) -> dict[str, tuple[str | None, str | None]]:
    return {
        f"{event.value('SUMMARY')}": (
            event.value("SEQUENCE"),
            event.value("LAST-MODIFIED"),
        )
        for event in parse(calendar).components
    }


def test_without_a_calendar_before_the_version_follows_from_the_ledger() -> None:
    """Debits, credits and notes after the first count, and the last one's date."""
    paid = """
2026-10-02 * "Acme" "Part" ^INV-1
  Assets:Bank  190.00 EUR
  Assets:Receivable:Acme
"""
    called = """
2026-10-03 note Assets:Receivable:Acme "Called" ^INV-1
"""
    due = "Acme 1190 EUR: due (INV-1)"
    assert versions(feed(ACME))[due] == ("0", "20260914T000000Z")
    due = "Acme 1000 EUR: due (INV-1)"
    assert versions(feed(ACME + paid))[due] == ("1000", "20261002T000000Z")
    assert versions(feed(ACME + paid + called))[due] == ("2000", "20261003T000000Z")


def test_what_says_the_same_stays_as_it_was_published() -> None:
    call = """
2026-10-05 note Assets:Receivable:Beta "Called" ^INV-2
"""
    first = feed(ACME + BETA + call)
    assert feed(ACME + BETA + call, first) == first
    # It puts the notice off, and says nothing new of the due date; the ledger's own
    # rule counts it there, too.
    note = """
2026-10-02 note Assets:Receivable:Beta "Wait" ^INV-2
  hold-until: 2026-10-13
"""
    text = ACME + BETA + call + note
    due = "Beta 500 EUR: due (INV-2)"
    assert versions(first)[due] == ("1000", "20261005T000000Z")
    assert versions(feed(text))[due] == ("2000", "20261005T000000Z")
    assert versions(feed(text, first))[due] == ("1000", "20261005T000000Z")


def test_what_says_something_else_has_a_higher_version_and_all_others_stay() -> None:
    before = feed(ACME + BETA)
    # A text that is edited leaves no trace in the ledger.
    after = feed(ACME.replace("1190.00", "1200.00") + BETA, before)
    assert lint(after) == []
    old, new = events(before), events(after)
    assert old.keys() == new.keys()
    for uid, event in new.items():
        if "INV-2" in (event.value("SUMMARY") or ""):
            assert event == old[uid]
            continue
        assert (old[uid].value("SEQUENCE"), event.value("SEQUENCE")) == ("0", "1")
        assert event.value("LAST-MODIFIED") == "20260914T000001Z"
        assert event.value("DTSTAMP") == "20260914T000001Z"
    # And once more: the version goes on from what was published, never back.
    again = feed(ACME.replace("1190.00", "1210.00") + BETA, after)
    assert {
        event.value("SEQUENCE")
        for event in events(again).values()
        if "INV-1" in (event.value("SUMMARY") or "")
    } == {"2"}
    assert feed(ACME.replace("1190.00", "1210.00") + BETA, again) == again


def test_a_payment_raises_the_version_over_both_rules() -> None:
    published = feed(ACME)
    for price in ("1", "2", "3"):
        published = feed(ACME.replace("1190", f"119{price}"), published)
    paid = """
2026-10-02 * "Acme" "" ^INV-1
  Assets:Bank  90 EUR
  Assets:Receivable:Acme
"""

    now = feed(ACME + paid, published)
    assert {one.value("SEQUENCE") for one in events(now).values()} == {"1000"}
    assert {one.value("LAST-MODIFIED") for one in events(now).values()} == {
        "20261002T000000Z"
    }


def test_an_event_that_is_gone_is_gone() -> None:
    before = feed(ACME + BETA)
    paid = """
2026-10-03 * "Acme" "" ^INV-1
  Assets:Bank  1190.00 EUR
  Assets:Receivable:Acme
"""
    after = feed(ACME + BETA + paid, before)
    assert after == feed(BETA, before)
    assert {
        uid: one for uid, one in events(before).items() if uid in events(after)
    } == (events(after))


@pytest.mark.parametrize(
    "before",
    [
        b"nonsense",
        b"BEGIN:VCALENDAR\r\nPRODID:-//Somebody//Else//EN\r\nEND:VCALENDAR\r\n",
        *("cut", "no version", "too many", "no date", "no UID", "last second"),
    ],
)
def test_a_calendar_before_that_is_none_of_ours_or_broken_plays_no_part(
    before: bytes | str,
) -> None:
    first = feed(ACME)
    broken = {
        "cut": first[: len(first) // 2],
        "no version": first.replace(b"SEQUENCE:0", b"SEQUENCE:x"),
        "too many": first.replace(b"SEQUENCE:0", b"SEQUENCE:" + b"9" * 10),
        "no date": first.replace(b"T000000Z", b"T999999Z"),
        "no UID": first.replace(b"\r\nUID:", b"\r\nX-UID:"),
        "last second": first.replace(b"1190.00", b"1190.01").replace(
            b"LAST-MODIFIED:20260914T000000Z", b"LAST-MODIFIED:99991231T235959Z"
        ),
    }
    now = feed(ACME, broken[before] if isinstance(before, str) else before)
    assert lint(now) == []
    assert events(now).keys() == events(first).keys()
    assert now == first


def test_a_title_like_an_event_is_none() -> None:
    books = load('option "title" "BEGIN:VEVENT"\n' + ACME).books(AS_OF)
    first = build_calendar(books)
    assert b"\r\nNAME:BEGIN:VEVENT\r\n" in first
    assert build_calendar(books, before=first) == first


def test_a_huge_broken_calendar_takes_no_time() -> None:
    first = feed(ACME)
    assert feed(ACME, first + b"BEGIN:VEVENT\r\n" * 60_000) == first


def test_lines_that_another_version_folds_elsewhere_say_the_same() -> None:
    first = feed(ACME)
    folded = first.replace(b"\r\nDESCRIPTION:", b"\r\nDES\r\n CRIPTION:")
    folded = folded.replace(b"SEQUENCE:0", b"SEQUENCE:7")
    assert folded != first
    assert feed(ACME, folded) == first.replace(b"SEQUENCE:0", b"SEQUENCE:7")


@steady
@given(ledgers(), ledgers(), as_of_days)
def test_whatever_was_published_each_event_is_new_the_same_or_a_later_version(
    ledger: Ledger, other: Ledger, as_of: date
) -> None:
    books, books_before = (read_as_loaded(one.text, as_of) for one in (ledger, other))
    before = build_calendar(books_before)
    fresh = build_calendar(books)
    now = build_calendar(books, before=before)
    assert events(now).keys() == events(fresh).keys()
    for uid, event in events(now).items():
        was = events(before).get(uid)
        if was is not None and event != was:
            assert int(event.value("SEQUENCE") or 0) > int(was.value("SEQUENCE") or 0)
            modified = event.value("LAST-MODIFIED") or ""
            assert modified > (was.value("LAST-MODIFIED") or "")
    assert build_calendar(books, before=now) == now


def test_events_are_found_by_their_uids() -> None:
    calendar = feed(ACME + BETA)
    found = by_uid(calendar)
    assert sorted(found) == sorted(uid.encode() for uid in events(calendar))
    assert all(lines in calendar for lines in found.values())


def test_an_event_without_a_uid_is_none() -> None:
    assert by_uid(b"BEGIN:VEVENT\r\nSUMMARY:Due\r\nEND:VEVENT\r\n") == {}
