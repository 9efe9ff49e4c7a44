"""Exact numbers: how fine a currency is, how to round once, how to write them down."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP
from decimal import Context
from decimal import Decimal
from decimal import localcontext
from functools import cache
from typing import TYPE_CHECKING
from typing import TypeGuard

if TYPE_CHECKING:
    from collections.abc import Callable

    from babel import Locale

    # How a report writes its amounts: exact, or hidden.
    Writer = Callable[[Decimal], str]

ZERO = Decimal()
WIDE = Context(prec=999)
# Nobody types more decimals.
TYPED_DIGITS = 12
# Nobody types a number of more digits, before or after its point.
DIGITS = 100


def is_number(value: object) -> TypeGuard[Decimal]:
    """Tell whether a value is a number to reckon with, as one can type it.

    Args:
        value: A value of a directive or of metadata. Other plugins also put numbers
            there that are none, or endless, or too large to add: NaN, 1E+999999.
    """
    return (
        isinstance(value, Decimal)
        and value.is_finite()
        and abs(value.adjusted()) <= DIGITS
    )


@cache
def _minor_digits(currency: str) -> int:
    # Imported where needed: on most loads nothing is rounded.
    from babel.numbers import get_currency_precision  # noqa: PLC0415

    return get_currency_precision(currency)


@cache
def is_currency(name: str) -> bool:
    """Tell whether CLDR knows a currency, today's or a former one."""
    from babel.core import get_global  # noqa: PLC0415 - as above

    return name in get_global("all_currencies")


def round_like(number: Decimal, amount: Decimal, currency: str) -> Decimal:
    """Round a computed number once, half up, to the currency's precision.

    The precision is that of the currency in CLDR (two digits for EUR, none for
    JPY, two for what CLDR does not know), or that of the amount the number was
    computed from, where the bookkeeper typed more digits.

    Args:
        number: What was computed, unrounded.
        amount: The amount in the ledger that it is a part of.
        currency: The currency of both.

    Returns:
        The rounded number.
    """
    return round_to(number, currency, 0 if is_computed(amount) else _digits(amount))


def round_to(number: Decimal, currency: str, digits: int = 0) -> Decimal:
    """Round a computed number once, half up, to the precision its currency has in CLDR.

    Args:
        number: What was computed, unrounded.
        currency: Its currency.
        digits: How many decimals to keep where that is more.

    Returns:
        The rounded number.
    """
    digits = max(digits, _minor_digits(currency))
    # The context bounds the digits of the result; money is not to run into that.
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, WIDE)


def is_computed(number: Decimal) -> bool:
    """Tell whether a number has more decimals than anyone types, as 40.00/3 does."""
    text = str(number)
    # Short texts have few decimals, and most are short; to count takes longer.
    is_long = len(text) > TYPED_DIGITS or "E" in text
    return is_long and _digits(number) > TYPED_DIGITS


def _digits(number: Decimal) -> int:
    """Return how many decimals a number has; none where it is no number."""
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def in_days(days: int) -> str:
    """Write a number of days, as in "1 day"."""
    return "1 day" if days == 1 else f"{days} days"


def in_locale(number: Decimal, locale: Locale | str) -> str:
    """Write a number with all its digits, grouped as a locale does.

    Args:
        number: The number.
        locale: The locale, or its name.

    Returns:
        The text, with as many decimals as the number has.
    """
    from babel import Locale  # noqa: PLC0415 - with a locale only
    from babel.numbers import format_decimal  # noqa: PLC0415 - likewise

    digits = _digits(number)
    locale = Locale.parse(locale)
    # Of the locale's own pattern, the part that says how digits are grouped.
    pattern = locale.decimal_formats[None].pattern.partition(".")[0]
    pattern += "." + "0" * digits if digits else ""
    with localcontext(WIDE):
        return format_decimal(
            number, pattern, locale=locale, decimal_quantization=False
        )


def exact(number: Decimal) -> str:
    """Write a number with all its digits and never an exponent."""
    return format(number, "f")


def hidden(number: Decimal) -> str:
    """Write a number with an X for each digit, as Fava hides amounts."""
    return hide(exact(number))


def hide(text: str) -> str:
    """Return a text with an X for each digit."""
    return re.sub(r"\d", "X", text)
