"""What to send on a date, and what comes next: a reminder for each instalment.

A reminder is about all that is open of an instalment in one currency, charges
included. Reminders to one customer can go out together, as one letter, which then has
the tone of the furthest of their steps.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Balance
from beancount.core.data import Transaction
from beancount.core.flags import FLAG_PADDING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.ledger.settings import Customer
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport


@dataclass(frozen=True, slots=True)
class Reminder:
    """A step that may go out from a day on, about what is open of an instalment."""

    item: Item
    step: Step
    scheduled: date
    days_overdue: int
    open: Decimal
    customer: Customer

    @property
    def channel(self) -> str | None:
        """How it goes out, as the step says."""
        return self.step.channel

    @property
    def address(self) -> str | None:
        """Where it goes: what the customer's file has for the way; None if nothing."""
        return self._addresses[self.way] if self.way else None

    @property
    def way(self) -> str | None:
        """How it goes out: as the step says, or else by the first way there is."""
        found = (way for way, address in self._addresses.items() if address)
        return self.channel or next(found, None)

    @property
    def _addresses(self) -> dict[str, str | None]:
        file = self.customer
        return {"email": file.email, "letter": file.address, "phone": file.phone}

    def as_dict(self) -> dict[str, Any]:
        """Return the reminder as the JSON report has it."""
        item = self.item
        return {
            "invoice": item.invoice,
            "instalment": item.instalment,
            "customer": item.customer or None,
            "step": self.step.name,
            "scheduled": self.scheduled.isoformat(),
            "days_overdue": self.days_overdue,
            "open": exact(self.open),
            "currency": item.currency,
            "channel": self.channel,
            "email": self.customer.email,
        }


@dataclass(frozen=True, slots=True)
class Letter:
    """All reminders to one customer on a day, in the tone of the furthest step."""

    reminders: tuple[Reminder, ...]

    @property
    def furthest(self) -> Reminder:
        """The reminder whose step gives the letter its tone."""
        return max(self.reminders, key=lambda one: (one.step.days, one.days_overdue))

    @property
    def open(self) -> dict[str, Decimal]:
        """What it asks for, by currency."""
        sums: dict[str, Decimal] = {}
        for one in self.reminders:
            currency = one.item.currency
            sums[currency] = sums.get(currency, ZERO) + one.open
        return sums

    def as_dict(self) -> dict[str, Any]:
        """Return the letter as the JSON report has it."""
        furthest = self.furthest
        return {
            "customer": furthest.item.customer or None,
            "step": furthest.step.name,
            "scheduled": min(one.scheduled for one in self.reminders).isoformat(),
            "days_overdue": max(one.days_overdue for one in self.reminders),
            "open": {name: exact(amount) for name, amount in self.open.items()},
            "channel": furthest.channel,
            "email": furthest.customer.email,
            "invoices": [one.as_dict() for one in self.reminders],
        }


@dataclass(frozen=True, slots=True)
class Reminders:
    """What may go out on a date, and what comes up after it, soonest first."""

    as_of: date
    due: tuple[Reminder, ...]
    upcoming: tuple[Reminder, ...]

    def as_dict(self, *, by_customer: bool = False) -> dict[str, Any]:
        """Return the report as JSON has it: amounts exact strings, dates ISO."""
        found = {"due": self.due, "upcoming": self.upcoming}
        return {
            "as_of": self.as_of.isoformat(),
            **{
                name: [
                    one.as_dict() for one in (letters(some) if by_customer else some)
                ]
                for name, some in found.items()
            },
        }


def letters(reminders: Iterable[Reminder]) -> list[Letter]:
    """Put the reminders to one customer together, in the order in which they come."""
    by_customer: dict[str, list[Reminder]] = defaultdict(list)
    for one in reminders:
        by_customer[one.item.customer].append(one)
    return [Letter(tuple(some)) for some in by_customer.values()]


def reminders(report: AgingReport, settings: Settings, days: int = 0) -> Reminders:
    """Work out what may go out on a date, and what comes up after it.

    Args:
        report: What is open on the date.
        settings: The customers' files.
        days: How many days ahead to look.

    Returns:
        The reminders, soonest scheduled first. What rests, for a promise, a dispute or
        `hold-until`, is not due; it comes up when reminders go on.
    """
    groups: dict[tuple[object, ...], list[AgedItem]] = defaultdict(list)
    for aged in report.items:
        item = aged.item
        own = item.identity if item.invoice is None else None
        groups[item.group, item.currency, own].append(aged)
    found = [
        one
        for group in groups.values()
        if (one := _reminder(group, settings)) is not None
    ]
    found.sort(key=lambda one: one.scheduled)
    last = min(report.as_of, date.max - timedelta(days=days)) + timedelta(days=days)
    return Reminders(
        report.as_of,
        tuple(one for one in found if one.scheduled <= report.as_of),
        tuple(one for one in found if report.as_of < one.scheduled <= last),
    )


def _reminder(group: Sequence[AgedItem], settings: Settings) -> Reminder | None:
    """Return what is to be sent next about what shares an instalment."""
    if group[0].item.entry.flag == FLAG_PADDING:
        return None  # There is no text to which a link could be added.
    coming = [(aged, upcoming) for aged in group if (upcoming := aged.next) is not None]
    if not coming:
        return None
    # A sale before what is charged on it, which may be due later.
    aged, upcoming = min(
        coming, key=lambda one: (bool(one[0].item.charge), one[1].date)
    )
    return Reminder(
        aged.item,
        upcoming.step,
        upcoming.date,
        aged.days_overdue or 0,
        sum((one.item.open for one in group), ZERO),
        settings.customer(aged.item.customer),
    )


def newest_bank_entry(
    entries: Sequence[Directive],
    options_map: Mapping[str, Any],
    settings: Settings,
    as_of: date,
) -> date | None:
    """Return when something was last booked on an account that customers pay to.

    A reminder to someone who has paid is the worst of mistakes, and happens when the
    bank's statement was not imported.

    Args:
        entries: The ledger's directives, sorted by date.
        options_map: Beancount's options of it, for what it calls `Assets`.
        settings: Which accounts are receivable.
        as_of: The date; what is dated later does not exist yet.

    Returns:
        The date of the newest transaction or balance assertion on any asset account
        that has ever been paid to from a receivable one; None where there is none.
    """
    assets = f"{options_map.get('name_assets', 'Assets')}:"
    banks: set[str] = set()
    newest: dict[str, date] = {}
    for entry in entries:
        if entry.date > as_of:
            break
        if isinstance(entry, Balance):
            newest[entry.account] = entry.date
        elif isinstance(entry, Transaction):
            is_payment = False
            for posting in entry.postings:
                if settings.accounts[posting.account] is None:
                    newest[posting.account] = entry.date
                elif posting.units and posting.units.number:
                    is_payment = is_payment or posting.units.number < 0
            if is_payment:
                banks.update(
                    posting.account
                    for posting in entry.postings
                    if posting.account.startswith(assets)
                    and settings.accounts[posting.account] is None
                )
    return max((newest[bank] for bank in banks), default=None)
