"""What lateness costs: interest, fees of reminders, compensation.

    2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
      compensation: 40.00 EUR

A fee is due once for each sending of a step that has one, compensation once an invoice,
and not from a customer whose file says `type: "consumer"`: Directive 2011/7/EU, article
1(2), is about transactions between undertakings.

Nothing is posted by itself. What was posted says so with `charge: "interest"`, `"fee"`
(and `step:`) or `"compensation"` on its transaction, and is not proposed again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.interest import Accrual
from beancount_dunning.standing.interest import accrue
from beancount_dunning.standing.resting import is_covered

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.dunning import Sent


@dataclass(frozen=True, slots=True)
class Charge:
    """Something to charge on an invoice, less what is posted already.

    `item` is what it is charged on. A fee has the sending it is for, interest its
    `accrual`, of which `posted` was charged before.
    """

    kind: ChargeKind
    item: Item
    amount: Decimal
    currency: str
    sent: Sent | None = None
    accrual: Accrual | None = None
    posted: Decimal = ZERO

    def as_dict(self) -> dict[str, Any]:
        """Return the charge as the JSON report has it."""
        item = self.item
        return {
            "invoice": item.invoice,
            "instalment": item.instalment,
            "customer": item.customer or None,
            "account": item.account,
            "kind": self.kind,
            "step": self.sent.step.name if self.sent else None,
            "amount": exact(self.amount),
            "currency": self.currency,
            "posted": exact(self.posted),
            "segments": [
                segment.as_dict()
                for segment in (self.accrual.segments if self.accrual else ())
            ],
        }


def charges(books: Books, keep: Callable[[Item], bool] = everything) -> list[Charge]:
    """Work out what can be charged and is not posted yet.

    Args:
        books: The ledger on a date.
        keep: Which items this is to be about, settled ones included; all by default.

    Returns:
        The charges in order of their items. Items without a reference have none: a
        charge could not name them. Nor have those of which nothing is owed, because
        credit covers what is open or a discount was taken.

    Raises:
        UnknownRateError: A reference rate is not known on one of the days.
    """
    # A charge that is paid was charged, too.
    receivables = books.with_settled(None).receivables
    items = sorted(
        (item for item in receivables.all_items if item.invoice is not None),
        key=lambda item: (
            item.due or dt.date.max,
            item.date,
            item.invoice,
            item.account,
        ),
    )
    posted = _Posted(items)
    found: list[Charge] = []
    letters: set[tuple[object, ...]] = set()
    compensated: set[tuple[object, ...]] = set()
    for item in items:
        if item.charge or not keep(item) or is_covered(books, item):
            continue
        for sent in books.dunning.record(item).sent:
            # A letter about several instalments is one.
            letter = (item.invoice, item.customer, id(sent.entry))
            if letter not in letters:
                letters.add(letter)
                found += filter(None, [_fee(item, sent, posted)])
        accrual = accrue(books, item)
        if accrual is None:
            continue
        found += filter(None, [_more_interest(item, accrual, posted)])
        invoice = (item.invoice, item.customer)
        compensation = _compensation(books, item, accrual)
        if compensation is not None and invoice not in compensated:
            compensated.add(invoice)
            if not posted.has_compensation(item):
                found.append(compensation)
    return found


def _more_interest(item: Item, accrual: Accrual, posted: _Posted) -> Charge | None:
    before = posted.interest(item, accrual.amount)
    if accrual.amount <= before:
        return None
    left, currency = accrual.amount - before, item.currency
    return Charge(
        ChargeKind.INTEREST, item, left, currency, accrual=accrual, posted=before
    )


def _compensation(books: Books, item: Item, accrual: Accrual) -> Charge | None:
    if books.settings.customer(item.customer).type == "consumer":
        return None
    claims = (segment.agreed.compensation for segment in accrual.segments)
    claim = next(filter(None, claims), None)
    if claim is None:
        return None
    return Charge(
        ChargeKind.COMPENSATION, item, cast("Decimal", claim.number), claim.currency
    )


def _fee(item: Item, sent: Sent, posted: _Posted) -> Charge | None:
    fee = sent.step.fee
    if not fee or not fee.number or posted.takes_fee(item, sent.step.name):
        return None
    return Charge(ChargeKind.FEE, item, fee.number, fee.currency, sent=sent)


class _Posted:
    """What was charged already."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._interest: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
        self._fees: dict[tuple[object, ...], list[str | None]] = defaultdict(list)
        self._compensated: set[tuple[object, ...]] = set()
        dues = {_interest_key(item) for item in items if not item.charge}
        for item in items:
            invoice = (item.invoice, item.customer)
            if item.charge == ChargeKind.INTEREST:
                key = _interest_key(item)
                # By hand one may have given it another date.
                key = key if key in dues else (*key[:-1], None)
                self._interest[key] += item.amount
            elif item.charge == ChargeKind.FEE:
                step = item.entry.meta.get("step")
                self._fees[invoice].append(None if step is None else str(step))
            elif item.charge == ChargeKind.COMPENSATION:
                self._compensated.add(invoice)

    def interest(self, item: Item, accrued: Decimal) -> Decimal:
        """Take what was charged of an item's interest.

        Items of an invoice that are due together share it, oldest first.
        """
        found = ZERO
        for key in (_interest_key(item), (*_interest_key(item)[:-1], None)):
            taken = min(self._interest[key], accrued - found)
            if taken:
                self._interest[key] -= taken
                found += taken
        return found

    def takes_fee(self, item: Item, step: str) -> bool:
        """Tell whether a step's fee was posted; each posted one counts once."""
        fees = self._fees[item.invoice, item.customer]
        for name in (step, None):
            if name in fees:
                fees.remove(name)
                return True
        return False

    def has_compensation(self, item: Item) -> bool:
        """Tell whether an invoice was compensated for."""
        return (item.invoice, item.customer) in self._compensated


def _interest_key(item: Item) -> tuple[object, ...]:
    return item.invoice, item.customer, item.currency, item.due
