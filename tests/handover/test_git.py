"""The commit of a ledger's files, and nothing of it where Git fails or hangs."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.handover import git

if TYPE_CHECKING:
    from pathlib import Path


def committed(folder: Path, *files: str) -> str:
    """Commit files, and return the commit."""
    who = ("-c", "user.name=A", "-c", "user.email=a@b.example")
    for arguments in (
        ("init", "-q"),
        ("add", "--", *files),
        (*who, "commit", "-qm", "Books"),
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True)  # noqa: S607 - Git
    return subprocess.check_output(
        ["git", "rev-parse", "HEAD"],  # noqa: S607 - as above
        cwd=folder,
        text=True,
    ).strip()


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text("", encoding="utf-8")
    return path


def test_the_commit_of_files(ledger: Path) -> None:
    commit = committed(ledger.parent, ledger.name)
    found = git.commit_of(ledger.parent, [str(ledger)])
    assert found
    assert found.startswith(f"Git commit {commit} of 20")
    assert git.commit_of(ledger.parent, ["/elsewhere/books.beancount"]) is None


def test_without_git(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(ledger.parent, ledger.name)
    monkeypatch.setenv("PATH", "")
    assert git.commit_of(ledger.parent, [str(ledger)]) is None


@pytest.mark.parametrize("question", ["rev-parse", "log", "status"])
def test_a_git_that_hangs_is_not_waited_for(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    committed(ledger.parent, ledger.name)
    hanging = ledger.parent / "bin" / "git"
    hanging.parent.mkdir()
    hanging.write_text(
        f"""#!/bin/sh
case "$*" in
  *" {question} "*) exec sleep 60 ;;
  *) PATH="${{PATH#*:}}" exec git "$@" ;;
esac
""",
        encoding="utf-8",
    )
    hanging.chmod(0o755)
    monkeypatch.setenv("PATH", str(hanging.parent), prepend=":")
    monkeypatch.setattr(git, "_SECONDS", 0.5)
    began = time.monotonic()
    assert git.commit_of(ledger.parent, [str(ledger)]) is None
    assert time.monotonic() - began < 10
