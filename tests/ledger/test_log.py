"""What a note of the log says, and what is said of one that makes no sense."""

from __future__ import annotations

import datetime as dt
from datetime import date
from typing import Any

import pytest
from beancount.core.data import Document
from beancount.core.data import Note
from beancount.core.data import new_metadata

from beancount_dunning.basics.errors import LogError
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.log import Log
from beancount_dunning.ledger.log import LogEntry
from beancount_dunning.ledger.log import read_log
from tests.conftest import AS_OF
from tests.conftest import Ledger
from tests.conftest import lines
from tests.conftest import load

STEP = 'a step in quotes, like "first reminder"'
WHO = '"agency", "lawyer" or "court", or FALSE when it is back'
TEXT = 'text in quotes, like "…"'
DAY = "a date, like 2026-10-21"
ANSWER = "TRUE, an amount like 200.00 EUR, or FALSE when it is resolved"


def log(ledger: Ledger, as_of: str = AS_OF) -> Log:
    return ledger.books(as_of).log


def problems(ledger: Ledger) -> list[str]:
    return lines(log(ledger).problems)


def told(ledger: Ledger, name: str = "INV-1", as_of: str = AS_OF) -> list[LogEntry]:
    return list(log(ledger, as_of).entries.get(name, ()))


def said(ledger: Ledger, name: str = "INV-1") -> tuple[Any, ...]:
    (entry,) = told(ledger, name)
    return (entry.reminder, entry.promise, entry.dispute, entry.hold_until)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('reminder: "first reminder"', ("first reminder", None, None, None)),
        ('reminder: " first reminder "', ("first reminder", None, None, None)),
        ("promise: 2026-11-05", (None, date(2026, 11, 5), None, None)),
        ('promise: "2026-11-05"', (None, date(2026, 11, 5), None, None)),
        ("promise: 2026-10-21", (None, date(2026, 10, 21), None, None)),
        ("dispute: TRUE", (None, None, True, None)),
        ("dispute: FALSE", (None, None, False, None)),
        ("hold-until: 2026-11-05", (None, None, None, date(2026, 11, 5))),
        ('hold-until: "2026-10-21"', (None, None, None, date(2026, 10, 21))),
        ('seen: "by Ms Li"', (None, None, None, None)),
    ],
)
def test_a_note_says(ledger: Ledger, line: str, expected: tuple[Any, ...]) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Called Ms Li" ^INV-1
      $line
    """
    del line
    assert said(ledger) == expected
    assert problems(ledger) == []
    (entry,) = told(ledger)
    assert (entry.date, entry.account, entry.text) == (
        date(2026, 10, 21),
        "Assets:Receivable:Acme",
        "Called Ms Li",
    )
    assert entry.is_history == (expected == (None,) * 4)


def test_a_note_may_say_several_things(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Sent; promised; disputed" ^INV-1
      reminder: "first reminder"
      promise: 2026-11-05
      dispute: TRUE
      hold-until: 2026-12-01
    """
    assert said(ledger) == (
        "first reminder",
        date(2026, 11, 5),
        True,
        date(2026, 12, 1),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("reminder: 1", f"reminder: expected {STEP}; got 1."),
        ("reminder:", f"reminder: expected {STEP}; got nothing."),
        ("reminder: TRUE", f"reminder: expected {STEP}; got TRUE."),
        ('reminder: " "', f'reminder: expected {STEP}; got " ".'),
        ("promise: TRUE", f"promise: expected {DAY}; got TRUE."),
        ('promise: "soon"', f'promise: expected {DAY}; got "soon".'),
        ('promise: "2026-11-31"', f'promise: expected {DAY}; got "2026-11-31".'),
        ('promise: "20261105"', f'promise: expected {DAY}; got "20261105".'),
        ("promise: 100.00 EUR", f"promise: expected {DAY}; got 100.00 EUR."),
        (
            "promise: 2026-10-20",
            "promise: 2026-10-20 is before the date of the note, 2026-10-21.",
        ),
        ('dispute: "yes"', f'dispute: expected {ANSWER}; got "yes".'),
        ("dispute: 0.00 EUR", f"dispute: expected {ANSWER}; got 0.00 EUR."),
        ("confirmed: FALSE", "confirmed: expected TRUE; got FALSE."),
        ('handed: "police"', f'handed: expected {WHO}; got "police".'),
        ("handed: TRUE", f"handed: expected {WHO}; got TRUE."),
        ("bounced: 1", f"bounced: expected {STEP}; got 1."),
        ('reason: ""', f'reason: expected {TEXT}; got "".'),
        ("to: 5", f"to: expected {TEXT}; got 5."),
        (
            'channel: "fax"',
            'channel: expected "email", "letter", "phone" or "message"; got "fax".',
        ),
        (
            "amount: 5.00 EUR",
            "amount: says how much is promised; add the day, like promise: 2026-10-21.",
        ),
        ("amount: 5.00", "amount: expected an amount, like 5.00 EUR; got 5.00."),
        ("amount: 0 EUR", "amount: expected an amount, like 400.00 EUR; got 0 EUR."),
        ("dispute: 1", f"dispute: expected {ANSWER}; got 1."),
        ("hold-until: 7", f"hold-until: expected {DAY}; got 7."),
        (
            'hold-until: "2026-10-01"',
            "hold-until: 2026-10-01 is before the date of the note, 2026-10-21.",
        ),
    ],
)
def test_a_note_that_cannot_be_understood_is_an_error_and_has_no_effect(
    ledger: Ledger, line: str, message: str
) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Called" ^INV-1
      $line
    """
    del line
    assert problems(ledger) == [f"1: {message}"]
    assert said(ledger) == (None, None, None, None)


def test_what_a_note_says_right_counts_beside_what_it_says_wrong(
    ledger: Ledger,
) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Called" ^INV-1
      reminder: 1
      promise: 2026-11-05
    """
    assert problems(ledger) == [f"1: reminder: expected {STEP}; got 1."]
    assert said(ledger) == (None, date(2026, 11, 5), None, None)


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("reminders", "reminder"),
        ("promised", "promise"),
        ("disputed", "dispute"),
        ("hold-untill", "hold-until"),
        ("hold_until", "hold-until"),
        ("hold", "hold-until"),
        ("chanel", "channel"),
        ("reasons", "reason"),
        ("amounts", "amount"),
        ("confirm", "confirmed"),
        ("bounce", "bounced"),
    ],
)
def test_a_key_that_is_nearly_one_of_ours_is_an_error(
    ledger: Ledger, key: str, meant: str
) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Called" ^INV-1
      $key: "2026-11-05"
    """
    assert problems(ledger) == [
        f'1: "{key}" is not a key of a note; did you mean "{meant}"?'
    ]
    assert said(ledger) == (None, None, None, None)


@pytest.mark.parametrize("key", ["compromise", "on-hold", "remark", "reminder-by"])
def test_other_keys_are_the_user_s_own(ledger: Ledger, key: str) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Called" ^INV-1
      $key: "x"
    """
    del key
    assert problems(ledger) == []


