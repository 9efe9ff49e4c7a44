"""What to send on a date, and what comes next: a reminder for each instalment.

A reminder is about all that is open of an instalment in one currency, charges
included. Reminders to one customer can go out together, as one letter, which then has
the tone of the furthest of their steps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Balance
from beancount.core.data import Transaction
from beancount.core.flags import FLAG_PADDING

from beancount_dunning.answers.pursuing import weighed
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import is_number
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.asking import asked
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.pursuing import Pursuit
    from beancount_dunning.basics.money import Writer
    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep
    from beancount_dunning.standing.dunning import Standing

    _Standing = tuple[Item, Standing]

# How old, in days, the latest entry on a bank account may be.
BANK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Reminder:
    """A step that may go out from a day on, about what is open of an instalment.

    `disputed` is how much of it is in dispute. `asked` is what is left of the rest
    after the customer's unapplied credit, and `credit` all of that by currency,
    negative.
    """

    item: Item
    step: Step
    scheduled: date
    days_overdue: int
    open: Decimal
    asked: Decimal
    customer: Customer
    credit: Mapping[str, Decimal]
    disputed: Decimal = ZERO

    @property
    def asks(self) -> bool:
        """Whether there is anything to pay, or credit covers it all."""
        return self.asked > ZERO

    @property
    def channel(self) -> Channel | None:
        """How it goes out, as the step says."""
        return self.step.channel

    @property
    def address(self) -> str | None:
        """Where it goes: what the customer's file has for the way; None if nothing."""
        return self._addresses[self.way] if self.way else None

    @property
    def way(self) -> Channel | None:
        """How it goes out: as the step says, or else by the first way there is."""
        found = (way for way, address in self._addresses.items() if address)
        return self.channel or next(found, None)

    def by(self, channel: Channel) -> Reminder:
        """Return the reminder as it goes out by a channel."""
        return replace(self, step=replace(self.step, channel=channel))

    @property
    def _addresses(self) -> dict[Channel, str | None]:
        file = self.customer
        return {
            Channel.EMAIL: file.email,
            Channel.LETTER: file.address,
            Channel.PHONE: file.phone,
            Channel.MESSAGE: file.phone,
        }

    def as_dict(self, number: Writer = exact) -> dict[str, Any]:
        """Return the reminder as the JSON report has it."""
        item = self.item
        return {
            "invoice": item.invoice,
            "instalment": item.instalment,
            "customer": item.customer or None,
            "step": self.step.name,
            "scheduled": self.scheduled.isoformat(),
            "days_overdue": self.days_overdue,
            "open": number(self.open),
            "currency": item.currency,
            "channel": self.channel,
            "email": self.customer.email,
            "credit": number(self.credit.get(item.currency, ZERO)),
            **({"disputed": number(self.disputed)} if self.disputed else {}),
        }


@dataclass(frozen=True, slots=True)
class Letter:
    """All reminders to one customer on a day, in the tone of the furthest step."""

    reminders: tuple[Reminder, ...]

    @property
    def furthest(self) -> Reminder:
        """The reminder whose step gives the letter its tone."""
        return max(
            self.reminders,
            key=lambda reminder: (reminder.step.order, reminder.days_overdue),
        )

    @property
    def told(self) -> tuple[Reminder, ...]:
        """Those that it speaks of: no review, nor a currency that credit covers."""
        to_pay = self.to_pay
        return tuple(
            one
            for one in self.reminders
            if to_pay[one.item.currency] and not one.step.is_review
        )

    @property
    def credit(self) -> Mapping[str, Decimal]:
        """The customer's unapplied credit by currency, negative."""
        return self.reminders[0].credit

    @property
    def disputed(self) -> dict[str, Decimal]:
        """What is in dispute of what it is about, by currency."""
        sums = self._sums(lambda reminder: reminder.disputed)
        return {currency: amount for currency, amount in sums.items() if amount}

    @property
    def to_pay(self) -> dict[str, Decimal]:
        """What it asks for, by currency: what is open, less dispute and credit."""
        return self._sums(lambda reminder: reminder.asked)

    @property
    def asks(self) -> bool:
        """Whether there is anything to pay: if credit covers it all, none is sent."""
        return any(self.to_pay.values())

    @property
    def open(self) -> dict[str, Decimal]:
        """What it is about, by currency."""
        return self._sums(lambda reminder: reminder.open)

    def _sums(self, amount: Callable[[Reminder], Decimal]) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for reminder in self.reminders:
            currency = reminder.item.currency
            sums[currency] = sums.get(currency, ZERO) + amount(reminder)
        return sums

    def as_dict(self, number: Writer = exact) -> dict[str, Any]:
        """Return the letter as the JSON report has it."""
        furthest = self.furthest
        return {
            "customer": furthest.item.customer or None,
            "step": furthest.step.name,
            "scheduled": min(
                reminder.scheduled for reminder in self.reminders
            ).isoformat(),
            "days_overdue": max(reminder.days_overdue for reminder in self.reminders),
            "open": {name: number(amount) for name, amount in self.open.items()},
            "credit": {name: number(amount) for name, amount in self.credit.items()},
            "to_pay": {name: number(amount) for name, amount in self.to_pay.items()},
            "channel": furthest.channel,
            "email": furthest.customer.email,
            "invoices": [reminder.as_dict(number) for reminder in self.reminders],
        }


