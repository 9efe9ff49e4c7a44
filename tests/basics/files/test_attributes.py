"""What a new file takes over from an old one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from beancount_dunning.basics.files import replace_file
from beancount_dunning.basics.files.attributes import make_alike

_NOTE = "user.note"


@pytest.fixture
def new(books: Path) -> Path:
    path = books.with_name("new")
    path.write_bytes(b"new\n")
    return path


def _note(path: Path, name: str = _NOTE) -> None:
    try:
        os.setxattr(path, name, b"ours")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")


@pytest.mark.parametrize("bits", [0o600, 0o644, 0o660, 0o755, 0o4750, 0o2770, 0o1777])
def test_the_mode_is_kept(books: Path, bits: int) -> None:
    books.chmod(bits)
    replace_file(books, b"new")
    assert stat.S_IMODE(books.stat().st_mode) == bits


def test_extended_attributes_are_kept(books: Path) -> None:
    _note(books)
    before = books.stat()
    replace_file(books, b"new")
    assert os.getxattr(books, _NOTE) == b"ours"
    assert books.stat().st_ino != before.st_ino


def test_attributes_that_the_old_file_has_not_are_taken_away(
    books: Path, new: Path
) -> None:
    _note(new)
    _note(new, "user.kept")
    _note(books, "user.kept")
    assert make_alike(new, books)
    assert os.listxattr(new) == ["user.kept"]


def test_owner_and_group_are_given(
    books: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root may; whoever may not is told so."""
    given: list[tuple[object, ...]] = []
    real = Path.stat

    class Other:
        st_uid, st_gid, st_mode = 4711, 4712, 0o640

    def status(path: Path) -> object:
        return Other() if path == books or given else real(path)

    monkeypatch.setattr(Path, "stat", status)
    monkeypatch.setattr(os, "chown", lambda *what: given.append(what))
    assert make_alike(new, books)
    assert given == [(new, 4711, 4712)]

    def refuse(*_: object) -> None:
        raise PermissionError

    given.clear()
    monkeypatch.setattr(os, "chown", refuse)
    assert not make_alike(new, books)


def test_a_change_that_has_no_effect_is_noticed(
    books: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.chmod(0o640)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)
    assert not make_alike(new, books)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_system_may_have_no_attributes(
    books: Path, new: Path, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    def refuse(_: Path) -> None:
        raise OSError(95, "Operation not supported")

    if is_known:
        monkeypatch.setattr(os, "listxattr", refuse)
    else:
        monkeypatch.delattr(os, "listxattr")
    assert make_alike(new, books)
