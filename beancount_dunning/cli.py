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
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

import click

from beancount_dunning import __version__
from beancount_dunning.basics.clock import today

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from io import TextIOWrapper

    from beancount.core.data import Directive
    from beancount.core.data import Note

    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep


@dataclass(frozen=True, slots=True)
class _View:
    """A ledger, loaded and read, as it stands on a date."""

    entries: list[Directive]
    errors: list[Any]
    options_map: dict[str, Any]
    books: Books

    def heading(self, what: str) -> str:
        """Say what is shown, and for which day."""
        fixed = " (the ledger's as-of date)" if self.books.is_dated else ""
        return f"{what} as of {self.books.as_of}{fixed}"

    def has_file(self, path: Path) -> bool:
        """Tell whether a file is one of the ledger's own."""
        files = self.options_map.get("include") or ()
        return any(path.samefile(name) for name in files if Path(name).exists())

    @property
    def is_grouped(self) -> bool:
        """Whether the ledger wants thousands set apart."""
        return bool(self.options_map.get("render_commas"))


def _keep(customer: re.Pattern[str] | None) -> Keep:
    """Return the test whether an item is of some customers, or of any."""
    if customer is None:
        return lambda _: True
    return lambda one: customer.search(one.customer) is not None


def _load(ledger: Path, as_of: date | None) -> _View:
    """Load a ledger, through Beancount's cache, and read its receivables."""
    from beancount import loader

    from beancount_dunning.basics.errors import has_losses
    from beancount_dunning.standing.books import read_books

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
        losses = "; entries that Beancount could not read are missing here"
        click.echo(
            f"Note: bean-check finds {errors_} in this ledger"
            f"{losses if has_losses(errors) else ''}.",
            err=True,
        )
    books = read_books(entries, options_map, today=today(), as_of=as_of)
    return _View(entries, errors, options_map, books)


def _require_whole(view: _View, ledger: Path) -> None:
    """Stop where what is missing from a ledger would do harm."""
    from beancount_dunning.basics.errors import has_losses

    if not view.entries:
        message = f"{ledger} is empty."
        raise click.UsageError(message)
    if has_losses(view.errors):
        message = f"Beancount cannot read all of {ledger}; see bean-check."
        raise click.UsageError(message)


def _echo_json(data: object) -> None:
    """Write JSON in UTF-8, whatever the terminal's encoding."""
    import json

    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    click.echo(text.encode(errors="replace"), nl=False)


def _width() -> int | None:
    """Return the columns of the terminal; None where output goes elsewhere."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return get_terminal_size().columns if is_terminal else None


def _pattern(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> re.Pattern[str] | None:
    """Compile a regular expression, or say what is wrong with it."""
    from beancount_dunning.ledger.values import compile_pattern

    try:
        return None if value is None else compile_pattern(value, re.IGNORECASE)
    except ValueError as error:
        message = f"{value!r} is not a regular expression: {error}"
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
        message = f"{value!r} is not a date; write it as YYYY-MM-DD, like 2026-11-20."
        raise click.BadParameter(message) from error


_LEDGER = click.Path(exists=True, dir_okay=False, path_type=Path)


def _as_of(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option for the date."""
    return click.option(
        "--as-of",
        callback=_day,
        metavar="YYYY-MM-DD",
        help="As-of date. Default: the ledger's option as-of, or today.",
    )(command)


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """Add what all commands take: the ledger, and the date."""
    return click.argument("ledger", type=_LEDGER)(_as_of(command))


_customer = click.option(
    "--customer",
    callback=_pattern,
    metavar="REGEX",
    help="Only customers whose name matches; case is ignored.",
)

_by = click.option(
    "--by",
    type=click.Choice(["invoice", "customer"]),
    default="invoice",
    help="One line per invoice (default) or per customer.",
)
_format = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    help="Output format (default: text).",
)

