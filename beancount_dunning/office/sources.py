"""Which files decide a ledger's answers, and what is in them.

A ledger is its file and all that it includes; which files these are is read here
without Beancount, so that an answer that is kept can be found before anything is
loaded. Only where Beancount then read the same files is an answer kept.
"""

from __future__ import annotations

import glob
import os
import re
from hashlib import sha256
from pathlib import Path

_INCLUDE = re.compile(rb'\s*include\s+"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
# What stands for a file that is not there, or cannot be read.
_NONE = ""
# Bytes that are read at once, and the rest of the line: a file may be of any size.
_AT_ONCE = 1 << 20


def files_of(ledger: Path) -> dict[str, str]:
    """Return the files of a ledger, and a sum of each one's content.

    Args:
        ledger: Its file.

    Returns:
        Sums by the files' absolute names, in the order in which they are included.
    """
    sums: dict[str, str] = {}
    waiting = [os.path.normpath(ledger.absolute())]
    while waiting:
        name = waiting.pop()
        if name in sums:
            continue
        sums[name], included = _read(name)
        waiting += reversed(included)
    return sums


def _read(name: str) -> tuple[str, list[str]]:
    """Return the sum of a file, and the files that it includes."""
    found, included = sha256(), list[str]()
    try:
        with Path(name).open("rb") as file:
            while piece := file.read(_AT_ONCE):
                piece += file.readline()
                found.update(piece)
                # Most files include nothing.
                for line in piece.split(b"\n") if b"include" in piece else ():
                    if match := _INCLUDE.match(line):
                        included += _included(name, match[1])
    except OSError:
        return _NONE, included
    return found.hexdigest(), included


def _included(name: str, typed: bytes) -> list[str]:
    """Return the files that an include stands for, as Beancount finds them."""
    path = os.path.normpath(Path(name).parent / unescaped(typed))
    if glob.has_magic(path):
        return sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - as Beancount
    return [path]


def unescaped(typed: bytes) -> str:
    """Return a text as it is meant, from how it stands between quotes."""
    return _ESCAPE.sub(r"\1", os.fsdecode(typed))


def sum_of(name: str) -> str:
    """Return a sum of what is in a file; of a folder, of the names in it.

    Args:
        name: The file or folder.

    Returns:
        The sum; "" where nothing is there.
    """
    if Path(name).is_dir():
        found = sha256()
        for folder, folders, files in os.walk(name):
            folders.sort()
            names = (os.path.relpath(folder, name), sorted(files))
            found.update(repr(names).encode(errors="replace"))
        return found.hexdigest()
    return _read(name)[0]
