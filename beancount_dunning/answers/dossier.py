"""All that the ledger knows of an invoice, for whoever takes it on.

    dossier(books, "INV-2026-014")

It is the invoice's story, its customer's account, what could be charged and is not
posted yet, every note of the log, and which documents are linked: by a link to the
invoice, by a `^dok-…` link to one of its transactions or notes, or by `document:` on
one of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount.core.data import Document

from beancount_dunning.answers.statement import statement
from beancount_dunning.answers.story import tell
from beancount_dunning.basics.errors import place
from beancount_dunning.ledger.references import DOCUMENT_LINK
from beancount_dunning.ledger.references import references
from beancount_dunning.standing.charges import charges
from beancount_dunning.standing.interest import UnknownRateError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from typing import Any

    from beancount.core.data import Directive

    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.answers.story import Story
    from beancount_dunning.basics.words import Words
    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.charges import Charge

# How keys begin under which Fava's users name the documents of a transaction.
_DOCUMENT_KEY = "document"


@dataclass(frozen=True, slots=True)
class LinkedDocument:
    """A document: its path from where the file `filename` is, which names it."""

    date: dt.date
    path: str
    filename: str
    lineno: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the ledger knows of an invoice on a date.

    Attributes:
        story: What happened, where each part stands, and why.
        language: The language of whoever hands it over, as typed.
        sender: Who writes letters.
        customers: The files of those who owe it.
        statements: Their accounts since the year of the invoice.
        charges: What could be charged and is not posted yet.
        unknown: Why that is not known; None where it is.
        notes: What the log tells, documents aside.
        documents: What is linked, by date.
    """

    story: Story
    language: str
    sender: str
    customers: tuple[Customer, ...]
    statements: tuple[Statement, ...]
    charges: tuple[Charge, ...]
    unknown: Words | None
    notes: tuple[LogEntry, ...]
    documents: tuple[LinkedDocument, ...]

    @property
    def entries(self) -> tuple[Directive, ...]:
        """The directives that the story goes back to, each once, by their places."""
        facts = [event.fact for event in self.story.events]
        facts += [fact for part in self.story.parts for fact in part.why]
        found = {id(fact.entry): fact.entry for fact in facts if fact.entry}
        return tuple(sorted(found.values(), key=_place))


def dossier(books: Books, invoice: str) -> Dossier | None:
    """Put together what the ledger knows of an invoice.

    Args:
        books: The ledger on a date.
        invoice: Its reference, or what the reports call one of its items.

    Returns:
        The dossier; None where there is no such invoice on that date.
    """
    story = tell(books, invoice)
    if story is None:
        return None
    items = [part.aged.item for part in story.parts]
    accounts = {item.account for item in items}
    told = books.log.entries.get(story.invoice, ())
    log = [entry for entry in told if entry.account in accounts]
    # An instalment that terms leave nothing for has a name, and is no part of a story.
    first = min((item.date for item in items), default=books.as_of)
    since = first.replace(month=1, day=1)
    statements = [statement(books, name, since) for name in story.customers]
    open_, unknown = _charges(books, items)
    return Dossier(
        story,
        books.settings.language,
        books.settings.sender or "",
        tuple(map(books.settings.customer, story.customers)),
        tuple(one for one in statements if one is not None),
        open_,
        unknown,
        tuple(entry for entry in log if not entry.is_document),
        tuple(_documents(books, story.invoice, items, log)),
    )


def _charges(
    books: Books, items: Iterable[Item]
) -> tuple[tuple[Charge, ...], Words | None]:
    """Return what could be charged, or why that is not known."""
    own = {item.identity for item in items}
    try:
        return tuple(charges(books, lambda item: item.identity in own)), None
    except UnknownRateError as error:
        return (), error.message


def _documents(
    books: Books, invoice: str, items: Sequence[Item], log: Sequence[LogEntry]
) -> list[LinkedDocument]:
    """Return the documents that belong to an invoice, by date."""
    near: list[Any] = [entry.entry for entry in log]
    for item in items:
        near += [item.entry, *(one.entry for one in item.settlements)]
    links = {
        link
        for entry in near
        for link in entry.links or ()
        if link.startswith(DOCUMENT_LINK)
    }
    found = [
        _linked(entry, entry.filename)
        for entry in books.entries
        if isinstance(entry, Document)
        and entry.date <= books.as_of
        and (invoice in references(entry) or not links.isdisjoint(entry.links or ()))
    ]
    names = {_name(one.path) for one in found}
    found += [one for one in _of_metadata(near) if _name(one.path) not in names]
    return sorted(dict.fromkeys(found), key=lambda one: (one.date, one.path))


def _of_metadata(entries: Iterable[Directive]) -> Iterator[LinkedDocument]:
    for entry in entries:
        for key, value in (entry.meta or {}).items():
            if key.startswith(_DOCUMENT_KEY) and isinstance(value, str):
                yield _linked(entry, value)


def _linked(entry: Directive, path: str) -> LinkedDocument:
    return LinkedDocument(entry.date, path, *_place(entry))


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _place(entry: Directive) -> tuple[str, int]:
    where = place(entry.meta)
    return where["filename"], where["lineno"]
