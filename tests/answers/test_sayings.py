"""What was said of invoices, as notes: read again they say what was meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from beancount.core.amount import Amount

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.sayings import Said
from beancount_dunning.answers.sayings import Saying
from beancount_dunning.answers.sayings import sayings
from beancount_dunning.ledger.log import Handed
from beancount_dunning.ledger.policies import Channel
from tests.conftest import Ledger
from tests.conftest import day
from tests.conftest import load

_SALE = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
_OTHERS = """
2026-09-15 * "Acme" "Logo" ^INV-2
  due: 2026-10-15
  Assets:Receivable:Acme  20.00 EUR
  Income:Services

2026-09-16 * "Acme" "Posters"
  invoice: "INV 3"
  due: 2026-10-16
  Assets:Receivable:Acme  30.00 EUR
  Income:Services

2026-09-17 * "Acme" "Signs" ^INV-4
  due: 2026-10-17
  Assets:Receivable:Acme:Signs  40.00 EUR
  Income:Services
"""


def texts(ledger: str, saying: Saying) -> list[str]:
    """Return what notes about all items of a ledger say."""
    books = load(ledger).books()
    return [as_text(note) for note in sayings(books, books.receivables.items, saying)]


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        (
            "promise",
            "",
            '"Promises payment by 2026-12-01" ^INV-1\n  promise: 2026-12-01',
        ),
        ("promise", "Ms Li", '"Ms Li" ^INV-1\n  promise: 2026-12-01'),
        ("hold", " \n ", '"On hold until 2026-12-01" ^INV-1\n  hold-until: 2026-12-01'),
        ("dispute", "", '"In dispute" ^INV-1\n  dispute: TRUE'),
        ("dispute", 'a "b"\n\\c', '"a \\"b\\" \\\\c" ^INV-1\n  dispute: TRUE'),
        ("dispute", "a\0\x1b[1mb\ud800", '"a [1mb" ^INV-1\n  dispute: TRUE'),
        ("resolved", "", '"Dispute resolved" ^INV-1\n  dispute: FALSE'),
    ],
)
def test_what_was_said_is_a_note(what: str, text: str, expected: str) -> None:
    books = load(_SALE).books()
    (item,) = books.receivables.items
    saying = Saying(Said(what), day("2026-12-01"), text=text)
    (written,) = map(as_text, sayings(books, [item], saying))
    assert written == f"2026-11-20 note Assets:Receivable:Acme {expected}\n"
    problems = [line for line in load(_SALE + written).lines() if "Overdue" not in line]
    # There was no dispute; all else can be said at any time.
    assert len(problems) == (what == "resolved")


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (
            "promise",
            (
                '"Promises 40.00 EUR by 2026-12-01" ^INV-1\n  promise: 2026-12-01\n'
                '  amount: 40.00 EUR\n  reason: "late delivery"'
            ),
        ),
        (
            "dispute",
            (
                '"40.00 EUR in dispute" ^INV-1\n  dispute: 40.00 EUR\n'
                '  reason: "late delivery"'
            ),
        ),
    ],
)
def test_a_part_can_be_said(what: str, expected: str) -> None:
    books = load(_SALE).books()
    (item,) = books.receivables.items
    amount = Amount(Decimal("40.00"), "EUR")
    saying = Saying(Said(what), day("2026-12-01"), amount, "late\ndelivery")
    (written,) = map(as_text, sayings(books, [item], saying))
    assert written == f"2026-11-20 note Assets:Receivable:Acme {expected}\n"
    assert not [line for line in load(_SALE + written).lines() if "note" in line]


def test_a_reference_that_is_no_link_is_named(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website"
      invoice: "INV 1"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    books = ledger.books()
    (item,) = books.receivables.items
    (found,) = sayings(books, [item], Saying(Said.DISPUTE))
    assert not found.links
    assert found.meta == {"invoice": "INV 1", "dispute": True}


@pytest.mark.parametrize(("indent", "width"), [(1, 1), (2, 2), (4, 4), (0, 2), (-1, 2)])
def test_metadata_is_indented(indent: int, width: int) -> None:
    books = load(_SALE).books()
    (item,) = books.receivables.items
    (note,) = sayings(books, [item], Saying(Said.DISPUTE))
    text = as_text(note, indent)
    assert text.endswith(f'"In dispute" ^INV-1\n{" " * width}dispute: TRUE\n')


@pytest.mark.parametrize(
    ("saying", "expected"),
    [
        (
            Saying(Said.NOTE, text="Called", channel=Channel.PHONE),
            '"Called" ^INV-1\n  channel: "phone"',
        ),
        (
            Saying(Said.HANDED, who=Handed.AGENCY),
            '"Handed to an agency" ^INV-1\n  handed: "agency"',
        ),
        (
            Saying(Said.HANDED, who=Handed.LAWYER),
            '"Handed to a lawyer" ^INV-1\n  handed: "lawyer"',
        ),
        (
            Saying(Said.HANDED, who=Handed.COURT, text="Claim no. 7"),
            '"Claim no. 7" ^INV-1\n  handed: "court"',
        ),
        (
            Saying(Said.CONFIRMED),
            '"Balance confirmed" ^INV-1\n  confirmed: TRUE',
        ),
    ],
)
def test_what_else_can_be_said_is_read_again(saying: Saying, expected: str) -> None:
    (written,) = texts(_SALE, saying)
    assert written == f"2026-11-20 note Assets:Receivable:Acme {expected}\n"
    lines = load(_SALE + written).lines()
    assert not [line for line in lines if "Overdue" not in line]


def test_what_was_handed_over_can_come_back() -> None:
    (handed,) = texts(_SALE, Saying(Said.HANDED, who=Handed.COURT))
    (back,) = texts(_SALE, Saying(Said.HANDED))
    assert back.endswith('"Taken back" ^INV-1\n  handed: FALSE\n')
    lines = load(_SALE + handed + back).lines()
    assert not [line for line in lines if "Overdue" not in line]


def test_several_invoices_are_in_one_note_where_one_can_say_it() -> None:
    """A reference that is no link has a note of its own, and so has an account."""
    found = texts(_SALE + _OTHERS, Saying(Said.PROMISE, day("2026-12-01")))
    promise, until = '"Promises payment by 2026-12-01"', "  promise: 2026-12-01\n"
    assert "".join(found) == (
        f"2026-11-20 note Assets:Receivable:Acme {promise} ^INV-1 ^INV-2\n{until}"
        f"2026-11-20 note Assets:Receivable:Acme {promise}\n"
        f'  invoice: "INV 3"\n{until}'
        f"2026-11-20 note Assets:Receivable:Acme:Signs {promise} ^INV-4\n{until}"
    )


def test_parts_of_an_invoice_are_named_once() -> None:
    instalments = _SALE.replace("  due: 2026-10-14\n", '  terms: "2 x 1 month"\n')
    (written,) = texts(instalments, Saying(Said.DISPUTE))
    assert written.count("INV-1") == 1


def test_one_amount_is_in_one_note() -> None:
    amount = Amount(Decimal("40.00"), "EUR")
    saying = Saying(Said.PROMISE, day("2026-12-01"), amount)
    with pytest.raises(RefusedError, match="These invoices need 3 notes, and one"):
        texts(_SALE + _OTHERS, saying)


def test_what_has_no_reference_has_no_note() -> None:
    with pytest.raises(RefusedError, match="has no reference"):
        texts(_SALE.replace(" ^INV-1", ""), Saying(Said.DISPUTE))


def test_the_step_that_was_sent_last_bounced(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Logo" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "First" ^INV-1 ^INV-2
      reminder: "first reminder"
    2026-10-28 note Assets:Receivable:Acme "Second" ^INV-1
      reminder: "second reminder"
    """
    books = ledger.books()
    found = sayings(books, books.receivables.items, Saying(Said.BOUNCED))
    assert [(note.comment, note.links, note.meta) for note in found] == [
        (
            "Did not arrive: second reminder",
            frozenset({"INV-1"}),
            {"bounced": "second reminder"},
        ),
        (
            "Did not arrive: first reminder",
            frozenset({"INV-2"}),
            {"bounced": "first reminder"},
        ),
    ]


def test_nothing_bounced_that_was_not_sent() -> None:
    reason = "No reminder of INV-1 was logged, so none can have bounced"
    with pytest.raises(RefusedError, match=reason):
        texts(_SALE, Saying(Said.BOUNCED))
