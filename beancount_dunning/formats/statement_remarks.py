"""The remarks below a statement: what is in dispute, whose favour it is, how to pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.how_to_pay import where_to_pay
from beancount_dunning.formats.letter_languages import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.answers.statement import Section
    from beancount_dunning.formats.country import Country
    from beancount_dunning.formats.how_to_pay import HowToPay
    from beancount_dunning.formats.statement_words import StatementWords
    from beancount_dunning.standing.aging import AgedItem

# More numbers than that do not fit into the text of a transfer.
_MAX_QUOTED = 5


@dataclass(frozen=True, slots=True)
class Remarks:
    """The remarks of a statement; `is_several` says whether it has several accounts."""

    how: HowToPay
    country: Country
    words: StatementWords
    is_several: bool

    def on(self, section: Section) -> Iterator[str]:
        """Yield what is in dispute, whose favour it is, and how to pay."""
        say = self.words
        if section.disputed:
            amount = self.country.amount(section.disputed, section.currency)
            yield say("in_dispute", amount=amount)
        if section.closing < 0:
            yield say("favour")
        elif not section.closing:
            yield say("even")
        elif section.closing > section.disputed:
            yield from self._how_to_pay(section)

    def _how_to_pay(self, section: Section) -> Iterator[str]:
        """Yield an account, or where to look for it, in the words of letters.

        Nothing where all that is open is a discount that was taken, or in dispute.
        """
        asked = [one.item for one in section.items if _is_asked(one)]
        if not asked:
            return
        numbers = dict.fromkeys(item.invoice for item in asked)
        known = [plain(number) for number in numbers if number]
        values = {
            "several": self.is_several,
            "count": len({item.invoice or item.identity for item in asked}),
            "plural": self.country.plural,
            "reference": ", ".join(known) if len(known) <= _MAX_QUOTED else "",
        }
        language = language_of(self.country.locale)
        accounts = self.how.written([section.currency])
        yield from where_to_pay(accounts, language, values)


def _is_asked(aged: AgedItem) -> bool:
    """Tell whether anything of an open item is to be paid."""
    where = aged.standing
    is_owed = where.held is None or where.held.is_owed
    return is_owed and where.disputed < aged.item.open
