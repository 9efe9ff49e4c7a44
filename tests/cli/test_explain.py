"""`bean-dunning explain`: one invoice's whole story."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import AS_OF
from tests.cli.running import DUNNED
from tests.cli.running import output
from tests.cli.running import run
from tests.cli.running import written

if TYPE_CHECKING:
    from pathlib import Path

STORY = """\
INV-014, Acme GmbH
History as of 2026-11-20

Date          Amount       What                                           Where
2026-09-14   2380.00  EUR  Invoiced: Website (Assets:Receivable)          FILE:15
2026-09-14                 Due 2026-10-14, from the transaction           FILE:15
2026-10-20  -1190.00  EUR  Acme GmbH Part payment (by invoice number)     FILE:19
2026-10-25                 Sent: first reminder. First reminder e-mailed  FILE:22

INV-014
1190.00 of 2380.00 EUR open, 37 days overdue                                   \
                        FILE:15
Policy "standard" (the default)
Next: final notice, from 2026-11-11: 20 days after due; 17 days after first \
reminder, sent 2026-10-25  FILE:10
Interest 2026-10-15 to 2026-10-20: 6 days at 10 % on 2380.00: 3.91 EUR         \
                        FILE:13
Interest 2026-10-21 to 2026-11-20: 31 days at 10 % on 1190.00: 10.11 EUR       \
                        FILE:13
Interest so far: 14.02 EUR
"""


@pytest.mark.parametrize("name", ["INV-014", "^INV-014", " INV-014 "])
def test_explain_takes_its_arguments_in_either_order(dunned: Path, name: str) -> None:
    expected = STORY.replace("FILE", dunned.name)
    assert output("explain", dunned, name) == expected
    assert output("explain", name, dunned) == expected


def test_explain_names_files_from_where_one_is(
    dunned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = dunned.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    text = output("explain", dunned, "INV-014")
    assert text == STORY.replace("FILE", str(dunned))


def test_explain_tells_of_what_is_paid(dunned: Path) -> None:
    paid = '2026-11-19 * "Acme GmbH" "Rest" ^INV-014\n  Assets:Receivable  -1190 EUR\n'
    written(dunned.parent, f"{DUNNED}{paid}  Income:Services\n")
    text = output("explain", dunned, "INV-014")
    assert "0.00 of 2380.00 EUR open: settled" in text


def test_explain_says_which_invoice_there_is(dunned: Path) -> None:
    result = run("explain", dunned, "INV-O14")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no invoice or customer INV-O14 as of 2026-11-20." in result.stderr
    assert 'Did you mean "INV-014"?' in result.stderr
    result = run("explain", dunned, "INV-014", as_of="2026-01-01")
    assert result.exit_code == 2
    assert "There is no invoice or customer INV-014 as of 2026-01-01." in result.stderr
    assert "Did you mean" not in result.stderr


def test_explain_needs_a_ledger(tmp_path: Path) -> None:
    result = run("explain", tmp_path, "INV-014")
    assert (result.exit_code, result.stdout) == (2, "")
    shown = " ".join(result.stderr.split())
    assert f"No ledger file called 'INV-014' or '{tmp_path}'." in shown


def test_explain_as_json(dunned: Path) -> None:
    text = output("explain", dunned, "INV-014", "--format", "json")
    story = json.loads(text)
    assert list(story) == ["as_of", "invoice", "customer", "story", "items"]
    assert (story["as_of"], story["invoice"], story["customer"]) == (
        AS_OF,
        "INV-014",
        "Acme GmbH",
    )
    assert story["story"][2] == {
        "date": "2026-10-20",
        "kind": "credit",
        "amount": "-1190.00",
        "currency": "EUR",
        "text": "Acme GmbH Part payment (by invoice number)",
        "file": str(dunned),
        "line": 19,
    }
    (item,) = story["items"]
    (aged,) = json.loads(
        output("aging", dunned, "--customer", "acme", "--format", "json")
    )["items"][:1]
    assert {key: item[key] for key in aged} == aged
    assert item["interest"] == "14.02"
    assert [one["amount"] for one in item["interest_segments"]] == ["3.91", "10.11"]
    assert all(set(fact) == {"text", "file", "line"} for fact in item["why"])


def test_explain_as_csv_adds_up_to_what_is_open(dunned: Path) -> None:
    text = run("explain", dunned, "INV-014", "--format", "csv").stdout_bytes.decode()
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(found[0]) == [
        "date",
        "kind",
        "text",
        "amount",
        "currency",
        "file",
        "line",
    ]
    assert [row["kind"] for row in found] == ["invoice", "due", "credit", "reminder"]
    assert sum(Decimal(row["amount"] or 0) for row in found) == Decimal("1190.00")
    assert [row["line"] for row in found] == ["15", "15", "19", "22"]


def test_an_invoice_whose_name_begins_like_a_link_is_found(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(
        """
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
2026-01-01 * "Acme" "Website"
  invoice: "^X-1"
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    assert output("explain", path, "^X-1").startswith("^X-1, Acme\n")


