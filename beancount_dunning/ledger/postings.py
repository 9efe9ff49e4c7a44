"""What is written on a receivable posting: customer, due date, terms, charge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.basics.errors import ReceivableError
from beancount_dunning.basics.errors import place
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.ledger.items import DueSource
from beancount_dunning.ledger.names import Spellings
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.nearly import PAYMENT_KEYS
from beancount_dunning.ledger.nearly import POSTING_KEYS
from beancount_dunning.ledger.nearly import near_key
from beancount_dunning.ledger.policies import NO_POLICY
from beancount_dunning.ledger.references import quote_the_reference
from beancount_dunning.ledger.references import references
from beancount_dunning.ledger.terms import Terms
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.terms_text import parse_terms
from beancount_dunning.ledger.values import as_date
from beancount_dunning.ledger.values import one_of
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.ledger.values import typed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.ledger.terms import Offer
    from beancount_dunning.ledger.workdays import Workdays


class Posted(NamedTuple):
    """A posting to a receivable account, with its amount."""

    entry: Transaction
    posting: Posting
    account: Account
    number: Decimal
    currency: str


class Share(NamedTuple):
    """A debit, or an instalment of it, and when it is due; None where undated.

    An instalment has a number of its own. `meta` has the line to look at. `written` is
    the due date as it is written, where nobody works on it.
    """

    amount: Decimal
    meta: Mapping[str, Any] | None
    due: date | None = None
    due_from: DueSource | None = None
    is_instalment: bool = False
    terms: str | None = None
    offers: tuple[Offer, ...] = ()
    written: date | None = None

    def moved(self, workdays: Workdays) -> Share:
        """Return it with its due date, and the ends of its discounts, on working days.

        Whoever has until a day on which nobody works has until the next.
        """
        due = self.due and workdays.next_on(self.due)
        if due == self.due and not self.offers:
            return self
        return self._replace(
            due=due,
            offers=tuple(
                replace(offer, until=workdays.next_on(offer.until))
                for offer in self.offers
            ),
            written=self.due if due != self.due else None,
        )


class PostingReader:
    """Reads what is written on postings; reports each mistake once."""

    def __init__(self, settings: Settings) -> None:
        """Begin; settings say what counts where postings say nothing."""
        self.settings = settings
        self._spellings = Spellings(settings.spellings)
        self.problems: dict[tuple[Any, ...], ReceivableError] = {}

    def problem(
        self, meta: Mapping[str, Any] | None, entry: Transaction, message: str
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
                    self.problem(
                        meta,
                        entry,
                        'customer: expected a name in quotes, like "Acme GmbH".',
                    )
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
            self.problem(
                posted.entry.meta,
                posted.entry,
                f"There is no policy {typed(policy)}." + suggestion(str(policy), known),
            )
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
        message = f"charge: expected {one_of(ChargeKind)}; got {typed(charge)}."
        self.problem(meta, posted.entry, message)
        return None

    def shares(self, posted: Posted, customer: str, amount: Decimal) -> list[Share]:
        """Split an amount of a debit by its terms, if they ask for that.

        Args:
            posted: The debit.
            customer: Whose it is.
            amount: Its amount, or the sum of several that share all else.

        Returns:
            The instalments, or all as one share, due on working days; undated where
            nothing says when it is due, or what does makes no sense.
        """
        shares = self._shares(posted, customer, amount)
        if self.settings.holidays is None:
            return shares
        return [share.moved(self.settings.workdays) for share in shares]

    def _shares(self, posted: Posted, customer: str, amount: Decimal) -> list[Share]:
        """Split an amount of a debit, with due dates as they are written."""
        entry, meta = posted.entry, posted.posting.meta
        says, due = self._due(meta, entry)
        if says:
            return [Share(amount, meta, due, DueSource.POSTING, is_instalment=True)]
        says, due = self._due(entry.meta, entry)
        if says:
            return [Share(amount, entry.meta, due, DueSource.TRANSACTION)]
        terms, source = self._terms(posted, customer)
        has_own = meta is not None and "terms" in meta
        meta = meta if has_own else entry.meta
        if terms is None:
            return [Share(amount, meta)]
        try:
            parts = terms.instalments(amount, posted.currency, entry.date)
        except TermsError as error:
            self.problem(meta, entry, f"terms: {error}.")
            return [Share(amount, meta)]
        is_instalment = has_own or len(parts) > 1
        return [
            Share(
                part.amount,
                meta,
                part.due,
                source,
                is_instalment,
                terms.text,
                part.offers,
            )
            for part in parts
        ]

    def check(self, posted: Posted) -> None:
        """Report what is wrong with a debit, whether or not it is still open."""
        self.own_policy(posted)
        self.charge(posted)
        if not self._due(posted.posting.meta, posted.entry)[0]:
            self._due(posted.entry.meta, posted.entry)
        self._terms(posted, self.customer(posted))

    def check_keys(self, posted: Posted) -> None:
        """Report keys that are nearly ours, unless what they would say is said."""
        entry, posting = posted.entry, posted.posting
        metas = [meta for meta in (posting.meta, entry.meta) if meta]
        is_invoice = posted.number > 0
        what = "an invoice" if is_invoice else "a payment"
        keys = POSTING_KEYS if is_invoice else PAYMENT_KEYS
        for meta in metas:
            for key in meta:
                ours = near_key(key, keys)
                if ours is None or any(ours in told for told in metas):
                    continue
                if ours == "step" and not any("charge" in told for told in metas):
                    continue  # It says which reminder a fee is for, and nothing else.
                if ours != "invoice" or not self.references(entry, posting):
                    message = f'"{key}" is not a key of {what}. Did you mean "{ours}"?'
                    self.problem(meta, entry, message)

    def _due(
        self, meta: Mapping[str, Any] | None, entry: Transaction
    ) -> tuple[bool, date | None]:
        """Return whether metadata says when something is due, and the date.

        A value that is no date counts as said: it is an error, and the item stays
        undated until someone corrects it.
        """
        if not meta or "due" not in meta:
            return False, None
        due = as_date(meta["due"])
        if due is None:
            got = typed(meta["due"])
            message = f"due: expected a date, like 2026-10-14; got {got}."
            self.problem(meta, entry, message)
        return True, due

    def _terms(self, posted: Posted, customer: str) -> tuple[Terms | None, DueSource]:
        """Return the terms of a debit, and where they stand."""
        entry = posted.entry
        for meta, source in (
            (posted.posting.meta, DueSource.POSTING_TERMS),
            (entry.meta, DueSource.TRANSACTION_TERMS),
        ):
            value = meta.get("terms") if meta else None
            if value is None:
                continue
            if isinstance(value, str):
                try:
                    return parse_terms(value), source
                except TermsError as error:
                    self.problem(meta, entry, f"terms: {error}.")
            else:
                self.problem(
                    meta, entry, 'terms: expected text in quotes, like "net 30".'
                )
            return None, source
        if posted.account.terms:
            return posted.account.terms, DueSource.ACCOUNT_TERMS
        file = self.settings.customer(customer)
        if file.terms:
            return file.terms, DueSource.CUSTOMER_TERMS
        return self.settings.terms, DueSource.OPTION_TERMS


def where(meta: Mapping[str, Any] | None, entry: Transaction) -> dict[str, Any]:
    """Return where a posting stands, or its transaction if nobody knows."""
    source = place(meta)
    return source if source["lineno"] else place(entry.meta)
