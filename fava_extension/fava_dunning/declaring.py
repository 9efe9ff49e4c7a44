"""Which accounts are receivable ones, written as the page proposes: `PUT declare`.

    {"fingerprint": "…", "as_of": "2026-11-20"}

Where no receivable account was found, and some look like it, the page shows the option
to type; this writes it, where Fava's options for new entries say. The answer, and what
is refused, are those of all `writing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.words import Words
from fava_dunning.drafts import inserted
from fava_dunning.senders import RequestError
from fava_dunning.writing import page_as_seen

if TYPE_CHECKING:
    from fava_dunning.drafts import Draft
    from fava_dunning.served import Served


def declare(served: Served, body: dict[str, Any]) -> Draft:
    """Work out the option that names the receivable accounts.

    Args:
        served: The ledger that the page shows.
        body: What the page asks for.

    Returns:
        The option, and the file with it.

    Raises:
        RequestError: It makes no sense, or is not any more what the page shows; or the
            page proposes nothing.
        RefusedError: The ledger would not take it.
    """
    page = page_as_seen(served, body)
    empty = page.emptiness
    if empty is None or not empty.directives:
        reason = Words("The page proposes no receivable account: reload the page")
        raise RequestError(409, reason)
    return inserted(served, page.exact.books, empty.directives)
