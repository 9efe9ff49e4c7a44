"""What is about a customer, or an invoice, found without a look at all the others.

A credit settles what is on its own account. So books of the accounts that a customer
uses, or that an invoice is on, have all that was ever settled there, at a small part of
what all settled items would take.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import TypeVar

from beancount.core.data import Transaction

from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.references import references

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books

_Part = TypeVar("_Part", "Item", "Unapplied")

# Where all customers share an account, they share its books.
_KEPT = 16


class _Index:
    """On which accounts customers and invoices are, and what is posted there."""

    def __init__(self, books: Books) -> None:
        accounts = books.settings.accounts
        self.others: list[int] = []
        self.by_account: dict[str, list[int]] = defaultdict(list)
        self.by_invoice: dict[str, set[str]] = defaultdict(set)
        self.by_customer: dict[str, set[str]] = defaultdict(set)
        # Accounts of several customers may be any customer's.
        self.shared: set[str] = set()
        for position, entry in enumerate(books.entries):
            if not isinstance(entry, Transaction):
                self.others.append(position)
                continue
            for posting in entry.postings:
                account = accounts[posting.account]
                if account is None:
                    continue
                self.by_account[account.name].append(position)
                is_own = "customer" not in entry.meta
                is_own = is_own and "customer" not in (posting.meta or ())
                if account.customer and is_own:
                    self.by_customer[folded(account.customer)].add(account.name)
                else:
                    self.shared.add(account.name)
                for reference in references(entry, posting):
                    self.by_invoice[reference].add(account.name)


class _Near:
    """Books of some accounts, and whose what in them is."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def of(self, customer: str) -> Books:
        """Return the books of a customer."""
        receivables, key = self.books.receivables, folded(customer)
        theirs = replace(
            receivables,
            items=tuple(self._items.get(key, ())),
            settled=tuple(self._settled.get(key, ())),
            unapplied=tuple(self._unapplied.get(key, ())),
        )
        return replace(self.books, receivables=theirs)

    @cached_property
    def _items(self) -> dict[str, list[Item]]:
        return _by_customer(self.books.receivables.items)

    @cached_property
    def _settled(self) -> dict[str, list[Item]]:
        return _by_customer(self.books.receivables.settled)

    @cached_property
    def _unapplied(self) -> dict[str, list[Unapplied]]:
        return _by_customer(self.books.receivables.unapplied)


def _by_customer(found: Iterable[_Part]) -> dict[str, list[_Part]]:
    grouped: dict[str, list[_Part]] = defaultdict(list)
    for one in found:
        grouped[folded(one.customer)].append(one)
    return grouped


class Nearby:
    """Finds what is about a customer, or an invoice, in the books of a date."""

    def __init__(self, books: Books) -> None:
        """Take the books; they are looked through when somebody asks."""
        self._books = books

        # A method would hold on to this object, when Fava has long loaded another.
        @lru_cache(_KEPT)
        def near(accounts: frozenset[str]) -> _Near:
            with without_collection():
                return _Near(self._read(accounts))

        self._near = near

    def customer(self, name: str) -> Books:
        """Return the books of a customer, with all that was ever settled.

        Args:
            name: The customer's name, in any case.
        """
        index = self._index
        own = index.by_customer.get(folded(name), set())
        return self._near(frozenset(own | index.shared)).of(name)

    def invoice(self, reference: str) -> Books | None:
        """Return the books of the accounts that an invoice is on.

        Args:
            reference: The invoice's reference.

        Returns:
            The books, with all that was ever settled; None where nothing names it.
        """
        accounts = self._index.by_invoice.get(reference)
        return self._near(frozenset(accounts)).books if accounts else None

    @cached_property
    def _index(self) -> _Index:
        return _Index(self._books)

    def _read(self, accounts: Iterable[str]) -> Books:
        index, books = self._index, self._books
        posted = (index.by_account[name] for name in accounts)
        positions = sorted(set(index.others).union(*posted))
        log = {
            name: entries
            for name, entries in books.log.entries.items()
            if any(entry.account in accounts for entry in entries)
        }
        near = replace(
            books,
            entries=[books.entries[position] for position in positions],
            log=replace(books.log, entries=log),
            has_settled=False,
        ).with_settled(None)
        # Credit on other accounts is the customer's, too.
        unapplied = books.receivables.unapplied
        return replace(near, receivables=replace(near.receivables, unapplied=unapplied))
