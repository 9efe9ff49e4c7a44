"""From an invoice's debits to its items, before any credit is applied to them.

An invoice may be posted in several debits, and a debit may be split into instalments.
Here they become items, in order, each with its number.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.ledger.items import Settlement
from beancount_dunning.ledger.items import taken_offer
from beancount_dunning.ledger.policies import PaymentOrder
from beancount_dunning.ledger.terms import payable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.basics.words import Words
    from beancount_dunning.ledger.due_dates import Share
    from beancount_dunning.ledger.items import Bore
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.items import Original
    from beancount_dunning.ledger.plans import Agreement
    from beancount_dunning.ledger.postings import Posted
    from beancount_dunning.ledger.postings import PostingReader


@dataclass(frozen=True, slots=True)
class Piece:
    """What a plan, or its end, made of an item: all of it, or a part.

    Attributes:
        share: Its amount and due date.
        place: The item's place among those of its invoice.
        leads: Whether it stands for the item as it was invoiced.
        moved: What was open of it when a plan, or its end, laid that out anew.
        after: Credits dated later may settle it, `until` the last day of them.
        since: With `ended`, the days by whose end it began and ended; None where it is
            there from the start, or still.
        bears_from: The day after which it bears interest.
        bore: What of it bore interest before a plan, and when.
    """

    share: Share
    number: int
    count: int
    place: int
    original: Original
    leads: bool = False
    moved: Decimal = ZERO
    plan: Agreement | None = None
    plan_number: int = 0
    after: date = date.min
    until: date = date.max
    since: date | None = None
    ended: date | None = None
    bears_from: date | None = None
    bore: tuple[Bore, ...] = ()


# By section 367 BGB: costs, then interest, then the principal; then what came later.
_COSTS, _INTEREST, _PRINCIPAL, _LATER = range(4)


@dataclass(slots=True, eq=False)
class Draft:
    """An item while credits are being applied to it."""

    invoice: str | None
    customer: str
    posted: Posted
    share: Share
    charge: ChargeKind | None
    open: Decimal
    pays_charges_first: bool = False
    number: int = 1
    count: int = 1
    # Which plan of its invoice it belongs to; 0 for none.
    plan_number: int = 0
    serial: int = 1
    is_shared: bool = False
    open_beside: Decimal = ZERO
    settlements: list[Settlement] = field(default_factory=list)
    interest_charges: list[Draft] = field(default_factory=list)
    left_over: list[tuple[date, Decimal]] = field(default_factory=list)
    piece: Piece | None = None

    @property
    def begins(self) -> date:
        """The first day on which credits that name no invoice may settle it."""
        day = self.posted.entry.date
        if self.piece is None or self.piece.after == date.min:
            return day
        return max(day, self.piece.after + timedelta(days=1))

    def takes(self, day: date) -> bool:
        """Tell whether a credit of a day may settle it: plans divide what came when."""
        piece = self.piece
        return piece is None or piece.after < day <= piece.until

    def left_on(self, day: date) -> Decimal:
        """Return what was open of it when a day ended."""
        return self.share.amount - sum(
            (one.amount for one in self.settlements if one.date <= day), ZERO
        )

    @property
    def order(self) -> tuple[Any, ...]:
        """Its place among items: oldest due first, undated last, charges after sales.

        The rest makes the order that of the facts, whatever the order of the entries.
        """
        share, posted = self.share, self.posted
        return (
            share.due or date.max,
            self.charge is not None,
            posted.entry.date,
            self.invoice or "",
            self.customer,
            posted.account.name,
            posted.currency,
            share.amount,
            str(posted.entry.narration or ""),
        )

    @property
    def place(self) -> tuple[str, str, str]:
        """Where credits reach it: its customer, account and currency."""
        return self.customer, self.posted.account.name, self.posted.currency

    @property
    def is_discounted(self) -> bool:
        """Whether all that is open is a discount that was taken, and so not owed."""
        share, currency = self.share, self.posted.currency
        return bool(share.offers) and (
            taken_offer(share.offers, share.amount, currency, self.settlements)
            is not None
        )

    @property
    def turn(self) -> tuple[Any, ...]:
        """When credits that name its invoice settle it: charges after all sales."""
        return self.charge is not None, self.order

    def turn_on(self, day: date) -> tuple[Any, ...]:
        """When a credit of a day that names its invoice settles it.

        Where charges come first, those that are posted by that day do: costs, then
        interest. Those posted later were not there to be paid.
        """
        if not self.pays_charges_first:
            return self.turn
        rank = self._rank
        is_later = rank < _PRINCIPAL and self.posted.entry.date > day
        return _LATER if is_later else rank, self.order

    @property
    def age(self) -> tuple[Any, ...]:
        """When credits without a reference settle it: oldest due first."""
        if not self.pays_charges_first:
            return self.order
        return self.share.due or date.max, self._rank, self.order

    @property
    def _rank(self) -> int:
        if self.charge is None:
            return _PRINCIPAL
        return _INTEREST if self.charge is ChargeKind.INTEREST else _COSTS

    @property
    def is_instalment(self) -> bool:
        """Whether it has a number of its own; a charge goes with what it is for."""
        return self.share.is_instalment and self.charge is None

    @property
    def group(self) -> Group:
        """What shares a ladder of reminders: an instalment, with its charges."""
        return self.invoice, self.customer, self.plan_number, self.number

    @property
    def facts(self) -> tuple[str, ...]:
        """What names the item: its invoice and instalment, or else what is posted."""
        if self.invoice is not None:
            plan = (f"plan {self.plan_number}",) if self.plan_number else ()
            return self.invoice, str(self.number), *plan
        posted = self.posted
        return (
            str(posted.entry.date),
            posted.account.name,
            posted.currency,
            exact(posted.number),
            str(self.number),
            self.customer,
        )

    def payable(self, day: date) -> Decimal:
        """Return what is to be paid on a day: all that is open, less a discount."""
        share, currency = self.share, self.posted.currency
        return payable(share.offers, share.amount, self.open, currency, day)

    def settle(self, credit: Posted, left: Decimal, rule: Words) -> Decimal:
        """Take off what a credit can give; return what it then has left."""
        taken = min(self.open, left)
        if taken:
            self.open -= taken
            entry = credit.entry
            self.settlements.append(Settlement(entry.date, taken, entry, rule))
        return left - taken


def draft_items(
    reader: PostingReader, invoice: str | None, debits: Sequence[Posted]
) -> list[Draft]:
    """Turn an invoice's debits into items, numbered by due date.

    Postings of one transaction that share all but the amount are one item, unless
    they carry dates or terms of their own: those are instalments.

    Args:
        reader: Reads what is written on the debits.
        invoice: The reference that they name; None for a debit without one.
        debits: The debits.

    Returns:
        The items, in the order in which credits that name the invoice settle them.
    """
    if len(debits) == 1:
        (posted,) = debits
        drafts = _split(reader, invoice, reader.customer(posted), posted, posted.number)
        if len(drafts) == 1:
            return drafts
    together: dict[tuple[Any, ...], list[Posted]] = defaultdict(list)
    for index, posted in enumerate(debits):
        meta = posted.posting.meta
        own = invoice is None or (meta and ("due" in meta or "terms" in meta))
        together[
            id(posted.entry),
            posted.account.name,
            posted.currency,
            reader.customer(posted),
            index if own else None,
        ].append(posted)
    by_customer: dict[str, list[Draft]] = defaultdict(list)
    for (_, _, _, customer, _), group in together.items():
        amount = sum((posted.number for posted in group), ZERO)
        by_customer[customer] += _split(reader, invoice, customer, group[0], amount)
    for drafts in by_customer.values():
        drafts.sort(key=lambda draft: draft.order)
        _number(drafts)
    return sorted(chain(*by_customer.values()), key=lambda draft: draft.turn)


def _split(
    reader: PostingReader,
    invoice: str | None,
    customer: str,
    posted: Posted,
    amount: Decimal,
) -> list[Draft]:
    shares = reader.due_dates.shares(posted, customer, amount)
    charge = reader.charge(posted)
    charges_first = reader.settings.payment_order is PaymentOrder.CHARGES
    return [
        Draft(invoice, customer, posted, share, charge, share.amount, charges_first)
        for share in shares
    ]


def _number(drafts: Sequence[Draft]) -> None:
    """Number a customer's items of an invoice, in their order.

    Postings with a date of their own and shares of terms are instalments, each with
    its number. What merely falls due on the same day shares a number: an invoice over
    two accounts or in two currencies, or a payment that came back. A charge is no
    instalment, and goes with the one that is due by then.
    """
    sales = [draft for draft in drafts if not draft.charge] or drafts
    by_due: dict[date | None, int] = {}
    count = 0
    for draft in sales:
        if draft.is_instalment or draft.share.due not in by_due:
            count += 1
            draft.number = count
            by_due.setdefault(draft.share.due, count)
        else:
            draft.number = by_due[draft.share.due]
    number = 1
    for draft in drafts:
        if sales is not drafts and draft.charge:
            draft.number = number
        else:
            number = draft.number
        draft.count = count
