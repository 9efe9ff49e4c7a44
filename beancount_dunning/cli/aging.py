"""`bean-dunning aging`."""

from __future__ import annotations

from beancount_dunning.answers.emptiness import emptiness
from beancount_dunning.cli.loading import AskedOfReport
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.cli.output import width
from beancount_dunning.formats.text_aging import as_csv
from beancount_dunning.formats.text_aging import as_text
from beancount_dunning.formats.text_aging import reasons_as_text
from beancount_dunning.standing.aging import age

Asked = AskedOfReport


def run(asked: Asked) -> None:
    """Print the aging report."""
    view = load(asked.ledger, asked.as_of)
    report = age(view.books_for(asked.format_), keep_customers(asked.customer))
    if asked.format_ == "json":
        echo_json(report.as_dict())
    elif asked.format_ == "csv":
        echo_utf_8(as_csv(report, by=asked.by))
    else:
        echo(
            as_text(
                report,
                view.heading("Receivables"),
                by=asked.by,
                width=width(),
                grouped=view.is_grouped,
            )
        )
        is_about_all = asked.customer is None
        if is_about_all and not report.customers and (empty := emptiness(view.books)):
            echo(reasons_as_text(empty))
