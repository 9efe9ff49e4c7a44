"""What came of reminders, as people read it in a terminal, and as spreadsheets do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.effect import SPANS
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.tables import percent
from beancount_dunning.formats.tables import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount_dunning.answers.effect import Effect
    from beancount_dunning.answers.effect import EffectGroup
    from beancount_dunning.answers.effect import PaidByDue

_FEW = "too few to say"
_NONE = "-"
_WITHOUT = "  without a reminder"
_NOT_SAID = "(not said)"


def as_text(effect: Effect, heading: str) -> str:
    """Write what came of reminders as a table to read.

    Args:
        effect: What came of them.
        heading: The first line.

    Returns:
        The text, with ANSI colours. Below each group stands what is paid without a
        reminder over the same spans.
    """
    lines = [click.style(plain(heading), bold=True), ""]
    if not effect.groups:
        return "\n".join([*lines, _nothing(effect)]) + "\n"
    lines += [*map(_paid, effect.whole), ""]
    lines += _table(effect)
    lines += ["", *_notes(effect)]
    return "\n".join(lines) + "\n"


def _nothing(effect: Effect) -> str:
    if effect.change is None:
        return "No reminder was sent."
    return f"No customer was reminded both before {effect.change} and since."


def _paid(one: PaidByDue) -> str:
    """Say how invoices were paid in all."""
    what = f"Due {one.when} the change" if one.when else "Due"
    noun = "invoice" if one.invoices == 1 else "invoices"
    said = [
        f"{_percent(share)} within {days} days"
        for days, share in zip(SPANS, one.within, strict=True)
        if share is not None
    ]
    if one.median is not None:
        said.append(f"half by day {one.median}")
    told = "; ".join([f"paid {', '.join(said)}"] if said else [_FEW])
    return f"{what}: {one.invoices} {noun}, {told}."


def _percent(share: float | None) -> str:
    return _NONE if share is None else percent(share)


def _table(effect: Effect) -> list[str]:
    rows = [row for group in effect.groups for row in _rows(group)]
    titles = [
        (effect.by.capitalize(), False),
        *([("", False)] if effect.change else []),
        ("sent", True),
        *((f"{days} days", True) for days in SPANS),
        ("before next", True),
        ("median", True),
        ("", False),
    ]
    cells = zip(*rows, strict=True)
    columns = [
        Column(title, column, right=right)
        for (title, right), column in zip(titles, cells, strict=True)
    ]
    return side_by_side(columns, None, [None] * len(rows))


def _rows(group: EffectGroup) -> Iterator[Sequence[str]]:
    """Yield the lines of a group: what came, and what comes without a reminder."""
    when = [group.when] if group.when else []
    name, blank = plain(group.name or _NOT_SAID), [""] * len(SPANS)
    if group.is_few:
        yield [name, *when, str(group.sent), *blank, "", "", _FEW]
        return
    median = _NONE if group.median is None else str(group.median)
    next_ = _percent(group.before_next)
    within = map(_percent, group.within)
    yield [name, *when, str(group.sent), *within, next_, median, ""]
    is_known = any(share is not None for share in group.without)
    without = [*map(_percent, group.without)] if is_known else blank
    few = "" if is_known else _FEW
    yield [_WITHOUT, *([""] * len(when)), "", *without, "", "", few]


def _notes(effect: Effect) -> Iterator[str]:
    """Yield what to know of the table."""
    yield "Counted by invoice, or instalment. Credit notes and write-offs do not pay."
    if effect.change:
        noun = "customer" if effect.customers == 1 else "customers"
        yield (
            f"Compared: {effect.customers} {noun}, reminded both before "
            f"{effect.change} and since."
        )
    for one in effect.changes:
        if one.date != effect.change:
            yield (
                f'The policy "{plain(one.policy)}" changed on {one.date}: '
                f"--before-after {one.date} compares."
            )


_COLUMNS = (
    *("group", "when", "sent"),
    *(f"within_{days}" for days in SPANS),
    *(f"without_{days}" for days in SPANS),
    *("before_next", "median_days"),
)


def as_csv(effect: Effect) -> str:
    """Write what came of reminders as CSV that opens in a spreadsheet.

    Args:
        effect: What came of them.

    Returns:
        The text: a line for each group, named as in JSON.
    """
    rows = [
        {name: "" if value is None else value for name, value in one.as_dict().items()}
        for one in effect.groups
    ]
    return csv_of(_COLUMNS, rows, ("group",))
