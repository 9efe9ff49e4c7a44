"""Files read again around their edits: as they would be in whole."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import Note
from beancount.loader import load_string
from beancount.parser.parser import parse_string
from hypothesis import assume
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers import passages
from beancount_dunning.answers import proposals
from beancount_dunning.answers.insertion import Placed
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.insertion import bare
from beancount_dunning.answers.insertion import insert
from beancount_dunning.answers.passages import Edit
from beancount_dunning.answers.passages import Text
from beancount_dunning.answers.sayings import Said
from beancount_dunning.answers.sayings import Saying
from beancount_dunning.answers.sayings import sayings
from beancount_dunning.basics.errors import has_losses
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directive

FILE = "books.beancount"
TODAY = date(2026, 11, 20)
ADDED = "one\n  two\n"
INVOICE = """\
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
"""
# What stands between directives, goes on over lines, or only looks like one.
BLOCKS = (
    "\n",
    " \t\n",
    "; 2026-09-15 no directive\n",
    "  ; an indented comment\n",
    "* A heading\n",
    '2026-09-16 * "Begins here\n2026-09-17 event \\"a\\" \\"b\\"\n\n  and ends"\n',
    """2026-09-18 * "Shop" "Pen"
  text: "a
; no comment
"
  Income:Services  1 EUR
    more: 1
  Income:Services
""",
    '2026-09-19 note Assets:Receivable:Acme "Called"\n  other: 2026-12-01\n',
    '2026-09-20 event "place" "Kiel"\n',
    '2026-9-21 event "place" "Bonn"\n',
    "pushtag #trip\n",
    "poptag #trip\n",
    'pushmeta place: "Kiel"\n',
    "popmeta place:\n",
    'option "title" "Books"\n',
    'option "name_assets" "Assets"\n',
    'option "name_assets" "Vermögen"\n',
)


class Whole:
    """How Beancount reads a whole file: its directives by line, or None."""

    def __init__(self, content: bytes) -> None:
        found, errors, _ = parse_string(content, report_filename=FILE)
        self.entries = sorted(found, key=lambda entry: entry.meta["lineno"])
        self.is_whole = not has_losses(errors)

    def without(self, comments: Sequence[str]) -> list[Directive]:
        return [
            bare(entry)
            for entry in self.entries
            if getattr(entry, "comment", None) not in comments
        ]

    def notes(self, comments: Sequence[str]) -> list[Note]:
        notes = (entry for entry in self.entries if isinstance(entry, Note))
        return [note for note in notes if note.comment in comments]


def meaning(note: Any) -> Any:  # noqa: ANN401 - as `bare` returns it
    return bare(note)._replace(tags=None)


def loaded(content: bytes, comments: Sequence[str]) -> tuple[object, object]:
    """Return what a load makes of a file, less some notes."""
    entries, errors, _ = load_string(content.decode("utf-8-sig"))
    kept = [bare(e) for e in entries if getattr(e, "comment", "") not in comments]
    return kept, [error.message for error in errors]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file with an invoice somewhere in it."""
    blocks = draw(st.lists(st.sampled_from(BLOCKS), max_size=12))
    blocks.insert(draw(st.integers(0, len(blocks))), INVOICE)
    text = "".join(blocks)
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig"])))


def with_made(entries: Sequence[Directive], lines: int) -> list[Directive]:
    """Return directives of the file, and those a plugin may make, some lines below."""
    return [
        entry._replace(
            meta={**entry.meta, "filename": FILE, "lineno": entry.meta["lineno"] + off}
        )
        for entry in entries
        for off in {0, lines}
    ]


# Text in a file.


def with_text(seen: bytes, line: int | None = None, added: str = ADDED) -> bytes:
    text = Text(FILE, seen, ())
    return text.with_edits([text.insertion(added, line)])


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (b"", b"one\n  two\n"),
        (b"old\n", b"old\n\none\n  two\n"),
        (b"old", b"old\n\none\n  two\n"),
        (b"old\r\n", b"old\r\n\r\none\r\n  two\r\n"),
        (b"old\r\nold", b"old\r\nold\r\n\r\none\r\n  two\r\n"),
        (b"\xff\xfe\n", b"\xff\xfe\n\none\n  two\n"),
    ],
    ids=["empty", "lf", "no end", "crlf", "crlf, no end", "not utf-8"],
)
def test_lines_end_as_the_files_do(seen: bytes, expected: bytes) -> None:
    assert with_text(seen) == expected


def test_text_is_written_in_utf_8() -> None:
    assert with_text(b"old\n", added="東京\n").decode() == "old\n\n東京\n"


@pytest.mark.parametrize(
    ("seen", "line", "expected"),
    [
        (b"a\nb\n", 0, b"one\n  two\n\na\nb\n"),
        (b"a\nb\n", 1, b"a\none\n  two\n\nb\n"),
        (b"a\nb\n", 2, b"a\nb\none\n  two\n\n"),
        (b"a\nb", 1, b"a\none\n  two\n\nb"),
        (b"a\nb", 2, b"a\nb\none\n  two\n\n"),
        (b"a\r\nb\r\n", 1, b"a\r\none\r\n  two\r\n\r\nb\r\n"),
        (b"a\rb\x0c\x85c\nd\n", 1, b"a\rb\x0c\x85c\none\n  two\n\nd\n"),
    ],
    ids=["first", "middle", "last", "no end", "after no end", "crlf", "other ends"],
)
def test_text_goes_before_a_line(seen: bytes, line: int, expected: bytes) -> None:
    assert with_text(seen, line) == expected


