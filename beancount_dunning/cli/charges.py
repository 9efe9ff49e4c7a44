"""`bean-dunning charges`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers import proposals
from beancount_dunning.answers.unbooked import as_texts
from beancount_dunning.answers.unbooked import unbooked
from beancount_dunning.answers.write_offs import write_offs
from beancount_dunning.basics.money import exact
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_plain
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.cli.output import say
from beancount_dunning.cli.payments import warn_of_payments
from beancount_dunning.formats.tables import as_csv
from beancount_dunning.standing.charges import charges
from beancount_dunning.standing.interest import UnknownRateError

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.charges import Charge

_COLUMNS = "invoice instalment customer account kind step amount currency posted"
_TEXTS = ("invoice", "customer", "account", "step", "currency")


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    format_: str
    customer: re.Pattern[str] | None
    paid: bool


def run(asked: Asked) -> None:
    """Print charges that are not in the ledger yet, and what is to be written off."""
    view = load(asked.ledger, asked.as_of)
    proposed = proposals.transactions(view.books, _charges(view.books, asked))
    for charge, reason in proposed.refused:
        what = f"{charge.kind} of {exact(charge.amount)} {charge.currency}"
        say(f"Note: {what} on {charge.item.label} is left out: {reason}.")
    left = write_offs(view.books, keep_customers(asked.customer))
    charged = [charge.item for charge, _ in proposed.directives if charge]
    warn_of_payments(view.books, [*charged, *(one.item for one in left)])
    if asked.format_ == "text":
        echo_plain("\n".join([*as_texts(proposed), *(one.text for one in left)]))
        return
    rows = [
        {**charge.as_dict(), "directive": proposals.as_text(entry)}
        for charge, entry in proposed.directives
        if charge
    ]
    less = [one.as_dict() for one in left]
    if asked.format_ == "json":
        as_of = view.books.as_of.isoformat()
        echo_json({"as_of": as_of, "charges": rows, "write_offs": less})
    else:
        echo_utf_8(as_csv(_COLUMNS.split(), [*rows, *less], _TEXTS))


def _charges(books: Books, asked: Asked) -> Sequence[Charge]:
    """Return what is to be charged, or say at which line a rate is not known."""
    keep = keep_customers(asked.customer)
    try:
        return charges(books, keep) if asked.paid else unbooked(books, keep)
    except UnknownRateError as error:
        where = error.as_error().source
        message = f"{where['filename']}:{where['lineno']}: {error}"
        raise click.UsageError(message) from error
