"""The command line: `bean-dunning COMMAND LEDGER`.

Results go to standard output, everything else to standard error. Exit status: 0
done, 1 `check` found something, 2 usage or a ledger that cannot be read.

Beancount and all else that takes time to import waits until a command needs it.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

import click

from beancount_dunning import __version__
from beancount_dunning.clock import today

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from io import TextIOWrapper

    from beancount_dunning.aging import AgingReport
    from beancount_dunning.receivables import Receivables
    from beancount_dunning.settings import Settings


@dataclass(frozen=True, slots=True)
class _View:
    """A ledger, loaded and read, as it stands on a date.

    `is_whole` tells whether Beancount could read all of it.
    """

    options_map: dict[str, Any]
    settings: Settings
    receivables: Receivables
    is_whole: bool

    @property
    def heading(self) -> str:
        """Say what is shown, and for which day."""
        as_of = self.receivables.as_of
        fixed = " (the ledger's as-of date)" if as_of == self.settings.as_of else ""
        return f"Receivables as of {as_of}{fixed}"

    def age(self, customer: re.Pattern[str] | None) -> AgingReport:
        """Return the aging report, of some customers or all."""
        from beancount_dunning.aging import age

        if customer is None:
            return age(self.receivables, self.settings)
        return age(
            self.receivables,
            self.settings,
            lambda one: customer.search(one.customer) is not None,
        )


def _load(ledger: Path, as_of: date | None) -> _View:
    """Load a ledger, through Beancount's cache, and read its receivables."""
    from beancount import loader

    from beancount_dunning.errors import has_losses
    from beancount_dunning.receivables import read_receivables
    from beancount_dunning.settings import as_of_option
    from beancount_dunning.settings import read_settings

    try:
        entries, errors, options_map = loader.load_file(str(ledger))
    except (OSError, UnicodeError) as error:
        message = f"{ledger} cannot be read: {error}"
        raise click.UsageError(message) from error
    if errors and not entries:
        message = f"{ledger} cannot be read: {errors[0].message}"
        raise click.UsageError(message)
    others = [
        error for error in errors if not type(error).__module__.startswith(__package__)
    ]
    if others:
        errors_ = "1 other error" if len(others) == 1 else f"{len(others)} other errors"
        losses = "; what Beancount could not read is missing here"
        click.echo(
            f"Note: bean-check finds {errors_} in this ledger"
            f"{losses if has_losses(errors) else ''}.",
            err=True,
        )
    day = as_of or as_of_option(entries) or today()
    settings = read_settings(entries, options_map, day)
    receivables = read_receivables(entries, settings, day)
    return _View(options_map, settings, receivables, not has_losses(errors))


