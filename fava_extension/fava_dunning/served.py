"""The ledger that Fava serves: its files as they were loaded, and answers from them.

Everything is computed from all entries of the ledger: the ones that Fava filters by
time have lost links, payees and metadata of what lies before.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from typing import cast

from beancount.core.data import Custom

from beancount_dunning.answers import matching
from beancount_dunning.answers.reminders import stale_bank
from beancount_dunning.basics.clock import today
from beancount_dunning.basics.errors import has_losses
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.ledger.directives import as_of_option
from beancount_dunning.ledger.directives import feed_token
from beancount_dunning.standing.books import read_books
from fava_dunning.errors import LoadErrors
from fava_dunning.payments import waiting
from fava_dunning.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import date

    from beancount.core.data import Directive
    from fava.core import FavaLedger

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.answers.reminders import StaleBank
    from beancount_dunning.standing.books import Books
    from fava_dunning.payments import Waiting
    from fava_dunning.selection import Filters

_SELECTIONS = 16
# Books of so many dates are kept. Each holds on to its items.
_BOOKS = 4


class Load:
    """A ledger as it was loaded; what was computed from it is forgotten with it."""

    def __init__(self, ledger: FavaLedger) -> None:
        """Take the entries of a ledger."""
        # Fava's own names for entries are Beancount's.
        entries = cast("Sequence[Directive]", ledger.all_entries)
        options = ledger.options

        @lru_cache(_BOOKS)
        def books(as_of: date) -> Books:
            with without_collection():
                return read_books(entries, options, today=as_of, as_of=as_of)

        @lru_cache(_BOOKS)
        def bank(as_of: date) -> StaleBank | None:
            return stale_bank(books(as_of))

        @lru_cache(_SELECTIONS)
        def select(as_of: date, filters: Filters) -> Selection:
            found = books(as_of)
            return Selection(found, filters.keep(ledger, found.settings))

        @lru_cache(_BOOKS)
        def rounded(as_of: date) -> Books:
            return books(as_of).rounded()

        @lru_cache(_SELECTIONS)
        def select_rounded(as_of: date, filters: Filters) -> Selection:
            return select(as_of, filters).rounded(rounded(as_of))

        @lru_cache(_BOOKS)
        def matches(as_of: date, *, is_exact: bool) -> Sequence[Match]:
            found = books(as_of) if is_exact else rounded(as_of)
            if not found.receivables.unapplied:
                return ()
            with without_collection():
                return matching.match(found).payments

        @lru_cache(_SELECTIONS)
        def payments(
            as_of: date, filters: Filters, *, is_exact: bool = False
        ) -> Sequence[Waiting]:
            # Whose a payment is may be another question than under whose name it is.
            anyone = replace(filters, customer=None)
            found = (select if is_exact else select_rounded)(as_of, anyone)
            some = matches(as_of, is_exact=found.books is books(as_of))
            kept = waiting(found.books, some, found.keep)
            return [one for one in kept if one.is_of(filters.customer)]

        self.entries = entries
        self.books = books
        self.payments = payments
        self.stale_bank = bank
        self.select = select
        self.select_rounded = select_rounded

    @cached_property
    def as_of(self) -> date | None:
        """The ledger's own date."""
        return as_of_option(self.entries)

    @cached_property
    def token(self) -> str | None:
        """The secret that its calendar asks for."""
        return feed_token(self.entries)


class Served:
    """A ledger in Fava, from one load to the next.

    `fingerprint` is what its files were when they were loaded. `is_sure` says whether
    they were the same before: someone may have written while Beancount read.
    """

    def __init__(self, ledger: FavaLedger) -> None:
        """Begin with what Fava is loading."""
        self.ledger = ledger
        self.load = Load(ledger)
        self.fingerprint = ""
        self.is_sure = False

    def note_load(self) -> None:
        """Forget what was computed from the ledger as it was; note what it is now."""
        load = self.load = Load(self.ledger)
        self.fingerprint = fingerprint(self.ledger)
        self.is_sure = False
        errors = self.ledger.load_errors
        if not isinstance(errors, LoadErrors):
            loaded = today()
            self.ledger.load_errors = LoadErrors(
                errors, lambda: load.books(load.as_of or loaded)
            )

    def reload(self) -> None:
        """Load the ledger, and note whether its files were the same before."""
        before = fingerprint(self.ledger)
        self.ledger.load_file()
        self.is_sure = self.fingerprint == before

    def has_changed(self) -> bool:
        """Tell whether the files are not any more what they were when loaded."""
        return fingerprint(self.ledger) != self.fingerprint

    @property
    def lock(self) -> AbstractContextManager[object]:
        """The lock under which Fava's editor and importer write the same files."""
        return self.ledger.file._lock  # noqa: SLF001 - there is no public one

    @property
    def day(self) -> date:
        """The day it is: the ledger's own, or today."""
        return self.load.as_of or today()

    @property
    def is_whole(self) -> bool:
        """Whether Beancount could read all of the ledger."""
        return not has_losses(self.ledger.load_errors)

    @property
    def is_plain(self) -> bool:
        """Whether the ledger is a file of text, and not an encrypted one."""
        return self.ledger.beancount_file_path in self.ledger.options["include"]

    @property
    def is_switched_on(self) -> bool:
        """Whether the directive that switches the page on is there.

        A file that an editor has half written can be sound as it is; but then it may
        have lost it.
        """
        return any(
            isinstance(entry, Custom)
            and entry.type == "fava-extension"
            and entry.values
            and entry.values[0].value == __package__
            for entry in self.load.entries
        )


def fingerprint(ledger: FavaLedger) -> str:
    """Return a hash of the ledger's files as they are now.

    Args:
        ledger: The ledger; a file that cannot be read counts as such.

    Returns:
        The hash, another one whenever a byte of a file changes.
    """
    found = sha256()
    for name in dict.fromkeys([ledger.beancount_file_path, *files_of(ledger)]):
        try:
            content = sha256(Path(name).read_bytes()).hexdigest()
        except (OSError, ValueError):
            content = "unreadable"
        found.update(f"{name}\x1f{content}\x1f".encode(errors="backslashreplace"))
    return found.hexdigest()


def files_of(ledger: FavaLedger) -> Sequence[str]:
    """Return the names of the files that a ledger was read from."""
    return ledger.options.get("include") or ()
