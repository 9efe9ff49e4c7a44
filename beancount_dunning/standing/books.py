"""A ledger on a date: the object that every answer begins with.

    books = read_books(entries, options_map, today=date(2026, 11, 20))
    report = age(books)

Data flows one way: entries give settings, the log and the items; log and items give the
standing of each item. Every answer is a function of these books.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Pad
from beancount.core.data import Transaction

from beancount_dunning.ledger.directives import as_of_option
from beancount_dunning.ledger.log import Log
from beancount_dunning.ledger.log import read_log
from beancount_dunning.ledger.padding import with_padding
from beancount_dunning.ledger.readable import mended
from beancount_dunning.ledger.readable import readable
from beancount_dunning.ledger.receivables import read_receivables
from beancount_dunning.ledger.rounding import rounded
from beancount_dunning.ledger.settings import read_settings
from beancount_dunning.standing.balances import balances
from beancount_dunning.standing.following import follow

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Container
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.balances import Balances
    from beancount_dunning.standing.records import Dunning

    # Which items and credits an answer is to be about.
    Keep = Callable[[Item | Unapplied], bool]


def everything(_: Item | Unapplied) -> bool:
    """Keep all items and credits."""
    return True


@dataclass(frozen=True, slots=True)
class Books:
    """A ledger as it stands on a date: what is written in it, and what that comes to.

    `entries` are the ledger's directives as far as they can be read, see `readable`,
    `pad`s filled in, and `options` Beancount's options of it. `has_settled` says that
    all settled items are there.
    """

    entries: Sequence[Directive]
    options: Mapping[str, Any]
    settings: Settings
    log: Log
    receivables: Receivables
    balances: Balances
    dunning: Dunning
    has_settled: bool = False

    @property
    def as_of(self) -> date:
        """The date."""
        return self.receivables.as_of

    @property
    def is_dated(self) -> bool:
        """Whether the date is the ledger's own option `as-of`, which a report says."""
        return self.as_of == self.settings.as_of

    def rounded(self) -> Books:
        """Return books whose amounts are as people read them, for text and pages.

        The same books wherever no amount has more decimals than anyone types. JSON and
        the calendar are made from exact ones.
        """
        entries = rounded(self.entries, self.options)
        if entries is self.entries:
            return self
        settings, as_of = self.settings, self.as_of
        log = self.log
        named = None if self.has_settled else log.names
        receivables = read_receivables(entries, settings, as_of, named, log.agreements)
        return replace(
            self,
            entries=entries,
            receivables=receivables,
            balances=balances(receivables),
            dunning=follow(log, receivables, settings),
        )

    def with_settled(self, names: Iterable[str] | None) -> Books:
        """Return the same books with more settled items.

        Args:
            names: Invoices whose settled items are wanted; None for all. Those of the
                log's invoices are always there.

        Returns:
            The books, in which `receivables.settled` has these items, too.
        """
        if self.has_settled:
            return self
        named = None if names is None else self.log.names.union(names)
        receivables = read_receivables(
            self.entries, self.settings, self.as_of, named, self.log.agreements
        )
        dunning = follow(self.log, receivables, self.settings)
        # What is settled changes no balance.
        return replace(
            self, receivables=receivables, dunning=dunning, has_settled=named is None
        )

    def with_all_settled_on(self, accounts: Container[str]) -> Books:
        """Return books with all settled items of some accounts at least.

        A credit settles items on its own account, so what is on other accounts may be
        left aside.
        """
        if self.has_settled:
            return self
        near = [
            entry
            for entry in self.entries
            if not isinstance(entry, Transaction)
            or any(posting.account in accounts for posting in entry.postings)
        ]
        return replace(self, entries=near, has_settled=False).with_settled(None)


def read_books(  # noqa: PLR0913 - all but the ledger by name
    entries: Sequence[Directive],
    options_map: Mapping[str, Any],
    *,
    today: date,
    as_of: date | None = None,
    padded: bool = True,
    has_settled: bool = False,
) -> Books:
    """Read a ledger as it stands on a date.

    Args:
        entries: Its directives, sorted by date.
        options_map: Beancount's options of it.
        today: The date that applies if neither `as_of` nor the ledger gives another.
        as_of: A date that was asked for; it goes before the ledger's option `as-of`.
        padded: Whether `pad` directives are filled in, as they are for everyone but
            a plugin.
        has_settled: Whether all settled items are wanted, see `Books.with_settled`.

    Returns:
        The books.
    """
    read = partial(
        _read,
        options_map=options_map,
        today=today,
        as_of=as_of,
        padded=padded,
        has_settled=has_settled,
    )
    try:
        return read(readable(entries))
    except (AttributeError, TypeError):
        # Another plugin made a transaction without postings, say: look at them all.
        return read([one for entry in entries if (one := mended(entry))])


def _read(  # noqa: PLR0913 - the same
    entries: Sequence[Directive],
    options_map: Mapping[str, Any],
    *,
    today: date,
    as_of: date | None,
    padded: bool,
    has_settled: bool,
) -> Books:
    # Nearly all of a ledger is transactions, and only receivables are in them.
    others = [entry for entry in entries if not isinstance(entry, Transaction)]
    as_of = as_of or as_of_option(others) or today
    settings = read_settings(others, options_map, as_of)
    if not padded:
        pads = [entry for entry in others if isinstance(entry, Pad)]
        entries = with_padding(entries, pads, options_map, settings.accounts)
    log = read_log(others, settings, as_of)
    named = None if has_settled else log.names
    receivables = read_receivables(entries, settings, as_of, named, log.agreements)
    return Books(
        entries,
        options_map,
        settings,
        log,
        receivables,
        balances(receivables),
        follow(log, receivables, settings),
        has_settled,
    )
