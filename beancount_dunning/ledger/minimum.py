"""What is too little for a reminder or an error: the option `minimum`, and its default.

    2026-01-01 custom "dunning-option" "minimum" 10.00 EUR
    2026-01-01 custom "dunning-option" "minimum" 50.00 USD
      by: "customer"

Nobody wants to be reminded of a cent. So where a ledger says nothing, the minimum is 1
of each currency that CLDR knows; of other things, such as hours, it is the smallest
number that the ledger writes of them.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.display_context import Precision

from beancount_dunning.basics.money import TYPED_DIGITS
from beancount_dunning.basics.money import is_currency
from beancount_dunning.basics.money import round_to

if TYPE_CHECKING:
    from collections.abc import Mapping

_ONE = Decimal(1)


class MinimumBy(StrEnum):
    """What is compared with a minimum: what is open of an invoice, or of a customer."""

    INVOICE = "invoice"
    CUSTOMER = "customer"


class Minimums(dict[str, Decimal]):
    """The minimum of each currency: as typed, or else the default, found once."""

    def __init__(
        self, typed: Mapping[str, Decimal], options_map: Mapping[str, Any]
    ) -> None:
        """Take what is typed, and Beancount's options of the ledger."""
        super().__init__(typed)
        self._options = options_map

    def __missing__(self, currency: str) -> Decimal:
        """Find the default of a currency."""
        minimum = _ONE
        if not is_currency(currency):
            minimum = _ONE.scaleb(-common_digits(self._options, currency))
        self[currency] = minimum
        return minimum

    def is_reached(self, amount: Decimal, currency: str) -> bool:
        """Tell whether an amount is not below the minimum of its currency."""
        # No default is above one, and CLDR is not asked for what is plain.
        if amount >= 1 and currency not in self:
            return True
        return amount >= self[currency]


def shows(amount: Decimal, currency: str, options_map: Mapping[str, Any]) -> bool:
    """Tell whether an amount is more than a fraction of the smallest coin.

    Args:
        amount: The amount.
        currency: Its currency.
        options_map: Beancount's options of the ledger, which may write more decimals
            of the currency than it has coins.
    """
    # CLDR is not asked for what is plain.
    return amount >= 1 or bool(
        round_to(amount, currency, common_digits(options_map, currency))
    )


def common_digits(options_map: Mapping[str, Any], currency: str) -> int:
    """Return how many decimals a ledger most commonly writes of a currency.

    Args:
        options_map: Beancount's options of the ledger, with its display context.
        currency: A currency; none is written of one that the ledger does not have.
    """
    context = options_map.get("dcontext")
    known = context.ccontexts.get(currency) if context else None
    digits = (known and known.get_fractional(Precision.MOST_COMMON)) or 0
    # A quotient has more decimals than anyone types.
    return digits if digits <= TYPED_DIGITS else 0
