"""Payments that the page assigns to invoices: `PUT assign`.

    {"fingerprint": "…", "as_of": "2026-11-20",
     "payment": "/home/ann/books.beancount:31", "invoices": ["INV-2026-014"],
     "remember": true}

`payment` is the file and line of a payment that is to be assigned, as the page names
it. It gets links to the invoices, as `bean-dunning match --apply` writes them. With
`remember` who paid is noted in the customer's file, as `payer:`. The answer, and what
is refused, are those of all `writing`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from fava.core.file import find_entry_lines

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import link_payments
from beancount_dunning.answers.remembering import remember
from beancount_dunning.basics.words import Words
from fava_dunning.drafts import Draft
from fava_dunning.drafts import Passage
from fava_dunning.drafts import sources_of
from fava_dunning.orders import names_in
from fava_dunning.orders import text_in
from fava_dunning.selection import Filters
from fava_dunning.senders import RequestError
from fava_dunning.writing import page_as_seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator

    from fava.beans.abc import Directive as FavaDirective
    from fava.core import FavaLedger

    from beancount_dunning.answers.linking import LinkedFile
    from beancount_dunning.answers.matching import Match
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from fava_dunning.page import Page
    from fava_dunning.served import Served


def assign(served: Served, body: dict[str, Any]) -> Draft:
    """Work out a payment that says which invoices it is for.

    Args:
        served: The ledger that the page shows.
        body: What the page asks for.

    Returns:
        The payment's file, and that of the customer.

    Raises:
        RequestError: It makes no sense, or is not any more what the page shows.
        RefusedError: A link would not say what is meant.
    """
    where, names = text_in(body, "payment"), _names(body)
    page = page_as_seen(served, body)
    if not page.is_today:
        raise RequestError(409, Words("Payments can be assigned only as of today"))
    books = page.exact.books
    match = _payment(page, where)
    items = tuple(item for name in names for item in _named(books, match, name))
    link = replace(Link.of(match), items=items)
    payers = []
    if body.get("remember") is True:
        found = remember(books, match.entry.payee, items[0])
        payers = [found] if found else []
    files = {link.file, *(one.file for one in payers)}
    sources = sources_of(served.ledger, files)
    linked = link_payments(books, [link], sources, payers)
    for _, reason in linked.refused:
        raise RefusedError(reason)
    return Draft(
        linked.files,
        [
            {"file": file.file, "line": line, "said": ", ".join(link.invoices)}
            for file in linked.files
            for line in file.lines
        ],
        [partial(_tell, served.ledger, file) for file in linked.files],
        [
            Passage(file.file, line, pieces)
            for file in linked.files
            for line, pieces in file.shown
        ],
    )


def _names(body: dict[str, Any]) -> list[str]:
    names = names_in(body, "invoices", "must name at least one invoice")
    return [name.strip().removeprefix("^") for name in names]


def _payment(page: Page, where: str) -> Match:
    """Return the payment at a file and line, whatever the filters are."""
    # As it is in its file, where the page rounds fractions of a cent.
    for waiting in page.view.payments(Filters(), is_exact=True):
        if waiting.place == where:
            return waiting.match
    reason = Words("This payment is no longer to be assigned: reload the page")
    raise RequestError(409, reason)


def _named(books: Books, match: Match, name: str) -> tuple[Item, ...]:
    """Return what is open of an invoice: of the payment's customer, if several have it.

    Raises:
        RefusedError: There is no such invoice, or it is not clear which is meant.
    """
    items = [
        item
        for item in books.receivables.items
        if item.invoice == name and item.currency == match.currency
    ]
    meant = {assigned.item.key for assigned in match.assignments}
    tests: Iterable[Callable[[Item], bool]] = (
        lambda item: item.key in meant,
        lambda item: item.customer == match.customer,
        lambda item: item.account == match.posting.account,
    )
    for test in tests:
        items = list(filter(test, items)) or items
    if not items:
        reason = Words(
            "No invoice {invoice} is open in {currency}",
            invoice=name,
            currency=match.currency,
        )
        raise RefusedError(reason)
    if len({item.customer for item in items}) > 1:
        reason = Words(
            "Several customers have an invoice {invoice}: assign it by hand",
            invoice=name,
        )
        raise RefusedError(reason)
    return tuple(items)


def _tell(ledger: FavaLedger, file: LinkedFile) -> None:
    """Tell Fava's extensions which entries are others now."""
    for link, text in _changed(file):
        entry = cast("FavaDirective", link.entry)
        ledger.extensions.after_entry_modified(entry, text)


def _changed(file: LinkedFile) -> Iterator[tuple[Link, str]]:
    lines = file.new.decode().splitlines(keepends=True)
    for link, line in zip(file.links, file.lines, strict=True):
        yield link, "".join(find_entry_lines(lines, line - 1))
