"""Customers who cannot be reached, and files that nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.doctor.diagnosis import Kind
from tests.answers.doctor.asking import found
from tests.answers.doctor.asking import told
from tests.conftest import load

if TYPE_CHECKING:
    from tests.conftest import Ledger

LATE = """
2026-01-01 open Assets:Receivable:Acme
  customer: "Acme GmbH"
2026-01-01 custom "dunning-step" "house" "call" 3
  channel: "phone"
2026-01-01 custom "dunning-step" "paper" "letter" 3
  channel: "letter"
2026-01-01 custom "dunning-step" "mail" "mail" 3
  channel: "email"
2026-11-01 * "Acme" "Website" ^I-1
  due: 2026-11-10
  policy: "$policy"
  Assets:Receivable:Acme  90.00 EUR
  Income:S
"""


@pytest.mark.parametrize(
    ("policy", "needs", "day", "typed"),
    [
        (
            "standard",
            'e-mail address, postal address or phone number; "first reminder" of I-1',
            "2026-11-11",
            'email: "name@example.com"',
        ),
        (
            "mail",
            'e-mail address; "mail" of I-1, which goes by email,',
            "2026-11-13",
            'email: "name@example.com"',
        ),
        (
            "house",
            'phone number; "call" of I-1, which goes by phone,',
            "2026-11-13",
            'phone: "+44 20 7946 0000"',
        ),
        (
            "paper",
            'postal address; "letter" of I-1, which goes by letter,',
            "2026-11-13",
            'address: "1 Example Street, Exampleton"',
        ),
    ],
)
def test_a_reminder_with_nowhere_to_go(
    policy: str, needs: str, day: str, typed: str
) -> None:
    text = LATE.replace("$policy", policy)
    ledger = load(text)
    expected = [
        f"1: Acme GmbH has no {needs} needs one from {day} on.",
        f"  {typed}",
    ]
    assert told(ledger, Kind.ADDRESS) == expected
    assert told(ledger, Kind.ADDRESS, as_of="2026-11-11") == expected
    helped = text.replace('"Acme GmbH"\n', f'"Acme GmbH"\n  {typed}\n')
    assert told(load(helped), Kind.ADDRESS) == []


def test_each_customer_and_way_is_told_once(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "call" 3
      channel: "phone"
    2026-01-01 custom "dunning-step" "standard" "letter" 10
      channel: "letter"
    2026-01-01 custom "dunning-customer" "BETA"
      contact: "Ms Beta"
    2026-11-01 * "Acme \\"Bau\\"" "Website" ^I-1
      due: 2026-11-10
      Assets:Receivable  90.00 EUR
      Income:S
    2026-11-01 * "Acme \\"Bau\\"" "Website" ^I-2
      due: 2026-11-20
      Assets:Receivable  90.00 EUR
      Income:S
    2026-11-13 note Assets:Receivable "Called" ^I-1
      reminder: "call"
    2026-11-02 * "Acme \\"Bau\\"" "Website" ^I-3
      due: 2026-11-25
      Assets:Receivable  90.00 EUR
      Income:S
    2026-11-03 * "Beta" "Website" ^I-4
      due: 2026-11-29
      Assets:Receivable  90.00 EUR
      Income:S
    2026-11-03 * "Nix" "No due date" ^I-5
      Assets:Receivable  90.00 EUR
      Income:S
    """
    findings = found(ledger, Kind.ADDRESS)
    assert [(one.line, one.type) for one in findings] == [
        (
            5,
            '  phone: "+44 20 7946 0000"',
        ),
        (
            7,
            (
                '2026-11-01 custom "dunning-customer" "Acme \\"Bau\\""\n'
                '  address: "1 Example Street, Exampleton"'
            ),
        ),
        (
            11,
            (
                '2026-11-01 custom "dunning-customer" "Acme \\"Bau\\""\n'
                '  phone: "+44 20 7946 0000"'
            ),
        ),
    ]


def test_a_file_that_nobody_has(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Empty
      customer: "Empty Ltd"
    2026-01-01 custom "dunning-customer" "Yoga Lofts"
      email: "x@example.com"
    2026-01-01 custom "dunning-customer" "Quite Another"
    2026-01-01 custom "dunning-customer" "SETTLED"
    2026-01-01 custom "dunning-customer" "Settled"
    2026-01-01 custom "dunning-customer" "In Credit"
    2026-01-01 custom "dunning-customer" "Empty Ltd"
    2026-01-01 custom "dunning-customer" 3
    2026-11-21 custom "dunning-customer" "Tomorrow"
    2026-05-11 * "Yoga Loft" "Signs" ^I-1
      Assets:Receivable  100 EUR
      Income:S
    2026-05-11 * "Settled" "Signs" ^I-2
      Assets:Receivable  100 EUR
      Income:S
    2026-05-11 * "Settled" "Paid" ^I-2
      Assets:Receivable  -100 EUR
      Income:S
    2026-05-11 * "In Credit" "Paid"
      Assets:Receivable  -100 EUR
      Income:S
    """
    assert told(ledger, Kind.CUSTOMER) == [
        '5: Nobody in the ledger is called "Quite Another", so this file does nothing.',
    ]
    assert told(ledger, Kind.ERROR)[0].startswith('3: Nobody is called "Yoga Lofts".')
