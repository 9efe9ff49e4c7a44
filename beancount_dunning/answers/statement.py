"""A customer's statement of account: what moved it in a span of days, and what is open.

    statement(books, "Acme GmbH", first=date(2026, 1, 1))

The last day is that of the books. In each currency the opening balance and all
movements come to the closing balance, and that is what the customer's receivables come
to in Beancount. Where customers share an account, each has what the aging report counts
as theirs: a payment that names another's invoice is the other's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.contents import Payable
from beancount_dunning.answers.movements import movements
from beancount_dunning.answers.returns import Returns
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.names import folded
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.resting import Held

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.movements import Movement
    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import Row
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Line:
    """A movement, and what is owed after it."""

    movement: Movement
    balance: Decimal

    def as_dict(self) -> dict[str, Any]:
        """Return the line as JSON has it."""
        return {**self.movement.as_dict(), "balance": exact(self.balance)}


@dataclass(frozen=True, slots=True)
class Section:
    """The account in one currency: what moved it, and what is open at the end.

    `sums` are those of the aging report; None where nothing is open. `returned` are the
    identities of the items that book a payment back.
    """

    currency: str
    opening: Decimal
    lines: tuple[Line, ...]
    items: tuple[AgedItem, ...]
    unapplied: tuple[Unapplied, ...]
    sums: Row | None
    returned: frozenset[str]

    @property
    def closing(self) -> Decimal:
        """What the customer owes at the end; negative where it is in their favour."""
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def overdue(self) -> Decimal:
        """What is open past its due date."""
        return self.sums.overdue if self.sums else ZERO

    @property
    def buckets(self) -> Mapping[str, Decimal]:
        """What is open, by age."""
        return self.sums.buckets if self.sums else {}

    @property
    def credit(self) -> Decimal:
        """What was paid or credited, and has settled no invoice; zero or negative."""
        return self.sums.unapplied if self.sums else ZERO

    @property
    def disputed(self) -> Decimal:
        """What is open and in dispute."""
        return sum((one.standing.disputed for one in self.items), ZERO)

    @property
    def asked(self) -> tuple[AgedItem, ...]:
        """The open items of which something is to be paid."""
        return tuple(one for one in self.items if _is_asked(one))

    @property
    def to_pay(self) -> Decimal:
        """What is to be paid, due or not: never more than the balance.

        Neither what is in dispute, nor what a discount that was taken left; and all
        credit is taken off it.
        """
        if not self.asked:
            return ZERO
        owed = sum((_owed(one) for one in self.items), ZERO)
        return max(ZERO, owed + self.credit)

    @property
    def not_due(self) -> Decimal:
        """What of that is not due yet."""
        later = (_owed(one) for one in self.asked if (one.days_overdue or 0) < 0)
        return min(self.to_pay, sum(later, ZERO))

    def as_dict(self) -> dict[str, Any]:
        """Return the section as JSON has it."""
        return {
            "currency": self.currency,
            "opening": exact(self.opening),
            "movements": [one.as_dict() for one in self.lines],
            "closing": exact(self.closing),
            "overdue": exact(self.overdue),
            "disputed": exact(self.disputed),
            "unapplied": exact(self.credit),
            "to_pay": exact(self.to_pay),
            "buckets": {name: exact(sum_) for name, sum_ in self.buckets.items()},
            "items": [_open(one) for one in self.items],
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's account from one day to another, both included.

    `language` is the customer's, as typed.
    """

    customer: Customer
    first: dt.date
    last: dt.date
    language: str
    sender: str
    sections: tuple[Section, ...]

    def payable(self, section: Section) -> Payable | None:
        """Return what is to be paid in a currency; None for nothing."""
        if not section.to_pay:
            return None
        numbers = dict.fromkeys(one.item.invoice for one in section.asked)
        return Payable(
            section.currency,
            section.to_pay,
            tuple(filter(None, numbers)),
            self.customer,
            self.language,
            self.sender,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the statement as JSON has it: amounts exact strings, dates ISO."""
        return {
            "as_of": self.last.isoformat(),
            "customer": self.customer.name or None,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "currencies": [section.as_dict() for section in self.sections],
        }


def _open(one: AgedItem) -> dict[str, Any]:
    """Return an open item as JSON has it."""
    item, disputed = one.item, one.standing.disputed
    return {
        "invoice": item.invoice,
        "instalment": item.instalment,
        "date": item.date.isoformat(),
        "due": item.due.isoformat() if item.due else None,
        "days_overdue": one.days_overdue,
        "amount": exact(item.invoiced),
        "open": exact(item.open),
        "disputed": exact(disputed) if disputed else None,
    }


def _is_asked(one: AgedItem) -> bool:
    """Tell whether anything of an open item is to be paid."""
    where = one.standing
    is_owed = where.held is None or where.held.is_owed
    return is_owed and where.disputed < one.item.open


def _owed(one: AgedItem) -> Decimal:
    """Return what is owed of an open item, credit aside."""
    if one.standing.held is Held.DISCOUNT:
        return ZERO
    return one.item.open - one.standing.disputed


def statement(
    books: Books, name: str, first: dt.date | None = None
) -> Statement | None:
    """Return a customer's statement of account.

    Args:
        books: The ledger on the statement's last day.
        name: The customer's name, in any case.
        first: The first day; that of the last day's year by default.

    Returns:
        The statement. A currency in which nothing moved and nothing is owed is left
        out, unless there is no other. None where the customer's account never moved.
    """
    books, key = books.with_settled(None), folded(name)

    def is_theirs(one: Item | Unapplied) -> bool:
        return folded(one.customer) == key

    receivables = books.receivables
    items = list(filter(is_theirs, receivables.all_items))
    left = list(filter(is_theirs, receivables.unapplied))
    if not (items or left):
        return None
    settings = books.settings
    customer = settings.customer((items or left)[0].customer)
    first = first or books.as_of.replace(month=1, day=1)
    report = age(books, is_theirs)
    sums = {row.currency: row for row in report.totals}
    back = Returns(books).find(items)
    returned = frozenset(item.identity for item in items if id(item) in back)
    sections = [
        Section(
            currency,
            *_span(moves, first),
            tuple(one for one in report.items if one.item.currency == currency),
            tuple(one for one in report.unapplied if one.currency == currency),
            sums.get(currency),
            returned,
        )
        for currency, moves in movements(books, items, left).items()
    ]
    told = [one for one in sections if one.opening or one.lines]
    return Statement(
        customer,
        first,
        books.as_of,
        customer.language or settings.language,
        settings.sender or "",
        tuple(told or sections),
    )


def _span(
    moves: Sequence[Movement], first: dt.date
) -> tuple[Decimal, tuple[Line, ...]]:
    """Return the balance before a day, and what moved it since."""
    opening = balance = sum((one.amount for one in moves if one.date < first), ZERO)
    lines = []
    for one in moves:
        if one.date >= first:
            balance += one.amount
            lines.append(Line(one, balance))
    return opening, tuple(lines)
