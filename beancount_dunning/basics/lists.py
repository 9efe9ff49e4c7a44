"""Lists and sums in sentences: each language has its own comma, its own "and" and "or".

listed(["INV-1", "INV-2", "INV-3"])            INV-1, INV-2 and INV-3
either(["agency", "lawyer"])                   agency or lawyer
sums({"EUR": Decimal("10.00"), "USD": ...})    10.00 EUR and 5 USD
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from beancount_dunning.basics.errors import MAX_LISTED
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal
    from typing import Any
    from typing import Self

    from beancount_dunning.basics.words import Catalogue


def listed(parts: Iterable[str]) -> Words:
    """List things, like "A, B and C".

    Args:
        parts: The things, at least one.
    """
    return _Row(parts, _and)


def either(parts: Iterable[str]) -> Words:
    """List things to choose from, like "A, B or C".

    Args:
        parts: The things, at least one.
    """
    return _Row(parts, _or)


def shortened(parts: Sequence[str]) -> Words:
    """List things, and count those that are too many: "A, B, C, D and 3 more".

    Args:
        parts: The things, at least one.
    """
    more = len(parts) - MAX_LISTED
    if more <= 0:
        return listed(parts)
    return listed([*parts[:MAX_LISTED], Words.counted("{n} more", "{n} more", more)])


def money(amount: Decimal, currency: str) -> Words:
    """Write an amount, like "10.00 EUR"."""
    return Words("{amount} {currency}", amount=amount, currency=currency)


def sums(amounts: Mapping[str, Decimal]) -> Words:
    """Write sums by currency, like "10.00 EUR and 5 USD".

    Args:
        amounts: The sums, at least one.
    """
    return listed(money(amounts[currency], currency) for currency in sorted(amounts))


class _Row(Words):
    """Things in a row; they may be many, so they are not put into one another."""

    __slots__ = ("link", "parts")
    parts: tuple[str, ...]
    link: Callable[[str, str], Words]

    def __new__(cls, parts: Iterable[str], link: Callable[[str, str], Words]) -> Self:
        known = tuple(parts)
        self = super().__new__(cls, "{row}", row=_said(known, link, str))
        self.values = {str(index): part for index, part in enumerate(known)}
        self.parts = known
        self.link = link
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, object]]:
        return (self.parts, self.link), {}

    def translated(
        self, catalogue: Catalogue, number: Callable[[Decimal], str] = exact
    ) -> str:
        def say(text: str) -> str:
            if isinstance(text, Words):
                return text.translated(catalogue, number)
            return text

        return _said(self.parts, self.link, say)


def _said(
    parts: Sequence[str], link: Callable[[str, str], Words], say: Callable[[str], str]
) -> str:
    *before, last = map(say, parts)
    if not before:
        return last
    return say(link(reduce(lambda some, one: say(_comma(some, one)), before), last))


def _comma(before: str, part: str) -> Words:
    return Words("{before}, {part}", before=before, part=part)


def _and(before: str, part: str) -> Words:
    return Words("{before} and {part}", before=before, part=part)


def _or(before: str, part: str) -> Words:
    return Words("{before} or {part}", before=before, part=part)
