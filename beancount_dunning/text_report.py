"""The aging report as people read it in a terminal, and as spreadsheets do.

Amounts keep their digits and are aligned at the decimal point. What is too wide for
the terminal gives up the last columns first, then the customers' full names.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from wcwidth import wcswidth

from beancount_dunning.aging import NOT_DUE
from beancount_dunning.aging import UNDATED
from beancount_dunning.money import exact
from beancount_dunning.receivables import NO_CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.aging import AgedItem
    from beancount_dunning.aging import AgingReport

_GAP = "  "
_NARROWEST_NAME = 8
# Marks that make all that follows run the other way.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff0b",
    "\uff0d",
    "\uff1d",
    "\uff20",
)


def plain(text: str) -> str:
    """Return a text without what could steer a terminal: controls become spaces."""
    return "".join(
        " "
        if unicodedata.category(character) in {"Cc", "Cs"} or character in _OVERRIDES
        else character
        for character in text
    )


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table; numbers stand right, one column may be shortened."""

    title: str
    cells: Sequence[str]
    right: bool = False
    shrinks: bool = False

    @property
    def width(self) -> int:
        return max(map(_width, [self.title, *self.cells]))

    def lay_out(self, width: int) -> list[str]:
        """Return title and cells at a width."""
        return [
            _fit(cell, width, right=self.right) for cell in (self.title, *self.cells)
        ]


def _width(text: str) -> int:
    return max(wcswidth(text), 0)


def _fit(text: str, width: int, *, right: bool) -> str:
    if _width(text) > width:
        while text and _width(text) > width - 1:
            text = text[:-1]
        text += "…"
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _numbers(
    title: str, numbers: Iterable[Decimal | None], *, grouped: bool
) -> _Column:
    """Return a column of amounts, aligned at the decimal point."""
    texts = [
        "" if number is None else format(number, ",f") if grouped else exact(number)
        for number in numbers
    ]
    digits = max(
        (len(text) - text.find(".") for text in texts if "." in text), default=0
    )
    cells = [
        text + " " * (digits - (len(text) - text.find(".") if "." in text else 0))
        if text
        else ""
        for text in texts
    ]
    return _Column(title, cells, right=True)


def _table(
    columns: Sequence[_Column], width: int | None, styles: Sequence[str | None]
) -> list[str]:
    """Lay columns out side by side, at most so wide if that can be done.

    The widest name gives way first, and then the gaps between the columns.
    """
    names = [index for index, column in enumerate(columns) if column.shrinks]
    for gap in (_GAP, " "):
        widths = [column.width for column in columns]
        while width and sum(widths) + len(gap) * (len(columns) - 1) > width:
            widest = max(names, key=lambda index: widths[index], default=None)
            if widest is None or widths[widest] <= _NARROWEST_NAME:
                break
            widths[widest] -= 1
        else:
            break
    laid_out = [
        column.lay_out(width) for column, width in zip(columns, widths, strict=True)
    ]
    head, *rows = (gap.join(cells).rstrip() for cells in zip(*laid_out, strict=True))
    return [
        click.style(head, bold=True),
        *(
            click.style(row, fg=style) if style else row
            for row, style in zip(rows, styles, strict=True)
        ),
    ]


def _total_width(columns: Sequence[_Column]) -> int:
    return sum(
        min(column.width, _NARROWEST_NAME * 2) if column.shrinks else column.width
        for column in columns
    ) + len(_GAP) * (len(columns) - 1)


def _when(aged: AgedItem) -> str:
    if aged.days_overdue is None:
        return ""
    if aged.days_overdue == 0:
        return "today"
    return str(aged.days_overdue) if aged.is_overdue else f"in {-aged.days_overdue}"


def _style(aged: AgedItem, report: AgingReport) -> str | None:
    if not aged.is_overdue:
        return None
    return "yellow" if aged.bucket == report.buckets[2] else "red"


def _invoice_columns(report: AgingReport, *, grouped: bool) -> list[_Column]:
    items = [aged.item for aged in report.items]
    nexts = [aged.next for aged in report.items]
    return [
        _Column(
            "Customer",
            [plain(item.customer or NO_CUSTOMER) for item in items],
            shrinks=True,
        ),
        _Column("Invoice", [plain(item.label) for item in items], shrinks=True),
        _Column(
            "Due", [item.due.isoformat() if item.due else "undated" for item in items]
        ),
        _Column("Days", [_when(aged) for aged in report.items], right=True),
        _numbers("Open", [item.open for item in items], grouped=grouped),
        _numbers("of", [item.amount for item in items], grouped=grouped),
        _Column("", [item.currency for item in items]),
        _Column(
            "Next",
            [f"{one.date} {plain(one.step.name)}" if one else "" for one in nexts],
        ),
    ]


