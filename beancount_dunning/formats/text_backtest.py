"""How wrong forecasts were, as people read it in a terminal, and as spreadsheets do."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.expectations import Basis
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import amounts
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.tables import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.backtest import Backtest
    from beancount_dunning.answers.backtest import Deviation
    from beancount_dunning.answers.backtest import PastMonth

_TITLES = {Basis.DUE: "by due", Basis.PROMISE: "by promise", Basis.HABIT: "by habit"}


def as_text(backtest: Backtest, heading: str, *, grouped: bool) -> str:
    """Write how wrong forecasts were as tables to read, one for each currency.

    Args:
        backtest: How wrong they were.
        heading: The first line.
        grouped: Whether thousands are set apart, as the ledger's `render_commas` says.

    Returns:
        The text, with ANSI colours.
    """
    lines = [click.style(plain(heading), bold=True)]
    if not backtest.months:
        lines += ["", "Nothing was expected, and nothing came."]
    totals = {one.currency: one for one in backtest.totals}
    for currency, months in groupby(backtest.months, lambda one: one.currency):
        lines += ["", *_table(currency, list(months), grouped=grouped)]
        lines += ["", *_said(totals[currency])] if currency in totals else []
    return "\n".join(lines) + "\n"


def _table(currency: str, months: Sequence[PastMonth], *, grouped: bool) -> list[str]:
    columns = [
        Column(currency, [f"{one.month:%Y-%m}" for one in months]),
        amounts("came", [one.came for one in months], grouped=grouped),
        *(
            amounts(title, [one.expected[basis] for one in months], grouped=grouped)
            for basis, title in _TITLES.items()
        ),
    ]
    return side_by_side(columns, None, [None] * len(months))


def _said(one: Deviation) -> Iterator[str]:
    """Say how far off the forecasts of a currency were."""
    yield f"Off, of what came: {_shares(one.off, '.0f')}."
    yield f"Too much (+) or too little (-): {_shares(one.bias, '+.0f')}."


def _shares(shares: Mapping[Basis, float], form: str) -> str:
    return ", ".join(
        f"{title} {format(shares[basis] * 100, form)} %"
        for basis, title in _TITLES.items()
    )


_COLUMNS = ("month", "currency", "came", *Basis)


def as_csv(backtest: Backtest) -> str:
    """Write how wrong forecasts were as CSV that opens in a spreadsheet.

    Args:
        backtest: How wrong they were.

    Returns:
        The text: a line for each month and currency, named as in JSON.
    """
    rows = [one.as_dict() for one in backtest.months]
    return csv_of(_COLUMNS, rows, ("currency",))
