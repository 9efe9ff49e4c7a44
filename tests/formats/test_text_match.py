"""Payments with their invoices: Beancount to paste, and lines for a spreadsheet."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Transaction
from beancount.parser.parser import parse_string

from beancount_dunning.answers.matching import Assignment
from beancount_dunning.answers.matching import Difference
from beancount_dunning.answers.matching import DifferenceKind
from beancount_dunning.answers.matching import Match
from beancount_dunning.answers.matching import Matches
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.basics.words import Words
from beancount_dunning.formats.text_match import as_csv
from beancount_dunning.formats.text_match import as_text
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.standing.books import Books

TEXT = """\
; <string>:10, likely: Acme GmbH, 98.00 EUR
; It says INV-21
; 2 % less
2026-09-08 * "ACME" "RE INV-21" ^INV-21
  Assets:Bank              98.00 EUR
  Assets:Receivable:Acme  -98.00 EUR

; <string>:13, to be clarified: Somebody, 50.00 EUR
; Nobody known
; could be INV-21 of Acme GmbH, 100.00 EUR open, due 2026-10-01
; could be Loose of Acme GmbH, 50.00 EUR open
; 2026-09-09 * "Somebody" "two
; lines"
;   Assets:Bank       50.00 EUR
;   Assets:Suspense  -50.00 EUR

; <string>:17, certain: Acme GmbH, 50.00 EUR
; 1.00 EUR stays unapplied
; Loose has no reference; add a link, like ^INV-2026-014, at <string>:7
; 2026-09-10 * "Loose"
;   Assets:Bank       50.00 EUR
;   Assets:Suspense  -50.00 EUR
"""


BOOKS = """
2026-01-01 open Assets:Receivable:Acme
  customer: "Acme GmbH"
2026-09-01 * "Website" ^INV-21
  due: 2026-10-01
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
2026-09-02 * "Loose"
  Assets:Receivable:Acme    50.00 EUR
  Income:Services
2026-09-08 * "ACME" "RE INV-21"
  Assets:Bank               98.00 EUR
  Assets:Suspense
2026-09-09 * "Somebody" "two
lines"
  Assets:Bank               50.00 EUR
  Assets:Suspense
2026-09-10 * "Loose"
  Assets:Bank               50.00 EUR
  Assets:Suspense
"""


def found(entry: Transaction, verdict: Verdict, amount: str, **more: Any) -> Match:  # noqa: ANN401 - values of many types
    values = {
        "customer": "Acme GmbH",
        "assignments": (),
        "difference": None,
        "reasons": (),
        "candidates": (),
        **more,
    }
    return Match(
        verdict=verdict,
        amount=Decimal(amount),
        currency="EUR",
        entry=entry,
        posting=entry.postings[1],
        is_suspense=True,
        **values,
    )


def matches(books: Books) -> Matches:
    """Return one payment of each kind; the last is for what no link can name."""
    invoice, loose = sorted(books.receivables.items, key=lambda item: item.date)
    likely, asked, nameless = (
        entry
        for entry in books.entries
        if isinstance(entry, Transaction)
        and entry.postings[1].account == "Assets:Suspense"
    )
    payments = (
        found(
            likely,
            Verdict.LIKELY,
            "98.00",
            assignments=(Assignment(invoice, Decimal("98.00")),),
            difference=Difference(Decimal("2.00"), DifferenceKind.DISCOUNT),
            reasons=(Words("It says {invoice}", invoice="INV-21"), Words("2 % less")),
        ),
        found(
            asked,
            Verdict.ASK,
            "50.00",
            customer="Gone Ltd",
            reasons=(Words("Nobody known"),),
            candidates=(invoice, loose),
        ),
        found(
            nameless,
            Verdict.CERTAIN,
            "50.00",
            assignments=(Assignment(loose, Decimal("50.00")),),
            difference=Difference(Decimal("1.00"), DifferenceKind.UNAPPLIED),
        ),
    )
    return Matches(books.as_of, payments)


def test_what_is_found_can_be_pasted_and_the_rest_is_comments() -> None:
    books = load(BOOKS).books()
    assert as_text(books, matches(books)) == TEXT
    entries, errors, _ = parse_string(TEXT)
    assert errors == []
    (entry,) = entries
    assert isinstance(entry, Transaction)
    assert entry.links == {"INV-21"}


def test_nothing_to_assign_is_said_in_a_sentence() -> None:
    books = load(BOOKS).books()
    nothing = as_text(books, Matches(books.as_of, ()))
    assert nothing == "No payments to assign as of 2026-11-20.\n"


def test_a_line_for_each_payment() -> None:
    books = load(BOOKS).books()
    rows = list(csv.DictReader(io.StringIO(as_csv(matches(books)), newline="")))
    assert rows[0] == {
        "verdict": "likely",
        "customer": "Acme GmbH",
        "amount": "98.00",
        "currency": "EUR",
        "date": "2026-09-08",
        "payee": "ACME",
        "narration": "RE INV-21",
        "invoices": "INV-21",
        "difference": "2.00",
        "kind": "discount",
        "reasons": "It says INV-21; 2 % less",
        "candidates": "",
        "file": "<string>",
        "line": "10",
    }
    assert [row["candidates"] for row in rows] == ["", "INV-21; Loose", ""]
    assert [row["kind"] for row in rows] == ["discount", "", "unapplied"]


def test_a_part_of_a_plan_says_when_it_was_due_before() -> None:
    plan = (
        '2026-09-03 note Assets:Receivable:Acme "Agreed" ^INV-21\n'
        '  plan: "rest on 2026-10-15"\n'
    )
    books = load(BOOKS + plan).books()
    text = as_text(books, matches(books))
    assert (
        "; could be INV-21 of Acme GmbH, 100.00 EUR open, due 2026-10-15 (orig" in text
    )
