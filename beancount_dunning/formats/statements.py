"""A statement of account, written in the customer's language: its words and tables.

Of what was typed, the customer reads what each invoice was for. What a bookkeeper wrote
beside a payment or a credit is not for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.dates import format_date
from beancount.core.flags import FLAG_PADDING

from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import in_locale
from beancount_dunning.basics.money import round_to
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import text_line
from beancount_dunning.basics.plain_text import text_lines
from beancount_dunning.formats.country import Country
from beancount_dunning.formats.country import hidden
from beancount_dunning.formats.country import locale_of
from beancount_dunning.formats.letter_languages import language_of
from beancount_dunning.formats.statement_words import words_of
from beancount_dunning.formats.tables import Column
from beancount_dunning.ledger.items import NO_CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.answers.movements import Movement
    from beancount_dunning.answers.statement import Section
    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.formats.how_to_pay import HowToPay
    from beancount_dunning.formats.statement_words import StatementWords
    from beancount_dunning.standing.aging import AgedItem

    Table = tuple[Column, ...]

# More numbers than that do not fit into the text of a transfer.
_MAX_QUOTED = 5
# What says itself what it is for; the rest is between bookkeepers.
_TOLD = frozenset({MovementKind.INVOICE})


@dataclass(frozen=True, slots=True)
class WrittenSection:
    """The account in one currency.

    Attributes:
        account: What moved it, from the opening to the closing balance.
        aging: How old what is open is, without a head; its lines add up to the balance.
        open_items: What to call the next table.
        items: What is open.
        remarks: What is in dispute, in whose favour the balance is, how to pay.
    """

    currency: str
    account: Table
    aging: Table
    open_items: str
    items: Table
    remarks: tuple[str, ...]


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
            str(country.locale).replace("_", "-"),
            "\n".join(text_lines(said.sender)),
            "\n".join(text_lines(f"{self._customer}\n{said.customer.address or ''}")),
            last,
            words("title"),
            words("period", first=first, last=last),
            tuple(map(self._section, said.sections)),
            self._slip() if confirm else None,
        )

    def _section(self, section: Section) -> WrittenSection:
        day = self.country.day(self.statement.last)
        return WrittenSection(
            section.currency,
            self._account(section),
            self._aging(section),
            self.words("open_items", date=day),
            self._items(section) if section.items else (),
            tuple(self._remarks(section)),
        )

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

    def _account(self, section: Section) -> Table:
        """Return the table of what moved the account."""
        say, number = self.words, self._numbers(section)
        said, lines = self.statement, section.lines
        days = [said.first, *(line.movement.date for line in lines), said.last]
        entries = [self._entry(line.movement) for line in lines]
        return (
            Column(say("date"), [self._day(day) for day in days]),
            Column(say("what"), [say("opening"), *entries, say("closing")]),
            Column(
                say("amount"),
                ["", *(number(line.movement.amount) for line in lines), ""],
                right=True,
            ),
            Column(
                say("balance"),
                [
                    number(section.opening),
                    *(number(line.balance) for line in lines),
                    number(section.closing),
                ],
                right=True,
            ),
        )

    def _entry(self, movement: Movement) -> str:
        """Say what a movement is, and what it is about."""
        say, names = self.words, map(plain, movement.invoices)
        what = say.kind(movement.kind)
        text = plain(movement.text).strip()
        if movement.kind not in _TOLD:
            return say.about(what, names)
        if movement.invoices:
            what = say("numbered", what=what, names=say("comma").join(names))
        return say("told", what=what, text=text) if text else what

    def _aging(self, section: Section) -> Table:
        """Return the table of how old what is open is; it adds up to the balance."""
        say, number = self.words, self._numbers(section)
        rows = [(say.bucket(name), sum_) for name, sum_ in section.buckets.items()]
        if section.credit:
            rows.append((say("unapplied"), section.credit))
        if len(rows) > 1:
            rows.append((say("closing"), section.closing))
        return (
            Column("", [label for label, _ in rows]),
            Column("", [number(sum_) for _, sum_ in rows], right=True),
        )

    def _items(self, section: Section) -> Table:
        """Return the table of what is open."""
        say, number = self.words, self._numbers(section)
        items = [aged.item for aged in section.items]
        invoiced = [number(item.invoiced) for item in items]
        return (
            Column(say("invoice"), [self._name(aged) for aged in section.items]),
            Column(say("date"), [self._day(item.date) for item in items]),
            Column(say("due"), [self._day(item.due) for item in items]),
            Column(
                say("days"),
                [
                    str(aged.days_overdue) if aged.is_overdue else ""
                    for aged in section.items
                ],
                right=True,
            ),
            Column(say("invoiced"), invoiced, right=True),
            Column(say("left"), [number(item.open) for item in items], right=True),
        )

    def _name(self, aged: AgedItem) -> str:
        """Name an open item as the customer knows it."""
        say, item = self.words, aged.item
        name = text_line(item.invoice or item.entry.narration)
        if item.entry.flag == FLAG_PADDING:
            name = say("brought_forward")
        if item.count > 1:
            name = f"{name} {item.instalment}"
        marks = [say.kind(MovementKind(item.charge))] if item.charge else []
        disputed = aged.standing.disputed
        if disputed == item.open:
            marks.append(say("disputed"))
        elif disputed:
            amount = self.country.amount(disputed, item.currency)
            marks.append(say("told", what=say("disputed"), text=amount))
        return say.about(name or say("invoice"), marks)

    def _remarks(self, section: Section) -> Iterator[str]:
        """Yield what is in dispute, whose favour it is, and how to pay."""
        say, currency = self.words, section.currency
        if section.disputed:
            amount = self.country.amount(section.disputed, currency)
            yield say("in_dispute", amount=amount)
        if section.closing < 0:
            yield say("favour")
        elif not section.closing:
            yield say("even")
        elif section.closing > section.disputed:
            yield from self._how_to_pay(section)

    def _how_to_pay(self, section: Section) -> Iterator[str]:
        """Yield an account, or where to look for it, in the words of letters."""
        language = language_of(self.country.locale)
        asked = [
            one.item for one in section.items if one.standing.disputed < one.item.open
        ]
        numbers = dict.fromkeys(item.invoice for item in asked)
        known = [plain(number) for number in numbers if number]
        values = {
            "several": len(self.statement.sections) > 1,
            "count": len({item.invoice or item.identity for item in asked}),
            "plural": self.country.plural,
            "reference": ", ".join(known) if len(known) <= _MAX_QUOTED else "",
        }
        account = self.how.accounts.get(section.currency)
        if account is None:
            yield language.say("no_account", values)
            return
        yield language.say(
            "account",
            values,
            currency=account.currency,
            account=", ".join(text_lines(account.account)),
            name=text_line(account.name),
        )

    def _day(self, day: date | None) -> str:
        return format_date(day, "medium", self.country.locale) if day else ""

    def _numbers(self, section: Section) -> Callable[[Decimal], str]:
        """Return what writes amounts, all with as many digits after the point."""
        moved = [line.movement.amount for line in section.lines]
        invoiced = [aged.item.invoiced for aged in section.items]
        written = map(exact, [section.opening, *moved, *invoiced])
        digits = max(len(text.partition(".")[2]) for text in written)

        def write(number: Decimal) -> str:
            finest = round_to(number, section.currency, digits)
            text = in_locale(finest, self.country.locale)
            return hidden(text) if self.country.is_private else text

        return write
