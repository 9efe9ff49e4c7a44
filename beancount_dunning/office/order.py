"""What comes as it is ready, in the order in which it was asked for."""

from __future__ import annotations

import pickle
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO
from typing import TYPE_CHECKING
from typing import TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

T = TypeVar("T")


def _write(file: IO[bytes], one: object) -> int:
    """Add something to the end of a file, and return where it stands."""
    place = file.seek(0, 2)
    pickle.dump(one, file)
    file.flush()
    return place


def in_order(found: Iterable[tuple[int, T]]) -> Iterator[tuple[int, T]]:
    """Yield what is numbered in the order of its numbers, from 0 on.

    What comes before its turn waits in a file without a name, so that memory does not
    grow with it, or in memory where the disk is full.

    Args:
        found: Numbers and what they stand for, each number once.
    """
    turn = 0
    places: dict[int, int] = {}
    here: dict[int, T] = {}
    with TemporaryFile() as file:
        for index, one in found:
            here[index] = one
            if index != turn:
                with suppress(OSError):
                    places[index] = _write(file, one)
                    del here[index]
            while turn in here or turn in places:
                if turn in here:
                    yield turn, here.pop(turn)
                else:
                    file.seek(places.pop(turn))
                    yield turn, pickle.load(file)  # noqa: S301 - nobody else has it
                turn += 1
