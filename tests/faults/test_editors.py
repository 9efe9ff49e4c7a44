"""An editor that asks for no lock saves 200 times a second while notes are written."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.files import BusyError
from beancount_dunning.basics.files import ChangedError
from beancount_dunning.basics.files import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SECONDS = 8
_PAUSE = 1 / 200
_BURST = 5
_REST = 0.1
_LEDGER = b"; a line of a ledger, as long as lines are\n" * 48_000
_MARK = b"; save "


def by_another_file(path: Path, content: bytes) -> None:
    other = path.with_name("saved")
    other.write_bytes(content)
    other.replace(path)


def into_the_file(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def edit(
    path: Path, save: Callable[[Path, bytes], None], end: float
) -> tuple[int, int]:
    """Save again and again; return how often, and how many saves were gone after it.

    As an editor does, it goes on from what the file holds, if that has changed.
    """
    saves = lost = 0
    while time.monotonic() < end:
        found = path.read_bytes()
        head, _, rest = found.partition(_MARK)
        last, _, notes = rest.partition(b"\n")
        lost += last != b"%d" % saves
        saves += 1
        save(path, head + _MARK + b"%d\n" % saves + notes)
        time.sleep(_PAUSE if saves % _BURST else _REST)
    return saves, lost


def append(path: Path, end: float) -> tuple[int, int]:
    """Append notes; return how often that was tried, and how often it was done."""
    tries = done = 0
    while time.monotonic() < end:
        tries += 1
        try:
            seen = path.read_bytes()
            write(path, seen + b"; note %d\n" % tries, seen, patience=1)
        except (ChangedError, BusyError, FileNotFoundError):
            continue
        done += 1
    return tries, done


@pytest.mark.parametrize("save", [by_another_file, into_the_file])
def test_no_save_is_undone(
    tmp_path: Path,
    count: Callable[..., None],
    save: Callable[[Path, bytes], None],
) -> None:
    path = tmp_path / "books.beancount"
    path.write_bytes(_LEDGER + _MARK + b"0\n")
    end = time.monotonic() + _SECONDS
    reading, writing = os.pipe()
    editor = os.fork()
    if not editor:  # pragma: no cover - not in this process
        try:
            os.write(writing, b"%d %d" % edit(path, save, end))
        finally:
            os._exit(0)
    try:
        tries, done = append(path, end)
    finally:
        os.waitpid(editor, 0)
    saves, lost = map(int, os.read(reading, 100).split())
    os.close(reading)
    os.close(writing)
    count(saves=saves, notes_tried=tries, notes_written=done, saves_lost=lost)
    assert lost == 0
    assert saves > _SECONDS
    assert done > _SECONDS
    assert {entry.name for entry in tmp_path.iterdir()} <= {path.name, "saved"}
