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
from beancount.core.data import Document
from beancount.core.data import Note
from beancount.core.data import Open
from beancount.core.data import Pad
from beancount.core.data import Transaction

from beancount_dunning.clock import today
from beancount_dunning.findings import late_items
from beancount_dunning.settings import is_meant_for_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.books import Books
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
    if isinstance(entry, Pad):
        accounts = settings.accounts
        return bool(accounts[entry.account] or accounts[entry.source_account])
    # A note elsewhere may be a log in the wrong place, which is an error, too.
    return isinstance(entry, Note | Document) or (
        isinstance(entry, Open) and settings.accounts[entry.account] is not None
    )


def end_of_truth(entries: Sequence[Directive], books: Books) -> date:
    """Return the first date on which the errors can differ from today's.

    Args:
        entries: The ledger's directives, sorted by date.
        books: What they come to today.

    Returns:
        Tomorrow where something is flagged as overdue, since the error counts the
        days. Else the first day on which an open item would be flagged, a promise is
        broken, a rate is not known any more, or on which an entry comes to be that
        can matter; the last date there is, where none.
    """
    settings, as_of = books.settings, books.as_of
    flags_money = settings.errors != "off"
    if flags_money and any(late_items(books)):
        return as_of + timedelta(days=1)
    days = [date.max]
    # Interest runs from the day after due on, whatever the grace.
    patiences = {0} if settings.interest else set()
    if flags_money:
        patiences.add(settings.grace)
    days += [
        _days_after(item.due, patience + 1)
        for patience in patiences
        for item in books.receivables.items
        if item.due is not None
        and (settings.interest or settings.is_reminded(item.together, item.currency))
    ]
    days += [
        _days_after(promised, 1)
        for record in books.dunning.records.values()
        if (promised := record.promised) is not None
    ]
    days += [
        _days_after(reference.known_until, 1)
        for reference in settings.references.values()
        if reference.known_until
    ]
    days = [day for day in days if day > as_of]
    for entry in reversed(entries):
        if entry.date <= as_of:
            break
        if _matters(entry, settings):
            days.append(entry.date)
    return min(days)


def _days_after(day: date, days: int) -> date:
    patience = timedelta(days=days)
    return day + patience if day < date.max - patience else date.max


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
