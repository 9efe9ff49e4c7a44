"""What the plugin reports as mistakes, and whether it can report at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.doctor.diagnosis import Diagnosis
from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.diagnosis import diagnosed
from beancount_dunning.answers.findings import mistakes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.standing.books import Books

_PLUGIN = "beancount_dunning"


def missing_plugin(books: Books) -> Iterator[Diagnosis]:
    """Tell that bean-check and Fava know nothing of receivables."""
    if any(name == _PLUGIN for name, _ in books.options.get("plugin", ())):
        return
    yield Diagnosis(
        Kind.PLUGIN,
        "The ledger's main file has no line for the plugin, so bean-check and Fava "
        "report nothing that is overdue.",
        f'plugin "{_PLUGIN}"',
        books.options.get("filename"),
        None,
    )


def errors(books: Books) -> Iterator[Diagnosis]:
    """Repeat what the plugin reports, but for money that is late."""
    for error in mistakes(books):
        yield diagnosed(Kind.ERROR, error.message, error.source)
