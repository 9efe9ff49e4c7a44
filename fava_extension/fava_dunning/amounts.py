"""How the page writes amounts: in the locale that Fava has, or hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import hide
from beancount_dunning.basics.money import in_locale
from fava_dunning.charts import short

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Amounts:
    """Writes amounts as a locale has them; if `is_hidden`, with an X for each digit."""

    locale: str | None
    is_hidden: bool

    def number(self, number: Decimal) -> str:
        """Write an amount with all its digits.

        Fava's own filter rounds to the digits that a currency has most often, and
        receivables need their cents.
        """
        text = in_locale(number, self.locale) if self.locale else exact(number)
        return hide(text) if self.is_hidden else text

    def money(self, number: Decimal, currency: str | None = None) -> str:
        """Write an amount, with its currency if that is not said elsewhere."""
        return f"{self.number(number)} {currency}" if currency else self.number(number)

    def scale(self, number: Decimal) -> str:
        """Write a round number at a line of a chart."""
        text = short(number)
        return hide(text) if self.is_hidden else text
