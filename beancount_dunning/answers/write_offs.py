"""What is left of an invoice and not to be had: how to book it.

A discount that was taken in time is not owed, and a few cents are not worth a reminder.
Nobody asks for them, and they stay open until somebody books them. What a bank may have
kept of a payment (option `bank-fee`) is asked for until then: only the bookkeeper can
see from the statement that the customer paid it all.

Each goes to an expense, on the ledger's own account for that if it has one. Where less
is paid for what was sold, the tax on it is less, too; a bank's fee is a cost of the
seller's, and leaves the tax as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.rests import Rest
from beancount_dunning.answers.rests import RestAccounts
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import round_to
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.dunning import Silence
from beancount_dunning.standing.dunning import standing
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import may_be_bank_fee

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount.core.data import Directive
    from beancount.core.data import Open
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What will not be paid of an item, and the directives that book it.

    `amount` is how much, of all that is open of its invoice where an invoice is given
    up. `opens` has the account of the transaction that has to be opened, if none fits;
    `comments` say what is to be known of the tax, and of the customer's credit.
    """

    item: Item
    rest: Rest
    amount: Decimal
    transaction: Transaction
    opens: tuple[Open, ...]
    comments: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The directives as they are typed in a ledger."""
        directives: list[Directive] = [*self.opens, self.transaction]
        above = "".join(f"; {comment}\n" for comment in self.comments)
        return above + "\n".join(map(as_text, directives))

    def as_dict(self) -> dict[str, Any]:
        """Return the proposal as JSON has it; the amount is what it takes off."""
        item = self.item
        return {
            "invoice": item.invoice,
            "instalment": item.instalment,
            "customer": item.customer or None,
            "account": item.account,
            "kind": self.rest,
            "amount": exact(-self.amount),
            "currency": item.currency,
            "directive": self.text,
        }


def write_offs(books: Books, keep: Keep = everything) -> list[WriteOff]:
    """Propose how to book discounts that were taken, bank fees and small remainders.

    Args:
        books: The ledger on a date.
        keep: Which items this is to be about; all by default.

    Returns:
        A proposal for each item of which only that is open, dated that day.
    """
    rests = [
        (item, rest)
        for item in filter(keep, books.receivables.items)
        if (rest := _rest(books, item)) is not None
    ]
    if not rests:
        return []
    accounts = RestAccounts(books)
    return [
        WriteOff(item, rest, item.open, *accounts.book([(item, item.open)], rest))
        for item, rest in rests
    ]


def _rest(books: Books, item: Item) -> Rest | None:
    """Tell what a rest is that will not be paid; None where it is none."""
    if not item.settlements:
        return None
    where = standing(books, item)
    if where.held is not None:
        return Rest.DISCOUNT if where.held is Held.DISCOUNT else None
    if may_be_bank_fee(books, item):
        return Rest.BANK_FEE
    is_small = where.silence is Silence.MINIMUM
    is_late = (item.days_overdue(books.as_of) or 0) > 0
    if not (is_small and is_late):
        return None
    # Nobody books a fraction of the smallest coin.
    return Rest.REMAINDER if round_to(item.open, item.currency) else None
