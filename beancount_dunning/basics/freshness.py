"""A load of the ledger is right for the day it was made on.

Beancount keeps a load of over a second in a pickle, and takes it for good as long as
the ledger's files are unchanged. But a ledger that was silent yesterday may hold an
overdue invoice today. The cache's key is computed from the file names in
`options_map["include"]`: so the plugin puts a name there that comes out of the pickle
changed on any other day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any
from typing import Self

from beancount_dunning.basics.clock import today

if TYPE_CHECKING:
    from datetime import date


class DatedFilename(str):
    """A file's name that comes out of a pickle changed on any day but its own.

    Unpickled on another day it is a name that no file has, and Beancount loads the
    ledger anew. In memory it is a name like any other.
    """

    __slots__ = ("day",)

    day: date

    def __new__(cls, name: str, day: date) -> Self:
        """Make a file's name that is good for a day."""
        self = super().__new__(cls, name)
        self.day = day
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as a call, so that the date is looked at when unpickled."""
        return _thaw, (str(self), self.day)


def _thaw(name: str, day: date) -> str:
    return DatedFilename(name, day) if day == today() else f"{name} (loaded on {day})"


def date_load(options_map: dict[str, Any], day: date) -> None:
    """Make Beancount's cache forget a load when its day is over.

    Args:
        options_map: Beancount's options; a ledger that was read from a string has
            no files, and nothing to do.
        day: The day of the load.
    """
    names = options_map.get("include")
    if names:
        options_map["include"] = [DatedFilename(names[0], day), *names[1:]]


def is_load_of(options_map: dict[str, Any], day: date) -> bool:
    """Tell whether a load's errors are those of a day.

    Args:
        options_map: Beancount's options, as the load left them.
        day: The day.

    Returns:
        False where the plugin was at work on another day.
    """
    return all(
        name.day == day
        for name in options_map.get("include") or ()
        if isinstance(name, DatedFilename)
    )
