"""From ledger entries to open items: who owes what, and which credit settled it.

A debit to a receivable account opens an item, a credit settles. Which credit
settles which item is worked out afresh for each as-of date, the most certain
first:

1. a credit that names one invoice settles that invoice, earliest instalment first;
2. a credit that names several settles those, in order of due date;
3. a credit that names none settles what its customer then has open on the account
   and in the currency, oldest due first; what it leaves over waits for the
   customer's next invoice (the option `unreferenced` can switch this off).

What is left over is unapplied credit. So for every receivable account and
currency, open items less unapplied credit are the account's balance.

The order of entries within a day does not matter: debits come before credits.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import compress
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any
from typing import cast
from uuid import UUID
from uuid import uuid5

from beancount.core.data import Transaction
from beancount.core.flags import FLAG_PADDING

from beancount_dunning.errors import ReceivableError
from beancount_dunning.errors import place
from beancount_dunning.money import ZERO
from beancount_dunning.money import exact
from beancount_dunning.settings import NO_POLICY
from beancount_dunning.settings import as_date
from beancount_dunning.settings import suggestion
from beancount_dunning.settings import typed
from beancount_dunning.settlement import DOCUMENT_LINK
from beancount_dunning.settlement import Draft
from beancount_dunning.settlement import Posted
from beancount_dunning.settlement import Targets
from beancount_dunning.settlement import credit_order
from beancount_dunning.settlement import settle_oldest
from beancount_dunning.settlement import settle_spread
from beancount_dunning.terms import Terms
from beancount_dunning.terms import TermsError
from beancount_dunning.terms import parse_terms
from beancount_dunning.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from beancount.core.data import Posting

    from beancount_dunning.settings import Account
    from beancount_dunning.settings import Settings
    from beancount_dunning.settlement import Settlement
    from beancount_dunning.terms import Offer

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
    """What a credit left over; `amount` is negative, as in the account."""

    customer: str
    account: str
    currency: str
    amount: Decimal
    entry: Transaction


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

    def reference(self, entry: Transaction, posting: Posting) -> str | list[str] | None:
        """Return the invoice that a posting belongs to, several, or None."""
        for meta in (posting.meta, entry.meta):
            if meta:
                value = meta.get("invoice")
                if isinstance(value, str):
                    if value.strip():
                        return value.strip()
                elif value is not None:
                    self.problem(meta, entry, _quote_invoice(value))
        links = entry.links
        if not links:
            return None
        if len(links) == 1:
            (link,) = links
            return None if link.startswith(DOCUMENT_LINK) else link
        named = sorted(link for link in links if not link.startswith(DOCUMENT_LINK))
        return named if len(named) > 1 else named[0] if named else None

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


def _quote_invoice(value: object) -> str:
    if isinstance(value, Decimal):
        return (
            f"invoice: {exact(value)} is a number, and 2026-014 without quotes is "
            'arithmetic; write the reference in quotes, like invoice: "2026-014".'
        )
    return 'invoice: expected the reference in quotes, like invoice: "2026-014".'


_NOTHING: dict[str, Any] = {}
# What has to be looked at on a posting, and on a debit's transaction.
_OWN_KEYS = frozenset({"customer", "due", "invoice", "terms"})
_LOOK_KEYS = frozenset({"charge", "customer", "policy", "terms"})


class _Sums(defaultdict[str, dict[str, Decimal]]):
    """One receivable account: by currency and reference, the sum of what is posted.

    A reference whose postings add up to nothing has no sum here. `is_clear` says
    that sums can be trusted: all is one customer's, and any amount fits the terms.
    """

    def __init__(self, account: Account, *, is_clear: bool) -> None:
        super().__init__(dict)
        self.account = account
        self.is_clear = is_clear


class _AllSums(dict[str, "_Sums | None"]):
    """Sums by account name, None where it is no receivable; made once each."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._accounts = settings.accounts
        # Some terms fit some amounts only; then every invoice needs a look.
        self._may_misfit = any(
            terms is not None and terms.has_amounts
            for terms in (
                settings.terms,
                *(customer.terms for customer in settings.customers.values()),
            )
        )

    def __missing__(self, name: str) -> _Sums | None:
        account = self._accounts[name]
        sums = None
        if account is not None:
            misfit = self._may_misfit or (account.terms and account.terms.has_amounts)
            is_clear = account.customer is not None and not misfit
            sums = _Sums(account, is_clear=is_clear)
        self[name] = sums
        return sums


