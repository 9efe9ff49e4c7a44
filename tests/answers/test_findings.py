"""What is flagged on a date, and in which words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.findings import findings
from beancount_dunning.answers.findings import late_items
from beancount_dunning.basics.errors import CreditLimitError
from beancount_dunning.basics.errors import LogError
from beancount_dunning.basics.errors import OverdueError
from beancount_dunning.basics.errors import PromiseError
from beancount_dunning.basics.errors import ReceivableError
from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.errors import place
from tests.conftest import load

if TYPE_CHECKING:
    from tests.conftest import Ledger

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
    late = late_items(ledger.books())
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
    books = ledger.books()
    assert books.as_of == date(2026, 11, 20)
    first, second = findings(books), findings(books)
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


PLAIN = (
    "1: Overdue: INV-1, Acme: 100.00 of 100.00 EUR open, due 2026-10-14, 37 days "
    "overdue (Assets:Receivable:Acme)"
)


@pytest.mark.parametrize(
    ("line", "ending"),
    [
        ("dispute: TRUE", ", in dispute"),
        ("promise: 2026-11-20", ", promised by 2026-11-20"),
        ("promise: 2026-12-24", ", promised by 2026-12-24"),
        ("hold-until: 2026-11-20", ", on hold until 2026-11-20"),
        ("hold-until: 2026-11-19", ""),
        ('reminder: "first reminder"', ""),
    ],
)
def test_an_overdue_error_says_why_reminders_rest(
    ledger: Ledger, line: str, ending: str
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: TRUE
    2026-10-15 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: FALSE
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      $line
    """
    del line
    # The dispute before it is resolved, and says nothing any more.
    assert ledger.lines() == [PLAIN + ending]


