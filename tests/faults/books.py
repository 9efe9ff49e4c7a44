"""A small ledger with an overdue invoice, and what the page sends about it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from tests.page.test_writing import keys_of
from tests.page.test_writing import mark_of

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = """option "title" "Books"
plugin "beancount_dunning"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services

2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
"""


def dispute(books: Path) -> dict[str, Any]:
    """Return what the page sends for the invoice to be disputed."""
    return {
        "fingerprint": mark_of(books),
        "as_of": "2026-11-20",
        "what": "dispute",
        "item": keys_of(books)["INV-1"],
    }
