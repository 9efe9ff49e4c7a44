"""The aging report: buckets, totals that add up, and its JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.aging import age
from beancount_dunning.aging import bucket_names

if TYPE_CHECKING:
    from .conftest import Ledger


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
                "total": "1190.00",
            }
        ],
        "totals": [
            {
                "currency": "EUR",
                "buckets": {"31-60": "1190.00"},
                "unapplied": "0",
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
    assert report["unapplied"] == [
        {
            "customer": "Acme",
            "account": "Assets:Receivable",
            "currency": "EUR",
            "amount": "-70.00",
        },
        {
            "customer": "Acme",
            "account": "Assets:Receivable:Old",
            "currency": "EUR",
            "amount": "-5.00",
        },
        {
            "customer": "Zinc",
            "account": "Assets:Receivable",
            "currency": "GBP",
            "amount": "-9.00",
        },
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
    report = age(
        ledger.receivables(), ledger.settings(), lambda one: one.customer == "Bolt"
    )
    assert [aged.item.invoice for aged in report.items] == ["INV-2"]
    assert [credit.amount for credit in report.unapplied] == [Decimal("-1.00")]
    assert [row.total for row in report.totals] == [Decimal("9.00")]


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
