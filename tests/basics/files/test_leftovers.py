"""Files that a killed process left, and which of them are deleted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.files import write
from beancount_dunning.basics.files.errors import InterruptedWriteError
from beancount_dunning.basics.files.leftovers import copy_of
from beancount_dunning.basics.files.leftovers import discard
from beancount_dunning.basics.files.leftovers import draft_of
from beancount_dunning.basics.files.leftovers import swap_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLD, NEW, SAVED = b"old\n", b"old\nnew\n", b"edit\n"


def test_they_are_named_after_the_file(books: Path) -> None:
    for path in (
        draft_of(books, NEW),
        swap_of(books, OLD, NEW),
        copy_of(books, OLD, NEW),
    ):
        assert path.name.startswith(".books.beancount.dunning-")
        assert path.parent == books.parent
    assert draft_of(books, NEW) != draft_of(books, NEW)


def test_a_draft_is_of_no_use(books: Path) -> None:
    draft_of(books, NEW).write_bytes(b"ol")
    write(books, NEW, OLD)
    assert list(books.parent.iterdir()) == [books]


@pytest.mark.parametrize("left", [OLD, NEW])
def test_a_swap_with_the_old_or_new_content_is_of_no_use(
    books: Path, left: bytes
) -> None:
    swap_of(books, OLD, NEW).write_bytes(left)
    write(books, SAVED, OLD)
    assert list(books.parent.iterdir()) == [books]


def test_a_swap_with_what_an_editor_saved_stays(books: Path) -> None:
    swap = swap_of(books, OLD, NEW)
    swap.write_bytes(SAVED)
    with pytest.raises(InterruptedWriteError, match=str(swap)):
        write(books, NEW, OLD)
    discard(swap, books)
    assert swap.read_bytes() == SAVED
    assert books.read_bytes() == OLD


@pytest.mark.parametrize("content", [OLD, NEW])
def test_a_copy_of_a_file_that_is_whole_is_of_no_use(
    books: Path, content: bytes
) -> None:
    books.write_bytes(content)
    copy_of(books, OLD, NEW).write_bytes(OLD)
    write(books, SAVED, content)
    assert list(books.parent.iterdir()) == [books]


def test_a_copy_of_a_file_that_may_be_half_written_stays(books: Path) -> None:
    books.write_bytes(b"old\nne")
    copy = copy_of(books, OLD, NEW)
    copy.write_bytes(OLD)
    with pytest.raises(InterruptedWriteError, match=str(copy)):
        write(books, NEW, b"old\nne")
    assert copy.read_bytes() == OLD


@pytest.mark.parametrize(
    "name",
    [
        ".books.beancount.dunning-",
        ".books.beancount.dunning-draft",
        ".books.beancount.dunning-draft-0123456789ab-0123456789a",
        ".books.beancount.dunning-notes.txt",
        ".books.beancount.swp",
        ".other.beancount.dunning-draft-0123456789ab-0123456789ab",
        "books.beancount.dunning-draft-0123456789ab-0123456789ab",
    ],
)
@pytest.mark.parametrize("do", [write, discard])
def test_what_is_not_ours_stays(
    books: Path, name: str, do: Callable[..., None]
) -> None:
    other = books.with_name(name)
    other.write_bytes(b"not ours\n")
    if do is write:
        write(books, NEW, OLD)
    else:
        discard(other, books)
    assert other.read_bytes() == b"not ours\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files here")
def test_what_is_no_file_is_none_of_ours(books: Path) -> None:
    """In a folder that others may write to, whoever reads a pipe may wait for ever."""
    pipe, folder, link = (swap_of(books, OLD, bytes([number])) for number in range(3))
    os.mkfifo(pipe)
    folder.mkdir()
    link.symlink_to(pipe)
    write(books, NEW, OLD)
    assert books.read_bytes() == NEW
    assert {*books.parent.iterdir()} == {books, pipe, folder, link}
