"""A ledger on a date: the one thing that each face begins with.

    books = read_books(entries, options_map, today=date(2026, 11, 20))
    report = age(books)

Data flows one way: entries give settings, the log and the items; log and items give the
standing of each. Everything that is reported is a function of what is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Pad
from beancount.core.data import Transaction

from beancount_dunning.ledger.directives import as_of_option
from beancount_dunning.ledger.directives import read_settings
from beancount_dunning.ledger.log import Log
from beancount_dunning.ledger.log import read_log
from beancount_dunning.ledger.padding import with_padding
from beancount_dunning.ledger.receivables import read_receivables
from beancount_dunning.standing.following import follow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.dunning import Dunning


@dataclass(frozen=True, slots=True)
class Books:
    """Settings, items and log of a ledger, as they stand on a date."""

    settings: Settings
    receivables: Receivables
    dunning: Dunning
    log: Log

    @property
    def as_of(self) -> date:
        """The date."""
        return self.receivables.as_of

    @property
    def is_dated(self) -> bool:
        """Whether the date is the ledger's own, and so to be said."""
        return self.as_of == self.settings.as_of


def read_books(  # noqa: PLR0913 - one for each thing that is known
    entries: Sequence[Directive],
    options_map: Mapping[str, Any],
    *,
    today: date,
    as_of: date | None = None,
    settled: Iterable[str] | None = (),
    padded: bool = True,
) -> Books:
    """Read a ledger as it stands on a date.

    Args:
        entries: Its directives, sorted by date.
        options_map: Beancount's options of it.
        today: The date to look from if nothing else says.
        as_of: A date that was asked for; it goes before the ledger's option `as-of`.
        settled: Invoices of which settled items are wanted too; None for all. Those
            of the log always are.
        padded: Whether `pad` directives are filled in, as they are for everyone but
            a plugin.

    Returns:
        The books.
    """
    # Nearly all of a ledger is transactions, and only receivables are in them.
    others = [entry for entry in entries if not isinstance(entry, Transaction)]
    as_of = as_of or as_of_option(others) or today
    settings = read_settings(others, options_map, as_of)
    if not padded:
        pads = [entry for entry in others if isinstance(entry, Pad)]
        entries = with_padding(entries, pads, options_map, settings.accounts)
    log = read_log(others, settings, as_of)
    named = None if settled is None else log.names.union(settled)
    receivables = read_receivables(entries, settings, as_of, named)
    return Books(settings, receivables, follow(log, receivables, settings), log)
