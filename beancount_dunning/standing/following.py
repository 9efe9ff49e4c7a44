"""The log, note by note: what each note changes, and which makes no sense."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.basics.errors import MAX_LISTED
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.standing.instalments import Instalment
from beancount_dunning.standing.instalments import change
from beancount_dunning.standing.portions import Portions
from beancount_dunning.standing.queues import Queues
from beancount_dunning.standing.records import BrokenPromise
from beancount_dunning.standing.records import Dunning
from beancount_dunning.standing.records import Record
from beancount_dunning.standing.records import Sent
from beancount_dunning.standing.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.basics.errors import LogError
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.log import Log
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.ledger.settings import Settings


# So many names are looked through for what may have been meant, and so often.
_SUGGESTED = 200


_HELPED = 50


class _Follower:
    """Reads the log of one invoice, note by note."""

    def __init__(
        self, invoice: str, parts: Iterable[Instalment], settings: Settings
    ) -> None:
        self.invoice = invoice
        self.parts = sorted(
            parts, key=lambda part: (part.due or dt.date.max, part.group[1:])
        )
        self.settings = settings
        self.problems: list[LogError] = []
        self._parts: dict[str, Sequence[Instalment]] = {}
        self.turns = Turns(settings)
        self._queues: dict[str, Queues] = {}
        self._alike: dict[str, bool] = {}

    def known(self, entry: LogEntry) -> list[Instalment]:
        """Return the instalments that an entry can be about."""
        parts = self.parts_of(entry.account)
        return [part for part in parts if part.begun <= entry.date and part.is_agreed]

    def follow(self, entry: LogEntry) -> None:
        """Take in one entry, about the instalments of its account's customers."""
        if entry.is_reminder and self._queued(entry, entry.reminder or ""):
            return
        parts, known = self.parts_of(entry.account), self.known(entry)
        if known:
            self._take(entry, known)
        elif parts:
            first = min(part.begun for part in parts)
            self._problem(
                entry, f"{self.invoice} is dated later than this note, {first}."
            )
        else:
            accounts = {item.account for part in self.parts for item in part.items}
            where = " and ".join(sorted(accounts))
            self._problem(
                entry, f"{self.invoice} is not on {entry.account} but on {where}."
            )

    def parts_of(self, account: str) -> Sequence[Instalment]:
        """Return the instalments of an account's customers."""
        if account not in self._parts:
            items = (item for part in self.parts for item in part.items)
            theirs = {item.customer for item in items if item.account == account}
            self._parts[account] = [
                part for part in self.parts if part.group[1] in theirs
            ]
        return self._parts[account]

    def _queued(self, entry: LogEntry, name: str) -> bool:
        """Take in a reminder by the queues; tell whether they know whose turn it is."""
        parts, day = self.parts_of(entry.account), entry.date
        is_simple = not self.settings.start and not self.settings.skips_steps(day)
        if not is_simple or not self._are_alike(entry.account):
            return False
        ladder = self.settings.steps(self.turns.policy(parts[0], day), day)
        step = next((step for step in ladder if step.name == name), None)
        if step is None or step.is_notice:
            return False
        queues = self._queues.get(entry.account)
        if queues is None or queues.ladder is not ladder:
            queues = Queues(parts, self.turns, ladder, day)
            self._queues[entry.account] = queues
        reminded = queues.reminded(step, day)
        if reminded:
            self._sent(entry, step, reminded)
        return bool(reminded)

    def _are_alike(self, account: str) -> bool:
        """Tell whether all instalments of an account's customers have one policy."""
        if account not in self._alike:
            sources = {part.source for part in self.parts_of(account)}
            self._alike[account] = len(sources) == 1 and None not in sources
        return self._alike[account]

    def _take(self, entry: LogEntry, known: Sequence[Instalment]) -> None:
        """Take in one entry; the instalments are in order of their due dates."""
        is_about_open = entry.reminder or entry.promise
        maybe = known if is_about_open else ()
        is_open = [part for part in maybe if part.was_open(entry.date)]
        if entry.bounced is not None:
            self._bounce(entry, entry.bounced, known)
        if entry.reminder is not None:
            self._remind(entry, entry.reminder, is_open or known, is_paid=not is_open)
        if entry.plan is not None:
            self._plan(entry, known)
            known = self.known(entry)
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
            self._problem(
                entry,
                f"A promise, but {self.invoice} was already paid by {entry.date}.",
            )

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
        for part in self.parts:
            part.agreed.append(entry)
        own = [part for part in self.parts if part.agreed_in is entry.entry]
        change(own, lambda _: begun)

    def _dispute(self, entry: LogEntry, known: Sequence[Instalment]) -> None:
        if not entry.dispute and not any(part.record.has_dispute for part in known):
            self._problem(entry, f"{self.invoice} was not in dispute.")
            return

        def disputed(record: Record) -> Record:
            # Where reminders went on for the rest, they do not begin anew.
            is_part = record.has_dispute and not record.is_disputed
            went_on = is_part and not entry.dispute
            return replace(record, dispute=None if went_on else entry)

        change(known, disputed)

    def _hand(self, entry: LogEntry, known: Sequence[Instalment]) -> None:
        if entry.is_back and not any(part.record.is_handed for part in known):
            self._problem(entry, f"{self.invoice} was not handed to anybody.")
            return
        change(known, lambda record: replace(record, handed=entry))

    def _bounce(self, entry: LogEntry, name: str, known: Sequence[Instalment]) -> None:
        """Take back the last sending of a step: it is next again."""
        sendings = {
            id(sent.entry): sent.entry
            for part in known
            for sent in part.record.sent
            if sent.step.name == name
        }
        if not sendings:
            if self._steps(entry, name, known):
                message = f'"{name}" was not sent, so it cannot have bounced.'
                self._problem(entry, message)
            return
        last = max(sendings.values(), key=lambda sending: sending.date)
        for part in known:
            part.take_back(name, last)
        self._move(known, entry.date)

    def _problem(self, entry: LogEntry, message: str) -> None:
        self.problems.append(entry.error(message))

    def _remind(
        self,
        entry: LogEntry,
        name: str,
        parts: Sequence[Instalment],
        *,
        is_paid: bool,
    ) -> None:
        day = entry.date
        steps = self._steps(entry, name, parts)
        if steps and is_paid:
            self._problem(
                entry, f"{self.invoice} was paid before this reminder, on {day}."
            )
        if not steps or is_paid:
            return
        those = [part for part in parts if part.group in steps]
        skips = self.settings.skips_steps(day)
        in_turn = [
            part
            for part in those
            if self.turns.to_come(part, day).is_next(steps[part.group], skips=skips)
        ]
        if not in_turn:
            self._out_of_turn(entry, those[0], steps[those[0].group])
            return
        today = [
            part
            for part in in_turn
            if self.turns.may_go_out(part, steps[part.group], day)
        ]
        alike: dict[str, list[Instalment]] = defaultdict(list)
        for part in today or in_turn[:1]:
            alike[self.turns.policy(part, day)].append(part)
        for some in alike.values():
            self._sent(entry, steps[some[0].group], some)

    def _sent(self, entry: LogEntry, step: Step, parts: Sequence[Instalment]) -> None:
        """Take in that a step was sent in its turn."""
        sent = Sent(step, entry)
        for part in parts:
            part.turns.append(sent)
        change(
            parts,
            lambda record: replace(record, sent=(*record.sent, sent), reached=sent),
        )
        self._move(parts, entry.date)

    def _move(self, parts: Iterable[Instalment], day: dt.date) -> None:
        """Let instalments wait for what is next."""
        for queues in self._queues.values():
            for part in parts:
                queues.move(part, day)

    def _steps(
        self, entry: LogEntry, name: str, parts: Sequence[Instalment]
    ) -> dict[Group, Step]:
        """Return the step of a name that each instalment's policy had on the day."""
        steps = self.turns.steps(name, parts, entry.date)
        if not steps:
            policy = self.turns.policy(parts[-1], entry.date)
            message = f'The policy "{policy}" has no step "{name}".'
            names = [step.name for step in self.settings.steps(policy, entry.date)]
            self._problem(entry, message + (suggestion(name, names) if names else ""))
        return steps

    def _out_of_turn(self, entry: LogEntry, part: Instalment, step: Step) -> None:
        before = [sent for sent in part.record.sent if sent.step.name == step.name]
        if before:
            self._problem(entry, f'"{step.name}" was already sent on {before[0].date}.')
            return
        to_come = self.turns.to_come(part, entry.date).steps
        reached = part.record.reached
        if self.turns.is_elsewhere(part, step, entry.date):
            start = self.settings.start
            reason = f'its day was before the option "start", {start}'
        elif step in to_come or reached is None:
            first = next(other for other in to_come if not other.is_notice)
            reason = f'"{first.name}" comes before it and was not logged'
        else:
            reason = f'"{reached.step.name}" was sent before, on {reached.date}'
        self._problem(entry, f'"{step.name}" is out of order: {reason}.')
        # It was sent, whatever should have been: the step that was left out stays
        # the next one.
        sent = Sent(step, entry)
        change([part], lambda record: replace(record, sent=(*record.sent, sent)))
        self._move([part], entry.date)


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
    invoices = _instalments(log, receivables)
    problems = [
        *log.problems,
        *_unknown(log, invoices, receivables),
        *(
            outcome.agreement.note.error(problem)
            for outcome in receivables.plans
            for problem in outcome.problems
        ),
    ]
    followers = [_Follower(name, parts, settings) for name, parts in invoices.items()]
    portions = Portions(settings)
    for follower in followers:
        for entry in log.entries[follower.invoice]:
            if entry.amount or entry.disputed:
                portions.add(entry, follower.invoice, follower.parts_of(entry.account))
    problems += portions.check()
    for follower in followers:
        for entry in log.entries[follower.invoice]:
            if not entry.is_history:
                follower.follow(portions.read(entry))
        problems += follower.problems
    parts = [part for follower in followers for part in follower.parts]
    portions.compare(parts, receivables.as_of)
    records = {part.group: part.last_record for part in parts if part.record.is_told}
    broken = (*_broken(records, receivables), *portions.broken(receivables.as_of))
    return Dunning(records, broken, tuple(problems), portions.in_dispute(parts))


def _instalments(log: Log, receivables: Receivables) -> dict[str, list[Instalment]]:
    """Return the instalments of the invoices that the log tells of."""
    names = log.names
    groups: dict[Group, list[Item]] = defaultdict(list)
    for item in receivables.all_items:
        if item.invoice in names:
            groups[item.group].append(item)
    invoices: dict[str, list[Instalment]] = defaultdict(list)
    for (invoice, *_), items in groups.items():
        invoices[invoice or ""].append(Instalment(items))
    return invoices


def _unknown(
    log: Log, known: Mapping[str, object], receivables: Receivables
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
        message = f"There is no invoice {' or '.join(names[:MAX_LISTED])}."
        if helped <= _HELPED:
            message += suggestion(names[0], there[entry.account])
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