def test_a_broken_promise_is_an_error_at_its_note(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Ms Li promises payment" ^INV-1
      promise: 2026-11-05
    2026-11-04 * "Acme" "Part payment" ^INV-1
      Assets:Bank              40.00 EUR
      Assets:Receivable:Acme
    """
    overdue = "1: Overdue: INV-1, Acme: 60.00 of 100.00 EUR open, due 2026-10-14, "
    assert ledger.lines("2026-11-05") == [
        (f"{overdue}22 days overdue (Assets:Receivable:Acme), promised by 2026-11-05")
    ]
    assert ledger.lines("2026-11-06") == [
        f"{overdue}23 days overdue (Assets:Receivable:Acme)",
        (
            "5: Broken promise: INV-1, Acme: 60.00 of 100.00 EUR still open, promised "
            "by 2026-11-05"
        ),
    ]
    error = ledger.findings("2026-11-06")[1]
    assert isinstance(error, PromiseError)
    assert error.source == {"filename": "<string>", "lineno": 5}
    (broken,) = ledger.books("2026-11-06").dunning.broken
    assert error.entry is broken.entry.entry


def test_a_broken_promise_names_invoices_and_adds_up(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "50% net 30, 50% net 40"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Hosting" ^INV-2
      due: 2026-10-20
      Assets:Receivable:Acme   30.00 USD
      Income:Services
    2026-09-14 * "Acme" "Domain" ^INV-3
      due: 2026-10-20
      Assets:Receivable:Acme    5.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "All of it" ^INV-1 ^INV-2 ^INV-3
      promise: 2026-11-05
    2026-11-04 * "Acme" "Part payment" ^INV-1
      Assets:Bank              60.00 EUR
      Assets:Receivable:Acme
    """
    # The first instalment is paid, and 10.00 of the second.
    assert [one for one in ledger.lines() if "promise" in one] == [
        (
            "13: Broken promise: INV-2, INV-3, INV-1 2/2, Acme: 45.00 of 55.00 EUR "
            "and 30.00 of 30.00 USD still open, promised by 2026-11-05"
        )
    ]


@pytest.mark.parametrize(
    ("minimum", "expected"),
    [
        ("50.00 EUR", ["INV-1, INV-2, (no customer): 150.00 of 150.00 EUR"]),
        ("50.01 EUR", ["INV-2, (no customer): 100.00 of 100.00 EUR"]),
        ("100.01 EUR", []),
    ],
)
def test_below_the_minimum_no_promise_is_broken(
    ledger: Ledger, minimum: str, expected: list[str]
) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" $minimum
    2026-09-14 * "Website" ^INV-1
      Assets:Receivable   50.00 EUR
      Income:Services
    2026-09-14 * "Hosting" ^INV-2
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable "Called" ^INV-1 ^INV-2
      promise: 2026-11-05
    """
    del minimum
    assert ledger.lines() == [
        f"8: Broken promise: {one} still open, promised by 2026-11-05"
        for one in expected
    ]


OVER = "EUR, more than 150.00 EUR"


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-09-14", []),
        # At the limit it is not exceeded.
        ("2026-09-20", []),
        ("2026-09-21", [f"1: Credit limit: Acme owes 150.01 {OVER}"]),
        ("2026-09-25", []),
    ],
)
def test_a_credit_limit_may_be_exceeded(
    ledger: Ledger, as_of: str, expected: list[str]
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      credit-limit: 150.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Assets:Receivable:Acme  200.00 USD
      Income:Services
    2026-09-14 * "Bolt" "Website" ^INV-2
      Assets:Receivable:Bolt  900.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Hosting" ^INV-3
      customer: "Acme"
      Assets:Receivable:Old    50.00 EUR
      Income:Services
    2026-09-21 * "Acme" "Domain" ^INV-4
      Assets:Receivable:Acme    0.01 EUR
      Income:Services
    2026-09-25 * "Acme" "Payment" ^INV-1
      Assets:Bank              50.00 EUR
      Assets:Receivable:Acme
    """
    assert ledger.lines(as_of) == expected


def test_the_error_of_a_credit_limit_stands_where_the_limit_does(
    ledger: Ledger,
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      customer: "Acme GmbH"
      credit-limit: 50.00 EUR
    2026-01-01 custom "dunning-customer" "Acme GmbH"
      credit-limit: 50.00 EUR
    2026-03-01 custom "dunning-customer" "Acme GmbH"
      email: "ap@acme.example"
    2026-01-01 custom "dunning-customer" "Bolt"
      credit-limit: 10.00 EUR
    2026-06-01 custom "dunning-customer" "Bolt"
      credit-limit: 20.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme   60.00 EUR
      Assets:Receivable:Bolt   60.00 EUR
      Income:Services
    """
    assert ledger.lines() == [
        "4: Credit limit: Acme GmbH owes 60.00 EUR, more than 50.00 EUR",
        "10: Credit limit: Bolt owes 60.00 EUR, more than 20.00 EUR",
    ]
    error = ledger.findings()[0]
    assert isinstance(error, CreditLimitError)
    acme = ledger.settings().customer("Acme GmbH")
    assert error.entry is acme.entries["credit-limit"]


def test_unapplied_credit_makes_room_under_a_limit(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-01-01 custom "dunning-customer" "Acme"
      credit-limit: 50.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme   60.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Payment"
      Assets:Bank               9.99 EUR
      Assets:Receivable:Acme
    2026-09-16 * "Acme" "Payment"
      Assets:Bank               0.01 EUR
      Assets:Receivable:Acme
    """
    assert ledger.lines("2026-09-15") == [
        "2: Credit limit: Acme owes 50.01 EUR, more than 50.00 EUR"
    ]
    assert ledger.lines("2026-09-16") == []


def test_a_credit_limit_of_nothing_allows_nothing(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      credit-limit: 0 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme   60.00 EUR
      Income:Services
    """
    assert ledger.lines() == ["1: Credit limit: Acme owes 60.00 EUR, more than 0 EUR"]


def test_a_date_that_stands_in_for_today_is_said_everywhere(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "as-of" 2026-11-20
    2026-01-01 custom "dunning-customer" "Acme"
      credit-limit: 50.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-05
    2026-11-06 note Assets:Receivable:Acme "Called" ^INV-1
      hold-until: 2026-12-01
    2026-11-07 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "dunning"
    """
    expected = [
        "2: Credit limit: Acme owes 100.00 EUR, more than 50.00 EUR",
        f"4{PLAIN[1:]}, on hold until 2026-12-01",
        (
            "8: Broken promise: INV-1, Acme: 100.00 of 100.00 EUR still open, "
            "promised by 2026-11-05"
        ),
    ]
    wrong = (
        '12: The policy "standard" has no step "dunning". Known: upcoming, first '
        "reminder, second reminder, final notice, stop-loss review."
    )
    assert ledger.lines("2026-11-20") == [
        *(f"{one}, as of 2026-11-20" for one in expected),
        wrong,
    ]
    # A date that was asked for goes without saying.
    assert [one.split(", as of")[0] for one in ledger.lines("2026-11-21")] == [
        one.replace("37 days", "38 days") for one in [*expected, wrong]
    ]
    assert not any("as of" in one for one in ledger.lines("2026-11-21"))


MISTAKES = [
    '11: promise: expected a date, like 2026-11-06; got "soon".',
    '13: There is no invoice INV-2. Did you mean "INV-1"?',
]


@pytest.mark.parametrize(
    ("errors", "kinds"),
    [
        (
            "invoice",
            [CreditLimitError, OverdueError, PromiseError, LogError, LogError],
        ),
        (
            "customer",
            [CreditLimitError, OverdueError, PromiseError, LogError, LogError],
        ),
        ("off", [LogError, LogError]),
    ],
)
def test_errors_off_silences_money_and_no_mistakes(
    ledger: Ledger, errors: str, kinds: list[type]
) -> None:
    """
    2026-01-01 custom "dunning-option" "errors" "$errors"
    2026-01-01 custom "dunning-customer" "Acme"
      credit-limit: 50.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-05

    2026-11-06 note Assets:Receivable:Acme "Called" ^INV-1
      promise: "soon"
    2026-11-06 note Assets:Receivable:Acme "Called" ^INV-2
      dispute: TRUE
    """
    del errors
    assert [type(error) for error in ledger.findings()] == kinds
    assert ledger.lines()[-2:] == MISTAKES


def test_a_rate_that_nobody_knows_is_an_error_whatever_is_off(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "errors" "off"
    2026-01-01 custom "reference-rate" "ours" 1.00
    2026-01-01 custom "dunning-interest" "standard" 9 "ours"
    2025-09-14 * "Acme" "Website" ^INV-1
      due: 2025-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2024-01-01 custom "dunning-interest" "strict" 9 "ours"
    2025-09-14 * "Acme" "Website" ^INV-2
      due: 2025-10-14
      policy: "strict"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    # Under "standard" interest begins with the directive, when the rate is known.
    assert ledger.lines() == [
        (
            '8: The rate "ours" is not known before 2026-01-01; add 2025-10-15 custom '
            '"reference-rate" "ours" PERCENT.'
        )
    ]


@pytest.mark.parametrize(("minimum", "count"), [("15.00 EUR", 3), ("15.01 EUR", 1)])
def test_the_minimum_is_about_all_that_is_open_of_an_instalment(
    ledger: Ledger, minimum: str, count: int
) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" $minimum
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  10.00 EUR
      Income:Services
    2026-10-15 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme   5.00 EUR
      Income:Fees
    2026-10-24 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-05
    2026-10-25 note Assets:Receivable:Acme "Called" ^INV-2
      promise: 2026-11-05
    """
    del minimum
    expected = [
        (
            "2: Overdue: INV-1, Acme: 15.00 of 15.00 EUR open, due 2026-10-14, 37 days "
            "overdue (Assets:Receivable:Acme)"
        ),
        (
            "11: Broken promise: INV-1, Acme: 15.00 of 15.00 EUR still open, promised "
            "by 2026-11-05"
        ),
        '13: There is no invoice INV-2. Did you mean "INV-1"?',
    ]
    assert ledger.lines() == expected[-count:]


def test_a_message_is_one_line(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website"
      invoice: "INV
    1"
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    (line,) = ledger.lines()
    assert line.startswith("1: Overdue: INV 1, Acme: 100.00")
    assert "\n" not in line


def test_a_promise_about_many_invoices_counts_them() -> None:
    links = " ".join(f"^INV-{number}" for number in range(9))
    ledger = load(
        "".join(
            f"""
2026-09-14 * "Acme" "Website" ^INV-{number}
  due: 2026-10-14
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
            for number in range(9)
        )
        + f"""
2026-10-20 note Assets:Receivable:Acme "All of them" {links}
  promise: 2026-11-05
"""
    )
    (broken,) = (line for line in ledger.lines() if "Broken" in line)
    assert "Broken promise: 9 items, Acme: 900.00 of 900.00 EUR still open" in broken


def test_what_was_paid_under_another_number_breaks_no_promise(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Ms Li promises payment" ^INV-1
      promise: 2026-11-05
    2026-11-04 * "Acme" "Paid, as promised" ^ORDER-77
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    assert ledger.lines("2026-11-20") == [
        (
            f"{INV_1}37 days overdue (Assets:Receivable:Acme), covered by credit: the "
            "balance is 0.00 EUR, unapplied credit: 100.00 EUR"
        )
    ]
