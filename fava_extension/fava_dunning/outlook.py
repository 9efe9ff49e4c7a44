"""Looking back, looking ahead: how receivables aged, and the cash expected in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fava_dunning.charts import Bar
from fava_dunning.charts import draw

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from babel.support import NullTranslations

    from beancount_dunning.answers.forecast import Forecast
    from beancount_dunning.answers.history import MonthEnd
    from fava_dunning.addresses import Here
    from fava_dunning.charts import Chart


def aging_charts(
    months: Sequence[MonthEnd], buckets: Sequence[str], here: Here
) -> list[Chart]:
    """Draw how receivables aged, a chart for each currency.

    Args:
        months: The sums at the ends of months.
        buckets: The buckets of today, in their order.
        here: The page's address; each column leads to the page of its day.
    """
    currencies = sorted({row.currency for month in months for row in month.totals})
    return [
        draw(currency, [_bar(month, currency, buckets, here) for month in months])
        for currency in currencies
    ]


def _bar(month: MonthEnd, currency: str, buckets: Sequence[str], here: Here) -> Bar:
    rows = [row for row in month.totals if row.currency == currency]
    sums = rows[0].buckets if rows else {}
    # The option `buckets` may have been another one then.
    names = [*buckets, *(name for name in sums if name not in buckets)]
    day = month.date.isoformat()
    return Bar(
        f"{month.date:%Y-%m}",
        day,
        [(name, sums[name]) for name in names if name in sums],
        here.but(time=day, charts="1"),
    )


def cash_charts(forecasts: Iterable[Forecast], words: NullTranslations) -> list[Chart]:
    """Draw the cash expected in by week, a chart for each currency."""
    return [draw(cash.currency, _weeks(cash, words)) for cash in forecasts]


def _weeks(cash: Forecast, words: NullTranslations) -> list[Bar]:
    gettext = words.gettext
    named = [
        ("overdue", gettext("overdue"), cash.overdue),
        *(("expected", f"{week.first:%m-%d}", week.amount) for week in cash.periods),
        ("later", gettext("later"), cash.later),
        ("undated", gettext("undated"), cash.undated),
    ]
    return [Bar(label, label, [(kind, amount)]) for kind, label, amount in named]
