"""What did not arrive, what others have in hand, and what is history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.story import tell
from beancount_dunning.standing.aging import age
from tests.conftest import lines

if TYPE_CHECKING:
    from beancount_dunning.standing.records import Record
    from tests.conftest import Ledger

STEPS = ("last_step", "last_sent", "next_step", "next_date", "held")


def stands(ledger: Ledger, as_of: str) -> list[tuple[str | None, ...]]:
    report = age(ledger.books(as_of)).as_dict()
    return [tuple(row[key] for key in STEPS) for row in report["items"]]


def problems(ledger: Ledger, as_of: str) -> list[str]:
    return lines(ledger.books(as_of).dunning.problems)


def record(ledger: Ledger, as_of: str) -> Record:
    books = ledger.books(as_of)
    return books.dunning.record(books.receivables.items[0])


def events(ledger: Ledger, as_of: str) -> list[tuple[str, str]]:
    story = tell(ledger.books(as_of), "I-1")
    assert story
    return [(event.kind, str(event.fact.text)) for event in story.events[2:]]


def whys(ledger: Ledger, as_of: str) -> list[str]:
    story = tell(ledger.books(as_of), "I-1")
    assert story
    return [str(fact.text) for fact in story.parts[0].why]


# What did not arrive.


def test_a_step_that_bounced_is_next_again(ledger: Ledger) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-02 note Assets:Receivable "E-mailed" ^I-1
      reminder: "first reminder"
    2026-06-08 note Assets:Receivable "E-mailed" ^I-1
      reminder: "second reminder"
    2026-06-09 note Assets:Receivable "Mailbox full" ^I-1
      bounced: "second reminder"
    2026-06-10 note Assets:Receivable "E-mailed again" ^I-1
      reminder: "second reminder"
    """
    first = ("first reminder", "2026-06-02", "second reminder", "2026-06-08", None)
    second = ("second reminder", "2026-06-08", "final notice", "2026-06-16", None)
    again = ("second reminder", "2026-06-10", "final notice", "2026-06-18", None)
    assert stands(ledger, "2026-06-08") == [second]
    assert stands(ledger, "2026-06-09") == [first]
    assert stands(ledger, "2026-06-10") == [again]
    assert problems(ledger, "2026-06-10") == []
    assert ("bounced", "Did not arrive: second reminder. Mailbox full") in events(
        ledger, "2026-06-10"
    )


def test_what_was_sent_after_it_is_not_sent_again(ledger: Ledger) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-02 note Assets:Receivable "Posted" ^I-1
      reminder: "first reminder"
    2026-06-08 note Assets:Receivable "E-mailed" ^I-1
      reminder: "second reminder"
    2026-06-12 note Assets:Receivable "The letter came back" ^I-1
      bounced: "first reminder"
    2026-06-15 note Assets:Receivable "Posted" ^I-1
      reminder: "first reminder"
    """
    assert stands(ledger, "2026-06-12") == [
        ("second reminder", "2026-06-08", "first reminder", "2026-06-11", None)
    ]
    assert stands(ledger, "2026-06-15")[0][2] == "final notice"
    assert problems(ledger, "2026-06-15") == []


def test_a_note_can_say_that_it_bounced_and_was_sent_again(ledger: Ledger) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-02 note Assets:Receivable "E-mailed" ^I-1
      reminder: "first reminder"
    2026-06-03 note Assets:Receivable "Bounced, posted" ^I-1
      bounced: "first reminder"
      reminder: "first reminder"
      channel: "letter"
    """
    assert stands(ledger, "2026-06-03")[0][:2] == ("first reminder", "2026-06-03")
    assert problems(ledger, "2026-06-03") == []


