"""Money that came in and stands on a suspense account: nobody knows yet what it is for.

    2026-11-12 * "ACME GMBH" "RECHNUNG INV2026031"
      Assets:Bank        2400.00 EUR
      Assets:Suspense

It is there no more when all these accounts together come to nothing in its currency at
the end of a day, or when another transaction takes its amount from there to a
receivable account. Other debits may be money that went out for something else. Of
several payments of an amount, the one goes on that has a name in common with that
transaction: a reference, else the customer, else a text; where none has, the oldest on
the same account. It makes no difference in which order the transactions of a day stand.

What was given to a receivable account before it came, as of a direct debit, is not
there either when it comes on the same account, with a name in common:

    2026-11-10 * "Acme GmbH" "Direct debit" ^INV-2026-031
      Assets:Clearing        2400.00 EUR
      Assets:Receivable:Acme
    2026-11-12 * "Acme GmbH" "Direct debit"
      Assets:Bank            2400.00 EUR
      Assets:Clearing
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections import deque
from itertools import chain
from itertools import groupby
from itertools import takewhile
from operator import attrgetter
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Transaction

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.accounts import suspense_accounts
from beancount_dunning.ledger.bank_text import split_words
from beancount_dunning.ledger.bank_text import texts
from beancount_dunning.ledger.readable import postings_of
from beancount_dunning.ledger.references import references

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Posting

    from beancount_dunning.standing.books import Books

    Parked = tuple[Transaction, Posting]


def suspense_pattern(books: Books) -> re.Pattern[str] | None:
    """Return what matches the suspense accounts of a ledger, by what they are called.

    One to which sales are debited is none, but a till, or what a payment service owes:
    what comes from there is the service's money, and no customer's.

    Args:
        books: The ledger on a date.

    Returns:
        A pattern for their names alone; None where there are none.
    """
    called = suspense_accounts(books.settings.accounts)
    if called:
        called -= _tills(books, called)
    names = sorted(map(re.escape, called))
    return re.compile(f"^(?:{'|'.join(names)})$") if names else None


def _tills(books: Books, names: set[str]) -> set[str]:
    """Return those accounts to which sales are debited."""
    income = root_prefix(books.options, "income")
    found: set[str] = set()
    for entry in _near(books, names.__contains__):
        postings: Sequence[Any] = postings_of(entry)
        credited = (one.account for one in postings if one.units.number < 0)
        if any(name.startswith(income) for name in credited):
            debited = (one.account for one in postings if one.units.number > 0)
            found.update(names.intersection(debited))
    return found


def parked(books: Books, suspense: re.Pattern[str]) -> Iterable[Parked]:
    """Return what came in on another asset and stands on a suspense account.

    Args:
        books: The ledger on a date.
        suspense: The names of the accounts; receivable accounts are none.

    Returns:
        The transactions, each with its posting on the account.
    """
    reader = _Reader(books, suspense)
    for _, day in groupby(_near(books, reader.names.__getitem__), attrgetter("date")):
        reader.read(day)
    return chain.from_iterable(one.parked for one in reader.standing.values())


def _near(books: Books, is_suspense: Callable[[str], bool]) -> Iterator[Transaction]:
    """Yield the transactions by then that may have a posting on such an account."""
    for entry in takewhile(lambda entry: entry.date <= books.as_of, books.entries):
        if isinstance(entry, Transaction) and _may_be_on(entry, is_suspense):
            yield entry


def _may_be_on(entry: Transaction, is_suspense: Callable[[str], bool]) -> bool:
    try:
        return any(is_suspense(posting.account) for posting in entry.postings)
    except (AttributeError, TypeError):
        # Another plugin may put anything there.
        return True


class _Names(dict[str, bool]):
    """Whether accounts are suspense accounts; each is looked at once."""

    def __init__(self, books: Books, suspense: re.Pattern[str]) -> None:
        super().__init__()
        self._accounts, self._suspense = books.settings.accounts, suspense

    def __missing__(self, name: str) -> bool:
        found = self._suspense.search(name) and self._accounts[name] is None
        self[name] = is_suspense = bool(found)
        return is_suspense


class _Reader:
    """Reads the transactions of one day after the other."""

    def __init__(self, books: Books, suspense: re.Pattern[str]) -> None:
        self._accounts = books.settings.accounts
        self._assets = root_prefix(books.options, "assets")
        self.names = _Names(books, suspense)
        self.standing: dict[str, _Standing] = defaultdict(_Standing)

    def read(self, day: Iterable[Transaction]) -> None:
        """Take in what a day brings to suspense accounts, then what it takes away."""
        taken: list[tuple[_Standing, Posting, Sequence[str]]] = []
        currencies: set[str] = set()
        for entry in day:
            postings: Sequence[Any] = postings_of(entry)
            own = [one for one in postings if self.names[one.account]]
            going_on = self._names_on(entry, postings)
            is_payment = self._is_payment(entry)
            for one in own:
                standing, number = self.standing[one.units.currency], one.units.number
                standing.balance += number
                currencies.add(one.units.currency)
                if is_payment and number < 0:
                    standing.add(entry, one)
                elif going_on:
                    taken.append((standing, one, going_on))
        for standing, one, names in taken:
            standing.take(one, names)
        for currency in currencies:
            self.standing[currency].clear_if_even()

    def _names_on(self, entry: Transaction, postings: Sequence[Any]) -> list[str]:
        """Return the names of what goes on to receivable accounts, if anything does.

        References come first: a customer pays more than once.
        """
        accounts = self._accounts
        gets = [
            (one, account)
            for one in postings
            if one.units.number < 0 and (account := accounts[one.account])
        ]
        if not gets:
            return []
        named = chain.from_iterable(references(entry, one) for one, _ in gets)
        customers = [account.customer or "" for _, account in gets]
        said = texts(entry, gets[0][0])
        return [*map(_squeezed, (*named, *customers, *said))]

    def _is_payment(self, entry: Transaction) -> bool:
        """Tell whether money came in on an asset that is no suspense account."""
        money = money_in(entry, self._accounts, self._assets)
        return not all(self.names[one.account] for one in money)


class _Standing:
    """What stands on suspense accounts in a currency."""

    def __init__(self) -> None:
        self.balance = ZERO
        self._parked: dict[int, Parked] = {}
        # What says a name or is on an account, by amount, the oldest first; some is
        # there no more.
        self._by_name: dict[tuple[Decimal, str], deque[int]] = defaultdict(deque)
        # What was given on before it came, and where it says a name.
        self._ahead: set[int] = set()
        self._ahead_by_name: dict[tuple[str, Decimal, str], deque[int]]
        self._ahead_by_name = defaultdict(deque)

    @property
    def parked(self) -> Iterable[Parked]:
        """The payments that are there, with their postings."""
        return self._parked.values()

    def add(self, entry: Transaction, posting: Posting) -> None:
        """Add a payment, unless it was given on before: see the module."""
        units: Any = posting.units
        key, amount, names = id(posting), -units.number, _said(entry, posting)
        for name in names:
            ahead = self._ahead_by_name.get((posting.account, amount, name))
            while ahead:
                given = ahead.popleft()
                if given in self._ahead:
                    self._ahead.remove(given)
                    return
        self._parked[key] = entry, posting
        for name in (*names, posting.account):
            self._by_name[amount, name].append(key)

    def take(self, posting: Posting, names: Iterable[str]) -> None:
        """Take a payment away that is given on, if there is one: see the module."""
        units: Any = posting.units
        key, amount = id(posting), units.number
        for name in (*names, posting.account):
            keys = self._by_name.get((amount, name))
            while keys:
                if self._parked.pop(keys.popleft(), None):
                    return
        self._ahead.add(key)
        for name in names:
            self._ahead_by_name[posting.account, amount, name].append(key)

    def clear_if_even(self) -> None:
        """Take all away where nothing is left."""
        if not self.balance:
            self._parked.clear()
            self._by_name.clear()
            self._ahead.clear()
            self._ahead_by_name.clear()


def _said(entry: Transaction, posting: Posting) -> Iterable[str]:
    """Return what may name a payment: its references and texts, and their words."""
    said = [*references(entry, posting), *texts(entry, posting)]
    words = chain.from_iterable(map(str.split, said))
    return dict.fromkeys(filter(None, map(_squeezed, (*said, *words))))


def _squeezed(name: str) -> str:
    """Return a name as it is compared: without case, blanks and dashes."""
    return "".join(split_words(name))
