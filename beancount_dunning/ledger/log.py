"""The log: notes in the ledger that say what was sent, promised, disputed, put off.

    2026-10-21 note Assets:Receivable:Acme "First reminder e-mailed" ^INV-2026-014
      reminder: "first reminder"
    2026-10-24 note Assets:Receivable:Acme "Ms Li promises payment" ^INV-2026-014
      promise: 2026-11-05

A note belongs to the invoice that its link names, or `invoice:` where a reference is
none that a link can be; with several links to each of them. Notes and documents
without these keys are history, and change nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from beancount.core.data import Document
from beancount.core.data import Note

from beancount_dunning.basics.errors import LogError
from beancount_dunning.basics.errors import place
from beancount_dunning.ledger.references import references
from beancount_dunning.ledger.values import as_date
from beancount_dunning.ledger.values import typed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.ledger.settings import Settings

KEYS = ("reminder", "promise", "dispute", "hold-until")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What happened to an invoice on a date; what a note does not say is None."""

    date: dt.date
    account: str
    text: str
    entry: Note | Document
    reminder: str | None = None
    promise: dt.date | None = None
    dispute: bool | None = None
    hold_until: dt.date | None = None

    @property
    def is_document(self) -> bool:
        """Whether it is a document, and `text` its file."""
        return isinstance(self.entry, Document)

    @property
    def is_history(self) -> bool:
        """Whether it changes nothing."""
        said = (self.reminder, self.promise, self.dispute, self.hold_until)
        return all(value is None for value in said)

    def error(self, message: str) -> LogError:
        """Return an error at its line."""
        return LogError(place(self.entry.meta), message, self.entry)


@dataclass(frozen=True, slots=True)
class Log:
    """What the ledger tells of each reference, in order of date."""

    entries: Mapping[str, Sequence[LogEntry]]
    problems: tuple[LogError, ...]

    @property
    def names(self) -> frozenset[str]:
        """The references of which something is told that changes something."""
        return frozenset(
            name
            for name, entries in self.entries.items()
            if not all(entry.is_history for entry in entries)
        )


class _Reader:
    """Reads notes; collects what is wrong with them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.problems: list[LogError] = []

    def problem(self, entry: Note | Document, message: str) -> None:
        self.problems.append(LogError(place(entry.meta), message, entry))

    def references(self, entry: Note | Document) -> list[str]:
        """Return the references that an entry names."""
        expected = 'the reference in quotes, like invoice: "2026-014"'
        return references(
            entry, misread=lambda *_: self._wrong(entry, "invoice", expected)
        )

    def note(self, entry: Note) -> LogEntry:
        """Read what a note of the log says."""
        meta = entry.meta
        reminder = meta.get("reminder")
        if "reminder" in meta and not (isinstance(reminder, str) and reminder.strip()):
            self._wrong(entry, "reminder", 'a step in quotes, like "first reminder"')
            reminder = None
        dispute = meta.get("dispute")
        if "dispute" in meta and not isinstance(dispute, bool):
            self._wrong(entry, "dispute", "TRUE, or FALSE when it is resolved")
            dispute = None
        return LogEntry(
            entry.date,
            entry.account,
            entry.comment,
            entry,
            reminder.strip() if reminder else None,
            self._day(entry, "promise"),
            dispute,
            self._day(entry, "hold-until"),
        )

    def _day(self, entry: Note, key: str) -> dt.date | None:
        if key not in entry.meta:
            return None
        value = as_date(entry.meta[key])
        if value is None:
            self._wrong(entry, key, f"a date, like {entry.date}")
            return None
        if value < entry.date:
            self.problem(
                entry, f"{key}: {value} is before the date of the note, {entry.date}."
            )
            return None
        return value

    def _wrong(self, entry: Note | Document, key: str, expected: str) -> None:
        got = typed(entry.meta[key])
        self.problem(entry, f"{key}: expected {expected}; got {got}.")

    def check_keys(self, entry: Note) -> None:
        """Report a key that is nearly one of ours: what it says would be lost."""
        for key in entry.meta:
            close = get_close_matches(key, KEYS, 1, 0.85)
            if close and key not in KEYS:
                self.problem(
                    entry, f'"{key}" is not a key of a note; did you mean "{close[0]}"?'
                )


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
    told: dict[str, list[LogEntry]] = defaultdict(list)
    for entry in entries:
        if not isinstance(entry, Note | Document) or entry.date > as_of:
            continue
        is_ours = settings.accounts[entry.account] is not None
        has_keys = isinstance(entry, Note) and not entry.meta.keys().isdisjoint(KEYS)
        if not is_ours:
            if has_keys and (entry.links or "invoice" in entry.meta):
                reader.problem(
                    entry,
                    f"{entry.account} is not a receivable account; put the note on "
                    "the invoice's account.",
                )
            continue
        references = reader.references(entry)
        if isinstance(entry, Document):
            logged = LogEntry(entry.date, entry.account, entry.filename, entry)
        else:
            if references:
                reader.check_keys(entry)
            elif has_keys:
                reader.problem(
                    entry,
                    "Which invoice is this about? Add its link, like ^INV-2026-014.",
                )
            logged = reader.note(entry)
        for reference in references:
            told[reference].append(logged)
    return Log(told, tuple(reader.problems))
