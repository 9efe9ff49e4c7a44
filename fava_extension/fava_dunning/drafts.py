"""What a request would write, worked out before it is shown or written.

A draft is of new directives, of changed ones, or of gaps. It has what the files are to
be, the passages that a dialog shows before, and what is said afterwards.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Protocol
from typing import cast

from beancount.core.data import Note
from beancount.core.data import Transaction
from fava.core.file import find_insert_position

from beancount_dunning.answers.insertion import Placed
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.insertion import insert
from beancount_dunning.basics.money import hide
from beancount_dunning.basics.words import Words
from fava_dunning.modes import is_incognito
from fava_dunning.senders import RequestError
from fava_dunning.served import files_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from fava.beans.abc import Directive as FavaDirective
    from fava.core import FavaLedger

    from beancount_dunning.standing.books import Books
    from fava_dunning.served import Served

    # What was written: its file, its line, and texts.
    Record = dict[str, object]


class Change(Protocol):
    """A file as it was and as it is to be."""

    @property
    def file(self) -> str:
        """Its name."""

    @property
    def seen(self) -> bytes:
        """What it held."""

    @property
    def new(self) -> bytes:
        """What it is to hold."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a file as they are to be: texts, and whether each is new.

    `has_amounts` says whether the ledger's own amounts may be among them.
    """

    file: str
    line: int
    parts: tuple[tuple[str, bool], ...]
    has_amounts: bool = True

    def as_dict(self) -> dict[str, object]:
        """Return the passage as JSON has it, without amounts if Fava shows none."""
        written = hide if self.has_amounts and is_incognito() else str
        parts = [[written(text), is_new] for text, is_new in self.parts]
        return {"file": self.file, "line": self.line, "parts": parts}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a request comes to.

    Attributes:
        changes: The files.
        records: What is answered when it is written.
        tell: What tells Fava's extensions.
        shown: What is shown before.
        lines: What it comes to, in words.
    """

    changes: Sequence[Change]
    records: Sequence[Record]
    tell: Sequence[Callable[[], object]] = ()
    shown: Sequence[Passage] = ()
    lines: Sequence[Words] = ()


def mark(content: bytes) -> str:
    """Return what tells whether a file is still as it was written."""
    return sha256(content).hexdigest()


def sources_of(ledger: FavaLedger, files: Iterable[str]) -> Sources:
    """Return what files of a ledger hold, and what Beancount said of it."""
    names = set(files).intersection(files_of(ledger))
    contents = {name: Path(name).read_bytes() for name in names}
    return Sources(contents, ledger.load_errors, ledger.fava_options.indent)


def inserted(
    served: Served,
    books: Books,
    entries: Sequence[Directive],
    lines: Sequence[Words] = (),
) -> Draft:
    """Work out what files are to be with new directives, where Fava's options say.

    Args:
        served: The ledger.
        books: Its books.
        entries: The directives.
        lines: What they come to, in words.

    Raises:
        RequestError: Fava's options point to a file that is none of the ledger's.
        RefusedError: The ledger would not take them.
    """
    ledger = served.ledger
    placed = [_placed(ledger, entry) for entry in entries]
    sources = sources_of(ledger, {one.file for one in placed})
    changes = insert(books, placed, sources, served.load.day)
    new = [
        (change, entry, text)
        for change in changes
        for entry, text in zip(change.entries, change.texts, strict=True)
    ]
    seals = {change.file: mark(change.new) for change in changes}
    told = ledger.extensions.after_insert_entry
    return Draft(
        changes,
        [_record(entry, text, seals[change.file]) for change, entry, text in new],
        [partial(told, cast("FavaDirective", entry)) for _, entry, _ in new],
        [_passage(entry, text) for _, entry, text in new],
        lines,
    )


def _record(entry: Directive, text: str, seal: str) -> Record:
    """Return what is answered of a directive; what has a text can be undone."""
    said = text.partition("\n")[0]
    if isinstance(entry, Note):
        said = entry.comment
    elif isinstance(entry, Transaction):
        said = entry.narration or ""
    where: Record = {"file": entry.meta["filename"], "line": entry.meta["lineno"]}
    if isinstance(entry, Transaction) and is_incognito():
        return {**where, "said": said}
    return {**where, "said": said, "text": text, "fingerprint": seal}


def _passage(entry: Directive, text: str) -> Passage:
    has_amounts = isinstance(entry, Transaction)
    meta = entry.meta
    return Passage(meta["filename"], meta["lineno"], ((text, True),), has_amounts)


def _placed(ledger: FavaLedger, entry: Directive) -> Placed:
    """Find where a directive goes."""
    options = ledger.fava_options
    default = options.default_file or ledger.beancount_file_path
    names = {os.path.realpath(name): name for name in files_of(ledger)}
    told = cast("FavaDirective", entry)
    found, line = find_insert_position(told, options.insert_entry, default)
    name = names.get(os.path.realpath(found))
    if name is None:
        reason = Words(
            "Fava's options point to {file}, which is not part of this ledger: a "
            "note there would be ignored",
            file=found,
        )
        raise RequestError(422, reason)
    return Placed(entry, name, line)
