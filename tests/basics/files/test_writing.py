"""Writing files: whole or not at all, and never over an edit."""

from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics import files as ledger_file
from beancount_dunning.basics.files import ChangedError
from beancount_dunning.basics.files import replace_file
from beancount_dunning.basics.files import write

if TYPE_CHECKING:
    from collections.abc import Callable


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def append(path: Path, text: str, seen: bytes) -> None:
    write(path, seen + b"\n" + text.encode(), seen)


def test_a_file_is_made_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "new"
    before = os.umask(0o027)
    try:
        replace_file(path, b"new")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert path.read_bytes() == b"new"
    assert mode(path) == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("bits", [0o600, 0o644, 0o660, 0o755])
def test_a_file_keeps_its_mode(books: Path, bits: int) -> None:
    books.chmod(bits)
    replace_file(books, b"new")
    assert books.read_bytes() == b"new"
    assert mode(books) == bits


def test_what_is_so_already_is_not_written(books: Path) -> None:
    os.utime(books, ns=(10**18, 10**18))
    before = books.stat()
    replace_file(books, b"old\n")
    after = books.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, 10**18)


def test_a_link_is_followed(books: Path) -> None:
    link = books.with_name("link")
    link.symlink_to(books.name)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert books.read_bytes() == b"new"


def test_a_link_to_what_is_not_there_yet_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("new")
    replace_file(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "new").read_bytes() == b"new"


def test_a_device_is_just_written_to() -> None:
    replace_file(Path(os.devnull), b"new")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["pathlib.Path.replace", "os.fsync"])
@pytest.mark.parametrize("is_new", [False, True])
def test_what_stops_it_leaves_the_old_file_and_nothing_else(
    books: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    error: BaseException,
    *,
    is_new: bool,
) -> None:
    def stop(*_: object) -> None:
        raise error

    monkeypatch.setattr(step, stop)
    with pytest.raises(type(error)):
        replace_file(books.with_name("new") if is_new else books, b"new")
    monkeypatch.undo()
    assert books.read_bytes() == b"old\n"
    assert list(books.parent.iterdir()) == [books]


def test_a_process_that_dies_leaves_the_old_file(books: Path) -> None:
    """Its temporary file may stay; that one begins with a dot, and is no ledger."""
    child = os.fork()
    if not child:  # pragma: no cover - not in this process
        Path.replace = lambda *_: os._exit(9)  # type: ignore[method-assign]  # it dies there
        append(books, "new\n", b"old\n")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9
    assert books.read_bytes() == b"old\n"
    others = [path.name for path in books.parent.iterdir() if path != books]
    assert len(others) == 1
    assert others[0].startswith(".")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "nowhere" / "new", b"new")


# write


def test_a_file_that_was_changed_meanwhile_stays(books: Path) -> None:
    with pytest.raises(ChangedError, match="it has changed in the meantime"):
        append(books, "new\n", b"older\n")
    assert books.read_bytes() == b"old\n"
    assert issubclass(ChangedError, OSError)


def test_what_another_wrote_the_same_is_not_taken_for_ones_own(books: Path) -> None:
    append(books, "new\n", b"old\n")
    with pytest.raises(ChangedError):
        append(books, "new\n", b"old\n")
    assert books.read_bytes() == b"old\n\nnew\n"


def test_a_file_that_is_gone_is_not_made_again(books: Path) -> None:
    books.unlink()
    with pytest.raises(FileNotFoundError):
        append(books, "new\n", b"old\n")
    assert not books.exists()


def test_of_many_writers_at_once_each_lands_or_is_told(books: Path) -> None:
    """Each is a process of its own, as two commands are, and all begin together."""
    seen = books.read_bytes()
    reading, writing = os.pipe()
    children = []
    for number in range(8):
        child = os.fork()
        if not child:  # pragma: no cover - not in this process
            os.close(writing)
            os.read(reading, 1)
            try:
                append(books, f"{number}\n", seen)
            except ChangedError:
                os._exit(1)
            os._exit(0)
        children.append(child)
    os.close(reading)
    os.close(writing)
    codes = [os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in children]
    assert sorted(codes) == [0] + [1] * 7
    landed = codes.index(0)
    assert books.read_text() == f"old\n\n{landed}\n"


