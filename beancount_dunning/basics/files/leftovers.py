"""Files beside the one that is written, and what is left of them by a killed process.

They are named after the file, like `.books.beancount.dunning-…`. There are three kinds:

- a `draft` is being written, and is of no use to anybody;
- a `swap` holds the new content, then, after the exchange, the old one: or what an
  editor saved in that moment, if the process was killed before it put that back;
- a `copy` holds the old content while the file itself is written in place.

The names of the last two say what was to be replaced by what, so that the next write
can tell which are of no use any more. It deletes those, and stops at others.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from hashlib import blake2b
from secrets import token_hex
from typing import TYPE_CHECKING

from beancount_dunning.basics.files.errors import InterruptedWriteError

if TYPE_CHECKING:
    from pathlib import Path

_DIGITS = 12
_DIGEST = f"[0-9a-f]{{{_DIGITS}}}"
_NAME = re.compile(
    r"\.(?P<path>.+)\.dunning-(?P<kind>draft|swap|copy)"
    rf"-(?P<old>{_DIGEST})-(?P<new>{_DIGEST})",
    re.DOTALL,
)


def draft_of(path: Path, content: bytes) -> Path:
    """Write a content into a new file beside another, which only its owner may read.

    Args:
        path: The file that it is for.
        content: What the new one is to hold, and the disk as well.

    Returns:
        The new file.

    Raises:
        OSError: It cannot be written, and there is none.
    """
    # At random, since another process may be writing one.
    draft = _beside(path, "draft", token_hex(_DIGITS // 2), token_hex(_DIGITS // 2))
    try:
        number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(number)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def swap_of(path: Path, old: bytes, new: bytes) -> Path:
    """Return the name for a new content on its way into the place of the old one."""
    return _beside(path, "swap", _digest(old), _digest(new))


def copy_of(path: Path, old: bytes, new: bytes) -> Path:
    """Return the name for a copy of the old content while the new one is written."""
    return _beside(path, "copy", _digest(old), _digest(new))


def clean(path: Path) -> None:
    """Delete what killed processes left. Call it only with the file locked.

    Args:
        path: The file that was written.

    Raises:
        InterruptedWriteError: What is left may be needed.
    """
    for left in sorted(path.parent.iterdir()):
        if _name_of(left, path):
            discard(left, path)
            if left.exists():
                raise InterruptedWriteError(path, left)


def discard(left: Path, path: Path) -> None:
    """Delete one of these files, unless something would be lost with it.

    Args:
        left: The file, which may not be there.
        path: The file that it was for.
    """
    name = _name_of(left, path)
    with suppress(FileNotFoundError):
        if name and _is_useless(left, name, path):
            left.unlink()


def _name_of(left: Path, path: Path) -> re.Match[str] | None:
    """Take the name of a file apart, if it is one of these and belongs to another."""
    name = _NAME.fullmatch(left.name)
    if not name or name["path"] != path.name:
        return None
    # A pipe or a link is none of ours, whoever put it there: it may lead anywhere.
    return name if left.is_file() and not left.is_symlink() else None


def _is_useless(left: Path, name: re.Match[str], path: Path) -> bool:
    """Tell whether nothing is lost with a file."""
    if name["kind"] == "draft":
        return True
    # A swap must hold what it began with, or what it was exchanged for. A copy is not
    # needed where the file was not begun, or finished.
    looked_at = left if name["kind"] == "swap" else path
    return _digest(looked_at.read_bytes()) in name.group("old", "new")


def _beside(path: Path, kind: str, old: str, new: str) -> Path:
    return path.with_name(f".{path.name}.dunning-{kind}-{old}-{new}")


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=_DIGITS // 2).hexdigest()
