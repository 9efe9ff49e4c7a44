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
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.amount import Amount
from beancount.core.data import Close
from beancount.core.data import Open
from beancount.core.data import Posting

from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.proposals import booking
from beancount_dunning.answers.tax_legs import tax_legs
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import round_to
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.dunning import Silence
from beancount_dunning.standing.dunning import standing
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import may_be_bank_fee

if TYPE_CHECKING:
    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep


class Rest(StrEnum):
    """What is left of an invoice that will not be paid."""

    DISCOUNT = "discount"
    BANK_FEE = "bank fee"
    REMAINDER = "remainder"


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
}


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What is left of an item, and the directives that book it.

    `directives` are the transaction and, where no account fits, the `open` before it.
    """

    item: Item
    rest: Rest
    directives: tuple[Directive, ...]

    @property
    def text(self) -> str:
        """The directives as they are typed in a ledger."""
        return "\n".join(map(as_text, self.directives))

    def as_dict(self) -> dict[str, Any]:
        """Return the proposal as JSON has it; the amount is what it takes off."""
        item = self.item
        return {
            "invoice": item.invoice,
            "instalment": item.instalment,
            "customer": item.customer or None,
            "account": item.account,
            "kind": self.rest,
            "amount": exact(-item.open),
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
    accounts = _Accounts(books)
    return [
        WriteOff(item, rest, tuple(accounts.directives(item, rest)))
        for item, rest in rests
    ]


def _rest(books: Books, item: Item) -> Rest | None:
    """Tell what a rest is that will not be paid; None where it is none."""
    where = standing(books, item)
    if where.held is not None:
        return Rest.DISCOUNT if where.held is Held.DISCOUNT else None
    if may_be_bank_fee(books, item):
        return Rest.BANK_FEE
    is_small = where.silence is Silence.MINIMUM
    is_late = (item.days_overdue(books.as_of) or 0) > 0
    if not (is_small and is_late and item.settlements):
        return None
    # Nobody books a fraction of the smallest coin.
    return Rest.REMAINDER if round_to(item.open, item.currency) else None


class _Accounts:
    """Where to book what is left: on the ledger's own accounts where it has any.

    An account fits that is an expense, is called like the rest, and takes the currency.
    """

    def __init__(self, books: Books) -> None:
        """Look up the accounts that are open on the day of the transactions."""
        self._books = books
        self._expenses = root_prefix(books.options, "expenses")
        past = [entry for entry in books.entries if entry.date <= books.as_of]
        closed = {entry.account for entry in past if isinstance(entry, Close)}
        self._known = [
            entry
            for entry in past
            if isinstance(entry, Open)
            and entry.account.startswith(self._expenses)
            and entry.account not in closed
        ]

    def directives(self, item: Item, rest: Rest) -> list[Directive]:
        """Return the transaction that books what is open of an item as an expense.

        Args:
            item: The item.
            rest: What its rest is.

        Returns:
            The transaction; before it the account that has to be opened, if none fits.
        """
        found = self._fitting(item, rest)
        target = found or self._expenses + _RESTS[rest][1]
        taxes = {} if rest is Rest.BANK_FEE else tax_legs(self._books, item)
        expense = item.open - sum(taxes.values(), ZERO)
        parts = {target: expense, **taxes} if expense else taxes
        opens = [Open({}, self._books.as_of, target, [], None)]
        if found or not expense:
            opens = []
        # What the first proposal opens, the next ones find.
        self._known += opens
        narration = f"{rest.capitalize()} of {item.label}"
        amount = Amount(-item.open, item.currency)
        entry = booking(self._books, item, narration, amount, target)
        legs = [
            Posting(account, Amount(part, item.currency), None, None, None, None)
            for account, part in parts.items()
        ]
        return [*opens, entry._replace(postings=[entry.postings[0], *legs])]

    def _fitting(self, item: Item, rest: Rest) -> str | None:
        stems, _ = _RESTS[rest]
        return next(
            (
                entry.account
                for entry in self._known
                if any(stem in _plain(entry.account) for stem in stems)
                and item.currency in (entry.currencies or [item.currency])
            ),
            None,
        )


def _plain(account: str) -> str:
    return account.lower().replace(":", "").replace("-", "")
