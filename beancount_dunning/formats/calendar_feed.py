"""The calendar: what is open as iCalendar (RFC 5545, RFC 7986).

What is open of an instalment gives an all-day event on its due date, one on each date
on which a reminder of its policy may go out and was not sent, one on the date of a
promise, and with the option `feed-discounts` one on the last day of each discount. What
is in dispute has its due date alone. The events of an instalment are related to the
one of its due date.

The same ledger gives the same bytes: no clock and no chance are involved, and what an
event says does not change from one day to the next by itself. Its UID comes from its
invoice, instalment and step.

Where a feed that was published before is given, an event that says the same stays as
it was, and one that says something else has a higher SEQUENCE and a later
LAST-MODIFIED. Where none is, they follow from the ledger: SEQUENCE counts the debits,
credits and notes on the instalment after the first, and LAST-MODIFIED is midnight UTC
of the last of them.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING
from typing import NamedTuple
from urllib.parse import quote

from icalendar import Alarm
from icalendar import Calendar
from icalendar import Component
from icalendar import Event
from icalendar import Todo
from icalendar import vDatetime
from icalendar import vDDDTypes
from icalendar import vDuration
from icalendar import vInt
from icalendar import vText
from icalendar import vUri

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import in_days
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import plain_lines
from beancount_dunning.formats.calendar_versions import PRODUCT
from beancount_dunning.formats.calendar_versions import following
from beancount_dunning.formats.calendar_versions import published
from beancount_dunning.ledger.items import uuid_of
from beancount_dunning.ledger.terms import payable
from beancount_dunning.standing.asking import asked
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.dunning import schedule
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import held

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal
    from uuid import UUID

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.ledger.terms import Offer
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep
    from beancount_dunning.standing.dunning import Record

CONTENT_TYPE = "text/calendar; charset=utf-8"
_REFRESH = timedelta(hours=12)
# Longer ones are cut by some apps.
_LONGEST_ADDRESS = 255
_DAY = timedelta(days=1)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# No step has a name that begins with a control character.
_PROMISE, _DISCOUNT = "\x1fpromise", "\x1fdiscount "
# RFC 5545, section 3.8.1.9: 1 is the highest, 9 the lowest.
_LOWEST, _MIDDLE, _HIGHEST = 9, 5, 1


class _Text(vText):
    """A TEXT value, escaped as RFC 5545, section 3.3.11, has it.

    icalendar takes a backslash and an N that stand in a text for a newline, and
    leaves NAME and the X- properties as they are.
    """

    def to_ical(self) -> bytes:
        """Return the escaped text."""
        return "\n".join(plain_lines(self)).translate(_ESCAPES).encode()


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp", "Zs"}


def _line(text: str) -> _Text:
    """Return a text of one line."""
    return _Text(plain(text))


@dataclass(frozen=True)
class _Subject:
    """What is open of an instalment in one currency: what its events are about.

    `items` are open, `all_items` were ever; `history` is what the log tells of them.
    `credits_` is what the customer has in unapplied credit, and `asked` what is left of
    what is open.
    """

    books: Books
    items: Sequence[Item]
    all_items: Sequence[Item]
    record: Record
    history: Sequence[tuple[date, str]]
    credits_: Sequence[Unapplied]
    asked: Decimal

    @cached_property
    def item(self) -> Item:
        """The item that stands for all: a sale before what is charged on it."""
        return min(self.items, key=lambda item: bool(item.charge))

    @cached_property
    def key(self) -> UUID:
        """A UUID that no other subject has, nor that of another ledger.

        RFC 5545, section 3.8.4.7: a UID is globally unique.
        """
        return uuid_of(self.item.lead_key, self.books.settings.feed_id)

    @property
    def changes(self) -> int:
        """How many entries touched it after the first."""
        settlements = sum(len(item.settlements) for item in self.all_items)
        entries = len(self.all_items) + len(self.history) + len(self.credits_)
        return entries + settlements - 1

    @cached_property
    def touched(self) -> vDatetime:
        """When the last of them is dated."""
        days = [item.date for item in self.all_items]
        days += [
            settlement.date
            for item in self.all_items
            for settlement in item.settlements
        ]
        days += [day for day, _ in self.history]
        days += [credit.date for credit in self.credits_]
        return vDatetime(datetime.combine(max(days), time(), UTC))

    def sum(self, amount: Callable[[Item], Decimal]) -> Decimal:
        """Add up amounts of the open items."""
        return sum(map(amount, self.items), ZERO)

    @cached_property
    def facts(self) -> list[str]:
        """What one needs to act, whichever the event."""
        item, customer = self.item, self.books.settings.customer(self.item.customer)
        is_open = exact(self.sum(lambda item: item.open))
        amount = exact(self.sum(lambda item: item.amount))
        credit = self.books.balances.told(item.customer) or ""
        agreed = f" ({item.terms})" if item.terms else ""
        due = f"due {item.due}" if item.due else "no due date"
        last = self.record.last
        contact = [f"{day} {text}" for day, text in self.history[-1:]]
        return [
            f"{is_open} of {amount} {item.currency} open",
            f"{credit[:1].upper()}{credit[1:]}",
            f"Invoiced {item.date}, {due}{agreed}",
            *map(self._offer, self.offers),
            f"Last sent: {last.step.name}, {last.date}" if last else "",
            *(f"Last contact: {entry}" for entry in contact),
            item.customer,
            *(customer.contact or "", customer.email or "", customer.phone or ""),
            item.account,
        ]

    @property
    def offers(self) -> list[Offer]:
        """The discounts, each once."""
        return list(
            dict.fromkeys(offer for item in self.items for offer in item.offers)
        )

    def _offer(self, offer: Offer) -> str:
        price = sum(
            (
                payable(
                    [offer] if offer in item.offers else [],
                    item.amount,
                    item.open,
                    item.currency,
                    offer.until,
                )
                for item in self.items
            ),
            ZERO,
        )
        percent = exact(offer.percent)
        currency = self.item.currency
        return f"{percent} % less if paid by {offer.until}: {exact(price)} {currency}"


class _Entry(NamedTuple):
    """A date in the calendar; `name` tells an instalment's entries apart."""

    subject: _Subject
    date: date
    name: str
    what: str
    why: str
    priority: int

    @property
    def uid(self) -> UUID:
        """Return the UID; that of the due date has no name."""
        return uuid_of(self.subject.key, self.name)


