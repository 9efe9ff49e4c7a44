"""Dates and amounts as a customer's country writes them, and its plural forms.

CLDR knows nearly all of it. What is different on invoices stands here: the first of a
month in French and Italian, yuan, yen and Taiwan dollars, and a currency's code that
touches its number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from decimal import localcontext
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale
from babel import UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency
from babel.numbers import format_percent

from beancount_dunning.basics.languages import written_as
from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import hide
from beancount_dunning.basics.money import in_locale
from beancount_dunning.basics.money import is_currency

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "zh", "zh_Hant_TW", "ja")
# Language, script, territory and variant; what follows in a tag are extensions.
_PARTS_OF_TAG = 4
_FIRSTS = {"fr": "1er", "it": "1°"}


def locale_of(tag: str) -> Locale:
    """Return the locale of a language tag, English where no letter has the language.

    Args:
        tag: What was typed, like "de-AT" or "zh_TW". What is unknown at its end is left
            off: "de-XX" is German.

    Returns:
        The locale.
    """
    parts = tag.strip().replace("-", "_").split("_")[:_PARTS_OF_TAG]
    for end in range(len(parts), 0, -1):
        try:
            locale = Locale.parse("_".join(parts[:end]))
        except (UnknownLocaleError, ValueError):
            continue
        if written_as(locale) in LANGUAGES:
            return locale
    return Locale(LANGUAGES[0])


@dataclass(frozen=True, slots=True)
class Country:
    """How a letter writes; where it `is_private`, with an X for each digit of a sum."""

    locale: Locale
    is_private: bool = False

    def day(self, day: date) -> str:
        """Write a date in words."""
        return _day(day, self.locale)

    def amount(self, number: Decimal, currency: str) -> str:
        """Write an amount with all its digits, and with those its currency has."""
        text = _amount(exact(number), currency, self.locale)
        return hide(text) if self.is_private else text

    def percent(self, number: Decimal) -> str:
        """Write a percentage."""
        with localcontext(WIDE):
            return format_percent(
                number / 100, locale=self.locale, decimal_quantization=False
            )

    def joined(self, texts: Iterable[str]) -> str:
        """Write a list, as in "one, two and three"."""
        listed = list(texts)
        if len(listed) > 1:
            return format_list(listed, locale=self.locale)
        return "".join(listed)

    def plural(self, number: int, **forms: str) -> str:
        """Return the form that goes with a number, by CLDR's names; `other` by default.

        Args:
            number: The number.
            forms: The forms, like `one="day", other="days"`.

        Raises:
            TypeError: There is no form `other`.
        """
        if "other" not in forms:
            message = 'plural needs a form for all other numbers: other="…"'
            raise TypeError(message)
        return forms.get(_form(number, self.locale), forms["other"])


@lru_cache(4096)
def _form(number: int, locale: Locale) -> str:
    return locale.plural_form(number)


@lru_cache(4096)
def _day(day: date, locale: Locale) -> str:
    text = format_date(day, "long", locale=locale)
    first = _FIRSTS.get(locale.language)
    return re.sub(r"^1(?= )", first, text) if first else text


@lru_cache(4096)
def _amount(digits: str, currency: str, locale: Locale) -> str:
    # Numbers that are equal may have other digits, and would be one in the cache.
    number = Decimal(digits)
    if not is_currency(currency):
        return f"{in_locale(number, locale)}\u00a0{currency}"
    if (locale.language, currency) == ("ja", "JPY"):
        return f"{in_locale(number, locale)}円"
    if (locale.language, locale.script, currency) == ("zh", "Hant", "TWD"):
        whole = number.to_integral_value() if number % 1 == 0 else number
        return f"NT${in_locale(whole, locale)}"
    with localcontext(WIDE):
        text = format_currency(
            number, currency, locale=locale, decimal_quantization=False
        )
    return re.sub(rf"^(-?{re.escape(currency)})(?=\d)", "\\1\u00a0", text)
