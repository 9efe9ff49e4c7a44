from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies

from beancount_dunning.office import order
from beancount_dunning.office.order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


@given(strategies.permutations(range(12)))
def test_whatever_order_they_come_in_they_leave_in_order(numbers: list[int]) -> None:
    found = in_order((number, f"answer {number}") for number in numbers)
    assert list(found) == [(number, f"answer {number}") for number in range(12)]


def test_what_has_its_turn_does_not_wait() -> None:
    came = []

    def coming() -> Iterator[tuple[int, str]]:
        for number in (0, 2, 1):
            came.append(number)
            yield number, str(number)

    found = in_order(coming())
    assert next(found) == (0, "0")
    assert came == [0]
    assert next(found) == (1, "1")
    assert came == [0, 2, 1]


def test_what_waits_on_a_full_disk_waits_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(order, "_write", refuse)
    assert list(in_order([(1, "b"), (0, "a")])) == [(0, "a"), (1, "b")]
