"""Writers that are killed at any moment."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.files import in_place
from beancount_dunning.basics.files import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO
    from pathlib import Path

_KILLS = 200
_LONGEST = 0.03
_LEDGER = b"; a line of a ledger, as long as lines are\n" * 5_000


def append(path: Path) -> None:
    seen = path.read_bytes()
    write(path, seen + note(seen.count(b"note") + 1), seen)


def insert(path: Path) -> None:
    seen = path.read_bytes()
    write(path, note(seen.count(b"note") + 1) + seen, seen)


def note(number: int) -> bytes:
    return b"; note %d, up to its end\n" % number


def kill_writer(do: Callable[[Path], None], path: Path, seconds: float) -> int:
    """Let a process write notes, and kill it; return how many it had done."""
    reading, writing = os.pipe()
    writer = os.fork()
    if not writer:  # pragma: no cover - not in this process
        try:
            while True:
                do(path)
                os.write(writing, b"+")
        finally:
            os._exit(0)
    os.close(writing)
    # When it begins takes as long as a process takes.
    done = len(os.read(reading, 1))
    time.sleep(seconds)
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    while more := os.read(reading, 1000):
        done += len(more)
    os.close(reading)
    return done


def beside(path: Path) -> list[Path]:
    return [other for other in path.parent.iterdir() if other != path]


def test_a_killed_writer_leaves_a_whole_ledger(
    tmp_path: Path, count: Callable[..., None]
) -> None:
    path = tmp_path / "books.beancount"
    path.write_bytes(_LEDGER)
    chance = random.Random(1)  # noqa: S311 - no secret
    done = left = broken = lost = 0
    for _ in range(_KILLS):
        done += kill_writer(append, path, chance.uniform(0, _LONGEST))
        content = path.read_bytes()
        there = content.count(b"note")
        broken += content != _LEDGER + b"".join(
            note(number + 1) for number in range(there)
        )
        lost += max(0, done - there)
        # A note may be there that the writer could not tell of any more.
        done = there
        names = [other.name for other in beside(path)]
        assert len(names) <= 1
        assert all(name.startswith(".books.beancount.dunning-") for name in names)
        left += len(names)
    append(path)
    count(
        kills=_KILLS,
        notes=done,
        files_left_until_the_next_write=left,
        ledgers_broken=broken,
        notes_lost=lost,
    )
    assert (broken, lost) == (0, 0)
    assert left > 0
    assert not beside(path)


def write_slowly(file: FileIO, content: bytes) -> None:
    """Write as to a slow disk, or else a kill hardly ever comes in the middle."""
    pieces = 8
    size = len(content) // pieces + 1
    for start in range(0, len(content), size):
        file.write(content[start : start + size])
        time.sleep(_LONGEST / pieces)


def test_a_killed_writer_of_a_hard_link_leaves_a_copy(
    tmp_path: Path, count: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there before is whole, in the file or in the copy that is named."""
    monkeypatch.setattr(in_place, "_write", write_slowly)
    path = tmp_path / "folder" / "books.beancount"
    path.parent.mkdir()
    path.write_bytes(_LEDGER)
    (tmp_path / "link").hardlink_to(path)
    chance = random.Random(2)  # noqa: S311 - no secret
    kills, halves, lost = _KILLS // 2, 0, 0
    whole = re.compile(rb"(; note \d+, up to its end\n)*" + re.escape(_LEDGER))
    for _ in range(kills):
        kill_writer(insert, path, chance.uniform(0, _LONGEST))
        copies = [copy.read_bytes() for copy in beside(path)]
        assert len(copies) <= 1
        if not whole.fullmatch(path.read_bytes()):
            halves += 1
            lost += not (copies and whole.fullmatch(copies[0]))
            with pytest.raises(OSError, match=f"compare it with {beside(path)[0]}"):
                append(path)
            path.write_bytes(copies[0])
    insert(path)
    count(kills=kills, half_written_beside_a_copy=halves, contents_lost=lost)
    assert halves > 0
    assert lost == 0
    assert not beside(path)
