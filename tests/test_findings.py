"""What is flagged on a date, and in which words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.errors import OverdueError
from beancount_dunning.errors import ReceivableError
from beancount_dunning.errors import SettingError
from beancount_dunning.errors import place
from beancount_dunning.findings import findings
from beancount_dunning.findings import late_items

if TYPE_CHECKING:
    from .conftest import Ledger

INV_1 = "1: Overdue: INV-1, Acme: 100.00 of 100.00 EUR open, due 2026-10-14, "


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-09-13", []),
        ("2026-10-14", []),
        ("2026-10-15", [f"{INV_1}1 day overdue (Assets:Receivable:Acme)"]),
        ("2026-10-16", [f"{INV_1}2 days overdue (Assets:Receivable:Acme)"]),
        ("2027-10-14", [f"{INV_1}365 days overdue (Assets:Receivable:Acme)"]),
    ],
)
def test_an_invoice_is_overdue_the_day_after(
    ledger: Ledger, as_of: str, expected: list[str]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert ledger.lines(as_of) == expected


def test_a_part_payment_shows_in_the_error(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 * "Acme" "Part payment" ^INV-1
      Assets:Bank              40.00 EUR
      Assets:Receivable:Acme
    """
    assert ledger.lines("2026-11-20") == [
        (
            "1: Overdue: INV-1, Acme: 60.00 of 100.00 EUR open, due 2026-10-14, "
            "37 days overdue (Assets:Receivable:Acme)"
        )
    ]
    (error,) = ledger.findings("2026-11-20")
    assert isinstance(error, OverdueError)
    assert error.source == {"filename": "<string>", "lineno": 1}
    assert error.entry is ledger.receivables().items[0].entry


def test_items_without_reference_or_customer_have_a_name(ledger: Ledger) -> None:
    """
    2026-09-14 * "Website"
      due: 2026-10-14
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-14 *
      due: 2026-10-14
      Assets:Receivable  200.00 EUR
      Income:Services
    """
    assert ledger.lines("2026-10-15") == [
        (
            "1: Overdue: Website, (no customer): 100.00 of 100.00 EUR open, "
            "due 2026-10-14, 1 day overdue (Assets:Receivable)"
        ),
        (
            "5: Overdue: (no reference), (no customer): 200.00 of 200.00 EUR open, "
            "due 2026-10-14, 1 day overdue (Assets:Receivable)"
        ),
    ]