def _by_invoice(report: AgingReport, width: int | None, *, grouped: bool) -> list[str]:
    columns = _invoice_columns(report, grouped=grouped)
    if width and _total_width(columns) > width:
        columns.pop()
    lines = []
    if report.items:
        lines += _table(columns, width, [_style(aged, report) for aged in report.items])
    if report.unapplied:
        if lines:
            lines.append("")
        lines += _table(
            [
                _Column(
                    "Unapplied credit",
                    [
                        plain(credit.customer or NO_CUSTOMER)
                        for credit in report.unapplied
                    ],
                    shrinks=True,
                ),
                _Column(
                    "", [credit.account for credit in report.unapplied], shrinks=True
                ),
                _numbers(
                    "", [credit.amount for credit in report.unapplied], grouped=grouped
                ),
                _Column("", [credit.currency for credit in report.unapplied]),
            ],
            width,
            [None] * len(report.unapplied),
        )
    return lines


def _by_customer(report: AgingReport, width: int | None, *, grouped: bool) -> list[str]:
    rows = report.customers
    used = {bucket for row in rows for bucket in row.buckets}
    columns = [
        _Column(
            "Customer",
            [plain(row.customer or NO_CUSTOMER) for row in rows],
            shrinks=True,
        )
    ]
    columns += [
        _numbers(bucket, [row.buckets.get(bucket) for row in rows], grouped=grouped)
        for bucket in report.buckets
        if bucket in used or bucket not in {UNDATED, NOT_DUE}
    ]
    if any(row.unapplied for row in rows):
        unapplied = [row.unapplied or None for row in rows]
        columns.append(_numbers("unapplied", unapplied, grouped=grouped))
    columns.append(_numbers("total", [row.total for row in rows], grouped=grouped))
    columns.append(_Column("", [row.currency for row in rows]))
    return _table(columns, width, ["red" if row.overdue else None for row in rows])


def _totals(report: AgingReport, *, grouped: bool) -> list[str]:
    totals = report.totals
    used = [
        name for name in report.buckets if any(name in row.buckets for row in totals)
    ]
    has_credit = any(row.unapplied for row in totals)
    columns = [_Column("", [*used, *(["unapplied"] if has_credit else []), "total"])]
    for row in totals:
        numbers = [row.buckets.get(name) for name in used]
        numbers += [row.unapplied or None] if has_credit else []
        columns.append(_numbers(row.currency, [*numbers, row.total], grouped=grouped))
    return _table(columns, None, [None] * len(columns[0].cells))


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
        return "\n".join([*lines, "Nothing is open."]) + "\n"
    table = _by_customer if by == "customer" else _by_invoice
    lines += [
        *table(report, width, grouped=grouped),
        "",
        *_totals(report, grouped=grouped),
    ]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> object:
    """Keep a spreadsheet from taking a text for a formula: a quote goes before it."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


_TEXTS = ("invoice", "customer", "account", "currency", "policy", "next_step", "file")


def as_csv(report: AgingReport, *, by: str) -> str:
    """Write the report as CSV (RFC 4180) that opens in a spreadsheet.

    Args:
        report: The report.
        by: "invoice": a line for each open item and each unapplied credit, named as
            in the JSON report. "customer": a line for each customer and currency.

    Returns:
        The text. Texts that a spreadsheet would take for a formula begin with a
        quote; the open amounts of all lines add up to the accounts' balances.
    """
    rows: list[dict[str, object]]
    if by == "customer":
        names = ["customer", "currency", *report.buckets, "unapplied", "total"]
        rows = [
            {"customer": row["customer"], **row["buckets"], **row}
            for row in report.as_dict()["customers"]
        ]
    else:
        columns = "invoice instalment customer account currency date due amount open"
        columns += " days_overdue bucket policy last_step last_sent next_step next_date"
        names = [*columns.split(), "held", "interest", "file", "line"]
        rows = [aged.as_dict() for aged in report.items]
        rows += [
            {**credit.as_dict(), "open": exact(credit.amount), "bucket": "unapplied"}
            for credit in report.unapplied
        ]
        for row in rows[len(report.items) :]:
            del row["amount"]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        writer.writerow(
            [
                _cell(row.get(name)) if name in _TEXTS else row.get(name, "")
                for name in names
            ]
        )
    return out.getvalue()
