"""Expected losses as people read them in a terminal, and as spreadsheets do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.roll_rates import ENOUGH
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import amounts
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.tables import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount_dunning.answers.provision import ExpectedLoss
    from beancount_dunning.answers.provision import Provision

_COLUMNS = "currency bucket open percent given parts loss"


def as_text(found: Sequence[Provision], heading: str, *, grouped: bool) -> str:
    """Write expected losses as a table for each currency, with what to book below it.

    Args:
        found: The provisions.
        heading: The first line.
        grouped: Whether thousands are set apart, as the ledger's `render_commas` says.

    Returns:
        The text, with ANSI colours.
    """
    lines = [click.style(plain(heading), bold=True)]
    for one in found:
        lines += ["", *_table(one, grouped=grouped), "", *_booking(one)]
    if not found:
        lines += ["", "Nothing is open."]
    return "\n".join(lines) + "\n"


def _table(found: Provision, *, grouped: bool) -> list[str]:
    rows = found.buckets
    total = sum((row.open for row in rows[1:]), rows[0].open)
    columns = [
        Column(plain(found.currency), [*(row.bucket for row in rows), "total"]),
        amounts("Open", [*(row.open for row in rows), total], grouped=grouped),
        Column("Rate", [*map(_percent, rows), ""], right=True),
        amounts("Loss", [*(row.loss for row in rows), found.total], grouped=grouped),
        Column("From", [*map(_source, rows), ""]),
    ]
    return side_by_side(columns, None, [None] * (len(rows) + 1))


def _percent(row: ExpectedLoss) -> str:
    return "" if row.percent is None else f"{exact(row.percent)} %"


def _source(row: ExpectedLoss) -> str:
    if row.parts is None:
        return "given"
    of = "1 part" if row.parts == 1 else f"{row.parts} parts"
    if row.rate is not None:
        return of if row.rate else f"{of}: nothing was written off"
    where = " in later buckets" if row.parts >= ENOUGH else ""
    return f"{of}: too few to say{where}"


def _booking(found: Provision) -> Iterator[str]:
    """Yield what to book, or why there is nothing to book."""
    if any(row.parts and row.rate == 0 for row in found.buckets):
        yield "; A rate of 0.00 % only says that nothing was written off so far."
        yield "; Give rates of your own if you expect losses, like --rates '91+=50'."
    if found.total is None:
        yield "; Give the rates that are missing, like --rates '91+=50'."
        return
    allowed = f"{exact(found.allowed)} {found.currency}"
    if not found.directives:
        booked = f"{allowed} is allowed for already"
        yield f"; {booked if found.allowed else 'There is nothing to book'}."
        return
    if found.allowed:
        yield f"; {allowed} is allowed for already; this is the change:"
    yield from map(plain, found.text.rstrip("\n").split("\n"))


def as_csv(found: Sequence[Provision]) -> str:
    """Write expected losses as CSV, a line for each currency and bucket.

    Args:
        found: The provisions.

    Returns:
        The text; the columns are named as in the JSON report.
    """
    rows = [
        {"currency": one.currency, **row.as_dict()}
        for one in found
        for row in one.buckets
    ]
    return csv_of(_COLUMNS.split(), rows, ("currency",))
