"""Interest on overdue items, day by day.

    2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"

Interest runs on the open amount from the day after the due date, at the rate agreed
for the day: see `accrual` for how it adds up. Where an agreement is fixed at the start,
the reference rate of the day after the due date stays, however old the agreement is. A
rate never falls below zero, and charges bear no interest themselves.

What a plan of payment puts off bears interest up to the plan's note, and then from the
day after its part is due; with `interest: "runs"` from the original due date on.

A consumer bears what the agreement says of consumers. Where it says nothing, and its
rate is that of a law about business, a consumer bears none, and an error at the
agreement says so.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.policies import PaymentOrder
from beancount_dunning.ledger.rates import RateError
from beancount_dunning.ledger.timeline import Span
from beancount_dunning.standing.accrual import Accrual
from beancount_dunning.standing.accrual import Debt
from beancount_dunning.standing.accrual import Payment
from beancount_dunning.standing.accrual import Terms
from beancount_dunning.standing.accrual import accumulate
from beancount_dunning.standing.resting import is_covered

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from decimal import Decimal

    from beancount_dunning.ledger.agreements import Interest
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.books import Books


_DAY = timedelta(days=1)
_CONSUMER = "consumer"


class UnknownRateError(RateError):
    """A reference rate that an agreement on interest needs, and nobody knows."""

    def __init__(self, message: Words, agreed: Interest) -> None:
        """Say which agreement needs it."""
        super().__init__(message)
        self.agreed = agreed

    def as_error(self) -> SettingError:
        """Return it as an error at the agreement's line."""
        return _at(self.agreed, self.message)


def _at(agreed: Interest, message: Words) -> SettingError:
    return SettingError(place(agreed.entry.meta), message, agreed.entry)


def first_day(item: Item) -> dt.date | None:
    """Return the day after the due date; None where an item bears no interest.

    What is posted after its due date, like a payment that came back, bears interest
    from the day after that: before, nothing was open.
    """
    if item.due is None or item.charge:
        return None
    last_free = max(item.bears_from or item.due, item.date)
    return last_free + _DAY if last_free < dt.date.max else None


def is_consumer(settings: Settings, customer: str) -> bool:
    """Tell whether a customer's file says that it is a consumer."""
    return settings.customer(customer).type == _CONSUMER


def _is_for_business(agreed: Interest, settings: Settings) -> bool:
    """Tell whether a rate is a law's about business, and consumers have no other."""
    if agreed.consumer is not None or agreed.reference is None:
        return False
    reference = settings.references[agreed.reference]
    if not reference.is_built_in:
        return False
    most = reference.consumer_points
    return agreed.is_factor or most is None or agreed.percent > most


def _agreements(
    item: Item, settings: Settings, first: dt.date, last: dt.date
) -> Iterator[Span[Interest]]:
    """Yield what is agreed under the policies of an item in a span of days."""
    for policy in item.policies(settings).spans(first, last):
        agreements = settings.interest.get(policy.value)
        # With a policy ends what was agreed under it.
        if agreements:
            yield from agreements.spans(policy.first, policy.last)


def terms(
    item: Item, settings: Settings, first: dt.date, last: dt.date
) -> Iterator[Span[Terms]]:
    """Yield at what an item bears interest in a span of days, where it does.

    Args:
        item: The item.
        settings: What is agreed, and the reference rates.
        first: The day on which interest begins to run; fixed rates are that day's.
        last: The last day.

    Raises:
        UnknownRateError: A reference rate is not known on one of the days.
    """
    consumer = is_consumer(settings, item.customer)
    for span in _agreements(item, settings, first, last):
        agreed = span.value
        if consumer:
            if _is_for_business(agreed, settings):
                continue
            agreed = agreed.for_consumers
        yield from _at_rates(span._replace(value=agreed), settings, first)


def _at_rates(
    span: Span[Interest], settings: Settings, start: dt.date
) -> Iterator[Span[Terms]]:
    """Yield an agreement's terms; what is fixed stays as on the day interest began."""
    first, last, agreed = span
    if agreed.reference is None:
        yield Span(first, last, Terms(agreed.percent, agreed, None))
        return
    reference = settings.references[agreed.reference]
    try:
        rates = (
            iter([Span(first, last, reference.on(start))])
            if agreed.is_fixed
            else reference.spans(first, last)
        )
        for since, until, rate in rates:
            yield Span(since, until, Terms(agreed.over(rate.percent), agreed, rate))
    except RateError as error:
        raise UnknownRateError(error.message, agreed) from error


def accrue(books: Books, item: Item, first: dt.date | None = None) -> Accrual | None:
    """Work out the interest of an item up to the books' date.

    Args:
        books: The ledger on a date: what is agreed, and the reference rates.
        item: An item of it, open or settled.
        first: The day on which interest begins to run; without it, the day after due.

    Returns:
        The interest with its segments, that which is posted included; None where none
        runs: nothing is agreed, the item is undated, was not late, or is itself a
        charge, or what is open of it is not owed.

    Raises:
        UnknownRateError: A reference rate is not known on one of the days.
    """
    settings, as_of = books.settings, books.as_of
    first = first or first_day(item)
    is_late = first is not None and first <= as_of
    if not (is_late or item.bore) or not settings.interest or is_covered(books, item):
        return None
    accrual = None
    for after, until, principal in item.bore:
        # It was open all the time until the plan.
        since, bore = after + _DAY, Debt(principal, item.currency)
        costs = terms(item, settings, since, until)
        accrual = accumulate(bore, costs, since, until, accrual)
    if first is None or not is_late:
        return accrual
    debt = _debt(books, item)
    # No rate is needed once nothing bears interest.
    last = min(as_of, debt.paid_on or as_of)
    return accumulate(debt, terms(item, settings, first, last), first, last, accrual)


