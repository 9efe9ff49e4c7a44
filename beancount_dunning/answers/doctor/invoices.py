"""Invoices: numbers used twice, no due date, too old to begin with, small rests."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.diagnosis import diagnosed
from beancount_dunning.answers.doctor.diagnosis import elsewhere
from beancount_dunning.answers.doctor.diagnosis import quoted
from beancount_dunning.answers.proposals import option
from beancount_dunning.answers.rests import Rest
from beancount_dunning.answers.write_offs import write_offs
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.lists import money
from beancount_dunning.basics.lists import shortened
from beancount_dunning.basics.lists import sums
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import NO_CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date

    from beancount.core.data import Transaction

    from beancount_dunning.answers.doctor.diagnosis import Diagnosis
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books


@dataclass(slots=True)
class _Booking:
    """What one transaction debits under one number, by customer and currency."""

    entry: Transaction
    sums: dict[tuple[str, str], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )

    @property
    def customers(self) -> set[str]:
        """Who is to pay it."""
        return {customer for customer, _ in self.sums}

    @property
    def names(self) -> Words:
        """Who is to pay it, in words."""
        return shortened(sorted(name or NO_CUSTOMER for name in self.customers))

    @property
    def amount(self) -> Words:
        """How much it is, in words."""
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for (_, currency), number in self.sums.items():
            totals[currency] += number
        return sums(totals)

    @property
    def facts(self) -> tuple[object, ...]:
        """What is the same where an invoice is booked twice."""
        return self.entry.date, frozenset(self.sums.items())


def repeated_numbers(books: Books) -> Iterator[Diagnosis]:
    """Ask about numbers of several customers, and numbers twice on one day.

    What one transaction divides between customers is meant so. What stands twice is the
    same number, customer, day and amount.
    """
    for name, bookings in _bookings(books):
        first, seen = bookings[0], dict[tuple[object, ...], _Booking]()
        for booking in bookings:
            twin = seen.setdefault(booking.facts, booking)
            if twin is not booking:
                yield _stands_twice(name, booking, twin)
            elif not booking.customers <= first.customers:
                yield _is_of_two(name, booking, first)


def _stands_twice(name: str, booking: _Booking, twin: _Booking) -> Diagnosis:
    entry = booking.entry
    return diagnosed(
        Kind.NUMBER,
        Words(
            "{invoice}, {sums} for {customers}, stands twice on {day}, here and in "
            "{place}. Delete one, or give it a number of its own.",
            invoice=name,
            sums=booking.amount,
            customers=booking.names,
            day=entry.date,
            place=elsewhere(twin.entry, entry),
        ),
        entry.meta,
    )


def _is_of_two(name: str, booking: _Booking, first: _Booking) -> Diagnosis:
    entry = booking.entry
    return diagnosed(
        Kind.NUMBER,
        Words(
            "{invoice} is the number of two customers, of {first} in {place} and of "
            "{second} here. Give one of them another number; or if they are one "
            "customer, add here:",
            invoice=name,
            first=first.names,
            place=elsewhere(first.entry, entry),
            second=booking.names,
        ),
        entry.meta,
        f"  customer: {quoted(min(first.customers))}",
    )


def _bookings(books: Books) -> Iterator[tuple[str, list[_Booking]]]:
    """Yield the numbers of several items, and the transactions that debit each."""
    found: dict[str, list[Item]] = defaultdict(list)
    for item in books.receivables.all_items:
        if item.invoice is not None and not item.charge:
            found[item.invoice].append(item)
    for name, items in found.items():
        if len(items) > 1:
            yield name, _booked(items)


def _booked(items: Iterable[Item]) -> list[_Booking]:
    """Return the transactions that debit items, in the ledger's order."""
    found: dict[int, _Booking] = {}
    for item in items:
        entry = item.entry
        booking = found.setdefault(id(entry), _Booking(entry))
        booking.sums[item.customer, item.currency] += item.amount
    return sorted(found.values(), key=lambda one: (one.entry.date, _line(one.entry)))


def _line(entry: Transaction) -> tuple[str, int]:
    source = place(entry.meta)
    return source["filename"], source["lineno"]


def undated_items(books: Books) -> Iterator[Diagnosis]:
    """Ask about open items without a due date, which are never overdue."""
    undated = [item for item in books.receivables.items if item.due is None]
    if undated:
        first = min(undated, key=lambda item: (item.date, item.filename, item.lineno))
        yield diagnosed(
            Kind.UNDATED,
            Words(
                "Without a due date, and so never overdue and never reminded: {items}, "
                "the first {item} of {customer}. Add due: where you know it, or terms "
                "for all invoices that have no other:",
                items=_counted(undated),
                item=first.label,
                customer=first.customer or NO_CUSTOMER,
            ),
            {"filename": first.filename, "lineno": first.lineno},
            option(books, "terms", '"net 30"'),
        )


def _counted(items: Sequence[Item]) -> Words:
    """Say how many items, and how much is open of them."""
    is_open: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        is_open[item.currency] += item.open
    return Words.counted(
        "{n} open item ({sums})",
        "{n} open items ({sums})",
        len(items),
        sums=sums(is_open),
    )


def old_items(books: Books, report: AgingReport) -> Iterator[Diagnosis]:
    """Ask whether old items, of which nothing was ever logged, were reminded elsewhere.

    Old is what stands in the last bucket and would be reminded from the first step on.
    The day to begin with is the first after all their steps, so that what is younger
    keeps its ladder.
    """
    edge = books.settings.buckets[-1]
    old = [
        aged.item
        for aged in report.items
        if (aged.days_overdue or 0) > edge
        and not aged.standing.record.is_told
        and aged.standing.next_date
    ]
    if old:
        yield diagnosed(
            Kind.START,
            Words(
                "Nothing was ever logged about {items} more than {days} days overdue, "
                "so the first step comes next, whatever was sent before you came here. "
                "To decide about them yourself, and remind of the rest:",
                items=_counted(old),
                days=edge,
            ),
            {"filename": old[0].filename, "lineno": old[0].lineno},
            option(books, "start", str(_start(books, old))),
        )


def _start(books: Books, old: Sequence[Item]) -> date:
    """Return the first day after all steps of overdue items, at most the books'."""
    ends = [
        item.due + timedelta(days=books.settings.steps(item.policy)[-1].days + 1)
        for item in old
        if item.due
    ]
    return min(books.as_of, max(ends))


def small_rests(books: Books) -> Iterator[Diagnosis]:
    """Propose how to book discounts that were taken, bank fees and remainders."""
    for one in write_offs(books):
        item = one.item
        yield diagnosed(
            Kind(one.rest),
            _how_it_is_left(item, one.rest),
            {"filename": item.filename, "lineno": item.lineno},
            one.text.rstrip("\n"),
        )


def _how_it_is_left(item: Item, rest: Rest) -> Words:
    values = {
        "customer": item.customer or NO_CUSTOMER,
        "item": item.label,
        "sum": money(item.open, item.currency),
    }
    return {
        Rest.DISCOUNT: Words(
            "{customer} paid {item} in time, less the discount of {sum}. Book it:",
            **values,
        ),
        Rest.BANK_FEE: Words(
            "{customer} paid {item} but for {sum}, no more than a bank fee. If the "
            "bank kept it, book:",
            **values,
        ),
        Rest.REMAINDER: Words(
            "{customer} left {sum} of {item}, too little to ask for. To give it up, "
            "book:",
            **values,
        ),
    }[rest]
