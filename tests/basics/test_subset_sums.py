"""Which of several amounts add up to another."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain
from itertools import combinations

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.basics.subset_sums import only_subset

AMOUNTS = st.lists(
    st.one_of(st.integers(1, 9).map(Decimal), st.decimals("0.01", "9", places=2)),
    max_size=7,
)


@profile(deadline=None)
@given(AMOUNTS, st.decimals("0.01", "40", places=2), st.sets(st.integers(0, 6)))
def test_it_finds_what_trying_all_sets_finds(
    amounts: list[Decimal], target: Decimal, some: set[int]
) -> None:
    # A sum of some of them, or else any amount.
    chosen = [amounts[index] for index in some if index < len(amounts)]
    target = sum(chosen, Decimal()) or target
    indices = range(len(amounts))
    sets = [
        found
        for found in chain(*(combinations(indices, n) for n in range(1, 8)))
        if sum((amounts[index] for index in found), Decimal()) == target
    ]
    expected: tuple[int, ...] | None = sets[0] if sets else ()
    assert only_subset(amounts, target) == (None if len(sets) > 1 else expected)


def test_hundreds_of_amounts_that_all_belong_are_found_at_once() -> None:
    amounts = [Decimal(f"{number}.37") for number in range(1, 501)]
    assert only_subset(amounts, sum(amounts, Decimal())) == tuple(range(500))
    assert only_subset(amounts, sum(amounts[1:], Decimal())) == tuple(range(1, 500))


def test_nobody_knows_where_there_are_too_many_sums() -> None:
    amounts = [Decimal(3**number) for number in range(60)]
    assert only_subset(amounts, Decimal(3**58 + 1)) is None
