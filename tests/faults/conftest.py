"""What may go wrong around a ledger's file, done for real, and what was lost by it.

Each test says at the end of the run what it tried and what was lost. Some need root,
and a file system of their own; elsewhere they are skipped. The whole folder takes less
than two minutes on two slow cores.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

_COUNTS = pytest.StashKey[dict[str, Counter[str]]]()


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return what counts tries and losses by name, for the end of the run."""
    counts = request.config.stash.setdefault(_COUNTS, {})
    name = request.node.name.partition("[")[0]

    def count(**more: int) -> None:
        counts.setdefault(name, Counter()).update(more)

    return count


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    counts = config.stash.get(_COUNTS, {})
    if counts:
        terminalreporter.section("tries and losses")
    for name, found in counts.items():
        told = ", ".join(f"{number} {what}" for what, number in found.items())
        terminalreporter.write_line(f"{name}: {told}".replace("_", " "))


@pytest.fixture
def _as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be other users, and mount")


@pytest.fixture
def shared(_as_root: None) -> Iterator[Path]:
    """Return a folder that other users can reach; pytest's own are root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="dunning-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def mount(_as_root: None) -> Iterator[Callable[..., None]]:
    """Return what mounts for the time of a test, as the command does."""
    done = []

    def mount(*arguments: str | Path) -> None:
        called = subprocess.run(
            ["mount", *arguments],  # noqa: S607 - wherever it is
            capture_output=True,
            check=False,
            text=True,
        )
        if called.returncode:
            pytest.skip(f"root cannot mount here: {called.stderr.strip()}")
        done.append(arguments[-1])

    yield mount
    for target in reversed(done):
        subprocess.run(["umount", target], check=True)  # noqa: S607 - wherever it is
