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

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.items import Item
from beancount_dunning.ledger.items import Receivables
from beancount_dunning.ledger.items import Unapplied
from beancount_dunning.ledger.postings import _Reader
from beancount_dunning.ledger.postings import _where
from beancount_dunning.ledger.settlement import Draft
from beancount_dunning.ledger.settlement import Posted
from beancount_dunning.ledger.settlement import Targets
from beancount_dunning.ledger.settlement import credit_order
from beancount_dunning.ledger.settlement import settle_oldest
from beancount_dunning.ledger.settlement import settle_spread
from beancount_dunning.ledger.sums import _Book

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence
    from datetime import date

    from beancount.core.data import Directive

    from beancount_dunning.ledger.settings import Settings


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
            Unapplied(
                name,
                credit.account.name,
                credit.currency,
                -left,
                credit.entry,
                credit.posting,
            )
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
