"""Letters as text, by the way they go, and the names of their files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from beancount_dunning.answers.contents import Contents
from beancount_dunning.answers.contents import Tone
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letter_rows import Row
from beancount_dunning.formats.letter_text import as_text
from beancount_dunning.formats.letter_text import file_name
from beancount_dunning.formats.letters import Message
from beancount_dunning.ledger.customers import Customer
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.policies import Step

MESSAGE = Message(
    "en",
    "Reminder",
    "Dear Acme,\n",
    "ap@acme.example",
    Channel.EMAIL,
    "Nord\nKai 7",
    "Acme\n1 High Street",
    "October 1, 2026",
    "+49 40 1",
    "Nord: pay.",
)
_AS_MAIL = "To: ap@acme.example\nSubject: Reminder\n\nDear Acme,\n"
_AS_MESSAGE = "To: +49 40 1\n\nNord: pay.\n"


def test_as_an_e_mail() -> None:
    assert as_text(MESSAGE) == _AS_MAIL
    nowhere = Message("en", "Reminder", "Dear Acme,\n", None, recipient="Acme\nKai 7")
    assert as_text(nowhere) == "To: Acme\nSubject: Reminder\n\nDear Acme,\n"


def test_the_sum_in_capitals_follows_the_lines() -> None:
    found = replace(
        MESSAGE,
        way=Channel.LETTER,
        body="Dear,\n\n- A: 1\n- B: 2\n\nPay.\n",
        rows=(Row("A: 1", "1", is_head=True), Row("B: 2", "2", is_head=True)),
        capitals="C",
    )
    assert as_text(found).endswith("\n\n- A: 1\n- B: 2\nC\n\nPay.\n")
    assert "C" not in as_text(replace(found, way=Channel.EMAIL)).partition("Dear")[2]
    page = as_html(found)
    assert "</table>\n<p>C</p>\n" in page
    assert "<p>C</p>" not in as_html(found, is_paper=False)
    own = replace(found, body="Dear,\n\nPay.\n")
    assert "C" not in as_text(own).partition("Dear")[2]


def test_on_paper() -> None:
    paper = Message(
        "en", "Reminder", "Dear Acme,\n", None, Channel.LETTER, "Nord", "Acme", "Today"
    )
    assert as_text(paper) == "Nord\n\nAcme\n\nToday\n\nReminder\n\nDear Acme,\n"


@pytest.mark.parametrize("way", [Channel.MESSAGE, Channel.PHONE])
def test_as_a_message(way: Channel) -> None:
    ours = Message("", "", "", None, way, phone="+49 40 1", short="Nord: pay.")
    assert as_text(ours) == _AS_MESSAGE
    assert as_text(MESSAGE, short=True) == _AS_MESSAGE
    unknown = Message("", "", "", None, way, recipient="Acme", short="Nord: pay.")
    assert as_text(unknown) == "To: Acme\n\nNord: pay.\n"


@pytest.mark.parametrize(
    ("customer", "step", "expected"),
    [
        ("Acme GmbH", "first reminder", "2026-10-01 Acme GmbH, first reminder"),
        ("株式会社 東京", None, "2026-10-01 株式会社 東京, thanks"),
        ('../A/B\\C:*?"<>|\0\n', "x.", "2026-10-01 A B C , x"),
        ("", "x", "2026-10-01 , x"),
        ("N" * 200, "x", f"2026-10-01 {'N' * 80}"),
        ("Zoo", "Taken", "2026-10-01 Zoo, Taken (3)"),
    ],
)
def test_names_sort_and_are_fit_for_files(
    customer: str, step: str | None, expected: str
) -> None:
    said = Contents(
        Tone.THANKS,
        Step(step, 1) if step else None,
        Customer(customer),
        None,
        "en",
        "",
        date(2026, 10, 1),
    )
    taken = {"2026-10-01 zoo, taken", "2026-10-01 zoo, taken (2)"}
    assert file_name(said, taken) == expected
