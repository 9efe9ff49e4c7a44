"""Amounts in notes: how much was promised, and how much is in dispute.

    2026-08-15 note Assets:Receivable:Blum "Pays 400 by September" ^I-23
      promise: 2026-09-01
      amount: 400.00 EUR
    2026-08-20 note Assets:Receivable:Blum "The third sign is crooked" ^I-23
      dispute: 200.00 EUR

A promise is kept if so much came on the invoice after the note's date and by the day,
in as many payments as one likes, or if nothing is left of the sale. What is in dispute
is the oldest due first, and sales before what is charged on them; so all that is asked
is what is open less the dispute, whatever is paid. A note with several links names one
amount for all of them.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING
from typing import cast

from beancount_dunning.basics.lists import listed
from beancount_dunning.basics.lists import money
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.standing.records import BrokenPromise
from beancount_dunning.standing.records import Came

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.amount import Amount

    from beancount_dunning.basics.errors import LogError
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.instalments import Instalment


class _Sums:
    """Amounts on days, added up."""

    def __init__(self, amounts: Iterable[tuple[dt.date, Decimal]]) -> None:
        by_day = sorted(amounts, key=lambda one: one[0])
        self._days = [day for day, _ in by_day]
        self._sums = [ZERO, *accumulate(amount for _, amount in by_day)]

    def until(self, day: dt.date) -> Decimal:
        return self._sums[bisect_right(self._days, day)]

    def before(self, day: dt.date) -> Decimal:
        return self._sums[bisect_left(self._days, day)]


class _Flow:
    """What was owed and paid of some items, day by day."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.owed = _Sums((item.date, item.amount) for item in items)
        self.paid = _Sums(
            (one.date, one.amount) for item in items for one in item.settlements
        )


class _Account:
    """What one account's customers have of an invoice in one currency."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._all = _Flow(items)
        self._sales = _Flow([item for item in items if not item.charge])

    def open_on(self, day: dt.date) -> Decimal:
        """Return what was open when a day began."""
        return self._all.owed.until(day) - self._all.paid.before(day)

    def sales_left(self, day: dt.date) -> Decimal:
        """Return what was open of the sales when a day ended."""
        return self._sales.owed.until(day) - self._sales.paid.until(day)

    def came(self, after: dt.date, until: dt.date) -> Decimal:
        """Return what came after a day, until another."""
        return self._all.paid.until(until) - self._all.paid.until(after)


@dataclass(slots=True)
class _Portion:
    """A note with an amount, as it is read, and what it is about."""

    read: LogEntry
    invoices: list[str] = field(default_factory=list)
    accounts: list[dict[str, _Account]] = field(default_factory=list)
    parts: list[Sequence[Instalment]] = field(default_factory=list)
    # What is open of the instalments of which it is the latest promise.
    items: list[Item] = field(default_factory=list)
    came: Came | None = None

    def within(self, currency: str) -> list[_Account]:
        """Return what it is about in a currency."""
        return [one[currency] for one in self.accounts if currency in one]

    def open_on(self, currency: str) -> Decimal:
        """Return what was open of it when the note's day began."""
        day = self.read.date
        return sum((one.open_on(day) for one in self.within(currency)), ZERO)

    def first_open(self) -> list[Item]:
        """Return the first item that is open of what it is about."""
        items = (item for some in self.parts for part in some for item in part.items)
        return [next(item for item in items if item.open)]

    @property
    def currencies(self) -> list[str]:
        """The currencies of what it is about."""
        return sorted({currency for one in self.accounts for currency in one})

    @property
    def named(self) -> Words:
        """The invoices that it names."""
        return listed(self.invoices)


