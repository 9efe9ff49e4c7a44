"""How the answers of several ledgers are printed, and what they add up to.

As text a section each, as JSON all in `books`, as lines of JSON each as it is ready, as
CSV with a column more, and as one calendar. A ledger without an answer is named with
its error, left out of the totals, and makes the exit status 2.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING
from typing import Any

import click

from beancount_dunning.basics.plain_text import fit_for_files
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli import draft
from beancount_dunning.cli import ical
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.cli.output import say
from beancount_dunning.formats.calendar_of_several import calendar_of_several
from beancount_dunning.formats.calendar_versions import by_uid
from beancount_dunning.formats.tables import as_csv
from beancount_dunning.formats.totals import Totals
from beancount_dunning.office.order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence
    from pathlib import Path

    from beancount_dunning.cli.answer import File
    from beancount_dunning.cli.questions import Reply
    from beancount_dunning.office.listed import Book

_FAILED = 2
# Clears the line on which a progress bar stands.
_CLEAR = "\r\x1b[K"


@dataclass(slots=True)
class Teller:
    """Prints what is said of each ledger, and counts what is left out."""

    books: Sequence[Book]
    status: int = 0
    totals: Totals = field(default_factory=Totals)
    left_out: dict[str, str] = field(default_factory=dict)

    def tell(self, replies: Iterable[tuple[int, Reply]]) -> None:
        """Print what is said of each ledger, and of all together."""
        self.begin()
        is_seen = sys.stderr.isatty()
        with click.progressbar(
            replies, length=len(self.books), file=sys.stderr, hidden=not is_seen
        ) as bar:
            for index, reply in self.turns(bar):
                if is_seen:
                    click.echo(_CLEAR, nl=False, err=True)
                self._take(self.books[index], reply)
        self.end()

    def turns(self, found: Iterable[tuple[int, Reply]]) -> Iterable[tuple[int, Reply]]:
        """Return replies as they are to be printed: in the order of the ledgers."""
        return in_order(found)

    def _take(self, book: Book, reply: Reply) -> None:
        for note in reply.notes:
            say(f"{book.name}: {note}")
        if reply.answer:
            self.status = max(self.status, reply.answer.status)
            self.totals.add(reply.answer.sums)
            self.print(book, reply)
            if reply.answer.remark:
                say(f"{book.name}: {reply.answer.remark}")
        else:
            self.leave_out(book, reply.error or "")
            self.print(book, reply)

    def leave_out(self, book: Book, error: str) -> None:
        """Say why a ledger is left out."""
        self.status = _FAILED
        self.left_out[book.name] = error
        say(f"Error: {book.name}: {error}")

    def begin(self) -> None:
        """Print what stands before all."""

    def print(self, book: Book, reply: Reply) -> None:
        """Print what is said of a ledger, or that nothing is."""

    def end(self) -> None:
        """Print what stands below all."""


@dataclass(slots=True)
class Sections(Teller):
    """Text: a section each, and one of totals; letters go into a folder each."""

    folder: Path | None = None
    folders: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Decide what each ledger's folder is called: no two share one."""
        taken = set[str]()
        for book in self.books:
            name = stem = fit_for_files(book.name) or "ledger"
            number = 1
            while name.casefold() in taken:
                number += 1
                name = f"{stem} {number}"
            taken.add(name.casefold())
            self.folders[book.name] = name

    def print(self, book: Book, reply: Reply) -> None:
        """Print a ledger's section."""
        if reply.answer is None:
            return
        if self.folder:
            self._write(self.folder / self.folders[book.name], reply.answer.files)
            return
        self._head(book.name)
        echo(f"{reply.answer.output}\n")

    def _write(self, folder: Path, letters: Sequence[File]) -> None:
        """Write a ledger's letters into a folder of its own."""
        if not letters:
            return
        # It makes the folder of all, too, or says why not.
        failures = draft.write([], folder.parent) + draft.write(letters, folder)
        if failures:
            self.status = _FAILED

    def end(self) -> None:
        """Print what all ledgers add up to, and which are left out."""
        lines = self.totals.lines()
        if self.left_out:
            lines += [*([""] if lines else []), "Left out:"]
            lines += [f"  {plain(name)}: {why}" for name, why in self.left_out.items()]
        if lines:
            self._head(self._all())
            echo("".join(f"{line}\n" for line in lines))

    def _all(self) -> str:
        """Say how many ledgers the totals are of."""
        count = len(self.books)
        if self.left_out:
            return f"{count - len(self.left_out)} of {count} ledgers"
        return "1 ledger" if count == 1 else f"All {count} ledgers"

    def _head(self, name: str) -> None:
        echo(click.style(f"== {plain(name)}", bold=True) + "\n\n")


