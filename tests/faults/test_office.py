"""An office of many ledgers, some of which go wrong while it works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING
from typing import Any

import pytest

from tests.faults.books import LEDGER

if TYPE_CHECKING:
    from collections.abc import Callable

_DUNNING = Path(sys.executable).parent / "bean-dunning"
_COUNT = 6
# Plugins that a ledger may have, and that do in its load what happens to it.
_PLUGINS = {
    "waits": "import time; time.sleep(600)",
    "vanishes": "import os; [os.unlink(n) for n in options['include']]",
    "dies": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "leaves": "raise SystemExit(7)",
}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Return a folder with ledgers, and plugins for those that go wrong."""
    for number in range(_COUNT):
        write(tmp_path / f"good-{number}.beancount", f"Client {number}")
    for name, code in _PLUGINS.items():
        (tmp_path / f"{name}.py").write_text(
            dedent(f"""\
                __plugins__ = ["go"]
                def go(entries, options):
                    {code}
                    return entries, []
            """)
        )
    return tmp_path


def write(path: Path, title: str, plugin: str | None = None) -> None:
    text = LEDGER.replace("Books", title)
    if plugin:
        text += f'option "insert_pythonpath" "TRUE"\nplugin "{plugin}"\n'
    path.write_text(text)


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}


def ask(folder: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Ask for the aging of all ledgers; return the status, the JSON and the errors."""
    done = subprocess.run(
        [_DUNNING, "aging", *ledgers(folder), "--format", "json", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(folder),
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout), done.stderr


def ledgers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.beancount"))


def lost(folder: Path, data: dict[str, Any]) -> int:
    """Count the good ledgers whose answer is not the one that they have alone."""
    found = {book["book"]: book["answer"] for book in data["books"]}
    count = 0
    for number in range(_COUNT):
        name = f"good-{number}.beancount"
        alone = subprocess.run(
            [_DUNNING, "aging", name, "--format", "json"],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        count += found[name] != json.loads(alone.stdout)
    return count


@pytest.mark.parametrize(
    ("plugin", "message"),
    [
        ("waits", "took longer than 20 seconds"),
        ("dies", "its process was killed (SIGKILL)"),
        ("leaves", "its process ended (exit status 7)"),
        ("nonsense", "bad.beancount cannot be read"),
        ("missing", "does not exist"),
    ],
)
def test_a_ledger_that_goes_wrong_costs_its_own_answer(
    office: Path, plugin: str, message: str, count: Callable[..., None]
) -> None:
    bad = office / "bad.beancount"
    if plugin == "nonsense":
        bad.write_bytes(bytes(range(256)) * 9)
    elif plugin == "missing":
        bad.symlink_to(office / "gone")
    else:
        write(bad, "Bad", plugin)
    status, data, said = ask(office, "--timeout", "20")
    assert status == 2
    assert said.startswith("Error: bad.beancount: ")
    assert message in said
    assert said.count("\n") == 1
    assert data["left_out"] == ["bad.beancount"]
    wrong = lost(office, data)
    count(ledgers=_COUNT, answers_lost=wrong)
    assert wrong == 0


def test_a_ledger_that_vanishes_while_it_is_read_costs_no_other(
    office: Path, count: Callable[..., None]
) -> None:
    write(office / "bad.beancount", "Bad", "vanishes")
    status, data, _ = ask(office)
    # It was read before it was gone.
    assert (status, data["left_out"]) == (0, [])
    wrong = lost(office, data)
    count(ledgers=_COUNT, answers_lost=wrong)
    assert wrong == 0
    assert not (office / "bad.beancount").exists()


def test_a_worker_that_is_killed_costs_its_own_answer(
    office: Path, count: Callable[..., None]
) -> None:
    write(office / "bad.beancount", "Bad", "waits")
    with start(office) as process:
        os.kill(waiting(process.pid), signal.SIGKILL)
        printed, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said == "Error: bad.beancount: its process was killed (SIGKILL)\n"
    wrong = lost(office, json.loads(printed))
    count(kills=1, answers_lost=wrong)
    assert wrong == 0


def start(folder: Path) -> subprocess.Popen[str]:
    """Start to work on all ledgers, one of which takes for ever, in a session."""
    return subprocess.Popen(
        [_DUNNING, "aging", *ledgers(folder), "--format", "json", "--jobs", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(folder),
        start_new_session=True,
    )


def session(number: int) -> dict[int, int]:
    """Return the processes of a session that run, and their parents."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if os.getsid(pid) == number and state != "Z":
                found[pid] = int(parent)
        except OSError:
            continue
    return found


def waiting(number: int) -> int:
    """Wait until one worker is left, which sleeps for ever; return its process."""
    seen: list[set[int]] = []
    for _ in range(600):
        time.sleep(0.1)
        found = session(number)
        # The command starts what forks workers, and is no worker's parent itself.
        seen.append(
            {pid for pid, parent in found.items() if parent in found.keys() - {number}}
        )
        if len(seen[-1]) == 1 and seen[-20:] == [seen[-1]] * 20:
            return seen[-1].pop()
    pytest.fail("no worker waits")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_ends_the_command_leaves_no_process(
    office: Path, sent: signal.Signals, count: Callable[..., None]
) -> None:
    for number in range(3):
        write(office / f"bad-{number}.beancount", f"Bad {number}", "waits")
    # In the background, shells have what they start ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with start(office) as process:
        for _ in range(600):
            time.sleep(0.1)
            if len(session(process.pid)) >= 6:
                break
        before = session(process.pid)
        if sent is signal.SIGINT:
            # A terminal sends it to all processes in front.
            os.killpg(process.pid, sent)
        else:
            process.send_signal(sent)
        _, said = process.communicate(timeout=30)
    for _ in range(50):
        left = session(process.pid)
        if not left:
            break
        time.sleep(0.1)
    count(processes=len(before), left=len(left))
    assert len(before) >= 6
    assert left == {}
    if sent is signal.SIGINT:
        assert (process.returncode, said.strip()) == (1, "Aborted!")


def test_a_full_disk_costs_no_answer(
    office: Path, mount: Callable[..., None], count: Callable[..., None]
) -> None:
    cache = office / "cache"
    cache.mkdir()
    mount("-t", "tmpfs", "-o", "size=16k", "tmpfs", cache)
    status, data, said = ask(office)
    assert (status, said) == (0, "")
    again = ask(office)
    assert again == (status, data, said)
    wrong = lost(office, data)
    count(ledgers=_COUNT, answers_lost=wrong)
    assert wrong == 0


def test_two_at_once_do_each_other_no_harm(
    office: Path, count: Callable[..., None]
) -> None:
    runs = []
    for _ in range(2):
        runs += [
            subprocess.Popen(
                [_DUNNING, "aging", *ledgers(office), "--format", "json"],
                stdout=subprocess.PIPE,
                text=True,
                cwd=office,
                env=environment(office),
            )
            for _ in range(2)
        ]
    found = [process.communicate(timeout=120)[0] for process in runs]
    assert {process.returncode for process in runs} == {0}
    assert len(set(found)) == 1
    wrong = lost(office, json.loads(found[0]))
    count(runs=len(runs), answers_lost=wrong)
    assert wrong == 0
    kept = list((office / "cache/beancount-dunning/answers").iterdir())
    assert len(kept) == _COUNT
    for path in kept:
        assert json.loads(path.read_text())["answer"]["output"]
