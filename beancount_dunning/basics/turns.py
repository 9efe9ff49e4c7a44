"""One writer of a ledger at a time, however many files it has.

Whoever writes what is not in a ledger yet looks first, and writes then. Two that look
at once would write it twice, each into a file of its own: so each takes its turn, and
looks at the ledger after that.

The lock (`flock`) is on the folder of the ledger's first file, which stays when a file
is replaced. It is gone with the process that holds it. Windows has no such locks, and
some network shares have none: there nobody waits.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from beancount_dunning.basics.files.errors import BusyError
from beancount_dunning.basics.files.locks import is_locked

if TYPE_CHECKING:
    from pathlib import Path

_PAUSE = 0.02


def take_turn(ledger: Path, patience: float) -> ExitStack:
    """Wait until no other program, or thread, writes into a ledger.

    Args:
        ledger: The ledger's first file; a link is followed.
        patience: The seconds to wait.

    Returns:
        The turn, which ends as a context does.

    Raises:
        BusyError: Another one still writes.
        OSError: The folder cannot be opened.
    """
    turn = ExitStack()
    if os.name == "nt":  # pragma: no cover - Windows opens no folder, and has no flock
        return turn
    folder = ledger.resolve().parent
    lock = os.open(folder, os.O_RDONLY)
    turn.callback(os.close, lock)
    end = time.monotonic() + patience
    while not is_locked(lock):
        if time.monotonic() >= end:
            turn.close()
            raise BusyError(folder, "another program is writing into this ledger")
        time.sleep(_PAUSE)
    return turn
