"""Where no receivable account is found, the page writes which one it is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

import pytest

from tests.page.test_undoing import put
from tests.page.test_writing import Page
from tests.reading import ours
from tests.serving import PAGE

if TYPE_CHECKING:
    from pathlib import Path

_ADDRESS = f"/books/{PAGE}"
_BOOKS = """option "title" "Books"
plugin "beancount_dunning"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Forderungen
2026-01-01 open Income:Services

2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Forderungen   100.00 EUR
  Income:Services
"""
_WRITTEN = (
    '\n2026-01-01 custom "dunning-option" "accounts" "^Assets:Forderungen(:|$)"\n'
)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_BOOKS)
    return path


def _has_button(page: Page) -> bool:
    return ours(page.client, _ADDRESS).find(".//button[@data-declare]") is not None


def _body(page: Page) -> dict[str, Any]:
    fingerprint = page.extension.served.fingerprint
    return {"fingerprint": fingerprint, "as_of": "2026-11-20"}


def test_what_is_shown_is_what_is_written(books: Path) -> None:
    page = Page(books)
    assert _has_button(page)
    (shown,) = put(page, _body(page) | {"way": "declare"}, "preview")["shown"]
    assert books.read_text() == _BOOKS
    answered = put(page, _body(page), "declare")
    assert books.read_text() == _BOOKS + _WRITTEN
    assert f"\n{shown['parts'][0][0]}" == _WRITTEN
    # Now it is open, and asked for.
    assert not _has_button(page)
    assert ours(page.client, _ADDRESS).find(".//section[@id='empty']") is None
    page.refuses(
        409, "The page proposes no receivable account", body=_body(page), way="declare"
    )
    put(page, {"written": answered["written"]}, "undo")
    assert books.read_text() == _BOOKS


@pytest.mark.parametrize(
    "text",
    [
        # Whoever said which accounts they are has to look themselves.
        _BOOKS + '2026-01-01 custom "dunning-option" "accounts" "x"\n',
        # Nothing looks like one: the line to type is a guess.
        _BOOKS.replace("Assets:Forderungen", "Assets:Cash"),
    ],
)
def test_a_guess_is_not_written(books: Path, text: str) -> None:
    books.write_text(text)
    page = Page(books)
    assert ours(page.client, _ADDRESS).find(".//section[@id='empty']") is not None
    assert not _has_button(page)
    message = "The page proposes no receivable account"
    page.refuses(409, message, body=_body(page), way="declare")


def test_who_only_reads_has_no_button(books: Path) -> None:
    assert not _has_button(Page(books, read_only=True))
