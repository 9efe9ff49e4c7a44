"""Amounts as people read them: what arithmetic leaves is rounded to money.

    2014-10-05 * "Costco" "Shopping, shared by three"
      Assets:Receivable:Michael  40.00/3 USD
      Liabilities:Card          -40.00/3 USD

Beancount makes 13.33333333333333333333333333 of it. That is what is open, and what JSON
says; in text it is 13.33, and whoever pays that owes nothing.
"""

from __future__ import annotations

import operator
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.amount import Amount
from beancount.core.data import Transaction

from beancount_dunning.basics.money import is_computed
from beancount_dunning.basics.money import round_to
from beancount_dunning.ledger.minimum import common_digits
from beancount_dunning.ledger.readable import postings_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from beancount.core.data import Posting


def rounded(
    entries: Sequence[Directive], options_map: Mapping[str, Any]
) -> Sequence[Directive]:
    """Return entries with amounts as people read them.

    Args:
        entries: A ledger's directives.
        options_map: Beancount's options of it, which tell how many decimals it writes.

    Returns:
        The entries, each the same one wherever no amount has more decimals than anyone
        types; and the same sequence where none has.
    """
    if not _may_have_odd([one for one in entries if isinstance(one, Transaction)]):
        return entries
    found = [_as_read(entry, options_map) for entry in entries]
    return entries if all(map(operator.is_, found, entries)) else found


def _may_have_odd(transactions: Iterable[Any]) -> bool:
    try:
        return any(
            is_computed(posting.units.number)
            for entry in transactions
            for posting in entry.postings
        )
    except (AttributeError, TypeError):
        # Another plugin made postings that one has to look at.
        return True


def _as_read(entry: Directive, options_map: Mapping[str, Any]) -> Directive:
    if not isinstance(entry, Transaction):
        return entry
    postings = postings_of(entry)
    if not any(map(_is_odd, postings)):
        return entry
    return entry._replace(
        postings=[
            _rounded(posting, options_map) if _is_odd(posting) else posting
            for posting in postings
        ]
    )


def _is_odd(posting: Posting) -> bool:
    number = getattr(posting.units, "number", None)
    return isinstance(number, Decimal) and is_computed(number)


def _rounded(posting: Posting, options_map: Mapping[str, Any]) -> Posting:
    units: Any = posting.units
    digits = common_digits(options_map, units.currency)
    number = round_to(units.number, units.currency, digits)
    return posting._replace(units=Amount(number, units.currency))
