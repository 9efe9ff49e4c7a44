"""What Beancount left out, what the plugin reports, and interrupted letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancount_dunning.answers.doctor.diagnosis import Diagnosis
from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.diagnosis import diagnosed
from beancount_dunning.answers.doctor.diagnosis import quoted
from beancount_dunning.answers.findings import mistakes
from beancount_dunning.answers.sendings import unsettled
from beancount_dunning.basics.errors import is_loss
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.step_names import step_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from typing import Any

    from beancount_dunning.standing.books import Books

_PLUGIN = "beancount_dunning"
# What Beancount says of a link like ^Überweisung-7.
_NO_LINK = re.compile(r"Invalid token: '\^(.+)'")


def missing_plugin(books: Books) -> Iterator[Diagnosis]:
    """Tell that bean-check and Fava know nothing of receivables."""
    if any(name == _PLUGIN for name, _ in books.options.get("plugin", ())):
        return
    yield Diagnosis(
        Kind.PLUGIN,
        Words(
            "The ledger's main file has no line for the plugin, so bean-check and Fava "
            "report nothing that is overdue."
        ),
        f'plugin "{_PLUGIN}"',
        books.options.get("filename"),
        None,
    )


def left_out(books: Books, load_errors: Iterable[Any]) -> Iterator[Diagnosis]:
    """Tell what Beancount could not read, since a payment may be among it.

    Args:
        books: The ledger.
        load_errors: Beancount's errors of it.
    """
    for error in filter(is_loss, load_errors):
        line = error.source["lineno"]
        text = Words(
            "Beancount leaves out what it cannot read: {reason}. Payments may be "
            "missing.",
            reason=str(error.message).rstrip("."),
        )
        link = _NO_LINK.fullmatch(str(error.message))
        if link:
            how = Words(
                "A link has only letters from A to Z, digits and - _ / . in it. Type "
                "instead, on the next line:"
            )
            text = Words.joined(" ", [text, how])
        yield Diagnosis(
            Kind.LEFT_OUT,
            text,
            f"  invoice: {quoted(link[1])}" if link else None,
            # Of an include it does not say where it stands.
            error.source["filename"] if line else books.options.get("filename"),
            line or None,
        )


def interrupted(books: Books) -> Iterator[Diagnosis]:
    """Tell of letters of which nobody knows whether they went out."""
    for invoice, entry in unsettled(books).items():
        yield diagnosed(
            Kind.SENDING,
            Words(
                'Sending "{step}" of {invoice} was interrupted, and it is not known '
                "whether it went out. If it did not, delete this note; if it did, type "
                "in place of sending:",
                step=step_name(entry.sending or ""),
                invoice=invoice,
            ),
            entry.entry.meta,
            f"reminder: {quoted(entry.sending or '')}",
        )


def errors(books: Books) -> Iterator[Diagnosis]:
    """Repeat what the plugin reports, but for money that is late."""
    for error in mistakes(books):
        yield diagnosed(Kind.ERROR, error.message, error.source)
