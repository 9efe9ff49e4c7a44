"""Which customers or invoices pay late: by group, and before and after a day.

    grouped(books, customers(books), "segment")
    before_after(customers(books), date(2026, 6, 1))

A group is what shares a segment, the terms, the channel of the last reminder, the
account that the money came in on, or the value of any metadata key of the invoice or
the customer. The lateness of an invoice is its amount times its days late. Before and
after a day are compared only customers who have invoices on both sides of it, by the
invoices' dates: else the comparison would be one of customers. What is not past due yet
does not count, even if paid: of the newest only those that were paid early would.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Custom

from beancount_dunning.answers.punctuality import Punctuality
from beancount_dunning.answers.punctuality import punctuality
from beancount_dunning.answers.punctuality import rounded
from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.names import folded

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from decimal import Decimal

    from beancount_dunning.answers.customers import Customers
    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.standing.books import Books

_CUSTOMER = "dunning-customer"
# Beancount puts these into all metadata.
_PLACE = {"filename", "lineno"}


class By(StrEnum):
    """What invoices can be grouped by, beside metadata keys."""

    SEGMENT = "segment"
    TERMS = "terms"
    CHANNEL = "channel"
    PAID_FROM = "paid-from"


@dataclass(frozen=True, slots=True)
class Grouped:
    """A group of invoices in a currency; `name` is None for those without a value.

    The shares are of all in the currency, from 0 to 1; None where there is nothing.
    """

    name: str | None
    currency: str
    punctuality: Punctuality
    share_of_turnover: float | None
    share_of_lateness: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return the group as JSON has it."""
        return {
            "group": self.name,
            "currency": self.currency,
            **self.punctuality.as_dict(),
            "share_of_turnover": rounded(self.share_of_turnover, 3),
            "share_of_lateness": rounded(self.share_of_lateness, 3),
        }


@dataclass(frozen=True, slots=True)
class Grouping:
    """All groups by a key, and which of them explains most of the lateness.

    `most` has the group by currency: the one with the largest share of the lateness, if
    it has enough invoices to say anything, and that share is larger than its share of
    the turnover. What has no value explains nothing.
    """

    as_of: dt.date
    by: str
    groups: tuple[Grouped, ...]
    most: Mapping[str, Grouped]

    def as_dict(self) -> dict[str, Any]:
        """Return the groups as JSON has them."""
        return {
            "as_of": self.as_of.isoformat(),
            "by": self.by,
            "groups": [one.as_dict() for one in self.groups],
            "most": {currency: one.name for currency, one in self.most.items()},
        }


def grouped(books: Books, report: Customers, by: str) -> Grouping:
    """Tell how punctual the groups of invoices are.

    Args:
        books: The ledger on a date.
        report: How its customers pay.
        by: One of `By`, or a metadata key of invoices, customers' files or accounts.

    Returns:
        The groups by currency, the latest first.
    """
    value = _value_of(books, by)
    parts: dict[tuple[str, str | None], list[Invoiced]] = defaultdict(list)
    for record in report.records:
        for part in record.parts:
            parts[part.currency, value(part)].append(part)
    sums = {key: punctuality(some) for key, some in parts.items()}
    turnover, lateness = _totals(sums)
    groups = [
        Grouped(
            name,
            currency,
            one,
            _share(one.turnover, turnover[currency]),
            _share(one.lateness, lateness[currency]),
        )
        for (currency, name), one in sums.items()
    ]
    groups.sort(key=_order)
    return Grouping(books.as_of, by, tuple(groups), _most(groups))


def _order(one: Grouped) -> tuple[object, ...]:
    return one.currency, -one.punctuality.lateness, one.name is None, one.name or ""


