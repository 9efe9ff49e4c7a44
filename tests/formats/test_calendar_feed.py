"""The calendar, read back by four readers and looked at byte by byte."""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import icalendar
import pytest
import vobject  # type: ignore[import-untyped] # has no types
from beancount.core.data import Custom
from beancount.core.data import Transaction
from hypothesis import assume
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.standing.books import read_books
from tests.calendar_lint import alike
from tests.calendar_lint import lint
from tests.calendar_lint import parse
from tests.conftest import AS_OF
from tests.conftest import Ledger
from tests.conftest import load
from tests.strategies import LAST
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.test_properties import steady

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.strategies import Ledger as MadeUp

EXAMPLE = Path(__file__).parents[2] / "ledgers" / "example.beancount"
COMMAND = Path(sys.executable).with_name("bean-dunning")


def feed_of(
    ledger: Ledger, as_of: str = AS_OF, *, todo: bool = False, private: bool = False
) -> bytes:
    books = ledger.books(as_of)
    return build_calendar(books, wanted=Wanted(todo, private))


# What a reader says of each event or task, in the feed's order.


@dataclass(frozen=True)
class Read:
    uid: str
    summary: str
    description: str | None
    start: date
    end: date | None
    sequence: int
    touched: datetime
    status: str
    alarm: timedelta | None


def _duration(text: str) -> timedelta:
    """Read a duration like PT9H, as some readers leave it."""
    found = re.fullmatch(r"PT(\d+)H", text)
    assert found, text
    return timedelta(hours=int(found[1]))


def by_icalendar(feed: bytes) -> list[Read]:
    calendar: Any = icalendar.Calendar.from_ical(feed)
    return [
        Read(
            str(one["UID"]),
            str(one["SUMMARY"]),
            str(one["DESCRIPTION"]) if "DESCRIPTION" in one else None,
            one["DUE" if one.name == "VTODO" else "DTSTART"].dt,
            one["DTEND"].dt if "DTEND" in one else None,
            int(one["SEQUENCE"]),
            one["DTSTAMP"].dt,
            str(one["STATUS"]),
            next((alarm["TRIGGER"].dt for alarm in one.walk("VALARM")), None),
        )
        for one in calendar.walk()
        if one.name in {"VEVENT", "VTODO"}
    ]


def by_vobject(feed: bytes) -> list[Read]:
    calendar = vobject.readOne(feed.decode())
    return [
        Read(
            one.uid.value,
            one.summary.value,
            one.description.value if "description" in one.contents else None,
            one.due.value if one.name == "VTODO" else one.dtstart.value,
            one.dtend.value if "dtend" in one.contents else None,
            int(one.sequence.value),
            one.dtstamp.value.astimezone(UTC),
            one.status.value,
            one.valarm.trigger.value if "valarm" in one.contents else None,
        )
        for one in calendar.components()
    ]


def by_ical(feed: bytes) -> list[Read]:
    calendar = IcsCalendarStream.calendar_from_ics(feed.decode())
    starts: list[tuple[Any, Any, Any]] = [
        *((one, one.dtstart, one.dtend) for one in calendar.events),
        *((one, one.due, None) for one in calendar.todos),
    ]
    return [
        Read(
            one.uid,
            one.summary,
            one.description,
            start,
            end,
            one.sequence,
            one.dtstamp,
            one.status.value,
            # It does not read a task's alarms.
            one.alarm[0].trigger if getattr(one, "alarm", None) else None,
        )
        for one, start, end in starts
    ]