def _subjects(books: Books, keep: Keep) -> list[_Subject]:
    """Put together what is reminded together."""
    is_open: dict[UUID, list[Item]] = defaultdict(list)
    for item in filter(keep, books.receivables.items):
        is_open[item.lead_key].append(item)
    ever: dict[UUID, list[Item]] = defaultdict(list)
    # To ask for a key takes long, and nearly all items stand alone.
    partly = {item.invoice for item in books.receivables.settled}
    for item in chain(books.receivables.items, books.receivables.settled):
        if item.invoice in partly:
            ever[item.lead_key].append(item)
    credits_: dict[str, list[Unapplied]] = defaultdict(list)
    for credit in books.receivables.unapplied:
        credits_[credit.customer].append(credit)
    found = []
    asked_for = asked(books)
    for key, items in is_open.items():
        all_items = ever.get(key, items)
        record, history = books.dunning.record(items[0]), _history(books, all_items)
        left = credits_.get(items[0].customer, [])
        owed = sum((asked_for.get(one.identity, one.open) for one in items), ZERO)
        found.append(_Subject(books, items, all_items, record, history, left, owed))
    return found


def _history(books: Books, items: Sequence[Item]) -> list[tuple[date, str]]:
    accounts = {item.account for item in items}
    return [
        (entry.date, entry.text)
        for entry in books.log.entries.get(items[0].invoice or "", ())
        if entry.account in accounts and not entry.is_document
    ]


def _entries(subject: _Subject) -> Iterator[_Entry]:
    """Yield the dates of what is open.

    Of what is in dispute it is the due date alone, of what is not owed there is none.
    """
    item, record, settings = subject.item, subject.record, subject.books.settings
    reason = held(subject.books, item)
    if (reason and not reason.is_owed) or not subject.asked:
        return
    is_disputed = reason == Held.DISPUTE
    if item.due is not None:
        what = "Due, in dispute" if is_disputed else "Due"
        yield _Entry(subject, item.due, "", what, "", _MIDDLE)
    if is_disputed:
        return
    late = [step for step in settings.steps(item.policy) if not step.is_notice]
    for reminder in schedule(subject.books, item):
        step = reminder.step
        priority = _LOWEST
        if not reminder.is_notice:
            priority = max(_MIDDLE - 1 - late.index(step), _HIGHEST)
        what, why = step.title, _when(step)
        yield _Entry(subject, reminder.date, step.name, what, why, priority)
    if record.promised is not None:
        yield _Entry(subject, record.promised, _PROMISE, "Promised", "", _MIDDLE)
    if settings.feed_discounts:
        for number, offer in enumerate(subject.offers):
            name, what = f"{_DISCOUNT}{number}", "Discount ends"
            yield _Entry(subject, offer.until, name, what, "", _LOWEST)


def _when(step: Step) -> str:
    days = step.days
    start = "invoice date" if step.is_from_invoice else "due date"
    if days == 0:
        return f"On the {start}"
    if step.is_from_invoice:
        return f"{in_days(days)} after the {start}"
    return f"{in_days(abs(days))} {'after' if days > 0 else 'before'} due"


def _summary(entry: _Entry, *, private: bool) -> str:
    item = entry.subject.item
    if private:
        name = item.invoice or f"invoice of {item.date}"
        if item.invoice is None or item.serial > 1:
            # Some apps merge events that differ in nothing but the UID.
            name += f" ({item.key[:8]})"
        name += f" {item.instalment}" if item.count > 1 else ""
        return f"{entry.what}: {name}"
    amount = f"{exact(entry.subject.asked)} {item.currency}"
    return ", ".join(
        filter(None, (f"{entry.what}: {item.label}", item.customer, amount))
    )


