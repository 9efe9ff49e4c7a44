"""What to send on a date, and what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from beancount.core.data import Posting
from beancount.core.data import Transaction

from beancount_dunning.answers.reminders import Reminders
from beancount_dunning.answers.reminders import StaleBank
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import newest_bank_entry
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.reminders import stale_bank
from tests.conftest import Day
from tests.conftest import Ledger
from tests.conftest import load


def found(ledger: Ledger, as_of: Day, days: int = 0) -> Reminders:
    return reminders(ledger.books(as_of), days=days)


def shown(ledger: Ledger, as_of: Day, days: int = 0) -> tuple[list[str], list[str]]:
    """Return what is due and what comes up."""
    both = found(ledger, as_of, days)
    due, upcoming = (
        [f"{one.item.label} {one.step.name} {one.scheduled}" for one in some]
        for some in (both.due, both.upcoming)
    )
    return due, upcoming


def test_reminders_in_json(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme  EUR
      customer: "Acme GmbH"
      email: "ap@acme.example"
    2026-01-01 custom "dunning-step" "standard" "first reminder"  3
    2026-01-01 custom "dunning-step" "standard" "final notice"    24
      channel: "letter"
    2026-09-14 * "Acme GmbH" "Website, September" ^INV-2026-014
      due: 2026-10-14
      Assets:Receivable:Acme   2380.00 EUR
      Income:Services         -2380.00 EUR
    2026-10-20 * "Acme GmbH" "Part payment" ^INV-2026-014
      Assets:Bank              1190.00 EUR
      Assets:Receivable:Acme
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-2026-014
      reminder: "first reminder"
    2026-10-22 * "Bolt" "Website" ^INV-2
      due: 2026-11-20
      Assets:Receivable        100.00 USD
      Income:Services
    2026-10-22 * "Website" ^INV-3
      terms: "on receipt"
      Assets:Receivable         10.00 USD
      Income:Services
    """
    # 14 October + 24 days is 7 November; 21 October + 21 days is 11 November.
    assert found(ledger, "2026-11-20", 7).as_dict() == {
        "as_of": "2026-11-20",
        "due": [
            {
                "invoice": "INV-3",
                "instalment": "1/1",
                "customer": None,
                "step": "first reminder",
                "scheduled": "2026-10-25",
                "days_overdue": 29,
                "open": "10.00",
                "currency": "USD",
                "channel": None,
                "email": None,
                "credit": "0",
            },
            {
                "invoice": "INV-2026-014",
                "instalment": "1/1",
                "customer": "Acme GmbH",
                "step": "final notice",
                "scheduled": "2026-11-11",
                "days_overdue": 37,
                "open": "1190.00",
                "currency": "EUR",
                "channel": "letter",
                "email": "ap@acme.example",
                "credit": "0",
            },
        ],
        "upcoming": [
            {
                "invoice": "INV-2",
                "instalment": "1/1",
                "customer": "Bolt",
                "step": "first reminder",
                "scheduled": "2026-11-23",
                "days_overdue": 0,
                "open": "100.00",
                "currency": "USD",
                "channel": None,
                "email": None,
                "credit": "0",
            }
        ],
        "needs_decision": [],
    }


