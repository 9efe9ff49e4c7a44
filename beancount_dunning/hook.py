"""Imported payments that find their invoices: a hook for beangulp's import scripts.

    from beancount_dunning import match_hook

    HOOKS = [PredictPostings().hook, match_hook]

    if __name__ == "__main__":
        beangulp.Ingest(CONFIG, HOOKS)()

An incoming payment whose invoice is certain gets the receivable account and the link:

    2026-10-20 * "ACME GMBH" "RE 2026 014" ^INV-2026-014
      Assets:Bank              1190.00 EUR
      Assets:Receivable:Acme  -1190.00 EUR

One whose invoice is likely keeps its postings and is marked:

    2026-10-21 ! "BIRCH + CO" "Danke"
      match: "INV-2026-015 of Birch & Co: 900.00 EUR is what is open of INV-2026-015"
      Assets:Bank               900.00 EUR

All else stays as it was imported. The hook needs the ledger: `extract --existing`, or
Fava's import page. It imports neither beangulp nor Fava.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount.core.account import root
from beancount.core.amount import Amount
from beancount.core.data import Open
from beancount.core.data import Posting
from beancount.core.data import Transaction
from beancount.core.flags import FLAG_WARNING
from beancount.parser.options import OPTIONS_DEFAULTS

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import linked_entry
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.answers.matching import match
from beancount_dunning.basics.errors import UNKNOWN_FILE
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.references import references
from beancount_dunning.ledger.settings import read_settings
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.standing.books import Books

# Where beangulp says of an entry that it is in the ledger already.
_DUPLICATE = "__duplicate__"
# Stands for the posting that an imported payment has not yet; no ledger has it.
_MISSING_LEG = "Assets:Imported-Without-Second-Posting"
_SUSPENSE = re.compile(f"^{_MISSING_LEG}$")


def match_hook(
    extracted: Sequence[tuple[Any, ...]], existing: Sequence[Directive] | None
) -> list[tuple[Any, ...]]:
    """Assign imported payments to open invoices.

    Args:
        extracted: What was imported, as beangulp and Fava give it to hooks: for each
            file its name, its entries, and what else there is.
        existing: The ledger's directives, to which beangulp adds what was imported;
            None without a ledger.

    Returns:
        The same, with other transactions in the place of those that found an invoice.
        Nothing that was passed in is changed.
    """
    imported = [entry for _, entries, *_ in extracted for entry in entries]
    books, originals = _books(_without(existing or (), imported), imported)
    new = {}
    for found in match(books, suspense=_SUSPENSE).payments:
        entry = originals.get(id(found.entry))
        if entry and (assigned := _assigned(books, found, entry)):
            new[id(entry)] = assigned
    return [
        (file, [new.get(id(entry), entry) for entry in entries], *rest)
        for file, entries, *rest in extracted
    ]


def _assigned(books: Books, found: Match, entry: Transaction) -> Transaction | None:
    """Return a payment with what was found; None where it stays as it was."""
    if found.verdict is Verdict.ASK:
        return None
    link = Link.of(found)
    if found.verdict is Verdict.CERTAIN:
        with suppress(RefusedError):
            return linked_entry(books, link)
        return None
    if "match" in entry.meta:
        # It is somebody else's.
        return None
    why = "; ".join(found.reasons)
    text = plain(f"{', '.join(link.invoices)} of {found.customer}: {why}")
    return entry._replace(flag=FLAG_WARNING, meta={**entry.meta, "match": text})


def _without(
    existing: Iterable[Directive], imported: Iterable[Directive]
) -> list[Directive]:
    """Return the ledger's own directives, whatever copies other hooks have made."""
    metas = {id(entry.meta) for entry in imported}
    places = {_place(entry) for entry in imported if _place(entry)[0] != UNKNOWN_FILE}
    return [
        entry
        for entry in existing
        if id(entry.meta) not in metas and _place(entry) not in places
    ]


def _place(entry: Directive) -> tuple[str, int]:
    where = place(entry.meta)
    return where["filename"], where["lineno"]


