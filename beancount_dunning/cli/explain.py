"""`bean-dunning explain`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.customer_story import tell_customer
from beancount_dunning.answers.giving_up import WriteOffRefusedError
from beancount_dunning.answers.giving_up import propose_write_offs
from beancount_dunning.answers.payment_story import files_called
from beancount_dunning.answers.payment_story import tell_payment
from beancount_dunning.answers.planned import PlanRefusedError
from beancount_dunning.answers.planned import propose_plan
from beancount_dunning.answers.story import tell
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli.ledger_first import in_order
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_plain
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.formats.places import read_place
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.text_story import as_csv
from beancount_dunning.formats.text_story import as_text
from beancount_dunning.ledger.values import suggestion

if TYPE_CHECKING:
    from beancount_dunning.answers.customer_story import CustomerStory
    from beancount_dunning.answers.payment_story import PaymentStory
    from beancount_dunning.answers.story import Story
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    what: str
    format_: str
    plan: str | None
    write_off: Decimal | str | None


def run(asked: Asked) -> None:
    """Print the history of an invoice, payment or customer; or propose something."""
    ledger, what = in_order(asked.ledger, asked.what)
    view = load(ledger, asked.as_of)
    if asked.plan is not None:
        _propose(view.books, what, asked.plan, asked.format_)
        return
    if asked.write_off is not None:
        _give_up(view.books, what, asked.write_off, asked.format_)
        return
    story = _story(view.books_for(asked.format_), what.strip())
    if story is None:
        known = {item.invoice or item.label for item in view.books.receivables.items}
        known |= {item.customer for item in view.books.receivables.items} - {""}
        name = what.strip().removeprefix("^")
        called = f"{name} " if name else ""
        message = f"There is no invoice or customer {called}as of {view.books.as_of}."
        if read_place(name):
            message = f"There is no invoice or payment at {name}."
        raise click.UsageError(message + suggestion(name, sorted(known)))
    if asked.format_ == "json":
        echo_json(story.as_dict())
    elif asked.format_ == "csv":
        echo_utf_8(as_csv(story))
    else:
        echo(as_text(story, view.heading("History"), grouped=view.is_grouped))


def _propose(books: Books, what: str, plan: str, format_: str) -> None:
    """Print the note that agrees a plan, and the parts that it would make."""
    try:
        proposed = propose_plan(books, what.strip().removeprefix("^"), plan)
    except PlanRefusedError as error:
        raise click.UsageError(str(error)) from error
    said = proposed.as_dict()
    if format_ == "json":
        echo_json(said)
    elif format_ == "csv":
        names = "invoice instalment amount currency due originally_due"
        echo_utf_8(csv_of(names.split(), said["parts"], ("invoice", "currency")))
    else:
        echo_plain(said["note"] + "".join(f"; {line}\n" for line in proposed.lines))


def _give_up(books: Books, what: str, amount: Decimal | str, format_: str) -> None:
    """Print how to book it if an invoice, or a part of it, is given up."""
    part = amount if isinstance(amount, Decimal) else None
    try:
        found = propose_write_offs(books, what.strip().removeprefix("^"), part)
    except WriteOffRefusedError as error:
        raise click.UsageError(str(error)) from error
    rows = [one.as_dict() for one in found]
    if format_ == "json":
        echo_json({"as_of": books.as_of.isoformat(), "write_offs": rows})
    elif format_ == "csv":
        names = "invoice instalment customer account kind amount currency"
        texts = ("invoice", "customer", "account", "currency")
        echo_utf_8(csv_of(names.split(), rows, texts))
    else:
        echo_plain("\n".join(one.text for one in found))


def _story(books: Books, what: str) -> Story | PaymentStory | CustomerStory | None:
    """Find what is asked for; an invoice's number goes before all else."""
    story = tell(books, what) or tell(books, what.removeprefix("^"))
    if story is None and (place := read_place(what)):
        file, line = place
        return tell_payment(books, _file(books, file), line)
    return story or tell_customer(books, what)


def _file(books: Books, name: str) -> str:
    """Return the file that is meant: from where one is, or the only one called so."""
    files = files_called(books, name)
    here = os.path.normpath(Path.cwd() / name)
    if here in files or not files:
        return here
    if len(files) > 1:
        message = f"Which {name}: {' or '.join(map(plain, files))}?"
        raise click.UsageError(message)
    return files[0]
