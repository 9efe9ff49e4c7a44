"""Taking a file's place, and giving it back to what an editor saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.files import ChangedError
from beancount_dunning.basics.files import exchange
from beancount_dunning.basics.files import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def by_another_file(path: Path, content: bytes) -> None:
    """Save as editors do that write another file first."""
    other = path.with_name("saved")
    other.write_bytes(content)
    other.replace(path)


def into_the_file(path: Path, content: bytes) -> None:
    """Save as editors do that write the file itself, but without looking for leases."""
    other = path.with_name("opened before")
    other.unlink(missing_ok=True)
    other.hardlink_to(path)
    other.write_bytes(content)
    other.unlink()


@pytest.fixture(autouse=True)
def _without_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor in this process would wait for itself."""
    monkeypatch.setattr("beancount_dunning.basics.files.locks._lease", lambda _: False)


def saving(
    monkeypatch: pytest.MonkeyPatch,
    books: Path,
    save: Callable[[Path, bytes], None],
    *at: int,
) -> list[str]:
    """Let an editor save just before these exchanges, counted from one."""
    real, saved, calls = exchange.exchange, [], []

    def between(one: Path, other: Path) -> bool:
        calls.append(one)
        if len(calls) in at:
            saved.append(f"edit {len(calls)}\n")
            save(books, saved[-1].encode())
        return real(one, other)

    monkeypatch.setattr(exchange, "exchange", between)
    return saved


@pytest.mark.parametrize("save", [by_another_file, into_the_file])
@pytest.mark.parametrize("at", [(1,), (1, 2), (1, 2, 3), (1, 3), (1, 2, 3, 4)])
def test_the_last_save_stays(
    books: Path,
    monkeypatch: pytest.MonkeyPatch,
    save: Callable[[Path, bytes], None],
    at: tuple[int, ...],
) -> None:
    saved = saving(monkeypatch, books, save, *at)
    with pytest.raises(ChangedError):
        write(books, b"new\n", b"old\n")
    assert books.read_text() == saved[-1]
    assert list(books.parent.iterdir()) == [books]


@pytest.mark.parametrize("at", range(1, 5))
def test_who_comes_to_save_finds_the_file_that_was_there(books: Path, at: int) -> None:
    asked = []

    def is_unopened() -> bool:
        asked.append(True)
        return len(asked) < at

    before = books.stat()
    swap = books.with_name("swap")
    swap.write_bytes(b"new\n")
    if at == 4:
        exchange.put_in_place(swap, books, b"old\n", is_unopened)
        assert books.read_bytes() == b"new\n"
        return
    with pytest.raises(ChangedError):
        exchange.put_in_place(swap, books, b"old\n", is_unopened)
    assert books.read_bytes() == b"old\n"
    assert books.stat().st_ino == before.st_ino


def test_a_save_while_the_disk_is_waited_for_stays(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor had opened the old file before."""
    other = books.with_name("opened before")

    def save(_: Path) -> None:
        other.write_bytes(b"edit\n")
        other.unlink()

    real = exchange.exchange

    def open_before(one: Path, two: Path) -> bool:
        if not other.exists() and two.read_bytes() == b"old\n":
            other.hardlink_to(books)
        return real(one, two)

    monkeypatch.setattr(exchange, "exchange", open_before)
    monkeypatch.setattr(exchange, "keep_names", save)
    with pytest.raises(ChangedError):
        write(books, b"new\n", b"old\n")
    assert books.read_bytes() == b"edit\n"
    assert list(books.parent.iterdir()) == [books]


def test_where_files_cannot_change_places_one_is_put_over_the_other(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_renameat2", None)
    write(books, b"new\n", b"old\n")
    assert books.read_bytes() == b"new\n"
    assert list(books.parent.iterdir()) == [books]


def test_a_file_that_is_moved_away_at_the_last_moment_stays_away(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some editors first make the old file a backup, then write the new one."""
    calls = []
    real = exchange.exchange

    def between(one: Path, other: Path) -> bool:
        calls.append(one)
        if len(calls) == 1:
            by_another_file(books, b"edit\n")
        else:
            books.rename(books.with_name("backup"))
        return real(one, other)

    monkeypatch.setattr(exchange, "exchange", between)
    with pytest.raises(ChangedError):
        write(books, b"new\n", b"old\n")
    contents = {path.read_bytes() for path in books.parent.iterdir()}
    assert contents == {b"new\n", b"edit\n"}


def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path: Path) -> None:
    exchange.keep_names(tmp_path / "nowhere")
