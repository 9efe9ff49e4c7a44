"""The letters of the example ledger in each language, for people to read.

`pytest tests/formats/test_golden_letters.py --update-snapshots` writes
`golden/letters/LANGUAGE.txt` anew; a look at their diff shows what customers will read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancount import loader

from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.letters import thanks
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.letter_text import as_text
from beancount_dunning.formats.letters import Writer
from beancount_dunning.standing.books import read_books
from tests.serving import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.answers.contents import Contents

GOLDEN = Path(__file__).parents[1] / "golden" / "letters"
# Together these days have each tone that the example comes to.
_DAYS = (date(2026, 11, 20), date(2026, 4, 14), date(2026, 12, 15))
_OPTIONS = """
2025-10-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51" "Nord"
2025-10-01 custom "dunning-option" "pay-link" "https://pay.example/{invoice}"
"""


@pytest.fixture(scope="module")
def said() -> list[Contents]:
    """What the example's letters of some days say, and its latest thanks."""
    text = EXAMPLE.read_text(encoding="utf-8") + _OPTIONS
    entries, errors, options = loader.load_string(text)
    assert errors

    def all_of_them() -> Iterator[Contents]:
        for day in _DAYS:
            books = read_books(entries, options, today=day, as_of=day)
            yield from filter(None, contents(books, letters(reminders(books).due)))
        yield from thanks(books, date(2026, 11, 10))

    return [*all_of_them()]


@pytest.fixture(scope="module")
def writer() -> Writer:
    entries, _, options = loader.load_string(_OPTIONS)
    return Writer.of(read_books(entries, options, today=_DAYS[0]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_of_the_example(
    request: pytest.FixtureRequest,
    said: list[Contents],
    writer: Writer,
    language: str,
) -> None:
    written = [writer.write(replace(one, language=language)) for one in said]
    rule = "\n" + "-" * 72 + "\n\n"
    found = rule.join(f"{as_text(one)}\n[{one.short}]\n" for one in written)
    golden = GOLDEN / f"{language}.txt"
    if request.config.getoption("--update-snapshots"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")
