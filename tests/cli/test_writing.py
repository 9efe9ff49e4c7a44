"""Commands that write: several at once, and output that fails."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.turns import take_turn
from tests.cli.running import COMMAND
from tests.cli.running import DUNNED
from tests.cli.running import run
from tests.cli.running import written

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence
    from pathlib import Path

    # What opens a file that cannot be written to.
    End = Callable[[], int]

PAYMENT = """\
2026-01-01 open Assets:Suspense
2026-11-05 * "Acme GmbH" "INV-015"
  Assets:Bank             100.00 EUR
  Assets:Suspense
"""
SUSPENSE = ("--suspense", "Suspense")
# What `match --apply` says of it.
LINKED = "books.beancount:35: INV-015 of Acme GmbH\n"


@pytest.fixture
def logs(tmp_path: Path) -> tuple[Path, Path]:
    """Return two files that a ledger includes, for notes."""
    found = tmp_path / "one.beancount", tmp_path / "two.beancount"
    for log in found:
        log.touch()
    return found


@pytest.fixture
def books(tmp_path: Path, logs: tuple[Path, Path]) -> Path:
    includes = "".join(f'include "{log.name}"\n' for log in logs)
    return written(tmp_path, f"{DUNNED}{_LATER}{includes}")


# A ledger's own date, since these commands run as processes of their own.
_LATER = '2026-01-01 custom "dunning-option" "as-of" 2026-11-20\n'


def at_once(commands: Sequence[Sequence[str | Path]]) -> list[tuple[int, str, str]]:
    """Run commands at the same time; return their status, output and errors."""
    running = [
        subprocess.Popen(
            [COMMAND, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for command in commands
    ]
    done = [process.communicate() for process in running]
    return [
        (process.returncode, *said) for process, said in zip(running, done, strict=True)
    ]


def test_four_at_once_on_two_files_log_once(
    books: Path, logs: tuple[Path, Path]
) -> None:
    done = at_once([["reminders", books, "--append", log] for log in logs * 2])
    assert [(status, errors) for status, _, errors in done] == [(0, "")] * 4
    # One of them logged all that there was; the others found nothing left.
    logged = [output for _, output, _ in done if output]
    assert len(logged) == 1
    assert logged[0].count("reminder: ") == 2
    assert sorted(log.read_text() for log in logs) == ["", *logged]


def test_four_at_once_link_once(tmp_path: Path) -> None:
    books = written(tmp_path, DUNNED + _LATER + PAYMENT)
    done = at_once([["match", books, *SUSPENSE, "--apply"]] * 4)
    assert [status for status, _, _ in done] == [0] * 4
    assert sorted(output for _, output, _ in done) == [
        *["Nothing was written: no payment is certain.\n"] * 3,
        LINKED,
    ]
    assert books.read_text().count('"INV-015" ^INV-015') == 1


@pytest.mark.parametrize("command", ["reminders", "match"])
def test_nobody_waits_without_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("beancount_dunning.cli.loading._PATIENCE", 0.1)
    books = written(tmp_path, DUNNED + PAYMENT)
    before = books.read_bytes()
    write = [*SUSPENSE, "--apply"] if command == "match" else ["--append", str(books)]
    with take_turn(books, 0):
        result = run(command, books, *write)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(
        f"Error: Cannot write to {books}: another program is writing into this ledger; "
        "try again in a moment; nothing was written.\n"
    )
    assert books.read_bytes() == before
    # Reading needs no turn.
    with take_turn(books, 0):
        assert run(command, books).exit_code == 0


def closed_pipe() -> int:
    """Return the writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def full_disk() -> int:
    return os.open("/dev/full", os.O_WRONLY)


@pytest.mark.parametrize(
    ("end", "why"),
    [(full_disk, "No space left on device"), (closed_pipe, "Broken pipe")],
)
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("reminders", "{}", "--append", "{}"), 'reminder: "final notice"'),
        (("match", "{}", *SUSPENSE, "--apply"), '"INV-015" ^INV-015'),
    ],
)
def test_what_is_written_is_told_where_it_cannot_be_printed(
    tmp_path: Path,
    end: End,
    why: str,
    arguments: tuple[str, ...],
    text: str,
) -> None:
    books = written(tmp_path, DUNNED + _LATER + PAYMENT)
    command = [str(COMMAND), *(argument.format(books) for argument in arguments)]
    output = end()
    done = subprocess.run(
        command,
        stdout=output,
        stderr=subprocess.PIPE,
        check=False,
        encoding="utf-8",
    )
    os.close(output)
    assert done.returncode == 2
    assert done.stderr.endswith(
        f"Error: Cannot print what was written: {why}. It is in the ledger.\n"
    )
    assert "Traceback" not in done.stderr
    assert text in books.read_text()


@pytest.mark.parametrize("end", [full_disk, closed_pipe])
def test_where_nothing_can_be_said_the_status_says_it(tmp_path: Path, end: End) -> None:
    books = written(tmp_path, DUNNED + _LATER)
    output = end()
    done = subprocess.run(
        [COMMAND, "reminders", books, "--append", books],
        stdout=output,
        stderr=output,
        check=False,
    )
    os.close(output)
    assert done.returncode == 2
    assert 'reminder: "final notice"' in books.read_text()
