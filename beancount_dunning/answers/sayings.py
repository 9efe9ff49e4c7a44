"""What customers said of their invoices, and what was agreed, as notes of the log.

    2026-11-20 note Assets:Receivable:Acme "Ms Li promises both" ^INV-1 ^INV-2
      promise: 2026-11-27

A note is about all invoices on one account. A reference that no link can be has a note
of its own, and so has each step that bounced.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from beancount.core.data import EMPTY_SET
from beancount.core.data import Note

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import require_loggable
from beancount_dunning.basics.plain_text import writable
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.log import Handed
from beancount_dunning.ledger.references import is_link
from beancount_dunning.ledger.references import naming
from beancount_dunning.standing.dunning import standing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from beancount.core.amount import Amount

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.policies import Channel
    from beancount_dunning.standing.books import Books

_HANDED = {
    Handed.AGENCY: "Handed to an agency",
    Handed.LAWYER: "Handed to a lawyer",
    Handed.COURT: "Handed to the court",
    None: "Taken back",
}


class Said(StrEnum):
    """What a note can say of an item, beside that a reminder was sent."""

    PROMISE = "promise"
    DISPUTE = "dispute"
    RESOLVED = "resolved"
    HOLD = "hold"
    NOTE = "note"
    HANDED = "handed"
    CONFIRMED = "confirmed"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Saying:
    """What a customer said of some items, or what was agreed.

    Attributes:
        what: What it is.
        until: The day promised, or the last on which reminders rest.
        amount: How much is promised, or in dispute; None for all that is open.
        reason: What the customer gives as one, in a word.
        text: What to write; without it, what the note says anyway. A mere note has to
            have one.
        who: Who takes the items on; None where nobody has them any more.
        channel: How it was said.
    """

    what: Said
    until: date | None = None
    amount: Amount | None = None
    reason: str = ""
    text: str = ""
    who: Handed | None = None
    channel: Channel | None = None


def sayings(books: Books, items: Iterable[Item], saying: Saying) -> list[Note]:
    """Return the notes that log what was said of items.

    Args:
        books: The ledger on the day of the notes.
        items: Items of it.
        saying: What was said.

    Returns:
        A note for each account, or more where one cannot say it; texts on one line.

    Raises:
        RefusedError: An item has no reference; one amount would stand in several
            notes; or no reminder of an item was sent that could have bounced.
    """
    by_note: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for item in items:
        require_loggable(item)
        name = item.invoice or ""
        step = _last_step(books, item) if saying.what is Said.BOUNCED else ""
        by_note[item.account, "" if is_link(name) else name, step][name] = None
    if saying.amount and len(by_note) > 1:
        reason = Words(
            "These invoices need {notes} notes, and one amount cannot be in several: "
            "choose them one by one",
            notes=len(by_note),
        )
        raise RefusedError(reason)
    return [
        _note(books, account, tuple(names), saying, step)
        for (account, _, step), names in by_note.items()
    ]


def _note(
    books: Books, account: str, names: tuple[str, ...], saying: Saying, step: str
) -> Note:
    """Return the note about invoices of an account."""
    keys, usual = _said(saying, step)
    links, meta = naming(*names)
    meta.update(keys)
    if reason := writable(saying.reason):
        meta["reason"] = reason
    if saying.channel:
        meta["channel"] = str(saying.channel)
    comment = writable(saying.text) or usual
    return Note(meta, books.as_of, account, comment, EMPTY_SET, links)


def _said(saying: Saying, step: str) -> tuple[dict[str, object], str]:
    """Return the keys of a note, and what it says where nobody typed a text."""
    until, amount, who = saying.until, saying.amount, saying.who
    payment = str(amount) if amount else "payment"
    promised = {"amount": amount} if amount else {}
    found: dict[Said, tuple[dict[str, object], str]] = {
        Said.PROMISE: (
            {"promise": until, **promised},
            f"Promises {payment} by {until}",
        ),
        Said.DISPUTE: (
            {"dispute": amount or True},
            f"{amount} in dispute" if amount else "In dispute",
        ),
        Said.RESOLVED: ({"dispute": False}, "Dispute resolved"),
        Said.HOLD: ({"hold-until": until}, f"On hold until {until}"),
        Said.NOTE: ({}, ""),
        Said.HANDED: ({"handed": str(who) if who else False}, _HANDED[who]),
        Said.CONFIRMED: ({"confirmed": True}, "Balance confirmed"),
        Said.BOUNCED: ({"bounced": step}, f"Did not arrive: {step}"),
    }
    return found[saying.what]


def _last_step(books: Books, item: Item) -> str:
    """Return the step that was sent last for an item."""
    last = standing(books, item).record.last
    if last is None:
        reason = Words(
            "No reminder of {item} was logged, so none can have bounced",
            item=item.label,
        )
        raise RefusedError(reason)
    return last.step.name
