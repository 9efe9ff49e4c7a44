"""Entries of errors, which Beancount has to be able to print."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import Note
from beancount.core.data import Transaction
from beancount.parser.printer import format_error

from beancount_dunning.basics.errors import ReceivableError

if TYPE_CHECKING:
    from beancount.core.data import Directive

    from tests.conftest import Ledger

PLACE = {"filename": "books.beancount", "lineno": 1}


def error(entry: Directive | None) -> ReceivableError:
    return ReceivableError({"filename": "<unknown>", "lineno": 0}, "Wrong.", entry)


def transaction(ledger: Ledger) -> Transaction:
    return next(entry for entry in ledger.entries if isinstance(entry, Transaction))


def test_an_entry_that_beancount_can_print_stays_the_same(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      paid: FALSE
      nothing:
      Assets:Receivable   10.00 EUR
        hours: 1.5
      Income:Services
    """
    entry = transaction(ledger)
    assert error(entry).entry is entry


@pytest.mark.parametrize("value", [30, 1.5, ["a"], ("a", 1), object()])
def test_what_another_plugin_sets_is_printed_as_text(
    ledger: Ledger, value: object
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable   10.00 EUR
      Income:Services
    """
    entry = transaction(ledger)
    entry.meta["of-entry"] = value
    (entry.postings[0].meta or {})["of-posting"] = value
    text = format_error(error(entry))
    assert f'  of-entry: "{value}"\n' in text
    assert f'    of-posting: "{value}"\n' in text
    assert entry.meta["of-entry"] is value


def test_a_posting_needs_no_metadata(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable   10.00 EUR
      Income:Services
    """
    entry = transaction(ledger)
    first, second = entry.postings
    entry = entry._replace(
        postings=[
            first._replace(meta={**PLACE, "days": 30}),
            second._replace(meta=None),
        ]
    )
    assert '    days: "30"\n' in format_error(error(entry))


def test_a_note_is_printed_too() -> None:
    meta: dict[str, Any] = {**PLACE, "step": 1}
    note = Note(meta, date(2026, 1, 1), "Assets:Receivable", "Called", None, None)
    assert '  step: "1"' in format_error(error(note))


def test_an_error_without_an_entry_has_none() -> None:
    assert error(None).entry is None
