"""What changes nothing in a ledger, though somebody meant something by it.

    2026-06-20 * "Acme" "Paid" ^INV-16
      Assets:Bank              1190.00 EUR
      Assets:Receivable:Acme

Where INV-016 is open and there is no INV-16, the payment settles nothing. That is
looked for here, and what is said on an account that is none of ours, about a customer
whose name nobody has, or with a pattern that matches no account. Keys that are nearly
ours are seen where they are read, see `ledger.nearly`.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import get_close_matches
from itertools import accumulate
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Open
from beancount.core.data import Transaction
from beancount.utils.misc_utils import escape_string

from beancount_dunning.answers.proposals import option
from beancount_dunning.basics.errors import MAX_LISTED
from beancount_dunning.basics.errors import ReceivableError
from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.accounts import widened_pattern
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.nearly import Names
from beancount_dunning.ledger.postings import where
from beancount_dunning.ledger.readable import postings_of
from beancount_dunning.ledger.sums import DATES
from beancount_dunning.ledger.values import meant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping

    from beancount_dunning.standing.books import Books

# A shorter name with another letter may be another customer's.
_LONG_NAME = 8


def slips(books: Books) -> Iterator[SettingError | ReceivableError]:
    """Yield an error for what was meant and is not noticed.

    Args:
        books: A ledger on a date.
    """
    yield from _accounts(books)
    yield from _customers(books)
    yield from _unread(books)
    yield from _references(books)


def _accounts(books: Books) -> Iterator[SettingError]:
    """Look for a pattern of the option `accounts` that no account matches."""
    accounts, pattern = books.settings.accounts, books.settings.accounts_pattern
    # By now each account that is open or posted to was looked up.
    if pattern is None or any(accounts.values()):
        return
    # An account that opens later is one, too.
    names = {
        *accounts,
        *(one.account for one in books.entries if isinstance(one, Open)),
    }
    if not names or any(accounts[name] for name in names):
        return
    heads = {
        head for name in names for head in accumulate(name.split(":"), "{}:{}".format)
    }
    near = get_close_matches(re.sub(r"[^\w:-]", "", pattern), sorted(heads), 1)
    text = Words('option "accounts": no account matches "{pattern}".', pattern=pattern)
    if near:
        text = Words.joined("", [text, meant(f"^{name}" for name in near)])
    entry = books.settings.entries["accounts"]
    yield SettingError(place(entry.meta), text, entry)


def _customers(books: Books) -> Iterator[SettingError]:
    """Look for files of customers whom nobody is called, where a name is near."""
    settings, receivables = books.settings, books.receivables
    used = {
        *(account.customer for account in settings.accounts.values() if account),
        *(item.customer for item in receivables.items),
        *(credit.customer for credit in receivables.unapplied),
    }
    known = {folded(name): name for name in used if name}
    unused = [
        (file.name, entry)
        for name, file in settings.customers.items()
        if name not in known
        for entry in islice(file.entries.values(), 1)
    ]
    names = Names(known.values() if unused else ())
    suspects = {
        folded(name): (name, entry, near)
        for name, entry in unused
        if (near := _near_customers(books, names, name))
    }
    # Whoever has paid everything is nobody's slip.
    for name in _called(books) if suspects else ():
        suspects.pop(name, None)
    for name, entry, near in suspects.values():
        text = Words('Nobody is called "{name}".', name=name)
        text = Words.joined("", [text, meant(near[:MAX_LISTED])])
        yield SettingError(place(entry.meta), text, entry)


def _near_customers(books: Books, names: Names, name: str) -> list[str]:
    """Return who may be meant by a name.

    Meier may have a file before his first invoice, though there is a Meyer: another
    letter in a short name makes another name, and so it may where both have files.
    """
    if (alike := names.alike(name)) or len(name) < _LONG_NAME:
        return alike
    files = books.settings.customers
    return [one for one in names.near(name) if folded(one) not in files]


def _called(books: Books) -> Iterator[str]:
    """Yield the folded names of all customers of whom a transaction may be."""
    for entry in books.entries:
        if not isinstance(entry, Transaction):
            continue
        metas = (entry.meta, *(posting.meta for posting in entry.postings))
        for name in (entry.payee, *(meta and meta.get("customer") for meta in metas)):
            if isinstance(name, str):
                yield folded(name.strip())


def _unread(books: Books) -> Iterator[ReceivableError]:
    """Look for invoices that touch no receivable account.

    What went to an account that is spent from is no invoice, like rent that has come in
    and says when it was due.
    """
    debtors = [
        (entry, debtor)
        for entry in books.receivables.unread
        if (debtor := _debtor(entry, books.options))
    ]
    spent_from = _spent_from(books) if debtors else frozenset()
    for entry, debtor in debtors:
        if debtor in spent_from:
            continue
        metas = (entry.meta, *(posting.meta for posting in entry.postings))
        meta, key = next(
            (meta, key) for meta in metas for key in DATES if meta and key in meta
        )
        pattern = widened_pattern(
            books.settings.accounts, books.settings.accounts_pattern, [debtor]
        )
        message = Words(
            "{key}: has no effect here, as this transaction is on no receivable "
            "account. If {account} is one, type: {directive}",
            key=key,
            account=debtor,
            directive=option(books, "accounts", f'"{escape_string(pattern)}"'),
        )
        yield ReceivableError(where(meta, entry), message, entry)


def _debtor(entry: Transaction, options: Mapping[str, Any]) -> str | None:
    """Return the asset that a transaction debits against income; None without one."""
    assets, income = root_prefix(options, "assets"), root_prefix(options, "income")
    signed = _signed(entry)
    if not any(name.startswith(income) and not is_debit for name, is_debit in signed):
        return None
    debited = (name for name, is_debit in signed if is_debit)
    return next((name for name in debited if name.startswith(assets)), None)


def _signed(entry: Transaction) -> list[tuple[str, bool]]:
    """Return each posting's account, and whether it is a debit."""
    units: list[tuple[str, Any]] = [
        (posting.account, posting.units) for posting in postings_of(entry)
    ]
    return [(name, amount.number > 0) for name, amount in units]


