"""`bean-dunning ical`."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from typing import Self

import click

from beancount_dunning.basics.files import replace_file
from beancount_dunning.cli.answer import Answer
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

    def check(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.first and self.last and self.first > self.last:
            message = f"--from {self.first} is after --to {self.last}."
            raise click.UsageError(message)

    def of_each(self) -> Self:
        """Return what makes a ledger's events: they go into one calendar."""
        return replace(self, output=None)

    @property
    def file(self) -> Path | None:
        """The file to write to; None for standard output."""
        return None if str(self.output) == "-" else self.output


def run(asked: Asked) -> None:
    """Print the feed, or write it to a file."""
    asked.check()
    view = load(asked.ledger, asked.as_of)
    output = asked.file
    feed = _feed(view, asked, _published(output, view) if output else b"")
    if output:
        write(output, feed)
    else:
        click.echo(feed, nl=False)


def answer(view: View, asked: Asked) -> Answer:
    """Say what is in the calendar, in versions that follow no other calendar's."""
    return Answer(_feed(view, asked).decode(), is_data=True)


def _feed(view: View, asked: Asked, before: bytes = b"") -> bytes:
    # Subscribers would drop what is missing, paid or not.
    view.require_whole()
    wanted = Wanted(
        todo=asked.type_ == "todo",
        private=asked.private,
        by_customer=asked.by == "customer",
        first=asked.first or date.min,
        last=asked.last or date.max,
        book=view.around.book,
    )
    return build_calendar(view.books, keep_customers(asked.customer), wanted, before)


def write(output: Path, feed: bytes) -> None:
    """Write a feed to a file, or say why not.

    Raises:
        click.UsageError: It cannot be written.
    """
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
