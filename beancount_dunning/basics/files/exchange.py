"""Putting a new file in an old one's place without undoing a save of that moment.

Between the last look at a file and its replacement an editor may save it. On Linux two
files can change places in one step (`renameat2` with `RENAME_EXCHANGE`): what comes out
can then be looked at, and be put back. Elsewhere, and on most network shares, a save in
the few microseconds between look and replacement is lost.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.files.errors import ChangedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# From <linux/fs.h> and <fcntl.h>.
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


def _system_call() -> Any:  # noqa: ANN401 - ctypes has no type for it
    """Return the system's `renameat2`; None where there is none."""
    try:
        return ctypes.CDLL(None, use_errno=True).renameat2
    # Other systems have no such call, or no library to look for it in.
    except (AttributeError, OSError, TypeError):  # pragma: no cover - not on Linux
        return None


_renameat2 = _system_call()


def exchange(one: Path, other: Path) -> bool:
    """Let two files change places; tell whether they did."""
    if _renameat2 is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    failed = _renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    return not failed


def put_in_place(
    swap: Path, path: Path, seen: bytes, is_unopened: Callable[[], bool]
) -> None:
    """Put a new file in the place of another, if that still holds what was read.

    Args:
        swap: The new file. It takes the old one's name, and is gone.
        path: The old file.
        seen: What the old one is to hold.
        is_unopened: Tells whether no program opens the old one for writing.

    Raises:
        ChangedError: It holds something else; that is in its place.
        OSError: It cannot be replaced.
    """
    content, before = swap.read_bytes(), path.stat()
    if path.read_bytes() != seen or not is_unopened():
        raise ChangedError(path)
    if not exchange(swap, path):
        swap.replace(path)
        return
    # To look at the whole content takes longer than a save may wait.
    if os.path.samestat(swap.stat(), before) and is_unopened():
        # Whoever was about to open the old file shows up while the disk takes its time.
        keep_names(path.parent)
        if swap.read_bytes() == seen and is_unopened():
            swap.unlink()
            return
    _put_back(swap, path, content)
    raise ChangedError(path)


def _put_back(swap: Path, path: Path, there: bytes) -> None:
    """Put what came out in its place again, and in turn what was saved over it.

    Args:
        swap: What came out.
        path: The place.
        there: What was put there, and is of no use if it comes out as it was.
    """
    while True:
        with swap.open("rb") as came:
            if not exchange(swap, path):
                return
            if swap.read_bytes() == there:
                swap.unlink()
                return
            there = came.read()


def keep_names(folder: Path) -> None:
    """Let the disk know the names in a folder, where the system can."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
