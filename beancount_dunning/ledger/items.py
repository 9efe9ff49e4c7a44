"""Open items and unapplied credit: what a reading of receivables gives."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import NamedTuple
from uuid import UUID
from uuid import uuid5

from beancount.core.flags import FLAG_PADDING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.timeline import Timeline

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.basics.errors import ReceivableError
    from beancount_dunning.ledger.cleared import Aside
    from beancount_dunning.ledger.planning import PlanOutcome
    from beancount_dunning.ledger.plans import Agreement
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.ledger.terms import Offer


# Invoice, customer, which plan of the invoice (0 for none), and instalment.
Group = tuple[str | None, str, int, int]

# What to call the customer of an item that names none.
NO_CUSTOMER = Words("(no customer)")


# The name space of items' keys; a random number that never changes.
_KEYS = UUID("b0a3f2c4-6c58-4a43-9d0e-6f0f5c3f5a11")
# Stands between the facts that name an item; no ledger has it.
_SEPARATOR = "\x1f"


class ChargeKind(StrEnum):
    """What may be charged on an invoice for being late."""

    INTEREST = "interest"
    FEE = "fee"
    COMPENSATION = "compensation"


class DueSource(StrEnum):
    """Where a due date stands, in order of precedence."""

    POSTING = "due on the posting"
    TRANSACTION = "due on the transaction"
    POSTING_TERMS = "terms on the posting"
    TRANSACTION_TERMS = "terms on the transaction"
    ACCOUNT_TERMS = "terms of the account"
    CUSTOMER_TERMS = "terms of the customer"
    OPTION_TERMS = "terms by option"
    PLAN = "part of a plan"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one credit took off an item, as a positive amount, and by which rule."""

    date: dt.date
    amount: Decimal
    entry: Transaction
    rule: Words


class Bore(NamedTuple):
    """An amount that bore interest before a plan, from the day after `after`."""

    after: dt.date
    until: dt.date
    principal: Decimal


@dataclass(frozen=True, slots=True)
class Original:
    """An item as it was invoiced, before a plan laid it out anew."""

    amount: Decimal
    number: int
    count: int
    due: dt.date | None
    due_from: DueSource | None
    due_written: dt.date | None
    terms: str | None


def taken_offer(
    offers: Iterable[Offer],
    amount: Decimal,
    currency: str,
    settlements: Iterable[Settlement],
) -> Offer | None:
    """Return the discount that was taken: by its last day enough was paid.

    Args:
        offers: The discounts that an item offers.
        amount: What was invoiced.
        currency: In which currency.
        settlements: What was paid.
    """
    paid_by = [(one.date, one.amount) for one in settlements]
    for offer in offers:
        paid = sum((part for day, part in paid_by if day <= offer.until), ZERO)
        if paid and paid >= offer.reduced(amount, currency):
            return offer
    return None


@dataclass(frozen=True, slots=True)
class Item:
    """Something a customer owes: an invoice, or one instalment of it.

    Attributes:
        facts: What names the item for as long as its invoice exists, whatever is paid
            or moved.
        serial: Which it is of the items with the same facts.
        is_shared: Whether several customers have the same invoice.
        invoice: The reference; None for a debit that names none.
        number: Which instalment it is, by due date, of `count`.
        due: The due date; None where undated.
        due_written: The due date as it is written, where nobody works on it, and so
            `due` is the next working day.
        amount: What was invoiced.
        open: What the settlements left of it.
        policy: The policy that counts on the as-of date.
        own_policy: That of the transaction or the account, if they have one.
        charge: What the debit charges for lateness; None for a sale.
        due_from: Where the due date stands.
        terms: The text of the terms that the due date comes from.
        open_beside: What else is open of the instalment.
        interest_charges: Interest that was posted on the item.
        left_over: Where payments settle charges first, what those for the item have
            left over, with its date: so much interest is paid, posted or not.
        filename: With `lineno`, where a bookkeeper would look.
        plan: The plan that it is a part of, the `plan_number`th of its invoice.
        original: What was invoiced; None where no plan was ever about it. All that it
            was divided into share it, and one `leads` the others.
        since: The day from whose end on there is an item like this: of a plan, or of
            its end; None where there was one from the start.
        until: The day by whose end a plan, or its end, laid out anew what was open of
            it: `moved`.
        bears_from: The day after which it bears interest; None for its due date.
        bore: What of it bore interest before a plan, and when.
    """

    facts: tuple[str, ...]
    serial: int
    is_shared: bool
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
    own_policy: str | None
    offers: tuple[Offer, ...]
    settlements: tuple[Settlement, ...]
    charge: ChargeKind | None
    due_from: DueSource | None
    due_written: dt.date | None
    terms: str | None
    open_beside: Decimal
    entry: Transaction
    filename: str
    lineno: int
    interest_charges: tuple[Item, ...] = ()
    left_over: tuple[tuple[dt.date, Decimal], ...] = ()
    plan: Agreement | None = None
    plan_number: int = 0
    original: Original | None = None
    leads: bool = True
    moved: Decimal = ZERO
    since: dt.date | None = None
    until: dt.date | None = None
    bears_from: dt.date | None = None
    bore: tuple[Bore, ...] = ()

    def policies(self, settings: Settings) -> Timeline[str]:
        """Return the policies that counted when: its own, or else the customer's."""
        if self.own_policy is not None:
            return Timeline.always(self.own_policy)
        return settings.policies_of(self.customer)

    def policy_on(self, day: dt.date, settings: Settings) -> str:
        """Return the policy that counted on an earlier day."""
        return self.own_policy or settings.policy_of(self.customer, day)

    @property
    def together(self) -> Decimal:
        """What is open of the instalment in the currency, charges included."""
        return self.open + self.open_beside

    @property
    def group(self) -> Group:
        """What shares a ladder of reminders: an instalment, with its charges."""
        return self.invoice, self.customer, self.plan_number, self.number

    @property
    def originally_due(self) -> dt.date | None:
        """When it was due before the plan that it is a part of."""
        return self.original.due if self.plan and self.original else None

    @property
    def resumed(self) -> Original | None:
        """What it was before a plan that ended by default; None where none did."""
        is_back = self.plan is None and self.until is None and self.since is not None
        return self.original if is_back else None

    @property
    def invoiced(self) -> Decimal:
        """What was invoiced of it, which a plan that has ended takes nothing off."""
        return self.resumed.amount if self.resumed else self.amount

    @property
    def identity(self) -> str:
        """Text that names this item alone, also when others are paid."""
        return _SEPARATOR.join([*self.facts, str(self.serial)])

    @property
    def key(self) -> str:
        """A UUID made from the identity, which tells strangers nothing."""
        return str(uuid_of(_KEYS, self.identity))

    @property
    def handle(self) -> str:
        """What to ask for its story by: its reference, or its key without one."""
        return self.invoice or self.key

    @property
    def lead_key(self) -> UUID:
        """A UUID for all that is reminded together: an instalment in one currency."""
        if self.invoice is None:
            return uuid_of(_KEYS, self.identity)
        # A customer's name may be corrected, so it counts only where there are two.
        owner = self.customer if self.is_shared else ""
        facts = (*self.facts, self.currency, owner)
        return uuid_of(_KEYS, _SEPARATOR.join(facts))

    @property
    def instalment(self) -> str:
        """Which instalment of how many, like "1/3"."""
        return f"{self.number}/{self.count}"

    @property
    def label(self) -> str:
        """What to call the item: its invoice, its instalment, and what was charged."""
        said = self.invoice or self.entry.narration
        name = str(said) if said else Words("(no reference)")
        if self.entry.flag == FLAG_PADDING:
            name = Words("(padding)")
        if self.count > 1:
            name = Words.joined(" ", [name, self.instalment])
        if self.charge:
            name = {
                ChargeKind.INTEREST: Words("{name}, interest", name=name),
                ChargeKind.FEE: Words("{name}, fee", name=name),
                ChargeKind.COMPENSATION: Words("{name}, compensation", name=name),
            }[self.charge]
        is_alike = self.invoice is None and self.serial > 1
        return Words.joined(" ", [name, f"({self.serial})"]) if is_alike else name

    def days_overdue(self, as_of: dt.date) -> int | None:
        """Return the days past due, negative before it; None where undated."""
        return None if self.due is None else (as_of - self.due).days


