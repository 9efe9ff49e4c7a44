"""A customer's statement of account, for paper: in the customer's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.dates import format_date

from beancount_dunning.basics.money import in_locale
from beancount_dunning.formats.catalogues import catalogue
from fava_dunning.modes import hide
from fava_dunning.modes import is_incognito

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from babel import Locale
    from babel.support import NullTranslations


@dataclass(frozen=True, slots=True)
class Statement:
    """How a statement writes words, days and amounts."""

    locale: Locale

    @property
    def language(self) -> str:
        """The language as a page says it (BCP 47)."""
        return str(self.locale).replace("_", "-")

    @property
    def words(self) -> NullTranslations:
        """The catalogue of the language."""
        return catalogue(self.locale)

    def day(self, day: date | None) -> str:
        """Write a date; nothing where there is none."""
        return format_date(day, "medium", self.locale) if day else ""

    def number(self, number: Decimal) -> str:
        """Write an amount, hidden when Fava is incognito."""
        text = in_locale(number, self.locale)
        return hide(text) if is_incognito() else text
