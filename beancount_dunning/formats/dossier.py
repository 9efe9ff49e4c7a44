"""A dossier as files: an index that a lawyer can read, and what it is an index of.

The words are English, but for the statement of account, which is in the customer's
language. Amounts are as in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import plain_lines
from beancount_dunning.formats import statement_text
from beancount_dunning.formats import text_story
from beancount_dunning.formats.places import shown_place
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import amounts
from beancount_dunning.formats.tables import as_csv
from beancount_dunning.formats.tables import as_json
from beancount_dunning.formats.tables import side_by_side
from beancount_dunning.ledger.values import typed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.dossier import Dossier
    from beancount_dunning.answers.dossier import LinkedDocument
    from beancount_dunning.formats.how_to_pay import HowToPay
    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.ledger.log import LogEntry

# Before all others, by name.
INDEX = "0-index.txt"
SUMS = "SHA256SUMS"
LEDGER = "ledger.txt"
_ABOUT = {
    "story": "what happened, and why it stands where it stands; with file and line",
    "interest": "interest, by principal and rate",
    "log": "letters sent, promises, disputes and notes, as they stand in the ledger",
    "statement": "the customer's statement of account",
    "ledger": "the lines of the ledger that the story goes back to",
}
_KINDS = {"txt": "", "csv": ", for spreadsheets", "json": ", for programs"}
# The parts of the log, by the keys of notes that belong there.
_LOG = {
    "Letters sent": {"reminder", "bounced"},
    "Promises and plans": {"promise", "plan"},
    "Disputes": {"dispute", "reason"},
    "Taken on by others": {"handed"},
}
_OWN_KEYS = frozenset({"filename", "lineno"})


@dataclass(frozen=True, slots=True)
class Attached:
    """A linked document, and its name among the files; None where it is missing."""

    document: LinkedDocument
    name: str | None


def files(said: Dossier, how: HowToPay, *, grouped: bool) -> dict[str, str]:
    """Write what a dossier says into files, the index aside.

    Args:
        said: The dossier.
        how: How to pay, for the statement.
        grouped: Whether thousands are set apart, as the ledger's `render_commas` says.

    Returns:
        The texts, by the names of their files.
    """
    story = said.story
    heading = f"As of {story.as_of}"
    told = text_story.as_text(story, heading, grouped=grouped)
    found = {
        "story.txt": click.unstyle(told),
        "story.csv": text_story.as_csv(story),
        "story.json": as_json(story.as_dict()),
        "interest.txt": _interest(said),
        "interest.csv": _interest_csv(said),
        "log.txt": _log(said),
    }
    for number, one in enumerate(said.statements, 1):
        name = "statement" if number == 1 else f"statement-{number}"
        found[f"{name}.txt"] = statement_text.as_text(one, how)
        found[f"{name}.csv"] = statement_text.as_csv(one)
        found[f"{name}.json"] = as_json(one.as_dict())
    return found


def index(
    said: Dossier, names: Sequence[str], documents: Sequence[Attached], ledger: str
) -> str:
    """Write the index: who, what is claimed, what happened, and what is in which file.

    Args:
        said: The dossier.
        names: The other files, documents aside.
        documents: The linked documents.
        ledger: What to say of the ledger.
    """
    story = said.story
    parts = [
        [f"Dossier on {plain(story.invoice)}", f"As of {story.as_of}"],
        ["Creditor", *_indented(filter(None, plain_lines(said.sender)))],
        *(["Debtor", *_indented(_debtor(one))] for one in said.customers),
        ["Claim", *_indented(_claim(said))],
        ["What happened", *_indented(_happened(said))],
        ["Linked documents", *_indented(map(_document, documents))],
        ["Files", *_indented(_named(names))],
        ["Ledger", *_indented([ledger])],
    ]
    written = ("\n".join(part) for part in parts if len(part) > 1)
    return "\n\n".join(written) + "\n"


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _debtor(file: Customer) -> Iterator[str]:
    yield plain(file.name)
    yield from filter(None, plain_lines(file.address or ""))
    for label, value in (
        ("Contact", file.contact),
        ("E-mail", file.email),
        ("Telephone", file.phone),
        ("Type", file.type),
    ):
        if value:
            yield f"{label}: {plain(value)}"


def _claim(said: Dossier) -> Iterator[str]:
    """Yield what is owed, what could be charged beside it, and what that comes to."""
    parts = said.story.parts
    items = [part.aged.item for part in parts]
    late = [part.aged.days_overdue if part.aged.item.open else None for part in parts]
    yield from _table(
        [
            Column("Item", [plain(item.label) for item in items]),
            Column("Date", [str(item.date) for item in items]),
            Column("Due", [str(item.due or "") for item in items]),
            Column("Days overdue", [_days(days) for days in late], right=True),
            amounts("Amount", [item.invoiced for item in items], grouped=False),
            amounts("Open", [item.open for item in items], grouped=False),
            Column("", [item.currency for item in items]),
        ]
    )
    for charge in said.charges:
        amount = f"{exact(charge.amount)} {charge.currency}"
        yield f"{charge.kind} on {plain(charge.item.label)}, not posted yet: {amount}"
    if said.unknown:
        yield f"Interest is not known: {plain(said.unknown)}"
    yield from _sums(said)
    yield from _running(said)
    for one in said.statements:
        name = plain(one.customer.name)
        for section in one.sections:
            amount = f"{exact(section.closing)} {section.currency}"
            yield f"Balance of {name}, all invoices: {amount}"


def _days(days: int | None) -> str:
    return str(days) if days and days > 0 else ""


def _sums(said: Dossier) -> Iterator[str]:
    """Yield what is overdue, not due, and in dispute, and the customers' credit."""
    sums: dict[tuple[str, str], Decimal] = {}
    overdue = "Overdue, with these charges" if said.charges else "Overdue"

    def add(what: str, currency: str, amount: Decimal) -> None:
        sums[what, currency] = sums.get((what, currency), ZERO) + amount

    for charge in said.charges:
        add(overdue, charge.currency, charge.amount)
    for aged in (part.aged for part in said.story.parts):
        item = aged.item
        what = overdue if aged.is_overdue else "Not yet due"
        add(what if item.due else "Without a due date", item.currency, item.open)
        add("Of all this in dispute", item.currency, aged.standing.disputed)
    for section in (section for one in said.statements for section in one.sections):
        add("Credit that settles no invoice yet", section.currency, -section.credit)
    for (what, currency), amount in sums.items():
        if amount:
            yield f"{what}: {exact(amount)} {currency}"


