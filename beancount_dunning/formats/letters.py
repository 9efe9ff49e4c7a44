"""What a letter of reminders says: subject and text, in the customer's language.

The language is that of the customer's file, or else the option `language`; one without
a built-in text is written to in English. Dates and numbers follow the language as it
was typed, so that "de-AT" reads as in Austria.

An own text goes before a built-in one: that of the step's `template`, or one that is
called like the step, or like the tone. Where it cannot be used, no other is in its
place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

from beancount_dunning.basics.errors import place
from beancount_dunning.basics.languages import tag_of
from beancount_dunning.basics.plain_text import plain_lines
from beancount_dunning.basics.plain_text import text_line
from beancount_dunning.basics.plain_text import text_lines
from beancount_dunning.formats.chinese_capitals import capitals_line
from beancount_dunning.formats.codes import code_of
from beancount_dunning.formats.country import Country
from beancount_dunning.formats.country import locale_of
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.letter_context import context
from beancount_dunning.formats.letter_languages import language_of
from beancount_dunning.formats.own_texts import OwnPage
from beancount_dunning.formats.own_texts import own_texts
from beancount_dunning.formats.short_message import short_message
from beancount_dunning.formats.templates import HTML
from beancount_dunning.formats.templates import Sandbox
from beancount_dunning.formats.templates import Source
from beancount_dunning.formats.templates import TextError
from beancount_dunning.formats.templates import fill
from beancount_dunning.ledger.paper import Paper
from beancount_dunning.ledger.paper import paper_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.answers.contents import Tone
    from beancount_dunning.formats.codes import Code
    from beancount_dunning.formats.letter_rows import Row
    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.ledger.policies import Channel
    from beancount_dunning.standing.books import Books

# Without what stands between its digits.
_INTERNATIONAL = re.compile(r"(?:\+|00)([1-9]\d{6,14})", re.ASCII)
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Message:
    """A letter as plain text, to whom it goes, and in which language (BCP 47).

    `sender` and `recipient` are what stands above a letter on paper, and `date` is the
    day in words. `short` is all of it in one short message, for the number `phone`.
    `rows` are the lines of the body that are about money, `heads` what their columns
    are called; `code` is for an app to read from `paper`, and `capitals` says the sum
    there as nobody can alter it. `page` is None where that is our own.
    """

    language: str
    subject: str
    body: str
    address: str | None
    way: Channel | None = None
    sender: str = ""
    recipient: str = ""
    date: str = ""
    phone: str = ""
    short: str = ""
    rows: tuple[Row, ...] = ()
    code: Code | None = None
    heads: tuple[str, str] = ("", "")
    paper: str = Paper.A4
    page: OwnPage | None = None
    capitals: str = ""

    @property
    def parts(self) -> tuple[str, str, str]:
        """The body before its lines about money, these, and what follows them.

        An own text may have no such lines; then all of it comes before them.
        """
        lines = "\n".join(row.line for row in self.rows)
        return self.body.partition(lines) if lines else (self.body, "", "")

    @property
    def mailto(self) -> str:
        """The address that opens the letter in a mail program (RFC 6068)."""
        body = quote(self.body.replace("\n", "\r\n"), safe="")
        to = mailto(self.address)
        return f"{to}?subject={quote(self.subject, safe='')}&body={body}"

    @property
    def whatsapp(self) -> str | None:
        """The address that opens the short message in WhatsApp.

        None without a number that begins with its country's, like +49 or 0049.
        """
        number = _INTERNATIONAL.fullmatch(re.sub(r"[\s()./-]", "", self.phone))
        if number is None:
            return None
        return f"https://wa.me/{number[1]}?text={quote(self.short, safe='')}"


def mailto(address: str | None) -> str:
    """Return the address that opens an empty letter in a mail program (RFC 6068).

    Args:
        address: An e-mail address, as `mail_address` returns it.

    Returns:
        The address. All that has a meaning in it is escaped, so that an e-mail address
        that was mistyped adds neither recipients nor headers.
    """
    return f"mailto:{quote(address or '', safe='@')}"


def mail_address(file: Customer) -> str | None:
    """Return the e-mail address in a customer's file, on one line; None without one."""
    return text_line(file.email) or None


