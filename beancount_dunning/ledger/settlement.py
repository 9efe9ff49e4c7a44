"""Which credit settles which item, where the credit names an invoice.

The most certain first: credits that name one invoice (`settle_named`), then credits
that name several (`settle_spread`). What they leave over, and credits that name none,
is for `unnamed`. Each takes from items of its own account and currency alone, so that
nothing is lost between accounts.

A credit pays its own customer's part where that customer has one. Only where it has
none, as with the bank's spelling of a name, does it pay for others. What is left over
is the payer's; if nothing but payments names the payer, or nothing was settled, it is
the customer's for whom they paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections import deque
from heapq import heappop
from heapq import heappush
from heapq import merge
from itertools import chain
from itertools import count
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.ledger.drafts import Draft
    from beancount_dunning.ledger.postings import Posted
    from beancount_dunning.ledger.postings import PostingReader

    # An invoice, an account, a currency, and a customer or None for all.
    _Key = tuple[str, str, str, str | None]


# Why a credit settled an item.
NAMED = Words("by invoice number")
SPREAD = Words("several invoices given: oldest due date first")


class Remainder(NamedTuple):
    """What a credit has left over, if anything, and the customer whose it is."""

    credit: Posted
    customer: str
    number: Decimal

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it may settle something: its customer, account and currency."""
        return self.customer, self.credit.account.name, self.credit.currency


def facts(credit: Posted) -> tuple[Any, ...]:
    """Return what credits are sorted by, so that the order of entries plays no part."""
    entry = credit.entry
    return (
        entry.date,
        sorted(map(str, entry.links or ())),
        credit.number,
        # Another plugin may put anything into these.
        str(entry.payee or ""),
        str(entry.narration or ""),
    )


def apply(
    credit: Posted, amount: Decimal, drafts: Iterable[Draft], rule: Words
) -> Decimal:
    """Settle items with a credit that is for all of them, in order.

    Where it is the sum of them less the discounts that can be taken on its day, each
    gets its own amount less its own discount, and none is left with that of the others.

    Args:
        credit: The credit.
        amount: What is left of it, as a positive amount.
        drafts: The items; what is settled already may be among them.
        rule: Why it settles them.

    Returns:
        What it then has left.
    """
    waiting = iter(drafts)
    parts: list[tuple[Draft, Decimal]] = []
    rest = amount
    following = None
    for draft in waiting:
        part = draft.payable(credit.entry.date)
        if part > rest:
            following = draft
            break
        parts.append((draft, part))
        rest -= part
    if following is None and not rest:
        for draft, part in parts:
            draft.settle(credit, part, rule)
        return rest
    first = [draft for draft, _ in parts]
    for draft in chain(first, filter(None, [following]), waiting):
        amount = draft.settle(credit, amount, rule)
        if not amount:
            break
    return amount


class _Charges:
    """Charges on a named invoice that credits settle before it, as they are posted."""

    def __init__(self, charges: Iterable[Draft]) -> None:
        """Take the charges, which nobody has to sort."""
        by_date = sorted(charges, key=lambda draft: draft.posted.entry.date)
        self._to_come = deque(by_date)
        self._posted: list[tuple[Any, ...]] = []
        self._met: list[tuple[Any, ...]] = []
        self._serial = count()

    def posted_by(self, day: date) -> Iterator[Draft]:
        """Yield those posted by a day, not before that of the last call, in order."""
        while self._to_come and self._to_come[0].posted.entry.date <= day:
            draft = self._to_come.popleft()
            heappush(self._posted, (draft.turn_on(day), next(self._serial), draft))
        while self._posted:
            row = heappop(self._posted)
            self._met.append(row)
            yield row[-1]

    @property
    def later(self) -> Iterable[Draft]:
        """Those posted after that day."""
        return self._to_come

    def put_back(self) -> None:
        """Keep for the next credit what a credit left open."""
        for row in self._met:
            if row[-1].open:
                heappush(self._posted, row)
        self._met.clear()


