"""The ledger behind the page: who writes into it, and whether all of it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.turns import take_turn
from tests.page.test_writing import Page

if TYPE_CHECKING:
    from pathlib import Path

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
