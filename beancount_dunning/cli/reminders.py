"""`bean-dunning reminders`."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Self

import click

from beancount_dunning.answers.insertion import Placed
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.insertion import insert
from beancount_dunning.answers.proposals import as_text as as_directive
from beancount_dunning.answers.proposals import is_loggable
from beancount_dunning.answers.proposals import notes
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.reminders import stale_bank
from beancount_dunning.basics.files import write
from beancount_dunning.basics.money import ZERO
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.answer import tell
from beancount_dunning.cli.loading import AskedOfReport
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.loading import turn
from beancount_dunning.cli.output import after_writing
from beancount_dunning.cli.output import safe
from beancount_dunning.cli.sending import warn_before_sending
from beancount_dunning.formats.tables import as_json
from beancount_dunning.formats.text_reminders import as_csv
from beancount_dunning.formats.text_reminders import as_text
from beancount_dunning.formats.totals import COUNT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from pathlib import Path

    from beancount.core.data import Note

    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.answers.reminders import Reminders
    from beancount_dunning.cli.loading import View
    from beancount_dunning.formats.totals import Sums


@dataclass(frozen=True, slots=True)
class Asked(AskedOfReport):
    """What the command is asked."""

    days: int
    bank_age: int
    log: bool
    append: Path | None

    def check(self) -> None:
        """Refuse what does not go together."""
        if (self.log or self.append) and self.format_ != "text":
            message = (
                "--log and --append write directives; do not combine them with "
                "--format."
            )
            raise click.UsageError(message)
        if self.format_ == "csv" and self.by == "customer":
            message = (
                "--format csv lists invoices; use --by with --format text or json."
            )
            raise click.UsageError(message)

    def of_each(self) -> Self:
        """Refuse to write into several ledgers."""
        if self.append:
            message = "--append writes into one ledger; name it alone."
            raise click.UsageError(message)
        return self


def run(asked: Asked) -> None:
    """Print the reminders to send, or log them as sent."""
    asked.check()
    if asked.append:
        with turn(asked.ledger):
            told, due = _append(asked, asked.append)
        # Others may write while somebody reads this.
        with after_writing():
            tell(_logged(told, due))
        return
    tell(answer(load(asked.ledger, asked.as_of), asked))


def answer(view: View, asked: Asked) -> Answer:
    """Say what to send, and what comes up."""
    found = _found(view, asked)
    if asked.log:
        logged = _logged(notes(view.books, found.asking), found.asking)
        return replace(logged, sums=_sums(found))
    if asked.format_ == "json":
        bank = stale_bank(view.books, asked.bank_age)
        data = found.weighed(view.books).as_dict(by_customer=asked.by == "customer")
        output = as_json({**data, "stale_bank": bank.as_dict() if bank else None})
    elif asked.format_ == "csv":
        output = as_csv(found)
    else:
        output = as_text(
            found.weighed(view.books),
            view.heading("To send"),
            by=asked.by,
            width=view.around.width,
            grouped=view.is_grouped,
        )
    return Answer(output, asked.format_ != "text", _sums(found))


def _sums(found: Reminders) -> Sums:
    """Count reminders, and add up what they are about."""
    groups = {"to send": found.due, "coming up": found.upcoming}
    counts = {name: len(some) for name, some in groups.items()}
    counts["to decide"] = len(found.undecided)
    sums: dict[str, dict[str, Decimal]] = {}
    for name, some in groups.items():
        for one in some:
            of = sums.setdefault(one.item.currency, dict.fromkeys(groups, ZERO))
            of[name] += one.open
    return {COUNT: counts, **sums}


def _found(view: View, asked: Asked) -> Reminders:
    """Find what to send; warn of a bank that was not booked."""
    books = view.books_for(asked.format_)
    found = reminders(books, keep_customers(asked.customer), asked.days)
    warn_before_sending(view.books, found, asked.bank_age)
    return found


def _logged(told: Sequence[Note], due: Sequence[Reminder]) -> Answer:
    """Return the notes that log reminders as sent, and say which have none."""
    nameless = sum(not is_loggable(reminder.item) for reminder in due)
    remark = ""
    if nameless:
        what = "1 item has" if nameless == 1 else f"{nameless} items have"
        remark = (
            f"Note: {what} no reference and cannot be logged; add a link, like "
            "^INV-2026-014, to the transaction."
        )
    return Answer(safe("\n".join(map(as_directive, told))), remark=remark)


def _append(asked: Asked, path: Path) -> tuple[Sequence[Note], Sequence[Reminder]]:
    """Append notes to a file of the ledger, or say why not.

    Returns:
        The notes, and the reminders that they log.
    """
    seen = path.read_bytes()
    view = load(asked.ledger, asked.as_of)
    found = _found(view, asked)
    view.require_whole()
    name = view.name_of(path)
    if name is None:
        message = f"{path} is not part of {view.path}; notes in it would be ignored."
        raise click.UsageError(message)
    told = notes(view.books, found.asking)
    placed = [Placed(note, name) for note in told]
    sources = Sources({name: seen}, view.errors)
    try:
        for change in insert(view.books, placed, sources, view.today):
            write(path, change.new, change.seen)
    except (RefusedError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        message = f"Cannot append to {path}: {reason or error}; nothing was written."
        raise click.UsageError(message) from error
    return told, found.asking
