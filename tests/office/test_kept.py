from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from beancount_dunning.office import kept as module
from beancount_dunning.office.kept import Decided
from beancount_dunning.office.kept import Kept
from beancount_dunning.office.kept import answers_folder
from beancount_dunning.office.kept import program
from beancount_dunning.office.sources import sum_of

DAY = 24 * 60 * 60


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "answers")


def file_of(kept: Kept) -> Path:
    (path,) = kept.folder.iterdir()
    return path


def test_an_answer_is_found_under_what_decided_it(kept: Kept) -> None:
    key = kept.key(["aging", "2026-11-20"])
    assert kept.get(key) is None
    kept.put(key, {"output": "text"}, Decided())
    assert kept.get(key) == {"output": "text"}
    assert kept.get(kept.key(["aging", "2026-11-21"])) is None


def test_answers_are_for_their_user_alone(kept: Kept) -> None:
    kept.put(kept.key(1), "one", Decided())
    assert kept.folder.stat().st_mode & 0o777 == 0o700


def test_they_are_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert answers_folder() == Path("/somewhere/beancount-dunning/answers")


def test_the_program_decides_too(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    key = kept.key("same")
    assert program() == program()
    monkeypatch.setattr(module, "program", lambda: "another version")
    assert kept.key("same") != key


def test_what_is_beside_a_ledger_decides_too(tmp_path: Path, kept: Kept) -> None:
    code, folder = tmp_path / "plugin.py", tmp_path / "documents"
    code.write_text("1")
    folder.mkdir()
    key = kept.key(1)
    names = [str(code), str(folder), str(tmp_path / "gone")]
    kept.put(key, "one", Decided(beside={name: sum_of(name) for name in names}))
    # What was compared once is not read again in a run.
    for again in (kept, kept, Kept(kept.folder)):
        assert again.get(key) == "one"
    (folder / "invoice.pdf").write_text("")
    assert Kept(kept.folder).get(key) is None
    (folder / "invoice.pdf").unlink()
    assert Kept(kept.folder).get(key) == "one"
    code.write_text("2")
    assert Kept(kept.folder).get(key) is None


def test_so_does_whether_a_document_is_there(tmp_path: Path, kept: Kept) -> None:
    one, gone = tmp_path / "one.pdf", tmp_path / "gone.pdf"
    one.write_text("")
    key = kept.key(1)
    kept.put(key, "one", Decided(there={str(one): True, str(gone): False}))
    one.write_text("What is in it decides nothing.")
    assert kept.get(key) == "one"
    gone.write_text("")
    assert kept.get(key) is None
    gone.unlink()
    assert kept.get(key) == "one"
    one.unlink()
    assert kept.get(key) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\x00",
        b"[]",
        b"null",
        b"{}",
        b'{"format": "another", "beside": {}, "there": {}, "answer": 1}',
        b'{"format": "beancount-dunning answer 2", "beside": 3, "there": {}}',
        b'{"format": "beancount-dunning answer 2", "beside": {}, "answer": 1}',
        b'{"format": "beancount-dunning answer 2", "beside": {}, "there": {}}',
        b"cos\nsystem\n(S'false'\ntR.",
        b"[" * 100_000,
    ],
)
def test_what_is_no_answer_of_ours_is_not_there(kept: Kept, content: bytes) -> None:
    key = kept.key(1)
    kept.put(key, "one", Decided())
    file_of(kept).write_bytes(content)
    assert kept.get(key) is None
    kept.put(key, "one", Decided())
    assert kept.get(key) == "one"


def test_a_full_disk_is_no_error(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_half(path: Path, text: str, encoding: str) -> None:
        path.write_bytes(text.encode(encoding)[:9])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", write_half)
    kept.put(kept.key(1), "one", Decided())
    assert kept.get(kept.key(1)) is None
    assert list(kept.folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = Kept(tmp_path / "file" / "answers")
    kept.put(kept.key(1), "one", Decided())
    kept.tidy()
    assert kept.get(kept.key(1)) is None


def test_what_was_not_used_for_a_month_goes(kept: Kept) -> None:
    old, used, new = (kept.key(number) for number in range(3))
    for key in (old, used, new):
        kept.put(key, key, Decided())
    other = kept.folder / "notes.txt"
    other.write_text("")
    killed = kept.folder / f"{new}.json.4711"
    killed.write_text("")
    before = time.time() - 31 * DAY
    for path in (kept.folder / f"{old}.json", kept.folder / f"{used}.json"):
        os.utime(path, (before, before))
    for path in (other, killed):
        os.utime(path, (before, before))
    assert kept.get(used) == used
    kept.tidy()
    left = {path.name for path in kept.folder.iterdir()}
    assert left == {f"{used}.json", f"{new}.json", "notes.txt"}


def test_the_oldest_of_too_many_go(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [kept.key(number) for number in range(4)]
    for number, key in enumerate(keys):
        kept.put(key, "x" * 1000, Decided())
        used = time.time() - 100 + number
        os.utime(kept.folder / f"{key}.json", (used, used))
    size = file_of_size(kept)
    monkeypatch.setattr(module, "_MAX_BYTES", 2 * size)
    kept.tidy()
    assert {path.stem for path in kept.folder.iterdir()} == set(keys[2:])


def file_of_size(kept: Kept) -> int:
    sizes = {path.stat().st_size for path in kept.folder.iterdir()}
    assert len(sizes) == 1
    return sizes.pop()


def test_an_answer_is_json(kept: Kept) -> None:
    kept.put(kept.key(1), {"output": "Ōno"}, Decided())
    assert json.loads(file_of(kept).read_text())["answer"] == {"output": "Ōno"}