class _Book:
    """What is posted to receivable accounts up to a date, sorted by reference.

    Most invoices of most ledgers are settled, and one look at the sums tells: where
    all that carries a reference adds up to nothing, nothing is open, unless several
    customers share it. Only the others are taken apart, and those that were asked for
    by name. So `debits` and `credits` hold these alone; this is what keeps a large
    ledger's load fast.
    """

    def __init__(
        self,
        entries: Sequence[Directive],
        settings: Settings,
        as_of: date,
        named: frozenset[str] | None,
    ) -> None:
        self.reader = _Reader(settings)
        self.debits: dict[str, list[Posted]] = {}
        self.credits: dict[str, list[Posted]] = {}
        self.loose_debits: list[Posted] = []
        self.loose_credits: list[Posted] = []
        self.spread_credits: list[tuple[Posted, list[str]]] = []
        self._accounts = settings.accounts
        self._all_sums = _AllSums(settings)
        self._is_all = named is None
        self._unclear = set(named or ())
        end = bisect_right(entries, as_of, key=lambda entry: entry.date)
        self._take_apart(*self._read(islice(entries, end)))

    def _read(  # noqa: C901, PLR0912 - one loop, and no calls in it
        self, entries: Iterable[Directive]
    ) -> tuple[list[Transaction], list[Posting], list[str]]:
        """Add up what carries a reference, and return it, in three parallel lists.

        This loop is the product's cost on every load. It makes no objects that the
        garbage collector would have to follow, and calls what it can avoid to call
        only where metadata asks for it.
        """
        transactions: list[Transaction] = []
        postings: list[Posting] = []
        references: list[str] = []
        a_date = date.min
        all_sums, reader = self._all_sums, self.reader
        for entry in entries:
            if not isinstance(entry, Transaction):
                continue
            for posting in entry.postings:
                sums = all_sums[posting.account]
                if sums is None:
                    continue
                units: Any = posting.units
                try:
                    number = units.number
                    is_debit = number > ZERO
                except (AttributeError, TypeError):
                    continue  # Beancount could not complete the posting.
                if not is_debit and not number:
                    continue
                meta, own, links = entry.meta or _NOTHING, posting.meta, entry.links
                is_bare = own is None or _OWN_KEYS.isdisjoint(own)
                if not (
                    links and len(links) == 1 and is_bare and "invoice" not in meta
                ):
                    found = reader.reference(entry, posting)
                    if not isinstance(found, str):
                        self._set_aside(_posted(entry, posting, sums.account), found)
                        continue
                    reference = found
                else:
                    (reference,) = links
                by_reference = sums[units.currency]
                before = by_reference.pop(reference, None)
                if before is None:
                    if reference.startswith(DOCUMENT_LINK) and reference in (
                        links or ()
                    ):
                        self._set_aside(_posted(entry, posting, sums.account), None)
                        continue
                    by_reference[reference] = number
                elif net := before + number:
                    by_reference[reference] = net
                transactions.append(entry)
                postings.append(posting)
                references.append(reference)
                if not is_debit:
                    if "customer" in meta or not is_bare:
                        reader.customer(_posted(entry, posting, sums.account))
                elif not (
                    is_bare
                    and sums.is_clear
                    and _LOOK_KEYS.isdisjoint(meta)
                    and isinstance(meta.get("due", a_date), date)
                ):
                    self._unclear.add(reference)
                    reader.check(_posted(entry, posting, sums.account))
        return transactions, postings, references

    def _set_aside(self, posted: Posted, several: list[str] | None) -> None:
        """Keep a posting that belongs to no one invoice."""
        reader = self.reader
        if posted.number < 0:
            if several:
                self.spread_credits.append((posted, several))
                self._unclear.update(several)
            else:
                self.loose_credits.append(posted)
            return
        if several:
            entry = posted.entry
            links = " and ".join(f"^{link}" for link in several)
            reader.problem(
                entry.meta,
                entry,
                f"Which of {links} is the invoice? Say so with invoice: "
                f'"{several[0]}" on the transaction or the posting.',
            )
        reader.check(posted)
        self.loose_debits.append(posted)

    def _take_apart(
        self,
        transactions: list[Transaction],
        postings: list[Posting],
        references: list[str],
    ) -> None:
        """Sort the postings of those invoices that can be open, or are unclear."""
        all_sums = filter(None, self._all_sums.values())
        wanted = self._unclear.union(
            *(one for sums in all_sums for one in sums.values()),
            references if self._is_all else (),
        )
        rows = zip(transactions, postings, references, strict=True)
        # Only postings to receivable accounts got this far.
        accounts = cast("Mapping[str, Account]", self._accounts)
        debits, credits_ = self.debits, self.credits
        for entry, posting, reference in compress(
            rows, map(wanted.__contains__, references)
        ):
            posted = _posted(entry, posting, accounts[posting.account])
            side = debits if posted.number > ZERO else credits_
            if reference in side:
                side[reference].append(posted)
            else:
                side[reference] = [posted]


def _posted(entry: Transaction, posting: Posting, account: Account) -> Posted:
    units: Any = posting.units
    return Posted(entry, posting, account, units.number, units.currency)


