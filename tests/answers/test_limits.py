"""Customers who owe more than they may, and invoices that should not be written."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import Any

import pytest
from beancount.core.data import Transaction
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.findings import findings
from beancount_dunning.basics.errors import CreditLimitError
from beancount_dunning.basics.money import hidden
from beancount_dunning.standing.aging import age
from tests.conftest import Ledger
from tests.conftest import load

OLD = """\
2026-08-01 * "Acme" "Website" ^INV-1
  due: 2026-09-01
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""


def told(ledger: Ledger, as_of: str) -> list[str]:
    """Return what is said of new invoices, and of no other money."""
    return [
        f"{error.source['lineno']}: {error.message}"
        for error in ledger.findings(as_of)
        if isinstance(error, CreditLimitError)
    ]


LIMITED = f"""\
2026-01-01 custom "dunning-customer" "Acme"
  overdue-limit: 99.99 EUR
{OLD}
2026-11-01 * "Acme" "Hosting" ^INV-2
  due: 2026-12-01
  Assets:Receivable:Acme   50.00 EUR
  Income:Services
"""


@pytest.mark.parametrize(
    ("as_of", "is_told"),
    [
        ("2026-10-31", False),
        ("2026-11-01", True),
        ("2026-11-14", True),
        ("2026-11-15", False),
    ],
)
def test_a_new_invoice_over_the_limit_is_an_error_for_14_days(
    as_of: str, *, is_told: bool
) -> None:
    expected = (
        "8: New invoice: INV-2, Acme: 50.00 EUR while 100.00 EUR of Acme is overdue, "
        "more than 99.99 EUR"
    )
    assert told(load(LIMITED), as_of) == ([expected] if is_told else [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("99.99", "100.00", id="at the limit"),
        pytest.param("99.99 EUR", "99.99 USD", id="in another currency"),
        pytest.param("2026-09-01", "2026-11-05", id="overdue only after it"),
        pytest.param("2026-01-01", "2026-11-02", id="a limit set after it"),
        pytest.param('"Acme" "Hosting"', '"Bolt" "Hosting"', id="another's"),
    ],
)
def test_an_invoice_that_was_right_on_its_date_is_no_error(old: str, new: str) -> None:
    assert old in LIMITED
    text = LIMITED.replace(old, new, 1)
    if new.startswith('"Bolt"'):
        text = text.replace("Receivable:Acme   50", "Receivable:Bolt   50")
    assert told(load(text), "2026-11-10") == []


@pytest.mark.parametrize(
    "paid",
    [
        pytest.param("^INV-1\n  Assets:Bank  100.00 EUR", id="what was overdue"),
        pytest.param("^INV-2\n  Assets:Bank  50.00 EUR", id="the new invoice"),
        pytest.param("^ADVANCE\n  Assets:Bank  1.00 EUR", id="enough on account"),
    ],
)
@pytest.mark.parametrize("promise", ["", '"Will pay" ^INV-2\n  promise: 2026-11-05'])
def test_once_it_is_paid_there_is_nothing_to_stop(paid: str, promise: str) -> None:
    text = f'{LIMITED}\n2026-11-05 * "Acme" "Paid" {paid}\n  Assets:Receivable:Acme\n'
    if promise:
        text += f"2026-11-02 note Assets:Receivable:Acme {promise}\n"
    assert len(told(load(text), "2026-11-04")) == 1
    assert told(load(text), "2026-11-05") == []


def test_a_new_invoice_that_is_late_itself_is_no_reason() -> None:
    """It is late before it is 14 days old, and what was overdue is paid."""
    text = LIMITED.replace("2026-12-01", "2026-11-04").replace(" 50.00", "500.00")
    paid = """\
2026-11-02 * "Acme" "Part" ^INV-1
  Assets:Bank             50.00 EUR
  Assets:Receivable:Acme
"""
    assert len(told(load(text), "2026-11-10")) == 1
    assert told(load(text + paid), "2026-11-10") == []
    # In another currency it is none of what is overdue.
    dollars = text.replace("500.00 EUR", "500.00 USD")
    assert len(told(load(dollars), "2026-11-10")) == 1
    assert told(load(dollars + paid), "2026-11-10") == []


def test_credit_that_is_stopped_stops_new_invoices(ledger: Ledger) -> None:
    """
    2026-11-03 open Assets:Receivable:Acme
      credit: "stopped"
    2026-11-03 * "Acme" "Hosting" ^INV-2
      Assets:Receivable:Acme   50.00 EUR
      Income:Services
    2026-11-04 * "Acme" "Fee" ^INV-2
      charge: "fee"
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    2026-11-04 * "Acme" "Photos"
      Assets:Receivable:Acme   10.00 EUR
        due: 2026-12-01
      Assets:Receivable:Acme   20.00 EUR
        due: 2027-01-01
      Income:Services
    """
    assert told(ledger, "2026-11-10") == [
        "3: New invoice: INV-2, Acme: 50.00 EUR while the credit of Acme is stopped",
        "11: New invoice: Photos, Acme: 30.00 EUR while the credit of Acme is stopped",
    ]


