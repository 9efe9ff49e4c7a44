"""Tables to read in a terminal: columns side by side, amounts at their decimal point.

What is too wide for the terminal gives way: the widest names first, then the gaps
between the columns.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

import click
from wcwidth import wcswidth

from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.ledger.items import NO_CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

_GAP = "  "
_PERCENT = 100
# Half, and what a float may be short of it.
_HALF = 0.5 + 1e-9
_NARROWEST_NAME = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand right, one column may be shortened."""

    title: str
    cells: Sequence[str]
    right: bool = False
    shrinks: bool = False

    @property
    def width(self) -> int:
        """How many columns of a terminal it takes."""
        return max(map(_width, [self.title, *self.cells]))

    def lay_out(self, width: int) -> list[str]:
        """Return title and cells at a width."""
        return [
            _fit(cell, width, right=self.right) for cell in (self.title, *self.cells)
        ]


def percent(share: float | Decimal) -> str:
    """Write a share in whole percents, a half rounded up."""
    return f"{floor(float(share) * _PERCENT + _HALF)} %"


def _width(text: str) -> int:
    return max(wcswidth(text), 0)


def _fit(text: str, width: int, *, right: bool) -> str:
    if _width(text) > width:
        while text and _width(text) > width - 1:
            text = text[:-1]
        text += "…"
    space = " " * (width - _width(text))
    return space + text if right else text + space


def amounts(title: str, numbers: Iterable[Decimal | None], *, grouped: bool) -> Column:
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
    return Column(title, cells, right=True)


def customers(names: Iterable[str | None], title: str = "Customer") -> Column:
    """Return a column of customers' names, which give way where it gets narrow."""
    cells = [plain(name or NO_CUSTOMER) for name in names]
    return Column(title, cells, shrinks=True)


def side_by_side(
    columns: Sequence[Column], width: int | None, styles: Sequence[str | None]
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


def total_width(columns: Sequence[Column]) -> int:
    """Return what columns take side by side, long names shortened."""
    return sum(
        min(column.width, _NARROWEST_NAME * 2) if column.shrinks else column.width
        for column in columns
    ) + len(_GAP) * (len(columns) - 1)


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


def cell(value: object) -> object:
    """Keep a spreadsheet from taking a text for a formula: a quote goes before it.

    It is one line, and steers no terminal either.
    """
    if isinstance(value, str):
        return f"'{plain(value)}" if value.startswith(_FORMULA) else plain(value)
    return "" if value is None else value


def as_csv(
    names: Sequence[str], rows: Iterable[Mapping[str, object]], texts: Iterable[str]
) -> str:
    """Write rows as CSV (RFC 4180) that opens in a spreadsheet.

    Args:
        names: The columns.
        rows: The lines; what one has no value for stays empty.
        texts: The columns that hold what somebody typed. Those that a spreadsheet would
            take for a formula begin with a quote.

    Returns:
        The text.
    """
    typed = set(texts)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        writer.writerow(
            [
                cell(row.get(name)) if name in typed else row.get(name, "")
                for name in names
            ]
        )
    return out.getvalue()


def as_json(data: object) -> str:
    """Write JSON with a line for each value."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
