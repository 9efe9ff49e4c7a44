"""What to know of payments before anybody is asked for money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.elsewhere import Elsewhere
from beancount_dunning.answers.waiting import MayPay
from beancount_dunning.answers.waiting import Parked
from beancount_dunning.answers.waiting import may_be_paid
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli.output import say
from beancount_dunning.formats.places import shown_place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

# So many names stand in a warning.
_LISTED = 4


def warn_of_payments(books: Books, items: Iterable[Item]) -> Sequence[Item]:
    """Say which items may be paid, by payments that wait, and return these.

    Args:
        books: The ledger.
        items: What is asked for.
    """
    paid, payments = may_be_paid(books, items)
    booked = [one for one in payments if isinstance(one, Elsewhere)]
    others = MayPay(one for one in payments if not isinstance(one, Elsewhere))
    if names := _names(filter(others.may_pay, paid)):
        accounts = {one.account for one in payments if isinstance(one, Parked)}
        where = f" --suspense '{'|'.join(sorted(accounts))}'" if accounts else ""
        say(
            f"Warning: {names} may be paid already, by payments that settle nothing "
            f"yet: see bean-dunning match{where}."
        )
    if named := [*filter(MayPay(booked).may_pay, paid)]:
        them = "it" if len(named) == 1 else "them"
        places = sorted({(one.match.filename, one.match.lineno) for one in booked})
        where = _listed([shown_place(*place) for place in places])
        say(
            f"Warning: {_names(named)} may be paid already, by payments that name "
            f"{them} but are booked to another customer: see {where}. Where that is "
            "right, add invoice: to the payment."
        )
    return paid


def _names(items: Iterable[Item]) -> str:
    return _listed([plain(item.label) for item in items])


def _listed(names: Sequence[str]) -> str:
    return ", ".join([*names[:_LISTED], *(["…"] if len(names) > _LISTED else [])])
