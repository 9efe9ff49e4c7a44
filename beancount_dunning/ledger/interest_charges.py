"""What pays interest: settled charges of interest, and what payments leave over.

A posted charge of interest does not say which item it is on. It is the item of the same
invoice, customer, currency and due date, and where none has that date, of any. Of
several, it is the one posted last before the charge: a payment that came back bears the
interest from then on. Of several of one day, each in turn.

Where payments settle charges first, what they leave over has paid interest that is not
posted: that of the invoice which they name, or which they settled. So has what waited
for a charge that was posted later.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.ledger.references import references

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence
    from datetime import date

    from beancount_dunning.ledger.drafts import Draft
    from beancount_dunning.ledger.settlement import Remainder


class _Alike:
    """Items on which the same charges may have been made, the oldest first."""

    def __init__(self) -> None:
        self._days: list[date] = []
        self._items: list[deque[Draft]] = []

    def add(self, draft: Draft) -> None:
        """Add an item that is not older than those before."""
        day = _day(draft)
        if not self._days or self._days[-1] != day:
            self._days.append(day)
            self._items.append(deque())
        self._items[-1].append(draft)

    def next_on(self, day: date) -> Draft:
        """Return the item that was charged on a day."""
        alike = self._items[max(bisect_right(self._days, day) - 1, 0)]
        alike.rotate(-1)
        return alike[-1]


def _day(draft: Draft) -> date:
    return draft.posted.entry.date


def link_interest(drafts: Iterable[Draft]) -> None:
    """Tell items which interest was charged on them.

    Args:
        drafts: All items; charges that name no invoice are on none of them.
    """
    by_date = sorted(drafts, key=_day)
    charged = [
        draft
        for draft in by_date
        if draft.charge is ChargeKind.INTEREST and draft.invoice is not None
    ]
    names = {draft.invoice for draft in charged}
    alike: dict[tuple[Any, ...], _Alike] = {}
    for draft in by_date if charged else ():
        is_there = draft.piece is None or draft.piece.ended is None
        if draft.charge is None and draft.invoice in names and is_there:
            for key in _keys(draft):
                alike.setdefault(key, _Alike()).add(draft)
    for draft in charged:
        for key in _keys(draft):
            if key in alike:
                alike[key].next_on(_day(draft)).interest_charges.append(draft)
                break


def link_left_over(drafts: Sequence[Draft], left: Iterable[Remainder]) -> None:
    """Tell items what credits for them have left over, where it pays their interest.

    Args:
        drafts: All items.
        left: What credits have left over in the end.
    """
    by_name: dict[tuple[Any, ...], Draft] = {}
    by_credit: dict[tuple[Any, ...], Draft] = {}
    for draft in drafts:
        if draft.charge is None and draft.pays_charges_first:
            by_name[draft.invoice, *draft.place] = draft
            for settled in draft.settlements:
                by_credit[id(settled.entry), *draft.place] = draft
    for draft in drafts if by_name else ():
        if draft.charge not in {None, ChargeKind.INTEREST}:
            _link_early(draft, by_name.get((draft.invoice, *draft.place)))
    for one in left if by_name else ():
        entry, place = one.credit.entry, one.place
        names = references(entry, one.credit.posting)
        named = (by_name.get((name, *place)) for name in names)
        found = next(filter(None, named), by_credit.get((id(entry), *place)))
        if found and one.number:
            found.left_over.append((entry.date, one.number))


def _link_early(charge: Draft, item: Draft | None) -> None:
    """Tell an item what was paid on it before a charge that it then settled."""
    if item is None:
        return
    for settled in charge.settlements:
        if settled.date < _day(charge):
            item.left_over.append((settled.date, settled.amount))


def _keys(draft: Draft) -> tuple[tuple[Any, ...], ...]:
    """Return what an item and its charges share: with the due date, or without."""
    common = draft.invoice, draft.customer, draft.posted.currency
    dues = [draft.share.due]
    if draft.piece:
        # What was charged before a plan has the due date of then.
        was = draft.piece.original.due
        dues = [was] if draft.charge else [*dues, was]
    return *((*common, due) for due in dues), common