@cache
def libical() -> ctypes.CDLL:
    """Load libical (Debian: libical3), which the tests cannot do without."""
    library = ctypes.CDLL("libical.so.3")
    for name, result, arguments in (
        ("icalparser_parse_string", ctypes.c_void_p, [ctypes.c_char_p]),
        ("icalcomponent_free", None, [ctypes.c_void_p]),
        ("icalcomponent_isa", ctypes.c_int, [ctypes.c_void_p]),
        ("icalcomponent_string_to_kind", ctypes.c_int, [ctypes.c_char_p]),
        ("icalcomponent_count_errors", ctypes.c_int, [ctypes.c_void_p]),
        ("icalproperty_string_to_kind", ctypes.c_int, [ctypes.c_char_p]),
        ("icalproperty_get_value", ctypes.c_void_p, [ctypes.c_void_p]),
        ("icalproperty_get_value_as_string", ctypes.c_char_p, [ctypes.c_void_p]),
        ("icalvalue_get_text", ctypes.c_char_p, [ctypes.c_void_p]),
        *(
            (name, ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int])
            for name in (
                "icalcomponent_get_first_component",
                "icalcomponent_get_next_component",
                "icalcomponent_get_first_property",
            )
        ),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def by_libical(feed: bytes) -> list[Read]:
    lib = libical()

    def found(component: int, name: str) -> int | None:
        kind = lib.icalproperty_string_to_kind(name.encode())
        return lib.icalcomponent_get_first_property(component, kind) or None

    def text(component: int, name: str) -> str | None:
        one = found(component, name)
        if one is None:
            return None
        value = lib.icalvalue_get_text(lib.icalproperty_get_value(one))
        return bytes(value).decode()

    def raw(component: int, name: str) -> str:
        value = lib.icalproperty_get_value_as_string(found(component, name))
        return bytes(value).decode()

    calendar = lib.icalparser_parse_string(feed)
    assert calendar, "libical cannot read the feed"
    try:
        assert lib.icalcomponent_count_errors(calendar) == 0
        reads = []
        todo = lib.icalcomponent_string_to_kind(b"VTODO")
        valarm = lib.icalcomponent_string_to_kind(b"VALARM")
        whatever = lib.icalcomponent_string_to_kind(b"ANY")
        one = lib.icalcomponent_get_first_component(calendar, whatever)
        while one:
            is_todo = lib.icalcomponent_isa(one) == todo
            alarm = lib.icalcomponent_get_first_component(one, valarm)
            reads.append(
                Read(
                    text(one, "UID") or "",
                    text(one, "SUMMARY") or "",
                    text(one, "DESCRIPTION"),
                    date.fromisoformat(raw(one, "DUE" if is_todo else "DTSTART")),
                    None if is_todo else date.fromisoformat(raw(one, "DTEND")),
                    int(raw(one, "SEQUENCE")),
                    datetime.fromisoformat(raw(one, "DTSTAMP")),
                    raw(one, "STATUS"),
                    _duration(raw(alarm, "TRIGGER")) if alarm else None,
                )
            )
            one = lib.icalcomponent_get_next_component(calendar, whatever)
    finally:
        lib.icalcomponent_free(calendar)
    return reads


def by_ical_js(feed: bytes) -> list[Read]:
    """Read with ical.js, which Thunderbird and Nextcloud have."""
    script = Path(__file__).parents[1] / "read_ical.mjs"
    done = subprocess.run(
        ["node", script],  # noqa: S607 - where it is differs
        input=feed,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return [
        Read(
            one["uid"],
            one["summary"],
            one["description"],
            date.fromisoformat(one["due"] or one["dtstart"]),
            date.fromisoformat(one["dtend"]) if one["dtend"] else None,
            one["sequence"],
            datetime.fromisoformat(one["dtstamp"]),
            one["status"],
            _duration(one["trigger"]) if one["trigger"] else None,
        )
        for one in json.loads(done.stdout)
    ]


READERS: dict[str, Callable[[bytes], list[Read]]] = {
    "icalendar": by_icalendar,
    "vobject": by_vobject,
    "ical": by_ical,
    "libical": by_libical,
    "ical.js": by_ical_js,
}
each_reader = pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())


