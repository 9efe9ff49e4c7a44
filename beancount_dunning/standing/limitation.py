"""Until when what is open can be enforced, and what began that time anew.

    lapse = lapses(books, item)
    print(lapse.day, lapse.restart)

The option `limitation` says how long after the due date that is, and its `restarts`
what begins it anew: money that came in for the item, a reminder, a confirmed balance, a
promise or a plan. A plan's part is due later, and so it can be enforced longer. It
never ends sooner for any of that, and what is over does not begin again. What a court
has in hand is left to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.limitation import Restart
from beancount_dunning.ledger.log import Handed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Container
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Original
    from beancount_dunning.ledger.limitation import Limitation
    from beancount_dunning.standing.books import Books

# So many days before the end it is an error.
_WARNED = 90


@dataclass(frozen=True, slots=True)
class Restarted:
    """What began the time anew, and when."""

    date: dt.date
    by: Restart
    entry: Directive


@dataclass(frozen=True, slots=True)
class Lapse:
    """The last day on which a claim can be enforced.

    `restart` is what began the time anew last, None where nothing did; `in_court` says
    that a court has it in hand.
    """

    day: dt.date
    restart: Restarted | None
    in_court: bool

    def is_near(self, as_of: dt.date) -> bool:
        """Tell whether it is time to act: no more than 90 days are left, or none."""
        return not self.in_court and (self.day - as_of).days <= _WARNED

    def is_past(self, as_of: dt.date) -> bool:
        """Tell whether it is too late."""
        return not self.in_court and self.day < as_of


def lapses(books: Books, item: Item) -> Lapse | None:
    """Tell until when an item can be enforced.

    Args:
        books: The ledger on a date.
        item: An open item of it.

    Returns:
        The day, and why; None without the option, or a due date.
    """
    limitation = books.settings.limitation
    if limitation is None or item.due is None:
        return None
    due = _written(item) or item.due
    last, restart = limitation.ends(_originally(item) or due), None
    kinds, parts = limitation.restarts, [item, *_before(books, item, limitation)]
    restarts = _restarts(books, parts, kinds) if kinds else ()
    turns: list[tuple[dt.date, dt.date, Restarted | None]] = [
        (one.date, limitation.anew(one.date), one) for one in restarts
    ]
    if item.plan:
        dues = _planned(parts)
        turns += [(day, limitation.ends(due), None) for day, due in dues.items()]
    for day, end, by in sorted(turns, key=itemgetter(0)):
        if day <= last < end:
            last, restart = end, by
    handed = books.dunning.record(item).handed
    in_court = handed is not None and handed.handed is Handed.COURT
    return Lapse(last, restart, in_court)


def _restarts(
    books: Books, parts: Sequence[Item], kinds: Container[Restart]
) -> Iterator[Restarted]:
    """Yield what may begin the time anew, of the kinds that the option names."""
    item = parts[0]
    accounts = books.settings.accounts
    assets = root_prefix(books.options, "assets")
    for part in parts:
        for one in part.settlements if Restart.PAYMENT in kinds else ():
            if any(money_in(one.entry, accounts, assets)):
                yield Restarted(one.date, Restart.PAYMENT, one.entry)
        record = books.dunning.record(part)
        for sent in record.sent if Restart.REMINDER in kinds else ():
            yield Restarted(sent.date, Restart.REMINDER, sent.entry.entry)
    for entry in books.log.entries.get(item.invoice or "", ()):
        if entry.account != item.account:
            continue
        if entry.is_confirmed and Restart.CONFIRMATION in kinds:
            yield Restarted(entry.date, Restart.CONFIRMATION, entry.entry)
        if (entry.promise or entry.plan) and Restart.PROMISE in kinds:
            yield Restarted(entry.date, Restart.PROMISE, entry.entry)


def _written(of: Item | Original) -> dt.date | None:
    """Return when an item is due as it is written.

    That it moves to a day on which somebody works gives the creditor no more time.
    """
    return of.due_written or of.due


def _originally(item: Item) -> dt.date | None:
    """Return when an item was due before the plan that it is a part of."""
    return _written(item.original) if item.plan and item.original else None


def _planned(parts: Iterable[Item]) -> dict[dt.date, dt.date]:
    """Return when parts are due by their plans, the first of each plan, by its day."""
    found: dict[dt.date, dt.date] = {}
    for part in parts:
        due = _written(part)
        if part.plan and due:
            day = part.plan.note.date
            found[day] = min(due, found.get(day, due))
    return found


def _before(books: Books, item: Item, limitation: Limitation) -> Iterator[Item]:
    """Yield what plans laid out anew, where the last may have come too late.

    Of plans that ended it yields all parts: what is back was paid by them. Both are
    seldom, so all items are looked at for those alone.
    """
    due = _originally(item)
    is_late = due and item.plan and item.plan.note.date > limitation.ends(due)
    is_back = item.resumed and limitation.restarts
    if is_late or is_back:
        for one in books.receivables.all_items:
            is_part = one.moved or (is_back and one.plan)
            if one.original is item.original and is_part:
                yield one
