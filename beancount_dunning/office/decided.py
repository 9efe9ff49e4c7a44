"""What decided an answer: it is found again as long as none of it has changed."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from beancount.core.data import Document

import beancount_dunning
from beancount_dunning.formats.own_texts import TEXTS
from beancount_dunning.formats.places import real
from beancount_dunning.office.kept import Decided
from beancount_dunning.office.sources import files_of
from beancount_dunning.office.sources import sum_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping

    from beancount_dunning.office.sent import Unpacked
    from beancount_dunning.standing.books import Books

# Code in these folders is installed, and known by its version.
_INSTALLED = tuple(
    f"{folder}{os.sep}"
    for folder in (
        *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
        Path(beancount_dunning.__file__).parent,
    )
)
# What was started: it names what it starts, and decides nothing itself.
_PROGRAMS = {"__main__", "__mp_main__"}


def is_installed(file: str) -> bool:
    """Tell whether a file belongs to a program that is known by its version."""
    return file.startswith(_INSTALLED)


def files_read(ledger: Path, sent: Unpacked | None = None) -> dict[str, str]:
    """Return sums of the files that Beancount is to read, by their names at home.

    Args:
        ledger: The ledger's file.
        sent: What was sent of it, if it was.
    """
    return sent.parcel.sums() if sent else files_of(ledger)


def decided(
    books: Books, files: Mapping[str, str], sent: Unpacked | None = None
) -> Decided:
    """Return what decided an answer.

    Args:
        books: The ledger, loaded in this process: its plugins are among the modules.
        files: Sums of its files from before it was loaded.
        sent: What was sent of it, if it was.
    """
    read = files if _is_certain(books, files, sent) else {}
    return Decided(read, _beside(books, sent.root if sent else ""), _there(books))


def _is_certain(books: Books, files: Mapping[str, str], sent: Unpacked | None) -> bool:
    """Whether these are the files that Beancount read, and all plugins were there.

    Beancount, which keeps loads itself, may know of fewer files, or of more.
    """
    options = books.options
    return (
        files.keys() == set(options["include"])
        and files == files_read(Path(options["filename"]), sent)
        and all(name in sys.modules for name, _ in options["plugin"])
    )


def _beside(books: Books, root: str) -> dict[str, str]:
    """Return sums of code, of the names of documents, and of own texts."""
    names = _folders(books)
    if letters := books.settings.letters:
        folder = Path(books.options["filename"]).parent / letters
        names.append(str(folder))
        texts = sorted(real(folder).glob("*"))
        names += [str(folder / one.name) for one in texts if one.suffix in TEXTS]
    found = {file.removeprefix(root): file for file in _code(books)}
    found |= {name: str(real(Path(name))) for name in names}
    return {name: sum_of(file) for name, file in found.items()}


def _code(books: Books) -> Iterator[str]:
    """Yield the files of code that is not installed, and of plugins."""
    plugins = {name for name, _ in books.options["plugin"]}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not file or name in _PROGRAMS:
            continue
        # A plugin may lie among what is installed, and have no version.
        if name in plugins or not is_installed(file):
            yield file


def _folders(books: Books) -> list[str]:
    """Return the folders of documents."""
    folder = Path(books.options["filename"]).parent
    return [os.path.normpath(folder / name) for name in books.options["documents"]]


def _there(books: Books) -> dict[str, bool]:
    """Return whether documents are there that a ledger names one by one."""
    folders = tuple(f"{name}{os.sep}" for name in _folders(books))
    names = {one.filename for one in books.entries if isinstance(one, Document)}
    return {
        name: real(Path(name)).exists()
        for name in sorted(names)
        if not name.startswith(folders)
    }
