"""Letters as a browser prints them: their size, and what is where on each page."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from beancount import loader

from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.formats.codes import LinkCode
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letter_rows import Row
from beancount_dunning.formats.letters import Message
from beancount_dunning.formats.letters import Writer
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.standing.books import read_books
from tests.serving import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

_ROWS = tuple(
    row
    for number in range(20)
    for row in (
        Row(f"Invoice {number}: 7.00", "7.00", is_head=True),
        Row("  Website, a page of it that has a name of its own"),
        Row("  received: 1.00", "1.00"),
    )
)
_LINES = "\n".join(row.line for row in _ROWS)
_LETTER = Message(
    "en",
    "Reminder",
    f"Dear all,\n\n{_LINES}\n\nPlease pay.\n",
    None,
    sender="Nord, Kai 7",
    recipient="Acme\n1 High Street",
    date="Today",
    rows=_ROWS,
    heads=("Item", "Amount"),
)
_MM = 72 / 25.4
_PIXELS = 96 / 25.4
_CUSTOMER = "Hotel Silberdüne KG"
_PAY_TO = """
2025-10-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51"
2025-10-01 custom "dunning-option" "paper" "DIN 5008"
"""


def words_on(path: Path) -> list[list[tuple[str, float, float]]]:
    """Return the words of each page, and how far from left and top each is, in mm."""
    read = subprocess.run(
        ["pdftotext", "-bbox", path, "-"],  # noqa: S607 - Debian's
        capture_output=True,
        check=True,
        text=True,
    )
    word = r'<word xMin="(.*?)" yMin="(.*?)" .*?>(.*?)</word>'
    return [
        [
            (text, float(left) / _MM, float(top) / _MM)
            for left, top, text in re.findall(word, page)
        ]
        for page in read.stdout.split("<page ")[1:]
    ]


@pytest.mark.parametrize(
    ("paper", "left", "size"),
    [
        ("A4", 25, (210, 297)),
        ("A4, window right", 115, (210, 297)),
        ("DIN 5008", 25, (210, 297)),
        ("Letter", 25, (216, 279)),
    ],
)
def test_a_long_letter(
    browser: Browser, tmp_path: Path, paper: str, left: int, size: tuple[int, int]
) -> None:
    page = browser.new_page()
    page.set_content(as_html(replace(_LETTER, paper=paper)))
    path = tmp_path / "letter.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    page.close()
    info = subprocess.run(
        ["pdfinfo", path],  # noqa: S607 - Debian's
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = re.search(r"Page size: +([\d.]+) x ([\d.]+)", info)
    assert found
    assert tuple(round(float(one) / _MM) for one in found.groups()) == size
    pages = words_on(path)
    # Where envelopes have their window.
    (recipient,) = [one for one in pages[0] if one[0] == "Acme"]
    assert recipient[1] == pytest.approx(left, abs=1)
    assert recipient[2] == pytest.approx(63, abs=2)
    assert len(pages) > 1
    for number, words in enumerate(pages, 1):
        told = [text for text, _, _ in words]
        assert told[-3:] == [str(number), "/", str(len(pages))]
        assert told.count("Item") == told.count("Amount") == 1
    assert sum(one[0] == "Invoice" for words in pages for one in words) == 20
    # An invoice stays on one page.
    for words in pages:
        told = [text for text, _, _ in words]
        assert told.count("Invoice") == told.count("Website,") == told.count("received")


@pytest.fixture
def written() -> Message:
    """Return a letter of the example, in English, with a code to pay."""
    text = EXAMPLE.read_text(encoding="utf-8") + _PAY_TO
    entries, _, options = loader.load_string(text)
    books = read_books(entries, options, today=date.max)
    found = contents(books, letters(reminders(books).due))
    (said,) = (one for one in found if one and one.customer.name == _CUSTOMER)
    return Writer.of(books).write(replace(said, language="en-GB", way=Channel.LETTER))


def test_a_letter_of_the_example_and_its_code(
    browser: Browser, written: Message, screenshots: Path | None
) -> None:
    page = browser.new_page(viewport={"width": 860, "height": 1180})
    for code in (LinkCode(f"https://pay.example/{'a1B2' * 90}"), written.code):
        page.set_content(as_html(replace(written, code=code)))
        picture = page.locator(".code svg").bounding_box()
        modules = page.locator(".code svg path").bounding_box()
        assert picture
        assert modules
        assert picture["width"] == pytest.approx(38 * _PIXELS, abs=1)
        # All of it is seen, however much it says, with the margin that readers need.
        left, top = modules["x"] - picture["x"], modules["y"] - picture["y"]
        assert left > 0 < top
        assert left + modules["width"] < picture["width"]
        assert top + modules["height"] < picture["height"]
    if screenshots:
        page.screenshot(path=screenshots / "letter.png")
    page.close()
