"""The tables of the page, each as far as an address asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fava_dunning.listing import Table
from fava_dunning.listing import lay_out
from fava_dunning.listing import sorted_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.waiting import Waiting
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport
    from fava_dunning.narrowing import Listed
    from fava_dunning.narrowing import Narrowed

_DECISIONS = 25


@dataclass(frozen=True)
class Tables:
    """The tables of items and credits, narrowed as an address says.

    `payments` are those that wait for their invoices: their credits stand there.
    """

    report: AgingReport
    narrowed: Narrowed
    undecided: Sequence[AgedItem]
    payments: Sequence[Waiting]
    parameters: Mapping[str, str]

    @property
    def find(self) -> str:
        """The text that the tables are narrowed to."""
        return self.narrowed.by.find

    @cached_property
    def invoices(self) -> Table[Listed]:
        """The open invoices, longest late first."""
        said = sorted_by("-late", "invoices", _INVOICE_KEYS, self.parameters)
        return lay_out("invoices", self.narrowed.items, _INVOICE_KEYS, said)

    @cached_property
    def decisions(self) -> Table[AgedItem]:
        """The overdue items that need a decision, longest late first."""
        kept = [one for one in self.undecided if self.narrowed.has_any([one.item])]
        said = sorted_by("-late", "decide", _DECISION_KEYS, self.parameters)
        return lay_out("decide", kept, _DECISION_KEYS, said, _DECISIONS)

    @cached_property
    def left_over(self) -> list[Unapplied]:
        """The unapplied credit that is no payment to assign."""
        waiting = {id(payment.credit) for payment in self.payments}
        return [one for one in self.report.unapplied if id(one) not in waiting]

    @cached_property
    def unapplied(self) -> Table[Unapplied]:
        """That credit, where nothing but a text is looked for."""
        narrowed = self.narrowed
        credits_ = [
            credit
            for credit in self.left_over
            if not narrowed.is_any
            or (
                narrowed.by.is_by_text
                and narrowed.by.has(credit.customer, credit.account, credit.words)
            )
        ]
        return lay_out("unapplied", credits_, _CREDIT_KEYS, self.parameters)


_INVOICE_KEYS: dict[str, Callable[[Listed], object]] = {
    "customer": lambda one: one.aged.item.customer.casefold(),
    "invoice": lambda one: one.aged.item.label.casefold(),
    "due": lambda one: one.aged.item.due,
    "late": lambda one: one.aged.days_overdue,
    "open": lambda one: one.aged.item.open,
    "sent": lambda one: last.date if (last := one.aged.standing.record.last) else None,
    "next": lambda one: coming.date if (coming := one.aged.next) else None,
}
_DECISION_KEYS: dict[str, Callable[[AgedItem], object]] = {
    "late": lambda aged: aged.days_overdue,
}
_CREDIT_KEYS: dict[str, Callable[[Unapplied], object]] = {
    "customer": lambda credit: credit.customer.casefold(),
    "date": lambda credit: credit.date,
    "account": lambda credit: credit.account,
    "amount": lambda credit: credit.amount,
}
