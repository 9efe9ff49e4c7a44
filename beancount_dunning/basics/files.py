"""Writing files so that nothing is lost: whole or not at all, never over an edit."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows knows no such locks
    fcntl = None  # type: ignore[assignment]  # there the module is missing

if TYPE_CHECKING:
    from collections.abc import Iterator


class ChangedError(OSError):
    """A file that is not any more what was read."""


def replace_file(path: Path, content: bytes, seen: bytes | None = None) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    The new file has the old one's mode, and its owner where that may be given. Another
    hard link to the old one keeps the old content.

    Args:
        path: The file; a link is followed, a device or pipe just written to.
        content: What is to be in it. Where that is so already, nothing is written.
        seen: What it must hold until the moment of its replacement; None for whatever.

    Raises:
        ChangedError: It holds something else by then, which stays.
        OSError: It cannot be written, or is read-only; then it is as it was.
    """
    path = path.resolve()
    if not path.exists():
        # A temporary file is the owner's alone; this one is as any that one writes.
        umask = os.umask(0)
        os.umask(umask)
        _put(path, content, 0o666 & ~umask)
    elif not path.is_file():
        path.write_bytes(content)
    elif path.read_bytes() != content:
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, "it is read-only", str(path))
        _put(path, content, path.stat().st_mode & 0o777, path.stat(), seen)


def _put(
    path: Path,
    content: bytes,
    mode: int,
    like: os.stat_result | None = None,
    seen: bytes | None = None,
) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        new = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            if like is not None:
                with suppress(PermissionError):
                    os.chown(new, like.st_uid, like.st_gid)
            new.chmod(mode)
            # An editor asks for no lock, and a disk takes its time.
            if seen is not None:
                _require(path, seen)
            new.replace(path)
        except BaseException:
            new.unlink()
            raise


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other writers out. The lock is gone with the process that holds it."""
    with path.open("rb") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _require(path: Path, seen: bytes) -> None:
    if path.read_bytes() != seen:
        message = "it has changed in the meantime"
        raise ChangedError(message)


def write(path: Path, content: bytes, seen: bytes) -> None:
    """Put a new content in the place of the one that it was made from.

    Args:
        path: The file; a link is followed.
        content: What is to be in it.
        seen: What was in it when the new content was worked out.

    Raises:
        ChangedError: The file is not that any more; it stays as it is.
        OSError: It cannot be written; then it is as it was.
    """
    with _locked(path):
        # Who held the lock before may have put another file in this one's place.
        _require(path, seen)
        replace_file(path, content, seen)
