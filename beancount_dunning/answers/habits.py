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

from beancount_dunning.answers.paid import Means
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount_dunning.answers.paid import Invoiced

    # A payment: its day, whether it names what it is for, and the places in a list of
    # the invoices that it is for. Of tuples without names there are quickly many.
    _Payment = tuple[dt.date, bool, list[int]]

_LEAST = 3
# From so many percent on it is a habit.
_MOSTLY = 80
_OFTEN = 50
_NEVER = dt.date.max


def habits(parts: Sequence[Invoiced]) -> tuple[Words, ...]:
    """Tell a customer's habits.

    Args:
        parts: All that they were invoiced in one currency, by date.

    Returns:
        A sentence for each habit that they have.
    """
    payments = _payments(parts)
    several = sum([_are_several(places, parts) for _, _, places in payments])
    oldest, chances = _oldest_first(parts, payments)
    late = sum([one.took_late for one in parts])
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
    payment = Means.PAYMENT
    for place, part in enumerate(parts):
        for one in part.credited:
            if one.means is payment:
                key = id(one.entry)
                if key in found:
                    found[key][2].append(place)
                else:
                    found[key] = one.date, one.is_named, [place]
    return sorted(found.values(), key=itemgetter(0))


def _are_several(places: Sequence[int], parts: Sequence[Invoiced]) -> bool:
    """Tell whether a payment is for several invoices; instalments are of one."""
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
    settled = sorted([one.settled_on for one in parts if one.settled_on])
    waiting: list[tuple[dt.date, int, dt.date]] = []
    for day, is_named, places in payments:
        while begun < len(parts) and parts[begun].date <= day:
            part = parts[begun]
            ended = part.settled_on or _NEVER
            heappush(waiting, (part.due or _NEVER, begun, ended))
            begun += 1
        while waiting and waiting[0][2] < day:
            heappop(waiting)
        is_open = begun - bisect_left(settled, day)
        paid = len(places) if len(places) == 1 else len(set(places))
        if is_named and is_open > paid:
            chances += 1
            oldest += waiting[0][1] in places
    return oldest, chances
