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
from operator import attrgetter
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.answers.movements import Kinds
from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.answers.outcomes import Credited
from beancount_dunning.answers.outcomes import Means
from beancount_dunning.answers.outcomes import Outcome
from beancount_dunning.answers.outcomes import Outcomes
from beancount_dunning.answers.outcomes import day_paid
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
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancount_dunning.ledger.cleared import Cleared
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

    # An item, and what opened it.
    _Told = tuple[Item, MovementKind]


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
        took_late: Whether a discount was taken after the last day on which it could be.
        entry: The transaction that invoiced it.
    """

    customer: str
    currency: str
    account: str
    invoice: str | None
    number: int
    # Nobody asks how often a tuple has what.
    count: int  # type: ignore[assignment]
    groups: tuple[Group, ...]
    date: dt.date
    due: dt.date | None
    terms: str | None
    planned: dt.date | None
    amount: Decimal
    open: Decimal
    credited: tuple[Credited, ...]
    outcome: Outcome
    paid_on: dt.date | None
    settled_on: dt.date | None
    took_late: bool
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

    def lateness(self, as_of: dt.date) -> int | None:
        """Return the days from its due date to its payment, or to a date where open.

        None where nobody can tell yet whether it is late: it is not due, has no due
        date, or was credited. What was written off is late until that day, at least a
        day.
        """
        due, paid_on = self.due, self.paid_on
        if due is None:
            return None
        if paid_on is not None:
            return (paid_on - due).days
        if self.outcome is Outcome.CREDITED:
            return None
        days = ((self.settled_on or as_of) - due).days
        if self.outcome is Outcome.WRITTEN_OFF:
            return max(days, 1)
        return days if days > 0 else None

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
    cleared: Iterable[Cleared] = ()
    if keep is everything:
        cleared, settled = settled_aside(books.receivables)
        items = [*books.receivables.all_items, *settled]
    else:
        items = [*filter(keep, books.with_settled(None).receivables.all_items)]
    whole: dict[object, list[Item]] = defaultdict(list)
    for item in items:
        if not item.charge:
            whole[_invoice(item)].append(item)
    reader = _Reader(books)
    told = [part for some in whole.values() for part in reader.read(some)]
    told += filter(None, map(reader.read_cleared, cleared))
    return tuple(sorted(told, key=_order))


def _invoice(item: Item) -> object:
    """Return the same for all items of a customer's invoice."""
    if item.invoice is None:
        # What a plan can lay out anew, or what can come back, has a reference.
        return item.identity
    return item.invoice, item.customer, item.currency


def _order(one: Invoiced) -> tuple[object, ...]:
    return (
        one.date,
        one.customer,
        one.currency,
        one.invoice or "",
        one.number,
        one.account,
        one.amount,
    )


_date = attrgetter("date")

# What a debit does to an invoice that it does not begin.
_PUT_BACK = {
    MovementKind.REFUND: Means.RETURN,
    MovementKind.TRANSFER: Means.TRANSFER,
    MovementKind.BROUGHT_FORWARD: Means.BROUGHT_FORWARD,
}


