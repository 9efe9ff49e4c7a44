"""Letters as HTML: to print, addressed for an envelope with a window, or to mail.

The lines about money are a table; all else stands as in the plain text. Everything that
somebody typed is escaped, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from typing import NamedTuple

from jinja2 import Environment
from jinja2 import StrictUndefined

from beancount_dunning.formats.codes import as_svg

if TYPE_CHECKING:
    from jinja2 import Template

    from beancount_dunning.formats.letters import Message

_LINK = re.compile(r"(https?://[^\s<>\"]+)")
# Where paper has the size that is called Letter.
_LETTER_SIZE = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})


class Piece(NamedTuple):
    """A part of a line: a text, or an address to go to."""

    text: str
    is_link: bool


def as_html(message: Message, *, is_paper: bool = True) -> str:
    """Write a letter as an HTML document.

    Args:
        message: The letter.
        is_paper: Whether sender, recipient, date and subject stand above it.
    """
    rows = message.rows
    block = "\n".join(row.line for row in rows)
    before, found, after = message.body.partition(block or "\0")
    territory = message.language.rpartition("-")[2]
    return _template().render(
        message=message,
        is_paper=is_paper,
        paper="letter" if territory in _LETTER_SIZE else "A4",
        before=_paragraphs(before),
        rows=rows if found else (),
        after=_paragraphs(after),
        # Mail programs show no such picture.
        code=as_svg(message.code) if is_paper and message.code else "",
    )


@cache
def _template() -> Template:
    file = resources.files(__package__) / "letter_texts" / "letter.html"
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["pieces"] = _pieces
    return environment.from_string(file.read_text(encoding="utf-8"))


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
