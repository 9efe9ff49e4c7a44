"""Whether an invoice is worth pursuing once all its reminders were sent.

    experience = Experience(books)
    found = pursue(books, item, experience)
    print(found.verdict, found.claim, found.cost, found.chance.paid, found.chance.known)

The ledger's own history says how many parts of invoices were ever as old, and how many
of those were paid in full later. What may come is the claim times that share, and it is
compared with what an hour and a court cost, as the options `cost-hour` and `cost-court`
say. Under ten parts say too little; then only a claim that is no more than its costs
is not worth it. Nor is one that can be enforced no more.
"""

from __future__ import annotations

from bisect import bisect_left
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from decimal import localcontext
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.reasons import Fact
from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import round_like
from beancount_dunning.basics.words import Words
from beancount_dunning.standing.aging import aged
from beancount_dunning.standing.dunning import Silence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

    from beancount_dunning.basics.money import Writer
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

# Fewer say too little.
_ENOUGH = 10


class Prospect(StrEnum):
    """Whether going on is worth what it costs."""

    WORTH = "worth pursuing"
    NOT_WORTH = "not worth pursuing"
    UNKNOWN = "too few to say"

    @property
    def words(self) -> Words:
        """What it is called where people read it."""
        return {
            Prospect.WORTH: Words("Worth pursuing"),
            Prospect.NOT_WORTH: Words("Not worth pursuing"),
            Prospect.UNKNOWN: Words("Too few to say whether it is worth pursuing"),
        }[self]


@dataclass(frozen=True, slots=True)
class Chance:
    """How it went with other parts of invoices that were ever so many days overdue.

    Of `known` such parts `paid` were paid in full later, and `open` still are open;
    what is left of them was written off or credited.
    """

    days: int
    known: int
    paid: int
    open: int

    @property
    def is_enough(self) -> bool:
        """Whether they are enough to say something."""
        return self.known >= _ENOUGH

    def of(self, amount: Decimal, currency: str) -> Decimal:
        """Return what may come of an amount, rounded once."""
        # More digits than any ledger types, so that only the rounding rounds.
        with localcontext(WIDE):
            part = amount * self.paid / self.known
        return round_like(part, amount, currency)


class Experience:
    """How old parts of invoices ever became, and which of them were paid."""

    def __init__(self, books: Books) -> None:
        """Take the ledger on a date, which is looked at once it is asked."""
        self._books = books

    @cached_property
    def _ages(self) -> tuple[list[int], list[int], list[int], dict[Group, int]]:
        """Return at what age parts were paid, or else ended, and how old others are.

        What is paid but for a rest that nobody asks for, or that was booked later, was
        over when it was paid. The last is how old the others are by what reminders of
        them are kept under.
        """
        paid, ended, still = [], [], []
        old: dict[Group, int] = {}
        for part in invoiced(self._books):
            if part.due is None:
                continue
            if part.days_late is not None:
                paid.append(part.days_late)
            elif part.settled_on is not None:
                ended.append((part.settled_on - part.due).days)
            else:
                age = (self._books.as_of - part.due).days
                still.append(age)
                old |= dict.fromkeys(part.groups, age)
        return sorted(paid), sorted(ended), sorted(still), old

    def chance(self, item: Item, days: int) -> Chance:
        """Return how it went with other parts that were ever so old.

        Args:
            item: An open item. Its own part is left out, if it is one of those at all:
                what a `pad` brought forward is none.
            days: The days that it is overdue.
        """
        paid, ended, still, old = self._ages
        later = len(paid) - bisect_right(paid, days)
        gone = len(ended) - bisect_right(ended, days)
        is_itself = old.get(item.group, days - 1) >= days
        is_open = len(still) - bisect_left(still, days) - is_itself
        return Chance(days, later + gone + is_open, later, is_open)


