"""Lines of iCalendar text: escaped, folded and ended as RFC 5545 has it.

    written([("SUMMARY", text("Acme; 100 EUR")), ("DUE;VALUE=DATE", day(due))])

Libraries escape less than all that a ledger can say, and take longer than all else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import plain_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from datetime import date
    from datetime import timedelta

    # A property's name, with its parameters, and its value.
    Property = tuple[str, str]

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_LONGEST_LINE = 75
_SECONDS = 60
# In UTF-8, what follows the first byte of a character begins with the bits 10.
_FOLLOWING, _FIRST_BITS = 0b1000_0000, 0b1100_0000


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
    """Return a DURATION value (section 3.3.6) of whole minutes."""
    sign, value = ("-", -value) if value.days < 0 else ("", value)
    hours, minutes = divmod(value.seconds // _SECONDS, 60)
    days = f"{value.days}D" if value.days else ""
    clock = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    return f"{sign}P{days}T{clock or '0S'}" if clock or not days else f"{sign}P{days}"


def written(properties: Iterable[Property]) -> bytes:
    """Return content lines (section 3.1)."""
    folded = (_folded(f"{name}:{value}".encode()) for name, value in properties)
    return b"".join(folded)


def _folded(line: bytes) -> bytes:
    """Fold a line that is too long, and never inside a character."""
    return b"\r\n ".join(_parts(line)) + b"\r\n"


def _parts(line: bytes) -> Iterator[bytes]:
    start, limit = 0, _LONGEST_LINE
    while len(line) - start > limit:
        end = start + limit
        while line[end] & _FIRST_BITS == _FOLLOWING:
            end -= 1
        yield line[start:end]
        start, limit = end, _LONGEST_LINE - 1
    yield line[start:]
