"""Letters and calls: what was sent to a customer and said, the latest first.

    for one in correspondence(books, "Acme GmbH"):
        print(one.date, one.kind, one.fact.text, one.invoices)

It is the log of all the customer's invoices, paid ones included. A note about several
of them is told once, and so is one on the customer's own account that names none.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import cast

from beancount.core.data import Document
from beancount.core.data import Note

from beancount_dunning.answers.reasons import Fact
from beancount_dunning.answers.story import Event
from beancount_dunning.answers.told import told
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.log import LogEntry
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.references import references

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from decimal import Decimal

    from beancount_dunning.ledger.policies import Channel
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

# The kind of a promise that was not kept; the others are those of `told`.
BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Contact:
    """Something that was sent or said, about which invoices, and by which channel."""

    date: dt.date
    kind: str
    fact: Fact
    invoices: tuple[str, ...]
    channel: Channel | None = None


def correspondence(books: Books, name: str) -> tuple[Contact, ...]:
    """Tell what was sent to a customer, and what was said.

    Args:
        books: The ledger on a date.
        name: The customer's name, in any case.

    Returns:
        What the log tells, the latest first.
    """
    key = folded(name)
    broken = broken_promises(books, lambda item: folded(item.customer) == key)
    found = [*_logged(books, key), *_unnamed(books, key)]
    found += (Contact(one.date, one.kind, one.fact, names) for one, names in broken)
    return tuple(sorted(found, key=lambda one: one.date, reverse=True))


def broken_promises(
    books: Books, keep: Keep
) -> Iterator[tuple[Event, tuple[str, ...]]]:
    """Yield the promises that were not kept, and which invoices they are about.

    Args:
        books: The ledger on a date.
        keep: Which items this is to be about.
    """
    for broken in books.dunning.broken:
        items = [item for item in broken.items if keep(item)]
        sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for item in items:
            sums[item.currency] += item.open
        if items:
            amounts = (
                Words("{amount} {currency}", amount=amount, currency=currency)
                for currency, amount in sums.items()
            )
            text = Words(
                "The promise of {day} was not kept: {sums} still open",
                day=broken.entry.date,
                sums=Words.joined(", ", amounts),
            )
            day = cast("dt.date", broken.entry.promise)
            names = dict.fromkeys(item.invoice for item in items if item.invoice)
            event = Event(day, BROKEN, Fact.at(text, broken.entry.entry))
            yield event, tuple(names)


def _logged(books: Books, key: str) -> Iterator[Contact]:
    """Yield what the log tells of a customer's invoices."""
    accounts: dict[str, set[str]] = defaultdict(set)
    for item in books.with_settled(None).receivables.all_items:
        if item.invoice and folded(item.customer) == key:
            accounts[item.invoice].add(item.account)
    entries: dict[int, tuple[LogEntry, list[str]]] = {}
    for invoice, its_accounts in accounts.items():
        for entry in books.log.entries.get(invoice, ()):
            if entry.account in its_accounts:
                entries.setdefault(id(entry), (entry, []))[1].append(invoice)
    for entry, invoices in entries.values():
        yield from _contacts(entry, tuple(invoices))


def _unnamed(books: Books, key: str) -> Iterator[Contact]:
    """Yield what stands on a customer's own account and names no invoice."""
    for entry in books.entries:
        if not isinstance(entry, Note | Document) or entry.date > books.as_of:
            continue
        account = books.settings.accounts[entry.account]
        is_own = account and account.customer and folded(account.customer) == key
        if is_own and not references(entry):
            text = entry.comment if isinstance(entry, Note) else entry.filename
            logged = LogEntry(entry.date, entry.account, text, entry)
            yield from _contacts(logged, ())


def _contacts(entry: LogEntry, invoices: tuple[str, ...]) -> Iterator[Contact]:
    for kind, text in told(entry):
        fact = Fact.at(text, entry.entry)
        yield Contact(entry.date, kind, fact, invoices, entry.channel)
