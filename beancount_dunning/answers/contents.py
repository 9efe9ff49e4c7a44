"""What a letter says: facts and sums, before any language or layout.

Each bill adds up: invoiced, and what was charged on it, less payments and credit notes,
and with payments that came back and the bank's fees for that, is what is open of it.
What a letter asks for is that less the customer's credit, so it is never more than the
balance.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Mapping
    from decimal import Decimal

    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.ledger.items import ChargeKind
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.policies import Channel
    from beancount_dunning.ledger.policies import Step


class Tone(StrEnum):
    """How a letter speaks."""

    NOTICE = "notice"
    TODAY = "today"
    FRIENDLY = "friendly"
    FIRM = "firm"
    FINAL = "final"
    PLAN = "plan"
    PROMISE = "promise"
    THANKS = "thanks"

    @property
    def is_late(self) -> bool:
        """Whether it is about what is overdue."""
        return self not in {Tone.NOTICE, Tone.TODAY, Tone.THANKS}


@dataclass(frozen=True, slots=True)
class Settled:
    """What a credit took off a bill; what is no payment is a credit note, or alike."""

    date: dt.date
    amount: Decimal
    is_payment: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """A payment of a bill that came back, and is open again; and the bank's fee."""

    date: dt.date
    amount: Decimal
    fee: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Charged:
    """What was charged on a bill for being late, and is in what is open of it."""

    kind: ChargeKind
    date: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice in a letter, or an instalment of it, in one currency.

    Attributes:
        invoice: Its number; None where it has none.
        date: The invoice's date; None where only charges on it are in this currency.
        description: What it was for.
        instalment: Which it is of how many, like "1/3"; empty where there is one.
        invoiced: What was invoiced.
        charged: What was charged on it.
        settled: What was paid or credited.
        open: What that leaves.
        disputed: How much of that is in dispute.
        asked: What is asked for: the rest less the customer's credit.
        due: When it was due.
        days_late: How long ago that is; negative before it.
        originally_due: When it was due before the plan that it is a part of.
        returned: What of the payments came back.
    """

    invoice: str | None
    date: dt.date | None
    description: str
    instalment: str
    currency: str
    invoiced: Decimal
    charged: tuple[Charged, ...]
    settled: tuple[Settled, ...]
    open: Decimal
    disputed: Decimal
    asked: Decimal
    due: dt.date
    days_late: int
    originally_due: dt.date | None = None
    returned: tuple[Returned, ...] = ()

    @property
    def is_partly_paid(self) -> bool:
        """Whether something of it was paid, and did not come back."""
        paid = sum((one.amount for one in self.settled if one.is_payment), ZERO)
        return paid > sum((one.amount for one in self.returned), ZERO)

    @property
    def is_late(self) -> bool:
        """Whether it is overdue."""
        return self.days_late > 0


@dataclass(frozen=True, slots=True)
class Sum:
    """What some bills come to: open, less dispute and credit, is asked for."""

    currency: str
    open: Decimal
    disputed: Decimal
    credit: Decimal
    asked: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """What a customer paid, and for which invoices."""

    date: dt.date
    amount: Decimal
    currency: str
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Payable:
    """What is to be paid in one transfer.

    Attributes:
        currency: In which currency.
        amount: How much.
        invoices: The numbers of what it is for.
        customer: Who pays.
        language: The customer's language, as typed.
        sender: Who is paid, in lines.
    """

    currency: str
    amount: Decimal
    invoices: tuple[str, ...]
    customer: Customer
    language: str
    sender: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a letter to a customer says.

    Attributes:
        step: The furthest step; None where the letter is no reminder.
        way: How it goes out; None where the customer's file has no address for any.
        language: In which language, as typed.
        sender: Who writes, in lines.
        credit: Unapplied credit that this letter takes off nothing, by currency.
        pay_by: The day by which it asks to pay.
        earlier: When the customer was reminded before.
        promise: The note of a promise that was broken since.
        following: The step that comes next, where that is the last.
        payments: What was paid since the last letter, or since the day asked for.
        is_settled: Whether the customer owes nothing any more.
    """

    tone: Tone
    step: Step | None
    customer: Customer
    way: Channel | None
    language: str
    sender: str
    date: dt.date
    bills: tuple[Bill, ...] = ()
    credit: Mapping[str, Decimal] = field(default_factory=dict)
    pay_by: dt.date | None = None
    earlier: tuple[dt.date, ...] = ()
    promise: LogEntry | None = None
    following: Step | None = None
    payments: tuple[Payment, ...] = ()
    is_settled: bool = False

    @property
    def late(self) -> tuple[Bill, ...]:
        """The bills that it asks to pay by its day."""
        if not self.tone.is_late:
            return self.bills
        return tuple(bill for bill in self.bills if bill.is_late)

    @property
    def later(self) -> tuple[Bill, ...]:
        """The bills that are not due yet, beside others that are overdue."""
        late = self.late
        return tuple(bill for bill in self.bills if bill not in late)

    @property
    def invoices(self) -> tuple[str, ...]:
        """The numbers of its invoices, each once."""
        return _numbers(self.bills)

    @property
    def payable(self) -> Payable | None:
        """What it asks for; None where that is nothing, or in several currencies."""
        asked = [one for one in sums(self.late) if one.asked]
        if len(asked) != 1:
            return None
        (one,) = asked
        numbers = _numbers(self.late)
        return Payable(
            one.currency, one.asked, numbers, self.customer, self.language, self.sender
        )

    @property
    def days_late(self) -> int:
        """How long the oldest bill has been overdue."""
        return max((bill.days_late for bill in self.bills), default=0)


def _numbers(bills: Iterable[Bill]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(bill.invoice for bill in bills if bill.invoice))


def sums(bills: Iterable[Bill]) -> tuple[Sum, ...]:
    """Add up bills.

    Args:
        bills: The bills.

    Returns:
        A sum for each currency, in the order in which they come.
    """
    found: dict[str, Sum] = {}
    for bill in bills:
        before = found.get(bill.currency, Sum(bill.currency, *4 * (ZERO,)))
        found[bill.currency] = Sum(
            bill.currency,
            before.open + bill.open,
            before.disputed + bill.disputed,
            before.credit + bill.open - bill.disputed - bill.asked,
            before.asked + bill.asked,
        )
    return tuple(found.values())
