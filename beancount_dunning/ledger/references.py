"""Which invoice something in the ledger is about: the one rule, asked everywhere.

    2026-10-20 * "Acme" "Bank transfer" ^INV-2026-014
      Assets:Bank              300.00 EUR
      Assets:Receivable:Acme  -100.00 EUR
        invoice: "2026/013"
      Assets:Receivable:Acme  -200.00 EUR

The first posting is about 2026/013, the second about INV-2026-014: `invoice:` on the
posting goes before `invoice:` on the transaction, and that before links. Several links
name several invoices. A link to a document, `^dok-…`, names none.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import EMPTY_SET

from beancount_dunning.basics.money import exact
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping

    from beancount.core.data import Document
    from beancount.core.data import Note
    from beancount.core.data import Posting
    from beancount.core.data import Transaction

_SEVERAL = (frozenset, set, list, tuple)
# Fava links a document to its transaction or note with a link that begins like this.
DOCUMENT_LINK = "dok-"
# What Beancount reads as a link.
_LINK = re.compile(r"[A-Za-z0-9\-_/.]+")


def references(
    entry: Transaction | Note | Document,
    posting: Posting | None = None,
    misread: Callable[[Mapping[str, Any], object], None] | None = None,
) -> list[str]:
    """Return the references that a posting, a note or a document names.

    Args:
        entry: The note or document, or the posting's transaction.
        posting: The posting.
        misread: Called with the metadata and the value of each `invoice:` that is not
            text; such a value names nothing.

    Returns:
        One reference, or several from links, sorted; none where nothing is named.
    """
    for meta in (posting.meta if posting else None, entry.meta):
        value = meta.get("invoice") if meta else None
        if isinstance(value, str):
            if value.strip():
                return [value.strip()]
        elif value is not None and meta and misread:
            misread(meta, value)
    # Another plugin may put anything there, and among links.
    links = entry.links if isinstance(entry.links, _SEVERAL) else EMPTY_SET
    return sorted(
        link
        for link in links
        if isinstance(link, str) and not link.startswith(DOCUMENT_LINK)
    )


def is_link(reference: str) -> bool:
    """Tell whether a link can name a reference, and so `invoice:` need not."""
    fits = _LINK.fullmatch(reference) is not None
    return fits and not reference.startswith(DOCUMENT_LINK)


def naming(*names: str) -> tuple[frozenset[str], dict[str, Any]]:
    """Return the links and the metadata with which a directive names references.

    Args:
        names: The references: one, or several that links can be.
    """
    if all(map(is_link, names)):
        return frozenset(names), {}
    (name,) = names
    return EMPTY_SET, {"invoice": name}


def quote_the_reference(value: object) -> Words:
    """Say how to write an `invoice:` of a posting whose value is not text."""
    if isinstance(value, Decimal):
        return Words(
            "invoice: {number} is a number, and 2026-014 without quotes is arithmetic; "
            'write the reference in quotes, like invoice: "2026-014".',
            number=exact(value),
        )
    return Words('invoice: expected the reference in quotes, like invoice: "2026-014".')
