"""The steps that notes say were sent, or bounced: whose turn each of them was."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.step_names import step_name
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.standing.instalments import change
from beancount_dunning.standing.queues import Queues
from beancount_dunning.standing.records import Sent

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.instalments import Instalment
    from beancount_dunning.standing.invoices import LoggedInvoice
    from beancount_dunning.standing.turns import Turns


class SentSteps:
    """Takes in the steps that were sent for an invoice, in order of date."""

    def __init__(
        self, invoice: LoggedInvoice, settings: Settings, turns: Turns
    ) -> None:
        """Take the invoice, the policies of each day, and the turns of all invoices."""
        self._invoice = invoice
        self._settings = settings
        self._turns = turns
        self._queues: dict[str, Queues] = {}

    def take_queued(self, entry: LogEntry) -> bool:
        """Take in a reminder by the queues, if they know whose turn it is.

        Args:
            entry: A note that says that a step was sent, and changes nothing else.

        Returns:
            Whether they knew.
        """
        parts, day = self._invoice.parts_of(entry.account), entry.date
        is_simple = not self._settings.start and not self._settings.skips_steps(day)
        if not is_simple or not self._invoice.are_alike(entry.account):
            return False
        ladder = self._settings.steps(self._turns.policy(parts[0], day), day)
        step = next((step for step in ladder if step.name == entry.reminder), None)
        if step is None or step.is_notice:
            return False
        queues = self._queues.get(entry.account)
        if queues is None or queues.ladder is not ladder:
            queues = Queues(parts, self._turns, ladder, day)
            self._queues[entry.account] = queues
        reminded = queues.reminded(step, day)
        if reminded:
            self._sent(entry, step, reminded)
        return bool(reminded)

    def remind(
        self,
        entry: LogEntry,
        name: str,
        is_open: Sequence[Instalment],
        known: Sequence[Instalment],
    ) -> None:
        """Take in a reminder.

        Args:
            entry: The note.
            name: The step that it says was sent.
            is_open: The instalments that were open then, in order of due date.
            known: All that it can be about.
        """
        day, parts = entry.date, is_open or known
        steps = self._steps(entry, name, parts)
        if not steps:
            return
        if not is_open:
            message = Words(
                "{invoice} was paid before this reminder, on {day}.",
                invoice=self._invoice.name,
                day=day,
            )
            self._invoice.problem(entry, message)
            return
        those = [part for part in parts if part.group in steps]
        in_turn = self._in_turn(steps, those, day)
        if not in_turn:
            self._out_of_turn(entry, those[0], steps[those[0].group])
        alike: dict[str, list[Instalment]] = defaultdict(list)
        for part in in_turn:
            alike[self._turns.policy(part, day)].append(part)
        for some in alike.values():
            self._sent(entry, steps[some[0].group], some)

    def _in_turn(
        self, steps: Mapping[Group, Step], parts: Sequence[Instalment], day: dt.date
    ) -> Sequence[Instalment]:
        """Return those that a step may go out to, or else the first in turn."""
        skips = self._settings.skips_steps(day)
        in_turn = [
            part
            for part in parts
            if self._turns.to_come(part, day).is_next(steps[part.group], skips=skips)
        ]
        today = [
            part
            for part in in_turn
            if self._turns.may_go_out(part, steps[part.group], day)
        ]
        return today or in_turn[:1]

    def bounce(self, entry: LogEntry, name: str, known: Sequence[Instalment]) -> None:
        """Take back the last sending of a step: it is next again."""
        sendings = {
            id(sent.entry): sent.entry
            for part in known
            for sent in part.record.sent
            if sent.step.name == name
        }
        if not sendings:
            if self._steps(entry, name, known):
                message = Words(
                    '"{step}" was not sent, so it cannot have bounced.',
                    step=step_name(name),
                )
                self._invoice.problem(entry, message)
            return
        last = max(sendings.values(), key=lambda sending: sending.date)
        for part in known:
            part.take_back(name, last)
        self._move(known, entry.date)

    def _sent(self, entry: LogEntry, step: Step, parts: Sequence[Instalment]) -> None:
        """Take in that a step was sent in its turn."""
        sent = Sent(step, entry)
        for part in parts:
            part.turns.append(sent)
        change(
            parts,
            lambda record: replace(
                record, sent=(*record.sent, sent), reached=sent, is_told=True
            ),
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
        steps = self._turns.steps(name, parts, entry.date)
        if not steps:
            policy = self._turns.policy(parts[-1], entry.date)
            names = [step.name for step in self._settings.steps(policy, entry.date)]
            message = Words(
                'The policy "{policy}" has no step "{step}".', policy=policy, step=name
            )
            text = Words.joined("", [message, suggestion(name, names)])
            self._invoice.problem(entry, text)
        return steps

    def _out_of_turn(self, entry: LogEntry, part: Instalment, step: Step) -> None:
        before = [sent for sent in part.record.sent if sent.step.name == step.name]
        if before:
            message = Words(
                '"{step}" was already sent on {day}.',
                step=step_name(step.name),
                day=before[0].date,
            )
            self._invoice.problem(entry, message)
            return
        to_come = self._turns.to_come(part, entry.date).steps
        reached = part.record.reached
        if self._turns.is_elsewhere(part, step, entry.date):
            reason = Words(
                'its day was before the option "start", {day}',
                day=self._settings.start,
            )
        elif step in to_come or reached is None:
            first = next(other for other in to_come if not other.is_notice)
            reason = Words(
                '"{step}" comes before it and was not logged',
                step=step_name(first.name),
            )
        else:
            reason = Words(
                '"{step}" was sent before, on {day}',
                step=step_name(reached.step.name),
                day=reached.date,
            )
        message = Words(
            '"{step}" is out of order: {reason}.',
            step=step_name(step.name),
            reason=reason,
        )
        self._invoice.problem(entry, message)
        # It was sent, whatever should have been: the step that was left out stays
        # the next one.
        sent = Sent(step, entry)
        change([part], lambda record: replace(record, sent=(*record.sent, sent)))
        self._move([part], entry.date)
