"""Payments to assign: money that came in, and of which nobody said what it pays.

Each with what it is for as far as one can tell, and the invoices to choose from.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import linked_entry
from beancount_dunning.answers.matching import DifferenceKind
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.answers.payment_story import PaymentStory
from beancount_dunning.answers.payment_story import files_called
from beancount_dunning.answers.payment_story import tell_payment
from beancount_dunning.answers.waiting import Choices
from beancount_dunning.formats.places import read_place
from fava_dunning.listing import Table
from fava_dunning.listing import lay_out
from fava_dunning.narrowing import folded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.answers.waiting import Waiting
    from beancount_dunning.basics.words import Words
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from fava_dunning.narrowing import Narrowed

_PAYMENTS = 25
# So many invoices are offered to choose from; any other can be typed.
_MAX_CHOICES = 50


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
    def text(self) -> str:
        """The text by which the script finds it, or what it is for."""
        match, credit = self.match, self.waiting.credit
        items = (*(one.item for one in match.assignments), *match.candidates)
        names = (name for item in items for name in (item.customer, item.label))
        return folded(credit.customer, credit.words, *names)

    @property
    def invoices(self) -> tuple[str, ...]:
        """The invoices that one click assigns it to; none where someone has to say."""
        return () if self.refusal else Link.of(self.match).invoices

    @property
    def is_refundable(self) -> bool:
        """Whether nothing is open that it could be for, so that it can go back."""
        return not self.choices and not self.match.candidates

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
    narrowed: Narrowed
    parameters: Mapping[str, str]

    @cached_property
    def table(self) -> Table[Payment]:
        """The payments that are looked for, in order of date."""
        kept = [row for row in self.rows if self._is_kept(row)]
        table = lay_out("payments", kept, {}, self.parameters, _PAYMENTS)
        rows = tuple(map(self._payment, table.rows))
        return replace(cast("Table[Any]", table), rows=rows)

    def _is_kept(self, row: Waiting) -> bool:
        """Tell whether what it may be for is looked for, or its own text."""
        match, credit, narrowed = row.match, row.credit, self.narrowed
        assigned = (one.item for one in match.assignments)
        if narrowed.has_any((*assigned, *match.candidates)):
            return True
        is_by_text = narrowed.by.is_by_text
        return is_by_text and narrowed.by.has(credit.customer, credit.words)

    @property
    def sums(self) -> dict[str, Decimal]:
        """What all of them come to, by currency."""
        found: dict[str, Decimal] = {}
        for row in self.rows:
            currency, amount = row.match.currency, row.match.amount
            found[currency] = found[currency] + amount if currency in found else amount
        return found

    def of(self, entry: Transaction) -> list[Payment]:
        """Return what is to be assigned of a transaction."""
        return [self._payment(row) for row in self.rows if row.match.entry is entry]

    def _payment(self, waiting: Waiting) -> Payment:
        refusal = None
        if waiting.match.assignments:
            try:
                linked_entry(self.books, Link.of(waiting.match))
            except RefusedError as error:
                refusal = error.reason
        choices = islice(self._choices.of(waiting), _MAX_CHOICES)
        return Payment(waiting, refusal, tuple(choices))

    @cached_property
    def _choices(self) -> Choices:
        return Choices(self.books.receivables.items)


def story_at(books: Books, place: str) -> PaymentStory | None:
    """Tell where each part of the payment at a file and line went, if there is one."""
    where = read_place(place)
    files = files_called(books, where[0]) if where else ()
    if where is None or len(files) != 1:
        return None
    found = tell_payment(books, files[0], where[1])
    return found if isinstance(found, PaymentStory) else None
