"""`bean-dunning forecast`: the cash expected in, in text, JSON and CSV."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import output
from tests.cli.running import written

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = """
option "render_commas" "TRUE"
plugin "beancount.plugins.auto_accounts"
2026-08-14 * "Acme" "Late" ^INV-1
  due: 2026-09-14
  Assets:Receivable:Acme   1000.00 EUR
  Income:Services
2026-11-15 note Assets:Receivable:Acme "Away" ^INV-1
  hold-until: 2026-12-01
2026-08-14 * "Bolt" "To come" ^INV-2
  due: 2026-12-14
  Assets:Receivable:Bolt   20 USD
  Income:Services
2026-09-01 * "Bolt" "A part" ^INV-2
  Assets:Bank              15 USD
  Assets:Receivable:Bolt
2026-08-14 * "Bolt" "Undated" ^INV-3
  Assets:Receivable:Bolt   7 USD
  Income:Services
"""


@pytest.fixture
def expected(tmp_path: Path) -> Path:
    return written(tmp_path, LEDGER)


def test_by_month_to_read(expected: Path) -> None:
    text = output("forecast", expected, "--every", "month", "--by", "due")
    lines = text.splitlines()
    assert lines[:6] == [
        "Cash expected as of 2026-11-20",
        "By due date, as invoiced.",
        "",
        "                       EUR  USD",
        "overdue, any day  1,000.00",
        "2026-11",
    ]
    assert lines[6] == "2026-12                       5"
    assert [line.split() for line in lines[-2:]] == [
        ["left", "out,", "without", "a", "due", "date", "7", "USD"],
        ["on", "hold,", "and", "counted", "1,000.00", "EUR"],
    ]


def test_nothing_is_left_out_and_nothing_is_open(expected: Path) -> None:
    text = output("forecast", expected, as_of="2026-09-30")
    assert "on hold" not in text
    text = output("forecast", expected, as_of="2026-08-01")
    assert text.endswith("else by due date.\n\nNothing is open.\n")
    text = output("forecast", expected, "--by", "habit", as_of="2026-08-01")
    assert text.endswith("Nothing is open.\n")


def test_whose_habits_it_goes_by_is_said(expected: Path) -> None:
    text = output("forecast", expected, "--by", "habit")
    assert "EUR  early  late  USD  early  late" in text
    assert text.endswith(
        "\nItems expected: 2 by due date.\n"
        "Fewer than 5 payments as late as an item are no habit.\n"
    )
    text = output("forecast", expected, "--by", "habit", "--customer", "nobody")
    assert "Items" not in text


def test_where_nothing_is_to_be_said_below(expected: Path) -> None:
    text = output("forecast", expected, "--customer", "acme", as_of="2026-11-01")
    assert text.endswith("\nlater\n")
    text = output("forecast", expected, "--by", "habit", as_of="2026-08-14")
    assert "Items expected: 2 by due date." in text


def test_habits_of_nothing_expected_are_not_said(expected: Path) -> None:
    with expected.open("a") as file:
        file.write(
            '2026-11-16 note Assets:Receivable:Acme "No" ^INV-1\n  dispute: TRUE\n'
        )
    text = output("forecast", expected, "--by", "habit", "--customer", "acme")
    assert text.endswith("left out, in dispute  1,000.00  EUR\n")


def test_for_programs(expected: Path) -> None:
    text = output("forecast", expected, "--format", "json", "--customer", "bolt")
    found = json.loads(text)
    assert [one["invoice"] for one in found["items"]] == ["INV-2", "INV-3"]
    assert found["forecast"][0]["left_out"] == {"undated": "7"}


def test_for_spreadsheets(expected: Path) -> None:
    head, *rows = output("forecast", expected, "--format", "csv").splitlines()
    assert head.startswith("invoice,instalment,customer,currency,due,amount,kind,")
    assert rows == [
        "INV-1,1/1,Acme,EUR,2026-09-14,1000.00,overdue,,,,,,,hold",
        "INV-2,1/1,Bolt,USD,2026-12-14,5,expected,2026-12-14,,,2026-12-14,,,",
        "INV-3,1/1,Bolt,USD,,7,undated,,,,,,,",
    ]


BACKTEST = """\
How wrong forecasts were, as of 2026-11-20

EUR      came    by due  by promise  by habit
2026-09     0  1,000.00    1,000.00  1,000.00
2026-10     0  1,000.00    1,000.00  1,000.00

USD      came  by due  by promise  by habit
2026-09    15       0           0         0

Off, of what came: by due 100 %, by promise 100 %, by habit 100 %.
Too much (+) or too little (-): by due -100 %, by promise -100 %, by habit -100 %.
"""


def test_how_wrong_it_was(expected: Path) -> None:
    assert output("forecast", expected, "--backtest") == BACKTEST
    text = output("forecast", expected, "--backtest", as_of="2026-08-01")
    assert text.endswith("\n\nNothing was expected, and nothing came.\n")


def test_how_wrong_it_was_for_programs_and_spreadsheets(expected: Path) -> None:
    text = output("forecast", expected, "--backtest", "--format", "json")
    assert json.loads(text)["totals"] == [
        {
            "currency": "USD",
            "off": {"due": 1.0, "promise": 1.0, "habit": 1.0},
            "bias": {"due": -1.0, "promise": -1.0, "habit": -1.0},
        }
    ]
    text = output("forecast", expected, "--backtest", "--format", "csv")
    assert text.splitlines() == [
        "month,currency,came,due,promise,habit",
        "2026-09,EUR,0,1000.00,1000.00,1000.00",
        "2026-10,EUR,0,1000.00,1000.00,1000.00",
        "2026-09,USD,15,0,0,0",
    ]
