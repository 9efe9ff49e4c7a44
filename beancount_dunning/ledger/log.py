"""The log: notes that say what was sent, promised, planned, disputed, put off.

    2026-10-21 note Assets:Receivable:Acme "First reminder e-mailed" ^INV-2026-014
      reminder: "first reminder"
    2026-10-24 note Assets:Receivable:Acme "Ms Li promises payment" ^INV-2026-014
      promise: 2026-11-05
    2026-10-25 note Assets:Receivable:Acme "Two pages are missing" ^INV-2026-014
      dispute: 200.00 EUR
      reason: "quality"

A note belongs to the invoice that its link names, or `invoice:` where a reference is
none that a link can be; with several links to each of them. Notes and documents
without these keys are history, and change nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import replace
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from functools import partial
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.amount import Amount
from beancount.core.data import Document
from beancount.core.data import Note

from beancount_dunning.basics.errors import LogError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger import values
from beancount_dunning.ledger.plan_notes import KEYS as PLAN_KEYS
from beancount_dunning.ledger.plan_notes import read_plan
from beancount_dunning.ledger.plans import Agreement
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.references import references
from beancount_dunning.ledger.values import WrongValueError
from beancount_dunning.ledger.values import as_date
from beancount_dunning.ledger.values import wrong_value

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.ledger.plans import Plan
    from beancount_dunning.ledger.settings import Settings

# What a note is written for, and what stands beside it.
KEYS = (
    *("reminder", "sending", "bounced", "promise", "plan", "dispute", "hold-until"),
    *("confirmed", "handed"),
)
_CHANNEL = values.choice(*Channel)
_BESIDE = ("amount", "reason", "channel", "to", "message-id", *PLAN_KEYS)


class Handed(StrEnum):
    """Who has taken on an invoice."""

    AGENCY = "agency"
    LAWYER = "lawyer"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What happened to an invoice on a date; what a note does not say is None.

    `amount` is how much was promised, and `disputed` how much is in dispute; without
    them it is all that is open. `bounced` is a step that did not arrive, `is_back` says
    that nobody has the invoice in hand any more. `channel` and `to` tell how something
    went out and where it went. `sending` is a step of which it is not known yet whether
    it went out: that alone is history, and changes nothing.
    """

    date: dt.date
    account: str
    text: str
    entry: Note | Document
    reminder: str | None = None
    promise: dt.date | None = None
    dispute: bool | None = None
    hold_until: dt.date | None = None
    amount: Amount | None = None
    disputed: Amount | None = None
    reason: str | None = None
    bounced: str | None = None
    is_confirmed: bool = False
    handed: Handed | None = None
    is_back: bool = False
    channel: Channel | None = None
    to: str | None = None
    plan: Plan | None = None
    sending: str | None = None

    @property
    def is_document(self) -> bool:
        """Whether it is a document, and `text` its file."""
        return isinstance(self.entry, Document)

    @property
    def is_history(self) -> bool:
        """Whether it changes nothing."""
        return self.reminder is None and self._changes_no_more

    @property
    def is_reminder(self) -> bool:
        """Whether it says that a step was sent, and else changes nothing."""
        return self.reminder is not None and self._changes_no_more

    @property
    def _changes_no_more(self) -> bool:
        """Whether it changes nothing but that a step was sent."""
        return (
            self.bounced is None
            and self.promise is None
            and self.plan is None
            and self.hold_until is None
            and self.dispute is None
            and self.reason is None
            and self.handed is None
            and not self.is_confirmed
            and not self.is_back
        )

    def error(self, message: Words) -> LogError:
        """Return an error at its line."""
        return LogError(place(self.entry.meta), message, self.entry)


