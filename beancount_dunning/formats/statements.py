"""A statement of account, written in the customer's language: its words and tables."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.answers.contents import Tone
from beancount_dunning.basics.languages import tag_of
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import text_lines
from beancount_dunning.formats.codes import code_of
from beancount_dunning.formats.country import Country
from beancount_dunning.formats.country import locale_of
from beancount_dunning.formats.letter_languages import language_of
from beancount_dunning.formats.people import people
from beancount_dunning.formats.statement_remarks import MAX_QUOTED
from beancount_dunning.formats.statement_remarks import Remarks
from beancount_dunning.formats.statement_tables import SectionTables
from beancount_dunning.formats.statement_words import words_of
from beancount_dunning.ledger.items import NO_CUSTOMER

if TYPE_CHECKING:
    from typing import Self

    from beancount_dunning.answers.contents import Payable
    from beancount_dunning.answers.statement import Section
    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.formats.codes import Code
    from beancount_dunning.formats.how_to_pay import HowToPay
    from beancount_dunning.formats.statement_tables import Table
    from beancount_dunning.formats.statement_words import StatementWords


@dataclass(frozen=True, slots=True)
class WrittenSection:
    """The account in one currency.

    Attributes:
        account: What moved it, from the opening to the closing balance.
        aging: How old what is open is, without a head; its lines add up to the balance.
        open_items: What to call the next table.
        items: What is open.
        remarks: What is in dispute, in whose favour the balance is, what to pay, how.
        code: What an app reads to pay it.
    """

    currency: str
    account: Table
    aging: Table
    open_items: str
    items: Table
    remarks: tuple[str, ...]
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """What the customer signs: who owes whom how much, and whether that is right.

    After `differs`, `why`, `signed` and `stamp` there is room to write.
    """

    title: str
    to: str
    on: str
    balances: tuple[str, ...]
    agrees: str
    differs: str
    why: str
    customer: str
    signed: str
    stamp: str


@dataclass(frozen=True, slots=True)
class WrittenStatement:
    """A statement, in which language (BCP 47), from whom, and to whom."""

    language: str
    sender: str
    recipient: str
    date: str
    title: str
    period: str
    sections: tuple[WrittenSection, ...]
    slip: Slip | None


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands around a statement in an e-mail: `closing` ends with who writes."""

    greeting: str
    opening: str
    closing: str

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """Return the cover of a statement, as letters greet."""
        country = Country(locale_of(statement.language))
        language = language_of(country.locale)
        values = {
            **people(statement.customer, statement.sender),
            "tone": Tone.FRIENDLY,
            "territory": country.locale.territory or "",
            "date": country.day(statement.last),
        }
        closing = (language.say(name, values) for name in ("closing", "signature"))
        return cls(
            language.say("greeting", values),
            words_of(country.locale)("see_below"),
            "\n".join(filter(None, closing)),
        )


def write(
    statement: Statement,
    how: HowToPay,
    *,
    confirm: bool = False,
    is_private: bool = False,
) -> WrittenStatement:
    """Write a statement of account.

    Args:
        statement: What it says.
        how: How to pay.
        confirm: Whether it has a slip to sign and return.
        is_private: Whether amounts have an X for each digit.
    """
    country = Country(locale_of(statement.language), is_private)
    writer = _Writer(statement, how, country, words_of(country.locale))
    return writer.write(confirm=confirm)


@dataclass(frozen=True, slots=True)
class _Writer:
    statement: Statement
    how: HowToPay
    country: Country
    words: StatementWords

    def write(self, *, confirm: bool) -> WrittenStatement:
        """Return the statement; `confirm` adds the slip."""
        said, words, country = self.statement, self.words, self.country
        first, last = country.day(said.first), country.day(said.last)
        return WrittenStatement(
            tag_of(country.locale),
            "\n".join(text_lines(said.sender)),
            "\n".join(text_lines(f"{self._customer}\n{said.customer.address or ''}")),
            last,
            words("title"),
            words("period", first=first, last=last),
            tuple(map(self._section, said.sections)),
            self._slip() if confirm else None,
        )

    def _section(self, section: Section) -> WrittenSection:
        said, country, words = self.statement, self.country, self.words
        tables = SectionTables(section, country, words)
        remarks = Remarks(self.how, country, words, len(said.sections) > 1)
        asked = said.payable(section)
        return WrittenSection(
            section.currency,
            tables.account(said.first, said.last),
            tables.aging(),
            words("open_items", date=country.day(said.last)),
            tables.items() if section.items else (),
            tuple(remarks.on(section, asked)),
            None if country.is_private else self._code(asked, remarks.link(asked)),
        )

    def _code(self, asked: Payable | None, link: str) -> Code | None:
        """Return the code to pay; one of many invoices does not name them."""
        if asked and len(asked.invoices) > MAX_QUOTED:
            asked = replace(asked, invoices=())
        sender = "".join(text_lines(self.statement.sender)[:1])
        return code_of(asked, self.how, sender.partition(", ")[0], link)

    def _slip(self) -> Slip:
        said, words = self.statement, self.words
        sender = "".join(text_lines(said.sender)[:1])
        return Slip(
            words("slip"),
            words("slip_to", sender=sender) if sender else "",
            words("slip_on", date=self.country.day(said.last)),
            tuple(map(self._owing, said.sections)),
            words("agrees"),
            words("differs"),
            words("why"),
            f"{words('customer')} {self._customer}",
            words("signed"),
            words("stamp"),
        )

    @property
    def _customer(self) -> str:
        return plain(self.statement.customer.name) or NO_CUSTOMER

    def _owing(self, section: Section) -> str:
        """Say who owes whom how much, as the customer sees it."""
        currency = section.currency
        if not section.closing:
            return self.words("none_owe", currency=currency)
        amount = self.country.amount(abs(section.closing), currency)
        name = "we_owe" if section.closing > 0 else "you_owe"
        return self.words(name, amount=amount)
