"""`bean-dunning statement`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.statement import statement
from beancount_dunning.cli.ledger_first import in_order
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.letter_pdf import NoPdfError
from beancount_dunning.formats.letter_pdf import printed
from beancount_dunning.formats.statement_html import as_html
from beancount_dunning.formats.statement_text import as_csv
from beancount_dunning.formats.statement_text import as_text
from beancount_dunning.ledger.paper import paper_of
from beancount_dunning.ledger.values import suggestion

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command is asked."""

    ledger: Path
    customer: str
    as_of: date | None
    first: date | None
    last: date | None
    confirm: bool
    as_: str
    format_: str


def run(asked: Asked) -> None:
    """Print a customer's statement of account."""
    ledger, customer = in_order(asked.ledger, asked.customer)
    if asked.as_of and asked.last:
        message = "--to and --as-of both name the last day; use one of them."
        raise click.UsageError(message)
    if asked.as_ == "pdf" and sys.stdout.isatty():
        message = "--as pdf is for a file; type > FILE.pdf behind it."
        raise click.UsageError(message)
    view = load(ledger, asked.as_of or asked.last)
    books = view.books_for(asked.format_)
    if asked.first and asked.first > books.as_of:
        message = f"--from {asked.first} is after the last day, {books.as_of}."
        raise click.UsageError(message)
    found = statement(books, customer.strip(), asked.first)
    if found is None:
        raise click.UsageError(_nobody(books, customer))
    if asked.format_ == "json":
        echo_json(found.as_dict())
    elif asked.format_ == "csv":
        echo_utf_8(as_csv(found))
    else:
        click.echo(_written(found, books.settings, asked), nl=False)


def _written(found: Statement, settings: Settings, asked: Asked) -> bytes:
    """Write a statement for people, in UTF-8 whatever the terminal's encoding."""
    how = HowToPay.by(settings)
    if asked.as_ == "text":
        return as_text(found, how, confirm=asked.confirm).encode(errors="replace")
    page = as_html(found, how, paper_of(settings), confirm=asked.confirm)
    if asked.as_ == "html":
        return page.encode(errors="replace")
    try:
        return printed(page)
    except NoPdfError as error:
        raise click.UsageError(str(error)) from error


def _nobody(books: Books, customer: str) -> str:
    """Say that there is no such customer, and who may be meant."""
    receivables = books.with_settled(None).receivables
    known = {one.customer for one in receivables.all_items}
    known |= {one.customer for one in receivables.unapplied}
    name = f" {customer.strip()}" if customer.strip() else ""
    message = f"There is no customer{name} as of {books.as_of}."
    return message + suggestion(customer.strip(), sorted(known - {""}))
