"""`bean-dunning check`."""

from __future__ import annotations

import sys

import click
from beancount.parser import printer

from beancount_dunning.answers.findings import findings
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load

Asked = AskedOfLedger


def run(asked: Asked) -> None:
    """Print the plugin's errors, and exit with 1 if there are any."""
    view = load(asked.ledger, asked.as_of)
    found = findings(view.books)
    for error in found:
        text = printer.format_error(error)
        click.echo("\n".join(plain(line) for line in text.split("\n")))
    sys.exit(1 if found else 0)
