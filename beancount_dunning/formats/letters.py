"""What a letter of reminders says: subject and text, in the customer's language.

The language is that of the customer's file, or else the option `language`. Each text is
a file beside this module, and a language without one is written to in English. Dates
and numbers follow the language as it was typed, so that "de-AT" reads as in Austria.

The tone follows from the furthest step's place in its policy: a notice before the due
date, one on the day itself, then a friendly, a firm and a final reminder. What a step
is called is the bookkeeper's own matter and is not said.

Each text holds also where a letter has an invoice at an earlier step beside it, and
where a step was skipped. The files are constants, a part of the program: reading them
is no look at the outside.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import TYPE_CHECKING
from typing import Any
from typing import cast
from urllib.parse import quote

from beancount_dunning.basics.languages import written_as
from beancount_dunning.basics.money import in_locale
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import plain_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from babel import Locale

    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.settings import Customer
    from beancount_dunning.standing.books import Books

LANGUAGES = ("en", "de", "fr", "es", "zh", "zh_Hant_TW")
NOTICE, TODAY, FRIENDLY, FIRM, FINAL = TONES = (
    "notice",
    "today",
    "friendly",
    "firm",
    "final",
)
# Language, script, territory and variant; what follows in a tag are extensions.
_PARTS_OF_TAG = 4


@dataclass(frozen=True, slots=True)
class Message:
    """A letter as plain text, to whom it goes, and in which language (BCP 47)."""

    language: str
    subject: str
    body: str
    address: str | None

    @property
    def mailto(self) -> str:
        """The address that opens the letter in a mail program (RFC 6068)."""
        body = quote(self.body.replace("\n", "\r\n"), safe="")
        to = mailto(self.address)
        return f"{to}?subject={quote(self.subject, safe='')}&body={body}"


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
    return plain(file.email or "").strip() or None


def write(books: Books, letter: Letter, *, private: bool = False) -> Message:
    """Write a letter.

    Args:
        books: The ledger: language, sender, and the policies' steps.
        letter: The reminders to one customer.
        private: Whether to put an X for each digit of an amount.

    Returns:
        The letter. What was typed in the ledger stands in it as text, on one line; of
        the sender each line stays one.
    """
    settings, file = books.settings, letter.furthest.customer
    locale = locale_of(file.language or settings.language)
    pen = _Pen(locale, _texts(_nearest(locale)), private)
    return Message(
        str(locale).replace("_", "-"),
        pen.subject(letter, tone(books, letter)),
        pen.body(letter, tone(books, letter), settings.sender or ""),
        mail_address(file),
    )


def tone(books: Books, letter: Letter) -> str:
    """Return the tone of a letter, one of `TONES`.

    Args:
        books: The ledger: the policies' steps.
        letter: The reminders to one customer.

    Returns:
        What the place of the furthest step in its policy asks for.
    """
    furthest = letter.furthest
    step = furthest.step
    if step.is_notice:
        is_due = step.days == 0 and not step.is_from_invoice
        return TODAY if is_due else NOTICE
    late = [
        step
        for step in books.settings.steps(furthest.item.policy)
        if not step.is_notice
    ]
    before = sum(1 for _ in takewhile(lambda other: other.name != step.name, late))
    return (FRIENDLY, FIRM, FINAL)[min(before, 2)]


def locale_of(tag: str) -> Locale:
    """Return the locale of a language tag, English where no letter has the language.

    Args:
        tag: What was typed, like "de-AT" or "zh_TW". What is unknown at its end is left
            off: "de-XX" is German.

    Returns:
        The locale.
    """
    # Imported where needed: most programs write no letter.
    from babel import Locale  # noqa: PLC0415
    from babel import UnknownLocaleError  # noqa: PLC0415

    parts = tag.strip().replace("-", "_").split("_")[:_PARTS_OF_TAG]
    for end in range(len(parts), 0, -1):
        try:
            locale = Locale.parse("_".join(parts[:end]))
        except (UnknownLocaleError, ValueError):
            continue
        if _nearest(locale):
            return locale
    return Locale(LANGUAGES[0])


def _nearest(locale: Locale) -> str:
    """Return the text for a locale, "" where there is none in its language."""
    language = written_as(locale)
    return language if language in LANGUAGES else ""


@cache
def _texts(name: str) -> Mapping[str, Any]:
    file = resources.files(__package__) / "letter_texts" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _counted(text: Mapping[str, str], count: int) -> str:
    """Return the text for a number from 1 on; no language here has more than two."""
    return text["one" if count == 1 else "many"]


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes in one language."""

    locale: Locale
    texts: Mapping[str, Any]
    private: bool

    def subject(self, letter: Letter, tone: str) -> str:
        """Name the invoice, or say how many invoices there are."""
        items = [reminder.item for reminder in letter.reminders]
        count = len({item.invoice or item.identity for item in items})
        name = self._named(items[0], "in_subject")
        if len(items) == 1:
            name += _instalment(items[0])
        text = _counted(self.texts[tone]["subject"], count)
        return text.format(invoice=name, count=count)

    def body(self, letter: Letter, tone: str, sender: str) -> str:
        """Say what is open, and what to do about it."""
        texts = self.texts
        count = len(letter.reminders)
        opening, request = (
            _counted(texts[tone][part], count) for part in ("opening", "request")
        )
        payments = [self._line(reminder) for reminder in letter.reminders]
        totals = self._sums("total", letter.open if count > 1 else {})
        if letter.credit:
            credit = {name: -amount for name, amount in letter.credit.items()}
            totals += [*self._sums("credit", credit), *self._sums("pay", letter.to_pay)]
        signed = [line.rstrip() for line in plain_lines(sender)]
        paragraphs = [
            [self._salutation(letter.furthest.customer.contact or "")],
            [opening],
            payments,
            totals,
            [request],
            [texts["disregard"]],
            [texts["closing"], *signed],
        ]
        text = "\n\n".join("\n".join(lines) for lines in paragraphs if lines)
        return f"{text.rstrip()}\n"

    def _sums(self, text: str, sums: Mapping[str, Decimal]) -> list[str]:
        pattern: str = self.texts[text]
        return [
            pattern.format(amount=self._amount(amount, currency))
            for currency, amount in sums.items()
        ]

    def _salutation(self, contact: str) -> str:
        texts: Mapping[str, str] = self.texts["salutation"]
        name = plain(contact).strip()
        return texts["contact"].format(contact=name) if name else texts["neutral"]

    def _line(self, reminder: Reminder) -> str:
        item, days = reminder.item, reminder.days_overdue
        texts = self.texts["line"]
        text: str = _counted(texts["overdue"], days) if days > 0 else texts["open"]
        name = self._named(item, "in_list")
        return text.format(
            invoice=name + _instalment(item),
            # There are no reminders of what is undated.
            due=self._day(cast("date", item.due)),
            days=days,
            amount=self._amount(reminder.open, item.currency),
        )

    def _named(self, item: Item, place: str) -> str:
        """Name an invoice as its customer knows it."""
        texts: Mapping[str, str] = self.texts[place]
        if reference := plain(item.invoice or "").strip():
            return texts["invoice"].format(reference=reference)
        narration = plain(item.entry.narration or "").strip()
        return narration or texts["of_date"].format(date=self._day(item.date))

    def _day(self, day: date) -> str:
        from babel.dates import format_date  # noqa: PLC0415

        return format_date(day, "long", locale=self.locale)

    def _amount(self, number: Decimal, currency: str) -> str:
        digits = in_locale(number, self.locale)
        if self.private:
            digits = re.sub(r"\d", "X", digits)
        pattern: str = self.texts["amount"]
        return pattern.format(number=digits, currency=currency)


def _instalment(item: Item) -> str:
    return f" {item.instalment}" if item.count > 1 else ""
