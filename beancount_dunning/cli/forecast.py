"""`bean-dunning forecast`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.backtest import backtest
from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.forecast import Every
from beancount_dunning.answers.forecast import outlook
from beancount_dunning.cli.loading import AskedOfReport
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.formats import text_backtest
from beancount_dunning.formats.text_forecast import as_csv
from beancount_dunning.formats.text_forecast import as_text

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
    view = load(asked.ledger, asked.as_of)
    books, keep = view.books_for(asked.format_), keep_customers(asked.customer)
    if asked.backtest:
        _echo_backtest(backtest(books, keep), asked.format_, view)
        return
    found = outlook(books, Basis(asked.by), Every(asked.every), keep)
    if asked.format_ == "json":
        echo_json(found.as_dict())
    elif asked.format_ == "csv":
        echo_utf_8(as_csv(found))
    else:
        heading = view.heading("Cash expected")
        echo(as_text(found, heading, grouped=view.is_grouped))


def _echo_backtest(found: Backtest, format_: str, view: View) -> None:
    """Print how wrong forecasts were."""
    if format_ == "json":
        echo_json(found.as_dict())
    elif format_ == "csv":
        echo_utf_8(text_backtest.as_csv(found))
    else:
        heading = view.heading("How wrong forecasts were,")
        echo(text_backtest.as_text(found, heading, grouped=view.is_grouped))
