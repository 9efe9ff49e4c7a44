"""A ledger that is sent to another machine, and read there as if it was at home.

A parcel has the files that Beancount reads, the code of plugins beside the ledger, own
texts of letters, and the names of documents, which have to be there and are not read.
There, all lie below a folder that stands for the root; once loaded, everything has the
name again that it has where it comes from.

What a ledger needs is looked up in its text before Beancount reads it, and once more in
what Beancount has read. A ledger that needs more than was sent has no answer: it might
be another one than at home.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Document

from beancount_dunning.formats.own_texts import TEXTS
from beancount_dunning.office.code import code_beside
from beancount_dunning.office.code import own
from beancount_dunning.office.code import sum_of_code
from beancount_dunning.office.sources import files_of
from beancount_dunning.office.sources import unescaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount_dunning.standing.books import Books

_TEXT = rb'"((?:[^"\\]|\\.)*)"'
_OPTION = rb"^[ \t]*option[ \t]+"
_DATE = rb"^[ \t]*\d{4}\S+[ \t]+"
_DOCUMENT = re.compile(_DATE + rb"document[ \t]+\S+[ \t]+" + _TEXT, re.MULTILINE)
_DOCUMENTS = re.compile(_OPTION + rb'"documents"[ \t]+' + _TEXT, re.MULTILINE)
_LETTERS = re.compile(
    _DATE + rb'custom[ \t]+"dunning-option"[ \t]+"letters"[ \t]+' + _TEXT, re.MULTILINE
)
_PLUGIN = re.compile(rb"^[ \t]*plugin[ \t]+" + _TEXT, re.MULTILINE)
_INSERTS = re.compile(_OPTION + rb'"insert_pythonpath"', re.MULTILINE)
_ABSOLUTE = re.compile(
    rb'^([ \t]*(?:include|option[ \t]+"documents"|\d{4}\S+[ \t]+document[ \t]+\S+)'
    rb'[ \t]+")(?=/)',
    re.MULTILINE,
)
_INSTEAD = "leave out --send"


@dataclass(slots=True)
class Parcel:
    """What is sent of a ledger.

    `ledgers` are the files that Beancount reads and `others` all others, by absolute
    name; of documents only the names are sent. `unread` are files that are there and
    cannot be read, which is not as if they were missing. `known` are names that the
    ledger has of files and folders beside them, whether or not these are there, and
    `folders` those that are. `plugins` has a sum of each plugin's code, None where it
    is sent.
    """

    ledgers: dict[str, bytes] = field(default_factory=dict)
    others: dict[str, bytes] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    plugins: dict[str, str | None] = field(default_factory=dict)

    def sums(self) -> dict[str, str]:
        """Return a sum of each file that Beancount is to read, as `files_of` does."""
        return {
            name: sha256(content).hexdigest() for name, content in self.ledgers.items()
        }

    def unpack(self, root: str) -> Unpacked:
        """Write all of it.

        Args:
            root: The folder that stands for the root. It is put before absolute names
                in the ledger, too.
        """
        for name in self.folders:
            Path(f"{root}{name}").mkdir(parents=True, exist_ok=True)
        there = rb"\1" + os.fsencode(root)
        for name, content in self.others.items():
            _write(f"{root}{name}", content)
        for name, content in self.ledgers.items():
            _write(f"{root}{name}", _ABSOLUTE.sub(there, content))
        return Unpacked(root, self)


def _write(name: str, content: bytes) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def pack(ledger: Path) -> Parcel:
    """Read what a ledger consists of, to send it.

    Args:
        ledger: Its file.

    Returns:
        What is sent.
    """
    parcel = Parcel()
    plugins, inserted = list[str](), set[str]()
    for name in files_of(ledger):
        path = Path(name)
        content = _content(path)
        if content is None:
            if path.exists():
                parcel.unread.add(name)
            continue
        parcel.ledgers[name] = content
        _add_documents(parcel, path.parent, content)
        for typed in _LETTERS.findall(content):
            # They lie beside the ledger, whichever file says so.
            _add_letters(parcel, _absolute(ledger.absolute().parent, typed))
        plugins += map(unescaped, _PLUGIN.findall(content))
        if _INSERTS.search(content):
            inserted.add(str(path.parent))
    _add_plugins(parcel, own(plugins), sorted(inserted))
    return parcel


def _content(path: Path) -> bytes | None:
    """Read a file; None if that cannot be done."""
    with suppress(OSError):
        return path.read_bytes()
    return None


def _absolute(folder: Path, typed: bytes) -> str:
    return os.path.normpath(folder / unescaped(typed))


def _add_documents(parcel: Parcel, folder: Path, content: bytes) -> None:
    """Add the documents that a file names, one by one or by their folder."""
    for typed in _DOCUMENT.findall(content):
        name = _absolute(folder, typed)
        parcel.known.add(name)
        if Path(name).exists():
            parcel.others.setdefault(name, b"")
    for typed in _DOCUMENTS.findall(content):
        _add_names(parcel, _absolute(folder, typed))


def _add_names(parcel: Parcel, folder: str) -> None:
    """Add the names of all that is in a folder."""
    parcel.known.add(folder)
    for path, _, names in os.walk(folder):
        parcel.folders.add(path)
        for name in names:
            parcel.others.setdefault(str(Path(path, name)), b"")


def _add_letters(parcel: Parcel, folder: str) -> None:
    _add_names(parcel, folder)
    for path in Path(folder).glob("*"):
        if path.suffix in TEXTS:
            _add(parcel, path)


def _add(parcel: Parcel, path: Path) -> None:
    """Add a file with what is in it."""
    content = _content(path)
    if content is None:
        parcel.unread.add(str(path))
    else:
        parcel.others[str(path)] = content


def _add_plugins(parcel: Parcel, names: Sequence[str], folders: Sequence[str]) -> None:
    beside = code_beside(names, folders)
    for path in (path for paths in beside.values() for path in paths):
        _add(parcel, path)
    parcel.plugins.update(
        (name, None if name.partition(".")[0] in beside else sum_of_code(name))
        for name in names
    )


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A parcel whose files are there, below a folder that stands for the root."""

    root: str
    parcel: Parcel

    def why_not(self, books: Books, errors: Sequence[Any]) -> str | None:
        """Say why an answer might be another one than at home; None if it cannot.

        Args:
            books: The ledger, with its own names.
            errors: Beancount's errors of it.
        """
        folder = Path(books.options["filename"]).parent
        named = [*books.options["documents"], books.settings.letters]
        needed = {
            *(os.path.normpath(folder / name) for name in named if name),
            *(one.filename for one in books.entries if isinstance(one, Document)),
        }
        unknown = needed - self.parcel.known - self.parcel.others.keys()
        other = self.parcel.ledgers.keys() ^ {*books.options["include"]}
        if names := sorted(unknown | other | self.parcel.unread):
            return f"{names[0]} was not sent; {_INSTEAD}."
        plugins = own(name for name, _ in books.options["plugin"])
        return next(filter(None, (self._fault(name, errors) for name in plugins)), None)

    def _fault(self, plugin: str, errors: Sequence[Any]) -> str | None:
        """Say in what a plugin is not as at home; None if it is."""
        expected = self.parcel.plugins.get(plugin, "")
        if expected is not None and (found := sum_of_code(plugin)) != expected:
            if not found:
                return f'The worker does not have its plugin "{plugin}"; install it.'
            return f'The worker has another plugin "{plugin}"; install the same.'
        module = sys.modules.get(plugin)
        if module is None:
            # Where it is missing at home, too, all is as it is there.
            is_missing = expected == ""
            why = f'Its plugin "{plugin}" cannot be imported there; {_INSTEAD}.'
            return None if is_missing else why
        if expected is None and not str(module.__file__).startswith(self.root):
            return f'The worker has another plugin "{plugin}"; rename it.'
        applied = f'Error applying plugin "{plugin}"'
        if any(error.message.startswith(applied) for error in errors):
            return f'Its plugin "{plugin}" fails there; {_INSTEAD}.'
        return None


def with_own_names(
    entries: Sequence[Any], errors: Sequence[Any], options: dict[str, Any], root: str
) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Give what was loaded the names of the files that were sent.

    Args:
        entries: The entries. Their metadata is changed.
        errors: The errors. Their sources are changed.
        options: The options.
        root: The folder that stands for the root.

    Returns:
        Entries, errors and options.
    """

    def rename(where: Any) -> None:  # noqa: ANN401 - metadata, or none
        if where and str(where.get("filename")).startswith(root):
            where["filename"] = where["filename"].removeprefix(root)

    for entry in entries:
        rename(entry.meta)
        for posting in getattr(entry, "postings", ()):
            rename(posting.meta)
    for error in errors:
        rename(error.source)
    return (
        [
            entry._replace(filename=entry.filename.removeprefix(root))
            if isinstance(entry, Document)
            else entry
            for entry in entries
        ],
        [error._replace(message=error.message.replace(root, "")) for error in errors],
        {
            **options,
            "filename": options["filename"].removeprefix(root),
            "include": [name.removeprefix(root) for name in options["include"]],
            "documents": [name.removeprefix(root) for name in options["documents"]],
        },
    )
