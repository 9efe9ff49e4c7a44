"""When the next reminder may go out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest

from beancount_dunning.standing.dunning import schedule
from beancount_dunning.standing.dunning import standing
from beancount_dunning.standing.records import Record
from tests.conftest import AS_OF
from tests.conftest import Ledger
from tests.conftest import lines
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.ledger.items import Item


def only(ledger: Ledger, as_of: str = AS_OF) -> Item:
    (item,) = ledger.receivables(as_of).items
    return item


def planned(ledger: Ledger) -> list[tuple[str, str]]:
    return [
        (reminder.step.name, str(reminder.date))
        for reminder in schedule(ledger.books(), only(ledger))
    ]


def following(ledger: Ledger, as_of: str) -> tuple[str, str] | None:
    where = standing(ledger.books(as_of), only(ledger, as_of))
    step, day = where.next_step, where.next_date
    return (step.name, str(day)) if step and day else None


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


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ("0.01 EUR", None),
        ("0.99 EUR", None),
        ("1.00 EUR", "first reminder"),
        ("0.01 USD", "first reminder"),
        ("40.00/3-13.33 USD", None),
        ("0.25 HOURS", "first reminder"),
    ],
)
def test_a_cent_is_no_reason_for_a_reminder(
    ledger: Ledger, left: str, expected: str | None
) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 0 USD
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  $left
      Income:Services
    2026-09-14 * "Acme" "Hours" ^INV-2
      Assets:Other            0.50 HOURS
      Income:Services
    """
    del left
    found = following(ledger, "2026-11-20")
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    ("minimum", "expected"),
    [
        ("14.99 EUR", "first reminder"),
        ("15 EUR", "first reminder"),
        ("15.01 EUR", None),
        ("99 USD", "first reminder"),
    ],
)
@pytest.mark.parametrize("where", ["option", "file", "open"])
def test_all_that_a_customer_owes_may_count(
    minimum: str, expected: str | None, where: str
) -> None:
    ledger = load(
        f"""
        2026-01-01 custom "dunning-option" "minimum" 11 EUR
        2026-01-02 {
            {
                "option": f'custom "dunning-option" "minimum" {minimum}',
                "file": 'custom "dunning-customer" "Acme"',
                "open": "open Assets:Receivable:Acme",
            }[where]
        }
          {'by: "customer"' if where == "option" else f"minimum: {minimum}"}
        2026-09-14 * "Acme" "Website" ^INV-1
          due: 2026-10-14
          Assets:Receivable:Acme   10 EUR
          Income:Services
        2026-09-15 * "Acme" "Hosting" ^INV-2
          due: 2027-10-14
          Assets:Receivable:Acme   12 EUR
          Income:Services
        2026-09-16 * "Acme" "Paid" ^ADVANCE
          Equity:Opening            7 EUR
          Assets:Receivable:Acme
        2026-09-14 * "Bolt" "Website" ^INV-3
          due: 2026-10-14
          Assets:Receivable:Bolt  100 EUR
          Income:Services
        """
    )
    (first, *_) = ledger.report("2026-11-20").items
    step = first.standing.next_step
    by_invoice = minimum.endswith("USD")
    assert (step and step.name) == (None if by_invoice else expected)


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
    reminders = schedule(ledger.books(), only(ledger))
    assert [reminder.is_notice for reminder in reminders] == [True, True, False, False]
    assert reminders[1].date == date(2026, 10, 14)


