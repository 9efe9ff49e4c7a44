"""The aging report: open items on a date, in buckets, with totals that add up.

The buckets are `undated`, `not due`, and days past due with both ends included:
`1-30`, `31-60`, `61-90`, `91+`, or as the option `buckets` says. On the due date
itself an item is not overdue.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.names import folded
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.dunning import ScheduledStep
from beancount_dunning.standing.dunning import standing
from beancount_dunning.standing.interest import interest_so_far
from beancount_dunning.standing.limitation import lapses
from beancount_dunning.standing.limits import credit_limits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.basics.money import Writer
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep
    from beancount_dunning.standing.dunning import Standing
    from beancount_dunning.standing.limitation import Lapse
    from beancount_dunning.standing.limits import CreditLimit

UNDATED = "undated"
NOT_DUE = "not due"
# What is due within so many days is due soon.
SOON = 7


@dataclass(frozen=True, slots=True)
class AgedItem:
    """An open item as it stands on a date.

    `days_overdue` is None where undated, `interest` where none runs or its rate is not
    known, and `lapse` without the option `limitation`.
    """

    item: Item
    days_overdue: int | None
    bucket: str
    standing: Standing
    interest: Decimal | None
    lapse: Lapse | None = None

    @property
    def next(self) -> ScheduledStep | None:
        """The next reminder, if there is one and it has a date."""
        step, day = self.standing.next_step, self.standing.next_date
        return ScheduledStep(step, day) if step and day else None

    @property
    def is_overdue(self) -> bool:
        """Whether the due date is past."""
        return self.days_overdue is not None and self.days_overdue > 0

    @property
    def needs_decision(self) -> bool:
        """Whether it is overdue and nothing more is sent, until someone decides."""
        is_sale = not self.item.charge
        return is_sale and self.is_overdue and self.standing.is_at_its_end

    def as_dict(self, number: Writer = exact) -> dict[str, Any]:
        """Return the item as the JSON report has it, its amounts as `number` does."""
        item, standing = self.item, self.standing
        last = standing.record.last
        step, day = standing.next_step, standing.next_date
        originally = item.originally_due
        return {
            "invoice": item.invoice,
            "instalment": item.instalment,
            "customer": item.customer or None,
            "account": item.account,
            "currency": item.currency,
            "date": item.date.isoformat(),
            "due": item.due.isoformat() if item.due else None,
            "originally_due": originally.isoformat() if originally else None,
            "amount": number(item.invoiced),
            "open": number(item.open),
            "days_overdue": self.days_overdue,
            "bucket": self.bucket,
            "policy": item.policy,
            "last_step": last.step.name if last else None,
            "last_sent": last.date.isoformat() if last else None,
            "next_step": step.name if step else None,
            "next_date": day.isoformat() if day else None,
            "held": standing.held,
            "disputed": number(standing.disputed) if standing.disputed else None,
            "interest": None if self.interest is None else number(self.interest),
            **({"limitation": self.lapse.day.isoformat()} if self.lapse else {}),
            "file": item.filename,
            "line": item.lineno,
        }


@dataclass(frozen=True)
class Row:
    """Sums in one currency, of a customer or (`customer` is None) of all.

    `buckets` holds what is open by bucket, only those with items in them; `due_soon`
    is due on the date or within 7 days after it; `limit` is the customer's credit
    limit, if it is in the currency.
    """

    customer: str | None
    currency: str
    buckets: Mapping[str, Decimal]
    unapplied: Decimal
    due_soon: Decimal = ZERO
    limit: CreditLimit | None = None

    @cached_property
    def open(self) -> Decimal:
        """What is open in all buckets."""
        return sum(self.buckets.values(), ZERO)

    @cached_property
    def overdue(self) -> Decimal:
        """What is open past its due date."""
        return sum(
            (
                amount
                for bucket, amount in self.buckets.items()
                if bucket not in {UNDATED, NOT_DUE}
            ),
            ZERO,
        )

    @cached_property
    def total(self) -> Decimal:
        """What is open less unapplied credit: the accounts' balance."""
        return self.open + self.unapplied

    @property
    def credit_limit(self) -> Decimal | None:
        """The customer's credit limit; None where they have none in the currency."""
        return self.limit.amount if self.limit else None

    @property
    def is_over_limit(self) -> bool:
        """Whether more is owed than the credit limit allows."""
        return self.limit is not None and self.limit.is_exceeded

    def sums(self, number: Writer = exact) -> dict[str, Any]:
        """Return the sums as the JSON report has them, written as `number` does."""
        return {
            "currency": self.currency,
            "buckets": {bucket: number(sum_) for bucket, sum_ in self.buckets.items()},
            "unapplied": number(self.unapplied),
            "overdue": number(self.overdue),
            "due_soon": number(self.due_soon),
            "total": number(self.total),
        }

    def as_dict(self, number: Writer = exact) -> dict[str, Any]:
        """Return a customer's sums as the JSON report has them."""
        limit = self.credit_limit
        return {
            "customer": self.customer or None,
            **self.sums(number),
            "credit_limit": None if limit is None else number(limit),
            "over_limit": self.is_over_limit,
        }


