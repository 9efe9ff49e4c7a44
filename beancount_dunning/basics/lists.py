"""Lists and sums in sentences: each language has its own comma, its own "and" and "or".

listed(["INV-1", "INV-2", "INV-3"])            INV-1, INV-2 and INV-3
either(["agency", "lawyer"])                   agency or lawyer
sums({"EUR": Decimal("10.00"), "USD": ...})    10.00 EUR and 5 USD
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from beancount_dunning.basics.errors import MAX_LISTED
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal


def listed(parts: Iterable[str]) -> Words:
    """List things, like "A, B and C".

    Args:
        parts: The things, at least one.
    """
    return _linked(parts, _and)


def either(parts: Iterable[str]) -> Words:
    """List things to choose from, like "A, B or C".

    Args:
        parts: The things, at least one.
    """
    return _linked(parts, _or)


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


def _linked(parts: Iterable[str], link: Callable[[Words, str], Words]) -> Words:
    *before, last = parts
    if not before:
        return Words.joined("", [last])
    return link(reduce(_comma, before[1:], Words.joined("", before[:1])), last)


def _comma(before: Words, part: str) -> Words:
    return Words("{before}, {part}", before=before, part=part)


def _and(before: Words, part: str) -> Words:
    return Words("{before} and {part}", before=before, part=part)


def _or(before: Words, part: str) -> Words:
    return Words("{before} or {part}", before=before, part=part)
