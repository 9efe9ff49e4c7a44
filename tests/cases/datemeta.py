"""A plugin that puts a datetime where a date belongs, as importers and plugins do.

Its configuration names the key: `due` of the transaction called "late", `promise` or
`hold-until` of every note, or the option `as-of`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Custom
from beancount.core.data import Note
from beancount.core.data import Transaction
from beancount.core.data import new_metadata
from beancount.parser.grammar import ValueType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directive

__plugins__ = ("put_datetimes",)

DAYS = {
    "due": datetime(2026, 2, 20, 10, 30),  # noqa: DTZ001 - as dateutil reads a date
    "promise": datetime(2026, 2, 10, 23, 59),  # noqa: DTZ001 - likewise
    "hold-until": datetime(2026, 2, 10, 23, 59),  # noqa: DTZ001 - likewise
    "as-of": datetime(2026, 2, 5, 8, 0),  # noqa: DTZ001 - likewise
}


def put_datetimes(
    entries: Sequence[Directive], _: dict[str, Any], key: str
) -> tuple[list[Directive], list[Any]]:
    """Put a datetime under a key."""
    day = DAYS[key]
    if key == "as-of":
        values = [ValueType("as-of", str), ValueType(day, datetime)]
        meta = new_metadata("datemeta", 0)
        option = Custom(meta, entries[0].date, "dunning-option", values)
        return [option, *entries], []
    for entry in entries:
        is_late = isinstance(entry, Transaction) and entry.narration == "late"
        if is_late if key == "due" else isinstance(entry, Note):
            entry.meta.pop("promise", None)
            entry.meta[key] = day
    return list(entries), []
