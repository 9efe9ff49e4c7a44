"""Bars: how high each part of each column is, and where the lines of the scale are.

Charts are drawn by the style sheet, so that they are there without script, print, and
follow light and dark. What is here is geometry; the amounts are the core's.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

_LINES = 5
_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a column: what it stands for, and its share of the height in %."""

    name: str
    amount: Decimal
    height: Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart, its parts from the bottom up, and where it leads."""

    label: str
    title: str
    pieces: tuple[Piece, ...]
    href: str | None = None

    @property
    def by_name(self) -> dict[str, Decimal]:
        """The amounts of its parts."""
        return {piece.name: piece.amount for piece in self.pieces}

    @property
    def sum(self) -> Decimal:
        """What the parts add up to."""
        return sum((piece.amount for piece in self.pieces), ZERO)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the scale: its number, and its height in %."""

    number: Decimal
    height: Decimal


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in one currency."""

    currency: str
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """What a column is to show, before it is known how high the highest is."""

    label: str
    title: str
    parts: Sequence[tuple[str, Decimal]]
    href: str | None = None


def share(part: Decimal, whole: Decimal) -> Decimal:
    """Return what a part is of a whole in percent, for drawing; 0 of nothing."""
    return (part * 100 / whole).quantize(_CENT) if whole else ZERO


def draw(currency: str, bars: Iterable[Bar]) -> Chart:
    """Work out a chart of stacked columns.

    Args:
        currency: The currency of all amounts.
        bars: The columns, from left to right; amounts are not negative.

    Returns:
        The chart. Its scale has at most five lines, at 1, 2 or 5 times a power of ten,
        and ends with the highest column.
    """
    bars = list(bars)
    top = max((sum((n for _, n in bar.parts), ZERO) for bar in bars), default=ZERO)
    columns = tuple(
        Column(
            bar.label,
            bar.title,
            tuple(
                Piece(name, amount, share(amount, top))
                for name, amount in bar.parts
                if amount
            ),
            bar.href,
        )
        for bar in bars
    )
    names = dict.fromkeys(name for bar in bars for name, n in bar.parts if n)
    return Chart(currency, tuple(names), columns, _scale(top))


def _scale(top: Decimal) -> tuple[Line, ...]:
    if not top:
        return ()
    power = Decimal(1).scaleb((top / _LINES).adjusted())
    step = next(size * power for size in _STEPS if size * power * _LINES >= top)
    return tuple(
        Line(step * count, share(step * count, top))
        for count in range(1, _LINES + 1)
        if step * count <= top
    )


def short(number: Decimal) -> str:
    """Write a round number of a scale in few characters, as Fava's axes do: "20k"."""
    for exponent, unit in ((9, "B"), (6, "M"), (3, "k")):
        if number.adjusted() >= exponent:
            return f"{number.scaleb(-exponent).normalize():f}{unit}"
    return f"{number.normalize():f}"
