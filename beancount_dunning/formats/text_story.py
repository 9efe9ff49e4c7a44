"""The story of an invoice, a payment or a customer, to read and for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.customer_story import CustomerStory
from beancount_dunning.answers.payment_story import PaymentStory
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.places import shown_place
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import amounts
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.tables import side_by_side
from beancount_dunning.ledger.items import NO_CUSTOMER

if TYPE_CHECKING:
    from beancount_dunning.answers.reasons import Fact
    from beancount_dunning.answers.story import Event
    from beancount_dunning.answers.story import Story

    AnyStory = Story | PaymentStory | CustomerStory


def _where(fact: Fact) -> str:
    return shown_place(fact.filename, fact.lineno)


def as_text(story: AnyStory, heading: str, *, grouped: bool) -> str:
    """Write a story to read.

    Args:
        story: The story.
        heading: Its first line.
        grouped: Whether thousands are set apart, as the ledger's `render_commas` says.

    Returns:
        The text, with ANSI colours. Each line ends with the file and line that it
        comes from.
    """
    events = story.events
    lines = [
        click.style(plain(_title(story)), bold=True),
        plain(heading),
        "",
        *side_by_side(
            [
                Column("Date", [str(event.date) for event in events]),
                amounts("Amount", [event.amount for event in events], grouped=grouped),
                Column("", [_currency(event) for event in events]),
                Column("What", [plain(event.fact.text) for event in events]),
                Column(
                    "Where",
                    [_where(event.fact) for event in events],
                ),
            ],
            None,
            [None] * len(events),
        ),
    ]
    for part in () if isinstance(story, PaymentStory) else story.parts:
        lines += ["", click.style(plain(part.label), bold=True)]
        lines += side_by_side(
            [
                Column("", [plain(fact.text) for fact in part.why]),
                Column("", [_where(fact) for fact in part.why]),
            ],
            None,
            [None] * len(part.why),
        )[1:]
    return "\n".join(lines) + "\n"


def _title(story: AnyStory) -> str:
    if isinstance(story, CustomerStory):
        return story.customer
    name = story.name if isinstance(story, PaymentStory) else story.invoice
    return f"{name}, {', '.join(story.customers) or NO_CUSTOMER}"


def _currency(event: Event) -> str:
    return event.currency or "" if event.amount is not None else ""


def as_csv(story: AnyStory) -> str:
    """Write what happened as CSV that opens in a spreadsheet, a line for each event.

    Args:
        story: The story.

    Returns:
        The text; the columns are named as in JSON. The amounts add up to what is open;
        those of a payment to nothing.
    """
    return csv_of(
        ["date", "kind", "text", "amount", "currency", "file", "line"],
        [event.as_dict() for event in story.events],
        ("text", "currency", "file"),
    )