@dataclass(frozen=True, slots=True)
class Reminders:
    """What may go out on a date, and what comes up after it, soonest first.

    `days` is how many days ahead was looked; `undecided` are the overdue items that get
    no more reminders, until someone decides; `pursuits` says by their identity what
    going on may bring, see `weighed`.
    """

    as_of: date
    days: int
    due: tuple[Reminder, ...]
    upcoming: tuple[Reminder, ...]
    undecided: tuple[AgedItem, ...] = ()
    pursuits: Mapping[str, Pursuit] = field(default_factory=dict)

    def weighed(self, books: Books) -> Reminders:
        """Return it with what going on with each undecided item may bring.

        Args:
            books: The ledger on the date. All of its invoices are looked at.
        """
        items = (late.item for late in self.undecided)
        return replace(self, pursuits=weighed(books, items))

    def pursuit(self, late: AgedItem) -> Pursuit | None:
        """Return what going on with an undecided item may bring, if that is known."""
        return self.pursuits.get(late.item.identity)

    @property
    def asking(self) -> tuple[Reminder, ...]:
        """What may go out of those due: not what credit covers, see `Letter.asks`."""
        covered = {
            letter.furthest.item.customer
            for letter in letters(self.due)
            if not letter.asks
        }
        return tuple(one for one in self.due if one.item.customer not in covered)

    def as_dict(
        self, *, by_customer: bool = False, number: Writer = exact
    ) -> dict[str, Any]:
        """Return the report as JSON has it: amounts as strings, dates ISO.

        Args:
            by_customer: Whether reminders to one customer are put together.
            number: How amounts are written: exactly, or hidden.
        """
        found: dict[str, Any] = {"as_of": self.as_of.isoformat()}
        for name, reminders_ in (("due", self.due), ("upcoming", self.upcoming)):
            rows = letters(reminders_) if by_customer else reminders_
            found[name] = [row.as_dict(number) for row in rows]
        found["needs_decision"] = [
            {**late.as_dict(number), "pursuit": one and one.as_dict(number)}
            for late in self.undecided
            for one in (self.pursuit(late),)
        ]
        return found


