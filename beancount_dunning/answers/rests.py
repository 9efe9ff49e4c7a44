"""Where to book what will not be paid: on an expense account, with the tax in it.

The account is the ledger's own if one is called like the rest. If there is none, the
`open` of one comes before the transaction.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from beancount_dunning.answers.chart import Chart
from beancount_dunning.answers.proposals import booking
from beancount_dunning.answers.tax_legs import tax_legs
from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.accounts import root_prefix

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Sequence

    from beancount.core.data import Open
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


class Rest(StrEnum):
    """What is left of an invoice that will not be paid."""

    DISCOUNT = "discount"
    BANK_FEE = "bank fee"
    REMAINDER = "remainder"
    BAD_DEBT = "bad debt"


# What accounts for such rests are called, as a part of a name without case, dashes and
# colons, and what a new one is called.
_RESTS = {
    Rest.DISCOUNT: (
        ("discount", "skonto", "escompte", "descuento", "sconto", "rabat"),
        "Discounts",
    ),
    Rest.BANK_FEE: (
        ("bankfee", "bankcharge", "bankcost", "bankgeb", "bankspesen", "fraisbanc"),
        "Bank-Fees",
    ),
    Rest.REMAINDER: (
        ("writeoff", "rounding", "rundung", "baddebt"),
        "Write-Offs",
    ),
    Rest.BAD_DEBT: (
        (
            *("baddebt", "doubtful", "uncollect", "writeoff", "forderungsausf"),
            *("irrecouvrable", "incobrable", "insolvenc", "oninbaar"),
        ),
        "Bad-Debts",
    ),
}


class RestAccounts:
    """The expense accounts of a ledger, and transactions that book rests on them."""

    def __init__(self, books: Books) -> None:
        """Look up the accounts that are open on the day of the transactions."""
        self._books = books
        self._chart = Chart(books)

    @property
    def closed(self) -> Collection[str]:
        """The accounts that are closed by then."""
        return self._chart.closed

    def book(
        self, parts: Sequence[tuple[Item, Decimal]], rest: Rest
    ) -> tuple[Transaction, tuple[Open, ...]]:
        """Return the transaction that books what will not be paid as an expense.

        Args:
            parts: Items of one invoice, customer and currency, and how much of each.
            rest: What that is.

        Returns:
            The transaction, and the account that has to be opened if none fits.
        """
        item = parts[0][0]
        currency = item.currency
        credited: dict[str, Decimal] = defaultdict(Decimal)
        taxes: dict[str, Decimal] = defaultdict(Decimal)
        for one, amount in parts:
            credited[one.account] -= amount
            if rest is not Rest.BANK_FEE:
                for account, tax in tax_legs(self._books, one, amount).items():
                    taxes[account] += tax
        expense = -sum([*credited.values(), *taxes.values()], ZERO)
        stems, name = _RESTS[rest]
        root = root_prefix(self._books.options, "expenses")
        found = self._chart.like(root, stems, currency)
        target = found or root + name
        is_new = expense and not found
        opens = (self._chart.opened(target),) if is_new else ()
        legs = [*credited.items(), (target, expense), *taxes.items()]
        what = item.label if len(parts) == 1 else item.invoice
        narration = f"{rest.capitalize()} of {what}"
        posted = [(account, units) for account, units in legs if units]
        return booking(self._books, item, narration, posted, currency), opens
