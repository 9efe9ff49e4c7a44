"""From ledger entries to open items: who owes what, and which credit settled it.

A debit to a receivable account opens an item, a credit settles. Which credit
settles which item is worked out afresh for each as-of date, the most certain
first:

1. a credit that names one invoice settles that invoice, earliest instalment first;
2. a credit that names several settles those, in order of due date;
3. a credit that names none, but whose text has the numbers of what its customer owes,
   settles that;
4. a credit that names none settles what its customer then has open on the account
   and in the currency, oldest due first; what it leaves over waits for the
   customer's next invoice;
5. what is then left over, whatever it names, settles debits that name no invoice.

A debit that books such a credit back undoes it before that. The option `unreferenced`
switches 3 and 4 off.

What is left over is unapplied credit. So for every receivable account and
currency, open items less unapplied credit are the account's balance.

The order of entries within a day does not matter: debits come before credits.
`planning` tells what plans of payment make of it.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from beancount_dunning.ledger.bundles import Bundle
from beancount_dunning.ledger.bundles import take_apart
from beancount_dunning.ledger.cleared import Aside
from beancount_dunning.ledger.drafts import draft_items
from beancount_dunning.ledger.interest_charges import link_interest
from beancount_dunning.ledger.interest_charges import link_left_over
from beancount_dunning.ledger.items import Item
from beancount_dunning.ledger.items import Receivables
from beancount_dunning.ledger.items import Unapplied
from beancount_dunning.ledger.layouts import Layouts
from beancount_dunning.ledger.planning import Planner
from beancount_dunning.ledger.planning import Settled
from beancount_dunning.ledger.planning import settle_with_plans
from beancount_dunning.ledger.postings import PostingReader
from beancount_dunning.ledger.postings import where
from beancount_dunning.ledger.references import references
from beancount_dunning.ledger.settlement import Remainder
from beancount_dunning.ledger.settlement import settle_named
from beancount_dunning.ledger.settlement import settle_spread
from beancount_dunning.ledger.sums import OpenPostings
from beancount_dunning.ledger.unnamed import settle_by_text
from beancount_dunning.ledger.unnamed import settle_loose
from beancount_dunning.ledger.unnamed import settle_oldest
from beancount_dunning.ledger.unnamed import take_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from beancount.core.data import Directive

    from beancount_dunning.ledger.cleared import Cleared
    from beancount_dunning.ledger.drafts import Draft
    from beancount_dunning.ledger.drafts import Piece
    from beancount_dunning.ledger.planning import PlanOutcome
    from beancount_dunning.ledger.plans import Agreement
    from beancount_dunning.ledger.settings import Settings

_Read = TypeVar("_Read")


def read_receivables(
    entries: Sequence[Directive],
    settings: Settings,
    as_of: date,
    named: Iterable[str] | None = (),
    agreements: Sequence[Agreement] = (),
) -> Receivables:
    """Work out what is open on a date.

    Args:
        entries: A ledger's directives, sorted by date, `pad`s filled in.
        settings: What its own directives say, see `read_settings`.
        as_of: The date; what is dated later does not exist yet.
        named: Invoices that are settled and wanted all the same; None for all.
        agreements: The plans that were agreed, whose invoices are wanted, too.

    Returns:
        The open items, the unapplied credit, and a ReceivableError for every
        piece of metadata that makes no sense. Nothing is lost: an item whose
        metadata is wrong stays, undated if need be.
    """
    names = None if named is None else frozenset(named)
    reader = PostingReader(settings)
    postings = OpenPostings(entries, reader, as_of, names)
    (_, drafts, left), plans = _planned(postings, reader, agreements, as_of)
    _finish(drafts)
    link_left_over(drafts, left)
    known = {draft.invoice for draft in drafts}
    unapplied = [_unapplied(one, known) for one in left if one.number]
    partly = {draft.invoice for draft in drafts if draft.open and draft.invoice}
    is_open = [draft for draft in drafts if draft.open]
    settled: list[Draft] = []
    aside: list[Draft] = []
    for draft in drafts:
        if not draft.open:
            name = draft.invoice
            is_wanted = names is None or name in names or name in partly
            (settled if is_wanted else aside).append(draft)
    return Receivables(
        as_of,
        tuple(_item(draft, reader) for draft in is_open),
        tuple(sorted(unapplied, key=lambda credit: credit.order)),
        tuple(reader.problems.values()),
        Aside(postings, reader, aside),
        tuple(_item(draft, reader) for draft in settled),
        tuple(postings.unread),
        plans,
    )


def settled_aside(
    receivables: Receivables, read: Callable[[Cleared], _Read | None]
) -> tuple[list[_Read], list[Item]]:
    """Return what is settled and was left aside.

    Args:
        receivables: What was read.
        read: What to make of an invoice that is plain to see, while it is at hand.

    Returns:
        What was made of those invoices, as far as anything was, and the items of all
        others that are not in `receivables` itself.
    """
    aside, rest = receivables.aside, Bundle()
    made = [one for one in map(read, aside.cleared(rest)) if one is not None]
    items = [_item(draft, aside.reader) for draft in aside.drafts]
    return made, [*items, *_settled(aside.reader, rest)]


def items_aside(receivables: Receivables, names: AbstractSet[str]) -> list[Item]:
    """Return the items of some of the invoices that were left aside.

    Args:
        receivables: What was read.
        names: The references of those that are wanted.
    """
    aside = receivables.aside
    reader = aside.reader
    drafts = [draft for draft in aside.drafts if draft.invoice in names]
    items = [_item(draft, reader) for draft in drafts]
    return [*items, *_settled(reader, aside.taken_apart(names))]


def _settled(reader: PostingReader, bundle: Bundle) -> list[Item]:
    """Return the items of invoices that no plan is about."""
    drafts = _settle(reader, bundle, Layouts({}, reader.settings.workdays)).drafts
    _finish(drafts)
    return [_item(draft, reader) for draft in drafts]


def _finish(drafts: list[Draft]) -> None:
    """Sort and name items, and tell each of the others."""
    drafts.sort(key=lambda draft: draft.order)
    _name(drafts)
    _put_together(drafts)
    link_interest(drafts)


def _planned(
    postings: OpenPostings,
    reader: PostingReader,
    agreements: Sequence[Agreement],
    as_of: date,
) -> tuple[Settled, tuple[PlanOutcome, ...]]:
    """Settle what is posted, as plans lay it out."""
    debits = postings.debits
    names = [name for agreement in agreements for name in agreement.names]
    invoices = {
        name: draft_items(reader, name, debits[name])
        for name in names
        if name in debits
    }
    planner = Planner(invoices, agreements, as_of, reader.settings)
    bundles = take_apart(postings, reader, invoices) if invoices else [postings]
    return settle_with_plans(partial(_settle, reader), bundles, planner)


def _settle(reader: PostingReader, postings: Bundle, layouts: Layouts) -> Settled:
    """Turn debits into items, and apply the credits, the most certain first."""
    by_invoice = {
        name: layouts.laid_out(name, draft_items(reader, name, debits))
        for name, debits in postings.debits.items()
    }
    remainders = [
        *settle_named(by_invoice, postings.credits, reader),
        *settle_spread(by_invoice, postings.spread_credits, reader),
    ]
    drafts = [*chain.from_iterable(by_invoice.values())]
    for debit in postings.loose_debits:
        drafts += draft_items(reader, None, [debit])
    loose = [
        Remainder(credit, reader.customer(credit), -credit.number)
        for credit in postings.loose_credits
    ]
    if reader.settings.unreferenced == "oldest":
        for rule in (take_back, settle_by_text, settle_oldest):
            loose = rule(drafts, loose)
    left = settle_loose(drafts, [*remainders, *loose])
    return Settled(by_invoice, drafts, left)


def _name(drafts: Sequence[Draft]) -> None:
    """Tell apart items with the same facts, and find invoices of several customers.

    Items with the same facts are told apart by their order, settled ones included, so
    that the identity of an item does not change when another is paid.
    """
    seen: dict[tuple[str, ...], int] = {}
    owners: dict[str, str] = {}
    shared: set[str | None] = set()
    for draft in drafts:
        facts = draft.facts
        seen[facts] = draft.serial = seen.get(facts, 0) + 1
        invoice, customer = draft.invoice, draft.customer
        if invoice is not None and owners.setdefault(invoice, customer) != customer:
            shared.add(invoice)
    for draft in drafts if shared else ():
        draft.is_shared = draft.invoice in shared


def _put_together(drafts: Sequence[Draft]) -> None:
    """Tell each item of an instalment what is open beside it in its currency."""
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    keys = [(*draft.group, draft.posted.currency) for draft in drafts]
    for draft, key in zip(drafts, keys, strict=True):
        sums[key] += draft.open
    for draft, key in zip(drafts, keys, strict=True):
        if draft.invoice is not None:
            draft.open_beside = sums[key] - draft.open


def _item(draft: Draft, reader: PostingReader) -> Item:
    posted, share = draft.posted, draft.share
    source = where(share.meta, posted.entry)
    own_policy = reader.own_policy(posted)
    return Item(
        facts=draft.facts,
        serial=draft.serial,
        is_shared=draft.is_shared,
        invoice=draft.invoice,
        number=draft.number,
        count=draft.count,
        customer=draft.customer,
        account=posted.account.name,
        currency=posted.currency,
        date=posted.entry.date,
        due=share.due,
        amount=share.amount,
        open=draft.open,
        policy=reader.policy(own_policy, draft.customer),
        own_policy=own_policy,
        offers=share.offers,
        settlements=tuple(draft.settlements),
        charge=draft.charge,
        due_from=share.due_from,
        due_written=share.written,
        terms=share.terms,
        open_beside=draft.open_beside,
        entry=posted.entry,
        filename=source["filename"],
        lineno=source["lineno"],
        interest_charges=tuple(_item(one, reader) for one in draft.interest_charges),
        left_over=tuple(draft.left_over),
        plan_number=draft.plan_number,
        **_of_plan(draft.piece),
    )


def _of_plan(piece: Piece | None) -> dict[str, Any]:
    """Return what plans made of an item."""
    if piece is None:
        return {}
    return {
        "plan": piece.plan,
        "original": piece.original,
        "leads": piece.leads,
        "moved": piece.moved,
        "since": piece.since,
        "until": piece.ended,
        "bears_from": piece.bears_from,
        "bore": piece.bore,
    }


def _unapplied(left: Remainder, known: AbstractSet[str | None]) -> Unapplied:
    credit = left.credit
    names = references(credit.entry, credit.posting)
    source = where(credit.posting.meta, credit.entry)
    return Unapplied(
        *left.place,
        -left.number,
        credit.entry.date,
        " ".join(names) or None,
        tuple(name for name in names if name not in known),
        credit.entry,
        credit.posting,
        source["filename"],
        source["lineno"],
    )
