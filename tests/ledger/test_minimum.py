"""What is too little, by currency."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.ledger.minimum import Minimums
from beancount_dunning.ledger.minimum import common_digits
from beancount_dunning.ledger.minimum import shows

if TYPE_CHECKING:
    from tests.conftest import Ledger


@pytest.mark.parametrize(
    ("currency", "minimum"),
    [
        ("EUR", "1"),
        ("JPY", "1"),
        ("DEM", "1"),
        ("GBP", "0.25"),
        ("HOURS", "0.1"),
        ("BTC", "0.00000001"),
        ("THIRDS", "1"),
        ("NEVER", "1"),
    ],
)
def test_each_currency_has_a_minimum(
    ledger: Ledger, currency: str, minimum: str
) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 0.25 GBP
    2026-01-02 * "Hours"
      Assets:Receivable    1.5 HOURS
      Income:Services     -1.5 HOURS
    2026-01-02 * "Coins"
      Assets:Receivable    0.12345678 BTC
      Income:Services     -0.12345678 BTC
    2026-01-02 * "Thirds"
      Assets:Receivable    1/3 THIRDS
      Income:Services     -1/3 THIRDS
    """
    minimums, least = ledger.settings().minimum, Decimal(minimum)
    assert minimums.is_reached(least, currency)
    assert not minimums.is_reached(least * Decimal("0.99"), currency)
    assert minimums[currency] == least
    assert minimums.is_reached(Decimal(1), currency)


def test_without_a_ledger_there_are_no_digits() -> None:
    assert common_digits({}, "EUR") == 0
    assert Minimums({}, {})["EUR"] == 1


@pytest.mark.parametrize(
    ("amount", "currency", "is_shown"),
    [
        ("1", "EUR", True),
        ("0.01", "EUR", True),
        ("0.005", "EUR", True),
        ("0.0049", "EUR", False),
        ("0", "EUR", False),
        ("0.4", "JPY", False),
        ("0.5", "JPY", True),
        ("0.4", "RSD", True),
        ("0.004", "RSD", False),
    ],
)
def test_a_fraction_of_the_smallest_coin_does_not_show(
    ledger: Ledger, amount: str, currency: str, *, is_shown: bool
) -> None:
    """
    2026-01-02 * "Cents"
      Assets:Receivable    12345.67 RSD
      Income:Services
    """
    assert shows(Decimal(amount), currency, ledger.options) is is_shown