class Portions:
    """The notes of a log that name an amount."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings, which say how little counts."""
        self._settings = settings
        self._by_entry: dict[int, _Portion] = {}
        self._by_read: dict[int, _Portion] = {}
        self._accounts: dict[tuple[str, str], dict[str, _Account]] = {}

    def add(self, entry: LogEntry, invoice: str, parts: Sequence[Instalment]) -> None:
        """Take in that a note names an amount of an invoice.

        Args:
            entry: The note.
            invoice: The invoice.
            parts: The instalments that its account's customers have of it.
        """
        if not any(part.begun <= entry.date for part in parts):
            return
        portion = self._by_entry.setdefault(id(entry), _Portion(entry))
        portion.invoices.append(invoice)
        key = invoice, entry.account
        if key not in self._accounts:
            items: dict[str, list[Item]] = defaultdict(list)
            for part in parts:
                for item in part.items:
                    items[item.currency].append(item)
            self._accounts[key] = {
                currency: _Account(some) for currency, some in items.items()
            }
        portion.accounts.append(self._accounts[key])
        portion.parts.append(parts)

    def check(self) -> Iterator[LogError]:
        """Yield an error for each amount that is not possible; read it as all."""
        for portion in self._by_entry.values():
            entry = portion.read
            if entry.amount and (problem := _other_currency(portion, entry.amount)):
                yield entry.error(Words("amount: {reason}.", reason=problem))
                portion.read = replace(portion.read, amount=None)
            if entry.disputed:
                problem = _other_currency(portion, entry.disputed)
                problem = problem or _too_much(portion, entry.disputed)
                if problem:
                    yield entry.error(Words("dispute: {reason}.", reason=problem))
                if problem or _is_all(portion, entry.disputed):
                    portion.read = replace(portion.read, disputed=None)
            self._by_read[id(portion.read)] = portion

    def read(self, entry: LogEntry) -> LogEntry:
        """Return a note as it is to be read: an amount that is all is none."""
        portion = self._by_entry.get(id(entry))
        return portion.read if portion else entry

    def compare(self, parts: Iterable[Instalment], as_of: dt.date) -> None:
        """Compare what was promised with what came.

        Args:
            parts: All instalments, with their records; those of which an amount is
                promised are told what came.
            as_of: The date.
        """
        if not self._by_read:
            return
        for part in parts:
            record = part.record
            portion = self._by_read.get(id(record.promise))
            if portion and portion.read.amount:
                if portion.came is None:
                    portion.came = self._came(portion, portion.read.amount, as_of)
                portion.items += [item for item in part.items if item.open]
                part.record = replace(record, came=portion.came)

    def _came(self, portion: _Portion, amount: Amount, as_of: dt.date) -> Came:
        entry, currency = portion.read, amount.currency
        accounts = portion.within(currency)
        promised = cast("Decimal", amount.number)

        def missing(day: dt.date) -> Decimal:
            came = sum((one.came(entry.date, day) for one in accounts), ZERO)
            left = sum((one.sales_left(day) for one in accounts), ZERO)
            missed = min(promised - came, left)
            is_some = self._settings.minimum.is_reached(missed, currency)
            return missed if missed > 0 and is_some else ZERO

        last = min(cast("dt.date", entry.promise), as_of)
        came = sum((one.came(entry.date, as_of) for one in accounts), ZERO)
        return Came(came, missing(as_of), is_kept=not missing(last))

    def broken(self, as_of: dt.date) -> Iterator[BrokenPromise]:
        """Yield the promises whose day is past and of which something is missing."""
        for portion in self._by_read.values():
            promise, came = portion.read.promise, portion.came
            if promise and promise < as_of and came and came.missing:
                items = portion.items or portion.first_open()
                yield BrokenPromise(portion.read, tuple(items), came)

    def in_dispute(self, parts: Iterable[Instalment]) -> dict[str, Decimal]:
        """Return how much of each item is in dispute, by identity, where it is a part.

        Args:
            parts: All instalments, with their records.
        """
        found: dict[str, Decimal] = {}
        items: dict[int, list[Item]] = defaultdict(list)
        if self._by_read:
            for part in parts:
                items[id(part.record.dispute)] += part.items
        for key, portion in self._by_read.items():
            amount = portion.read.disputed
            if amount is None:
                continue
            left = cast("Decimal", amount.number)
            for item in sorted(items[key], key=_in_turn):
                if item.currency == amount.currency and item.open and left:
                    found[item.identity] = min(item.open, left)
                    left -= found[item.identity]
        return found


def _in_turn(item: Item) -> tuple[bool, dt.date, int, dt.date]:
    """Return an item's place among those of which a part is in dispute."""
    return bool(item.charge), item.due or dt.date.max, item.number, item.date


def _other_currency(portion: _Portion, amount: Amount) -> Words | None:
    if amount.currency in portion.currencies:
        return None
    return Words(
        "{what} is in {currencies}; got {amount}",
        what=portion.named,
        currencies=listed(portion.currencies),
        amount=_written(amount),
    )


def _too_much(portion: _Portion, amount: Amount) -> Words | None:
    is_open = portion.open_on(amount.currency)
    if cast("Decimal", amount.number) <= is_open:
        return None
    what, day = portion.named, portion.read.date
    if not is_open:
        return Words(
            "nothing of {what} was open on {day}; got {amount}. Type dispute: TRUE if "
            "it is about all of it",
            what=what,
            day=day,
            amount=_written(amount),
        )
    return Words(
        "only {open} {currency} of {what} was open on {day}; got {amount}. Type "
        "dispute: TRUE if it is about all of it",
        open=is_open,
        currency=amount.currency,
        what=what,
        day=day,
        amount=_written(amount),
    )


def _written(amount: Amount) -> Words:
    return money(cast("Decimal", amount.number), amount.currency)


def _is_all(portion: _Portion, amount: Amount) -> bool:
    """Tell whether an amount is all that was open, in whatever currency."""
    total = sum(map(portion.open_on, portion.currencies), ZERO)
    return total == amount.number
