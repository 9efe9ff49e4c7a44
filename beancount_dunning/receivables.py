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
import re
from bisect import bisect_right
from collections import defaultdict
from collections import deque
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from heapq import heappop
from heapq import heappush
from heapq import merge
from itertools import compress
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple
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
from beancount_dunning.settings import suggestion
from beancount_dunning.settings import typed
from beancount_dunning.terms import Terms
from beancount_dunning.terms import TermsError
from beancount_dunning.terms import parse_terms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from beancount.core.data import Posting

    from beancount_dunning.settings import Account
    from beancount_dunning.settings import Settings
    from beancount_dunning.terms import Offer

# Fava links a document to its transaction with a link that begins like this.
_DOCUMENT_LINK = "dok-"
# The name space of items' keys; a random number that never changes.
_KEYS = UUID("b0a3f2c4-6c58-4a43-9d0e-6f0f5c3f5a11")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one credit took off an item, as a positive amount."""

    date: date
    amount: Decimal
    entry: Transaction


@dataclass(frozen=True, slots=True)
class Item:
    """Something a customer owes: an invoice, or one instalment of it.

    `invoice` is None for a debit without a reference. `number` of `count` are the
    instalments of the invoice, by due date; an item without a due date is
    undated. `amount` is what was invoiced, `open` what the settlements left.
    `filename` and `lineno` are where a bookkeeper would look. `identity` names the
    item for as long as its invoice exists, whatever is paid or moved; of items that
    agree in all else, `serial` tells which.
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

    @property
    def key(self) -> str:
        """A UUID made from the identity, which tells strangers nothing."""
        # Half a surrogate pair, which no file has, cannot be written as UTF-8.
        name = self.identity.encode(errors="backslashreplace").decode()
        return str(uuid5(_KEYS, name))

    @property
    def instalment(self) -> str:
        """Which instalment of how many, like "1/3"."""
        return f"{self.number}/{self.count}"

    @property
    def label(self) -> str:
        """What to call the item: its invoice, and its instalment if it has several."""
        name = self.invoice or self.entry.narration or "(no reference)"
        if self.entry.flag == FLAG_PADDING:
            name = "(padding)"
        if self.count > 1:
            name = f"{name} {self.instalment}"
        is_alike = self.invoice is None and self.serial > 1
        return f"{name} ({self.serial})" if is_alike else name

    def days_overdue(self, as_of: dt.date) -> int | None:
        """Return the days past due, negative before it; None where undated."""
        return None if self.due is None else (as_of - self.due).days


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
    """All that is open on a date, oldest due first, and every mistake found."""

    as_of: date
    items: tuple[Item, ...]
    unapplied: tuple[Unapplied, ...]
    problems: tuple[ReceivableError, ...]


class _Posted(NamedTuple):
    """A posting to a receivable account."""

    entry: Transaction
    posting: Posting
    account: Account
    number: Decimal
    currency: str


