"""The lines of a letter about money: what is open, and where to pay it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.contents import Tone
from beancount_dunning.answers.contents import sums
from beancount_dunning.formats.how_to_pay import where_to_pay
from beancount_dunning.ledger.names import folded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.contents import Bill
    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.answers.contents import Sum
    from beancount_dunning.formats.country import Country
    from beancount_dunning.formats.how_to_pay import Paying
    from beancount_dunning.formats.letter_languages import Language
    from beancount_dunning.formats.letter_records import Invoice
    from beancount_dunning.formats.letter_records import Shown

_MINUS = "\N{MINUS SIGN}"
# What stands between a label and its amount, in all languages.
_BEFORE_AMOUNT = f" :\N{FULLWIDTH COLON}\u00a0\u3000{_MINUS}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a letter about money: its text, and the amount that it ends in.

    `is_head` tells an invoice from what belongs to it, `is_sum` what lines come to.
    """

    text: str
    amount: str = ""
    is_head: bool = False
    is_sum: bool = False

    @property
    def line(self) -> str:
        """It as a line of a plain text."""
        return f"- {self.text}" if self.is_head else self.text

    @property
    def label(self) -> str:
        """The text without the amount."""
        if not self.amount:
            return self.text.strip()
        return self.text.removesuffix(self.amount).strip(_BEFORE_AMOUNT)

    @property
    def signed(self) -> str:
        """The amount, with its sign."""
        before = self.text.removesuffix(self.amount)
        return f"{_MINUS}{self.amount}" if before.endswith(_MINUS) else self.amount


def asked_in_words(country: Country, found: Iterable[Sum]) -> str:
    """Return what is asked for in each currency, as the country writes it."""
    return country.joined(
        country.amount(one.asked, one.currency) for one in found if one.asked
    )


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Writes the lines of a letter about money."""

    contents: Contents
    country: Country
    language: Language
    paying: Paying

    def rows(self, values: Mapping[str, object], shown: Shown) -> Iterator[Row]:
        """Yield what is open, line by line: overdue, less credit; then what is not."""
        said, say, country = self.contents, self.language.say, self.country
        for one in shown.payments if said.tone == Tone.THANKS else ():
            more = {"date": one.date, "amount": one.amount, "invoices": one.invoices}
            yield Row(say("payment", {**values, **more}), is_head=True)
        yield from self._group(said.late, shown.invoices, values)
        if said.later:
            yield Row("")
            yield Row(say("later", values))
            yield from self._group(said.later, shown.later, values)
            if len(said.later) > 1:
                asked = asked_in_words(country, sums(said.later))
                line = say("later_sum", values, amount=asked)
                yield Row(line, asked, is_sum=True)
        if said.credit:
            yield Row("")
        for currency, amount in said.credit.items():
            written = country.amount(amount, currency)
            yield Row(say("credit_beside", values, amount=written), written)

    def _group(
        self,
        bills: Sequence[Bill],
        invoices: Sequence[Invoice],
        values: Mapping[str, object],
    ) -> Iterator[Row]:
        """Yield the rows of some invoices, and the credit that goes off them."""
        say, country = self.language.say, self.country
        is_several = len(self.contents.bills) > 1
        for invoice in invoices:
            line = say("line", values, invoice=invoice)
            yield Row(line, invoice.amount, is_head=True)
            # Many a narration is nothing but the number.
            if folded(invoice.description) not in {
                "",
                folded(invoice.number),
                folded(invoice.name),
            }:
                yield Row(f"  {invoice.description}")
            for entry in invoice.entries:
                more = {"date": entry.date, "amount": entry.amount}
                line = say(entry.kind, {**values, **more})
                yield Row(f"  {line}", entry.amount)
            if invoice.entries and is_several:
                line = say("left", values, amount=invoice.left)
                yield Row(f"  {line}", invoice.left, is_sum=True)
            if invoice.link and is_several:
                yield Row(f"  {say('link', values, link=invoice.link)}")
        for one in sums(bills):
            if one.disputed:
                written = country.amount(one.disputed, one.currency)
                yield Row(say("disputed", values, amount=written), written)
            if one.credit:
                written = country.amount(one.credit, one.currency)
                yield Row(say("credit", values, amount=written), written)

    def how_to_pay(self, values: Mapping[str, object]) -> Iterator[str]:
        """Yield an account for each currency, or where to look for it; and the link."""
        if self.contents.tone == Tone.THANKS:
            return
        several = {"several": len(sums(self.contents.bills)) > 1}
        accounts = self.paying.accounts()
        yield from where_to_pay(accounts, self.language, {**values, **several})
        if link := self.paying.only_link():
            yield self.language.say("link", values, link=link)
