"""A real scheduler with two workers, on this machine.

Their scheduler gives up a task that took two workers with it, to save the tests time.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from typing import Any

import distributed
import pytest

from beancount_dunning.office import cluster
from beancount_dunning.office.cluster import Cluster
from beancount_dunning.office.cluster import ClusterError
from beancount_dunning.office.cluster import at_worker
from beancount_dunning.office.cluster import versions
from beancount_dunning.office.cluster import within
from beancount_dunning.office.kept import answers_folder
from beancount_dunning.office.kept import program
from beancount_dunning.office.workers import Done
from beancount_dunning.office.workers import Limits
from tests.cli import running
from tests.cli.running import BIN
from tests.cli.running import COMMAND
from tests.cli.running import DUNNED
from tests.cli.running import HEAD
from tests.cli.running import LEDGER

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
OURS = (versions(), program())
LIMITS = Limits(timeout=120)
OWN_PLUGIN = """
import os, time
from pathlib import Path
__plugins__ = ["wait"]
def wait(entries, options):
    Path(options["filename"]).with_suffix(".pid").write_text(str(os.getpid()))
    time.sleep(600)
    return entries, []
"""
# Seconds that a busy machine may take for what takes one or two.
_MOST = 120


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def started(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a part of a cluster; it comes with the program that tests run with."""
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [BIN / "dask", *arguments, "--no-dashboard"],
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env={
                **os.environ,
                "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
                "PYTHONPATH": str(ROOT),
            },
        )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a scheduler and two workers, and return its address."""
    folder = tmp_path_factory.mktemp("cluster")
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ("scheduler", "--host", "127.0.0.1", "--port", str(port))
    with ExitStack() as parts:
        for name, arguments in (
            ("scheduler", scheduler),
            ("one", ("worker", address)),
            ("two", ("worker", address)),
        ):
            scratch = () if name == "scheduler" else _worker_arguments(folder / name)
            part = parts.enter_context(started(folder, name, *arguments, *scratch))
            parts.callback(part.terminate)
        with distributed.Client(address, timeout=_MOST, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=_MOST)
        yield address


def _worker_arguments(folder: Path) -> tuple[str, ...]:
    return ("--nthreads", "2", "--local-directory", str(folder))


# What comes of tasks


def of_worker() -> int:
    """Return the worker's process: that of the server that forked this one."""
    status = Path(f"/proc/{os.getppid()}/stat").read_text()
    return int(status.rpartition(")")[2].split()[1])


def square(number: int) -> int:
    if number < 0:
        message = "not this one"
        raise ValueError(message)
    return number * number


def kill_worker_once(marker: str) -> str:
    if marker and not Path(marker).exists():
        Path(marker).touch()
        os.kill(of_worker(), signal.SIGKILL)
        time.sleep(60)
    return "done"


def kill_worker(number: int) -> int:
    if number == 1:
        os.kill(of_worker(), signal.SIGKILL)
        time.sleep(60)
    time.sleep(0.2)
    return number


def by_index(found: Iterator[Done[object]]) -> list[Done[object]]:
    return sorted(found, key=lambda done: done.index)


def test_each_task_has_its_result_and_a_failure_costs_one(office: str) -> None:
    found = by_index(Cluster(office).each(square, [1, 2, -3, 4] * 5, LIMITS))
    assert [done.index for done in found] == list(range(20))
    assert [done.result for done in found] == [1, 4, None, 16] * 5
    assert found[2].failure == "ValueError: not this one"


def stop_here(_: int) -> int:
    return 1


def test_what_a_worker_cannot_take_costs_one(office: str) -> None:
    strange = Limits(timeout="soon")  # type: ignore[arg-type]
    (done,) = Cluster(office).each(stop_here, [1], strange)
    assert done.result is None
    assert str(done.failure).startswith("TypeError: ")


