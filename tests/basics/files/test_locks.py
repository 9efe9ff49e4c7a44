"""Waiting for other programs, for some seconds."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING
from typing import Any

import pytest

from beancount_dunning.basics.files import BusyError
from beancount_dunning.basics.files import exchange
from beancount_dunning.basics.files import locks
from beancount_dunning.basics.files import wait_until_free
from beancount_dunning.basics.files import write
from beancount_dunning.basics.files.locks import locked
from beancount_dunning.basics.files.locks import unopened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOCKED = "another program has locked it; try again in a moment"
_OPEN = "another program has it open for writing; try again in a moment"


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Lock a file as another program does; a lock is of who opened the file."""
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_a_lock_of_another_program_is_waited_for_but_not_for_ever(books: Path) -> None:
    with held(books), pytest.raises(BusyError, match=_LOCKED) as error:
        write(books, b"new\n", b"old\n", patience=0.05)
    assert error.value.filename == str(books)
    assert isinstance(error.value, OSError)
    assert books.read_bytes() == b"old\n"
    write(books, b"new\n", b"old\n", patience=0)


@pytest.mark.usefixtures("_leases")
def test_a_file_that_is_open_for_writing_is_waited_for_but_not_for_ever(
    books: Path,
) -> None:
    with books.open("ab"), pytest.raises(BusyError, match=_OPEN):
        write(books, b"new\n", b"old\n", patience=0.05)
    assert books.read_bytes() == b"old\n"
    assert list(books.parent.iterdir()) == [books]
    write(books, b"new\n", b"old\n", patience=0)


def test_a_reader_is_not_waited_for(books: Path) -> None:
    with books.open("rb"):
        write(books, b"new\n", b"old\n", patience=0)


@pytest.mark.usefixtures("_leases")
def test_one_can_wait_without_writing(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.05)
    link = books.with_name("link")
    link.symlink_to(books)
    wait_until_free(link)
    with held(books), pytest.raises(BusyError, match=_LOCKED):
        wait_until_free(link)
    with books.open("ab"), pytest.raises(BusyError, match=_OPEN):
        wait_until_free(link)


def test_a_lock_of_a_file_that_was_replaced_keeps_nobody_out(books: Path) -> None:
    """So who got that one takes the one of the new file, too."""
    flock, taken = fcntl.flock, []

    def replace(file: Any, how: int) -> None:  # noqa: ANN401 - as flock takes it
        flock(file, how)
        taken.append(os.fstat(file.fileno()).st_ino)
        if len(taken) == 1:
            new = books.with_name("new")
            new.write_bytes(b"new\n")
            new.replace(books)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fcntl, "flock", replace)
        with locked(books, 1):
            assert taken[1:] == [books.stat().st_ino]


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP])
def test_where_there_are_no_locks_it_is_written_all_the_same(
    books: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", fail)
    monkeypatch.setattr(fcntl, "fcntl", fail)
    write(books, b"new\n", b"old\n")
    monkeypatch.setattr(locks, "fcntl", None)
    write(books, b"newer\n", b"new\n")
    assert books.read_bytes() == b"newer\n"


@pytest.mark.usefixtures("_leases")
def test_who_opens_a_file_for_writing_waits_and_is_noticed(books: Path) -> None:
    opened = []

    def save() -> None:
        with books.open("wb") as file:
            opened.append(True)
            file.write(b"edit\n")

    editor = Thread(target=save)
    with unopened(books, 0) as is_unopened:
        assert is_unopened()
        editor.start()
        while is_unopened():
            pass
        assert not opened
    editor.join()
    assert books.read_bytes() == b"edit\n"


def test_who_finds_the_new_file_waits_until_the_old_one_is_gone(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or else that would be taken for what a killed writer left."""
    found = []

    def look(_: Path) -> None:
        found.append(books.read_bytes())
        with pytest.raises(BusyError), locked(books, 0):
            pass

    monkeypatch.setattr(exchange, "keep_names", look)
    write(books, b"new\n", b"old\n")
    assert found == [b"new\n"]
