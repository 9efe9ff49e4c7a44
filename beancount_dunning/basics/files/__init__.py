"""Writing files so that nothing is lost: whole or not at all, never over an edit.

A new file is written beside the old one, gets all that the old one has (`attributes`)
and takes its place (`exchange`); where it cannot, the old one is written itself
(`in_place`). Other writers are kept out meanwhile (`locks`), and what a killed one left
beside the file is cleaned up (`leftovers`).
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from beancount_dunning.basics.files.attributes import make_alike
from beancount_dunning.basics.files.errors import BusyError
from beancount_dunning.basics.files.errors import ChangedError
from beancount_dunning.basics.files.exchange import keep_names
from beancount_dunning.basics.files.exchange import put_in_place
from beancount_dunning.basics.files.in_place import write_in_place
from beancount_dunning.basics.files.leftovers import clean
from beancount_dunning.basics.files.leftovers import discard
from beancount_dunning.basics.files.leftovers import draft_of
from beancount_dunning.basics.files.leftovers import swap_of
from beancount_dunning.basics.files.locks import PATIENCE
from beancount_dunning.basics.files.locks import locked
from beancount_dunning.basics.files.locks import unopened
from beancount_dunning.basics.files.locks import wait_until_free

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["BusyError", "ChangedError", "replace_file", "wait_until_free", "write"]


def replace_file(path: Path, content: bytes) -> None:
    """Write a file, whatever it holds.

    A reader sees the old content or the new, never a part, except in a file that has to
    be written in place.

    Args:
        path: The file; a link is followed, a device or pipe just written to.
        content: What is to be in it. Where that is so already, nothing is written.

    Raises:
        BusyError: Another program writes into it, and does not end.
        OSError: It cannot be written, or is read-only; then it is as it was.
    """
    path = path.resolve()
    if not path.exists():
        _make(path, content)
    elif not path.is_file():
        path.write_bytes(content)
    elif path.read_bytes() != content:
        with locked(path, PATIENCE):
            _replace(path, content, path.read_bytes(), PATIENCE)


def write(
    path: Path, content: bytes, seen: bytes, *, patience: float = PATIENCE
) -> None:
    """Put a new content in the place of the one that it was made from.

    Args:
        path: The file; a link is followed.
        content: What is to be in it.
        seen: What was in it when the new content was worked out.
        patience: The seconds to wait for another program that writes into it.

    Raises:
        ChangedError: The file is not that any more; it stays as it is.
        BusyError: Another program writes into it, and does not end.
        OSError: It cannot be written; then it is as it was.
    """
    path = path.resolve()
    with locked(path, patience):
        _replace(path, content, seen, patience)


def _make(path: Path, content: bytes) -> None:
    """Write a file that is not there, as any other that one writes."""
    umask = os.umask(0)
    os.umask(umask)
    draft = draft_of(path, content)
    try:
        draft.chmod(0o666 & ~umask)
        draft.replace(path)
    except BaseException:
        draft.unlink()
        raise
    keep_names(path.parent)


def _replace(path: Path, content: bytes, seen: bytes, patience: float) -> None:
    if path.read_bytes() != seen:
        raise ChangedError(path)
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only", str(path))
    if not os.access(path.parent, os.W_OK):
        reason = (
            f"its folder {path.parent} is read-only, and a copy has to be there while "
            "it is written; make the folder writable"
        )
        raise PermissionError(errno.EACCES, reason, str(path))
    clean(path)
    if content != seen and not _swap(path, content, seen, patience):
        write_in_place(path, content, seen, patience)


def _swap(path: Path, content: bytes, seen: bytes, patience: float) -> bool:
    """Put a new file in a file's place; tell whether that goes."""
    if path.stat().st_nlink > 1:
        return False
    swap = draft_of(path, content)
    try:
        if not make_alike(swap, path):
            return False
        swap = swap.replace(swap_of(path, seen, content))
        # The next writer will find the new file, and is to wait all the same.
        with locked(swap, patience), unopened(path, patience) as is_unopened:
            put_in_place(swap, path, seen, is_unopened)
    except OSError as error:
        # A file that is mounted by itself keeps its place.
        if error.errno != errno.EBUSY:
            raise
        return False
    finally:
        discard(swap, path)
    return True
