"""Letters of which nobody knows whether they went out: the page says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reading import ours
from tests.reading import words
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path

_BOOKS = """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Services
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-02-01
  Assets:Receivable   1234.5 EUR
  Income:Services
2026-02-15 * "Beta" "Logo" ^INV-2
  Assets:Receivable   70.00 USD
  Income:Services
2026-02-28 note Assets:Receivable "Unconfirmed: First reminder e-mailed" ^INV-1
  sending: "first reminder"
  to: "<b>@acme.example"
"""
_SAID = (
    'It is not known whether "first reminder" of INV-1 went out to <b>@acme.example. '
    "If it did, type reminder: in place of sending: in its note; if not, delete the "
    "note. books.beancount:14"
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [_SAID]),
        ({"customer": "Acme"}, [_SAID]),
        ({"customer": "Beta"}, []),
        ({"filter": "Logo"}, []),
        ({"time": "2026-01"}, []),
    ],
)
def test_it_says_what_to_do(
    tmp_path: Path, query: dict[str, str], expected: list[str]
) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(_BOOKS)
    for options in ({}, {"read_only": True}, {"incognito": True}):
        page = ours(client_of(path, **options), f"/books/{PAGE}", **query)
        notes = map(words, page.findall(".//p[@class='notice']"))
        assert [one for one in notes if "not known" in one] == expected
