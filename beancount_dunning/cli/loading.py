"""A ledger, loaded and read for a command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import Self

import click
from beancount import loader

from beancount_dunning.basics.clock import today
from beancount_dunning.basics.errors import has_losses
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.basics.turns import take_turn
from beancount_dunning.cli.output import say
from beancount_dunning.cli.output import width
from beancount_dunning.office.sent import with_own_names
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence
    from contextlib import ExitStack
    from datetime import date

    from beancount_dunning.office.sent import Unpacked
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

# Where the errors that the plugin adds are made.
_OURS = "beancount_dunning."
# Seconds to wait for another program that writes: it may have to load the ledger.
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides an answer beside the ledger and what is asked.

    The day it is, the columns to lay out for (None: as many as it takes), the folder
    that places are shown relative to, and what the ledger is called among several.
    Where its files were `sent`, all of them lie below a folder.
    """

    today: date
    width: int | None
    folder: str
    book: str = ""
    sent: Unpacked | None = None

    @property
    def root(self) -> str:
        """What comes before the ledger's names of files, where they are."""
        return self.sent.root if self.sent else ""

    @classmethod
    def now(cls) -> Self:
        """Look around."""
        return cls(today(), width(), str(Path.cwd()))


class Checked:
    """What a command is asked, where all of it goes together."""

    __slots__ = ()

    def check(self) -> None:
        """Refuse what does not go together.

        Raises:
            click.UsageError: It does not.
        """

    def of_each(self) -> Self:
        """Return what is asked of each ledger where it is asked of several.

        Raises:
            click.UsageError: It can only be asked of one.
        """
        return self


@dataclass(frozen=True, slots=True)
class AskedOfLedger(Checked):
    """What every command is asked: about which ledger, on which date."""

    ledger: Path
    as_of: date | None


@dataclass(frozen=True, slots=True)
class AskedOfReport(AskedOfLedger):
    """What every report is asked, too: a line for what, in which format, about whom."""

    by: str
    format_: str
    customer: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class View:
    """A ledger as it stands on a date, Beancount's errors of it, and where one is."""

    path: Path
    books: Books
    errors: Sequence[Any]
    around: Surroundings

    @property
    def today(self) -> date:
        """The day it is."""
        return self.around.today

    def heading(self, what: str) -> str:
        """Say what is shown, and for which day."""
        fixed = " (the ledger's as-of date)" if self.books.is_dated else ""
        return f"{what} as of {self.books.as_of}{fixed}"

    def name_of(self, path: Path) -> str | None:
        """Return what the ledger calls a file; None where it is none of its own."""
        files = self.books.options.get("include") or ()
        same = (name for name in files if Path(name).exists() and path.samefile(name))
        return next(same, None)

    def books_for(self, format_: str) -> Books:
        """Return the books for a report: exact, or for people to read."""
        return self.books.rounded() if format_ == "text" else self.books

    @property
    def is_grouped(self) -> bool:
        """Whether the ledger wants thousands set apart."""
        return bool(self.books.options.get("render_commas"))

    def require_whole(self) -> None:
        """Stop where what is missing from a ledger would do harm."""
        if not self.books.entries:
            message = f"{self.path} is empty."
            raise click.UsageError(message)
        if has_losses(self.errors):
            message = f"Beancount cannot read all of {self.path}; see bean-check."
            raise click.UsageError(message)


def turn(ledger: Path) -> ExitStack:
    """Keep other writers out of a ledger, from before its load to after the writing.

    Args:
        ledger: Its file.

    Returns:
        The turn, which ends as a context does.

    Raises:
        click.UsageError: Another program writes, and does not end.
    """
    try:
        return take_turn(ledger, _PATIENCE)
    except OSError as error:
        message = f"Cannot write to {ledger}: {error.strerror}; nothing was written."
        raise click.UsageError(message) from error


def load(ledger: Path, as_of: date | None, around: Surroundings | None = None) -> View:
    """Load a ledger, through Beancount's cache, and read its receivables.

    Args:
        ledger: Its file.
        as_of: The date to look from; None for the ledger's own, or today.
        around: What else decides; None to look around now.

    Returns:
        The ledger on that date. Errors that are not ours are told on standard error.

    Raises:
        click.UsageError: Nothing can be read, or Beancount itself fails.
    """
    around = around or Surroundings.now()
    file = f"{around.root}{ledger}" if ledger.is_absolute() else str(ledger)
    try:
        entries, errors, options_map = loader.load_file(file)
    except (OSError, UnicodeError) as error:
        message = f"{ledger} cannot be read: {error}"
        raise click.UsageError(message) from error
    except Exception as error:
        # An amount of 29 digits stops Beancount, and so does a pushmeta of a number
        # without its popmeta: it does not expect them, and neither can we.
        why = f"{type(error).__name__}: {error}"
        message = f"{ledger} cannot be read: Beancount itself fails on it ({why})."
        raise click.UsageError(message) from error
    if errors and not entries:
        message = f"{ledger} cannot be read: {errors[0].message}"
        raise click.UsageError(message)
    if around.sent:
        loaded = (entries, errors, options_map)
        entries, errors, options_map = with_own_names(*loaded, around.root)
    with without_collection():
        books = read_books(entries, options_map, today=around.today, as_of=as_of)
    if around.sent and (fault := around.sent.why_not(books, errors)):
        raise click.UsageError(fault)
    others = [error for error in errors if not type(error).__module__.startswith(_OURS)]
    if others:
        errors_ = "1 other error" if len(others) == 1 else f"{len(others)} other errors"
        losses = "; entries that Beancount could not read are missing here"
        say(
            f"Note: bean-check finds {errors_} in this ledger"
            f"{losses if has_losses(errors) else ''}."
        )
    return View(ledger, books, errors, around)


def keep_customers(pattern: re.Pattern[str] | None) -> Keep:
    """Return the test whether an item is of some customers, or of any."""
    if pattern is None:
        return everything
    return lambda item: pattern.search(item.customer) is not None
