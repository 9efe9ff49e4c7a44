"""Writing files so that nothing is lost: whole or not at all, never over an edit."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


class ChangedError(OSError):
    """A file that is not any more what was read."""


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Args:
        path: The file; a link is followed, a device or pipe just written to.
        content: What is to be in it. Where that is so already, nothing is written.

    Raises:
        OSError: It cannot be written; then it is as it was.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    if path.exists() and path.read_bytes() == content:
        return
    # A temporary file is the owner's alone; this one is as any that one writes.
    umask = os.umask(0)
    os.umask(umask)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        new = Path(file.name)
        try:
            file.write(content)
            file.flush()
            new.chmod(mode)
            new.replace(path)
        except BaseException:
            new.unlink()
            raise


def append(path: Path, text: str, seen: bytes) -> None:
    """Append directives to a ledger's file, with an empty line before them.

    Args:
        path: The file.
        text: What to add, its lines ended by newlines; they become what the file has.
        seen: The file's content as it was when the directives were worked out.

    Raises:
        ChangedError: The file is not that any more; it stays as it is.
        OSError: It cannot be written; then it is as it was.
    """
    if path.read_bytes() != seen:
        message = "it was changed meanwhile"
        raise ChangedError(message)
    newline = b"\r\n" if b"\r\n" in seen else b"\n"
    before = b"" if not seen else newline if seen.endswith(b"\n") else newline * 2
    added = newline.join(text.encode().split(b"\n"))
    replace_file(path, seen + before + added)