def test_debits_of_one_line_without_a_reference_are_an_error_each(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme" "Website"
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Assets:Receivable:Acme  200.00 EUR
      Income:Services
    """
    assert [line.split(", due")[0] for line in ledger.lines("2026-10-15")] == [
        "1: Overdue: Website, Acme: 100.00 of 100.00 EUR open",
        "1: Overdue: Website, Acme: 200.00 of 200.00 EUR open",
    ]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (
            "2026-09-15",
            "INV-1 1/3, Acme: 30.00 of 30.00 EUR open, due 2026-09-14, 1 day overdue",
        ),
        (
            "2026-10-01",
            (
                "INV-1 1/3, 2/3, Acme: 60.00 of 60.00 EUR open, due 2026-09-14, "
                "17 days overdue"
            ),
        ),
        (
            "2026-11-20",
            (
                "INV-1 2/3, 3/3, Acme: 65.00 of 70.00 EUR open, due 2026-09-24, "
                "57 days overdue"
            ),
        ),
    ],
)
def test_overdue_instalments_of_an_invoice_are_one_error(
    ledger: Ledger, as_of: str, expected: str
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "30% on receipt, 30% net 10, rest net 60"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-11-19 * "Acme" "Part payment" ^INV-1
      Assets:Bank              35.00 EUR
      Assets:Receivable:Acme
    """
    assert ledger.lines(as_of) == [f"1: Overdue: {expected} (Assets:Receivable:Acme)"]


def test_the_error_stands_at_the_oldest_instalment_s_line(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  70.00 EUR
        due: 2026-11-14
      Assets:Receivable:Acme  30.00 EUR
        due: 2026-10-14
      Income:Services
    """
    assert ledger.lines("2026-11-20") == [
        (
            "4: Overdue: INV-1 1/2, 2/2, Acme: 100.00 of 100.00 EUR open, "
            "due 2026-10-14, 37 days overdue (Assets:Receivable:Acme)"
        )
    ]


@pytest.mark.parametrize(
    ("grace", "as_of", "count"),
    [
        (0, "2026-10-14", 0),
        (0, "2026-10-15", 1),
        (7, "2026-10-21", 0),
        (7, "2026-10-22", 1),
    ],
)
def test_within_the_grace_nothing_is_an_error(
    ledger: Ledger, grace: int, as_of: str, count: int
) -> None:
    """
    2026-01-01 custom "dunning-option" "grace" $grace
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    del grace
    assert len(ledger.lines(as_of)) == count


def test_below_the_minimum_nothing_is_an_error(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 10 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme    9.99 EUR
      Income:Services
    2026-09-14 * "Acme" "Website" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Acme   10.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website" ^INV-3
      due: 2026-10-14
      Assets:Receivable:Acme    1.00 USD
      Income:Services
    """
    late = late_items(ledger.receivables(), ledger.settings())
    assert sorted(str(item.invoice) for item in late) == ["INV-2", "INV-3"]
    assert [line[:18] for line in ledger.lines()] == [
        "6: Overdue: INV-2,",
        "10: Overdue: INV-3",
    ]


CUSTOMERS = [
    (
        "2026-10-15",
        [
            (
                "6: Overdue: Bolt: 50.00 of 50.00 EUR open in 1 item, the oldest "
                "INV-2, due 2026-10-14, 1 day overdue (Assets:Receivable:Bolt)"
            )
        ],
    ),
    (
        "2026-10-20",
        [
            (
                "2: Overdue: Acme: 110.00 of 110.00 EUR open in 2 items, the oldest "
                "INV-1, due 2026-10-16, 4 days overdue "
                "(Assets:Receivable:Acme, Assets:Receivable:Old)"
            ),
            (
                "6: Overdue: Bolt: 50.00 of 50.00 EUR open in 1 item, the oldest "
                "INV-2, due 2026-10-14, 6 days overdue (Assets:Receivable:Bolt)"
            ),
        ],
    ),
]


@pytest.mark.parametrize(("as_of", "expected"), CUSTOMERS)
def test_errors_may_be_one_a_customer(
    ledger: Ledger, as_of: str, expected: list[str]
) -> None:
    """
    2026-01-01 custom "dunning-option" "errors" "customer"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-16
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Bolt" "Website" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Bolt   50.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website" ^INV-3
      customer: "Acme"
      due: 2026-10-17
      Assets:Receivable:Old    10.00 EUR
      Income:Services
    """
    assert ledger.lines(as_of) == expected


def test_a_customer_without_a_name_has_an_error_too(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "errors" "customer"
    2026-09-14 * "Website"
      due: 2026-10-14
      Assets:Receivable  100.00 EUR
      Income:Services
    """
    assert ledger.lines("2026-10-15") == [
        (
            "2: Overdue: (no customer): 100.00 of 100.00 EUR open in 1 item, the "
            "oldest Website, due 2026-10-14, 1 day overdue (Assets:Receivable)"
        )
    ]


def test_errors_off_leaves_the_mistakes(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "errors" "off"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website" ^INV-2
      due: "soon"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert ledger.lines() == ['6: due: expected a date, like 2026-10-14; got "soon".']


def test_undated_items_are_never_an_error(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert ledger.lines("9999-12-31") == []


def test_the_policy_none_is_an_error_all_the_same(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      policy: "none"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert len(ledger.lines("2026-10-15")) == 1


def test_findings_stand_in_order_of_their_lines(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website" ^INV-2
      due: "soon"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-01 custom "dunning-option" "graze" 7
    """
    found = ledger.findings()
    assert [(type(error), error.source["lineno"]) for error in found] == [
        (OverdueError, 1),
        (ReceivableError, 5),
        (SettingError, 9),
    ]
    for error in found:
        assert set(error.source) == {"filename", "lineno"}
        assert error.entry is not None
        assert error.source is not error.entry.meta


def test_asked_again_the_answer_is_the_same(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    receivables, settings = ledger.receivables(), ledger.settings()
    assert receivables.as_of == date(2026, 11, 20)
    first, second = findings(receivables, settings), findings(receivables, settings)
    assert first == second
    assert first[0].source is not second[0].source


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        (None, ("<unknown>", 0)),
        ({}, ("<unknown>", 0)),
        ({"filename": None, "lineno": None}, ("<unknown>", 0)),
        ({"filename": "a.beancount", "lineno": 7}, ("a.beancount", 7)),
        ({"filename": "<pad>", "lineno": 7, "due": "x"}, ("<pad>", 7)),
        ({"filename": 5, "lineno": "7"}, ("<unknown>", 0)),
    ],
)
def test_a_place_is_a_file_name_and_a_line(
    meta: dict[str, object] | None, expected: tuple[str, int]
) -> None:
    filename, lineno = expected
    assert place(meta) == {"filename": filename, "lineno": lineno}
    assert place(meta) is not meta


def test_many_overdue_items_of_an_invoice_are_counted(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Year" ^INV-1
      terms: "20% net 1, 20% net 2, 20% net 3, 20% net 4, 20% net 5"
      Assets:Receivable:Acme  500.00 EUR
      Income:Services
    """
    assert ledger.lines() == [
        (
            "1: Overdue: INV-1, 5 items, Acme: 500.00 of 500.00 EUR open, "
            "due 2026-09-15, 66 days overdue (Assets:Receivable:Acme)"
        )
    ]


def test_an_invoice_over_two_accounts_is_one_error(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      customer: "Acme"
      due: 2026-10-14
      Assets:Receivable:Work  100.00 EUR
      Assets:Receivable:VAT    19.00 EUR
      Income:Services
    """
    assert ledger.lines() == [
        (
            "1: Overdue: INV-1, Acme: 119.00 of 119.00 EUR open, due 2026-10-14, "
            "37 days overdue (Assets:Receivable:VAT, Assets:Receivable:Work)"
        )
    ]
