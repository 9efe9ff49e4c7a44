"""What is decided about a payment."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import NamedTuple

from beancount_dunning.answers.explanations import DifferenceKind
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from beancount_dunning.answers.debts import Debt
    from beancount_dunning.answers.explanations import Difference
    from beancount_dunning.ledger.items import Item


class Verdict(StrEnum):
    """How sure it is which invoices a payment is for."""

    CERTAIN = "certain"
    LIKELY = "likely"
    ASK = "ask"

    @property
    def words(self) -> Words:
        """What it is called where people read it."""
        return {
            Verdict.CERTAIN: Words("certain"),
            Verdict.LIKELY: Words("likely"),
            Verdict.ASK: Words("to be clarified"),
        }[self]


class Assigned(NamedTuple):
    """So much of a payment is for an item."""

    debt: Debt
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Decision:
    """What a payment is for, and why.

    `named` is what its text names and is open, though it may be for something else.
    """

    verdict: Verdict
    customer: str
    reasons: tuple[Words, ...]
    candidates: tuple[Debt, ...]
    assigned: tuple[Assigned, ...] = ()
    difference: Difference | None = None
    credit: Decimal = ZERO
    named: tuple[Debt, ...] = ()

    def doubted(self, why: Words) -> Decision:
        """Return the decision as no more than likely."""
        return replace(self, verdict=Verdict.LIKELY, reasons=(*self.reasons, why))

    def contradicts(self, settled: Iterable[tuple[Item, Decimal]]) -> bool:
        """Tell whether a name or the exact amount speaks against what was settled."""
        kind = self.difference.kind if self.difference else None
        is_exact = kind in {None, DifferenceKind.DISCOUNT}
        is_said = self.verdict is Verdict.CERTAIN
        if not is_said and (self.verdict is Verdict.ASK or not is_exact):
            return False
        assigned = {(id(debt.item), amount) for debt, amount in self.assigned}
        return assigned != {(id(item), amount) for item, amount in settled}

    def names_others(self, settled: Iterable[tuple[Item, Decimal]]) -> bool:
        """Tell whether the text names something, and nothing of it was settled."""
        named = {id(debt.item) for debt in self.named}
        return bool(named) and named.isdisjoint(id(item) for item, _ in settled)
