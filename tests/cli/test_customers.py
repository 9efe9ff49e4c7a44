"""`bean-dunning customers`: all of them, one, groups, before and after."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.answers.paying import after
from tests.answers.paying import invoice
from tests.answers.paying import note
from tests.answers.paying import paid
from tests.answers.paying import paid_late
from tests.cli.running import output
from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """plugin "beancount.plugins.auto_accounts"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 custom "dunning-customer" "Acme"
  segment: "shop"
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    text = (
        HEAD
        + paid_late(0, 0, 31, 31, 31)
        + note("Acme-4", after(100), f"promise: {after(101)}", 'reason: "cash"')
        + note("Acme-4", after(99), "dispute: TRUE")
        + paid_late(0, 0, 0, customer="Beta")
        + invoice("U", after(0), None, customer="Beta", currency="USD")
        + invoice("T", after(9), None, meta='  terms: "50% net 9, 50% net 99"\n')
        + paid("T", after(9), "50.00")
    )
    path.write_text(text)
    return path


def test_all_customers_are_a_table_with_the_measures_below(ledger: Path) -> None:
    text = output("customers", ledger)
    assert text.startswith("Customers as of 2026-11-20")
    lines = text.splitlines()
    assert lines[2].startswith("Customer  Grade  Invoices  Turnover  On time  of")
    assert lines[3].startswith("Acme")
    assert "\nEUR" in text
    assert "\nUSD" in text
    only = output("customers", ledger, "--customer", "beta")
    assert "Acme" not in only


def test_a_ledger_without_invoices_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.beancount"
    path.write_text(HEAD)
    assert output("customers", path).endswith("\nNo invoices.\n")
    by = output("customers", path, "--by", "segment")
    assert by.endswith("\nNo invoices.\n")


def test_one_customer_is_told_in_detail(ledger: Path) -> None:
    text = output("customers", ledger, "acme")
    assert text == output("customers", "acme", ledger)
    for line in (
        "Acme, EUR",
        "Grade         E: 1 of the last 5 was over 90 days late; a promise was broken",
        "Promises      0 of 1 kept",
        "Disputes      1",
        "Reasons       cash (1)",
        "Acme-0   2026-01-05  2026-01-15",
        "T 1/2 ",
    ):
        assert line in text
    usd = output("customers", ledger, "beta").partition("Beta, USD")[2]
    assert "On time" not in usd
    assert "Days late     " not in usd
    habit = output("customers", ledger, "beta")
    assert "Habit" not in habit


def test_before_a_month_is_over_nothing_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(HEAD + invoice("A-1", after(0), after(10)))
    assert "DSO" not in output("customers", path, as_of="2026-01-30")
    assert "DSO" in output("customers", path)


