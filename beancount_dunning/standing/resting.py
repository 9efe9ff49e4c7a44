"""Why no reminder goes out now: what rests, and the first reason that applies.

    from beancount_dunning.standing.resting import held
    held(books, item)  # Held.CREDIT

A customer who owes nothing is not reminded, whatever is open beside the credit. Nor is
one who paid in time and took the discount that was offered: what is left open is for
the bookkeeper, who books the discount. What a bank may have kept of a payment is asked
for until it is booked. Where a part is in dispute, and the rest is paid
or too little to ask for, all of it rests.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.items import taken_offer
from beancount_dunning.ledger.log import Handed

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.terms import Offer
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.records import Record


class Held(StrEnum):
    """Why no reminder goes out now; the first that applies."""

    DISPUTE = "dispute"
    CREDIT = "credit"
    DISCOUNT = "discount"
    PROMISE = "promise"
    HOLD = "hold"

    @property
    def is_owed(self) -> bool:
        """Whether what is open is owed all the same."""
        return self not in {Held.CREDIT, Held.DISCOUNT}

    @property
    def has_end(self) -> bool:
        """Whether it is known when reminders go on."""
        return self in {Held.PROMISE, Held.HOLD}


def taken_discount(item: Item) -> Offer | None:
    """Return the discount that a customer took, if that is all that is open.

    Args:
        item: An open item.

    Returns:
        The offer by whose last day enough was paid; None where there is none.
    """
    return taken_offer(item.offers, item.amount, item.currency, item.settlements)


def taken_on(item: Item, offer: Offer) -> dt.date:
    """Return the day on which enough was paid for a discount that was taken.

    Args:
        item: The item.
        offer: The discount, see `taken_discount`.
    """
    missing = offer.reduced(item.amount, item.currency)
    paid = sorted((one.date, one.amount) for one in item.settlements)
    sums = accumulate(amount for _, amount in paid)
    return next(
        day for (day, _), total in zip(paid, sums, strict=True) if total >= missing
    )


def may_be_bank_fee(books: Books, item: Item) -> bool:
    """Tell whether a bank may have kept what is open of an item, of a payment for it.

    It is asked for all the same, until somebody books it.

    Args:
        books: The ledger on a date.
        item: An open item of it.

    Returns:
        Whether money came in, and no more is open than the option `bank-fee`.
    """
    if item.open > books.settings.bank_fee.get(item.currency, ZERO):
        return False
    accounts = books.settings.accounts
    assets = root_prefix(books.options, "assets")
    return any(any(money_in(one.entry, accounts, assets)) for one in item.settlements)


def is_covered(books: Books, item: Item) -> bool:
    """Tell whether what is open of an item is not owed, and so bears no charge.

    Args:
        books: The ledger on a date.
        item: An open item of it, or a settled one, of which nothing is.

    Returns:
        Whether credit makes up for it, or it is the discount that was taken.
    """
    if not item.open:
        return False
    is_in_credit = books.balances.is_in_credit(item.customer, item.currency)
    return is_in_credit or taken_discount(item) is not None


def _is_all_disputed(books: Books, item: Item) -> bool:
    """Tell whether a dispute of a part leaves nothing of an item to ask for."""
    disputed = books.dunning.part_in_dispute(item)
    if not disputed:
        return False
    rest = item.open - disputed
    # What is charged on a sale is in dispute only after all of the sale.
    together = rest if item.charge else rest + item.open_beside
    minimum = books.settings.minimum
    return not rest or not minimum.is_reached(together, item.currency)


def held(books: Books, item: Item) -> Held | None:
    """Tell why reminders of an item rest.

    Args:
        books: The ledger on a date.
        item: An open item of it.

    Returns:
        The first reason that applies; None where reminders do not rest.
    """
    record = books.dunning.record(item)
    if record.is_disputed or _is_all_disputed(books, item):
        return Held.DISPUTE
    if books.balances.is_in_credit(item.customer, item.currency):
        return Held.CREDIT
    if item.offers and taken_discount(item):
        return Held.DISCOUNT
    return record.held(books.as_of)


def said(books: Books, item: Item, reason: Held | None) -> Words | None:
    """Say why reminders of an item rest.

    Args:
        books: The ledger on a date.
        item: An open item of it.
        reason: Why they do.

    Returns:
        The words; None where they do not rest.
    """
    record = books.dunning.record(item)
    match reason:
        case Held.DISPUTE:
            return Words("in dispute")
        case Held.CREDIT:
            return Words(
                "covered by credit: the balance is {balance} {currency}",
                balance=books.balances.owed[item.customer, item.currency],
                currency=item.currency,
            )
        case Held.DISCOUNT:
            return Words("discount taken")
        case Held.PROMISE:
            return _promised(record)
        case Held.HOLD:
            return _on_hold(record)
    return None


def _promised(record: Record) -> Words:
    """Say what was promised."""
    amount = record.promise.amount if record.promise else None
    if amount is None:
        return Words("promised by {date}", date=record.promised)
    return Words(
        "{amount} {currency} promised by {date}",
        amount=amount.number,
        currency=amount.currency,
        date=record.promised,
    )


def _on_hold(record: Record) -> Words:
    """Say until when something rests, or with whom it is."""
    with_whom = record.handed.handed if record.handed else None
    if with_whom is None:
        return Words("on hold until {date}", date=record.held_until)
    return {
        Handed.AGENCY: Words("handed to an agency"),
        Handed.LAWYER: Words("handed to a lawyer"),
        Handed.COURT: Words("handed to the court"),
    }[with_whom]


def told_in_dispute(amount: Decimal, currency: str) -> Words:
    """Say how much is in dispute."""
    return Words("{amount} {currency} in dispute", amount=amount, currency=currency)