# What is read again.

MANY = "".join(f'2026-09-{day} event "place" "Kiel {day}"\n' for day in range(10, 30))


class Reader:
    """What Beancount is given to read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[str] = []
        monkeypatch.setattr(passages, "parse_string", self)

    def __call__(self, content: bytes, **how: Any) -> Any:  # noqa: ANN401 - Beancount's
        self.read.append(content.decode())
        return parse_string(content, **how)


def text_of(content: str) -> Text:
    entries = Whole(content.encode()).entries
    return Text(FILE, content.encode(), entries)


def lines_of(entries: Sequence[Directive]) -> list[int]:
    return [entry.meta["lineno"] for entry in entries]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(monkeypatch)


def test_only_what_is_around_an_edit_is_read(reader: Reader) -> None:
    text = text_of(MANY)
    ((before, after), *_) = text.readings([text.insertion("; new\n", 5)])
    assert [read.count("event") for read in reader.read[:2]] == [2, 2]
    assert lines_of(before) == [5]
    assert lines_of(after) == [5]


def test_the_head_is_read_with_it(reader: Reader) -> None:
    text = text_of(
        f'option "name_assets" "Vermögen"\n2026-01-01 open Vermögen:A\n{MANY}'
    )
    note = '2026-09-30 note Vermögen:A "New"\n'
    ((before, after), *_) = text.readings([text.insertion(note)])
    assert max(map(len, reader.read[:2])) < len(MANY)
    assert lines_of(before) == [22]
    assert lines_of(after) == [22, 24]


@pytest.mark.parametrize(
    "line",
    ['option "name_assets" "Vermögen"', 'pushmeta place: "Kiel"', "popmeta place:"],
)
def test_what_comes_later_and_counts_is_read_too(reader: Reader, line: str) -> None:
    text = text_of(f"{MANY}{line}\n{MANY}")
    next(text.readings([text.insertion("; new\n")]), None)
    assert line in reader.read[0]
    reader.read.clear()
    next(text.readings([text.insertion("; new\n", 5)]))
    assert line not in reader.read[0]


def test_what_begins_before_a_passage_is_read_in_whole(reader: Reader) -> None:
    content = f"{MANY}pushtag #trip\n{MANY}poptag #trip\n"
    text = text_of(content)
    (reading,) = text.readings([text.insertion("; new\n")])
    assert [len(entries) for entries in reading] == [40, 40]
    assert reader.read[-2] == content


def test_a_directive_that_the_text_does_not_have_is_no_bound() -> None:
    """A plugin may say of what it makes that it stands anywhere."""
    made = [
        entry._replace(meta={**entry.meta, **changed})
        for entry in Whole(MANY.encode()).entries
        for changed in (
            {"lineno": 10 + entry.meta["lineno"]},
            {"lineno": None},
            {"filename": "other.beancount"},
        )
    ]
    text = Text(FILE, MANY.encode(), made)
    ((before, _), *_) = text.readings([text.insertion("; new\n", 5)])
    assert lines_of(before) == [*range(1, 21)]


def test_lines_move_by_what_is_there_instead() -> None:
    text = text_of(MANY)
    edits = [Edit(text.starts[4], text.starts[6], b"\n"), text.insertion("; new\n", 2)]
    assert [*map(text.moved(edits), (1, 2, 3, 4, 7, 8))] == [1, 2, 5, 6, 8, 9]
    assert [*map(text.moved([]), (1, 20))] == [1, 20]


# As it would be in whole.


@given(
    seen=files(),
    lines=st.lists(st.one_of(st.none(), st.integers(0, 40)), min_size=1, max_size=4),
    off=st.integers(0, 3),
)
@example(seen=INVOICE.encode(), lines=[None, 0, 2, 3, 6, 40], off=0)
def test_notes_are_read_around_as_in_whole(
    seen: bytes, lines: list[int | None], off: int
) -> None:
    whole = Whole(seen)
    assume(whole.is_whole)
    entries, errors, _ = load_string(seen.decode("utf-8-sig"))
    books = read_books(with_made(entries, off), {}, today=TODAY)
    item = books.receivables.items[0]
    comments = [f"Put off {number}" for number in range(len(lines))]
    placed = [
        Placed(note, FILE, line)
        for comment, line in zip(comments, lines, strict=True)
        for note in sayings(
            books, [item], Saying(Said.HOLD, date(2026, 12, 1), text=comment)
        )
    ]
    sources = Sources({FILE: seen}, errors)
    text = Text(FILE, seen, ())
    edits = [
        text.insertion(proposals.as_text(one.entry), one.line)
        for one in sorted(placed, key=lambda one: 99 if one.line is None else one.line)
    ]
    after = Whole(text.with_edits(edits))
    is_right = (
        after.is_whole
        and after.without(comments) == whole.without(comments)
        and sorted(map(repr, map(meaning, after.notes(comments))))
        == sorted(repr(meaning(one.entry)) for one in placed)
    )
    if not is_right:
        with pytest.raises(RefusedError, match="read the note differently"):
            insert(books, placed, sources, TODAY)
        return
    (change,) = insert(books, placed, sources, TODAY)
    found = Whole(change.new)
    assert found.notes(comments) == list(change.entries)
    moved = [change.moved(entry.meta["lineno"]) for entry in whole.entries]
    assert moved == [
        entry.meta["lineno"] for entry in found.entries if entry not in change.entries
    ]
    assert loaded(change.new, comments) == loaded(seen, comments)
