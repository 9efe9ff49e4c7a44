"""What plans make of open items, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import Ledger
from tests.conftest import load

if TYPE_CHECKING:
    from tests.conftest import Day


def is_open(ledger: Ledger, as_of: Day) -> list[str]:
    """Return what is open, as `INVOICE INSTALMENT, OPEN CURRENCY, due DAY`."""
    return [
        f"{item.invoice} {item.instalment}, {item.open} {item.currency}, "
        f"due {item.due}" + (f" ({item.originally_due})" if item.plan else "")
        for item in ledger.receivables(as_of).items
    ]


def said(ledger: Ledger, as_of: Day) -> list[str]:
    """Return what is wrong with the notes."""
    return [error.message for error in ledger.books(as_of).dunning.problems]


def test_a_day_before_the_note_does_not_know_the_plan(ledger: Ledger) -> None:
    """
    2026-05-11 * "Acme" "Signs" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "400.00 on 2026-09-15, rest on 2026-10-15"
    2026-09-01 * "Acme" "Paid" ^INV-1
      Assets:Bank  450.00 EUR
      Assets:Receivable:Acme
    """
    assert is_open(ledger, "2026-08-14") == ["INV-1 1/1, 1000.00 EUR, due 2026-06-10"]
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 1/2, 400.00 EUR, due 2026-09-15 (2026-06-10)",
        "INV-1 2/2, 600.00 EUR, due 2026-10-15 (2026-06-10)",
    ]
    # Paid early, and more than the part.
    assert is_open(ledger, "2026-09-01") == [
        "INV-1 2/2, 550.00 EUR, due 2026-10-15 (2026-06-10)"
    ]


@pytest.mark.parametrize("paid_on", ["2026-08-14", "2026-08-15"])
def test_what_was_paid_by_the_day_of_the_note_is_no_part(
    ledger: Ledger, paid_on: str
) -> None:
    """
    2026-05-11 * "Acme" "Signs" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    $paid_on * "Acme" "Paid" ^INV-1
      Assets:Bank  100.00 EUR
      Assets:Receivable:Acme
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "2 x 1 month from 2026-09-15"
    """
    del paid_on
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 1/2, 450.00 EUR, due 2026-09-15 (2026-06-10)",
        "INV-1 2/2, 450.00 EUR, due 2026-10-15 (2026-06-10)",
    ]


def test_what_is_paid_on_the_day_is_the_part_that_is_due_then(ledger: Ledger) -> None:
    """
    2026-05-11 * "Acme" "Signs" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "500.00 on 2026-08-15, 500.00 on 2026-09-15"
    2026-08-15 * "Acme" "Paid" ^INV-1
      Assets:Bank  500.00 EUR
      Assets:Receivable:Acme
    """
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 2/2, 500.00 EUR, due 2026-09-15 (2026-06-10)"
    ]
    assert said(ledger, "2026-08-15") == []


def test_what_names_nothing_goes_by_the_plan_s_due_dates(ledger: Ledger) -> None:
    """
    2026-05-11 * "Acme" "Signs" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-08-01 * "Acme" "More signs" ^INV-2
      due: 2026-09-20
      Assets:Receivable:Acme  300.00 EUR
      Income:Services
    2026-08-10 * "Acme" "Paid"
      Assets:Bank  200.00 EUR
      Assets:Receivable:Acme
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "400.00 on 2026-09-15, rest on 2026-10-15"
    2026-09-16 * "Acme" "Paid"
      Assets:Bank  600.00 EUR
      Assets:Receivable:Acme
    """
    assert is_open(ledger, "2026-09-16") == [
        "INV-2 1/1, 100.00 EUR, due 2026-09-20",
        "INV-1 2/2, 400.00 EUR, due 2026-10-15 (2026-06-10)",
    ]


def test_a_plan_goes_over_several_invoices_oldest_first(ledger: Ledger) -> None:
    """
    2026-06-01 * "Acme" "Later" ^INV-2
      due: 2026-07-01
      Assets:Receivable:Acme  500.00 EUR
      Income:Services
    2026-05-11 * "Acme" "Signs" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  700.00 EUR
      Income:Services
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1 ^INV-2
      plan: "2 x 1 month from 2026-09-15"
    2026-09-16 * "Acme" "Paid" ^INV-1 ^INV-2
      Assets:Bank  650.00 EUR
      Assets:Receivable:Acme
    """
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 1/2, 600.00 EUR, due 2026-09-15 (2026-06-10)",
        "INV-1 2/2, 100.00 EUR, due 2026-10-15 (2026-06-10)",
        "INV-2 2/2, 500.00 EUR, due 2026-10-15 (2026-07-01)",
    ]
    assert is_open(ledger, "2026-09-16") == [
        "INV-1 2/2, 50.00 EUR, due 2026-10-15 (2026-06-10)",
        "INV-2 2/2, 500.00 EUR, due 2026-10-15 (2026-07-01)",
    ]


INSTALMENTS = """
2026-05-11 * "Acme" "Signs" ^INV-1
  terms: "50% net 30, 50% net 60"
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
  plan: "2 x 1 month from 2026-09-15"
