"""The invoices that the log tells of: which of their instalments a note is about.

A note is about the instalments of its account's customers, as far as there were any of
them by its date, and the plan that they are a part of, if any, was taken in.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from beancount_dunning.basics.lists import listed
from beancount_dunning.basics.words import Words
from beancount_dunning.standing.instalments import Instalment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount_dunning.basics.errors import LogError
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.log import Log
    from beancount_dunning.ledger.log import LogEntry


class LoggedInvoice:
    """An invoice while its log is read, and what is wrong with its notes."""

    def __init__(self, name: str, parts: Iterable[Instalment]) -> None:
        """Take its instalments, of all customers."""
        self.name = name
        self.parts = sorted(
            parts, key=lambda part: (part.due or dt.date.max, part.group[1:])
        )
        self.problems: list[LogError] = []
        self._parts: dict[str, Sequence[Instalment]] = {}
        self._alike: dict[str, bool] = {}

    def problem(self, entry: LogEntry, message: Words) -> None:
        """Add an error at the line of a note."""
        self.problems.append(entry.error(message))

    def parts_of(self, account: str) -> Sequence[Instalment]:
        """Return the instalments of an account's customers, in order of due date."""
        if account not in self._parts:
            items = (item for part in self.parts for item in part.items)
            theirs = {item.customer for item in items if item.account == account}
            self._parts[account] = [
                part for part in self.parts if part.group[1] in theirs
            ]
        return self._parts[account]

    def known(self, entry: LogEntry) -> list[Instalment]:
        """Return the instalments that an entry can be about, in order of due date."""
        parts = self.parts_of(entry.account)
        return [part for part in parts if part.begun <= entry.date and part.is_agreed]

    def are_alike(self, account: str) -> bool:
        """Tell whether all instalments of an account's customers have one policy."""
        if account not in self._alike:
            sources = {part.source for part in self.parts_of(account)}
            self._alike[account] = len(sources) == 1 and None not in sources
        return self._alike[account]

    def say_unknown(self, entry: LogEntry) -> None:
        """Say why an entry can be about none of the instalments."""
        if parts := self.parts_of(entry.account):
            first = min(part.begun for part in parts)
            message = Words(
                "{invoice} is dated later than this note, {day}.",
                invoice=self.name,
                day=first,
            )
        else:
            accounts = {item.account for part in self.parts for item in part.items}
            message = Words(
                "{invoice} is not on {account} but on {others}.",
                invoice=self.name,
                account=entry.account,
                others=listed(sorted(accounts)),
            )
        self.problem(entry, message)


def find_invoices(log: Log, receivables: Receivables) -> list[LoggedInvoice]:
    """Find the invoices that the log tells of.

    Args:
        log: The notes.
        receivables: All items of the invoices, settled ones as well.

    Returns:
        The invoices that there are.
    """
    names = log.names
    groups: dict[Group, list[Item]] = defaultdict(list)
    for item in receivables.all_items:
        if item.invoice in names:
            groups[item.group].append(item)
    invoices: dict[str, list[Instalment]] = defaultdict(list)
    for (invoice, *_), items in groups.items():
        invoices[invoice or ""].append(Instalment(items))
    return [LoggedInvoice(name, parts) for name, parts in invoices.items()]
