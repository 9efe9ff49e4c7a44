"""The aging report as people read it in a terminal, and as spreadsheets do.

Amounts keep their digits and are aligned at the decimal point. What is too wide for
the terminal gives up the last columns first, then the customers' full names.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import plain_lines
from beancount_dunning.formats.places import shown_place
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import amounts
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.tables import customers
from beancount_dunning.formats.tables import side_by_side
from beancount_dunning.formats.tables import total_width
from beancount_dunning.standing.aging import NOT_DUE
from beancount_dunning.standing.aging import SOON
from beancount_dunning.standing.aging import UNDATED
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import told_in_dispute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.emptiness import Emptiness
    from beancount_dunning.basics.money import Writer
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport


def _when(aged: AgedItem) -> str:
    if aged.days_overdue is None:
        return ""
    if aged.days_overdue == 0:
        return "today"
    return str(aged.days_overdue) if aged.is_overdue else f"in {-aged.days_overdue}"


def _next(aged: AgedItem) -> str:
    """Say what comes next, and why nothing does before."""
    held, disputed = aged.standing.held, aged.standing.disputed
    words = aged.standing.rests or ""
    if aged.next is not None:
        words = f"{aged.next.date} {plain(aged.next.step.name)}"
        words += f" ({held})" if held else ""
    if disputed and held is not Held.DISPUTE:
        told = told_in_dispute(disputed, aged.item.currency)
        return f"{words}, {told}" if words else told
    return words


def _style(aged: AgedItem, report: AgingReport) -> str | None:
    if not aged.is_overdue:
        return None
    return "yellow" if aged.bucket == report.buckets[2] else "red"


def _invoice_columns(report: AgingReport, *, grouped: bool) -> list[Column]:
    items = [aged.item for aged in report.items]
    return [
        customers(item.customer for item in items),
        Column("Invoice", [plain(item.label) for item in items], shrinks=True),
        Column(
            "Due", [item.due.isoformat() if item.due else "undated" for item in items]
        ),
        *_originally(items),
        Column("Days", [_when(aged) for aged in report.items], right=True),
        amounts("Open", [item.open for item in items], grouped=grouped),
        amounts("of", [item.invoiced for item in items], grouped=grouped),
        Column("", [item.currency for item in items]),
        *_limitation(report),
        Column(
            "Next",
            [_next(aged) for aged in report.items],
        ),
    ]


def _originally(items: Sequence[Item]) -> Iterator[Column]:
    """Yield when items were due before a plan, if any has one."""
    if any(item.plan for item in items):
        days = [item.originally_due for item in items]
        yield Column("Originally", [str(day) if day else "" for day in days])


def _limitation(report: AgingReport) -> Iterator[Column]:
    """Yield until when items can be enforced, if the ledger says so of any."""
    if any(aged.lapse for aged in report.items):
        days = [str(aged.lapse.day) if aged.lapse else "" for aged in report.items]
        yield Column("Limitation", days)


def _by_invoice(report: AgingReport, width: int | None, *, grouped: bool) -> list[str]:
    columns = _invoice_columns(report, grouped=grouped)
    if width and total_width(columns) > width:
        columns.pop()
    lines = []
    if report.items:
        lines += side_by_side(
            columns, width, [_style(aged, report) for aged in report.items]
        )
    if report.unapplied:
        if lines:
            lines.append("")
        columns = _credit_columns(report.unapplied, grouped=grouped)
        while width and total_width(columns) > width and columns[-1].shrinks:
            columns.pop()
        lines += side_by_side(columns, width, [None] * len(report.unapplied))
    return lines


def _credit_columns(credits_: Sequence[Unapplied], *, grouped: bool) -> list[Column]:
    places = [shown_place(one.filename, one.lineno) for one in credits_]
    return [
        customers((one.customer for one in credits_), "Unapplied credit"),
        Column("", [str(one.date) for one in credits_]),
        Column("", [plain(one.words) for one in credits_], shrinks=True),
        amounts("", [one.amount for one in credits_], grouped=grouped),
        Column("", [one.currency for one in credits_]),
        Column("", [one.account for one in credits_], shrinks=True),
        Column("", places, shrinks=True),
    ]


def _by_customer(report: AgingReport, width: int | None, *, grouped: bool) -> list[str]:
    rows = report.customers
    used = {bucket for row in rows for bucket in row.buckets}
    columns = [customers(row.customer for row in rows)]
    columns += [
        amounts(bucket, [row.buckets.get(bucket) for row in rows], grouped=grouped)
        for bucket in report.buckets
        if bucket in used or bucket not in {UNDATED, NOT_DUE}
    ]
    if any(row.unapplied for row in rows):
        unapplied = [row.unapplied or None for row in rows]
        columns.append(amounts("unapplied", unapplied, grouped=grouped))
    columns.append(amounts("total", [row.total for row in rows], grouped=grouped))
    if any(row.credit_limit is not None for row in rows):
        limits = [row.credit_limit for row in rows]
        columns.append(amounts("limit", limits, grouped=grouped))
    columns.append(Column("", [row.currency for row in rows]))
    if any(row.is_over_limit for row in rows):
        over = ["over the limit" if row.is_over_limit else "" for row in rows]
        columns.append(Column("", over))
    return side_by_side(
        columns, width, ["red" if row.overdue else None for row in rows]
    )


def _rows_of_totals(report: AgingReport) -> dict[str, list[Decimal | None]]:
    """Return the totals by what their lines are called, a number for each currency."""
    totals = report.totals
    rows: dict[str, list[Decimal | None]] = {
        name: [row.buckets.get(name) for row in totals] for name in report.buckets
    }
    rows["unapplied"] = [row.unapplied or None for row in totals]
    rows["total"] = [row.total for row in totals]
    rows["overdue"] = [row.overdue or None for row in totals]
    rows[f"due in {SOON} days"] = [row.due_soon or None for row in totals]
    return rows


def sums(report: AgingReport) -> dict[str, dict[str, Decimal]]:
    """Return what is open in each currency, by what its line is called."""
    rows = _rows_of_totals(report)
    return {
        row.currency: {name: numbers[index] or ZERO for name, numbers in rows.items()}
        for index, row in enumerate(report.totals)
    }


def _totals(report: AgingReport, *, grouped: bool) -> list[str]:
    used = {
        name: numbers
        for name, numbers in _rows_of_totals(report).items()
        if any(number is not None for number in numbers)
    }
    columns = [Column("", list(used))]
    for row, numbers in zip(
        report.totals, zip(*used.values(), strict=True), strict=True
    ):
        columns.append(amounts(row.currency, numbers, grouped=grouped))
    return side_by_side(columns, None, [None] * len(used))


def as_text(
    report: AgingReport, heading: str, *, by: str, width: int | None, grouped: bool
) -> str:
    """Write the report as a table to read.

    Args:
        report: The report.
        heading: Its first line.
        by: "invoice" or "customer", what each line is about.
        width: The columns of the terminal; None for as wide as it takes.
        grouped: Whether thousands are set apart, as the ledger's `render_commas` says.

    Returns:
        The text, with ANSI colours.
    """
    lines = [click.style(plain(heading), bold=True), ""]
    if not report.customers:
        return "\n".join([*lines, "No open items."]) + "\n"
    table = _by_customer if by == "customer" else _by_invoice
    lines += [
        *table(report, width, grouped=grouped),
        "",
        *_totals(report, grouped=grouped),
    ]
    return "\n".join(lines) + "\n"


def reasons_as_text(empty: Emptiness) -> str:
    """Say below a report why nothing is open, and what to type.

    Args:
        empty: Why nothing is.

    Returns:
        The text, with ANSI colours.
    """
    lines = [
        line
        for sentence in empty.sentences
        for line in textwrap.wrap(plain(sentence), 88, break_on_hyphens=False)
    ]
    example = plain_lines(empty.example) if empty.example else ()
    lines += [click.style(f"    {line}", fg="green") for line in example]
    return "\n".join(["", *lines]) + "\n"


_TEXTS = (
    *("invoice", "customer", "account", "currency", "policy", "last_step", "next_step"),
    *("payee", "narration", "file"),
)


def as_csv(report: AgingReport, *, by: str, number: Writer = exact) -> str:
    """Write the report as CSV (RFC 4180) that opens in a spreadsheet.

    Args:
        report: The report.
        by: "invoice": a line for each open item and each unapplied credit, named as
            in the JSON report. "customer": a line for each customer and currency.
        number: How amounts are written: exactly, or hidden.

    Returns:
        The text. Texts that a spreadsheet would take for a formula begin with a
        quote; the open amounts of all lines add up to the accounts' balances.
    """
    rows: list[dict[str, object]] = []
    if by == "customer":
        sums = "unapplied total credit_limit overdue due_soon over_limit"
        names = ["customer", "currency", *report.buckets, *sums.split()]
        for row in report.customers:
            found = row.as_dict(number)
            rows.append({**found["buckets"], **found})
    else:
        columns = "invoice instalment customer account currency date due originally_due"
        columns += " amount open days_overdue bucket policy last_step last_sent"
        columns += " next_step next_date held disputed interest"
        names = [*columns.split(), "payee", "narration", "file", "line"]
        found = report.as_dict(number)
        rows += found["items"]
        for credit in found["unapplied"]:
            open_, reference = credit.pop("amount"), credit.pop("reference")
            of_credit = {"open": open_, "invoice": reference, "bucket": "unapplied"}
            rows.append({**credit, **of_credit})
    return csv_of(names, rows, _TEXTS)
