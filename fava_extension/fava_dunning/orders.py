"""What requests to write ask for: values of their bodies, read and checked."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from beancount.core.amount import Amount

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import require_loggable
from beancount_dunning.basics.words import Words
from fava_dunning.senders import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount_dunning.ledger.items import Item
    from fava_dunning.page import Page

_Choice = TypeVar("_Choice", bound=StrEnum)
# How long a note's text may be, which the dialogs say, too.
MAX_TEXT = 500
# As a field for numbers sends it.
_AMOUNT = r"\d{1,15}(\.\d{1,12})?"


def text_in(body: dict[str, Any], key: str, default: str | None = None) -> str:
    """Return a text of a request.

    Raises:
        RequestError: There is none, and no default.
    """
    value = body.get(key, default)
    if not isinstance(value, str):
        raise RequestError(400, f'"{key}" must be text')
    return value


def line_in(body: dict[str, Any], key: str, default: str | None = "") -> str:
    """Return a text that a note can hold.

    Raises:
        RequestError: There is none, and no default; or it is too long.
    """
    text = text_in(body, key, default)
    if len(text) > MAX_TEXT:
        message = Words('"{key}" must have at most {n} characters', key=key, n=MAX_TEXT)
        raise RequestError(400, message)
    return text


def names_in(body: dict[str, Any], key: str, message: str) -> list[str]:
    """Return a list of texts of a request.

    Raises:
        RequestError: It is none, or has none; the message says what it must be.
    """
    names = body.get(key)
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not is_list or not names:
        raise RequestError(400, f'"{key}" {message}')
    return list(names)


def day_in(body: dict[str, Any], key: str, default: str | None = None) -> date:
    """Return a date of a request.

    Raises:
        RequestError: There is none, and no default.
    """
    text = text_in(body, key, default)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # Python reads 20261127 and 2026-W48-5, too.
    if day is None or day.isoformat() != text:
        raise RequestError(
            400, Words('"{key}" must be a date, like 2026-11-27', key=key)
        )
    return day


def choice_in(
    body: dict[str, Any], key: str, choices: type[_Choice], *others: str
) -> _Choice | None:
    """Return one of several words of a request; None for one of the others.

    Raises:
        RequestError: It is none of them.
    """
    text = text_in(body, key)
    if text in others:
        return None
    if text not in list(choices):
        words = ", ".join([*choices, *filter(None, others)])
        raise RequestError(400, f'"{key}" must be one of {words}')
    return choices(text)


def number_in(body: dict[str, Any], key: str) -> Decimal | None:
    """Return a number of a request; None where nothing is typed.

    Raises:
        RequestError: It is no number, or nothing.
    """
    text = text_in(body, key, "").strip()
    if not text:
        return None
    if not re.fullmatch(_AMOUNT, text, re.ASCII) or not Decimal(text):
        raise RequestError(400, Words('"{key}" must be a number, like 200.00', key=key))
    return Decimal(text)


def amount_in(body: dict[str, Any], key: str, items: Iterable[Item]) -> Amount | None:
    """Return an amount of a request, in the currency of the items that it is about.

    Raises:
        RequestError: It is no number.
        RefusedError: The items have several currencies.
    """
    number = number_in(body, key)
    currencies = sorted({item.currency for item in items})
    if number is None:
        return None
    if len(currencies) > 1:
        reason = Words(
            "These invoices are in {currencies}: to name an amount, choose those in "
            "one currency",
            currencies=", ".join(currencies),
        )
        raise RefusedError(reason)
    return Amount(number, currencies[0])


def items_in(body: dict[str, Any], page: Page) -> Sequence[Item]:
    """Return the items that a request is about: those of `items`, or that of `item`.

    Raises:
        RequestError: It names none, or one that is no longer open.
        RefusedError: No note can name one.
    """
    if "items" in body:
        keys = names_in(body, "items", "must name at least one item")
    else:
        keys = [text_in(body, "item")]
    known = {aged.item.key: aged.item for aged in page.report.items}
    items = []
    for key in dict.fromkeys(keys):
        if key not in known:
            reason = Words("This item is no longer open: reload the page")
            raise RequestError(409, reason)
        require_loggable(known[key])
        items.append(known[key])
    return items
