"""What is to do: a line for each customer, and the letter of those that are opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.proposals import is_loggable
from beancount_dunning.formats.letters import Writer
from beancount_dunning.formats.templates import TextError
from fava_dunning.listing import Table
from fava_dunning.listing import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.answers.reminders import Reminders
    from beancount_dunning.answers.worklist import Line
    from beancount_dunning.formats.letters import Message
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from fava_dunning.narrowing import Narrowed

# So many lines are a part of the list. Of more nobody looks at each before it is sent.
_LINES = 50


@dataclass(frozen=True, slots=True)
class Task:
    """A line that is opened: what is to be sent, and its text.

    `message` is None where nobody is to get one, or the text cannot be written; then
    `problem` says why.
    """

    line: Line
    message: Message | None
    problem: str | None = None

    @property
    def letter(self) -> Letter:
        """What is to be sent."""
        return self.line.letter


@dataclass(frozen=True)
class Todo:
    """What is to do on a date, from the reminders of it.

    `parameters` are the page's; where `is_private` letters name no amounts.
    """

    books: Books
    reminders: Reminders
    lines: Sequence[Line]
    narrowed: Narrowed
    parameters: Mapping[str, str]
    is_private: bool = False

    @cached_property
    def table(self) -> Table[Line]:
        """The lines that are looked for, the longest late first."""
        kept = [line for line in self.lines if self._is_kept(line)]
        return lay_out("todo", kept, _KEYS, self.parameters, _LINES)

    def _is_kept(self, line: Line) -> bool:
        return self.narrowed.has_any(sent.item for sent in line.letter.reminders)

    @property
    def are_ticked(self) -> bool:
        """Whether lines are ticked from the start: those that are clear."""
        return len(self.lines) <= _LINES

    @property
    def to_pay(self) -> dict[str, Decimal]:
        """What all of it asks for, by currency."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            for currency, amount in line.letter.to_pay.items():
                sums[currency] = sums[currency] + amount if currency in sums else amount
        return sums

    @property
    def doubtful(self) -> int:
        """How many customers may have paid under another name."""
        return sum(1 for line in self.lines if line.payments)

    @cached_property
    def opened(self) -> Task | None:
        """The line that the address asks to open."""
        return self.task(self.parameters.get("open", ""))

    def task(self, key: str) -> Task | None:
        """Return the line with a key, and its letter; None where there is none."""
        return next(iter(self.tasks([key])), None) if key else None

    def tasks(self, keys: Iterable[str]) -> list[Task]:
        """Return the lines with some keys, and their letters, in the list's order."""
        wanted = frozenset(keys)
        return [self._written(line) for line in self.lines if line.key in wanted]

    def about(self, items: Iterable[Item]) -> Task | None:
        """Return the first line about any of some items, and its letter."""
        keys = {item.key for item in items}
        for line in self.lines:
            if any(sent.item.key in keys for sent in line.letter.reminders):
                return self._written(line)
        return None

    @cached_property
    def _writer(self) -> Writer:
        return Writer.of(self.books, is_private=self.is_private)

    def _written(self, line: Line) -> Task:
        """Write a letter, or say why it cannot be written."""
        try:
            (said,) = contents(self.books, [line.letter])
            return Task(line, self._writer.write(said) if said else None)
        except TextError as error:
            return Task(line, None, str(error))

    @property
    def upcoming(self) -> tuple[Reminder, ...]:
        """The reminders of the week to come."""
        return self.reminders.upcoming

    def due_reminders(self, items: Iterable[Item]) -> list[Reminder]:
        """Return the reminders about items that are due, if they ask for anything."""
        keys = {item.key for item in items}
        asking = (line.letter for line in self.lines if line.letter.asks)
        due = (found for letter in asking for found in letter.reminders)
        return [found for found in due if found.item.key in keys]

    @staticmethod
    def loggable(letter: Letter) -> list[Reminder]:
        """Return the reminders that can be logged: those about what has a reference."""
        return [sent for sent in letter.reminders if is_loggable(sent.item)]

    @staticmethod
    def log_keys(reminders: Iterable[Reminder]) -> dict[str, str]:
        """Return what to send to have reminders logged: by item, the step."""
        return {reminder.item.key: reminder.step.name for reminder in reminders}


_KEYS: dict[str, Callable[[Line], object]] = {
    "customer": lambda line: line.customer.casefold(),
    "to-pay": lambda line: max(line.letter.to_pay.values()),
    "late": lambda line: line.days_overdue,
    "contact": lambda line: line.last_contact.date if line.last_contact else None,
}