@pytest.mark.parametrize(
    ("as_of", "days", "expected"),
    [
        ("2026-10-11", 0, ([], [])),
        ("2026-10-11", 1, ([], ["INV-1 upcoming 2026-10-12"])),
        ("2026-10-12", 0, (["INV-1 upcoming 2026-10-12"], [])),
        ("2026-10-13", 1, ([], [])),
        ("2026-10-13", 2, ([], ["INV-1 first reminder 2026-10-15"])),
        ("2026-10-15", 0, (["INV-1 first reminder 2026-10-15"], [])),
        ("2026-12-31", 7, (["INV-1 first reminder 2026-10-15"], [])),
        ("9999-12-31", 3660, (["INV-1 first reminder 2026-10-15"], [])),
    ],
)
def test_due_on_the_day_and_coming_up(
    ledger: Ledger, as_of: str, days: int, expected: tuple[list[str], list[str]]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert shown(ledger, as_of, days) == expected


@pytest.mark.parametrize(
    ("key", "resumes"),
    [
        ("promise: 2026-11-05", "2026-11-06"),
        ("hold-until: 2026-11-07", "2026-11-08"),
        ("dispute: TRUE", None),
    ],
)
def test_what_rests_is_not_due(ledger: Ledger, key: str, resumes: str | None) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Rests" ^INV-1
      $key
    """
    del key
    assert shown(ledger, "2026-10-23", 30) == (["INV-1 first reminder 2026-10-15"], [])
    after = [f"INV-1 first reminder {resumes}"] if resumes else []
    assert shown(ledger, "2026-10-24", 30) == ([], after)
    assert shown(ledger, "2026-11-30", 30) == (after, [])


def test_a_reminder_asks_for_all_of_an_instalment_in_one_currency(
    ledger: Ledger,
) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 10.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable   100.00 EUR
      Assets:Receivables   50.00 EUR
      Assets:Receivable    20.00 USD
      Income:Services
    2026-10-20 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable     1.00 EUR
      Income:Interest
    2026-10-21 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-21
      Assets:Receivable    10.00 EUR
      Income:Fees
    2026-10-22 * "Acme" "Second" ^INV-1
      due: 2026-10-30
      Assets:Receivable   300.00 EUR
      Income:Services
    """
    due = found(ledger, "2026-11-20").due
    assert [
        (one.item.instalment, one.item.charge, str(one.open), one.item.currency)
        for one in due
    ] == [
        ("1/2", None, "161.00", "EUR"),
        ("1/2", None, "20.00", "USD"),
        ("2/2", None, "300.00", "EUR"),
    ]


def test_a_charge_that_alone_is_open_is_reminded(ledger: Ledger) -> None:
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
    2026-10-25 * "Acme" "Payment" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    (one,) = found(ledger, "2026-11-20").due
    assert (one.item.charge, one.open) == ("fee", Decimal("5.00"))


def test_items_without_a_reference_are_reminded_one_by_one(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-09-14 * "Acme" "Website"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    due = found(ledger, "2026-11-20").due
    assert [(one.item.label, str(one.open)) for one in due] == [
        ("Website", "100.00"),
        ("Website (2)", "100.00"),
    ]


@pytest.mark.parametrize(
    ("channel", "keys", "expected"),
    [
        ('channel: "email"', ["email", "address", "phone"], "E"),
        ('channel: "letter"', ["email", "address", "phone"], "A"),
        ('channel: "phone"', ["email", "address", "phone"], "P"),
        ('channel: "message"', ["email", "address", "phone"], "P"),
        ('channel: "letter"', ["email"], None),
        ("min-interval: 0", ["email", "address", "phone"], "E"),
        ("min-interval: 0", ["address", "phone"], "A"),
        ("min-interval: 0", ["phone"], "P"),
        ("min-interval: 0", [], None),
    ],
)
def test_where_a_reminder_goes(
    channel: str, keys: list[str], expected: str | None
) -> None:
    file = "".join(f'  {key}: "{key[0].upper()}"\n' for key in keys)
    ledger = load(
        '2026-01-01 custom "dunning-customer" "Acme"\n'
        f"{file}"
        '2026-01-01 custom "dunning-step" "standard" "first" 1\n'
        f"  {channel}\n"
        '2026-09-14 * "Acme" "Website" ^INV-1\n'
        "  due: 2026-10-14\n"
        "  Assets:Receivable:Acme  100.00 EUR\n"
        "  Income:Services\n"
    )
    assert not ledger.errors
    (one,) = found(ledger, "2026-11-20").due
    assert one.address == expected
    ways = {"E": "email", "A": "letter", "P": "phone"}
    assert one.way == (one.channel or ways.get(expected or ""))
    assert one.channel == (channel[10:-1] if channel.startswith("ch") else None)


def test_reminders_to_one_customer_are_one_letter(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      email: "ap@acme.example"
    2026-01-01 custom "dunning-step" "standard" "first" 1
    2026-01-01 custom "dunning-step" "standard" "second" 5
      channel: "letter"
    2026-09-14 * "Acme" "One" ^INV-1
      due: 2026-10-14
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-14 * "Bolt" "Two" ^INV-2
      due: 2026-10-15
      Assets:Receivable  200.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Three" ^INV-3
      due: 2026-10-16
      Assets:Receivable  300.00 USD
      Income:Services
    2026-09-14 * "Acme" "Four" ^INV-4
      due: 2026-10-17
      Assets:Receivable   50.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable "Sent" ^INV-3
      reminder: "first"
    """
    # INV-3 is due on 16 October, and its second step comes 4 days after the first.
    report = found(ledger, "2026-11-20").as_dict(by_customer=True)
    acme, bolt = report["due"]
    assert [one["invoice"] for one in acme.pop("invoices")] == [
        "INV-1",
        "INV-4",
        "INV-3",
    ]
    assert acme == {
        "customer": "Acme",
        "step": "second",
        "scheduled": "2026-10-15",
        "days_overdue": 37,
        "open": {"EUR": "150.00", "USD": "300.00"},
        "credit": {},
        "to_pay": {"EUR": "150.00", "USD": "300.00"},
        "channel": "letter",
        "email": "ap@acme.example",
    }
    assert (bolt["customer"], bolt["step"], bolt["email"]) == ("Bolt", "first", None)
    assert report["upcoming"] == []
    assert letters([]) == []


def test_of_the_same_step_the_oldest_gives_the_tone(ledger: Ledger) -> None:
    """
    2026-09-14 * "One" ^INV-1
      due: 2026-10-14
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-14 * "Two" ^INV-2
      due: 2026-10-04
      Assets:Receivable  100.00 EUR
      Income:Services
    """
    (letter,) = letters(found(ledger, "2026-11-20").due)
    assert letter.furthest.item.invoice == "INV-2"
    assert letter.as_dict()["customer"] is None


BANK = """
    2026-01-01 open Assets:Receivable:Acme
    2026-01-01 open Assets:Bank
    2026-01-01 open Assets:Savings
    2026-01-01 open Assets:Prepaid
    2026-01-01 open Expenses:BadDebt
    2026-01-01 open Income:Services
    2026-01-01 open Equity:Opening
    2026-01-02 * "Transfer between banks that nobody pays to yet"
      Assets:Savings          1.00 EUR
      Assets:Bank
    2026-02-01 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
"""


def newest(text: str, as_of: Day) -> date | None:
    ledger = load(text)
    assert not ledger.errors
    return newest_bank_entry(ledger.books(as_of))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        # Nobody ever paid.
        ("", None),
        (
            """
    2026-03-01 * "Acme" "Written off" ^INV-1
      Expenses:BadDebt        100.00 EUR
      Assets:Receivable:Acme
            """,
            None,
        ),
        (
            """
    2026-03-01 * "Acme" "Paid, and fees" ^INV-1
      Assets:Bank              99.00 EUR
      Expenses:BadDebt          1.00 EUR
      Assets:Receivable:Acme
    2026-03-02 * "Written off, after that"
      Expenses:BadDebt          1.00 EUR
      Equity:Opening
            """,
            "2026-03-01",
        ),
        (
            """
    2026-03-01 * "Acme" "Paid" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-03-05 * "Bread"
      Assets:Bank              -1.00 EUR
      Expenses:BadDebt
    2026-03-09 * "Elsewhere"
      Assets:Savings           -1.00 EUR
      Expenses:BadDebt
    2026-03-31 * "Not yet"
      Assets:Bank              -1.00 EUR
      Expenses:BadDebt
            """,
            "2026-03-05",
        ),
        (
            """
    2026-03-01 * "Acme" "Paid" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-03-08 balance Assets:Bank     99.00 EUR
    2026-03-09 balance Assets:Savings   1.00 EUR
            """,
            "2026-03-08",
        ),
    ],
)
def test_the_newest_entry_on_a_bank_account(more: str, expected: str | None) -> None:
    found = newest(BANK + more, "2026-03-30")
    assert str(found) == str(expected)


def test_a_debit_is_no_payment() -> None:
    # A refund goes from the bank to the customer; what pays nothing pays nothing.
    more = """
    2026-03-01 * "Acme" "Refund" ^INV-1
      Assets:Receivable:Acme    5.00 EUR
      Assets:Bank
    2026-03-02 * "Acme" "Nothing" ^INV-1
      Assets:Receivable:Acme    0.00 EUR
      Assets:Bank               0.00 EUR
    """
    assert newest(BANK + more, "2026-03-30") is None


def test_the_bank_is_one_of_the_ledger_s_own_assets() -> None:
    text = """
    option "name_assets" "Vermoegen"
    2026-02-01 * "Acme" "Website" ^INV-1
      Vermoegen:Receivable:Acme  100.00 EUR
      Income:Services
    2026-03-01 * "Acme" "Paid" ^INV-1
      Vermoegen:Bank             100.00 EUR
      Vermoegen:Receivable:Acme
    """
    assert newest(text, "2026-03-30") == date(2026, 3, 1)


def test_a_posting_that_beancount_could_not_complete_pays_nothing(
    ledger: Ledger,
) -> None:
    """
    2026-02-01 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    (sale,) = (one for one in ledger.entries if isinstance(one, Transaction))
    broken = sale._replace(
        postings=[
            Posting(name, None, None, None, None, None)
            for name in ("Assets:Receivable:Acme", "Assets:Bank")
        ]
    )
    books = replace(ledger.books(), entries=[broken])
    assert newest_bank_entry(books) is None


def test_neither_notes_nor_other_accounts_are_a_banks_entries(ledger: Ledger) -> None:
    """
    2026-02-01 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-20 * "Acme" "Paid" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-03-01 note Assets:Bank "Opened an account for savings"
    2026-03-02 balance Liabilities:Card  0.00 EUR
    """
    assert newest_bank_entry(ledger.books("2026-03-31")) == date(2026, 2, 20)


def test_padding_is_not_to_be_sent_since_nobody_could_log_it(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      terms: "net 30"
    2026-01-01 open Equity:Opening
    2026-01-01 pad Assets:Receivable:Acme Equity:Opening
    2026-01-02 balance Assets:Receivable:Acme  100.00 EUR
    2026-01-03 * "Acme" "Website"
      Assets:Receivable:Acme  5.00 EUR
      Income:Services
    """
    found = reminders(ledger.books()).due
    assert [one.item.label for one in found] == ["Website"]
    assert [aged.item.label for aged in ledger.report().items] == [
        *("(padding)", "Website"),
    ]


@pytest.mark.parametrize(
    ("as_of", "days", "expected"),
    [
        ("2026-10-27", 7, None),
        ("2026-10-28", 7, StaleBank(date(2026, 10, 20), 8)),
        ("2026-10-28", 8, None),
        # On these days nothing is open, and nobody could be reminded wrongly.
        ("2026-09-13", 7, None),
        ("2026-12-31", 7, None),
    ],
)
def test_a_bank_is_stale_while_something_is_open(
    ledger: Ledger, as_of: str, days: int, expected: StaleBank | None
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 * "Acme" "Part payment" ^INV-1
      Assets:Bank              40.00 EUR
      Assets:Receivable:Acme
    2026-11-30 * "Acme" "Written off" ^INV-1
      Expenses:Bad             60.00 EUR
      Assets:Receivable:Acme
    """
    assert stale_bank(ledger.books(as_of), days) == expected


def test_a_bank_without_entries_is_stale(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    bank = stale_bank(ledger.books())
    assert bank == StaleBank(None, None)
    assert bank.in_words().startswith("There are no bank entries yet.")
    assert bank.as_dict() == {"newest": None, "days": None}


def test_overdue_items_without_a_next_step_need_a_decision(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 10.00 EUR
    2026-01-01 custom "dunning-step" "once" "call" 1
    2026-01-01 custom "dunning-option" "policy" "once"
    2026-09-14 * "Acme" "All sent" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      reminder: "call"
    2026-09-14 * "Acme" "In dispute" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Not as ordered" ^INV-2
      dispute: TRUE
    2026-09-14 * "Acme" "To be called" ^INV-3
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Never reminded" ^INV-4
      due: 2026-10-14
      policy: "none"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Too little" ^INV-5
      due: 2026-10-14
      Assets:Receivable:Acme    5.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Not due" ^INV-6
      due: 2026-12-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Not as ordered" ^INV-6
      dispute: TRUE
    """
    undecided = reminders(ledger.books()).undecided
    assert [aged.item.invoice for aged in undecided] == ["INV-1", "INV-2"]
