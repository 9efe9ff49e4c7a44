"""A customer's statement of account as text, and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from beancount_dunning.basics.money import exact
from beancount_dunning.formats.statements import write
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.tables import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.formats.how_to_pay import HowToPay
    from beancount_dunning.formats.statement_tables import Table
    from beancount_dunning.formats.statements import Slip
    from beancount_dunning.formats.statements import WrittenSection
    from beancount_dunning.formats.statements import WrittenStatement

_BOX = "[ ]"
_BLANK = "_" * 30


def as_text(statement: Statement, how: HowToPay, *, confirm: bool = False) -> str:
    """Write a statement of account to read, or to send.

    Args:
        statement: The statement.
        how: How to pay.
        confirm: Whether a slip to sign and return stands below it.

    Returns:
        The text: sender, recipient and date, and for each currency what moved the
        account, how old what is open is, each open item, and how to pay.
    """
    said = write(statement, how, confirm=confirm)
    parts = [said.sender, said.recipient, said.date, below_address(said)]
    return "\n\n".join(filter(None, parts)) + "\n"


def below_address(said: WrittenStatement) -> str:
    """Return all that a statement says, from its title on."""
    parts = [f"{said.title}\n{said.period}"]
    for section in said.sections:
        parts += _section(section)
    if said.slip:
        parts += _slip(said.slip)
    return "\n\n".join(filter(None, parts))


def _section(section: WrittenSection) -> Iterator[str]:
    yield section.currency
    yield "\n".join(_table(section.account))
    yield "\n".join(_table(section.aging)[1:])
    if section.items:
        yield section.open_items
        yield "\n".join(_table(section.items))
    yield "\n".join(section.remarks)


def _slip(slip: Slip) -> Iterator[str]:
    yield "-" * 72
    yield slip.title
    yield slip.to
    yield "\n".join([slip.on, *(f"  {balance}" for balance in slip.balances)])
    yield f"{_BOX} {slip.agrees}"
    yield f"{_BOX} {_to_fill(slip.differs)}\n    {_to_fill(slip.why)}"
    yield slip.customer
    yield _to_fill(slip.signed)
    yield _to_fill(slip.stamp)


def _to_fill(text: str) -> str:
    """Return a text with room to write after it."""
    # A wide colon has its own room.
    return f"{text}{'' if text.endswith('：') else ' '}{_BLANK}"  # noqa: RUF001 - that


def _table(columns: Table) -> list[str]:
    """Lay out a table, whose first line is its head."""
    rows = len(columns[0].cells)
    return [*map(click.unstyle, side_by_side(columns, None, [None] * rows))]


def as_csv(statement: Statement) -> str:
    """Write a statement as CSV that opens in a spreadsheet, a line for each movement.

    Args:
        statement: The statement.

    Returns:
        The text; the columns are named as in JSON. The opening balance is a line, too,
        so that the amounts of a currency add up to its closing balance.
    """
    rows: list[dict[str, object]] = []
    for section in statement.sections:
        opening = {
            "date": statement.first.isoformat(),
            "kind": "opening",
            "amount": exact(section.opening),
            "balance": exact(section.opening),
        }
        moved = [
            {**line.as_dict(), "invoices": " ".join(line.movement.invoices)}
            for line in section.lines
        ]
        rows += [{**row, "currency": section.currency} for row in (opening, *moved)]
    return csv_of(
        [
            *("date", "kind", "invoices", "text", "amount", "balance", "currency"),
            *("file", "line"),
        ],
        rows,
        ("invoices", "text", "currency", "file"),
    )
