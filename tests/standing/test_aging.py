"""The aging report: buckets, totals that add up, and its JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.standing.aging import age
from beancount_dunning.standing.aging import bucket_names

if TYPE_CHECKING:
    from tests.conftest import Ledger


def buckets(ledger: Ledger, as_of: str) -> list[tuple[int | None, str, bool]]:
    return [
        (aged.days_overdue, aged.bucket, aged.is_overdue)
        for aged in ledger.report(as_of).items
    ]


@pytest.mark.parametrize(
    ("as_of", "days", "bucket"),
    [
        ("2026-01-02", -30, "not due"),
        ("2026-01-31", -1, "not due"),
        ("2026-02-01", 0, "not due"),
        ("2026-02-02", 1, "1-30"),
        ("2026-03-03", 30, "1-30"),
        ("2026-03-04", 31, "31-60"),
        ("2026-04-02", 60, "31-60"),
        ("2026-04-03", 61, "61-90"),
        ("2026-05-02", 90, "61-90"),
        ("2026-05-03", 91, "91+"),
        ("2030-01-01", 1430, "91+"),
    ],
)
def test_both_ends_of_a_bucket_are_included(
    ledger: Ledger, as_of: str, days: int, bucket: str
) -> None:
    """
    2026-01-01 * "Acme" "January" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert buckets(ledger, as_of) == [(days, bucket, days > 0)]


@pytest.mark.parametrize(
    ("as_of", "bucket"),
    [
        ("2026-02-01", "not due"),
        ("2026-02-02", "1"),
        ("2026-02-03", "2-14"),
        ("2026-02-15", "2-14"),
        ("2026-02-16", "15+"),
    ],
)
def test_the_option_buckets_changes_the_edges(
    ledger: Ledger, as_of: str, bucket: str
) -> None:
    """
    2026-01-01 custom "dunning-option" "buckets" "1 14"
    2026-01-01 * "Acme" "January" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert buckets(ledger, as_of)[0][1] == bucket
    assert ledger.report(as_of).buckets == ("undated", "not due", "1", "2-14", "15+")


@pytest.mark.parametrize(
    ("edges", "names"),
    [
        ((30, 60, 90), ("undated", "not due", "1-30", "31-60", "61-90", "91+")),
        ((7,), ("undated", "not due", "1-7", "8+")),
        ((1, 2), ("undated", "not due", "1", "2", "3+")),
    ],
)
def test_buckets_are_named_by_both_ends(
    edges: tuple[int, ...], names: tuple[str, ...]
) -> None:
    assert bucket_names(edges) == names


def test_without_a_due_date_an_item_is_undated(ledger: Ledger) -> None:
    """
    2026-01-01 * "Acme" "January" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert buckets(ledger, "2026-11-20") == [(None, "undated", False)]
    item = ledger.report().as_dict()["items"][0]
    assert (
        item["due"],
        item["days_overdue"],
        item["next_step"],
        item["next_date"],
    ) == (
        None,
        None,
        None,
        None,
    )


