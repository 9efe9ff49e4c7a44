"""Who pays for whom, remembered in a customer's file.

    2026-01-01 custom "dunning-customer" "Acme GmbH"
      payer: "ACME HOLDING; A MEYER"

The payee of a payment becomes one of the names in `payer:`, on the directive that has
them, or on the customer's own, or on the `open` of the customer's account.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount.core.data import Custom
from beancount.core.data import Open
from beancount.utils.misc_utils import escape_string

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.passages import Edit
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.plain_text import writable
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.names import folded

if TYPE_CHECKING:
    from beancount_dunning.answers.passages import Text
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

_KEY = "payer"
_LINE = re.compile(rb"[^\r\n]*")
_TYPED = re.compile(rb'\n[ \t]+payer:[ \t]*"(?:[^"\\]|\\.)*(?=")')
_NEXT = re.compile(rb"\n(?=[^ \t\r\n;])")


@dataclass(frozen=True, slots=True)
class Remembered:
    """A directive that gets a payer's name: as it is, and what stands there then."""

    entry: Custom | Open
    payer: str
    names: str

    @property
    def file(self) -> str:
        """The file in which it stands."""
        return str(place(self.entry.meta)["filename"])

    @property
    def lineno(self) -> int:
        """The line on which it begins."""
        return int(place(self.entry.meta)["lineno"])

    @property
    def changed(self) -> Custom | Open:
        """The directive with the name."""
        return self.entry._replace(meta={**self.entry.meta, _KEY: self.names})

    def edit(self, text: Text, indent: int) -> Edit:
        """Return what puts the name into the directive's file."""
        start = text.starts[self.lineno - 1]
        after = _NEXT.search(text.content, start)
        end = after.start() if after else len(text.content)
        if typed := _TYPED.search(text.content, start, end):
            added = escape_string(f"; {self.payer}").encode()
            return Edit(typed.end(), typed.end(), added)
        line = next(_LINE.finditer(text.content, start))
        added = f'{" " * indent}{_KEY}: "{escape_string(self.names)}"'.encode()
        return Edit(line.end(), line.end(), text.newline + added)


def remember(books: Books, payee: str | None, item: Item) -> Remembered | None:
    """Work out where to write that somebody pays for an item's customer.

    Args:
        books: The ledger.
        payee: What the bank calls who paid.
        item: What they paid.

    Returns:
        The directive; None where the ledger knows it already.

    Raises:
        RefusedError: The payment names nobody; the name is another customer's, or in
            the file of one; or the customer has no file.
    """
    payer = " ".join(writable(payee or "").replace(";", " ").split())
    settings, customer = books.settings, item.customer
    if not payer:
        raise RefusedError(Words("The payment does not say who paid"))
    file = settings.customer(customer)
    owners = {
        one.name
        for one in settings.customers.values()
        if folded(payer) in {folded(one.name), *map(folded, _names(one.payer))}
    }
    if {*map(folded, owners)} - {folded(customer)}:
        reason = Words(
            '"{payer}" is the name of {others}, or in their file',
            payer=payer,
            others=", ".join(sorted(owners)),
        )
        raise RefusedError(reason)
    if owners or folded(payer) == folded(customer):
        return None
    entry = file.entries.get(_KEY) or _home(books, item)
    if not isinstance(entry, Custom | Open):
        reason = Words(
            'Nothing is known about {customer} yet: type custom "dunning-customer" '
            '"{customer}" first',
            customer=customer,
        )
        raise RefusedError(reason)
    names = f"{entry.meta[_KEY]}; {payer}" if _KEY in entry.meta else payer
    return Remembered(entry, payer, names)


def _names(payers: str | None) -> list[str]:
    return [name.strip() for name in (payers or "").split(";") if name.strip()]


def _home(books: Books, item: Item) -> Custom | Open | None:
    """Return the directive of an item's customer, or the `open` of their account."""
    found = None
    for entry in books.entries:
        if (
            isinstance(entry, Custom)
            and entry.type == "dunning-customer"
            and entry.values
            and folded(str(entry.values[0].value)) == folded(item.customer)
        ):
            found = entry
    account = books.settings.accounts[item.account]
    is_theirs = account and folded(account.customer or "") == folded(item.customer)
    return found or (account.entry if account and is_theirs else None)
