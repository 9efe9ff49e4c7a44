"""Asking the doctor about a test's ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.examination import examine
from beancount_dunning.basics.words import Words
from tests.basics.test_words import BUILT_IN
from tests.basics.test_words import check_text
from tests.basics.test_words import data
from tests.conftest import AS_OF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.answers.doctor.diagnosis import Diagnosis
    from tests.conftest import Ledger


def found(ledger: Ledger, *kinds: Kind, as_of: str = AS_OF) -> list[Diagnosis]:
    """Return what is found of some kinds; all that is found can be translated."""
    findings = examine(ledger.books(as_of)).findings
    known = "\n".join(_texts(ledger))
    for one in findings:
        assert isinstance(one.message, Words)
        if one.kind is not Kind.ERROR:
            check_text(one.message, known)
    return [one for one in findings if one.kind in kinds]


def _texts(ledger: Ledger) -> Iterator[str]:
    """Yield what the ledger says, in quotes, too, and where it says it."""
    said = data(list(ledger.entries))
    yield from BUILT_IN
    yield from said
    yield from (f'"{text}"' for text in said)
    for entry in ledger.entries:
        for one in (entry, *getattr(entry, "postings", ())):
            if one.meta and "lineno" in one.meta:
                yield f"{one.meta['filename']}:{one.meta['lineno']}"
            if getattr(one, "units", None):
                yield one.units.currency


def told(ledger: Ledger, *kinds: Kind, as_of: str = AS_OF) -> list[str]:
    """Return what is found of some kinds, as `LINE: message`, or what to type."""
    return [
        text
        for one in found(ledger, *kinds, as_of=as_of)
        for text in (f"{one.line}: {one.message}", one.type)
        if text is not None
    ]
