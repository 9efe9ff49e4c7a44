"""What moved a customer's account: invoices, charges, payments, credits.

A movement is a transaction, however many instalments it has or settles. What money came
in with it is a payment, and what else it takes off, such as a discount, a credit. A
transaction that moves a customer's debt from one of the customer's accounts to another
moves nothing. A debit that books a payment of an invoice back is no invoice, see
`returns`; what the bank takes for that is its fee.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.flags import FLAG_PADDING

from beancount_dunning.answers.returns import OWN_DUE_DATES
from beancount_dunning.answers.returns import Returns
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.readable import debits_of
from beancount_dunning.ledger.readable import postings_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.items import DueSource
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books

    # A transaction, what it is, and what it is about where that stands apart.
    _Key = tuple[int, "MovementKind", str | None]


class MovementKind(StrEnum):
    """What moves a customer's account."""

    INVOICE = "invoice"
    RETURN = "return"
    BANK_FEE = "bank fee"
    INTEREST = "interest"
    FEE = "fee"
    COMPENSATION = "compensation"
    PAYMENT = "payment"
    CREDIT = "credit"
    REFUND = "refund"
    TRANSFER = "transfer"
    BROUGHT_FORWARD = "brought forward"


_KINDS = tuple(MovementKind)


@dataclass(frozen=True, slots=True)
class Movement:
    """A transaction on a customer's account, in one currency.

    `amount` is positive where it adds to what the customer owes, and `invoices` are the
    numbers that it is about.
    """

    date: dt.date
    kind: MovementKind
    amount: Decimal
    invoices: tuple[str, ...]
    text: str
    filename: str
    lineno: int

    def as_dict(self) -> dict[str, Any]:
        """Return the movement as JSON has it."""
        return {
            "date": self.date.isoformat(),
            "kind": self.kind,
            "invoices": list(self.invoices),
            "text": self.text or None,
            "amount": exact(self.amount),
            "file": self.filename,
            "line": self.lineno,
        }


def movements(
    books: Books, items: Iterable[Item], left: Iterable[Unapplied]
) -> Mapping[str, Sequence[Movement]]:
    """Tell what moved a customer's account.

    Args:
        books: The ledger on a date.
        items: All that the customer was ever invoiced, settled items included.
        left: What credits left over.

    Returns:
        The movements by currency, in order; they add up to what is open less what is
        left over.
    """
    account = _Account(books)
    account.add_items([*items])
    for credit in left:
        account.add(credit, credit.entry, credit.amount)
    return account.movements()


class Kinds:
    """Tells what transactions on receivable accounts are."""

    def __init__(self, books: Books) -> None:
        """Take the ledger, whose options name the kinds of accounts."""
        self._accounts = books.settings.accounts
        self._assets = root_prefix(books.options, "assets")
        self._returns = Returns(books)

    def of_debits(self, items: Sequence[Item]) -> list[tuple[MovementKind, Decimal]]:
        """Tell what opened each of all items of some invoices, see `of_debit`.

        Returns:
            What it is, and how much of it is what the bank takes for a return.
        """
        back = self._returns.find(items)
        return [
            (MovementKind.RETURN, back[id(item)].fee)
            if id(item) in back
            else (self.of_debit(item), ZERO)
            for item in items
        ]

    def of_debit(self, item: Item) -> MovementKind:
        """Return what opened an item that is all of its invoice."""
        neither = self.of_neither(item.entry)
        if neither is not None:
            return neither
        if item.charge:
            return MovementKind(item.charge)
        return self.of_sale(item.entry, item.due_from)

    def of_sale(self, entry: Transaction, due_from: DueSource | None) -> MovementKind:
        """Return what a debit is that charges nothing; `due_from` says when it is due.

        See `Item.due_from`.
        """
        says_when = due_from in OWN_DUE_DATES
        is_refund = not says_when and self._returns.is_paid_out(entry)
        return MovementKind.REFUND if is_refund else MovementKind.INVOICE

    def of_neither(self, entry: Transaction) -> MovementKind | None:
        """Return what a transaction is that neither invoices nor pays."""
        if entry.flag == FLAG_PADDING:
            return MovementKind.BROUGHT_FORWARD
        accounts = self._accounts
        try:
            for one in entry.postings:
                if accounts[one.account] is None:
                    return None
        except (AttributeError, TypeError):
            if not all(accounts[one.account] for one in postings_of(entry)):
                return None
        return MovementKind.TRANSFER

    def money(self, entry: Transaction) -> list[Posting]:
        """Return the postings by which money came in."""
        return [*money_in(entry, self._accounts, self._assets)]

    def of_credit(self, entry: Transaction) -> tuple[MovementKind, str | None]:
        """Return what a transaction is that credits, and the account on the other side.

        Returns:
            A payment, with the account that most of the money came in on; or a credit,
            with that of its largest debit; or what it is that does neither.
        """
        neither = self.of_neither(entry)
        if neither is not None:
            return neither, None
        debits = debits_of(entry)
        if len(debits) > 1:
            money = [one for one in debits if self._takes_money(one[1])]
            debits = [max(money or debits, key=itemgetter(0))]
        for _, account in debits:
            is_money = self._takes_money(account)
            return MovementKind.PAYMENT if is_money else MovementKind.CREDIT, account
        return MovementKind.CREDIT, None

    def lone_debit(self, entry: Transaction) -> str | None:
        """Return the only other account of a transaction that credits a receivable one.

        None where it has more postings, or debits nothing there. Most payments have
        such an account, and it alone says what they are.
        """
        postings: Any = entry.postings
        accounts = self._accounts
        try:
            one, other = postings
            if accounts[one.account] is not None:
                one, other = other, one
            account: str = one.account
            is_lone = accounts[account] is None and accounts[other.account] is not None
            is_debit = one.units.number > ZERO
        except (ArithmeticError, AttributeError, TypeError, ValueError):
            return None
        return account if is_lone and is_debit and entry.flag != FLAG_PADDING else None

    def _takes_money(self, account: str) -> bool:
        """Tell whether a debit to an account is money, see `money_in`."""
        return account.startswith(self._assets) and self._accounts[account] is None


