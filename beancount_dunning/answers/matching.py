"""Which invoice an incoming payment is for, with reasons in words.

    2026-10-20 * "ACME HOLDING" "SVWZ+Rechnung 2026014"
      Assets:Bank     1190.00 EUR
      Assets:Receivable

    certain: INV-2026-014; the text names it, and 1190.00 EUR is what is open of it

Three things count: what the text names (`ledger.named`), who pays (`payers`), and what
the amount means (`explanations`).

- Certain: a name whose amount is explained; or a name, its customer as the payer, and
  no more than is open.
- Likely: the payer and exactly one explanation of the amount.
- All else is for a person to decide: two explanations that are equally good, a number
  that is paid already, our own money that came back.

Payments are taken in order of date, and each sees what those before it left. A guess by
amount never takes what is in dispute, is younger than the payment, or is named by
another payment.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from decimal import localcontext
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.deciding import Decider
from beancount_dunning.answers.decisions import Verdict
from beancount_dunning.answers.explanations import Difference
from beancount_dunning.answers.explanations import DifferenceKind
from beancount_dunning.answers.incoming import incoming
from beancount_dunning.answers.leftovers import Leftovers
from beancount_dunning.answers.mentions import Mentions
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.receivables import items_aside

if TYPE_CHECKING:
    import datetime as dt
    import re

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.answers.decisions import Decision
    from beancount_dunning.answers.incoming import Payment
    from beancount_dunning.basics.money import Writer
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

__all__ = [
    "Assignment",
    "Difference",
    "DifferenceKind",
    "Match",
    "Matches",
    "Verdict",
    "match",
]


@dataclass(frozen=True, slots=True)
class Assignment:
    """So much of a payment is for an item."""

    item: Item
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Match:
    """What a payment is for.

    Attributes:
        customer: Whose debt it pays, or from whom it is; None where nobody knows.
        amount: What is to be assigned, as a positive amount.
        posting: The credit on a receivable account or, if `is_suspense`, on another.
        assignments: What it is for; empty where someone has to decide.
        difference: What it is too little, or too much.
        reasons: What tells so, in words.
        candidates: Items to choose from, or the assigned ones.
    """

    verdict: Verdict
    customer: str | None
    amount: Decimal
    currency: str
    entry: Transaction
    posting: Posting
    is_suspense: bool
    assignments: tuple[Assignment, ...]
    difference: Difference | None
    reasons: tuple[str, ...]
    candidates: tuple[Item, ...]

    @property
    def filename(self) -> str:
        """The file in which the payment's transaction stands."""
        return str(place(self.entry.meta)["filename"])

    @property
    def lineno(self) -> int:
        """The line at which it begins."""
        return int(place(self.entry.meta)["lineno"])

    def as_dict(self, number: Writer = exact) -> dict[str, Any]:
        """Return the match as the JSON report has it, its amounts as `number` does."""
        difference = self.difference
        return {
            "verdict": self.verdict,
            "customer": self.customer,
            "amount": number(self.amount),
            "currency": self.currency,
            "date": self.entry.date.isoformat(),
            "payee": self.entry.payee,
            "narration": self.entry.narration,
            "file": self.filename,
            "line": self.lineno,
            "invoices": [
                {
                    "invoice": assigned.item.invoice,
                    "instalment": assigned.item.instalment,
                    "amount": number(assigned.amount),
                }
                for assigned in self.assignments
            ],
            "difference": difference
            and {"amount": number(difference.amount), "kind": difference.kind},
            "reasons": list(self.reasons),
            "candidates": [item.label for item in self.candidates],
        }


@dataclass(frozen=True, slots=True)
class Matches:
    """What the payments that nobody assigned are for, in order of date."""

    as_of: dt.date
    payments: tuple[Match, ...]

    def as_dict(self, number: Writer = exact) -> dict[str, Any]:
        """Return the matches as JSON has them: amounts as strings, dates ISO.

        Args:
            number: How amounts are written: exactly, or hidden.
        """
        return {
            "as_of": self.as_of.isoformat(),
            "payments": [payment.as_dict(number) for payment in self.payments],
        }


def match(
    books: Books, *, suspense: re.Pattern[str] | None = None, review: bool = False
) -> Matches:
    """Find out which invoices incoming payments are for.

    Args:
        books: The ledger on a date.
        suspense: Which accounts hold what nobody assigned yet: what came in on an asset
            and was posted there is looked at, too.
        review: Whether to look also at credits that were settled "oldest due first",
            and to return those that are for something else.

    Returns:
        The payments, in order of date.
    """
    # What is exact must not depend on how many digits a sum has.
    with localcontext(WIDE):
        near = books.with_settled(None) if review else books
        found = incoming(near, near.receivables, suspense, review=review)
        if not found.payments:
            return Matches(books.as_of, ())
        mentions = Mentions(near.receivables, found.payments)
        # Most of what was paid is named by nobody, and needs no items.
        paid = items_aside(near.receivables, mentions.named)
        left = Leftovers(books, (*near.receivables.all_items, *paid), found)
        decider = Decider(books.settings, near.receivables, mentions, left)
        matches = []
        for payment in found.payments:
            decision, waiting = decider.decide(payment), payment
            if payment.settled and not decision.contradicts(payment.settled):
                waiting = left.keep(payment)
                if not waiting.amount:
                    if decision.names_others(payment.settled):
                        matches.append(_match(payment, decision))
                    continue
                decision = decider.decide_rest(waiting)
            left.assign(waiting, decision)
            matches.append(_match(waiting, decision))
        return Matches(books.as_of, tuple(matches))


def _match(payment: Payment, decision: Decision) -> Match:
    return Match(
        verdict=decision.verdict,
        customer=decision.customer or None,
        amount=payment.amount,
        currency=payment.currency,
        entry=payment.entry,
        posting=payment.posting,
        is_suspense=payment.account is None,
        assignments=tuple(
            Assignment(debt.item, amount) for debt, amount in decision.assigned
        ),
        difference=decision.difference,
        reasons=decision.reasons,
        candidates=tuple(debt.item for debt in decision.candidates),
    )