def test_no_notice_comes_before_the_invoice(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Deposit" ^INV-1
      terms: "on receipt"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    books = ledger.books("2026-09-14")
    (item,) = books.receivables.items
    reminders = schedule(books, item)
    assert [reminder.step.name for reminder in reminders] == [
        "first reminder",
        "second reminder",
        "final notice",
        "stop-loss review",
    ]


KEYS = ("last_step", "last_sent", "next_step", "next_date", "held")


def aged(ledger: Ledger, as_of: str = AS_OF) -> list[dict[str, Any]]:
    return [one.as_dict() for one in ledger.report(as_of).items]


def stands(ledger: Ledger, as_of: str = AS_OF) -> tuple[str | None, ...]:
    """Return KEYS of the only item that is open."""
    (item,) = aged(ledger, as_of)
    return tuple(item[key] for key in KEYS)


def by_item(ledger: Ledger, as_of: str = AS_OF) -> dict[str, tuple[str | None, ...]]:
    """Return last step, next step and its date of each item, by its instalment."""
    return {
        f"{item['invoice']} {item['instalment']}": (
            item["last_step"],
            item["next_step"],
            item["next_date"],
        )
        for item in aged(ledger, as_of)
    }


def problems(ledger: Ledger, as_of: str = AS_OF) -> list[str]:
    return lines(ledger.books(as_of).dunning.problems)


def record(ledger: Ledger, as_of: str = AS_OF) -> Record:
    """Return what the log tells of the only group it tells of."""
    (found,) = ledger.books(as_of).dunning.records.values()
    return found


def test_the_example_of_an_aging_report(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "first reminder"  3
    2026-01-01 custom "dunning-step" "standard" "second reminder" 10
      min-interval: 7
    2026-01-01 custom "dunning-step" "standard" "final notice"    24
      min-interval: 14
      fee: 5.00 EUR
      channel: "letter"
    2026-09-01 open Assets:Receivable:Acme  EUR
      customer: "Acme GmbH"
      email: "ap@acme.example"
      terms: "2/10 net 30"
    2026-09-14 * "Acme GmbH" "Website, September" ^INV-2026-014
      due: 2026-10-14
      Assets:Receivable:Acme   2380.00 EUR
      Income:Services         -2000.00 EUR
      Liabilities:VAT          -380.00 EUR
    2026-10-20 * "Acme GmbH" "Part payment" ^INV-2026-014
      Assets:Bank              1190.00 EUR
      Assets:Receivable:Acme
    2026-10-21 note Assets:Receivable:Acme "First reminder e-mailed" ^INV-2026-014
      reminder: "first reminder"
    """
    sums = {
        "currency": "EUR",
        "buckets": {"31-60": "1190.00"},
        "unapplied": "0",
        "overdue": "1190.00",
        "due_soon": "0",
        "total": "1190.00",
    }
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
                "last_step": "first reminder",
                "last_sent": "2026-10-21",
                "next_step": "second reminder",
                "next_date": "2026-10-28",
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
                **sums,
                "credit_limit": None,
                "over_limit": False,
            }
        ],
        "totals": [sums],
    }
    assert problems(ledger) == []


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (
            "2026-10-20",
            (None, None, "first reminder", "2026-10-15", None),
        ),
        (
            "2026-10-21",
            ("first reminder", "2026-10-21", "second reminder", "2026-10-27", None),
        ),
        (
            "2026-10-24",
            (
                *("first reminder", "2026-10-21", "second reminder", "2026-11-06"),
                "promise",
            ),
        ),
        (
            "2026-10-25",
            ("first reminder", "2026-10-21", "second reminder", None, "dispute"),
        ),
        (
            "2026-11-01",
            (
                *("first reminder", "2026-10-21", "second reminder", "2026-11-06"),
                "promise",
            ),
        ),
        (
            "2026-11-05",
            (
                *("first reminder", "2026-10-21", "second reminder", "2026-11-06"),
                "promise",
            ),
        ),
        (
            "2026-11-06",
            ("first reminder", "2026-10-21", "second reminder", "2026-11-06", None),
        ),
        (
            "2026-11-10",
            ("first reminder", "2026-10-21", "second reminder", "2026-11-21", "hold"),
        ),
        (
            "2026-12-01",
            ("first reminder", "2026-10-21", "second reminder", "2026-11-21", None),
        ),
    ],
)
def test_the_log_day_by_day(
    ledger: Ledger, as_of: str, expected: tuple[str | None, ...]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-24 note Assets:Receivable:Acme "Promised" ^INV-1
      promise: 2026-11-05
    2026-10-25 note Assets:Receivable:Acme "Two pages are missing" ^INV-1
      dispute: TRUE
    2026-11-01 note Assets:Receivable:Acme "Sent them" ^INV-1
      dispute: FALSE
    2026-11-10 note Assets:Receivable:Acme "Until the new order is signed" ^INV-1
      hold-until: 2026-11-20
    """
    assert stands(ledger, as_of) == expected
    assert problems(ledger, as_of) == []


@pytest.mark.parametrize(
    ("line", "as_of", "expected"),
    [
        ("promise: 2026-10-20", "2026-10-20", ("promise", "2026-10-21")),
        ("promise: 2026-10-20", "2026-10-21", (None, "2026-10-21")),
        ("hold-until: 2026-10-20", "2026-10-20", ("hold", "2026-10-21")),
        ("hold-until: 2026-10-20", "2026-10-21", (None, "2026-10-21")),
        # A rest that is over before the step's day moves nothing.
        ("promise: 2026-10-14", "2026-10-14", ("promise", "2026-10-15")),
        ("promise: 2026-10-13", "2026-10-14", (None, "2026-10-15")),
        ("dispute: TRUE", "2026-10-14", ("dispute", None)),
        ("dispute: TRUE", "2036-10-14", ("dispute", None)),
    ],
)
def test_what_rests_reminders(
    ledger: Ledger, line: str, as_of: str, expected: tuple[str | None, str | None]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-13 note Assets:Receivable:Acme "Called" ^INV-1
      $line
    """
    del line
    held, on = expected
    assert stands(ledger, as_of) == (None, None, "first reminder", on, held)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # Only the latest promise counts, be it earlier or later.
        ("promise: 2026-11-05", "promise: 2026-10-30", ("promise", "2026-10-31")),
        ("promise: 2026-10-30", "promise: 2026-11-05", ("promise", "2026-11-06")),
        (
            "hold-until: 2026-11-05",
            "hold-until: 2026-10-30",
            ("hold", "2026-10-31"),
        ),
        # Promise and hold both rest; the later of them ends it.
        ("promise: 2026-10-30", "hold-until: 2026-11-05", ("promise", "2026-11-06")),
        ("hold-until: 2026-11-05", "promise: 2026-10-25", ("hold", "2026-11-06")),
        ("dispute: TRUE", "promise: 2026-11-05", ("dispute", None)),
        ("promise: 2026-11-05", "dispute: TRUE", ("dispute", None)),
        ("dispute: TRUE", "dispute: TRUE", ("dispute", None)),
        # After a dispute reminders go on from that day.
        ("dispute: TRUE", "dispute: FALSE", (None, "2026-10-22")),
    ],
)
def test_two_notes_that_rest_reminders(
    ledger: Ledger, one: str, other: str, expected: tuple[str | None, str | None]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      $one
    2026-10-22 note Assets:Receivable:Acme "Called" ^INV-1
      $other
    """
    del one, other
    held, on = expected
    assert stands(ledger, "2026-10-30") == (None, None, "first reminder", on, held)
    assert problems(ledger) == []


@pytest.mark.parametrize("line", ["hold-until: 9999-12-31", "promise: 9999-12-31"])
def test_a_rest_for_ever_has_no_next_date(ledger: Ledger, line: str) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Never mind" ^INV-1
      $line
    """
    (item,) = aged(ledger)
    assert item["held"] == line.split(":", maxsplit=1)[0].removesuffix("-until")
    assert item["next_date"] is None


def test_notices_lapse_while_reminders_rest(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "friendly"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-01 note Assets:Receivable:Acme "Away" ^INV-1
      hold-until: 2026-10-10
    """
    books = ledger.books("2026-10-01")
    (item,) = books.receivables.items
    found = schedule(books, item)
    assert [(one.step.name, str(one.date)) for one in found] == [
        ("due today", "2026-10-14"),
        ("first reminder", "2026-10-21"),
        ("second reminder", "2026-10-28"),
    ]
    assert stands(ledger, "2026-10-01")[2:] == ("due today", "2026-10-14", "hold")


def test_a_notice_may_go_out_on_the_day_a_dispute_is_resolved(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "friendly"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-01 note Assets:Receivable:Acme "Wrong address" ^INV-1
      dispute: TRUE
    2026-10-14 note Assets:Receivable:Acme "Put right" ^INV-1
      dispute: FALSE
    """
    # While it lasts, what would come next if it were resolved that day.
    assert stands(ledger, "2026-10-02")[2:] == ("upcoming", None, "dispute")
    assert stands(ledger, "2026-10-08")[2:] == ("due today", None, "dispute")
    assert stands(ledger, "2026-10-14")[2:] == ("due today", "2026-10-14", None)


def test_a_dispute_under_a_policy_without_steps_has_no_next_step(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      policy: "none"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: TRUE
    """
    assert stands(ledger) == (None, None, None, None, "dispute")


def test_held_by_a_promise_where_nothing_is_left_to_send(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "only" 1
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "only"
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-30
    """
    assert stands(ledger) == ("only", "2026-10-15", None, None, "promise")


def test_the_ladder_is_climbed_note_by_note(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-12 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "upcoming"
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    2026-11-02 note Assets:Receivable:Acme "Sent, four days late" ^INV-1
      reminder: "final notice"
    2026-11-20 note Assets:Receivable:Acme "Looked at" ^INV-1
      reminder: "stop-loss review"
    """
    expected = [
        ("2026-10-12", "upcoming", "first reminder", "2026-10-15"),
        ("2026-10-15", "first reminder", "second reminder", "2026-10-21"),
        ("2026-10-21", "second reminder", "final notice", "2026-10-29"),
        # 15 days lie between the days of the last two steps.
        ("2026-11-02", "final notice", "stop-loss review", "2026-11-17"),
        ("2026-11-20", "stop-loss review", None, None),
    ]
    assert [
        (on, stands(ledger, on)[0], *stands(ledger, on)[2:4]) for on, *_ in expected
    ] == expected
    assert problems(ledger) == []
    assert [str(sent.date) for sent in record(ledger).sent] == [
        on for on, *_ in expected
    ]


def test_a_notice_that_goes_out_late_moves_the_first_reminder(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-14 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "upcoming"
    """
    # Three days lie between -2 and 1.
    assert stands(ledger)[:4] == (
        *("upcoming", "2026-10-14"),
        *("first reminder", "2026-10-17"),
    )
    assert problems(ledger) == []


def test_after_a_backlog_the_ladder_keeps_its_pace(ledger: Ledger) -> None:
    """
    2026-06-01 * "Acme" "Website" ^INV-1
      due: 2026-06-30
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-11-02 note Assets:Receivable:Acme "Sent, four months late" ^INV-1
      reminder: "first reminder"
    """
    books = ledger.books("2026-11-02")
    (item,) = books.receivables.items
    found = schedule(books, item)
    assert [(one.step.name, str(one.date)) for one in found] == [
        ("second reminder", "2026-11-08"),
        ("final notice", "2026-11-16"),
        ("stop-loss review", "2026-12-01"),
    ]
    assert problems(ledger) == []


def test_a_reminder_sent_too_soon_counts(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-14 note Assets:Receivable:Acme "A day too soon" ^INV-1
      reminder: "first reminder"
    """
    assert stands(ledger)[:4] == (
        *("first reminder", "2026-10-14"),
        *("second reminder", "2026-10-21"),
    )
    assert problems(ledger) == []


def test_a_step_that_was_left_out_stays_the_next(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-29 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "final notice"
    2026-11-10 note Assets:Receivable:Acme "Sent after all" ^INV-1
      reminder: "second reminder"
    """
    out_of_order = (
        '7: "final notice" is out of order: "second reminder" comes before it and was '
        "not logged."
    )
    assert stands(ledger, "2026-10-29") == (
        *("final notice", "2026-10-29"),
        *("second reminder", "2026-11-04", None),
    )
    assert problems(ledger, "2026-10-29") == [out_of_order]
    # What was sent in between is not sent again.
    assert stands(ledger, "2026-11-10") == (
        *("second reminder", "2026-11-10"),
        *("stop-loss review", "2026-11-25", None),
    )
    assert problems(ledger) == [out_of_order]
    reached = record(ledger).reached
    assert reached is not None
    assert reached.step.name == "second reminder"


def test_a_ladder_begun_in_the_middle(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-29 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "final notice"
    """
    assert problems(ledger) == [
        (
            '5: "final notice" is out of order: "first reminder" comes before it and '
            "was not logged."
        )
    ]
    # Three days are the interval of the first reminder.
    assert stands(ledger) == (
        *("final notice", "2026-10-29"),
        *("first reminder", "2026-11-01", None),
    )


def test_a_step_logged_twice_counts_once(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-17 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    assert problems(ledger) == ['7: "first reminder" was already sent on 2026-10-15.']
    assert stands(ledger) == (
        *("first reminder", "2026-10-15"),
        *("second reminder", "2026-10-21", None),
    )


@pytest.mark.parametrize(
    ("first", "then", "on"),
    [
        ("due today", "upcoming", "2026-10-14"),
        ("first reminder", "due today", "2026-10-14"),
    ],
)
def test_a_notice_after_a_later_step_is_out_of_order(
    ledger: Ledger, first: str, then: str, on: str
) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "friendly"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-14 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "$first"
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "$then"
    """
    assert problems(ledger) == [
        f'8: "{then}" is out of order: "{first}" was sent before, on {on}.'
    ]


def test_a_notice_may_be_left_out(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "friendly"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-14 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "due today"
    """
    assert problems(ledger) == []
    assert stands(ledger)[2:4] == ("first reminder", "2026-10-21")


def test_a_notice_logged_after_the_due_date_counts(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-16 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "upcoming"
    """
    assert problems(ledger) == []
    assert stands(ledger)[:4] == (
        *("upcoming", "2026-10-16"),
        *("first reminder", "2026-10-19"),
    )


def test_of_two_steps_on_a_day_the_later_is_the_last(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    """
    assert problems(ledger) == []
    assert stands(ledger) == (
        *("second reminder", "2026-10-21"),
        *("final notice", "2026-10-29", None),
    )


def test_two_steps_may_have_the_same_days(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "by e-mail"  3
    2026-01-01 custom "dunning-step" "standard" "by letter"  3
    2026-01-01 custom "dunning-step" "standard" "by phone"  10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "by e-mail"
    """
    assert stands(ledger)[2:4] == ("by letter", "2026-10-20")


CATCHING_UP = [
    ("2026-10-30", (None, None, "final notice", "2026-10-29", None)),
    ("2026-11-01", ("second reminder", "2026-11-01", "final notice", "2026-11-09")),
    ("2026-11-09", ("second reminder", "2026-11-01", "final notice", "2026-11-09")),
    # 15 days after the second reminder it is the stop-loss review's turn.
    ("2026-11-16", ("second reminder", "2026-11-01", "stop-loss review", "2026-11-16")),
]


@pytest.mark.parametrize(("as_of", "expected"), CATCHING_UP)
def test_where_steps_may_be_skipped_none_is_missed(
    ledger: Ledger, as_of: str, expected: tuple[str | None, ...]
) -> None:
    """
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-11-01 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    2026-11-30 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    assert stands(ledger, as_of)[: len(expected)] == expected
    assert problems(ledger, as_of) == []
    assert problems(ledger, "2026-11-30") == [
        (
            '8: "first reminder" is out of order: "second reminder" was sent before, '
            "on 2026-11-01."
        )
    ]


def test_a_dispute_where_steps_may_be_skipped(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: TRUE
    """
    assert stands(ledger, "2026-10-30")[2:] == ("final notice", None, "dispute")
    assert planned(ledger) == []


def test_whether_steps_may_be_skipped_goes_by_the_day_of_the_note(
    ledger: Ledger,
) -> None:
    """
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-11-01 custom "dunning-option" "catch-up" "next"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-31 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    2026-11-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "stop-loss review"
    """
    assert problems(ledger) == [
        (
            '9: "stop-loss review" is out of order: "final notice" comes before it '
            "and was not logged."
        )
    ]
    assert stands(ledger)[2:4] == ("final notice", "2026-11-23")


def test_a_policy_that_changed_between_notes(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      policy: "strict"
    2026-10-20 custom "dunning-customer" "Acme"
      policy: "friendly"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-16 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-21 note Assets:Receivable:Acme "No step of that policy" ^INV-1
      reminder: "final notice"
    2026-10-29 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    """
    assert stands(ledger, "2026-10-19")[2:4] == ("second reminder", "2026-10-18")
    # 14 - 7 days after the first.
    assert stands(ledger, "2026-10-20")[2:4] == ("second reminder", "2026-10-28")
    assert stands(ledger) == ("second reminder", "2026-10-29", None, None, None)
    assert problems(ledger) == [
        (
            '11: The policy "friendly" has no step "final notice". Known: upcoming, '
            "due today, first reminder, second reminder."
        )
    ]


def test_a_default_policy_that_came_after_a_note(ledger: Ledger) -> None:
    """
    2026-11-01 custom "dunning-option" "policy" "friendly"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    2026-10-29 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "final notice"
    """
    # It was a step of the policy "standard", which then held for all.
    assert problems(ledger, "2026-10-31") == []
    assert problems(ledger) == []
    assert stands(ledger) == ("final notice", "2026-10-29", None, None, None)


def test_a_ladder_that_changed_between_notes(ledger: Ledger) -> None:
    """
    2026-10-20 custom "dunning-step" "standard" "friendly call"   5
    2026-10-20 custom "dunning-step" "standard" "first reminder" 10
    2026-10-20 custom "dunning-step" "standard" "last call"      20
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    # By its name the step stands at 10 now: what comes before it is behind.
    assert stands(ledger)[2:4] == ("last call", "2026-11-03")
    assert problems(ledger) == []


def test_a_step_that_is_gone_keeps_its_place_by_its_days(ledger: Ledger) -> None:
    """
    2026-10-20 custom "dunning-step" "standard" "call"    1
    2026-10-20 custom "dunning-step" "standard" "letter" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-19 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    assert stands(ledger) == (
        *("first reminder", "2026-10-19"),
        *("letter", "2026-10-28", None),
    )
    assert problems(ledger) == []


@pytest.mark.parametrize(
    ("policy", "step", "message"),
    [
        (
            "standard",
            "frist reminder",
            (
                'The policy "standard" has no step "frist reminder". Did you mean '
                '"first reminder"?'
            ),
        ),
        ("none", "first reminder", 'The policy "none" has no step "first reminder".'),
        (
            "strict",
            "dunning",
            (
                'The policy "strict" has no step "dunning". Known: first reminder, '
                "second reminder, final notice."
            ),
        ),
    ],
)
def test_an_unknown_step_is_an_error(
    ledger: Ledger, policy: str, step: str, message: str
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      policy: "$policy"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-16 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "$step"
    """
    del policy, step
    assert problems(ledger) == [f"6: {message}"]
    assert ledger.books().dunning.records == {}


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("^INV-10", 'There is no invoice INV-10. Did you mean "INV-1"?'),
        ("^B-9 ^A-9", "There is no invoice A-9 or B-9. Known: INV-1."),
        ("^INV-2", 'There is no invoice INV-2. Did you mean "INV-1"?'),
        ("^INV-3", 'There is no invoice INV-3. Did you mean "INV-1"?'),
    ],
)
def test_an_unknown_invoice_is_an_error(
    ledger: Ledger, link: str, message: str
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-16 note Assets:Receivable:Acme "Called" $link
      promise: 2026-11-05
    2026-10-16 note Assets:Receivable:Acme "History" ^INV-11
    2026-12-01 * "Acme" "Of the future" ^INV-2
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Bolt" "Website" ^INV-33
      Assets:Receivable:Bolt  100.00 EUR
      Income:Services
    """
    del link
    assert problems(ledger) == [f"7: {message}"]


def test_where_there_are_no_invoices_none_is_suggested(ledger: Ledger) -> None:
    """
    2026-10-16 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-05
    """
    assert problems(ledger) == ["1: There is no invoice INV-1."]


def test_one_known_invoice_of_several_links_is_enough(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-16 note Assets:Receivable:Acme "Called" ^PROJECT-7 ^INV-1
      promise: 2026-11-30
    """
    assert problems(ledger) == []
    assert stands(ledger)[4] == "promise"


def test_the_log_of_an_invoice_stands_on_its_account(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      customer: "Acme"
      due: 2026-10-14
      Assets:Receivable:Work  100.00 EUR
      Assets:Receivable:VAT    19.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-16 note Assets:Receivable:VAT "Sent" ^INV-1
      reminder: "first reminder"
    """
    assert problems(ledger) == [
        (
            "7: INV-1 is not on Assets:Receivable:Acme but on Assets:Receivable:VAT "
            "and Assets:Receivable:Work."
        )
    ]
    # One ladder for the customer's invoice, over both accounts.
    assert [(item["last_sent"], item["next_date"]) for item in aged(ledger)] == [
        ("2026-10-16", "2026-10-22")
    ] * 2


def test_the_same_reference_of_two_customers_has_two_ladders(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^R-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Bolt" "Website" ^R-1
      due: 2026-10-14
      Assets:Receivable:Bolt  100.00 EUR
      Income:Services
    2026-10-16 note Assets:Receivable:Bolt "Sent" ^R-1
      reminder: "first reminder"
    """
    assert [(item["customer"], item["last_sent"]) for item in aged(ledger)] == [
        ("Acme", None),
        ("Bolt", "2026-10-16"),
    ]


def test_a_note_dated_before_the_invoice_is_an_error(ledger: Ledger) -> None:
    """
    2026-09-13 note Assets:Receivable:Acme "Called" ^INV-1
      reminder: "upcoming"
      promise: 2026-10-14
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: TRUE
    """
    assert problems(ledger) == ["1: INV-1 is dated later than this note, 2026-09-14."]
    assert stands(ledger)[0] is None
    assert stands(ledger)[4] == "dispute"


@pytest.mark.parametrize(
    ("line", "on", "messages"),
    [
        ('reminder: "first reminder"', "2026-10-20", []),
        (
            'reminder: "first reminder"',
            "2026-10-21",
            ["INV-1 was paid before this reminder, on 2026-10-21."],
        ),
        (
            'reminder: "first remainder"',
            "2026-10-21",
            [
                (
                    'The policy "standard" has no step "first remainder". Did you '
                    'mean "first reminder"?'
                )
            ],
        ),
        ("promise: 2026-11-05", "2026-10-20", []),
        (
            "promise: 2026-11-05",
            "2026-10-21",
            ["A promise, but INV-1 was already paid by 2026-10-21."],
        ),
        ("dispute: TRUE", "2026-10-21", []),
        ("hold-until: 2026-11-05", "2026-10-21", []),
    ],
)
def test_notes_after_full_payment(
    ledger: Ledger, line: str, on: str, messages: list[str]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-10 * "Acme" "Part payment" ^INV-1
      Assets:Bank              40.00 EUR
      Assets:Receivable:Acme
    2026-10-20 * "Acme" "The rest" ^INV-1
      Assets:Bank              60.00 EUR
      Assets:Receivable:Acme
    $on note Assets:Receivable:Acme "Too late" ^INV-1
      $line
    """
    del line, on
    assert problems(ledger) == [f"11: {message}" for message in messages]
    assert ledger.books().dunning.broken == ()


def test_a_payment_after_a_reminder_ends_the_ladder(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-18 * "Acme" "Part payment" ^INV-1
      Assets:Bank              40.00 EUR
      Assets:Receivable:Acme
    2026-10-25 * "Acme" "The rest" ^INV-1
      Assets:Bank              60.00 EUR
      Assets:Receivable:Acme
    """
    # What is left is reminded at the same pace.
    assert stands(ledger, "2026-10-18") == (
        *("first reminder", "2026-10-15"),
        *("second reminder", "2026-10-21", None),
    )
    assert aged(ledger, "2026-10-25") == []
    assert problems(ledger) == []


def test_what_is_settled_has_a_record_but_nothing_next(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-16 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: TRUE
    2026-10-25 * "Acme" "Payment" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    books = ledger.books("2026-11-20")
    (item,) = books.receivables.settled
    found = standing(books, item)
    assert found.record is books.dunning.record(item)
    assert [sent.step.name for sent in found.record.sent] == ["first reminder"]
    assert (found.held, found.next_step, found.next_date) == (None, None, None)


def test_an_invoice_paid_and_reversed_goes_on_where_it_was(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-17 * "Acme" "Direct debit" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-10-20 note Assets:Receivable:Acme "There is nothing to remind of" ^INV-1
      reminder: "second reminder"
    2026-10-27 * "Acme" "The bank took it back" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Assets:Bank
    2026-10-28 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    """
    assert aged(ledger, "2026-10-26") == []
    assert stands(ledger, "2026-10-27") == (
        *("first reminder", "2026-10-15"),
        *("second reminder", "2026-10-21", None),
    )
    assert stands(ledger, "2026-10-28") == (
        *("second reminder", "2026-10-28"),
        *("final notice", "2026-11-05", None),
    )
    assert problems(ledger) == [
        "10: INV-1 was paid before this reminder, on 2026-10-20."
    ]


def test_a_dispute_that_nobody_raised_cannot_end(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: FALSE
    2026-10-16 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: TRUE
    2026-10-17 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: FALSE
    2026-10-18 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: FALSE
    """
    assert problems(ledger) == [
        "5: INV-1 was not in dispute.",
        "11: INV-1 was not in dispute.",
    ]
    assert stands(ledger) == (None, None, "first reminder", "2026-10-17", None)


def test_notes_are_read_by_date_whatever_their_order(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert problems(ledger) == []
    assert stands(ledger)[:3] == ("second reminder", "2026-10-21", "final notice")


def test_reminders_out_of_order_in_time_are_an_error(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    assert problems(ledger) == [
        (
            '5: "second reminder" is out of order: "first reminder" comes before it '
            "and was not logged."
        )
    ]
    # 14 days lie between 1 and 15, but 8 are the final notice's interval.
    assert stands(ledger)[:4] == (
        *("first reminder", "2026-10-21"),
        *("final notice", "2026-10-29"),
    )


INSTALMENTS = [
    ("2026-10-20", ("first", "second", "2026-10-30"), (None, "first", "2026-11-03")),
    ("2026-11-02", ("first", "second", "2026-10-30"), (None, "first", "2026-11-03")),
    # It may go out for the second instalment alone, so it is about that.
    (
        "2026-11-04",
        ("first", "second", "2026-10-30"),
        ("first", "second", "2026-11-14"),
    ),
    # It may go out for the first alone.
    (
        "2026-11-05",
        ("second", None, None),
        ("first", "second", "2026-11-14"),
    ),
    ("2026-11-14", ("second", None, None), ("second", None, None)),
]


@pytest.mark.parametrize(("as_of", "first", "second"), INSTALMENTS)
def test_instalments_have_a_ladder_each(
    ledger: Ledger,
    as_of: str,
    first: tuple[str | None, ...],
    second: tuple[str | None, ...],
) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "first"   3
    2026-01-01 custom "dunning-step" "standard" "second" 13
    2026-09-14 * "Acme" "Website" ^INV-1
      Income:Services
      Assets:Receivable:Acme  50.00 EUR
        due: 2026-10-14
      Assets:Receivable:Acme  50.00 EUR
        due: 2026-10-31
    2026-10-20 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first"
    2026-11-04 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first"
    2026-11-05 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second"
    2026-11-14 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second"
    """
    assert by_item(ledger, as_of) == {"INV-1 1/2": first, "INV-1 2/2": second}
    assert problems(ledger) == []


def test_one_reminder_is_about_all_instalments_whose_turn_it_is(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "30% on receipt, 30% net 10, rest net 90"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-01 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    assert by_item(ledger) == {
        "INV-1 1/3": ("first reminder", "second reminder", "2026-10-07"),
        "INV-1 2/3": ("first reminder", "second reminder", "2026-10-07"),
        # 14 September and 90 days are 13 December.
        "INV-1 3/3": (None, "upcoming", "2026-12-11"),
    }
    assert problems(ledger) == []


def test_a_notice_is_about_the_instalment_that_is_not_due_yet(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "30% net 10, rest net 20"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-02 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "upcoming"
    """
    assert {label: last for label, (last, *_) in by_item(ledger).items()} == {
        "INV-1 1/2": None,
        "INV-1 2/2": "upcoming",
    }


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        # Too soon for both: the oldest that it comes next for.
        ("2026-09-20", {"INV-1 1/2": "first reminder", "INV-1 2/2": None}),
        # The first is paid before the day begins.
        ("2026-10-02", {"INV-1 2/2": "first reminder"}),
    ],
)
def test_a_reminder_too_soon_is_about_the_oldest_that_is_open(
    ledger: Ledger, on: str, expected: dict[str, str | None]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "30% net 10, rest net 20"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-01 * "Acme" "Payment" ^INV-1
      Assets:Bank              30.00 EUR
      Assets:Receivable:Acme
    $on note Assets:Receivable:Acme "Too soon" ^INV-1
      reminder: "first reminder"
    """
    assert {label: last for label, (last, *_) in by_item(ledger, on).items()} == (
        expected
    )
    assert problems(ledger) == []


@pytest.mark.parametrize(
    ("day_", "held"),
    [
        # None is due by then: the oldest.
        ("2026-09-20", {"1/3": "promise", "2/3": None, "3/3": None}),
        ("2026-09-24", {"1/3": "promise", "2/3": None, "3/3": None}),
        ("2026-10-04", {"1/3": "promise", "2/3": "promise", "3/3": None}),
        ("2027-01-01", {"1/3": "promise", "2/3": "promise", "3/3": "promise"}),
    ],
)
def test_a_promise_is_about_what_is_due_by_then(
    ledger: Ledger, day_: str, held: dict[str, str | None]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "30% net 10, 30% net 20, rest net 30"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 note Assets:Receivable:Acme "Called" ^INV-1
      promise: $day_
    """
    del day_
    found = aged(ledger, "2026-09-15")
    assert {item["instalment"]: item["held"] for item in found} == held


@pytest.mark.parametrize("line", ["dispute: TRUE", "hold-until: 2026-12-31"])
def test_a_dispute_or_a_hold_is_about_the_whole_invoice(
    ledger: Ledger, line: str
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "30% net 10, 30% net 20, rest net 90"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-02 note Assets:Receivable:Acme "Called" ^INV-1
      $line
    """
    held = line.split(":", maxsplit=1)[0].removesuffix("-until")
    assert [item["held"] for item in aged(ledger)] == [held] * 3


def test_policies_may_differ_between_parts_of_an_invoice(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      policy: "friendly"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Hosting" ^INV-1
      due: 2026-10-01
      policy: "strict"
      Assets:Receivable:Acme   50.00 EUR
      Income:Services
    2026-10-30 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-31 note Assets:Receivable:Acme "A notice is long past" ^INV-1
      reminder: "due today"
    2026-11-03 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    2026-11-07 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "final notice"
    """
    # Strict: two days between first and second; friendly: seven.
    assert by_item(ledger) == {
        "INV-1 1/2": ("final notice", None, None),
        "INV-1 2/2": ("due today", "second reminder", "2026-11-07"),
    }
    assert problems(ledger) == [
        (
            '13: "due today" is out of order: "first reminder" was sent before, on '
            "2026-10-30."
        )
    ]


def test_a_reminder_of_what_has_no_due_date(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-30 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-31 note Assets:Receivable:Acme "Promised" ^INV-1
      promise: 2026-11-05
    """
    assert problems(ledger) == []
    assert stands(ledger) == ("first reminder", "2026-10-30", None, None, None)
    assert [str(b.entry.promise) for b in ledger.books().dunning.broken] == [
        "2026-11-05"
    ]


def test_a_reminder_beyond_the_calendar(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 9999-12-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-30 note Assets:Receivable:Acme "Far too soon" ^INV-1
      reminder: "first reminder"
    """
    assert problems(ledger) == []
    assert stands(ledger) == ("first reminder", "2026-10-30", None, None, None)


def test_a_notice_sent_while_reminders_rest(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-01 note Assets:Receivable:Acme "Away" ^INV-1
      hold-until: 2026-10-13
    2026-10-12 note Assets:Receivable:Acme "Sent all the same" ^INV-1
      reminder: "upcoming"
    """
    assert problems(ledger) == []
    assert stands(ledger)[:4] == (
        *("upcoming", "2026-10-12"),
        *("first reminder", "2026-10-15"),
    )


@pytest.mark.parametrize(
    ("as_of", "broken"),
    [
        ("2026-11-05", []),
        ("2026-11-06", [("2026-11-05", ["INV-1"]), ("2026-11-05", ["INV-2"])]),
        ("2026-11-10", [("2026-11-05", ["INV-1"]), ("2026-11-05", ["INV-2"])]),
        # The later promise of the one counts, and was kept.
        ("2026-11-16", [("2026-11-05", ["INV-1"])]),
        ("2026-11-21", [("2026-11-05", ["INV-1"])]),
        ("2026-12-01", []),
    ],
)
def test_promises_are_broken_the_day_after(
    ledger: Ledger, as_of: str, broken: list[tuple[str, list[str]]]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Acme  200.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-05
    2026-10-24 note Assets:Receivable:Acme "Called" ^INV-2
      promise: 2026-11-05
    2026-11-12 note Assets:Receivable:Acme "Called again" ^INV-2
      promise: 2026-11-20
    2026-11-15 * "Acme" "Payment" ^INV-2
      Assets:Bank             200.00 EUR
      Assets:Receivable:Acme
    2026-12-01 * "Acme" "Payment" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    assert [
        (str(one.entry.promise), [str(item.invoice) for item in one.items])
        for one in ledger.books(as_of).dunning.broken
    ] == broken


def test_a_promise_for_several_invoices_is_broken_once(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website" ^INV-2
      due: 2026-10-15
      Assets:Receivable:Acme  200.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Called" ^INV-1 ^INV-2
      promise: 2026-11-05
    2026-11-05 * "Acme" "Payment" ^INV-2
      Assets:Bank              50.00 EUR
      Assets:Receivable:Acme
    """
    (broken,) = ledger.books().dunning.broken
    assert [(item.invoice, item.open) for item in broken.items] == [
        ("INV-1", Decimal("100.00")),
        ("INV-2", Decimal("150.00")),
    ]


def test_notes_by_invoice_are_as_good_as_by_link(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website"
      invoice: "2026/014 a"
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent"
      invoice: "2026/014 a"
      reminder: "first reminder"
    2026-10-16 note Assets:Receivable:Acme "Called"
      invoice: "2026/014 b"
      promise: 2026-11-05
    """
    assert stands(ledger)[:2] == ("first reminder", "2026-10-15")
    assert problems(ledger) == [
        '9: There is no invoice 2026/014 b. Did you mean "2026/014 a"?'
    ]


def test_what_the_log_tells_of_an_instalment(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent, and promised" ^INV-1
      reminder: "first reminder"
      promise: 2026-10-20
    2026-10-16 note Assets:Receivable:Acme "History" ^INV-1
    2026-10-21 note Assets:Receivable:Acme "Disputed, and put off" ^INV-1
      dispute: TRUE
      hold-until: 2026-11-01
    """
    found = record(ledger)
    assert found.is_told
    assert found.promised == date(2026, 10, 20)
    assert found.held_until == date(2026, 11, 1)
    assert found.is_disputed
    assert found.held(date(2026, 10, 20)) == "promise"
    assert found.held(date(2026, 11, 1)) == "hold"
    assert found.held(date(2026, 11, 2)) is None
    assert ledger.books("2026-10-14").dunning.records == {}


def test_where_nothing_was_logged_nothing_was_sent() -> None:
    nothing = Record()
    assert nothing.last is None
    assert nothing.promised is None
    assert nothing.held_until is None
    assert nothing.rested_until is None
    assert not nothing.is_disputed
    assert nothing.held(date(2026, 10, 14)) is None


def test_charges_share_the_ladder_of_what_they_are_charged_on(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-10-16 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second reminder"
    """
    assert problems(ledger) == []
    assert [(item["instalment"], item["last_step"]) for item in aged(ledger)] == [
        ("1/1", "second reminder")
    ] * 2


def test_what_was_charged_later_was_not_promised(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    2026-10-24 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-05
    2026-11-01 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme    7.00 EUR
      Income:Fees
    2026-11-04 * "Acme" "As promised" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    (broken,) = ledger.books().dunning.broken
    assert [item.open for item in broken.items] == [Decimal("5.00")]


def test_a_promise_kept_with_a_payment_that_came_back_is_broken(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-11-05
    2026-11-04 * "Acme" "Direct debit" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-11-10 * "Acme" "The bank took it back" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Assets:Bank
    """
    assert [
        len(ledger.books(on).dunning.broken)
        for on in ("2026-11-05", "2026-11-09", "2026-11-10")
    ] == [0, 0, 1]


def test_of_many_unknown_invoices_the_first_few_are_helped() -> None:
    ledger = load(
        """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-12-14
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
        + "".join(
            f"""
2026-10-20 note Assets:Receivable:Acme "Called" ^INV-{number}
  hold-until: 2026-11-30
"""
            for number in range(100, 200)
        )
    )
    found = [problem.message for problem in ledger.books().dunning.problems]
    assert len(found) == 100
    assert found[0] == 'There is no invoice INV-100. Did you mean "INV-1"?'
    assert found[-1] == "There is no invoice INV-199."


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-10-01", ("first reminder", "2026-10-15")),
        ("2026-10-15", ("first reminder", "2026-10-15")),
        ("2026-10-16", ("second reminder", "2026-10-21")),
        ("2026-10-22", ("final notice", "2026-10-29")),
        ("2026-11-13", ("stop-loss review", "2026-11-13")),
        ("2026-11-14", None),
        ("2027-01-01", None),
    ],
)
def test_steps_before_the_start_count_as_taken(
    ledger: Ledger, start: str, expected: tuple[str, str] | None
) -> None:
    """
    2026-01-01 custom "dunning-option" "start" $start
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100 EUR
      Income:Services
    """
    del start
    assert following(ledger, "2026-10-20") == expected
    (aged,) = ledger.report("2026-11-20").items
    assert aged.needs_decision is (expected is None)


def test_the_log_goes_on_from_the_start(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "start" 2026-10-25
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100 EUR
      Income:Services
    2026-10-30 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "final notice"
    2026-09-14 * "Acme" "Hosting" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Acme  200 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent before the start" ^INV-2
      reminder: "first reminder"
    2026-09-14 * "Acme" "Logo" ^INV-3
      due: 2026-10-14
      Assets:Receivable:Acme  300 EUR
      Income:Services
    2026-10-30 note Assets:Receivable:Acme "Begun anew" ^INV-3
      reminder: "first reminder"
    2026-08-14 * "Acme" "Old" ^INV-4
      due: 2026-08-15
      Assets:Receivable:Acme  400 EUR
      Income:Services
    2026-10-30 note Assets:Receivable:Acme "Begun anew" ^INV-4
      reminder: "first reminder"
    """
    found = {
        aged.item.invoice: (step.name, str(aged.standing.next_date))
        for aged in ledger.report("2026-10-31").items
        if (step := aged.standing.next_step)
    }
    assert found == {
        "INV-1": ("stop-loss review", "2026-11-14"),
        "INV-2": ("final notice", "2026-10-29"),
        "INV-3": ("final notice", "2026-11-07"),
    }
    before = (
        '"first reminder" is out of order: its day was before the option "start", '
        "2026-10-25."
    )
    assert lines(ledger.books("2026-10-31").dunning.problems) == [
        f"24: {before}",
        f"18: {before}",
    ]
