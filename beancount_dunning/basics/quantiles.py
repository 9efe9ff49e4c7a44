"""Quantiles of what was observed: each is one of the values, and none in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUARTERS = (1, 2, 3)


def quartiles(ordered: Sequence[int], first: int = 0) -> tuple[int, int, int]:
    """Return the values up to which a quarter, a half and three quarters are.

    By definition 1 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The
    American Statistician 50 (1996): the smallest value up to which so many are.

    Args:
        ordered: Values, the smallest first.
        first: Where those begin that count; at least one has to.
    """
    count = len(ordered) - first
    lower, middle, upper = (
        ordered[first + (count * quarter + 3) // 4 - 1] for quarter in _QUARTERS
    )
    return lower, middle, upper
