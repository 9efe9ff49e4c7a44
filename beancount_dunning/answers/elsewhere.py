"""Payments that were booked to one customer, and name what another is asked for.

    2026-11-20 * "Bert" "for Anna K-2026-01" ^K-2026-02
      Assets:Bank               80.00 EUR
      Assets:Receivable:Bert

Bert may have paid for Anna, so nobody should ask her before somebody has looked. There
is no question where a text names an invoice of the payer, too, or is about what the
transaction pays for both; and where `invoice:` says what the payment is for.

Where Bert's invoice left something over, the question is what that is for, whatever
else the text names; and a link names as well as a text does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.decisions import Verdict
from beancount_dunning.answers.incoming import overpays
from beancount_dunning.answers.matching import Match
from beancount_dunning.answers.story import called
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.bank_text import may_name
from beancount_dunning.ledger.bank_text import texts
from beancount_dunning.ledger.digit_runs import DigitRuns
from beancount_dunning.ledger.digit_runs import has_number
from beancount_dunning.ledger.named import Numbers
from beancount_dunning.ledger.named import spellings
from beancount_dunning.ledger.postings import Posted
from beancount_dunning.ledger.readable import postings_of
from beancount_dunning.ledger.receivables import items_aside
from beancount_dunning.ledger.references import references

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Container
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.ledger.named import Mention
    from beancount_dunning.standing.books import Books

    _Credit = tuple[Transaction, Posting]

# Most entries have no other metadata than Beancount's own, which says nothing.
_SILENT = frozenset({"filename", "lineno", "__tolerances__", "__automatic__"})


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A payment that was booked to another customer than its text names."""

    match: Match

    @property
    def place(self) -> str:
        """Its file and line, by which it can be asked for."""
        return f"{self.match.filename}:{self.match.lineno}"

    @property
    def words(self) -> str:
        """What the payment says."""
        return called(self.match.entry) or Words("Credit")

    @property
    def names(self) -> set[str]:
        """For what it may be: items' identities."""
        return {item.identity for item in self.match.candidates}

    @property
    def whose(self) -> str | None:
        """Whose it is in the books."""
        return self.match.customer


def booked_elsewhere(books: Books, items: Iterable[Item]) -> list[Elsewhere]:
    """Find payments of others whose text names what is asked for.

    Args:
        books: The ledger on a date.
        items: What is asked for. What is settled is none of it.

    Returns:
        The payments, each with the items that it names. What is left over of payments
        waits for its invoice, and is no part of this, but where they settled some of
        what they name.
    """
    asked: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.open and item.invoice:
            asked[item.invoice].append(item)
    if not asked:
        return []
    reader = _Reader(books)
    credits_ = _credits(books.receivables, reader.left)
    found = [
        Elsewhere(_match(entry, posting, reader.customer(entry, posting), others))
        for entry, posting, items_ in _naming(asked, credits_, reader.left)
        if (others := reader.of_others(entry, posting, items_))
    ]
    return reader.without_own(found) if found else []


def _credits(receivables: Receivables, left: Container[int]) -> Iterator[_Credit]:
    """Yield the credits on receivable accounts.

    Most payments have a link, and the same number in their text: there is no question,
    but for those that left something over.
    """
    postings = receivables.aside.postings
    for entry, posting, name in zip(*postings.rows, strict=True):
        units: Any = posting.units
        if units.number < 0 and (
            not has_number(entry.narration, name) or id(posting) in left
        ):
            yield entry, posting
    others = (*postings.loose_credits, *(one for one, _ in postings.spread_credits))
    for posted in others:
        yield posted.entry, posted.posting


def _naming(
    asked: Mapping[str, Sequence[Item]],
    credits_: Iterable[_Credit],
    left: Mapping[int, Decimal],
) -> Iterator[tuple[Transaction, Posting, list[Item]]]:
    """Yield the credits that name what is asked for, with that.

    A look at the digits is enough for nearly all, and many texts are the same. Of those
    that left something over, see `_Reader.left`, links count.
    """
    spelled = {name: _spellings(name, some) for name, some in asked.items()}
    in_text = cache(DigitRuns(spelled).in_text)
    near: list[tuple[_Credit, Sequence[str]]] = []
    names: set[str] = set()
    for credit in credits_:
        said = [text for text in _said(*credit) if in_text(text)]
        is_left = id(credit[1]) in left
        if said or is_left:
            hits: set[str] = set().union(*map(in_text, said))
            if is_left or not hits.issubset(references(*credit)):
                near.append((credit, said))
                names |= hits
    numbers = Numbers({name: spelled[name] for name in names})
    find = cache(lambda text: numbers.find([text]))
    for (entry, posting), telling in near:
        units: Any = posting.units
        amounts = {-units.number, left.get(id(posting))}
        items = {
            item.identity: item
            for mention in chain.from_iterable(map(find, telling))
            for item in asked[mention.reference]
            if _is_named(mention, item, entry.date, amounts)
        }
        for name in references(entry, posting) if id(posting) in left else ():
            items |= {item.identity: item for item in asked.get(name, ())}
        if items:
            yield entry, posting, [*items.values()]


