"""Padding as everybody behind a plugin will see it.

Beancount fills in `pad` directives after the plugins of a ledger have run. For a
plugin's receivables to add up to the balances that everyone else sees, it has to
see the same: Beancount's own function is asked, with no more of the ledger than
the padded receivable accounts.
"""

from __future__ import annotations

from bisect import insort
from functools import cache
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.account import parents
from beancount.core.data import Balance
from beancount.core.data import Pad
from beancount.core.data import Transaction
from beancount.ops.pad import pad

from beancount_dunning.basics.errors import place
from beancount_dunning.ledger.readable import mended

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.ledger.accounts import Account


def with_padding(
    entries: Sequence[Directive],
    pads: Sequence[Pad],
    options_map: Mapping[str, Any],
    accounts: Mapping[str, Account | None],
) -> Sequence[Directive]:
    """Add the transactions that Beancount will make for padded receivables.

    Args:
        entries: A ledger's directives, sorted by date, not padded yet.
        pads: The `pad` directives among them.
        options_map: Beancount's options of it; balance tolerances are there.
        accounts: The receivable accounts by name, None for all others.

    Returns:
        The same entries where no receivable account is padded, else a new list
        with the padding on its day.
    """
    padded = {
        entry.account
        for entry in pads
        if accounts[entry.account] or accounts[entry.source_account]
    }
    if not padded:
        return entries

    relevant = _about(padded, entries)
    known = {id(entry) for entry in relevant}
    filled = list(entries)
    for entry in pad(relevant, options_map)[0]:
        if id(entry) not in known:
            insort(filled, entry, key=lambda one: one.date)
    return filled


def _about(padded: Collection[str], entries: Iterable[Directive]) -> list[Directive]:
    """Return what Beancount has to see of a ledger to pad some accounts."""

    @cache
    def is_padded(account: object) -> bool:
        return isinstance(account, str) and any(
            above in padded for above in parents(account)
        )

    def matters(entry: Directive) -> bool:
        if isinstance(entry, Pad):
            return entry.account in padded
        if isinstance(entry, Balance):
            return is_padded(entry.account)
        return isinstance(entry, Transaction) and any(
            is_padded(posting.account) for posting in entry.postings
        )

    return [
        _placed(sound)
        for entry in entries
        if matters(entry) and (sound := mended(entry))
    ]


def _placed(entry: Directive) -> Directive:
    """Return an entry with a line, by which Beancount sorts; a plugin may give none."""
    source = place(entry.meta)
    if source.items() <= entry.meta.items():
        return entry
    return entry._replace(meta={**entry.meta, **source})
