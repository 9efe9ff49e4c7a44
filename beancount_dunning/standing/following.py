"""The log, note by note: what each note changes, and which makes no sense."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.basics.errors import MAX_LISTED
from beancount_dunning.basics.lists import either
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.standing.instalments import change
from beancount_dunning.standing.invoices import find_invoices
from beancount_dunning.standing.portions import Portions
from beancount_dunning.standing.records import BrokenPromise
from beancount_dunning.standing.records import Dunning
from beancount_dunning.standing.records import Record
from beancount_dunning.standing.sent_steps import SentSteps
from beancount_dunning.standing.turns import Turns

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Container
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.basics.errors import LogError
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.log import Log
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.instalments import Instalment
    from beancount_dunning.standing.invoices import LoggedInvoice


# So many names are looked through for what may have been meant, and so often.
_SUGGESTED = 200
_HELPED = 50


class _Follower:
    """Reads the log of one invoice, note by note."""

    def __init__(
        self, invoice: LoggedInvoice, settings: Settings, turns: Turns
    ) -> None:
        self._invoice = invoice
        self._steps = SentSteps(invoice, settings, turns)

    def follow(self, entry: LogEntry) -> None:
        """Take in one entry, about the instalments of its account's customers."""
        if entry.is_reminder and self._steps.take_queued(entry):
            return
        if known := self._invoice.known(entry):
            self._take(entry, known)
        else:
            self._invoice.say_unknown(entry)

    def _take(self, entry: LogEntry, known: Sequence[Instalment]) -> None:
        """Take in one entry; the instalments are in order of their due dates."""
        is_about_open = entry.reminder or entry.promise
        maybe = known if is_about_open else ()
        is_open = [part for part in maybe if part.was_open(entry.date)]
        if entry.bounced is not None:
            self._steps.bounce(entry, entry.bounced, known)
        if entry.reminder is not None:
            self._steps.remind(entry, entry.reminder, is_open, known)
        if entry.plan is not None:
            self._plan(entry, known)
            known = self._invoice.known(entry)
            is_open = [part for part in known if part.was_open(entry.date)]
        if entry.promise is not None:
            self._promise(entry, entry.promise, is_open, known)
        if entry.dispute is not None:
            self._dispute(entry, known)
        if entry.handed or entry.is_back:
            self._hand(entry, known)
        if entry.hold_until:
            change(known, lambda record: replace(record, hold=entry))
        if entry.reason or entry.is_confirmed:
            change(known, lambda record: record)

    def _promise(
        self,
        entry: LogEntry,
        day: dt.date,
        is_open: Sequence[Instalment],
        known: Sequence[Instalment],
    ) -> None:
        due = _due_by(is_open, day)
        # The promise goes on where a plan ends by default before its day.
        ends = [part for part in known if part.goes_on(entry.date, day)]
        change([*due, *ends], lambda record: replace(record, promise=entry))
        if not is_open:
            message = Words(
                "A promise, but {invoice} was already paid by {day}.",
                invoice=self._invoice.name,
                day=entry.date,
            )
            self._invoice.problem(entry, message)

    def _plan(self, entry: LogEntry, known: Sequence[Instalment]) -> None:
        """Begin a plan's parts: a promise before it is past, all else goes on."""
        before = [part for part in known if part.is_laid_out(entry.date)]
        records = [part.record for part in before]
        holds = [record.hold for record in records if record.hold]
        begun = Record(
            dispute=next((one.dispute for one in records if one.has_dispute), None),
            handed=next((one.handed for one in records if one.is_handed), None),
            hold=max(
                holds, key=lambda hold: hold.hold_until or hold.date, default=None
            ),
        )
        change(before, lambda record: replace(record, promise=None))
        for part in self._invoice.parts:
            part.agreed.append(entry)
        own = [part for part in self._invoice.parts if part.agreed_in is entry.entry]
        change(own, lambda _: begun)

    def _dispute(self, entry: LogEntry, known: Sequence[Instalment]) -> None:
        if not entry.dispute and not any(part.record.has_dispute for part in known):
            message = Words("{invoice} was not in dispute.", invoice=self._invoice.name)
            self._invoice.problem(entry, message)
            return

        def disputed(record: Record) -> Record:
            # Where reminders went on for the rest, they do not begin anew.
            is_part = record.has_dispute and not record.is_disputed
            went_on = is_part and not entry.dispute
            return replace(record, dispute=None if went_on else entry)

        change(known, disputed)

    def _hand(self, entry: LogEntry, known: Sequence[Instalment]) -> None:
        if entry.is_back and not any(part.record.is_handed for part in known):
            message = Words(
                "{invoice} was not handed to anybody.", invoice=self._invoice.name
            )
            self._invoice.problem(entry, message)
            return
        change(known, lambda record: replace(record, handed=entry))