def read_receivables(
    entries: Sequence[Directive],
    settings: Settings,
    as_of: date,
    named: Iterable[str] | None = (),
) -> Receivables:
    """Work out what is open on a date.

    Args:
        entries: A ledger's directives, sorted by date, `pad`s filled in.
        settings: What its own directives say, see `read_settings`.
        as_of: The date; what is dated later does not exist yet.
        named: Invoices that are settled and wanted all the same; None for all.

    Returns:
        The open items, the unapplied credit, and a ReceivableError for every
        piece of metadata that makes no sense. Nothing is lost: an item whose
        metadata is wrong stays, undated if need be.
    """
    names = None if named is None else frozenset(named)
    book = _Book(entries, settings, as_of, names)
    reader = book.reader
    drafts: list[Draft] = []
    by_invoice: dict[str, list[Draft]] = {}
    left_over: list[tuple[Posted, str, Decimal]] = []
    for name, debits in book.debits.items():
        by_invoice[name] = reader.drafts(name, debits)
        drafts += by_invoice[name]
    for name, of_invoice in book.credits.items():
        targets = Targets(by_invoice.get(name, ()))
        left_over += [
            targets.settle(credit, reader.customer(credit))
            for credit in sorted(of_invoice, key=credit_order)
        ]
    left_over += settle_spread(by_invoice, book.spread_credits, reader.customer)
    for debit in book.loose_debits:
        drafts += reader.drafts(None, [debit])
    loose = [(credit, reader.customer(credit)) for credit in book.loose_credits]
    if settings.unreferenced == "oldest":
        left_over += settle_oldest(drafts, loose) if loose else []
    else:
        left_over += [(credit, name, -credit.number) for credit, name in loose]
    drafts.sort(key=lambda draft: draft.order)
    _name(drafts)
    if settings.minimum:
        _put_together(drafts)
    partly = {draft.invoice for draft in drafts if draft.open and draft.invoice}
    return Receivables(
        as_of,
        tuple(_item(draft, reader) for draft in drafts if draft.open),
        tuple(
            Unapplied(name, credit.account.name, credit.currency, -left, credit.entry)
            for credit, name, left in left_over
            if left
        ),
        tuple(reader.problems.values()),
        tuple(
            _item(draft, reader)
            for draft in drafts
            if not draft.open
            and (names is None or draft.invoice in names or draft.invoice in partly)
        ),
    )


def _name(drafts: Sequence[Draft]) -> None:
    """Give each item its identity: its invoice and instalment, or else its facts.

    Items that agree in all of that are told apart by their order, settled ones
    included, so that the identity of one does not change when another is paid. What
    is reminded together, an instalment in one currency, has a name of its own.
    """
    seen: dict[str, int] = {}
    owners: dict[str, str] = {}
    shared: set[str | None] = set()
    for draft in drafts:
        customer = draft.customer
        if draft.invoice is None:
            posted = draft.posted
            facts = (
                f"{posted.entry.date}\x1f{posted.account.name}\x1f{posted.currency}"
                f"\x1f{exact(posted.number)}\x1f{draft.number}\x1f{customer}"
            )
        else:
            facts = f"{draft.invoice}\x1f{draft.number}"
            if owners.setdefault(draft.invoice, customer) != customer:
                shared.add(draft.invoice)
        seen[facts] = serial = seen.get(facts, 0) + 1
        draft.identity, draft.serial = f"{facts}\x1f{serial}", serial
    for draft in drafts:
        if draft.invoice is not None:
            # A customer's name may be mended, so it counts only where there are two.
            owner = draft.customer if draft.invoice in shared else ""
            facts = f"{draft.invoice}\x1f{draft.number}\x1f{draft.posted.currency}"
            draft.lead = f"{facts}\x1f{owner}"


def _put_together(drafts: Sequence[Draft]) -> None:
    """Tell each item of an instalment what is open beside it in its currency."""
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    keys = [(*draft.group, draft.posted.currency) for draft in drafts]
    for draft, key in zip(drafts, keys, strict=True):
        sums[key] += draft.open
    for draft, key in zip(drafts, keys, strict=True):
        if draft.invoice is not None:
            draft.open_beside = sums[key] - draft.open


def _item(draft: Draft, reader: _Reader) -> Item:
    posted = draft.posted
    source = _where(draft.meta, posted.entry)
    own_policy = reader.own_policy(posted)
    return Item(
        identity=draft.identity,
        serial=draft.serial,
        invoice=draft.invoice,
        number=draft.number,
        count=draft.count,
        customer=draft.customer,
        account=posted.account.name,
        currency=posted.currency,
        date=posted.entry.date,
        due=draft.due,
        amount=draft.amount,
        open=draft.open,
        policy=reader.policy(own_policy, draft.customer),
        offers=draft.offers,
        settlements=tuple(draft.settlements),
        entry=posted.entry,
        filename=source["filename"],
        lineno=source["lineno"],
        own_policy=own_policy,
        charge=draft.charge,
        due_from=draft.due_from,
        open_beside=draft.open_beside,
        terms=draft.terms,
        lead=draft.lead,
    )