def test_what_is_only_credit_has_no_invoices(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(HEAD + paid("A", after(0)))
    text = output("customers", path, "Acme")
    assert "Invoices      0, 0 EUR" in text
    assert "Longest open" not in text


@pytest.mark.parametrize(
    ("count", "late", "said"),
    [
        pytest.param(4, 12, "too few to say", id="too few"),
        pytest.param(
            5,
            12,
            "net 10 so far, 12 days late at the median of the last 5: "
            '"30% on receipt, rest net 10" would suit',
            id="late",
        ),
        pytest.param(
            5,
            1,
            "net 10 so far, paid within 7 days of the due date at the median of the "
            "last 5: that suits",
            id="punctual",
        ),
    ],
)
def test_the_terms_that_would_suit_are_told(
    tmp_path: Path, count: int, late: int, said: str
) -> None:
    path = tmp_path / "books.beancount"
    sales = (
        invoice(f"A-{n}", after(n), after(n + 10))
        + paid(f"A-{n}", after(n + 10 + late))
        for n in range(count)
    )
    path.write_text(HEAD + "".join(sales))
    assert f"\nTerms         {said}\n" in output("customers", path, "Acme")
    told = json.loads(output("customers", path, "Acme", "--format", "json"))
    suited = told["customers"][0]["suited_terms"]
    if said == "too few to say":
        assert suited is None
        return
    assert suited == {
        "terms": "30% on receipt, rest net 10" if late > 7 else None,
        "because": said,
        "usual_days": 10,
        "parts": 5,
        "lost": 0,
        "days_late_median": late,
    }


def test_habits_are_told(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    text = HEAD
    for n in range(5):
        text += invoice(f"A-{n}", after(n), after(n + 10))
        text += paid(f"A-{n}", after(20 + n))
    path.write_text(text)
    said = "Habit         pays the oldest first (4 of 4 payments)"
    assert said in output("customers", path, "Acme")


def test_a_customer_whom_nobody_knows_may_be_another(ledger: Path) -> None:
    result = run("customers", ledger, "Akme")
    assert result.exit_code == 2
    assert 'no customer Akme as of 2026-11-20. Did you mean "Acme"?' in result.stderr


def test_groups_are_compared(ledger: Path) -> None:
    text = output("customers", ledger, "--by", "segment")
    assert text.startswith("Customers by segment as of 2026-11-20")
    assert "(none)" in text
    assert "too few to say" in text
    last = text.splitlines()[-1]
    assert last.startswith(
        "The largest part of the lateness in EUR: shop, 100 % of it at "
    )


def test_a_key_that_nobody_has_is_refused(ledger: Path) -> None:
    result = run("customers", ledger, "--by", "segmnt")
    assert result.exit_code == 2
    assert 'or invoice has the key segmnt. Did you mean "segment"?\n' in result.stderr
    result = run("customers", ledger, "--by", "x")
    assert "has the key x. Known: segment, terms, channel, paid-from" in result.stderr
    assert "lineno" not in result.stderr
    ledger.write_text(
        ledger.read_text().replace("\n  due:", "\n  project: 7\n  due:", 1)
    )
    assert "(none)" in output("customers", ledger, "--by", "project")
    result = run("customers", ledger, "--by", "projekt")
    assert 'Did you mean "project"?' in result.stderr


def test_of_several_ledgers_one_may_not_have_the_key(
    ledger: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.beancount"
    other.write_text(
        ledger.read_text().replace("\n  due:", "\n  project: 7\n  due:", 1)
    )
    result = run("customers", ledger, other, "--by", "project", "--no-cache")
    assert (result.exit_code, result.stderr) == (0, "")
    without, with_key = result.stdout.split("== ")[1:3]
    assert "(none)" in without
    assert "\n7 " in with_key


def test_before_and_after_are_compared(ledger: Path) -> None:
    text = output("customers", ledger, "--before-after", str(after(20)))
    assert "EUR: 2 customers with invoices on both sides\n" in text
    assert "Too few to say.\n" in text
    none = output("customers", ledger, "--before-after", "2026-12-01")
    assert "EUR: 0 customers with invoices on both sides (2 left out)\n" in none
    one = output(
        "customers", ledger, "--before-after", str(after(20)), "--customer", "a$"
    )
    assert "EUR: 1 customer with invoices" in one


def test_enough_is_no_few(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    sales = paid_late(*[0] * 10)
    path.write_text(HEAD + sales)
    text = output("customers", path, "--before-after", str(after(100)))
    assert "few" not in text
    assert "Not paid" not in text
    path.write_text(HEAD + sales + invoice("Open", after(120), after(130)))
    text = output("customers", path, "--before-after", str(after(100)))
    assert "Not paid, and so in no mean: 0 before, 1 after.\n" in text


def test_one_report_at_a_time(ledger: Path) -> None:
    result = run("customers", ledger, "Acme", "--by", "segment")
    assert result.exit_code == 2
    assert "each a report of its own" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ((), 3),
        (("Acme",), 7),
        (("--by", "segment"), 3),
        (("--before-after", "2026-01-25"), 4),
    ],
)
def test_spreadsheets_and_programs_get_the_same(
    ledger: Path, arguments: tuple[str, ...], count: int
) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(output("customers", ledger, *arguments, "--format", "csv"))
        )
    )
    assert len(rows) == count
    data = json.loads(output("customers", ledger, *arguments, "--format", "json"))
    assert data["as_of"] == "2026-11-20"
    first = next(value for value in data.values() if isinstance(value, list))[0]
    assert rows[0]["currency"] == first["currency"]
