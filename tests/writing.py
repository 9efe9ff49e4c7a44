"""Writing the letters of a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.letters import contents
from beancount_dunning.formats.letters import Writer

if TYPE_CHECKING:
    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.formats.letters import Message
    from beancount_dunning.standing.books import Books


def write(books: Books, letter: Letter, *, private: bool = False) -> Message:
    """Write a letter that somebody gets."""
    (said,) = contents(books, [letter])
    assert said is not None
    return Writer.of(books, is_private=private).write(said)
