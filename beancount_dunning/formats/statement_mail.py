"""A customer's statement of account as an e-mail in a file (.eml), a draft to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.formats.country import locale_of
from beancount_dunning.formats.letter_mail import Draft
from beancount_dunning.formats.letters import mail_address
from beancount_dunning.formats.statement_html import page_of
from beancount_dunning.formats.statement_text import below_address
from beancount_dunning.formats.statement_words import words_of
from beancount_dunning.formats.statements import Cover
from beancount_dunning.formats.statements import write

if TYPE_CHECKING:
    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.formats.how_to_pay import HowToPay


def as_mail(
    statement: Statement,
    how: HowToPay,
    paper: str,
    *,
    confirm: bool = False,
    is_private: bool = False,
) -> bytes:
    """Write a statement of account as an e-mail, as plain text and as HTML.

    Args:
        statement: The statement.
        how: How to pay.
        paper: What it would be printed on.
        confirm: Whether a slip to sign and return stands below it.
        is_private: Whether amounts have an X for each digit.
    """
    said = write(statement, how, confirm=confirm, is_private=is_private)
    cover = Cover.of(statement)
    parts = [cover.greeting, cover.opening, below_address(said), cover.closing]
    words = words_of(locale_of(statement.language))
    return Draft(
        "\n\n".join(parts) + "\n",
        page_of(said, paper, cover),
        said.language,
        words("told", what=said.title, text=said.period),
        said.sender,
        said.recipient,
        mail_address(statement.customer),
    ).as_bytes()
