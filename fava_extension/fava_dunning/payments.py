"""Payments to assign: money that came in, and of which nobody said what it pays.

Each with what it is for as far as one can tell, and the invoices to choose from.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from itertools import chain
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import linked_entry
from beancount_dunning.answers.matching import DifferenceKind
from beancount_dunning.answers.matching import Verdict
from fava_dunning.listing import Table
from fava_dunning.listing import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Transaction

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.basics.words import Words
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

_PAYMENTS = 25
# So many invoices are offered to choose from; any other can be typed.
_MAX_CHOICES = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment that waits for its invoice, and the credit that it is until then."""

    match: Match
    credit: Unapplied

    @property
    def place(self) -> str:
        """Its file and line, by which the page's addresses name it."""
        return f"{self.credit.filename}:{self.credit.lineno}"

    def is_of(self, customer: str | None) -> bool:
        """Tell whether it is, or seems to be, from a customer; None is anyone."""
        return customer in {None, self.credit.customer, self.match.customer}


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the page lists it.

    `refusal` says why it cannot be assigned to what it is for; `choices` are invoices
    that it may be assigned to instead, the likeliest first.
    """

    waiting: Waiting
    refusal: Words | None
    choices: tuple[Item, ...]

    @property
    def match(self) -> Match:
        """What it is for."""
        return self.waiting.match

    @property
    def invoices(self) -> tuple[str, ...]:
        """The invoices that one click assigns it to; none where someone has to say."""
        return () if self.refusal else Link.of(self.match).invoices

    @property
    def is_sure(self) -> bool:
        """Whether there is no doubt about these."""
        return self.match.verdict is Verdict.CERTAIN

    @property
    def is_too_much(self) -> bool:
        """Whether some of it stays unapplied."""
        less = self.match.difference
        return less is not None and less.kind is DifferenceKind.UNAPPLIED


@dataclass(frozen=True)
class Payments:
    """The payments that are to be assigned, of those that filters let through."""

    books: Books
    rows: Sequence[Waiting]
    parameters: Mapping[str, str]

    @cached_property
    def table(self) -> Table[Payment]:
        """The payments, in order of date."""
        table = lay_out("payments", self.rows, {}, self.parameters, _PAYMENTS)
        rows = tuple(map(self._payment, table.rows))
        return replace(cast("Table[Any]", table), rows=rows)

    def of(self, entry: Transaction) -> list[Payment]:
        """Return what is to be assigned of a transaction."""
        return [self._payment(row) for row in self.rows if row.match.entry is entry]

    def about(self, letter: Letter) -> list[Waiting]:
        """Return what a customer who gets a letter may have paid under another name."""
        customer = letter.furthest.item.customer
        return [
            row
            for row in self.rows
            if row.match.customer == customer != row.credit.customer
        ]

    def _payment(self, waiting: Waiting) -> Payment:
        refusal = None
        if waiting.match.assignments:
            try:
                linked_entry(self.books, Link.of(waiting.match))
            except RefusedError as error:
                refusal = error.reason
        choices = islice(self._choices(waiting), _MAX_CHOICES)
        return Payment(waiting, refusal, tuple(choices))

    def _choices(self, waiting: Waiting) -> Iterator[Item]:
        """Yield what a link can name, an item of each invoice, the likeliest first."""
        found, credit = waiting.match, waiting.credit
        near = self._by_place.get((credit.account, credit.currency), [])
        names = {item.invoice for item in found.candidates}
        likely = (item for item in near if item.invoice in names)
        own = (item for item in near if item.customer == found.customer)
        seen = set()
        for item in chain(likely, own, near):
            if item.invoice not in seen:
                seen.add(item.invoice)
                yield item

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], list[Item]]:
        """The open items with a reference, by account and currency."""
        found: dict[tuple[str, str], list[Item]] = defaultdict(list)
        for item in self.books.receivables.items:
            if item.invoice is not None:
                found[item.account, item.currency].append(item)
        return found


def waiting(books: Books, matches: Iterable[Match], keep: Keep) -> list[Waiting]:
    """Return the payments that filters let through.

    Args:
        books: The ledger on a date.
        matches: What its payments are for.
        keep: Whether filters let a credit through.
    """
    credits_ = {
        id(credit.posting): credit
        for credit in books.receivables.unapplied
        if keep(credit)
    }
    return [
        Waiting(match, credits_[id(match.posting)])
        for match in matches
        if id(match.posting) in credits_
    ]
