"""What is special about open items, by which one looks for them.

    traits(aged, as_of)  # {Trait.OVERDUE, Trait.PROMISED}

Several may hold of the same item: what is promised may be in dispute in part.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from beancount_dunning.standing.resting import Held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from beancount_dunning.standing.aging import AgedItem


class Trait(StrEnum):
    """Something that is true of some items, in the order in which people ask for it."""

    OVERDUE = "overdue"
    DUE = "to do"
    PROMISED = "promised"
    PLAN = "plan"
    DISPUTE = "in dispute"
    HOLD = "on hold"
    DECISION = "needs a decision"
    NEVER = "never reminded"


def traits(aged: AgedItem, as_of: date) -> frozenset[Trait]:
    """Tell what is special about an item.

    Args:
        aged: An open item as it stands on a date.
        as_of: The date.

    Returns:
        What is true of it: `DUE` where a reminder may go out, `PROMISED` up to the
        promised day, `DISPUTE` also where a part is disputed, `HOLD` also where others
        have it in hand, `NEVER` where it is overdue and no reminder was ever sent.
    """
    return frozenset(_found(aged, as_of))


def _found(aged: AgedItem, as_of: date) -> Iterator[Trait]:
    where, record, coming = aged.standing, aged.standing.record, aged.next
    if aged.is_overdue:
        yield Trait.OVERDUE
        if record.last is None:
            yield Trait.NEVER
    if coming and coming.date <= as_of:
        yield Trait.DUE
    if record.promised and record.promised >= as_of:
        yield Trait.PROMISED
    if aged.item.plan:
        yield Trait.PLAN
    if where.disputed or where.held is Held.DISPUTE:
        yield Trait.DISPUTE
    if where.held is Held.HOLD:
        yield Trait.HOLD
    if aged.needs_decision:
        yield Trait.DECISION
