"""What stands on a receivable posting: reference, customer, due date, terms, charge."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.errors import ReceivableError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.items import CHARGES
from beancount_dunning.ledger.items import DUE_SOURCES
from beancount_dunning.ledger.policies import NO_POLICY
from beancount_dunning.ledger.references import quote_the_reference
from beancount_dunning.ledger.references import references
from beancount_dunning.ledger.settlement import Draft
from beancount_dunning.ledger.settlement import Posted
from beancount_dunning.ledger.terms import Terms
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.terms import parse_terms
from beancount_dunning.ledger.values import as_date
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.ledger.values import typed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.settings import Settings


class _Reader:
    """Reads what stands on postings; reports each mistake once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.problems: dict[tuple[Any, ...], ReceivableError] = {}

    def problem(
        self, meta: Mapping[str, Any] | None, entry: Transaction, message: str
    ) -> None:
        source = _where(meta, entry)
        key = (source["filename"], source["lineno"], message)
        self.problems.setdefault(key, ReceivableError(source, message, entry))

    def references(self, entry: Transaction, posting: Posting) -> list[str]:
        return references(
            entry,
            posting,
            lambda meta, value: self.problem(meta, entry, quote_the_reference(value)),
        )

    def customer(self, posted: Posted) -> str:
        entry = posted.entry
        for meta in (posted.posting.meta, entry.meta):
            if meta:
                value = meta.get("customer")
                if isinstance(value, str):
                    if value.strip():
                        return value.strip()
                elif value is not None:
                    self.problem(
                        meta,
                        entry,
                        'customer: expected a name in quotes, like "Acme GmbH".',
                    )
        return posted.account.customer or (entry.payee or "").strip()

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
        file = self.settings.customers.get(customer)
        return own or (file and file.policy) or self.settings.policy

    def charge(self, posted: Posted) -> str | None:
        """Return what a debit charges for being late; None for a sale."""
        meta = posted.entry.meta
        charge = meta.get("charge") if meta else None
        if charge is None:
            return None
        # An amount in metadata cannot be compared with text.
        if isinstance(charge, str) and charge in CHARGES:
            return charge
        known = " or ".join(f'"{one}"' for one in CHARGES)
        message = f"charge: expected {known}; got {typed(charge)}."
        self.problem(meta, posted.entry, message)
        return None

    def due(
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

    def terms(self, posted: Posted, customer: str) -> tuple[Terms | None, str]:
        """Return the terms of a debit, and where they stand."""
        entry = posted.entry
        own = zip((posted.posting.meta, entry.meta), DUE_SOURCES[2:4], strict=True)
        for meta, source in own:
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
            return posted.account.terms, DUE_SOURCES[4]
        file = self.settings.customers.get(customer)
        if file and file.terms:
            return file.terms, DUE_SOURCES[5]
        return self.settings.terms, DUE_SOURCES[6]

    def check(self, posted: Posted) -> None:
        """Report what is wrong with a debit, whether or not it is still open."""
        customer = self.customer(posted)
        self.own_policy(posted)
        self.charge(posted)
        if not self.due(posted.posting.meta, posted.entry)[0]:
            self.due(posted.entry.meta, posted.entry)
        self.terms(posted, customer)

    def drafts(self, invoice: str | None, debits: Sequence[Posted]) -> list[Draft]:
        """Turn an invoice's debits into items, numbered by due date.

        Postings of one transaction that share all but the amount are one item,
        unless they carry dates or terms of their own: those are instalments.
        """
        if len(debits) == 1:
            (posted,) = debits
            only = self._dated(invoice, self.customer(posted), posted, posted.number)
            if len(only) == 1:
                return only
        together: dict[tuple[Any, ...], list[Posted]] = defaultdict(list)
        for index, posted in enumerate(debits):
            meta = posted.posting.meta
            own = invoice is None or (meta and ("due" in meta or "terms" in meta))
            together[
                id(posted.entry),
                posted.account.name,
                posted.currency,
                self.customer(posted),
                index if own else None,
            ].append(posted)
        drafts: dict[str, list[Draft]] = defaultdict(list)
        for (_, _, _, customer, _), group in together.items():
            amount = sum((posted.number for posted in group), ZERO)
            drafts[customer] += self._dated(invoice, customer, group[0], amount)
        numbered = []
        for several in drafts.values():
            several.sort(key=lambda draft: draft.order)
            _number(several)
            numbered += several
        return sorted(numbered, key=lambda draft: draft.turn)

    def _dated(
        self, invoice: str | None, customer: str, posted: Posted, amount: Decimal
    ) -> list[Draft]:
        drafts = self._by_due_date(invoice, customer, posted, amount)
        charge = self.charge(posted)
        if charge:
            for draft in drafts:
                draft.make_charge(charge)
        return drafts

    def _by_due_date(
        self, invoice: str | None, customer: str, posted: Posted, amount: Decimal
    ) -> list[Draft]:
        entry = posted.entry
        meta = posted.posting.meta
        said, due = self.due(meta, entry)
        if said:
            source = DUE_SOURCES[0]
            draft = Draft(invoice, customer, posted, amount, due, source, meta=meta)
            draft.is_instalment = True
            return [draft]
        said, due = self.due(entry.meta, entry)
        if said:
            return [Draft(invoice, customer, posted, amount, due, DUE_SOURCES[1])]
        terms, source = self.terms(posted, customer)
        has_own = meta is not None and "terms" in meta
        own = meta if has_own else entry.meta
        if terms:
            try:
                parts = terms.instalments(amount, posted.currency, entry.date)
            except TermsError as error:
                self.problem(own, entry, f"terms: {error}.")
            else:
                drafts = [
                    Draft(
                        invoice,
                        customer,
                        posted,
                        part.amount,
                        part.due,
                        source,
                        part.offers,
                        own,
                    )
                    for part in parts
                ]
                for draft in drafts:
                    draft.is_instalment = has_own or len(drafts) > 1
                    draft.terms = terms.text
                return drafts
        return [Draft(invoice, customer, posted, amount, meta=own)]


def _number(drafts: Sequence[Draft]) -> None:
    """Number a customer's items of an invoice, in their order.

    Postings with a date of their own and shares of terms are instalments, each with
    its number. What just falls due on the same day shares one: an invoice over two
    accounts or in two currencies, or one whose payment came back. What is charged for
    being late is no instalment, and goes with the one that is due by then.
    """
    sales = [draft for draft in drafts if not draft.charge] or drafts
    by_due: dict[date | None, int] = {}
    count = 0
    for draft in sales:
        if draft.is_instalment or draft.due not in by_due:
            count += 1
            draft.number = count
            by_due.setdefault(draft.due, count)
        else:
            draft.number = by_due[draft.due]
    number = 1
    for draft in drafts:
        if sales is not drafts and draft.charge:
            draft.number = number
        else:
            number = draft.number
        draft.count = count


def _where(meta: Mapping[str, Any] | None, entry: Transaction) -> dict[str, Any]:
    """Return where a posting stands, or its transaction if nobody knows."""
    source = place(meta)
    return source if source["lineno"] else place(entry.meta)
