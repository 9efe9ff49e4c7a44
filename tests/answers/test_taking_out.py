"""Directives that were put in are taken out again, and the file is as it was."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_string
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_dunning.answers.insertion import Placed
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.insertion import insert
from beancount_dunning.answers.sayings import Said
from beancount_dunning.answers.sayings import Saying
from beancount_dunning.answers.sayings import sayings
from beancount_dunning.answers.taking_out import Written
from beancount_dunning.answers.taking_out import lines_of
from beancount_dunning.answers.taking_out import take_out
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount_dunning.answers.taking_out import Removal

FILE = "<string>"
TODAY = date(2026, 11, 20)
_SALE = """2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
_BLOCKS = (
    "2026-01-01 open Assets:Receivable:Acme\n2026-01-01 open Income:Services\n",
    _SALE,
    "; a comment\n",
    "pushtag #books\n",
    '2026-09-15 note Assets:Receivable:Acme "Ülo: \\"no\\"" ^INV-1\n',
    "poptag #books\n",
    "* A heading\n",
)


def put_in(content: bytes, lines: Sequence[int | None]) -> tuple[bytes, list[Written]]:
    """Put notes into a file; return what it is then, and where they stand."""
    entries, errors, options = load_string(content.decode())
    books = read_books(entries, options, today=TODAY)
    placed = [
        Placed(note, entries[0].meta["filename"], line)
        for number, line in enumerate(lines)
        for note in sayings(
            books,
            books.receivables.items,
            Saying(Said.HOLD, date(2026, 12, 1), text=f"Put off {number}"),
        )
    ]
    sources = Sources({placed[0].file: content}, errors)
    (change,) = insert(books, placed, sources, TODAY)
    new = [
        Written(change.file, entry.meta["lineno"], text)
        for entry, text in zip(change.entries, change.texts, strict=True)
    ]
    return change.new, new


def taken_out(content: bytes, written: Sequence[Written]) -> Removal:
    entries, errors, options = load_string(content.decode())
    books = read_books(entries, options, today=TODAY)
    (removal,) = take_out(books, written, Sources({written[0].file: content}, errors))
    return removal


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(("\n", *_BLOCKS[2:])), max_size=4),
    st.sampled_from(["\n", "\r\n"]),
    st.lists(st.none() | st.integers(0, 30), min_size=1, max_size=4),
)
def test_what_is_put_in_and_taken_out_leaves_no_trace(
    blocks: list[str], newline: str, lines: list[int | None]
) -> None:
    text = "".join((*_BLOCKS[:2], *blocks)).replace("\n", newline)
    content = text.encode()
    _, errors, _ = load_string(text)
    assume(not errors)
    try:
        new, written = put_in(content, lines)
    except RefusedError:
        # A place in the middle of a directive, for one.
        return
    for one in written:
        assert one.line in lines_of(new, one.text)
    removal = taken_out(new, written)
    assert removal.new == content
    assert [entry.meta["lineno"] for entry in removal.entries] == sorted(
        one.line for one in written
    )


def test_one_of_several_is_taken_out() -> None:
    content = "".join(_BLOCKS[:2]).encode()
    new, written = put_in(content, [None, None, None])
    removal = taken_out(new, [written[1]])
    text = removal.new.decode()
    assert text == f"{content.decode()}\n{written[0].text}\n{written[2].text}"


def test_several_in_a_row_are_taken_out_with_the_lines_between_them() -> None:
    content = "".join(_BLOCKS[:2]).encode()
    new, written = put_in(content, [None, None, None])
    assert taken_out(new, written).new == content
    first, _, last = written
    left = f"{content.decode()}\n{last.text}"
    assert taken_out(new, written[:2]).new.decode() == left
    assert taken_out(new, [last, first]).new.count(b"note") == 1


def test_where_the_file_had_no_last_newline_it_has_one_then() -> None:
    content = "".join(_BLOCKS[:2]).rstrip("\n").encode()
    new, written = put_in(content, [None])
    assert taken_out(new, written).new == content + b"\n"


def test_a_ledger_of_which_something_is_lost_is_left_alone() -> None:
    new, written = put_in("".join(_BLOCKS[:2]).encode(), [None])
    with pytest.raises(RefusedError, match="cannot read all of the ledger"):
        taken_out(new + b'2026-01-01 * "half\n', written)


def test_what_is_more_than_a_directive_is_left_alone() -> None:
    """The lines would take another directive with them."""
    new, written = put_in("".join(_BLOCKS[:2]).encode(), [2])
    (one,) = written
    more = f"{one.text}\n{_SALE}"
    with pytest.raises(RefusedError, match="would read <string> differently"):
        taken_out(new, [Written(one.file, one.line, more)])


def test_what_another_note_builds_on_is_left_alone() -> None:
    content = "".join(_BLOCKS[:2]).encode()
    dispute = '\n2026-11-01 note Assets:Receivable:Acme "No" ^INV-1\n  dispute: TRUE\n'
    resolved = (
        '\n2026-11-02 note Assets:Receivable:Acme "Yes" ^INV-1\n  dispute: FALSE\n'
    )
    text = content + (dispute + resolved).encode()
    (line,) = lines_of(text, dispute.strip() + "\n")
    written = Written(FILE, line, dispute.removeprefix("\n"))
    with pytest.raises(RefusedError, match="Without it, <string>:11 would be an error"):
        taken_out(text, [written])
