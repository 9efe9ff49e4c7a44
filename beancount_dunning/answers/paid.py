"""How each invoice was paid: all that were ever issued by a date, open or not.

    for part in invoiced(books):
        print(part.customer, part.due, part.paid_on, part.days_late)

A part is an invoice, or an instalment of it, as it was invoiced: a plan of payment lays
it out anew and does not make it less late. A payment that came back, and a debt that
moved to another account, are a part of it, too. Interest, fees and compensation are
not, nor is what a `pad` brought forward.

What was credited is no payment: a credit note lessens what is to be paid, and what was
written off was never paid. A discount that was taken, and a rest too small to ask for,
are neither.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.movements import Kinds
from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.items import taken_offer
from beancount_dunning.ledger.readable import postings_of
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Settlement
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep


class Means(StrEnum):
    """What took something off an invoice, or put it back."""

    PAYMENT = "payment"
    CREDIT = "credit"
    WRITE_OFF = "write-off"
    RETURN = "return"
    TRANSFER = "transfer"
    BROUGHT_FORWARD = "brought forward"


class Outcome(StrEnum):
    """What became of an invoice."""

    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written off"


@dataclass(frozen=True, slots=True)
class Credited:
    """What a transaction took off; negative for what it put back.

    `account` is the one on the other side: of a payment the account that the money came
    in on; None where there is none.
    """

    date: dt.date
    amount: Decimal
    means: Means
    account: str | None
    entry: Transaction

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "date": self.date.isoformat(),
            "amount": exact(self.amount),
            "means": self.means,
            "account": self.account,
        }


@dataclass(frozen=True, slots=True)
class Invoiced:
    """An invoice, or an instalment of it, as it was invoiced, and how it was paid.

    Attributes:
        invoice: The reference; None for a debit that names none.
        groups: Under what the log keeps its reminders, see `Dunning.records`; those of
            a plan's parts last.
        due: When it was due as it was invoiced; None where undated.
        planned: When its last part is due by a plan; None without one.
        amount: What was invoiced; what is credited adds up to it, with what is open.
        credited: What settled it, by date.
        outcome: What became of it.
        paid_on: The day of the payment by which it was paid, or that of the invoice
            where the money came before; None where it was not paid in full.
        entry: The transaction that invoiced it.
    """

    customer: str
    currency: str
    account: str
    invoice: str | None
    number: int
    count: int
    groups: tuple[Group, ...]
    date: dt.date
    due: dt.date | None
    planned: dt.date | None
    amount: Decimal
    open: Decimal
    credited: tuple[Credited, ...]
    outcome: Outcome
    paid_on: dt.date | None
    entry: Transaction

    @property
    def payments(self) -> tuple[Credited, ...]:
        """What was paid of it, payments that came back included."""
        return tuple(one for one in self.credited if one.means is Means.PAYMENT)

    @property
    def paid_from(self) -> str | None:
        """The account that its last payment came in on; None where none did."""
        payments = self.payments
        return payments[-1].account if payments else None

    @property
    def settled_on(self) -> dt.date | None:
        """The day on which nothing was left of it; None while something is open."""
        if self.open:
            return None
        return max([self.date, *(one.date for one in self.credited if one.amount > 0)])

    @property
    def days_to_pay(self) -> int | None:
        """The days from the invoice to its payment; None where it was not paid."""
        return None if self.paid_on is None else (self.paid_on - self.date).days

    @property
    def days_late(self) -> int | None:
        """The days from its due date to its payment, negative where it came before.

        None where it was not paid, or was not due on any day.
        """
        if self.paid_on is None or self.due is None:
            return None
        return (self.paid_on - self.due).days

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it: amounts exact strings, dates ISO."""
        return {
            "invoice": self.invoice,
            "instalment": f"{self.number}/{self.count}",
            "customer": self.customer or None,
            "account": self.account,
            "currency": self.currency,
            "date": self.date.isoformat(),
            "due": _iso(self.due),
            "planned": _iso(self.planned),
            "amount": exact(self.amount),
            "open": exact(self.open),
            "outcome": self.outcome,
            "paid_on": _iso(self.paid_on),
            "paid_from": self.paid_from,
            "days_to_pay": self.days_to_pay,
            "days_late": self.days_late,
            "credited": [one.as_dict() for one in self.credited],
        }


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def invoiced(books: Books, keep: Keep = everything) -> tuple[Invoiced, ...]:
    """Tell how each invoice was paid.

    Args:
        books: The ledger on a date.
        keep: Which items this is to be about; all by default.

    Returns:
        Every part of every invoice dated by then, by date.
    """
    whole: dict[object, list[Item]] = defaultdict(list)
    for item in filter(keep, books.with_settled(None).receivables.all_items):
        if not item.charge:
            whole[_invoice(item)].append(item)
    reader = _Reader(books)
    told = (part for items in whole.values() for part in reader.read(items))
    return tuple(sorted(told, key=_order))


def _invoice(item: Item) -> object:
    """Return the same for all items of a customer's invoice."""
    if item.invoice is None:
        # What a plan can lay out anew, or what can come back, has a reference.
        return item.identity
    return item.invoice, item.customer, item.currency


def _order(one: Invoiced) -> tuple[object, ...]:
    place = one.customer.casefold(), one.currency, one.invoice or "", one.number
    return one.date, *place, one.account, one.amount


