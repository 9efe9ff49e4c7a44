"""Ledger errors, one class for each kind of trouble.

Each is what Beancount expects of an error: a named tuple
`(source, message, entry)`. Its `source` is a fresh dictionary of exactly a file
name and a line number, since a missing one stops bean-check and anything else
in it stops Fava. Its `entry` is one that Beancount can print, whatever other
plugins put into it: bean-check and `bean-dunning check` print each.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple
from typing import Self

from beancount.core.amount import Amount
from beancount.core.data import Transaction
from beancount.core.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

    from beancount.core.data import Directive


# What to call a file that nobody knows.
UNKNOWN_FILE = "<unknown>"
# So many names a message lists; more are counted, or left out.
MAX_LISTED = 4
# How far into a message of Beancount's its subject stands, as in "Invalid option".
_SUBJECT = 20
# What Beancount prints in metadata, or passes over.
_PRINTED = (str, Decimal, date, Amount, Enum, bool, dict, Inventory, type(None))
_PLACE = ("filename", "lineno")
# What the parser puts into metadata, the line as its only int.
_PLAIN = frozenset({str, int, Decimal, date, Amount, bool, dict, type(None)})


class _Error(NamedTuple):
    source: dict[str, Any]
    message: str
    entry: Directive | None


class LedgerError(_Error):
    """What Beancount expects of an error."""

    __slots__ = ()

    def __new__(
        cls, source: dict[str, Any], message: str, entry: Directive | None
    ) -> Self:
        """Make an error about an entry, which is changed where it cannot be printed."""
        return super().__new__(cls, source, message, entry and _printable(entry))


class SettingError(LedgerError):
    """A directive of ours that cannot be understood; it has no effect."""


class ReceivableError(LedgerError):
    """Metadata on a receivable posting or its transaction that makes no sense."""


class LogError(LedgerError):
    """A note of the log that makes no sense, or contradicts an earlier one."""


class OverdueError(LedgerError):
    """Money that should be here by now."""


class PromiseError(LedgerError):
    """A promise of payment that was not kept."""


class CreditLimitError(LedgerError):
    """A customer who owes more, or gets more credit, than their file allows."""


class LimitationError(LedgerError):
    """A claim that can soon be enforced no more, or already cannot."""


def _printable(entry: Directive) -> Directive:
    """Return an entry as Beancount can print it: the same one wherever it can."""
    if isinstance(entry, Transaction) and any(
        _is_odd(posting.meta) for posting in entry.postings
    ):
        postings = [
            posting._replace(meta=_in_text(posting.meta)) for posting in entry.postings
        ]
        entry = entry._replace(postings=postings)
    return entry._replace(meta=_in_text(entry.meta)) if _is_odd(entry.meta) else entry


def _is_odd(meta: Mapping[str, Any] | None) -> bool:
    """Tell whether Beancount cannot print metadata: another plugin set an int, say."""
    if not meta:
        return False
    types = [*map(type, meta.values())]
    if types.count(int) == ("lineno" in meta) and _PLAIN.issuperset(types):
        # Nearly always, and several times as fast.
        return False
    return any(
        not isinstance(value, _PRINTED) and key not in _PLACE
        for key, value in meta.items()
    )


def _in_text(meta: Mapping[str, Any] | None) -> dict[str, Any]:
    """Write as text what Beancount cannot print in metadata."""
    return {
        key: value if isinstance(value, _PRINTED) or key in _PLACE else str(value)
        for key, value in (meta or {}).items()
    }


def is_loss(error: Any) -> bool:  # noqa: ANN401 - of any plugin
    """Tell whether an error says that Beancount left something out of a ledger.

    Args:
        error: An error of a load.

    Returns:
        Whether it is of its parser, which drops what it does not understand, or of its
        loader: a file that is missing, a plugin that failed. An option that is
        deprecated or unknown takes nothing away.
    """
    kind = type(error)
    return (
        kind.__module__.startswith(("beancount.parser", "beancount.loader"))
        and kind.__name__ != "DeprecatedError"
        and "option" not in str(error.message).lower()[:_SUBJECT]
    )


def has_losses(errors: Iterable[Any]) -> bool:
    """Tell whether Beancount left something out of a ledger that it could not read.

    Args:
        errors: The errors of a load.
    """
    return any(map(is_loss, errors))


def place(meta: Mapping[str, Any] | None) -> dict[str, Any]:
    """Tell where in the ledger something stands.

    Args:
        meta: The metadata of a directive or posting; plugins make some without
            a file or a line, or without any.

    Returns:
        A new dictionary with just `filename` (a string) and `lineno` (an int).
    """
    filename = meta.get("filename") if meta else None
    lineno = meta.get("lineno") if meta else None
    return {
        "filename": filename if isinstance(filename, str) else UNKNOWN_FILE,
        "lineno": lineno if isinstance(lineno, int) else 0,
    }
