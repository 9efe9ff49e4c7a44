"""The tables of a statement: what moved an account, how old it is, and what is open.

Of what was typed, the customer reads what each invoice was for. What a bookkeeper wrote
beside a payment or a credit is not for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from babel.dates import format_date
from beancount.core.flags import FLAG_PADDING

from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import hide
from beancount_dunning.basics.money import in_locale
from beancount_dunning.basics.money import round_to
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import text_line
from beancount_dunning.formats.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.answers.movements import Movement
    from beancount_dunning.answers.statement import Section
    from beancount_dunning.formats.country import Country
    from beancount_dunning.formats.statement_words import StatementWords
    from beancount_dunning.standing.aging import AgedItem

    Table = tuple[Column, ...]

# What says itself what it is for; the rest is between bookkeepers.
_TOLD = frozenset({MovementKind.INVOICE})


@dataclass(frozen=True)
class SectionTables:
    """The tables of the account in one currency."""

    section: Section
    country: Country
    words: StatementWords

    def account(self, first: date, last: date) -> Table:
        """Return the table of what moved the account from one day to another."""
        say, section, lines = self.words, self.section, self.section.lines
        days = [first, *(line.movement.date for line in lines), last]
        entries = [self._entry(line.movement) for line in lines]
        moved = self._numbers(line.movement.amount for line in lines)
        left = (section.opening, *(line.balance for line in lines), section.closing)
        return (
            Column(say("date"), [self._day(day) for day in days]),
            Column(say("what"), [say("opening"), *entries, say("closing")]),
            Column(say("amount"), ["", *moved, ""], right=True),
            Column(say("balance"), self._numbers(left), right=True),
        )

    def aging(self) -> Table:
        """Return the table of how old what is open is; it adds up to the balance."""
        say, section = self.words, self.section
        rows = [(say.bucket(name), sum_) for name, sum_ in section.buckets.items()]
        if section.credit:
            rows.append((say("unapplied"), section.credit))
        if len(rows) > 1:
            rows.append((say("closing"), section.closing))
        return (
            Column("", [label for label, _ in rows]),
            Column("", self._numbers(sum_ for _, sum_ in rows), right=True),
        )

    def items(self) -> Table:
        """Return the table of what is open."""
        say, found = self.words, self.section.items
        items = [aged.item for aged in found]
        late = [str(aged.days_overdue) if aged.is_overdue else "" for aged in found]
        invoiced = self._numbers(item.invoiced for item in items)
        left = self._numbers(item.open for item in items)
        return (
            Column(say("invoice"), [self._name(aged) for aged in found]),
            Column(say("date"), [self._day(item.date) for item in items]),
            Column(say("due"), [self._day(item.due) for item in items]),
            Column(say("days"), late, right=True),
            Column(say("invoiced"), invoiced, right=True),
            Column(say("left"), left, right=True),
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

    def _name(self, aged: AgedItem) -> str:
        """Name an open item as the customer knows it."""
        say, item = self.words, aged.item
        name = text_line(item.invoice or item.entry.narration)
        if item.entry.flag == FLAG_PADDING:
            name = say("brought_forward")
        if item.count > 1:
            name = f"{name} {item.instalment}"
        marks = [say.kind(MovementKind(item.charge))] if item.charge else []
        if item.identity in self.section.returned:
            marks.append(say.kind(MovementKind.RETURN))
        disputed = aged.standing.disputed
        if disputed == item.open:
            marks.append(say("disputed"))
        elif disputed:
            amount = self.country.amount(disputed, item.currency)
            marks.append(say("told", what=say("disputed"), text=amount))
        return say.about(name or say("invoice"), marks)

    def _day(self, day: date | None) -> str:
        return format_date(day, "medium", self.country.locale) if day else ""

    @cached_property
    def _digits(self) -> int:
        """How many digits after the point all amounts have."""
        moved = [line.movement.amount for line in self.section.lines]
        invoiced = [aged.item.invoiced for aged in self.section.items]
        written = map(exact, [self.section.opening, *moved, *invoiced])
        return max(len(text.partition(".")[2]) for text in written)

    def _numbers(self, numbers: Iterable[Decimal]) -> list[str]:
        return [self._number(number) for number in numbers]

    def _number(self, number: Decimal) -> str:
        finest = round_to(number, self.section.currency, self._digits)
        text = in_locale(finest, self.country.locale)
        return hide(text) if self.country.is_private else text
