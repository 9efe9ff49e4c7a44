"""Letters as plain text: as an e-mail, on paper, or as a short message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.basics.plain_text import fit_for_files
from beancount_dunning.ledger.policies import Channel

if TYPE_CHECKING:
    from collections.abc import Container

    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.formats.letters import Message


def as_text(message: Message, *, short: bool = False) -> str:
    """Write a letter as text.

    Args:
        message: The letter.
        short: Whether to write it as a short message, whatever way it goes.

    Returns:
        For paper with sender, recipient, date and subject above it; for a telephone the
        number and a short message; else as an e-mail, with its address and subject.
        The customer's name stands in for a number or an address that is not known.
    """
    name = message.recipient.partition("\n")[0]
    if short or message.way in {Channel.MESSAGE, Channel.PHONE}:
        return f"To: {message.phone or name}\n\n{message.short}\n"
    if message.way == Channel.LETTER:
        above = [message.sender, message.recipient, message.date, message.subject]
        before, lines, after = message.parts
        capitals = f"\n{message.capitals}" if lines and message.capitals else ""
        return "\n\n".join([*filter(None, above), f"{before}{lines}{capitals}{after}"])
    head = f"To: {message.address or name}\nSubject: {message.subject}"
    return f"{head}\n\n{message.body}"


def file_name(said: Contents, taken: Container[str]) -> str:
    """Return the name of a letter's file, such that names sort by date and customer.

    Args:
        said: What the letter says.
        taken: Names, without case, that other files have.

    Returns:
        The name, like "2026-11-20 Acme GmbH, first reminder", without an ending.
    """
    what = said.step.name if said.step else said.tone
    name = f"{said.date} {fit_for_files(f'{said.customer.name}, {what}')}"
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{name} ({number})"
    return found