def _books(
    ledger: Sequence[Directive], imported: Sequence[Directive]
) -> tuple[Books, dict[int, Transaction]]:
    """Return the ledger with what was imported, and the payments by their stand-ins."""
    days = [one.date for one in (*ledger, *imported) if isinstance(one, Transaction)]
    last = max(days, default=date.max)
    options = _options(ledger, last)
    accounts = read_settings(ledger, options, last).accounts
    entries = [*ledger]
    originals = {}
    for entry in imported:
        if isinstance(entry, Transaction) and _DUPLICATE not in entry.meta:
            stand_in = _with_leg(entry, accounts, options)
            if stand_in:
                originals[id(stand_in)] = entry
                entries.append(stand_in)
            elif None not in map(_amount, entry.postings):
                entries.append(entry)
    entries.sort(key=lambda entry: entry.date)
    books = read_books(entries, options, today=last, as_of=last)
    return books, originals


def _options(ledger: Sequence[Directive], last: date) -> dict[str, Any]:
    """Return Beancount's options, of which hooks get none, as far as the ledger tells.

    Where no account begins with Assets, that is how receivable accounts begin; where
    none begins with Income, it is how the accounts begin against which they are posted.
    """
    names = [entry.account for entry in ledger if isinstance(entry, Open)]
    roots = dict.fromkeys(root(1, name) for name in names)
    options = {**OPTIONS_DEFAULTS}
    for assets in roots if "Assets" not in roots else ():
        renamed = {**options, "name_assets": assets}
        accounts = read_settings(ledger, renamed, last).accounts
        if any(accounts[name] for name in names if root(1, name) == assets):
            options = renamed
            break
    if "Income" not in roots:
        options["name_income"] = _income(ledger, options, last)
    return options


def _income(ledger: Sequence[Directive], options: Mapping[str, Any], last: date) -> str:
    """Return how the accounts begin against which most invoices are posted."""
    accounts = read_settings(ledger, options, last).accounts
    counted = Counter(
        root(1, posting.account)
        for entry in ledger
        if isinstance(entry, Transaction)
        and any(accounts[one.account] and _is_debit(one) for one in entry.postings)
        for posting in entry.postings
        if not accounts[posting.account] and not _is_debit(posting)
    )
    return counted.most_common(1)[0][0] if counted else "Income"


def _is_debit(posting: Posting) -> bool:
    amount = _amount(posting)
    return amount is not None and amount.number > 0


def _with_leg(
    entry: Transaction,
    accounts: Mapping[str, Account | None],
    options: Mapping[str, Any],
) -> Transaction | None:
    """Return an incoming payment with a second posting for matching to look at.

    Args:
        entry: An imported transaction.
        accounts: Answers for receivable accounts.
        options: Beancount's options, with the names of assets and income.

    Returns:
        The payment; None for whatever else it is.
    """
    assets = root_prefix(options, "assets")
    guess = _guess(entry, accounts, root_prefix(options, "income"))
    given = [one for one in entry.postings if one is not guess]
    amounts = [amount for one in given if (amount := _amount(one))]
    currencies = {amount.currency for amount in amounts}
    is_incoming = any(one is not guess for one in money_in(entry, accounts, assets))
    if not is_incoming or len(amounts) < len(given) or len(currencies) != 1:
        return None
    total = sum((amount.number for amount in amounts), ZERO)
    units = Amount(-total, *currencies)
    leg = Posting(_MISSING_LEG, units, None, None, None, {})
    postings = [leg if one is guess else one for one in entry.postings]
    if guess is None:
        postings.append(leg)
    return entry._replace(postings=postings) if total > 0 else None


def _guess(
    entry: Transaction, accounts: Mapping[str, Account | None], income: str
) -> Posting | None:
    """Return the second posting that another hook has guessed.

    It is one without an amount, on whatever account, or one that takes all to an income
    or receivable account and names no invoice.
    """
    for one in entry.postings:
        amount = _amount(one)
        if amount is None:
            return one
        is_likely = accounts[one.account] or one.account.startswith(income)
        if amount.number < 0 and is_likely and not references(entry, one):
            return one
    return None


class _Units(NamedTuple):
    """What a posting has for its amount."""

    number: Decimal
    currency: str


def _amount(posting: Posting) -> _Units | None:
    """Return the amount of a posting that has one, without a cost or a price."""
    units = posting.units
    if not isinstance(units, Amount) or not isinstance(units.number, Decimal):
        return None
    if posting.cost is not None or posting.price is not None:
        return None
    return _Units(units.number, units.currency)
