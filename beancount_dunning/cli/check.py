"""`bean-dunning check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.parser import printer

from beancount_dunning.answers.findings import findings
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.answer import tell
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import safe
from beancount_dunning.formats.totals import COUNT

if TYPE_CHECKING:
    from beancount_dunning.cli.loading import View

Asked = AskedOfLedger


def run(asked: Asked) -> None:
    """Print the plugin's errors, and exit with 1 if there are any."""
    tell(answer(load(asked.ledger, asked.as_of), asked))


def answer(view: View, _asked: Asked) -> Answer:
    """Say which errors the plugin finds."""
    found = findings(view.books)
    output = "".join(safe(f"{printer.format_error(error)}\n") for error in found)
    sums = {COUNT: {"errors": len(found)}}
    return Answer(output, sums=sums, status=1 if found else 0)
