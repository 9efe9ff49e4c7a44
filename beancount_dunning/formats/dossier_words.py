"""What stands in a dossier, in the language of whoever hands it over.

`dossier_texts` has a file for each language in which letters are written. What the core
says of facts is translated as far as the page's catalogues go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.words import Words
from beancount_dunning.formats.catalogues import catalogue
from beancount_dunning.formats.country import locale_of
from beancount_dunning.formats.statement_words import StatementWords
from beancount_dunning.formats.statement_words import words_of
from beancount_dunning.formats.word_files import words_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babel.support import NullTranslations

    from beancount_dunning.ledger.items import ChargeKind


@dataclass(frozen=True, slots=True)
class DossierWords:
    """The texts of a language, by name; `statement` are those that statements have."""

    texts: Mapping[str, str]
    statement: StatementWords
    catalogue: NullTranslations

    @classmethod
    def of(cls, language: str) -> DossierWords:
        """Return the texts of a language, as typed."""
        locale = locale_of(language)
        texts = words_in("dossier_texts", locale)
        return cls(texts, words_of(locale), catalogue(locale))

    def __call__(self, name: str, **values: str) -> str:
        """Return a text with values filled in, each as `told` returns it."""
        told = {key: self.told(value) for key, value in values.items()}
        return self.texts[name].format_map(told)

    def charge(self, kind: ChargeKind) -> str:
        """Name a charge."""
        return self.statement.kind(MovementKind(kind))

    def told(self, text: str) -> str:
        """Return a text on one line, what the core says of a fact translated."""
        if isinstance(text, Words):
            text = text.translated(self.catalogue)
        return plain(text)