class _Draft:
    """An item while credits are being applied to it."""

    __slots__ = (
        "amount",
        "count",
        "customer",
        "due",
        "identity",
        "invoice",
        "is_instalment",
        "meta",
        "number",
        "offers",
        "open",
        "order",
        "posted",
        "serial",
        "settlements",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - one for each fact
        self,
        invoice: str | None,
        customer: str,
        posted: _Posted,
        amount: Decimal,
        due: date | None,
        offers: tuple[Offer, ...] = (),
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self.invoice = invoice
        self.customer = customer
        self.posted = posted
        self.amount = self.open = amount
        self.due = due
        self.offers = offers
        self.meta = meta or posted.entry.meta
        self.settlements: list[Settlement] = []
        self.number = self.count = 1
        self.is_instalment = False
        self.identity, self.serial = "", 1
        # Oldest due first, undated last; the rest makes the order that of the
        # facts, whatever the order of the entries.
        self.order = (
            due or date.max,
            posted.entry.date,
            invoice or "",
            customer,
            posted.account.name,
            posted.currency,
            amount,
            posted.entry.narration or "",
        )

    def settle(self, credit: _Posted, left: Decimal) -> Decimal:
        """Take off what a credit can give; return what it then has left."""
        taken = min(self.open, left)
        if taken:
            self.open -= taken
            self.settlements.append(Settlement(credit.entry.date, taken, credit.entry))
        return left - taken


def _credit_order(credit: _Posted) -> tuple[Any, ...]:
    entry = credit.entry
    return (
        entry.date,
        sorted(entry.links or ()),
        credit.number,
        entry.payee or "",
        entry.narration or "",
    )


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
            return None if link.startswith(_DOCUMENT_LINK) else link
        named = sorted(link for link in links if not link.startswith(_DOCUMENT_LINK))
        return named if len(named) > 1 else named[0] if named else None

    def customer(self, posted: _Posted) -> str:
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

    def policy(self, posted: _Posted, customer: str) -> str:
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
        file = settings.customers.get(customer)
        return posted.account.policy or (file and file.policy) or settings.policy

    def due(
        self, meta: Mapping[str, Any] | None, entry: Transaction
    ) -> tuple[bool, date | None]:
        """Return whether metadata says when something is due, and the date.

        A value that is no date counts as said: it is an error, and the item stays
        undated until someone corrects it.
        """
        if not meta or "due" not in meta:
            return False, None
        value = meta["due"]
        if isinstance(value, date):
            return True, value
        # Of the forms of ISO 8601 only the one that Beancount's own dates have.
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            try:
                return True, date.fromisoformat(value)
            except ValueError:
                pass
        message = f"due: expected a date, like 2026-10-14; got {typed(value)}."
        self.problem(meta, entry, message)
        return True, None

    def terms(self, posted: _Posted, customer: str) -> Terms | None:
        entry = posted.entry
        for meta in (posted.posting.meta, entry.meta):
            value = meta.get("terms") if meta else None
            if value is None:
                continue
            if isinstance(value, str):
                try:
                    return parse_terms(value)
                except TermsError as error:
                    self.problem(meta, entry, f"terms: {error}.")
            else:
                self.problem(
                    meta, entry, 'terms: expected text in quotes, like "net 30".'
                )
            return None
        file = self.settings.customers.get(customer)
        return posted.account.terms or (file and file.terms) or self.settings.terms

    def check(self, posted: _Posted) -> None:
        """Report what is wrong with a debit, whether or not it is still open."""
        customer = self.customer(posted)
        self.policy(posted, customer)
        if not self.due(posted.posting.meta, posted.entry)[0]:
            self.due(posted.entry.meta, posted.entry)
        self.terms(posted, customer)

    def drafts(self, invoice: str | None, debits: Sequence[_Posted]) -> list[_Draft]:
        """Turn an invoice's debits into items, numbered by due date.

        Postings of one transaction that share all but the amount are one item,
        unless they carry dates or terms of their own: those are instalments.
        """
        if len(debits) == 1:
            (posted,) = debits
            only = self._dated(invoice, self.customer(posted), posted, posted.number)
            if len(only) == 1:
                return only
        together: dict[tuple[Any, ...], list[_Posted]] = defaultdict(list)
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
        drafts: dict[str, list[_Draft]] = defaultdict(list)
        for (_, _, _, customer, _), group in together.items():
            amount = sum((posted.number for posted in group), ZERO)
            drafts[customer] += self._dated(invoice, customer, group[0], amount)
        numbered = []
        for several in drafts.values():
            several.sort(key=lambda draft: draft.order)
            _number(several)
            numbered += several
        return sorted(numbered, key=lambda draft: draft.order)

    def _dated(
        self, invoice: str | None, customer: str, posted: _Posted, amount: Decimal
    ) -> list[_Draft]:
        entry = posted.entry
        meta = posted.posting.meta
        said, due = self.due(meta, entry)
        if said:
            draft = _Draft(invoice, customer, posted, amount, due, meta=meta)
            draft.is_instalment = True
            return [draft]
        said, due = self.due(entry.meta, entry)
        if said:
            return [_Draft(invoice, customer, posted, amount, due)]
        terms = self.terms(posted, customer)
        has_own = meta is not None and "terms" in meta
        own = meta if has_own else entry.meta
        if terms:
            try:
                parts = terms.instalments(amount, posted.currency, entry.date)
            except TermsError as error:
                self.problem(own, entry, f"terms: {error}.")
            else:
                drafts = [
                    _Draft(
                        invoice,
                        customer,
                        posted,
                        part.amount,
                        part.due,
                        part.offers,
                        own,
                    )
                    for part in parts
                ]
                for draft in drafts:
                    draft.is_instalment = has_own or len(drafts) > 1
                return drafts
        return [_Draft(invoice, customer, posted, amount, None, meta=own)]


def _number(drafts: Sequence[_Draft]) -> None:
    """Number a customer's items of an invoice, in their order.

    Postings with a date of their own and shares of terms are instalments, each with
    its number. What just falls due on the same day shares one: an invoice over two
    accounts or in two currencies, or one whose payment came back.
    """
    by_due: dict[date | None, int] = {}
    count = 0
    for draft in drafts:
        if draft.is_instalment or draft.due not in by_due:
            count += 1
            draft.number = count
            if not draft.is_instalment:
                by_due[draft.due] = count
        else:
            draft.number = by_due[draft.due]
    for draft in drafts:
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
# What has to be looked at on a debit, and on its transaction.
_OWN_KEYS = frozenset({"customer", "due", "terms"})
_LOOK_KEYS = frozenset({"customer", "policy", "terms"})


class _Desk(defaultdict[str, dict[str, Decimal]]):
    """One receivable account: by currency and reference, the sum of what is posted.

    A reference whose postings add up to nothing has no sum here. `is_clear` says
    that sums can be trusted: all is one customer's, and any amount fits the terms.
    """

    def __init__(self, account: Account, *, is_clear: bool) -> None:
        super().__init__(dict)
        self.account = account
        self.is_clear = is_clear


class _Desks(dict[str, "_Desk | None"]):
    """Desk by account name, None where it is no receivable; made once each."""

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

    def __missing__(self, name: str) -> _Desk | None:
        account = self._accounts[name]
        desk = None
        if account is not None:
            misfit = self._may_misfit or (account.terms and account.terms.has_amounts)
            is_clear = account.customer is not None and not misfit
            desk = _Desk(account, is_clear=is_clear)
        self[name] = desk
        return desk


class _Book:
    """What is posted to receivable accounts up to a date, sorted by reference.

    Most invoices of most ledgers are settled, and one look at the sums tells: where
    all that carries a reference adds up to nothing, nothing is open, unless several
    customers share it. Only the others are taken apart. So `invoices` holds those
    alone; this is what keeps a large ledger's load fast.
    """

    def __init__(
        self, entries: Sequence[Directive], settings: Settings, as_of: date
    ) -> None:
        self.reader = _Reader(settings)
        self.debits: dict[str, list[_Posted]] = {}
        self.credits: dict[str, list[_Posted]] = {}
        self.loose_debits: list[_Posted] = []
        self.loose_credits: list[_Posted] = []
        self.spread_credits: list[tuple[_Posted, list[str]]] = []
        self._accounts = settings.accounts
        self._desks = _Desks(settings)
        self._unclear: set[str] = set()
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
        desks, reader = self._desks, self.reader
        for entry in entries:
            if not isinstance(entry, Transaction):
                continue
            for posting in entry.postings:
                desk = desks[posting.account]
                if desk is None:
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
                if (
                    not links
                    or len(links) > 1
                    or "invoice" in meta
                    or (own and "invoice" in own)
                ):
                    found = reader.reference(entry, posting)
                    if not isinstance(found, str):
                        self._set_aside(_posted(entry, posting, desk.account), found)
                        continue
                    reference = found
                else:
                    (reference,) = links
                    if reference[0] == "d" and reference.startswith(_DOCUMENT_LINK):
                        self._set_aside(_posted(entry, posting, desk.account), None)
                        continue
                sums = desk[units.currency]
                before = sums.pop(reference, None)
                if before is None:
                    sums[reference] = number
                elif net := before + number:
                    sums[reference] = net
                transactions.append(entry)
                postings.append(posting)
                references.append(reference)
                if is_debit and (
                    not desk.is_clear
                    or not _LOOK_KEYS.isdisjoint(meta)
                    or not isinstance(meta.get("due", a_date), date)
                    or (own and not _OWN_KEYS.isdisjoint(own))
                ):
                    self._unclear.add(reference)
                    reader.check(_posted(entry, posting, desk.account))
                elif "customer" in meta or (own and "customer" in own):
                    reader.customer(_posted(entry, posting, desk.account))
        return transactions, postings, references

    def _set_aside(self, posted: _Posted, several: list[str] | None) -> None:
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
        wanted = self._unclear.union(
            *(book for desk in self._desks.values() if desk for book in desk.values())
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


def _posted(entry: Transaction, posting: Posting, account: Account) -> _Posted:
    units: Any = posting.units
    return _Posted(entry, posting, account, units.number, units.currency)


class _Targets:
    """Items that credits with a reference can settle, in the order they do.

    A credit reaches those of its account and currency; where several customers
    share a reference, those of its own customer if there are any.
    """

    def __init__(self, drafts: Iterable[_Draft]) -> None:
        self._owner: str | None = None
        self._queues: dict[tuple[str, str, str | None], deque[_Draft]] = {}
        for draft in drafts:
            self._owner = draft.customer if self._owner is None else self._owner
            posted = draft.posted
            for customer in (draft.customer, None):
                key = (posted.account.name, posted.currency, customer)
                self._queues.setdefault(key, deque()).append(draft)

    def settle(self, credit: _Posted, customer: str) -> tuple[_Posted, str, Decimal]:
        """Apply a credit of a customer.

        Returns:
            The credit, the customer whose it is, and what it has left over.
        """
        key: tuple[str, str, str | None]
        key = (credit.account.name, credit.currency, customer)
        owner = customer
        if key not in self._queues:
            owner = self._owner or customer
            key = (credit.account.name, credit.currency, None)
        queue = self._queues.get(key)
        left = -credit.number
        while queue and left:
            left = queue[0].settle(credit, left)
            if not queue[0].open:
                queue.popleft()
        return credit, owner, left


def _settle_spread(
    by_invoice: Mapping[str, Sequence[_Draft]],
    spread: Iterable[tuple[_Posted, list[str]]],
    reader: _Reader,
) -> list[tuple[_Posted, str, Decimal]]:
    """Apply credits that name several invoices to those, in order of due date.

    Linear but for the sorting: each invoice's items stand in a queue, and what is
    settled leaves it.
    """
    credits_ = sorted(spread, key=lambda one: (_credit_order(one[0]), one[1]))
    queues: dict[tuple[str, str, str], deque[_Draft]] = defaultdict(deque)
    for name in {name for _, names in credits_ for name in names}:
        for draft in by_invoice.get(name, ()):
            posted = draft.posted
            queues[name, posted.account.name, posted.currency].append(draft)
    left_over = []
    for credit, names in credits_:
        own = [
            queues[key]
            for name in names
            if (key := (name, credit.account.name, credit.currency)) in queues
        ]
        for queue in own:
            while queue and not queue[0].open:
                queue.popleft()
        left = -credit.number
        for draft in merge(*own, key=lambda draft: draft.order):
            left = draft.settle(credit, left)
            if not left:
                break
        known = [by_invoice[name][0] for name in names if by_invoice.get(name)]
        oldest = min(known, key=lambda draft: draft.order, default=None)
        owner = oldest.customer if oldest else reader.customer(credit)
        left_over.append((credit, owner, left))
    return left_over


def _settle_oldest(
    drafts: Iterable[_Draft], loose: Iterable[tuple[_Posted, str]]
) -> list[tuple[_Posted, str, Decimal]]:
    """Apply credits without a reference to what their customers have open.

    Day by day: the day's items first, then what earlier credits left over, then
    the day's credits. Linear but for the sorting.
    """
    queues: dict[tuple[str, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for credit, customer in loose:
        key = (customer, credit.account.name, credit.currency)
        queues[key].append((credit.entry.date, 1, _credit_order(credit), credit))
    for draft in drafts:
        posted = draft.posted
        key = (draft.customer, posted.account.name, posted.currency)
        if key in queues and draft.open:
            queues[key].append((posted.entry.date, 0, draft.order, draft))
    left_over = []
    for (customer, _, _), events in queues.items():
        events.sort(key=lambda event: event[:3])
        open_items: list[tuple[Any, ...]] = []
        waiting: deque[list[Any]] = deque()
        for serial, (_, is_credit, order, what) in enumerate(events):
            if is_credit:
                waiting.append([what, -what.number])
            else:
                heappush(open_items, (order, serial, what))
            while open_items and waiting and not _more_today(events, serial):
                item, (credit, left) = open_items[0][2], waiting[0]
                waiting[0][1] = item.settle(credit, left)
                if not item.open:
                    heappop(open_items)
                if not waiting[0][1]:
                    waiting.popleft()
        left_over += [(credit, customer, left) for credit, left in waiting]
    return left_over


def _more_today(events: Sequence[tuple[Any, ...]], serial: int) -> bool:
    """Tell whether another item of the same day is yet to come."""
    following = events[serial + 1] if serial + 1 < len(events) else None
    return following is not None and following[:2] == (events[serial][0], 0)


def read_receivables(
    entries: Sequence[Directive], settings: Settings, as_of: date
) -> Receivables:
    """Work out what is open on a date.

    Args:
        entries: A ledger's directives, sorted by date, `pad`s filled in.
        settings: What its own directives say, see `read_settings`.
        as_of: The date; what is dated later does not exist yet.

    Returns:
        The open items, the unapplied credit, and a ReceivableError for every
        piece of metadata that makes no sense. Nothing is lost: an item whose
        metadata is wrong stays, undated if need be.
    """
    book = _Book(entries, settings, as_of)
    reader = book.reader
    drafts: list[_Draft] = []
    by_invoice: dict[str, list[_Draft]] = {}
    left_over: list[tuple[_Posted, str, Decimal]] = []
    for name, debits in book.debits.items():
        by_invoice[name] = reader.drafts(name, debits)
        drafts += by_invoice[name]
    for name, of_invoice in book.credits.items():
        targets = _Targets(by_invoice.get(name, ()))
        left_over += [
            targets.settle(credit, reader.customer(credit))
            for credit in sorted(of_invoice, key=_credit_order)
        ]
    left_over += _settle_spread(by_invoice, book.spread_credits, reader)
    for debit in book.loose_debits:
        drafts += reader.drafts(None, [debit])
    loose = [(credit, reader.customer(credit)) for credit in book.loose_credits]
    if settings.unreferenced == "oldest":
        left_over += _settle_oldest(drafts, loose) if loose else []
    else:
        left_over += [(credit, name, -credit.number) for credit, name in loose]
    drafts.sort(key=lambda draft: draft.order)
    _name(drafts)
    return Receivables(
        as_of,
        tuple(_item(draft, reader) for draft in drafts if draft.open),
        tuple(
            Unapplied(name, credit.account.name, credit.currency, -left, credit.entry)
            for credit, name, left in left_over
            if left
        ),
        tuple(reader.problems.values()),
    )


def _name(drafts: Iterable[_Draft]) -> None:
    """Give each item its identity: its invoice and instalment, or else its facts.

    Items that agree in all of that are told apart by their order, settled ones
    included, so that the identity of one does not change when another is paid.
    """
    seen: dict[str, int] = {}
    for draft in drafts:
        if draft.invoice is None:
            posted = draft.posted
            facts = (
                f"{posted.entry.date}\x1f{posted.account.name}\x1f{posted.currency}"
                f"\x1f{exact(posted.number)}\x1f{draft.number}"
            )
        else:
            facts = f"{draft.invoice}\x1f{draft.number}"
        seen[facts] = serial = seen.get(facts, 0) + 1
        draft.identity, draft.serial = f"{facts}\x1f{serial}", serial


def _item(draft: _Draft, reader: _Reader) -> Item:
    posted = draft.posted
    source = _where(draft.meta, posted.entry)
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
        policy=reader.policy(posted, draft.customer),
        offers=draft.offers,
        settlements=tuple(draft.settlements),
        entry=posted.entry,
        filename=source["filename"],
        lineno=source["lineno"],
    )
