"""One calendar for several ledgers: the events of each, as its own calendar has them.

A ledger's name stands first in the titles of its events, and is a category of theirs.
Their UIDs are those of the ledger's own calendar; where two ledgers have one, no
calendar application could tell their events apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancount_dunning.formats.calendar_feed import END
from beancount_dunning.formats.calendar_feed import head
from beancount_dunning.formats.calendar_lines import title
from beancount_dunning.formats.calendar_versions import by_uid
from beancount_dunning.formats.calendar_versions import following
from beancount_dunning.formats.calendar_versions import published

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

_CATEGORIES = re.compile(rb"\r\nCATEGORIES:([^\r]*)")
_DAY = re.compile(rb"\r\n(?:DTSTART|DUE);VALUE=DATE:(\d+)")
_NAME = "Receivables"


def calendar_of_several(
    events: Mapping[bytes, bytes], before: bytes = b"", absent: Iterable[str] = ()
) -> bytes:
    """Write the calendar of several ledgers.

    Args:
        events: The lines of each event, by its UID, as `by_uid` reads them from the
            ledgers' calendars.
        before: The calendar that this one replaces, empty if there is none.
        absent: The names of ledgers that nothing is known of now. Their events stay as
            they were published: subscribers would drop what is missing, paid or not.

    Returns:
        The iCalendar text, its events in the order of their days.
    """
    names = tuple(f"{title(name)},".encode() for name in absent)
    stay = {
        uid: lines
        for uid, lines in by_uid(before).items()
        if _value(_CATEGORIES, lines).startswith(names)
    }
    all_ = sorted(
        {**stay, **events}.items(), key=lambda one: (_value(_DAY, one[1]), one[0])
    )
    components = following((lines for _, lines in all_), published(before))
    return b"".join([head(_NAME), *components, END])


def _value(pattern: re.Pattern[bytes], lines: bytes) -> bytes:
    found = pattern.search(lines.replace(b"\r\n ", b""))
    return found[1] if found else b""
