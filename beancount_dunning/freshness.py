"""How long a load of the ledger stays true.

Beancount keeps a load of over a second in a pickle, and takes it for good as long
as the ledger's files are unchanged. But a ledger that was silent yesterday may hold
an overdue invoice today. The cache's key is computed from the names in
`options_map["include"]`: so the plugin puts a name there that is spelt the same for
as long as the errors are, and otherwise from the day on which they change.
"""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any
from typing import Self

from beancount.core.data import Custom
from beancount.core.data import Open
from beancount.core.data import Transaction

from beancount_dunning.clock import today
from beancount_dunning.findings import late_items
from beancount_dunning.settings import is_meant_for_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.receivables import Receivables
    from beancount_dunning.settings import Settings


class DatedFilename(str):
    """A file's name that comes out of a pickle changed when its days are over.

    It stays as it is from `first` up to, not including, `end`; outside, unpickling
    gives a name that no file has, and Beancount loads the ledger anew. In memory it
    is a name like any other.
    """

    __slots__ = ("end", "first")

    first: date
    end: date

    def __new__(cls, name: str, first: date, end: date) -> Self:
        """Make a name of a file that is good from one date to before another."""
        self = super().__new__(cls, name)
        self.first = first
        self.end = end
        return self

    def holds_on(self, day: date) -> bool:
        """Tell whether what was loaded under this name is still true on a day."""
        return self.first <= day < self.end

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as a call, so that the date is looked at when unpickled."""
        return _thaw, (str(self), self.first, self.end)


def _thaw(name: str, first: date, end: date) -> str:
    dated = DatedFilename(name, first, end)
    return dated if dated.holds_on(today()) else f"{name} (loaded on {first})"


def _matters(entry: Directive, settings: Settings) -> bool:
    """Tell whether an entry can change what there is to flag, once its day comes."""
    if isinstance(entry, Transaction):
        return any(settings.accounts[posting.account] for posting in entry.postings)
    if isinstance(entry, Custom):
        return is_meant_for_us(entry)
    return isinstance(entry, Open) and settings.accounts[entry.account] is not None


def end_of_truth(
    entries: Sequence[Directive], receivables: Receivables, settings: Settings
) -> date:
    """Return the first date on which the errors can differ from today's.

    Args:
        entries: The ledger's directives, sorted by date.
        receivables: What is open today.
        settings: Today's settings.

    Returns:
        Tomorrow where something is flagged as overdue, since the error counts the
        days. Else the first day on which an open item would be flagged, or on which
        an entry comes to be that can matter; the last date there is, where none.
    """
    as_of = receivables.as_of
    if settings.errors != "off" and any(late_items(receivables, settings)):
        return as_of + timedelta(days=1)
    days = [date.max]
    if settings.errors != "off":
        patience = timedelta(days=settings.grace + 1)
        days += [
            item.due + patience
            for item in receivables.items
            if item.due is not None
            and item.due < date.max - patience
            and settings.is_reminded(item.open, item.currency)
        ]
    for entry in reversed(entries):
        if entry.date <= as_of:
            break
        if _matters(entry, settings):
            days.append(entry.date)
    return min(days)


def date_load(options_map: dict[str, Any], first: date, end: date) -> None:
    """Make Beancount's cache forget a load when its days are over.

    Args:
        options_map: Beancount's options; a ledger that was read from a string has
            no files, and nothing to do.
        first: The date of the load.
        end: The first date on which it is no longer true.
    """
    names = options_map.get("include")
    if names:
        options_map["include"] = [DatedFilename(names[0], first, end), *names[1:]]


def load_holds(options_map: dict[str, Any], day: date) -> bool:
    """Tell whether a load's errors are those of a day.

    Args:
        options_map: Beancount's options, as the load left them.
        day: The day.

    Returns:
        False where the plugin was at work and its errors would differ now.
    """
    return all(
        name.holds_on(day)
        for name in options_map.get("include") or ()
        if isinstance(name, DatedFilename)
    )
