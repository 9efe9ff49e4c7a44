"""What is special about open items, by which one looks for them.

    traits(aged, as_of)  # {Trait.OVERDUE, Trait.PROMISED}

Several may hold of the same item: what is promised may be in dispute in part.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from beancount_dunning.standing.resting import Held

if TYPE_CHECKING:
    from datetime import date

    from beancount_dunning.standing.aging import AgedItem


class Trait(StrEnum):
    """Something that is true of some items, in the order in which people ask for it."""

    OVERDUE = "overdue"
    DUE = "to do"
    PROMISED = "promised"
    BROKEN = "promise broken"
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
        What is true of it: `DUE` where a reminder may go out; `PROMISED` up to the
        promised day, then `BROKEN` unless it was kept; `DISPUTE` also where a part is
        disputed, `HOLD` also where others have it in hand; `NEVER` where it is overdue
        and no reminder was ever sent.
    """
    where, record, coming = aged.standing, aged.standing.record, aged.next
    is_promised = record.promised is not None and record.promised >= as_of
    is_past = record.promised is not None and not is_promised
    holds = {
        Trait.OVERDUE: aged.is_overdue,
        Trait.DUE: coming is not None and coming.date <= as_of,
        Trait.PROMISED: is_promised,
        Trait.BROKEN: is_past and not record.is_promise_kept,
        Trait.PLAN: aged.item.plan is not None,
        Trait.DISPUTE: bool(where.disputed) or where.held is Held.DISPUTE,
        Trait.HOLD: where.held is Held.HOLD,
        Trait.DECISION: aged.needs_decision,
        Trait.NEVER: aged.is_overdue and record.last is None,
    }
    return frozenset(trait for trait, is_true in holds.items() if is_true)
