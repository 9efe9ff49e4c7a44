"""Refunds: the transaction that pays back what a customer has paid too much.

    2026-11-20 * "Acme GmbH" "Refund of 2026-10-20"
      Assets:Receivable:Acme      50.00 EUR
      Assets:Bank                -50.00 EUR

It names no invoice, so the credit that is left over settles it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET
from beancount.core.data import Posting
from beancount.core.data import Transaction
from beancount.core.flags import FLAG_OKAY

from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix

if TYPE_CHECKING:
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books


def refund(books: Books, credit: Unapplied) -> Transaction:
    """Return the transaction that pays a credit back, on the books' date.

    Args:
        books: The ledger on a date.
        credit: What is to be paid back; from where the money came in, if it did.
    """
    assets = root_prefix(books.options, "assets")
    came_in = money_in(credit.entry, books.settings.accounts, assets)
    bank = next((one.account for one in came_in), f"{assets}Bank")
    back = Amount(-credit.amount, credit.currency)
    amounts = {credit.account: back, bank: back._replace(number=credit.amount)}
    return Transaction(
        {},
        books.as_of,
        FLAG_OKAY,
        credit.customer or None,
        f"Refund of {credit.date}",
        EMPTY_SET,
        EMPTY_SET,
        [
            Posting(account, amount, None, None, None, None)
            for account, amount in amounts.items()
        ],
    )
