"""When what is open should be paid: each open item, divided by what is known of it.

An item is expected on its due date, on the day agreed with the customer, or as late as
its customer usually pays, see `Basis`. What is past that day is expected any day. What
credit covers, what is in dispute or with an agency, a discount that was taken and what
has no due date is expected on no day that anybody knows; by habit, neither is what is
later than is usual in this ledger.

    for one in expectations(books):
        print(one.item.label, one.kind, one.amount, one.day)
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import held

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from decimal import Decimal

    from beancount_dunning.answers.lateness import Habit
    from beancount_dunning.answers.lateness import Lateness
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


class Basis(StrEnum):
    """What an expected day goes by.

    `DUE` is the due date that was invoiced. `PROMISE` is what was agreed: a running
    promise, a plan's due dates, else the due date. `HABIT` is the due date, a plan's
    too, and on top of it how late the customer usually pays.
    """

    DUE = "due"
    PROMISE = "promise"
    HABIT = "habit"


class ExpectationKind(StrEnum):
    """What is known of an open amount: its day, or why it has none."""

    EXPECTED = "expected"
    OVERDUE = "overdue"
    UNDATED = "undated"
    DISPUTE = "dispute"
    HANDED = "handed"
    CREDIT = "credit"
    DISCOUNT = "discount"
    UNUSUAL = "unusual"

    @property
    def is_left_out(self) -> bool:
        """Whether it is in no forecast, because nobody knows a day."""
        return self not in {ExpectationKind.EXPECTED, ExpectationKind.OVERDUE}


_WITHOUT_DAY = {
    Held.CREDIT: ExpectationKind.CREDIT,
    Held.DISCOUNT: ExpectationKind.DISCOUNT,
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is known of an open amount of an item.

    Attributes:
        item: The item.
        kind: What is known.
        amount: How much of what is open it is about.
        day: The day on which it is expected; None where it is past or not known.
        early: The day if it is paid as early as the customer's quicker quarter.
        late: The day if it is paid as late as the customer's slower quarter.
        habit: Whose habit that is; None where it is no habit.
        held: Why its reminders rest, if they do.
    """

    item: Item
    kind: ExpectationKind
    amount: Decimal
    day: dt.date | None = None
    early: dt.date | None = None
    late: dt.date | None = None
    habit: Habit | None = None
    held: Held | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        item, habit = self.item, self.habit
        return {
            "invoice": item.invoice,
            "instalment": item.instalment,
            "customer": item.customer or None,
            "currency": item.currency,
            "due": _iso(item.due),
            "amount": exact(self.amount),
            "kind": self.kind,
            "expected": _iso(self.day),
            "early": _iso(self.early),
            "late": _iso(self.late),
            "habit": habit.whose if habit else None,
            "payments": habit.payments if habit else None,
            "held": self.held,
        }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def expectations(
    books: Books, basis: Basis = Basis.PROMISE, lateness: Lateness | None = None
) -> Iterator[Expectation]:
    """Tell when each open item should be paid.

    Args:
        books: The ledger on a date.
        basis: What the day goes by.
        lateness: How late customers pay; None where the day does not go by habit.

    Yields:
        What is known of each open item, oldest due first. An item of which a part is in
        dispute, promised or covered by credit is divided; its amounts add up to what is
        open of it.
    """
    expected = _Expected(books, basis, lateness)
    for item in books.receivables.items:
        yield from expected.of(item)


class _Expected:
    """Divides items, in order of their due dates."""

    def __init__(self, books: Books, basis: Basis, lateness: Lateness | None) -> None:
        self._books = books
        self._basis = basis
        self._lateness = lateness
        self._left = _credit_left(books)
        # What is still to come of a promised amount, by its note.
        self._promised: dict[int, Decimal] = {}

    def of(self, item: Item) -> Iterator[Expectation]:
        """Yield what is known of an item, part by part."""
        books, open_ = self._books, item.open
        reason = held(books, item)
        if reason in {Held.CREDIT, Held.DISCOUNT}:
            yield Expectation(item, _WITHOUT_DAY[reason], open_, held=reason)
            return
        if covered := min(self._credit_for(item), open_):
            yield Expectation(item, ExpectationKind.CREDIT, covered, held=reason)
            open_ -= covered
        disputed = min(books.dunning.in_dispute(item), open_)
        if disputed:
            yield Expectation(item, ExpectationKind.DISPUTE, disputed, held=reason)
            open_ -= disputed
        if open_ and books.dunning.record(item).is_handed:
            yield Expectation(item, ExpectationKind.HANDED, open_, held=reason)
        elif open_:
            yield from self._owed(item, open_, reason)

    def _credit_for(self, item: Item) -> Decimal:
        """Return how much credit makes up for an item; for charges what is left of it.

        Which sale it makes up for is the rule of `Balances.set_off`.
        """
        key = item.customer, item.currency
        if item.charge and key in self._left:
            taken = min(self._left[key], item.open)
            self._left[key] -= taken
            return taken
        set_off = self._books.balances.set_off_for(item)
        return sum((amount for _, amount in set_off), ZERO)

    def _owed(
        self, item: Item, amount: Decimal, reason: Held | None
    ) -> Iterator[Expectation]:
        """Yield when what nobody contests should be paid."""
        if self._basis is Basis.PROMISE and reason is Held.PROMISE:
            promised = min(self._promised_of(item, amount), amount)
            if promised:
                day = self._books.dunning.record(item).promised
                yield self._on(item, promised, day, reason)
            amount -= promised
        if not amount:
            return
        due = self._due(item)
        if self._lateness is None or due is None:
            yield self._on(item, amount, due, reason)
            return
        late_by = (self._books.as_of - due).days
        habit = self._lateness.habit(item.customer, late_by)
        if habit is None:
            is_unusual = late_by > 0 and self._lateness.is_known
            usual = self._on(item, amount, due, reason)
            yield replace(usual, kind=ExpectationKind.UNUSUAL) if is_unusual else usual
            return
        early, middle, late = habit.days_after(due)
        yield Expectation(
            item, ExpectationKind.EXPECTED, amount, middle, early, late, habit, reason
        )

    def _on(
        self, item: Item, amount: Decimal, day: dt.date | None, reason: Held | None
    ) -> Expectation:
        """Return that an amount is expected on a day, if that is not past."""
        if day is None:
            return Expectation(item, ExpectationKind.UNDATED, amount, held=reason)
        if day < self._books.as_of:
            return Expectation(item, ExpectationKind.OVERDUE, amount, held=reason)
        return Expectation(item, ExpectationKind.EXPECTED, amount, day, held=reason)

    def _due(self, item: Item) -> dt.date | None:
        """Return when it is due: a plan lays that out anew, but not as invoiced."""
        if self._basis is Basis.DUE and item.plan and item.original:
            return item.original.due
        return item.due

    def _promised_of(self, item: Item, amount: Decimal) -> Decimal:
        """Return how much of an amount is promised: all, or what is left of a sum."""
        record = self._books.dunning.record(item)
        promise = record.promise
        if promise is None or promise.amount is None or record.came is None:
            return amount
        if promise.amount.currency != item.currency:
            return ZERO
        left = self._promised.get(id(promise), record.came.missing)
        self._promised[id(promise)] = max(left - amount, ZERO)
        return left


def _credit_left(books: Books) -> dict[tuple[str, str], Decimal]:
    """Return what credit is left over when it has made up for all sales."""
    left: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for one in books.receivables.unapplied:
        left[one.customer, one.currency] -= one.amount
    for item in books.receivables.items:
        for _, amount in books.balances.set_off_for(item):
            left[item.customer, item.currency] -= amount
    return dict(left)