def _spellings(name: str, items: Iterable[Item]) -> list[str]:
    """Return what names an invoice."""
    found: list[str] = []
    for entry in (item.entry for item in items):
        found += spellings(name, entry.meta, *(one.meta for one in entry.postings))
    return found


def _said(entry: Transaction, posting: Posting) -> Sequence[str]:
    """Return what a payment says, see `texts`."""
    if _SILENT.issuperset(entry.meta or ()) and _SILENT.issuperset(posting.meta or ()):
        return [one for one in (entry.payee, entry.narration) if isinstance(one, str)]
    return texts(entry, posting)


def _is_named(
    mention: Mention, item: Item, day: dt.date, amounts: Container[Decimal | None]
) -> bool:
    """Tell whether a mention counts where another pays on a day.

    What is in doubt needs the amount, and nobody knows a number before its invoice.

    Args:
        mention: The mention.
        item: What it names.
        day: When the other pays.
        amounts: What was paid, and what of it is left over.
    """
    if mention.needs_payer:
        return False
    is_it = day >= item.date and (item.open in amounts or item.amount in amounts)
    return is_it or not mention.doubt


class _Reader:
    """Tells whose payments and invoices are."""

    def __init__(self, books: Books) -> None:
        self._receivables = books.receivables
        self._minimum = books.settings.minimum
        self._accounts = books.settings.accounts
        self._assets = root_prefix(books.options, "assets")

    @cached_property
    def _overpaid(self) -> list[Unapplied]:
        """What is left over of payments that settled some of what they name."""
        credits_ = self._receivables.unapplied
        known = self._receivables.credited if credits_ else ()
        return [one for one in credits_ if overpays(one, known)]

    @cached_property
    def left(self) -> dict[int, Decimal]:
        """What those payments left, if it is more than cents."""
        return {
            id(one.posting): -one.amount
            for one in self._overpaid
            if self._minimum.is_reached(-one.amount, one.currency)
        }

    @cached_property
    def _waiting(self) -> set[int]:
        """The payments that wait for their invoice."""
        credits_ = self._receivables.unapplied
        overpaid = {id(one) for one in self._overpaid}
        return {id(one.posting) for one in credits_ if id(one) not in overpaid}

    def customer(self, entry: Transaction, posting: Posting) -> str:
        """Return whose a posting is in the books."""
        account: Any = self._accounts[posting.account]
        units: Any = posting.units
        posted = Posted(entry, posting, account, units.number, units.currency)
        return self._receivables.aside.reader.customer(posted)

    def of_others(
        self, entry: Transaction, posting: Posting, items: Iterable[Item]
    ) -> list[Item]:
        """Return those items that no customer has who pays with a transaction.

        There are none where somebody said what the payment is for, or nobody has yet;
        and where no money came in.
        """
        said = any("invoice" in (meta or ()) for meta in (entry.meta, posting.meta))
        if said or id(posting) in self._waiting:
            return []
        if not any(money_in(entry, self._accounts, self._assets)):
            return []
        payers = {
            self.customer(entry, one)
            for one in postings_of(entry)
            if self._accounts[one.account]
        }
        return [item for item in items if item.customer not in payers]

    def without_own(self, payments: Sequence[Elsewhere]) -> list[Elsewhere]:
        """Leave out payments that name an invoice of the payer, too, with none left."""
        receivables = self._receivables
        said = [texts(one.match.entry, one.match.posting) for one in payments]
        is_near = may_name(chain.from_iterable(said))
        numbers = Numbers(receivables.aside.postings.spelled(is_near))
        named = [{one.reference for one in numbers.find(some)} for some in said]
        aside = items_aside(receivables, set().union(*named))
        owners: dict[str | None, set[str | None]] = defaultdict(set)
        for item in (*receivables.all_items, *aside):
            owners[item.invoice].add(item.customer)
        return [
            payment
            for payment, names in zip(payments, named, strict=True)
            if id(payment.match.posting) in self.left
            or not any(payment.whose in owners[name] for name in names)
        ]


def _match(
    entry: Transaction, posting: Posting, payer: str, items: Sequence[Item]
) -> Match:
    units: Any = posting.units
    names = dict.fromkeys(item.invoice for item in items)
    return Match(
        verdict=Verdict.ASK,
        customer=payer or None,
        amount=-units.number,
        currency=units.currency,
        entry=entry,
        posting=posting,
        is_suspense=False,
        assignments=(),
        difference=None,
        reasons=tuple(Words("text names {invoice}", invoice=name) for name in names),
        candidates=tuple(items),
    )
