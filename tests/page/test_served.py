"""The ledger behind the page: who writes into it, and whether all of it is there."""

from __future__ import annotations

import logging
import os
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from fava.beans.load import load_uncached
from fava_dunning.served import Load
from fava_dunning.served import Served

from beancount_dunning.basics.turns import take_turn
from tests.page.test_writing import Page
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path

    from fava.beans.types import LoaderResult

_BOOKS = """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
"""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_BOOKS)
    return path


def test_a_program_that_writes_is_waited_for_some_seconds(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fava_dunning.writing._PATIENCE", 0.1)
    page = Page(books)
    with take_turn(books, 0):
        page.refuses(503, "another program is writing into this ledger; try again")
    assert page.put().status_code == 200


# A ledger that is not whole.

_FOR_PROGRAMS = ("aging", "aging.csv", "reminders.ics")
_LATER = """
2026-09-15 * "Acme" "Logo" ^INV-2
  due: 2026-10-15
  Assets:Receivable:Acme   200.00 EUR
  Income:Services
"""
# What Beancount itself fails on.
_FATAL = "\npushmeta year: 2026\n"


class Programs:
    """Programs that read the page's answers; the ledger's load can be interfered with.

    `before` and `after` are what is written into the ledger around each load.
    """

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.client = client_of(path)
        self.before: list[str] = []
        self.after: list[str] = []
        self.loads = 0
        monkeypatch.setattr("fava.core.load_uncached", self._load)

    def _load(self, name: str, *, is_encrypted: bool) -> LoaderResult:
        self.loads += 1
        if self.before:
            self.write(self.before.pop(0))
        loaded = load_uncached(name, is_encrypted=is_encrypted)
        if self.after:
            self.write(self.after.pop(0))
        return loaded

    def write(self, text: str) -> None:
        self.path.write_text(text)

    def ask(self) -> dict[str, tuple[int, str]]:
        answers = {
            name: self.client.get(f"/books/{PAGE}{name}") for name in _FOR_PROGRAMS
        }
        return {
            name: (answer.status_code, answer.text) for name, answer in answers.items()
        }

    def are_refused(self) -> None:
        text = "Beancount cannot read all of the ledger."
        assert set(self.ask().values()) == {(503, text)}


@pytest.fixture
def programs(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    monkeypatch.setattr(
        "fava_dunning.calendars.user_cache_path", lambda _: tmp_path / "cache"
    )
    return Programs(books, monkeypatch)


@pytest.mark.parametrize(
    "broken",
    [
        _BOOKS + '2026-09-15 * "unclosed\n',
        _BOOKS + 'include "gone.beancount"\n',
        # Sound as it is, but the directive for the page is missing.
        'option "title" "Books"\n',
        "",
    ],
)
def test_a_ledger_that_is_not_whole_is_an_error(
    programs: Programs, broken: str
) -> None:
    """Again and again, and under the same address: Fava's has the ledger's title."""
    before = programs.ask()
    assert {status for status, _ in before.values()} == {200}
    programs.write(broken)
    programs.are_refused()
    programs.are_refused()
    programs.write(_BOOKS)
    assert programs.ask() == before


def test_a_ledger_that_is_gone_is_an_error(programs: Programs) -> None:
    before = programs.ask()
    programs.path.unlink()
    programs.are_refused()
    programs.are_refused()
    programs.write(_BOOKS)
    assert programs.ask() == before


def test_a_ledger_that_was_read_half_written_is_read_again(programs: Programs) -> None:
    """An editor had emptied the file when Beancount read it, and then wrote it."""
    programs.ask()
    programs.loads = 0
    programs.write(_BOOKS + _LATER)
    programs.before = [_BOOKS]
    programs.after = [_BOOKS + _LATER]
    answers = programs.ask()
    assert {status for status, _ in answers.values()} == {200}
    assert all("INV-2" in text for _, text in answers.values())
    assert programs.loads == 2


def test_a_change_that_fava_has_not_noticed_is_seen(programs: Programs) -> None:
    """Its clock may be too coarse, or the file is as old as before."""
    programs.ask()
    programs.loads = 0
    stamp = programs.path.stat().st_mtime_ns
    programs.write(_BOOKS + _LATER)
    os.utime(programs.path, ns=(stamp, stamp))
    assert all("INV-2" in text for _, text in programs.ask().values())
    assert programs.loads == 1


def test_where_someone_goes_on_writing_nothing_is_said(programs: Programs) -> None:
    programs.ask()
    programs.loads = 0
    programs.write(_BOOKS + _LATER)
    programs.after = [_BOOKS + ";" * number for number in range(1, 5)]
    name = f"/books/{PAGE}aging"
    assert programs.client.get(name).status_code == 503
    # Fava's load, and ours: as often as one answer is worth.
    assert programs.loads == 3
    programs.after = []
    assert programs.client.get(name).status_code == 200


def test_what_beancount_itself_fails_on_is_no_old_answer(programs: Programs) -> None:
    """The load fails in Fava's own hands first; then Fava goes on with the old one."""
    before = programs.ask()
    programs.write(_BOOKS + _FATAL)
    assert programs.client.get(f"/books/{PAGE}aging").status_code == 500
    programs.are_refused()
    programs.write(_BOOKS)
    assert programs.ask() == before


def test_a_sound_ledger_is_loaded_once_for_a_change(programs: Programs) -> None:
    programs.ask()
    # Nobody knows what the files were before Fava's first load.
    assert programs.loads == 1
    for number in range(1, 4):
        programs.write(f"{_BOOKS};{number}\n")
        programs.ask()
        assert programs.loads == 1 + number


def test_an_answer_is_of_one_load(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another request makes Fava load a half of the ledger while one is answered."""
    programs.write(_BOOKS + _LATER)
    programs.ask()
    settled = Served.settled

    def settle_and_lose(served: Served) -> Load | None:
        load = settled(served)
        programs.write(_BOOKS)
        served.ledger.load_file()
        return load

    monkeypatch.setattr(Served, "settled", settle_and_lose)
    for name in _FOR_PROGRAMS:
        programs.write(_BOOKS + _LATER)
        answer = programs.client.get(f"/books/{PAGE}{name}")
        assert (answer.status_code, "INV-2" in answer.text) == (200, True)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("http://fava.example.org", True),
        ("https://fava.example.org", False),
        ("http://localhost", False),
    ],
)
def test_the_page_warns_of_a_token_on_plain_http(
    books: Path, host: str, *, expected: bool
) -> None:
    books.write_text(
        f'{_BOOKS}2026-01-01 custom "dunning-option" "feed-token" "u7Rk2mQz9Xb4Wf1T"\n'
    )
    page = client_of(books).get(f"/books/{PAGE}", base_url=host).text
    assert ("The token in this address goes over the network in clear" in page) is (
        expected
    )


# Fava's first load, of which nobody knows what the files were before.


@pytest.mark.parametrize(
    ("seconds", "is_lost", "is_sure"),
    [(60, False, True), (-60, False, False), (60, True, False)],
)
def test_the_first_load_counts_where_files_are_older_than_fava(
    books: Path,
    monkeypatch: pytest.MonkeyPatch,
    seconds: int,
    *,
    is_lost: bool,
    is_sure: bool,
) -> None:
    began = SimpleNamespace(created=time.time() + seconds, relativeCreated=0)
    monkeypatch.setattr(logging, "makeLogRecord", lambda _: began)
    (books.parent / "more.beancount").write_text("; more\n", encoding="utf-8")
    books.write_text(_BOOKS + 'include "more.beancount"\n', encoding="utf-8")

    def load(name: str, *, is_encrypted: bool) -> LoaderResult:
        loaded = load_uncached(name, is_encrypted=is_encrypted)
        if is_lost:
            (books.parent / "more.beancount").unlink()
        return loaded

    monkeypatch.setattr("fava.core.load_uncached", load)
    assert Page(books).extension.served.is_sure is is_sure
