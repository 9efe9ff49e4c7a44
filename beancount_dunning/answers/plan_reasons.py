"""Why an item is due when it is, where a plan of payment says so, or did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.days_off import moved_by_rule
from beancount_dunning.answers.reasons import Fact
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


def plan_reasons(books: Books, item: Item) -> Iterator[Fact]:
    """Say which plan of payment an item is a part of, or was until it ended.

    Args:
        books: The ledger on a date.
        item: An item of it.

    Yields:
        The facts, each with its place in the ledger.
    """
    if item.plan:
        text = Words(
            "Part {instalment} of the plan of {day}, due {due}, originally "
            "{originally}",
            instalment=item.instalment,
            day=item.plan.note.date,
            due=item.due,
            originally=item.originally_due or Words("undated"),
        )
        yield Fact.at(text, item.plan.note.entry)
        if item.due is not None and item.due_written is not None:
            workdays = books.settings.workdays
            text = moved_by_rule(workdays, item.due_written, item.due)
            yield Fact.at(text, books.settings.entries["holidays"])
    for outcome in books.receivables.plans if item.original else ():
        default, note = outcome.default, outcome.agreement.note
        is_back = item.plan is None and item.until is None and item.since is not None
        if default and is_back and item.invoice in outcome.agreement.names:
            text = Words(
                "The plan of {day} ended on {end}: its part due {due} was late",
                day=note.date,
                end=default.day,
                due=default.due,
            )
            yield Fact.at(text, note.entry)
