"""`bean-dunning charges`: interest, fees and compensation to paste."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from beancount import loader

from tests.cli.running import AS_OF
from tests.cli.running import DUNNED
from tests.cli.running import NOTES
from tests.cli.running import output
from tests.cli.running import run
from tests.cli.running import written

if TYPE_CHECKING:
    from pathlib import Path

CHARGES = """\
2026-11-20 open Income:Interest

2026-11-20 open Income:Compensation

; 2026-10-15 to 2026-10-20: 6 days at 10 % on 2380.00: 3.91 EUR
; 2026-10-21 to 2026-11-20: 31 days at 10 % on 1190.00: 10.11 EUR
2026-11-20 * "Acme GmbH" "Interest on INV-014, 2026-10-15 to 2026-11-20" ^INV-014
  charge: "interest"
  due: 2026-10-14
  Assets:Receivable   14.02 EUR
  Income:Interest    -14.02 EUR

2026-11-20 * "Acme GmbH" "Compensation on INV-014" ^INV-014
  charge: "compensation"
  due: 2026-10-14
  Assets:Receivable     40.00 EUR
  Income:Compensation  -40.00 EUR

; 2026-11-11 to 2026-11-20: 10 days at 10 % on 100.00: 0.27 EUR
2026-11-20 * "Acme GmbH" "Interest on INV-015, 2026-11-11 to 2026-11-20" ^INV-015
  charge: "interest"
  due: 2026-11-10
  Assets:Receivable   0.27 EUR
  Income:Interest    -0.27 EUR

2026-11-20 * "Acme GmbH" "Compensation on INV-015" ^INV-015
  charge: "compensation"
  due: 2026-11-10
  Assets:Receivable     40.00 EUR
  Income:Compensation  -40.00 EUR
"""


def test_charges_are_directives_to_paste_once(dunned: Path) -> None:
    assert output("charges", dunned) == CHARGES
    written(dunned.parent, f"{DUNNED}\n{CHARGES}")
    assert output("charges", dunned) == ""
    _, errors, _ = loader.load_file(dunned)
    assert {type(error).__name__ for error in errors} <= {"OverdueError"}
    report = json.loads(output("aging", dunned, "--format", "json"))
    (acme,) = (row for row in report["customers"] if row["currency"] == "EUR")
    # 1190.00 + 14.02 + 40.00 + 100.00 + 0.27 + 40.00
    assert acme["total"] == "1384.29"


def test_a_day_later_the_rest_is_charged(dunned: Path) -> None:
    """32 days on 1190.00 make 10.43, with 3.91 before: 14.35 in all (14.345…)."""
    written(dunned.parent, f"{DUNNED}\n{CHARGES}")
    text = output("charges", dunned, as_of="2026-11-21")
    assert "; of which 14.02 EUR is posted\n" in text
    assert "  Assets:Receivable   0.33 EUR\n" in text
    assert "open Income" not in text


def test_fees_of_what_was_sent_are_charged(dunned: Path) -> None:
    assert output("reminders", dunned, "--append", dunned) == NOTES
    text = output("charges", dunned)
    assert (
        """\
2026-11-20 * "Acme GmbH" "Fee for final notice of INV-014" ^INV-014
  charge: "fee"
  step: "final notice"
  due: 2026-10-14
  Assets:Receivable   5.00 EUR
  Income:Fees        -5.00 EUR
"""
        in text
    )


def test_charges_of_some_customers_and_of_what_is_paid(dunned: Path) -> None:
    assert output("charges", dunned, "--customer", "beta") == ""
    assert output("charges", dunned, "--customer", "ACME") == CHARGES
    paid = '2026-11-15 * "Acme GmbH" "Paid" ^INV-015\n  Assets:Receivable  -100 EUR\n'
    written(dunned.parent, f"{DUNNED}{paid}  Income:Services\n")
    assert "INV-015" not in output("charges", dunned)
    # 100.00 for the five days from 11 November: 0.1369…
    text = output("charges", dunned, "--paid")
    assert "  Assets:Receivable   0.14 EUR\n" in text
    assert "INV-014" in text


def test_charges_as_json(dunned: Path) -> None:
    report = json.loads(output("charges", dunned, "--format", "json"))
    assert report["as_of"] == AS_OF
    first, second, *_ = report["charges"]
    directive = first.pop("directive")
    assert f"\n{directive}\n" in CHARGES
    assert first == {
        "invoice": "INV-014",
        "instalment": "1/1",
        "customer": "Acme GmbH",
        "account": "Assets:Receivable",
        "kind": "interest",
        "step": None,
        "amount": "14.02",
        "currency": "EUR",
        "posted": "0",
        "segments": [
            {
                "from": "2026-10-15",
                "to": "2026-10-20",
                "principal": "2380.00",
                "rate": "10",
                "days": 6,
                "amount": "3.91",
            },
            {
                "from": "2026-10-21",
                "to": "2026-11-20",
                "principal": "1190.00",
                "rate": "10",
                "days": 31,
                "amount": "10.11",
            },
        ],
    }
    assert (second["kind"], second["amount"], second["segments"]) == (
        "compensation",
        "40.00",
        [],
    )


def test_charges_as_csv(dunned: Path) -> None:
    text = run("charges", dunned, "--format", "csv").stdout_bytes.decode()
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["invoice"], row["kind"], row["amount"]) for row in found] == [
        ("INV-014", "interest", "14.02"),
        ("INV-014", "compensation", "40.00"),
        ("INV-015", "interest", "0.27"),
        ("INV-015", "compensation", "40.00"),
    ]


def test_charges_leave_out_what_the_account_does_not_take(dunned: Path) -> None:
    """The account is for JPY, and compensation is agreed in EUR."""
    books = dunned.with_name("yen.beancount")
    books.write_text(
        """\
