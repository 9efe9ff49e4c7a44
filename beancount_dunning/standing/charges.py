"""What lateness costs: interest, fees of reminders, compensation.

    2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
      compensation: 40.00 EUR

A fee is due once for each sending of a step that has one; in percent, it is of what was
open on the day of the sending, charges left aside. Compensation is due once an invoice,
or once an instalment, as agreed (articles 5 and 6 of Directive 2011/7/EU), by
the size of the debt when interest began to run; and not from a customer whose file says
`type: "consumer"`: article 1(2) is about transactions between undertakings.

Nothing is posted by itself. What was posted says so with `charge: "interest"`, `"fee"`
(and `step:`) or `"compensation"` on its transaction, and is not proposed again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from decimal import localcontext
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount.core.amount import Amount

from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import round_like
from beancount_dunning.ledger.agreements import Each
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.ledger.policies import Percentage
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.interest import accrue
from beancount_dunning.standing.interest import is_consumer
from beancount_dunning.standing.resting import is_covered

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount_dunning.ledger.agreements import Compensation
    from beancount_dunning.ledger.agreements import Interest
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.accrual import Accrual
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.records import Sent

    # An invoice's reference, and the customer's.
    _Invoice = tuple[str | None, str]

_DAY = timedelta(days=1)


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
    items = [item for item in receivables.all_items if item.invoice is not None]
    if keep is not everything:
        # What is charged on an invoice depends on no other.
        asked = {_invoice(item) for item in items if keep(item)}
        items = [item for item in items if _invoice(item) in asked]
    items.sort(
        key=lambda item: (
            item.due or dt.date.max,
            item.date,
            item.invoice,
            item.account,
        ),
    )
    posted = _Posted(items)
    debts = [item for item in items if not item.charge]
    by_invoice: dict[_Invoice, list[Item]] = defaultdict(list)
    for item in debts:
        by_invoice[_invoice(item)].append(item)
    fees = _Fees(books, debts, posted)
    found: list[Charge] = []
    compensated: set[tuple[_Invoice, int | None]] = set()
    for item in debts:
        if not keep(item) or is_covered(books, item):
            continue
        found += fees.of(item)
        accrual = accrue(books, item)
        if accrual is None:
            continue
        found += filter(None, [_more_interest(item, accrual, posted)])
        agreed = _compensates(books, item, accrual)
        if agreed is None:
            continue
        is_each = agreed.each is Each.INSTALMENT
        number = (item.original or item).number
        once_for = _invoice(item), number if is_each else None
        if once_for not in compensated:
            compensated.add(once_for)
            debt = [item] if is_each else by_invoice[_invoice(item)]
            if not posted.takes_compensation(item, agreed.each):
                found.append(_compensation(item, accrual, agreed, debt))
    return found


def _invoice(item: Item) -> _Invoice:
    return item.invoice, item.customer


def _open_on(item: Item, day: dt.date) -> Decimal:
    """Return what was open of an item at the end of a day."""
    if item.date > day:
        return ZERO
    if item.since is not None and item.since > day:
        return ZERO
    paid = sum((one.amount for one in item.settlements if one.date <= day), ZERO)
    is_moved = item.until is not None and item.until < day
    return item.amount - paid + (ZERO if is_moved else item.moved)


def _more_interest(item: Item, accrual: Accrual, posted: _Posted) -> Charge | None:
    before = posted.interest(item, accrual.amount)
    if accrual.amount <= before:
        return None
    left, currency = accrual.amount - before, item.currency
    return Charge(
        ChargeKind.INTEREST, item, left, currency, accrual=accrual, posted=before
    )


def _compensates(books: Books, item: Item, accrual: Accrual) -> Interest | None:
    """Return the agreement by which compensation is claimed on an item, if any is."""
    if is_consumer(books.settings, item.customer):
        return None
    agreements = (segment.agreed for segment in accrual.segments)
    return next((agreed for agreed in agreements if agreed.compensation), None)


def _compensation(
    item: Item, accrual: Accrual, agreed: Interest, debt: Iterable[Item]
) -> Charge:
    """Claim compensation, by what was open when interest began to run."""
    last_free = accrual.segments[0].first - _DAY
    size = sum(
        (_open_on(one, last_free) for one in debt if one.currency == item.currency),
        ZERO,
    )
    compensation = cast("Compensation", agreed.compensation)
    claim = compensation.of(Amount(size, item.currency))
    return Charge(
        ChargeKind.COMPENSATION, item, cast("Decimal", claim.number), claim.currency
    )


class _Fees:
    """The fees of letters. A letter about several instalments is one."""

    def __init__(self, books: Books, debts: Iterable[Item], posted: _Posted) -> None:
        self._books, self._posted = books, posted
        self._told: set[tuple[object, ...]] = set()
        self._letters: dict[tuple[object, ...], list[Item]] = defaultdict(list)
        for item in debts:
            for sent in books.dunning.record(item).sent:
                self._letters[_letter(item, sent)].append(item)

    def of(self, item: Item) -> Iterator[Charge]:
        """Yield the fees of letters about an item that were not met before."""
        for sent in self._books.dunning.record(item).sent:
            fee, letter = sent.step.fee, _letter(item, sent)
            if isinstance(fee, Percentage):
                # Of each currency its own.
                letter = (*letter, item.currency)
            if fee is None or letter in self._told:
                continue
            self._told.add(letter)
            amount = (
                self._share(item, sent, fee) if isinstance(fee, Percentage) else fee
            )
            step = sent.step.name
            if amount.number and not self._posted.takes_fee(item, step):
                number, currency = amount.number, amount.currency
                yield Charge(ChargeKind.FEE, item, number, currency, sent=sent)

    def _share(self, item: Item, sent: Sent, fee: Percentage) -> Amount:
        """Return a percentage of what was open on the day of a letter."""
        is_open = sum(
            (
                _open_on(one, sent.date)
                for one in self._letters[_letter(item, sent)]
                if one.currency == item.currency and not is_covered(self._books, one)
            ),
            ZERO,
        )
        with localcontext(WIDE):
            share = round_like(fee.of(is_open), item.amount, item.currency)
        return Amount(share, item.currency)


def _letter(item: Item, sent: Sent) -> tuple[object, ...]:
    return *_invoice(item), id(sent.entry)


class _Posted:
    """What was charged already."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._interest: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
        self._fees: dict[tuple[object, ...], list[str | None]] = defaultdict(list)
        self._compensated: dict[_Invoice, list[dt.date | None]] = defaultdict(list)
        # When parts of plans were due that have ended: what was charged on them is
        # charged on what took their place.
        self._ended: dict[tuple[object, ...], dict[dt.date | None, None]] = {}
        for item in items:
            if item.until is not None and not item.charge:
                self._ended.setdefault(_interest_key(item), {})[item.due] = None
        dues = {
            (*_interest_key(item), due)
            for item in items
            if not item.charge
            for due in _dues(item)
        }
        for item in items:
            invoice, key = _invoice(item), _interest_key(item)
            # By hand one may have given it another date.
            due = (item.original or item).due
            due = due if (*key, due) in dues else None
            if item.charge == ChargeKind.INTEREST:
                self._interest[*key, due] += item.amount
            elif not item.leads:
                continue  # What a plan divided was charged once.
            elif item.charge == ChargeKind.FEE:
                step = item.entry.meta.get("step")
                self._fees[invoice].append(None if step is None else str(step))
            elif item.charge == ChargeKind.COMPENSATION:
                self._compensated[invoice].append(due)

    def interest(self, item: Item, accrued: Decimal) -> Decimal:
        """Take what was charged of an item's interest.

        Items of an invoice that are due together share it, oldest first.
        """
        found, common = ZERO, _interest_key(item)
        for due in (*_dues(item), None, *self._ended.get(common, ())):
            key = (*common, due)
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

    def takes_compensation(self, item: Item, each: Each) -> bool:
        """Tell whether what is claimed once for was compensated for."""
        dues = self._compensated[_invoice(item)]
        if each is Each.INVOICE:
            return bool(dues)
        for due in (*_dues(item), None):
            if due in dues:
                dues.remove(due)
                return True
        return False


def _interest_key(item: Item) -> tuple[object, ...]:
    return item.invoice, item.customer, item.currency


def _dues(item: Item) -> tuple[dt.date | None, ...]:
    """Return the due dates that charges on an item may have, a plan's first."""
    return tuple(dict.fromkeys((item.due, (item.original or item).due)))