def test_a_worker_that_dies_costs_a_repeat(office: str, tmp_path: Path) -> None:
    tasks = ["", str(tmp_path / "killed"), "", ""]
    found = by_index(Cluster(office).each(kill_worker_once, tasks, LIMITS))
    assert found == [Done(index, "done") for index in range(4)]
    assert (tmp_path / "killed").exists()


def test_a_task_that_takes_workers_with_it_is_named(office: str) -> None:
    found = by_index(Cluster(office).each(kill_worker, range(6), LIMITS))
    assert [done.result for done in found] == [0, None, 2, 3, 4, 5]
    assert found[1].failure == "every worker that tried it died"


def test_no_scheduler_is_said_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    began = time.monotonic()
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(ClusterError, match=f"no scheduler at {address}; start one: "):
        list(Cluster(address).each(square, [1], LIMITS))
    assert time.monotonic() - began < 5


def test_what_is_no_address_is_said() -> None:
    with pytest.raises(ClusterError, match="no scheduler at gopher://x;"):
        list(Cluster("gopher://x").each(square, [1], LIMITS))


def test_tls_without_certificates_is_said() -> None:
    with pytest.raises(ClusterError, match="For tls://x:1, tell Dask which cert"):
        list(Cluster("tls://x:1").each(square, [1], LIMITS))


