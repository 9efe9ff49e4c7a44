"""`bean-dunning forecast`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.backtest import backtest
from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.forecast import Every
from beancount_dunning.answers.forecast import outlook
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.answer import tell
from beancount_dunning.cli.loading import AskedOfReport
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.formats import text_backtest
from beancount_dunning.formats.tables import as_json
from beancount_dunning.formats.text_forecast import as_csv
from beancount_dunning.formats.text_forecast import as_text
from beancount_dunning.formats.text_forecast import sums

if TYPE_CHECKING:
    from beancount_dunning.answers.backtest import Backtest
    from beancount_dunning.cli.loading import View


@dataclass(frozen=True, slots=True)
class Asked(AskedOfReport):
    """What the command is asked."""

    every: str
    backtest: bool


def run(asked: Asked) -> None:
    """Print what is expected in."""
    tell(answer(load(asked.ledger, asked.as_of), asked))


@without_collection()
def answer(view: View, asked: Asked) -> Answer:
    """Say what is expected in, or how wrong that was before."""
    books, keep = view.books_for(asked.format_), keep_customers(asked.customer)
    if asked.backtest:
        return _backtested(backtest(books, keep), asked.format_, view)
    found = outlook(books, Basis(asked.by), Every(asked.every), keep)
    if asked.format_ == "json":
        output = as_json(found.as_dict())
    elif asked.format_ == "csv":
        output = as_csv(found)
    else:
        heading = view.heading("Cash expected")
        output = as_text(found, heading, grouped=view.is_grouped)
    return Answer(output, asked.format_ != "text", sums(found))


def _backtested(found: Backtest, format_: str, view: View) -> Answer:
    """Say how wrong forecasts were."""
    if format_ == "json":
        return Answer(as_json(found.as_dict()), is_data=True)
    if format_ == "csv":
        return Answer(text_backtest.as_csv(found), is_data=True)
    heading = view.heading("How wrong forecasts were,")
    return Answer(text_backtest.as_text(found, heading, grouped=view.is_grouped))
