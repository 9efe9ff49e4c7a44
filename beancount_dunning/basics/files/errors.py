"""Why a file is not written. Each is an `OSError` with a sentence in `strerror`."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ChangedError(OSError):
    """A file that is not any more what was read."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__(errno.ESTALE, "it has changed in the meantime", str(path))


class BusyError(OSError):
    """A file that another program kept to itself for as long as one waits."""

    def __init__(self, path: Path, why: str) -> None:
        """Name the file, and say what the other program does with it."""
        super().__init__(errno.EAGAIN, f"{why}; try again in a moment", str(path))


class InterruptedWriteError(OSError):
    """A file that an earlier write may have left half done, and a copy beside it."""

    def __init__(self, path: Path, copy: Path) -> None:
        """Name the file and the copy."""
        reason = (
            f"a write into it was interrupted: compare it with {copy}, take "
            "over what is missing, and delete that copy"
        )
        super().__init__(errno.EIO, reason, str(path))
