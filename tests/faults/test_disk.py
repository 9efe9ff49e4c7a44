"""A disk that is full."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.files import replace_file
from beancount_dunning.basics.files import write
from tests.faults.books import LEDGER
from tests.faults.books import dispute
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZE = 1 << 20
_BIN = Path(sys.executable).parent


@pytest.fixture
def disk(tmp_path: Path, mount: Callable[..., None]) -> Path:
    """Return a disk of one megabyte."""
    mount("-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", tmp_path)
    return tmp_path


def fill(disk: Path, free: int = 0) -> None:
    """Leave so many bytes, at most."""
    rest = disk / "rest"
    with rest.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    os.truncate(rest, max(0, rest.stat().st_size - free))


@pytest.mark.parametrize("free", [0, 4096, 100_000])
@pytest.mark.parametrize("is_linked", [False, True])
def test_on_a_full_disk_the_ledger_stays(
    disk: Path, count: Callable[..., None], free: int, *, is_linked: bool
) -> None:
    """A copy may still fit, and what is added to the file itself may not."""
    path = disk / "books.beancount"
    old = b"; a line of a ledger\n" * 4000
    path.write_bytes(old)
    if is_linked:
        (disk / "link").hardlink_to(path)
    fill(disk, free)
    names = {other.name for other in disk.iterdir()}
    with pytest.raises(OSError, match="No space left on device"):
        write(path, old + b"; note\n" * 20_000, old)
    with pytest.raises(OSError, match="No space left on device"):
        write(path, b"; note\n" * 20_000 + old, old)
    with pytest.raises(OSError, match="No space left on device"):
        replace_file(disk / "new", old * 20)
    count(tries=3, ledgers_lost=path.read_bytes() != old)
    assert path.read_bytes() == old
    assert {other.name for other in disk.iterdir()} == names


def test_the_command_line_says_so(disk: Path) -> None:
    path = disk / "books.beancount"
    path.write_text(LEDGER)
    fill(disk)
    called = subprocess.run(
        [_BIN / "bean-dunning", "reminders", path, "--append", path],
        capture_output=True,
        check=False,
        text=True,
    )
    assert called.returncode == 2
    assert called.stderr.endswith(
        f"Error: Cannot append to {path}: No space left on device; nothing was "
        "written.\n"
    )
    assert path.read_text() == LEDGER


def test_the_page_says_so(disk: Path) -> None:
    path = disk / "books.beancount"
    path.write_text(LEDGER)
    client = client_of(path)
    fill(disk)
    answer = client.put(f"/books/{PAGE}log", json=dispute(path))
    assert answer.status_code == 507
    assert answer.get_json() == {
        "error": "Cannot write to the ledger: No space left on device; nothing was "
        "written."
    }
    assert path.read_text() == LEDGER
