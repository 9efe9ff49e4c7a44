"""Fava for minutes, while everybody reads and writes the same ledger: what went wrong.

    python benchmarks/soak.py [SECONDS]

The ledger is saved five times a second, in turns by an editor that puts a new file in
its place and by one that writes into the file in two steps. Others ask for the page,
the aging and the calendar all the while, and write notes. Nothing of this may give a
wrong answer, undo a save, lose a note, or make Fava grow. What goes wrong is printed,
and the exit status is 1. It needs Linux, where a program can look at what it replaced.

An editor that saves an older version takes away a note that was written since it read.
Here it looks at what it replaced, and such a note does not count as lost.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request
from urllib.request import urlopen

from beancount.loader import load_file
from ledger import AS_OF
from ledger import write_ledger

from beancount_dunning.basics.files import exchange
from beancount_dunning.basics.money import exact
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount_dunning.standing.books import Books

_SECONDS = 300
_INVOICES = 200
_UNPAID = 10
# Five saves a second, in bursts: in between, a note has a chance.
_BURST = 5
_PAUSE = 0.05
_REST = 1 - _BURST * _PAUSE
# How long a file is half written.
_HALF = 0.02
_WRITERS = 2
# What Fava may need more at the end than at the beginning.
_GROWTH = 1.15
_HEAD = f"""\
plugin "beancount_dunning"
2016-01-01 custom "fava-extension" "fava_dunning"
2016-01-01 custom "dunning-option" "as-of" {AS_OF}
2016-01-01 open Assets:Receivable:Editor
"""
_SAVE = f"""
{AS_OF} * "Editor" "Save" ^SAVE
  Assets:Receivable:Editor  1.00 EUR
  Income:Services
