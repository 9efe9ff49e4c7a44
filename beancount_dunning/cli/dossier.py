"""`bean-dunning dossier`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click
from beancount.core.data import Document
from beancount.core.data import Transaction

from beancount_dunning.answers.dossier import dossier
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli.git import commit_of
from beancount_dunning.cli.ledger_first import in_order
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import say
from beancount_dunning.cli.packing import write
from beancount_dunning.formats.dossier import INDEX
from beancount_dunning.formats.dossier import LEDGER
from beancount_dunning.formats.dossier import SUMS
from beancount_dunning.formats.dossier import Attached
from beancount_dunning.formats.dossier import files
from beancount_dunning.formats.dossier import index
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from beancount.core.data import Directive

    from beancount_dunning.answers.dossier import Dossier
    from beancount_dunning.answers.dossier import LinkedDocument
    from beancount_dunning.cli.loading import View
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command is asked."""

    ledger: Path
    invoice: str
    as_of: date | None
    output: Path


def run(asked: Asked) -> None:
    """Write all that the ledger knows of an invoice into an archive or a folder."""
    ledger, what = in_order(asked.ledger, asked.invoice)
    view = load(ledger, asked.as_of)
    base = Path(view.books.options["filename"]).parent
    books = _without_folders(view, base)
    name = what.strip().removeprefix("^")
    said = dossier(books, name)
    if said is None:
        known = {item.invoice or item.label for item in books.receivables.items}
        message = f"There is no invoice {name} as of {books.as_of}."
        raise click.UsageError(message + suggestion(name, sorted(known)))
    texts = files(said, HowToPay.by(books.settings), grouped=view.is_grouped)
    texts[LEDGER] = "".join(_excerpts(said, base))
    attached, contents = _attach(said.documents, base)
    names = sorted(texts)
    texts[INDEX] = index(said, names, attached, _ledger(view, base))
    written = {name: text.encode(errors="replace") for name, text in texts.items()}
    written |= contents
    written[SUMS] = _sums(written)
    write(written, asked.output)
    for one in attached:
        if one.name is None:
            say(f"Note: {one.document.path} is missing; the index says so.")
    echo(f"{plain(str(asked.output))}: {len(written)} files\n")


def _without_folders(view: View, base: Path) -> Books:
    """Return books in which files are named from the ledger's folder on.

    So a dossier says nothing of the computer that it was made on, and is the same on
    every other.
    """
    moved = [_moved(entry, base) for entry in view.books.entries]
    read = read_books(
        moved, view.books.options, today=view.today, as_of=view.books.as_of
    )
    return read.rounded()


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
            content = path.read_bytes()
        except (OSError, ValueError):
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


def _ledger(view: View, base: Path) -> str:
    """Say which ledger it is, and of which commit."""
    included = view.books.options.get("include") or ()
    files_ = [str(name) for name in included if Path(name).is_file()]
    parts = [plain(view.path.name), commit_of(base, files_)]
    return ", ".join(filter(None, parts))


def _sums(written: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 of each file, as sha256sum checks them."""
    lines = [
        f"{sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(written.items())
    ]
    return "".join(lines).encode(errors="replace")