@dataclass(frozen=True)
class Writer:
    """Writes the letters of a ledger.

    Attributes:
        how: How to pay.
        own: Own texts, by the names of their files, see `own_texts`.
        is_private: Whether to put an X for each digit of an amount.
        paper: What letters are printed on.
    """

    how: HowToPay
    own: Mapping[str, Source] = field(default_factory=dict)
    is_private: bool = False
    paper: str = Paper.A4

    @classmethod
    def of(cls, books: Books, *, is_private: bool = False) -> Self:
        """Return the writer of a ledger's letters, with its own texts.

        Raises:
            TextError: The own texts cannot be read.
        """
        settings = books.settings
        paper = paper_of(settings)
        return cls(HowToPay.by(settings), own_texts(books), is_private, paper)

    @cached_property
    def _sandbox(self) -> Sandbox:
        return Sandbox(self.own)

    def write(self, said: Contents) -> Message:
        """Write a letter.

        Args:
            said: What it says.

        Returns:
            The letter. What was typed in the ledger stands in it as text, on one line;
            of the sender each line stays one.

        Raises:
            TextError: Its own text cannot be used.
        """
        country = Country(locale_of(said.language), self.is_private)
        language = language_of(country.locale)
        values, rows = context(said, self.how, country, language)
        name = self._own_text(said)
        if name is None:
            text = language.letters[said.tone].render(values)
        else:
            text = fill(lambda: self._sandbox.get_template(name), values)
        subject, body = _parts(language.spoken(text))
        file = said.customer
        return Message(
            tag_of(country.locale),
            subject,
            body,
            mail_address(file),
            said.way,
            str(values["sender"]),
            "\n".join(text_lines(f"{file.name}\n{file.address or ''}")),
            str(values["date"]),
            text_line(file.phone),
            short_message(said.tone, values, country.locale, language),
            tuple(rows),
            None
            if self.is_private
            else code_of(
                said.payable, self.how, str(values["from"]), str(values["link"])
            ),
            (language.say("head", values), language.say("head_amount", values)),
            self.paper,
            self._own_page(said, values),
            "" if self.is_private else capitals_line(said, country.locale),
        )

    def _own_text(self, said: Contents) -> str | None:
        """Return the name of a letter's own text; None where a built-in one will do."""
        step = said.step
        names = _names(said)
        name = next((name for name in names if name in self.own), None)
        if name is None and step and step.entry and step.template:
            where = place(step.entry.meta)
            why = self._missing(step.template, names[-1], said.tone)
            raise TextError(str(where["filename"]), int(where["lineno"]), why)
        return name

    def _missing(self, template: str, name: str, tone: Tone) -> str:
        """Say which text is missing, what there is of that name, and how to begin.

        A page alone is not enough: an e-mail has a text, too.
        """
        there = ", ".join(
            PurePath(source.file).name
            for known, source in self.own.items()
            if f"{known}.".startswith(f"{template}.")
        )
        language = name.rpartition(".")[2]
        return (
            f"There is no text {name}.txt in the folder that the option letters names"
            f"{there and f', only {there}'}. To begin with the built-in one, type: "
            f"bean-dunning draft --eject {language} {tone}"
        )

    def _own_page(self, said: Contents, values: Mapping[str, object]) -> OwnPage | None:
        """Return the page that a letter is printed on; None where it is our own."""
        tags = (f"letter.{tag}" for tag in _tags(said.language))
        files = (f"{name}{HTML}" for name in (*_names(said), *tags, "letter"))
        file = next((file for file in files if file in self.own), None)
        if file is None:
            return None
        return OwnPage(lambda: self._sandbox.get_template(file), values)


def _names(said: Contents) -> list[str]:
    """Return what a letter's own text may be called, the nearest first."""
    step = said.step
    if step and step.template:
        names = [step.template]
    else:
        names = [*([step.name] if step else ()), said.tone]
    return [f"{name}.{tag}" for name in names for tag in _tags(said.language)]


def _tags(language: str) -> list[str]:
    """Return what a text's name may say of its language, the nearest first."""
    typed = language.strip().replace("_", "-")
    locale = tag_of(locale_of(language))
    return list(dict.fromkeys([typed, locale, locale.partition("-")[0]]))


def _parts(text: str) -> tuple[str, str]:
    """Return subject and body: the first line, and what follows it."""
    lines = [line.rstrip() for line in plain_lines(text.strip())]
    body = _BLANK_LINES.sub("\n\n", "\n".join(lines[1:]).strip("\n"))
    return lines[0], f"{body}\n"
