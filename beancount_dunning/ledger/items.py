"""Open items and unapplied credit: what a reading of receivables gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID
from uuid import uuid5

from beancount.core.flags import FLAG_PADDING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    import datetime as dt
    from datetime import date
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.basics.errors import ReceivableError
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.ledger.settlement import Settlement
    from beancount_dunning.ledger.terms import Offer


# What to call the customer of an item that names none.
NO_CUSTOMER = "(no customer)"


# What may be charged on an invoice for being late.
CHARGES = ("interest", "fee", "compensation")


# Where a due date can come from, the first that says something.
DUE_SOURCES = (
    *("due on the posting", "due on the transaction"),
    *("terms on the posting", "terms on the transaction"),
    *("terms of the account", "terms of the customer", "terms by option"),
)


# The name space of items' keys; a random number that never changes.
_KEYS = UUID("b0a3f2c4-6c58-4a43-9d0e-6f0f5c3f5a11")


@dataclass(frozen=True, slots=True)
class Item:
    """Something a customer owes: an invoice, or one instalment of it.

    `invoice` is None for a debit without a reference. `number` of `count` are the
    instalments of the invoice, by due date; an item without a due date is
    undated. `amount` is what was invoiced, `open` what the settlements left.
    `filename` and `lineno` are where a bookkeeper would look. `identity` names the
    item for as long as its invoice exists, whatever is paid or moved; of items that
    agree in all else, `serial` tells which. `charge` says what was charged where the
    debit is no sale but "interest", a "fee" or a "compensation", and `due_from` where
    the due date stands: one of `DUE_SOURCES`. `own_policy` is that of the transaction
    or the account, if one of them names one, `open_beside` what else is open of the
    instalment where that matters for the option `minimum`, `terms` the text of the
    terms that made the due date. What is reminded together shares a `lead`.
    """

    identity: str
    serial: int
    invoice: str | None
    number: int
    count: int
    customer: str
    account: str
    currency: str
    date: dt.date
    due: dt.date | None
    amount: Decimal
    open: Decimal
    policy: str
    offers: tuple[Offer, ...]
    settlements: tuple[Settlement, ...]
    entry: Transaction
    filename: str
    lineno: int
    own_policy: str | None = None
    charge: str | None = None
    due_from: str | None = None
    open_beside: Decimal = ZERO
    terms: str | None = None
    lead: str = ""

    def policy_on(self, day: dt.date, settings: Settings) -> str:
        """Return the policy that counted on an earlier day."""
        return self.own_policy or settings.policy_of(self.customer, day)

    @property
    def together(self) -> Decimal:
        """What is open of the instalment in the currency, charges included."""
        return self.open + self.open_beside

    @property
    def group(self) -> tuple[str | None, str, int]:
        """What shares a ladder of reminders: an instalment, with its charges."""
        return self.invoice, self.customer, self.number

    @property
    def key(self) -> str:
        """A UUID made from the identity, which tells strangers nothing."""
        return str(_uuid(self.identity))

    @property
    def lead_key(self) -> UUID:
        """A UUID for all that is reminded together with this item."""
        return _uuid(self.lead or self.identity)

    @property
    def instalment(self) -> str:
        """Which instalment of how many, like "1/3"."""
        return f"{self.number}/{self.count}"

    @property
    def label(self) -> str:
        """What to call the item: its invoice, its instalment, and what was charged."""
        name = self.invoice or self.entry.narration or Words("(no reference)")
        if self.entry.flag == FLAG_PADDING:
            name = Words("(padding)")
        if self.count > 1:
            name = Words.joined(" ", [name, self.instalment])
        if self.charge:
            name = {
                "interest": Words("{name}, interest", name=name),
                "fee": Words("{name}, fee", name=name),
                "compensation": Words("{name}, compensation", name=name),
            }[self.charge]
        is_alike = self.invoice is None and self.serial > 1
        return Words.joined(" ", [name, f"({self.serial})"]) if is_alike else name

    def days_overdue(self, as_of: dt.date) -> int | None:
        """Return the days past due, negative before it; None where undated."""
        return None if self.due is None else (as_of - self.due).days


def _uuid(identity: str) -> UUID:
    # Half a surrogate pair, which no file has, cannot be written as UTF-8.
    return uuid5(_KEYS, identity.encode(errors="backslashreplace").decode())


@dataclass(frozen=True, slots=True)
class Unapplied:
    """What a credit left over; `amount` is negative, as in the account.

    `posting` is the credit, a posting of the transaction `entry`.
    """

    customer: str
    account: str
    currency: str
    amount: Decimal
    entry: Transaction
    posting: Posting


@dataclass(frozen=True, slots=True)
class Receivables:
    """All that is open on a date, oldest due first, and every mistake found.

    `settled` holds what is not open any more of those invoices that were asked for, or
    of which something else is open.
    """

    as_of: date
    items: tuple[Item, ...]
    unapplied: tuple[Unapplied, ...]
    problems: tuple[ReceivableError, ...]
    settled: tuple[Item, ...] = ()
