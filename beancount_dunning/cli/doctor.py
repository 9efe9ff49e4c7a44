"""`bean-dunning doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.doctor.examination import examine
from beancount_dunning.answers.emptiness import NoAccount
from beancount_dunning.answers.emptiness import emptiness
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.answer import tell
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load
from beancount_dunning.formats.tables import as_json
from beancount_dunning.formats.text_aging import reasons_as_text
from beancount_dunning.formats.text_doctor import as_csv
from beancount_dunning.formats.text_doctor import as_text
from beancount_dunning.formats.totals import COUNT

if TYPE_CHECKING:
    from beancount_dunning.cli.loading import View


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    format_: str


def run(asked: Asked) -> None:
    """Print what keeps answers from being right, and exit with 1 if anything does."""
    tell(answer(load(asked.ledger, asked.as_of), asked))


def answer(view: View, asked: Asked) -> Answer:
    """Say what keeps answers from being right."""
    examination = examine(view.books, view.errors)
    if asked.format_ == "json":
        output = as_json(examination.as_dict())
    elif asked.format_ == "csv":
        output = as_csv(examination)
    else:
        output = as_text(examination, view.heading("Examined"))
        empty = emptiness(view.books)
        if isinstance(empty, NoAccount) and not examination.findings:
            output += reasons_as_text(empty)
    sums = {COUNT: {"findings": len(examination.findings)}}
    status = 1 if examination.findings else 0
    return Answer(output, asked.format_ != "text", sums, status)
