"""Which credit settles which item.

The most certain first: credits that name one invoice (`settle_named`), credits that
name several (`settle_spread`), credits that name none (`settle_oldest`). Each takes
from items of its own account and currency alone, so that nothing is lost between
accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections import deque
from heapq import heappop
from heapq import heappush
from heapq import merge
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.ledger.drafts import Draft
    from beancount_dunning.ledger.postings import Posted


# Why a credit settled an item.
NAMED = Words("by invoice number")
SPREAD = Words("several invoices given: oldest due date first")
OLDEST = Words("no invoice given: oldest due date first")


class Remainder(NamedTuple):
    """What a credit has left over, if anything, and the customer whose it is."""

    credit: Posted
    customer: str
    number: Decimal


def _facts(credit: Posted) -> tuple[Any, ...]:
    """Return what credits are sorted by, so that the order of entries plays no part."""
    entry = credit.entry
    return (
        entry.date,
        sorted(entry.links or ()),
        credit.number,
        entry.payee or "",
        entry.narration or "",
    )


def settle_named(
    by_invoice: Mapping[str, Sequence[Draft]],
    credits_: Mapping[str, Sequence[Posted]],
    customer_of: Callable[[Posted], str],
) -> Iterator[Remainder]:
    """Apply credits that name one invoice to it, earliest instalment first.

    Args:
        by_invoice: The items of each invoice, in the order in which they are settled.
        credits_: The credits that name each invoice.
        customer_of: Tells whose a credit is.

    Yields:
        The remainder of each credit.
    """
    for name, of_invoice in credits_.items():
        targets = _Targets(by_invoice.get(name, ()))
        for credit in sorted(of_invoice, key=_facts):
            yield targets.settle(credit, customer_of(credit))


class _Targets:
    """Items that credits with a reference can settle, in the order they do.

    A credit reaches those of its account and currency; where several customers
    share a reference, those of its own customer if there are any.
    """

    def __init__(self, drafts: Iterable[Draft]) -> None:
        """Queue the items, given in the order in which they are to be settled."""
        self._owner: str | None = None
        self._queues: dict[tuple[str, str, str | None], deque[Draft]] = {}
        for draft in drafts:
            self._owner = draft.customer if self._owner is None else self._owner
            posted = draft.posted
            for customer in (draft.customer, None):
                key = (posted.account.name, posted.currency, customer)
                self._queues.setdefault(key, deque()).append(draft)

    def settle(self, credit: Posted, customer: str) -> Remainder:
        """Apply a credit of a customer."""
        key: tuple[str, str, str | None]
        key = (credit.account.name, credit.currency, customer)
        owner = customer
        if key not in self._queues:
            owner = self._owner or customer
            key = (credit.account.name, credit.currency, None)
        queue = self._queues.get(key)
        left = -credit.number
        while queue and left:
            left = queue[0].settle(credit, left, NAMED)
            if not queue[0].open:
                queue.popleft()
        return Remainder(credit, owner, left)


def settle_spread(
    by_invoice: Mapping[str, Sequence[Draft]],
    spread: Iterable[tuple[Posted, list[str]]],
    customer_of: Callable[[Posted], str],
) -> list[Remainder]:
    """Apply credits that name several invoices to those, in order of due date.

    Linear but for the sorting: each invoice's items stand in a queue, and what is
    settled leaves it.
    """
    credits_ = sorted(spread, key=lambda pair: (_facts(pair[0]), pair[1]))
    queues: dict[tuple[str, str, str], deque[Draft]] = defaultdict(deque)
    for name in {name for _, names in credits_ for name in names}:
        for draft in by_invoice.get(name, ()):
            posted = draft.posted
            queues[name, posted.account.name, posted.currency].append(draft)
    left_over = []
    for credit, names in credits_:
        own = [
            queues[key]
            for name in names
            if (key := (name, credit.account.name, credit.currency)) in queues
        ]
        for queue in own:
            while queue and not queue[0].open:
                queue.popleft()
        left = -credit.number
        for draft in merge(*own, key=lambda draft: draft.turn):
            left = draft.settle(credit, left, SPREAD)
            if not left:
                break
        known = [by_invoice[name][0] for name in names if by_invoice.get(name)]
        oldest = min(known, key=lambda draft: draft.order, default=None)
        owner = oldest.customer if oldest else customer_of(credit)
        left_over.append(Remainder(credit, owner, left))
    return left_over


def settle_oldest(
    drafts: Iterable[Draft], loose: Iterable[tuple[Posted, str]]
) -> list[Remainder]:
    """Apply credits without a reference to what their customers have open.

    Day by day: the day's items first, then what earlier credits left over, then
    the day's credits. Linear but for the sorting.
    """
    queues: dict[tuple[str, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for credit, customer in loose:
        key = (customer, credit.account.name, credit.currency)
        queues[key].append((credit.entry.date, 1, _facts(credit), credit))
    for draft in drafts:
        posted = draft.posted
        key = (draft.customer, posted.account.name, posted.currency)
        if key in queues and draft.open:
            queues[key].append((posted.entry.date, 0, draft.order, draft))
    left_over = []
    for (customer, _, _), events in queues.items():
        events.sort(key=lambda event: event[:3])
        open_items: list[tuple[Any, ...]] = []
        waiting: deque[list[Any]] = deque()
        for serial, (_, is_credit, order, what) in enumerate(events):
            if is_credit:
                waiting.append([what, -what.number])
            else:
                heappush(open_items, (order, serial, what))
            while open_items and waiting and not _more_today(events, serial):
                item, (credit, left) = open_items[0][2], waiting[0]
                waiting[0][1] = item.settle(credit, left, OLDEST)
                if not item.open:
                    heappop(open_items)
                if not waiting[0][1]:
                    waiting.popleft()
        left_over += [Remainder(credit, customer, left) for credit, left in waiting]
    return left_over


def _more_today(events: Sequence[tuple[Any, ...]], serial: int) -> bool:
    """Tell whether another item of the same day is yet to come."""
    following = events[serial + 1] if serial + 1 < len(events) else None
    return following is not None and following[:2] == (events[serial][0], 0)
