"""Own texts: which one a letter has, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_file

from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.formats.country import locale_of
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letter_html import source_of_page
from beancount_dunning.formats.letter_languages import source_of
from beancount_dunning.formats.letters import Writer
from beancount_dunning.formats.own_texts import own_texts
from beancount_dunning.formats.templates import TextError
from beancount_dunning.standing.books import read_books
from tests.conftest import day

if TYPE_CHECKING:
    from pathlib import Path

    from beancount_dunning.formats.letters import Message
    from beancount_dunning.standing.books import Books

_LEDGER = """\
option "title" "Books"
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
2026-01-01 open Assets:Receivable:Acme
  language: "{language}"
2026-01-01 custom "dunning-option" "letters" "texts"
2026-01-01 custom "dunning-step" "standard" "first reminder" 1
  {template}
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  1190.00 EUR
  Income:Services
"""


def books(
    folder: Path, *, language: str = "de-AT", template: str = ";", **texts: str
) -> Books:
    path = folder / "books.beancount"
    path.write_text(_LEDGER.format(language=language, template=template))
    (folder / "texts").mkdir(exist_ok=True)
    for name, text in texts.items():
        file = folder / "texts" / name.replace("__", ".").replace("_", " ")
        file.write_text(text, encoding="utf-8")
    entries, errors, options = load_file(str(path))
    assert not errors
    return read_books(entries, options, today=day("2026-10-15"))


def message(found: Books) -> Message:
    (said,) = contents(found, letters(reminders(found).due))
    assert said is not None
    return Writer.of(found).write(said)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, "Zahlungserinnerung: Rechnung INV-1"),
        ({"first_reminder__de__txt": "Step"}, "Step"),
        ({"friendly__de__txt": "Tone"}, "Tone"),
        ({"first_reminder__de__txt": "Step", "friendly__de__txt": "Tone"}, "Step"),
        ({"first_reminder__de__txt": "de", "first_reminder__de-AT__txt": "AT"}, "AT"),
        ({"first_reminder__en__txt": "en"}, "Zahlungserinnerung: Rechnung INV-1"),
        ({"first_reminder__de__html": "no"}, "Zahlungserinnerung: Rechnung INV-1"),
        ({"firm__de__txt": "firm"}, "Zahlungserinnerung: Rechnung INV-1"),
    ],
)
def test_the_nearest_text_is_taken(
    tmp_path: Path, texts: dict[str, str], expected: str
) -> None:
    assert message(books(tmp_path, **texts)).subject == expected


def test_a_step_can_name_its_text(tmp_path: Path) -> None:
    found = books(
        tmp_path,
        template='template: "mine"',
        mine__de__txt="{{ what }}\n\nBitte {{ to_pay }}.\n{% include 'end.txt' %}",
        first_reminder__de__txt="other",
    )
    with pytest.raises(
        TextError, match=r'mine\.de\.txt:4: There is no text "end\.txt"'
    ):
        message(found)
    (tmp_path / "texts" / "end.txt").write_text("{{ signature }} Ende")
    found = books(
        tmp_path,
        template='template: "mine"',
        mine__de__txt="{{ what }}\n\nBitte {{ to_pay }}.\n{% include 'end' %}",
    )
    letter = message(found)
    assert letter.subject == "Rechnung INV-1"
    assert letter.body == "Bitte € 1.190,00.\n Ende\n".replace("€ ", "€\u00a0")


_PAGE = "<h1>{}{{{{ subject }}}}</h1>{{{{ customer }}}} {{{{ letter }}}}"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("letter.html", "letter.de.html"), "letter.de.html"),
        (("letter.html", "friendly.de.html"), "friendly.de.html"),
        (("friendly.de.html", "first reminder.de.html"), "first reminder.de.html"),
        (("letter.html", "friendly.en.html", "letter.en.html"), "letter.html"),
        (("friendly.en.html", "letter.en.html", "letter.txt"), None),
    ],
)
def test_the_nearest_page_is_taken(
    tmp_path: Path, files: tuple[str, ...], expected: str | None
) -> None:
    names = {name.replace(" ", "_").replace(".", "__"): name for name in files}
    pages = {name: _PAGE.format(file) for name, file in names.items()}
    page = as_html(message(books(tmp_path, **pages)))
    if expected is None:
        assert page.startswith("<!DOCTYPE html>")
        return
    assert page.startswith(f"<h1>{expected}Zahlungserinnerung: Rechnung INV-1</h1>Acme")
    assert "<p>Sehr geehrte" in page


def test_a_page_has_what_was_typed_as_text(tmp_path: Path) -> None:
    page = as_html(
        message(
            books(
                tmp_path,
                friendly__de__txt="<b>\n<i>{{ to_pay }}",
                letter__html="{{ subject }}{{ letter }}{% include 'end.html' %}",
                end__html="{{ subject }}{{ is_paper }}",
            )
        ),
        is_paper=False,
    )
    assert page.startswith("&lt;b&gt;")
    assert "<p>&lt;i&gt;€" in page
    assert page.endswith("&lt;b&gt;False")


def test_a_page_that_cannot_be_used(tmp_path: Path) -> None:
    found = message(books(tmp_path, letter__html="<p>\n{{ nobody }}"))
    with pytest.raises(TextError, match=r"letter\.html:2: 'nobody' is undefined"):
        as_html(found)


def test_the_built_in_page_can_be_an_own_one(tmp_path: Path) -> None:
    built_in = as_html(message(books(tmp_path)))
    own = message(books(tmp_path, letter__html=source_of_page()))
    assert own.page
    assert as_html(own) == built_in


@pytest.mark.parametrize(
    ("files", "there"),
    [
        ({"other__de__txt": ""}, ""),
        ({"mine__en__txt": "English"}, ", only mine.en.txt"),
        ({"mine__txt": "None", "miner__de__txt": ""}, ", only mine.txt"),
        # Its page alone would leave e-mails without a text.
        ({"mine__de__html": "<p>Bitte"}, ", only mine.de.html"),
        ({"mine__html": "", "mine__fr__html": ""}, ", only mine.fr.html, mine.html"),
    ],
)
def test_no_other_text_is_in_the_place_of_one_that_is_missing(
    tmp_path: Path, files: dict[str, str], there: str
) -> None:
    found = books(tmp_path, template='template: "mine"', **files)
    with pytest.raises(TextError) as caught:
        message(found)
    assert str(caught.value) == (
        f"{tmp_path}/books.beancount:7: There is no text mine.de.txt in the folder "
        f"that the option letters names{there}. To begin with the built-in one, type: "
        "bean-dunning draft --eject de friendly"
    )


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    found = books(tmp_path)
    (tmp_path / "texts").rmdir()
    with pytest.raises(TextError) as caught:
        Writer.of(found)
    assert str(caught.value) == (
        f"{tmp_path}/books.beancount:6: There is no folder {tmp_path}/texts."
    )


def test_a_text_that_cannot_be_read(tmp_path: Path) -> None:
    found = books(tmp_path)
    (tmp_path / "texts" / "mine.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(TextError, match=r"texts/mine\.txt:1: It cannot be read: "):
        own_texts(found)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "zh", "ja"])
def test_a_built_in_text_can_be_an_own_one(tmp_path: Path, language: str) -> None:
    built_in = message(books(tmp_path, language=language))
    (said,) = contents(
        found := books(tmp_path, language=language),
        letters(reminders(found).due),
    )
    assert said is not None
    text = source_of(locale_of(language), said.tone)
    own = books(tmp_path, language=language, **{f"friendly__{language}__txt": text})
    assert own_texts(own)
    assert message(own) == built_in
