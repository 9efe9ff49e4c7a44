"""How receivables aged: the report's sums at the ends of past months.

    for end in history(books):
        print(end.date, end.totals)

Nothing is stored: each month end is what the aging report says as of that day, from the
same entries.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from decimal import localcontext
from functools import cache
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Transaction

from beancount_dunning.basics.money import WIDE
from beancount_dunning.ledger.references import references
from beancount_dunning.ledger.settings import read_settings
from beancount_dunning.standing.aging import sum_up
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from beancount.core.data import Posting

    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.standing.aging import Row
    from beancount_dunning.standing.aging import Sums
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

_MONTHS = 12
# Stands for a reference where an entry always matters; no link is empty.
_ALWAYS = ""


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
    entries = books.entries
    others = [entry for entry in entries if not isinstance(entry, Transaction)]
    several = [read_settings(others, books.options, day).accounts for day in days]
    open_ = _Open(several, min(days, default=dt.date.min))
    # What is exact must not depend on how many digits a sum has.
    with localcontext(WIDE):
        taken = [
            open_.take(entry) if isinstance(entry, Transaction) else _ALWAYS
            for entry in entries
        ]
    wanted = open_.references()
    return [
        entry
        for entry, reference in zip(entries, taken, strict=True)
        if reference in wanted
    ]


class _Open:
    """Finds the references of which something may be open on a day, or later."""

    def __init__(
        self, several: Sequence[Mapping[str, Account | None]], day: dt.date
    ) -> None:
        self._day = day
        self._wanted = {_ALWAYS}
        self._sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        self._payees: dict[tuple[str, str], str | None] = {}

        @cache
        def account(name: str) -> tuple[bool, bool]:
            """Tell whether it is ever a receivable, and always one customer's."""
            found = [accounts[name] for accounts in several]
            return any(found), all(account and account.customer for account in found)

        self._account = account

    def references(self) -> set[str]:
        """Return those references, and what stands for entries that always matter."""
        unsettled = {key[0] for key, number in self._sums.items() if number}
        return self._wanted | unsettled

    def take(self, entry: Transaction) -> str | None:
        """Add up a transaction, and return its reference; None where it has no part."""
        postings = [
            posting for posting in entry.postings if self._account(posting.account)[0]
        ]
        if not postings:
            return None
        named = [references(entry, posting) for posting in postings]
        if not _can_be_added_up(entry, postings, named):
            self._wanted.update(*named)
            return _ALWAYS
        ((reference,), *_) = named
        if entry.date > self._day:
            self._wanted.add(reference)
            return reference
        for posting in postings:
            units: Any = posting.units
            number = getattr(units, "number", None)
            if not isinstance(number, Decimal):
                continue  # Beancount could not complete the posting.
            name = posting.account
            self._sums[reference, name, units.currency] += number
            if not self._account(name)[1]:
                # Sums tell nothing where one customer's credit meets another's debit.
                payee = self._payees.setdefault((reference, name), entry.payee)
                if payee != entry.payee:
                    self._wanted.add(reference)
        return reference


def _can_be_added_up(
    entry: Transaction, postings: Sequence[Posting], named: Sequence[Sequence[str]]
) -> bool:
    """Tell whether postings are about one reference alone, and its usual customer."""
    metas = (entry.meta, *(posting.meta for posting in postings))
    has_customer = any(meta and "customer" in meta for meta in metas)
    first = named[0]
    return not has_customer and len(first) == 1 and all(name == first for name in named)
