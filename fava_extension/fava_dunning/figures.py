"""Figures at a glance, and the bar of buckets."""

from __future__ import annotations

from dataclasses import KW_ONLY
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fava.core.conversion import cost_or_value
from fava.core.inventory import CounterInventory

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import round_to
from fava_dunning.charts import share

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from fava.beans.prices import FavaPriceMap

    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.aging import Row

    Convert = Callable[[Mapping[str, Decimal]], Mapping[str, Decimal]]

_FIGURES = ("outstanding", "overdue", "due_soon", "unapplied")
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
    """The figures of a currency, or of all that were converted to it but `without`."""

    currency: str
    outstanding: Decimal
    overdue: Decimal
    due_soon: Decimal
    unapplied: Decimal
    _: KW_ONLY
    segments: tuple[Segment, ...] = ()
    is_converted: bool = False
    without: tuple[str, ...] = ()

    @property
    def balance(self) -> Decimal:
        """What is outstanding less unapplied credit: the accounts' balance."""
        return self.outstanding + self.unapplied


def glances(
    report: AgingReport, chosen: tuple[str, str], convert: Convert
) -> list[Glance]:
    """Return the figures by currency, then what they come to if converted.

    Args:
        report: The aging report.
        chosen: The bucket, and its currency, that the page is narrowed to.
        convert: Turns amounts by currency into those of Fava's conversion.
    """
    found = [
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
    return [*found, *_converted(found, convert)]


def _segments(
    row: Row, buckets: Sequence[str], chosen: tuple[str, str]
) -> Iterator[Segment]:
    for index, bucket in enumerate(buckets):
        if bucket in row.buckets:
            amount = row.buckets[bucket]
            is_chosen = chosen == (bucket, row.currency)
            yield Segment(bucket, index, amount, share(amount, row.open), is_chosen)


def _converted(found: Sequence[Glance], convert: Convert) -> Iterator[Glance]:
    sums = [
        convert({glance.currency: getattr(glance, figure) for glance in found})
        for figure in _FIGURES
    ]
    names = sorted(set().union(*sums))
    if names == sorted(glance.currency for glance in found):
        return
    # What has no price stands above already.
    same = {(glance.currency, glance.outstanding) for glance in found}
    left = [name for name in names if (name, sums[0].get(name)) in same]
    for currency in names:
        if currency not in left:
            zero = round_to(ZERO, currency)
            figures = [amounts.get(currency) or zero for amounts in sums]
            yield Glance(currency, *figures, is_converted=True, without=tuple(left))


def converter(currency: str, prices: FavaPriceMap, day: date) -> Convert:
    """Return what converts amounts as Fava's conversion says.

    What was converted is rounded here, to the precision of its currency.

    Args:
        currency: The conversion: a currency, or one of Fava's other ways.
        prices: The ledger's prices.
        day: The day whose prices count.
    """

    def convert(amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
        inventory = CounterInventory()
        for name, amount in amounts.items():
            inventory.add((name, None), amount)
        converted = cost_or_value(inventory, currency, prices, day)
        return {
            name: amount
            if name in amounts and amount == amounts[name]
            else round_to(amount, name)
            for name, amount in converted.items()
        }

    return convert


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


def cash_shade(kind: str) -> str:
    """Return the style class of cash that is expected, or that was."""
    return {"overdue": f"b{_SHADES}", "undated": "undated"}.get(kind, "fine")
