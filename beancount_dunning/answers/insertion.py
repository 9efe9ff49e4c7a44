"""Notes put into a ledger's files: only where they will be read as they are meant.

    placed = [PlacedNote(note, "books.beancount") for note in notes(books, reminders)]
    sources = Sources({"books.beancount": content}, errors)
    for change in insert(books, placed, sources, today=date(2026, 11, 20)):
        ...  # write change.new, if the file still holds change.seen

The new content is read again before anybody writes it. Beancount has to find the old
directives and the notes, no more and no less; and the log's own reader, looking from
the ledger's last day, must not find a mistake that was not there before. Otherwise a
RefusedError says why, and there is nothing to write.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from ntpath import basename
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount.core.data import Note
from beancount.core.data import Transaction
from beancount.core.data import entry_sortkey
from beancount.parser.parser import parse_string

from beancount_dunning.answers import proposals
from beancount_dunning.basics.errors import has_losses
from beancount_dunning.basics.words import Words
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from beancount.core.data import Directive

    from beancount_dunning.basics.errors import LogError
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

# Behind all lines.
_END = sys.maxsize
# Where a directive stands, which moves with the lines before it.
_PLACE = ("filename", "lineno")


class RefusedError(Exception):
    """What is not to be written, and why."""

    def __init__(self, reason: Words) -> None:
        """Keep the reason, without a full stop, so that more can be said after it."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A note, and where it goes.

    `file` is a file's name as the ledger has it; `line` is how many of its lines stay
    before the note, None to append it.
    """

    note: Note
    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """The text of a ledger: `contents` of files by name, and Beancount's `errors`.

    `indent` is how many blanks stand before metadata.
    """

    contents: Mapping[str, bytes]
    errors: Sequence[Any]
    indent: int = 2


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it was and as it is to be, with its new notes, each at its line."""

    file: str
    seen: bytes
    new: bytes
    notes: tuple[Note, ...]
    # Where the old directives stood, and stand, by line.
    moved: Mapping[int, int] = field(repr=False)


def require_loggable(item: Item) -> None:
    """Refuse notes about an item that no note can name.

    Args:
        item: An item of a ledger.

    Raises:
        RefusedError: It has no reference; the reason says where to add a link.
    """
    if not proposals.is_loggable(item):
        raise RefusedError(
            Words(
                "{item} has no reference, so it cannot have notes; add a link, like "
                "^INV-2026-014, at {place}",
                item=item.label,
                place=f"{basename(item.filename)}:{item.lineno}",
            )
        )


def require_whole(sources: Sources) -> None:
    """Refuse to write into a ledger of which something is lost.

    Args:
        sources: What Beancount said of its files.

    Raises:
        RefusedError: Beancount could not read all of the ledger.
    """
    if has_losses(sources.errors):
        reason = Words("Beancount cannot read all of the ledger: fix the errors first")
        raise RefusedError(reason)


def insert(
    books: Books, placed: Sequence[PlacedNote], sources: Sources, today: date
) -> tuple[Change, ...]:
    """Work out what a ledger's files are to be with more notes in them.

    Args:
        books: The ledger.
        placed: The notes, and where each goes; several at one place keep their order.
        sources: What the files hold, and what Beancount said of them.
        today: What day it is, unless the ledger's option `as-of` says another.

    Returns:
        A change for each file, in the order in which `placed` names them.

    Raises:
        RefusedError: Beancount could not read all of the ledger; a note is dated in
            the future; it would be read as something else; or the log's reader would
            call it or an older note a mistake, now or later.
    """
    require_whole(sources)
    last = books.settings.as_of or today
    by_file: dict[str, list[PlacedNote]] = defaultdict(list)
    for place in placed:
        day = place.note.date
        if day > last:
            reason = Words(
                "You cannot log anything on a future date ({date})", date=day
            )
            raise RefusedError(reason)
        by_file[place.file].append(place)
    changes = tuple(_change(file, places, sources) for file, places in by_file.items())
    if changes:
        _check_log(books, changes)
    return changes


def with_text(seen: bytes, text: str, line: int | None = None) -> bytes:
    """Return a ledger's file with directives put in, set off by an empty line.

    Args:
        seen: The file's content.
        text: What to add, its lines ended by newlines; they become what the file has.
        line: How many lines stay before it; None to append.

    Returns:
        The new content.
    """
    newline = b"\r\n" if b"\r\n" in seen else b"\n"
    added = newline.join(text.encode().split(b"\n"))
    if line is None:
        before = b"" if not seen else newline if seen.endswith(b"\n") else newline * 2
        return seen + before + added
    # Beancount counts these lines, and not those that end in other ways.
    kept = b"".join(row + b"\n" for row in seen.split(b"\n")[:line])
    return kept + added + newline + seen[len(kept) :]