def _spent_from(books: Books) -> frozenset[str]:
    """Return the accounts that pay for things more often than into other assets.

    A receivable account may be written off now and then; a bank account pays.
    """
    assets = root_prefix(books.options, "assets")
    balance: Counter[str] = Counter()
    for entry in books.entries:
        if isinstance(entry, Transaction):
            signed = [one for one in _signed(entry) if one[0].startswith(assets)]
            is_into = any(is_debit for _, is_debit in signed)
            for name, is_debit in signed:
                if not is_debit:
                    balance[name] += -1 if is_into else 1
    return frozenset(name for name, number in balance.items() if number > 0)


def _references(books: Books) -> Iterator[ReceivableError]:
    """Look for payments that name no invoice, where one of the payer's is near."""
    accounts, assets = books.settings.accounts, root_prefix(books.options, "assets")
    # A credit note has a number of its own.
    unknown = [
        credit
        for credit in books.receivables.unapplied
        if credit.unknown and any(money_in(credit.entry, accounts, assets))
    ]
    by_customer: dict[str, list[str]] = {credit.customer: [] for credit in unknown}
    for item in books.receivables.items:
        if item.invoice is not None and item.customer in by_customer:
            by_customer[item.customer].append(item.invoice)
    names = {customer: Names(invoices) for customer, invoices in by_customer.items()}
    for credit in unknown:
        meta = credit.posting.meta
        meta = meta if meta and "invoice" in meta else credit.entry.meta
        for name in credit.unknown:
            if near := names[credit.customer].near(name):
                text = Words('There is no invoice "{name}".', name=name)
                text = Words.joined("", [text, meant(near[:MAX_LISTED])])
                yield ReceivableError(where(meta, credit.entry), text, credit.entry)
