"""Letters that are being sent: notes of intent, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from beancount.parser.parser import parse_string
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.sendings import Sending
from beancount_dunning.answers.sendings import doubts
from beancount_dunning.answers.sendings import sending
from beancount_dunning.answers.sendings import sent_notes
from beancount_dunning.answers.sendings import unsettled
from tests.conftest import AS_OF
from tests.conftest import load

if TYPE_CHECKING:
    from tests.conftest import Ledger

_ID = "<1@nord.example>"


def test_a_note_of_intent_becomes_one_of_the_log(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      email: "ap@acme.example"
    2026-01-01 custom "dunning-step" "standard" "first \\"reminder\\"" 1
      channel: "phone"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-11-18
      Assets:Receivable  100.00 EUR
      Income:Services
    """
    books = ledger.books()
    (letter,) = letters(reminders(books).due)
    told = sending(sent_notes(books, letter, _ID))
    assert told.after == (
        '2026-11-20 note Assets:Receivable "First \\"reminder\\" e-mailed to '
        'ap@acme.example" ^INV-1\n'
        '  reminder: "first \\"reminder\\""\n'
        '  channel: "email"\n'
        '  to: "ap@acme.example"\n'
        '  message-id: "<1@nord.example>"\n'
    )
    assert told.before == told.after.replace(
        'Receivable "', 'Receivable "Unconfirmed: '
    ).replace("reminder: ", "sending: ")


def test_a_letter_logs_what_it_speaks_of(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-11-18
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website" ^INV-2
      due: 2026-10-18
      Assets:Receivable  100.00 USD
      Income:Services
    2026-10-19 note Assets:Receivable "" ^INV-2
      reminder: "first reminder"
    2026-10-25 note Assets:Receivable "" ^INV-2
      reminder: "second reminder"
    2026-11-02 note Assets:Receivable "" ^INV-2
      reminder: "final notice"
    """
    books = ledger.books()
    (letter,) = letters(reminders(books).due)
    # The stop-loss review of INV-2 is no letter.
    assert len(letter.reminders) == 2
    (said,) = contents(books, [letter])
    assert said is not None
    assert said.invoices == ("INV-1",)
    (note,) = sent_notes(books, letter, _ID)
    assert note.links == frozenset({"INV-1"})


def intended(ledger: Ledger, as_of: str = AS_OF) -> dict[str, str | None]:
    books = ledger.books(as_of)
    return {name: entry.sending for name, entry in unsettled(books).items()}


def test_an_intent_changes_nothing(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-11-18
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-11-19 note Assets:Receivable "Unconfirmed" ^INV-1
      sending: "first reminder"
    """
    assert intended(ledger, "2026-11-18") == {}
    assert intended(ledger) == {"INV-1": "first reminder"}
    (item,) = ledger.report().items
    assert item.standing.next_step is not None
    assert item.standing.next_step.name == "first reminder"
    assert item.as_dict()["last_step"] is None
    assert ledger.books().dunning.problems == ()


@pytest.mark.parametrize(
    ("account", "date", "step", "left"),
    [
        ("Assets:Receivable", "2026-11-19", "first reminder", 0),
        ("Assets:Receivable", "2026-11-20", "first reminder", 0),
        ("Assets:Receivable", "2026-11-18", "first reminder", 1),
        ("Assets:Receivable", "2026-11-20", "second reminder", 1),
        ("Assets:AR", "2026-11-20", "first reminder", 1),
    ],
)
def test_an_intent_is_settled_by_a_note_that_it_was_sent(
    account: str, date: str, step: str, left: int
) -> None:
    ledger = load(
        f"""
        2026-11-19 note Assets:Receivable "Unconfirmed" ^INV-1
          sending: "first reminder"
        {date} note {account} "Sent" ^INV-1
          reminder: "{step}"
        """
    )
    assert len(intended(ledger)) == left


def test_what_to_do_where_nobody_knows(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-11-18
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-14 * "Beta" "Website" ^INV-2
      due: 2026-11-18
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-11-19 note Assets:Receivable "Unconfirmed" ^INV-1
      sending: "first reminder"
      to: "ap@acme.example"
    2026-11-19 note Assets:Receivable "Unconfirmed" ^INV-2
      sending: "first reminder"
    2026-11-20 * "Beta" "Paid" ^INV-2
      Assets:Bank  100.00 EUR
      Assets:Receivable
    """
    rest = (
        "If it did, type reminder: in place of sending: in its note; if not, delete "
        "the note."
    )
    books = ledger.books("2026-11-19")
    first, second = doubts(books)
    assert first.text == (
        'It is not known whether "first reminder" of INV-1 went out to '
        f"ap@acme.example. {rest}"
    )
    assert second.text == (
        f'It is not known whether "first reminder" of INV-2 went out. {rest}'
    )
    assert (first.lineno, second.lineno) == (9, 12)
    assert doubts(books, lambda one: one.customer == "Beta") == [second]
    assert doubts(ledger.books("2026-11-18")) == []
    # What is paid is not reminded of again.
    assert [one.lineno for one in doubts(ledger.books())] == [first.lineno]


def test_an_intent_names_an_invoice_and_a_step(broken_ledger: Ledger) -> None:
    """
    2026-11-19 note Assets:Receivable "Unconfirmed"
      sending: "first reminder"
    2026-11-19 note Assets:Receivable "Unconfirmed" ^INV-1
      sending: TRUE
    """
    assert broken_ledger.lines() == [
        "1: Which invoice is this about? Add its link, like ^INV-2026-014.",
        '3: sending: expected a step in quotes, like "first reminder"; got TRUE.',
    ]


_TOLD = Sending(
    '2026-11-20 note Assets:Receivable "Unconfirmed" ^INV-1\n  sending: "x"\n',
    '2026-11-20 note Assets:Receivable "Sent" ^INV-1\n  reminder: "x"\n',
)
_LINES = st.lists(st.sampled_from(["2026-01-01 open Assets:B", "; €", ""]), max_size=4)


@given(
    lines=_LINES,
    later=_LINES,
    newline=st.sampled_from(["\n", "\r\n"]),
    end=st.sampled_from(["", "\n"]),
)
def test_every_other_byte_stays(
    lines: list[str], later: list[str], newline: str, end: str
) -> None:
    before = ("\n".join(lines) + end).replace("\n", newline).encode()
    # What somebody types meanwhile.
    added = "".join(f"{line}{newline}" for line in later).encode()
    announced = _TOLD.announced(before)
    assert announced.startswith(before)
    settled = _TOLD.settled(announced + added)
    withdrawn = _TOLD.withdrawn(announced + added)
    assert settled is not None
    assert withdrawn is not None
    assert settled.startswith(before)
    assert settled.endswith(added)
    assert b"sending" not in settled
    assert settled.replace(b"\r\n", b"\n").count(_TOLD.after.encode()) == 1
    is_open = before and not before.endswith(b"\n")
    gap = announced[len(before) :].partition(b"2026")[0] if is_open else b""
    assert withdrawn == before + gap[: len(gap) // 2] + added
    entries, errors, _ = parse_string(settled)
    assert not errors
    assert len(entries) == 1 + (lines + later).count("2026-01-01 open Assets:B")


def test_a_note_that_is_not_there_is_not_changed() -> None:
    content = _TOLD.announced(b"")
    assert _TOLD.settled(content) is not None
    assert _TOLD.withdrawn(content) == b""
    for changed in (b"", content.replace(b"Unc", b"C"), content + content):
        assert _TOLD.settled(changed) is None
        assert _TOLD.withdrawn(changed) is None
