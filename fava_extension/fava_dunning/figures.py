"""Figures at a glance, and the bar of buckets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from decimal import Decimal

    Convert = Callable[[Mapping[str, Decimal]], Mapping[str, Decimal]]


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
    segments: tuple[Segment, ...] = ()
    is_converted: bool = False
    without: tuple[str, ...] = ()

    @property
    def balance(self) -> Decimal:
        """What is outstanding less unapplied credit: the accounts' balance."""
        return self.outstanding + self.unapplied
