"""The Beancount plugin: overdue balances, and mistakes, as ledger errors.

    plugin "beancount_dunning"

There is no configuration string: everything is in the ledger's directives. Put the
line after other plugins that add or change transactions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.findings import Finding
from beancount_dunning.answers.findings import findings
from beancount_dunning.basics.clock import today
from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.freshness import date_load
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directive


@without_collection()
def flag(
    entries: Sequence[Directive],
    options_map: dict[str, Any],
    configuration: str | None = None,
) -> tuple[Sequence[Directive], list[Finding]]:
    """Flag what is overdue today, or on the ledger's own `as-of` date.

    Args:
        entries: The ledger's directives.
        options_map: Beancount's options of it; the name of its first file is
            replaced by one that stops being valid when the errors do.
        configuration: What stands behind the plugin's name; nothing should.

    Returns:
        The entries as they came, and the errors.
    """
    books = read_books(entries, options_map, today=today(), padded=False)
    found = findings(books)
    if configuration is not None:
        source = {
            "filename": str(options_map.get("filename") or "<unknown>"),
            "lineno": 0,
        }
        message = (
            'plugin "beancount_dunning" takes no configuration; write '
            'custom "dunning-option" directives instead.'
        )
        found.insert(0, SettingError(source, message, None))
    if not books.is_dated:
        date_load(options_map, books.as_of)
    return entries, found