PREPAID = """\
2026-01-01 custom "dunning-customer" "Acme"
  credit: "prepay"
2026-11-03 * "Acme" "Hosting" ^INV-2
  terms: "{terms}"
  Assets:Receivable:Acme   50.00 EUR
  Income:Services
"""


@pytest.mark.parametrize("terms", ["on receipt", "30 % on receipt, rest net 30"])
@pytest.mark.parametrize("more", ["", "plan", "paid"])
def test_who_pays_in_advance_has_a_part_due_at_once(terms: str, more: str) -> None:
    text = (
        PREPAID.format(terms=terms)
        + {
            "": "",
            "plan": '2026-11-04 note Assets:Receivable:Acme "Agreed" ^INV-2\n'
            '  plan: "2 x 1 month from 2026-12-01"\n',
            "paid": '2026-11-04 * "Acme" "Paid" ^INV-2\n  Assets:Bank  15.00 EUR\n'
            "  Assets:Receivable:Acme\n",
        }[more]
    )
    assert told(load(text), "2026-11-10") == []


@pytest.mark.parametrize("terms", ["net 1", "30 % net 7, rest net 30"])
def test_credit_for_who_pays_in_advance_is_an_error(terms: str) -> None:
    (line,) = told(load(PREPAID.format(terms=terms)), "2026-11-10")
    assert line == (
        "3: New invoice: INV-2, Acme: 50.00 EUR without a part due at once, and Acme "
        "pays in advance"
    )
    undated = PREPAID.replace('  terms: "{terms}"\n', "")
    assert len(told(load(undated), "2026-11-10")) == 1