def test_what_is_no_scheduler_is_said_within_seconds(
    office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with distributed.Client(office, timeout=_MOST, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=_MOST)
        worker = next(iter(client.nthreads()))
    with pytest.raises(ClusterError, match=f"no scheduler at {worker};"):
        list(Cluster(worker).each(square, [1], LIMITS))
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    # It takes what is said to it, and says nothing.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ClusterError, match=f"no scheduler at {address};"):
            list(Cluster(address).each(square, [1], LIMITS))


def test_other_versions_are_refused_by_name(
    office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One may be on its way back from an earlier test.
    with distributed.Client(office, timeout=_MOST, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=_MOST)
    ours = {**versions(), "beancount": "9.9", "no_such_package": "1"}
    monkeypatch.setattr(cluster, "versions", lambda: ours)
    with pytest.raises(ClusterError) as raised:
        list(Cluster(office).each(square, [1], LIMITS))
    lines = str(raised.value).splitlines()
    assert len(lines) == 2
    for line in lines:
        assert re.fullmatch(
            r"The worker tcp://127.0.0.1:\d+ has beancount [0-9.]+ instead of 9.9, "
            r"no_such_package \(none\) instead of 1; install the same\.",
            line,
        )


def test_what_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PACKAGES", ("beancount", "no-such-package"))
    assert versions() == {"beancount": version("beancount"), "no-such-package": None}


def test_a_missing_library_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"'beancount-dunning\[office\]'"):
        list(Cluster("tcp://127.0.0.1:1").each(square, [1], LIMITS))


def test_without_a_scheduler_what_is_left_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    where = ("--host", "127.0.0.1", "--port", str(port))
    with started(tmp_path, "scheduler", "scheduler", *where) as scheduler:
        distributed.Client(address, timeout=_MOST, set_as_default=False).close()
        with monkeypatch.context() as patch:
            patch.setattr(cluster, "_PATIENCE", 1)
            with pytest.raises(ClusterError, match=f"{address} has no workers; start"):
                list(Cluster(address).each(square, [1], LIMITS))
        arguments = (*_worker_arguments(tmp_path), "--no-nanny")
        with started(tmp_path, "one", "worker", address, *arguments) as worker:
            found = Cluster(address).each(sleep, [0.0, *[0.5] * 20], LIMITS)
            assert next(found).result == 0
            scheduler.kill()
            rest = list(found)
            worker.kill()
    assert len(rest) == 20
    assert rest[-1].failure == "the connection to the scheduler was lost"


def test_without_workers_what_is_left_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_RETURN", 0.01)
    left = iter([{"tcp://one": 1}, {}])
    client: Any = SimpleNamespace(
        nthreads=lambda: next(left), submit=lambda *_, **__: Never()
    )
    run_ = cluster._Run(client, square, [1, 2, 3], (LIMITS, ()))  # noqa: SLF001 - a cluster without workers is not to be had quickly
    assert list(run_.some(range(3), 2)) == [
        Done(index, None, "no worker is left") for index in range(3)
    ]


class Never:
    """What never comes to an end."""

    def add_done_callback(self, _: object) -> None:
        """Never call it."""


# At a worker


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    found = SimpleNamespace(
        address="tcp://here:1",
        local_directory=str(tmp_path),
        get_current_task=lambda: "key",
        state=SimpleNamespace(tasks={"key": SimpleNamespace(state="executing")}),
    )
    monkeypatch.setattr(distributed, "get_worker", lambda: found)
    return found


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_a_worker_runs_a_task_and_leaves_nothing(
    worker: SimpleNamespace, tmp_path: Path
) -> None:
    assert at_worker(square, 3, LIMITS, (), OURS) == Done(0, 9)
    other = (OURS[0], "with other libraries")
    assert at_worker(square, 3, LIMITS, (), other) == Done(0, 9, is_ours=False)
    assert worker.address
    assert list(tmp_path.iterdir()) == []


def test_a_worker_ends_what_nobody_waits_for(worker: SimpleNamespace) -> None:
    worker.state.tasks["key"].state = "cancelled"
    began = time.monotonic()
    found = at_worker(sleep, 60, LIMITS, (), OURS)
    assert found == Done(0, None, "nobody waits for it")
    assert time.monotonic() - began < 20


def test_a_worker_that_came_later_is_refused_too(worker: SimpleNamespace) -> None:
    ours = {**versions(), "beancount-dunning": "9.9"}
    found = at_worker(square, 3, LIMITS, (), (ours, ""))
    assert found.result is None
    assert found.failure == (
        f"The worker {worker.address} has beancount-dunning "
        f"{versions()['beancount-dunning']} instead of 9.9; install the same."
    )


def test_a_process_keeps_its_temporary_files_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert within((str(tmp_path), lambda _: tempfile.gettempdir(), 1)) == str(tmp_path)


# The command


@pytest.fixture
def ledgers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Write ledgers: with includes, globs, documents, absolute names; and a broken."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    texts = {
        "a.beancount": (
            HEAD + 'include "years/*.beancount"\n'
            f'include "{tmp_path}/elsewhere/more.beancount"\n'
            'option "documents" "papers"\n'
            '2026-01-01 document Assets:Bank "letter.pdf"\n'
            '2026-01-01 document Assets:Bank "gone.pdf"\n'
        ),
        "years/2026.beancount": LEDGER,
        "elsewhere/more.beancount": "2026-01-01 open Assets:More\n",
        "papers/Assets/Bank/2026-01-01.statement.pdf": "PDF",
        "letter.pdf": "PDF",
        "b.beancount": (
            HEAD.replace("Books", "Other") + DUNNED + 'plugin "own_plugin"\n'
            'option "insert_pythonpath" "TRUE"\n'
            '2026-01-01 custom "dunning-option" "letters" "texts"\n'
        ),
        "own_plugin.py": "__plugins__ = []\n",
        "texts/friendly.en.txt": "Subject: Hello\n\nHello!\n",
        "broken.beancount": HEAD + LEDGER + 'include "nowhere.beancount"\n2026-01-01 x',
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "sub").mkdir()
    return ("a.beancount", str(tmp_path / "b.beancount"), "gone", "broken.beancount")


def run(*arguments: str) -> tuple[int, bytes, list[str]]:
    """Return how a command ends, and what it prints."""
    found = running.run(*arguments, "--no-cache")
    return found.exit_code, found.stdout_bytes, sorted(found.stderr.splitlines())


@pytest.mark.parametrize("command", ["aging", "draft", "reminders --format json"])
def test_the_answers_are_those_of_this_machine(
    command: str, office: str, ledgers: tuple[str, ...]
) -> None:
    name, *more = command.split()
    own = run(name, *ledgers, *more)
    assert own[0] == 2
    assert run(name, *ledgers, *more, "--scheduler", office) == own
    assert run(name, *ledgers, *more, "--scheduler", office, "--send") == own


