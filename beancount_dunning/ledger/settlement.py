"""Which credit settles which item.

The most certain first: credits that name one invoice (`Targets`), credits that name
several (`settle_spread`), credits that name none (`settle_oldest`). Each takes from
items of its own account and currency alone, so that nothing is lost between accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections import deque
from dataclasses import dataclass
from datetime import date
from heapq import heappop
from heapq import heappush
from heapq import merge
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.settings import Account
    from beancount_dunning.ledger.terms import Offer


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one credit took off an item, as a positive amount, and by which rule."""

    date: date
    amount: Decimal
    entry: Transaction
    rule: Words


# Why a credit settled an item.
NAMED = Words("by invoice number")
SPREAD = Words("several invoices given: oldest due date first")
OLDEST = Words("no invoice given: oldest due date first")


class Posted(NamedTuple):
    """A posting to a receivable account."""

    entry: Transaction
    posting: Posting
    account: Account
    number: Decimal
    currency: str


class Draft:
    """An item while credits are being applied to it."""

    __slots__ = (
        "amount",
        "charge",
        "count",
        "customer",
        "due",
        "due_from",
        "identity",
        "invoice",
        "is_instalment",
        "lead",
        "meta",
        "number",
        "offers",
        "open",
        "open_beside",
        "order",
        "posted",
        "serial",
        "settlements",
        "terms",
    )

    def __init__(  # noqa: D107, PLR0913, PLR0917 - one for each fact
        self,
        invoice: str | None,
        customer: str,
        posted: Posted,
        amount: Decimal,
        due: date | None = None,
        due_from: str | None = None,
        offers: tuple[Offer, ...] = (),
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self.invoice = invoice
        self.customer = customer
        self.posted = posted
        self.amount = self.open = amount
        self.due = due
        self.due_from = due_from
        self.offers = offers
        self.charge: str | None = None
        self.terms: str | None = None
        self.open_beside = ZERO
        self.meta = meta or posted.entry.meta
        self.settlements: list[Settlement] = []
        self.number = self.count = 1
        self.is_instalment = False
        self.identity, self.lead, self.serial = "", "", 1
        # Oldest due first, undated last, charges after sales; the rest makes the order
        # that of the facts, whatever the order of the entries.
        self.order = (
            due or date.max,
            False,
            posted.entry.date,
            invoice or "",
            customer,
            posted.account.name,
            posted.currency,
            amount,
            posted.entry.narration or "",
        )

    @property
    def group(self) -> tuple[str | None, str, int]:
        """What it shares a ladder with: an instalment of a customer's invoice."""
        return self.invoice, self.customer, self.number

    def make_charge(self, charge: str) -> None:
        """Turn it into a charge, which is no instalment of its own."""
        self.charge, self.is_instalment = charge, False
        self.order = (self.order[0], True, *self.order[2:])

    @property
    def turn(self) -> tuple[Any, ...]:
        """When credits that name its invoice settle it: charges after all sales."""
        return self.charge is not None, self.order

    def settle(self, credit: Posted, left: Decimal, rule: Words) -> Decimal:
        """Take off what a credit can give; return what it then has left."""
        taken = min(self.open, left)
        if taken:
            self.open -= taken
            entry = credit.entry
            self.settlements.append(Settlement(entry.date, taken, entry, rule))
        return left - taken


def credit_order(credit: Posted) -> tuple[Any, ...]:
    """Return what credits are sorted by: their facts, whatever their order."""
    entry = credit.entry
    return (
        entry.date,
        sorted(entry.links or ()),
        credit.number,
        entry.payee or "",
        entry.narration or "",
    )


class Targets:
    """Items that credits with a reference can settle, in the order they do.

    A credit reaches those of its account and currency; where several customers
    share a reference, those of its own customer if there are any.
    """

    def __init__(self, drafts: Iterable[Draft]) -> None:
        """Queue the items, given in the order in which they are to be settled."""
        self._owner: str | None = None
        self._queues: dict[tuple[str, str, str | None], deque[Draft]] = {}
        for draft in drafts:
            self._owner = draft.customer if self._owner is None else self._owner
            posted = draft.posted
            for customer in (draft.customer, None):
                key = (posted.account.name, posted.currency, customer)
                self._queues.setdefault(key, deque()).append(draft)

    def settle(self, credit: Posted, customer: str) -> tuple[Posted, str, Decimal]:
        """Apply a credit of a customer.

        Returns:
            The credit, the customer whose it is, and what it has left over.
        """
        key: tuple[str, str, str | None]
        key = (credit.account.name, credit.currency, customer)
        owner = customer
        if key not in self._queues:
            owner = self._owner or customer
            key = (credit.account.name, credit.currency, None)
        queue = self._queues.get(key)
        left = -credit.number
        while queue and left:
            left = queue[0].settle(credit, left, NAMED)
            if not queue[0].open:
                queue.popleft()
        return credit, owner, left


def settle_spread(
    by_invoice: Mapping[str, Sequence[Draft]],
    spread: Iterable[tuple[Posted, list[str]]],
    customer_of: Callable[[Posted], str],
) -> list[tuple[Posted, str, Decimal]]:
    """Apply credits that name several invoices to those, in order of due date.

    Linear but for the sorting: each invoice's items stand in a queue, and what is
    settled leaves it.
    """
    credits_ = sorted(spread, key=lambda one: (credit_order(one[0]), one[1]))
    queues: dict[tuple[str, str, str], deque[Draft]] = defaultdict(deque)
    for name in {name for _, names in credits_ for name in names}:
        for draft in by_invoice.get(name, ()):
            posted = draft.posted
            queues[name, posted.account.name, posted.currency].append(draft)
    left_over = []
    for credit, names in credits_:
        own = [
            queues[key]
            for name in names
            if (key := (name, credit.account.name, credit.currency)) in queues
        ]
        for queue in own:
            while queue and not queue[0].open:
                queue.popleft()
        left = -credit.number
        for draft in merge(*own, key=lambda draft: draft.turn):
            left = draft.settle(credit, left, SPREAD)
            if not left:
                break
        known = [by_invoice[name][0] for name in names if by_invoice.get(name)]
        oldest = min(known, key=lambda draft: draft.order, default=None)
        owner = oldest.customer if oldest else customer_of(credit)
        left_over.append((credit, owner, left))
    return left_over


def settle_oldest(
    drafts: Iterable[Draft], loose: Iterable[tuple[Posted, str]]
) -> list[tuple[Posted, str, Decimal]]:
    """Apply credits without a reference to what their customers have open.

    Day by day: the day's items first, then what earlier credits left over, then
    the day's credits. Linear but for the sorting.
    """
    queues: dict[tuple[str, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for credit, customer in loose:
        key = (customer, credit.account.name, credit.currency)
        queues[key].append((credit.entry.date, 1, credit_order(credit), credit))
    for draft in drafts:
        posted = draft.posted
        key = (draft.customer, posted.account.name, posted.currency)
        if key in queues and draft.open:
            queues[key].append((posted.entry.date, 0, draft.order, draft))
    left_over = []
    for (customer, _, _), events in queues.items():
        events.sort(key=lambda event: event[:3])
        open_items: list[tuple[Any, ...]] = []
        waiting: deque[list[Any]] = deque()
        for serial, (_, is_credit, order, what) in enumerate(events):
            if is_credit:
                waiting.append([what, -what.number])
            else:
                heappush(open_items, (order, serial, what))
            while open_items and waiting and not _more_today(events, serial):
                item, (credit, left) = open_items[0][2], waiting[0]
                waiting[0][1] = item.settle(credit, left, OLDEST)
                if not item.open:
                    heappop(open_items)
                if not waiting[0][1]:
                    waiting.popleft()
        left_over += [(credit, customer, left) for credit, left in waiting]
    return left_over


def _more_today(events: Sequence[tuple[Any, ...]], serial: int) -> bool:
    """Tell whether another item of the same day is yet to come."""
    following = events[serial + 1] if serial + 1 < len(events) else None
    return following is not None and following[:2] == (events[serial][0], 0)
