"""A ledger to write, and what the index says of it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.office.kept import Decided
    from beancount_dunning.office.publishing import Draft


@dataclass(frozen=True, slots=True)
class Task:
    """A ledger to write: what it is called, its file, where to, and how.

    With `is_private` only what is to do and the calendar are told, without a name or an
    amount. Where `is_kept` it is to be kept for the next time.
    """

    name: str
    ledger: str
    draft: Draft
    is_private: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Keepsake:
    """A ledger's part of a site as JSON has it, and what decided it."""

    data: Mapping[str, Any]
    decided: Decided


@dataclass(frozen=True, slots=True)
class Row:
    """What the index says of a ledger: counts, and sums by currency.

    The `language` is that of its pages (BCP 47). With an `error` nothing was read. With
    a `failure` nothing may be published. The `keepsake` is what to keep for the next
    time, if anything.
    """

    name: str
    as_of: date | None = None
    to_do: int = 0
    to_assign: int = 0
    to_decide: int = 0
    findings: int = 0
    overdue: Mapping[str, Decimal] = field(default_factory=dict)
    total: Mapping[str, Decimal] = field(default_factory=dict)
    is_whole: bool = True
    language: str = ""
    error: str = ""
    failure: str = ""
    keepsake: Keepsake | None = None
