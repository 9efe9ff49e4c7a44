"""Giving up an invoice, whole or in part: the write-off to paste, with the tax in it.

    proposed = propose_write_off(books, item)
    print(proposed.text)

    2028-11-20 * "Acme GmbH" "Bad debt of INV-2026-014" ^INV-2026-014
      Assets:Receivable:Acme  -1190.00 EUR
      Expenses:Bad-Debts       1000.00 EUR
      Liabilities:VAT           190.00 EUR

What is given up settles the invoice like a payment, so it takes of its parts what a
payment would: the earliest due first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.proposals import is_loggable
from beancount_dunning.answers.refusals import ProposalRefusedError
from beancount_dunning.answers.refusals import nothing_open
from beancount_dunning.answers.rests import Rest
from beancount_dunning.answers.rests import RestAccounts
from beancount_dunning.answers.tax_relief import tax_relief
from beancount_dunning.answers.write_offs import WriteOff
from beancount_dunning.basics.lists import listed
from beancount_dunning.basics.lists import money
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.policies import PaymentOrder

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


class WriteOffRefusedError(ProposalRefusedError):
    """A write-off that would not do what it says."""


def propose_write_off(
    books: Books, item: Item, amount: Decimal | None = None
) -> WriteOff:
    """Propose how to give up what is open of an invoice, or a part of it.

    Args:
        books: The ledger on the day of the transaction.
        item: An open item of the invoice. All of its customer's parts in its currency
            are given up with it, whatever was charged on them too.
        amount: How much; all that is open by default.

    Returns:
        The proposal, dated that day.

    Raises:
        WriteOffRefusedError: The item has no reference, so the transaction could settle
            another; the amount is nothing, or more than is open; or an account is
            closed.
    """
    if not is_loggable(item):
        message = Words(
            "{item} has no reference. Add a link to it first, like ^INV-1.",
            item=item.label,
        )
        raise WriteOffRefusedError(message)
    whole = [
        one
        for one in books.receivables.items
        if (one.invoice, one.customer, one.currency)
        == (item.invoice, item.customer, item.currency)
    ]
    is_open = sum((one.open for one in whole), ZERO)
    if amount is None:
        amount = is_open
    if not ZERO < amount <= is_open:
        message = Words(
            "{open} of {invoice} is open, and {sum} is not a part of it.",
            open=money(is_open, item.currency),
            invoice=item.invoice,
            sum=money(amount, item.currency),
        )
        raise WriteOffRefusedError(message)
    accounts = RestAccounts(books)
    parts = list(_taken(books, whole, amount))
    entry, opens = accounts.book(parts, Rest.BAD_DEBT)
    posted = {posting.account for posting in entry.postings}
    if closed := sorted(posted.intersection(accounts.closed)):
        message = Words("{account} is closed.", account=closed[0])
        raise WriteOffRefusedError(message)
    comments = tuple(_comments(books, parts, posted))
    return WriteOff(parts[0][0], Rest.BAD_DEBT, amount, entry, opens, comments)


def propose_write_offs(
    books: Books, invoice: str, amount: Decimal | None = None
) -> list[WriteOff]:
    """Propose how to give up an invoice, whoever has it, or a part of it.

    Args:
        books: The ledger on the day of the transactions.
        invoice: Its reference.
        amount: How much; all that is open by default.

    Returns:
        A proposal for each customer and currency.

    Raises:
        WriteOffRefusedError: Nothing is open of it; an amount is given where several
            customers or currencies have it; or as `propose_write_off` says.
    """
    first: dict[tuple[str, str], Item] = {}
    for item in books.receivables.items:
        if item.invoice == invoice:
            first.setdefault((item.customer, item.currency), item)
    if not first:
        known = {item.invoice for item in books.receivables.items if item.invoice}
        raise WriteOffRefusedError(nothing_open(books, invoice, sorted(known)))
    if amount is not None and len(first) > 1:
        message = Words(
            "{invoice} is open for {customers}: a part could be of any of them.",
            invoice=invoice,
            customers=listed(
                Words("{customer} in {currency}", customer=customer, currency=currency)
                for customer, currency in first
            ),
        )
        raise WriteOffRefusedError(message)
    return [propose_write_off(books, item, amount) for item in first.values()]


def _taken(
    books: Books, items: Iterable[Item], amount: Decimal
) -> Iterator[tuple[Item, Decimal]]:
    """Yield what a credit takes of each item, in the order in which it settles them."""
    charges_first = books.settings.payment_order is PaymentOrder.CHARGES
    for item in sorted(items, key=lambda one: (one.charge is None) is charges_first):
        taken = min(item.open, amount)
        if taken:
            yield item, taken
        amount -= taken


def _comments(
    books: Books, parts: Sequence[tuple[Item, Decimal]], posted: Collection[str]
) -> Iterator[str]:
    """Yield what to know before it is pasted: of the tax, and of the customer's credit.

    Args:
        books: The ledger on the day of the transaction.
        parts: What is given up of each item.
        posted: The accounts of the transaction.
    """
    first = parts[0][0]
    liabilities = root_prefix(books.options, "liabilities")
    if any(name.startswith(liabilities) for name in posted):
        due = max((one.due for one, _ in parts if one.due), default=first.date)
        if relief := tax_relief(books.settings, due, first.currency):
            yield relief
    credit = books.balances.credit_of(first.customer).get(first.currency)
    if credit:
        sum_ = money(-credit, first.currency)
        yield f"Credit: {sum_} is unapplied; if it is for this invoice, give up less"