def test_a_day_off_does_not_make_it_later(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "weekends"
    2026-01-01 custom "dunning-customer" "Acme"
      credit: "prepay"
    2026-11-07 * "Acme" "Hosting, on a Saturday" ^INV-2
      terms: "on receipt"
      Assets:Receivable:Acme   50.00 EUR
      Income:Services
    """
    assert told(ledger, "2026-11-10") == []


FAMILY = """\
2026-01-01 custom "dunning-customer" "Holding"
  credit-limit: 120.00 EUR
  overdue-limit: 90.00 EUR
2026-01-01 custom "dunning-customer" "Acme"
  parent: "holding"
2026-01-01 custom "dunning-customer" "Bolt"
  parent: "Acme"
2026-08-01 * "Bolt" "Website" ^INV-1
  due: 2026-09-01
  Assets:Receivable:Bolt  100.00 EUR
  Income:Services
2026-11-01 * "Acme" "Hosting" ^INV-2
  due: 2026-12-01
  Assets:Receivable:Acme   50.00 EUR
  Income:Services
"""


def test_a_parents_limits_are_for_all_of_them_together() -> None:
    assert told(load(FAMILY), "2026-11-02") == [
        (
            "1: Credit limit: Holding with Acme, Bolt owes 150.00 EUR, more than "
            "120.00 EUR"
        ),
        (
            "12: New invoice: INV-2, Acme: 50.00 EUR while 100.00 EUR of Holding is "
            "overdue, more than 90.00 EUR"
        ),
    ]
    own = FAMILY.replace('"Holding"\n', '"Holding"\n  parent: "Bolt"\n')
    assert len(told(load(own), "2026-11-02")) == 2
    assert told(load(FAMILY.replace('"holding"', '"Other"')), "2026-11-02") == []


def test_many_of_a_parents_customers_are_counted() -> None:
    names = "CDEFG"
    text = FAMILY + "".join(
        f'2026-01-01 custom "dunning-customer" "{name}"\n  parent: "Holding"\n'
        f'2026-11-02 * "{name}" "Photo" ^P-{name}\n'
        f"  Assets:Receivable:{name}  1.00 EUR\n  Income:Services\n"
        for name in names
    )
    assert told(load(text), "2026-11-02")[0] == (
        "1: Credit limit: Holding with 7 others owes 155.00 EUR, more than 120.00 EUR"
    )


def test_the_aging_report_marks_the_parent_that_is_over_its_limit() -> None:
    own = FAMILY.replace('"Bolt"', '"Holding"').replace('"Holding"\n  p', '"B"\n  p')
    own = own.replace("Receivable:Bolt", "Receivable:Holding")
    rows = {row.customer: row for row in age(load(own).books("2026-11-02")).customers}
    assert rows["Holding"].is_over_limit
    assert rows["Holding"].as_dict()["credit_limit"] == "120.00"
    assert not rows["Acme"].is_over_limit


def test_amounts_can_be_hidden() -> None:
    books = load(FAMILY).books("2026-11-02")
    messages = [error.message for error in findings(books, hidden)]
    assert messages[0].endswith("owes XXX.XX EUR, more than XXX.XX EUR")
    assert "XX.XX EUR while XXX.XX EUR of Holding" in messages[2]


def test_nothing_is_said_with_errors_off() -> None:
    off = '2026-01-01 custom "dunning-option" "errors" "off"\n'
    assert told(load(FAMILY + off), "2026-11-02") == []


DAYS = st.integers(0, 40).map(lambda days: date(2026, 10, 1) + timedelta(days=days))


@profile(deadline=None)
@given(
    sales=st.lists(st.tuples(DAYS, st.integers(0, 20)), min_size=1, max_size=5),
    payments=st.lists(st.tuples(DAYS, st.integers(1, 200)), max_size=4),
    as_of=DAYS,
)
def test_an_error_is_what_the_reports_of_both_days_say(
    sales: list[tuple[date, int]], payments: list[tuple[date, int]], as_of: date
) -> None:
    text = '2026-01-01 custom "dunning-customer" "Acme"\n  overdue-limit: 99.00 EUR\n'
    for number, (day, days) in enumerate(sales):
        text += (
            f'{day} * "Acme" "Sale" ^INV-{number}\n  terms: "net {days}"\n'
            "  Assets:Receivable:Acme  100.00 EUR\n  Income:Services\n"
        )
    for day, amount in payments:
        text += (
            f'{day} * "Acme" "Paid"\n  Assets:Bank  {amount}.00 EUR\n'
            "  Assets:Receivable:Acme\n"
        )
    ledger = load(text)

    def is_over(day: date, invoice: str) -> bool:
        report = age(ledger.books(day))
        itself = sum(
            one.item.open
            for one in report.items
            if one.item.invoice == invoice and (one.days_overdue or 0) > 0
        )
        return any(row.overdue + row.unapplied - itself > 99 for row in report.totals)

    is_open = {item.invoice for item in ledger.books(as_of).receivables.items}
    expected = {
        f"INV-{number}"
        for number, (day, _) in enumerate(sales)
        if 0 <= (as_of - day).days < 14
        and f"INV-{number}" in is_open
        and is_over(day, f"INV-{number}")
        and is_over(as_of, f"INV-{number}")
    }
    found = [message.split()[3].rstrip(",") for message in told(ledger, str(as_of))]
    assert sorted(found) == sorted(expected)


def test_what_is_on_other_accounts_counts_too(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      overdue-limit: 99.00 EUR
    2026-01-01 open Assets:Receivable
    2026-01-01 open Assets:Receivable:Bolt
    2026-08-01 * "Acme" "On an account that many share" ^INV-1
      due: 2026-09-01
      Assets:Receivable        40.00 EUR
      Income:Services
    2026-08-01 * "Website" ^INV-2
      due: 2026-09-01
      customer: "Acme"
      Assets:Receivable:Bolt   30.00 EUR
      Income:Services
    2026-08-01 * "Website" ^INV-3
      due: 2026-09-01
      Assets:Receivable:Bolt   30.00 EUR
        customer: "Acme"
      Income:Services
    2026-08-01 * "Not theirs" ^INV-4
      due: 2026-09-01
      Assets:Receivable:Bolt   30.00 EUR
      Income:Services
    2026-11-01 * "Acme" "Hosting" ^INV-5
      Assets:Receivable        50.00 EUR
      Income:Services
    """
    (line,) = told(ledger, "2026-11-02")
    assert line == (
        "23: New invoice: INV-5, Acme: 50.00 EUR while 100.00 EUR of Acme is overdue, "
        "more than 99.00 EUR"
    )


def test_what_another_plugin_leaves_without_metadata_does_no_harm() -> None:
    rent = '2026-10-01 * "Rent"\n  Expenses:Rent  1.00 EUR\n  Assets:Bank\n'
    ledger = load(LIMITED + rent)
    nothing: Any = None
    entries: list[Any] = [
        entry._replace(
            meta=nothing,
            postings=[posting._replace(meta=None) for posting in entry.postings],
        )
        if isinstance(entry, Transaction) and entry.narration == "Rent"
        else entry
        for entry in ledger.entries
    ]
    bare = Ledger(entries, ledger.errors, ledger.options)
    assert len(told(bare, "2026-11-02")) == 1


def test_a_payment_that_came_back_is_no_new_invoice() -> None:
    text = (
        '2026-01-01 custom "dunning-customer" "Acme"\n  credit: "stopped"\n'
        f"{OLD}"
        '2026-11-01 * "Acme" "Direct debit" ^INV-1\n'
        "  Assets:Bank  100.00 EUR\n  Assets:Receivable:Acme\n"
        '2026-11-05 * "Acme" "{}" ^INV-1\n  due: {}\n'
        "  Assets:Receivable:Acme  100.00 EUR\n  Assets:Bank\n"
    )
    assert told(load(text.format("Returned", "2026-09-01")), "2026-11-06") == []
    (line,) = told(load(text.format("Tickets", "2026-12-01")), "2026-11-06")
    assert line.startswith("10: New invoice: INV-1, Acme: 100.00 EUR")
