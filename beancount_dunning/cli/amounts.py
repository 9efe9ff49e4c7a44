"""Numbers that one types after a switch."""

from __future__ import annotations

from decimal import Decimal
from decimal import InvalidOperation

import click

from beancount_dunning.basics.money import is_number

_ALL = "all"


def part(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> Decimal | str | None:
    """Read how much of something: an amount, or "all"."""
    if value is None or value == _ALL:
        return value
    number = as_number(value)
    if number is None:
        message = f'{value!r} is neither "{_ALL}" nor an amount, like 119.00.'
        raise click.BadParameter(message)
    return number


def as_number(text: str) -> Decimal | None:
    """Return the number that somebody typed; None where it is none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if is_number(number) else None