2026-01-01 open Assets:Receivable  JPY
2026-01-01 open Income:Services
2026-01-01 custom "dunning-interest" "standard" 10
  compensation: 40.00 EUR
2026-01-01 * "Beta" "Logo" ^INV-1
  due: 2026-01-31
  Assets:Receivable        36500 JPY
  Income:Services
"""
    )
    result = run("charges", books, as_of="2026-02-10")
    assert result.exit_code == 0
    assert "  Assets:Receivable   100 JPY\n" in result.stdout
    assert "EUR" not in result.stdout
    assert result.stderr == (
        "Note: compensation of 40.00 EUR on INV-1 is left out: Assets:Receivable "
        "is for other currencies.\n"
    )


def test_a_rate_that_nobody_knows_is_named_with_its_line(tmp_path: Path) -> None:
    rate = (
        '2026-01-01 custom "reference-rate" "house" 2\n'
        '2020-01-01 custom "dunning-interest" "standard" 9 "house"\n'
        '2020-01-02 * "Acme" "Old" ^INV-0\n  due: 2020-02-01\n'
        "  Assets:Receivable  1.00 EUR\n  Income:Services\n"
    )
    books = written(tmp_path, rate)
    books.write_text(books.read_text().replace("2026-01-01 open", "2019-01-01 open"))
    for form in ("text", "json", "csv"):
        result = run("charges", books, "--format", form)
        assert (result.exit_code, result.stdout) == (2, "")
        shown = " ".join(result.stderr.split())
        assert f"{books}:7: " in shown
        assert 'The rate "house" is not known before 2026-01-01' in shown


LEFT = """
2026-01-01 open Assets:Receivable:Acme
2026-09-01 * "Acme" "Website" ^INV-1
  terms: "2/10 net 30"
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
2026-09-08 * "Acme" "Paid, less 2 %" ^INV-1
  Assets:Bank               98.00 EUR
  Assets:Receivable:Acme
2026-09-01 * "Acme" "Hosting" ^INV-2
  terms: "2/10 net 30"
  Assets:Receivable:Acme    50.00 EUR
  Income:Services
2026-09-08 * "Acme" "Paid, less 2 %" ^INV-2
  Assets:Bank               49.00 EUR
  Assets:Receivable:Acme
2026-09-01 * "Acme" "Flyer" ^INV-3
  due: 2026-10-01
  Assets:Receivable:Acme    20.00 EUR
  Income:Services
2026-10-08 * "Acme" "Paid" ^INV-3
  Assets:Bank               19.50 EUR
  Assets:Receivable:Acme
"""


def test_what_nobody_asks_for_is_proposed_to_be_written_off(tmp_path: Path) -> None:
    books = written(tmp_path, LEFT)
    text = output("charges", books)
    assert text.count(" open Expenses:Discounts") == 1
    report = json.loads(output("charges", books, "--format", "json"))
    assert [
        (one["invoice"], one["kind"], one["amount"]) for one in report["write_offs"]
    ] == [
        ("INV-1", "discount", "-2.00"),
        ("INV-2", "discount", "-1.00"),
        ("INV-3", "remainder", "-0.50"),
    ]
    assert report["charges"] == []
    table = output("charges", books, "--format", "csv")
    assert "INV-3,1/1,Acme,Assets:Receivable:Acme,remainder,,-0.50,EUR," in table
    assert output("charges", books, "--customer", "Bolt") == ""
    pasted = written(tmp_path, f"{LEFT}\n{text}")
    assert output("check", pasted) == output("charges", pasted) == ""
    assert "No open items" in output("aging", pasted)
