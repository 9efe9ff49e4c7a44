"""Payments whose invoices one posting cannot name, split: a posting for each.

    2026-10-20 * "Holding AG" "101 of Alpha, 102 of Beta"
      Assets:Bank              1785.00 EUR
      Assets:Suspense

becomes

    2026-10-20 * "Holding AG" "101 of Alpha, 102 of Beta"
      Assets:Bank              1785.00 EUR
      Assets:Receivable:Alpha  -1190.00 EUR
        invoice: "INV-101"
      Assets:Receivable:Beta   -595.00 EUR
        invoice: "INV-102"

What is left over, or settles something already, stays on the account that it was on.
The ledger is read with the payments as they then are: each has to settle what it is
for, and nobody may owe more than before.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from typing import cast

from beancount.core.amount import Amount

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.postings import Posted
from beancount_dunning.ledger.postings import PostingReader
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

# What an amount is for: an invoice, to a customer, on an account.
_What = tuple[str, str, str]


def split_entries(books: Books, matches: Iterable[Match]) -> dict[int, Transaction]:
    """Return payments as they are when they are split.

    Args:
        books: The ledger.
        matches: Payments, with what they are for.

    Returns:
        The transactions, by the `id` of the match; none for a payment that cannot be
        split like this, nor for any where somebody would owe more than before.
    """
    found: dict[int, Transaction] = {}
    parts: dict[int, Mapping[_What, Decimal]] = {}
    replaced: dict[int, Transaction] = {}
    for match in matches:
        some = _parts(match)
        if some and id(match.entry) not in replaced:
            split = _split(books, match, some)
            found[id(match)] = replaced[id(match.entry)] = split
            parts[id(match)] = some
    after = read_books(
        [replaced.get(id(entry), entry) for entry in books.entries],
        books.options,
        today=books.as_of,
        as_of=books.as_of,
    ).with_settled(name for some in parts.values() for name, _, _ in some)
    if _is_any_worse_off(books, after):
        return {}
    settled = _settled(after)
    return {
        key: split
        for key, split in found.items()
        if all(
            settled[id(split)].get(what, ZERO) >= amount
            for what, amount in parts[key].items()
        )
    }


def _parts(match: Match) -> dict[_What, Decimal]:
    """Return what a payment is for; nothing where postings cannot say it."""
    meta, units = match.posting.meta or {}, match.posting.units
    items = [assigned.item for assigned in match.assignments]
    is_plain = (
        units is not None
        and match.posting.cost is None
        and match.posting.price is None
        and not {"invoice", "customer"} & meta.keys()
        and all(item.currency == units.currency for item in items)
    )
    parts: dict[_What, Decimal] = defaultdict(lambda: ZERO)
    for assigned in match.assignments if is_plain else ():
        item = assigned.item
        if item.invoice is None:
            return {}
        parts[item.invoice, item.customer, item.account] += assigned.amount
    return dict(parts)


def _split(books: Books, match: Match, parts: Mapping[_What, Decimal]) -> Transaction:
    """Return a transaction with a posting for each part, and one for what is left."""
    old = match.posting
    units = cast("Amount", old.units)
    number = cast("Decimal", units.number)
    some = []
    for (invoice, customer, account), amount in parts.items():
        posting = old._replace(
            account=account,
            units=Amount(-amount, units.currency),
            meta={**(old.meta or {}), "invoice": invoice},
        )
        if not _is_told(books, match.entry, posting, customer):
            posting = posting._replace(
                meta={**(posting.meta or {}), "customer": customer}
            )
        some.append(posting)
    if left := number + sum(parts.values(), ZERO):
        some.append(old._replace(units=Amount(left, units.currency)))
    at = match.entry.postings.index(old)
    before, after = match.entry.postings[:at], match.entry.postings[at + 1 :]
    return match.entry._replace(postings=[*before, *some, *after])


def _is_told(books: Books, entry: Transaction, posting: Posting, customer: str) -> bool:
    """Tell whether the account or the payee says whose a posting is."""
    account = cast("Account", books.settings.accounts[posting.account])
    number = cast("Amount", posting.units).number or ZERO
    posted = Posted(entry, posting, account, number, "")
    return folded(PostingReader(books.settings).customer(posted)) == folded(customer)


def _is_any_worse_off(books: Books, after: Books) -> bool:
    """Tell whether more is open of anything than was before."""
    before = {item.identity: item.open for item in books.receivables.items}
    return any(
        item.open > before.get(item.identity, ZERO) for item in after.receivables.items
    )


def _settled(books: Books) -> Mapping[int, Mapping[_What, Decimal]]:
    """Return what each transaction settles, by the `id` of the transaction."""
    found: dict[int, dict[_What, Decimal]] = defaultdict(dict)
    items: Iterable[Item] = (*books.receivables.items, *books.receivables.settled)
    for item in items:
        what = (item.invoice or "", item.customer, item.account)
        for one in item.settlements:
            some = found[id(one.entry)]
            some[what] = some.get(what, ZERO) + one.amount
    return found
