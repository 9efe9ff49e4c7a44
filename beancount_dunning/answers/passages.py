"""A ledger file that changes in places, and how Beancount reads it then.

    text = Text("books.beancount", content, books.entries)
    edits = [text.insertion(note, line=12)]
    for before, after in text.readings(edits):
        ...  # the directives there, as they are and as they would be
    new = text.with_edits(edits)

To read a large file twice takes half as long as to load the ledger. But Beancount reads
from top to bottom, and where a directive begins, the one before it is complete and no
string is open. So an edit can change only what lies between the directive before it and
the next one, and that passage is read by itself. Where directives begin is known from
the ledger, just loaded, and the text has to agree.

Options like `name_assets` and `pushmeta` change how all that follows is read. So the
head of the file, up to its first directive, is read with each passage; where such lines
come later, the whole file is. And so it is, as the last word, if a passage is not read
as it should be: a `poptag` in it may be for a tag pushed before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from beancount.parser.parser import parse_string

from beancount_dunning.basics.errors import has_losses
from beancount_dunning.basics.errors import place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount.core.data import Directive

    # Directives as they are, and as they would be.
    Reading = tuple[list[Directive], list[Directive]]
    # A piece of text, and whether it is new.
    Piece = tuple[str, bool]

# What changes how all that follows is read. Beancount takes no such line indented.
_MARKS = (b'"name_', b"\npushmeta", b"\npopmeta")


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to stand in a file from one byte to another."""

    start: int
    end: int
    new: bytes


# From which byte to which, and what changes there.
_Passages = dict[tuple[int, int], list[Edit]]


class Moved:
    """Where lines of a file are after edits."""

    def __init__(self, more: Sequence[tuple[int, int]]) -> None:
        """Take how many lines there are more, each after which line; sorted."""
        self._after = [line for line, _ in more]
        self._rows = [0, *accumulate(rows for _, rows in more)]

    def __call__(self, line: int) -> int:
        """Return the new number of a line."""
        return line + self._rows[bisect_left(self._after, line)]


