"""A site that was written before: what has not changed comes from the cache."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from fava_dunning.site import file_name
from fava_dunning.site import keeping

from beancount_dunning.basics.clock import today
from beancount_dunning.cli import main
from beancount_dunning.cli import site
from beancount_dunning.office import workers
from beancount_dunning.office.kept import Kept
from beancount_dunning.office.kept import answers_folder
from tests.cli.running import DUNNED
from tests.cli.running import written

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from click.testing import Result
    from fava_dunning.site import Row
    from fava_dunning.site import Task

    from beancount_dunning.office.workers import Done


def write(out: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["site", str(out), *map(str, arguments)])


def texts(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return written(tmp_path, DUNNED)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Return which ledgers were written anew, of a cache that is empty at first."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    names: list[str] = []

    def each(
        function: Callable[[Task], Row],
        tasks: Sequence[Task],
        limits: workers.Limits,
        modules: Sequence[str],
    ) -> Iterator[Done[Row]]:
        names.extend(Path(task.ledger).stem for task in tasks)
        return workers.each(function, tasks, limits, modules)

    monkeypatch.setattr(site, "each", each)
    return names


def test_what_has_not_changed_is_taken_from_the_cache(
    ledger: Path, tmp_path: Path, asked: list[str]
) -> None:
    (tmp_path / "beside").mkdir()
    other = written(tmp_path / "beside", DUNNED).rename(tmp_path / "other.beancount")
    out = tmp_path / "out"
    assert write(out, ledger, other).exit_code == 0
    before = texts(out)
    for folder in (out, tmp_path / "another"):
        asked.clear()
        assert write(folder, ledger, other).exit_code == 0
        assert asked == []
        assert texts(folder) == before
    written(tmp_path, DUNNED.replace("1190", "2380"))
    assert write(out, ledger, other).exit_code == 0
    assert asked == ["books"]
    assert texts(out) != before
    again = texts(out)
    assert write(out, ledger, other, "--no-cache").exit_code == 0
    assert asked == ["books", "books", "other"]
    assert texts(out) == again


def test_so_is_what_a_private_site_has(
    ledger: Path, tmp_path: Path, asked: list[str]
) -> None:
    for folder in ("out", "other"):
        assert write(tmp_path / folder, ledger, "--private").exit_code == 0
    assert asked == ["books"]
    assert texts(tmp_path / "out") == texts(tmp_path / "other")
    assert write(tmp_path / "out", ledger).exit_code == 0
    assert asked == ["books", "books"]


def test_another_day_is_another_answer(
    ledger: Path, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert write(tmp_path / "out", ledger).exit_code == 0
    tomorrow = today() + timedelta(days=1)
    monkeypatch.setattr(keeping, "today", lambda: tomorrow)
    assert write(tmp_path / "out", ledger).exit_code == 0
    assert asked == ["books", "books"]


def test_a_calendar_goes_on_from_the_one_before(
    ledger: Path, tmp_path: Path, asked: list[str]
) -> None:
    """What was kept of a new site is not what an older one becomes."""
    out, new = tmp_path / "out", tmp_path / "new"
    assert write(out, ledger).exit_code == 0
    written(tmp_path, DUNNED.replace(" 100.00", " 120.00"))
    assert write(new, ledger).exit_code == 0
    assert write(out, ledger).exit_code == 0
    assert asked == ["books"] * 3
    name = f"{file_name(str(ledger))}/reminders.ics"
    assert texts(out)[name] != texts(new)[name]
    before = texts(out)
    assert write(out, ledger, "--no-cache").exit_code == 0
    assert texts(out) == before


def test_half_a_ledger_is_not_kept(
    ledger: Path, tmp_path: Path, asked: list[str]
) -> None:
    written(tmp_path, DUNNED.replace("100.00 EUR", "100.00 euros"))
    for _ in range(2):
        assert write(tmp_path / "out", ledger).exit_code == 0
    assert asked == ["books", "books"]


def test_nor_is_one_that_changes_before_it_is_read(
    ledger: Path, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ledger.read_text(encoding="utf-8")

    def get(_kept: Kept, _key: str) -> None:
        written(tmp_path, DUNNED.replace("1190", "2380"))

    with monkeypatch.context() as patched:
        patched.setattr(Kept, "get", get)
        assert write(tmp_path / "out", ledger).exit_code == 0
    ledger.write_text(before, encoding="utf-8")
    assert write(tmp_path / "out", ledger).exit_code == 0
    assert asked == ["books", "books"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("row", None),
        ("row", {"as_of": "no day"}),
        ("sizes", {"index.html": 0}),
        ("content", "eJw="),
        ("content", "no base64"),
    ],
)
def test_what_is_kept_and_makes_no_sense_is_left_aside(
    ledger: Path, tmp_path: Path, asked: list[str], name: str, value: object
) -> None:
    out = tmp_path / "out"
    assert write(out, ledger).exit_code == 0
    before = texts(out)
    (path,) = answers_folder().iterdir()
    found = json.loads(path.read_text(encoding="utf-8"))
    found["answer"][name] = value
    path.write_text(json.dumps(found), encoding="utf-8")
    assert write(out, ledger).exit_code == 0
    assert asked == ["books", "books"]
    assert texts(out) == before
