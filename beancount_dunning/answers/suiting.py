"""Which terms would suit a customer, by how they paid under those so far.

    found = suited_terms(parts)
    print(found.words)

    net 30 so far, 12 days late at the median of the last 8:
    "30% on receipt, rest net 14" would suit

The last ten parts of invoices count that were paid, are overdue or were given up; under
five say too little. Where one of them was given up, the next is due on receipt. Where
they were more than 30 days late at the median half of it is, and where they were more
than 7 days late, 30 %; the rest is due in 14 days, or as soon as so far, so that nobody
who is late gets more time. Else the terms so far suit. What is open is as late as it is
so far: who has stopped paying is no punctual payer. Of an even number of parts the
median is the later of the two in the middle.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median_high
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.paid import Outcome
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount_dunning.answers.paid import Invoiced

_LAST = 10
_ENOUGH = 5
# So many days late at the median, and what then would suit; the worst first.
_STEPS = (
    (30, "50% on receipt, rest net {days}"),
    (7, "30% on receipt, rest net {days}"),
)
_REST = 14
_IN_ADVANCE = "on receipt"


@dataclass(frozen=True, slots=True)
class SuitedTerms:
    """Which terms would suit a customer, and what says so.

    Attributes:
        usual: The days from invoice to due date that the parts mostly have.
        parts: How many parts of invoices say so.
        lost: How many of them were given up.
        median: How many days late the others are at the median, so far where they are
            open, negative where they were paid before; None where all were given up.
        terms: The terms that would suit, as one types them; None where those so far do.
    """

    usual: int
    parts: int
    lost: int
    median: int | None
    terms: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "terms": self.terms,
            "because": self.words,
            "usual_days": self.usual,
            "parts": self.parts,
            "lost": self.lost,
            "days_late_median": self.median,
        }

    @property
    def words(self) -> Words:
        """The terms, and the reason for them."""
        said = {"usual": f"net {self.usual}", "parts": self.parts}
        if self.terms is None:
            return Words(
                "{usual} so far, paid within 7 days of the due date at the median of "
                "the last {parts}: that suits",
                **said,
            )
        if self.lost or self.median is None:
            return Words(
                '{usual} so far, given up {lost} of the last {parts}: "{terms}" would '
                "suit",
                lost=self.lost,
                terms=self.terms,
                **said,
            )
        return Words(
            '{usual} so far, {days} late at the median of the last {parts}: "{terms}" '
            "would suit",
            days=Words.counted("{n} day", "{n} days", self.median),
            terms=self.terms,
            **said,
        )


def suited_terms(parts: Iterable[Invoiced]) -> SuitedTerms | None:
    """Work out which terms would suit a customer.

    Args:
        parts: How a customer's invoices were paid, see `invoiced`, by date.

    Returns:
        The terms, and what says so; None where that is too little.
    """
    last = [
        (part.outcome, part.lateness, (part.due - part.date).days)
        for part in parts
        if part.lateness is not None and part.due is not None
    ][-_LAST:]
    if len(last) < _ENOUGH:
        return None
    given_up = Outcome.WRITTEN_OFF
    late = [days for outcome, days, _ in last if outcome is not given_up]
    lost = len(last) - len(late)
    median = median_high(late) if late else None
    usual, _ = Counter(days for *_, days in last).most_common(1)[0]
    terms = _IN_ADVANCE if lost else _terms(median, usual)
    return SuitedTerms(usual, len(last), lost, median, terms)


def _terms(median: int | None, usual: int) -> str | None:
    """Return the terms for who was so many days late; None where those so far do."""
    text = next((text for days, text in _STEPS if (median or 0) > days), None)
    if text is None:
        return None
    return text.format(days=min(usual, _REST)) if usual > 0 else _IN_ADVANCE
