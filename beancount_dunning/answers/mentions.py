"""Which invoices the payments in hand name, open or paid."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from beancount_dunning.ledger.bank_text import may_name
from beancount_dunning.ledger.named import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.incoming import Payment
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.named import Mention


class Mentions:
    """What each of some payments names, and what those name that still wait.

    Attributes:
        named: The invoices that any of them names.
    """

    def __init__(self, receivables: Receivables, payments: Sequence[Payment]) -> None:
        """Read what payments say.

        Args:
            receivables: All that was ever owed.
            payments: The payments that are to be assigned.
        """
        # Nobody names most of what was ever paid, so there is no need to index it.
        is_near = may_name(chain.from_iterable(one.texts for one in payments))
        self._numbers = Numbers(receivables.aside.postings.spelled(is_near))
        self._mentions = {
            id(one.posting): self._numbers.find(one.texts) for one in payments
        }
        self._waiting = Counter(
            mention.reference for mention in chain(*self._mentions.values())
        )
        self.named = frozenset(self._waiting)

    def of(self, payment: Payment) -> Sequence[Mention]:
        """Return what the text of one of the payments names."""
        return self._mentions[id(payment.posting)]

    def linked(self, payment: Payment) -> Mapping[str, frozenset[str]]:
        """Return the links of a payment, each with the invoices that it names."""
        return {
            link: frozenset(one.reference for one in self._numbers.find([link]))
            for link in payment.references
        }

    def count(self, payment: Payment, *, is_waiting: bool) -> None:
        """Take note that a payment waits for a decision, or does no more."""
        for mention in self.of(payment):
            self._waiting[mention.reference] += 1 if is_waiting else -1

    def is_awaited(self, invoice: str) -> bool:
        """Tell whether a payment that waits for a decision names an invoice."""
        return self._waiting[invoice] > 0
