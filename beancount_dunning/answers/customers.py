"""How each customer pays: a record for each, and a grade with its reasons.

    report = customers(books)
    for record in report.records:
        print(record.customer, record.punctuality.median, record.graded.grade)

There is a record for each customer and currency. What has no currency, such as
promises, disputes and the grade, is the customer's in all of them. Every number is of
the record's `parts`, and as of a past date it is what it was then.
"""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.grades import Graded
from beancount_dunning.answers.grades import grade
from beancount_dunning.answers.habits import habits
from beancount_dunning.answers.measures import Measures
from beancount_dunning.answers.measures import measures
from beancount_dunning.answers.paid import Invoiced
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.promised import Promised
from beancount_dunning.answers.promised import by_invoice
from beancount_dunning.answers.promised import promises
from beancount_dunning.answers.punctuality import Punctuality
from beancount_dunning.answers.punctuality import punctuality
from beancount_dunning.answers.suiting import SuitedTerms
from beancount_dunning.answers.suiting import suited_terms
from beancount_dunning.answers.trends import Trend
from beancount_dunning.answers.trends import trend
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.names import folded
from beancount_dunning.standing.aging import NOT_DUE
from beancount_dunning.standing.aging import UNDATED
from beancount_dunning.standing.aging import Row
from beancount_dunning.standing.aging import bucket_of
from beancount_dunning.standing.aging import sum_up
from beancount_dunning.standing.books import everything

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.basics.words import Words
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a customer said and did, whatever the currency.

    `reasons` counts the words of notes' `reason:`.
    """

    promises: tuple[Promised, ...]
    disputes: int
    reasons: Mapping[str, int]
    last_payment: dt.date | None
    graded: Graded

    @property
    def promises_kept(self) -> int:
        """How many promises were kept, of those of which one can tell."""
        return sum(one.is_kept for one in self.promises)


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """How a customer pays in a currency.

    Attributes:
        segment: What the customer's file says to group them by.
        parent: The customer whose file they belong to.
        parts: All that was invoiced, by date.
        open: What is open, as in the aging report.
        overdue: What of it is past due.
    """

    customer: str
    currency: str
    segment: str | None
    parent: str | None
    parts: tuple[Invoiced, ...]
    punctuality: Punctuality
    longest_open: int | None
    worst_bucket: str | None
    open: Decimal
    overdue: Decimal
    trend: Trend
    conduct: Conduct

    @property
    def habits(self) -> tuple[Words, ...]:
        """A sentence for each habit in how they pay."""
        return habits(self.parts)

    @property
    def suited(self) -> SuitedTerms | None:
        """The terms that would suit; None where too little says which."""
        return suited_terms(self.parts)

    def in_full(self) -> dict[str, Any]:
        """Return the record as JSON has it of one customer, invoice by invoice."""
        suited = self.suited
        return {
            **self.as_dict(),
            "suited_terms": suited.as_dict() if suited else None,
            "parts": [part.as_dict() for part in self.parts],
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the record as JSON has it."""
        conduct = self.conduct
        last = conduct.last_payment
        return {
            "customer": self.customer or None,
            "currency": self.currency,
            "segment": self.segment,
            "parent": self.parent,
            **self.punctuality.as_dict(),
            "longest_open": self.longest_open,
            "worst_bucket": self.worst_bucket,
            "open": exact(self.open),
            "overdue": exact(self.overdue),
            "promises": len(conduct.promises),
            "promises_kept": conduct.promises_kept,
            "disputes": conduct.disputes,
            "reasons": dict(conduct.reasons),
            "last_payment": last.isoformat() if last else None,
            "habits": list(self.habits),
            "trend": self.trend.direction,
            "quarters": [one.as_dict() for one in self.trend.quarters],
            "grade": conduct.graded.grade,
            "because": list(conduct.graded.because),
        }


