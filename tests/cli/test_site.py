"""The command: which ledgers, and when it writes. What pages say is tests/page's."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING
from typing import NoReturn

import pytest
from click.testing import CliRunner
from fava_dunning.site import Row
from fava_dunning.site import file_name

from beancount_dunning.cli import main
from beancount_dunning.cli import site
from beancount_dunning.office.publishing import Draft
from beancount_dunning.office.publishing import publishing
from beancount_dunning.office.workers import Done
from tests.cli.running import DUNNED
from tests.cli.running import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence
    from pathlib import Path

    from click.testing import Result
    from fava_dunning.site import Task


def write(out: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["site", str(out), *map(str, arguments)])


def content(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return written(tmp_path, DUNNED)


@pytest.fixture
def old(ledger: Path, tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    """Write a site that is to stay as it is, though its ledger changes."""
    out = tmp_path / "out"
    done = write(out, ledger)
    assert (done.exit_code, done.output) == (0, "")
    written(tmp_path, DUNNED.replace("1190", "2380"))
    return out, content(out)


def test_a_page_that_fails_leaves_the_old_site(
    old: tuple[Path, dict[str, bytes]], ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, before = old

    def failing(*_given: object) -> Iterator[Done[Row]]:
        yield Done(0, Row("a", failure="UndefinedError: no such thing"))

    monkeypatch.setattr(site, "each", failing)
    done = write(out, ledger)
    assert done.exit_code == 2
    assert "UndefinedError: no such thing; nothing was written" in done.output
    assert content(out) == before


def test_so_does_one_that_cannot_be_written(
    old: tuple[Path, dict[str, bytes]], ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, before = old

    def full(_draft: Draft, _name: str, _content: bytes) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Draft, "write", full)
    done = write(out, ledger)
    assert done.exit_code == 2
    assert f"Cannot write {out}: No space left on device" in done.output
    assert content(out) == before


def test_two_at_once(old: tuple[Path, dict[str, bytes]], ledger: Path) -> None:
    out, before = old
    with publishing(out, "site.txt") as draft:
        for name in before.keys() - {"site.txt"}:
            draft.keep(name)
        done = write(out, ledger)
    assert done.exit_code == 2
    assert "another program is writing it; try again in a moment" in done.output
    assert content(out) == before


def test_a_ledger_that_takes_too_long_is_left_out(
    old: tuple[Path, dict[str, bytes]], ledger: Path
) -> None:
    out, _ = old
    done = write(out, ledger, "--timeout", "0.01", "--jobs", "1")
    assert done.exit_code == 2
    assert done.stderr == f"Error: {ledger}: took longer than 0.01 seconds\n"
    assert "1 of them could not be read" in (out / "index.html").read_text()
    assert [path.name for path in out.iterdir() if path.is_dir()] == []


def test_of_a_ledger_that_is_left_out_no_page_is_left(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(
        _function: object, tasks: Sequence[Task], *_more: object
    ) -> Iterator[Done[Row]]:
        for task in tasks:
            task.draft.write("index.html", b"half a ledger")
        yield Done(1, None, "its process was killed (SIGKILL)")
        yield Done(0, Row("Whole"))

    monkeypatch.setattr(site, "each", killed)
    out = tmp_path / "out"
    done = write(out, ledger, "other.beancount")
    assert done.exit_code == 2
    assert done.stderr == "Error: other.beancount: its process was killed (SIGKILL)\n"
    assert (out / file_name(str(ledger)) / "index.html").exists()
    assert not (out / file_name("other.beancount")).exists()


def test_a_file_whose_name_is_no_text_keeps_no_other_out(
    ledger: Path, tmp_path: Path
) -> None:
    out, odd = tmp_path / "out", os.fsdecode(b"odd\xff.beancount")
    done = write(out, ledger, odd)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: odd .beancount: ")
    assert "odd?.beancount" in (out / "index.html").read_text()
    assert (out / file_name(str(ledger)) / "index.html").exists()


def test_ledgers_have_to_be_named(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "Name ledgers, or a file that names them" in write(out).output
    assert "--books; name that file" in write(out, ledger, "--tag", "a").output
    assert "not both" in write(out, ledger, "--books", ledger).output
    assert not out.exists()


def test_without_fava_it_says_what_to_type(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> NoReturn:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(site, "import_module", missing)
    done = write(tmp_path / "out", ledger)
    assert done.exit_code == 2
    assert "Type: pip install 'beancount-dunning[fava]'" in done.output
