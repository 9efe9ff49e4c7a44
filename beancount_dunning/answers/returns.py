"""Payments that came back: the debits that book one back, and what the bank takes.

    2026-07-06 * "Acme GmbH" "Direct debit returned" ^INV-5
      due: 2026-07-13
      Assets:Receivable:Acme   1203.50 EUR
      Assets:Bank

Such a debit names an invoice that an earlier debit opened, and as much money goes out
as one payment of the invoice brought, whenever it is due again. What is paid for a
customer and passed on may look alike, so something has to tell: the text, the due date
of an earlier debit, or what was invoiced or paid, which banks repeat: that text, and
the payment's own account. It tells nothing where the invoice was passed on, too.

A little more than the payment is the bank's fee, where the text or a due date that is
past tells, or where the payment stands apart from it, on a posting of its own. The fee
may be an income, where no more money goes out than the payment brought and what is
booked as an expense beside it.

What pays back too much is a refund: without a due date of its own, a debit books
nothing back that leaves nothing to pay.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections import deque
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.answers.as_invoiced import amount_of
from beancount_dunning.answers.as_invoiced import as_invoiced
from beancount_dunning.answers.as_invoiced import invoice_of
from beancount_dunning.answers.incoming import says_back
from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.bank_text import normalized
from beancount_dunning.ledger.bank_text import texts
from beancount_dunning.ledger.items import DueSource
from beancount_dunning.ledger.readable import postings_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

# An invoice that says itself when it is due.
OWN_DUE_DATES = frozenset(
    {
        DueSource.POSTING,
        DueSource.TRANSACTION,
        DueSource.POSTING_TERMS,
        DueSource.TRANSACTION_TERMS,
    }
)
# What banks write of a direct debit that was not paid, beside that it came back.
_UNPAID = re.compile(
    r"""
    \b(?: unpaid | dishono | reject | refus | failed | insufficient | nsf | rls
        | impay | impagad | insolut | onbetaald | geweigerd | weigering | gestorneerd
        | lastschriftr(?:ü|ue|u)ck | geplatzt | nicht\ eingel(?:ö|oe)st
        | mangels\ deckung )\w*
    | (?:引き?落と?し?|振替)不能 | 残高不足 | 退票 | [余餘][额額]不足 | 扣款失[败敗]
    """,
    re.VERBOSE,
)
# A bank takes no more than a quarter of what came back: 5.00 of 20.00.
_MOST_PARTS = 4


class Return(NamedTuple):
    """The payment that a debit books back, and what the bank takes for it."""

    payment: Transaction
    fee: Decimal


@dataclass(frozen=True, slots=True)
class _Debit:
    """A transaction that adds to an invoice.

    Attributes:
        items: What it opened.
        amount: How much that is.
        out: The postings by which money went out.
        has_income: Whether something was sold with it.
    """

    entry: Transaction
    items: tuple[Item, ...]
    amount: Decimal
    out: tuple[Posting, ...]
    has_income: bool

    @property
    def is_paid_out(self) -> bool:
        """Whether money went out, and nothing was sold."""
        return bool(self.out) and not self.has_income

    @property
    def turn(self) -> tuple[dt.date, bool]:
        """Its place: by date, what may book a payment back last."""
        return self.entry.date, bool(self.out)

    @property
    def accounts(self) -> set[str]:
        """The accounts from which money went out."""
        return {one.account for one in self.out}

    @property
    def paid_out(self) -> Decimal:
        """How much money went out in its currency."""
        return sum(map(self._number, self.out), ZERO)

    @property
    def spent(self) -> Decimal:
        """How much of it was for something else, such as what the bank takes."""
        ours = {item.account for item in self.items}
        numbers = [
            -self._number(one)
            for one in postings_of(self.entry)
            if one.account not in ours
        ]
        return sum((number for number in numbers if number > 0), ZERO)

    def may_add_to(self, amount: Decimal) -> bool:
        """Tell whether what it is more than an amount may be a bank's fee."""
        return 0 < (self.amount - amount) * _MOST_PARTS <= amount

    @property
    def legs(self) -> set[Decimal]:
        """The amounts that stand on a posting of their own."""
        accounts = {*self.accounts, *(item.account for item in self.items)}
        postings = postings_of(self.entry)
        return {abs(self._number(one)) for one in postings if one.account in accounts}

    def _number(self, posting: Posting) -> Decimal:
        """Return what goes out by a posting, in the currency of the items."""
        units: Any = posting.units
        return -units.number if units.currency == self.items[0].currency else ZERO

    @property
    def says_back(self) -> bool:
        """Whether the text says that it came back; a payee may be called so."""
        payee, said = self.entry.payee, texts(self.entry, self.out[0])
        told = [text for text in said if text != payee]
        return says_back(told) or any(_UNPAID.search(normalized(one)) for one in told)


@dataclass(slots=True, eq=False)
class _Payment:
    """What a transaction paid of an invoice, and the accounts that it came in on."""

    entry: Transaction
    accounts: frozenset[str]
    amount: Decimal = ZERO


