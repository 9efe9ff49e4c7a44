"""What is about a customer, or an invoice, found without a look at all the others.

A credit settles what is on its own account. So books of the accounts that a customer
uses, or that an invoice is on, have all that was ever settled there, at a small part of
what all settled items would take. Where all of these were read, since somebody will ask
about each customer and invoice, they are taken from there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING
from typing import Any
from typing import Generic
from typing import TypeVar

from beancount.core.data import Document
from beancount.core.data import Note
from beancount.core.data import Transaction

from beancount_dunning.answers.pursuing import Experience
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.references import references

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator

    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books

_T = TypeVar("_T")
_K = TypeVar("_K")

# Where all customers share an account, they share its books.
_KEPT = 16


class _Filed(Generic[_T]):
    """Things in their order, found by the accounts that they are on."""

    def __init__(self, things: Iterable[tuple[_T, Iterable[str]]]) -> None:
        self._things: list[_T] = []
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, (thing, accounts) in enumerate(things):
            self._things.append(thing)
            for account in accounts:
                self._places[account].append(place)

    def on(self, accounts: Iterable[str]) -> list[_T]:
        """Return what is on some accounts, each once."""
        found = (self._places.get(account, ()) for account in accounts)
        return [self._things[place] for place in sorted({*chain.from_iterable(found)})]


def _items(items: Iterable[Item]) -> _Filed[Item]:
    return _Filed((item, [item.account]) for item in items)


class _Index:
    """On which accounts customers and invoices are, and what is there."""

    def __init__(self, books: Books) -> None:
        self._accounts = books.settings.accounts
        self.by_invoice: dict[str, set[str]] = defaultdict(set)
        self.by_customer: dict[str, set[str]] = defaultdict(set)
        # Accounts of several customers may be any customer's.
        self.shared: set[str] = set()
        self.entries = _Filed((one, self._accounts_of(one)) for one in books.entries)
        # The accounts of each invoice that is on several.
        self.spread = [some for some in self.by_invoice.values() if len(some) > 1]
        log, found = books.log.entries, books.receivables
        self.unapplied = _grouped(found.unapplied, _by_customer)
        self.log = _Filed((name, {e.account for e in log[name]}) for name in log)
        self.items, self.settled = _items(found.items), _items(found.settled)

    def _accounts_of(self, entry: Directive) -> Iterator[str]:
        """Yield the accounts that an entry is on, and note whose they are."""
        if isinstance(entry, Note | Document):
            account = self._accounts[entry.account]
            if account and account.customer:
                self.by_customer[folded(account.customer)].add(account.name)
                yield account.name
        if not isinstance(entry, Transaction):
            return
        for posting in entry.postings:
            account = self._accounts[posting.account]
            if account is None:
                continue
            yield account.name
            is_own = "customer" not in entry.meta
            is_own = is_own and "customer" not in (posting.meta or ())
            if account.customer and is_own:
                self.by_customer[folded(account.customer)].add(account.name)
            else:
                self.shared.add(account.name)
            for reference in references(entry, posting):
                self.by_invoice[reference].add(account.name)


class _Near:
    """Books of some accounts, and whose and what each item in them is."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.experience = Experience(books)

    def customer(self, key: str, unapplied: Iterable[Unapplied]) -> Books:
        """Return the books of a customer, whose credit is given."""
        found = self._customers.get(key, [])
        return self._with(found, unapplied=tuple(unapplied))

    def invoice(self, reference: str) -> Books:
        """Return the books of an invoice; all books where no item has its reference."""
        found = self._invoices.get(reference)
        return self._with(found) if found else self._books

    def _with(self, items: Iterable[Item], **others: Any) -> Books:  # noqa: ANN401 - as `replace` takes
        """Return the books with some of their items only, which are in order."""
        open_: list[Item] = []
        settled: list[Item] = []
        for item in items:
            (open_ if item.open else settled).append(item)
        found = self._books.receivables
        found = replace(found, items=tuple(open_), settled=tuple(settled), **others)
        return replace(self._books, receivables=found)

    @cached_property
    def _customers(self) -> dict[str, list[Item]]:
        return _grouped(self._books.receivables.all_items, _by_customer)

    @cached_property
    def _invoices(self) -> dict[str | None, list[Item]]:
        return _grouped(self._books.receivables.all_items, attrgetter("invoice"))


def _by_customer(one: Item | Unapplied) -> str:
    return folded(one.customer)


def _grouped(found: Iterable[_T], key: Callable[[_T], _K]) -> dict[_K, list[_T]]:
    grouped: dict[_K, list[_T]] = defaultdict(list)
    for one in found:
        grouped[key(one)].append(one)
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
        index, key = self._index, folded(name)
        near = self._around(index.by_customer.get(key, set()) | index.shared)
        return near.customer(key, index.unapplied.get(key, ()))

    def invoice(self, reference: str) -> tuple[Books, Experience] | None:
        """Return the books of an invoice.

        Args:
            reference: The invoice's reference.

        Returns:
            The books, with all that was ever settled of it, and how it went with others
            on its accounts; None where nothing names it.
        """
        accounts = self._index.by_invoice.get(reference)
        if not accounts:
            return None
        own = self._near(frozenset(accounts))
        return self._around(accounts).invoice(reference), own.experience

    def _around(self, accounts: set[str]) -> _Near:
        """Return what is near some accounts, and decides what stands on them.

        Whose a credit is depends on all that its invoices are about, wherever it is.
        """
        spread = (some for some in self._index.spread if not accounts.isdisjoint(some))
        return self._near(frozenset(accounts.union(*spread)))

    @cached_property
    def _index(self) -> _Index:
        return _Index(self._books)

    def _read(self, accounts: Iterable[str]) -> Books:
        index, books = self._index, self._books
        log = {name: books.log.entries[name] for name in index.log.on(accounts)}
        near = replace(
            books,
            entries=index.entries.on(accounts),
            log=replace(books.log, entries=log),
        )
        if books.has_settled:
            items = tuple(index.items.on(accounts))
            settled = tuple(index.settled.on(accounts))
            found = replace(books.receivables, items=items, settled=settled)
            return replace(near, receivables=found)
        near = near.with_settled(None)
        # Credit on other accounts is the customer's, too.
        unapplied = books.receivables.unapplied
        return replace(near, receivables=replace(near.receivables, unapplied=unapplied))