@each_reader
@pytest.mark.parametrize("todo", [False, True], ids=["event", "todo"])
def test_each_reader_finds_what_the_ledger_says(
    ledger: Ledger, reader: Callable[[bytes], list[Read]], *, todo: bool
) -> None:
    r"""
    2026-01-01 custom "dunning-customer" "Büro; Müller, Söhne \\ Co"
      contact: "Frau Nuñez
    second floor"
      email: "ap@acme.example"
      phone: "+49 40 1234"
    2026-01-01 custom "dunning-step" "house" "letter, by post" 5
    2026-01-01 custom "dunning-option" "policy" "house"
    2026-09-14 * "Büro; Müller, Söhne \\ Co" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable      2380.00 EUR
      Income:Services
    2026-10-20 * "Büro; Müller, Söhne \\ Co" "Part payment" ^INV-1
      Assets:Bank            1190.00 EUR
      Assets:Receivable
    """
    waits = "" if todo else "\nReady to send since 2026-10-19"
    description = (
        f"{5 if todo else 37} days overdue{waits}\n"
        "1190.00 of 2380.00 EUR open\n"
        "Website\n"
        "Invoiced 2026-09-14, due 2026-10-14\n"
        "Büro; Müller, Söhne \\ Co\n"
        "Frau Nuñez\nsecond floor\n"
        "ap@acme.example\n"
        "+49 40 1234\n"
        "Assets:Receivable"
    )
    feed = feed_of(ledger, todo=todo)
    assert lint(feed) == []
    found = reader(feed)
    calendar = parse(feed)
    assert found == [
        Read(
            calendar.components[0].value("UID") or "",
            "Büro; Müller, Söhne \\ Co 1190 EUR: letter, by post (INV-1)",
            description,
            date(2026, 10, 19) if todo else date(2026, 11, 20),
            None if todo else date(2026, 11, 21),
            1000 if todo else 1032,
            datetime(2026, 10, 20, tzinfo=UTC)
            if todo
            else datetime(2026, 11, 20, tzinfo=UTC),
            "NEEDS-ACTION" if todo else "CONFIRMED",
            # That reader does not read a task's alarms.
            None if todo and reader is by_ical else timedelta(hours=9),
        )
    ]
    assert [one.uid for one in found] == [
        one.value("UID") for one in calendar.components
    ]
    names = {one.name for one in calendar.components}
    assert names == {"VTODO" if todo else "VEVENT"}


@pytest.mark.parametrize("todo", [False, True], ids=["event", "todo"])
@pytest.mark.parametrize("private", [False, True], ids=["open", "private"])
def test_all_readers_agree_on_the_example(*, todo: bool, private: bool) -> None:
    ledger = load(EXAMPLE.read_text(encoding="utf-8"))
    feed = feed_of(ledger, todo=todo, private=private)
    assert lint(feed) == []
    found = by_icalendar(feed)
    assert len(found) > 10
    for reader in READERS.values():
        # One of them does not read a task's alarms.
        is_blind = todo and reader is by_ical
        assert reader(feed) == [
            replace(one, alarm=None) if is_blind else one for one in found
        ]


def test_the_calendar_has_the_ledgers_name_and_refreshes_twice_a_day(
    ledger: Ledger,
) -> None:
    r"""
    option "title" "Müller; Söhne, \\n & Co"
    """
    feed = feed_of(ledger)
    assert lint(feed) == []
    expected = r"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//beancount-dunning//Reminders//EN
CALSCALE:GREGORIAN
NAME:Müller\; Söhne\, \\n & Co
X-WR-CALNAME:Müller\; Söhne\, \\n & Co
REFRESH-INTERVAL;VALUE=DURATION:PT12H
X-PUBLISHED-TTL:PT12H
END:VCALENDAR
"""
    assert feed.decode() == expected.replace("\n", "\r\n")


def test_the_option_title_names_the_calendar(ledger: Ledger) -> None:
    """
    option "title" "Books"
    2026-01-01 custom "dunning-option" "title" "Who owes us"
    """
    calendar = parse(feed_of(ledger))
    assert calendar.value("NAME") == calendar.value("X-WR-CALNAME") == "Who owes us"


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("INV-1", "?invoice=INV-1"),
        ("Nr. 7 & Söhne", "?invoice=Nr.%207%20%26%20S%C3%B6hne"),
        ("1234567890" * 30, ""),
    ],
)
def test_links_lead_to_the_invoice_in_fava(
    ledger: Ledger, name: str, query: str
) -> None:
    """
    2026-01-01 custom "dunning-option" "base-url" "http://localhost:5000/books/"
    2026-10-01 * "Acme" "Website"
      invoice: "$name"
      due: 2026-12-31
      policy: "none"
      Assets:Receivable      100 EUR
      Income:Services
    """
    (event,) = parse(feed_of(ledger)).components
    address = f"http://localhost:5000/books/extension/Dunning/{query}"
    assert event.value("URL") == address, name
    assert lint(feed_of(ledger)) == []


def test_an_undated_item_has_no_event(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "Website" ^INV-1
      Assets:Receivable      100 EUR
      Income:Services
    """
    assert len(ledger.receivables().items) == 1
    assert parse(feed_of(ledger)).components == []


