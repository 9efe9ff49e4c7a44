"""Where each cent of a payment went, and why; and a customer's whole story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click import unstyle

from beancount_dunning.answers.customer_story import tell_customer
from beancount_dunning.answers.payment_story import PaymentStory
from beancount_dunning.answers.payment_story import files_called
from beancount_dunning.answers.payment_story import tell_payment
from beancount_dunning.answers.story import Story
from beancount_dunning.formats.text_story import as_csv
from beancount_dunning.formats.text_story import as_text
from tests.conftest import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount_dunning.answers.story import Event
    from tests.conftest import Ledger

BOOKS = """
2026-01-01 open Assets:Receivable:Acme
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-02-05
  Assets:Receivable:Acme    100.00 EUR
  Income:Services
2026-01-06 * "Acme" "Hosting"
  Assets:Receivable:Acme     40.00 EUR
  Income:Services
2026-02-10 note Assets:Receivable:Acme "Called" ^INV-1
  promise: 2026-03-01
2026-03-01 * "Acme" "Bank transfer"
  Assets:Bank               200.00 EUR
  Assets:Receivable:Acme   -190.00 EUR
  Assets:Receivable:Other   -10.00 EUR
2026-03-02 * "" ""
  Assets:Bank                 1.00 EUR
  Assets:Receivable:Acme
"""


@pytest.fixture
def books() -> Ledger:
    return load(BOOKS)


def told(events: Iterable[Event]) -> list[tuple[str, str, str, int | None]]:
    return [
        (one.kind, str(one.amount), str(one.fact.text), one.fact.lineno)
        for one in events
    ]


@pytest.mark.parametrize("line", [11, 12, 13, 14])
def test_a_payment_is_told_by_any_line_of_it(books: Ledger, line: int) -> None:
    story = tell_payment(books.books(), "<string>", line)
    assert isinstance(story, PaymentStory)
    oldest = "no invoice given: oldest due date first"
    assert told(story.events) == [
        ("credit", "-190.00", "Credit (Assets:Receivable:Acme)", 11),
        ("credit", "-10.00", "Credit (Assets:Receivable:Other)", 11),
        ("settled", "100.00", f"INV-1: {oldest}", 2),
        ("settled", "40.00", f"Hosting: {oldest}", 6),
        ("unapplied", "50.00", "Unapplied credit (Assets:Receivable:Acme)", 13),
        ("unapplied", "10.00", "Unapplied credit (Assets:Receivable:Other)", 14),
    ]
    assert sum(event.amount or 0 for event in story.events) == 0
    assert story.as_dict()["payment"] == "Acme Bank transfer"
    assert story.as_dict()["customer"] == "Acme, Other"


def test_a_line_beyond_a_transaction_is_of_none() -> None:
    said = '    ; by wire\n    text: "x"\n'
    books = load(f"{BOOKS.rstrip()}\n    text: 5\n").books()
    assert tell_payment(books, "<string>", 18) is not None
    assert tell_payment(books, "<string>", 19) is None
    halves = BOOKS.partition("  Assets:Receivable:Acme   -190.00 EUR\n")
    books = load(f"{halves[0]}{said}{halves[1]}{halves[2]}").books()
    assert tell_payment(books, "<string>", 13) is not None


def test_a_payment_without_words_is_named_by_its_date(books: Ledger) -> None:
    story = tell_payment(books.books(), "<string>", 15)
    assert isinstance(story, PaymentStory)
    text = as_text(story, "History", grouped=False)
    assert unstyle(text).startswith("2026-03-02, Acme\nHistory\n")
    assert as_csv(story).splitlines()[1].startswith("2026-03-02,credit,")


@pytest.mark.parametrize(("line", "name"), [(2, "INV-1"), (5, "INV-1"), (6, "Hosting")])
def test_an_invoice_s_line_tells_the_invoice(
    books: Ledger, line: int, name: str
) -> None:
    story = tell_payment(books.books("2026-02-01"), "<string>", line)
    assert isinstance(story, Story)
    assert story.parts[0].aged.item.label == name


@pytest.mark.parametrize(
    ("as_of", "filename", "line"),
    [
        # An `open`, a note, a day before the payment, another file, no file.
        ("2026-11-20", "<string>", 1),
        ("2026-11-20", "<string>", 10),
        ("2026-02-28", "<string>", 12),
        ("2026-11-20", "other.beancount", 12),
        ("2026-11-20", "<string>", 0),
    ],
)
def test_other_lines_tell_nothing(
    books: Ledger, as_of: str, filename: str, line: int
) -> None:
    assert tell_payment(books.books(as_of), filename, line) is None


def test_a_transaction_that_touches_no_receivable_tells_nothing() -> None:
    ledger = load("""
    2026-03-01 * "Rent"
      Assets:Bank       -200.00 EUR
      Expenses:Rent
    """)
    assert tell_payment(ledger.books(), "<string>", 1) is None


def test_a_customer_s_story_adds_up_to_the_balance(books: Ledger) -> None:
    story = tell_customer(books.books(), "ACME")
    assert story is not None
    rule = "(no invoice given: oldest due date first)"
    assert told(story.events) == [
        ("invoice", "100.00", "INV-1: Invoiced: Website (Assets:Receivable:Acme)", 2),
        ("invoice", "40.00", "Hosting: Invoiced: Hosting (Assets:Receivable:Acme)", 6),
        ("promise", "None", "INV-1: Promised by 2026-03-01. Called", 9),
        ("credit", "-100.00", f"INV-1: Acme Bank transfer {rule}", 11),
        ("credit", "-40.00", f"Hosting: Acme Bank transfer {rule}", 11),
        ("unapplied", "-50.00", "Unapplied: Bank transfer", 13),
        ("unapplied", "-1.00", "Unapplied: Credit", 17),
    ]
    assert sum(event.amount or 0 for event in story.events) == -51
    assert story.parts == ()
    assert story.as_dict()["customer"] == "Acme"
    assert (
        as_text(story, "History", grouped=False).splitlines()[0].endswith("Acme\x1b[0m")
    )


def test_where_each_item_of_a_customer_stands(books: Ledger) -> None:
    story = tell_customer(books.books("2026-02-28"), "acme")
    assert story is not None
    assert [part.aged.item.label for part in story.parts] == ["INV-1", "Hosting"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("<string>", ["<string>"]), ("./<string>", ["<string>"]), ("ing>", []), ("", [])],
)
def test_a_file_may_be_called_by_the_end_of_its_path(
    books: Ledger, name: str, found: list[str]
) -> None:
    assert files_called(books.books(), name) == found


@pytest.mark.parametrize("name", ["Nobody", ""])
def test_who_is_no_customer_has_no_story(books: Ledger, name: str) -> None:
    assert tell_customer(books.books(), name) is None
