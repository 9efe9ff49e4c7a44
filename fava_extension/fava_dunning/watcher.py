"""Fava's watcher of files, for which the turn of the day is a change too.

Fava loads a ledger again when a file changes, and would show yesterday's errors until
then. When the plugin's errors are no longer those of today, this watcher reports a
change, once: the load that follows has today's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fava.core.watcher import WatcherBase

from beancount_dunning.basics.clock import today
from beancount_dunning.basics.freshness import is_load_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable

    from fava.core import FavaLedger


class DayWatcher(WatcherBase):
    """Watches what Fava's own watcher does, and the day."""

    def __init__(
        self,
        watcher: WatcherBase,
        ledger: FavaLedger,
        before_load: Callable[[], None],
    ) -> None:
        """Take the place of a watcher.

        Args:
            watcher: Fava's own watcher.
            ledger: The ledger whose files it watches.
            before_load: Called when there is a change, which Fava then loads.
        """
        self._before_load = before_load
        self._watcher = watcher
        self._ledger = ledger
        self.last_checked = watcher.last_checked
        self.last_notified = watcher.last_notified

    def update(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        """Watch these files and folders.

        A ledger that was gone for a moment names no file, but is to be seen when it is
        back.
        """
        ledger = Path(self._ledger.beancount_file_path)
        self._watcher.update({*files, ledger}, folders)
        # Fava is loading already.
        super().check()

    def check(self) -> bool:
        """Check for changes, and say so before Fava loads them."""
        has_changed = super().check()
        if has_changed:
            self._before_load()
        return has_changed

    def _get_latest_mtime(self) -> int:
        self._watcher.check()
        latest = max(self._watcher.last_checked, self.last_checked)
        if not is_load_of(dict(self._ledger.options), today()):
            latest = max(latest, self.last_checked + 1)
        return latest
