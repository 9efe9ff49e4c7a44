"""Bars: their heights, and the lines of the scale."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fava_dunning.charts import Bar
from fava_dunning.charts import Line
from fava_dunning.charts import Piece
from fava_dunning.charts import draw
from fava_dunning.charts import share
from fava_dunning.charts import short
from hypothesis import given
from hypothesis import strategies as st

_amounts = st.decimals("0", "1e12", places=2) | st.decimals("0", "1e-6", places=9)
_parts = st.lists(
    st.tuples(st.sampled_from(("undated", "not due", "1-30", "31+")), _amounts),
    max_size=8,
    unique_by=lambda part: part[0],
)
_bars = st.builds(Bar, st.text(max_size=3), _parts)


def _line(number: str, height: str) -> Line:
    return Line(Decimal(number), Decimal(height))


def test_a_chart_is_a_little_higher_than_its_highest_column() -> None:
    two = [("1-30", Decimal(30)), ("91+", Decimal(6))]
    bars = [
        Bar("January", two, "/january"),
        Bar("February", [("1-30", Decimal(0)), ("undated", Decimal(5))]),
        Bar("March", []),
    ]
    chart = draw(bars, ["undated", "not due", "1-30"])
    # The legend is in the buckets' order; one that there was once comes last, and what
    # is in none of the columns needs none.
    assert chart.names == ("undated", "1-30", "91+")
    assert chart
    first, second, third = chart.columns
    assert first.pieces == (
        Piece("1-30", Decimal(30), Decimal("75.00")),
        Piece("91+", Decimal(6), Decimal("15.00")),
    )
    assert (first.title, first.href) == ("January", "/january")
    assert first.sum == 36
    assert first.by_name == dict(two)
    assert second.pieces == (Piece("undated", Decimal(5), Decimal("12.50")),)
    assert second.sum == 5
    assert second.href is None
    assert third.sum == 0
    assert third.pieces == ()
    assert third.by_name == {}
    assert chart.lines == (
        _line("10", "25"),
        _line("20", "50"),
        _line("30", "75"),
        _line("40", "100"),
    )


@pytest.mark.parametrize(
    ("top", "lines"),
    [
        ("1", "0.2 0.4 0.6 0.8 1.0"),
        ("1.01", "0.5 1.0 1.5"),
        ("2.5", "0.5 1.0 1.5 2.0 2.5"),
        ("2.51", "1 2 3"),
        ("5", "1 2 3 4 5"),
        ("5.01", "2 4 6"),
        ("10", "2 4 6 8 10"),
        ("26", "10 20 30"),
        ("49.99", "10 20 30 40 50"),
        ("23436.38", "5000 10000 15000 20000 25000"),
        ("0.01", "0.002 0.004 0.006 0.008 0.01"),
    ],
)
def test_the_lines_of_the_scale_are_at_round_numbers(top: str, lines: str) -> None:
    chart = draw([Bar("", [("1-30", Decimal(top))])])
    numbers = [line.number for line in chart.lines]
    assert numbers == list(map(Decimal, lines.split()))
    for line in chart.lines:
        assert line.height == share(line.number, numbers[-1])


@pytest.mark.parametrize("bars", [[], [Bar("", [])], [Bar("", [("1-30", Decimal(0))])]])
def test_nothing_has_no_scale(bars: list[Bar]) -> None:
    chart = draw(bars, ["1-30"])
    assert (chart.names, chart.lines) == ((), ())
    assert not chart
    assert [column.pieces for column in chart.columns] == [()] * len(bars)


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(Decimal(5), Decimal(0)) == 0
    assert share(Decimal(1), Decimal(3)) == Decimal("33.33")
    assert share(Decimal(2), Decimal(3)) == Decimal("66.67")


@given(st.lists(_bars, max_size=6))
def test_pieces_are_as_high_as_their_share(bars: list[Bar]) -> None:
    chart = draw(bars)
    highest = max((column.sum for column in chart.columns), default=Decimal(0))
    top = chart.lines[-1].number if chart.lines else Decimal(0)
    assert top >= highest
    for bar, column in zip(bars, chart.columns, strict=True):
        assert column.title == bar.title
        assert [(one.name, one.amount) for one in column.pieces] == [
            (name, amount) for name, amount in bar.parts if amount
        ]
        for piece in column.pieces:
            assert abs(piece.height * top / 100 - piece.amount) <= top / 10000
        assert sum((one.height for one in column.pieces), Decimal()) <= Decimal("100.1")


@given(_amounts.filter(bool))
def test_two_to_five_lines_the_last_not_below_the_top(top: Decimal) -> None:
    lines = draw([Bar("", [("1-30", top)])]).lines
    assert 2 <= len(lines) <= 5
    numbers = [line.number for line in lines]
    step = numbers[0]
    assert step.normalize().as_tuple().digits in {(1,), (2,), (5,)}
    assert numbers == [step * count for count in range(1, len(lines) + 1)]
    assert numbers[-1] - step < top <= numbers[-1]
    assert all(0 < line.height <= 100 for line in lines)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("0.05", "0.05"),
        ("0.50", "0.5"),
        ("10", "10"),
        ("500", "500"),
        ("1000", "1k"),
        ("1E+3", "1k"),
        ("1500", "1.5k"),
        ("20000", "20k"),
        ("500000", "500k"),
        ("1000000", "1M"),
        ("2500000", "2.5M"),
        ("5E+9", "5B"),
        ("2E+13", "20000B"),
    ],
)
def test_a_number_of_the_scale_is_short(number: str, text: str) -> None:
    assert short(Decimal(number)) == text


@given(st.sampled_from((1, 2, 5)), st.integers(-4, 14))
def test_a_short_number_is_still_the_number(digit: int, power: int) -> None:
    number = Decimal(digit).scaleb(power)
    text = short(number)
    units = {"k": 3, "M": 6, "B": 9}
    read = Decimal(text.rstrip("kMB")).scaleb(units.get(text[-1], 0))
    assert read == number
    assert "E" not in text
