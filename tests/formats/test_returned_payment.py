"""How a payment that came back is told to customers, and to whoever takes it on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.dossier import dossier
from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.statement import statement
from beancount_dunning.answers.story import tell
from beancount_dunning.formats import statement_text
from beancount_dunning.formats import text_story
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.dossier import index
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letter_text import as_text
from beancount_dunning.formats.letters import Writer
from tests.answers.test_returned import WHOLE
from tests.answers.test_returned import books_of

if TYPE_CHECKING:
    from beancount_dunning.formats.letters import Message


def letter(language: str) -> Message:
    books = books_of(WHOLE)
    (found,) = contents(books, letters(reminders(books).due))
    assert found is not None
    return Writer.of(books).write(replace(found, language=language))


def test_a_letter_lists_the_invoice_the_payment_and_its_return() -> None:
    text = as_text(letter("en"))
    assert "We have not yet received payment of invoice INV-5" in text
    assert "Thank you for your payment" not in text
    table = text.partition("missed.\n\n")[2].partition("\n\n")[0]
    assert table == (
        "- Invoice INV-5 of June 1, 2026, due July 1, 2026, 14 days overdue: "
        "€1,200.00\n"
        "  Website\n"
        "  received on July 1, 2026: \N{MINUS SIGN}€1,200.00\n"
        "  returned on July 6, 2026: €1,200.00"
    )
    assert "Please pay €1,200.00 by" in text


def test_so_does_a_page() -> None:
    page = as_html(letter("en"))
    assert "<td>returned on July 6, 2026</td><td>€1,200.00</td>" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_a_word_for_it(language: str) -> None:
    rows = letter(language).rows
    assert len(rows) == 4
    paid, back = rows[2:]
    assert back.label != paid.label
    assert back.amount == paid.amount == rows[0].amount
    assert (paid.signed, back.signed) == (f"\N{MINUS SIGN}{paid.amount}", paid.amount)


def test_a_statement_marks_what_is_open_again() -> None:
    books = books_of(WHOLE)
    found = statement(books, "Acme", date(2026, 1, 1))
    assert found is not None
    text = statement_text.as_text(found, HowToPay.by(books.settings))
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert "Jul 6, 2026 Returned payment (INV-5) 1,200.00 1,200.00" in rows
    (row,) = (row for row in rows if row.startswith("INV-5"))
    assert row.startswith("INV-5 (Returned payment) Jul 6, 2026 Jul 1, 2026 14")


def test_a_story_tells_parts_apart() -> None:
    found = tell(books_of(WHOLE), "INV-5")
    assert found is not None
    lines = text_story.as_text(found, "History", grouped=False).splitlines()
    assert [line for line in lines if line.startswith("\x1b[1mINV-5")] == [
        "\x1b[1mINV-5, Acme\x1b[0m",
        "\x1b[1mINV-5\x1b[0m",
        "\x1b[1mINV-5, payment returned\x1b[0m",
    ]


def test_so_does_a_dossier() -> None:
    said = dossier(books_of(WHOLE), "INV-5")
    assert said is not None
    rows = [line.split() for line in index(said, (), (), "").splitlines()]
    assert ["INV-5,", "payment", "returned", "2026-07-06"] in [row[:4] for row in rows]
