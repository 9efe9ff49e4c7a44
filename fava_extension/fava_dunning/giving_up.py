"""Invoices that the page writes off: `PUT write-off`.

    {"fingerprint": "…", "as_of": "2026-11-20", "items": ["…"], "amount": "500.00"}

All that is open of the items' invoices is written off, or, of a single one, an
`amount`: as a transaction with its tax, where Fava's options for new entries say. The
answer, and what is refused, are those of all `writing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.giving_up import WriteOffRefusedError
from beancount_dunning.answers.giving_up import propose_write_off
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.basics.words import Words
from fava_dunning.drafts import inserted
from fava_dunning.orders import items_in
from fava_dunning.orders import number_in
from fava_dunning.senders import RequestError
from fava_dunning.writing import page_as_seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount.core.data import Directive

    from beancount_dunning.answers.write_offs import WriteOff
    from beancount_dunning.ledger.items import Item
    from fava_dunning.drafts import Draft
    from fava_dunning.page import Page
    from fava_dunning.served import Served


def write_off(served: Served, body: dict[str, Any]) -> Draft:
    """Work out the transactions that write invoices off.

    Args:
        served: The ledger that the page shows.
        body: What the page asks for.

    Returns:
        The transactions, and the files with them.

    Raises:
        RequestError: It makes no sense, or is not any more what the page shows.
        RefusedError: The ledger would not take them.
    """
    amount = number_in(body, "amount")
    page = page_as_seen(served, body)
    if not page.is_today:
        raise RequestError(409, Words("Invoices can be written off only as of today"))
    items = items_in(body, page)
    # Several instalments are one invoice, and written off as one.
    first = {(one.invoice, one.customer, one.currency): one for one in reversed(items)}
    if amount and len(first) > 1:
        raise RefusedError(Words("Write off part of one invoice at a time"))
    # As it is in the files, where the page rounds fractions of a cent.
    books = page.exact.books
    try:
        found = [
            propose_write_off(books, _typed(page, one), amount)
            for one in reversed(first.values())
        ]
    except WriteOffRefusedError as error:
        reason = page.sentences.refusal(error.reason)
        raise RequestError(422, reason) from error
    return inserted(served, books, [*_directives(found)])


def _typed(page: Page, item: Item) -> Item:
    """Return an item of the page as it is in the files."""
    items = page.exact.books.receivables.items
    return next(one for one in items if one.key == item.key)


def _directives(found: Iterable[WriteOff]) -> Iterable[Directive]:
    """Yield directives, what several would open only once."""
    opened = set()
    for one in found:
        for opens in one.opens:
            if opens.account not in opened:
                yield opens
            opened.add(opens.account)
        yield one.transaction
