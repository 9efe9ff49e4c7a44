"""What is expected in, as people read it in a terminal, and as spreadsheets do."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.expectations import ExpectationKind
from beancount_dunning.answers.forecast import Every
from beancount_dunning.answers.lateness import LEAST_PAYMENTS
from beancount_dunning.answers.lateness import Whose
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import amounts
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.tables import side_by_side
from beancount_dunning.standing.resting import Held

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator

    from beancount_dunning.answers.expectations import Expectation
    from beancount_dunning.answers.forecast import Outlook

_BY = {
    Basis.DUE: "By due date, as invoiced.",
    Basis.PROMISE: "By promise and plan, else by due date.",
    Basis.HABIT: "By due date and how late each customer pays: the median; early and "
    "late are the quartiles.",
}
_LEFT_OUT = {
    ExpectationKind.UNDATED: "without a due date",
    ExpectationKind.DISPUTE: "in dispute",
    ExpectationKind.HANDED: "handed to others",
    ExpectationKind.CREDIT: "covered by credit",
    ExpectationKind.DISCOUNT: "discount taken",
    ExpectationKind.UNUSUAL: "later than is usual here",
}
_WHOSE = {
    Whose.CUSTOMER: "by the customer's own payments",
    Whose.SEGMENT: "by the segment's payments",
    Whose.ALL: "by everybody's payments",
    None: "by due date",
}


def as_text(outlook: Outlook, heading: str, *, grouped: bool) -> str:
    """Write a forecast as a table to read.

    Args:
        outlook: The forecast.
        heading: The first line.
        grouped: Whether thousands are set apart, as the ledger's `render_commas` says.

    Returns:
        The text, with ANSI colours. Below the table stands what is left out of it.
    """
    lines = [click.style(plain(heading), bold=True), _BY[outlook.basis], ""]
    if not outlook.forecasts:
        return "\n".join([*lines, "Nothing is open."]) + "\n"
    lines += _table(outlook, grouped=grouped)
    if below := _below(outlook, grouped=grouped):
        lines += ["", *below]
    if outlook.basis is Basis.HABIT:
        lines += _habits(outlook.expectations)
    return "\n".join(lines) + "\n"


def _table(outlook: Outlook, *, grouped: bool) -> list[str]:
    names = _names(outlook)
    columns = [Column("", names)]
    for one in outlook.forecasts:
        shares = {one.currency: [period.amount for period in one.periods]}
        if outlook.basis is Basis.HABIT:
            shares["early"] = [period.early for period in one.periods]
            shares["late"] = [period.late for period in one.periods]
        for title, some in shares.items():
            is_all = title == one.currency
            ends = (one.overdue, one.later) if is_all else (Decimal(), Decimal())
            column = [ends[0], *some, ends[1]]
            shown = [amount or None for amount in column]
            columns.append(amounts(title, shown, grouped=grouped))
    overdue = "red" if any(one.overdue for one in outlook.forecasts) else None
    return side_by_side(columns, None, [overdue, *[None] * (len(names) - 1)])


def _names(outlook: Outlook) -> list[str]:
    first, *_ = outlook.forecasts
    periods = [_named(period.first, outlook.every) for period in first.periods]
    return ["overdue, any day", *periods, "later"]


def sums(outlook: Outlook) -> dict[str, dict[str, Decimal]]:
    """Return what is expected in each currency, by what its lines are called."""
    return {
        one.currency: dict(
            zip(
                _names(outlook),
                [one.overdue, *(period.amount for period in one.periods), one.later],
                strict=True,
            )
        )
        for one in outlook.forecasts
    }


def _named(first: dt.date, every: Every) -> str:
    return f"week of {first}" if every is Every.WEEK else f"{first:%Y-%m}"


def _below(outlook: Outlook, *, grouped: bool) -> list[str]:
    """Return what is left out of the table, and what is in it though it rests."""
    on_hold: dict[str, Decimal] = defaultdict(Decimal)
    for one in outlook.expectations:
        if one.held is Held.HOLD and not one.kind.is_left_out:
            on_hold[one.item.currency] += one.amount
    rows = [
        (f"left out, {_LEFT_OUT[kind]}", amount, one.currency)
        for one in outlook.forecasts
        for kind, amount in one.left_out.items()
    ]
    rows += [
        ("on hold, and counted", amount, currency)
        for currency, amount in sorted(on_hold.items())
    ]
    if not rows:
        return []
    names, numbers, currencies = zip(*rows, strict=True)
    columns = [Column("", names), amounts("", numbers, grouped=grouped)]
    _, *lines = side_by_side(
        [*columns, Column("", currencies)], None, [None] * len(rows)
    )
    return lines


def _habits(found: Iterable[Expectation]) -> Iterator[str]:
    """Say by whose habits items are expected."""
    counts = Counter(
        one.habit.whose if one.habit else None
        for one in found
        if not one.kind.is_left_out
    )
    if counts:
        said = [
            f"{counts[one]} {words}" for one, words in _WHOSE.items() if counts[one]
        ]
        yield from ("", f"Items expected: {', '.join(said)}.")
        yield f"Fewer than {LEAST_PAYMENTS} payments as late as an item are no habit."


_COLUMNS = (
    *("invoice", "instalment", "customer", "currency", "due", "amount", "kind"),
    *("expected", "early", "late", "period", "habit", "payments", "held"),
)


def as_csv(outlook: Outlook) -> str:
    """Write a forecast as CSV that opens in a spreadsheet.

    Args:
        outlook: The forecast.

    Returns:
        The text: a line for each open item, or part of one, named as in JSON; what is
        expected in a period has its first day.
    """
    return csv_of(_COLUMNS, outlook.rows(), ("invoice", "customer", "currency"))
