"""Which item interest was charged on, where a charge of interest is posted.

It is the item of the same invoice, customer, currency and due date, and where none has
that date, of any. Of several, it is the one posted last before the charge: a payment
that came back bears the interest from then on. Of several of one day, each in turn.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.ledger.items import ChargeKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from beancount_dunning.ledger.drafts import Draft


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
        if draft.charge is None and draft.invoice in names:
            for key in _keys(draft):
                alike.setdefault(key, _Alike()).add(draft)
    for draft in charged:
        for key in _keys(draft):
            if key in alike:
                alike[key].next_on(_day(draft)).interest_charges.append(draft)
                break


def _keys(draft: Draft) -> tuple[tuple[Any, ...], ...]:
    """Return what an item and its charges share: with the due date, or without."""
    common = draft.invoice, draft.customer, draft.posted.currency
    return (*common, draft.share.due), common
