"""Which invoice a posting, a note or a document names."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancount.core.data import Document
from beancount.core.data import Note
from beancount.core.data import Transaction

from beancount_dunning.ledger.references import is_link
from beancount_dunning.ledger.references import naming
from beancount_dunning.ledger.references import references

if TYPE_CHECKING:
    from tests.conftest import Ledger


def named(ledger: Ledger) -> list[list[str]]:
    """Return what each posting to a receivable, each note and each document names."""
    found = []
    for entry in ledger.entries:
        if isinstance(entry, Note | Document):
            found.append(references(entry))
        elif isinstance(entry, Transaction):
            found += [
                references(entry, posting)
                for posting in entry.postings
                if "Receivable" in posting.account
            ]
    return found


def test_the_posting_goes_before_the_transaction_and_that_before_links(
    ledger: Ledger,
) -> None:
    """
    2026-10-20 * "Acme" "Bank transfer" ^INV-3
      invoice: "INV-2"
      Assets:Bank
      Assets:Receivable:Acme  -100.00 EUR
        invoice: " INV-1 "
      Assets:Receivable:Acme  -200.00 EUR
      Assets:Receivable:Acme  -300.00 EUR
        invoice: " "
    2026-10-21 * "Acme" "Bank transfer" ^INV-3
      Assets:Bank
      Assets:Receivable:Acme  -100.00 EUR
    """
    assert named(ledger) == [["INV-1"], ["INV-2"], ["INV-2"], ["INV-3"]]


def test_several_links_name_several_invoices_and_documents_none(
    ledger: Ledger,
) -> None:
    """
    2026-10-20 * "Acme" "Bank transfer" ^INV-2 ^dok-letter ^INV-1
      Assets:Bank
      Assets:Receivable:Acme  -100.00 EUR
    2026-10-20 * "Acme" "Bank transfer" ^dok-letter
      Assets:Bank
      Assets:Receivable:Acme  -100.00 EUR
    2026-10-20 * "Acme" "Bank transfer"
      Assets:Bank
      Assets:Receivable:Acme  -100.00 EUR
    """
    assert named(ledger) == [["INV-1", "INV-2"], [], []]


def test_notes_and_documents_name_invoices_likewise(broken_ledger: Ledger) -> None:
    """
    2026-10-20 document Assets:Receivable:Acme "/nowhere/letter.pdf" ^INV-1 ^dok-letter
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      invoice: "2026 / 14"
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-2 ^INV-1
    """
    assert sorted(named(broken_ledger)) == [
        ["2026 / 14"],
        ["INV-1"],
        ["INV-1", "INV-2"],
    ]


def test_what_is_no_text_names_nothing_and_is_told(ledger: Ledger) -> None:
    """
    2026-10-20 * "Acme" "Bank transfer" ^INV-1
      invoice: 2026-014
      Assets:Bank
      Assets:Receivable:Acme  -100.00 EUR
        invoice: FALSE
    """
    (entry,) = [one for one in ledger.entries if isinstance(one, Transaction)]
    told: list[object] = []
    posting = entry.postings[1]
    found = references(entry, posting, lambda meta, value: told.append((meta, value)))
    assert found == references(entry, posting) == ["INV-1"]
    assert told == [(posting.meta, False), (entry.meta, Decimal(2012))]


@pytest.mark.parametrize("reference", ["", "INV 1", "Rechnung-ä", "INV-1\n", "dok-1"])
def test_what_can_be_no_link_is_named_by_metadata(reference: str) -> None:
    assert not is_link(reference)
    assert naming(reference) == (frozenset(), {"invoice": reference})


@pytest.mark.parametrize("reference", ["INV-1", "2026/014_a.b", "-dok-1"])
def test_what_can_be_a_link_is_named_by_one(reference: str) -> None:
    assert is_link(reference)
    assert naming(reference) == (frozenset({reference}), {})
