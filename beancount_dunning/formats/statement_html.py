"""A customer's statement of account as a page to print, like a letter.

Everything that somebody typed is escaped, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment
from jinja2 import StrictUndefined
from markupsafe import Markup

from beancount_dunning.formats.codes import as_svg
from beancount_dunning.formats.letter_html import on_paper
from beancount_dunning.formats.statements import write
from beancount_dunning.formats.swiss_bill import SwissBill

if TYPE_CHECKING:
    from jinja2 import Template

    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.formats.how_to_pay import HowToPay
    from beancount_dunning.formats.statements import Cover
    from beancount_dunning.formats.statements import WrittenStatement


def as_html(
    statement: Statement,
    how: HowToPay,
    paper: str,
    *,
    confirm: bool = False,
    is_private: bool = False,
) -> str:
    """Write a statement of account as an HTML document.

    Args:
        statement: The statement.
        how: How to pay.
        paper: What it is printed on.
        confirm: Whether a slip to sign and return stands below it.
        is_private: Whether amounts have an X for each digit.
    """
    said = write(statement, how, confirm=confirm, is_private=is_private)
    return page_of(said, paper)


def page_of(said: WrittenStatement, paper: str, cover: Cover | None = None) -> str:
    """Return a statement's page.

    Args:
        said: The statement.
        paper: What it is printed on.
        cover: What stands around it in an e-mail, which shows no codes; None on paper.
    """
    text = _template().render(said=said, cover=cover)
    page = on_paper(
        # All that was typed is escaped in it.
        Markup(text),  # noqa: S704 - as said
        language=said.language,
        subject=said.title,
        paper=paper,
        is_paper=cover is None,
        sender=said.sender,
        recipient=said.recipient,
        date=said.date,
    )
    return f"{page}\n"


@cache
def _template() -> Template:
    file = resources.files(__package__) / "statement_texts" / "statement.html"
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["drawn"] = as_svg
    environment.tests["bill"] = lambda code: isinstance(code, SwissBill)
    return environment.from_string(file.read_text(encoding="utf-8"))
