"""Writing into a file itself, where another file cannot take its place.

So it is with a file of several names (hard links), one that is mounted by itself, as
Docker does, and one whose owner, group or attributes this process cannot give. A killed
process may leave the file half written: so a copy of what it held is made before.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from beancount_dunning.basics.files.errors import ChangedError
from beancount_dunning.basics.files.errors import InterruptedWriteError
from beancount_dunning.basics.files.leftovers import copy_of
from beancount_dunning.basics.files.leftovers import draft_of
from beancount_dunning.basics.files.locks import unopened

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path


def write_in_place(path: Path, content: bytes, seen: bytes, patience: float) -> None:
    """Write into a file, if it still holds what was read.

    Args:
        path: The file.
        content: What is to be in it.
        seen: What it is to hold before.
        patience: The seconds to wait for another program that is writing into it.

    Raises:
        ChangedError: It holds something else, which stays.
        BusyError: Another program writes into it, and does not end.
        InterruptedWriteError: It is half written; the copy is beside it.
        OSError: It cannot be written; then it is as it was.
    """
    copy = draft_of(path, seen).replace(copy_of(path, seen, content))
    try:
        with unopened(path, patience):
            pass
        _put(path, content, seen, copy)
    except InterruptedWriteError:
        raise
    except BaseException:
        copy.unlink()
        raise
    copy.unlink()


def _put(path: Path, content: bytes, seen: bytes, copy: Path) -> None:
    # What only adds to a file leaves alone whatever is in it by then.
    start = len(seen) if content.startswith(seen) else 0
    with path.open("ab" if start else "r+b", buffering=0) as file:
        if path.read_bytes() != seen:
            raise ChangedError(path)
        try:
            _write(file, content[start:])
            if not start:
                file.truncate()
            os.fsync(file.fileno())
        except BaseException:
            try:
                _take_back(file, seen, start)
            except BaseException as error:
                raise InterruptedWriteError(path, copy) from error
            raise


def _write(file: FileIO, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def _take_back(file: FileIO, seen: bytes, start: int) -> None:
    """Make a file again what it was, which takes no space on the disk."""
    if not start:
        file.seek(0)
        _write(file, seen)
    file.truncate(len(seen))
    os.fsync(file.fileno())
