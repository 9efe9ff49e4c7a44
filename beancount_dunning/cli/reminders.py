"""`bean-dunning reminders`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from beancount_dunning.cli.loading import AskedOfReport
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.loading import turn
from beancount_dunning.cli.output import after_writing
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_plain
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.cli.output import say
from beancount_dunning.cli.output import width
from beancount_dunning.cli.sending import warn_before_sending
from beancount_dunning.formats.text_reminders import as_csv
from beancount_dunning.formats.text_reminders import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from beancount.core.data import Note

    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.answers.reminders import Reminders
    from beancount_dunning.cli.loading import View


@dataclass(frozen=True, slots=True)
class Asked(AskedOfReport):
    """What the command is asked."""

    days: int
    bank_age: int
    log: bool
    append: Path | None


def run(asked: Asked) -> None:
    """Print the reminders to send, or log them as sent."""
    _check(asked)
    if asked.append:
        with turn(asked.ledger):
            told, due = _append(asked, asked.append)
        # Others may write while somebody reads this.
        with after_writing():
            _tell(told, due)
        return
    view, found = _found(asked)
    if asked.log:
        _tell(notes(view.books, found.asking), found.asking)
    elif asked.format_ == "json":
        bank = stale_bank(view.books, asked.bank_age)
        data = found.weighed(view.books).as_dict(by_customer=asked.by == "customer")
        echo_json({**data, "stale_bank": bank.as_dict() if bank else None})
    elif asked.format_ == "csv":
        echo_utf_8(as_csv(found))
    else:
        echo(
            as_text(
                found.weighed(view.books),
                view.heading("To send"),
                by=asked.by,
                width=width(),
                grouped=view.is_grouped,
            )
        )


def _found(asked: Asked) -> tuple[View, Reminders]:
    """Load the ledger, and find what to send; warn of a bank that was not booked."""
    view = load(asked.ledger, asked.as_of)
    books = view.books_for(asked.format_)
    found = reminders(books, keep_customers(asked.customer), asked.days)
    warn_before_sending(view.books, found, asked.bank_age)
    return view, found


def _check(asked: Asked) -> None:
    """Refuse what does not go together."""
    if (asked.log or asked.append) and asked.format_ != "text":
        message = (
            "--log and --append write directives; do not combine them with --format."
        )
        raise click.UsageError(message)
    if asked.format_ == "csv" and asked.by == "customer":
        message = "--format csv lists invoices; use --by with --format text or json."
        raise click.UsageError(message)


def _tell(told: Sequence[Note], due: Sequence[Reminder]) -> None:
    """Print the notes that log reminders as sent, and say which have none."""
    echo_plain("\n".join(map(as_directive, told)))
    nameless = sum(not is_loggable(reminder.item) for reminder in due)
    if nameless:
        what = "1 item has" if nameless == 1 else f"{nameless} items have"
        say(
            f"Note: {what} no reference and cannot be logged; add a link, like "
            "^INV-2026-014, to the transaction."
        )


def _append(asked: Asked, path: Path) -> tuple[Sequence[Note], Sequence[Reminder]]:
    """Append notes to a file of the ledger, or say why not.

    Returns:
        The notes, and the reminders that they log.
    """
    seen = path.read_bytes()
    view, found = _found(asked)
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
