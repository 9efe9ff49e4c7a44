"""What is open while payments in hand are being assigned to it, one after the other."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from itertools import chain
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.resting import taken_discount

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.ledger.items import Item

# A sum is of so many items at most, unless the payment names them.
MOST_ITEMS = 6
# Of more items than this no sums are tried.
_MAX_ITEMS = 25
# Of more items than this only those are looked at whose amount is paid; and where more
# are named or alike, nobody knows which is meant.
MANY = 100
# So many sets with a sum are looked at; with more, nobody knows which is meant.
_MAX_SETS = 500


@dataclass(slots=True, eq=False)
class Debt:
    """An item, what is open of it, and when it was last paid.

    Attributes:
        has_siblings: Whether its invoice has other items.
        is_guessable: Whether a payment can be for it that does not name it: it is not
            in dispute, and not the little, or the discount, that is left of something.
        offered_until: The last day of its discounts.
        turn: When payments that name its invoice settle it: charges after all sales.
    """

    item: Item
    open: Decimal
    is_disputed: bool
    reaches_minimum: Callable[[Decimal, str], bool]
    paid: date | None
    has_siblings: bool = False
    is_guessable: bool = field(init=False)
    offered_until: date | None = field(init=False)
    turn: tuple[Any, ...] = field(init=False)
    _discount: Decimal = field(init=False)

    def __post_init__(self) -> None:
        """Find out what follows from the item."""
        item, offers = self.item, self.item.offers
        is_charge = item.charge is not None
        self.turn = is_charge, item.due or date.max, item.date, item.identity
        self.offered_until = max((offer.until for offer in offers), default=None)
        self._discount = item.open if taken_discount(item) else ZERO
        self._weigh()

    def _weigh(self) -> None:
        item, is_open = self.item, self.open
        is_much = is_open == item.amount or self.reaches_minimum(is_open, item.currency)
        is_owed = is_open > self._discount and not self.is_disputed
        self.is_guessable = is_much and is_owed

    def take(self, amount: Decimal, day: date) -> None:
        """Take off what is paid on a day."""
        self.open -= amount
        self.paid = day
        self._weigh()

    @property
    def likeness(self) -> tuple[object, ...]:
        """What it shares with items that are as good: instalments of one amount."""
        item = self.item
        return item.invoice or item.identity, item.customer, self.open


class Sums:
    """What sets of a few items come to."""

    def __init__(
        self, debts: Sequence[Debt], amounts: Sequence[Decimal], most: int = _MAX_ITEMS
    ) -> None:
        """Add up the sets of half as many items as a sum may have.

        Args:
            debts: The items, oldest due first.
            amounts: What would have to be paid of each.
            most: Of more items than this no sums are tried.
        """
        self.debts = debts
        self.amounts = amounts
        self._halves: dict[Decimal, list[tuple[int, ...]]] = defaultdict(list)
        self._is_complete = len(debts) <= most
        size = MOST_ITEMS // 2 if self._is_complete else 1
        several: list[tuple[tuple[int, ...], Decimal]] = [((), ZERO)]
        for _ in range(size):
            several = [
                ((*indices, index), total + amounts[index])
                for indices, total in several
                for index in range(indices[-1] + 1 if indices else 0, len(debts))
            ]
            for indices, total in several:
                self._halves[total].append(indices)

    def find(
        self, target: Decimal, fits: Callable[[Debt, Decimal], bool]
    ) -> list[tuple[Debt, ...]] | None:
        """Find the sets with a sum.

        Args:
            target: The sum.
            fits: Tells of an item, and what would have to be paid of it, whether it
                can be in a set.

        Returns:
            No set, one or two; None where there are too many to look at.
        """
        found: dict[tuple[int, ...], tuple[Debt, ...]] = {}
        looked_at: set[frozenset[int]] = set()
        for indices in self._sets(target):
            if indices in looked_at:
                continue
            looked_at.add(indices)
            if len(looked_at) > _MAX_SETS:
                return None
            if all(fits(self.debts[one], self.amounts[one]) for one in indices):
                earliest = self._earliest(indices)
                found[earliest] = tuple(self.debts[one] for one in earliest)
                if len(found) > 1:
                    break
        return list(found.values())

    def _sets(self, target: Decimal) -> Iterator[frozenset[int]]:
        """Yield the sets with a sum, some of them more than once."""
        yield from map(frozenset, self._halves.get(target, ()))
        if self._is_complete:
            for total, some in self._halves.items():
                rest = target - total
                for others in self._halves.get(rest, ()) if total <= rest else ():
                    for indices in some:
                        union = frozenset((*indices, *others))
                        if len(union) == len(indices) + len(others):
                            yield union

    def _earliest(self, indices: Iterable[int]) -> tuple[int, ...]:
        """Put the earliest of items that are alike in the place of later ones."""
        wanted = [self.debts[index].likeness for index in indices]
        chosen = []
        for index, debt in enumerate(self.debts):
            if debt.likeness in wanted:
                wanted.remove(debt.likeness)
                chosen.append(index)
        return tuple(chosen)


class Debts:
    """All that was ever owed, by what names it, whose it is and how much it is."""

    def __init__(self, debts: Iterable[Debt]) -> None:
        """Index debts."""
        self.by_item: dict[int, Debt] = {}
        # By name, currency and customer, or None for all: what was ever owed, and what
        # is open of it.
        self._ever: _Index[tuple[str | None, str, str | None]] = defaultdict(dict)
        self._named: _Index[tuple[str | None, str, str | None]] = defaultdict(dict)
        self._by_customer: _Index[tuple[str, str]] = defaultdict(dict)
        # By currency, amount and customer, or None for all.
        self._by_amount: _Index[tuple[str, Decimal, str | None]] = defaultdict(dict)
        self._sums: dict[tuple[frozenset[str], str], tuple[int, Sums]] = {}
        # How often something was taken off a customer's items and left them open.
        self._partly: Counter[str] = Counter()
        for debt in sorted(debts, key=lambda debt: debt.turn):
            self.add(debt)
        items = Counter(debt.item.invoice for debt in self.by_item.values())
        for debt in self.by_item.values():
            name = debt.item.invoice
            debt.has_siblings = name is not None and items[name] > 1

    def add(self, debt: Debt) -> None:
        """Index a debt, after all those that its name is for, too."""
        item = debt.item
        self.by_item[id(item)] = debt
        for customer in (item.customer, None):
            self._ever[item.invoice, item.currency, customer][id(debt)] = debt
        for index in self._indices(debt):
            index[id(debt)] = debt

    def _indices(self, debt: Debt) -> Iterator[dict[int, Debt]]:
        """Yield where an item is to be found while so much of it is open."""
        item, currency = debt.item, debt.item.currency
        if debt.open > 0:
            yield self._by_customer[item.customer, currency]
            for customer in (item.customer, None):
                yield self._named[item.invoice, currency, customer]
                yield self._by_amount[currency, debt.open, customer]

    def named(
        self, invoice: str, currency: str, customers: frozenset[str]
    ) -> list[Debt]:
        """Return what a name is for: what is open, or else all that ever was.

        Args:
            invoice: The name.
            currency: In which currency.
            customers: Whose items alone count, where they have any.

        Returns:
            The items, no more than one more than `MANY`.
        """
        for several in (sorted(customers), (None,)):
            for index in (self._named, self._ever):
                found = (
                    index.get((invoice, currency, customer), {}).values()
                    for customer in several
                )
                if debts := [*islice(chain.from_iterable(found), MANY + 1)]:
                    return debts
        return []

    def are_many(self, customers: frozenset[str], currency: str) -> bool:
        """Tell whether customers owe so much that only equal amounts are looked at."""
        counts = (len(self._by_customer.get((one, currency), ())) for one in customers)
        return sum(counts) > MANY

    def of(self, customers: frozenset[str], currency: str, day: date) -> list[Debt]:
        """Return what customers owed on a day and can be guessed, oldest due first.

        Where they owe many items, it is not all.
        """
        found = (
            self._by_customer.get((customer, currency), {}).values()
            for customer in sorted(customers)
        )
        return [
            debt
            for debt in islice(chain.from_iterable(found), MANY)
            if debt.is_guessable and debt.item.date <= day
        ]

    def sums(self, customers: frozenset[str], currency: str) -> Sums:
        """Return what sets of all that customers owe come to."""
        key = customers, currency
        state = sum(self._partly[customer] for customer in customers)
        if key not in self._sums or self._sums[key][0] != state:
            debts = self.of(customers, currency, date.max)
            self._sums[key] = state, Sums(debts, [debt.open for debt in debts])
        return self._sums[key][1]

    def take(self, debt: Debt, amount: Decimal, day: date) -> None:
        """Take off an item what is paid on a day."""
        for index in self._indices(debt):
            del index[id(debt)]
        debt.take(amount, day)
        for index in self._indices(debt):
            index[id(debt)] = debt
        if debt.open:
            # Sums of what is closed are left alone: nobody takes them for a set.
            self._partly[debt.item.customer] += 1

    def alike(
        self,
        currency: str,
        amount: Decimal,
        day: date,
        customers: frozenset[str] | None = None,
    ) -> list[Debt]:
        """Return the items of which an amount is open on a day.

        Args:
            currency: In which currency.
            amount: The amount.
            day: The day.
            customers: Whose items; None for everybody's.

        Returns:
            The items, oldest due first: no more than one more than `MANY`.
        """
        keys = (None,) if customers is None else sorted(customers)
        found = (
            self._by_amount.get((currency, amount, customer), {}).values()
            for customer in keys
        )
        is_old = (debt for debt in chain.from_iterable(found) if debt.item.date <= day)
        return sorted(islice(is_old, MANY + 1), key=lambda debt: debt.turn)


_Key = TypeVar("_Key")
_Index = defaultdict[_Key, dict[int, Debt]]