def test_only_what_the_last_sending_was_for_is_next_again(ledger: Ledger) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      Assets:Receivable  100.00 EUR
        due: 2026-06-01
      Assets:Receivable  100.00 EUR
        due: 2026-07-01
      Income:Services
    2026-06-02 note Assets:Receivable "E-mailed" ^I-1
      reminder: "first reminder"
    2026-07-02 note Assets:Receivable "E-mailed" ^I-1
      reminder: "first reminder"
    2026-07-03 note Assets:Receivable "Mailbox full" ^I-1
      bounced: "first reminder"
    """
    assert [one[:3] for one in stands(ledger, "2026-07-03")] == [
        ("first reminder", "2026-06-02", "second reminder"),
        (None, None, "first reminder"),
    ]


def test_what_was_sent_out_of_order_can_bounce(ledger: Ledger) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-09 note Assets:Receivable "E-mailed" ^I-1
      reminder: "second reminder"
    2026-06-10 note Assets:Receivable "Mailbox full" ^I-1
      bounced: "second reminder"
    """
    assert stands(ledger, "2026-06-10")[0][:3] == (None, None, "first reminder")


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (
            "second reminder",
            '"second reminder" was not sent, so it cannot have bounced.',
        ),
        (
            "first remindr",
            'has no step "first remindr". Did you mean "first reminder"?',
        ),
    ],
)
def test_what_was_not_sent_cannot_bounce(
    ledger: Ledger, step: str, message: str
) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-02 note Assets:Receivable "E-mailed" ^I-1
      reminder: "first reminder"
    2026-06-10 note Assets:Receivable "Mailbox full" ^I-1
      bounced: "$step"
    """
    del step
    (found,) = problems(ledger, "2026-06-10")
    assert found.startswith("7: ")
    assert found.endswith(message)
    assert stands(ledger, "2026-06-10")[0][0] == "first reminder"


# What others have in hand.


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("agency", "an agency"),
        ("lawyer", "a lawyer"),
        ("court", "the court"),
    ],
)
def test_what_is_handed_to_others_rests_until_it_is_back(
    ledger: Ledger, who: str, words: str
) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-10 note Assets:Receivable "Sent them the file" ^I-1
      handed: "$who"
    2026-06-20 note Assets:Receivable "They gave up" ^I-1
      handed: FALSE
    """
    del who
    assert stands(ledger, "2026-06-10") == [
        (None, None, "first reminder", None, "hold")
    ]
    found = reminders(ledger.books("2026-06-10"), days=400)
    assert (found.due, found.upcoming, found.undecided) == ((), (), ())
    (error,) = ledger.findings("2026-06-10")
    assert error.message.endswith(f", handed to {words}")
    assert f"Handed to {words}: no reminders" in whys(ledger, "2026-06-10")
    assert events(ledger, "2026-06-20") == [
        ("handed", f"Handed to {words}. Sent them the file"),
        ("handed", "Taken back. They gave up"),
    ]
    assert stands(ledger, "2026-06-20") == [
        (None, None, "first reminder", "2026-06-20", None)
    ]
    assert problems(ledger, "2026-06-20") == []


def test_what_nobody_has_cannot_come_back(ledger: Ledger) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-20 note Assets:Receivable "They gave up" ^I-1
      handed: FALSE
    """
    assert problems(ledger, "2026-06-20") == ["5: I-1 was not handed to anybody."]


def test_what_is_in_dispute_and_handed_needs_a_decision(ledger: Ledger) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-10 note Assets:Receivable "Sent them the file" ^I-1
      handed: "lawyer"
      dispute: TRUE
    """
    assert stands(ledger, "2026-06-10")[0][-1] == "dispute"
    assert len(reminders(ledger.books("2026-06-10")).undecided) == 1


# History.


def test_a_confirmed_balance_and_a_reason_are_history(ledger: Ledger) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-10 note Assets:Receivable "Signed" ^I-1
      confirmed: TRUE
    2026-06-11 note Assets:Receivable "Called" ^I-1
      reason: "no money"
    2026-06-12 note Assets:Receivable "Pays" ^I-1
      promise: 2026-06-12
      reason: "holiday"
    """
    assert events(ledger, "2026-06-12") == [
        ("confirmed", "Balance confirmed. Signed"),
        ("note", "Called (reason: no money)"),
        ("promise", "Promised by 2026-06-12. Pays (reason: holiday)"),
    ]
    assert record(ledger, "2026-06-10").is_told
    assert stands(ledger, "2026-06-11")[0][-1] is None


@pytest.mark.parametrize("line", ["confirmed: TRUE", 'reason: "quality"'])
def test_history_of_no_invoice_is_an_error(ledger: Ledger, line: str) -> None:
    """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-06-10 note Assets:Receivable "Signed" ^I-2
      $line
    """
    del line
    assert problems(ledger, "2026-06-10") == [
        '5: There is no invoice I-2. Did you mean "I-1"?'
    ]
