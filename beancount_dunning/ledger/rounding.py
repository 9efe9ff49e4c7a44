"""Amounts as people read them: what arithmetic leaves is rounded to money.

    2014-10-05 * "Costco" "Shopping, shared by three"
      Assets:Receivable:Michael  40.00/3 USD
      Liabilities:Card          -40.00/3 USD

Beancount makes 13.33333333333333333333333333 of it. That is what is open, and what JSON
says; in text it is 13.33, and whoever pays that owes nothing.
"""

from __future__ import annotations

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
    from collections.abc import Iterator
    from collections.abc import Mapping

    from beancount.core.data import Directive
    from beancount.core.data import Posting


def rounded(
    entries: Iterable[Directive], options_map: Mapping[str, Any]
) -> Iterator[Directive]:
    """Yield entries with amounts as people read them.

    Args:
        entries: A ledger's directives.
        options_map: Beancount's options of it, which tell how many decimals it writes.

    Yields:
        Each entry, the same one wherever no amount has more decimals than anyone types.
    """
    for entry in entries:
        if isinstance(entry, Transaction) and _has_odd(entry):
            postings = [
                _rounded(posting, options_map) if _is_odd(posting) else posting
                for posting in postings_of(entry)
            ]
            yield entry._replace(postings=postings)
        else:
            yield entry


def _has_odd(entry: Transaction) -> bool:
    postings: Any = entry.postings
    try:
        return any(is_computed(posting.units.number) for posting in postings)
    except (AttributeError, TypeError):
        return any(map(_is_odd, postings_of(entry)))


def _is_odd(posting: Posting) -> bool:
    number = getattr(posting.units, "number", None)
    return isinstance(number, Decimal) and is_computed(number)


def _rounded(posting: Posting, options_map: Mapping[str, Any]) -> Posting:
    units: Any = posting.units
    digits = common_digits(options_map, units.currency)
    number = round_to(units.number, units.currency, digits)
    return posting._replace(units=Amount(number, units.currency))