def _totals(
    sums: Mapping[tuple[str, str | None], Punctuality],
) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Add up turnover and lateness by currency."""
    turnover: dict[str, Decimal] = defaultdict(lambda: ZERO)
    lateness: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for (currency, _), one in sums.items():
        turnover[currency] += one.turnover
        lateness[currency] += one.lateness
    return turnover, lateness


def _share(part: Decimal, whole: Decimal) -> float | None:
    return float(part / whole) if whole else None


def _most(groups: Iterable[Grouped]) -> dict[str, Grouped]:
    """Return the latest group by currency, where it is later than it is large."""
    latest: dict[str, Grouped] = {}
    for one in groups:
        latest.setdefault(one.currency, one)
    return {
        currency: one
        for currency, one in latest.items()
        if one.name is not None
        and not one.punctuality.is_too_few
        and (one.share_of_lateness or 0) > (one.share_of_turnover or 0)
    }


def _value_of(books: Books, by: str) -> Callable[[Invoiced], str | None]:
    """Return the function that tells the group of an invoice."""
    settings = books.settings
    if by == By.SEGMENT:
        return lambda part: settings.customer(part.customer).segment
    if by == By.TERMS:
        return _terms
    if by == By.CHANNEL:
        return lambda part: _channel(books, part)
    if by == By.PAID_FROM:
        return lambda part: part.paid_from
    return _metadata(books, by)


def _terms(part: Invoiced) -> str | None:
    """Return the terms of an invoice, or the days that it gives."""
    if part.terms is not None:
        return part.terms
    return None if part.due is None else f"{(part.due - part.date).days} days"


def _channel(books: Books, part: Invoiced) -> str | None:
    """Return how the last reminder of an invoice was sent; None without any."""
    sent = (books.dunning.records.get(group) for group in part.groups)
    last = [record.last for record in sent if record and record.last]
    return (last[-1].entry.channel or last[-1].step.channel) if last else None


def _metadata(books: Books, key: str) -> Callable[[Invoiced], str | None]:
    """Return the function that tells what an invoice, or else its customer, has."""
    files = {
        folded(str(entry.values[0].value)): entry.meta
        for entry in _files(books)
        if key in entry.meta
    }

    def value(part: Invoiced) -> str | None:
        file = files.get(folded(part.customer), {})
        for meta in (part.entry.meta or {}, file, _opened(books, part.account)):
            if meta.get(key) is not None:
                return str(meta[key])
        return None

    return value


def _files(books: Books) -> Iterator[Custom]:
    """Yield the directives of customers' files, in order of date."""
    for entry in books.entries:
        if not isinstance(entry, Custom) or entry.type != _CUSTOMER:
            continue
        if entry.date <= books.as_of and entry.values:
            yield entry


def _opened(books: Books, name: str) -> Mapping[str, Any]:
    """Return the metadata of an account."""
    account = books.settings.accounts[name]
    return account.entry.meta if account and account.entry else {}


def metadata_keys(books: Books, report: Customers) -> set[str]:
    """Return the metadata keys that invoices can be grouped by.

    Args:
        books: The ledger on a date.
        report: How its customers pay.

    Returns:
        The keys of invoices, of customers' files and of the accounts of invoices.
    """
    parts = [part for record in report.records for part in record.parts]
    accounts = {part.account for part in parts}
    metas = (
        *(part.entry.meta or {} for part in parts),
        *(entry.meta for entry in _files(books)),
        *(_opened(books, name) for name in accounts),
    )
    keys = {key for meta in metas for key in meta if not key.startswith("__")}
    return keys - _PLACE


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """How the same customers paid invoices from before a day, and from it on.

    `customers` is how many they are, `others` how many have invoices that tell
    something on one side only.
    """

    currency: str
    customers: int
    others: int
    before: Punctuality
    after: Punctuality

    @property
    def is_too_few(self) -> bool:
        """Whether these are too few invoices to say anything."""
        return self.before.is_too_few or self.after.is_too_few

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON has it."""
        return {
            "currency": self.currency,
            "customers": self.customers,
            "others": self.others,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "too_few": self.is_too_few,
        }


def before_after(report: Customers, day: dt.date) -> tuple[BeforeAfter, ...]:
    """Compare how the same customers paid before and after a day.

    Args:
        report: How customers pay.
        day: The first day of what is after; invoices are told apart by their date.

    Returns:
        The comparison in each currency. A customer counts who has invoices on both
        sides that are past due and were paid, are overdue or were written off.
    """
    found: dict[str, tuple[list[Invoiced], list[Invoiced], list[bool]]] = {}
    for record in report.records:
        before, after, known = found.setdefault(record.currency, ([], [], []))
        told = [
            one
            for one in record.parts
            if one.lateness is not None and one.due and one.due < report.as_of
        ]
        then = [one for one in told if one.date < day]
        since = [one for one in told if one.date >= day]
        if told:
            known.append(bool(then and since))
        if then and since:
            before += then
            after += since
    return tuple(
        BeforeAfter(
            currency,
            sum(known),
            len(known) - sum(known),
            punctuality(before),
            punctuality(after),
        )
        for currency, (before, after, known) in sorted(found.items())
    )
