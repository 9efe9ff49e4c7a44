"""The aging report: open items on a date, in buckets, with totals that add up.

The buckets are `undated`, `not due`, and days past due with both ends included:
`1-30`, `31-60`, `61-90`, `91+`, or as the option `buckets` says. On the due date
itself an item is not overdue.
"""

from __future__ import annotations

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
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.charges import interest
from beancount_dunning.standing.dunning import ScheduledStep
from beancount_dunning.standing.dunning import Silence
from beancount_dunning.standing.dunning import standing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from datetime import date

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep
    from beancount_dunning.standing.dunning import Standing

UNDATED = "undated"
NOT_DUE = "not due"


@dataclass(frozen=True, slots=True)
class AgedItem:
    """An open item as it stands on a date.

    `days_overdue` is None where undated, `interest` where none runs or its rate is not
    known.
    """

    item: Item
    days_overdue: int | None
    bucket: str
    standing: Standing
    interest: Decimal | None

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
        standing = self.standing
        return (
            self.is_overdue
            and not self.item.charge
            and standing.next_date is None
            and standing.silence in {None, Silence.SENT}
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the item as the JSON report has it."""
        item, standing = self.item, self.standing
        last = standing.record.last
        step, day = standing.next_step, standing.next_date
        return {
            "invoice": item.invoice,
            "instalment": item.instalment,
            "customer": item.customer or None,
            "account": item.account,
            "currency": item.currency,
            "date": item.date.isoformat(),
            "due": item.due.isoformat() if item.due else None,
            "amount": exact(item.amount),
            "open": exact(item.open),
            "days_overdue": self.days_overdue,
            "bucket": self.bucket,
            "policy": item.policy,
            "last_step": last.step.name if last else None,
            "last_sent": last.date.isoformat() if last else None,
            "next_step": step.name if step else None,
            "next_date": day.isoformat() if day else None,
            "held": standing.held,
            "interest": None if self.interest is None else exact(self.interest),
            "file": item.filename,
            "line": item.lineno,
        }


@dataclass(frozen=True, slots=True)
class Credit:
    """Unapplied credit of a customer on one account, as a negative amount."""

    customer: str
    account: str
    currency: str
    amount: Decimal

    def as_dict(self) -> dict[str, Any]:
        """Return the credit as the JSON report has it."""
        return {
            "customer": self.customer or None,
            "account": self.account,
            "currency": self.currency,
            "amount": exact(self.amount),
        }


@dataclass(frozen=True)
class Row:
    """Sums in one currency, of a customer or (`customer` is None) of all.

    `buckets` holds what is open by bucket, only those with items in them;
    `credit_limit` what the customer's file says for the currency.
    """

    customer: str | None
    currency: str
    buckets: Mapping[str, Decimal]
    unapplied: Decimal
    credit_limit: Decimal | None = None

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

    def sums(self) -> dict[str, Any]:
        """Return the sums as the JSON report has them."""
        return {
            "currency": self.currency,
            "buckets": {bucket: exact(sum_) for bucket, sum_ in self.buckets.items()},
            "unapplied": exact(self.unapplied),
            "total": exact(self.total),
        }


@dataclass(frozen=True, slots=True)
class Sums:
    """What is open by customer and currency, and in each currency."""

    customers: tuple[Row, ...]
    totals: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class AgingReport:
    """Who owes what, how late: items by due date, customers by name, totals."""

    as_of: date
    buckets: tuple[str, ...]
    items: tuple[AgedItem, ...]
    unapplied: tuple[Credit, ...]
    customers: tuple[Row, ...]
    totals: tuple[Row, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it: amounts exact strings, dates ISO."""
        return {
            "as_of": self.as_of.isoformat(),
            "buckets": list(self.buckets),
            "items": [one.as_dict() for one in self.items],
            "unapplied": [credit.as_dict() for credit in self.unapplied],
            "customers": [
                {"customer": row.customer or None, **row.sums()}
                for row in self.customers
            ],
            "totals": [row.sums() for row in self.totals],
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
    bucket = _bucket(days, books.settings)
    return AgedItem(item, days, bucket, standing(books, item), interest(books, item))


def _bucket(days: int | None, settings: Settings) -> str:
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
    left = _left(books, keep)
    sums = _add_up(books, ((one.item, one.bucket) for one in items), left)
    return AgingReport(
        books.as_of,
        bucket_names(books.settings.buckets),
        items,
        tuple(
            Credit(*key, amount)
            for key, amount in sorted(
                left.items(), key=lambda pair: (pair[0][0].casefold(), pair[0])
            )
        ),
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
        (item, _bucket(item.days_overdue(books.as_of), books.settings))
        for item in books.receivables.items
        if keep(item)
    )
    return _add_up(books, bucketed, _left(books, keep))


def _left(books: Books, keep: Keep) -> Mapping[tuple[str, str, str], Decimal]:
    """Add up unapplied credit by customer, account and currency."""
    left: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for credit in books.receivables.unapplied:
        if keep(credit):
            left[credit.customer, credit.account, credit.currency] += credit.amount
    return left


def _add_up(
    books: Books,
    bucketed: Iterable[tuple[Item, str]],
    left: Mapping[tuple[str, str, str], Decimal],
) -> Sums:
    names = bucket_names(books.settings.buckets)
    sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for item, bucket in bucketed:
        of_customer = sums[item.customer, item.currency]
        of_customer[bucket] = of_customer.get(bucket, ZERO) + item.open
    unapplied: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (customer, _, currency), amount in left.items():
        unapplied[customer, currency] += amount
    customers = tuple(
        Row(
            customer,
            currency,
            _in_order(names, [sums.get((customer, currency), {})]),
            unapplied.get((customer, currency), ZERO),
            _limit(customer, currency, books.settings),
        )
        for customer, currency in sorted(
            {*sums, *unapplied}, key=lambda key: (key[0].casefold(), key)
        )
    )
    totals = tuple(
        Row(
            None,
            currency,
            _in_order(names, [r.buckets for r in customers if r.currency == currency]),
            sum((r.unapplied for r in customers if r.currency == currency), ZERO),
        )
        for currency in sorted({row.currency for row in customers})
    )
    return Sums(customers, totals)


def _limit(customer: str, currency: str, settings: Settings) -> Decimal | None:
    limit = settings.customer(customer).credit_limit
    return limit.number if limit is not None and limit.currency == currency else None


def _in_order(
    names: tuple[str, ...], buckets: Iterable[Mapping[str, Decimal]]
) -> dict[str, Decimal]:
    """Add up what stands in each bucket, in the buckets' order."""
    added: dict[str, Decimal] = {}
    for one in buckets:
        for name, amount in one.items():
            added[name] = added.get(name, ZERO) + amount
    return {name: added[name] for name in names if name in added}