@dataclass(frozen=True, slots=True)
class Log:
    """What the ledger tells of each reference, in order of date."""

    entries: Mapping[str, Sequence[LogEntry]]
    problems: tuple[LogError, ...]
    agreements: tuple[Agreement, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The references of which something is told that changes something."""
        return frozenset(
            name
            for name, entries in self.entries.items()
            if not all(entry.is_history for entry in entries)
        )


def _step(value: object) -> str:
    """Read the name of a step."""
    if not isinstance(value, str) or not value.strip():
        raise WrongValueError(Words('a step in quotes, like "first reminder"'))
    return value.strip()


def _dispute(value: object) -> bool | Amount:
    """Read what is in dispute: all, so much, or nothing any more."""
    if isinstance(value, bool):
        return value
    try:
        return _more_than_nothing(value)
    except WrongValueError:
        message = Words("TRUE, an amount like 200.00 EUR, or FALSE when it is resolved")
        raise WrongValueError(message) from None


def _more_than_nothing(value: object) -> Amount:
    """Read an amount that is something."""
    found = values.amount(value)
    if not found.number:
        raise WrongValueError(Words("an amount, like {amount}", amount="400.00 EUR"))
    return found


def _confirmed(value: object) -> bool:
    """Read that a balance was confirmed, which nothing takes back."""
    if value is not True:
        raise WrongValueError(Words.joined("", ["TRUE"]))
    return True


def _handed(value: object) -> Handed | bool:
    """Read who has an invoice in hand, or that nobody has any more."""
    if value is False:
        return False
    try:
        found: Handed = values.choice(*Handed)(value)
    except WrongValueError as error:
        message = Words("{choices}, or FALSE when it is back", choices=error.expected)
        raise WrongValueError(message) from None
    return found


class _Reader:
    """Reads notes; collects what they tell, and what is wrong with them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._agreements: list[Agreement] = []
        self.told: dict[str, list[LogEntry]] = defaultdict(list)
        self.problems: list[LogError] = []

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """The plans, with the notes on disputes of their invoices."""
        disputes = {
            name: [entry for entry in self.told[name] if entry.dispute is not None]
            for name in {name for plan in self._agreements for name in plan.names}
        }
        return tuple(
            replace(plan, disputes=tuple(disputes[name] for name in plan.names))
            for plan in self._agreements
        )

    def take(self, entry: Note | Document) -> None:
        """Take in what an entry tells, if it is of the log."""
        has_keys = isinstance(entry, Note) and not entry.meta.keys().isdisjoint(KEYS)
        if self._settings.accounts[entry.account] is None:
            if has_keys and (entry.links or "invoice" in entry.meta):
                text = Words(
                    "{account} is not a receivable account; put the note on the "
                    "invoice's account.",
                    account=entry.account,
                )
                self._problem(entry, text)
            return
        names = self._references(entry)
        if isinstance(entry, Document):
            logged = LogEntry(entry.date, entry.account, entry.filename, entry)
        elif names:
            self._check_keys(entry)
            logged = self._note(entry)
        elif has_keys:
            text = Words(
                "Which invoice is this about? Add its link, like ^INV-2026-014."
            )
            self._problem(entry, text)
            logged = self._note(entry)
        else:
            return
        for name in names:
            self.told[name].append(logged)
        if logged.plan and names:
            self._agreements.append(Agreement(logged, tuple(names), logged.plan))

    def _problem(self, entry: Note | Document, message: Words) -> None:
        self.problems.append(LogError(place(entry.meta), message, entry))

    def _references(self, entry: Note | Document) -> list[str]:
        """Return the references that an entry names."""
        expected = Words('the reference in quotes, like invoice: "2026-014"')
        return references(
            entry, misread=lambda *_: self._wrong(entry, "invoice", expected)
        )

    def _note(self, entry: Note) -> LogEntry:
        """Read what a note of the log says."""
        reminder = self._value(entry, "reminder", _step)
        dispute = self._value(entry, "dispute", _dispute)
        promise = self._day(entry, "promise")
        handed = self._value(entry, "handed", _handed)
        return LogEntry(
            entry.date,
            entry.account,
            entry.comment,
            entry,
            reminder=reminder,
            promise=promise,
            dispute=None if dispute is None else bool(dispute),
            hold_until=self._day(entry, "hold-until"),
            amount=self._promised(entry),
            disputed=dispute if isinstance(dispute, Amount) else None,
            reason=self._value(entry, "reason", values.text),
            bounced=self._value(entry, "bounced", _step),
            is_confirmed=bool(self._value(entry, "confirmed", _confirmed)),
            handed=handed or None,
            is_back=handed is False,
            channel=self._value(entry, "channel", _CHANNEL),
            to=self._value(entry, "to", values.text),
            plan=read_plan(entry, partial(self._problem, entry)),
            sending=self._value(entry, "sending", _step),
        )

    def _promised(self, entry: Note) -> Amount | None:
        """Read how much was promised."""
        amount: Amount | None = self._value(entry, "amount", _more_than_nothing)
        if amount is None or "promise" in entry.meta:
            return amount
        message = Words(
            "amount: says how much is promised; add the day, like promise: {date}.",
            date=entry.date,
        )
        if "dispute" in entry.meta:
            message = Words(
                "amount: belongs to a promise; type dispute: {amount}.", amount=amount
            )
        self._problem(entry, message)
        return None

    def _value(self, entry: Note, key: str, read: values.Reader) -> Any:  # noqa: ANN401 - as the reader has it
        if key not in entry.meta:
            return None
        try:
            return read(entry.meta[key])
        except WrongValueError as error:
            self._wrong(entry, key, error.expected)
            return None

    def _day(self, entry: Note, key: str) -> dt.date | None:
        if key not in entry.meta:
            return None
        value = as_date(entry.meta[key])
        if value is None:
            self._wrong(entry, key, Words("a date, like {date}", date=entry.date))
            return None
        if value < entry.date:
            text = Words(
                "{key}: {day} is before the date of the note, {date}.",
                key=key,
                day=value,
                date=entry.date,
            )
            self._problem(entry, text)
            return None
        return value

    def _wrong(self, entry: Note | Document, key: str, expected: Words) -> None:
        self._problem(entry, wrong_value(key, expected, entry.meta[key]))

    def _check_keys(self, entry: Note) -> None:
        """Report a key that is nearly one of ours: what it says would be lost."""
        for key in entry.meta:
            if meant := _meant(key):
                text = Words(
                    '"{key}" is not a key of a note; did you mean "{meant}"?',
                    key=key,
                    meant=meant,
                )
                self._problem(entry, text)


@cache
def _meant(key: str) -> str | None:
    """Return the key that one was meant to be; None where it is known, or far off.

    Thousands of notes have the same few keys.
    """
    known = (*KEYS, *_BESIDE)
    if key in known:
        return None
    if key == "hold":
        return "hold-until"
    return next(iter(get_close_matches(key, known, 1, 0.85)), None)


def read_log(entries: Iterable[Directive], settings: Settings, as_of: dt.date) -> Log:
    """Read what a ledger's notes tell of its invoices up to a date.

    Args:
        entries: Its directives, sorted by date; transactions among them do not matter.
        settings: What its own directives say.
        as_of: The date; notes dated later do not exist yet.

    Returns:
        The log, with a LogError for every note that cannot be understood, and for
        those that name no reference. What they say right still counts.
    """
    reader = _Reader(settings)
    for entry in entries:
        if isinstance(entry, Note | Document) and entry.date <= as_of:
            reader.take(entry)
    return Log(reader.told, tuple(reader.problems), reader.agreements)
