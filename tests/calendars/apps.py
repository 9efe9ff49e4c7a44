"""Calendar applications, each in a folder of its own, as one drives them here."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
from contextlib import closing
from contextlib import contextmanager
from contextlib import suppress
from datetime import UTC
from datetime import datetime
from pathlib import Path
from select import select
from shutil import Error
from shutil import copytree
from shutil import which
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.parse import urlsplit
from urllib.request import urlopen

from ical.calendar_stream import IcsCalendarStream
from playwright.sync_api import sync_playwright

from tests.page.test_subscription import Subscriber

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Route

HERE = Path(__file__).parent
# What one has of a calendar: UID, if it keeps that, title and day of each event.
Shown = list[tuple[str, str, str]]


class App(Protocol):
    """An application that has subscribed."""

    def refresh(self) -> None:
        """Fetch the calendar, or begin to."""

    def shown(self) -> Shown:
        """Return the events that it has."""


class Khal:
    """vdirsyncer and khal."""

    def __init__(self, folder: Path, address: str) -> None:
        self._subscriber = Subscriber(folder)
        self._subscriber.subscribe(address)

    def refresh(self) -> None:
        # Where there is no calendar, vdirsyncer says so and changes nothing.
        with suppress(AssertionError):
            self._subscriber.sync()

    def shown(self) -> Shown:
        # vdirsyncer gives each version of an event a UID of its own.
        return [("", title, day) for day, title, _ in self._subscriber.shown()]


@contextmanager
def khal(folder: Path, address: str) -> Iterator[App]:
    """Subscribe with vdirsyncer, and read with khal."""
    yield Khal(folder, address)


class HomeAssistant:
    """The parser of Home Assistant, which fetches anew and keeps what it had."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._shown: Shown = []

    def refresh(self) -> None:
        try:
            with urlopen(self._address) as answer:  # noqa: S310 - our own
                text = answer.read().decode()
        except HTTPError:
            return
        calendar = IcsCalendarStream.calendar_from_ics(text)
        self._shown = [
            (one.uid, one.summary or "", str(one.dtstart)) for one in calendar.events
        ]

    def shown(self) -> Shown:
        return self._shown


@contextmanager
def home_assistant(folder: Path, address: str) -> Iterator[App]:
    """Read as Home Assistant does."""
    del folder
    yield HomeAssistant(address)


def _home(folder: Path) -> dict[str, str]:
    """Return an environment in which a program finds nothing but its own."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    own = {name: str(folder / name.lower()) for name in names}
    for path in own.values():
        Path(path).mkdir(exist_ok=True)
    return {**os.environ, **own, "LANG": "C.UTF-8"}


def _end(process: subprocess.Popen[str]) -> None:
    """End a program and all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


class Evolution:
    """Evolution's calendar service, which GNOME Calendar shows."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def _ask(self, word: str) -> Shown:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        is_answered, _, _ = select([self._process.stdout], [], [], 30)
        assert is_answered, "Evolution's service does not answer"
        rows = json.loads(self._process.stdout.readline())
        return [(uid, title, _with_dashes(day)) for uid, title, day in rows]

    def refresh(self) -> None:
        self._ask("refresh")

    def shown(self) -> Shown:
        return self._ask("show")


def _with_dashes(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


@contextmanager
def evolution(folder: Path, address: str) -> Iterator[App]:
    """Start Evolution's service on a bus of its own."""
    process = subprocess.Popen(
        ["dbus-run-session", "--", "/usr/bin/python3", HERE / "evolution.py", address],  # noqa: S607 - where it is differs
        env=_home(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield Evolution(process)
    finally:
        _end(process)


_THUNDERBIRD = {
    "calendar.registry.receivables.type": "ics",
    "calendar.registry.receivables.name": "Receivables",
    "calendar.registry.receivables.cache.enabled": True,
    "calendar.registry.receivables.readOnly": True,
    "calendar.registry.receivables.calendar-main-in-composite": True,
    "mail.provider.suppress_dialog_on_startup": True,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Thunderbird:
    """Thunderbird without a window; it fetches when it starts."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self._profile = folder / "profile"
        self._profile.mkdir()
        preferences = {
            **_THUNDERBIRD,
            "calendar.registry.receivables.uri": address,
        }
        (self._profile / "user.js").write_text(
            "".join(
                f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
                for name, value in preferences.items()
            )
        )
        self._process: subprocess.Popen[str] | None = None

    def refresh(self) -> None:
        self.end()
        self._process = subprocess.Popen(
            ["thunderbird", "--headless", "--no-remote", "--profile", self._profile],  # noqa: S607 - where it is differs
            env=_home(self._folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def shown(self) -> Shown:
        # It keeps its own locked.
        copy = Path(mkdtemp(dir=self._folder))
        with suppress(OSError, Error):
            copytree(self._profile / "calendar-data", copy, dirs_exist_ok=True)
        query = "SELECT id, title, event_start FROM cal_events"
        try:
            with closing(sqlite3.connect(copy / "cache.sqlite")) as data:
                rows = data.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []  # It is being written.
        return [
            (uid, title, str(datetime.fromtimestamp(start / 10**6, UTC).date()))
            for uid, title, start in rows
        ]

    def end(self) -> None:
        if self._process:
            _end(self._process)


@contextmanager
def thunderbird(folder: Path, address: str) -> Iterator[App]:
    """Subscribe with Thunderbird."""
    app = Thunderbird(folder, address)
    try:
        yield app
    finally:
        app.end()


class FullCalendar:
    """FullCalendar on a page of the same site, in a browser."""

    _SCRIPT = "() => calendar.getEvents().map((event) => [event.title, event.startStr])"

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        parts = urlsplit(address)
        self._site = f"{parts.scheme}://{parts.netloc}/calendars/"
        self._feed = quote(address, safe="")
        page.route(f"{self._site}**", self._serve)

    def _serve(self, route: Route) -> None:
        name = urlsplit(route.request.url).path.removeprefix("/calendars/")
        is_own = name == "fullcalendar.html"
        route.fulfill(path=HERE / name if is_own else HERE / "node_modules" / name)

    def refresh(self) -> None:
        if self._site not in self._page.url:
            self._page.goto(f"{self._site}fullcalendar.html?feed={self._feed}")
        else:
            self._page.evaluate("calendar.refetchEvents()")

    def shown(self) -> Shown:
        return [("", title, day) for title, day in self._page.evaluate(self._SCRIPT)]


@contextmanager
def fullcalendar(folder: Path, address: str) -> Iterator[App]:
    """Show it in a browser."""
    del folder
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield FullCalendar(browser.new_page(), address)
        browser.close()


if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Start = Callable[[Path, str], AbstractContextManager[App]]

APPS: dict[str, Start] = {
    "vdirsyncer and khal": khal,
    "Home Assistant": home_assistant,
    "Evolution": evolution,
    "Thunderbird": thunderbird,
    "FullCalendar": fullcalendar,
}
