"""The file that names an office's ledgers.

    [[books]]
    name = "Atelier Nordlicht"
    path = "nordlicht/books.beancount"
    tags = ["monthly", "berlin"]

    [[books]]
    path = "clients/*/main.beancount"
    tags = ["monthly"]

A path is relative to the file. One with `*`, `?` or `[` in it stands for all ledgers
that fit, by name; each is called by its own path. So is a ledger without `name`.
"""

from __future__ import annotations

import glob
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.ledger.values import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from pathlib import Path

_KEYS = ("name", "path", "tags")


class ListError(ValueError):
    """The file cannot be used; the message says why, and what to type."""


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger of an office: what it is called, its file, and words to choose it by."""

    name: str
    path: Path
    tags: tuple[str, ...] = ()


def named(paths: Iterable[Path]) -> list[Book]:
    """Return ledgers that were named one by one; one that was named twice counts once.

    Args:
        paths: Their files.
    """
    return [Book(str(path), path) for path in dict.fromkeys(paths)]


def read_list(file: Path, tags: Sequence[str] = ()) -> list[Book]:
    """Read which ledgers an office has.

    Args:
        file: The TOML file.
        tags: Words that a ledger has to have, one of them at least; none for all.

    Returns:
        The ledgers in their order. Whether their files are there is not looked at.

    Raises:
        ListError: The file cannot be read or understood, or names no such ledger.
    """
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror or error}"
        raise ListError(message) from error
    except ValueError as error:
        message = f"{file} is not TOML: {error}"
        raise ListError(message) from error
    books = list(_books(file, data))
    _require_names(file, books)
    if not tags:
        return books
    known = dict.fromkeys(tag for book in books for tag in book.tags)
    for tag in tags:
        if tag not in known:
            message = f'No ledger in {file} has the tag "{tag}".'
            raise ListError(message + suggestion(tag, known))
    return [book for book in books if set(tags).intersection(book.tags)]


def _books(file: Path, data: dict[str, Any]) -> Iterator[Book]:
    tables = data.get("books")
    for key in data:
        if key != "books":
            message = f'{file}: "{key}" means nothing here; write [[books]].'
            raise ListError(message)
    if not isinstance(tables, list) or not tables:
        message = (
            f"{file} names no ledgers. Write for each: [[books]], and below it "
            'path = "books.beancount"'
        )
        raise ListError(message)
    for number, table in enumerate(tables, 1):
        where = f"{file}, [[books]] number {number}"
        if not isinstance(table, dict):
            message = f'{where}: write [[books]], and below it path = "books.beancount"'
            raise ListError(message)
        yield from _of_table(file, where, table)


def _of_table(file: Path, where: str, table: dict[str, Any]) -> Iterator[Book]:
    for key in table:
        if key not in _KEYS:
            message = f'{where}: "{key}" means nothing here.'
            raise ListError(message + suggestion(key, _KEYS))
    path, name, tags = table.get("path"), table.get("name"), table.get("tags", [])
    if not isinstance(path, str) or not path:
        message = f'{where} has no path; write path = "books.beancount"'
        raise ListError(message)
    if not isinstance(name, str | None) or (name is not None and not name.strip()):
        message = f'{where}: write the name as name = "Acme GmbH"'
        raise ListError(message)
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        message = f'{where}: write the tags as tags = ["monthly", "berlin"]'
        raise ListError(message)
    if not glob.has_magic(path):
        yield Book(name or path, file.parent / path, tuple(tags))
        return
    if name is not None:
        message = f"{where}: {path} may be many ledgers, which share no name; leave it."
        raise ListError(message)
    # Path.glob takes no absolute path.
    found = sorted(glob.glob(path, root_dir=file.parent, recursive=True))  # noqa: PTH207
    if not found:
        message = f"{where}: no file is called {path}."
        raise ListError(message)
    for one in found:
        yield Book(one, file.parent / one, tuple(tags))


def _require_names(file: Path, books: Iterable[Book]) -> None:
    """Refuse two ledgers of one name: nobody could tell them apart."""
    names = set[str]()
    for book in books:
        if book.name.casefold() in names:
            message = f'{file} has two ledgers called "{book.name}"; give one a name.'
            raise ListError(message)
        names.add(book.name.casefold())