def uuid_of(namespace: UUID, name: str) -> UUID:
    """Return the UUID of a name in a namespace, by RFC 9562, version 5."""
    # Half a surrogate pair, which no file has, cannot be written as UTF-8.
    return uuid5(namespace, name.encode(errors="backslashreplace").decode())


@dataclass(frozen=True, slots=True)
class Unapplied:
    """What a credit left over.

    Attributes:
        amount: What is left, negative, as in the account.
        reference: What the credit names, if anything: a reference, or several divided
            by blanks.
        unknown: Those of them that are no invoice's.
        posting: The credit, a posting of the transaction `entry`.
        filename: With `lineno`, where a bookkeeper would look.
    """

    customer: str
    account: str
    currency: str
    amount: Decimal
    date: dt.date
    reference: str | None
    unknown: tuple[str, ...]
    entry: Transaction
    posting: Posting
    filename: str
    lineno: int

    @property
    def words(self) -> Words:
        """What the credit is, as its transaction says beside the customer's name."""
        said = (self.reference, self.entry.payee, self.entry.narration)
        own = folded(self.customer)
        words = [str(one) for one in said if one]
        others = [one for one in words if folded(one) != own]
        return Words.joined(" ", others) or Words("Credit")

    @property
    def order(self) -> tuple[object, ...]:
        """Its place among others: by customer, account, currency and date."""
        return (
            self.customer.casefold(),
            self.customer,
            self.account,
            self.currency,
            self.date,
            self.reference or "",
            self.amount,
            str(self.entry.payee or ""),
            str(self.entry.narration or ""),
        )


@dataclass(frozen=True, slots=True)
class Receivables:
    """All that is open on a date, oldest due first, and every mistake found.

    `settled` holds what is not open any more of those invoices that were asked for, or
    of which something else is open; `unread` transactions that are dated like an
    invoice and touch no receivable account; `plans` what came of each plan. `aside` is
    all else that is settled, see `settled_aside`.
    """

    as_of: dt.date
    items: tuple[Item, ...]
    unapplied: tuple[Unapplied, ...]
    problems: tuple[ReceivableError, ...]
    aside: Aside = field(compare=False, repr=False)
    settled: tuple[Item, ...] = ()
    unread: tuple[Transaction, ...] = ()
    plans: tuple[PlanOutcome, ...] = ()

    @property
    def all_items(self) -> tuple[Item, ...]:
        """What is open, and then what is settled."""
        return *self.items, *self.settled

    @property
    def credited(self) -> set[tuple[str | None, str, str]]:
        """Reference, account and currency of all that a credit left over may name.

        What a credit names and overpays is looked at, so it is nowhere else.
        """
        found = {(one.invoice, one.account, one.currency) for one in self.all_items}
        for draft in self.aside.drafts:
            posted = draft.posted
            found.add((draft.invoice, posted.account.name, posted.currency))
        return found