def _due_by(parts: Sequence[Instalment], day: dt.date) -> Sequence[Instalment]:
    """Return the instalments due by a day, or else the first."""
    due = [part for part in parts if part.due is not None and part.due <= day]
    return due or parts[:1]


def follow(log: Log, receivables: Receivables, settings: Settings) -> Dunning:
    """Work out what the log comes to.

    Args:
        log: The notes up to a date.
        receivables: What is open then; settled items of the log's invoices as well.
        settings: The policies, today's and those of the days of the notes.

    Returns:
        A record for each instalment that the log tells of, the promises that were
        broken, what is in dispute where it is not all, and a LogError for each note
        that is about no known invoice or step, or contradicts what was before.
    """
    invoices = find_invoices(log, receivables)
    problems = [
        *log.problems,
        *_unknown(log, {invoice.name for invoice in invoices}, receivables),
        *(
            outcome.agreement.note.error(problem)
            for outcome in receivables.plans
            for problem in outcome.problems
        ),
    ]
    portions = Portions(settings)
    for invoice in invoices:
        for entry in log.entries[invoice.name]:
            if entry.amount or entry.disputed:
                portions.add(entry, invoice.name, invoice.parts_of(entry.account))
    problems += portions.check()
    turns = Turns(settings)
    for invoice in invoices:
        follower = _Follower(invoice, settings, turns)
        for entry in log.entries[invoice.name]:
            if not entry.is_history:
                follower.follow(portions.read(entry))
        problems += invoice.problems
    parts = [part for invoice in invoices for part in invoice.parts]
    portions.compare(parts, receivables.as_of)
    records = {part.group: part.last_record for part in parts if part.record.is_told}
    broken = (*_broken(records, receivables), *portions.broken(receivables.as_of))
    return Dunning(records, broken, tuple(problems), portions.in_dispute(parts))


def _unknown(
    log: Log, known: Container[str], receivables: Receivables
) -> Iterator[LogError]:
    """Yield an error for each note of which no reference is an invoice."""
    references: dict[int, tuple[LogEntry, list[str]]] = {}
    for name, entries in log.entries.items():
        for entry in entries:
            if not entry.is_history:
                references.setdefault(id(entry), (entry, []))[1].append(name)
    there: dict[str, dict[str, None]] = defaultdict(dict)
    for item in receivables.items:
        if item.invoice is not None and len(there[item.account]) < _SUGGESTED:
            there[item.account][item.invoice] = None
    helped = 0
    for entry, names in references.values():
        if any(name in known for name in names):
            continue
        helped += 1
        message = Words(
            "There is no invoice {invoices}.", invoices=either(names[:MAX_LISTED])
        )
        if helped <= _HELPED:
            near = suggestion(names[0], there[entry.account])
            message = Words.joined("", [message, near])
        yield entry.error(message)


def _broken(
    records: Mapping[Group, Record], receivables: Receivables
) -> Iterator[BrokenPromise]:
    """Yield the promises of all that is open, of which something still is."""
    found: dict[int, tuple[LogEntry, list[Item]]] = {}
    for item in receivables.items:
        record = records.get(item.group)
        promise = record.promise if record else None
        if not promise or not promise.promise or promise.promise >= receivables.as_of:
            continue
        if promise.amount:
            continue
        # What was charged later was not promised.
        if not item.charge or item.date <= promise.date:
            found.setdefault(id(promise.entry), (promise, []))[1].append(item)
    for entry, items in found.values():
        yield BrokenPromise(entry, tuple(items))
