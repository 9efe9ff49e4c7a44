"""Money that came in and stands on a suspense account: nobody knows yet what it is for.

    2026-11-12 * "ACME GMBH" "RECHNUNG INV2026031"
      Assets:Bank        2400.00 EUR
      Assets:Suspense

It is there no more when all these accounts together come to nothing in its currency, or
when another transaction takes its amount from there to a receivable account. Other
debits may be money that went out for something else.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Transaction

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.readable import postings_of

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Posting

    from beancount_dunning.standing.books import Books

    Parked = tuple[Transaction, Posting]


def parked(books: Books, suspense: re.Pattern[str]) -> Iterable[Parked]:
    """Return what came in on another asset and stands on a suspense account.

    Args:
        books: The ledger on a date.
        suspense: The names of the accounts; receivable accounts are none.

    Returns:
        The transactions, each with its posting on the account.
    """
    reader = _Reader(books, suspense)
    for entry in books.entries:
        if entry.date > books.as_of:
            break
        if isinstance(entry, Transaction) and reader.is_near(entry):
            reader.read(entry)
    return chain.from_iterable(one.parked for one in reader.standing.values())


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
    """Reads one transaction after the other, by date."""

    def __init__(self, books: Books, suspense: re.Pattern[str]) -> None:
        self._accounts = books.settings.accounts
        self._assets = root_prefix(books.options, "assets")
        self._names = _Names(books, suspense)
        self.standing: dict[str, _Standing] = defaultdict(_Standing)

    def is_near(self, entry: Transaction) -> bool:
        """Tell whether a transaction may have a posting on a suspense account."""
        names = self._names
        try:
            for posting in entry.postings:
                if names[posting.account]:
                    return True
        except (AttributeError, TypeError):
            # Another plugin may put anything there.
            return True
        return False

    def read(self, entry: Transaction) -> None:
        """Take in what a transaction brings to suspense accounts, and takes away."""
        postings: Sequence[Any] = postings_of(entry)
        own = [one for one in postings if self._names[one.account]]
        credits_ = [one for one in postings if one.units.number < 0]
        goes_on = any(self._accounts[one.account] for one in credits_)
        is_payment = self._is_payment(entry)
        for one in own:
            standing, number = self.standing[one.units.currency], one.units.number
            standing.balance += number
            if is_payment and number < 0:
                standing.add(entry, one)
            elif goes_on:
                standing.take(number)
        for currency in {one.units.currency for one in own}:
            self.standing[currency].clear_if_even()

    def _is_payment(self, entry: Transaction) -> bool:
        """Tell whether money came in on an asset that is no suspense account."""
        money = money_in(entry, self._accounts, self._assets)
        return not all(self._names[one.account] for one in money)


class _Standing:
    """What stands on suspense accounts in a currency."""

    def __init__(self) -> None:
        self.balance = ZERO
        self._by_amount: dict[Decimal, list[Parked]] = defaultdict(list)

    @property
    def parked(self) -> Iterable[Parked]:
        """The payments that are there, with their postings."""
        return chain.from_iterable(self._by_amount.values())

    def add(self, entry: Transaction, posting: Posting) -> None:
        """Add a payment."""
        units: Any = posting.units
        self._by_amount[-units.number].append((entry, posting))

    def take(self, amount: Decimal) -> None:
        """Take the oldest payment of an amount away, if there is one."""
        if found := self._by_amount.get(amount):
            del found[0]

    def clear_if_even(self) -> None:
        """Take all away where nothing is left."""
        if not self.balance:
            self._by_amount.clear()