def test_without_a_link_a_key_that_is_nearly_ours_may_be_anybody_s(
    ledger: Ledger,
) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "A promising customer"
      promised: "the earth"
    """
    assert problems(ledger) == []


def test_a_note_of_the_log_names_its_invoice(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Called"
      promise: 2026-11-05
    2026-10-22 note Assets:Receivable:Acme "Called"
      invoice: " "
      dispute: TRUE
    2026-10-23 note Assets:Receivable:Acme "Called, and nothing came of it"
    """
    which = "Which invoice is this about? Add its link, like ^INV-2026-014."
    assert problems(ledger) == [f"1: {which}", f"3: {which}"]
    assert log(ledger).entries == {}


def test_a_note_without_an_invoice_is_read_all_the_same(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Called"
      promise: "soon"
    """
    assert problems(ledger) == [
        "1: Which invoice is this about? Add its link, like ^INV-2026-014.",
        f'1: promise: expected {DAY}; got "soon".',
    ]


def test_several_links_are_several_invoices(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-2 ^INV-1
      reminder: "first reminder"
    2026-10-22 note Assets:Receivable:Acme "Called" ^INV-2
      promise: 2026-11-05
    """
    entries = log(ledger).entries
    assert {name: len(some) for name, some in entries.items()} == {
        "INV-1": 1,
        "INV-2": 2,
    }
    assert entries["INV-1"][0] is entries["INV-2"][0]
    assert log(ledger).names == {"INV-1", "INV-2"}


def test_the_reference_may_stand_in_invoice(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Sent"
      invoice: " 2026/014 a "
      reminder: "first reminder"
    2026-10-22 note Assets:Receivable:Acme "It goes before a link" ^INV-1
      invoice: "2026/014 a"
      dispute: TRUE
    """
    assert problems(ledger) == []
    assert [entry.date.day for entry in told(ledger, "2026/014 a")] == [21, 22]
    assert told(ledger, "INV-1") == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-014", "2012"),
        ("2026", "2026"),
        ("TRUE", "TRUE"),
        ("2026-01-04", "2026-01-04"),
    ],
)
def test_a_reference_is_in_quotes(ledger: Ledger, value: str, shown: str) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      invoice: $value
      reminder: "first reminder"
    """
    del value
    assert problems(ledger) == [
        (
            "1: invoice: expected the reference in quotes, like "
            f'invoice: "2026-014"; got {shown}.'
        )
    ]
    # The link is there still.
    assert said(ledger) == ("first reminder", None, None, None)


@pytest.mark.parametrize("line", ["promise: 2026-11-05", 'reminder: "first reminder"'])
def test_a_log_on_another_account_is_an_error(ledger: Ledger, line: str) -> None:
    """
    2026-10-21 note Assets:Bank "Called" ^INV-1
      $line
    """
    del line
    assert problems(ledger) == [
        (
            "1: Assets:Bank is not a receivable account; put the note on the "
            "invoice's account."
        )
    ]
    assert told(ledger) == []


def test_notes_on_other_accounts_are_other_people_s(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Bank "Called" ^INV-1
      promised: 2026-11-05
    2026-10-21 note Assets:Bank "Renew the card"
      reminder: 2026-12-01
    """
    assert problems(ledger) == []
    assert log(ledger).entries == {}


@pytest.mark.parametrize(
    ("as_of", "count"), [("2026-10-20", 0), ("2026-10-21", 1), ("2026-10-22", 2)]
)
def test_notes_after_the_as_of_date_do_not_exist(
    ledger: Ledger, as_of: str, count: int
) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Called" ^INV-1
      promise: "soon"
    2026-10-22 note Assets:Receivable:Acme "Called" ^INV-1
      promise: "soon"
    """
    assert len(told(ledger, as_of=as_of)) == count
    assert len(log(ledger, as_of).problems) == count


def test_a_note_s_error_stands_at_its_line(ledger: Ledger) -> None:
    """
    2026-10-20 open Assets:Receivable:Acme
    2026-10-21 note Assets:Receivable:Acme "Called" ^INV-1
      promise: "soon"
    """
    (error,) = log(ledger).problems
    assert isinstance(error, LogError)
    assert error.source == {"filename": "<string>", "lineno": 2}
    (entry,) = told(ledger)
    assert error.entry is entry.entry
    other = entry.error(Words("Something else."))
    assert (other.source, other.message) == (error.source, "Something else.")
    assert other.source is not error.source


def test_history_changes_nothing(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "A letter came" ^INV-1
    2026-10-22 note Assets:Receivable:Acme "Not linked"
    """
    found = log(ledger)
    assert [entry.text for entry in found.entries["INV-1"]] == ["A letter came"]
    assert [entry.is_history for entry in found.entries["INV-1"]] == [True]
    assert found.names == frozenset()
    assert found.problems == ()


def documents(meta: dict[str, Any], account: str = "Assets:Receivable:Acme") -> Log:
    """Read the log of a ledger with one document."""
    document = Document(
        new_metadata("books.beancount", 7, meta),
        date(2026, 10, 21),
        account,
        "/books/letter.pdf",
        frozenset(),
        frozenset({"INV-1"}),
    )
    return read_log([document], load("").settings(), date(2026, 11, 20))


def test_a_document_is_history_whatever_it_says() -> None:
    found = documents({"reminder": 5, "promised": "soon"})
    (entry,) = found.entries["INV-1"]
    assert entry.is_history
    assert entry.text == "/books/letter.pdf"
    assert found.problems == ()
    assert found.names == frozenset()
    assert documents({"reminder": 5}, "Assets:Bank").entries == {}


def test_a_document_names_its_invoice_in_quotes() -> None:
    assert lines(documents({"invoice": True}).problems) == [
        (
            "7: invoice: expected the reference in quotes, like "
            'invoice: "2026-014"; got TRUE.'
        )
    ]


def test_a_note_that_a_plugin_made_may_lack_a_place() -> None:
    note = Note(
        {"promise": "soon"},
        date(2026, 10, 21),
        "Assets:Receivable:Acme",
        "Called",
        None,
        None,
    )
    found = read_log([note], load("").settings(), dt.date.max)
    assert [error.source for error in found.problems] == [
        {"filename": "<unknown>", "lineno": 0}
    ] * 2


@pytest.mark.parametrize(
    ("links", "message"),
    [
        pytest.param("^INV-1 ^dok-2026-10-21", None, id="beside the invoice's"),
        pytest.param(
            "^dok-2026-10-21",
            "Which invoice is this about? Add its link, like ^INV-2026-014.",
            id="alone",
        ),
        pytest.param(
            "^INV-01 ^dok-2026-10-21",
            'There is no invoice INV-01. Did you mean "INV-1"?',
            id="beside a wrong one",
        ),
    ],
)
def test_links_to_documents_do_not_count(
    ledger: Ledger, links: str, message: str | None
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-12-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-21 note Assets:Receivable:Acme "Called" $links
      promise: 2026-11-30
    """
    del links
    assert ledger.lines() == ([f"5: {message}"] if message else [])


def test_an_amount_in_dispute_is_said_with_the_dispute(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Called" ^INV-1
      dispute: TRUE
      amount: 5.00 EUR
    """
    assert problems(ledger) == [
        "1: amount: belongs to a promise; type dispute: 5.00 EUR."
    ]


def test_a_note_of_no_invoice_is_none_of_ours(ledger: Ledger) -> None:
    """
    2026-10-21 note Assets:Receivable:Acme "Moved"
      to: 5
      channel: "fax"
    """
    assert problems(ledger) == []
    assert log(ledger).entries == {}
