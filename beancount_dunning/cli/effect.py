"""`bean-dunning effect`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.effect import GroupedBy
from beancount_dunning.answers.effect import effect
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.cli.loading import AskedOfReport
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.formats.text_effect import as_csv
from beancount_dunning.formats.text_effect import as_text

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Asked(AskedOfReport):
    """What the command is asked."""

    before_after: date | None


def run(asked: Asked) -> None:
    """Print what came of reminders."""
    view = load(asked.ledger, asked.as_of)
    keep = keep_customers(asked.customer)
    with without_collection():
        found = effect(view.books, GroupedBy(asked.by), asked.before_after, keep)
    if asked.format_ == "json":
        echo_json(found.as_dict())
    elif asked.format_ == "csv":
        echo_utf_8(as_csv(found))
    else:
        echo(as_text(found, view.heading("Reminders, and what was paid after them,")))