def _running(said: Dossier) -> Iterator[str]:
    """Yield at what rate interest goes on after the date."""
    for part in said.story.parts:
        segments = part.accrual.segments if part.accrual else ()
        if segments and segments[-1].last == said.story.as_of:
            last = segments[-1].as_dict()
            what = f"{last['principal']} {part.aged.item.currency}"
            name = plain(part.aged.item.label)
            rate = f"{last['rate']} % a {segments[-1].period}"
            yield f"Interest on {name} goes on: {rate} on {what}"


def _happened(said: Dossier) -> Iterator[str]:
    """Yield what happened, in order of date."""
    for event in said.story.events:
        amount = "" if event.amount is None else f"{exact(event.amount)} "
        currency = f"{event.currency} " if amount else ""
        # Where a due date comes from is for the story.
        if event.kind != "due":
            yield f"{event.date}  {amount}{currency}{plain(event.fact.text)}"


def _document(one: Attached) -> str:
    document = one.document
    where = shown_place(document.filename, document.lineno)
    name = one.name or f"MISSING: {plain(document.path)}"
    return f"{document.date}  {name}  ({where})"


def _named(names: Iterable[str]) -> Iterator[str]:
    """Yield what is in which file."""
    for name in names:
        stem, _, kind = name.partition(".")
        yield f"{name}: {_ABOUT[stem.partition('-')[0]]}{_KINDS[kind]}"
    yield f"{SUMS}: the SHA-256 of every other file; check with sha256sum -c"


def _interest(said: Dossier) -> str:
    """Write how interest came about."""
    lines = []
    for part in said.story.parts:
        if not part.accrual:
            continue
        item = part.aged.item
        lines.append(plain(item.label))
        lines += [f"  {one.in_words(item.currency)}" for one in part.accrual.segments]
        lines.append(f"  {exact(part.accrual.amount)} {item.currency} in all, rounded")
    if said.unknown:
        lines.append(plain(said.unknown))
    return "\n".join(lines or ["No interest runs."]) + "\n"


def _interest_csv(said: Dossier) -> str:
    rows = [
        {
            "item": part.aged.item.label,
            "currency": part.aged.item.currency,
            **segment.as_dict(),
        }
        for part in said.story.parts
        for segment in (part.accrual.segments if part.accrual else ())
    ]
    names = ["item", "from", "to", "principal", "rate", "days", "amount", "currency"]
    return as_csv(names, rows, ("item", "currency"))


def _log(said: Dossier) -> str:
    """Write the log, each note as it stands, under what it is about."""
    others = [note for note in said.notes if not _sections(note)]
    parts = {
        title: [note for note in said.notes if title in _sections(note)]
        for title in _LOG
    }
    blocks = []
    for title, notes in (*parts.items(), ("Other notes", others)):
        blocks += [title, *(_note(note) for note in notes)] if notes else []
    return "\n\n".join(blocks or ["The ledger has no notes on it."]) + "\n"


def _sections(note: LogEntry) -> list[str]:
    keys = (note.entry.meta or {}).keys()
    return [title for title, own in _LOG.items() if not own.isdisjoint(keys)]


def _note(note: LogEntry) -> str:
    meta: Mapping[str, object] = note.entry.meta or {}
    said = [
        f"  {key}: {plain(typed(value))}"
        for key, value in meta.items()
        if key not in _OWN_KEYS and not key.startswith("__")
    ]
    where = shown_place(**place(meta))
    return "\n".join([f"{note.date}  {plain(note.text)}", *said, f"  ({where})"])


def _table(columns: Sequence[Column]) -> list[str]:
    rows = len(columns[0].cells)
    return [*map(click.unstyle, side_by_side(columns, None, [None] * rows))]
