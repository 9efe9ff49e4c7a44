"""The log, note by note: what each note changes, and which makes no sense."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from beancount_dunning.basics.errors import MAX_LISTED
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.standing.dunning import NO_RECORD
from beancount_dunning.standing.dunning import BrokenPromise
from beancount_dunning.standing.dunning import Dunning
from beancount_dunning.standing.dunning import Group
from beancount_dunning.standing.dunning import Record
from beancount_dunning.standing.dunning import Sent
from beancount_dunning.standing.dunning import dated_steps
from beancount_dunning.standing.dunning import is_taken_elsewhere
from beancount_dunning.standing.dunning import unsent_steps
from beancount_dunning.standing.step_days import StepDays

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.basics.errors import LogError
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.log import Log
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.ledger.settings import Settings


# So many names are looked through for what may have been meant, and so often.
_SUGGESTED = 200


_HELPED = 50


class _Instalment:
    """An instalment while its log is read."""

    def __init__(self, items: Iterable[Item]) -> None:
        # Sales come before what is charged on them, oldest first.
        self.items = sorted(items, key=lambda item: (bool(item.charge), item.date))
        self.settled_on = list(map(_settled_on, self.items))
        self.group = self.items[0].group
        self.begun = min(item.date for item in self.items)
        self.record = NO_RECORD
        # Of the day that was asked for last.
        self._policy = (dt.date.min, "")

    @property
    def due(self) -> dt.date | None:
        # What is charged later does not put off what it is charged for.
        return self.items[0].due

    def days(self, settings: Settings) -> StepDays | None:
        """Return when its steps come; None where it is undated."""
        return StepDays.of(self.items[0], settings)

    def policy(self, day: dt.date, settings: Settings) -> str:
        """Return the policy of what was open when a day began."""
        if self._policy[0] != day:
            item = next(self._open(day), self.items[0])
            self._policy = (day, item.policy_on(day, settings))
        return self._policy[1]

    def was_open(self, day: dt.date) -> bool:
        """Tell whether anything was open when a day began."""
        return any(True for _ in self._open(day))

    def _open(self, day: dt.date) -> Iterator[Item]:
        for item, settled_on in zip(self.items, self.settled_on, strict=True):
            if item.date <= day <= settled_on:
                yield item

    def take(self, entry: LogEntry, record: Record) -> None:
        """Take over a record that an entry made of the one so far."""
        known = record.entries
        entries = known if entry in known[-1:] else (*known, entry)
        self.record = replace(record, entries=entries)


def _settled_on(item: Item) -> dt.date:
    """Return the day on which nothing was left open; the last there is if none."""
    left = item.amount
    for settlement in sorted(item.settlements, key=lambda settlement: settlement.date):
        left -= settlement.amount
        if left <= 0:
            return settlement.date
    return dt.date.max


class _Follower:
    """Reads the log of one invoice, note by note."""

    def __init__(
        self, invoice: str, parts: Iterable[_Instalment], settings: Settings
    ) -> None:
        self.invoice = invoice
        self.parts = sorted(
            parts, key=lambda part: (part.due or dt.date.max, part.group[1:])
        )
        self.settings = settings
        self.problems: list[LogError] = []
        self._parts: dict[str, Sequence[_Instalment]] = {}
        self._coming: dict[object, list[Step]] = {}

    def follow(self, entry: LogEntry) -> None:
        """Take in one entry, about the instalments of its account's customers."""
        parts = self._parts_of(entry.account)
        known = [part for part in parts if part.begun <= entry.date]
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

    def _parts_of(self, account: str) -> Sequence[_Instalment]:
        """Return the instalments of an account's customers."""
        if account not in self._parts:
            items = (item for part in self.parts for item in part.items)
            theirs = {item.customer for item in items if item.account == account}
            self._parts[account] = [
                part for part in self.parts if part.group[1] in theirs
            ]
        return self._parts[account]

    def _take(self, entry: LogEntry, known: Sequence[_Instalment]) -> None:
        """Take in one entry; the instalments are in order of their due dates."""
        is_open = [part for part in known if part.was_open(entry.date)]
        if entry.reminder is not None:
            self._remind(entry, entry.reminder, is_open or known, is_paid=not is_open)
        if entry.promise is not None:
            if is_open:
                for part in _due_by(is_open, entry.promise):
                    part.take(entry, replace(part.record, promise=entry))
            else:
                self._problem(
                    entry,
                    f"A promise, but {self.invoice} was already paid by {entry.date}.",
                )
        if entry.dispute is not None:
            self._dispute(entry, known)
        if entry.hold_until is not None:
            for part in known:
                part.take(entry, replace(part.record, hold=entry))

    def _dispute(self, entry: LogEntry, known: Sequence[_Instalment]) -> None:
        if not entry.dispute and not any(part.record.is_disputed for part in known):
            self._problem(entry, f"{self.invoice} was not in dispute.")
            return
        for part in known:
            part.take(entry, replace(part.record, dispute=entry))

    def _problem(self, entry: LogEntry, message: str) -> None:
        self.problems.append(entry.error(message))

    def _remind(
        self,
        entry: LogEntry,
        name: str,
        parts: Sequence[_Instalment],
        *,
        is_paid: bool,
    ) -> None:
        day = entry.date
        self._coming.clear()
        steps = self._steps(entry, name, parts)
        if steps and is_paid:
            self._problem(
                entry, f"{self.invoice} was paid before this reminder, on {day}."
            )
        if not steps or is_paid:
            return
        those = [part for part in parts if part.group in steps]
        in_turn = [
            part for part in those if self._in_turn(part, steps[part.group], day)
        ]
        if not in_turn:
            self._out_of_turn(entry, those[0], steps[those[0].group])
            return
        today = [
            part
            for part in in_turn
            if _may_go_out(part, steps[part.group], day, self.settings)
        ]
        for part in today or in_turn[:1]:
            sent = Sent(steps[part.group], entry)
            record = replace(part.record, sent=(*part.record.sent, sent), reached=sent)
            part.take(entry, record)

    def _steps(
        self, entry: LogEntry, name: str, parts: Sequence[_Instalment]
    ) -> dict[Group, Step]:
        """Return the step of a name that each instalment's policy had on the day."""
        steps: dict[Group, Step] = {}
        ladder: Sequence[Step] = ()
        policy = ""
        for part in parts:
            policy = part.policy(entry.date, self.settings)
            ladder = self.settings.steps(policy, entry.date)
            if found := next((step for step in ladder if step.name == name), None):
                steps[part.group] = found
        if not steps:
            message = f'The policy "{policy}" has no step "{name}".'
            names = [step.name for step in ladder]
            self._problem(entry, message + (suggestion(name, names) if names else ""))
        return steps

    def _to_come(self, part: _Instalment, day: dt.date) -> list[Step]:
        """Return the steps that were to come, as things stood."""
        policy = part.policy(day, self.settings)
        # Many instalments of an invoice have the same behind them.
        reached = part.record.reached
        known = (
            policy,
            tuple(sent.step.name for sent in part.record.sent),
            (reached.step.name, reached.step.order) if reached else None,
            part.days(self.settings) if self.settings.start else None,
        )
        if known not in self._coming:
            steps = unsent_steps(self.settings.steps(policy, day), part.record)
            self._coming[known] = [
                step for step in steps if not self._is_elsewhere(part, step, day)
            ]
        return self._coming[known]

    def _is_elsewhere(self, part: _Instalment, step: Step, day: dt.date) -> bool:
        """Tell whether a step counted as taken elsewhere on a day."""
        start = self.settings.start
        begun = start if start is not None and start <= day else None
        return is_taken_elsewhere(step, part.days(self.settings), begun)

    def _in_turn(self, part: _Instalment, step: Step, day: dt.date) -> bool:
        to_come = self._to_come(part, day)
        if step.is_notice or self.settings.skips_steps(day):
            return step in to_come
        return [other for other in to_come if not other.is_notice][:1] == [step]

    def _out_of_turn(self, entry: LogEntry, part: _Instalment, step: Step) -> None:
        before = [sent for sent in part.record.sent if sent.step.name == step.name]
        if before:
            self._problem(entry, f'"{step.name}" was already sent on {before[0].date}.')
            return
        to_come = self._to_come(part, entry.date)
        reached = part.record.reached
        if self._is_elsewhere(part, step, entry.date):
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
        part.take(entry, replace(part.record, sent=(*part.record.sent, sent)))


