"""Each application follows the same ledger, stage by stage."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from typing import NamedTuple

import pytest

from tests.calendars.apps import APPS
from tests.serving import PAGE
from tests.serving import served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.calendars.apps import App
    from tests.calendars.apps import Shown
    from tests.calendars.apps import Start

_HEAD = """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 open Assets:Bank
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Assets:Receivable:Beta
2026-01-01 open Income:Services
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   1234.50 EUR
  Income:Services
2026-10-01 * "Beta" "Logo; print, and web" ^INV-2
  due: 2026-10-31
  Assets:Receivable:Beta   500.00 EUR
  Income:Services
"""
_REMINDED = """
2026-10-15 note Assets:Receivable:Acme "E-mailed" ^INV-1
  reminder: "first reminder"
"""
_PROMISED = """
2026-10-15 note Assets:Receivable:Acme "Promised" ^INV-1
  promise: 2026-10-20
"""
_PART = """
2026-10-16 * "Acme" "A part" ^INV-1
  Assets:Bank              1000.00 EUR
  Assets:Receivable:Acme
"""
_PAID = """
2026-10-22 * "Acme" "The rest" ^INV-1
  Assets:Bank               234.50 EUR
  Assets:Receivable:Acme
"""
_BETA = {
    "Beta 500 EUR: upcoming (INV-2)": "2026-10-29",
    "Beta 500 EUR: due (INV-2)": "2026-10-31",
}
_DEARER = {title.replace("500", "600.50"): day for title, day in _BETA.items()}


class Stage(NamedTuple):
    """A ledger on a date, and all that is to be seen of it."""

    name: str
    as_of: str
    ledger: str
    events: dict[str, str]

    def write(self, path: Path) -> None:
        option = f'2026-01-01 custom "dunning-option" "as-of" {self.as_of}\n'
        path.write_text(self.ledger + option)


def _stages() -> list[Stage]:
    reminded = _HEAD + _REMINDED
    promised = reminded + _PROMISED
    part = promised + _PART
    edited = part.replace("500.00", "600.50")
    open_ = "Acme 1234.50 EUR"
    rest = "Acme 234.50 EUR"
    second, promise = "second reminder (INV-1)", "promised (INV-1)"
    broken = edited + _PAID + '2026-10-22 * "half\n'
    return [
        Stage(
            "new",
            "2026-10-15",
            _HEAD,
            {f"{open_}: first reminder (INV-1)": "2026-10-15", **_BETA},
        ),
        Stage(
            "reminded",
            "2026-10-15",
            reminded,
            {f"{open_}: {second}": "2026-10-21", **_BETA},
        ),
        Stage(
            "promised",
            "2026-10-15",
            promised,
            {
                f"{open_}: {promise}": "2026-10-20",
                f"{open_}: {second}": "2026-10-21",
                **_BETA,
            },
        ),
        Stage(
            "part-paid",
            "2026-10-16",
            part,
            {
                f"{rest}: {promise}": "2026-10-20",
                f"{rest}: {second}": "2026-10-21",
                **_BETA,
            },
        ),
        Stage(
            "edited",
            "2026-10-21",
            edited,
            {
                f"{rest}: {promise}": "2026-10-20",
                f"{rest}: {second}": "2026-10-21",
                **_DEARER,
            },
        ),
        Stage(
            "the next day",
            "2026-10-22",
            edited,
            {
                f"{rest}: {promise}": "2026-10-20",
                f"{rest}: {second}": "2026-10-22",
                **_DEARER,
            },
        ),
        Stage("paid", "2026-10-22", edited + _PAID, _DEARER),
        Stage("broken", "2026-10-22", broken, _DEARER),
    ]


def _seen(app: App, expected: dict[str, str], seconds: float) -> Shown:
    """Return what an application shows, once it is what is expected, or at the end."""
    until = time.monotonic() + seconds
    while True:
        found = app.shown()
        days = {title: day for _, title, day in found}
        if days == expected or time.monotonic() > until:
            return found
        time.sleep(0.1)


@pytest.mark.parametrize("start", APPS.values(), ids=APPS.keys())
def test_an_application_follows_the_ledger(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    books, own = tmp_path / "books.beancount", tmp_path / "app"
    own.mkdir()
    stages = _stages()
    stages[0].write(books)
    uids: dict[str, str] = {}
    with (
        served(books) as fava,
        start(own, f"{fava}books/{PAGE}reminders.ics") as app,
    ):
        for stage in stages:
            stage.write(books)
            app.refresh()
            if stage.name == "broken":
                time.sleep(2)
            found = _seen(app, stage.events, 30)
            rows = sorted((title, day) for _, title, day in found)
            assert rows == sorted(stage.events.items()), stage.name
            for uid, title, _ in found:
                # What is about the same stays the same event, whatever it says.
                what = title.partition(": ")[2]
                assert uids.setdefault(what, uid) == uid, stage.name
