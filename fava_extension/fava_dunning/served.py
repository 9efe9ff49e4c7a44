"""The ledger that Fava serves: its files as they were loaded, and answers from them.

Everything is computed from all entries of the ledger: the ones that Fava filters by
time have lost links, payees and metadata of what lies before.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import cached_property
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from threading import get_ident
from typing import TYPE_CHECKING
from typing import cast

from beancount.core.data import Custom

from beancount_dunning.basics.clock import today
from beancount_dunning.basics.errors import has_losses
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.ledger.directives import as_of_option
from beancount_dunning.ledger.directives import feed_token
from beancount_dunning.standing.books import read_books
from fava_dunning.errors import LoadErrors
from fava_dunning.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import date

    from beancount.core.data import Directive
    from fava.core import FavaLedger

    Stamps = Sequence[tuple[int, int, int]]
    # What files are: their fingerprint, and their stamps.
    State = tuple[str, Stamps]

# So many dates are kept. Each holds on to its items.
_VIEWS = 4
# How often a ledger is loaded at most, for one answer, while someone writes into it.
_LOADS = 2


class Load:
    """A ledger as it was loaded; what was computed from it is forgotten with it.

    `fingerprint` is what its files were after that. `is_sure` says whether they were
    the same before: someone may have written while Beancount read. `is_whole` says
    whether Beancount could read all of the ledger.
    """

    def __init__(
        self,
        ledger: FavaLedger,
        before: State | None = None,
        *,
        has_settled: bool = False,
    ) -> None:
        """Take the entries of a ledger.

        Args:
            ledger: The ledger, just loaded.
            before: What its files were before that; None for not known.
            has_settled: Whether to read all settled items, too, which takes long:
                for who asks about all customers.
        """
        # Fava's own names for entries are Beancount's.
        entries = cast("Sequence[Directive]", ledger.all_entries)
        options = ledger.options

        @lru_cache(_VIEWS)
        def view(as_of: date) -> View:
            with without_collection():
                books = read_books(
                    entries,
                    options,
                    today=as_of,
                    as_of=as_of,
                    has_settled=has_settled,
                )
            return View(ledger, books)

        self.fingerprint = fingerprint(ledger)
        self.is_sure = (self.fingerprint, _stamps(ledger)) == before
        self.is_whole = not has_losses(ledger.load_errors)
        self._customs = [one for one in entries if isinstance(one, Custom)]
        self.view = view

    @cached_property
    def as_of(self) -> date | None:
        """The ledger's own date."""
        return as_of_option(self._customs)

    @property
    def day(self) -> date:
        """The day it is: the ledger's own, or today."""
        return self.as_of or today()

    @cached_property
    def token(self) -> str | None:
        """The secret that its calendar asks for."""
        return feed_token(self._customs)

    @cached_property
    def is_switched_on(self) -> bool:
        """Whether the directive that switches the page on is there.

        A file that an editor has half written can be sound as it is; but then it may
        have lost it.
        """
        return any(
            custom.type == "fava-extension"
            and custom.values
            and custom.values[0].value == __package__
            for custom in self._customs
        )


class Served:
    """A ledger in Fava, from one load to the next."""

    def __init__(self, ledger: FavaLedger) -> None:
        """Begin with what Fava is loading."""
        self.ledger = ledger
        self.load = Load(ledger)
        self._title = ledger.options["title"]
        self._loading = Lock()
        # By thread, since requests make Fava load several times at once.
        self._before: dict[int, State] = {}
        if _is_old(ledger):
            # Nobody wrote while Fava read, then. Else this load could not be trusted,
            # and the first click or feed would have to wait for another one.
            self.note_change()

    def note_load(self) -> None:
        """Forget what was computed from the ledger as it was; note what it is now."""
        load = self.load = Load(self.ledger, self._before.pop(get_ident(), None))
        if load.is_whole and load.is_switched_on:
            self._title = self.ledger.options["title"]
        else:
            # Fava's addresses have it: those of a ledger that is gone for a moment, or
            # half written, are still this ledger's.
            self.ledger.options["title"] = self._title
        errors = self.ledger.load_errors
        if not isinstance(errors, LoadErrors):
            loaded = today()
            self.ledger.load_errors = LoadErrors(
                errors, lambda: load.view(load.as_of or loaded).books
            )

    def note_change(self) -> None:
        """Note what the files are, before this thread loads them."""
        state = fingerprint(self.ledger), _stamps(self.ledger)
        self._before[get_ident()] = state

    def reload(self) -> None:
        """Load the ledger, and note whether its files were the same before."""
        self.note_change()
        self.ledger.load_file()

    def settled(self) -> Load | None:
        """Return the ledger as its files are now, all of it.

        It is loaded again where someone wrote while it was read, or since.

        Returns:
            The ledger; None where a part is missing, or someone goes on writing.
        """
        with self._loading:
            for _ in range(_LOADS):
                if self.is_sure and not self.has_changed():
                    break
                try:
                    self.reload()
                except Exception:
                    # What Beancount itself fails on, and a file that is not to be read.
                    logging.getLogger(__name__).exception("the ledger is not loaded")
                    return None
            load = self.load
        return load if load.is_sure and load.is_whole and load.is_switched_on else None

    def has_changed(self) -> bool:
        """Tell whether the files are not any more what they were when loaded."""
        return fingerprint(self.ledger) != self.fingerprint

    @property
    def lock(self) -> AbstractContextManager[object]:
        """The lock under which Fava's editor and importer write the same files."""
        return self.ledger.file._lock  # noqa: SLF001 - there is no public one

    @property
    def fingerprint(self) -> str:
        """What the ledger's files were when they were loaded."""
        return self.load.fingerprint

    @property
    def is_sure(self) -> bool:
        """Whether they were the same before."""
        return self.load.is_sure

    @property
    def is_whole(self) -> bool:
        """Whether Beancount could read all of the ledger."""
        return self.load.is_whole

    @property
    def is_plain(self) -> bool:
        """Whether the ledger is a file of text, and not an encrypted one."""
        return self.ledger.beancount_file_path in self.ledger.options["include"]


def fingerprint(ledger: FavaLedger) -> str:
    """Return a hash of the ledger's files as they are now.

    Args:
        ledger: The ledger; a file that cannot be read counts as such.

    Returns:
        The hash, another one whenever a byte of a file changes.
    """
    found = sha256()
    for name in _names(ledger):
        try:
            content = sha256(Path(name).read_bytes()).hexdigest()
        except (OSError, ValueError):
            content = "unreadable"
        found.update(f"{name}\x1f{content}\x1f".encode(errors="backslashreplace"))
    return found.hexdigest()


def _stamps(ledger: FavaLedger) -> Stamps:
    """Return what changes with a ledger's files even if they are then as before."""
    found = []
    for name in _names(ledger):
        with suppress(OSError, ValueError):
            stat = Path(name).stat()
            found.append((stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns))
    return found


def _is_old(ledger: FavaLedger) -> bool:
    """Tell whether a ledger's files are older than this process."""
    # The time at which Python loaded `logging`, long before any ledger.
    record = logging.makeLogRecord({})
    started = record.created * 1000 - record.relativeCreated
    stamps = _stamps(ledger)
    return len(stamps) == len(_names(ledger)) and all(
        max(times) < started * 1_000_000 for _, *times in stamps
    )


def _names(ledger: FavaLedger) -> Sequence[str]:
    return list(dict.fromkeys([ledger.beancount_file_path, *files_of(ledger)]))


def files_of(ledger: FavaLedger) -> Sequence[str]:
    """Return the names of the files that a ledger was read from."""
    return ledger.options.get("include") or ()