class _Targets:
    """Items of named invoices, in the order in which credits settle them."""

    def __init__(
        self, by_invoice: Mapping[str, Sequence[Draft]], reader: PostingReader
    ) -> None:
        """Take the items of each invoice, in that order, and who reads credits."""
        self._by_invoice = by_invoice
        self._reader = reader
        self._owners: dict[str, set[str]] = {}
        self._queues: dict[_Key, deque[Draft]] = {}
        self._charges: dict[_Key, _Charges] = {}

    def _prepare(self, name: str) -> None:
        """Queue an invoice's items, once: for all, and for each customer."""
        if name in self._owners:
            return
        drafts = self._by_invoice.get(name, ())
        owners = self._owners[name] = {draft.customer for draft in drafts}
        charges: dict[_Key, list[Draft]] = defaultdict(list)
        for draft in drafts:
            posted = draft.posted
            is_apart = draft.charge is not None and draft.pays_charges_first
            for owner in (None, draft.customer) if len(owners) > 1 else (None,):
                key = (name, posted.account.name, posted.currency, owner)
                if is_apart:
                    charges[key].append(draft)
                else:
                    self._queues.setdefault(key, deque()).append(draft)
        self._charges |= {key: _Charges(some) for key, some in charges.items()}

    def settle(self, credit: Posted, names: Sequence[str], rule: Words) -> Remainder:
        """Apply a credit to the invoices that it names."""
        customer = self._reader.customer(credit)
        owners: set[str] = set()
        for name in names:
            self._prepare(name)
            owners |= self._owners[name]
        is_own = customer in owners
        place = credit.account.name, credit.currency
        keys = [self._key(name, *place, customer if is_own else None) for name in names]
        queues = [queue for key in keys if (queue := self._queue(key))]
        in_turn = _merged(queues)
        charges = [self._charges[key] for key in keys if key in self._charges]
        day = credit.entry.date
        posted = chain.from_iterable(some.posted_by(day) for some in charges)
        later = chain.from_iterable(some.later for some in charges)
        all_of_them = chain(posted, in_turn, later)
        there = (draft for draft in all_of_them if draft.takes(day))
        left = apply(credit, -credit.number, there, rule)
        for some in charges:
            some.put_back()
        if len(owners) == 1 and not is_own:
            is_payer = left < -credit.number and self._reader.is_known(customer)
            if not is_payer:
                # Whoever paid, it was for the one customer whose invoices they are.
                (customer,) = owners
        return Remainder(credit, customer, left)

    def _key(
        self, name: str, account: str, currency: str, customer: str | None
    ) -> _Key:
        """Return where an invoice's items on an account are, all or a customer's."""
        is_all = self._owners[name] <= {customer}
        return name, account, currency, None if is_all else customer

    def _queue(self, key: _Key) -> Sequence[Draft]:
        """Return what of an invoice is open."""
        queue = self._queues.get(key, deque())
        while queue and not queue[0].open:
            queue.popleft()
        return queue


def _merged(queues: Sequence[Sequence[Draft]]) -> Iterable[Draft]:
    """Put items together that stand in queues, in the order of their turns."""
    if len(queues) == 1:
        return queues[0]
    return merge(*queues, key=lambda draft: draft.turn)


def settle_named(
    by_invoice: Mapping[str, Sequence[Draft]],
    credits_: Mapping[str, Iterable[Posted]],
    reader: PostingReader,
) -> Iterator[Remainder]:
    """Apply credits that name one invoice to it, earliest instalment first.

    Args:
        by_invoice: The items of each invoice, in the order in which they are settled.
        credits_: The credits that name each invoice.
        reader: Tells whose a credit is.

    Yields:
        The remainder of each credit.
    """
    targets = _Targets(by_invoice, reader)
    for name, of_invoice in credits_.items():
        for credit in sorted(of_invoice, key=facts):
            yield targets.settle(credit, [name], NAMED)


def settle_spread(
    by_invoice: Mapping[str, Sequence[Draft]],
    spread: Iterable[tuple[Posted, list[str]]],
    reader: PostingReader,
) -> Iterator[Remainder]:
    """Apply credits that name several invoices to those, in order of due date.

    Linear but for the sorting: each invoice's items stand in a queue, and what is
    settled leaves it. Arguments and result are those of `settle_named`, but for the
    names, which come with each credit.
    """
    targets = _Targets(by_invoice, reader)
    for credit, names in sorted(spread, key=lambda pair: (facts(pair[0]), pair[1])):
        yield targets.settle(credit, names, SPREAD)
