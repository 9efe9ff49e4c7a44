"""What is in the ledger while a letter is sent: a note of intent, then a log's.

    2026-11-20 note Assets:Receivable "Unconfirmed: First reminder e-mailed" ^INV-14
      sending: "first reminder"
      channel: "email"
      to: "ap@acme.example"
      message-id: "<178@nord.example>"

It is written before the letter goes to the mail server, and changes nothing of what the
ledger says. When the server has taken the letter, `reminder:` takes the place of
`sending:`; when it has refused it, the note goes. Whoever is killed in between leaves
it, and nobody knows whether the letter went out: then somebody has to look, and until
then no other goes to this customer by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.passages import Text
from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.proposals import notes
from beancount_dunning.answers.reasons import Fact
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Note

    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep


@dataclass(frozen=True, slots=True)
class Sending:
    """The notes about a letter: `before` it is sent, and `after`, as typed."""

    before: str
    after: str

    def announced(self, content: bytes) -> bytes:
        """Return a file's content with the notes of intent at its end."""
        text = Text("", content, ())
        return text.with_edits([text.insertion(self.before)])

    def settled(self, content: bytes) -> bytes | None:
        """Return a content in which the letter is logged; None where no intent is."""
        return _replaced(content, self.before, self.after)

    def withdrawn(self, content: bytes) -> bytes | None:
        """Return a content without the intent; None where there is none."""
        found = _replaced(content, self.before, "")
        # With the empty line before it, where there is one.
        return found and (_replaced(content, f"\n{self.before}", "") or found)


def _replaced(content: bytes, old: str, new: str) -> bytes | None:
    """Replace a text that is there once, however its lines end."""
    for newline in (b"\n", b"\r\n"):
        was, now = (text.encode().replace(b"\n", newline) for text in (old, new))
        if content.count(was) == 1:
            return content.replace(was, now)
    return None


def sent_notes(books: Books, letter: Letter, message_id: str) -> list[Note]:
    """Return the notes that log an e-mail as sent.

    Args:
        books: The ledger on the day on which it is sent.
        letter: What it says; all of it goes by e-mail, whatever each step says.
        message_id: By what name mail programs and servers know it.

    Returns:
        The notes, see `notes`.
    """
    told = notes(books, letter.told, Channel.EMAIL)
    return [
        note._replace(meta={**note.meta, "message-id": message_id}) for note in told
    ]


def sending(told: Sequence[Note]) -> Sending:
    """Return what is written before and after a letter is sent, by its notes."""
    return Sending(_typed(map(_intent, told)), _typed(told))


def _intent(note: Note) -> Note:
    renamed = {"reminder": "sending"}
    meta = {renamed.get(key, key): value for key, value in note.meta.items()}
    return note._replace(meta=meta, comment=f"Unconfirmed: {note.comment}")


def _typed(told: Iterable[Note]) -> str:
    return "\n".join(map(as_text, told))


def unsettled(books: Books) -> Mapping[str, LogEntry]:
    """Return the intents of which nobody knows what became, by invoice.

    An intent is settled, too, by a note of its own that the step was sent.
    """
    found: dict[str, LogEntry] = {}
    for name, entries in books.log.entries.items():
        for place, entry in enumerate(entries):
            if entry.sending and not any(
                (later.reminder, later.account) == (entry.sending, entry.account)
                for later in entries[place:]
            ):
                found[name] = entry
    return found


def doubts(books: Books, keep: Keep = everything) -> list[Fact]:
    """Say of which letters nobody knows whether they went out, and what to do.

    Args:
        books: The ledger on a date.
        keep: About which items; all by default.

    Returns:
        A fact for each invoice of which something is left, with the place of its note.
    """
    found = unsettled(books)
    items = books.receivables.all_items if found else ()
    kept = {item.invoice for item in items if keep(item)}
    return [
        Fact.at(_doubt(invoice, entry), entry.entry)
        for invoice, entry in found.items()
        if invoice in kept
    ]


def _doubt(invoice: str, entry: LogEntry) -> Words:
    facts = {"step": entry.sending, "invoice": invoice}
    if entry.to:
        return Words(
            'It is not known whether "{step}" of {invoice} went out to {to}. If it '
            "did, type reminder: in place of sending: in its note; if not, delete the "
            "note.",
            to=entry.to,
            **facts,
        )
    return Words(
        'It is not known whether "{step}" of {invoice} went out. If it did, type '
        "reminder: in place of sending: in its note; if not, delete the note.",
        **facts,
    )
