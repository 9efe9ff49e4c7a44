"""What belongs to a dossier: notes, documents, charges, directives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.data import Transaction

from beancount_dunning.answers.dossier import dossier
from beancount_dunning.basics.errors import place

if TYPE_CHECKING:
    from beancount_dunning.answers.dossier import Dossier
    from tests.conftest import Ledger


def said(ledger: Ledger, invoice: str = "INV-1") -> Dossier:
    found = dossier(ledger.books("2026-11-20"), invoice)
    assert found is not None
    return found


def documents(ledger: Ledger) -> list[str]:
    return [f"{one.date} {one.path}" for one in said(ledger).documents]


def test_documents_are_linked_in_three_ways(broken_ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1 ^dok-order
      document-2: "docs/order.pdf"
      document-3: "docs/terms.pdf"
      document-4: 5
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-02 document Income:Services "/far/order.pdf" ^dok-order
    2026-01-06 document Assets:Receivable:Acme "/far/invoice.pdf" ^INV-1
    2026-01-07 document Assets:Receivable:Acme "/far/other.pdf" ^INV-2
    2026-01-08 document Assets:Receivable:Acme "/far/none.pdf"
    2026-02-05 * "Acme" "Payment" ^INV-1
      document: "docs/slip.pdf"
      Assets:Bank  60.00 EUR
      Assets:Receivable:Acme
    2026-03-05 note Assets:Receivable:Acme "Called" ^INV-1
      document: "docs/call.ogg"
    2026-12-06 document Assets:Receivable:Acme "/far/later.pdf" ^INV-1
    """
    assert documents(broken_ledger) == [
        "2026-01-02 /far/order.pdf",
        "2026-01-05 docs/terms.pdf",
        "2026-01-06 /far/invoice.pdf",
        "2026-02-05 docs/slip.pdf",
        "2026-03-05 docs/call.ogg",
    ]


def test_notes_charges_and_directives_are_its_own(ledger: Ledger) -> None:
    """
    1999-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    1999-01-01 open Assets:Receivable:Acme
    2025-12-05 * "Acme" "Website" ^INV-1
      due: 2026-01-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-05 * "Acme" "Logo" ^INV-2
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-05 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-03-01
    2026-02-05 note Assets:Receivable:Acme "Called" ^INV-2
      promise: 2026-03-01
    """
    found = said(ledger)
    assert [note.entry.meta["lineno"] for note in found.notes] == [12]
    assert [(one.kind, one.item.invoice) for one in found.charges] == [
        ("interest", "INV-1"),
        ("compensation", "INV-1"),
    ]
    assert found.unknown is None
    (account,) = found.statements
    assert str(account.first) == "2025-01-01"
    lines = [place(entry.meta)["lineno"] for entry in found.entries]
    assert lines == sorted({*lines})
    assert {1, 4, 12} <= {*lines}
    transactions = [one for one in found.entries if isinstance(one, Transaction)]
    assert [one.narration for one in transactions] == ["Website"]


def test_what_nobody_knows_is_said(ledger: Ledger) -> None:
    """
    1999-01-01 custom "dunning-interest" "standard" 9 "own"
    2026-02-01 custom "reference-rate" "own" 1
    1999-01-01 open Assets:Receivable:Acme
    2025-12-05 * "Acme" "Website" ^INV-1
      due: 2026-01-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    found = said(ledger)
    assert found.charges == ()
    assert str(found.unknown).startswith('The rate "own" is not known')


def test_without_a_customer_there_is_no_account(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable
    2026-01-05 * "Website" ^INV-1
      Assets:Receivable  100.00 EUR
      Income:Services
    """
    found = said(ledger)
    assert (found.customers, found.statements) == ((), ())
    assert dossier(ledger.books("2026-11-20"), "INV-2") is None


def test_an_instalment_of_nothing_has_an_empty_story(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable
      terms: "50.00 net 0, rest net 30"
    2026-01-05 * "Acme" ""
      Assets:Receivable  50.00 EUR
      Income:Services
    """
    found = dossier(ledger.books("2026-01-05", None), "(no reference) 2/2")
    assert found is not None
    assert found.story.parts == ()
    assert [str(one.first) for one in found.statements] == ["2026-01-01"]
