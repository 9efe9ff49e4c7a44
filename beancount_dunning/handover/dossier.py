"""The files of a dossier: what it says, linked documents, and a sum of each.

    gather(books, "INV-2026-014")

The same ledger and date give the same bytes, on every computer.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Document
from beancount.core.data import Transaction

from beancount_dunning.answers.dossier import dossier
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.dossier import INDEX
from beancount_dunning.formats.dossier import LEDGER
from beancount_dunning.formats.dossier import SUMS
from beancount_dunning.formats.dossier import Attached
from beancount_dunning.formats.dossier import files
from beancount_dunning.formats.dossier import index
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.handover.git import commit_of
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.answers.dossier import Dossier
    from beancount_dunning.answers.dossier import LinkedDocument
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Gathered:
    """A dossier: the contents of its files by name, and the documents that are missing.

    Those are paths, as the ledger names them. `items` are the invoice's.
    """

    files: Mapping[str, bytes]
    missing: tuple[str, ...]
    items: tuple[Item, ...]


def gather(books: Books, invoice: str) -> Gathered | None:
    """Gather all that the ledger knows of an invoice.

    Args:
        books: The ledger on a date.
        invoice: Its reference, or what the reports call one of its items.

    Returns:
        The dossier; None where there is no such invoice on that date. To have it, files
        of the ledger and its documents are read, and Git is asked for the commit.
    """
    options = books.options
    file = Path(options["filename"])
    books = _without_folders(books, file.parent)
    said = dossier(books, invoice)
    if said is None:
        return None
    grouped = bool(options.get("render_commas"))
    texts = files(said, HowToPay.by(books.settings), grouped=grouped)
    texts[LEDGER] = "".join(_excerpts(said, file.parent))
    attached, contents = _attach(said.documents, file.parent)
    ledger = _ledger(file, options.get("include") or ())
    texts[INDEX] = index(said, sorted(texts), attached, ledger)
    written = {name: text.encode(errors="replace") for name, text in texts.items()}
    written |= contents
    written[SUMS] = _sums(written)
    lost = tuple(one.document.path for one in attached if one.name is None)
    items = tuple(part.aged.item for part in said.story.parts)
    return Gathered(written, lost, items)


def _without_folders(books: Books, base: Path) -> Books:
    """Return books in which files are named from the ledger's folder on.

    So a dossier says nothing of the computer that it was made on, and is the same on
    every other.
    """
    moved = [_moved(entry, base) for entry in books.entries]
    day = books.as_of
    return read_books(moved, books.options, today=day, as_of=day).rounded()


def _moved(entry: Directive, base: Path) -> Directive:
    changed: dict[str, Any] = {"meta": _moved_meta(entry.meta, base)}
    if isinstance(entry, Document):
        folder = Path(place(entry.meta)["filename"]).parent
        changed["filename"] = _from(folder, entry.filename)
    if isinstance(entry, Transaction):
        changed["postings"] = [
            one._replace(meta=_moved_meta(one.meta, base)) for one in entry.postings
        ]
    return entry._replace(**changed)


def _moved_meta(meta: Mapping[str, Any] | None, base: Path) -> Any:  # noqa: ANN401 - as in Beancount
    if not meta or not isinstance(meta.get("filename"), str):
        return meta
    return {**meta, "filename": _from(base, meta["filename"])}


def _from(folder: Path, file: str) -> str:
    """Return a file's name from a folder on; what is no file's path stays."""
    if not Path(file).is_absolute():
        return file
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # on another drive
        return Path(file).name


def _excerpts(said: Dossier, base: Path) -> Iterator[str]:
    """Yield the lines of the ledger that a story goes back to, as they stand there."""
    texts: dict[str, Sequence[str]] = {}
    for entry in said.entries:
        where = place(entry.meta)
        file, line = where["filename"], where["lineno"]
        if file not in texts:
            texts[file] = _lines(base / file)
        first, rest = texts[file][line - 1 : line], texts[file][line:]
        if first:
            block = [*first, *takewhile(_is_indented, rest)]
            text = "\n".join(map(plain, block))
            yield f"{plain(file)}:{line}\n{text}\n\n"


def _is_indented(line: str) -> bool:
    return line[:1].isspace() and bool(line.strip())


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeError):
        # What a plugin made is in no file.
        return ()


def _attach(
    documents: Sequence[LinkedDocument], base: Path
) -> tuple[list[Attached], dict[str, bytes]]:
    """Read the linked documents, and give each a name; what is missing has none."""
    attached: list[Attached] = []
    contents: dict[str, bytes] = {}
    paths: dict[Path, str] = {}
    for one in documents:
        path = (base / one.filename).parent / one.path
        try:
            # To read a pipe would take for ever.
            content = path.read_bytes() if path.is_file() else None
        except (OSError, ValueError):
            content = None
        if content is None:
            attached.append(Attached(one, None))
            continue
        name = paths.setdefault(path, _free(path, contents))
        contents[name] = content
        attached.append(Attached(one, name))
    return attached, contents


def _free(path: Path, taken: Mapping[str, bytes]) -> str:
    """Return a name for a document that no other has, without case."""
    known = {name.casefold() for name in taken}
    stem, suffix = plain(path.stem).replace("\\", " "), plain(path.suffix)
    number, found = 1, f"documents/{stem}{suffix}"
    while found.casefold() in known:
        number += 1
        found = f"documents/{stem} ({number}){suffix}"
    return found


def _ledger(file: Path, included: Iterable[str]) -> str:
    """Say which ledger it is, and of which commit."""
    files_ = [str(name) for name in included if Path(name).is_file()]
    parts = [plain(file.name), commit_of(file.parent, files_)]
    return ", ".join(filter(None, parts))


def _sums(written: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 of each file, as sha256sum checks them."""
    lines = [
        f"{sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(written.items())
    ]
    return "".join(lines).encode(errors="replace")
