"""Who may do what with a file: owner, group, mode, and what Linux adds to them.

The extended attributes of a file hold its access control list, its SELinux label and
what users noted there. A new file has its own, which it may inherit from its folder.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_alike(new: Path, old: Path) -> bool:
    """Give a new file what an old one has.

    Args:
        new: The file to change, which this process has made.
        old: The file to follow.

    Returns:
        Whether the new one now has all that the old one has, and no more.
    """
    wanted = _rights(old)
    try:
        if _rights(new)[:2] != wanted[:2]:
            os.chown(new, *wanted[:2])
        _copy_attributes(new, old)
        # Last, for a change of owner or list changes the mode.
        new.chmod(wanted[2])
    except OSError:
        return False
    # Some file systems take a change, and do nothing.
    return _rights(new) == wanted and _attributes(new) == _attributes(old)


def _rights(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)


def _copy_attributes(new: Path, old: Path) -> None:
    wanted, found = _attributes(old), _attributes(new)
    for name in found.keys() - wanted.keys():
        os.removexattr(new, name)
    for name, value in wanted.items():
        if found.get(name) != value:
            os.setxattr(new, name, value)


def _attributes(path: Path) -> dict[str, bytes]:
    """Return the extended attributes of a file, where the system has any."""
    if not hasattr(os, "listxattr"):
        return {}
    try:
        names = os.listxattr(path)
    except OSError:
        # A file system without them.
        return {}
    return {name: os.getxattr(path, name) for name in names}