@dataclass(frozen=True, slots=True)
class Sums:
    """What is open by customer and currency, and in each currency."""

    customers: tuple[Row, ...]
    totals: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class AgingReport:
    """Who owes what, how late: items by due date, customers by name, totals."""

    as_of: dt.date
    buckets: tuple[str, ...]
    items: tuple[AgedItem, ...]
    unapplied: tuple[Unapplied, ...]
    customers: tuple[Row, ...]
    totals: tuple[Row, ...]

    @property
    def accounts(self) -> list[str]:
        """The names of the accounts on which something is open, or credit."""
        items = {aged.item.account for aged in self.items}
        return sorted(items.union(credit.account for credit in self.unapplied))

    def as_dict(self, number: Writer = exact) -> dict[str, Any]:
        """Return the report as JSON has it: amounts as strings, dates ISO.

        Args:
            number: How amounts are written: exactly, or hidden.
        """
        return {
            "as_of": self.as_of.isoformat(),
            "buckets": list(self.buckets),
            "items": [item.as_dict(number) for item in self.items],
            "unapplied": [_credit(credit, number) for credit in self.unapplied],
            "customers": [row.as_dict(number) for row in self.customers],
            "totals": [row.sums(number) for row in self.totals],
        }


def _credit(credit: Unapplied, number: Writer) -> dict[str, Any]:
    """Return what a credit has left as the JSON report has it."""
    return {
        "customer": credit.customer or None,
        "account": credit.account,
        "currency": credit.currency,
        "amount": number(credit.amount),
        "date": credit.date.isoformat(),
        "reference": credit.reference,
        "payee": credit.entry.payee or None,
        "narration": credit.entry.narration or None,
        "file": credit.filename,
        "line": credit.lineno,
    }


@cache
def bucket_names(edges: tuple[int, ...]) -> tuple[str, ...]:
    """Return the names of all buckets, oldest last, for edges like (30, 60, 90)."""
    names = [UNDATED, NOT_DUE]
    first = 1
    for edge in edges:
        names.append(f"{first}-{edge}" if first < edge else str(edge))
        first = edge + 1
    return (*names, f"{first}+")


def aged(books: Books, item: Item) -> AgedItem:
    """Tell how an item stands on the date of the books."""
    days = item.days_overdue(books.as_of)
    bucket = bucket_of(days, books.settings)
    return AgedItem(
        item,
        days,
        bucket,
        standing(books, item),
        interest_so_far(books, item),
        lapses(books, item),
    )


def bucket_of(days: int | None, settings: Settings) -> str:
    """Return the bucket of so many days past due, None for undated."""
    if days is None:
        return UNDATED
    if days <= 0:
        return NOT_DUE
    return bucket_names(settings.buckets)[2 + bisect_left(settings.buckets, days)]


def age(books: Books, keep: Keep = everything) -> AgingReport:
    """Sort what is open on a date into buckets, and add it up.

    Args:
        books: The ledger on that date.
        keep: Which items and credits the report is to be about; all by default.

    Returns:
        The report. For each customer and currency, and for each currency, the
        total is what is open less unapplied credit.
    """
    items = tuple(aged(books, item) for item in books.receivables.items if keep(item))
    left = tuple(filter(keep, books.receivables.unapplied))
    sums = _add_up(books, ((item.item, item.bucket) for item in items), left)
    return AgingReport(
        books.as_of,
        bucket_names(books.settings.buckets),
        items,
        left,
        sums.customers,
        sums.totals,
    )


def sum_up(books: Books, keep: Keep = everything) -> Sums:
    """Add up what is open on a date, without looking at how each item stands.

    Args:
        books: The ledger on that date.
        keep: Which items and credits this is about; all by default.

    Returns:
        The sums of the aging report.
    """
    bucketed = (
        (item, bucket_of(item.days_overdue(books.as_of), books.settings))
        for item in books.receivables.items
        if keep(item)
    )
    return _add_up(books, bucketed, filter(keep, books.receivables.unapplied))


def _add_up(
    books: Books,
    bucketed: Iterable[tuple[Item, str]],
    left: Iterable[Unapplied],
) -> Sums:
    names = bucket_names(books.settings.buckets)
    limits = credit_limits(books)
    first, last = books.as_of, _days_after(books.as_of, SOON)
    sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    due_soon: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item, bucket in bucketed:
        key = item.customer, item.currency
        of_customer = sums[key]
        of_customer[bucket] = of_customer.get(bucket, ZERO) + item.open
        if item.due is not None and first <= item.due <= last:
            due_soon[key] += item.open
    unapplied: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for credit in left:
        unapplied[credit.customer, credit.currency] += credit.amount
    customers = tuple(
        Row(
            *key,
            _in_order(names, [sums.get(key, {})]),
            unapplied.get(key, ZERO),
            due_soon.get(key, ZERO),
            limits.get((folded(key[0]), key[1])),
        )
        for key in sorted({*sums, *unapplied}, key=lambda key: (key[0].casefold(), key))
    )
    return Sums(customers, tuple(totals(names, customers)))


def _days_after(day: dt.date, days: int) -> dt.date:
    return dt.date.fromordinal(min(day.toordinal() + days, dt.date.max.toordinal()))


def totals(names: tuple[str, ...], customers: Sequence[Row]) -> Iterator[Row]:
    """Add up the customers' sums in each currency."""
    by_currency: dict[str, list[Row]] = defaultdict(list)
    for row in customers:
        by_currency[row.currency].append(row)
    for currency, rows in sorted(by_currency.items()):
        buckets = _in_order(names, [row.buckets for row in rows])
        unapplied = sum((row.unapplied for row in rows), ZERO)
        due_soon = sum((row.due_soon for row in rows), ZERO)
        yield Row(None, currency, buckets, unapplied, due_soon)


def _in_order(
    names: tuple[str, ...], buckets: Iterable[Mapping[str, Decimal]]
) -> dict[str, Decimal]:
    """Add up what stands in each bucket, in the buckets' order."""
    added: dict[str, Decimal] = {}
    for sums in buckets:
        for name, amount in sums.items():
            added[name] = added.get(name, ZERO) + amount
    return {name: added[name] for name in names if name in added}
