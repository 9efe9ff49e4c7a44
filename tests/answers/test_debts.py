"""What sets of items come to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import chain
from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.debts import MOST_ITEMS
from beancount_dunning.answers.debts import Debt
from beancount_dunning.answers.debts import Debts
from beancount_dunning.answers.debts import Sums
from tests.conftest import load

if TYPE_CHECKING:
    from collections.abc import Sequence


def debts(amounts: Sequence[int]) -> list[Debt]:
    """Return items with these amounts, each of an invoice of its own."""
    text = "".join(
        f'2026-09-14 * "Acme" "Cards" ^INV-{number:03}\n'
        f"  Assets:Receivable  {amount} EUR\n"
        "  Income:Sales\n"
        for number, amount in enumerate(amounts)
    )
    items = load(text).receivables().items
    return [
        Debt(item, item.open, is_disputed=False, reaches_minimum=_always, paid=None)
        for item in items
    ]


def _always(_: Decimal, __: str) -> bool:
    return True


@profile(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(1, 50))
def test_it_finds_what_trying_all_sets_finds(amounts: list[int], target: int) -> None:
    several = debts(amounts)
    sets = [
        some
        for some in chain(*(combinations(several, n + 1) for n in range(MOST_ITEMS)))
        if sum(debt.open for debt in some) == target
    ]
    sums = Sums(several, [debt.open for debt in several])
    found = sums.find(Decimal(target), lambda *_: True)
    assert found is not None
    assert len(found) == min(len(sets), 2)
    assert set(found) <= set(sets)


def test_with_too_many_sets_nobody_knows() -> None:
    several = debts([1] * 12)
    sums = Sums(several, [debt.open for debt in several])
    assert sums.find(Decimal(6), lambda debt, _: debt is several[0]) is None


def test_sums_are_made_anew_once_an_item_is_paid_in_part() -> None:
    several = debts([1, 2])
    every = Debts(several)
    acme, day = frozenset({"Acme"}), date(2026, 10, 1)
    sums = every.sums(acme, "EUR")
    every.take(several[0], Decimal(1), day)
    assert every.sums(acme, "EUR") is sums
    every.take(several[1], Decimal(1), day)
    assert every.sums(acme, "EUR") is not sums