class Text:
    """A file of a ledger, of which one knows where lines and directives begin."""

    def __init__(self, file: str, content: bytes, entries: Iterable[Directive]) -> None:
        """Take a file.

        Args:
            file: Its name, as the ledger has it.
            content: What it holds.
            entries: The ledger's directives, as they were loaded from that.
        """
        self.content = content
        self.newline = b"\r\n" if b"\r\n" in content else b"\n"
        # Beancount counts these lines, and not those that end in other ways.
        self.starts = [0, *(found.end() for found in re.finditer(rb"\n", content))]
        self.file = file
        self._entries = entries

    def insertion(self, text: str, line: int | None = None) -> Edit:
        """Return the edit that puts directives in, set off by an empty line.

        Args:
            text: The directives, their lines ended by newlines; they become what the
                file has.
            line: How many lines stay before them; None to append.
        """
        newline, end = self.newline, len(self.content)
        added = newline.join(text.encode().split(b"\n"))
        if line is not None and line < len(self.starts):
            start = self.starts[line]
            return Edit(start, start, added + newline)
        if self.content and not self.content.endswith(b"\n"):
            added = newline + added
        if line is not None:
            return Edit(end, end, added + newline)
        return Edit(end, end, newline + added if self.content else added)

    def with_edits(self, edits: Iterable[Edit]) -> bytes:
        """Return the text with all edits; every other byte stays."""
        return self._part(0, len(self.content), edits)

    def moved(self, edits: Iterable[Edit]) -> Moved:
        """Return where lines are after edits."""
        more = []
        for edit in _sorted(edits):
            gone = self.content.count(b"\n", edit.start, edit.end)
            rows = edit.new.count(b"\n") - gone
            more.append((bisect_left(self.starts, edit.start), rows))
        return Moved(more)

    def shown(self, line: int, edits: Iterable[Edit]) -> tuple[Piece, ...]:
        """Return a directive as it is to be, up to the last line that changes.

        Args:
            line: The line on which it begins.
            edits: The edits of the file.

        Returns:
            Its text in pieces, without what is to go.
        """
        start = self.starts[line - 1]
        after = bisect_right(self._bounds, start)
        end = self._bounds[after] if after < len(self._bounds) else len(self.content)
        pieces: list[tuple[bytes, bool]] = []
        at = start
        for edit in _sorted(one for one in edits if start <= one.start < end):
            pieces += [(self.content[at : edit.start], False), (edit.new, True)]
            at = edit.end
        rest = self.content.find(b"\n", at)
        pieces.append((self.content[at:] if rest < 0 else self.content[at:rest], False))
        return tuple(
            (piece.decode().replace("\r\n", "\n").rstrip("\r"), is_new)
            for piece, is_new in pieces
            if piece
        )

    def readings(self, edits: list[Edit]) -> Iterator[Reading]:
        """Yield the directives around edits, as they are and as they would be.

        Args:
            edits: The edits, none of them across the begin of a directive.

        Yields:
            The directives, each with its line: those of passages, then of the whole
            file. A reading in which something is lost is left out.
        """
        moved = self.moved(edits)
        for passages in (self._passages(edits), {(0, len(self.content)): edits}):
            reading = self._read(passages, moved)
            if reading is not None:
                yield reading

    @cached_property
    def _bounds(self) -> list[int]:
        """Where directives begin after the first line, by the ledger and the text."""
        bounds = set()
        for entry in self._entries:
            where = place(entry.meta)
            line: int = where["lineno"]
            if where["filename"] == self.file and 1 < line <= len(self.starts):
                start = self.starts[line - 1]
                if self.content.startswith(entry.date.isoformat().encode(), start):
                    bounds.add(start)
        return sorted(bounds)

    def _passages(self, edits: list[Edit]) -> _Passages:
        """Return what edits can change: the whole file where that is less, or surer."""
        bounds, whole = self._bounds, len(self.content)
        passages: _Passages = defaultdict(list)
        for edit in edits:
            before = bisect_left(bounds, edit.start)
            after = bisect_left(bounds, edit.end)
            start = bounds[before - 1] if before else 0
            end = bounds[after] if after < len(bounds) else whole
            passages[start, end].append(edit)
        head = bounds[0] if bounds else whole
        last = max((start for start, _ in passages), default=0)
        size = sum(head + end - start for start, end in passages)
        if size > whole or any(
            self.content.find(mark, head, last) >= 0 for mark in _MARKS
        ):
            return {(0, whole): edits}
        return dict(sorted(passages.items()))

    def _read(self, passages: _Passages, moved: Moved) -> Reading | None:
        """Read passages, before and after; None where one loses something."""
        before: list[Directive] = []
        after: list[Directive] = []
        for (start, end), edits in passages.items():
            line = bisect_left(self.starts, start) + 1
            head = self.content[: self._bounds[0]] if start else b""
            old = self._parsed(head, self._part(start, end, []), line)
            new_line = moved(line) if start else line
            new = self._parsed(head, self._part(start, end, edits), new_line)
            if old is None or new is None:
                return None
            before += old
            after += new
        return before, after

    def _parsed(self, head: bytes, part: bytes, line: int) -> list[Directive] | None:
        """Return the directives of a part, by line; None where some are lost."""
        entries, errors, _ = parse_string(
            head + part,
            report_filename=self.file,
            report_firstline=line - head.count(b"\n"),
        )
        if has_losses(errors):
            return None
        found = [entry for entry in entries if entry.meta["lineno"] >= line]
        return sorted(found, key=lambda entry: entry.meta["lineno"])

    def _part(self, start: int, end: int, edits: Iterable[Edit]) -> bytes:
        parts: list[bytes] = []
        for edit in _sorted(edits):
            parts += [self.content[start : edit.start], edit.new]
            start = edit.end
        return b"".join([*parts, self.content[start:end]])


def _sorted(edits: Iterable[Edit]) -> list[Edit]:
    return sorted(edits, key=lambda edit: edit.start)
