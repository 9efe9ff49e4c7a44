"""Writing into a file that has to stay the same file."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.files import ChangedError
from beancount_dunning.basics.files import in_place
from beancount_dunning.basics.files import write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def link(books: Path) -> Path:
    """Another name of the same file."""
    path = books.parent / "folder" / "link"
    path.parent.mkdir()
    path.hardlink_to(books)
    return path


def rest(books: Path) -> list[Path]:
    return [path for path in books.parent.iterdir() if path.is_file() and path != books]


@pytest.mark.parametrize("new", [b"old\nnew\n", b"new\nold\n", b"o", b""])
@pytest.mark.parametrize("old", [b"old\n", b""])
def test_all_names_of_a_file_stay_names_of_it(
    books: Path, link: Path, old: bytes, new: bytes
) -> None:
    books.write_bytes(old)
    write(books, new, old)
    assert books.read_bytes() == new
    assert link.samefile(books)
    assert not rest(books)


def test_while_it_is_written_a_copy_is_there(
    books: Path, link: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = in_place._write  # noqa: SLF001 - to look meanwhile
    seen: list[bytes] = []

    def look(*what: object) -> None:
        seen.extend(path.read_bytes() for path in rest(books))
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in rest(books))
        real(*what)  # type: ignore[arg-type]  # it is passed on

    monkeypatch.setattr(in_place, "_write", look)
    write(link, b"old\nnew\n", b"old\n")
    write(books, b"new\n", b"old\nnew\n")
    assert books.read_bytes() == b"new\n"
    # The first copy lies beside the other name.
    assert seen == [b"old\nnew\n"]


@pytest.mark.parametrize("new", [b"old\nnew\n", b"new\nold\n"])
@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
@pytest.mark.usefixtures("link")
def test_what_stops_it_leaves_the_old_content(
    books: Path, monkeypatch: pytest.MonkeyPatch, new: bytes, error: BaseException
) -> None:
    real, calls = in_place._write, []  # noqa: SLF001 - to stop half way

    def half(file: object, content: bytes) -> None:
        calls.append(content)
        if len(calls) > 1:
            return real(file, content)  # type: ignore[arg-type]  # it is passed on
        real(file, content[:2])  # type: ignore[arg-type]  # it is passed on
        raise error

    monkeypatch.setattr(in_place, "_write", half)
    with pytest.raises(type(error)):
        write(books, new, b"old\n")
    assert books.read_bytes() == b"old\n"
    assert not rest(books)


@pytest.mark.usefixtures("link")
def test_where_that_fails_too_the_copy_stays_and_is_named(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = in_place._write, []  # noqa: SLF001 - to stop half way

    def half(file: object, content: bytes) -> None:
        calls.append(content)
        if len(calls) == 1:
            real(file, content[:2])  # type: ignore[arg-type]  # it is passed on
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(in_place, "_write", half)
    with pytest.raises(OSError, match="a write into it was interrupted"):
        write(books, b"new\nold\n", b"old\n")
    assert [path.read_bytes() for path in rest(books)] == [b"old\n"]
    monkeypatch.undo()
    (copy,) = rest(books)
    # It stays so until a person has looked.
    with pytest.raises(OSError, match=f"compare it with {copy}, take over") as error:
        write(books, b"new", books.read_bytes())
    assert error.value.filename == str(books)
    books.write_bytes(copy.read_bytes())
    write(books, b"new\nold\n", b"old\n")
    assert not rest(books)


@pytest.mark.usefixtures("link")
def test_an_edit_while_the_copy_is_made_stays(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: books.write_bytes(b"edit\n"))
    with pytest.raises(ChangedError):
        write(books, b"new\n", b"old\n")
    assert books.read_bytes() == b"edit\n"
    assert not rest(books)


@pytest.mark.usefixtures("link")
def test_what_is_added_goes_to_the_end_of_whatever_is_there(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor that saves at the very moment loses nothing."""
    real = in_place._write  # noqa: SLF001 - to come before

    def late(file: object, content: bytes) -> None:
        books.write_bytes(b"longer edit\n")
        real(file, content)  # type: ignore[arg-type]  # it is passed on

    monkeypatch.setattr(in_place, "_write", late)
    write(books, b"old\nnew\n", b"old\n")
    assert books.read_bytes() == b"longer edit\nnew\n"
