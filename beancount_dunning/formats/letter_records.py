"""What a letter's text sees of invoices and payments: records of strings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.formats.templates import Record

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Entry(Record):
    """A payment, a credit, a return or a charge: when, how much, of which kind."""

    date: str
    amount: str
    kind: str


@dataclass(frozen=True, slots=True)
class Invoice(Record):
    """An invoice of a letter, or an instalment of it."""

    number: str
    date: str
    due: str
    days_late: int
    description: str
    amount: str
    entries: Sequence[Entry]
    left: str
    link: str
    originally_due: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Paid(Record):
    """A payment to thank for."""

    date: str
    amount: str
    invoices: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The invoices of a letter that are due, those that are not, and payments."""

    invoices: Sequence[Invoice]
    later: Sequence[Invoice]
    payments: Sequence[Paid]
