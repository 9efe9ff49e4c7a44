"""The calendar: due dates and reminder dates as iCalendar (RFC 5545, RFC 7986).

Each open item gives an all-day event on its due date, one on each date on which a
reminder of its policy may go out and was not sent, and one on the date of a promise.
What is in dispute has its due date alone. The same receivables give the same bytes: no
clock and no chance are involved, and what a description says does not change from one
day to the next by itself.

An event's UID comes from its item's key and its step. DTSTAMP and LAST-MODIFIED are
midnight UTC of the last entry that touched the item, and SEQUENCE counts the credits
and notes on it: so a part payment makes calendar apps take over the changed amount.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from uuid import uuid5

from icalendar import Calendar
from icalendar import Component
from icalendar import Event
from icalendar import Todo
from icalendar import vDuration
from icalendar import vText

from beancount_dunning.dunning import schedule
from beancount_dunning.money import exact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.aging import AgingReport
    from beancount_dunning.dunning import Record
    from beancount_dunning.receivables import Item
    from beancount_dunning.settings import Customer
    from beancount_dunning.settings import Settings
    from beancount_dunning.terms import Offer

CONTENT_TYPE = "text/calendar; charset=utf-8"
_PROMISE = "\x1fpromise"
_PRODUCT = "-//beancount-dunning//Reminders//EN"
_REFRESH = timedelta(hours=12)
_DAY = timedelta(days=1)
_NEWLINES = dict.fromkeys(map(ord, "\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def _clean(text: str) -> str:
    """Make a text safe for a calendar: newlines one kind, other controls spaces.

    Some readers break lines wherever Python's `splitlines` does, and libical gives
    up at a NUL. Half a surrogate pair cannot be written as UTF-8.
    """
    text = text.replace("\r\n", "\n").translate(_NEWLINES)
    return "".join(
        {"Cc": " ", "Cs": "\ufffd"}.get(unicodedata.category(character), character)
        if character != "\n"
        else character
        for character in text
    )


class _Text(vText):
    """A TEXT value, escaped as RFC 5545, section 3.3.11, has it.

    icalendar takes a backslash and an N that stand in a text for a newline, and
    leaves NAME and the X- properties as they are.
    """

    def to_ical(self) -> bytes:
        """Return the escaped text."""
        return _clean(self).translate(_ESCAPES).encode()


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp", "Zs"}


def _line(text: str) -> _Text:
    """Return a text of one line."""
    return _Text(" ".join(_clean(text).split("\n")))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A date in the calendar: an item's due date, a step of its policy, a promise."""

    item: Item
    record: Record
    date: date
    step: str | None = None
    is_promise: bool = False

    @property
    def uid(self) -> str:
        """Return the UID; the due date's own is that of no step."""
        # No step has a name that begins with a control character and is this.
        name = _PROMISE if self.is_promise else self.step or ""
        return str(uuid5(UUID(self.item.key), name))

    @property
    def what(self) -> str:
        """Say in a word what the date is for."""
        if self.is_promise:
            return "Promised"
        if self.step:
            return self.step[:1].upper() + self.step[1:]
        return "Due, in dispute" if self.record.is_disputed else "Due"


def _entries(report: AgingReport, settings: Settings) -> Iterator[_Entry]:
    """Yield the dates of all items: of what is in dispute the due date alone."""
    for aged in report.items:
        item, record = aged.item, aged.standing.record
        if item.due is not None:
            yield _Entry(item, record, item.due)
            for reminder in schedule(item, settings, record):
                yield _Entry(item, record, reminder.date, reminder.step.name)
        promised = record.promised
        if promised and not record.is_disputed:
            yield _Entry(item, record, promised, is_promise=True)


def _summary(entry: _Entry, *, private: bool) -> str:
    item = entry.item
    what = entry.what
    if private:
        name = item.invoice or f"invoice of {item.date}"
        if item.invoice is None or item.serial > 1:
            # Some apps merge events that differ in nothing but the UID.
            name += f" ({item.key[:8]})"
        return f"{what}: {name}" + (f" {item.instalment}" if item.count > 1 else "")
    amount = f"{exact(item.open)} {item.currency}"
    return ", ".join(filter(None, (f"{what}: {item.label}", item.customer, amount)))


