from __future__ import annotations

from decimal import Decimal

from beancount_dunning.formats.totals import COUNT
from beancount_dunning.formats.totals import Totals


def test_sums_are_added_by_currency_and_name() -> None:
    totals = Totals()
    totals.add({COUNT: {"to send": 2}, "USD": {"to send": Decimal("1.50")}})
    totals.add({"EUR": {"to send": Decimal("3.00")}})
    totals.add({COUNT: {"to send": 1}, "USD": {"to send": Decimal("0.50")}})
    assert totals.as_rows() == [
        {"currency": None, "sums": {"to send": 3}},
        {"currency": "EUR", "sums": {"to send": "3.00"}},
        {"currency": "USD", "sums": {"to send": "2.00"}},
    ]
    assert totals.lines() == [
        "\x1b[1m         number   EUR   USD\x1b[0m",
        "to send       3  3.00  2.00",
    ]


def test_what_only_one_has_stands_where_it_stands_there() -> None:
    totals = Totals()
    one = Decimal(1)
    totals.add({"EUR": {"not due": one, "91+": one, "total": one}})
    totals.add({"EUR": {"not due": one, "31-60": one, "91+": one, "later": one}})
    totals.add({"EUR": {"undated": one, "total": one}})
    assert [line.split("  ")[0] for line in totals.lines()[1:]] == [
        *("undated", "not due", "31-60", "91+", "later", "total"),
    ]


def test_what_is_nothing_has_no_line() -> None:
    totals = Totals()
    totals.add({COUNT: {"findings": 0}, "EUR": {"1-30": Decimal()}})
    assert totals.lines() == []
    assert Totals().lines() == []
    assert totals.as_rows() == [
        {"currency": None, "sums": {"findings": 0}},
        {"currency": "EUR", "sums": {"1-30": "0"}},
    ]