def test_places_are_relative_to_where_one_is(
    office: str, ledgers: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("sub")
    own = run("aging", "../a.beancount", ledgers[1])
    sent = run("aging", "../a.beancount", ledgers[1], "--scheduler", office, "--send")
    assert sent == own


def test_lines_of_json_are_the_same_in_any_order(
    office: str, ledgers: tuple[str, ...]
) -> None:
    command = ("reminders", *ledgers, "--format", "jsonl")
    own = run(*command)
    sent = run(*command, "--scheduler", office, "--send")
    assert sorted(sent[1].splitlines()) == sorted(own[1].splitlines())
    assert sent[::2] == own[::2]


@pytest.mark.parametrize("how", [(), ("--send",)])
def test_an_answer_of_the_cluster_is_found_again_at_home(
    office: str,
    ledgers: tuple[str, ...],
    how: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody(_function: object, tasks: object, *_more: object) -> Iterator[Any]:
        assert tasks == []
        return iter(())

    command = ("reminders", *ledgers[:2])
    found = running.run(*command, "--scheduler", office, *how)
    monkeypatch.setattr("beancount_dunning.cli.office.each", nobody)
    again = running.run(*command)
    assert (found.exit_code, again.exit_code) == (0, 0)
    assert found.stdout_bytes == again.stdout_bytes


def test_an_answer_of_another_program_is_not_kept(
    office: str, ledgers: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "program", lambda: "with other libraries")
    assert running.run("aging", *ledgers[:2], "--scheduler", office).exit_code == 0
    assert not answers_folder().exists()


@pytest.fixture
def slow(ledgers: tuple[str, ...], tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "own_plugin.py").write_text(OWN_PLUGIN)
    text = f'option "insert_pythonpath" "TRUE"\nplugin "own_plugin"\n{HEAD}{LEDGER}'
    (tmp_path / "slow.beancount").write_text(text, encoding="utf-8")
    return (ledgers[0], "slow.beancount")


def test_what_takes_too_long_is_left_out(office: str, slow: tuple[str, ...]) -> None:
    found = run("aging", slow[1], "gone", "--timeout", "1", "--scheduler", office)
    assert found[0] == 2
    assert "Error: slow.beancount: took longer than 1 seconds" in found[2]
    assert found[1].startswith(b"== 0 of 2 ledgers\n")


def test_a_plugin_that_is_not_there_is_named(
    office: str, ledgers: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path("lib").absolute()
    folder.mkdir()
    (folder / "only_here.py").write_text("__plugins__ = []\n")
    monkeypatch.syspath_prepend(str(folder))
    Path("needs.beancount").write_text(f'plugin "only_here"\n{HEAD}{LEDGER}')
    found = run(
        "aging", *ledgers[:2], "needs.beancount", "--scheduler", office, "--send"
    )
    message = 'The worker does not have its plugin "only_here"; install it.'
    said = [line for line in found[2] if "needs.beancount" in line]
    assert (found[0], said) == (2, [f"Error: needs.beancount: {message}"])
    assert found[1].count(b"== ") == 3


def test_ctrl_c_leaves_no_task(
    office: str, slow: tuple[str, ...], tmp_path: Path
) -> None:
    # In the background, shells have what they start ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    note = tmp_path / "slow.pid"
    with subprocess.Popen(
        [COMMAND, "aging", *slow, "--scheduler", office],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            wait_until(lambda: note.exists() and note.read_text() != "")
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=_MOST)
        finally:
            process.kill()
    assert process.returncode == 1
    # The other ledger may have been ready before.
    lines = said.decode().split("\n")
    own = [line for line in lines if line and not line.startswith("a.beancount: ")]
    assert own == ["Aborted!"]
    wait_until(lambda: not Path(f"/proc/{note.read_text()}").exists())


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + _MOST
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)
