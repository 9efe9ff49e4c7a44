"""What customers promised in notes, and whether they kept it.

    2026-08-15 note Assets:Receivable:Blum "Pays by September" ^I-23
      promise: 2026-09-01

A promise is about what of its invoices is due by its day, or else about what is due
first. It is kept if nothing of that is owed by the day; where it names an amount, if so
much came after the note and by the day. What we gave up was not paid. A later promise
does not undo an earlier one: a customer who puts off again and again has broken each.
Nobody can tell yet of a promise whose day is not past, unless it is kept already.
What is promised while a plan says what is due when is left out: parts are told apart by
the due dates that were invoiced, and it is about those of the plan.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.paid import Means
from beancount_dunning.answers.paid import Outcome
from beancount_dunning.basics.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise: who gave it, by which day, and whether it was kept."""

    customer: str
    day: dt.date
    is_kept: bool
    entry: LogEntry


def promises(
    books: Books,
    log: Mapping[str, Sequence[LogEntry]],
    parts: Mapping[str, Sequence[Invoiced]],
) -> dict[str, list[Promised]]:
    """Tell which promises were kept and which were broken.

    Args:
        books: The ledger on a date.
        log: What its log tells, by reference.
        parts: All that was invoiced, by reference.

    Returns:
        The promises of each customer of which one can tell, by day.
    """
    notes: dict[int, tuple[LogEntry, list[Invoiced]]] = {}
    for name, entries in log.items():
        plans = _plans(books.log.entries.get(name, ()))
        for entry in entries:
            is_planned = plans.get(entry.account, dt.date.max) <= entry.date
            if entry.promise is not None and not is_planned:
                known = notes.setdefault(id(entry), (entry, []))[1]
                known += (one for one in parts.get(name, ()) if _is_about(entry, one))
    found: dict[str, list[Promised]] = defaultdict(list)
    for entry, about in notes.values():
        day = entry.promise
        if not about or day is None:
            continue
        is_kept = _is_kept(entry, day, about, books)
        if is_kept or day < books.as_of:
            customer = about[0].customer
            found[customer].append(Promised(customer, day, is_kept, entry))
    for several in found.values():
        several.sort(key=lambda one: (one.day, one.entry.date))
    return found


def _plans(entries: Iterable[LogEntry]) -> dict[str, dt.date]:
    """Return on which day a plan was first agreed for an invoice, by its account."""
    found: dict[str, dt.date] = {}
    for one in entries:
        if one.plan is not None:
            found[one.account] = min(one.date, found.get(one.account, one.date))
    return found


def _is_about(entry: LogEntry, part: Invoiced) -> bool:
    """Tell whether a note is about a part: on its account, and open then."""
    settled = part.settled_on
    is_open = settled is None or settled >= entry.date
    return part.account == entry.account and part.date <= entry.date and is_open


def _is_kept(
    entry: LogEntry, day: dt.date, about: Sequence[Invoiced], books: Books
) -> bool:
    amount = entry.amount
    if amount is None or amount.number is None:
        due = [one for one in about if one.due is not None and one.due <= day]
        first = min(about, key=lambda one: (one.due is None, one.due, one.number))
        return all(_is_over(one, day) for one in due or [first])
    same = [one for one in about if one.currency == amount.currency]
    came = sum(
        (
            one.amount
            for part in same
            for one in part.credited
            if one.amount > 0
            and one.means is not Means.WRITE_OFF
            and entry.date < one.date <= day
        ),
        ZERO,
    )
    missing = amount.number - came
    is_some = missing > 0 and books.settings.minimum.is_reached(
        missing, amount.currency
    )
    return not is_some or all(_is_over(one, day) for one in same)


def _is_over(part: Invoiced, day: dt.date) -> bool:
    """Tell whether nothing was owed by a day, but not because we gave it up.

    A discount that was taken and a rest too small to ask for are not owed.
    """
    ended = part.paid_on or part.settled_on
    is_given_up = part.outcome is Outcome.WRITTEN_OFF
    return ended is not None and ended <= day and not is_given_up


def by_invoice(parts: Iterable[Invoiced]) -> dict[str, list[Invoiced]]:
    """Return what was invoiced by its reference, where it has one."""
    found: dict[str, list[Invoiced]] = defaultdict(list)
    for part in parts:
        if part.invoice is not None:
            found[part.invoice].append(part)
    return found
