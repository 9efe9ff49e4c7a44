"""Lines of iCalendar text, as RFC 5545 has them.

    written([("SUMMARY", text("Acme; 100 EUR")), ("DUE;VALUE=DATE", day(due))])

icalendar folds the lines. Text is escaped here: icalendar takes a backslash and an N
that stand in it for a newline, and lets control characters through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from icalendar import vDuration
from icalendar.parser import Contentline

from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import plain_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from datetime import timedelta

    # A property's name, with its parameters, and its value.
    Property = tuple[str, str]

# Bytes of a line that may have to be folded.
_LONG = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def text(value: str) -> str:
    """Return a TEXT value (section 3.3.11), its lines kept."""
    return "\n".join(plain_lines(value)).translate(_ESCAPES)


def title(value: str) -> str:
    """Return a TEXT value of one line."""
    return plain(value).strip(" ").translate(_ESCAPES)


def day(value: date) -> str:
    """Return a DATE value (section 3.3.4)."""
    return value.isoformat().replace("-", "")


def midnight(value: date) -> str:
    """Return when a day begins in UTC, as a DATE-TIME value (section 3.3.5)."""
    return f"{day(value)}T000000Z"


def duration(value: timedelta) -> str:
    """Return a DURATION value (section 3.3.6)."""
    return str(vDuration(value).to_ical(), "ascii")


def written(properties: Iterable[Property]) -> bytes:
    """Return content lines (section 3.1)."""
    lines = (_folded(f"{name}:{value}") for name, value in properties)
    return b"".join(line + b"\r\n" for line in lines)


def _folded(line: str) -> bytes:
    content = line.encode()
    # icalendar looks at each character.
    return content if len(content) < _LONG else Contentline(line).to_ical()