def _offer(item: Item, offer: Offer) -> str:
    price = exact(offer.reduced(item.amount, item.currency))
    percent = exact(offer.percent)
    return f"{percent} % less if paid by {offer.until}: {price} {item.currency}"


def _description(entry: _Entry, customer: Customer) -> str:
    item, last = entry.item, entry.record.last
    lines = [
        f"{exact(item.open)} of {exact(item.amount)} {item.currency} open",
        f"Invoiced {item.date}, due {item.due}",
        *(_offer(item, offer) for offer in item.offers),
        f"Last sent: {last.step.name}, {last.date}" if last else "",
        item.customer,
        *(customer.contact, customer.email, customer.phone),
        item.account,
    ]
    return "\n".join(line for line in lines if line)


def _touched(entry: _Entry) -> datetime:
    """Return when the last credit or note on an item was dated."""
    item = entry.item
    dates = [item.date, *(settlement.date for settlement in item.settlements)]
    last = max([*dates, *(logged.date for logged in entry.record.entries)])
    return datetime.combine(last, time(), UTC)


def _component(
    entry: _Entry, settings: Settings, *, todo: bool, private: bool
) -> Component:
    item = entry.item
    component = Todo() if todo else Event()
    component.add("uid", _Text(entry.uid))
    component.add("dtstamp", _touched(entry))
    component.add("last-modified", _touched(entry))
    changes = len(item.settlements) + len(entry.record.entries)
    component.add("sequence", changes)
    component.add("summary", _line(_summary(entry, private=private)))
    if not private:
        description = _description(entry, settings.customer(item.customer))
        component.add("description", _Text(description))
        if settings.base_url:
            component.add("url", f"{settings.base_url}/extension/Dunning/#{item.key}")
    if todo:
        component.add("due", entry.date)
        component.add("status", _Text("NEEDS-ACTION"))
    else:
        component.add("dtstart", entry.date)
        component.add("dtend", entry.date + _DAY)
        component.add("transp", _Text("TRANSPARENT"))
        component.add("status", _Text("CONFIRMED"))
    component.add("class", _Text("PRIVATE"))
    component.add("categories", _Text("Receivables"))
    return component


def build_calendar(
    report: AgingReport,
    settings: Settings,
    *,
    todo: bool = False,
    private: bool = False,
) -> bytes:
    """Write the calendar of what is open on a date.

    Args:
        report: The open items.
        settings: Policies, customers' files, the calendar's title, and the address
            of Fava if its links are wanted.
        todo: Write tasks (VTODO) instead of events.
        private: Leave out amounts, customers and links.

    Returns:
        The iCalendar text, UTF-8, lines ended by CRLF. Dates beyond the calendar's
        last day are left out.
    """
    calendar = Calendar()
    calendar.add("prodid", _Text(_PRODUCT))
    calendar.add("version", _Text("2.0"))
    calendar.add("calscale", _Text("GREGORIAN"))
    is_named = not private and any(map(_is_visible, _clean(settings.title)))
    title = _line(settings.title if is_named else "Receivables")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    if report.as_of == settings.as_of:
        note = _Text(f"As of {report.as_of}, the ledger's as-of date.")
        calendar.add("description", note)
        calendar.add("x-wr-caldesc", note)
    # RFC 7986, section 5.7, wants the VALUE, and icalendar gives none by itself.
    calendar.add("refresh-interval", vDuration(_REFRESH, {"VALUE": "DURATION"}))
    calendar.add("x-published-ttl", _Text("PT12H"))
    entries = sorted(
        _entries(report, settings), key=lambda entry: (entry.date, entry.uid)
    )
    for entry in entries:
        if entry.date < date.max:
            calendar.add_component(
                _component(entry, settings, todo=todo, private=private)
            )
    return bytes(calendar.to_ical())