class _Reader:
    """Reads how parts of invoices were paid."""

    def __init__(self, books: Books) -> None:
        self._kinds = Kinds(books)
        self._settings = books.settings
        self._expenses = root_prefix(books.options, "expenses")
        # A transaction may settle many; its postings are looked at once.
        self._sides: dict[int, tuple[Means, str | None]] = {}

    def read(self, items: Sequence[Item]) -> Iterator[Invoiced]:
        """Yield how the parts of an invoice were paid; nothing where it is none."""
        kinds = {item.identity: self._kind(item) for item in items}
        sales: dict[int, list[Item]] = defaultdict(list)
        others: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            is_sale = kinds[item.identity] is MovementKind.INVOICE
            (sales if is_sale else others)[_number(item)].append(item)
        # What came back is due on a day of its own, and so has a number of its own.
        for number in sorted(others) if sales else ():
            before = max((one for one in sales if one <= number), default=min(sales))
            sales[before] += others[number]
        for part in sales.values():
            yield self._read(part, kinds)

    def _read(
        self, items: Sequence[Item], kinds: Mapping[str, MovementKind]
    ) -> Invoiced:
        debits = [(item, kinds[item.identity]) for item in items if item.leads]
        sales = [item for item, kind in debits if kind is MovementKind.INVOICE]
        first = min(sales, key=lambda item: item.date)
        was = first.original or first
        credited = sorted(
            (
                *(self._returned(item, kind) for item, kind in debits),
                *(self._credited(one) for item in items for one in item.settlements),
            ),
            key=lambda one: one.date,
        )
        told = tuple(one for one in credited if one.amount)
        left = sum((item.open for item in items), ZERO)
        outcome = self._outcome(items, told) if not left else Outcome.OPEN
        return Invoiced(
            first.customer,
            first.currency,
            first.account,
            first.invoice,
            was.number,
            was.count,
            tuple(sorted({item.group for item in items}, key=itemgetter(2, 3))),
            first.date,
            was.due,
            max((item.due for item in items if item.plan and item.due), default=None),
            sum((_amount(item) for item in sales), ZERO),
            left,
            told,
            outcome,
            _paid_on(first.date, told) if outcome is Outcome.PAID else None,
            first.entry,
        )

    def _kind(self, item: Item) -> MovementKind:
        return self._kinds.of_neither(item.entry) or self._kinds.of_debit(item)

    def _returned(self, item: Item, kind: MovementKind) -> Credited:
        """Return what a debit put back; nothing where it invoiced."""
        means = {
            MovementKind.REFUND: Means.RETURN,
            MovementKind.TRANSFER: Means.TRANSFER,
            MovementKind.BROUGHT_FORWARD: Means.BROUGHT_FORWARD,
        }.get(kind)
        amount = -_amount(item) if means else ZERO
        return Credited(item.date, amount, means or Means.RETURN, None, item.entry)

    def _credited(self, one: Settlement) -> Credited:
        key = id(one.entry)
        if key not in self._sides:
            self._sides[key] = self._side(one.entry)
        return Credited(one.date, one.amount, *self._sides[key], one.entry)

    def _side(self, entry: Transaction) -> tuple[Means, str | None]:
        """Return by what means a transaction credits, and from which account."""
        neither = self._kinds.of_neither(entry)
        if neither is not None:
            return Means(neither), None
        if account := _largest(self._kinds.money(entry)):
            return Means.PAYMENT, account
        account = _largest(postings_of(entry))
        is_loss = account is not None and account.startswith(self._expenses)
        return Means.WRITE_OFF if is_loss else Means.CREDIT, account

    def _outcome(self, items: Sequence[Item], credited: Iterable[Credited]) -> Outcome:
        """Tell what became of what is settled."""
        sums: dict[Means, Decimal] = defaultdict(lambda: ZERO)
        for one in credited:
            sums[one.means] += one.amount
        currency, lost = items[0].currency, sums[Means.WRITE_OFF]
        is_paid = sums[Means.PAYMENT] + sums[Means.RETURN] > 0
        if not is_paid:
            return Outcome.WRITTEN_OFF if lost > 0 else Outcome.CREDITED
        is_small = not self._settings.minimum.is_reached(lost, currency)
        is_fee = lost <= self._settings.bank_fee.get(currency, ZERO)
        if is_small or is_fee or _is_discount(items, lost):
            return Outcome.PAID
        return Outcome.WRITTEN_OFF


def _is_discount(items: Iterable[Item], lost: Decimal) -> bool:
    """Tell whether what was written off is a discount that was taken in time."""
    allowed = ZERO
    for item in items:
        offer = taken_offer(item.offers, item.amount, item.currency, item.settlements)
        if offer:
            allowed += item.amount - offer.reduced(item.amount, item.currency)
    return lost <= allowed


def _number(item: Item) -> int:
    return (item.original or item).number


def _amount(item: Item) -> Decimal:
    return item.original.amount if item.original else item.amount


def _largest(postings: Iterable[Any]) -> str | None:
    """Return the account of the largest debit; None without any."""
    debits = [one for one in postings if one.units.number > 0]
    return max(debits, key=lambda one: one.units.number).account if debits else None


def _paid_on(date: dt.date, credited: Iterable[Credited]) -> dt.date:
    days = (one.date for one in credited if one.means is Means.PAYMENT)
    return max(date, *days)
