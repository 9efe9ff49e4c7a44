"""What to send, as people and spreadsheets read it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import click
import pytest
from wcwidth import wcswidth

from beancount_dunning.answers.reminders import reminders
from beancount_dunning.formats.text_reminders import as_csv
from beancount_dunning.formats.text_reminders import as_text
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.answers.reminders import Reminders

BOOKS = """
2026-01-01 custom "dunning-customer" "A customer of a rather long name"
  email: "accounts.payable@customer.example"
  address: "1 Long Lane
Longtown"
2026-01-01 custom "dunning-customer" "株式会社"
  address: "東京都"
2026-01-01 custom "dunning-customer" "Caller"
  phone: "+49 40 1234"
2026-01-01 custom "dunning-step" "house" "notice" -5
2026-01-01 custom "dunning-step" "house" "letter" 1
  channel: "letter"
2026-01-01 custom "dunning-step" "house" "call" 30
  channel: "phone"
2026-01-01 custom "dunning-option" "policy" "house"
2026-09-01 * "A customer of a rather long name" "Website" ^INVOICE-2026-014
  due: 2026-10-14
  Assets:Receivable   1190.00 EUR
  Income:Services
2026-10-25 * "株式会社" "Logo" ^INV-2
  due: 2026-11-25
  Assets:Receivable   20000 JPY
  Income:Services
2026-10-25 * "Caller" "Logo" ^INV-3
  due: 2026-11-26
  Assets:Receivable   20000 JPY
  Income:Services
2026-10-26 * "" "Nobody's"
  due: 2026-11-20
  Assets:Receivable   5 EUR
  Income:Services
"""


def coming(more: str = "", days: int = 7) -> Reminders:
    return reminders(load(BOOKS + more).books("2026-11-20"), days=days)


def table(
    found: Reminders, *, by: str = "invoice", width: int | None = None
) -> list[str]:
    text = as_text(found, "To send", by=by, width=width, grouped=by == "customer")
    return click.unstyle(text).split("\n")[:-1]


def test_each_reminder_has_a_line_with_its_address() -> None:
    name = "A customer of a rather long name"
    assert [re.sub("  +", "|", line) for line in table(coming())] == [
        "To send",
        "",
        "Customer|Invoice|Step|Days|Open|Send to",
        (f"{name}|INVOICE-2026-014|letter|37|1190.00|EUR|letter 1 Long Lane Longtown"),
        "株式会社|INV-2|notice|in 5|20000|JPY|letter 東京都",
        "",
        "In the next 7 days",
        "",
        "From|Customer|Invoice|Step|Days|Open|Send to",
        "2026-11-21|(no customer)|Nobody's|letter|today|5|EUR|letter (no address)",
        "2026-11-21|Caller|INV-3|notice|in 6|20000|JPY|phone +49 40 1234",
    ]


def test_reminders_to_one_customer_share_a_line_for_each_currency() -> None:
    more = """
2026-10-25 * "Caller" "Site" ^INV-4
  due: 2026-11-10
  Assets:Receivable   30000 JPY
  Income:Services
2026-10-01 * "Caller" "Site" ^INV-5
  due: 2026-10-20
  Assets:Receivable   1000.50 EUR
  Income:Services
2026-10-25 * "Caller" "Site" ^INV-6
  due: 2026-11-19
  Assets:Receivable   1000 JPY
  Income:Services
2026-10-22 note Assets:Receivable "Posted" ^INV-5
  reminder: "letter"
"""
    shown = table(coming(more), by="customer")
    lines = [re.sub("  +", "|", line) for line in shown if "Caller" in line]
    calls = "phone +49 40 1234"
    # The furthest step gives the tone: the call about INV-5, 31 days late.
    assert [line.partition("|INV")[0] for line in lines] == [
        "Caller|call|31|31,000|JPY",
        "Caller|call|31|1,000.50|EUR",
        "2026-11-21|Caller|notice|in 6|20,000|JPY",
    ]
    assert all(line.endswith(f"|{calls}") for line in lines)
    invoices = [line.split("|")[-2] for line in lines[:2]]
    assert sorted(invoices) == ["INV-4, INV-6", "INV-5"]


def test_a_letter_comes_up_on_the_day_of_its_first_reminder() -> None:
    more = """
2026-10-25 * "Caller" "Site" ^INV-4
  due: 2026-11-28
  Assets:Receivable   30000 JPY
  Income:Services
"""
    (line,) = (one for one in table(coming(more), by="customer") if "Caller" in one)
    # INV-3 from 21 November, INV-4 from 23 November.
    assert re.sub("  +", "|", line) == (
        "2026-11-21|Caller|notice|in 6|50,000|JPY|INV-3, INV-4|phone +49 40 1234"
    )


@pytest.mark.parametrize("by", ["invoice", "customer"])
@pytest.mark.parametrize("width", [76, 100])
def test_a_terminal_takes_from_the_names(by: str, width: int) -> None:
    lines = table(coming(), by=by, width=width)
    assert max(map(wcswidth, lines)) <= width
    assert any("…" in line for line in lines)


def test_controls_do_not_reach_the_terminal() -> None:
    evil = "\x1b]0;gotcha\x07\u202e"
    more = f"""
2026-01-01 custom "dunning-step" "evil" "call{evil}" 1
2026-01-01 custom "dunning-customer" "Evil{evil}"
  email: "evil{evil}@example"
2026-10-25 * "Evil{evil}" "Site{evil}"
  due: 2026-11-10
  policy: "evil"
  Assets:Receivable   30000 JPY
  Income:Services
"""
    for by in ("invoice", "customer"):
        lines = table(coming(more), by=by)
        assert any("]0;gotcha" in line for line in lines)
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", "".join(lines))


def test_a_day_is_a_day_and_nothing_is_said() -> None:
    one = table(coming(days=1))
    assert "In the next day" in one
    none = reminders(load("").books("2026-11-20"), days=7)
    for by in ("invoice", "customer"):
        assert table(none, by=by) == ["To send", "", "Nothing to send."]


def test_csv_has_exact_amounts_and_no_formulas() -> None:
    more = """
2026-10-25 * "=SUM(1)" "Site" ^-1
  due: 2026-11-10
  Assets:Receivable   1000.50 EUR
  Income:Services
"""
    rows = list(csv.DictReader(io.StringIO(as_csv(coming(more)), newline="")))
    assert [(row["when"], row["invoice"], row["customer"]) for row in rows] == [
        ("due", "INVOICE-2026-014", "A customer of a rather long name"),
        ("due", "'-1", "'=SUM(1)"),
        ("due", "INV-2", "株式会社"),
        ("upcoming", "", ""),
        ("upcoming", "INV-3", "Caller"),
    ]
    # Days before due are numbers below nothing, and stay numbers.
    assert [row["days_overdue"] for row in rows] == ["37", "10", "-5", "0", "-6"]
    assert rows[1]["open"] == "1000.50"
