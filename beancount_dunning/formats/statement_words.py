"""What stands in a statement of account, in the customer's language.

`statement_texts` has a file for each language in which letters are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.formats.word_files import words_in
from beancount_dunning.standing.aging import NOT_DUE
from beancount_dunning.standing.aging import UNDATED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

    from babel import Locale

    from beancount_dunning.answers.movements import MovementKind


@dataclass(frozen=True, slots=True)
class StatementWords:
    """The texts of a language, by name."""

    texts: Mapping[str, str]

    def __call__(self, name: str, **values: str) -> str:
        """Return a text with values filled in."""
        return self.texts[name].format_map(values)

    def kind(self, kind: MovementKind) -> str:
        """Say what moves an account."""
        return self(kind.replace(" ", "_"))

    def about(self, what: str, names: Iterable[str]) -> str:
        """Say what something is, and after it what it is about, if anything."""
        joined = self("comma").join(names)
        return self("about", what=what, names=joined) if joined else what

    def bucket(self, name: str) -> str:
        """Say how old the debts of a bucket are."""
        if name in {UNDATED, NOT_DUE}:
            return self(name.replace(" ", "_"))
        if name.endswith("+"):
            return self("more_overdue", days=name[:-1])
        return self("overdue", days=name.replace("-", "–"))  # noqa: RUF001 - from … to


def words_of(locale: Locale) -> StatementWords:
    """Return the texts for a locale that `locale_of` found."""
    return StatementWords(words_in("statement_texts", locale))
