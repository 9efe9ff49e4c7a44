"""Which version of an event a calendar has, beside the calendar published before it.

An event that says the same as the one published under its UID stays that version; one
that says something else is a later one: its SEQUENCE is higher, its DTSTAMP and
LAST-MODIFIED are later. Google and ICSx5 keep the old event otherwise. Only calendars
of ours are looked at; whatever in them is broken is as if it had not been published.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR
from datetime import datetime
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping

PRODUCT = "-//beancount-dunning//Reminders//EN"
_COMPONENTS = (b"VEVENT", b"VTODO")
# The lines that say which version an event is; they are short, and never folded.
_VERSION = re.compile(rb"\r\n(DTSTAMP|LAST-MODIFIED|SEQUENCE):(\w*)")
# RFC 5545, section 3.3.8: an integer has 32 bits.
_SEQUENCE = re.compile(rb"\d{1,9}")
_UID = re.compile(rb"\r\nUID:([^\r]*)")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Published:
    """An event as it was published: what it says, and which version of it that is."""

    says: bytes
    sequence: int
    modified: datetime


def published(feed: bytes) -> dict[bytes, Published]:
    """Return what a calendar says.

    Args:
        feed: A calendar; empty if there is none.

    Returns:
        Its events by their UIDs; none where it is not one of ours.
    """
    if f"\r\nPRODID:{PRODUCT}\r\n".encode() not in feed:
        return {}
    return dict(filter(None, map(_read, _components(feed))))


def by_uid(feed: bytes) -> dict[bytes, bytes]:
    """Return the lines of each event of a calendar of ours, by its UID."""
    found = {}
    for component in _components(feed):
        if uid := _UID.search(component.replace(b"\r\n ", b"")):
            found[uid[1]] = component
    return found


def _components(feed: bytes) -> Iterator[bytes]:
    """Yield the lines of each event or task."""
    name, lines = b"", list[bytes]()
    for line in feed.split(b"\r\n"):
        kind, _, what = line.partition(b":")
        if kind == b"BEGIN" and what in _COMPONENTS:
            name, lines = what, []
        lines.append(line)
        if kind == b"END" and what == name:
            yield b"\r\n".join([*lines, b""])
            name, lines = b"", []


def _read(component: bytes) -> tuple[bytes, Published] | None:
    """Return the UID of a component's lines, and what was published under it."""
    lines = component.replace(b"\r\n ", b"")
    version = dict(_VERSION.findall(lines))
    uid = _UID.search(lines)
    sequence = version.get(b"SEQUENCE", b"")
    try:
        stamp = version.get(b"LAST-MODIFIED", b"").decode()
        modified = datetime.strptime(stamp, _STAMP)  # noqa: DTZ007 - it says Z
    except ValueError:
        return None
    # In the last year there is, no later version could follow for ever.
    if not uid or not _SEQUENCE.fullmatch(sequence) or modified.year == MAXYEAR:
        return None
    return uid[1], Published(_VERSION.sub(b"", lines), int(sequence), modified)


def following(
    components: Iterable[bytes], before: Mapping[bytes, Published]
) -> Iterator[bytes]:
    """Give each event the version that follows the one published before.

    Args:
        components: The lines of each event, with the version that it has without a
            calendar before.
        before: What was published, see `published`.

    Yields:
        The lines, with the version that was published where they say the same, and
        with a later one where they do not.
    """
    for component in components:
        now = _read(component) if before else None
        was = before.get(now[0]) if now else None
        if now is None or was is None:
            yield component
        elif now[1].says == was.says:
            yield _with_version(component, was.sequence, was.modified)
        else:
            sequence = max(now[1].sequence, was.sequence + 1)
            later = was.modified + timedelta(seconds=1)
            yield _with_version(component, sequence, max(now[1].modified, later))


def _with_version(component: bytes, sequence: int, modified: datetime) -> bytes:
    stamp = modified.strftime(_STAMP).rjust(16, "0").encode()
    values = {b"SEQUENCE": str(sequence).encode()}
    return _VERSION.sub(
        lambda line: b"\r\n%s:%s" % (line[1], values.get(line[1], stamp)), component
    )
