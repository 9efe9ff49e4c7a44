"""`bean-dunning send`.

Before an e-mail goes to the mail server, a note of intent goes into the ledger; after
it, that is settled: see `answers.sendings`. From the load to the last note nobody else
writes into the ledger, and where somebody edits it, nothing more is sent: a payment may
have come.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING

import click
from beancount import loader

from beancount_dunning.answers.insertion import Placed
from beancount_dunning.answers.insertion import RefusedError as NotLoggedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.insertion import insert
from beancount_dunning.answers.sendings import sending
from beancount_dunning.basics.smtp import Connection
from beancount_dunning.basics.smtp import RefusedError
from beancount_dunning.basics.smtp import StoppedError
from beancount_dunning.basics.smtp import UnknownError
from beancount_dunning.cli.journal import Journal
from beancount_dunning.cli.journal import JournalError
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.loading import turn
from beancount_dunning.cli.mail_server import server
from beancount_dunning.cli.outgoing import outbox
from beancount_dunning.cli.output import after_writing
from beancount_dunning.cli.output import echo_plain
from beancount_dunning.cli.output import say

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from beancount_dunning.cli.loading import View
    from beancount_dunning.cli.outgoing import Outbox
    from beancount_dunning.cli.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    customer: re.Pattern[str] | None
    invoice: str | None
    step: str | None
    yes: bool
    append: Path | None
    server: str | None
    user: str | None
    keyring: bool


@dataclass(slots=True)
class _Outcome:
    """The e-mails that were sent, and what went wrong."""

    sent: list[Outgoing] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def run(asked: Asked) -> None:
    """Send the e-mails that are due, or say what would be sent."""
    if asked.yes:
        with turn(asked.ledger):
            found, outcome = _sent(asked)
        with after_writing():
            _tell(outcome.sent)
    else:
        view = load(asked.ledger, asked.as_of)
        found = _found(view, asked)
        outcome = _Outcome()
        _tell(found.mails)
        if found.mails:
            say("Note: Nothing was sent. To send, type --yes.")
    problems = [*(f"{one}; not sent." for one in found.problems), *outcome.problems]
    for problem in problems:
        say(f"Error: {problem}")
    if found.others:
        what = "1 letter goes" if found.others == 1 else f"{found.others} letters go"
        say(f"Note: {what} out in other ways; see bean-dunning draft.")
    if not found.mails and not problems:
        say("Nothing to send.")
    if problems:
        click.get_current_context().exit(2)


def _found(view: View, asked: Asked) -> Outbox:
    return outbox(view.books.rounded(), asked.customer, asked.invoice, asked.step)


def _tell(mails: Sequence[Outgoing]) -> None:
    echo_plain("".join(f"{mail.line}\n" for mail in mails))


def _sent(asked: Asked) -> tuple[Outbox, _Outcome]:
    """Send what is due."""
    path = asked.append or asked.ledger
    seen = path.read_bytes()
    view = load(asked.ledger, asked.as_of)
    view.require_whole()
    if view.books.as_of != view.today:
        message = f"E-mails go out today, and not as of {view.books.as_of}."
        raise click.UsageError(message)
    name = view.name_of(path)
    if name is None:
        message = f"{path} is not part of {view.path}; notes in it would be ignored."
        raise click.UsageError(message)
    journal = Journal(path, seen, view.books.options["include"])
    if loader.needs_refresh(view.books.options):
        message = f"{view.path} has changed in the meantime; nothing was sent."
        raise click.UsageError(message)
    found = _found(view, asked)
    _require_loggable(view, found.mails, name, seen)
    outcome = _Outcome()
    if found.mails:
        post = server(
            asked.server, asked.user, found.mails[0].sender, keyring=asked.keyring
        )
        try:
            with Connection(post) as connection, _bar(found.mails) as mails:
                for mail in mails:
                    if not _send(mail, connection, journal, outcome):
                        break
        except StoppedError as error:
            outcome.problems.append(f"{error}; nothing was sent.")
    return found, outcome


def _require_loggable(
    view: View, mails: Sequence[Outgoing], name: str, seen: bytes
) -> None:
    """Refuse to send what could not be logged afterwards."""
    placed = [Placed(note, name) for mail in mails for note in mail.notes]
    try:
        insert(view.books, placed, Sources({name: seen}, view.errors), view.today)
    except NotLoggedError as error:
        message = f"What is sent could not be logged: {error}; nothing was sent."
        raise click.UsageError(message) from error


def _bar(mails: Sequence[Outgoing]) -> AbstractContextManager[Iterable[Outgoing]]:
    """Go through e-mails, on a terminal with a bar."""
    return click.progressbar(
        mails,
        label="Sending",
        hidden=not sys.stderr.isatty(),
        item_show_func=lambda mail: mail and mail.recipient,
        file=sys.stderr,
    )


def _send(
    mail: Outgoing, connection: Connection, journal: Journal, outcome: _Outcome
) -> bool:
    """Send an e-mail, with its notes; tell whether others can be sent."""
    told = sending(mail.notes)
    to, problems = mail.recipient, outcome.problems
    try:
        journal.announce(told)
        try:
            connection.send(mail.sender, to, mail.content)
        except (RefusedError, StoppedError):
            journal.withdraw(told)
            raise
        outcome.sent.append(mail)
        journal.settle(told)
    except RefusedError as error:
        problems.append(f"{to}: {error}; not sent.")
    except UnknownError as error:
        problems.append(
            f"The connection broke ({error}): it is not known whether the e-mail to "
            f"{to} went out. Nothing more was sent. Type the command again, and it "
            "says what to do."
        )
        return False
    except (JournalError, StoppedError) as error:
        problems.append(f"{error}. Nothing more was sent.")
        return False
    return True
