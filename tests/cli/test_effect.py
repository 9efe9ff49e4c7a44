"""`bean-dunning effect`: which reminders bring money, in text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import output

POLICY = Path(__file__).parent.parent / "policy.beancount"

BY_STEP = """\
Reminders, and what was paid after them, as of 2026-11-20 (the ledger's as-of date)

Due: 2 invoices, too few to say.

Step            sent  3 days  7 days  14 days  before next  median
first reminder     2                                                too few to say

Counted by invoice, or instalment. Credit notes and write-offs do not pay.
The policy "standard" changed on 2026-06-01: --before-after 2026-06-01 compares.
"""


def test_it_is_printed_to_read() -> None:
    assert output("effect", POLICY) == BY_STEP


def test_before_a_change_and_after_it() -> None:
    text = output("effect", POLICY, "--before-after", "2026-06-01", "--by", "channel")
    rows = [line.split() for line in text.splitlines()]
    assert rows[5][:2] == ["Channel", "sent"]
    assert [row[:3] for row in rows[6:10]] == [
        ["email", "before", "1"],
        ["email", "after", "0"],
        ["phone", "before", "0"],
        ["phone", "after", "1"],
    ]
    assert "Due before the change: 1 invoice, too few to say.\n" in text
    said = "Compared: 1 customer, reminded both before 2026-06-01 and since.\n"
    assert text.endswith(said)


def test_where_nobody_was_reminded(books: Path) -> None:
    assert output("effect", books) == (
        "Reminders, and what was paid after them, as of 2026-11-20\n\n"
        "No reminder was sent.\n"
    )
    text = output("effect", POLICY, "--before-after", "2026-08-01")
    assert text.endswith("No customer was reminded both before 2026-08-01 and since.\n")


def test_some_customers_alone() -> None:
    assert "No reminder was sent." in output("effect", POLICY, "--customer", "bolt")


def test_for_programs() -> None:
    found = json.loads(output("effect", POLICY, "--by", "weekday", "--format", "json"))
    assert [one["group"] for one in found["groups"]] == ["Tuesday", "Sunday"]
    assert found["all"] == [
        {
            "when": None,
            "invoices": 2,
            "within_3": None,
            "within_7": None,
            "within_14": None,
            "median_days": None,
        }
    ]


def test_for_spreadsheets() -> None:
    head, *rows = output("effect", POLICY, "--format", "csv").splitlines()
    assert head.startswith("group,when,sent,within_3,within_7,within_14,without_3,")
    assert rows == ["first reminder,,2,,,,,,,,"]
