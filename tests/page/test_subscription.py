"""A real subscription: Fava serves, vdirsyncer copies, khal shows the calendar."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.calendar_lint import parse
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = Path(sys.executable).parent
_VDIRSYNCER = """
[general]
status_path = "{folder}/status/"

[pair receivables]
a = "here"
b = "fava"
collections = null
conflict_resolution = "b wins"

[storage here]
type = "filesystem"
path = "{folder}/calendar"
fileext = ".ics"

[storage fava]
type = "http"
url = "{address}"
"""
_KHAL = """
[calendars]
[[receivables]]
path = {folder}/calendar
readonly = True

[locale]
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d

[sqlite]
path = {folder}/khal.db
"""
_PAYMENT = """
2026-11-20 * "Hotel Silberdüne KG" "All of it" ^{invoice}
  Assets:Bank:Giro          {amount} EUR
  Assets:Receivable:Silberduene
"""


@dataclass(frozen=True)
class Subscriber:
    """vdirsyncer and khal, with configurations of their own."""

    folder: Path

    def subscribe(self, address: str) -> None:
        (self.folder / "calendar").mkdir()
        for name, text in (("vdirsyncer", _VDIRSYNCER), ("khal", _KHAL)):
            config = text.format(folder=self.folder, address=address)
            (self.folder / name).write_text(config)
        self._run("vdirsyncer", "discover")

    def sync(self) -> dict[str, str]:
        """Copy the calendar, and return what is then there: UID and text of each."""
        self._run("vdirsyncer", "sync")
        files = (self.folder / "calendar").glob("*.ics")
        found = [file.read_text() for file in files]
        by_uid = {
            re.findall(r"^UID:(.*)$", text, re.MULTILINE)[0]: text for text in found
        }
        assert len(by_uid) == len(found)
        return by_uid

    def shown(self) -> list[tuple[str, str, str]]:
        """Return what khal shows: day, title and description of each event."""
        form = "{uid}\x1f{start-date}\x1f{title}\x1f{description}\x1e"
        options = ("--notstarted", "--day-format", "", "--format", form)
        text = self._run("khal", "list", *options, "2024-01-01", "2000d")
        rows = [row.strip("\n").split("\x1f") for row in text.split("\x1e")[:-1]]
        assert len({uid for uid, *_ in rows}) == len(rows)
        return sorted((day, title, description) for _, day, title, description in rows)

    def _run(self, program: str, *arguments: str) -> str:
        config = "--config" if program == "vdirsyncer" else "-c"
        done = subprocess.run(
            [PROGRAMS / program, config, self.folder / program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "HOME": str(self.folder), "LANG": "C.UTF-8"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "example.beancount"
    path.write_text(EXAMPLE.read_text())
    return path


@pytest.fixture
def address(ledger: Path) -> Iterator[str]:
    with served(ledger) as fava:
        yield f"{fava}atelier-nordlicht/{PAGE}reminders.ics"


def test_a_subscription_follows_the_ledger(
    ledger: Path, address: str, tmp_path: Path
) -> None:
    subscriber = Subscriber(tmp_path)
    subscriber.subscribe(address)
    first = subscriber.sync()
    assert subscriber.sync() == first
    assert len(first) > 20

    shown = subscriber.shown()
    assert len(shown) == len(first)
    ours = {uid for uid, text in first.items() if "AN-2026-014" in text}
    assert ours

    with ledger.open("a") as file:
        file.write(_PAYMENT.format(invoice="AN-2026-014", amount="1237.00"))
    then = subscriber.sync()
    assert then == {uid: text for uid, text in first.items() if uid not in ours}
    assert [row for row in shown if "AN-2026-014" not in row[1]] == subscriber.shown()


def _plain(text: str) -> str:
    """Undo the escaping of a TEXT value (RFC 5545, section 3.3.11)."""
    newline = {"n": "\n"}
    return re.sub(r"\\(.)", lambda one: newline.get(one[1], one[1]), text)


def test_khal_shows_what_the_calendar_says(address: str, tmp_path: Path) -> None:
    subscriber = Subscriber(tmp_path)
    subscriber.subscribe(address)
    said = []
    for text in subscriber.sync().values():
        feed = text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
        (event,) = parse(feed).components
        day = event.value("DTSTART") or ""
        said.append(
            (
                f"{day[:4]}-{day[4:6]}-{day[6:]}",
                _plain(event.value("SUMMARY") or ""),
                _plain(event.value("DESCRIPTION") or ""),
            )
        )
    assert sorted(said) == subscriber.shown()
