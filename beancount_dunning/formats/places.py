"""Places in a ledger, as editors and terminals find them."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from beancount_dunning.basics.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE: ContextVar[Path | None] = ContextVar("_HERE", default=None)
_ROOT: ContextVar[str] = ContextVar("_ROOT", default="")
_PLACE = re.compile(r"(.+):([0-9]{1,9})")


def read_place(text: str) -> tuple[str, int] | None:
    """Read a place that somebody typed or copied: FILE:LINE.

    Returns:
        The file as it was typed, and the line; None where it is no place.
    """
    found = _PLACE.fullmatch(text)
    return (found[1], int(found[2])) if found else None


@contextmanager
def seen_from(folder: str, root: str = "") -> Iterator[None]:
    """Write places relative to a folder, wherever one is.

    Args:
        folder: The folder. It need not be there.
        root: Below which folder a ledger's files lie, if they were sent.
    """
    tokens = _HERE.set(Path(folder)), _ROOT.set(root)
    try:
        yield
    finally:
        _HERE.reset(tokens[0])
        _ROOT.reset(tokens[1])


def real(path: Path) -> Path:
    """Return where a ledger's file lies: elsewhere than it says, if it was sent."""
    return Path(f"{_ROOT.get()}{path}")


def shown_place(filename: str | None, lineno: int | None) -> str:
    """Write a place as FILE:LINE, relative to where one is; "" where there is none.

    Args:
        filename: The file.
        lineno: The line; None for the file as a whole.
    """
    if filename is None:
        return ""
    path, here = Path(filename), _HERE.get() or Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return plain(str(shown) if lineno is None else f"{shown}:{lineno}")
