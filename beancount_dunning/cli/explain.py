"""`bean-dunning explain`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from beancount_dunning.answers.story import tell
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.formats.text_story import as_csv
from beancount_dunning.formats.text_story import as_text
from beancount_dunning.ledger.values import suggestion


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    invoice: str
    format_: str


def run(asked: Asked) -> None:
    """Print an invoice's history."""
    ledger, invoice = _in_order(asked.ledger, asked.invoice)
    names = [invoice.strip(), invoice.strip().removeprefix("^")]
    view = load(ledger, asked.as_of)
    story = tell(view.books, names[0]) or tell(view.books, names[1])
    if story is None:
        known = {item.invoice or item.label for item in view.books.receivables.items}
        message = f"There is no invoice {names[1]} as of {view.books.as_of}."
        raise click.UsageError(message + suggestion(names[1], sorted(known)))
    if asked.format_ == "json":
        echo_json(story.as_dict())
    elif asked.format_ == "csv":
        echo_utf_8(as_csv(story))
    else:
        echo(as_text(story, view.heading("History"), grouped=view.is_grouped))


def _in_order(ledger: Path, invoice: str) -> tuple[Path, str]:
    """Return the ledger first: some say "explain INV-2026-014 books.beancount"."""
    if ledger.is_file():
        return ledger, invoice
    other = Path(invoice)
    if other.is_file():
        return other, str(ledger)
    message = f"No ledger file called {str(other)!r} or {str(ledger)!r}."
    raise click.UsageError(message)