def test_the_report_in_json(ledger: Ledger) -> None:
    """
    2026-09-01 open Assets:Receivable:Acme  EUR
      customer: "Acme GmbH"
      email: "ap@acme.example"
      terms: "2/10 net 30"
    2026-01-01 custom "dunning-step" "standard" "first reminder"  3
    2026-01-01 custom "dunning-step" "standard" "second reminder" 10
      min-interval: 7
    2026-01-01 custom "dunning-step" "standard" "final notice"    24
      min-interval: 14
      fee: 5.00 EUR
      channel: "letter"
    2026-09-14 * "Acme GmbH" "Website, September" ^INV-2026-014
      due: 2026-10-14
      Assets:Receivable:Acme   2380.00 EUR
      Income:Services         -2000.00 EUR
      Liabilities:VAT          -380.00 EUR
    2026-10-20 * "Acme GmbH" "Part payment" ^INV-2026-014
      Assets:Bank              1190.00 EUR
      Assets:Receivable:Acme
    """
    assert ledger.report("2026-11-20").as_dict() == {
        "as_of": "2026-11-20",
        "buckets": ["undated", "not due", "1-30", "31-60", "61-90", "91+"],
        "items": [
            {
                "invoice": "INV-2026-014",
                "instalment": "1/1",
                "customer": "Acme GmbH",
                "account": "Assets:Receivable:Acme",
                "currency": "EUR",
                "date": "2026-09-14",
                "due": "2026-10-14",
                "originally_due": None,
                "amount": "2380.00",
                "open": "1190.00",
                "days_overdue": 37,
                "bucket": "31-60",
                "policy": "standard",
                # Nothing was logged, so nothing was sent.
                "last_step": None,
                "last_sent": None,
                "next_step": "first reminder",
                "next_date": "2026-10-17",
                "held": None,
                "disputed": None,
                "interest": None,
                "file": "<string>",
                "line": 12,
            }
        ],
        "unapplied": [],
        "customers": [
            {
                "customer": "Acme GmbH",
                "currency": "EUR",
                "buckets": {"31-60": "1190.00"},
                "unapplied": "0",
                "overdue": "1190.00",
                "due_soon": "0",
                "total": "1190.00",
                "credit_limit": None,
                "over_limit": False,
            }
        ],
        "totals": [
            {
                "currency": "EUR",
                "buckets": {"31-60": "1190.00"},
                "unapplied": "0",
                "overdue": "1190.00",
                "due_soon": "0",
                "total": "1190.00",
            }
        ],
    }


