"""`bean-dunning dossier`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli.ledger_first import in_order
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import say
from beancount_dunning.cli.packing import write
from beancount_dunning.cli.payments import warn_of_payments
from beancount_dunning.handover.dossier import gather
from beancount_dunning.ledger.values import suggestion

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command is asked."""

    ledger: Path
    invoice: str
    as_of: date | None
    output: Path


def run(asked: Asked) -> None:
    """Write all that the ledger knows of an invoice into an archive or a folder."""
    ledger, what = in_order(asked.ledger, asked.invoice)
    books = load(ledger, asked.as_of).books
    name = what.strip().removeprefix("^")
    found = gather(books, name)
    if found is None:
        known = {item.invoice or item.label for item in books.receivables.items}
        message = f"There is no invoice {name} as of {books.as_of}."
        raise click.UsageError(message + suggestion(name, sorted(known)))
    warn_of_payments(books.rounded(), found.items)
    write(found.files, asked.output)
    for path in found.missing:
        say(f"Note: {path} is missing; the index says so.")
    echo(f"{plain(str(asked.output))}: {len(found.files)} files\n")
