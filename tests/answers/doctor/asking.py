"""Asking the doctor about a test's ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.doctor.examination import examine
from tests.conftest import AS_OF

if TYPE_CHECKING:
    from beancount_dunning.answers.doctor.diagnosis import Diagnosis
    from beancount_dunning.answers.doctor.diagnosis import Kind
    from tests.conftest import Ledger


def found(ledger: Ledger, *kinds: Kind, as_of: str = AS_OF) -> list[Diagnosis]:
    """Return what is found of some kinds."""
    findings = examine(ledger.books(as_of)).findings
    return [one for one in findings if one.kind in kinds]


def told(ledger: Ledger, *kinds: Kind, as_of: str = AS_OF) -> list[str]:
    """Return what is found of some kinds, as `LINE: message`, or what to type."""
    return [
        text
        for one in found(ledger, *kinds, as_of=as_of)
        for text in (f"{one.line}: {one.message}", one.type)
        if text is not None
    ]
