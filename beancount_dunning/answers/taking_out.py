"""Directives taken out of a ledger's files again: exactly those that were put in.

    written = [Written("books.beancount", 31, text)]
    for removal in take_out(books, written, sources):
        ...  # write removal.new, if the file still holds removal.seen

What `insertion` put in goes with the empty line that set it off, so that the file is
again as it was. The files are read again around the gaps: Beancount has to find all
other directives, and the log's reader no mistake that was not there before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from ntpath import basename
from typing import TYPE_CHECKING

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import added_to
from beancount_dunning.answers.insertion import new_problems
from beancount_dunning.answers.insertion import require_whole
from beancount_dunning.answers.passages import Edit
from beancount_dunning.answers.passages import Text
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.answers.insertion import Sources
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Written:
    """A directive in a file: the line on which it begins, and all its text."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Removal:
    """A file as it was and as it is to be, and the directives that it loses."""

    file: str
    seen: bytes
    new: bytes
    entries: tuple[Directive, ...]


def lines_of(content: bytes, text: str) -> list[int]:
    """Return the lines on which a text begins in a file.

    Args:
        content: What the file holds.
        text: Whole lines, whichever way the file ends them.
    """
    lines = content.replace(b"\r\n", b"\n")
    sought = re.escape(text.encode())
    found = re.finditer(rb"^" + sought, lines, re.MULTILINE)
    return [lines.count(b"\n", 0, one.start()) + 1 for one in found]


def take_out(
    books: Books, written: Iterable[Written], sources: Sources
) -> tuple[Removal, ...]:
    """Work out what a ledger's files are to be without some directives.

    Args:
        books: The ledger.
        written: The directives, which stand in the files as they say.
        sources: What the files hold, and what Beancount said of them.

    Returns:
        A removal for each file.

    Raises:
        RefusedError: Beancount could not read all of the ledger, or would lose other
            directives, too; or the log would have a mistake without them.
    """
    require_whole(sources)
    by_file: dict[str, list[Written]] = defaultdict(list)
    for one in written:
        by_file[one.file].append(one)
    removals = tuple(
        _removal(Text(file, sources.contents[file], books.entries), file, some)
        for file, some in by_file.items()
    )
    gone = {
        (file, one.meta["lineno"])
        for file, removal in zip(by_file, removals, strict=True)
        for one in removal.entries
    }
    left = [entry for entry in books.entries if _place(entry) not in gone]
    for error in new_problems(books, left):
        where = f"{basename(error.source['filename'])}:{error.source['lineno']}"
        reason = Words(
            "Without it, {place} would be an error: {message}",
            place=where,
            message=error.message.rstrip("."),
        )
        raise RefusedError(reason)
    return removals


def _place(entry: Directive) -> tuple[str, int]:
    where = place(entry.meta)
    return where["filename"], where["lineno"]


def _removal(text: Text, file: str, written: Sequence[Written]) -> Removal:
    """Take directives out of a file, and read it again around the gaps."""
    edits = [Edit(*gap, b"") for gap in _gaps(text, written)]
    lines = sorted(one.line for one in written)
    for before, after in text.readings(edits):
        gone = tuple(added_to(after, before))
        if [entry.meta["lineno"] for entry in gone] == lines:
            return Removal(file, text.content, text.with_edits(edits), gone)
    reason = Words(
        "Beancount would read {file} differently: remove it by hand",
        file=basename(file),
    )
    raise RefusedError(reason)


def _gaps(text: Text, written: Iterable[Written]) -> Iterator[tuple[int, int]]:
    """Yield from which byte to which directives go, with the line that set them off."""
    content, newline = text.content, text.newline
    runs: list[tuple[int, int]] = []
    for one in sorted(written, key=lambda one: one.line):
        start = text.starts[one.line - 1]
        end = start + len(newline.join(one.text.encode().split(b"\n")))
        if runs and content[runs[-1][1] : start] == newline:
            start = runs.pop()[0]
        runs.append((start, end))
    for start, end in runs:
        blank = len(newline)
        if content.startswith(newline, end):
            yield start, end + blank
        elif content[:start].endswith(b"\n" + newline):
            yield start - blank, end
        else:
            yield start, end
