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
    """A chart; `names` are what its columns are made of, in order."""

    names: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    def __bool__(self) -> bool:
        """Tell whether there is anything to see."""
        return bool(self.names)


@dataclass(frozen=True, slots=True)
class Bar:
    """What a column is to show, before it is known how high the highest is."""

    title: str
    parts: Sequence[tuple[str, Decimal]]
    href: str | None = None


def share(part: Decimal, whole: Decimal) -> Decimal:
    """Return what a part is of a whole in percent, for drawing; 0 of nothing."""
    return (part * 100 / whole).quantize(_CENT) if whole else ZERO


def draw(bars: Iterable[Bar], names: Iterable[str] = ()) -> Chart:
    """Work out a chart of stacked columns.

    Args:
        bars: The columns, from left to right; amounts are not negative.
        names: What columns are made of, in the order of the legend; what is in none of
            them needs none, and what is not among them comes last.

    Returns:
        The chart. Its scale has at most five lines, at 1, 2 or 5 times a power of ten;
        the last is as high as the highest column, or higher.
    """
    bars = list(bars)
    top = max((sum((n for _, n in bar.parts), ZERO) for bar in bars), default=ZERO)
    lines = _scale(top)
    height = lines[-1] if lines else ZERO
    columns = tuple(
        Column(
            bar.title,
            tuple(
                Piece(name, amount, share(amount, height))
                for name, amount in bar.parts
                if amount
            ),
            bar.href,
        )
        for bar in bars
    )
    there = dict.fromkeys(piece.name for one in columns for piece in one.pieces)
    order = dict.fromkeys((*names, *there))
    return Chart(
        tuple(name for name in order if name in there),
        columns,
        tuple(Line(number, share(number, height)) for number in lines),
    )


def _scale(top: Decimal) -> list[Decimal]:
    """Return the numbers at the lines of a scale."""
    if not top:
        return []
    power = Decimal(1).scaleb((top / _LINES).adjusted())
    step = next(size * power for size in _STEPS if size * power * _LINES >= top)
    numbers = [step]
    while numbers[-1] < top:
        numbers.append(numbers[-1] + step)
    return numbers


def short(number: Decimal) -> str:
    """Write a round number of a scale in few characters, as Fava's axes do: "20k"."""
    for exponent, unit in ((9, "B"), (6, "M"), (3, "k")):
        if number.adjusted() >= exponent:
            return f"{number.scaleb(-exponent).normalize():f}{unit}"
    return f"{number.normalize():f}"
