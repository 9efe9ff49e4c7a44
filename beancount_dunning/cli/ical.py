"""`bean-dunning ical`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import click

from beancount_dunning.basics.files import replace_file
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.calendar_feed import build_calendar

if TYPE_CHECKING:
    import re
    from pathlib import Path

    from beancount_dunning.cli.loading import View


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    output: Path | None
    type_: str
    by: str
    customer: re.Pattern[str] | None
    private: bool
    first: date | None
    last: date | None


def run(asked: Asked) -> None:
    """Print the feed, or write it to a file."""
    first, last = asked.first, asked.last
    if first and last and first > last:
        message = f"--from {first} is after --to {last}."
        raise click.UsageError(message)
    view = load(asked.ledger, asked.as_of)
    # Subscribers would drop what is missing, paid or not.
    view.require_whole()
    output = None if str(asked.output) == "-" else asked.output
    feed = build_calendar(
        view.books,
        keep_customers(asked.customer),
        Wanted(
            todo=asked.type_ == "todo",
            private=asked.private,
            by_customer=asked.by == "customer",
            first=first or date.min,
            last=last or date.max,
        ),
        _published(output, view) if output else b"",
    )
    if output is None:
        click.echo(feed, nl=False)
        return
    try:
        replace_file(output, feed)
    except OSError as error:
        message = f"Cannot write {output}: {error.strerror or error}"
        raise click.UsageError(message) from error


def _published(output: Path, view: View) -> bytes:
    """Return the feed that is to be replaced; nothing where there is none."""
    if not output.is_file():
        return b""
    if view.name_of(output):
        message = f"{output} is part of the ledger."
        raise click.UsageError(message)
    return output.read_bytes()
