"""What a court costs by the size of a claim, as one types it.

    2026-01-01 custom "dunning-option" "cost-court" "38.00, 60.00 from 500"

The numbers are in the claim's own currency, or in that of the option `cost-hour`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.values import WrongValueError

_NUMBER = r"[0-9]{1,20}(?:\.[0-9]{1,12})?"
_TIER = re.compile(rf"({_NUMBER})(?: from ({_NUMBER}))?")


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs, each with the size of the claim from which it counts, ascending from 0."""

    tiers: tuple[tuple[Decimal, Decimal], ...]

    def of(self, claim: Decimal) -> Decimal:
        """Return what a claim costs."""
        return [cost for size, cost in self.tiers if size <= claim][-1]


def costs(value: object) -> Costs:
    """Read numbers by the size of the claim."""
    parts = value.split(",") if isinstance(value, str) else []
    found = [_TIER.fullmatch(part.strip()) for part in parts]
    tiers = [(Decimal(one[2] or 0), Decimal(one[1])) for one in found if one]
    sizes = [size for size, _ in tiers]
    is_whole = len(tiers) == len(found) > 0
    if not is_whole or sizes != sorted(set(sizes)) or sizes[0] != ZERO:
        raise WrongValueError(
            Words('costs by the size of the claim, like "38.00, 60.00 from 500"')
        )
    return Costs(tuple(tiers))