@dataclass(slots=True)
class _Sum:
    """What a transaction comes to."""

    entry: Transaction
    amount: Decimal = ZERO
    invoices: set[str] = field(default_factory=set)


class _Account:
    """A customer's account, on which movements add up."""

    def __init__(self, books: Books) -> None:
        self._kinds = Kinds(books)
        self._sums: dict[str, dict[_Key, _Sum]] = defaultdict(dict)

    def movements(self) -> dict[str, list[Movement]]:
        """Return what moved, by currency."""
        return {
            currency: sorted(self._told(currency), key=_order)
            for currency in sorted(self._sums)
        }

    def add_items(self, items: Sequence[Item]) -> None:
        """Add all items of some invoices, and what settled them."""
        kinds = self._kinds.of_debits(items)
        for item, (kind, fee) in zip(items, kinds, strict=True):
            self.add(item, item.entry, item.amount - fee, kind)
            if fee:
                self.add(item, item.entry, fee, MovementKind.BANK_FEE)
            for one in item.settlements:
                self.add(item, one.entry, -one.amount)

    def add(
        self,
        of: Item | Unapplied,
        entry: Transaction,
        amount: Decimal,
        kind: MovementKind | None = None,
    ) -> None:
        """Add an amount of a transaction, a credit where its kind is not told."""
        if kind is None:
            kind = self._kinds.of_neither(entry) or MovementKind.PAYMENT
        invoice = getattr(of, "invoice", None)
        # What is invoiced together stands apart by number, a payment does not.
        apart = invoice if amount > 0 and kind is not MovementKind.TRANSFER else None
        key = id(entry), kind, apart
        sum_ = self._sums[of.currency].setdefault(key, _Sum(entry))
        sum_.amount += amount
        if invoice:
            sum_.invoices.add(invoice)

    def _told(self, currency: str) -> Iterator[Movement]:
        for (_, kind, _), sum_ in self._sums[currency].items():
            parts = {kind: sum_.amount}
            if kind is MovementKind.PAYMENT:
                paid = self._paid(sum_, currency)
                parts = {kind: -paid, MovementKind.CREDIT: sum_.amount + paid}
            for one, amount in parts.items():
                if amount:
                    yield _movement(sum_, one, amount)

    def _paid(self, sum_: _Sum, currency: str) -> Decimal:
        """Return how much of a credit is money: all, where that is in another."""
        postings: list[Any] = self._kinds.money(sum_.entry)
        same = [one.units.number for one in postings if one.units.currency == currency]
        if postings and not same:
            return -sum_.amount
        return min(sum(same, ZERO), -sum_.amount)


def _movement(sum_: _Sum, kind: MovementKind, amount: Decimal) -> Movement:
    where = place(sum_.entry.meta)
    return Movement(
        sum_.entry.date,
        kind,
        amount,
        tuple(sorted(sum_.invoices)),
        str(sum_.entry.narration or ""),
        where["filename"],
        where["lineno"],
    )


def _order(one: Movement) -> tuple[object, ...]:
    """Return where a movement stands: by date, what adds to the debt first."""
    place_ = one.filename, one.lineno
    return one.date, one.amount < 0, place_, _KINDS.index(one.kind), one.invoices
