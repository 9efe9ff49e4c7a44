"""The Git commit that a ledger's files are of."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# For each question; a Git that hangs is not waited for.
_SECONDS = 5
# Nothing that a repository's own configuration names is run, and nothing written.
_SAFELY = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false")


def commit_of(folder: Path, files: Sequence[str]) -> str | None:
    """Say which commit changed files last, and whether they have changed since.

    Args:
        folder: Where the repository is, or a folder of it.
        files: The files; those outside of the repository do not count.

    Returns:
        The commit in words; None where there is none, no Git, or one that hangs.
    """
    top = _git(folder, "rev-parse", "--show-toplevel")
    inside = [file for file in files if top and _is_below(file, top)]
    if not inside:
        return None
    commit = _git(folder, "log", "-1", "--format=%H of %cI", "--", *inside)
    changed = commit and _git(folder, "status", "--porcelain", "--", *inside)
    if changed is None or not commit:
        return None
    return f"Git commit {commit}{', and changes since' if changed else ''}"


def _is_below(file: str, top: str) -> bool:
    real = os.path.realpath(file)
    return os.path.commonpath([real, os.path.realpath(top)]) == os.path.realpath(top)


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what Git prints; None where it fails."""
    git = shutil.which("git")
    if git is None:
        return None
    # In a hook these name the repository that it was called by.
    env = {key: one for key, one in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and after -- only names of files
            [git, "-C", str(folder), *_SAFELY, *arguments],
            capture_output=True,
            check=True,
            env={**env, "GIT_OPTIONAL_LOCKS": "0"},
            text=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return None
    return done.stdout.strip()
