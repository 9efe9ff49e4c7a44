"""What each part of the page shows, from a report and an address.

The template asks for these parts and writes them down. Only what is visible is worked
out: tables come in parts, and charts when they are asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount_dunning.answers.proposals import is_loggable
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import round_to
from beancount_dunning.basics.words import Words
from beancount_dunning.formats.letters import write
from beancount_dunning.ledger.terms import parse_terms
from beancount_dunning.standing.aging import NOT_DUE
from beancount_dunning.standing.aging import UNDATED
from beancount_dunning.standing.dunning import Held
from beancount_dunning.standing.dunning import Silence
from fava_dunning.charts import share
from fava_dunning.figures import Glance
from fava_dunning.figures import Segment
from fava_dunning.listing import Table
from fava_dunning.listing import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from babel.support import NullTranslations

    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.formats.letters import Message
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.settings import Account
    from beancount_dunning.ledger.settings import Customer
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.aging import Credit
    from beancount_dunning.standing.aging import Row
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep
    from fava_dunning.addresses import Here

    Convert = Callable[[Mapping[str, Decimal]], Mapping[str, Decimal]]


# The buckets begin with two that are not late; those that are have so many shades.
_FIRST_LATE = 2


_SHADES = 4


_LETTERS = 25


_WEEK = 7


def hide(text: str) -> str:
    """Return a text with an X for each digit, as Fava hides amounts."""
    return re.sub(r"\d", "X", text)


@dataclass(frozen=True, slots=True)
class Task:
    """A letter that is due, and its text."""

    letter: Letter
    message: Message

    @property
    def loggable(self) -> tuple[Reminder, ...]:
        """The reminders that can be logged: those about what has a reference."""
        return tuple(one for one in self.letter.reminders if is_loggable(one.item))


@dataclass(frozen=True, slots=True)
class Badge:
    """A mark on a customer or an item: of what kind, and in words."""

    kind: str
    text: str


class Page:
    """The parts of the page, each worked out when the template asks for it."""

    def __init__(  # noqa: PLR0913 - what it shows, and how
        self,
        report: AgingReport,
        books: Books,
        keep: Keep,
        here: Here,
        words: NullTranslations,
        *,
        number: Callable[[Decimal], str],
        today: date,
        private: bool,
    ) -> None:
        """Prepare the page.

        Args:
            report: What the filters and the address let through.
            books: The ledger on the report's date.
            keep: Which items the report has.
            here: The page's address.
            words: The catalogue of the language that it is in.
            number: How to write an amount in a sentence, hidden if amounts are.
            today: The day it is, which the report may not be about.
            private: Whether they are.
        """
        self.report = report
        self.books = books
        self._keep = keep
        self.here = here
        self.words = words
        self._number = number
        self.today = today
        self._private = private

    def tell(self, text: str, words: NullTranslations | None = None) -> str:
        """Return what the core says in the page's language, or another one.

        What was typed in the ledger stays as it is.
        """
        if not isinstance(text, Words):
            return text
        terms = text.values.get("terms")
        if isinstance(terms, str):
            text = Words(text.message, **{**text.values, "terms": self.terms(terms)})
        return text.translated(words or self.words, self._number)

    @staticmethod
    def story_of(item: Item) -> str:
        """Return what asks for an item's story: its reference, or a key of its own."""
        return item.invoice or item.key

    def terms(self, text: str) -> str:
        """Return terms as they were typed; hidden if amounts are and they name one."""
        is_hidden = self._private and parse_terms(text).has_amounts
        return hide(text) if is_hidden else text

    def bucket(self, name: str) -> str:
        """Return the name of a bucket in the page's language."""
        gettext = self.words.gettext
        named = {UNDATED: gettext("undated"), NOT_DUE: gettext("not due")}
        return named.get(name, name)

    def shade(self, bucket: str) -> str:
        """Return the style class of a bucket: the later, the warmer.

        One that the report has not, from before the option `buckets` changed, is late.
        """
        if bucket not in self.report.buckets:
            return f"late-{_SHADES}"
        index = self.report.buckets.index(bucket)
        if index < _FIRST_LATE:
            return ("undated", "fine")[index]
        late = len(self.report.buckets) - _FIRST_LATE
        return f"late-{1 + (index - _FIRST_LATE) * (_SHADES - 1) // max(late - 1, 1)}"

    @staticmethod
    def cash_shade(kind: str) -> str:
        """Return the style class of cash that is expected, or that was."""
        return {"overdue": f"late-{_SHADES}", "undated": "undated"}.get(kind, "fine")

    def channel(self, name: str) -> str:
        """Say in words how a reminder goes out."""
        gettext = self.words.gettext
        ways = {
            "email": gettext("by e-mail"),
            "letter": gettext("by letter"),
            "phone": gettext("by phone"),
        }
        return ways[name]

    def customer_name(self, name: str | None) -> str:
        """Return a customer's name, or what to say where there is none."""
        return name or self.words.gettext("(no customer)")

    def days(self, count: int) -> str:
        """Write a number of days."""
        text = self.words.ngettext("{n} day", "{n} days", count)
        return text.format(n=count)

    def late(self, days: int | None) -> str:
        """Say in words how late something is."""
        gettext = self.words.gettext
        if days is None:
            return gettext("undated")
        if days == 0:
            return gettext("due today")
        if days < 0:
            return gettext("due in {days}").format(days=self.days(-days))
        text = self.words.ngettext("{n} day overdue", "{n} days overdue", days)
        return text.format(n=days)

    def badges(self, aged: AgedItem) -> list[Badge]:
        """Say what is special about an item: why its reminders rest."""
        held, record = aged.standing.held, aged.standing.record
        if held is not None:
            said = record.said_to_rest(self.report.as_of) or ""
            return [Badge(held, self.tell(said))]
        if record.promised:
            text = self.words.gettext("broken promise ({date})")
            return [Badge("broken", text.format(date=record.promised))]
        return []

    def is_over_limit(self, row: Row) -> bool:
        """Tell whether a customer owes more than its credit limit."""
        return row.credit_limit is not None and row.open > row.credit_limit

    @property
    def is_today(self) -> bool:
        """Whether the page looks from the day it is."""
        return self.report.as_of == self.today

    @property
    def is_ahead(self) -> bool:
        """Whether it looks from a day to come, of which nothing can be logged."""
        return self.report.as_of > self.today

    @cached_property
    def file(self) -> Customer:
        """What is known of the customer whose page it is."""
        return self.books.settings.customer(self.customer or "")

    @property
    def accounts(self) -> list[Account]:
        """The accounts on which the customer has something open, or credit."""
        names = {aged.item.account for aged in self.report.items}
        names.update(credit.account for credit in self.report.unapplied)
        known = self.books.settings.accounts
        return [found for name in sorted(names) if (found := known[name])]

    def currencies(self, operating: Iterable[str]) -> list[str]:
        """Return the currencies that amounts can be converted to, if it makes sense."""
        there = {row.currency for row in self.report.totals}
        return sorted({*operating, *there})

    @cached_property
    def customer(self) -> str | None:
        """The customer whose page it is; None where it is all customers'."""
        return self.here.parameters.get("customer") or None

    @cached_property
    def bucket_chosen(self) -> tuple[str, str]:
        """The bucket, and its currency, that the tables are narrowed to."""
        said = self.here.parameters
        return said.get("bucket", ""), said.get("currency", "")

    @property
    def is_narrowed(self) -> bool:
        """Whether the tables are narrowed to a bucket or a text."""
        return bool(self.find or self.bucket_chosen[0])

    @cached_property
    def find(self) -> str:
        """The text that the tables are narrowed to."""
        return self.here.parameters.get("find", "").strip()

    def glances(self, convert: Convert) -> list[Glance]:
        """Return the figures by currency, then what they come to if converted.

        Args:
            convert: Turns amounts by currency into those of Fava's conversion.
        """
        due_soon: dict[str, Decimal] = {}
        for aged in self.report.items:
            days = aged.days_overdue
            if days is not None and -_WEEK <= days <= 0:
                currency = aged.item.currency
                due_soon[currency] = due_soon.get(currency, ZERO) + aged.item.open
        found = [
            Glance(
                row.currency,
                row.open or round_to(ZERO, row.currency),
                row.overdue or round_to(ZERO, row.currency),
                due_soon.get(row.currency) or round_to(ZERO, row.currency),
                row.unapplied or round_to(ZERO, row.currency),
                self._segments(row),
            )
            for row in self.report.totals
        ]
        return found + self._converted(found, convert)

    @staticmethod
    def _converted(glances: Sequence[Glance], convert: Convert) -> list[Glance]:
        sums = [
            convert({one.currency: getattr(one, figure) for one in glances})
            for figure in ("outstanding", "overdue", "due_soon", "unapplied")
        ]
        currencies = sorted(set().union(*sums))
        if currencies == sorted(one.currency for one in glances):
            return []
        # What has no price stands above already.
        same = {(one.currency, one.outstanding) for one in glances}
        left = [name for name in currencies if (name, sums[0].get(name)) in same]
        found = []
        for currency in currencies:
            if currency in left:
                continue
            zero = round_to(ZERO, currency)
            figures = [one.get(currency) or zero for one in sums]
            outstanding, overdue, due_soon, unapplied = figures
            found.append(
                Glance(
                    currency,
                    outstanding,
                    overdue,
                    due_soon,
                    unapplied,
                    is_converted=True,
                    without=tuple(left),
                )
            )
        return found

    def _segments(self, row: Row) -> tuple[Segment, ...]:
        return tuple(
            Segment(
                bucket,
                index,
                row.buckets[bucket],
                share(row.buckets[bucket], row.open),
                self.bucket_chosen == (bucket, row.currency),
            )
            for index, bucket in enumerate(self.report.buckets)
            if bucket in row.buckets
        )

    @cached_property
    def _letters(self) -> list[Letter]:
        return letters(reminders(self.books, self._keep).due)

    @cached_property
    def todo(self) -> Table[Task]:
        """The letters that are due, soonest first, with their texts."""
        table = lay_out("todo", self._letters, {}, self.here.parameters, _LETTERS)
        tasks = tuple(
            Task(letter, write(self.books, letter, private=self._private))
            for letter in table.rows
        )
        return replace(cast("Table[Any]", table), rows=tasks)

    def due_reminder(self, item: Item) -> Reminder | None:
        """Return the reminder about an item that is due."""
        found = (one for letter in self._letters for one in letter.reminders)
        return next((one for one in found if one.item.key == item.key), None)

    @staticmethod
    def log_keys(reminders_: Iterable[Reminder]) -> dict[str, str]:
        """Return what to send to have reminders logged: by item, the step."""
        return {one.item.key: one.step.name for one in reminders_}

    def choices(self, items: Iterable[Item]) -> list[dict[str, str]]:
        """Return what a small form offers to choose from."""
        return [
            {
                "key": item.key,
                "label": f"{self.tell(item.label)}, "
                f"{self.customer_name(item.customer)}, "
                f"{self._number(item.open)} {item.currency}",
            }
            for item in items
        ]

    @cached_property
    def upcoming(self) -> tuple[Reminder, ...]:
        """The reminders of the week to come."""
        return reminders(self.books, self._keep, _WEEK).upcoming

    @cached_property
    def stuck(self) -> Table[AgedItem]:
        """The overdue items that need a decision."""
        items = [aged for aged in self.report.items if aged.needs_decision]
        return lay_out("stuck", items, {}, self.here.parameters, _LETTERS)

    def rests(self, aged: AgedItem) -> str:
        """Say why no reminder comes next; nothing where one does, or a badge tells."""
        silence, gettext = aged.standing.silence, self.words.gettext
        if aged.standing.held == Held.DISPUTE or silence in {None, Silence.UNDATED}:
            return ""
        return {
            Silence.POLICY: gettext("never reminded"),
            Silence.MINIMUM: gettext("below the minimum"),
            Silence.SENT: gettext("all reminders sent"),
        }[silence]

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
        return lay_out("invoices", self._items, _INVOICE_KEYS, self.here.parameters)

    @cached_property
    def customers(self) -> Table[Row]:
        """What each customer owes, of those who have something among the items."""
        rows: Iterable[Row] = self.report.customers
        if self.find or any(self.bucket_chosen):
            left = {(one.item.customer, one.item.currency) for one in self._items}
            # Who has nothing but credit has no item to be found by.
            named = bool(self.find) and not any(self.bucket_chosen)
            rows = [
                row
                for row in rows
                if (row.customer, row.currency) in left
                or (named and self._is_found(row.customer))
            ]
        by_bucket = {
            f"bucket{index}": _in_bucket(bucket)
            for index, bucket in enumerate(self.report.buckets)
        }
        keys = {**by_bucket, **_CUSTOMER_KEYS}
        return lay_out("customers", list(rows), keys, self.here.parameters)

    @cached_property
    def unapplied(self) -> Table[Credit]:
        """The unapplied credit."""
        credits_ = [
            credit
            for credit in self.report.unapplied
            if self._is_found(credit.customer, credit.account)
        ]
        keys: dict[str, Callable[[Credit], object]] = {
            "customer": lambda credit: credit.customer.casefold(),
            "account": lambda credit: credit.account,
            "amount": lambda credit: credit.amount,
        }
        return lay_out("unapplied", credits_, keys, self.here.parameters)


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
