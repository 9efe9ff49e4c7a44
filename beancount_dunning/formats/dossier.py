"""A dossier as files: an index that a lawyer can read, and what it is an index of.

Index, log and interest are in the language of whoever hands it over, the option
`language`; a statement of account is in the customer's, and the story in English, as
reports are. Amounts are as in the ledger.
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
from beancount_dunning.formats.dossier_words import DossierWords
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
# Files with a text of their own for whom they are.
_FOR = frozenset({"csv", "json"})
# The parts of the log, by the keys of notes that belong there.
_LOG = {
    "letters": {"reminder", "bounced"},
    "promises": {"promise", "plan"},
    "disputes": {"dispute", "reason"},
    "handed": {"handed"},
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
    story, say = said.story, DossierWords.of(said.language)
    heading = f"As of {story.as_of}"
    told = text_story.as_text(story, heading, grouped=grouped)
    found = {
        "story.txt": click.unstyle(told),
        "story.csv": text_story.as_csv(story),
        "story.json": as_json(story.as_dict()),
        "interest.txt": _interest(said, say),
        "interest.csv": _interest_csv(said),
        "log.txt": _log(said, say),
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
    story, say = said.story, DossierWords.of(said.language)
    parts = [
        [say("title", invoice=story.invoice), say("as_of", date=str(story.as_of))],
        [say("creditor"), *_indented(filter(None, plain_lines(said.sender)))],
        *([say("debtor"), *_indented(_debtor(one, say))] for one in said.customers),
        [say("claim"), *_indented(_claim(said, say))],
        [say("happened"), *_indented(_happened(said, say))],
        [say("documents"), *_indented(_document(one, say) for one in documents)],
        [say("files"), *_indented(_named(names, say))],
        [say("ledger"), *_indented([ledger])],
    ]
    written = ("\n".join(part) for part in parts if len(part) > 1)
    return "\n\n".join(written) + "\n"


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _debtor(file: Customer, say: DossierWords) -> Iterator[str]:
    yield plain(file.name)
    yield from filter(None, plain_lines(file.address or ""))
    for name in ("contact", "email", "phone", "type"):
        if text := getattr(file, name):
            yield say(name, text=text)


def _claim(said: Dossier, say: DossierWords) -> Iterator[str]:
    """Yield what is owed, what could be charged beside it, and what that comes to."""
    parts = said.story.parts
    items = [part.aged.item for part in parts]
    late = [part.aged.days_overdue if part.aged.item.open else None for part in parts]
    head = say.statement
    yield from _table(
        [
            Column(head("invoice"), [say.told(part.label) for part in parts]),
            Column(head("date"), [str(item.date) for item in items]),
            Column(head("due"), [str(item.due or "") for item in items]),
            Column(head("days"), [_days(days) for days in late], right=True),
            amounts(head("invoiced"), [item.invoiced for item in items], grouped=False),
            amounts(head("left"), [item.open for item in items], grouped=False),
            Column("", [item.currency for item in items]),
        ]
    )
    for one in said.charges:
        amount = _amount(one.amount, one.currency)
        kind, item = say.charge(one.kind), one.item.label
        yield say("not_posted", charge=kind, item=item, amount=amount)
    if said.unknown:
        yield say("unknown", why=said.unknown)
    yield from _sums(said, say)
    yield from _running(said, say)
    for one_of in said.statements:
        for section in one_of.sections:
            amount = _amount(section.closing, section.currency)
            yield say("balance", customer=one_of.customer.name, amount=amount)


def _amount(number: Decimal, currency: str) -> str:
    return f"{exact(number)} {currency}"


def _days(days: int | None) -> str:
    return str(days) if days and days > 0 else ""


def _sums(said: Dossier, say: DossierWords) -> Iterator[str]:
    """Yield what is overdue, not due, and in dispute, and the customers' credit."""
    sums: dict[tuple[str, str], Decimal] = {}
    overdue = "overdue_charged" if said.charges else "overdue"

    def add(what: str, currency: str, amount: Decimal) -> None:
        sums[what, currency] = sums.get((what, currency), ZERO) + amount

    for charge in said.charges:
        add(overdue, charge.currency, charge.amount)
    for aged in (part.aged for part in said.story.parts):
        item = aged.item
        what = overdue if aged.is_overdue else "not_due"
        add(what if item.due else "undated", item.currency, item.open)
        add("disputed", item.currency, aged.standing.disputed)
    for section in (section for one in said.statements for section in one.sections):
        add("credit", section.currency, -section.credit)
    for (what, currency), amount in sums.items():
        if amount:
            yield say(what, amount=_amount(amount, currency))


def _running(said: Dossier, say: DossierWords) -> Iterator[str]:
    """Yield at what rate interest goes on after the date."""
    for part in said.story.parts:
        segments = part.accrual.segments if part.accrual else ()
        if segments and segments[-1].last == said.story.as_of:
            last, item = segments[-1].as_dict(), part.aged.item
            amount = f"{last['principal']} {item.currency}"
            period = str(segments[-1].period)
            yield say(period, item=item.label, rate=last["rate"], amount=amount)


def _happened(said: Dossier, say: DossierWords) -> Iterator[str]:
    """Yield what happened, in order of date."""
    for event in said.story.events:
        amount = "" if event.amount is None else f"{exact(event.amount)} "
        currency = f"{event.currency} " if amount else ""
        # Where a due date comes from is for the story.
        if event.kind != "due":
            yield f"{event.date}  {amount}{currency}{say.told(event.fact.text)}"


def _document(one: Attached, say: DossierWords) -> str:
    document = one.document
    where = shown_place(document.filename, document.lineno)
    name = one.name or say("missing", path=document.path)
    return f"{document.date}  {name}  ({where})"


def _named(names: Iterable[str], say: DossierWords) -> Iterator[str]:
    """Yield what is in which file."""
    for name in names:
        stem, _, kind = name.partition(".")
        what = say(f"about_{stem.partition('-')[0]}")
        yield f"{name}: {say(kind, what=what) if kind in _FOR else what}"
    yield f"{SUMS}: {say('sums')}"


def _interest(said: Dossier, say: DossierWords) -> str:
    """Write how interest came about."""
    lines = []
    for part in said.story.parts:
        if not part.accrual:
            continue
        item, segments = part.aged.item, part.accrual.segments
        lines.append(say.told(item.label))
        lines += [f"  {say.told(one.in_words(item.currency))}" for one in segments]
        amount = _amount(part.accrual.amount, item.currency)
        lines.append(f"  {say('in_all', amount=amount)}")
    if said.unknown:
        lines.append(say.told(said.unknown))
    return "\n".join(lines or [say("no_interest")]) + "\n"


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


def _log(said: Dossier, say: DossierWords) -> str:
    """Write the log, each note as it stands, under what it is about."""
    others = [note for note in said.notes if not _sections(note)]
    parts = {
        title: [note for note in said.notes if title in _sections(note)]
        for title in _LOG
    }
    blocks = []
    for title, notes in (*parts.items(), ("others", others)):
        blocks += [say(title), *(_note(note) for note in notes)] if notes else []
    return "\n\n".join(blocks or [say("no_notes")]) + "\n"


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
