"""When the next reminder may go out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.dunning import next_reminder
from beancount_dunning.dunning import schedule

from .conftest import AS_OF
from .conftest import Ledger
from .conftest import day

if TYPE_CHECKING:
    from beancount_dunning.receivables import Item


def only(ledger: Ledger, as_of: str = AS_OF) -> Item:
    (item,) = ledger.receivables(as_of).items
    return item


def planned(ledger: Ledger) -> list[tuple[str, str]]:
    return [
        (reminder.step.name, str(reminder.date))
        for reminder in schedule(only(ledger), ledger.settings())
    ]


def following(ledger: Ledger, as_of: str) -> tuple[str, str] | None:
    reminder = next_reminder(only(ledger, as_of), ledger.settings(as_of), day(as_of))
    return (reminder.step.name, str(reminder.date)) if reminder else None


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            "friendly",
            [
                ("upcoming", "2026-10-07"),
                ("due today", "2026-10-14"),
                ("first reminder", "2026-10-21"),
                ("second reminder", "2026-10-28"),
            ],
        ),
        (
            "standard",
            [
                ("upcoming", "2026-10-12"),
                ("first reminder", "2026-10-15"),
                ("second reminder", "2026-10-21"),
                ("final notice", "2026-10-29"),
                ("stop-loss review", "2026-11-13"),
            ],
        ),
        (
            "strict",
            [
                ("first reminder", "2026-10-15"),
                ("second reminder", "2026-10-17"),
                ("final notice", "2026-10-21"),
            ],
        ),
        ("none", []),
    ],
)
def test_a_policy_s_days_count_from_the_due_date(
    ledger: Ledger, policy: str, expected: list[tuple[str, str]]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      policy: "$policy"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    del policy
    assert planned(ledger) == expected


def test_a_min_interval_moves_the_steps_after_it(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "first"   3
      min-interval: 99
    2026-01-01 custom "dunning-step" "standard" "second" 10
      min-interval: 14
    2026-01-01 custom "dunning-step" "standard" "third"  11
    2026-01-01 custom "dunning-step" "standard" "fourth" 90
      min-interval: 0
    2026-01-01 custom "dunning-step" "standard" "notice" -1
      min-interval: 0
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert planned(ledger) == [
        ("notice", "2026-09-30"),
        ("first", "2026-10-04"),
        ("second", "2026-10-18"),
        ("third", "2026-10-19"),
        ("fourth", "2026-12-30"),
    ]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-09-14", ("upcoming", "2026-10-07")),
        ("2026-10-07", ("upcoming", "2026-10-07")),
        ("2026-10-08", ("due today", "2026-10-14")),
        ("2026-10-14", ("due today", "2026-10-14")),
        ("2026-10-15", ("first reminder", "2026-10-21")),
        ("2026-10-21", ("first reminder", "2026-10-21")),
        ("2026-12-31", ("first reminder", "2026-10-21")),
    ],
)
def test_notices_lapse_and_steps_do_not(
    ledger: Ledger, as_of: str, expected: tuple[str, str]
) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "friendly"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert following(ledger, as_of) == expected


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-10-12", ("upcoming", "2026-10-12")),
        ("2026-10-14", ("first reminder", "2026-10-15")),
        ("2026-10-15", ("first reminder", "2026-10-15")),
        ("2026-10-20", ("first reminder", "2026-10-15")),
        ("2026-10-21", ("second reminder", "2026-10-21")),
        ("2026-10-29", ("final notice", "2026-10-29")),
        ("2026-12-31", ("stop-loss review", "2026-11-13")),
    ],
)
def test_catching_up_may_go_to_the_highest_step(
    ledger: Ledger, as_of: str, expected: tuple[str, str]
) -> None:
    """
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert following(ledger, as_of) == expected


def test_after_notices_alone_nothing_follows(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "upcoming" -3
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert following(ledger, "2026-10-11") == ("upcoming", "2026-10-11")
    assert following(ledger, "2026-10-12") is None


@pytest.mark.parametrize(
    ("due", "policy", "amount"),
    [
        ('note: "undated"', "standard", "100 EUR"),
        ("due: 2026-10-14", "none", "100 EUR"),
        ("due: 2026-10-14", "standard", "9.99 EUR"),
        ("due: 9999-12-20", "standard", "100 EUR"),
    ],
    ids=["undated", "policy none", "below the minimum", "beyond the calendar"],
)
def test_some_items_are_not_reminded(
    ledger: Ledger, due: str, policy: str, amount: str
) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 10 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      $due
      policy: "$policy"
      Assets:Receivable:Acme  $amount
      Income:Services
    """
    del due, policy, amount
    assert planned(ledger) == []
    assert following(ledger, "2026-11-20") is None


def test_at_the_minimum_an_item_is_reminded(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 10 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100 EUR
      Income:Services
    2026-10-20 * "Acme" "Part payment" ^INV-1
      Assets:Bank             90 EUR
      Assets:Receivable:Acme
    """
    assert following(ledger, "2026-11-20") == ("first reminder", "2026-10-15")


def test_a_step_on_the_due_date_is_a_notice(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "friendly"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    reminders = schedule(only(ledger), ledger.settings())
    assert [reminder.is_notice for reminder in reminders] == [True, True, False, False]
    assert reminders[1].date == date(2026, 10, 14)


def test_no_notice_comes_before_the_invoice(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Deposit" ^INV-1
      terms: "on receipt"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    (item,) = ledger.receivables("2026-09-14").items
    reminders = schedule(item, ledger.settings("2026-09-14"))
    assert [reminder.step.name for reminder in reminders] == [
        "first reminder",
        "second reminder",
        "final notice",
        "stop-loss review",
    ]