"""


def test_a_plan_can_be_about_one_instalment() -> None:
    ledger = load(f'{INSTALMENTS}  instalment: "2/2"\n')
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 1/2, 500.00 EUR, due 2026-06-10",
        "INV-1 1/2, 250.00 EUR, due 2026-09-15 (2026-07-10)",
        "INV-1 2/2, 250.00 EUR, due 2026-10-15 (2026-07-10)",
    ]
    assert said(ledger, "2026-08-15") == []
    items = ledger.receivables("2026-08-15").items
    assert len({item.key for item in items}) == 3
    assert len({item.lead_key for item in items}) == 3


def test_an_instalment_that_there_is_not_is_said() -> None:
    ledger = load(f'{INSTALMENTS}  instalment: "2/3"\n')
    message = "There is no instalment 2/3, but 1/2, 2/2."
    assert said(ledger, "2026-08-15") == [message]
    assert not any(item.plan for item in ledger.receivables("2026-08-15").items)


def test_without_one_it_is_about_all() -> None:
    assert is_open(load(INSTALMENTS), "2026-08-15") == [
        "INV-1 1/2, 500.00 EUR, due 2026-09-15 (2026-06-10)",
        "INV-1 2/2, 500.00 EUR, due 2026-10-15 (2026-07-10)",
    ]


DEFAULTED = """
2026-05-11 * "Acme" "Signs" ^INV-1
  due: 2026-06-10
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
  plan: "4 x 1 month from 2026-09-15"
  default-after: 7
2026-09-15 * "Acme" "Paid" ^INV-1
  Assets:Bank  250.00 EUR
  Assets:Receivable:Acme
2026-10-15 * "Acme" "Paid" ^INV-1
  Assets:Bank  249.00 EUR
  Assets:Receivable:Acme
"""


def test_a_part_that_is_late_too_long_ends_the_plan() -> None:
    ledger = load(DEFAULTED)
    assert is_open(ledger, "2026-10-21") == [
        "INV-1 2/4, 1.00 EUR, due 2026-10-15 (2026-06-10)",
        "INV-1 3/4, 250.00 EUR, due 2026-11-15 (2026-06-10)",
        "INV-1 4/4, 250.00 EUR, due 2026-12-15 (2026-06-10)",
    ]
    assert is_open(ledger, "2026-10-22") == ["INV-1 1/1, 501.00 EUR, due 2026-06-10"]
    (outcome,) = ledger.receivables("2026-10-22").plans
    assert outcome.default is not None
    assert (str(outcome.default.day), str(outcome.default.due)) == (
        "2026-10-22",
        "2026-10-15",
    )


def test_paid_on_the_last_day_it_goes_on() -> None:
    paid = """
2026-10-22 * "Acme" "Paid" ^INV-1
  Assets:Bank  1.00 EUR
  Assets:Receivable:Acme
"""
    assert is_open(load(DEFAULTED + paid), "2026-11-15") == [
        "INV-1 3/4, 250.00 EUR, due 2026-11-15 (2026-06-10)",
        "INV-1 4/4, 250.00 EUR, due 2026-12-15 (2026-06-10)",
    ]


def test_after_the_end_a_new_plan_can_be_agreed() -> None:
    again = """
2026-11-02 note Assets:Receivable:Acme "Once more" ^INV-1
  plan: "rest on 2026-12-01"
  default-after: 1
"""
    ledger = load(DEFAULTED + again)
    assert is_open(ledger, "2026-11-02") == [
        "INV-1 1/1, 501.00 EUR, due 2026-12-01 (2026-06-10)"
    ]
    assert is_open(ledger, "2026-12-02") == ["INV-1 1/1, 501.00 EUR, due 2026-06-10"]
    identities = {item.key for item in ledger.books("2026-12-02").receivables.all_items}
    assert len(identities) == len(ledger.books("2026-12-02").receivables.all_items)


def test_a_later_plan_replaces_an_earlier_one() -> None:
    again = """