class _Reader:
    """Reads how parts of invoices were paid."""

    def __init__(self, books: Books) -> None:
        self._kinds = Kinds(books)
        # Looking up a member of an enum takes long.
        self._sale, self._payment = MovementKind.INVOICE, Means.PAYMENT
        self._outcomes = Outcomes(books, self._kinds)

    def read(self, items: Sequence[Item]) -> Iterator[Invoiced]:
        """Yield how the parts of an invoice were paid; nothing where it is none."""
        sales: dict[int, list[_Told]] = {}
        others: dict[int, list[_Told]] = {}
        for item in items:
            kind = self._kind(item)
            side = sales if kind is self._sale else others
            side.setdefault(_number(item), []).append((item, kind))
        # What came back is due on a day of its own, and so has a number of its own.
        for number in sorted(others) if sales else ():
            before = max((one for one in sales if one <= number), default=min(sales))
            sales[before] += others[number]
        return map(self._read, sales.values())

    def read_cleared(self, cleared: Cleared) -> Invoiced | None:
        """Return how an invoice was paid that is plain to see; None where it is none.

        What is not plain about it is read like all others.
        """
        name, customer, account, currency = cleared[:4]
        amount, due, due_from, terms, offers, entry, credits_ = cleared[4:]
        kinds, side = self._kinds, self._outcomes.side
        kind = kinds.of_neither(entry) or kinds.of_sale(entry, due_from)
        if kind is not self._sale:
            return None
        credited = []
        is_all_paid = True
        for one, part in credits_:
            means, source = side(one)
            is_all_paid = is_all_paid and means is self._payment
            credited.append(Credited(one.date, part, means, source, one, is_named=True))
        if len(credited) > 1:
            credited.sort(key=turn)
        day = entry.date
        paid_on: dt.date | None
        settled_on = paid_on = max(day, credited[-1].date)
        outcome = Outcome.PAID
        if not is_all_paid:
            discount = discount_of(amount, offers, currency)
            outcome = self._outcomes.of(credited, ZERO, currency, discount)
            paid_on = day_paid(day, credited, outcome)
        return Invoiced(
            customer,
            currency,
            account,
            name,
            1,
            1,
            ((name, customer, 0, 1),),
            day,
            due,
            terms,
            None,
            amount,
            ZERO,
            tuple(credited),
            outcome,
            paid_on,
            settled_on,
            bool(offers) and self._outcomes.took_late(paid_on, offers, credited),
            entry,
        )

    def _read(self, told: Sequence[_Told]) -> Invoiced:
        """Return how a part was paid, of items one or more of which invoiced it."""
        items = [item for item, _ in told]
        sales = [item for item, kind in told if kind is self._sale and item.leads]
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
        outcome = self._outcomes.of(credited, rest, first.currency, discount)
        paid_on = day_paid(first.date, credited, outcome)
        return Invoiced(
            first.customer,
            first.currency,
            first.account,
            first.invoice,
            was.number,
            was.count,
            _groups(items),
            first.date,
            was.due,
            was.terms,
            max([item.due for item in items if item.plan and item.due], default=None),
            sum([_amount(item) for item in sales], ZERO),
            left,
            tuple(credited),
            outcome,
            paid_on,
            None if left else _last_day(first.date, credited),
            self._outcomes.took_late(paid_on, offers, credited),
            first.entry,
        )

    def _credited(self, told: Sequence[_Told]) -> list[Credited]:
        """Return what was taken off items, and put back, by date."""
        found = []
        for item, kind in told:
            if item.leads and kind is not self._sale:
                means, amount = _PUT_BACK[kind], -_amount(item)
                found.append(
                    Credited(item.date, amount, means, None, item.entry, is_named=True)
                )
        for item, _ in told:
            for one in item.settlements:
                entry, is_named = one.entry, one.rule is not OLDEST
                means, account = self._outcomes.side(entry)
                found.append(
                    Credited(one.date, one.amount, means, account, entry, is_named)
                )
        if len(found) > 1:
            found.sort(key=turn)
        return found

    def _kind(self, item: Item) -> MovementKind:
        return self._kinds.of_neither(item.entry) or self._kinds.of_debit(item)


def _groups(items: Sequence[Item]) -> tuple[Group, ...]:
    """Return under what the log keeps reminders of items, those of plans last."""
    if len(items) == 1:
        return (items[0].group,)
    return tuple(sorted({item.group for item in items}, key=itemgetter(2, 3)))


def _last_day(date: dt.date, credited: Iterable[Credited]) -> dt.date:
    """Return the day on which the last was taken off, not before the invoice's."""
    return max([date, *(one.date for one in credited if one.amount > 0)])


def _is_taken(item: Item) -> bool:
    """Tell whether a discount was taken in time."""
    taken = taken_offer(item.offers, item.amount, item.currency, item.settlements)
    return taken is not None


def _number(item: Item) -> int:
    return (item.original or item).number


def _amount(item: Item) -> Decimal:
    return item.original.amount if item.original else item.amount
