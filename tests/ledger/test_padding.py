"""A ledger that is not padded yet shows the plugin what everyone else will see."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from textwrap import dedent
from typing import TYPE_CHECKING

from beancount.core.data import Pad
from beancount.core.data import Transaction
from beancount.parser import booking
from beancount.parser import parser

from beancount_dunning.ledger.padding import with_padding
from beancount_dunning.ledger.receivables import read_receivables
from beancount_dunning.ledger.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import pytest
    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Receivables
    from tests.conftest import Ledger

AS_OF = date(2026, 11, 20)


def unpadded(request: pytest.FixtureRequest) -> tuple[list[Directive], dict[str, Any]]:
    """Return the ledger in the test's docstring as a plugin gets it."""
    entries, errors, options = parser.parse_string(dedent(request.function.__doc__))
    booked, more = booking.book(entries, options)
    assert not errors
    assert not more
    return sorted(booked, key=lambda entry: entry.date), options


def padded(request: pytest.FixtureRequest) -> tuple[list[Directive], list[Directive]]:
    """Return the entries without and with padding."""
    entries, options = unpadded(request)
    accounts = read_settings(entries, options, AS_OF).accounts
    pads = [entry for entry in entries if isinstance(entry, Pad)]
    return entries, list(with_padding(entries, pads, options, accounts))


def balances(entries: Sequence[Directive]) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                if posting.account.startswith("Assets:Receivable"):
                    assert posting.units is not None
                    assert posting.units.number is not None
                    key = (posting.account, posting.units.currency)
                    found[key] += posting.units.number
    return dict(found)


def is_open(receivables: Receivables) -> list[str]:
    return [
        *(f"{item.label} {item.open} {item.currency}" for item in receivables.items),
        *(f"{credit.amount} {credit.currency}" for credit in receivables.unapplied),
    ]


def test_padding_is_filled_in_as_beancount_will(
    ledger: Ledger, request: pytest.FixtureRequest
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
    2026-01-01 open Assets:Receivable:Acme:Old
    2026-01-01 open Assets:Bank
    2026-01-01 open Equity:Opening
    2026-01-01 open Income:Services
    2026-01-02 pad Assets:Receivable:Acme Equity:Opening
    2026-01-02 pad Assets:Bank Equity:Opening
    2026-01-05 * "Acme" "January" ^INV-1
      due: 2026-02-05
      Assets:Receivable:Acme      50.00 EUR
      Assets:Receivable:Acme:Old   8.00 EUR
      Income:Services
    2026-01-10 balance Assets:Receivable:Acme  450.00 EUR
    2026-01-10 balance Assets:Receivable:Acme   -7.00 USD
    2026-01-10 balance Assets:Bank            1000.00 EUR
    2026-02-10 * "Acme" "Payment" ^INV-1
      Assets:Receivable:Acme     -10.00 EUR
      Assets:Bank
    """
    entries, filled = padded(request)
    assert balances(filled) == balances(ledger.entries)
    assert [entry.date for entry in filled] == sorted(entry.date for entry in filled)
    assert [entry for entry in filled if entry in entries] == entries
    # The bank's padding is nobody's receivable.
    assert len(filled) == len(entries) + 2
    settings = ledger.settings()
    expected = [
        "INV-1 40.00 EUR",
        "INV-1 8.00 EUR",
        "(padding) 392.00 EUR",
        "-7.00 USD",
    ]
    assert is_open(read_receivables(filled, settings, AS_OF)) == expected
    assert is_open(ledger.receivables(AS_OF)) == expected


def test_a_receivable_that_pads_another_account_is_padded_too(
    ledger: Ledger, request: pytest.FixtureRequest
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
    2026-01-01 open Assets:Bank
    2026-01-02 pad Assets:Bank Assets:Receivable:Acme
    2026-01-10 balance Assets:Bank  1000.00 EUR
    """
    _, filled = padded(request)
    assert balances(filled) == balances(ledger.entries)
    assert is_open(read_receivables(filled, ledger.settings(), AS_OF)) == [
        "-1000.00 EUR"
    ]


def test_without_padded_receivables_nothing_is_copied(
    request: pytest.FixtureRequest,
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
    2026-01-01 open Assets:Bank
    2026-01-01 open Equity:Opening
    2026-01-02 pad Assets:Bank Equity:Opening
    2026-01-10 balance Assets:Bank  1000.00 EUR
    """
    entries, options = unpadded(request)
    accounts = read_settings(entries, options, AS_OF).accounts
    pads = [entry for entry in entries if isinstance(entry, Pad)]
    assert with_padding(entries, pads, options, accounts) is entries
    assert with_padding(entries, [], options, accounts) is entries


def test_padding_that_is_not_needed_adds_nothing(
    request: pytest.FixtureRequest,
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
    2026-01-01 open Equity:Opening
    2026-01-02 pad Assets:Receivable:Acme Equity:Opening
    2026-01-10 balance Assets:Receivable:Acme  0.00 EUR
    """
    entries, filled = padded(request)
    assert filled == entries


def test_entries_without_a_line_are_padded_too(request: pytest.FixtureRequest) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
    2026-01-01 open Equity:Opening-Balances
    2026-01-02 pad Assets:Receivable:Acme Equity:Opening-Balances
    2026-01-03 balance Assets:Receivable:Acme  10.00 EUR
    """
    entries, options = unpadded(request)
    bare = [entry._replace(meta={}) for entry in entries]
    accounts = read_settings(bare, options, AS_OF).accounts
    pads = [entry for entry in bare if isinstance(entry, Pad)]
    found = balances(list(with_padding(bare, pads, options, accounts)))
    assert found == {("Assets:Receivable:Acme", "EUR"): Decimal("10.00")}
