"""What may settle each other: the postings of a ledger, taken apart.

A credit settles items of the invoices that it names, or of its customer, on its account
and in its currency; what it leaves over settles debits without a reference there. So
invoices hang together where a credit names both, or where one without a reference may
settle either. What does not hang together is a bundle of its own: nothing that is
settled in one has to do with another.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount_dunning.ledger.postings import Posted
    from beancount_dunning.ledger.postings import PostingReader

    _Place = tuple[str, str, str]
    # An invoice, or where debits without a reference and credits without one meet.
    _Thing = str | _Place


@dataclass(slots=True, eq=False)
class Bundle:
    """Debits, and the credits that may settle them, by what they name.

    Attributes:
        debits: Those of each invoice.
        credits: Those that name one invoice, by its name.
        spread_credits: Those that name several, with the names.
        loose_debits: Those that name none.
        loose_credits: Those that name none.
    """

    debits: dict[str, list[Posted]] = field(default_factory=dict)
    credits: dict[str, list[Posted]] = field(default_factory=dict)
    spread_credits: list[tuple[Posted, list[str]]] = field(default_factory=list)
    loose_debits: list[Posted] = field(default_factory=list)
    loose_credits: list[Posted] = field(default_factory=list)


class _Ties:
    """Things that hang together, each time under one of them."""

    def __init__(self) -> None:
        """Begin with each on its own."""
        self._above: dict[_Thing, _Thing] = {}

    def top(self, thing: _Thing) -> _Thing:
        """Return the same thing for all that hang together."""
        above = self._above
        while (up := above.get(thing)) is not None:
            above[thing] = above.get(up, up)
            thing = up
        return thing

    def tie(self, thing: _Thing, other: _Thing) -> None:
        """Let two things, and what hangs on them, hang together."""
        top, other = self.top(thing), self.top(other)
        if top != other:
            self._above[top] = other


def take_apart(
    postings: Bundle, reader: PostingReader, names: Iterable[str]
) -> list[Bundle]:
    """Take postings apart into what hangs together with some invoices, and the rest.

    Args:
        postings: All of them.
        reader: Tells whose each is.
        names: The invoices.

    Returns:
        What hangs together with each, and all the rest in one bundle. The order of
        postings within each is kept.
    """
    ties = _tied(postings, reader)
    tops = {ties.top(name) for name in names}
    found: dict[_Thing | None, Bundle] = defaultdict(Bundle)

    def bundle(thing: _Thing) -> Bundle:
        top = ties.top(thing)
        return found[top if top in tops else None]

    for name, debits in postings.debits.items():
        bundle(name).debits[name] = debits
    for name, credits_ in postings.credits.items():
        bundle(name).credits[name] = credits_
    for credit, named in postings.spread_credits:
        bundle(named[0]).spread_credits.append((credit, named))
    for posted in postings.loose_debits:
        bundle(_place(posted, reader)).loose_debits.append(posted)
    for posted in postings.loose_credits:
        bundle(_place(posted, reader)).loose_credits.append(posted)
    return [*found.values()]


def _tied(postings: Bundle, reader: PostingReader) -> _Ties:
    """Find out which invoices and places hang together."""
    ties = _Ties()
    loose_credits = {_place(posted, reader) for posted in postings.loose_credits}
    loose_debits = {_place(posted, reader) for posted in postings.loose_debits}
    owners: dict[str, set[str]] = defaultdict(set)
    for name, debits in postings.debits.items():
        for posted in debits:
            place = _place(posted, reader)
            owners[name].add(place[0])
            if place in loose_credits:
                ties.tie(name, place)
    one_named = (
        (credit, [name])
        for name, credits_ in postings.credits.items()
        for credit in credits_
    )
    for credit, names in chain(one_named, postings.spread_credits):
        customer, account, currency = _place(credit, reader)
        # Whose the rest is: the payer's, or that of the only one who is owed for.
        alone = (owners[name] for name in names if len(owners[name]) == 1)
        for name in names:
            ties.tie(names[0], name)
        for one in {customer}.union(*alone):
            if (one, account, currency) in loose_debits:
                ties.tie(names[0], (one, account, currency))
    return ties


def _place(posted: Posted, reader: PostingReader) -> _Place:
    return reader.customer(posted), posted.account.name, posted.currency
