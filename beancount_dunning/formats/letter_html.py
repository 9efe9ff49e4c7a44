"""Letters as HTML: to print, addressed for an envelope with a window, or to mail.

The lines about money are a table; all else stands as in the plain text. Everything that
somebody typed is escaped, and nothing is loaded from elsewhere.

The page around it is our own, `letter.html`, or one from the folder of own texts.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from typing import NamedTuple

from jinja2 import Environment
from jinja2 import StrictUndefined
from markupsafe import Markup
from markupsafe import escape

from beancount_dunning.formats.codes import as_svg
from beancount_dunning.formats.swiss_bill import SwissBill
from beancount_dunning.formats.templates import Sandbox
from beancount_dunning.formats.templates import Source
from beancount_dunning.formats.templates import fill

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from jinja2 import Template

    from beancount_dunning.formats.letter_rows import Row
    from beancount_dunning.formats.letters import Message

_LINK = re.compile(r"(https?://[^\s<>\"]+)")
_PAGE = "letter.html"
_SHEETS = """.sheet + .sheet { break-before: page; }
@page { @bottom-right { content: none; } }
</style>"""


class Piece(NamedTuple):
    """A part of a line: a text, or an address to go to."""

    text: str
    is_link: bool


def as_html(message: Message, *, is_paper: bool = True) -> str:
    """Write a letter as an HTML document.

    Args:
        message: The letter.
        is_paper: Whether sender, recipient, date and subject stand above it.

    Raises:
        TextError: Its own page cannot be used.
    """
    values = {
        "sender": message.sender,
        "date": message.date,
        **(message.page.values if message.page else {}),
        "language": message.language,
        "subject": message.subject,
        "recipient": message.recipient,
        "paper": str(message.paper),
        "is_paper": is_paper,
        "letter": _body(message, is_paper=is_paper),
    }
    return fill(message.page.get if message.page else _page, values)


def as_one(messages: Sequence[Message]) -> str | None:
    """Write letters as one HTML document, to print them all at once.

    Args:
        messages: The letters, at least one.

    Returns:
        The document, each letter on a page of its own, and no page numbered, since
        letters would share the numbers. None where a letter has an own page.
    """
    if any(message.page for message in messages):
        return None
    pages = [as_html(message).partition("<body>") for message in messages]
    sheets = "".join(
        f'<div class="sheet" lang="{escape(message.language)}">'
        f"{body.rpartition('</body>')[0]}</div>\n"
        for message, (_, _, body) in zip(messages, pages, strict=True)
    )
    head = pages[0][0].replace("</style>", _SHEETS)
    return f"{head}<body>\n{sheets}</body>\n</html>\n"


def on_paper(
    letter: Markup,
    *,
    language: str,
    subject: str,
    paper: str,
    is_paper: bool = True,
    **above: str,
) -> str:
    """Put what is no letter of ours, but looks like one, on the built-in page.

    Args:
        letter: All below the subject, as HTML.
        language: Its language (BCP 47).
        subject: Its title.
        paper: What it is printed on.
        is_paper: Whether all that is above it stands there.
        above: `sender`, `recipient` and `date`.
    """
    values = {"language": language, "subject": subject, "paper": paper, **above}
    return fill(_page, {**values, "is_paper": is_paper, "letter": letter})


def source_of_page() -> str:
    """Return the built-in page as one would write an own one."""
    return _read(_PAGE)


def _body(message: Message, *, is_paper: bool) -> Markup:
    """Write the text of a letter, from the greeting to the signature."""
    # Mail programs show no picture of a code.
    code = message.code if is_paper else None
    before, lines, after = message.parts
    text = _body_template().render(
        before=_paragraphs(before),
        heads=message.heads,
        groups=_groups(message.rows) if lines else (),
        capitals=message.capitals if is_paper else "",
        code=as_svg(code) if code else "",
        label=code.label if code else "",
        is_bill=isinstance(code, SwissBill),
        after=_paragraphs(after),
    )
    return Markup(text)  # noqa: S704 - all that was typed is escaped in it


def _groups(rows: Iterable[Row]) -> list[list[Row]]:
    """Divide lines into those that stay together on a page: an invoice's own."""
    groups: list[list[Row]] = []
    is_new = True
    for row in rows:
        if is_new or row.is_head:
            groups.append([])
        is_new = not row.text
        if row.text:
            groups[-1].append(row)
    return groups


@cache
def _page() -> Template:
    source = Source(_PAGE, source_of_page())
    return Sandbox({_PAGE: source}).get_template(_PAGE)


@cache
def _body_template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["pieces"] = _pieces
    return environment.from_string(_read("body.html"))


def _read(name: str) -> str:
    file = resources.files(__package__) / "letter_texts" / name
    return file.read_text(encoding="utf-8")


def _paragraphs(text: str) -> list[list[list[Piece]]]:
    """Divide a text into paragraphs, these into lines, and those into pieces."""
    return [
        [_pieces(line) for line in paragraph.split("\n")]
        for paragraph in text.strip("\n").split("\n\n")
        if paragraph
    ]


def _pieces(line: str) -> list[Piece]:
    """Divide a line into texts and addresses; these stand at odd places."""
    return [
        Piece(text, bool(index % 2))
        for index, text in enumerate(_LINK.split(line))
        if text
    ]
