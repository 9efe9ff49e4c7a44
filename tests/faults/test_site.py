"""A site that is written while the disk is full, or twice at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.books import LEDGER
from tests.faults.test_disk import fill

if TYPE_CHECKING:
    from collections.abc import Callable

_DUNNING = Path(sys.executable).parent / "bean-dunning"
_SIZE = 1 << 20


def start(out: Path, ledger: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [_DUNNING, "site", out, ledger], stderr=subprocess.PIPE, text=True
    )


def write(out: Path, ledger: Path) -> tuple[int, str]:
    with start(out, ledger) as process:
        _, said = process.communicate(timeout=120)
        return process.returncode, said


def content(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(LEDGER)
    return path


@pytest.mark.parametrize("free", [0, 8192, 50_000])
def test_a_full_disk_leaves_the_old_site(
    tmp_path: Path,
    ledger: Path,
    mount: Callable[..., None],
    count: Callable[..., None],
    free: int,
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", disk)
    out = disk / "out"
    assert write(out, ledger) == (0, "")
    before = content(out)
    # Another title changes every page.
    ledger.rename(ledger.with_name("other.beancount"))
    fill(disk, free)
    status, said = write(out, ledger.with_name("other.beancount"))
    assert status == 2
    assert "No space left on device" in said
    count(tries=1, sites_lost=content(out) != before)
    assert content(out) == before
    assert {path.name for path in disk.iterdir()} == {"out", "rest"}


def test_two_at_once_leave_one_whole_site(
    tmp_path: Path, ledger: Path, count: Callable[..., None]
) -> None:
    out, other = tmp_path / "out", tmp_path / "other.beancount"
    other.write_text(LEDGER.replace("Books", "Other"))
    whole = []
    for one in (ledger, other):
        folder = tmp_path / f"alone-{one.stem}"
        assert write(folder, one)[0] == 0
        whole.append(content(folder))
    refused = mixed = 0
    for _ in range(5):
        running = [start(out, one) for one in (ledger, other)]
        said = [process.communicate(timeout=120)[1] for process in running]
        refused += sum("another program is writing it" in one for one in said)
        assert all(not one or "is writing it" in one for one in said), said
        mixed += content(out) not in whole
    count(tries=5, refused=refused, mixed=mixed)
    assert not mixed
    assert not list(tmp_path.glob(".out*"))
