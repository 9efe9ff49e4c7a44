"""Which plans of payment ended by default: `default-after:`, and what is owed by then.

A plan ends as many days after the due date of a part as its note says, where enough is
still owed of what was due by that date. What is in dispute is not owed, nor what
unapplied credit makes up for, and too little to ask for ends no plan.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import cast

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.layouts import piece_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.ledger.drafts import Draft
    from beancount_dunning.ledger.minimum import Minimums
    from beancount_dunning.ledger.plans import Agreement
    from beancount_dunning.ledger.settlement import Remainder


@dataclass(frozen=True, slots=True)
class Default:
    """The end of a plan: the day on which a part, due on `due`, was too late."""

    day: date
    due: date


def find_defaults(
    drafts: Iterable[Draft],
    left: Sequence[Remainder],
    minimum: Minimums,
    as_of: date,
) -> Iterator[tuple[Agreement, Default]]:
    """Find the plans of a customer of which a part was too late.

    Args:
        drafts: The customer's items, to which credits were applied.
        left: What the customer's credits have left.
        minimum: How much ends a plan, by currency.
        as_of: The date; plans that end later have not ended yet.

    Yields:
        Each plan, with the first part that was too late.
    """
    late: dict[int, list[tuple[date, Draft]]] = defaultdict(list)
    for draft in drafts:
        agreement, due = piece_of(draft).plan, draft.share.due
        days = agreement.plan.default_after if agreement else None
        if due and days and (as_of - due).days >= days:
            late[id(agreement)].append((due, draft))
    for parts in late.values():
        agreement = cast("Agreement", piece_of(parts[0][1]).plan)
        wait = timedelta(days=cast("int", agreement.plan.default_after))
        currency = parts[0][1].posted.currency
        for due in sorted({due for due, _ in parts}):
            by_then = [draft for by, draft in parts if by <= due]
            owed = _owed(agreement, by_then, left, due + wait)
            if owed > ZERO and minimum.is_reached(owed, currency):
                yield agreement, Default(due + wait, due)
                break


def _owed(
    agreement: Agreement,
    parts: Sequence[Draft],
    left: Iterable[Remainder],
    day: date,
) -> Decimal:
    """Return how much is owed of parts when a day ends."""
    currency = parts[0].posted.currency
    disputed = agreement.in_dispute(day, currency)
    if disputed is None:
        return ZERO
    unapplied = sum(
        (
            remainder.number
            for remainder in left
            if remainder.credit.currency == currency
            and remainder.credit.entry.date <= day
        ),
        ZERO,
    )
    return sum((draft.left_on(day) for draft in parts), ZERO) - disputed - unapplied
