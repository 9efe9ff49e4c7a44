"""The tables of the page, and what is to do: each as far as an address asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.proposals import is_loggable
from beancount_dunning.answers.reminders import letters
from beancount_dunning.formats.letters import Writer
from beancount_dunning.formats.templates import TextError
from fava_dunning.listing import Table
from fava_dunning.listing import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.answers.reminders import Reminders
    from beancount_dunning.formats.letters import Message
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.aging import Row
    from beancount_dunning.standing.books import Books

_LETTERS = 25


@dataclass(frozen=True, slots=True)
class Task:
    """A letter that is due, and its text.

    `message` is None where nobody is to get one, or the text cannot be written; then
    `problem` says why.
    """

    letter: Letter
    message: Message | None
    problem: str | None = None

    @property
    def loggable(self) -> tuple[Reminder, ...]:
        """The reminders that can be logged: those about what has a reference."""
        reminders = self.letter.reminders
        return tuple(sent for sent in reminders if is_loggable(sent.item))


@dataclass(frozen=True)
class Todo:
    """What is to do on a date, from the reminders of it.

    `parameters` are the page's; where `is_private` letters name no amounts.
    """

    books: Books
    reminders: Reminders
    parameters: Mapping[str, str]
    is_private: bool = False

    @cached_property
    def _letters(self) -> list[Letter]:
        return letters(self.reminders.due)

    @cached_property
    def tasks(self) -> Table[Task]:
        """The letters that are due, soonest first, with their texts."""
        table = lay_out("todo", self._letters, {}, self.parameters, _LETTERS)
        tasks = tuple(self._written(table.rows))
        return replace(cast("Table[Any]", table), rows=tasks)

    def task(self, key: str) -> Task | None:
        """Return the letter whose first item has a key; None where none is due."""
        found = [one for one in self._letters if one.reminders[0].item.key == key]
        return next(self._written(found), None)

    def _written(self, found: Sequence[Letter]) -> Iterator[Task]:
        """Write letters, or say why they cannot be written."""
        try:
            writer = Writer.of(self.books, is_private=self.is_private)
        except TextError as error:
            yield from (Task(letter, None, str(error)) for letter in found)
            return
        for letter, said in zip(found, contents(self.books, found), strict=True):
            try:
                yield Task(letter, writer.write(said) if said else None)
            except TextError as error:
                yield Task(letter, None, str(error))

    @cached_property
    def stuck(self) -> Table[AgedItem]:
        """The overdue items that need a decision."""
        undecided = self.reminders.undecided
        return lay_out("stuck", undecided, {}, self.parameters, _LETTERS)

    @property
    def upcoming(self) -> tuple[Reminder, ...]:
        """The reminders of the week to come."""
        return self.reminders.upcoming

    def due_reminder(self, item: Item) -> Reminder | None:
        """Return the reminder about an item that is due, if it asks for anything."""
        asking = (letter for letter in self._letters if letter.asks)
        due = (found for letter in asking for found in letter.reminders)
        return next((found for found in due if found.item.key == item.key), None)

    @staticmethod
    def log_keys(reminders: Iterable[Reminder]) -> dict[str, str]:
        """Return what to send to have reminders logged: by item, the step."""
        return {reminder.item.key: reminder.step.name for reminder in reminders}


@dataclass(frozen=True)
class Tables:
    """The report's tables, narrowed to a bucket or a text as `parameters` say."""

    report: AgingReport
    parameters: Mapping[str, str]

    @cached_property
    def bucket_chosen(self) -> tuple[str, str]:
        """The bucket, and its currency, that the tables are narrowed to."""
        said = self.parameters
        return said.get("bucket", ""), said.get("currency", "")

    @cached_property
    def find(self) -> str:
        """The text that the tables are narrowed to."""
        return self.parameters.get("find", "").strip()

    @property
    def is_narrowed(self) -> bool:
        """Whether the tables are narrowed to a bucket or a text."""
        return bool(self.find or self.bucket_chosen[0])

    def _is_found(self, *texts: str | None) -> bool:
        sought = self.find.casefold()
        return any(sought in (text or "").casefold() for text in texts)

    @cached_property
    def _items(self) -> list[AgedItem]:
        """The items that the tables are narrowed to."""
        bucket, currency = self.bucket_chosen
        return [
            aged
            for aged in self.report.items
            if (not bucket or aged.bucket == bucket)
            and (not currency or aged.item.currency == currency)
            and self._is_found(
                aged.item.customer, aged.item.label, aged.item.entry.narration
            )
        ]

    @cached_property
    def invoices(self) -> Table[AgedItem]:
        """The open invoices."""
        return lay_out("invoices", self._items, _INVOICE_KEYS, self.parameters)

    @cached_property
    def customers(self) -> Table[Row]:
        """What each customer owes, of those who have something among the items."""
        rows: Iterable[Row] = self.report.customers
        if self.find or any(self.bucket_chosen):
            left = {(aged.item.customer, aged.item.currency) for aged in self._items}
            # Who has nothing but credit has no item to be found by.
            is_by_name = bool(self.find) and not any(self.bucket_chosen)
            rows = [
                row
                for row in rows
                if (row.customer, row.currency) in left
                or (is_by_name and self._is_found(row.customer))
            ]
        by_bucket = {
            f"bucket{index}": _in_bucket(bucket)
            for index, bucket in enumerate(self.report.buckets)
        }
        keys = {**by_bucket, **_CUSTOMER_KEYS}
        return lay_out("customers", list(rows), keys, self.parameters)

    @cached_property
    def unapplied(self) -> Table[Unapplied]:
        """The unapplied credit."""
        credits_ = [
            credit
            for credit in self.report.unapplied
            if self._is_found(credit.customer, credit.account, credit.words)
        ]
        return lay_out("unapplied", credits_, _CREDIT_KEYS, self.parameters)


def _in_bucket(bucket: str) -> Callable[[Row], object]:
    return lambda row: row.buckets.get(bucket)


_INVOICE_KEYS: dict[str, Callable[[AgedItem], object]] = {
    "customer": lambda aged: aged.item.customer.casefold(),
    "invoice": lambda aged: aged.item.label.casefold(),
    "due": lambda aged: aged.item.due,
    "late": lambda aged: aged.days_overdue,
    "open": lambda aged: aged.item.open,
    "sent": lambda aged: last.date if (last := aged.standing.record.last) else None,
    "next": lambda aged: aged.next.date if aged.next else None,
}
_CUSTOMER_KEYS: dict[str, Callable[[Row], object]] = {
    "customer": lambda row: (row.customer or "").casefold(),
    "unapplied": lambda row: row.unapplied or None,
    "total": lambda row: row.total,
}
_CREDIT_KEYS: dict[str, Callable[[Unapplied], object]] = {
    "customer": lambda credit: credit.customer.casefold(),
    "date": lambda credit: credit.date,
    "account": lambda credit: credit.account,
    "amount": lambda credit: credit.amount,
}
