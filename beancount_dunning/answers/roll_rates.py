"""Which share of what stood in an aging bucket was lost in the end: roll rates.

    rates = roll_rates(books, months=12)
    rates["EUR"]["31-60"].rate

From one month's end to the next, what stood in a bucket is paid, written off, rolls on
into a later bucket or stays. Of what left a bucket, the share that was written off at
once is lost, and of what rolled on the share that is lost of its next bucket:

    lost of 61-90 = (written off + rolled to 91+ x lost of 91+) / all that left 61-90

So each rate follows from the one of the oldest bucket, of which nothing rolls on, or
from rates that are given. Credit notes are no loss and no payment, and are left out; so
are invoices without a due date. A plan makes nothing less late. Of fewer than ten parts
of invoices nothing is said.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from decimal import localcontext
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import NamedTuple

from beancount_dunning.answers.history import month_ends
from beancount_dunning.answers.outcomes import MONEY
from beancount_dunning.answers.paid import Means
from beancount_dunning.answers.paid import Outcome
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.standing.aging import NOT_DUE
from beancount_dunning.standing.aging import bucket_names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.standing.books import Books

# Fewer say too little.
ENOUGH = 10
NOTHING_GIVEN: Mapping[str, Fraction] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RollRate:
    """What became of what stood in a bucket.

    `parts` is how many parts of invoices left it; `rate` is the share that was lost in
    the end, None where they, or those of a later bucket, are too few to say.
    """

    parts: int
    rate: Fraction | None


@dataclass(slots=True)
class _Left:
    """What left a bucket: lost, and by the bucket to which it rolled; and in all."""

    lost: Decimal = ZERO
    all_of_it: Decimal = ZERO
    rolled: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    parts: set[int] = field(default_factory=set)


def roll_rates(
    books: Books, months: int, given: Mapping[str, Fraction] = NOTHING_GIVEN
) -> dict[str, dict[str, RollRate]]:
    """Work out loss rates from what became of receivables over past months.

    Args:
        books: The ledger on a date.
        months: How many months to look back.
        given: Rates by bucket that are known better.

    Returns:
        By currency, and by bucket, what became of it; buckets of which nothing is known
        are left out, and so is what is undated.
    """
    names = bucket_names(books.settings.buckets)[1:]
    ends = month_ends(books.as_of, months + 1)
    left: dict[str, dict[str, _Left]] = defaultdict(lambda: defaultdict(_Left))
    with localcontext(WIDE):
        for part in invoiced(books):
            is_over = part.settled_on is not None and part.settled_on <= ends[0]
            if part.due is not None and not is_over:
                for step in _steps(part, ends, books.settings.buckets, names):
                    _add(left[part.currency], step, id(part))
    return {currency: _rates(found, names, given) for currency, found in left.items()}


class _Step(NamedTuple):
    """What became of what stood in a bucket at a month's end by the next one.

    What came back since did not stand there, and is no part of the rest.
    """

    bucket: str
    paid: Decimal
    lost: Decimal
    rest: Decimal
    next_bucket: str


def _steps(
    part: Invoiced,
    ends: Sequence[dt.date],
    edges: Sequence[int],
    names: Sequence[str],
) -> Iterator[_Step]:
    """Yield what became of a part from each month's end to the next.

    Where nothing came of it, and it stayed in its bucket, there is nothing to tell.
    """
    date, due = part.date, part.due or part.date
    # What is left of a discount or too small to ask for is no loss.
    may_be_lost = part.outcome is not Outcome.PAID
    credited = iter(part.credited)
    one = next(credited, None)
    is_open = part.amount
    bucket, before = "", ZERO
    for last in ends:
        paid = lost = ZERO
        has_moved = False
        while one is not None and one.date <= last:
            has_moved = True
            is_open -= one.amount
            if one.means in MONEY:
                paid += one.amount
            elif one.means is Means.WRITE_OFF and may_be_lost:
                lost += one.amount
            one = next(credited, None)
        days = (last - due).days
        next_bucket = NOT_DUE if days <= 0 else names[1 + bisect_left(edges, days)]
        if before > 0 and (has_moved or next_bucket != bucket):
            rest = max(min(is_open, before), ZERO)
            yield _Step(bucket, paid, lost, rest, next_bucket)
        bucket, before = next_bucket, is_open if date <= last else ZERO
        if one is None and next_bucket == names[-1]:
            return


def _add(left: Mapping[str, _Left], step: _Step, part: int) -> None:
    """Add up what left a bucket; what came back took nothing with it."""
    paid, lost = max(step.paid, ZERO), max(step.lost, ZERO)
    rolled = step.rest if step.next_bucket != step.bucket else ZERO
    if not (paid or lost or rolled):
        return
    found = left[step.bucket]
    found.lost += lost
    found.all_of_it += paid + lost + rolled
    found.parts.add(part)
    if rolled:
        found.rolled[step.next_bucket] += rolled


def _rates(
    left: Mapping[str, _Left], names: Sequence[str], given: Mapping[str, Fraction]
) -> dict[str, RollRate]:
    """Return the rate of each bucket, which follows from those of later ones."""
    found: dict[str, RollRate] = {}
    for name in reversed(names):
        if name in left:
            parts = len(left[name].parts)
            rate = given.get(name, _rate(left[name], found))
            found[name] = RollRate(parts, rate)
        elif name in given:
            found[name] = RollRate(0, given[name])
    return found


def _rate(left: _Left, found: Mapping[str, RollRate]) -> Fraction | None:
    """Return which share of what left a bucket is lost; None where nobody can say."""
    if len(left.parts) < ENOUGH:
        return None
    lost = Fraction(left.lost)
    for name, amount in left.rolled.items():
        later = found[name].rate if name in found else None
        if later is None:
            return None
        lost += Fraction(amount) * later
    return lost / Fraction(left.all_of_it)
