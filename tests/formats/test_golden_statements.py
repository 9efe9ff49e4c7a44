"""The example ledger's statements of account in each language, for people to read.

`pytest tests/formats/test_golden_statements.py --update-snapshots` writes
`golden/statements/LANGUAGE.txt` anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancount import loader

from beancount_dunning.answers.statement import statement
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.statement_text import as_text
from beancount_dunning.standing.books import read_books
from tests.serving import EXAMPLE

if TYPE_CHECKING:
    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.standing.books import Books

GOLDEN = Path(__file__).parents[1] / "golden" / "statements"
# Together these have each kind of movement that the example has.
_CUSTOMERS = (
    "Verlag Federkranz GmbH",
    "Hotel Silberdüne KG",
    "Ōno Kōhī KK",
    "Éditions Plume-de-Mer SARL",
    "Feinkost Salzkorn GmbH",
    "Tischlerei Hobelspan",
    "Café Quastenflosser",
)
_PAY_TO = """
2025-10-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51" "Nord"
"""


@pytest.fixture(scope="module")
def books() -> Books:
    text = EXAMPLE.read_text(encoding="utf-8") + _PAY_TO
    entries, _, options = loader.load_string(text)
    return read_books(entries, options, today=date.max)


@pytest.fixture(scope="module")
def said(books: Books) -> list[Statement]:
    found = [statement(books, customer) for customer in _CUSTOMERS]
    return [one for one in found if one is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_statements_of_the_example(
    request: pytest.FixtureRequest, books: Books, said: list[Statement], language: str
) -> None:
    how = HowToPay.by(books.settings)
    written = [
        as_text(replace(one, language=language), how, confirm=one is said[-2])
        for one in said
    ]
    found = ("\n" + "=" * 72 + "\n\n").join(written)
    golden = GOLDEN / f"{language}.txt"
    if request.config.getoption("--update-snapshots"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, encoding="utf-8")
    assert len(said) == len(_CUSTOMERS)
    assert found == golden.read_text(encoding="utf-8")