def _pattern(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> re.Pattern[str] | None:
    """Compile a regular expression, or say what is wrong with it."""
    from beancount_dunning.settings import compile_pattern

    try:
        return None if value is None else compile_pattern(value, re.IGNORECASE)
    except ValueError as error:
        message = f"{value!r} is no regular expression: {error}"
        raise click.BadParameter(message) from error


def _day(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> date | None:
    """Read a date, or say how to write one."""
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError as error:
        message = f"{value!r} is no date; write it as YYYY-MM-DD, like 2026-11-20."
        raise click.BadParameter(message) from error


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """Add what all commands take: the ledger, and the date."""
    ledger = click.argument(
        "ledger", type=click.Path(exists=True, dir_okay=False, path_type=Path)
    )
    as_of = click.option(
        "--as-of",
        callback=_day,
        metavar="YYYY-MM-DD",
        help="The day to look from; by default the ledger's own, or today.",
    )
    return ledger(as_of(command))


_customer = click.option(
    "--customer",
    callback=_pattern,
    metavar="REGEX",
    help="Only customers whose name this matches; case does not matter.",
)

_EXAMPLES = """
\b
Examples:
  bean-dunning check books.beancount
  bean-dunning aging books.beancount --by customer
  bean-dunning aging books.beancount --format csv > open.csv
  bean-dunning aging books.beancount --as-of 2026-09-30 --customer acme
  bean-dunning ical books.beancount -o reminders.ics

\b
Completion of commands and options in your shell, for bash (or zsh, fish):
  eval "$(_BEAN_DUNNING_COMPLETE=bash_source bean-dunning)"
"""


@click.group(epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bean-dunning")
def main() -> None:
    """Who owes what, how late, what to do next: from a Beancount ledger."""
    context = click.get_current_context()
    if os.environ.get("NO_COLOR"):
        context.color = False
    # A ledger is millions of objects and no garbage. To go through them again and
    # again takes a third of Beancount's load, for nothing: a command soon ends.
    gc.disable()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        # A name that the terminal cannot show is no reason to stop.
        cast("TextIOWrapper", stream).reconfigure(errors="replace")
    context.call_on_close(gc.enable)


@main.command()
@_common
def check(ledger: Path, as_of: date | None) -> None:
    """Print what the plugin flags, as bean-check does.

    The exit status is 1 if there is anything, 0 if not.
    """
    from beancount.parser import printer

    from beancount_dunning.findings import findings
    from beancount_dunning.text_report import plain

    view = _load(ledger, as_of)
    found = findings(view.receivables, view.settings)
    for error in found:
        text = printer.format_error(error)
        click.echo("\n".join(plain(line) for line in text.split("\n")))
    sys.exit(1 if found else 0)


@main.command()
@_common
@click.option(
    "--by",
    type=click.Choice(["invoice", "customer"]),
    default="invoice",
    help="What each line is about (invoice).",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    help="A table to read, JSON, or CSV in UTF-8 (text).",
)
@_customer
def aging(
    ledger: Path,
    as_of: date | None,
    by: str,
    format_: str,
    customer: re.Pattern[str] | None,
) -> None:
    """Report open items by how late they are.

    Days are counted from the due date: "12" is twelve days late, "in 12" is due in
    twelve days.
    """
    view = _load(ledger, as_of)
    report = view.age(customer)
    if format_ == "json":
        import json

        text = json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n"
        click.echo(text.encode(errors="replace"), nl=False)
        return
    from beancount_dunning.text_report import as_csv
    from beancount_dunning.text_report import as_text

    if format_ == "csv":
        click.echo(as_csv(report, by=by).encode(errors="replace"), nl=False)
        return
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    width = get_terminal_size().columns if is_terminal else None
    grouped = bool(view.options_map.get("render_commas"))
    click.echo(
        as_text(report, view.heading, by=by, width=width, grouped=grouped), nl=False
    )


@main.command()
@_common
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write to this file, and not at all if nothing changed.",
)
@click.option(
    "--type",
    "type_",
    type=click.Choice(["event", "todo"]),
    default="event",
    help="All-day events, or tasks (event).",
)
@_customer
@click.option("--private", is_flag=True, help="Leave out amounts and names.")
def ical(  # noqa: PLR0913 - one for each option
    ledger: Path,
    as_of: date | None,
    output: Path | None,
    type_: str,
    customer: re.Pattern[str] | None,
    *,
    private: bool,
) -> None:
    """Write due dates and reminder dates as an iCalendar feed."""
    from beancount_dunning.calendar_feed import build_calendar

    view = _load(ledger, as_of)
    if not view.is_whole:
        # Subscribers would drop what is missing, paid or not.
        message = f"{ledger} has parts that Beancount cannot read; see bean-check."
        raise click.UsageError(message)
    feed = build_calendar(
        view.age(customer), view.settings, todo=type_ == "todo", private=private
    )
    if output is None or str(output) == "-":
        click.echo(feed, nl=False)
        return
    if output.exists() and output.samefile(ledger):
        message = f"{output} is the ledger itself."
        raise click.UsageError(message)
    try:
        _replace(output.resolve(), feed)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        raise click.UsageError(message) from error


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a device or a pipe
        return
    if path.exists() and path.read_bytes() == content:
        return
    # A temporary file is the owner's alone; this one is as any that one writes.
    umask = os.umask(0)
    os.umask(umask)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        new = Path(file.name)
        try:
            file.write(content)
            file.flush()
            new.chmod(mode)
            new.replace(path)
        except BaseException:
            new.unlink()
            raise


def run() -> None:
    """Run the command line; output that cannot be written is an error of its own."""
    try:
        main()
    except OSError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
