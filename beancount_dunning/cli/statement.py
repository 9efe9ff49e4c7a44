"""`bean-dunning statement`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.statement import statement
from beancount_dunning.cli.ledger_first import in_order
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.packing import write_file
from beancount_dunning.cli.payments import warn_of_payments
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.letter_pdf import NoPdfError
from beancount_dunning.formats.letter_pdf import printed
from beancount_dunning.formats.statement_html import as_html
from beancount_dunning.formats.statement_mail import as_mail
from beancount_dunning.formats.statement_text import as_csv
from beancount_dunning.formats.statement_text import as_text
from beancount_dunning.formats.tables import as_json
from beancount_dunning.ledger.paper import paper_of
from beancount_dunning.ledger.values import suggestion

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.books import Books


# For programs, with every digit.
_EXACT = frozenset({"json", "csv"})
_ENDINGS = {
    ".html": "html",
    ".pdf": "pdf",
    ".eml": "mail",
    ".csv": "csv",
    ".json": "json",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command is asked."""

    ledger: Path
    customer: str
    as_of: date | None
    first: date | None
    last: date | None
    confirm: bool
    as_: str | None
    output: Path | None
    format_: str

    @property
    def kind(self) -> str:
        """How it is written: as was asked, or else as the file's name ends."""
        if self.format_ != "text":
            return self.format_
        ending = self.output.suffix.lower() if self.output else ""
        return self.as_ or _ENDINGS.get(ending, "text")


def run(asked: Asked) -> None:
    """Print a customer's statement of account, or write it into a file."""
    ledger, customer = in_order(asked.ledger, asked.customer)
    if asked.as_of and asked.last:
        message = "--to and --as-of both name the last day; use one of them."
        raise click.UsageError(message)
    if asked.kind == "pdf" and not asked.output and sys.stdout.isatty():
        message = "--as pdf is for a file; say which with -o FILE.pdf."
        raise click.UsageError(message)
    view = load(ledger, asked.as_of or asked.last)
    books = view.books if asked.kind in _EXACT else view.books.rounded()
    if asked.first and asked.first > books.as_of:
        message = f"--from {asked.first} is after the last day, {books.as_of}."
        raise click.UsageError(message)
    found = statement(books, customer.strip(), asked.first)
    if found is None:
        raise click.UsageError(_nobody(books, customer))
    asked_for = (one.item for section in found.sections for one in section.asked)
    warn_of_payments(books, asked_for)
    content = _written(found, books.settings, asked)
    if asked.output:
        write_file(content, asked.output)
    else:
        click.echo(content, nl=False)


def _written(found: Statement, settings: Settings, asked: Asked) -> bytes:
    """Write a statement, in UTF-8 whatever the terminal's encoding."""
    how, paper, confirm = HowToPay.by(settings), paper_of(settings), asked.confirm
    match asked.kind:
        case "json":
            text = as_json(found.as_dict())
        case "csv":
            text = as_csv(found)
        case "mail":
            return as_mail(found, how, paper, confirm=confirm)
        case "text":
            text = as_text(found, how, confirm=confirm)
        case kind:
            text = as_html(found, how, paper, confirm=confirm)
            if kind == "pdf":
                return _printed(text)
    return text.encode(errors="replace")


def _printed(page: str) -> bytes:
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
