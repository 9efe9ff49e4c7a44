"""Keeping others off a file while it is written, and never waiting without an end.

Two things are asked of the system, and neither outlives the process:

- a lock (`flock`), for those who ask for it: our own writers do, editors do not;
- on Linux a lease. It is given only while no program has the file open for writing. A
  program that opens it then is held up until the lease is returned, and that it came is
  known before it could write. Only the file's owner gets one, and root.

Windows knows neither, some network shares have no locks, and most have no leases: there
it is done without.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from beancount_dunning.basics.files.errors import BusyError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows knows no such locks
    fcntl = None  # type: ignore[assignment]  # there the module is missing

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

# Seconds to wait for another program.
PATIENCE = 5.0
_PAUSE = 0.01


@contextmanager
def locked(path: Path, patience: float) -> Iterator[None]:
    """Keep other writers out.

    Args:
        path: The file, which is there and no link.
        patience: The seconds to wait for who has the lock.

    Raises:
        BusyError: Another program still has it.
        OSError: The file cannot be opened.
    """
    end = time.monotonic() + patience
    while True:
        with path.open("rb") as file:
            if is_locked(file):
                # Who had the lock before may have put another file in this one's place.
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    yield
                    return
                continue
        _pause(path, end, "another program has locked it")


def is_locked(file: BinaryIO | int) -> bool:
    """Lock a file, or a folder; tell whether others cannot, where there are locks."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A network share without locks.
        return True
    return True


@contextmanager
def unopened(path: Path, patience: float) -> Iterator[Callable[[], bool]]:
    """Wait until no program has a file open for writing, and hold up the next.

    This process must not open it for writing meanwhile: it would wait for itself.

    Args:
        path: The file, which is there and no link.
        patience: The seconds to wait for who has it open.

    Yields:
        What tells whether no program has come since to open it for writing.

    Raises:
        BusyError: Another program still has it open.
        OSError: The file cannot be opened.
    """
    end = time.monotonic() + patience
    with path.open("rb") as file:
        while (is_leased := _lease(file)) is None:
            _pause(path, end, "another program has it open for writing")
        yield lambda: not is_leased or _is_leased(file)


def _lease(file: BinaryIO) -> bool | None:
    """Take a lease of a file; tell whether the system gives one, None for not now."""
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        # Who comes is announced by a signal. This one is ignored, unlike the usual one.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return None
    except OSError:
        return False
    return True


def _is_leased(file: BinaryIO) -> bool:
    return fcntl.fcntl(file, fcntl.F_GETLEASE) == fcntl.F_RDLCK


def _pause(path: Path, end: float, why: str) -> None:
    if time.monotonic() >= end:
        raise BusyError(path, why)
    time.sleep(_PAUSE)


def wait_until_free(path: Path) -> None:
    """Wait until nobody else writes into a file.

    Args:
        path: The file; a link is followed.

    Raises:
        BusyError: Another program still does.
        OSError: The file cannot be opened.
    """
    path = path.resolve()
    with locked(path, PATIENCE), unopened(path, PATIENCE):
        pass
