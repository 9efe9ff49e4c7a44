"""What is written on a receivable posting: customer, policy, charge."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.basics.errors import ReceivableError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.due_dates import DueDates
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.ledger.names import Spellings
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.nearly import PAYMENT_KEYS
from beancount_dunning.ledger.nearly import POSTING_KEYS
from beancount_dunning.ledger.nearly import near_key
from beancount_dunning.ledger.policies import NO_POLICY
from beancount_dunning.ledger.references import quote_the_reference
from beancount_dunning.ledger.references import references
from beancount_dunning.ledger.values import meant
from beancount_dunning.ledger.values import no_policy
from beancount_dunning.ledger.values import one_of
from beancount_dunning.ledger.values import wrong_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.ledger.settings import Settings


class Posted(NamedTuple):
    """A posting to a receivable account, with its amount."""

    entry: Transaction
    posting: Posting
    account: Account
    number: Decimal
    currency: str


class PostingReader:
    """Reads what is written on postings; reports each mistake once.

    `due_dates` reads when they fall due.
    """

    def __init__(self, settings: Settings) -> None:
        """Begin; settings say what counts where postings say nothing."""
        self.settings = settings
        self.due_dates = DueDates(settings, self.problem)
        self._spellings = Spellings(settings.spellings)
        self.problems: dict[tuple[Any, ...], ReceivableError] = {}

    def problem(
        self, meta: Mapping[str, Any] | None, entry: Transaction, message: Words
    ) -> None:
        """Report a mistake, at the line of the metadata that has it."""
        source = where(meta, entry)
        key = (source["filename"], source["lineno"], message)
        self.problems.setdefault(key, ReceivableError(source, message, entry))

    def references(self, entry: Transaction, posting: Posting) -> list[str]:
        """Return the references that a posting names."""
        return references(
            entry,
            posting,
            lambda meta, value: self.problem(meta, entry, quote_the_reference(value)),
        )

    def meet(self, posted: Posted) -> None:
        """Take in how a posting spells its customer, before anyone is shown."""
        name, is_payment = self._customer(posted), posted.number < 0
        self._spellings.add(name, posted.entry.date, is_payment=is_payment)

    def customer(self, posted: Posted) -> str:
        """Return the customer: as said on the spot, or else the account's or payee."""
        return self._spellings.shown(self._customer(posted))

    def is_known(self, customer: str) -> bool:
        """Tell whether anything but payments names a customer."""
        return self._spellings.is_known(customer)

    def _customer(self, posted: Posted) -> str:
        """Return the customer as spelled here."""
        entry, account = posted.entry, posted.account
        for meta in (posted.posting.meta, entry.meta):
            if meta and "customer" in meta:
                value = meta["customer"]
                if isinstance(value, str):
                    if value.strip():
                        return value.strip()
                elif value is not None:
                    text = Words(
                        'customer: expected a name in quotes, like "Acme GmbH".'
                    )
                    self.problem(meta, entry, text)
        payee = entry.payee.strip() if isinstance(entry.payee, str) else ""
        if posted.number < 0:
            payee = self.settings.payers.get(folded(payee), payee)
        return account.customer or payee or account.component or ""

    def own_policy(self, posted: Posted) -> str | None:
        """Return the policy of the transaction or the account, whatever the day."""
        settings = self.settings
        policy = posted.entry.meta.get("policy") if posted.entry.meta else None
        if policy is not None and policy != "":
            if isinstance(policy, str) and settings.knows_policy(policy):
                return policy
            known = sorted([*settings.policies, NO_POLICY])
            message = no_policy(policy, known)
            self.problem(posted.entry.meta, posted.entry, message)
        return posted.account.policy

    def policy(self, own: str | None, customer: str) -> str:
        """Return the policy that counts on the as-of date."""
        return own or self.settings.customer(customer).policy or self.settings.policy

    def charge(self, posted: Posted) -> ChargeKind | None:
        """Return what a debit charges for lateness; None for a sale."""
        meta = posted.entry.meta
        charge = meta.get("charge") if meta else None
        if charge is None:
            return None
        # An amount in metadata cannot be compared with text.
        if isinstance(charge, str) and charge in set(ChargeKind):
            return ChargeKind(charge)
        message = wrong_value("charge", one_of(ChargeKind), charge)
        self.problem(meta, posted.entry, message)
        return None

    def check(self, posted: Posted) -> None:
        """Report what is wrong with a debit, whether or not it is still open."""
        self.own_policy(posted)
        self.charge(posted)
        self.due_dates.check(posted, self.customer(posted))

    def check_keys(self, posted: Posted) -> None:
        """Report keys that are nearly ours, unless what they would say is said."""
        entry, posting = posted.entry, posted.posting
        metas = [meta for meta in (posting.meta, entry.meta) if meta]
        is_invoice = posted.number > 0
        keys = POSTING_KEYS if is_invoice else PAYMENT_KEYS
        for meta in metas:
            for key in meta:
                ours = near_key(key, keys)
                if ours is None or any(ours in told for told in metas):
                    continue
                if ours == "step" and not any("charge" in told for told in metas):
                    continue  # It says which reminder a fee is for, and nothing else.
                if ours != "invoice" or not self.references(entry, posting):
                    text = Words('"{key}" is not a key of a payment.', key=key)
                    if is_invoice:
                        text = Words('"{key}" is not a key of an invoice.', key=key)
                    self.problem(meta, entry, Words.joined("", [text, meant([ours])]))


def where(meta: Mapping[str, Any] | None, entry: Transaction) -> dict[str, Any]:
    """Return where a posting stands, or its transaction if nobody knows."""
    source = place(meta)
    return source if source["lineno"] else place(entry.meta)
