"""Quartiles are values that were observed, up to which so many are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.basics.quantiles import quartiles


def test_quartiles_by_hand() -> None:
    assert quartiles([7]) == (7, 7, 7)
    assert quartiles([1, 2, 3, 4]) == (1, 2, 3)
    assert quartiles([1, 2, 3, 4, 50]) == (2, 3, 4)
    assert quartiles([-9, -8, 1, 2, 3, 4], 2) == (1, 2, 3)


@given(st.lists(st.integers(), min_size=1), st.integers(0, 5))
def test_each_is_the_smallest_up_to_which_so_many_are(
    values: list[int], before: int
) -> None:
    values.sort()
    found = quartiles([0] * before + values, before)
    for quarter, value in zip((1, 2, 3), found, strict=True):
        enough = [
            one
            for one in values
            if 4 * sum(other <= one for other in values) >= quarter * len(values)
        ]
        assert value == min(enough)
