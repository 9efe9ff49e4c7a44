"""What the calendar costs beside icalendar's bare serialisation of the same events.

    python benchmarks/feed.py [EVENTS]

Prints ratios of times measured in one run, and the seconds for orientation.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from typing import TypeVar
from unittest.mock import patch

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
_DAY = date(2026, 11, 20)
_ADDRESS = "/benchmark/extension/Dunning/reminders.ics"
_EXTENSION = '2016-01-01 custom "fava-extension" "fava_dunning"\n'


def _best(function: Callable[[], _Result]) -> tuple[float, _Result]:
    """Return the shortest time of some rounds, in seconds, and the result.

    It is the time of this process alone, whatever else the machine does.
    """
    times = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        result = function()
        times.append(time.process_time() - began)
    return min(times), result


def _compare(path: Path) -> None:
    entries, _, options_map = loader.load_file(str(path))
    books = read_books(entries, options_map, today=_DAY)
    cold, feed = _best(lambda: build_calendar(books))
    after, _ = _best(lambda: build_calendar(books, before=feed))
    bare, _ = _best(Calendar.from_ical(feed).to_ical)
    events = feed.count(b"BEGIN:VEVENT")
    print(f"\n{events} events, built in {cold:.2f} s\n")
    _say("built, of icalendar's serialisation", cold / bare, " (at most 1.5)")
    _say("built beside a calendar before", after / bare, " (at most 1.5)")

    client = create_app([path], load=True).test_client()
    _say("fetched the next day, of a first fetch", _next_day(path), " (at most 1.3)")
    first = client.get(_ADDRESS)
    same = {"If-None-Match": first.headers["ETag"]}
    again, _ = _best(lambda: client.get(_ADDRESS))
    unchanged, _ = _best(lambda: client.get(_ADDRESS, headers=same))
    _say("served again, of building it", again / cold, f" {again:.3f} s")
    _say("answered as unchanged, of building it", unchanged / cold)


def _next_day(path: Path) -> float:
    """Compare what a Fava takes on the next day with what it took when it began."""
    first: list[float] = []
    following: list[float] = []
    for _ in range(_ROUNDS):
        rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)
        client = create_app([path], load=True).test_client()
        for day, times in ((_DAY, first), (_DAY + timedelta(days=1), following)):
            with patch("fava_dunning.served.today", return_value=day):
                began = time.perf_counter()
                client.get(_ADDRESS)
                times.append(time.perf_counter() - began)
    return min(following) / min(first)


def _say(what: str, ratio: float, note: str = "") -> None:
    print(f"{what:<45}{ratio:6.3f}{note}")


def main() -> None:
    """Compare on a ledger with so many events."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        path = Path(folder) / "big.beancount"
        write_ledger(path, events, 1)
        path.write_text(_EXTENSION + path.read_text())
        _compare(path)


if __name__ == "__main__":
    main()