def _due_by(parts: Sequence[_Instalment], day: dt.date) -> Sequence[_Instalment]:
    """Return the instalments due by a day, or else the first."""
    due = [part for part in parts if part.due is not None and part.due <= day]
    return due or parts[:1]


def _may_go_out(
    part: _Instalment, step: Step, day: dt.date, settings: Settings
) -> bool:
    """Tell whether it was an instalment's turn to be reminded on a day."""
    days = part.days(settings)
    if days is None:
        return False
    try:
        (reminder,) = dated_steps(days, [step], part.record, skips=True)
    except (OverflowError, ValueError):
        return False  # beyond the calendar, resting, or not before the due date
    return reminder.date <= day and not reminder.lapses_before(day)


def follow(log: Log, receivables: Receivables, settings: Settings) -> Dunning:
    """Work out what the log comes to.

    Args:
        log: The notes up to a date.
        receivables: What is open then; settled items of the log's invoices as well.
        settings: The policies, today's and those of the days of the notes.

    Returns:
        A record for each instalment that the log tells of, the promises that were
        broken, and a LogError for each note that is about no known invoice or step,
        or contradicts what was before.
    """
    names = log.names
    groups: dict[Group, list[Item]] = defaultdict(list)
    for item in chain(receivables.items, receivables.settled):
        if item.invoice in names:
            groups[item.group].append(item)
    invoices: dict[str, list[_Instalment]] = defaultdict(list)
    for (invoice, *_), items in groups.items():
        invoices[invoice or ""].append(_Instalment(items))
    problems = [*log.problems, *_unknown(log, invoices, receivables)]
    for name, parts in invoices.items():
        follower = _Follower(name, parts, settings)
        for entry in log.entries[name]:
            if not entry.is_history:
                follower.follow(entry)
        problems += follower.problems
    records = {
        part.group: part.record
        for parts in invoices.values()
        for part in parts
        if part.record.entries
    }
    return Dunning(records, tuple(_broken(records, receivables)), tuple(problems))


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
    """Yield the promises whose day is past and whose instalments are open."""
    found: dict[int, tuple[LogEntry, list[Item]]] = {}
    for item in receivables.items:
        record = records.get(item.group)
        promise = record.promise if record else None
        if not promise or not promise.promise or promise.promise >= receivables.as_of:
            continue
        # What was charged later was not promised.
        if not item.charge or item.date <= promise.date:
            found.setdefault(id(promise.entry), (promise, []))[1].append(item)
    for entry, items in found.values():
        yield BrokenPromise(entry, tuple(items))
