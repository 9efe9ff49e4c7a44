"""Many writers of ours at once: who is told to look again does, and all get through."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from beancount_dunning.basics.files import ChangedError
from beancount_dunning.basics.files import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_WRITERS = 4
_NOTES = 25


def append(path: Path, note: bytes) -> None:
    while True:
        seen = path.read_bytes()
        try:
            write(path, seen + note, seen, patience=60)
        except ChangedError:
            continue
        return


def test_no_note_is_lost_between_writers(
    tmp_path: Path, count: Callable[..., None]
) -> None:
    path = tmp_path / "books.beancount"
    path.write_bytes(b"; a ledger\n" * 1000)
    writers = []
    for writer in range(_WRITERS):
        child = os.fork()
        if not child:  # pragma: no cover - not in this process
            try:
                for number in range(_NOTES):
                    append(path, b"; note %d of %d\n" % (number, writer))
            finally:
                os._exit(0)
        writers.append(child)
    for child in writers:
        os.waitpid(child, 0)
    wanted = {
        f"; note {number} of {writer}"
        for number in range(_NOTES)
        for writer in range(_WRITERS)
    }
    lines = path.read_text().splitlines()[1000:]
    count(writers=_WRITERS, notes=len(wanted), notes_lost=len(wanted.difference(lines)))
    assert len(lines) == len(wanted)
    assert set(lines) == wanted
    assert [other.name for other in tmp_path.iterdir()] == [path.name]
