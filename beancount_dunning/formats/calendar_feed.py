"""The calendar: what is open as iCalendar (RFC 5545, RFC 7986).

What stands on which day is decided in `agenda`: each is an all-day event. A task is the
next step of an instalment, or the decision that it needs, due on its own day. By
customer, all that a customer has on a day for the same reason is one event, such as the
reminders that go into one letter.

The same ledger and date give the same bytes: no clock and no chance are involved. An
event's UID comes from its invoice, instalment and step; one of a customer's from those
that are in it.

Where a feed that was published before is given, an event that says the same stays as
it was, and one that says something else has a higher SEQUENCE and a later
LAST-MODIFIED. Where none is, they follow from ledger and date: SEQUENCE counts the
debits, credits and notes on the instalment after the first, and between two of them the
days for which the event moved along with the date, because it waits. LAST-MODIFIED is
midnight UTC of the last of these.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

from beancount_dunning.answers.agenda import Occasion
from beancount_dunning.answers.agenda import agenda
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.words import Words
from beancount_dunning.formats.calendar_lines import day
from beancount_dunning.formats.calendar_lines import duration
from beancount_dunning.formats.calendar_lines import midnight
from beancount_dunning.formats.calendar_lines import text
from beancount_dunning.formats.calendar_lines import title
from beancount_dunning.formats.calendar_lines import written
from beancount_dunning.formats.calendar_versions import PRODUCT
from beancount_dunning.formats.calendar_versions import following
from beancount_dunning.formats.calendar_versions import published
from beancount_dunning.formats.calendar_words import Speaker
from beancount_dunning.formats.calendar_words import link
from beancount_dunning.formats.catalogues import catalogue
from beancount_dunning.formats.country import locale_of
from beancount_dunning.ledger.items import uuid_of
from beancount_dunning.ledger.values import NO_ALARM
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from uuid import UUID

    from beancount_dunning.answers.agenda import Appointment
    from beancount_dunning.formats.calendar_lines import Property
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

CONTENT_TYPE = "text/calendar; charset=utf-8"
END = b"END:VCALENDAR\r\n"
_REFRESH = "PT12H"
_RECEIVABLES = Words("Receivables")
_DAY = timedelta(days=1)
# RFC 5545, section 3.8.1.9: 1 is the highest, 9 the lowest.
_LOWEST, _MIDDLE, _HIGHEST = 9, 5, 1
# So many days may an event wait until an entry would count for less than they do.
_VERSIONS = 1000


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp", "Zs"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a calendar is to have in it.

    `todo` asks for tasks (VTODO) instead of events, `private` for no amounts, customers
    and links, `by_customer` for one event a letter; `first` and `last` are the first
    and the last day. `book` is what the ledger is called in a calendar of several.
    """

    todo: bool = False
    private: bool = False
    by_customer: bool = False
    first: date = date.min
    last: date = date.max
    book: str = ""

    @property
    def shown_book(self) -> str:
        """What the ledger is called, where names may be seen."""
        return "" if self.private else self.book


@dataclass(frozen=True, slots=True)
class _Entry:
    """An event or a task, and what it is about."""

    uid: UUID
    day: date
    group: Sequence[Appointment]

    @property
    def sequence(self) -> int:
        """Which version it is, by ledger and date."""
        changes = sum(one.subject.changes for one in self.group)
        return _VERSIONS * changes + sum(map(self._waited, self.group))

    @property
    def touched(self) -> date:
        """When it last changed."""
        days = [one.subject.touched for one in self.group]
        days += [self.day for one in self.group if self._waited(one)]
        return max(days)

    def _waited(self, one: Appointment) -> int:
        """Return for how many days it has moved along."""
        return max((self.day - one.since).days, 0)

    @property
    def priority(self) -> int:
        """How much it matters: the later the step, the more."""
        return min(map(_priority, self.group))


def _priority(one: Appointment) -> int:
    if one.occasion is Occasion.DISCOUNT:
        return _LOWEST
    if one.occasion in {Occasion.DECISION, Occasion.LIMITATION}:
        return _HIGHEST
    if one.reminder is None:
        return _MIDDLE
    step, item = one.reminder.step, one.reminder.item
    if step.is_notice:
        return _LOWEST
    steps = one.subject.books.settings.steps(item.policy)
    before = sum(not other.is_notice and other.order < step.order for other in steps)
    return max(_MIDDLE - 1 - before, _HIGHEST)