_EXAMPLES = """
\b
Examples:
  bean-dunning check books.beancount
  bean-dunning aging books.beancount --by customer
  bean-dunning aging books.beancount --format csv > open.csv
  bean-dunning aging books.beancount --as-of 2026-09-30 --customer acme
  bean-dunning reminders books.beancount --days 14
  bean-dunning reminders books.beancount --append books.beancount
  bean-dunning explain books.beancount INV-2026-014
  bean-dunning charges books.beancount
  bean-dunning ical books.beancount -o reminders.ics

\b
Shell completion for bash (for zsh or fish, replace bash):
  eval "$(_BEAN_DUNNING_COMPLETE=bash_source bean-dunning)"
"""


@click.group(epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bean-dunning")
def main() -> None:
    """Show who owes what, how late it is and what to do next."""
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
    """Print the plugin's errors, as bean-check does.

    The exit status is 1 if there are any, and 0 if not.
    """
    from beancount.parser import printer

    from beancount_dunning.answers.findings import findings
    from beancount_dunning.basics.plain_text import plain

    view = _load(ledger, as_of)
    found = findings(view.books)
    for error in found:
        text = printer.format_error(error)
        click.echo("\n".join(plain(line) for line in text.split("\n")))
    sys.exit(1 if found else 0)


@main.command()
@_common
@_by
@_format
@_customer
def aging(
    ledger: Path,
    as_of: date | None,
    by: str,
    format_: str,
    customer: re.Pattern[str] | None,
) -> None:
    """List open items and their age.

    Days are counted from the due date: "12" means twelve days overdue, "in 12" means
    due in twelve days.
    """
    from beancount_dunning.standing.aging import age

    view = _load(ledger, as_of)
    report = age(view.books, _keep(customer))
    if format_ == "json":
        _echo_json(report.as_dict())
        return
    from beancount_dunning.formats.text_aging import as_csv
    from beancount_dunning.formats.text_aging import as_text

    if format_ == "csv":
        click.echo(as_csv(report, by=by).encode(errors="replace"), nl=False)
        return
    text = as_text(
        report,
        view.heading("Receivables"),
        by=by,
        width=_width(),
        grouped=view.is_grouped,
    )
    click.echo(text, nl=False)


@main.command()
@_common
@_by
@_format
@_customer
@click.option(
    "--days",
    type=click.IntRange(0, 3660),
    default=7,
    help="How many days to look ahead (default: 7).",
)
@click.option(
    "--bank-age",
    type=click.IntRange(0),
    default=7,
    help="Warn if the latest bank entry is more than this many days old (default: 7).",
)
@click.option(
    "--log", is_flag=True, help="Print the notes that log today's reminders as sent."
)
@click.option(
    "--append",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Append those notes to this file of the ledger.",
)
def reminders(  # noqa: PLR0913, PLR0917 - one for each option
    ledger: Path,
    as_of: date | None,
    by: str,
    format_: str,
    customer: re.Pattern[str] | None,
    days: int,
    bank_age: int,
    *,
    log: bool,
    append: Path | None,
) -> None:
    """List the reminders to send today, and those that come up.

    With --log or --append, write the notes that log today's reminders as sent.
    """
    from beancount_dunning.answers.reminders import reminders as work_out
    from beancount_dunning.answers.reminders import stale_bank

    if (log or append) and format_ != "text":
        message = (
            "--log and --append write directives; do not combine them with --format."
        )
        raise click.UsageError(message)
    if format_ == "csv" and by == "customer":
        message = "--format csv lists invoices; use --by with --format text or json."
        raise click.UsageError(message)
    seen = append.read_bytes() if append else b""
    view = _load(ledger, as_of)
    found = work_out(view.books, _keep(customer), days)
    bank = stale_bank(view.books, bank_age)
    if bank:
        click.echo(f"Warning: {bank.in_words()}", err=True)
    if log or append:
        from beancount_dunning.answers import proposals

        notes = proposals.notes(view.books, found.due)
        text = "\n".join(map(proposals.as_text, notes))
        if append:
            _require_whole(view, ledger)
            if not view.has_file(append):
                message = (
                    f"{append} is not part of {ledger}; notes in it would be ignored."
                )
                raise click.UsageError(message)
            _append(append, notes, seen, view)
        click.echo(text, nl=False)
        _tell_of_nameless(sum(not proposals.is_loggable(one.item) for one in found.due))
        return
    if format_ == "json":
        data = found.as_dict(by_customer=by == "customer")
        _echo_json({**data, "stale_bank": bank.as_dict() if bank else None})
        return
    from beancount_dunning.formats.text_reminders import as_csv
    from beancount_dunning.formats.text_reminders import as_text

    if format_ == "csv":
        click.echo(as_csv(found).encode(errors="replace"), nl=False)
        return
    text = as_text(
        found,
        view.heading("To send"),
        by=by,
        days=days,
        width=_width(),
        grouped=view.is_grouped,
    )
    click.echo(text, nl=False)


def _append(path: Path, notes: list[Note], seen: bytes, view: _View) -> None:
    """Append notes to a file of the ledger, or say why not."""
    from beancount_dunning.answers.insertion import Placed
    from beancount_dunning.answers.insertion import RefusedError
    from beancount_dunning.answers.insertion import Sources
    from beancount_dunning.answers.insertion import insert
    from beancount_dunning.basics.files import write

    placed = [Placed(note, str(path)) for note in notes]
    sources = Sources({str(path): seen}, view.errors)
    try:
        for change in insert(view.books, placed, sources, today()):
            write(path, change.new, change.seen)
    except (RefusedError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        message = f"Cannot append to {path}: {reason or error}; nothing was written."
        raise click.UsageError(message) from error


def _tell_of_nameless(count: int) -> None:
    """Say that what has no reference cannot be logged."""
    if count:
        what = "1 item has" if count == 1 else f"{count} items have"
        click.echo(
            f"Note: {what} no reference and cannot be logged; add a link, like "
            "^INV-2026-014, to the transaction.",
            err=True,
        )


@main.command()
@click.argument("ledger", type=click.Path(path_type=Path))
@click.argument("invoice")
@_as_of
@_format
def explain(ledger: Path, invoice: str, as_of: date | None, format_: str) -> None:
    """Show an invoice's whole history, with file and line.

    It shows what was posted, where the due date came from, how each credit was
    allocated, and what was sent, promised and disputed. Then it shows the invoice's
    current state and the reasons for it, the next step, and the interest so far.
    """
    from beancount_dunning.answers.story import tell
    from beancount_dunning.ledger.values import suggestion

    if not ledger.is_file():
        # One also says "explain INV-2026-014" first.
        ledger, invoice = Path(invoice), str(ledger)
        if not ledger.is_file():
            message = f"No ledger file called {str(ledger)!r} or {invoice!r}."
            raise click.UsageError(message)
    names = [invoice.strip(), invoice.strip().removeprefix("^")]
    view = _load(ledger, as_of)
    story = tell(view.books, names[0]) or tell(view.books, names[1])
    if story is None:
        known = {one.invoice or one.label for one in view.books.receivables.items}
        message = f"There is no invoice {names[1]} as of {view.books.as_of}."
        raise click.UsageError(message + suggestion(names[1], sorted(known)))
    if format_ == "json":
        _echo_json(story.as_dict())
        return
    from beancount_dunning.formats.text_story import as_csv
    from beancount_dunning.formats.text_story import as_text

    if format_ == "csv":
        click.echo(as_csv(story).encode(errors="replace"), nl=False)
        return
    text = as_text(story, view.heading("History"), grouped=view.is_grouped)
    click.echo(text, nl=False)


@main.command()
@_common
@_format
@_customer
@click.option("--paid", is_flag=True, help="Include invoices that were paid late.")
def charges(
    ledger: Path,
    as_of: date | None,
    format_: str,
    customer: re.Pattern[str] | None,
    *,
    paid: bool,
) -> None:
    """Propose interest, fees and compensation as directives to paste.

    Charges that are already in the ledger are not proposed again.
    """
    from beancount_dunning.answers import proposals
    from beancount_dunning.basics.money import exact
    from beancount_dunning.standing.charges import charges as work_out
    from beancount_dunning.standing.interest import UnknownRateError

    view = _load(ledger, as_of)
    books = view.books
    is_open = {item.group for item in books.receivables.items}
    keep = _keep(customer)
    try:
        found = work_out(
            books,
            lambda item: (paid or item.group in is_open) and keep(item),
        )
    except UnknownRateError as error:
        where = error.as_error().source
        message = f"{where['filename']}:{where['lineno']}: {error}"
        raise click.UsageError(message) from error
    chart = proposals.Chart(books)
    fitting = []
    for one in found:
        if reason := chart.refuses(one):
            what = f"{one.kind} of {exact(one.amount)} {one.currency}"
            click.echo(
                f"Note: {what} on {one.item.label} is left out: {reason}.", err=True
            )
        else:
            fitting.append(one)
    directives = proposals.transactions(books, fitting)
    if format_ == "text":
        blocks = [
            "".join(f"{line}\n" for line in (proposals.explained(one) if one else ()))
            + proposals.as_text(entry)
            for one, entry in directives
        ]
        click.echo("\n".join(blocks), nl=False)
        return
    rows = [
        {**one.as_dict(), "directive": proposals.as_text(entry)}
        for one, entry in directives
        if one
    ]
    if format_ == "json":
        _echo_json({"as_of": books.as_of.isoformat(), "charges": rows})
        return
    from beancount_dunning.formats.tables import as_csv

    columns = "invoice instalment customer account kind step amount currency posted"
    texts = ("invoice", "customer", "account", "step", "currency")
    click.echo(as_csv(columns.split(), rows, texts).encode(errors="replace"), nl=False)


@main.command()
@_common
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write to this file, unless nothing has changed.",
)
@click.option(
    "--type",
    "type_",
    type=click.Choice(["event", "todo"]),
    default="event",
    help="All-day events (default) or tasks.",
)
@_customer
@click.option("--private", is_flag=True, help="Leave out amounts and names.")
@click.option(
    "--from",
    "first",
    callback=_day,
    metavar="YYYY-MM-DD",
    help="Only events on or after this date.",
)
@click.option(
    "--to",
    "last",
    callback=_day,
    metavar="YYYY-MM-DD",
    help="Only events on or before this date.",
)
def ical(  # noqa: PLR0913, PLR0917 - one for each option
    ledger: Path,
    as_of: date | None,
    output: Path | None,
    type_: str,
    customer: re.Pattern[str] | None,
    first: date | None,
    last: date | None,
    *,
    private: bool,
) -> None:
    """Write due dates, reminders and promises as an iCalendar feed.

    With -o, unchanged events are kept as they are in the file.
    """
    from datetime import date as day

    from beancount_dunning.basics.files import replace_file
    from beancount_dunning.formats.calendar_feed import Wanted
    from beancount_dunning.formats.calendar_feed import build_calendar

    if first and last and first > last:
        message = f"--from {first} is after --to {last}."
        raise click.UsageError(message)
    view = _load(ledger, as_of)
    # Subscribers would drop what is missing, paid or not.
    _require_whole(view, ledger)
    if output is None or str(output) == "-":
        output, before = None, b""
    else:
        before = _published(output, view)
    feed = build_calendar(
        view.books,
        _keep(customer),
        Wanted(type_ == "todo", private, first or day.min, last or day.max),
        before,
    )
    if output is None:
        click.echo(feed, nl=False)
        return
    try:
        replace_file(output, feed)
    except OSError as error:
        message = f"Cannot write {output}: {error.strerror}"
        raise click.UsageError(message) from error


def _published(output: Path, view: _View) -> bytes:
    """Return the feed that is to be replaced; nothing where there is none."""
    if not output.is_file():
        return b""
    if view.has_file(output):
        message = f"{output} is part of the ledger."
        raise click.UsageError(message)
    return output.read_bytes()


def run() -> None:
    """Run the command line; output that cannot be written is an error of its own."""
    try:
        main()
    except OSError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