def test_totals_add_up_by_customer_and_currency(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-01-01 * "bolt" "January" ^INV-1
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-10-01 * "bolt" "October" ^INV-2
      Assets:Receivable  150.00 EUR
      Income:Services
    2026-11-01 * "bolt" "November" ^INV-3
      Assets:Receivable   70.00 EUR
      Income:Services
    2026-11-01 * "bolt" "Dollars" ^INV-4
      Assets:Receivable   30.00 USD
      Income:Services
    2026-10-02 * "Acme" "October" ^INV-5
      Assets:Receivable   50.00 EUR
      Income:Services
    2026-11-02 * "Acme" "Twice" ^INV-5
      Assets:Bank         70.00 EUR
      Assets:Receivable
    2026-11-02 * "Acme" "Thrice" ^INV-5
      Assets:Bank         50.00 EUR
      Assets:Receivable
    2026-11-03 * "Zinc" "Deposit"
      Assets:Bank          9.00 GBP
      Assets:Receivable
    2026-11-03 *
      Assets:Receivable    1.00 EUR
      Income:Services
    2026-11-04 * "Acme" "On another account" ^INV-5
      customer: "Acme"
      Assets:Bank          5.00 EUR
      Assets:Receivable:Old
    """
    report = ledger.report("2026-11-20").as_dict()
    credit = report["unapplied"]
    assert credit[0] == {
        "customer": "Acme",
        "account": "Assets:Receivable",
        "currency": "EUR",
        "amount": "-50.00",
        "date": "2026-11-02",
        "reference": "INV-5",
        "payee": "Acme",
        "narration": "Thrice",
        "file": "<string>",
        "line": 22,
    }
    assert [
        (one["customer"], one["account"], one["amount"], one["reference"])
        for one in credit[1:]
    ] == [
        ("Acme", "Assets:Receivable", "-20.00", "INV-5"),
        ("Acme", "Assets:Receivable:Old", "-5.00", "INV-5"),
        ("Zinc", "Assets:Receivable", "-9.00", None),
    ]
    assert [
        (
            row["customer"],
            row["currency"],
            row["buckets"],
            row["unapplied"],
            row["total"],
        )
        for row in report["customers"]
    ] == [
        (None, "EUR", {"not due": "1.00"}, "0", "1.00"),
        ("Acme", "EUR", {}, "-75.00", "-75.00"),
        (
            "bolt",
            "EUR",
            {"not due": "70.00", "1-30": "150.00", "91+": "100.00"},
            "0",
            "320.00",
        ),
        ("bolt", "USD", {"not due": "30.00"}, "0", "30.00"),
        ("Zinc", "GBP", {}, "-9.00", "-9.00"),
    ]
    assert [
        (row["currency"], row["buckets"], row["unapplied"], row["total"])
        for row in report["totals"]
    ] == [
        (
            "EUR",
            {"not due": "71.00", "1-30": "150.00", "91+": "100.00"},
            "-75.00",
            "246.00",
        ),
        ("GBP", {}, "-9.00", "-9.00"),
        ("USD", {"not due": "30.00"}, "0", "30.00"),
    ]
    assert list(report["totals"][0]["buckets"]) == ["not due", "1-30", "91+"]
    assert [item["customer"] for item in report["items"]] == [
        "bolt",
        "bolt",
        "bolt",
        "bolt",
        None,
    ]


def test_a_row_knows_what_is_open_and_overdue(ledger: Ledger) -> None:
    """
    2026-01-01 * "Acme" "Undated" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-01 * "Acme" "Not due" ^INV-2
      due: 2026-12-01
      Assets:Receivable:Acme   10.00 EUR
      Income:Services
    2026-01-01 * "Acme" "Late" ^INV-3
      due: 2026-11-01
      Assets:Receivable:Acme    1.00 EUR
      Income:Services
    2026-01-01 * "Acme" "Later" ^INV-4
      due: 2026-01-02
      Assets:Receivable:Acme    0.50 EUR
      Income:Services
    2026-11-02 * "Acme" "Paid what is not known" ^INV-9
      Assets:Bank               1.50 EUR
      Assets:Receivable:Acme
    """
    (row,) = ledger.report("2026-11-20").customers
    assert (row.open, row.overdue, row.unapplied, row.total) == (
        Decimal("111.50"),
        Decimal("1.50"),
        Decimal("-1.50"),
        Decimal("110.00"),
    )
    assert list(row.buckets) == ["undated", "not due", "1-30", "91+"]


def test_a_report_may_be_about_some_items_only(ledger: Ledger) -> None:
    """
    2026-01-01 * "Acme" "January" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-01 * "Bolt" "January" ^INV-2
      Assets:Receivable:Bolt   10.00 EUR
      Income:Services
    2026-01-02 * "Bolt" "Deposit" ^INV-3
      Assets:Bank               1.00 EUR
      Assets:Receivable:Bolt
    2026-01-02 * "Acme" "Deposit" ^INV-3
      Assets:Bank               2.00 EUR
      Assets:Receivable:Acme
    """
    report = age(ledger.books(), lambda one: one.customer == "Bolt")
    assert [aged.item.invoice for aged in report.items] == ["INV-2"]
    assert [credit.amount for credit in report.unapplied] == [Decimal("-1.00")]
    assert [row.total for row in report.totals] == [Decimal("9.00")]


def test_a_report_names_the_accounts_it_is_about(ledger: Ledger) -> None:
    """
    2026-01-01 * "Bolt" "January" ^INV-1
      Assets:Receivable:Bolt   10.00 EUR
      Income:Services
    2026-01-02 * "Acme" "Deposit"
      Assets:Bank               2.00 EUR
      Assets:Receivable:Acme
    2026-01-02 * "Bolt" "Deposit"
      Assets:Bank               1.00 EUR
      Assets:Receivable:Bolt
    """
    accounts = ledger.report("2026-01-02").accounts
    assert accounts == ["Assets:Receivable:Acme", "Assets:Receivable:Bolt"]


def test_where_nothing_is_open_the_report_is_empty(ledger: Ledger) -> None:
    """
    option "title" "Empty"
    """
    assert ledger.report("2026-11-20").as_dict() == {
        "as_of": "2026-11-20",
        "buckets": ["undated", "not due", "1-30", "31-60", "61-90", "91+"],
        "items": [],
        "unapplied": [],
        "customers": [],
        "totals": [],
    }


def test_the_report_in_json_after_a_reminder(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "first reminder"  3
    2026-01-01 custom "dunning-step" "standard" "second reminder" 10
      min-interval: 7
    2026-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme GmbH" "Website, September" ^INV-2026-014
      due: 2026-10-14
      Assets:Receivable:Acme   365.00 EUR
      Income:Services
    2026-10-21 note Assets:Receivable:Acme "E-mailed" ^INV-2026-014
      reminder: "first reminder"
    """
    (item,) = ledger.report("2026-11-20").as_dict()["items"]
    assert {
        key: item[key]
        for key in (
            *("last_step", "last_sent", "next_step", "next_date"),
            *("held", "interest"),
        )
    } == {
        "last_step": "first reminder",
        "last_sent": "2026-10-21",
        "next_step": "second reminder",
        "next_date": "2026-10-28",
        "held": None,
        # 37 days of 0.10.
        "interest": "3.70",
    }
    (before,) = ledger.report("2026-10-20").as_dict()["items"]
    assert (before["last_step"], before["last_sent"], before["next_step"]) == (
        None,
        None,
        "first reminder",
    )


@pytest.mark.parametrize(
    ("key", "as_of", "held", "next_date"),
    [
        ("dispute: TRUE", "2026-10-24", "dispute", None),
        ("dispute: TRUE", "2027-10-24", "dispute", None),
        ("promise: 2026-11-05", "2026-11-05", "promise", "2026-11-06"),
        ("promise: 2026-11-05", "2026-11-06", None, "2026-11-06"),
        ("hold-until: 2026-11-05", "2026-11-05", "hold", "2026-11-06"),
        ("hold-until: 2026-11-05", "2026-11-06", None, "2026-11-06"),
    ],
)
def test_what_rests_is_marked_and_still_overdue(
    ledger: Ledger, key: str, as_of: str, held: str | None, next_date: str | None
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Rests" ^INV-1
      $key
    """
    del key
    report = ledger.report(as_of)
    (item,) = report.as_dict()["items"]
    assert (item["held"], item["next_step"], item["next_date"]) == (
        held,
        "first reminder",
        next_date,
    )
    (aged,) = report.items
    assert aged.is_overdue
    assert (None if aged.next is None else str(aged.next.date)) == next_date


def test_where_nothing_is_left_to_send_nothing_is_next(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      policy: "none"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "No" ^INV-1
      dispute: TRUE
    """
    (aged,) = ledger.report("2026-11-20").items
    assert aged.next is None
    item = aged.as_dict()
    assert (item["held"], item["next_step"], item["next_date"]) == (
        "dispute",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        # 150.00 EUR are open; what is unapplied does not count.
        ("149.99 EUR", [("Acme", "EUR", True), ("Acme", "USD", False)]),
        ("150.00 EUR", [("Acme", "EUR", False), ("Acme", "USD", False)]),
        ("69.00 USD", [("Acme", "EUR", False), ("Acme", "USD", True)]),
        ("0.01 GBP", [("Acme", "EUR", False), ("Acme", "USD", False)]),
    ],
)
def test_who_is_over_the_credit_limit(
    ledger: Ledger, limit: str, expected: list[tuple[str, str, bool]]
) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      credit-limit: $limit
    2026-09-14 * "Acme" "Late" ^INV-1
      due: 2026-10-14
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Not late" ^INV-2
      due: 2027-10-14
      Assets:Receivable   50.00 EUR
      Assets:Receivable   70.00 USD
      Income:Services
    2026-09-15 * "Acme" "Unapplied" ^INV-3
      Assets:Bank          10.00 EUR
      Assets:Receivable
    """
    report = ledger.report("2026-11-20")
    assert [
        (
            row.customer,
            row.currency,
            row.credit_limit is not None and row.open > row.credit_limit,
        )
        for row in report.customers
    ] == expected
    amount, currency = limit.split()
    assert [row.credit_limit for row in report.customers] == [
        Decimal(amount) if row.currency == currency else None
        for row in report.customers
    ]
    # A limit is a customer's, and not of all.
    assert [row.credit_limit for row in report.totals] == [None] * 2