def letters(reminders: Iterable[Reminder]) -> list[Letter]:
    """Put the reminders to one customer together, in the order in which they come."""
    by_customer: dict[str, list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        by_customer[reminder.item.customer].append(reminder)
    return [Letter(tuple(some)) for some in by_customer.values()]


def reminders(
    books: Books,
    keep: Keep = everything,
    days: int = 0,
    report: AgingReport | None = None,
) -> Reminders:
    """Work out what may go out on a date, and what comes up after it.

    Args:
        books: The ledger on the date.
        keep: Which items this is to be about; all by default.
        days: How many days ahead to look.
        report: The aging report of these items, where there is one.

    Returns:
        The reminders, soonest scheduled first. What rests is not due; it comes up when
        reminders go on, if it is known when. Charges, items that are never reminded and
        what is not owed need no decision.
    """
    as_of = books.as_of
    groups: dict[tuple[object, ...], list[_Standing]] = defaultdict(list)
    undecided = []
    for aged in (report or age(books, keep)).items:
        item = aged.item
        own = item.identity if item.invoice is None else None
        groups[item.group, item.currency, own].append((item, aged.standing))
        if aged.needs_decision:
            undecided.append(aged)
    asked_for = asked(books)
    found = [
        reminder
        for group in groups.values()
        if (reminder := _reminder(books, group, asked_for)) is not None
    ]
    found.sort(key=lambda reminder: reminder.scheduled)
    last = min(as_of, date.max - timedelta(days=days)) + timedelta(days=days)
    return Reminders(
        as_of,
        days,
        tuple(reminder for reminder in found if reminder.scheduled <= as_of),
        tuple(reminder for reminder in found if as_of < reminder.scheduled <= last),
        tuple(undecided),
    )


def _reminder(
    books: Books, group: Sequence[_Standing], asked_for: Mapping[str, Decimal]
) -> Reminder | None:
    """Return the next reminder about the items that share an instalment."""
    if group[0][0].entry.flag == FLAG_PADDING:
        return None  # There is no text to which a link could be added.
    coming = [
        (item, where.next_step, where.next_date)
        for item, where in group
        if where.next_step and where.next_date
    ]
    if not coming:
        return None
    # A sale before what is charged on it, which may be due later.
    item, step, day = min(coming, key=lambda found: (bool(found[0].charge), found[2]))
    return Reminder(
        item,
        step,
        day,
        item.days_overdue(books.as_of) or 0,
        sum((item.open for item, _ in group), ZERO),
        sum((asked_for.get(one.identity, one.open) for one, _ in group), ZERO),
        books.settings.customer(item.customer),
        books.balances.credit_of(item.customer),
        sum((books.dunning.part_in_dispute(one) for one, _ in group), ZERO),
    )


@dataclass(frozen=True, slots=True)
class StaleBank:
    """A bank account on which nothing new was booked; None where nothing ever was."""

    newest: date | None
    days: int | None

    def in_words(self) -> Words:
        """Say what to do before anything is sent."""
        if self.days is None:
            return Words(
                "There are no bank entries yet. A customer may have paid: import the "
                "bank statement first."
            )
        return Words.counted(
            "The latest bank entry is from {date}, {n} day ago. A customer may have "
            "paid since: import the bank statement first.",
            "The latest bank entry is from {date}, {n} days ago. A customer may have "
            "paid since: import the bank statement first.",
            self.days,
            date=self.newest,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "newest": self.newest.isoformat() if self.newest else None,
            "days": self.days,
        }


def stale_bank(books: Books, days: int = BANK_DAYS) -> StaleBank | None:
    """Tell whether a payment may have come that is not booked yet.

    A reminder to someone who has paid is the worst of mistakes, and happens when the
    bank's statement was not imported.

    Args:
        books: The ledger on a date.
        days: How old the latest entry on a bank account may be.

    Returns:
        The latest entry where it is older; None where it is not, or nothing is open.
    """
    if not books.receivables.items:
        return None
    newest = newest_bank_entry(books)
    if newest is None:
        return StaleBank(None, None)
    age = (books.as_of - newest).days
    return StaleBank(newest, age) if age > days else None


def newest_bank_entry(books: Books) -> date | None:
    """Return when something was last booked on an account that customers pay to.

    Args:
        books: The ledger on a date.

    Returns:
        The date of the latest transaction or balance assertion on any asset account
        that has ever been paid to from a receivable one; None where there is none.
    """
    assets = root_prefix(books.options, "assets")
    accounts = books.settings.accounts
    banks: set[str] = set()
    # By asset account, the newest first; once that one is a bank, none is newer.
    newest: dict[str, date] = {}
    end = bisect_right(books.entries, books.as_of, key=lambda entry: entry.date)
    for entry in reversed(books.entries[:end]):
        if isinstance(entry, Balance):
            if entry.account.startswith(assets):
                newest.setdefault(entry.account, entry.date)
        elif isinstance(entry, Transaction):
            others = [
                name
                for posting in entry.postings
                if accounts[name := posting.account] is None
                and str(name).startswith(assets)
            ]
            for name in others:
                newest.setdefault(name, entry.date)
            # Another plugin may put anything into a posting.
            if any(
                accounts[posting.account]
                and is_number(number := getattr(posting.units, "number", None))
                and number < 0
                for posting in entry.postings
            ):
                banks.update(others)
        if next(iter(newest), None) in banks:
            break
    return next((day for bank, day in newest.items() if bank in banks), None)