def _entries(appointments: Iterable[Appointment], wanted: Wanted) -> Iterator[_Entry]:
    """Put together what is wanted in one event or task."""
    groups: dict[object, list[Appointment]] = defaultdict(list)
    for one in appointments:
        if wanted.todo and one.occasion not in {Occasion.STEP, Occasion.DECISION}:
            continue
        customer, day = one.subject.item.customer, one.since
        if one.occasion is Occasion.STEP:
            # All that may go out today goes out together.
            day = max(day, one.subject.books.as_of)
        key = (customer, day, one.occasion) if wanted.by_customer else one.uid
        groups[key].append(one)
    for group in groups.values():
        group.sort(key=lambda one: (one.since, one.uid))
        day = group[0].since if wanted.todo else group[0].day
        uid = group[0].uid
        if wanted.by_customer:
            uid = uuid_of(uid, " ".join(str(one.uid) for one in group))
        if wanted.first <= day <= wanted.last and day < date.max:
            yield _Entry(uid, day, group)


def head(name: str, note: str = "") -> bytes:
    """Return all of a calendar that stands before its events.

    Args:
        name: What it is called.
        note: What is said of it as a whole.
    """
    name = title(name)
    properties = [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", PRODUCT),
        ("CALSCALE", "GREGORIAN"),
        ("NAME", name),
        ("X-WR-CALNAME", name),
    ]
    if note:
        properties += [("DESCRIPTION", text(note)), ("X-WR-CALDESC", text(note))]
    properties += [
        ("REFRESH-INTERVAL;VALUE=DURATION", _REFRESH),
        ("X-PUBLISHED-TTL", _REFRESH),
    ]
    return written(properties)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the calendar's head, and entries as components, the same way for all."""

    books: Books
    wanted: Wanted
    speaker: Speaker

    def head(self) -> bytes:
        """Return all that stands before the components."""
        books, tell = self.books, self.speaker.tell
        name = books.settings.title
        if self.wanted.private or not any(map(_is_visible, plain(name))):
            name = tell(_RECEIVABLES)
        note = Words("As of {date}, the ledger's as-of date.", date=books.as_of)
        return head(name, tell(note) if books.is_dated else "")

    def component(self, entry: _Entry) -> bytes:
        """Return the lines of an entry's component."""
        return written(self._properties(entry))

    def _properties(self, entry: _Entry) -> Iterator[Property]:
        todo, speaker, settings = self.wanted.todo, self.speaker, self.books.settings
        component, touched = "VTODO" if todo else "VEVENT", midnight(entry.touched)
        book = self.wanted.shown_book
        summary = title(": ".join(filter(None, (book, speaker.title(entry.group)))))
        yield "BEGIN", component
        yield "UID", str(entry.uid)
        yield "SUMMARY", summary
        if todo:
            yield "DUE;VALUE=DATE", day(entry.day)
        else:
            yield "DTSTART;VALUE=DATE", day(entry.day)
            yield "DTEND;VALUE=DATE", day(entry.day + _DAY)
            yield "TRANSP", "TRANSPARENT"
        yield "DTSTAMP", touched
        yield "LAST-MODIFIED", touched
        yield "SEQUENCE", str(entry.sequence)
        yield "PRIORITY", str(entry.priority)
        yield "STATUS", "NEEDS-ACTION" if todo else "CONFIRMED"
        yield "CLASS", settings.feed_class.upper()
        categories = filter(None, (book, speaker.tell(_RECEIVABLES)))
        yield "CATEGORIES", ",".join(map(title, categories))
        if not self.wanted.private:
            yield "DESCRIPTION", text(speaker.description(entry.group, entry.day))
            if address := link(entry.group):
                yield "URL", address
        if settings.feed_alarm != NO_ALARM:
            yield from self._alarm(summary)
        yield "END", component

    def _alarm(self, summary: str) -> Iterator[Property]:
        yield "BEGIN", "VALARM"
        yield "ACTION", "DISPLAY"
        yield "DESCRIPTION", summary
        # A task has no start.
        related = ";RELATED=END" if self.wanted.todo else ""
        yield f"TRIGGER{related}", duration(self.books.settings.feed_alarm)
        yield "END", "VALARM"


def build_calendar(
    books: Books,
    keep: Keep = everything,
    wanted: Wanted = Wanted(),
    before: bytes = b"",
    report: AgingReport | None = None,
) -> bytes:
    """Write the calendar of what is open on a date.

    Args:
        books: The ledger on that date.
        keep: Which items it is to be about; all by default.
        wanted: What it is to have in it.
        before: The feed that this one replaces, empty if there is none: events that
            say the same stay the same.
        report: The aging report of these items, where there is one.

    Returns:
        The iCalendar text, UTF-8, lines ended by CRLF, in the language of the option
        `language`. Dates beyond the calendar's last day are left out.
    """
    locale = locale_of(books.settings.language)
    words = None if locale.language == "en" else catalogue(locale)
    writer = _Writer(books, wanted, Speaker(words, wanted.private))
    entries = list(_entries(agenda(books, keep, report), wanted))
    entries.sort(key=lambda entry: (entry.day, entry.uid))
    components = following(map(writer.component, entries), published(before))
    return b"".join([writer.head(), *components, END])
