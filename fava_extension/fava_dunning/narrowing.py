"""What lists and tables are narrowed to, as an address says, and what that leaves.

    find, bucket, currency     a text, and a bucket of a currency
    only                       traits, like "dispute,overdue": an item has to have all
    policy, segment            the item's reminder policy, its customer's segment

A bookmark of such an address is a saved view.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from beancount_dunning.answers.traits import Trait
from beancount_dunning.answers.traits import traits

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books

# By the texts of so many items a customer is found before the server answers.
_MAX_TEXTS = 5


@dataclass(frozen=True, slots=True)
class Listed:
    """An open item as one looks for it; its text is casefolded."""

    aged: AgedItem
    traits: frozenset[Trait]
    segment: str
    text: str

    @property
    def is_due(self) -> bool:
        """Whether a reminder may go out now."""
        return Trait.DUE in self.traits


def listed(books: Books, report: AgingReport) -> tuple[Listed, ...]:
    """Return a report's items as one looks for them, in the same order.

    Args:
        books: The ledger on the report's date.
        report: The aging report.
    """
    segments = {
        row.customer: books.settings.customer(row.customer or "").segment or ""
        for row in report.customers
    }
    return tuple(
        Listed(
            aged,
            traits(aged, report.as_of),
            segments[aged.item.customer],
            folded(aged.item.customer, aged.item.label, aged.item.entry.narration),
        )
        for aged in report.items
    )


def folded(*texts: str | None) -> str:
    """Return texts as one, in which another is looked for."""
    return "\n".join(filter(None, texts)).casefold()


def _together(some: Iterable[Listed]) -> str:
    """Return the texts of items as one, each part of them once."""
    parts = chain.from_iterable(one.text.split("\n") for one in some)
    return "\n".join(dict.fromkeys(parts))


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is looked for; what is empty narrows nothing."""

    find: str = ""
    bucket: str = ""
    currency: str = ""
    only: frozenset[Trait] = frozenset()
    policy: str = ""
    segment: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Narrowing:
        """Read the parameters of an address; what makes no sense is left aside."""
        named = said.get("only", "").split(",")
        return cls(
            said.get("find", "").strip(),
            said.get("bucket", ""),
            said.get("currency", ""),
            frozenset(one for one in Trait if name_of(one) in named),
            said.get("policy", ""),
            said.get("segment", ""),
        )

    @property
    def bucket_chosen(self) -> tuple[str, str]:
        """The bucket that is looked for, and its currency."""
        return self.bucket, self.currency

    @property
    def is_by_text(self) -> bool:
        """Whether a text is all that is looked for."""
        return bool(self.find) and self == Narrowing(self.find)

    def has(self, *texts: str | None) -> bool:
        """Tell whether the text that is looked for is in one of some."""
        return self.find.casefold() in folded(*texts)

    def keeps(self, one: Listed) -> bool:
        """Tell whether an item is looked for."""
        aged = one.aged
        return (
            self.find.casefold() in one.text
            and self.bucket in {"", aged.bucket}
            and self.currency in {"", aged.item.currency}
            and self.only <= one.traits
            and self.policy in {"", aged.item.policy}
            and self.segment in {"", one.segment}
        )

    def turned(self, trait: Trait) -> str | None:
        """Return `only` with a trait more or, if it is there, less."""
        names = (name_of(one) for one in Trait if one in self.only ^ {trait})
        return ",".join(names) or None


def name_of(trait: Trait) -> str:
    """Return what an address calls a trait."""
    return trait.name.lower()


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to narrow to, and how many customers that leaves."""

    value: str
    customers: int
    is_chosen: bool


@dataclass(frozen=True)
class Narrowed:
    """Items, and those of them that are looked for."""

    all: Sequence[Listed]
    by: Narrowing

    @property
    def is_any(self) -> bool:
        """Whether anything is looked for."""
        return self.by != Narrowing()

    @cached_property
    def items(self) -> Sequence[Listed]:
        """The items that are looked for."""
        return self._but() if self.is_any else self.all

    @cached_property
    def customers(self) -> set[tuple[str, str]]:
        """Whose they are, and in which currency."""
        return {(one.aged.item.customer, one.aged.item.currency) for one in self.items}

    @cached_property
    def _identities(self) -> set[int]:
        return {id(one.aged.item) for one in self.items}

    def has_any(self, items: Iterable[Item]) -> bool:
        """Tell whether one of some items is looked for."""
        return not self.is_any or any(id(item) in self._identities for item in items)

    @cached_property
    def of_customer(self) -> Mapping[str, tuple[frozenset[Trait], str]]:
        """What is true of any item of a customer, and by which texts it is found."""
        found: dict[str, list[Listed]] = defaultdict(list)
        for one in self.all:
            found[one.aged.item.customer].append(one)
        return {
            name: (
                frozenset().union(*(one.traits for one in some)),
                _together(some[:_MAX_TEXTS]),
            )
            for name, some in found.items()
        }

    @cached_property
    def traits(self) -> list[tuple[Trait, Choice]]:
        """The traits to narrow to, in addition to what is chosen."""
        found: dict[Trait, set[str]] = defaultdict(set)
        for one in self.items:
            for trait in one.traits:
                found[trait].add(one.aged.item.customer)
        return [
            (trait, Choice(self.by.turned(trait) or "", len(found[trait]), chosen))
            for trait in Trait
            if (chosen := trait in self.by.only) or trait in found
        ]

    @cached_property
    def policies(self) -> list[Choice]:
        """The policies to narrow to instead of the one that is chosen."""
        left = self._but(policy="")
        return _choices(left, lambda one: one.aged.item.policy, self.by.policy)

    @cached_property
    def segments(self) -> list[Choice]:
        """The segments to narrow to instead of the one that is chosen."""
        left = self._but(segment="")
        return _choices(left, lambda one: one.segment, self.by.segment)

    def _but(self, **changes: str) -> list[Listed]:
        keeps = replace(self.by, **changes).keeps  # type: ignore[arg-type]  # texts only
        return list(filter(keeps, self.all))


def _choices(
    left: Iterable[Listed], value: Callable[[Listed], str], chosen: str
) -> list[Choice]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in left:
        found[value(one)].add(one.aged.item.customer)
    names = sorted(filter(None, {*found, chosen}), key=str.casefold)
    return [Choice(name, len(found[name]), name == chosen) for name in names]
