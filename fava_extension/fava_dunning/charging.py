"""What could be charged and is not booked yet: in words, and as directives to copy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers import proposals
from beancount_dunning.answers.unbooked import as_texts
from beancount_dunning.answers.unbooked import unbooked
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.standing.interest import UnknownRateError

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount_dunning.answers.proposals import ChargeAccounts
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep


@dataclass(frozen=True, slots=True)
class Charging:
    """What could be charged: each sum in words, and the directives that book it."""

    sums: tuple[Words, ...]
    directives: str


def charging(accounts: ChargeAccounts, books: Books, keep: Keep) -> Charging | None:
    """Work out what could be charged.

    Args:
        accounts: The accounts that take the charges.
        books: The books in which the settled items are, too, that it is about.
        keep: Which items it is about.

    Returns:
        The charges; None where there are none, or a rate is not known, which is told
        beside the items and as an error.
    """
    try:
        charges = unbooked(books, keep)
    except UnknownRateError:
        return None
    proposed = proposals.transactions(books, charges, accounts)
    sums: dict[tuple[ChargeKind, str], Decimal] = defaultdict(lambda: ZERO)
    for charge, _ in proposed.directives:
        if charge:
            sums[charge.kind, charge.currency] += charge.amount
    if not sums:
        return None
    told = tuple(_told(*key, amount) for key, amount in sorted(sums.items()))
    return Charging(told, "\n".join(as_texts(proposed)))


def _told(kind: ChargeKind, currency: str, amount: Decimal) -> Words:
    said = {"amount": amount, "currency": currency}
    return {
        ChargeKind.INTEREST: Words("interest of {amount} {currency}", **said),
        ChargeKind.FEE: Words("fees of {amount} {currency}", **said),
        ChargeKind.COMPENSATION: Words("compensation of {amount} {currency}", **said),
    }[kind]
