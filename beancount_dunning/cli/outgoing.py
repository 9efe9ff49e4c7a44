"""The e-mails that are due, ready to go to a mail server, and why others are not."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from email.utils import format_datetime
from email.utils import localtime
from email.utils import make_msgid
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import require_loggable
from beancount_dunning.answers.sendings import sent_notes
from beancount_dunning.answers.sendings import unsettled
from beancount_dunning.cli.sending import due_letters
from beancount_dunning.formats.letter_mail import as_mail
from beancount_dunning.formats.letters import Writer
from beancount_dunning.formats.templates import TextError
from beancount_dunning.ledger.policies import Channel

if TYPE_CHECKING:
    import re
    from collections.abc import Container
    from collections.abc import Sequence
    from email.message import EmailMessage

    from beancount.core.data import Note

    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An e-mail: from where to where, what it is, and the notes that log it."""

    sender: str
    recipient: str
    subject: str
    content: bytes
    notes: Sequence[Note]

    @property
    def line(self) -> str:
        """Where it goes, and what it is about."""
        return f"{self.recipient}: {self.subject}"


@dataclass(frozen=True, slots=True)
class Outbox:
    """The e-mails that can be sent, and for each other why it cannot.

    `others` is how many letters go out in other ways.
    """

    mails: Sequence[Outgoing]
    problems: Sequence[str]
    others: int


class _NotReadyError(Exception):
    """An e-mail that cannot be sent, and why."""


def outbox(
    books: Books,
    customer: re.Pattern[str] | None,
    invoice: str | None,
    step: str | None,
) -> Outbox:
    """Write the e-mails that are due.

    Args:
        books: The ledger.
        customer: What the customers' names have to match; None for all.
        invoice: The only invoice to write about; None for all.
        step: The only step; None for all.

    Returns:
        The e-mails. A letter that cannot be logged, that may be about what is paid, or
        after one of which nobody knows whether it went out, is none of them.

    Raises:
        click.UsageError: The own texts cannot be read, or the sender has no address.
    """
    due, paid = due_letters(books, customer, invoice, step)
    try:
        writer = Writer.of(books)
    except TextError as error:
        raise click.UsageError(str(error)) from error
    by_mail = [pair for pair in due if pair[1].way is Channel.EMAIL]
    names = unsettled(books).keys()
    identities = {item.identity for item in paid}
    mails: list[Outgoing] = []
    problems: list[str] = []
    for letter, said in by_mail:
        try:
            for one in letter.told:
                _require_ready(one.item, names, identities)
            mails.append(_outgoing(books, letter, said, writer))
        except (_NotReadyError, RefusedError, TextError) as error:
            problems.append(f"{said.customer.name}: {error}")
    return Outbox(mails, problems, len(due) - len(by_mail))


def _require_ready(
    item: Item, unsettled_: Container[str | None], paid: Container[str]
) -> None:
    """Refuse an e-mail about an item that should not go out, or cannot be logged."""
    require_loggable(item)
    if item.invoice in unsettled_:
        message = f"it is not known whether {item.label} went out before"
        raise _NotReadyError(message)
    if item.identity in paid:
        message = f"{item.label} may be paid already"
        raise _NotReadyError(message)


def _outgoing(books: Books, letter: Letter, said: Contents, writer: Writer) -> Outgoing:
    """Write an e-mail: the draft, with what makes it one that is sent."""
    message = writer.write(said)
    mail = message_from_bytes(as_mail(message), policy=SMTP)
    sender, recipient = _address(mail, "From"), _address(mail, "To")
    if not sender:
        reason = 'Nobody could answer: add your e-mail address to the option "sender".'
        raise click.UsageError(reason)
    if not recipient:
        got = f"{message.address!r} is none" if message.address else "there is none"
        reason = f"an e-mail address is needed, and {got}"
        raise _NotReadyError(reason)
    # The host's name is nobody's business.
    message_id = make_msgid(domain=sender.rpartition("@")[2])
    del mail["X-Unsent"]
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = message_id
    notes = sent_notes(books, letter, message_id)
    return Outgoing(sender, recipient, message.subject, mail.as_bytes(), notes)


def _address(mail: EmailMessage, header: str) -> str | None:
    """Return the address in a header; None where there is none."""
    found = mail[header]
    return found.addresses[0].addr_spec if found and found.addresses else None
