"""Customers who owe more than they may, and new invoices to those who get no credit.

    2026-01-01 custom "dunning-customer" "Acme GmbH"
      credit-limit: 15000.00 EUR
      overdue-limit: 2000.00 EUR
    2026-06-01 custom "dunning-customer" "Birch"
      credit: "prepay"

A new invoice is an error from its own date on for 14 days, if on that date it should
not have been written, and the reason for it still stands: then the work can yet be
stopped. What is overdue then is what the aging report says as of that date, without the
invoice itself.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from beancount.core.data import Transaction

from beancount_dunning.answers.as_invoiced import invoice_of
from beancount_dunning.answers.history import sums_on
from beancount_dunning.answers.returns import Returns
from beancount_dunning.basics.errors import MAX_LISTED
from beancount_dunning.basics.errors import CreditLimitError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.ledger.credit import Credit
from beancount_dunning.ledger.credit import with_parents
from beancount_dunning.ledger.items import NO_CUSTOMER
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.settings import read_settings
from beancount_dunning.standing.aging import sum_up
from beancount_dunning.standing.limits import credit_limits

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.basics.money import Writer
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.aging import Sums
    from beancount_dunning.standing.books import Books

# For how many days an invoice is new.
_NEW = 14


def exceeded_limits(
    books: Books, note: str, number: Writer
) -> Iterator[CreditLimitError]:
    """Yield an error for each credit limit that is exceeded, where it stands.

    Args:
        books: The ledger on a date.
        note: What to add to each message.
        number: How amounts in messages are written: exactly, or hidden.
    """
    for (_, currency), limit in credit_limits(books).items():
        if limit.is_exceeded:
            entry = limit.customer.entries["credit-limit"]
            message = (
                f"Credit limit: {limit.customer.name or NO_CUSTOMER}"
                f"{_and(limit.others)} owes {number(limit.owed)} {currency}, "
                f"more than {number(limit.amount)} {currency}"
            )
            yield CreditLimitError(place(entry.meta), plain(message) + note, entry)


def _and(others: Sequence[str]) -> str:
    """Name those who owe something under the same limit, if there are any."""
    if not others:
        return ""
    is_short = len(others) <= MAX_LISTED
    return f" with {', '.join(others) if is_short else f'{len(others)} others'}"


def new_invoices(books: Books, note: str, number: Writer) -> Iterator[CreditLimitError]:
    """Yield an error for each new invoice to a customer who gets no credit for it.

    Args:
        books: The ledger on a date.
        note: What to add to each message.
        number: How amounts in messages are written: exactly, or hidden.
    """
    new = _new(books)
    if not new:
        return
    now = _Allowed(books.as_of, books.settings, sum_up(books))
    refused = [items for items in new if now.objection(items, number) is not None]
    # The past has to be looked at on no other days.
    days = sorted({items[0].date for items in refused})
    near = _near(books, {items[0].customer for items in refused})
    then = {
        day: _Allowed(day, settings, sums)
        for day, settings, sums in zip(
            days, _settings_on(books, days), sums_on(near, days), strict=True
        )
    }
    for items in refused:
        first = items[0]
        objection = then[first.date].objection(items, number)
        if objection is None:
            continue
        amount = sum((item.invoiced for item in items), ZERO)
        message = (
            f"New invoice: {first.invoice or first.label}, "
            f"{first.customer or NO_CUSTOMER}: {number(amount)} {first.currency} "
            f"{objection}"
        )
        source = {"filename": first.filename, "lineno": first.lineno}
        yield CreditLimitError(source, plain(message) + note, first.entry)


def _near(books: Books, customers: Iterable[str]) -> Books:
    """Return the ledger without transactions that tell nothing of some customers.

    Those tell something that are on an account of theirs, or of somebody whose parent
    is one with theirs; on one that many share; or that name a customer themselves.
    """
    settings = books.settings

    def families(name: str) -> set[str]:
        return {folded(file.name) for file in with_parents(settings, name)}

    wanted = {family for name in customers for family in families(name)}

    @cache
    def is_near(name: str) -> bool:
        account = settings.accounts[name]
        if account is None or account.customer is None:
            return account is not None
        return not wanted.isdisjoint(families(account.customer))

    return replace(
        books,
        entries=[
            entry
            for entry in books.entries
            if not isinstance(entry, Transaction)
            or any(is_near(one.account) for one in entry.postings)
            or "customer" in (entry.meta or ())
            or any("customer" in (one.meta or ()) for one in entry.postings)
        ],
    )


def _settings_on(books: Books, days: Sequence[dt.date]) -> Iterator[Settings]:
    others = [one for one in books.entries if not isinstance(one, Transaction)]
    return (read_settings(others, books.options, day) for day in days)


def _new(books: Books) -> list[list[Item]]:
    """Return the parts of each new invoice of which something is open.

    Parts that are paid come with them: that due at once may be one.
    """
    files = books.settings.customers.values()
    if not any(file.credit or file.overdue_limit for file in files):
        return []
    receivables = books.receivables
    new = [item for item in receivables.all_items if _is_new(item, books.as_of)]
    names = {invoice_of(item) for item in new}
    # What an earlier debit says tells whether this one books a payment back.
    items = [item for item in receivables.all_items if invoice_of(item) in names]
    back = Returns(books).find(items)
    found: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for item in new:
        if id(item) not in back:
            found[_key(item)].append(item)
    is_open = {_key(item) for item in receivables.items}
    return [items for key, items in found.items() if key in is_open]


def _is_new(item: Item, as_of: dt.date) -> bool:
    return (as_of - item.date).days < _NEW and not item.charge


def _key(item: Item) -> tuple[object, ...]:
    return item.customer, item.currency, item.invoice or id(item.entry)


class _Allowed:
    """What customers' files allow on a day, and what was overdue then."""

    def __init__(self, day: dt.date, settings: Settings, sums: Sums) -> None:
        """Take in the day, its settings, and the sums of its aging report."""
        self._day = day
        self._settings = settings
        self._sums = sums
        self._overdue: Mapping[tuple[str, str], Decimal] | None = None

    def objection(self, items: Sequence[Item], number: Writer) -> str | None:
        """Say why an invoice should not be written; None where nothing is against it.

        Args:
            items: Its parts.
            number: How amounts are written.
        """
        customer = items[0].customer
        for file in with_parents(self._settings, customer):
            whose = file.name or NO_CUSTOMER
            if file.credit is Credit.STOPPED:
                return f"while the credit of {whose} is stopped"
            if file.credit is Credit.PREPAY and not any(map(_is_at_once, items)):
                return f"without a part due at once, and {whose} pays in advance"
            limit = file.overdue_limit
            if limit is None:
                continue
            overdue = self._overdue_under(file.name, limit.currency)
            if items[0].currency == limit.currency:
                overdue -= sum((one.open for one in items if self._is_late(one)), ZERO)
            if overdue > (limit.number or ZERO):
                return (
                    f"while {number(overdue)} {limit.currency} of {whose} is overdue, "
                    f"more than {number(limit.number or ZERO)} {limit.currency}"
                )
        return None

    def _is_late(self, item: Item) -> bool:
        return (item.days_overdue(self._day) or 0) > 0

    def _overdue_under(self, name: str, currency: str) -> Decimal:
        """Return what is overdue under a limit, credit taken off."""
        if self._overdue is None:
            sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
            for row in self._sums.customers:
                for file in with_parents(self._settings, row.customer or ""):
                    sums[file.name, row.currency] += row.overdue + row.unapplied
            self._overdue = sums
        return self._overdue.get((name, currency), ZERO)


def _is_at_once(item: Item) -> bool:
    """Tell whether it was due on the invoice's date, whatever a plan made of it."""
    due = item.original.due if item.original else item.due_written or item.due
    return due is not None and due <= item.date