2026-10-20 note Assets:Receivable:Acme "Slower" ^INV-1
  plan: "3 x 2 months from 2026-11-01"
"""
    assert is_open(load(DEFAULTED + again), "2026-12-31") == [
        "INV-1 1/3, 167.00 EUR, due 2026-11-01 (2026-06-10)",
        "INV-1 2/3, 167.00 EUR, due 2027-01-01 (2026-06-10)",
        "INV-1 3/3, 167.00 EUR, due 2027-03-01 (2026-06-10)",
    ]


def test_of_two_plans_of_a_day_the_later_one_counts(ledger: Ledger) -> None:
    """
    2026-05-11 * "Acme" "Signs" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "2 x 1 month from 2026-09-15"
    2026-08-15 note Assets:Receivable:Acme "No, once" ^INV-1
      plan: "rest on 2026-09-15"
    """
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 1/1, 1000.00 EUR, due 2026-09-15 (2026-06-10)"
    ]


def test_plans_of_several_customers_are_their_own(ledger: Ledger) -> None:
    """
    2026-05-11 * "Acme" "Signs" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-11 * "Beta" "Signs" ^INV-2
      due: 2026-06-10
      Assets:Receivable:Beta  200.00 EUR
      Income:Services
    2026-05-11 * "Beta" "Signs" ^INV-3
      due: 2026-06-11
      Assets:Receivable:Beta  300.00 EUR
      Income:Services
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "rest on 2026-09-15"
      default-after: 5
    2026-08-15 note Assets:Receivable:Beta "Agreed" ^INV-2
      plan: "rest on 2026-09-15"
      default-after: 5
    2026-08-15 note Assets:Receivable:Beta "Agreed" ^INV-3
      plan: "2 x 1 month from 2026-09-15"
      default-after: 5
    """
    assert is_open(ledger, "2026-09-19") == [
        "INV-1 1/1, 100.00 EUR, due 2026-09-15 (2026-06-10)",
        "INV-2 1/1, 200.00 EUR, due 2026-09-15 (2026-06-10)",
        "INV-3 1/2, 150.00 EUR, due 2026-09-15 (2026-06-11)",
        "INV-3 2/2, 150.00 EUR, due 2026-10-15 (2026-06-11)",
    ]
    assert is_open(ledger, "2026-09-20") == [
        "INV-1 1/1, 100.00 EUR, due 2026-06-10",
        "INV-2 1/1, 200.00 EUR, due 2026-06-10",
        "INV-3 1/1, 300.00 EUR, due 2026-06-11",
    ]


def test_what_is_charged_goes_with_a_part(ledger: Ledger) -> None:
    """
    2026-05-11 * "Acme" "Signs" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-07-01 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-06-10
      Assets:Receivable:Acme  10.00 EUR
      Income:Fees
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "505.00 x 1 month from 2026-09-15"
    2026-10-20 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-15
      Assets:Receivable:Acme  7.00 EUR
      Income:Fees
    2026-10-21 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-08-01
      Assets:Receivable:Acme  5.00 EUR
      Income:Fees
    2026-10-21 * "Acme" "Fee" ^INV-1
      charge: "fee"
      Assets:Receivable:Acme  3.00 EUR
      Income:Fees
    """
    rows = [
        (str(item.label), str(item.open), str(item.together), str(item.due))
        for item in ledger.receivables("2026-10-21").items
    ]
    assert rows == [
        ("INV-1 1/2, fee", "5.00", "510.00", "2026-08-01"),
        ("INV-1 1/2", "505.00", "510.00", "2026-09-15"),
        ("INV-1 2/2", "495.00", "515.00", "2026-10-15"),
        ("INV-1 2/2, fee", "10.00", "515.00", "2026-10-15"),
        ("INV-1 2/2, fee", "7.00", "515.00", "2026-10-15"),
        ("INV-1 2/2, fee", "3.00", "515.00", "None"),
    ]
    before = ledger.receivables("2026-08-14").items
    assert [str(item.label) for item in before] == ["INV-1", "INV-1, fee"]


def test_what_was_undated_has_a_due_date_by_the_plan(ledger: Ledger) -> None:
    """
    2026-05-11 * "Acme" "Signs" ^INV-1
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "600.00 on 2026-09-15, rest on 2026-10-15"
      default-after: 3
    """
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 1/2, 600.00 EUR, due 2026-09-15 (None)",
        "INV-1 2/2, 400.00 EUR, due 2026-10-15 (None)",
    ]
    assert is_open(ledger, "2026-09-18") == ["INV-1 1/1, 1000.00 EUR, due None"]


# What is wrong with a plan.

SALE = """
2026-05-11 * "Acme" "Signs" ^INV-1
  due: 2026-06-10
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
"""


def agreed(
    plan: str, links: str = "^INV-1", more: str = "", account: str = "Acme"
) -> Ledger:
    note = f'2026-08-15 note Assets:Receivable:{account} "Agreed" {links}\n'
    return load(f'{SALE}{more}{note}  plan: "{plan}"\n')


def test_too_little_leaves_the_rest_as_it_was() -> None:
    ledger = agreed("300.00 on 2026-09-15, 300.00 on 2026-10-15")
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 1/1, 400.00 EUR, due 2026-06-10",
        "INV-1 1/2, 300.00 EUR, due 2026-09-15 (2026-06-10)",
        "INV-1 2/2, 300.00 EUR, due 2026-10-15 (2026-06-10)",
    ]
    (message,) = said(ledger, "2026-08-15")
    assert message == (
        "The plan's amounts add up to 600.00 EUR, and 1000.00 EUR are open: what is "
        'left keeps its due date. Add the missing part, or ", rest on" and a day.'
    )


def test_too_much_is_asked_of_nobody() -> None:
    ledger = agreed("700.00 on 2026-09-15, 700.00 on 2026-10-15, 1.00 on 2026-11-15")
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 1/2, 700.00 EUR, due 2026-09-15 (2026-06-10)",
        "INV-1 2/2, 300.00 EUR, due 2026-10-15 (2026-06-10)",
    ]
    (message,) = said(ledger, "2026-08-15")
    assert message == (
        "The plan's amounts add up to 1401.00 EUR, and 1000.00 EUR are open: its last "
        "parts ask for less. Correct them."
    )


PAID = """
2026-08-10 * "Acme" "Paid" ^INV-1
  Assets:Bank  1000.00 EUR
  Assets:Receivable:Acme
