"""What writing a note from the page costs, as a multiple of a load of the ledger.

    python benchmarks/write.py [INVOICES ...]

Fava answers in this process, with its own watcher of files. The page has been looked at
when somebody clicks; and what Fava's pages ask every few seconds, whether the ledger
has changed, is asked after it: a load that Fava puts off counts, and so would one too
many. Fava's own "add entry" stands beside it, which does not look at what it writes.

Times are those of the processor, the best of some, so that other programs fall out. A
write waits for the disk besides, some milliseconds.
"""

from __future__ import annotations

import os
import sys
import time
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from typing import Any

from fava.application import create_app
from fava.core import FavaLedger
from fava_dunning.selection import Filters
from ledger import AS_OF
from ledger import write_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZES = (1_000, 10_000, 50_000)
_UNPAID = 5
_ROUNDS = 5
_MANY = 25
# Seconds in which the system has told Fava's watcher of a write.
_SETTLED = 0.5
_HEAD = f"""\
plugin "beancount_dunning"
2016-01-01 custom "fava-extension" "fava_dunning"
2016-01-01 custom "dunning-option" "as-of" {AS_OF}
"""
_PAGE = "extension/Dunning/"


class _Served:
    """A ledger in Fava, which counts its loads."""

    def __init__(self, path: Path) -> None:
        self.loads = 0
        load_file = FavaLedger.load_file

        def load(ledger: FavaLedger) -> None:
            self.loads += 1
            load_file(ledger)

        setattr(FavaLedger, "load_file", load)  # noqa: B010 - mypy knows no such change
        app = create_app([path])
        self.ledger: FavaLedger = app.config["LEDGERS"].ledgers[0]
        self._client = app.test_client()
        self._dunning: Any = self.ledger.extensions.get_extension("Dunning")
        self._numbers = count()

    def load(self) -> None:
        """Load the ledger, as Fava does when a file has changed."""
        self._dunning.served.reload()

    def log(self, notes: int) -> None:
        """Log reminders as sent, as the page does."""
        self._ask("PUT", _PAGE + "log", self._body(notes))

    def preview(self) -> None:
        """Show what a note would be, as a form does while one types."""
        self._ask("PUT", _PAGE + "preview", {**self._body(1), "way": "log"})

    def _body(self, notes: int) -> dict[str, object]:
        served = self._dunning.served
        day = served.load.day
        _, shown = served.load.view(day).select(Filters())
        due = shown.reminders.due[:notes]
        return {
            "fingerprint": served.fingerprint,
            "as_of": day.isoformat(),
            "what": "sent",
            "reminders": {found.item.key: found.step.name for found in due},
        }

    def add(self) -> None:
        """Add a note, as Fava's own form does."""
        note = {
            "t": "Note",
            "meta": {},
            "date": AS_OF.isoformat(),
            "account": "Assets:Bank",
            "comment": f"Note {next(self._numbers)}",
        }
        self._ask("PUT", "api/add_entries", {"entries": [note]})

    def look(self) -> None:
        """Show the page."""
        self._ask("GET", f"{_PAGE}?partial=true")

    def poll(self) -> None:
        """Ask whether the ledger has changed; Fava then loads it."""
        self._ask("GET", "api/changed")

    def _ask(self, method: str, address: str, body: object = None) -> None:
        answer = self._client.open(f"/benchmark/{address}", method=method, json=body)
        if answer.status_code != 200:
            message = f"{address}: {answer.status}: {answer.text}"
            raise RuntimeError(message)


def _seconds(function: Callable[[], object]) -> float:
    began = time.process_time()
    function()
    return time.process_time() - began


def _measure(path: Path, invoices: int) -> None:
    """Measure on one ledger, in turns, and print a line of the table."""
    write_ledger(path, invoices, _UNPAID)
    path.write_text(_HEAD + path.read_text(encoding="utf-8"), encoding="utf-8")
    served = _Served(path)
    todo = {
        "a load": served.load,
        "a preview": served.preview,
        "one note": lambda: served.log(1),
        f"{_MANY} notes": lambda: served.log(_MANY),
        "Fava's add": served.add,
    }
    times: dict[str, list[float]] = {what: [] for what in todo}
    loads: dict[str, list[int]] = {what: [] for what in todo}
    for _ in range(_ROUNDS):
        for what, do in todo.items():
            served.look()
            before = served.loads
            seconds = _seconds(do)
            time.sleep(_SETTLED)
            times[what].append(seconds + _seconds(served.poll))
            loads[what].append(served.loads - before)
    load = min(times["a load"])
    ratios = "".join(f"{min(times[what]) / load:>14.2f}" for what in list(todo)[1:])
    counts = ", ".join(str(max(loads[what])) for what in list(todo)[1:])
    print(f"{invoices:>8}{load:>10.2f} s{ratios}{counts:>16}", flush=True)


def main() -> None:
    """Measure ledgers of several sizes."""
    sizes = [int(size) for size in sys.argv[1:]] or _SIZES
    names = "".join(
        f"{what:>14}"
        for what in ("a preview", "one note", f"{_MANY} notes", "Fava's add")
    )
    print("Seconds of a load, and multiples of it (a note at most 1.5):\n")
    print(f"{'invoices':>8}{'a load':>12}{names}{'loads':>16}")
    with TemporaryDirectory() as name:
        os.environ["XDG_CACHE_HOME"] = name
        os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
        for size in sizes:
            path = Path(name) / "benchmark.beancount"
            # A heap that has seen one ledger makes the next one slower.
            process = get_context("spawn").Process(target=_measure, args=(path, size))
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(process.exitcode)


if __name__ == "__main__":
    main()