def test_the_last_day_of_the_calendar_is_left_out(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "Website" ^INV-1
      due: 9999-12-31
      Assets:Receivable      100 EUR
      Income:Services
    2026-10-01 * "Acme" "Website" ^INV-2
      due: 9999-12-30
      policy: "none"
      Assets:Receivable      100 EUR
      Income:Services
    """
    feed = feed_of(ledger)
    assert [one.value("DTSTART") for one in parse(feed).components] == ["99991230"]
    assert lint(feed) == []


def test_instalments_are_events_of_their_own(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "Website" ^INV-1
      terms: "30% on receipt, 70% net 30"
      policy: "none"
      Assets:Receivable      100.00 EUR
      Income:Services
    """
    feed = feed_of(ledger, "2026-10-01")
    assert [(one.start, one.summary) for one in by_icalendar(feed)] == [
        (date(2026, 10, 1), "Acme 30 EUR: due (INV-1 1/2)"),
        (date(2026, 10, 31), "Acme 70 EUR: due (INV-1 2/2)"),
    ]
    assert lint(feed) == []


PRIVATE = """
    option "title" "Atelier Nordlicht"
    2026-01-01 custom "dunning-option" "base-url" "http://localhost:5000/nordlicht"
    2026-01-01 custom "dunning-customer" "Acme"
      contact: "Frau Nord"
      email: "ap@acme.example"
    2026-10-01 * "Acme" "Website" ^INV-1
      due: 2026-10-31
      Assets:Receivable      123.45 EUR
      Income:Services
    2026-10-02 * "Acme" "Hosting for Frau Nord"
      due: 2026-11-02
      Assets:Receivable      123.45 EUR
      Income:Services
    """


@pytest.mark.parametrize("todo", [False, True], ids=["event", "todo"])
def test_a_private_feed_has_no_amounts_and_no_names(*, todo: bool) -> None:
    feed = feed_of(load(PRIVATE), private=True, todo=todo)
    assert lint(feed) == []
    for secret in ("123", "EUR", "Acme", "acme", "Nord", "nord", "Receivable:", "http"):
        assert secret not in feed.decode()
    summaries = [one.summary for one in by_icalendar(feed)]
    assert sorted(summaries) == [
        "first reminder (INV-1)",
        "first reminder (invoice of 2026-10-02 (fec43093))",
    ]
    calendar = parse(feed)
    assert calendar.value("NAME") == calendar.value("X-WR-CALNAME") == "Receivables"
    assert all(one.value("DESCRIPTION") is None for one in calendar.components)


def test_a_private_feed_has_the_same_uids() -> None:
    ledger = load(PRIVATE)
    assert [one.uid for one in by_icalendar(feed_of(ledger, private=True))] == [
        one.uid for one in by_icalendar(feed_of(ledger))
    ]


# What stays when the ledger grows, and what moves.

BEFORE = "2026-10-10"
TWO = """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable      2380.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Hosting"
      due: 2026-10-15
      Assets:Receivable        30.00 EUR
      Income:Services
    """


def uids(text: str, as_of: str = BEFORE) -> dict[str, str]:
    """Return the UIDs by what is announced, of which item."""
    reads = by_icalendar(feed_of(load(text), as_of))
    return {one.summary.partition(": ")[2]: one.uid for one in reads}


def test_uids_are_the_same_in_every_version() -> None:
    found = uids(TWO)
    assert len(found) == 4
    assert found["due (INV-1)"] == "837285a2-821a-5f38-bca1-6a322f69b973"
    assert found["due (Hosting)"] == "201ac280-4462-5fd6-9d6c-fb1e3692b119"


@pytest.mark.parametrize(
    "more",
    [
        """
    2026-10-02 * "Acme" "Part payment" ^INV-1
      Assets:Bank            1190.00 EUR
      Assets:Receivable
    """,
        """
    2026-10-02 * "Acme" "Part payment"
      Assets:Bank               1.00 EUR
      Assets:Receivable
    """,
        """
    2026-09-01 * "Acme" "An earlier invoice" ^INV-0
      due: 2026-09-02
      Assets:Receivable      2380.00 EUR
      Income:Services
    """,
        """
    2026-09-15 * "Beta" "Hosting for another"
      due: 2026-10-15
      Assets:Receivable        31.00 EUR
      Income:Services
    """,
        """
    2026-10-01 custom "dunning-customer" "Acme"
      email: "ap@acme.example"
    2026-10-01 custom "dunning-option" "title" "Who owes us"
    2026-10-01 custom "dunning-option" "buckets" "10 20"
    """,
    ],
    ids=["part payment", "without reference", "earlier", "another's", "directives"],
)
def test_uids_stay_whatever_is_added(more: str) -> None:
    before = uids(TWO)
    assert len(before) == 4
    after = uids(TWO + more)
    assert {what: after[what] for what in before} == before


def test_uids_stay_when_another_item_just_the_same_is_paid() -> None:
    same = """
    2026-09-15 * "Acme" "Hosting"
      due: 2026-10-15
      policy: "none"
      Assets:Receivable        30.00 EUR
      Income:Services
    """
    pay = """
    2026-10-02 * "Acme" "Payment"
      Assets:Bank              30.00 EUR
      Assets:Receivable
    """
    three, two, one = (
        {one.uid for one in by_icalendar(feed_of(load(same * 3 + pay * paid), BEFORE))}
        for paid in range(3)
    )
    assert (len(three), len(two), len(one)) == (3, 2, 1)
    assert one < two < three


def test_items_that_are_just_the_same_give_events_that_are_not() -> None:
    """Differing in the UID alone is not enough for vdirsyncer."""
    same = """
    2026-09-15 * "Acme" "Hosting"
      due: 2026-10-15
      Assets:Receivable        30.00 EUR
      Income:Services
    """
    assert alike(feed_of(load(same * 2))) == []


def state(text: str, as_of: str) -> set[tuple[str | None, ...]]:
    return {
        tuple(map(one.value, ("SEQUENCE", "LAST-MODIFIED", "DTSTAMP")))
        for one in parse(feed_of(load(text), as_of)).components
        if "INV-1" in (one.value("SUMMARY") or "")
    }


def test_a_part_payment_moves_sequence_and_last_modified() -> None:
    paid = """
    2026-09-20 * "Acme" "Part payment" ^INV-1
      Assets:Bank            1000.00 EUR
      Assets:Receivable
    """
    again = paid.replace("2026-09-20", "2026-10-03")
    assert state(TWO, BEFORE) == {("0", "20260914T000000Z", "20260914T000000Z")}
    assert state(TWO + paid, BEFORE) == {
        ("1000", "20260920T000000Z", "20260920T000000Z")
    }
    assert state(TWO + paid + again, BEFORE) == {
        ("2000", "20261003T000000Z", "20261003T000000Z")
    }


def test_what_waits_moves_along_with_the_date() -> None:
    days = ("2026-10-15", "2026-10-16", "2026-10-17")
    assert [state(TWO, day) for day in days] == [
        {("0", "20260914T000000Z", "20260914T000000Z")},
        {("1", "20261016T000000Z", "20261016T000000Z")},
        {("2", "20261017T000000Z", "20261017T000000Z")},
    ]
    assert (
        uids(TWO, days[0])["first reminder (INV-1)"]
        == (uids(TWO, days[2])["first reminder (INV-1)"])
    )
    # The promise puts it off, to its own day; and it is a later version.
    promise = """
    2026-10-17 note Assets:Receivable "Said" ^INV-1
      promise: 2026-10-30
    """
    assert state(TWO + promise, days[2]) == {
        ("1000", "20261017T000000Z", "20261017T000000Z")
    }


def test_a_day_on_which_nothing_waits_changes_no_byte() -> None:
    ledger = load(TWO)
    assert feed_of(ledger, "2026-09-15") == feed_of(ledger, "2026-10-12")
    assert feed_of(ledger, "2026-10-12") != feed_of(ledger, "2026-10-13")
    by_option = '    2026-01-01 custom "dunning-option" "feed-overdue" "scheduled"'
    late = load(by_option + TWO)
    assert feed_of(late, "2026-10-16") == feed_of(late, "2027-10-16")


def test_a_paid_invoice_leaves() -> None:
    paid = """
    2026-10-02 * "Acme" "Payment" ^INV-1
      Assets:Bank            2380.00 EUR
      Assets:Receivable
    """
    assert [*uids(TWO + paid)] == ["upcoming (Hosting)", "due (Hosting)"]


def test_the_same_ledger_gives_the_same_bytes_in_any_process() -> None:
    feeds = [
        subprocess.run(
            [COMMAND, "ical", EXAMPLE],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            check=True,
            capture_output=True,
        ).stdout
        for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("4242", "US/Hawaii"))
    ]
    assert feeds[0] == feeds[1] == feeds[2]
    assert lint(feeds[0]) == []