@dataclass(slots=True)
class Json(Teller):
    """One JSON object: `books` with all that is said of each, and totals."""

    separator: str = "\n"

    def begin(self) -> None:
        """Begin the object."""
        echo_utf_8('{"books": [')

    def print(self, book: Book, reply: Reply) -> None:
        """Print what is said of a ledger, as it says it alone."""
        output = reply.answer.output.rstrip("\n") if reply.answer else "null"
        entry = json.dumps(_entry(book, reply), ensure_ascii=False)
        echo_utf_8(f'{self.separator}{entry[:-1]}, "answer": {output}}}')
        self.separator = ",\n"

    def end(self) -> None:
        """Print the totals, and which ledgers are left out."""
        totals, left_out = self.totals.as_rows(), list(self.left_out)
        rest = json.dumps({"totals": totals, "left_out": left_out}, ensure_ascii=False)
        echo_utf_8(f"\n],\n{rest[1:]}\n")


class JsonLines(Teller):
    """A line of JSON for each ledger, as soon as it is ready."""

    def turns(self, found: Iterable[tuple[int, Reply]]) -> Iterable[tuple[int, Reply]]:
        """Return replies as they come."""
        return found

    def print(self, book: Book, reply: Reply) -> None:
        """Print a ledger's line."""
        found = json.loads(reply.answer.output) if reply.answer else None
        line = {**_entry(book, reply), "answer": found}
        echo_utf_8(json.dumps(line, ensure_ascii=False) + "\n")


def _entry(book: Book, reply: Reply) -> dict[str, Any]:
    """Return what JSON says of a ledger beside its answer."""
    return {
        "book": book.name,
        "file": str(book.path),
        "tags": list(book.tags),
        "status": reply.answer.status if reply.answer else _FAILED,
        "error": reply.error,
        "notes": list(reply.notes),
    }


@dataclass(slots=True)
class Csv(Teller):
    """One table; its first column names the ledger."""

    names: dict[str, None] = field(default_factory=lambda: {"book": None})
    rows: list[dict[str, str]] = field(default_factory=list)

    def print(self, book: Book, reply: Reply) -> None:
        """Keep a ledger's rows: another may have more columns."""
        if reply.answer:
            table = csv.DictReader(io.StringIO(reply.answer.output, newline=""))
            self.names.update(dict.fromkeys(table.fieldnames or ()))
            self.rows += ({"book": book.name, **row} for row in table)

    def end(self) -> None:
        """Print the table."""
        echo_utf_8(as_csv(list(self.names), self.rows, ["book"]))


@dataclass(slots=True)
class Calendar(Teller):
    """One calendar, printed or written to a file."""

    output: Path | None = None
    private: bool = False
    events: dict[bytes, bytes] = field(default_factory=dict)
    owners: dict[bytes, str] = field(default_factory=dict)

    def print(self, book: Book, reply: Reply) -> None:
        """Keep a ledger's events, unless another's are called the same."""
        if not reply.answer:
            return
        events = by_uid(reply.answer.output.encode())
        if taken := self.events.keys() & events.keys():
            other = self.owners[min(taken)]
            feed_id = f'custom "dunning-option" "feed-id" "{book.name}"'
            why = f"its events cannot be told from those of {other}; give it {feed_id}"
            self.leave_out(book, why)
            return
        self.events.update(events)
        self.owners.update(dict.fromkeys(events, book.name))

    def end(self) -> None:
        """Print the calendar, or write it."""
        before = _published(self.output) if self.output else b""
        if before and self.private and self.left_out:
            message = (
                "Nothing was written: in a calendar without names the events of what "
                "is left out cannot be kept."
            )
            raise click.UsageError(message)
        feed = calendar_of_several(self.events, before, self.left_out)
        if self.output:
            ical.write(self.output, feed)
        else:
            click.echo(feed, nl=False)


def _published(output: Path) -> bytes:
    """Return the calendar that is to be replaced; nothing where there is none."""
    found = output.read_bytes() if output.is_file() else b""
    if found and not found.startswith(b"BEGIN:VCALENDAR"):
        message = f"{output} is no calendar, and stays as it is."
        raise click.UsageError(message)
    return found


def teller_of(asked: Any, books: Sequence[Book], format_: object) -> Teller:  # noqa: ANN401 - each command has a class of its own
    """Return who prints what a command says of several ledgers.

    Args:
        asked: What is asked.
        books: The ledgers.
        format_: How it is to be said; None where there is one way only.
    """
    if isinstance(asked, ical.Asked):
        return Calendar(books, output=asked.file, private=asked.private)
    if isinstance(asked, draft.Asked):
        return Sections(books, folder=asked.output)
    kinds: dict[str, type[Teller]] = {"json": Json, "jsonl": JsonLines, "csv": Csv}
    kind: type[Teller] = kinds.get(str(format_), Sections)
    return kind(books)
