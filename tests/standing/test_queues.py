"""Whose turn it is by the queues, and by asking everybody: the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.standing.following import follow
from beancount_dunning.standing.sent_steps import SentSteps
from tests.conftest import load
from tests.strategies import FIRST
from tests.strategies import OWN
from tests.strategies import Case
from tests.strategies import cases
from tests.test_properties import steady

if TYPE_CHECKING:
    from tests.conftest import Ledger

quick = profile(parent=steady, max_examples=profile().max_examples)


@st.composite
def logged(draw: st.DrawFn) -> Case:
    """Draw an invoice with many reminders, in order or not, and some that bounced."""
    case = draw(cases(accounts=OWN))
    names = [rung.name for rung in case.ladder]
    more = ""
    if draw(st.booleans()):
        more += f'{FIRST + timedelta(days=50)} custom "dunning-step" "house" "more" 9\n'
    for _ in range(draw(st.integers(1, 12))):
        day = FIRST + timedelta(days=draw(st.integers(0, 120)))
        account = draw(st.sampled_from(case.debts)).account
        more += f'{day} note {account} "Sent" ^INV-1\n'
        key = draw(st.sampled_from(("reminder", "reminder", "reminder", "bounced")))
        more += f'  {key}: "{draw(st.sampled_from(names))}"\n'
    return replace(case, more=more)


def answers(ledger: Ledger) -> tuple[object, list[str]]:
    books = ledger.books(FIRST + timedelta(days=200))
    found = follow(books.log, books.receivables, books.settings)
    records = {
        group: (
            [(sent.step.name, sent.date) for sent in record.sent],
            record.reached and (record.reached.step.name, record.reached.date),
            record.rested_until,
        )
        for group, record in found.records.items()
    }
    return records, [problem.message for problem in found.problems]


@quick
@given(logged())
def test_the_queues_answer_as_if_everybody_was_asked(case: Case) -> None:
    ledger = load(case.text)
    by_queues = answers(ledger)
    with patch.object(SentSteps, "take_queued", return_value=False):
        assert answers(ledger) == by_queues


def last_steps(ledger: Ledger, as_of: str) -> list[tuple[str, str | None]]:
    rows = ledger.report(as_of).as_dict()["items"]
    return [(row["customer"], row["last_step"]) for row in rows]


def test_each_account_of_an_invoice_has_its_queues(ledger: Ledger) -> None:
    """
    2026-05-11 * "Trip" ^I-1
      due: 2026-06-01
      Assets:Receivable:Ann  100.00 EUR
      Assets:Receivable:Bob  100.00 EUR
      Income:Services
    2026-06-02 note Assets:Receivable:Ann "Sent" ^I-1
      reminder: "first reminder"
    2026-06-03 note Assets:Receivable:Bob "Sent" ^I-1
      reminder: "first reminder"
    2026-06-08 note Assets:Receivable:Ann "Sent" ^I-1
      reminder: "second reminder"
    """
    assert last_steps(ledger, "2026-06-10") == [
        ("Ann", "second reminder"),
        ("Bob", "first reminder"),
    ]
    assert ledger.books("2026-06-10").dunning.problems == ()


def test_what_is_charged_under_a_policy_of_its_own_is_asked_for_it(
    ledger: Ledger,
) -> None:
    """
    2026-05-11 * "Acme" "Website" ^I-1
      due: 2026-06-01
      policy: "friendly"
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-05 * "Acme" "Interest" ^I-1
      due: 2026-06-01
      charge: "interest"
      Assets:Receivable  1.00 EUR
      Income:Services
    2026-06-08 note Assets:Receivable "Sent" ^I-1
      reminder: "first reminder"
    2026-06-20 * "Acme" "Paid" ^I-1
      Assets:Bank        100.00 EUR
      Assets:Receivable
    2026-06-23 note Assets:Receivable "Sent" ^I-1
      reminder: "final notice"
    """
    (problem,) = ledger.books("2026-06-24").dunning.problems
    assert problem.message.startswith('"final notice" is out of order: "second rem')


def test_what_is_paid_waits_for_nothing(ledger: Ledger) -> None:
    """
    2026-05-11 * "Ann" "Trip" ^I-1
      Assets:Receivable  100.00 EUR
        due: 2026-06-01
      Assets:Receivable  100.00 EUR
        due: 2026-07-01
      Income:Services
    2026-06-01 * "Ann" "Paid" ^I-1
      Assets:Bank        100.00 EUR
      Assets:Receivable
    2026-07-02 note Assets:Receivable "Sent" ^I-1
      reminder: "first reminder"
    2026-07-03 note Assets:Receivable "Mailbox full" ^I-1
      bounced: "first reminder"
    """
    assert last_steps(ledger, "2026-07-02") == [("Ann", "first reminder")]
    assert last_steps(ledger, "2026-07-03") == [("Ann", None)]