def test_while_one_replaces_the_file_others_wait(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, start = Path.replace, Barrier(4)
    landed: list[int] = []

    def slowly(path: Path, target: Path) -> Path:
        time.sleep(0.05)
        return replace(path, target)

    def add(number: int) -> None:
        start.wait()
        with suppress(ChangedError):
            append(books, f"{number}\n", b"old\n")
            landed.append(number)

    monkeypatch.setattr(Path, "replace", slowly)
    writers = [Thread(target=add, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(landed) == 1
    assert books.read_text() == f"old\n\n{landed[0]}\n"


def test_a_read_only_file_stays(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests may run as root, who may write anything.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="it is read-only"):
        replace_file(books, b"new")
    with pytest.raises(PermissionError, match="it is read-only"):
        append(books, "new\n", b"old\n")
    assert books.read_bytes() == b"old\n"
    assert list(books.parent.iterdir()) == [books]


def test_a_folder_that_cannot_be_written_is_said(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: path != books.parent)
    with pytest.raises(PermissionError, match="make the folder writable"):
        append(books, "new\n", b"old\n")
    assert books.read_bytes() == b"old\n"


def test_of_two_writers_the_second_is_told(books: Path) -> None:
    seen = books.read_bytes()
    append(books, "first\n", seen)
    with pytest.raises(ChangedError):
        append(books, "second\n", seen)
    append(books, "second\n", books.read_bytes())
    assert books.read_bytes() == b"old\n\nfirst\n\nsecond\n"


def test_a_reader_sees_the_old_file_or_the_new(books: Path) -> None:
    """While one writes, another never reads a part."""
    versions = [bytes([65 + index]) * 200_000 for index in range(8)]
    books.write_bytes(versions[0])
    start, seen = Barrier(2), set()

    def write() -> None:
        start.wait()
        for version in versions * 5:
            replace_file(books, version)

    writer = Thread(target=write)
    writer.start()
    start.wait()
    while writer.is_alive():
        seen.add(books.read_bytes())
    writer.join()
    assert seen <= set(versions)
    assert seen
    assert list(books.parent.iterdir()) == [books]


def test_what_was_made_from_another_content_is_not_written(books: Path) -> None:
    with pytest.raises(ChangedError, match="it has changed in the meantime"):
        write(books, b"new\n", b"older\n")
    assert books.read_bytes() == b"old\n"
    write(books, b"new\n", b"old\n")
    assert books.read_bytes() == b"new\n"


@pytest.mark.parametrize("change", [replace_file, append])
def test_an_edit_while_the_disk_is_waited_for_stays(
    books: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[..., None]
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: books.write_bytes(b"edit\n"))
    with pytest.raises(ChangedError, match="it has changed in the meantime"):
        change(books, *([b"new\n"] if change is replace_file else ["new\n", b"old\n"]))
    assert books.read_bytes() == b"edit\n"
    assert list(books.parent.iterdir()) == [books]


def test_what_is_there_already_is_not_written_again(books: Path) -> None:
    before = books.stat()
    write(books, b"old\n", b"old\n")
    assert books.stat() == before


def test_a_file_that_is_mounted_by_itself_is_written_in_place(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    before = books.stat()
    monkeypatch.setattr(ledger_file, "put_in_place", stop)
    append(books, "new\n", b"old\n")
    assert books.read_bytes() == b"old\n\nnew\n"
    assert books.stat().st_ino == before.st_ino
    assert list(books.parent.iterdir()) == [books]


def test_where_rights_cannot_be_kept_it_is_written_in_place(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = books.stat()
    monkeypatch.setattr(ledger_file, "make_alike", lambda *_: False)
    replace_file(books, b"new\n")
    assert books.read_bytes() == b"new\n"
    assert books.stat().st_ino == before.st_ino
    assert list(books.parent.iterdir()) == [books]
