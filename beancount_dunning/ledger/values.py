"""Readers of values: from what Beancount makes of typed text to what we need.

A reader takes a directive's value, or one of metadata, and returns what it means. Where
it cannot, it raises a WrongValueError that completes the sentence "expected …; got …".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from beancount.core.amount import Amount

from beancount_dunning.basics.lists import either
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import is_number
from beancount_dunning.basics.patterns import compile_pattern
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.policies import Percentage
from beancount_dunning.ledger.terms_text import parse_terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount_dunning.ledger.terms import Terms

Reader = Callable[[object], Any]
_Word = TypeVar("_Word", bound=str)

# With what a calendar event adds, an address has to stay below the 256 characters
# after which Google stops reading.
_MAX_ADDRESS = 190
# Some 270 years.
_MAX_DAYS = 100_000
NO_ALARM = timedelta.max
# Longer lists of known words are left out of messages.
_MAX_LISTED = 48


class WrongValueError(ValueError):
    """A value of the wrong kind; `expected` says what is expected."""

    def __init__(self, expected: Words) -> None:
        """Say what is expected."""
        super().__init__(expected)
        self.expected = expected


def wrong_value(key: str, expected: Words, value: object) -> Words:
    """Say what is wrong with a value.

    Args:
        key: What it is the value of.
        expected: What is expected.
        value: What was typed.
    """
    return Words(
        "{key}: expected {expected}; got {got}.",
        key=key,
        expected=expected,
        got=typed(value),
    )


def text(value: object) -> str:
    """Read text that is not blank; spaces around it are cut off."""
    if not isinstance(value, str) or not value.strip():
        raise WrongValueError(Words('text in quotes, like "…"'))
    return value.strip()


def whole_number(value: object) -> int:
    """Read a whole number of days, which may be negative."""
    if (
        not is_number(value)
        or value != value.to_integral_value()
        or abs(value) > _MAX_DAYS
    ):
        raise WrongValueError(Words("a whole number of days, like 7"))
    return int(value)


def days(value: object) -> int:
    """Read a number of days, 0 or more."""
    number = whole_number(value)
    if number < 0:
        raise WrongValueError(Words("a number of days, 0 or more, like 7"))
    return number


def amount(value: object) -> Amount:
    """Read an amount, 0 or more."""
    if not isinstance(value, Amount) or not is_number(value.number) or value.number < 0:
        raise WrongValueError(Words("an amount, like {amount}", amount="5.00 EUR"))
    return value


def fee(value: object) -> Amount | Percentage:
    """Read an amount, or a percentage of what is open as text."""
    typed_text = value if isinstance(value, str) else ""
    if percent := re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?) ?%", typed_text, re.ASCII):
        return Percentage(Decimal(percent[1]))
    try:
        return amount(value)
    except WrongValueError as wrong:
        message = Words(
            '{amount}, or a percentage of what is open, like "2 %"',
            amount=wrong.expected,
        )
        raise WrongValueError(message) from wrong


def terms(value: object) -> Terms:
    """Read terms of payment.

    Raises:
        TermsError: The text is not understood as terms.
    """
    if not isinstance(value, str):
        raise WrongValueError(Words('terms of payment in quotes, like "net 30"'))
    return parse_terms(value)


def one_of(words: Iterable[str]) -> Words:
    """List words to choose from, each in quotes."""
    return either(f'"{word}"' for word in words)


def choice(*words: _Word) -> Callable[[object], _Word]:
    """Return a reader of these words and no others."""
    known = {str(word): word for word in words}

    def read(value: object) -> _Word:
        if not isinstance(value, str) or value not in known:
            raise WrongValueError(one_of(words))
        return known[value]

    return read


def regular_expression(value: object) -> re.Pattern[str]:
    """Read a regular expression on account names."""
    pattern = text(value)
    try:
        return compile_pattern(pattern)
    except ValueError as error:
        message = Words("a regular expression on account names ({why})", why=error)
        raise WrongValueError(message) from error


def bucket_edges(value: object) -> tuple[int, ...]:
    """Read the last days of the buckets, like "30 60 90"."""
    words = value.split() if isinstance(value, str) else []
    are_days = all(re.fullmatch(r"\d{1,5}", word, re.ASCII) for word in words)
    edges = tuple(map(int, words)) if are_days else ()
    if not edges or list(edges) != sorted({edge for edge in edges if edge > 0}):
        raise WrongValueError(Words('increasing numbers of days, like "30 60 90"'))
    return edges


def day(value: object) -> date:
    """Read a date."""
    typed_day = as_date(value) if isinstance(value, date) else None
    if typed_day is None:
        raise WrongValueError(Words("a date without quotes, like 2026-11-20"))
    return typed_day


def web_address(value: object) -> str:
    """Read a web address; a slash at its end is cut off."""
    address = text(value)
    if len(address) > _MAX_ADDRESS or not re.fullmatch(
        r"https?://[A-Za-z0-9.:\[\]-]+(/[!$-;=@-Z_a-z~]*)?", address, re.ASCII
    ):
        raise WrongValueError(
            Words('an address, like "http://localhost:5000/my-ledger"')
        )
    return address.rstrip("/")


def truth(value: object) -> bool:
    """Read TRUE or FALSE."""
    if not isinstance(value, bool):
        raise WrongValueError(either(("TRUE", "FALSE")))
    return value


def token(value: object) -> str:
    """Read a secret that is a part of an address, and so must not be long."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", value):
        raise WrongValueError(Words("16 to 64 letters and digits, - and _, in quotes"))
    return value


