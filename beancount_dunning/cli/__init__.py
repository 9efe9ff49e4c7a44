"""The command line: `bean-dunning COMMAND LEDGER`.

Results go to standard output, everything else to standard error. Exit status: 0
done, 1 `check` or `doctor` found something, 2 usage or a ledger that cannot be read.

What a command takes stands in `commands`, what it does in a module of its name, which
is imported when the command runs: Beancount takes longer than help should.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING
from typing import cast

import click

from beancount_dunning import __version__
from beancount_dunning.cli.commands import COMMANDS

if TYPE_CHECKING:
    from io import TextIOWrapper

_EXAMPLES = """
\b
Examples:
  bean-dunning doctor books.beancount
  bean-dunning check books.beancount
  bean-dunning aging books.beancount --by customer
  bean-dunning aging books.beancount --format csv > open.csv
  bean-dunning aging books.beancount --as-of 2026-09-30 --customer acme
  bean-dunning reminders books.beancount --days 14
  bean-dunning reminders books.beancount --append books.beancount
  bean-dunning reminders --books office.toml --tag monthly
  bean-dunning draft books.beancount -o letters
  bean-dunning send books.beancount
  bean-dunning match books.beancount --suspense Suspense
  bean-dunning explain books.beancount INV-2026-014
  bean-dunning statement books.beancount "Acme GmbH" --confirm
  bean-dunning dossier books.beancount INV-2026-014 -o dossier.zip
  bean-dunning charges books.beancount
  bean-dunning effect books.beancount --by channel
  bean-dunning forecast books.beancount --by habit
  bean-dunning ical books.beancount -o reminders.ics
  bean-dunning site public --books office.toml

\b
Shell completion for bash (for zsh or fish, replace bash):
  eval "$(_BEAN_DUNNING_COMPLETE=bash_source bean-dunning)"
"""


@click.group(
    commands=COMMANDS,
    epilog=_EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
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


def run() -> None:
    """Run the command line; output that cannot be written is an error of its own."""
    try:
        main()
    except OSError as error:
        # Standard error may lead to the same full disk, or closed pipe.
        with suppress(OSError):
            click.echo(f"Error: {error}", err=True)
        sys.exit(2)
