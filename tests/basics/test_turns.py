"""Taking turns at writing into a ledger."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.files import BusyError
from beancount_dunning.basics.turns import take_turn

if TYPE_CHECKING:
    from pathlib import Path


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    """Each looks at a number and writes the next: nobody writes what another has."""
    books = tmp_path / "books.beancount"
    books.write_text("0")

    def count() -> None:
        for _ in range(20):
            with take_turn(books, 60):
                number = int(books.read_text())
                books.write_text(str(number + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert books.read_text() == "80"


def test_nobody_waits_without_an_end(tmp_path: Path) -> None:
    """A link to a ledger, and another file of its folder, are that ledger."""
    books = tmp_path / "books.beancount"
    books.touch()
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.beancount"
    link.symlink_to(books)
    with take_turn(link, 0):
        before = monotonic()
        with pytest.raises(BusyError, match="another program is writing") as said:
            take_turn(books, 0.1)
        assert 0.1 <= monotonic() - before < 5
    assert (said.value.errno, said.value.filename) == (errno.EAGAIN, str(tmp_path))
    with take_turn(books, 0):
        pass


def test_a_turn_ends_with_the_process(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from beancount_dunning.basics.turns import take_turn\n"
        "with take_turn(Path(sys.argv[1]), 0):\n"
        "    print('mine', flush=True)\n"
        "    time.sleep(600)\n"
    )
    books = tmp_path / "books.beancount"
    with subprocess.Popen(
        [sys.executable, "-c", program, books], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"mine\n"
        with pytest.raises(BusyError):
            take_turn(books, 0)
        other.kill()
        with take_turn(books, 5):
            pass


def test_where_there_are_no_locks_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    books = tmp_path / "books.beancount"
    with take_turn(books, 0):
        monkeypatch.setattr("fcntl.flock", refuse)
        with take_turn(books, 0):
            pass


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        take_turn(tmp_path / "gone" / "books.beancount", 0)