@dataclass(frozen=True, slots=True)
class Customers:
    """How customers pay: a record for each, and measures of the whole by currency."""

    as_of: dt.date
    records: tuple[CustomerRecord, ...]
    totals: tuple[Measures, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it: amounts exact strings, dates ISO."""
        return {
            "as_of": self.as_of.isoformat(),
            "customers": [one.as_dict() for one in self.records],
            "totals": [one.as_dict() for one in self.totals],
        }


def customers(books: Books, keep: Keep = everything) -> Customers:
    """Tell how customers pay.

    Args:
        books: The ledger on a date.
        keep: Which items this is to be about; all by default.

    Returns:
        A record for each customer and currency in which anything was ever invoiced or
        is open, by name, and measures of all of them together.
    """
    parts = invoiced(books, keep)
    rows = sum_up(books, keep).customers
    records = tuple(_records(books, parts, rows))
    return Customers(books.as_of, records, measures(parts, books.as_of))


def _records(
    books: Books, parts: Sequence[Invoiced], rows: Iterable[Row]
) -> Iterable[CustomerRecord]:
    places: dict[tuple[str, str], list[Invoiced]] = defaultdict(list)
    for part in parts:
        places[part.customer, part.currency].append(part)
    now = {(row.customer or "", row.currency): row for row in rows}
    conducts = _Conducts(books, parts)
    ordered = sorted({*places, *now}, key=lambda key: (key[0].casefold(), *key))
    for customer, keys in groupby(ordered, key=itemgetter(0)):
        of_customer = [(key, places.get(key, [])) for key in keys]
        sums = [punctuality(some) for _, some in of_customer]
        conduct = conducts.of(customer, [some for _, some in of_customer], sums)
        for (key, some), one in zip(of_customer, sums, strict=True):
            row = now.get(key) or Row(*key, {}, ZERO)
            yield _record(books, row, some, one, conduct)


def _record(
    books: Books,
    row: Row,
    parts: Sequence[Invoiced],
    sums: Punctuality,
    conduct: Conduct,
) -> CustomerRecord:
    as_of, customer = books.as_of, row.customer or ""
    file = books.settings.customer(customer)
    return CustomerRecord(
        customer,
        row.currency,
        file.segment,
        file.parent,
        tuple(parts),
        sums,
        _longest_open(parts, as_of),
        _worst_bucket(books, parts, sums.latest),
        row.open,
        row.overdue,
        trend(parts, as_of),
        conduct,
    )


def _longest_open(parts: Iterable[Invoiced], as_of: dt.date) -> int | None:
    days = [((one.paid_on or one.settled_on or as_of) - one.date).days for one in parts]
    return max(days, default=None)


def _worst_bucket(
    books: Books, parts: Sequence[Invoiced], latest: int | None
) -> str | None:
    """Return the oldest bucket that any invoice ever was in."""
    if latest is not None:
        return bucket_of(latest, books.settings)
    if not parts:
        return None
    return NOT_DUE if any(one.due for one in parts) else UNDATED


def _is_said(entry: LogEntry) -> bool:
    """Tell whether a note is about what a customer said."""
    return entry.promise is not None or bool(entry.dispute or entry.reason)


class _Conducts:
    """Finds out what customers said and did."""

    def __init__(self, books: Books, parts: Iterable[Invoiced]) -> None:
        self._as_of = books.as_of
        # Most notes only say that a reminder was sent.
        log = {
            name: said
            for name, entries in books.log.entries.items()
            if (said := [one for one in entries if _is_said(one)])
        }
        about = [part for part in parts if part.invoice in log] if log else ()
        named = by_invoice(about)
        self._promises = promises(books, log, named)
        self._disputes: Counter[str] = Counter()
        self._reasons: dict[str, Counter[str]] = defaultdict(Counter)
        self._read_notes(log, named)

    def _read_notes(
        self,
        log: Mapping[str, Sequence[LogEntry]],
        named: Mapping[str, Sequence[Invoiced]],
    ) -> None:
        """Count disputes and reasons, each note once, whatever number it names."""
        seen: set[tuple[int, str]] = set()
        for name, entries in log.items():
            for entry in entries:
                if not (entry.dispute or entry.reason):
                    continue
                owners = {
                    part.customer
                    for part in named.get(name, ())
                    if part.account == entry.account
                }
                for owner in owners:
                    if (id(entry), owner) not in seen:
                        seen.add((id(entry), owner))
                        self._disputes[owner] += bool(entry.dispute)
                        if entry.reason:
                            self._reasons[owner][entry.reason] += 1

    def of(
        self,
        customer: str,
        parts: Iterable[Sequence[Invoiced]],
        sums: Iterable[Punctuality],
    ) -> Conduct:
        """Return what a customer said and did.

        Args:
            customer: The customer.
            parts: What they were invoiced, by currency.
            sums: How they paid, by currency.
        """
        days = [one.last_payment for one in sums if one.last_payment is not None]
        promised = self._promises.get(customer, [])
        return Conduct(
            tuple(promised),
            self._disputes[customer],
            dict(sorted(self._reasons[customer].items())),
            max(days, default=None),
            grade([*chain.from_iterable(parts)], promised, self._as_of),
        )


def named(report: Customers, name: str) -> tuple[CustomerRecord, ...]:
    """Return the records of a customer, and of those who have them as `parent:`.

    Args:
        report: How customers pay.
        name: The customer's name, in any case.
    """
    key = folded(name)
    return tuple(
        one
        for one in report.records
        if key in {folded(one.customer), folded(one.parent or "")}
    )
