"""Typed text and metadata as values: each reader gives one, or says what it wants."""

from __future__ import annotations

import re
import warnings
from datetime import date
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING

from beancount.core.amount import Amount

from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.terms import Terms
from beancount_dunning.ledger.terms import parse_terms

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable


# With what an event adds, an address is to have less than the 256 characters after
# which Google stops reading.
_LONGEST_URL = 190


# More words than this are not listed.
_LISTED = 24


class _WrongValueError(ValueError):
    """A value that is not what it should be; the message says what is expected."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return what to type instead: the known word that is close, or else all there are.

    Args:
        word: What was typed.
        known: What could have been.

    Returns:
        A sentence to end a message with, empty where nothing is near, and nothing or
        too much is known.
    """
    words = list(known)
    close = get_close_matches(word, words, 1)
    if close:
        return f' Did you mean "{close[0]}"?'
    is_short = 0 < len(words) <= _LISTED
    return f" Known: {', '.join(words)}." if is_short else ""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        message = 'text in quotes, like "…"'
        raise _WrongValueError(message)
    return value.strip()


def _whole(value: object) -> int:
    if (
        not isinstance(value, Decimal)
        or value != value.to_integral_value()
        or abs(value) > 100_000  # noqa: PLR2004 - some 270 years
    ):
        message = "a whole number of days, like 7"
        raise _WrongValueError(message)
    return int(value)


def _whole_positive(value: object) -> int:
    number = _whole(value)
    if number < 0:
        message = "a number of days, 0 or more, like 7"
        raise _WrongValueError(message)
    return number


def _amount(value: object) -> Amount:
    if (
        not isinstance(value, Amount)
        or not isinstance(value.number, Decimal)
        or value.number < 0
    ):
        message = "an amount, like 5.00 EUR"
        raise _WrongValueError(message)
    return value


def _terms(value: object) -> Terms:
    if not isinstance(value, str):
        message = 'terms of payment in quotes, like "net 30"'
        raise _WrongValueError(message)
    return parse_terms(value)


def _one_of(*words: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            message = " or ".join(f'"{word}"' for word in words)
            raise _WrongValueError(message)
        return value

    return read


def compile_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Compile what a user typed.

    Args:
        text: A regular expression.
        flags: As for `re.compile`.

    Returns:
        The pattern.

    Raises:
        ValueError: It is none, or one that Python cannot compile.
    """
    try:
        with warnings.catch_warnings():
            # What a later Python may read otherwise is no matter of the user's.
            warnings.simplefilter("ignore")
            return re.compile(text, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _regular_expression(value: object) -> re.Pattern[str]:
    text = _text(value)
    try:
        return compile_pattern(text)
    except ValueError as error:
        message = f"a regular expression on account names ({error})"
        raise _WrongValueError(message) from error


def _buckets(value: object) -> tuple[int, ...]:
    words = value.split() if isinstance(value, str) else []
    are_days = all(re.fullmatch(r"\d{1,5}", word, re.ASCII) for word in words)
    edges = tuple(map(int, words)) if are_days else ()
    if not edges or list(edges) != sorted({edge for edge in edges if edge > 0}):
        message = 'increasing numbers of days, like "30 60 90"'
        raise _WrongValueError(message)
    return edges


def _date(value: object) -> date:
    if not isinstance(value, date):
        message = "a date without quotes, like 2026-11-20"
        raise _WrongValueError(message)
    return value


def _url(value: object) -> str:
    text = _text(value)
    if len(text) > _LONGEST_URL or not re.fullmatch(
        r"https?://[A-Za-z0-9.:\[\]-]+(/[!$-;=@-Z_a-z~]*)?", text, re.ASCII
    ):
        message = 'an address, like "http://localhost:5000/my-ledger"'
        raise _WrongValueError(message)
    return text.rstrip("/")


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        message = "TRUE or FALSE"
        raise _WrongValueError(message)
    return value


def _token(value: object) -> str:
    # It is a part of an address, and those should not be long.
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", value):
        message = "16 to 64 letters and digits, - and _, in quotes"
        raise _WrongValueError(message)
    return value


def _alarm(value: object) -> timedelta:
    """Read when an alarm rings, as the time before the day begins."""
    text = value if isinstance(value, str) else ""
    if text == "none":
        return timedelta()
    found = re.fullmatch(r"(\d{1,3}) days? before at (\d{1,2}):(\d\d)", text, re.ASCII)
    days, hours, minutes = map(int, found.groups()) if found else (0, 0, 0)
    if days < 1 or hours >= 24 or minutes >= 60:  # noqa: PLR2004 - of a clock
        message = '"none", or a time like "1 day before at 9:00"'
        raise _WrongValueError(message)
    return timedelta(days=days) - timedelta(hours=hours, minutes=minutes)


def typed(value: object) -> str:
    """Show a value of a custom directive or of metadata as one would type it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f'"{value}"'
    return exact(value) if isinstance(value, Decimal) else str(value)


def as_date(value: object) -> date | None:
    """Return the date that metadata holds, also where it stands in quotes.

    Of the forms of ISO 8601 it is the one that Beancount's own dates have.
    """
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None
