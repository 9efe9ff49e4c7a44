"""The remarks below a statement: what is in dispute and what to pay, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.formats.how_to_pay import where_to_pay
from beancount_dunning.formats.letter_languages import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.answers.contents import Payable
    from beancount_dunning.answers.statement import Section
    from beancount_dunning.formats.country import Country
    from beancount_dunning.formats.how_to_pay import HowToPay
    from beancount_dunning.formats.statement_words import StatementWords

# More numbers than that do not fit into the text of a transfer.
MAX_QUOTED = 5


@dataclass(frozen=True, slots=True)
class Remarks:
    """The remarks of a statement; `is_several` says whether it has several accounts."""

    how: HowToPay
    country: Country
    words: StatementWords
    is_several: bool

    def link(self, asked: Payable | None) -> str:
        """Return where to pay; empty where there is no such address."""
        if asked is None or len(asked.invoices) != 1:
            return ""
        return self.how.address(
            *asked.invoices,
            asked.amount,
            asked.currency,
            asked.customer.name,
            is_private=self.country.is_private,
        )

    def on(self, section: Section, asked: Payable | None) -> Iterator[str]:
        """Yield what is in dispute, whose favour the balance is, what to pay, and how.

        Args:
            section: The account in a currency.
            asked: What is to be paid there.
        """
        say = self.words
        if section.disputed:
            amount = self.country.amount(section.disputed, section.currency)
            yield say("in_dispute", amount=amount)
        if section.closing < 0:
            yield say("favour")
        elif not section.closing:
            yield say("even")
        elif asked:
            yield self._to_pay(section)
            yield from self._how_to_pay(section, asked)

    def _to_pay(self, section: Section) -> str:
        """Say how much is to be paid, and what of that is not due yet."""
        say, currency = self.words, section.currency
        amount = self.country.amount(section.to_pay, currency)
        if not section.not_due:
            return say("to_pay", amount=amount)
        later = self.country.amount(section.not_due, currency)
        return say("to_pay_later", amount=amount, later=later)

    def _how_to_pay(self, section: Section, asked: Payable) -> Iterator[str]:
        """Yield an account, or where to look for it, and a link, as letters do."""
        items = {one.item.invoice or one.item.identity for one in section.asked}
        numbers, currencies = asked.invoices, [asked.currency]
        is_short = len(numbers) <= MAX_QUOTED
        values = {
            "several": self.is_several,
            "count": len(items),
            "plural": self.country.plural,
            "reference": self.how.reference(numbers, currencies) if is_short else "",
        }
        language = language_of(self.country.locale)
        yield from where_to_pay(self.how.written(currencies), language, values)
        if link := self.link(asked):
            yield language.say("link", values, link=link)
