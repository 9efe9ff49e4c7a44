"""`bean-dunning check`."""

from __future__ import annotations

import sys

from beancount.parser import printer

from beancount_dunning.answers.findings import findings
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import echo_plain

Asked = AskedOfLedger


def run(asked: Asked) -> None:
    """Print the plugin's errors, and exit with 1 if there are any."""
    view = load(asked.ledger, asked.as_of)
    found = findings(view.books)
    for error in found:
        echo_plain(f"{printer.format_error(error)}\n")
    sys.exit(1 if found else 0)
