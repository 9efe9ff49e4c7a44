"""Which of several amounts add up to another."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.money import WIDE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

# So many sums are looked at, and then nobody knows.
_MAX_STEPS = 100_000


def only_subset(amounts: Sequence[Decimal], target: Decimal) -> tuple[int, ...] | None:
    """Find the only set of amounts with a sum.

    Args:
        amounts: The amounts, each above zero.
        target: The sum, above zero.

    Returns:
        The indices of the amounts, in order; empty where no set has the sum, and None
        where several have it, or where there are too many sums to look at.
    """
    exponents: list[Any] = [one.as_tuple().exponent for one in (*amounts, target)]
    digits = max(0, *(-exponent for exponent in exponents))
    *numbers, wanted = (int(one.scaleb(digits, WIDE)) for one in (*amounts, target))
    rest = sum(numbers) - wanted
    if rest < 0:
        return ()
    if wanted <= rest:
        return _only_set(numbers, wanted)
    # What is left out adds up, too, and there are fewer sums below it.
    left_out = _only_set(numbers, rest)
    if left_out is None or (rest and not left_out):
        return left_out
    everything = set(range(len(numbers)))
    return tuple(sorted(everything.difference(left_out)))


def _only_set(numbers: Sequence[int], wanted: int) -> tuple[int, ...] | None:
    # By sum: how many sets have it (two stand for more), the index that completes the
    # first of them, and the sum before that.
    reached = {0: (1, -1, 0)}
    steps = 0
    for index, number in enumerate(numbers):
        steps += len(reached)
        if steps > _MAX_STEPS:
            return None
        for before, (sets, _, _) in list(reached.items()):
            after = before + number
            if after in reached:
                known, *path = reached[after]
                reached[after] = (min(known + sets, 2), path[0], path[1])
            elif after <= wanted:
                reached[after] = (sets, index, before)
    if wanted not in reached:
        return ()
    if reached[wanted][0] > 1:
        return None
    found: list[int] = []
    while wanted:
        _, index, wanted = reached[wanted]
        found.append(index)
    return tuple(reversed(found))
