"""What of a ledger is read, whatever other plugins put into its entries.

Beancount's parser makes what everybody expects: metadata with text as keys, links and
accounts that are text, numbers that can be added. A plugin may make anything. What
cannot be read is left out: a key or a link alone where the rest can do without it, and
the whole entry where nobody can tell when or where something happened. Of a transaction
that is done where it is read, posting by posting, see `OpenPostings` and `references`;
only where that fails are transactions mended, too, see `read_books`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET
from beancount.core.data import Posting
from beancount.core.data import Transaction
from beancount.parser.grammar import ValueType

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import is_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Directive


def readable(entries: Iterable[Directive]) -> list[Directive]:
    """Leave out of a ledger what cannot be read.

    Args:
        entries: Its directives, sorted by date.

    Returns:
        The directives, each the same one wherever all of it can be read. Transactions
        come as they are: there are too many to look at all of them on every load.
    """
    return [
        one
        for entry in entries
        if (one := entry if type(entry) is Transaction else mended(entry))
    ]


def mended(entry: Directive) -> Directive | None:
    """Leave out of an entry what cannot be read.

    Args:
        entry: The entry, a transaction with its postings or any other.

    Returns:
        The same entry where all of it can be read; None where too little is left.
    """
    fields = getattr(entry, "_fields", ())
    changed = {}
    for name in _known(fields):
        value = getattr(entry, name)
        kept = _FIELDS[name](value)
        if kept is None and name in _NEEDED:
            return None
        if kept is not value:
            changed[name] = kept
    if "date" not in fields:
        return None
    return entry._replace(**changed) if changed else entry


@cache
def _known(fields: tuple[str, ...]) -> frozenset[str]:
    """Return which fields of a kind of directive anybody reads; there are few kinds."""
    return frozenset(_FIELDS.keys() & fields)


def _date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _meta(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {}
    if all(isinstance(key, str) for key in value):
        return value
    return {key: one for key, one in value.items() if isinstance(key, str)}


def _links(value: object) -> object:
    found = value if isinstance(value, Collection) else EMPTY_SET
    if isinstance(found, _SETS) and all(isinstance(link, str) for link in found):
        return found
    return frozenset(link for link in found if isinstance(link, str))


def _amount(value: object) -> Amount | None:
    if not isinstance(value, Amount) or not isinstance(value.currency, str):
        return None
    return value if is_number(value.number) else None


def postings_of(entry: Transaction) -> Sequence[Posting]:
    """Return the postings of a transaction that have an account and an amount.

    Each is the same one wherever all of it can be read.
    """
    return _postings(entry.postings)


def debits_of(entry: Transaction) -> list[tuple[Decimal, str]]:
    """Return the debits of a transaction that have an account and an amount.

    Args:
        entry: A transaction, in which another plugin or importer may leave gaps.

    Returns:
        The amount and the account of each.
    """
    postings: Any = entry.postings
    try:
        return _debits(postings)
    except (ArithmeticError, AttributeError, TypeError):
        return _debits(postings_of(entry))


def _debits(postings: Any) -> list[tuple[Decimal, str]]:  # noqa: ANN401 - as above
    return [
        (one.units.number, one.account) for one in postings if one.units.number > ZERO
    ]


def _postings(value: object) -> Sequence[Posting]:
    return [
        one
        if one.meta is None or (meta := _meta(one.meta)) is one.meta
        else one._replace(meta=meta)
        for one in (value if isinstance(value, Collection) else ())
        if isinstance(one, Posting) and _text(one.account) and _amount(one.units)
    ]


def _values(value: object) -> Sequence[Any]:
    typed = value if isinstance(value, list) else []
    if all(isinstance(one, ValueType) for one in typed):
        return typed
    return [one for one in typed if isinstance(one, ValueType)]


_SETS = (frozenset, set)
_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "account": _text,
    "amount": _amount,
    "comment": _text,
    "date": _date,
    "filename": _text,
    "links": _links,
    "meta": _meta,
    "postings": _postings,
    "source_account": _text,
    "type": _text,
    "values": _values,
}
# Without these an entry says nothing.
_NEEDED = _FIELDS.keys() - {"links", "meta", "postings", "values"}
