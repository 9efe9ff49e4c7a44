"""The calendars that were served last: kept, so that the next ones follow them.

An event that changed has to have a higher version than the event that an app has seen.
Each is kept in memory, and in the user's cache folder for the next Fava. Losing them
does no harm but that apps may take what is unchanged for changed.
"""

from __future__ import annotations

import logging
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING
from typing import NamedTuple

from flask import Response
from flask import request
from platformdirs import user_cache_path

from beancount_dunning.basics.files import replace_file
from beancount_dunning.formats.calendar_feed import CONTENT_TYPE
from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.calendar_feed import build_calendar

if TYPE_CHECKING:
    from pathlib import Path

    from fava_dunning.selection import Selection


class Name(NamedTuple):
    """What a calendar is called by: what it is to have in it, and whose it is."""

    wanted: Wanted
    customer: str | None


class Calendars:
    """The calendars of a ledger, by what was asked for."""

    def __init__(self, ledger: str) -> None:
        """Begin with what is in the cache folder.

        Args:
            ledger: The ledger's file.
        """
        self._ledger = ledger
        self._served: dict[Name, bytes] = {}
        self._folder = user_cache_path("beancount-dunning")

    def feed(self, selection: Selection, name: Name, *, is_kept: bool) -> bytes:
        """Return a calendar, in the version that follows what was served last.

        Args:
            selection: The items that it is about.
            name: What was asked for.
            is_kept: Whether the next one is to follow it.
        """
        kind = (name.wanted, is_kept)
        if kind not in selection.calendars:
            selection.calendars[kind] = build_calendar(
                selection.books,
                selection.keep,
                name.wanted,
                self.last(name) if is_kept else b"",
                selection.report,
            )
            if is_kept:
                self.keep(name, selection.calendars[kind])
        return selection.calendars[kind]

    def last(self, name: Name) -> bytes:
        """Return the calendar that was served last; nothing where none was."""
        if name in self._served:
            return self._served[name]
        try:
            return self._store(name).read_bytes()
        except OSError:
            return b""

    def keep(self, name: Name, feed: bytes) -> None:
        """Keep what is served, in a folder that nobody else can enter."""
        self._served[name] = feed
        store = self._store(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            replace_file(store, feed)
        except OSError:
            logging.getLogger(__name__).warning("%s cannot be written", store)

    def _store(self, name: Name) -> Path:
        wanted, customer = name
        what = f"{self._ledger}\x1f{wanted.todo}\x1f{wanted.private}"
        if wanted.by_customer:
            what += "\x1f\x1f"
        if customer is not None:
            what += f"\x1f{customer}"
        digest = sha256(what.encode(errors="backslashreplace")).hexdigest()
        return self._folder / f"{digest}.ics"


def is_token(given: str, token: str | None) -> bool:
    """Tell whether what an address gives is the ledger's token, if it has one."""
    return token is None or (
        bool(token) and compare_digest(given.encode(), token.encode())
    )


def respond(feed: bytes) -> Response:
    """Answer a calendar, to an app that may have it already."""
    response = Response(feed, content_type=CONTENT_TYPE)
    response.set_etag(sha256(feed).hexdigest())
    # An app keeps its copy, and asks each time whether it is still the same.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="reminders.ics"'
    response.make_conditional(request)
    return response
