"""What the calendar costs beside icalendar's bare serialisation of the same events.

    python benchmarks/feed.py [EVENTS]

Prints ratios of times measured in one run, and the seconds for orientation.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from typing import TypeVar

from beancount import loader
from fava.application import create_app
from icalendar import Calendar
from ledger import write_ledger

from beancount_dunning import read_books
from beancount_dunning.formats.calendar_feed import build_calendar

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")
_ROUNDS = 3
_PER_INVOICE = 6  # a due date, a notice and four reminders
_EXTENSION = '2016-01-01 custom "fava-extension" "fava_dunning"\n'


def _best(function: Callable[[], _Result]) -> tuple[float, _Result]:
    """Return the shortest time of some rounds, in seconds, and the result."""
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - began)
    return min(times), result


def _compare(path: Path) -> None:
    entries, _, options_map = loader.load_file(str(path))
    books = read_books(entries, options_map, today=date(2026, 11, 20))
    cold, feed = _best(lambda: build_calendar(books))
    after, _ = _best(lambda: build_calendar(books, before=feed))
    bare, _ = _best(Calendar.from_ical(feed).to_ical)
    events = feed.count(b"BEGIN:VEVENT")
    print(f"\n{events} events, built in {cold:.2f} s\n")
    _say("built, of icalendar's serialisation", cold / bare, " (at most 1.5)")
    _say("built beside a calendar before", after / bare, " (at most 1.5)")

    client = create_app([path], load=True).test_client()
    address = "/benchmark/extension/Dunning/reminders.ics"
    first = client.get(address)
    same = {"If-None-Match": first.headers["ETag"]}
    again, _ = _best(lambda: client.get(address))
    unchanged, _ = _best(lambda: client.get(address, headers=same))
    _say("served again, of building it", again / cold, f" {again:.3f} s")
    _say("answered as unchanged, of building it", unchanged / cold)


def _say(what: str, ratio: float, note: str = "") -> None:
    print(f"{what:<45}{ratio:6.3f}{note}")


def main() -> None:
    """Compare on a ledger with so many events."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        path = Path(folder) / "big.beancount"
        write_ledger(path, events // _PER_INVOICE, 1)
        path.write_text(_EXTENSION + path.read_text())
        _compare(path)


if __name__ == "__main__":
    main()