def _debt(books: Books, item: Item) -> Debt:
    """Return what was owed of an item and paid of it and of interest charged on it.

    Where a part is in dispute it is the rest. Unapplied credit that makes up for it
    counts as paid; where payments settle charges first, what is left over of those for
    an item waits for its interest.
    """
    settings = books.settings
    is_first = settings.payment_order is PaymentOrder.CHARGES
    paid = [Payment(one.date, one.amount) for one in item.settlements]
    if not is_first:
        paid += [Payment(*one) for one in books.balances.set_off_for(item)]
    if is_first or _compounds(settings):
        # Interest that was paid bears none, and what was paid too much pays the item.
        paid += [
            Payment(one.date, one.amount, is_on_interest=True)
            for charge in item.interest_charges
            for one in charge.settlements
        ]
    paid += [Payment(*one, is_on_interest=True) for one in item.left_over]
    paid.sort(key=lambda payment: payment.date)
    principal = item.amount - books.dunning.part_in_dispute(item)
    return Debt(principal, item.currency, tuple(paid), is_first)


def _compounds(settings: Settings) -> bool:
    return any(
        agreed.compound
        for agreements in settings.interest.values()
        for _, agreed in agreements.changes
    )


def interest_so_far(books: Books, item: Item) -> Decimal | None:
    """Return the interest of an item so far; None where none, or not known.

    Where payments settle charges first, it is what is not posted, so that it and what
    is open are together the claim.
    """
    if not books.settings.interest:
        return None
    try:
        accrual = accrue(books, item)
    except UnknownRateError:
        return None
    if accrual is None:
        return None
    if books.settings.payment_order is PaymentOrder.INVOICE:
        return accrual.amount
    posted = sum((charge.amount for charge in item.interest_charges), ZERO)
    return max(accrual.amount - posted, ZERO)


def interest_problems(books: Books) -> list[SettingError]:
    """Return an error for each agreement that is not enough for what is late.

    Args:
        books: The ledger on a date; only overdue items need a rate.

    Returns:
        The errors, at the agreement's line, each saying what to add: a reference rate
        that is missing on a day that counts, or the rate for consumers.
    """
    if not books.settings.interest:
        return []
    late = [
        (first, item)
        for item in books.receivables.items
        if (first := first_day(item)) is not None and first <= books.as_of
    ]
    # What bore interest before a plan was late, too.
    before = [
        (bore.after + _DAY, item)
        for item in books.receivables.items
        for bore in item.bore
    ]
    return [
        *_unknown_rates(books, late),
        *_without_consumers(books, [*late, *before]),
    ]


def _unknown_rates(
    books: Books, late: Iterable[tuple[dt.date, Item]]
) -> list[SettingError]:
    """Return an error for each agreement whose rate is missing on a day that counts."""
    settings = books.settings
    fixed = any(
        agreed.is_fixed
        for agreements in settings.interest.values()
        for _, agreed in agreements.changes
    )
    # Items that are late since the same day, under policies that change on the same
    # days, need the same rates, if all or none are consumers'.
    alike: dict[tuple[str | None, str, bool], dict[dt.date, Item]] = defaultdict(dict)
    for first, item in late:
        own = folded(item.customer) in settings.customer_policies
        consumer = is_consumer(settings, item.customer)
        alike[item.own_policy, item.customer if own else "", consumer][first] = item
    # What floats is needed from the first day on, what is fixed on each start.
    needed = [
        (items[first], first, books.as_of)
        for items in alike.values()
        for first in sorted(items if fixed else {min(items), max(items)})
    ]
    needed += [
        (item, bore.after + _DAY, bore.until)
        for item in books.receivables.items
        for bore in item.bore
    ]
    found = {}
    for item, first, last in needed:
        try:
            list(terms(item, settings, first, last))
        except UnknownRateError as error:
            found[id(error.agreed.entry), str(error)] = error.as_error()
    return list(found.values())


def _without_consumers(
    books: Books, late: Iterable[tuple[dt.date, Item]]
) -> list[SettingError]:
    """Return an error for each agreement for business under which consumers are late.

    It names the first of them.
    """
    settings = books.settings
    found: dict[int, SettingError] = {}
    for first, item in late:
        if not is_consumer(settings, item.customer) or is_covered(books, item):
            continue
        for _, _, agreed in _agreements(item, settings, first, books.as_of):
            if _is_for_business(agreed, settings):
                found.setdefault(id(agreed.entry), _not_for(item, agreed))
    return list(found.values())


def _not_for(item: Item, agreed: Interest) -> SettingError:
    """Say that a consumer is late, and that the agreement has nothing for consumers."""
    rate = Words(
        '{number} points above "{rate}" is a rate for business.',
        number=agreed.percent,
        rate=agreed.reference,
    )
    if agreed.is_factor:
        rate = Words(
            '{number} times "{rate}" is a rate for business.',
            number=agreed.percent,
            rate=agreed.reference,
        )
    missing = Words(
        "{customer}, late with {item}, is a consumer and bears no interest; add "
        "consumer: with the number for consumers, or 0.",
        customer=item.customer,
        item=item.label,
    )
    return _at(agreed, Words.joined(" ", [rate, missing]))
