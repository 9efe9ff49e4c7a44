"""Places in a ledger, as editors and terminals find them."""

from __future__ import annotations

from pathlib import Path

from beancount_dunning.basics.plain_text import plain


def shown_place(filename: str | None, lineno: int | None) -> str:
    """Write a place as FILE:LINE, relative to where one is; "" where there is none.

    Args:
        filename: The file.
        lineno: The line; None for the file as a whole.
    """
    if filename is None:
        return ""
    path, here = Path(filename), Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return plain(str(shown) if lineno is None else f"{shown}:{lineno}")
