"""`bean-dunning provision`: as text, JSON and CSV, with rates as one types them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import AS_OF
from tests.cli.running import output
from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path


RATES = " not due=0  1-30=0 31-60=5.5 "
TEXT = """\
Expected losses as of 2026-11-20

EUR       Open    Rate   Loss  From
1-30    100.00  0.00 %   0.00  given
31-60  1190.00  5.50 %  65.45  given
total  1290.00          65.45

2026-11-20 open Expenses:Expected-Credit-Losses

2026-11-20 open Assets:Allowance-For-Credit-Losses

2026-11-20 * "Expected credit losses, EUR"
  Expenses:Expected-Credit-Losses      65.45 EUR
  Assets:Allowance-For-Credit-Losses  -65.45 EUR
"""
YEN = """
JPY       Open    Rate  Loss  From
not due  50000  0.00 %     0  given
total    50000             0

; There is nothing to book.
"""


def test_text_has_a_table_and_what_to_book(dunned: Path) -> None:
    assert output("provision", dunned, "--rates", RATES) == TEXT + YEN


def test_json_and_csv_say_the_same(dunned: Path) -> None:
    command = ("provision", dunned, "--rates", RATES)
    data = json.loads(output(*command, "--format", "json"))
    assert data["as_of"] == AS_OF
    found, _ = data["provision"]
    assert found["total"] == "65.45"
    assert found["directive"] in TEXT
    _, line, _ = csv.DictReader(io.StringIO(output(*command, "--format", "csv")))
    assert line == {
        "currency": "EUR",
        "bucket": "31-60",
        "open": "1190.00",
        "percent": "5.50",
        "given": "True",
        "parts": "",
        "loss": "65.45",
    }


def test_what_is_not_known_is_said(dunned: Path) -> None:
    text = output("provision", dunned)
    assert "31-60  1190.00              0 parts: too few to say" in text
    assert "Give the rates that are missing" in text
    text = output("provision", dunned, as_of="2026-01-01")
    assert text.endswith("\n\nNothing is open.\n")


def test_what_is_booked_already_is_told(dunned: Path) -> None:
    booked = dunned.parent / "booked.beancount"
    booked.write_text(
        dunned.read_text() + TEXT.partition("\n\n")[2].partition("\n\n")[2]
    )
    text = output("provision", booked, "--rates", RATES)
    assert "\n; 65.45 EUR is allowed for already.\n" in text
    text = output("provision", booked, "--rates", "1-30=0 31-60=10 not due=0")
    assert "; 65.45 EUR is allowed for already; this is the change:\n" in text
    assert "  Expenses:Expected-Credit-Losses      53.55 EUR\n" in text


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ("31-60", "is no list of rates"),
        ("31-60=", "is no list of rates"),
        ("31-60=101", "is no list of rates"),
        ("31-60=-1", "is no list of rates"),
        ("31-60=5 and more", "is no list of rates"),
        ("31-61=5", "There is no bucket '31-61'. There are undated, not due, 1-30"),
    ],
)
def test_rates_are_typed_by_bucket(dunned: Path, rates: str, message: str) -> None:
    result = run("provision", dunned, "--rates", rates, as_of=AS_OF)
    assert result.exit_code == 2
    assert message in result.output


PAST = "2026-01-01 open Assets:Cash\n" + "".join(
    f'2026-06-01 * "Cora" "Cards" ^C-{number}\n  due: 2026-07-01\n'
    "  Assets:Receivable  100.00 EUR\n  Income:Services\n"
    f'2026-08-20 * "Cora" "Paid" ^C-{number}\n'
    "  Assets:Cash  100.00 EUR\n  Assets:Receivable\n"
    for number in range(10)
)


def test_the_ledgers_own_rates_say_of_how_many_parts_they_are(dunned: Path) -> None:
    books = dunned.parent / "past.beancount"
    later = (
        '2026-11-02 * "Cora" "New" ^C-20\n  due: 2026-12-01\n'
        "  Assets:Receivable  100.00 EUR\n  Income:Services\n"
    )
    books.write_text(dunned.read_text() + PAST + later)
    text = output("provision", books, "--rates", "31-60=5")
    assert "0.00 %   0.00  11 parts: nothing was written off\n" in text
    assert "\n; A rate of 0.00 % only says that nothing was written off" in text
    assert "A rate of 0.00 %" not in output("provision", books, "--rates", RATES)
    rolled = later.replace("-11-02", "-08-02").replace("-12-01", "-10-10")
    more = "".join(rolled.replace("C-20", f"C-3{number}") for number in range(10))
    books.write_text(books.read_text() + more)
    text = output("provision", books, as_of="2026-11-30")
    assert "22 parts: too few to say in later buckets" in text
