"""Letters and calls: each once, of whatever invoice, the latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.correspondence import correspondence

if TYPE_CHECKING:
    from tests.conftest import Ledger


def _told(ledger: Ledger, name: str) -> list[tuple[str, str, str, str, str | None]]:
    return [
        (
            f"{one.date:%m-%d}",
            one.kind,
            one.fact.text,
            " ".join(one.invoices),
            one.channel,
        )
        for one in correspondence(ledger.books(), name)
    ]


def test_what_was_sent_and_said(ledger: Ledger) -> None:
    """
    2026-01-05 * "Website" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Logo" ^INV-2
      due: 2026-02-01
      Assets:Receivable:Acme   70.00 USD
      Income:Services
    2026-01-07 * "Cards" ^INV-3
      due: 2026-02-01
      Assets:Receivable:Acme    5.00 EUR
      Income:Services
    2026-01-08 * "Paid" ^INV-3
      Assets:Receivable:Acme   -5.00 EUR
      Assets:Bank
    2026-01-09 note Assets:Receivable:Acme "Thank you" ^INV-3
    2026-02-10 note Assets:Receivable:Acme "By e-mail" ^INV-1
      reminder: "first reminder"
      channel: "email"
    2026-02-12 note Assets:Receivable:Acme "Called" ^INV-1 ^INV-2
      promise: 2026-02-20
      dispute: FALSE
    2026-02-25 note Assets:Receivable:Acme "Nobody answers"
    2026-02-25 note Assets:Receivable:Bolt "Called" ^INV-1
    2026-02-26 note Assets:Receivable:Bolt "Not in"
    2026-02-27 note Assets:Bank "Of the bank"
    2026-12-27 note Assets:Receivable:Acme "To come"
    2026-03-05 * "Paper" ^INV-4
      Assets:Receivable:Bolt    7.00 EUR
      Income:Services
    """
    thanks = ("01-09", "note", "Thank you", "INV-3", None)
    kept = "The promise of 2026-02-12 was not kept: 100.00 EUR, 70.00 USD still open"
    assert _told(ledger, "acme") == [
        ("02-25", "note", "Nobody answers", "", None),
        ("02-20", "broken", kept, "INV-1 INV-2", None),
        ("02-12", "promise", "Promised by 2026-02-20. Called", "INV-1 INV-2", None),
        ("02-12", "dispute", "Dispute resolved. Called", "INV-1 INV-2", None),
        ("02-10", "reminder", "Sent: first reminder. By e-mail", "INV-1", "email"),
        thanks,
    ]
    assert _told(ledger, "Bolt") == [("02-26", "note", "Not in", "", None)]
    assert _told(ledger, "Nobody") == []


def test_a_paper_is_told_and_a_promise_of_the_own_alone(broken_ledger: Ledger) -> None:
    """
    2026-01-05 * "Website" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-12 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-02-20
    2026-02-13 document Assets:Receivable:Acme "/papers/letter.pdf"
    """
    kept = "The promise of 2026-02-12 was not kept: 100.00 EUR still open"
    assert _told(broken_ledger, "Acme")[0] == ("02-20", "broken", kept, "INV-1", None)
    assert _told(broken_ledger, "Acme")[1][:2] == ("02-13", "document")
    assert _told(broken_ledger, "Bolt") == []