@dataclass(frozen=True)
class _Writer:
    """Writes entries as components, the same way for all."""

    settings: Settings
    todo: bool
    private: bool
    _constants: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        status = "NEEDS-ACTION" if self.todo else "CONFIRMED"
        self._constants.update(
            {
                "CATEGORIES": _Text("Receivables"),
                "CLASS": _Text("PRIVATE"),
                "STATUS": _Text(status),
            }
        )
        if not self.todo:
            self._constants["TRANSP"] = _Text("TRANSPARENT")

    def write(self, entry: _Entry) -> bytes:
        """Return the lines of an entry's component."""
        subject = entry.subject
        component: Component = Todo() if self.todo else Event()
        component.update(self._constants)
        component["UID"] = _Text(str(entry.uid))
        component["DTSTAMP"] = component["LAST-MODIFIED"] = subject.touched
        component["SEQUENCE"] = vInt(subject.changes)
        component["PRIORITY"] = vInt(entry.priority)
        summary = component["SUMMARY"] = _line(_summary(entry, private=self.private))
        if entry.name and subject.item.due is not None:
            component["RELATED-TO"] = _Text(str(uuid_of(subject.key, "")))
        if not self.private:
            lines = [entry.why, *subject.facts]
            component["DESCRIPTION"] = _Text("\n".join(filter(None, lines)))
            if self.settings.base_url:
                component["URL"] = vUri(self._link(subject.item))
        if self.todo:
            component["DUE"] = vDDDTypes(entry.date)
        else:
            component["DTSTART"] = vDDDTypes(entry.date)
            component["DTEND"] = vDDDTypes(entry.date + _DAY)
        if self.settings.feed_alarm:
            component.add_component(self._alarm(summary))
        return bytes(component.to_ical())

    def _link(self, item: Item) -> str:
        """Return the address of an item's story in Fava, or of the page if too long."""
        page = f"{self.settings.base_url}/extension/Dunning/"
        link = f"{page}?invoice={quote(item.invoice or item.label, safe='')}"
        return link if len(link) <= _LONGEST_ADDRESS else page

    def _alarm(self, summary: _Text) -> Alarm:
        alarm = Alarm()
        alarm["ACTION"] = _Text("DISPLAY")
        alarm["DESCRIPTION"] = summary
        # A task has no start; Outlook holds no alarm after an event's.
        related = {"RELATED": "END"} if self.todo else {}
        alarm["TRIGGER"] = vDuration(-self.settings.feed_alarm, related)
        return alarm


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a calendar is to have in it.

    `todo` asks for tasks (VTODO) instead of events, `private` for no amounts, customers
    and links; `first` and `last` are the first and the last day.
    """

    todo: bool = False
    private: bool = False
    first: date = date.min
    last: date = date.max


def build_calendar(
    books: Books,
    keep: Keep = everything,
    wanted: Wanted = Wanted(),
    before: bytes = b"",
) -> bytes:
    """Write the calendar of what is open on a date.

    Args:
        books: The ledger on that date.
        keep: Which items it is to be about; all by default.
        wanted: What it is to have in it.
        before: The feed that this one replaces, empty if there is none: events that
            say the same stay the same.

    Returns:
        The iCalendar text, UTF-8, lines ended by CRLF. Dates beyond the calendar's
        last day are left out.
    """
    writer = _Writer(books.settings, wanted.todo, wanted.private)
    entries = [
        entry
        for subject in _subjects(books, keep)
        for entry in _entries(subject)
        if wanted.first <= entry.date <= wanted.last and entry.date < date.max
    ]
    entries.sort(key=lambda entry: (entry.date, entry.uid))
    components = following(map(writer.write, entries), published(before))
    end = b"END:VCALENDAR\r\n"
    head = bytes(_head(books, private=wanted.private).to_ical()).removesuffix(end)
    return b"".join([head, *components, end])


def _head(books: Books, *, private: bool) -> Calendar:
    calendar = Calendar()
    calendar["PRODID"] = _Text(PRODUCT)
    calendar["VERSION"] = _Text("2.0")
    calendar["CALSCALE"] = _Text("GREGORIAN")
    title = books.settings.title
    is_named = not private and any(map(_is_visible, plain(title)))
    calendar["NAME"] = calendar["X-WR-CALNAME"] = _line(
        title if is_named else "Receivables"
    )
    if books.is_dated:
        note = _Text(f"As of {books.as_of}, the ledger's as-of date.")
        calendar["DESCRIPTION"] = calendar["X-WR-CALDESC"] = note
    # RFC 7986, section 5.7, wants the VALUE, and icalendar gives none by itself.
    calendar["REFRESH-INTERVAL"] = vDuration(_REFRESH, {"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = _Text("PT12H")
    return calendar
