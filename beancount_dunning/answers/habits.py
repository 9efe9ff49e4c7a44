"""How a customer pays by habit: several at once, the oldest first, discounts late.

Each is said only of three payments or more, and with how many it is of. That the oldest
was paid first is said only of payments that name what they are for: the others settle
the oldest by rule.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from heapq import heappop
from heapq import heappush
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import NamedTuple

from beancount_dunning.answers.paid import Means
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount_dunning.answers.paid import Invoiced

_LEAST = 3
# From so many percent on it is a habit.
_MOSTLY = 80
_OFTEN = 50


class _Payment(NamedTuple):
    """A payment, and by their places in a list the invoices that it is for."""

    date: dt.date
    is_named: bool
    places: list[int]


def habits(parts: Sequence[Invoiced]) -> tuple[Words, ...]:
    """Tell a customer's habits.

    Args:
        parts: All that they were invoiced in one currency, by date.

    Returns:
        A sentence for each habit that they have.
    """
    payments = _payments(parts)
    several = sum(_is_of_several(one, parts) for one in payments)
    oldest, chances = _oldest_first(parts, payments)
    late = sum(one.took_late for one in parts)
    found = []
    if _is_habit(several, len(payments), _OFTEN):
        found.append(
            Words(
                "pays several invoices at once ({n} of {of} payments)",
                n=several,
                of=len(payments),
            )
        )
    if _is_habit(oldest, chances, _MOSTLY):
        found.append(
            Words("pays the oldest first ({n} of {of} payments)", n=oldest, of=chances)
        )
    if late >= _LEAST:
        found.append(Words("takes the discount late ({n} times)", n=late))
    return tuple(found)


def _is_habit(count: int, of: int, percent: int) -> bool:
    return of >= _LEAST and count * 100 >= of * percent


def _payments(parts: Sequence[Invoiced]) -> list[_Payment]:
    """Return the payments of invoices, by date."""
    found: dict[int, _Payment] = {}
    for place, part in enumerate(parts):
        for one in part.credited:
            if one.means is Means.PAYMENT:
                key = id(one.entry)
                if key in found:
                    found[key].places.append(place)
                else:
                    found[key] = _Payment(one.date, one.is_named, [place])
    return sorted(found.values(), key=itemgetter(0))


def _is_of_several(payment: _Payment, parts: Sequence[Invoiced]) -> bool:
    """Tell whether a payment is for several invoices; instalments are of one."""
    places = payment.places
    if len(places) == 1:
        return False
    return len({parts[place].invoice or place for place in places}) > 1


def _oldest_first(
    parts: Sequence[Invoiced], payments: Iterable[_Payment]
) -> tuple[int, int]:
    """Return how often the oldest was paid, and how often there was a choice.

    There is one where more is open than is paid.
    """
    oldest = chances = begun = 0
    settled = sorted(one.settled_on for one in parts if one.settled_on)
    waiting: list[tuple[dt.date, int]] = []
    for payment in payments:
        day = payment.date
        while begun < len(parts) and parts[begun].date <= day:
            heappush(waiting, (parts[begun].due or dt.date.max, begun))
            begun += 1
        while waiting and (parts[waiting[0][1]].settled_on or day) < day:
            heappop(waiting)
        is_open = begun - bisect_left(settled, day)
        if payment.is_named and is_open > len(set(payment.places)):
            chances += 1
            oldest += waiting[0][1] in payment.places
    return oldest, chances
