"""What decides a ledger's answers beside its files: code, documents, own texts."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import beancount_dunning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.standing.books import Books

# Code in these folders is installed, and known by its version.
_INSTALLED = tuple(
    f"{folder}{os.sep}"
    for folder in (
        *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
        Path(beancount_dunning.__file__).parent,
    )
)


def is_installed(file: str) -> bool:
    """Tell whether a file belongs to a program that is known by its version."""
    return file.startswith(_INSTALLED)


def beside(books: Books) -> Iterator[str]:
    """Yield the files and folders that decide answers from some books, too.

    Args:
        books: The ledger, loaded in this process: its plugins are among the modules.
    """
    plugins = {name for name, _ in books.options["plugin"]}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        # A plugin may lie among what is installed, and have no version.
        if file and (name in plugins or not is_installed(file)):
            yield file
    folder = Path(books.options["filename"]).parent
    for name in books.options["documents"]:
        yield os.path.normpath(folder / name)
    if letters := books.settings.letters:
        yield str(folder / letters)
        yield from map(str, sorted((folder / letters).glob("*")))