# Text that means harm, or was pasted from somewhere.

NEWLINES = ("\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85")
FRAGMENTS = (
    *NEWLINES,
    *("\u2028", "\u2029", "\x00", "\x1b[31m", "\x7f", "\t", "\x9f", "\ud800", "\udfff"),
    *(
        "\ufeff",
        "\u200f",
        "\u202e",
        "\u2066",
        "\u200d",
        "👩‍👩‍👧",
        "🏳️‍🌈",
        "e\u0301",
        "\U0010ffff",
    ),
    *(
        "\\",
        "\\n",
        "\\N",
        "\\\\n",
        "\\,",
        "\\;",
        ",",
        ";",
        ":",
        '"',
        "^n",
        "%0A",
        "\xa0",
    ),
    *("\nBEGIN:VALARM\n", "\r\nEND:VEVENT\r\n", "END:VCALENDAR", "\n ", " ", "  "),
    *("ä" * 3000, "a" * 74, "👩‍👩‍👧" * 400, "\\" * 75, "日本" * 40),
)
# What may go missing at a title's ends, as nobody sees it there.
BLANK = " \ufeff"
hostile_text = (
    st.lists(
        st.one_of(st.sampled_from(FRAGMENTS), st.characters(), st.text(max_size=5)),
        min_size=1,
        max_size=8,
    )
    .map("".join)
    .filter(bool)
)


OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def told(text: str, newline: str) -> str:
    """Say what a calendar should make of a text, worked out the plain way."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    steering = {"Cc", "Cs", "Zl", "Zp"}
    return "".join(
        newline
        if character == "\n"
        else " "
        if unicodedata.category(character) in steering or character in OVERRIDES
        else character
        for character in text
    )


HOSTILE = """
    2026-01-01 custom "dunning-customer" "NAME"
      contact: "CONTACT"
    2026-10-01 * "NAME" "Website"
      invoice: "INVOICE"
      due: 2026-12-31
      policy: "none"
      Assets:Receivable      100 EUR
      Income:Services
    """


def hostile_feed(name: str, contact: str, invoice: str, title: str) -> bytes:
    """Build the feed of a ledger into which some plugin put these texts."""
    ledger = load(HOSTILE)
    entries: list[Any] = []
    for entry in ledger.entries:
        if isinstance(entry, Custom):
            values = [entry.values[0]._replace(value=name)]
            meta = {**entry.meta, "contact": contact}
            entries.append(entry._replace(values=values, meta=meta))
        elif isinstance(entry, Transaction):
            meta = {**entry.meta, "invoice": invoice}
            entries.append(entry._replace(payee=name, meta=meta))
        else:
            entries.append(entry)
    as_of = date.fromisoformat(AS_OF)
    books = read_books(entries, {**ledger.options, "title": title}, today=as_of)
    assert books.settings.problems == ()
    return build_calendar(books)


HOSTILE_BOOKS = [
    ("Acme\x00GmbH", "\\n", "\\N", "\ud800"),
    ("\ufeffAcme", "a\r\nb", "x" * 5000, "END:VCALENDAR\r\n"),
    ("Acme\\", "\nBEGIN:VALARM\nTRIGGER:PT0S\nEND:VALARM", ";,\\;", "\u2028\\n"),
]


@pytest.mark.parametrize(("name", "contact", "invoice", "title"), HOSTILE_BOOKS)
def test_hostile_text_comes_back_from_ical_js(
    name: str, contact: str, invoice: str, title: str
) -> None:
    # To start it takes too long for hundreds of examples.
    feed = hostile_feed(name.strip(), contact.strip(), invoice, title)
    assert by_ical_js(feed) == by_libical(feed)


@steady
@given(hostile_text, hostile_text, hostile_text, hostile_text)
@example(*HOSTILE_BOOKS[0])
@example(*HOSTILE_BOOKS[1])
@example(*HOSTILE_BOOKS[2])
@example("Acme", "a", "I-1", "\ud8000")
def test_hostile_text_comes_back_as_the_ledger_says(
    name: str, contact: str, invoice: str, title: str
) -> None:
    # Texts are read without the blanks around them.
    name, contact, invoice = name.strip(), contact.strip(), invoice.strip()
    assume(contact and name and invoice and told(title, " ").strip(BLANK))
    feed = hostile_feed(name, contact, invoice, title)
    assert lint(feed) == []
    (event,) = parse(feed).components
    summary = f"{told(name, ' ')} 100 EUR: due ({told(invoice, ' ')})".strip(" ")
    description = told(
        "Due today\n100 of 100 EUR open\nWebsite\n"
        f"Invoiced 2026-10-01, due 2026-12-31\n{name}\n{contact}\nAssets:Receivable",
        "\n",
    )
    expected = [
        Read(
            event.value("UID") or "",
            summary,
            description,
            date(2026, 12, 31),
            date(2027, 1, 1),
            0,
            datetime(2026, 10, 1, tzinfo=UTC),
            "CONFIRMED",
            timedelta(hours=9),
        )
    ]
    for name_of, reader in READERS.items():
        # icalendar before 7 reads a backslash and an n, escaped, as a newline.
        if name_of not in {"icalendar", "ical.js"}:
            assert reader(feed) == expected
    (name_read,) = IcsCalendarStream.calendar_from_ics(feed.decode()).name
    # A title of nothing but marks that steer other text is not one to be seen.
    visible = [mark for mark in told(title, "") if unicodedata.category(mark) != "Cf"]
    shown = told(title, " ").strip(BLANK)
    assert name_read.strip(BLANK) == (
        shown if "".join(visible).strip() else "Receivables"
    )


@pytest.mark.parametrize("title", [" ", "\x00", "\u2028", "\ufeff", "\t\n"])
def test_a_title_that_nobody_can_see_is_no_title(title: str) -> None:
    feed = hostile_feed("Acme", "Ms Li", "INV-1", title)
    assert lint(feed) == []
    assert parse(feed).value("NAME") == "Receivables"
    assert len(by_libical(feed)) == 1


@steady
@given(
    ledgers(hostile=True),
    as_of_days,
    st.builds(
        Wanted, todo=st.booleans(), private=st.booleans(), by_customer=st.booleans()
    ),
)
def test_the_feed_of_any_ledger_is_well_formed(
    made_up: MadeUp, as_of: date, wanted: Wanted
) -> None:
    feed = build_calendar(load(made_up.text).books(as_of), wanted=wanted)
    assert lint(feed) == []


@steady
@given(ledgers(), st.integers(0, 120), st.booleans())
def test_what_the_next_day_changes_has_a_higher_sequence(
    made_up: MadeUp,
    after: int,
    by_customer: bool,  # noqa: FBT001 - drawn
) -> None:
    """From ledger and date alone, where no entry is between the two days."""
    ledger, wanted = load(made_up.text), Wanted(by_customer=by_customer)
    day = LAST + timedelta(days=after)
    first, second = (
        {
            one.value("UID"): one
            for one in parse(build_calendar(ledger.books(on), wanted=wanted)).components
        }
        for on in (day, day + timedelta(days=1))
    )
    for uid in first.keys() & second.keys():
        if first[uid] != second[uid]:
            sequences = [
                int(one[uid].value("SEQUENCE") or 0) for one in (first, second)
            ]
            assert sequences[0] < sequences[1]


# The linter finds what it is for.

GOOD = feed_of(load(TWO), BEFORE)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (b"\r\n", b"\n", "the feed does not end with CRLF"),
        (b"SUMMARY:", b"SUMMARY:" + b"x" * 75, "octets"),
        (b"SUMMARY:", b"SUMMARY:\xc3\r\n \xa4", "is cut inside a character"),
        (b"SUMMARY:", b"SUMMARY:\x00", "has a control character"),
        (b"SUMMARY:", b"SUMMARY:;", "SUMMARY is not as it should be"),
        (b"SUMMARY:", b"SUMMARY:\\N", "SUMMARY is not as it should be"),
        (b"DTEND;VALUE=DATE:20261015", b"DTEND;VALUE=DATE:20261016", "is not one day"),
        (b"DTEND;VALUE=DATE:20261015\r\n", b"", "VEVENT has 0 DTEND"),
        (b"DTSTART;VALUE=DATE:", b"DTSTART:", 'DTSTART has the parameters ""'),
        (b"CALSCALE:GREGORIAN", b"CALSCALE:GREGORIAN\r\nUID:1", "VCALENDAR has 1 UID"),
        (b";VALUE=DURATION", b"", 'not "VALUE=DURATION"'),
        (
            b"DTSTAMP:20260914T000000Z",
            b"DTSTAMP:20260914T101112Z",
            "DTSTAMP is not as it should be",
        ),
        (b"END:VEVENT", b"BEGIN:VTODO\r\nEND:VTODO\r\nEND:VEVENT", "is nested"),
        (
            b"END:VEVENT",
            b"BEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT",
            "2 alarms in a VEVENT",
        ),
        (b"TRIGGER:PT9H", b"TRIGGER:PT", "TRIGGER is not as it should be"),
        (b"TRIGGER:PT9H", b"TRIGGER;RELATED=END:PT9H", "is not related to"),
        (b"ACTION:DISPLAY\r\n", b"", "VALARM has 0 ACTION"),
        (b"PRIORITY:", b"PRIORITY:0", "PRIORITY is not as it should be"),
        (b"BEGIN:VEVENT", b"BEGIN:VJOURNAL", "ends nothing"),
        (b"END:VCALENDAR\r\n", b"", "not one whole VCALENDAR"),
        (b"BEGIN:VEVENT\r\n", b"\r\nBEGIN:VEVENT\r\n", "is empty"),
        (b"SEQUENCE:0", b"SEQUENCE:x", "SEQUENCE is not as it should be"),
    ],
)
def test_the_linter_complains(old: bytes, new: bytes, complaint: str) -> None:
    assert lint(GOOD) == []
    assert old in GOOD
    assert complaint in "\n".join(lint(GOOD.replace(old, new)))


def test_the_linter_complains_about_a_uid_that_is_there_twice() -> None:
    head, event, *rest = GOOD.split(b"BEGIN:VEVENT")
    twice = b"BEGIN:VEVENT".join([head, event, event, *rest])
    assert "is there 2 times" in "\n".join(lint(twice))


def test_the_linter_finds_events_that_differ_in_the_uid_alone() -> None:
    head, event, *rest = GOOD.split(b"BEGIN:VEVENT")
    other = event.replace(b"UID:", b"UID:0")
    assert alike(GOOD) == []
    twice = b"BEGIN:VEVENT".join([head, event, other, *rest])
    assert alike(twice) == ["Acme 2380 EUR: upcoming (INV-1)"]


def test_a_discount_is_in_the_description() -> None:
    feed = feed_of(
        load("""
2026-09-14 * "Acme" "Website" ^INV-1
  terms: "2/10 net 30"
  Assets:Receivable:Acme  1190.00 EUR
  Income:Services
"""),
        as_of="2026-09-15",
    )
    assert lint(feed) == []
    for event in by_icalendar(feed):
        assert "2 % less if paid by 2026-09-24: 1166.20 EUR" in str(event.description)


def test_a_discount_is_of_what_was_invoiced_less_what_is_paid() -> None:
    feed = feed_of(
        load("""
2026-09-14 * "Acme" "Website" ^INV-1
  terms: "2/10 net 30"
  Assets:Receivable:Acme  1190.00 EUR
  Income:Services
2026-09-14 * "Acme" "Credit note" ^INV-1
  Assets:Receivable:Acme  -190.00 EUR
  Income:Services
"""),
        as_of="2026-09-15",
    )
    for event in by_icalendar(feed):
        assert "2 % less if paid by 2026-09-24: 976.20 EUR" in str(event.description)
