"""`bean-dunning doctor`."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from beancount_dunning.answers.doctor.examination import examine
from beancount_dunning.answers.emptiness import NoAccount
from beancount_dunning.answers.emptiness import emptiness
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_json
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.formats.text_aging import reasons_as_text
from beancount_dunning.formats.text_doctor import as_csv
from beancount_dunning.formats.text_doctor import as_text


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    format_: str


def run(asked: Asked) -> None:
    """Print what keeps answers from being right, and exit with 1 if anything does."""
    view = load(asked.ledger, asked.as_of)
    examination = examine(view.books)
    if asked.format_ == "json":
        echo_json(examination.as_dict())
    elif asked.format_ == "csv":
        echo_utf_8(as_csv(examination))
    else:
        echo(as_text(examination, view.heading("Examined")))
        empty = emptiness(view.books)
        if isinstance(empty, NoAccount) and not examination.findings:
            echo(reasons_as_text(empty))
    sys.exit(1 if examination.findings else 0)