class Returns:
    """Finds the payments that came back."""

    def __init__(self, books: Books) -> None:
        """Take the ledger, whose options name the kinds of accounts."""
        self._accounts = books.settings.accounts
        self._assets = root_prefix(books.options, "assets")
        self._income = root_prefix(books.options, "income")

    def find(self, items: Iterable[Item]) -> dict[int, Return]:
        """Find the payments of invoices that came back: see the module.

        Args:
            items: All items of some invoices, those that are settled included.

        Returns:
            The payments, by the `id` of each item that books one back.
        """
        invoices: dict[object, list[Item]] = defaultdict(list)
        for item in items:
            invoices[invoice_of(item)].append(item)
        found: dict[int, Return] = {}
        for some in invoices.values():
            if len(some) > 1:
                found.update(self._of_invoice(some))
        return found

    def is_paid_out(self, entry: Transaction) -> bool:
        """Tell whether money went out; goods go out with an invoice, for an income."""
        return not self._has_income(entry) and any(self._money_out(entry))

    def _has_income(self, entry: Transaction) -> bool:
        return any(one.account.startswith(self._income) for one in postings_of(entry))

    def _money_out(self, entry: Transaction) -> Iterator[Posting]:
        """Yield the postings by which money went out: credits on other assets."""
        postings: Sequence[Any] = postings_of(entry)
        for one in postings:
            if (
                one.units.number < 0
                and one.account.startswith(self._assets)
                and not self._accounts[one.account]
            ):
                yield one

    def _of_invoice(self, items: Sequence[Item]) -> Iterator[tuple[int, Return]]:
        """Yield what `find` finds of one invoice."""
        history = _History(items, self._payments(items))
        for debit in sorted(self._debits(items), key=lambda debit: debit.turn):
            came = history.read(debit)
            if came is None:
                continue
            left = debit.amount - came.amount
            for item in debit.items:
                fee = min(left, amount_of(item)) if item.leads else ZERO
                left -= fee
                yield id(item), Return(came.entry, fee)

    def _debits(self, items: Iterable[Item]) -> Iterator[_Debit]:
        """Yield what invoiced, or may book a payment back; charges are neither."""
        found: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            if not item.charge:
                found[id(item.entry)].append(item)
        for some in found.values():
            entry = some[0].entry
            yield _Debit(
                entry,
                tuple(some),
                sum((amount_of(item) for item in some if item.leads), ZERO),
                tuple(self._money_out(entry)),
                self._has_income(entry),
            )

    def _payments(self, items: Iterable[Item]) -> list[_Payment]:
        """Return what settled items and brought money in."""
        found: dict[int, _Payment] = {}
        for one in (one for item in items for one in item.settlements):
            key, entry = id(one.entry), one.entry
            if key not in found:
                money = money_in(entry, self._accounts, self._assets)
                accounts = frozenset(posting.account for posting in money)
                found[key] = _Payment(entry, accounts)
            found[key].amount += one.amount
        return [payment for payment in found.values() if payment.accounts]


class _History:
    """What was invoiced and paid of an invoice, up to one of its debits."""

    def __init__(self, items: Sequence[Item], payments: Iterable[_Payment]) -> None:
        self._payments: dict[Decimal, list[_Payment]] = defaultdict(list)
        for payment in payments:
            self._payments[payment.amount].append(payment)
        # What else moves the balance than debits that are read.
        moves = [(item.date, item.amount) for item in items if item.charge]
        moves += [(one.date, -one.amount) for item in items for one in item.settlements]
        self._to_come = deque(sorted(moves))
        self._balance = ZERO
        self._dues: set[dt.date | None] = set()
        self._narrations: set[str] = set()
        self._is_passed_on = False

    def read(self, debit: _Debit) -> _Payment | None:
        """Return the payment that the next debit books back; None where it sells."""
        self._balance += debit.amount
        while self._to_come and self._to_come[0][0] <= debit.entry.date:
            self._balance += self._to_come.popleft()[1]
        came = self._booked_back(debit) if self._dues and debit.out else None
        if came is not None:
            self._payments[came.amount].remove(came)
            return came
        self._dues.update(as_invoiced(item).due for item in debit.items)
        self._narrations.add(_narration(debit.entry))
        self._is_passed_on = self._is_passed_on or debit.is_paid_out
        return None

    def _booked_back(self, debit: _Debit) -> _Payment | None:
        """Return the payment that a debit books back, if there is one."""
        says = [as_invoiced(item) for item in debit.items]
        is_dated = all(one.due_from in OWN_DUE_DATES for one in says)
        if not is_dated and self._balance <= 0:
            return None
        dues = [one.due for one in says]
        is_again = is_dated and self._dues.issuperset(dues)
        says_back = debit.says_back
        is_late = is_again and all(due and due <= debit.entry.date for due in dues)
        is_sure = is_again or says_back
        for amount in self._amounts(debit, is_told=says_back or is_late):
            came = [
                one
                for one in self._payments.get(amount, ())
                if one.entry.date <= debit.entry.date
                and (is_sure or self._repeats(debit, one))
            ]
            if came:
                return _latest(came, debit.entry.date)
        return None

    def _repeats(self, debit: _Debit, payment: _Payment) -> bool:
        """Tell whether a debit has a payment's account, and a text from before."""
        said = _narration(debit.entry)
        if self._is_passed_on or not said:
            return False
        is_repeated = said in self._narrations or said == _narration(payment.entry)
        return is_repeated and not payment.accounts.isdisjoint(debit.accounts)

    def _amounts(self, debit: _Debit, *, is_told: bool) -> Iterator[Decimal]:
        """Yield what the payment may have brought, the likeliest first."""
        if debit.has_income:
            if is_told:
                out = debit.paid_out
                yield from filter(debit.may_add_to, [out, out - debit.spent])
            return
        yield debit.amount
        less = self._payments if is_told else self._payments.keys() & debit.legs
        yield from sorted(filter(debit.may_add_to, less), reverse=True)


def _narration(entry: Transaction) -> str:
    # Another plugin may put anything there.
    return normalized(str(entry.narration or ""))


def _latest(payments: Iterable[_Payment], day: dt.date) -> _Payment:
    """Return the latest of some payments.

    One of the same day may be what was paid anew, if there is one before it.
    """
    before = [one for one in payments if one.entry.date < day]
    return max(before or payments, key=attrgetter("entry.date"))