def test_explain_tells_a_payment_by_its_line(dunned: Path) -> None:
    text = output("explain", dunned, f"{dunned.name}:19")
    assert "1190.00  EUR  INV-014: by invoice number" in text
    story = json.loads(output("explain", dunned, f"{dunned}:19", "--format", "json"))
    assert [event["amount"] for event in story["story"]] == ["-1190.00", "1190.00"]
    assert run("explain", dunned, f"{dunned.name}:999").exit_code == 2
    assert "or customer as of 2026" in run("explain", dunned, "").stderr
    result = run("explain", dunned, f"{dunned.name}:1")
    assert result.exit_code == 2
    assert f"There is no invoice or payment at {dunned.name}:1." in result.stderr


def test_explain_tells_a_customer_in_any_case(dunned: Path) -> None:
    text = output("explain", dunned, "acme gmbh")
    assert "INV-014: Invoiced: Website (Assets:Receivable)" in text
    assert "INV-015: Invoiced" in text


def test_explain_asks_which_of_two_files_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = (
        '2026-11-01 * "{name}" "Paid"\n  Assets:Bank  1 EUR\n  Assets:Receivable\n'
    )
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "2026.beancount").write_text(payment.format(name=name))
    books = written(
        tmp_path, 'include "a/2026.beancount"\ninclude "b/2026.beancount"\n'
    )
    result = run("explain", books, "2026.beancount:1")
    assert result.exit_code == 2
    assert f"Which 2026.beancount: {tmp_path}/a/2026.beancount or " in result.stderr
    assert "b Paid, b\n" in output("explain", books, "b/2026.beancount:2")
    monkeypatch.chdir(tmp_path / "a")
    assert "a Paid, a\n" in output("explain", books, "2026.beancount:2")


# A plan, before it is agreed.

_PLAN = ("--plan", "2 x 1 month from 2026-12-15")


def test_a_plan_is_printed_to_paste(dunned: Path) -> None:
    assert output("explain", dunned, "INV-014", *_PLAN) == (
        '2026-11-20 note Assets:Receivable "Payment plan agreed" ^INV-014\n'
        '  plan: "2 x 1 month from 2026-12-15"\n'
        "; INV-014 1/2: 595.00 EUR due 2026-12-15, originally 2026-10-14\n"
        "; INV-014 2/2: 595.00 EUR due 2027-01-15, originally 2026-10-14\n"
    )


def test_a_plan_for_programs(dunned: Path) -> None:
    found = json.loads(
        output("explain", dunned, "^INV-014", *_PLAN, "--format", "json")
    )
    assert found.keys() == {"as_of", "note", "parts"}
    text = output("explain", dunned, "INV-014", *_PLAN, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows == found["parts"]
    assert [row["due"] for row in rows] == ["2026-12-15", "2027-01-15"]


def test_a_plan_that_would_be_a_mistake_is_refused(dunned: Path) -> None:
    result = run("explain", dunned, "INV-014", "--plan", "soon", as_of=AS_OF)
    assert (result.exit_code, result.stdout) == (2, "")
    assert '"soon" is not understood as a plan' in result.stderr


WRITE_OFF = """\
2026-11-20 open Expenses:Bad-Debts

2026-11-20 * "Acme GmbH" "Bad debt of INV-014" ^INV-014
  Assets:Receivable   -{amount} EUR
  Expenses:Bad-Debts   {amount} EUR
"""


@pytest.mark.parametrize(("part", "amount"), [("all", "1190.00"), ("119.00", "119.00")])
def test_a_write_off_is_proposed(dunned: Path, part: str, amount: str) -> None:
    text = output("explain", dunned, "^INV-014", "--write-off", part)
    legs = WRITE_OFF.format(amount=amount).splitlines()
    assert [line.split() for line in text.splitlines()] == [
        line.split() for line in legs
    ]
    command = ("explain", dunned, "INV-014", "--write-off", part)
    data = json.loads(output(*command, "--format", "json"))
    (row,) = data["write_offs"]
    assert data["as_of"] == AS_OF
    assert (row["amount"], row["directive"]) == (f"-{amount}", text)
    (line,) = csv.DictReader(io.StringIO(output(*command, "--format", "csv")))
    assert line["amount"] == f"-{amount}"
    assert line["kind"] == "bad debt"


@pytest.mark.parametrize("part", ["some", "NaN", "1E+9999", "1190.01"])
def test_a_part_that_is_none_is_refused(dunned: Path, part: str) -> None:
    result = run("explain", dunned, "INV-014", "--write-off", part, as_of=AS_OF)
    assert result.exit_code == 2
    is_number = part.startswith("1190")
    assert ("is not a part of it" in result.output) == is_number
    assert ('neither "all" nor an amount' in result.output) != is_number
