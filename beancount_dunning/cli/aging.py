"""`bean-dunning aging`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.emptiness import emptiness
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.answer import tell
from beancount_dunning.cli.loading import AskedOfReport
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.formats.tables import as_json
from beancount_dunning.formats.text_aging import as_csv
from beancount_dunning.formats.text_aging import as_text
from beancount_dunning.formats.text_aging import reasons_as_text
from beancount_dunning.formats.text_aging import sums
from beancount_dunning.standing.aging import age

if TYPE_CHECKING:
    from beancount_dunning.cli.loading import View

Asked = AskedOfReport


def run(asked: Asked) -> None:
    """Print the aging report."""
    tell(answer(load(asked.ledger, asked.as_of), asked))


def answer(view: View, asked: Asked) -> Answer:
    """Say what is open, and how old it is."""
    report = age(view.books_for(asked.format_), keep_customers(asked.customer))
    if asked.format_ == "json":
        output = as_json(report.as_dict())
    elif asked.format_ == "csv":
        output = as_csv(report, by=asked.by)
    else:
        output = as_text(
            report,
            view.heading("Receivables"),
            by=asked.by,
            width=view.around.width,
            grouped=view.is_grouped,
        )
        is_about_all = asked.customer is None
        if is_about_all and not report.customers and (empty := emptiness(view.books)):
            output += reasons_as_text(empty)
    return Answer(output, asked.format_ != "text", sums(report))