def alarm(value: object) -> timedelta:
    """Read when an alarm rings, as the time after its day begins, or NO_ALARM."""
    typed_text = value if isinstance(value, str) else ""
    if typed_text == "none":
        return NO_ALARM
    found = re.fullmatch(
        r"(on the day|([1-9]\d{0,2}) days? before) at (\d{1,2}):([0-5]\d)",
        typed_text,
        re.ASCII,
    )
    days_before, hours, minutes = (
        (int(part or 0) for part in found.groups()[1:]) if found else (0, 24, 0)
    )
    if hours >= 24:  # noqa: PLR2004 - of a clock
        message = Words(
            '"none", or a time like "on the day at 9:00" or "1 day before at 9:00"'
        )
        raise WrongValueError(message)
    return timedelta(days=-days_before, hours=hours, minutes=minutes)


def suggestion(word: str, known: Iterable[str]) -> Words:
    """Say what to type instead of a word that is not known.

    Args:
        word: What was typed.
        known: What could have been typed.

    Returns:
        A sentence to end a message with, after a blank: the nearest known word, or
        else all of them. It is empty where no word is near, and none or too many are
        known.
    """
    words = list(known)
    if close := get_close_matches(word, words, 1):
        return meant(close)
    if not 0 < len(words) <= _MAX_LISTED:
        return Words.joined("", [])
    return Words.joined(" ", ["", Words("Known: {words}.", words=", ".join(words))])


def no_policy(value: object, known: Iterable[str]) -> Words:
    """Say that there is no such policy, and which there are."""
    text = Words("There is no policy {policy}.", policy=typed(value))
    return Words.joined("", [text, suggestion(str(value), known)])


def meant(words: Iterable[str]) -> Words:
    """Ask whether one of some words was meant, after a blank."""
    text = Words("Did you mean {words}?", words=one_of(words))
    return Words.joined(" ", ["", text])


def typed(value: object) -> str:
    """Write a value of a directive or of metadata as a user would type it."""
    if value is None:
        return Words("nothing")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f'"{value}"'
    if type(value) is tuple:
        return " ".join(map(typed, value))
    return exact(value) if is_number(value) else str(value)


def as_date(value: object) -> date | None:
    """Return the date in metadata, quoted or not; None where it is no date.

    Of the forms of ISO 8601, only that of Beancount's own dates is a date. Of a time,
    which another plugin may set, the day counts.
    """
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