@dataclass(frozen=True, slots=True)
class Pursuit:
    """What going on with an item may bring, and what it costs.

    Attributes:
        item: The item.
        owed: What is open of it, less what unapplied credit makes up for.
        interest: What has accrued on it and is not posted.
        chance: How it went with others as old.
        hour: What an hour costs; None without the option, or in another currency.
        court: What a court costs; likewise.
        is_barred: Whether it can be enforced no more.
    """

    item: Item
    owed: Decimal
    interest: Decimal
    chance: Chance
    hour: Decimal | None
    court: Decimal | None
    is_barred: bool

    @property
    def claim(self) -> Decimal:
        """What is owed, with interest."""
        return self.owed + self.interest

    @property
    def cost(self) -> Decimal | None:
        """What going on costs; None where nothing is known of that."""
        if self.hour is None and self.court is None:
            return None
        return (self.hour or ZERO) + (self.court or ZERO)

    @property
    def expected(self) -> Decimal | None:
        """What may come; None where too few were ever as old."""
        if not self.chance.is_enough:
            return None
        return self.chance.of(self.claim, self.item.currency)

    @property
    def verdict(self) -> Prospect | None:
        """Whether it is worth it; None where nothing is known of the costs."""
        if self.is_barred:
            return Prospect.NOT_WORTH
        cost, expected = self.cost, self.expected
        if cost is None:
            return None
        if expected is not None:
            return Prospect.WORTH if expected > cost else Prospect.NOT_WORTH
        return Prospect.UNKNOWN if self.claim > cost else Prospect.NOT_WORTH

    @property
    def words(self) -> Words | None:
        """The verdict, what may come and what it costs, as far as that is known."""
        verdict = self.verdict
        if verdict is None:
            return None
        if self.is_barred:
            return Words("{verdict}: it can be enforced no more", verdict=verdict.words)
        said = {
            "verdict": verdict.words,
            "claim": _claimed(self),
            "costs": _costs(self),
        }
        if self.expected is None:
            return Words("{verdict}: {claim} is owed, going on costs {costs}", **said)
        return Words(
            "{verdict}: of {claim} {expected} may come, going on costs {costs}",
            expected=self.expected,
            **said,
        )

    def as_dict(self, number: Writer = exact) -> dict[str, Any]:
        """Return the numbers as JSON has them."""
        cost, expected, chance = self.cost, self.expected, self.chance
        return {
            "verdict": self.verdict,
            "claim": number(self.claim),
            "interest": number(self.interest),
            "expected": None if expected is None else number(expected),
            "cost": None if cost is None else number(cost),
            "as_old": chance.known,
            "paid_later": chance.paid,
            "still_open": chance.open,
        }


def pursue(books: Books, item: Item, experience: Experience) -> Pursuit | None:
    """Weigh whether an item is worth pursuing.

    Args:
        books: The ledger on a date.
        item: An open item of it.
        experience: How it went with others.

    Returns:
        The numbers; None where not all its reminders were sent, or it rests.
    """
    late = aged(books, item)
    days, where = late.days_overdue, late.standing
    is_at_its_end = where.silence is Silence.SENT and where.held is None
    if days is None or not (late.needs_decision and is_at_its_end):
        return None
    settings, currency = books.settings, item.currency
    covered = books.balances.set_off_for(item)
    owed = item.open - sum((amount for _, amount in covered), ZERO)
    interest = late.interest or ZERO
    hour, court = settings.cost_hour, settings.cost_court
    is_ours = hour is None or hour.currency == currency
    return Pursuit(
        item,
        owed,
        interest,
        experience.chance(item, days),
        hour.number if hour is not None and is_ours else None,
        court.of(owed + interest) if court is not None and is_ours else None,
        late.lapse is not None and late.lapse.is_past(books.as_of),
    )


def weighed(books: Books, items: Iterable[Item]) -> dict[str, Pursuit]:
    """Weigh whether items are worth pursuing, where it is known what that costs.

    Args:
        books: The ledger on a date.
        items: Open items of it.

    Returns:
        The numbers, by the item's identity, as far as `pursue` has any.
    """
    if not _has_costs(books):
        return {}
    experience = Experience(books)
    found = ((item, pursue(books, item, experience)) for item in items)
    return {item.identity: one for item, one in found if one is not None}


def _has_costs(books: Books) -> bool:
    """Tell whether costs are known; to look at all invoices for nothing takes long."""
    settings = books.settings
    return settings.cost_hour is not None or settings.cost_court is not None


def pursuit_reasons(books: Books, item: Item, experience: Experience) -> Iterator[Fact]:
    """Say whether an item is worth pursuing, and the numbers, where costs are known."""
    found = pursue(books, item, experience) if _has_costs(books) else None
    if found is None:
        return
    if (text := found.words) is not None:
        entries = books.settings.entries
        costs = entries.get("cost-court") or entries["cost-hour"]
        yield Fact.at(text, entries["limitation"] if found.is_barred else costs)
    chance = found.chance
    days = Words.counted("{n} day", "{n} days", chance.days)
    if chance.is_enough:
        text = Words(
            "{known} others were ever {days} overdue: paid later {paid}, open {open}",
            known=chance.known,
            days=days,
            paid=chance.paid,
            open=chance.open,
        )
    else:
        text = Words.counted(
            "{n} other was ever {days} overdue: too few to say how many pay",
            "{n} others were ever {days} overdue: too few to say how many pay",
            chance.known,
            days=days,
        )
    if chance.is_enough or found.verdict:
        yield Fact(text)


def _claimed(found: Pursuit) -> Words:
    currency = found.item.currency
    if not found.interest:
        return Words("{amount} {currency}", amount=found.owed, currency=currency)
    return Words(
        "{claim} {currency} ({interest} of it interest)",
        claim=found.claim,
        currency=currency,
        interest=found.interest,
    )


def _costs(found: Pursuit) -> Words:
    currency = found.item.currency
    hour, court = found.hour, found.court
    if hour is None or court is None:
        return Words("{amount} {currency}", amount=found.cost, currency=currency)
    return Words(
        "{cost} {currency} ({hour} for an hour, {court} for a court)",
        cost=found.cost,
        currency=currency,
        hour=hour,
        court=court,
    )
