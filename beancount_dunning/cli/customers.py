"""`bean-dunning customers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.comparisons import before_after
from beancount_dunning.answers.comparisons import grouped
from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.customers import named
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.cli.ledger_first import in_order
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.cli.output import width
from beancount_dunning.formats import text_customers
from beancount_dunning.ledger.values import suggestion

if TYPE_CHECKING:
    import re
    from datetime import date
    from pathlib import Path

    from beancount_dunning.answers.comparisons import Grouping
    from beancount_dunning.answers.customers import Customers
    from beancount_dunning.cli.loading import View


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command is asked."""

    ledger: Path
    name: str | None
    as_of: date | None
    by: str | None
    before_after: date | None
    format_: str
    customer: re.Pattern[str] | None


def run(asked: Asked) -> None:
    """Print how customers pay."""
    several = (asked.name, asked.by, asked.before_after)
    if sum(one is not None for one in several) > 1:
        message = "A customer, --by and --before-after are each a report of its own."
        raise click.UsageError(message)
    ledger, name = asked.ledger, None
    if asked.name is not None:
        ledger, name = in_order(asked.ledger, asked.name)
    view = load(ledger, asked.as_of)
    books = view.books_for(asked.format_)
    with without_collection():
        report = customers(books, keep_customers(asked.customer))
    if name is not None:
        _one(view, report, name, asked.format_)
    elif asked.by is not None:
        found = grouped(books, report, asked.by)
        _groups(view, found, asked.format_)
    elif asked.before_after is not None:
        _compared(view, report, asked.before_after, asked.format_)
    elif asked.format_ == "json":
        echo_json(report.as_dict())
    elif asked.format_ == "csv":
        echo_utf_8(text_customers.as_csv(report))
    else:
        heading = view.heading("Customers")
        echo(
            text_customers.as_text(
                report, heading, width=width(), grouped=view.is_grouped
            )
        )


def _one(view: View, report: Customers, name: str, format_: str) -> None:
    """Print all that is known of a customer."""
    records = named(report, name.strip())
    if not records:
        known = sorted({one.customer for one in report.records if one.customer})
        message = f"There is no customer {name.strip()} as of {report.as_of}."
        raise click.UsageError(message + suggestion(name.strip(), known))
    if format_ == "json":
        rows = [one.in_full() for one in records]
        echo_json({"as_of": report.as_of.isoformat(), "customers": rows})
    elif format_ == "csv":
        echo_utf_8(text_customers.one_as_csv(records))
    else:
        heading = view.heading("Customer")
        echo(
            text_customers.one_as_text(
                records, heading, report.as_of, grouped=view.is_grouped
            )
        )


def _groups(view: View, found: Grouping, format_: str) -> None:
    """Print how punctual groups are."""
    if format_ == "json":
        echo_json(found.as_dict())
    elif format_ == "csv":
        echo_utf_8(text_customers.groups_as_csv(found))
    else:
        heading = view.heading(f"Customers by {found.by}")
        echo(text_customers.groups_as_text(found, heading, grouped=view.is_grouped))


def _compared(view: View, report: Customers, day: date, format_: str) -> None:
    """Print how the same customers paid before and after a day."""
    found = before_after(report, day)
    if format_ == "json":
        echo_json(
            {
                "as_of": report.as_of.isoformat(),
                "day": day.isoformat(),
                "comparisons": [one.as_dict() for one in found],
            }
        )
    elif format_ == "csv":
        echo_utf_8(text_customers.comparison_as_csv(found))
    else:
        heading = view.heading("The same customers before and after")
        echo(
            text_customers.comparison_as_text(
                found, heading, day, grouped=view.is_grouped
            )
        )
