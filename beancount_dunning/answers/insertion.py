"""Directives put into a ledger's files: only where they will be read as they are meant.

    placed = [Placed(note, "books.beancount") for note in notes(books, reminders)]
    sources = Sources({"books.beancount": content}, errors)
    for change in insert(books, placed, sources, today=date(2026, 11, 20)):
        ...  # write change.new, if the file still holds change.seen

They are notes of the log, and transactions that write something off. The files are read
again around them before anybody writes them. Beancount has to find the old directives
and the new ones, no more and no less; and the log's own reader, looking from the
ledger's last day, must not find a mistake that was not there before.
Otherwise a RefusedError says why, and there is nothing to write.
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

from beancount.core.data import Note
from beancount.core.data import Open
from beancount.core.data import Transaction
from beancount.core.data import entry_sortkey

from beancount_dunning.answers import proposals
from beancount_dunning.answers.passages import Text
from beancount_dunning.basics.errors import has_losses
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.words import Words
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from beancount.core.data import Directive

    from beancount_dunning.answers.passages import Edit
    from beancount_dunning.answers.passages import Moved
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
class Placed:
    """A directive, and where it goes.

    `file` is a file's name as the ledger has it; `line` is how many of its lines stay
    before it, None to append it.
    """

    entry: Directive
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
    """A file as it was and as it is to be, with its new directives, each at its line.

    `texts` are the directives as they are written, with newlines at the ends of lines.
    """

    file: str
    seen: bytes
    new: bytes
    entries: tuple[Directive, ...]
    texts: tuple[str, ...]
    moved: Moved = field(repr=False)


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
    books: Books, placed: Sequence[Placed], sources: Sources, today: date
) -> tuple[Change, ...]:
    """Work out what a ledger's files are to be with more directives in them.

    Args:
        books: The ledger.
        placed: The directives, and where each goes; several at one place keep their
            order.
        sources: What the files hold, and what Beancount said of them.
        today: What day it is, unless the ledger's option `as-of` says another.

    Returns:
        A change for each file, in the order in which `placed` names them.

    Raises:
        RefusedError: Beancount could not read all of the ledger; one is dated in the
            future, or before its account is open; it would be read as something
            else; or the log's reader would call it or an older note a mistake, now or
            later.
    """
    require_whole(sources)
    last = books.settings.as_of or today
    by_file: dict[str, list[Placed]] = defaultdict(list)
    for one in placed:
        _require_day(books, one.entry, last)
        by_file[one.file].append(one)
    changes = tuple(
        _change(file, places, sources, books) for file, places in by_file.items()
    )
    if changes:
        _check_log(books, changes)
    return changes


def _require_day(books: Books, entry: Directive, last: date) -> None:
    """Refuse a directive after a day, and a note before its account is open."""
    day = entry.date
    if day > last:
        reason = Words("You cannot log anything on a future date ({date})", date=day)
        raise RefusedError(reason)
    if not isinstance(entry, Note):
        return
    account = books.settings.accounts[entry.account]
    if account and account.entry and day < account.entry.date:
        reason = Words("{account} is not open on {day}", account=account.name, day=day)
        raise RefusedError(reason)


def _change(
    file: str, places: Sequence[Placed], sources: Sources, books: Books
) -> Change:
    """Put directives into a file, and read it again around them."""
    text = Text(file, sources.contents[file], books.entries)
    by_line: dict[int, list[Directive]] = defaultdict(list)
    for one in places:
        by_line[_END if one.line is None else one.line].append(one.entry)
    edits: list[Edit] = []
    intended: list[Directive] = []
    texts: list[str] = []
    for line, entries in sorted(by_line.items()):
        written = [proposals.as_text(entry, sources.indent) for entry in entries]
        at = None if line == _END else line
        edits.append(text.insertion("\n".join(written), at))
        intended += map(_meaning, entries)
        texts += written
    for before, after in text.readings(edits):
        added = tuple(added_to(before, after))
        if [*map(_meaning, added)] == intended:
            new, moved = text.with_edits(edits), text.moved(edits)
            return Change(file, text.content, new, added, tuple(texts), moved)
    reason = Words(
        "Beancount would read the note differently in {file}: add it by hand",
        file=basename(file),
    )
    raise RefusedError(reason)


def added_to(
    before: Sequence[Directive], after: Sequence[Directive]
) -> Sequence[Directive]:
    """Return what was added to directives; nothing where others changed.

    Args:
        before: The directives as they were, by line.
        after: As they are then.
    """
    rest = iter(before)
    expected = next(rest, None)
    added: list[Directive] = []
    for entry in after:
        if expected is not None and bare(entry) == bare(expected):
            expected = next(rest, None)
        else:
            added.append(entry)
    return () if expected else added


def bare(entry: Any) -> Any:  # noqa: ANN401 - a directive or a posting
    """Return a directive without where it stands."""
    meta = {k: v for k, v in (entry.meta or {}).items() if k not in _PLACE}
    stripped = entry._replace(meta=meta)
    if isinstance(entry, Transaction):
        postings = [bare(posting) for posting in entry.postings]
        stripped = stripped._replace(postings=postings)
    return stripped


def _meaning(entry: Any) -> Any:  # noqa: ANN401 - whatever was read
    """Return what is to be read of a directive; `pushtag` may give it tags."""
    found = bare(entry)
    if isinstance(entry, Open):
        return found._replace(currencies=entry.currencies or None)
    return found._replace(tags=None) if hasattr(entry, "tags") else found


def _check_log(books: Books, changes: Sequence[Change]) -> None:
    """Refuse what the reader of the log would call a mistake, now or later."""
    told = _with_new(books, changes)
    new = [entry for change in changes for entry in change.entries]
    for error in new_problems(books, told, new):
        is_ours = any(error.entry is entry for entry in new)
        file, line, message = _said(error)
        reason = Words.unended(message)
        if not is_ours:
            where = f"{basename(file)}:{line}"
            reason = Words(
                "It would contradict {place}: {reason}", place=where, reason=reason
            )
        raise RefusedError(reason)


def new_problems(
    books: Books, then: Sequence[Directive], new: Sequence[Directive] = ()
) -> Iterator[LogError]:
    """Yield what the log's reader would call a mistake that was none before.

    Args:
        books: The ledger; it is looked at from its last day.
        then: Its directives as they are to be.
        new: Those of them that are new.
    """
    last = max(books.entries[-1].date, then[-1].date)
    known = Counter(map(_said, _problems(books, books.entries, last)))
    for error in _problems(books, then, last):
        is_ours = any(error.entry is entry for entry in new)
        if not is_ours and known[_said(error)]:
            known[_said(error)] -= 1
        else:
            yield error


def _with_new(books: Books, changes: Sequence[Change]) -> list[Directive]:
    """Return a ledger's directives and the new ones, in Beancount's order."""
    moved = {change.file: change.moved for change in changes}
    lines: list[tuple[int, Directive]] = []
    for entry in books.entries:
        where = place(entry.meta)
        line: int = where["lineno"]
        move = moved.get(where["filename"])
        lines.append((move(line) if move else line, entry))
    new = [entry for change in changes for entry in change.entries]
    lines += [(entry.meta["lineno"], entry) for entry in new]
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
