"""`bean-dunning provision`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.provision import provision
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.formats.text_provision import as_csv
from beancount_dunning.formats.text_provision import as_text
from beancount_dunning.standing.aging import bucket_names

if TYPE_CHECKING:
    from collections.abc import Sequence

_RATE = re.compile(r"\s*([a-z][a-z ]*|\d+(?:-\d+|\+)?)=(\d{1,3}(?:\.\d{1,6})?)(?=\s|$)")
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    format_: str
    rates: str
    months: int


def run(asked: Asked) -> None:
    """Print what is expected to be lost, and how to book it."""
    view = load(asked.ledger, asked.as_of)
    books = view.books_for(asked.format_)
    given = _rates(asked.rates, bucket_names(books.settings.buckets))
    with without_collection():
        found = provision(books, given, asked.months)
    if asked.format_ == "json":
        as_of = books.as_of.isoformat()
        echo_json({"as_of": as_of, "provision": [one.as_dict() for one in found]})
    elif asked.format_ == "csv":
        echo_utf_8(as_csv(found))
    else:
        heading = view.heading("Expected losses")
        echo(as_text(found, heading, grouped=view.is_grouped))


def _rates(text: str, names: Sequence[str]) -> dict[str, Fraction]:
    """Read loss rates in percent by bucket, or say how to write them."""
    found: dict[str, Fraction] = {}
    end = 0
    while end < len(text.rstrip()):
        rate = _RATE.match(text, end)
        if rate is None or Fraction(rate[2]) > _PERCENT:
            message = (
                f"{text!r} is no list of rates in percent, like "
                '"not due=0.5 1-30=2 91+=50".'
            )
            raise click.BadParameter(message, param_hint="--rates")
        if rate[1] not in names:
            message = f"There is no bucket {rate[1]!r}. There are {', '.join(names)}."
            raise click.BadParameter(message, param_hint="--rates")
        found[rate[1]] = Fraction(rate[2]) / _PERCENT
        end = rate.end()
    return found
