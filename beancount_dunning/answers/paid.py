"""How each invoice was paid: all that were ever issued by a date, open or not.

    for part in invoiced(books):
        print(part.customer, part.due, part.paid_on, part.days_late)

A part is an invoice, or an instalment of it, as it was invoiced: a plan of payment lays
it out anew and does not make it less late. A payment that came back, and a debt that
moved to another account, are a part of it, too. Interest, fees and compensation are
not, nor is what a `pad` brought forward. What counts as a payment is in `outcomes`.

Of a large ledger there are many invoices, so an invoice is a tuple with names: it takes
an eighth of the time that a frozen dataclass takes to make.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from operator import attrgetter
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.answers.as_invoiced import amount_of
from beancount_dunning.answers.as_invoiced import invoice_of
from beancount_dunning.answers.movements import Kinds
from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.answers.outcomes import Credited
from beancount_dunning.answers.outcomes import Means
from beancount_dunning.answers.outcomes import Outcome
from beancount_dunning.answers.outcomes import Outcomes
from beancount_dunning.answers.outcomes import discount_of
from beancount_dunning.answers.outcomes import turn
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.items import taken_offer
from beancount_dunning.ledger.receivables import settled_aside
from beancount_dunning.ledger.unnamed import OLDEST
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancount_dunning.ledger.cleared import Cleared
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

    # An item, what opened it, and how much of that is what the bank takes for a return.
    _Told = tuple[Item, MovementKind, Decimal]


__all__ = ["Credited", "Invoiced", "Means", "Outcome", "invoiced"]


class Invoiced(NamedTuple):
    """An invoice, or an instalment of it, as it was invoiced, and how it was paid.

    Attributes:
        invoice: The reference; None for a debit that names none.
        groups: Under what the log keeps its reminders, see `Dunning.records`; those of
            a plan's parts last.
        due: When it was due as it was invoiced; None where undated.
        terms: The text of the terms that the due date comes from, if any.
        planned: When its last part is due by a plan; None without one.
        amount: What was invoiced; what is credited adds up to it, with what is open.
        credited: What settled it, by date.
        outcome: What became of it.
        paid_on: The day of the payment by which it was paid, or that of the invoice
            where the money came before; None where it was not paid in full.
        settled_on: The day on which nothing was left of it; None while it is open.
        lateness: The days from its due date to its payment, or to the books' date where
            it is open. None where nobody can tell yet whether it is late: it is not
            due, has no due date, or was credited. What was written off is late until
            that day, at least a day.
        took_late: Whether a discount was taken after the last day on which it could be.
        entry: The transaction that invoiced it.
    """

    # Their order is that of the first seven, see `_sort`.
    date: dt.date
    customer: str
    currency: str
    invoice: str | None
    number: int
    account: str
    amount: Decimal
    count: int  # type: ignore[assignment]  # nobody asks how often a tuple has what
    groups: tuple[Group, ...]
    due: dt.date | None
    terms: str | None
    planned: dt.date | None
    open: Decimal
    credited: tuple[Credited, ...]
    outcome: Outcome
    paid_on: dt.date | None
    settled_on: dt.date | None
    lateness: int | None
    took_late: bool
    entry: Transaction

    @property
    def payments(self) -> tuple[Credited, ...]:
        """What was paid of it, payments that came back included."""
        return tuple(one for one in self.credited if one.means is Means.PAYMENT)

    @property
    def ended_on(self) -> dt.date:
        """The day on which it was paid, or else settled; its own date before that."""
        return self.paid_on or self.settled_on or self.date

    @property
    def paid_from(self) -> str | None:
        """The account that its last payment came in on; None where none did."""
        payments = self.payments
        return payments[-1].account if payments else None

    @property
    def days_to_pay(self) -> int | None:
        """The days from the invoice to its payment; None where it was not paid."""
        return None if self.paid_on is None else (self.paid_on - self.date).days

    @property
    def days_late(self) -> int | None:
        """The days from its due date to its payment, negative where it came before.

        None where it was not paid, or was not due on any day.
        """
        due, paid_on = self.due, self.paid_on
        return None if paid_on is None or due is None else (paid_on - due).days

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
            "terms": self.terms,
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
    reader = _Reader(books)
    told: list[Invoiced] = []
    if keep is everything and not books.has_settled:
        told, settled = settled_aside(books.receivables, reader.read_cleared)
        items = [*books.receivables.all_items, *settled]
    else:
        items = [*filter(keep, books.with_settled(None).receivables.all_items)]
    whole: dict[object, list[Item]] = defaultdict(list)
    for item in items:
        whole[invoice_of(item)].append(item)
    told += chain.from_iterable(map(reader.read, whole.values()))
    _sort(told)
    return tuple(told)


def _sort(told: list[Invoiced]) -> None:
    """Sort parts by date, of a day by customer, currency and reference."""
    try:
        told.sort(key=_order)
    except TypeError:
        # Of a customer's parts of a day some have a reference, and others none.
        told.sort(key=lambda one: (*one[:3], one.invoice or "", *one[4:7]))


_order = itemgetter(slice(7))


_date = attrgetter("date")

# What a debit does to an invoice that it does not begin.
_PUT_BACK = {
    MovementKind.REFUND: Means.RETURN,
    MovementKind.RETURN: Means.RETURN,
    MovementKind.TRANSFER: Means.TRANSFER,
    MovementKind.BROUGHT_FORWARD: Means.BROUGHT_FORWARD,
}


class _Reader:
    """Reads how parts of invoices were paid."""

    def __init__(self, books: Books) -> None:
        self._as_of = books.as_of
        self._kinds = Kinds(books)
        # Looking up a member of an enum takes long.
        self._sale = MovementKind.INVOICE
        self._outcomes = Outcomes(books, self._kinds)

    def read(self, items: Sequence[Item]) -> Iterable[Invoiced]:
        """Return how the parts of an invoice were paid; nothing where it is none."""
        if len(items) == 1 and items[0].original is None and not items[0].offers:
            (item,) = items
            is_sale = self._kinds.of_debit(item) is self._sale
            return [self._read_plain(item)] if is_sale else ()
        sales: dict[int, list[_Told]] = {}
        others: dict[int, list[_Told]] = {}
        opened = self._kinds.of_debits(items)
        for item, (kind, fee) in zip(items, opened, strict=True):
            if item.charge:
                continue
            side = sales if kind is self._sale else others
            side.setdefault(_number(item), []).append((item, kind, fee))
        # What came back is due on a day of its own, and so has a number of its own.
        for number in sorted(others) if sales else ():
            before = max((one for one in sales if one <= number), default=min(sales))
            sales[before] += others[number]
        return map(self._read, sales.values())

    def _read_plain(self, item: Item) -> Invoiced:
        """Return how an invoice of one part was paid that no plan laid out anew."""
        credit = self._outcomes.credited
        credited = [
            credit(one.entry, one.amount, is_named=one.rule is not OLDEST)
            for one in item.settlements
        ]
        return self._alone(item, credited)

    def read_cleared(self, cleared: Cleared) -> Invoiced | None:
        """Return how an invoice was paid that is plain to see; None where it is none.

        What is not plain about it is read like all others.
        """
        entry, kinds = cleared.entry, self._kinds
        kind = kinds.of_neither(entry) or kinds.of_sale(entry, cleared.due_from)
        if kind is not self._sale:
            return None
        credit = self._outcomes.credited
        credited = [
            credit(one, amount, is_named=True) for one, amount in cleared.credits
        ]
        return self._alone(cleared, credited)

    def _alone(self, of: Item | Cleared, credited: list[Credited]) -> Invoiced:
        """Return how a part was paid that is one item, and was never another."""
        if len(credited) > 1:
            credited.sort(key=turn)
        entry, left = of.entry, of.open
        date, due, currency, offers = entry.date, of.due, of.currency, of.offers
        discount = discount_of(of.amount, offers, currency) if offers else ZERO
        outcome, paid_on, last = self._outcomes.of(
            date, credited, left, currency, discount
        )
        settled_on = None if left else last
        return Invoiced(
            date,
            of.customer,
            currency,
            of.invoice,
            of.number,
            of.account,
            of.amount,
            of.count,
            (of.group,),
            due,
            of.terms,
            None,
            left,
            tuple(credited),
            outcome,
            paid_on,
            settled_on,
            self._lateness(due, paid_on, settled_on, outcome),
            bool(offers) and self._outcomes.took_late(paid_on, offers, credited),
            entry,
        )

    def _read(self, told: Sequence[_Told]) -> Invoiced:
        """Return how a part was paid, of items one or more of which invoiced it."""
        items = [item for item, *_ in told]
        sales = [item for item, kind, _ in told if kind is self._sale and item.leads]
        first = min(sales, key=_date)
        was = first.original or first
        left = sum([item.open for item in items], ZERO)
        rest, discount = left, ZERO
        offers = [offer for item in items for offer in item.offers]
        if offers:
            discount = sum(
                (discount_of(one.amount, one.offers, one.currency) for one in items),
                ZERO,
            )
            # A discount that was taken in time is not owed, and nobody asks for it.
            if left <= discount and any(map(_is_taken, items)):
                rest = ZERO
        credited = self._credited(told)
        outcome, paid_on, last = self._outcomes.of(
            first.date, credited, rest, first.currency, discount
        )
        settled_on = None if left else last
        return Invoiced(
            first.date,
            first.customer,
            first.currency,
            first.invoice,
            was.number,
            first.account,
            sum([amount_of(item) for item in sales], ZERO),
            was.count,
            _groups(items),
            was.due,
            was.terms,
            max([item.due for item in items if item.plan and item.due], default=None),
            left,
            tuple(credited),
            outcome,
            paid_on,
            settled_on,
            self._lateness(was.due, paid_on, settled_on, outcome),
            self._outcomes.took_late(paid_on, offers, credited),
            first.entry,
        )

    def _lateness(
        self,
        due: dt.date | None,
        paid_on: dt.date | None,
        settled_on: dt.date | None,
        outcome: Outcome,
    ) -> int | None:
        """Return how late a part is, see `Invoiced`."""
        if due is None:
            return None
        if paid_on is not None:
            return (paid_on - due).days
        if outcome is Outcome.CREDITED:
            return None
        days = ((settled_on or self._as_of) - due).days
        if outcome is Outcome.WRITTEN_OFF:
            return max(days, 1)
        return days if days > 0 else None

    def _credited(self, told: Sequence[_Told]) -> list[Credited]:
        """Return what was taken off items, and put back, by date."""
        found = []
        for item, kind, fee in told:
            if item.leads and kind is not self._sale:
                put_back = {_PUT_BACK[kind]: amount_of(item) - fee, Means.BANK_FEE: fee}
                found += [
                    Credited(item.date, -amount, means, None, item.entry, is_named=True)
                    for means, amount in put_back.items()
                    if amount
                ]
        credit = self._outcomes.credited
        found += [
            credit(one.entry, one.amount, is_named=one.rule is not OLDEST)
            for item, *_ in told
            for one in item.settlements
        ]
        return sorted(found, key=turn)


def _groups(items: Iterable[Item]) -> tuple[Group, ...]:
    """Return under what the log keeps reminders of items, those of plans last."""
    return tuple(sorted({item.group for item in items}, key=itemgetter(2, 3)))


def _is_taken(item: Item) -> bool:
    """Tell whether a discount was taken in time."""
    taken = taken_offer(item.offers, item.amount, item.currency, item.settlements)
    return taken is not None


def _number(item: Item) -> int:
    return (item.original or item).number
