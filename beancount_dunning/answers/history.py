"""How receivables aged: the report's sums at the ends of past months.

    for end in history(books):
        print(end.date, end.totals)

Nothing is stored: each month end is what the aging report says as of that day, from the
same entries.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from itertools import chain
from itertools import pairwise
from typing import TYPE_CHECKING

from beancount.core.data import Transaction

from beancount_dunning.standing.aging import sum_up
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.ledger.sums import OpenPostings
    from beancount_dunning.standing.aging import Row
    from beancount_dunning.standing.aging import Sums
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The sums of the aging report as of the last day of a month."""

    date: dt.date
    customers: tuple[Row, ...]
    totals: tuple[Row, ...]


def month_ends(as_of: dt.date, count: int = _MONTHS) -> list[dt.date]:
    """Return the last days of the last months that are over.

    Args:
        as_of: The date; the month counts whose last day it is.
        count: How many.

    Returns:
        The days, oldest first; fewer only where the calendar begins.
    """
    month = as_of.year * _MONTHS + as_of.month - 1
    if as_of != _end(month):
        month -= 1
    first = dt.date.min.year * _MONTHS
    return [_end(month) for month in range(max(month - count + 1, first), month + 1)]


def _end(month: int) -> dt.date:
    year, index = divmod(month, _MONTHS)
    return dt.date(year, index + 1, monthrange(year, index + 1)[1])


def history(
    books: Books, keep: Keep = everything, count: int = _MONTHS
) -> tuple[MonthEnd, ...]:
    """Tell how receivables stood at the ends of the last months.

    Args:
        books: The ledger on the date to look back from.
        keep: Which items and credits this is to be about; all by default.
        count: How many months to look back.

    Returns:
        The month ends, oldest first, each with what the aging report says on it.
    """
    days = month_ends(books.as_of, count)
    sums = zip(days, sums_on(books, days, keep), strict=True)
    return tuple(MonthEnd(day, one.customers, one.totals) for day, one in sums)


def sums_on(
    books: Books, days: Sequence[dt.date], keep: Keep = everything
) -> Iterator[Sums]:
    """Yield the sums of the aging report as of past days.

    Args:
        books: The ledger on the date to look back from.
        days: The days.
        keep: Which items and credits this is to be about; all by default.
    """
    entries = relevant(books, days)
    for day in days:
        then = read_books(entries, books.options, today=day, as_of=day)
        yield sum_up(then, keep)


def relevant(books: Books, days: Sequence[dt.date]) -> list[Directive]:
    """Leave out transactions that change no sum on any of several days.

    Args:
        books: The ledger.
        days: The days; none of them after its date.

    Returns:
        The other directives, in order. Left out are the ones without a receivable; and
        in a ledger of many years nearly all of the others: those of invoices that were
        settled by the first of the days, and not touched after it.
    """
    first = min(days, default=dt.date.min)
    pattern = books.settings.entries.get("accounts")
    if pattern is not None and pattern.date > first:
        # Other accounts were receivable ones then.
        return [*books.entries]
    wanted = _mattering(books.receivables.aside.postings, first)
    return [
        entry
        for entry in books.entries
        if not isinstance(entry, Transaction) or id(entry) in wanted
    ]


def _mattering(postings: OpenPostings, day: dt.date) -> set[int]:
    """Return the ids of transactions of which something may be open on a day or later.

    What is plain adds up to nothing. So it may be left out where all of it was there by
    the day, and none of its transactions is about anything else.
    """
    entries, _, references = postings.rows
    loose = {id(posted.entry) for posted in postings.loose()}
    later = bisect_right(entries, day, key=lambda entry: entry.date)
    rows = [*zip(entries, references, strict=True)]
    wanted = set(postings.wanted)
    wanted.update(
        references[later:],
        (name for entry, name in rows if id(entry) in loose),
        chain.from_iterable(
            (name, other)
            for (entry, name), (next_entry, other) in pairwise(rows)
            if entry is next_entry and name != other
        ),
    )
    return loose.union(id(entry) for entry, name in rows if name in wanted)
