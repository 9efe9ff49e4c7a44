from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

import pytest

from beancount_dunning.basics.files.errors import BusyError
from beancount_dunning.office import publishing as module
from beancount_dunning.office.publishing import ForeignError
from beancount_dunning.office.publishing import publishing

MARKER = "site.txt"
FIRST = {"index.html": b"index", "a/page.html": b"page", "a/gone.html": b"gone"}


def publish(out: Path, files: dict[str, bytes]) -> None:
    with publishing(out, MARKER) as draft:
        for name, content in files.items():
            draft.write(name, content)


def content(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.name != MARKER
    }


@pytest.fixture
def out(tmp_path: Path) -> Path:
    path = tmp_path / "public" / "site"
    publish(path, FIRST)
    return path


def test_a_folder_has_what_was_written_and_nothing_else(out: Path) -> None:
    assert content(out) == FIRST
    assert (out / MARKER).read_text().split() == ["a", "index.html", MARKER]
    new = {"index.html": b"new", "b/page.html": b"page"}
    publish(out, new)
    assert content(out) == new
    assert list(out.parent.iterdir()) == [out]


def test_a_file_that_is_as_before_is_the_same_one(out: Path) -> None:
    for path in out.rglob("*"):
        os.utime(path, (1, 1))
    publish(out, {**FIRST, "a/page.html": b"another"})
    times = {path.name: path.stat().st_mtime for path in out.rglob("*.*")}
    assert times.pop("page.html") > 1
    assert set(times.values()) == {1}


def test_without_links_a_file_keeps_its_time(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_new: Path, _old: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", fail)
    os.utime(out / "index.html", (1, 1))
    publish(out, FIRST)
    assert content(out) == FIRST
    assert (out / "index.html").stat().st_mtime == 1


def test_a_file_can_stay_as_it_was(out: Path) -> None:
    with publishing(out, MARKER) as draft:
        below = draft.below("a")
        assert below.last("page.html") == b"page"
        assert below.last("none") is None
        below.keep("page.html")
        below.keep("none")
    assert content(out) == {"a/page.html": b"page"}


def test_what_fails_leaves_the_old_folder(out: Path) -> None:
    def fail() -> None:
        with publishing(out, MARKER) as draft:
            draft.write("index.html", b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fail()
    assert content(out) == FIRST
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize("is_exchanged", [True, False])
def test_it_takes_the_place_in_one_step_or_in_two(
    out: Path, monkeypatch: pytest.MonkeyPatch, *, is_exchanged: bool
) -> None:
    if not is_exchanged:
        monkeypatch.setattr(module, "exchange", lambda _one, _other: False)
    publish(out, {"index.html": b"new"})
    assert content(out) == {"index.html": b"new"}
    assert list(out.parent.iterdir()) == [out]


def test_in_two_steps_the_old_one_comes_back(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name == "draft":
            raise OSError(errno.EIO, "Input/output error")
        return real(path, target)

    monkeypatch.setattr(module, "exchange", lambda _one, _other: False)
    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="Input/output"):
        publish(out, {"index.html": b"new"})
    assert content(out) == FIRST


def test_two_at_once_are_never_mixed(out: Path) -> None:
    with publishing(out, MARKER) as draft:
        draft.write("index.html", b"first")
        with pytest.raises(BusyError, match="another program is writing it"):
            publish(out, {"index.html": b"second"})
        draft.write("page.html", b"first")
    assert content(out) == {"index.html": b"first", "page.html": b"first"}


@pytest.mark.parametrize("is_next_at_work", [False, True])
def test_one_that_waited_for_a_folder_that_is_gone_is_refused(
    out: Path, monkeypatch: pytest.MonkeyPatch, *, is_next_at_work: bool
) -> None:
    def ended(_lock: int) -> bool:
        work = out.parent / ".site.new"
        shutil.rmtree(work)
        if is_next_at_work:
            (work / "draft").mkdir(parents=True)
        return True

    monkeypatch.setattr(module, "is_locked", ended)
    with pytest.raises(BusyError):
        publish(out, {})
    assert content(out) == FIRST
    assert (out.parent / ".site.new" / "draft").exists() == is_next_at_work


def test_what_a_killed_program_left_is_removed(out: Path) -> None:
    leftover = out.parent / ".site.new" / "draft"
    leftover.mkdir(parents=True)
    (leftover / "index.html").write_bytes(b"half")
    publish(out, {"page.html": b"new"})
    assert content(out) == {"page.html": b"new"}
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_whom_the_old_folder_kept_out_the_new_one_does(out: Path) -> None:
    out.chmod(0o750)
    with publishing(out, MARKER) as draft:
        draft.write("index.html", b"new")
        assert stat.S_IMODE(draft.folder.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(out.stat().st_mode) == 0o750
    assert content(out) == {"index.html": b"new"}


def test_the_root_is_no_such_folder() -> None:
    with pytest.raises(ForeignError):
        publish(Path("/"), FIRST)


def test_nothing_that_somebody_else_put_there_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_bytes(b"years of work")
    with pytest.raises(ForeignError, match=r"thesis\.txt in it was not written"):
        publish(tmp_path, FIRST)
    assert content(tmp_path) == {"thesis.txt": b"years of work"}


def test_nor_what_they_put_there_meanwhile(out: Path) -> None:
    def meanwhile() -> None:
        with publishing(out, MARKER) as draft:
            draft.write("index.html", b"new")
            (out / "robots.txt").write_bytes(b"User-agent: *")

    with pytest.raises(ForeignError, match=r"robots\.txt"):
        meanwhile()
    assert content(out) == {**FIRST, "robots.txt": b"User-agent: *"}


def test_a_link_to_a_folder_is_followed(out: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(out)
    publish(link, {"index.html": b"new"})
    assert link.is_symlink()
    assert content(out) == {"index.html": b"new"}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    publish(out, FIRST)
    assert content(out) == FIRST
