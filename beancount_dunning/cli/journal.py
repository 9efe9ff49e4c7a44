"""The ledger while letters are sent: what is in it before and after each.

A note is put in, changed and taken out by its text, which is like no other, so that
what somebody types meanwhile stays. But then nothing more is announced: what is due may
be another.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beancount_dunning.basics.files import ChangedError
from beancount_dunning.basics.files import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable

    from beancount_dunning.answers.sendings import Sending

# So often a note is changed in a file that somebody writes at the same moment.
_TRIES = 5


class JournalError(Exception):
    """What cannot be written into the ledger, and why."""


class Journal:
    """A file of the ledger, to write into while all others stay as they are."""

    def __init__(self, path: Path, seen: bytes, files: Iterable[str]) -> None:
        """Remember how the ledger is.

        Args:
            path: The file to write into.
            seen: What it holds.
            files: All files of the ledger.
        """
        self._path = path
        self._seen = seen
        others = (Path(name) for name in files)
        self._others = [one for one in others if not one.samefile(path)]
        self._state = self._look()

    def _look(self) -> list[tuple[int, int]]:
        """Return what tells whether other files were written."""
        states = (one.stat() for one in self._others)
        return [(state.st_mtime_ns, state.st_size) for state in states]

    def _require_unchanged(self) -> None:
        if self._look() != self._state:
            raise ChangedError(self._path)

    def announce(self, sending: Sending) -> None:
        """Say that a letter is about to be sent.

        Raises:
            JournalError: The ledger has changed, or cannot be written; it is as it was.
        """
        new = sending.announced(self._seen)
        try:
            self._require_unchanged()
            write(self._path, new, self._seen)
        except ChangedError as error:
            message = "The ledger has changed in the meantime; type the command again"
            raise JournalError(message) from error
        except OSError as error:
            message = f"Cannot write to {self._path}: {error.strerror or error}"
            raise JournalError(message) from error
        self._seen = new

    def settle(self, sending: Sending) -> None:
        """Log a letter as sent.

        Raises:
            JournalError: It has to be done by hand.
        """
        self._change(
            sending.settled, "It was sent: type reminder: in place of sending: there"
        )

    def withdraw(self, sending: Sending) -> None:
        """Take back what was announced, since the letter was not sent.

        Raises:
            JournalError: It has to be done by hand.
        """
        self._change(sending.withdrawn, "It was not sent: delete that note")

    def _change(self, change: Callable[[bytes], bytes | None], advice: str) -> None:
        """Change the note that was announced last."""
        expected = change(self._seen) or b""
        reason = "it has changed in the meantime"
        for _ in range(_TRIES):
            try:
                content = self._path.read_bytes()
                new = change(content)
                if new is None:
                    break
                write(self._path, new, content)
            except ChangedError:
                continue
            except OSError as error:
                reason = error.strerror or str(error)
                break
            self._seen = expected
            return
        message = f"Cannot change the note in {self._path}: {reason}. {advice}"
        raise JournalError(message)
