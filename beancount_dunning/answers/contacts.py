"""When a customer was last in contact, and how: by the log of all their invoices."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Container
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.policies import Channel
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Contact:
    """A letter, a call, or what a customer said; None by a way that nobody noted."""

    date: dt.date
    channel: Channel | None


def last_contacts(books: Books, customers: Container[str]) -> dict[str, Contact]:
    """Tell when customers were last in contact.

    Args:
        books: The ledger on a date.
        customers: Those that are asked for.

    Returns:
        The last contact of each customer who ever had one. A reminder that did not
        arrive is none, nor is what somebody noted for themselves: that an invoice
        rests, or was handed over.
    """
    names: dict[str, set[str]] = defaultdict(set)
    for item in books.receivables.all_items:
        if item.invoice is not None and item.customer in customers:
            names[item.customer].add(item.invoice)
    found = {}
    for customer, invoices in names.items():
        contacts = [
            Contact(entry.date, entry.channel)
            for name in invoices
            for entry in _contacts(books.log.entries, name)
        ]
        if contacts:
            found[customer] = max(
                contacts, key=lambda one: (one.date, one.channel is not None)
            )
    return found


def _contacts(log: Mapping[str, Sequence[LogEntry]], name: str) -> list[LogEntry]:
    """Return the entries about an invoice that tell of a contact."""
    entries = log.get(name, ())
    bounced = {one.bounced: place for place, one in enumerate(entries) if one.bounced}
    return [
        entry
        for place, entry in enumerate(entries)
        if _is_contact(entry) and bounced.get(entry.reminder or "", -1) < place
    ]


def _is_contact(entry: LogEntry) -> bool:
    """Tell whether the customer heard or said something."""
    heard = entry.reminder or (entry.channel and not (entry.sending or entry.bounced))
    said = (entry.promise, entry.plan, entry.dispute or None)
    return bool(heard) or entry.is_confirmed or any(one is not None for one in said)
