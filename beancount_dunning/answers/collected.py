"""What was collected in each month: payments that came in, less those that went back.

    collected(books, invoiced(books))[2026, 11]    # {"EUR": Decimal("5426.00")}

What is not assigned to any invoice yet came in, too. Credit notes, discounts and what
was written off are no payments.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from beancount_dunning.answers.movements import Kinds
from beancount_dunning.answers.paid import Means
from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from decimal import Decimal

    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

_MONEY = frozenset({Means.PAYMENT, Means.RETURN})


def collected(
    books: Books, parts: Iterable[Invoiced], keep: Keep = everything
) -> Mapping[tuple[int, int], Mapping[str, Decimal]]:
    """Add up what was collected.

    Args:
        books: The ledger on a date.
        parts: What was invoiced, see `invoiced`.
        keep: Which credits this is to be about; all by default.

    Returns:
        The sums by month, which is its year and its number, and by currency.
    """
    sums: dict[tuple[int, int], dict[str, Decimal]] = defaultdict(
        lambda: defaultdict(lambda: ZERO)
    )
    for part in parts:
        for one in part.credited:
            if one.means in _MONEY:
                sums[one.date.year, one.date.month][part.currency] += one.amount
    kinds = Kinds(books)
    for credit in filter(keep, books.receivables.unapplied):
        entry = credit.entry
        if kinds.of_neither(entry) is None and kinds.money(entry):
            month = credit.date.year, credit.date.month
            sums[month][credit.currency] -= credit.amount
    return sums
