"""`bean-dunning customers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.comparisons import By
from beancount_dunning.answers.comparisons import before_after
from beancount_dunning.answers.comparisons import grouped
from beancount_dunning.answers.comparisons import metadata_keys
from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.customers import named
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.basics.money import ZERO
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.answer import tell
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.formats import text_customers
from beancount_dunning.formats.tables import as_json
from beancount_dunning.formats.totals import COUNT
from beancount_dunning.ledger.values import suggestion

if TYPE_CHECKING:
    import re
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.answers.comparisons import Grouping
    from beancount_dunning.answers.customers import Customers
    from beancount_dunning.cli.loading import View
    from beancount_dunning.formats.totals import Sums
    from beancount_dunning.standing.books import Books

# What is added up over ledgers.
_SUMS = ("turnover", "paid", "open", "overdue")


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    name: str | None
    by: str | None
    before_after: date | None
    format_: str
    customer: re.Pattern[str] | None

    def check(self) -> None:
        """Refuse two reports at once."""
        reports = (self.name, self.by, self.before_after)
        if sum(one is not None for one in reports) > 1:
            message = (
                "A customer, --by and --before-after are each a report of its own."
            )
            raise click.UsageError(message)


def run(asked: Asked) -> None:
    """Print how customers pay."""
    asked.check()
    tell(answer(load(asked.ledger, asked.as_of), asked))


@without_collection()
def answer(view: View, asked: Asked) -> Answer:
    """Say how customers pay."""
    books = view.books_for(asked.format_)
    report = customers(books, keep_customers(asked.customer))
    if asked.name is not None:
        output = _one(view, report, asked.name, asked.format_)
    elif asked.by is not None:
        # Of several ledgers, another one may have it.
        if not view.around.book:
            _check_key(books, report, asked.by)
        found = grouped(books, report, asked.by)
        output = _groups(view, found, asked.format_)
    elif asked.before_after is not None:
        output = _compared(view, report, asked.before_after, asked.format_)
    else:
        return Answer(
            _all(view, report, asked.format_), asked.format_ != "text", _sums(report)
        )
    return Answer(output, asked.format_ != "text")


def _sums(report: Customers) -> Sums:
    """Count customers, and add up what they were invoiced, paid and owe."""
    sums: dict[str, dict[str, Decimal]] = {}
    for one in report.records:
        some = sums.setdefault(one.currency, dict.fromkeys(_SUMS, ZERO))
        paid = one.punctuality
        numbers = (paid.turnover, paid.paid, one.open, one.overdue)
        for name, number in zip(_SUMS, numbers, strict=True):
            some[name] += number
    names = {one.customer for one in report.records}
    return {COUNT: {"customers": len(names)}, **sums}


def _all(view: View, report: Customers, format_: str) -> str:
    """Say how all customers pay."""
    if format_ == "json":
        return as_json(report.as_dict())
    if format_ == "csv":
        return text_customers.as_csv(report)
    return text_customers.as_text(
        report,
        view.heading("Customers"),
        width=view.around.width,
        grouped=view.is_grouped,
    )


def _one(view: View, report: Customers, name: str, format_: str) -> str:
    """Say all that is known of a customer."""
    records = named(report, name.strip())
    if not records:
        known = sorted({one.customer for one in report.records if one.customer})
        message = f"There is no customer {name.strip()} as of {report.as_of}."
        raise click.UsageError(message + suggestion(name.strip(), known))
    if format_ == "json":
        rows = [one.in_full() for one in records]
        return as_json({"as_of": report.as_of.isoformat(), "customers": rows})
    if format_ == "csv":
        return text_customers.one_as_csv(records)
    return text_customers.one_as_text(
        records, view.heading("Customer"), grouped=view.is_grouped
    )


def _check_key(books: Books, report: Customers, by: str) -> None:
    """Refuse to group by what no customer and no invoice has."""
    if by in {*By} or not report.records:
        return
    keys = metadata_keys(books, report)
    if by not in keys:
        message = f"No customer or invoice has the key {by}."
        raise click.UsageError(message + suggestion(by, [*By, *sorted(keys - {*By})]))


def _groups(view: View, found: Grouping, format_: str) -> str:
    """Say how punctual groups are."""
    if format_ == "json":
        return as_json(found.as_dict())
    if format_ == "csv":
        return text_customers.groups_as_csv(found)
    heading = view.heading(f"Customers by {found.by}")
    return text_customers.groups_as_text(found, heading, grouped=view.is_grouped)


def _compared(view: View, report: Customers, day: date, format_: str) -> str:
    """Say how the same customers paid before and after a day."""
    found = before_after(report, day)
    if format_ == "json":
        return as_json(
            {
                "as_of": report.as_of.isoformat(),
                "day": day.isoformat(),
                "comparisons": [one.as_dict() for one in found],
            }
        )
    if format_ == "csv":
        return text_customers.comparison_as_csv(found)
    heading = view.heading("The same customers before and after")
    return text_customers.comparison_as_text(
        found, heading, day, grouped=view.is_grouped
    )