def _change(file: str, places: Iterable[PlacedNote], sources: Sources) -> Change:
    """Put notes into a file, and read it again."""
    by_line: dict[int, list[Note]] = defaultdict(list)
    for place in places:
        by_line[_END if place.line is None else place.line].append(place.note)
    new = seen = sources.contents[file]
    for line, notes in sorted(by_line.items(), reverse=True):
        text = "\n".join(proposals.as_text(note, sources.indent) for note in notes)
        new = with_text(new, text, None if line == _END else line)
    intended = [note for _, notes in sorted(by_line.items()) for note in notes]
    before, after = parsed(file, seen), parsed(file, new)
    added, moved = _compared(before or [], after or [])
    if list(map(_meaning, added)) != list(map(_meaning, intended)):
        reason = Words(
            "Beancount would read the note differently in {file}: add it by hand",
            file=basename(file),
        )
        raise RefusedError(reason)
    return Change(file, seen, new, tuple(cast("list[Note]", added)), moved)


def parsed(file: str, content: bytes) -> list[Directive] | None:
    """Return a file's directives in order of line; None where some are lost."""
    entries, errors, _ = parse_string(content, report_filename=file)
    if has_losses(errors):
        return None
    return sorted(entries, key=lambda entry: entry.meta["lineno"])


def _compared(
    before: Sequence[Directive], after: Sequence[Directive]
) -> tuple[list[Directive], dict[int, int]]:
    """Return what was added to a file's directives, and where the others went.

    What was added is nothing where others changed.
    """
    rest = iter(before)
    expected = next(rest, None)
    added: list[Directive] = []
    moved: dict[int, int] = {}
    for entry in after:
        if expected is not None and bare(entry) == bare(expected):
            moved[expected.meta["lineno"]] = entry.meta["lineno"]
            expected = next(rest, None)
        else:
            added.append(entry)
    return ([] if expected else added), moved


def bare(entry: Any) -> Any:  # noqa: ANN401 - a directive or a posting
    """Return a directive without where it stands."""
    meta = {k: v for k, v in (entry.meta or {}).items() if k not in _PLACE}
    stripped = entry._replace(meta=meta)
    if isinstance(entry, Transaction):
        postings = [bare(posting) for posting in entry.postings]
        stripped = stripped._replace(postings=postings)
    return stripped


def _meaning(entry: Any) -> Any:  # noqa: ANN401 - whatever was read
    """Return what is to be read of a note; `pushtag` may give it tags."""
    return bare(entry)._replace(tags=None) if isinstance(entry, Note) else entry


def _check_log(books: Books, changes: Sequence[Change]) -> None:
    """Refuse what the reader of the log would call a mistake, now or later."""
    told = _with_notes(books, changes)
    last = told[-1].date
    known = Counter(map(_said, _problems(books, books.entries, last)))
    notes = [note for change in changes for note in change.notes]
    for error in _problems(books, told, last):
        is_ours = any(error.entry is note for note in notes)
        if not is_ours and known[_said(error)]:
            known[_said(error)] -= 1
            continue
        file, line, message = _said(error)
        # What the reader says is not translated, and so neither is this.
        where = [] if is_ours else [f"It would contradict {basename(file)}:{line}"]
        raise RefusedError(Words.joined(": ", [*where, message.rstrip(".")]))


def _with_notes(books: Books, changes: Sequence[Change]) -> list[Directive]:
    """Return a ledger's directives and the new notes, in Beancount's order."""
    moved = {
        (change.file, old): new
        for change in changes
        for old, new in change.moved.items()
    }
    lines: list[tuple[int, Directive]] = []
    for entry in books.entries:
        line: int = entry.meta["lineno"]
        file: str = entry.meta.get("filename", "")
        lines.append((moved.get((file, line), line), entry))
    notes = [note for change in changes for note in change.notes]
    lines += [(note.meta["lineno"], note) for note in notes]
    # Directives of the same day and kind stand in order of their lines.
    lines.sort(key=lambda found: (*entry_sortkey(found[1])[:2], found[0]))
    return [entry for _, entry in lines]


def _problems(
    books: Books, entries: Sequence[Directive], last: date
) -> Sequence[LogError]:
    later = read_books(entries, books.options, today=last, as_of=last)
    return later.dunning.problems


def _said(error: LogError) -> tuple[str, int, str]:
    return error.source["filename"], error.source["lineno"], error.message