"""
DOLLARS = """
2026-05-12 * "Acme" "Signs" ^INV-2
  due: 2026-06-10
  Assets:Receivable:Acme  100.00 USD
  Income:Services
"""
BETA = """
2026-05-12 * "Beta" "Signs" ^INV-2
  due: 2026-06-10
  customer: "Beta"
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""


@pytest.mark.parametrize(
    ("plan", "links", "more", "account", "message"),
    [
        ("rest on 2026-09-15", "^INV-1", PAID, "Acme", "A plan, but INV-1 was paid by"),
        (
            "rest on 2026-09-15",
            "^INV-1 ^INV-2",
            DOLLARS,
            "Acme",
            "A plan is in one currency, and EUR and USD are open.",
        ),
        (
            "rest on 2026-09-15",
            "^INV-1 ^INV-2",
            BETA,
            "Acme",
            "this one names invoices of Acme and Beta: write a note for each.",
        ),
        (
            "0.10 x 1 day from 2026-09-15",
            "^INV-1",
            "",
            "Acme",
            'plan: "0.10 x 1 day from 2026-09-15" takes 10000 parts',
        ),
        ("rest on 2026-09-15", "^INV-7", "", "Acme", "There is no invoice INV-7."),
        (
            "rest on 2026-09-15",
            "^INV-1",
            "",
            "Beta",
            "INV-1 is not on Assets:Receivable:Beta but on Assets:Receivable:Acme.",
        ),
    ],
)
def test_what_no_plan_can_be_about(
    plan: str, links: str, more: str, account: str, message: str
) -> None:
    ledger = agreed(plan, links, more, account)
    (found,) = said(ledger, "2026-08-15")
    assert message in found
    assert not any(item.plan for item in ledger.receivables("2026-08-15").items)


def test_of_two_invoices_one_may_be_missing() -> None:
    ledger = agreed("rest on 2026-09-15", "^INV-1 ^INV-7")
    assert said(ledger, "2026-08-15") == ["There is no invoice INV-7."]
    assert is_open(ledger, "2026-08-15") == [
        "INV-1 1/1, 1000.00 EUR, due 2026-09-15 (2026-06-10)"
    ]


def test_an_invoice_of_a_later_day_is_in_no_plan() -> None:
    later = """
2026-08-16 * "Acme" "Later" ^INV-2
  due: 2026-09-10
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    ledger = agreed("rest on 2026-09-15", "^INV-2", later)
    assert said(ledger, "2026-08-16") == [
        "INV-2 is dated later than this note, 2026-08-16."
    ]
    assert not any(item.plan for item in ledger.receivables("2026-08-16").items)
