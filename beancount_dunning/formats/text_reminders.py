"""What to send, as people read it in a terminal, and as spreadsheets do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.reminders import Letter
from beancount_dunning.answers.reminders import letters
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import amounts
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.tables import customers
from beancount_dunning.formats.tables import side_by_side
from beancount_dunning.standing.dunning import Silence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.answers.reminders import Reminders

# Customers and addresses give way before what is no wider than this.
_LONG = 20


def _where(sent: Reminder | Letter) -> str:
    """Say how and where something goes; an e-mail address speaks for itself."""
    if not sent.asks:
        return "(covered by credit)"
    reminder = sent.furthest if isinstance(sent, Letter) else sent
    way = "" if reminder.way == "email" else reminder.way or ""
    return plain(f"{way} {reminder.address or '(no address)'}".lstrip())


def _short(title: str, cells: list[str]) -> Column:
    """Return a column that gives way only where something in it is long."""
    column = Column(title, cells)
    return replace(column, shrinks=column.width > _LONG)


def _credit(rows: Sequence[Reminder | Letter]) -> list[Column]:
    """Return a column of unapplied credit in all currencies, if there is any."""
    cells = [
        ", ".join(f"{exact(amount)} {name}" for name, amount in row.credit.items())
        for row in rows
    ]
    return [Column("Credit", cells, right=True)] if any(cells) else []


def _disputed(sums: Sequence[Decimal | None], *, grouped: bool) -> list[Column]:
    """Return a column of what is in dispute, if anything is."""
    return [amounts("In dispute", sums, grouped=grouped)] if any(sums) else []


def _late(reminder: Reminder) -> str:
    days = reminder.days_overdue
    return "today" if days == 0 else str(days) if days > 0 else f"in {-days}"


def _table(
    reminders: Sequence[Reminder], width: int | None, *, grouped: bool, dated: bool
) -> list[str]:
    items = [reminder.item for reminder in reminders]
    columns = [
        customers(item.customer for item in items),
        _short("Invoice", [plain(item.label) for item in items]),
        _short("Step", [plain(reminder.step.name) for reminder in reminders]),
        Column("Days", [_late(reminder) for reminder in reminders], right=True),
        amounts("Open", [reminder.open for reminder in reminders], grouped=grouped),
        *_disputed([one.disputed or None for one in reminders], grouped=grouped),
        Column("", [item.currency for item in items]),
        *_credit(reminders),
        Column("Send to", [_where(reminder) for reminder in reminders], shrinks=True),
    ]
    if dated:
        columns.insert(
            0, Column("From", [str(reminder.scheduled) for reminder in reminders])
        )
    return side_by_side(columns, width, [None] * len(reminders))


def _letter_table(
    reminders: Sequence[Reminder], width: int | None, *, grouped: bool, dated: bool
) -> list[str]:
    rows = [
        (letter, currency, amount)
        for letter in letters(reminders)
        for currency, amount in letter.open.items()
    ]
    columns = [
        customers(letter.furthest.item.customer for letter, *_ in rows),
        Column(
            "Step",
            [plain(letter.furthest.step.name) for letter, *_ in rows],
            shrinks=True,
        ),
        Column("Days", [_late(letter.furthest) for letter, *_ in rows], right=True),
        amounts("Open", [amount for *_, amount in rows], grouped=grouped),
        *_disputed(
            [letter.disputed.get(currency) for letter, currency, _ in rows],
            grouped=grouped,
        ),
        Column("", [currency for _, currency, _ in rows]),
        *_credit([letter for letter, *_ in rows]),
        Column(
            "Invoices",
            [_invoices(letter, currency) for letter, currency, _ in rows],
            shrinks=True,
        ),
        Column("Send to", [_where(letter) for letter, *_ in rows], shrinks=True),
    ]
    if dated:
        first = [
            min(reminder.scheduled for reminder in letter.reminders)
            for letter, *_ in rows
        ]
        columns.insert(0, Column("From", list(map(str, first))))
    return side_by_side(columns, width, [None] * len(rows))


def _undecided(reminders: Reminders, width: int | None, *, grouped: bool) -> list[str]:
    items = [aged.item for aged in reminders.undecided]
    found = map(reminders.pursuit, reminders.undecided)
    worth = [plain(one.words) if one and one.words else "" for one in found]
    columns = [
        customers(item.customer for item in items),
        _short("Invoice", [plain(item.label) for item in items]),
        Column(
            "Days", [str(aged.days_overdue) for aged in reminders.undecided], right=True
        ),
        amounts("Open", [item.open for item in items], grouped=grouped),
        Column("", [item.currency for item in items]),
        Column(
            "Why",
            [aged.standing.rests or Silence.SENT for aged in reminders.undecided],
        ),
        *([Column("Is it worth it?", worth)] if any(worth) else []),
    ]
    return side_by_side(columns, width, [None] * len(items))


def _invoices(letter: Letter, currency: str) -> str:
    return ", ".join(
        plain(reminder.item.label)
        for reminder in letter.reminders
        if reminder.item.currency == currency
    )


def as_text(
    reminders: Reminders, heading: str, *, by: str, width: int | None, grouped: bool
) -> str:
    """Write what to send as tables to read.

    Args:
        reminders: What may go out, and what comes up.
        heading: The first line.
        by: "invoice" or "customer", what each line is about.
        width: The columns of the terminal; None for as wide as it takes.
        grouped: Whether thousands are set apart, as the ledger's `render_commas` says.

    Returns:
        The text, with ANSI colours.
    """
    table = _letter_table if by == "customer" else _table
    lines = [click.style(plain(heading), bold=True), ""]
    if reminders.due:
        lines += table(reminders.due, width, grouped=grouped, dated=False)
    else:
        lines.append("Nothing to send.")
    if reminders.undecided:
        lines += ["", click.style("Needs a decision", bold=True), ""]
        lines += _undecided(reminders, width, grouped=grouped)
    if reminders.upcoming:
        days = reminders.days
        unit = "day" if days == 1 else f"{days} days"
        lines += ["", click.style(f"In the next {unit}", bold=True), ""]
        lines += table(reminders.upcoming, width, grouped=grouped, dated=True)
    return "\n".join(lines) + "\n"


_TEXTS = ("invoice", "customer", "step", "currency", "channel", "email")


def as_csv(reminders: Reminders) -> str:
    """Write what to send as CSV that opens in a spreadsheet, a line for each reminder.

    Args:
        reminders: What may go out ("due"), and what comes up ("upcoming").

    Returns:
        The text; the columns are named as in the JSON report.
    """
    found = reminders.as_dict()
    columns = "invoice instalment customer step scheduled days_overdue open currency"
    columns += " channel email credit disputed"
    return csv_of(
        ["when", *columns.split()],
        [{"when": when, **row} for when in ("due", "upcoming") for row in found[when]],
        _TEXTS,
    )
