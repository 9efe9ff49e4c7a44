"""What a transaction took off an invoice, and what became of the invoice in the end.

What was credited is no payment: a credit note lessens what is to be paid, and what was
written off was never paid. A rest that is no more than the discount offered, within the
option `bank-fee`, or too small to ask for, is neither.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.answers.movements import Kinds
from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.readable import debits_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancount_dunning.ledger.terms import Offer
    from beancount_dunning.standing.books import Books

    # What became of an invoice; the day of the last payment, not before the invoice's,
    # of what is paid; and that on which the last was taken off, likewise.
    Ending = tuple["Outcome", dt.date | None, dt.date]


class Means(StrEnum):
    """What took something off an invoice, or put it back."""

    PAYMENT = "payment"
    CREDIT = "credit"
    WRITE_OFF = "write-off"
    RETURN = "return"
    BANK_FEE = "bank fee"
    TRANSFER = "transfer"
    BROUGHT_FORWARD = "brought forward"


# What came in, or went back.
MONEY = frozenset({Means.PAYMENT, Means.RETURN})


class Outcome(StrEnum):
    """What became of an invoice."""

    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written off"


# Looking up a member of an enum takes long.
_PAID = Outcome.PAID
_PAYMENT, _RETURN, _WRITE_OFF = Means.PAYMENT, Means.RETURN, Means.WRITE_OFF


class Credited(NamedTuple):
    """What a transaction took off; negative for what it put back.

    `account` is the one on the other side: of a payment the account that the money came
    in on; None where there is none. `is_named` says whether the payer named what it is
    for.
    """

    date: dt.date
    amount: Decimal
    means: Means
    account: str | None
    entry: Transaction
    is_named: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "date": self.date.isoformat(),
            "amount": exact(self.amount),
            "means": self.means,
            "account": self.account,
        }


class Outcomes:
    """Tells what transactions took off invoices, and what became of these."""

    def __init__(self, books: Books, kinds: Kinds) -> None:
        """Take the ledger, and who tells what its transactions are."""
        self._kinds = kinds
        self._settings = books.settings
        self._expenses = root_prefix(books.options, "expenses")
        # A transaction may settle many; its postings are looked at once.
        self._sides: dict[int, tuple[Means, str | None]] = {}
        # Most have one debit, on one of a few accounts.
        self._by_account: dict[str, tuple[Means, str | None]] = {}

    def credited(
        self, entry: Transaction, amount: Decimal, *, is_named: bool
    ) -> Credited:
        """Return what a transaction took off, whose payer named it or not."""
        means, account = self._side(entry)
        return Credited(entry.date, amount, means, account, entry, is_named)

    def _side(self, entry: Transaction) -> tuple[Means, str | None]:
        """Return by what means a transaction credits, and from which account."""
        account = self._kinds.lone_debit(entry)
        if account is not None:
            if account not in self._by_account:
                self._by_account[account] = self._looked_at(entry)
            return self._by_account[account]
        key = id(entry)
        if key not in self._sides:
            self._sides[key] = self._looked_at(entry)
        return self._sides[key]

    def _looked_at(self, entry: Transaction) -> tuple[Means, str | None]:
        kind, account = self._kinds.of_credit(entry)
        if kind is MovementKind.PAYMENT:
            return Means.PAYMENT, account
        is_loss = account is not None and account.startswith(self._expenses)
        if kind is MovementKind.CREDIT and is_loss:
            return Means.WRITE_OFF, account
        return Means(kind), account

    def of(
        self,
        date: dt.date,
        credited: Sequence[Credited],
        rest: Decimal,
        currency: str,
        discount: Decimal,
    ) -> Ending:
        """Tell what became of an invoice of a date of which so much is still owed."""
        if len(credited) == 1 and not rest and credited[0].means is _PAYMENT:
            # Most are paid at once.
            paid_on = max(date, credited[0].date)
            return _PAID, paid_on, paid_on
        paid, lost = ZERO, rest
        paid_on = credited_on = date
        for one in credited:
            day, amount, means = one.date, one.amount, one.means
            if means is _PAYMENT:
                paid += amount
                paid_on = max(paid_on, day)
            elif means is _RETURN:
                paid += amount
            elif means is _WRITE_OFF:
                lost += amount
            if amount > 0:
                credited_on = max(credited_on, day)
        outcome = self._outcome(paid, lost, rest, currency, discount)
        return outcome, paid_on if outcome is _PAID else None, credited_on

    def _outcome(
        self,
        paid: Decimal,
        lost: Decimal,
        rest: Decimal,
        currency: str,
        discount: Decimal,
    ) -> Outcome:
        """Tell what became of an invoice of which so much was paid, and lost so far."""
        is_paid = paid > 0
        is_some = lost and self._settings.minimum.is_reached(lost, currency)
        if is_paid and not is_some:
            return _PAID
        if rest:
            return Outcome.OPEN
        if is_paid:
            fee = self._settings.bank_fee.get(currency, ZERO)
            return _PAID if lost <= max(fee, discount) else Outcome.WRITTEN_OFF
        return Outcome.WRITTEN_OFF if lost > 0 else Outcome.CREDITED

    def took_late(
        self,
        paid_on: dt.date | None,
        offers: Sequence[Offer],
        credited: Iterable[Credited],
    ) -> bool:
        """Tell whether a discount was taken after the last day of all on offer."""
        if paid_on is None or not offers:
            return False
        is_late = paid_on > max(offer.until for offer in offers)
        return is_late and self._is_short(credited)

    def _is_short(self, credited: Iterable[Credited]) -> bool:
        """Tell whether less money came in than was settled."""
        return any(
            one.means in {Means.CREDIT, Means.WRITE_OFF}
            or (one.means is Means.PAYMENT and self._has_other_side(one.entry))
            for one in credited
        )

    def _has_other_side(self, entry: Transaction) -> bool:
        """Tell whether a payment comes with something that is no money."""
        return len(debits_of(entry)) > len(self._kinds.money(entry))


def discount_of(amount: Decimal, offers: Sequence[Offer], currency: str) -> Decimal:
    """Return how much less than was invoiced could be paid in time."""
    reduced = (offer.reduced(amount, currency) for offer in offers)
    return amount - min(reduced, default=amount)


def turn(one: Credited) -> tuple[object, ...]:
    """Return its place among others: by date, however they are entered."""
    return one.date, one.amount, one.account or ""
