"""Figures at a glance, and the bar of buckets."""

from __future__ import annotations

from dataclasses import KW_ONLY
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import round_to
from fava_dunning.charts import share

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.aging import Row

# The buckets begin with two that are not late; those that are have so many shades.
_FIRST_LATE = 2
_SHADES = 4


@dataclass(frozen=True, slots=True)
class Segment:
    """A bucket in the bar: its amount, its share in %, and whether it is chosen."""

    bucket: str
    index: int
    amount: Decimal
    width: Decimal
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """The figures of a currency."""

    currency: str
    outstanding: Decimal
    overdue: Decimal
    due_soon: Decimal
    unapplied: Decimal
    _: KW_ONLY
    segments: tuple[Segment, ...]


def glances(report: AgingReport, chosen: tuple[str, str]) -> list[Glance]:
    """Return the figures by currency.

    Args:
        report: The aging report, as it was booked or converted.
        chosen: The bucket, and its currency, that the page is narrowed to; without a
            currency it is of all.
    """
    return [
        Glance(
            row.currency,
            *(
                amount or round_to(ZERO, row.currency)
                for amount in (row.open, row.overdue, row.due_soon, row.unapplied)
            ),
            segments=tuple(_segments(row, report.buckets, chosen)),
        )
        for row in report.totals
    ]


def _segments(
    row: Row, buckets: Sequence[str], chosen: tuple[str, str]
) -> Iterator[Segment]:
    for index, bucket in enumerate(buckets):
        if bucket in row.buckets:
            amount = row.buckets[bucket]
            is_chosen = chosen in {(bucket, row.currency), (bucket, "")}
            yield Segment(bucket, index, amount, share(amount, row.open), is_chosen)


def currencies(report: AgingReport, operating: Iterable[str]) -> list[str]:
    """Return the currencies that figures can be converted to.

    Args:
        report: The aging report.
        operating: The ledger's operating currencies.
    """
    return sorted({*operating, *(row.currency for row in report.totals)})


def shade(bucket: str, buckets: Sequence[str]) -> str:
    """Return the style class of a bucket: the later, the warmer.

    Args:
        bucket: The bucket. One that the report has not, from before the option
            `buckets` changed, is late.
        buckets: The report's.
    """
    if bucket not in buckets:
        return f"b{_SHADES}"
    index = buckets.index(bucket)
    if index < _FIRST_LATE:
        return ("undated", "fine")[index]
    late = len(buckets) - _FIRST_LATE
    return f"b{1 + (index - _FIRST_LATE) * (_SHADES - 1) // max(late - 1, 1)}"