"""
_SAVED = re.compile(rb"(Assets:Receivable:Editor  )(\d+)")
_NOTE = re.compile(rb'"(Note \d+ of \d+)"')
# Statuses that say honestly that now is not the time.
_NOT_NOW = {"aging": (503,), "feed": (503,), "log": (409, 422, 503)}


class _Soak:
    """A ledger in Fava, and what everybody did with it."""

    def __init__(self, path: Path, address: str) -> None:
        books = _books(path)
        aged = [one for one in age(books).items if one.item.invoice != "SAVE"]
        self.open = {one.item.invoice or "": exact(one.item.open) for one in aged}
        self.keys = [one.item.key for one in aged]
        self.path, self.address = path, address
        # The last save that is done, and the last one begun.
        self.saved = self.begun = 1
        self.written: set[bytes] = set()
        self.overwritten: set[bytes] = set()
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.is_over = threading.Event()

    def run(self, seconds: float) -> None:
        """Let everybody do their work for so long."""
        todo = [self.edit, self.look, self.read_aging, self.read_feed]
        todo += [partial(self.write, number) for number in range(_WRITERS)]
        threads = [threading.Thread(target=self._repeat, args=(do,)) for do in todo]
        for thread in threads:
            thread.start()
        self.is_over.wait(seconds)
        self.is_over.set()
        for thread in threads:
            thread.join()

    def _repeat(self, do: Callable[[], None]) -> None:
        while not self.is_over.is_set():
            try:
                do()
            except Exception:  # noqa: BLE001 - whatever it is, it is said
                self.blame(traceback.format_exc())

    def blame(self, what: str) -> None:
        """Note what is wrong."""
        self.wrong.append(what)
        print(f"WRONG: {what}", flush=True)

    # The editors.

    def edit(self) -> None:
        """Save some times, and rest."""
        for number in range(_BURST):
            (self._save_into if number % 2 else self._save_another)()
            time.sleep(_PAUSE)
        time.sleep(_REST)

    def _save_another(self) -> None:
        """Put a new file in the place of the ledger, and look at what comes out."""
        other = self.path.with_name("saved")
        new = self._next(self.path.read_bytes())
        other.write_bytes(new)
        exchange.exchange(other, self.path)
        self.overwritten.update(_notes(other.read_bytes()) - _notes(new))
        other.unlink()
        self.saved = self.begun

    def _save_into(self) -> None:
        """Write into the file, in two steps."""
        with self.path.open("r+b", buffering=0) as file:
            new = self._next(file.read())
            file.seek(0)
            file.truncate()
            file.write(new[: len(new) // 2])
            time.sleep(_HALF)
            file.write(new[len(new) // 2 :])
        self.saved = self.begun

    def _next(self, content: bytes) -> bytes:
        found = _SAVED.search(content)
        if found is None or int(found[2]) != self.saved:
            self.blame(f"save {self.saved} is undone: {found and found[2]!r} is there")
        self.counts["saves"] += 1
        self.begun += 1
        return _SAVED.sub(rb"\g<1>%d" % self.begun, content)

    # Readers.

    def look(self) -> None:
        """Look at the page."""
        self._ask("page", "?partial=true")

    def read_aging(self) -> None:
        """Read the aging, and check all of it."""
        saved = self.saved
        status, text = self._ask("aging", "aging")
        if status != 200:
            return
        found = {one["invoice"]: one["open"] for one in json.loads(text)["items"]}
        latest = float(found.pop("SAVE", -1))
        if found != self.open:
            self.blame(f"the aging is wrong: {set(found) ^ set(self.open)}")
        # An editor that is at it may be seen, or not yet.
        if not saved <= latest <= self.begun:
            self.blame(f"the aging has save {latest} after {saved}")

    def read_feed(self) -> None:
        """Read the calendar, and look for every invoice."""
        status, text = self._ask("feed", "reminders.ics")
        text = text.replace("\r\n ", "")
        missing = [name for name in self.open if name not in text]
        if status == 200 and missing:
            self.blame(f"the calendar lacks {missing}")

    # Writers.

    def write(self, writer: int) -> None:
        """Look at the page, and put a reminder off."""
        _, page = self._ask("page", "?partial=true")
        mark = re.search('data-fingerprint="([^"]+)"', page)
        number = self.counts["notes tried"] = self.counts["notes tried"] + 1
        note = f"Note {number} of {writer}"
        body = {
            "fingerprint": mark and mark[1],
            "as_of": AS_OF.isoformat(),
            "what": "hold",
            "item": self.keys[number % len(self.keys)],
            "until": "2026-12-31",
            "text": note,
        }
        status, _ = self._ask("log", "log", json.dumps(body).encode())
        if status == 200:
            self.written.add(note.encode())
        time.sleep(_PAUSE)

    def _ask(self, what: str, below: str, body: bytes | None = None) -> tuple[int, str]:
        request = Request(  # noqa: S310 - our own server
            f"{self.address}{below}",
            data=body,
            method="PUT" if body else "GET",
            headers={"Content-Type": "application/json"} if body else {},
        )
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
                status, text = answer.status, answer.read().decode()
        except HTTPError as error:
            status, text = error.code, error.read().decode()
        self.counts[f"{what}: {status}"] += 1
        if status != 200 and status not in _NOT_NOW.get(what, ()):
            self.blame(f"{what}: {status}: {text[:500]}")
        return status, text

    # The end.

    def check(self) -> None:
        """Look at what is there when everybody is gone."""
        content = self.path.read_bytes()
        counts = Counter(_NOTE.findall(content))
        lost = self.written - counts.keys() - self.overwritten
        if lost:
            self.blame(f"notes are lost: {sorted(lost)}")
        twice = [note for note, count in counts.items() if count > 1]
        if twice:
            self.blame(f"notes are there twice: {twice}")
        self._next(content)
        left = [one.name for one in self.path.parent.iterdir() if one != self.path]
        if left:
            self.blame(f"files lie about: {left}")
        if _books(self.path).dunning.problems:
            self.blame("the log has mistakes")
        self.counts["notes written"] = len(self.written)
        self.counts["notes overwritten by an editor"] = len(
            self.written & self.overwritten
        )


def _notes(content: bytes) -> set[bytes]:
    return set(_NOTE.findall(content))


def _books(path: Path) -> Books:
    entries, _, options = load_file(str(path))
    return read_books(entries, options, today=AS_OF)


def _memory(process: subprocess.Popen[bytes]) -> float:
    """Return the memory of a process, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _watch(
    process: subprocess.Popen[bytes], soak: _Soak, seconds: float
) -> Sequence[float]:
    """Let the soak run, and return how much memory Fava had meanwhile."""
    thread = threading.Thread(target=soak.run, args=(seconds,))
    thread.start()
    found = []
    while thread.is_alive():
        found.append(_memory(process))
        thread.join(1)
    return found


@contextmanager
def _fava(path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Serve a ledger; yields the process and the page's address."""
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    fava = Path(sys.executable).with_name("fava")
    command = [str(fava), "--port", str(port), str(path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    try:
        for _ in range(600):
            time.sleep(0.1)
            with suppress(OSError), socket.create_connection(("localhost", port)):
                break
        yield process, f"http://localhost:{port}/benchmark/extension/Dunning/"
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Run, and say what happened."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else _SECONDS
    with TemporaryDirectory() as name:
        path = Path(name) / "benchmark.beancount"
        write_ledger(path, _INVOICES, _UNPAID)
        text = path.read_text(encoding="utf-8")
        path.write_text(_HEAD + text + _SAVE, encoding="utf-8")
        with _fava(path) as (process, address):
            soak = _Soak(path, address)
            memory = _watch(process, soak, seconds)
            time.sleep(1)
            soak.read_aging()
            soak.check()
    third = len(memory) // 3
    first, last = median(memory[third : 2 * third]), median(memory[-third:])
    if last > first * _GROWTH:
        soak.blame(f"Fava grew from {first:.0f} to {last:.0f} MB")
    for what, count in sorted(soak.counts.items()):
        print(f"{what:<40}{count:>8}")
    print(f"{'memory, in the middle and at the end':<40}{first:>8.0f}{last:>8.0f} MB")
    print(f"{'wrong':<40}{len(soak.wrong):>8}")
    sys.exit(1 if soak.wrong else 0)


if __name__ == "__main__":
    main()
