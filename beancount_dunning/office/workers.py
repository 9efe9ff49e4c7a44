"""A function run on many tasks, each in a process of its own.

    for done in each(answer, questions, Limits(jobs=4, timeout=60)):
        print(done.index, done.result or done.failure)

A process ends with its task, and with it the memory that the task took. One that fails,
takes too long or is killed costs its own result and no other. Whatever ends the loop,
Ctrl-C too, ends all processes, and so does the end of the program that asked.

Another engine is a function of the same form: tasks in, a `Done` for each as it comes.
Function, tasks and results have to be picklable; what is unpickled comes from our own
processes.
"""

from __future__ import annotations

import gc
import os
import signal
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from multiprocessing import get_context
from multiprocessing.connection import wait
from threading import Thread
from typing import TYPE_CHECKING
from typing import Generic
from typing import TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from multiprocessing.context import SpawnContext
    from multiprocessing.process import BaseProcess

T = TypeVar("T")
R = TypeVar("R")

# Seconds between two looks at whether anybody still waits.
_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """How many processes run at once, and how many seconds each may take."""

    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """What came of a task: a result, or why there is none.

    `is_ours` says whether this very program worked it out, with the same libraries.
    """

    index: int
    result: R | None
    failure: str | None = None
    is_ours: bool = True


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process at work on a task."""

    index: int
    process: BaseProcess
    connection: Connection
    until: float

    def end(self) -> None:
        """End the process, whether or not it is through."""
        self.process.kill()
        self.process.join()
        self.connection.close()


def each(
    function: Callable[[T], R],
    tasks: Sequence[T],
    limits: Limits,
    modules: Sequence[str] = (),
    is_over: Callable[[], bool] | None = None,
) -> Iterator[Done[R]]:
    """Run a function on each task, in a process of its own.

    Args:
        function: What to run, of a module's top level.
        tasks: What to run it on.
        limits: How many at once, and for how long each.
        modules: What it imports, by name: loaded once for all processes, where the
            system can.
        is_over: Asked again and again whether nobody waits any longer; then all ends.

    Yields:
        What came of each task, as soon as it is known.
    """
    context = _context()
    # What began this program is loaded once, too, and not by each process again.
    context.set_forkserver_preload(["__main__", function.__module__, *modules])
    waiting = deque(enumerate(tasks))
    working: dict[Connection, _Worker] = {}
    try:
        while waiting or working:
            while waiting and len(working) < limits.jobs:
                index, task = waiting.popleft()
                ours, theirs = context.Pipe()
                process = context.Process(
                    target=work, args=(theirs, function, task), daemon=True
                )
                process.start()
                theirs.close()
                until = time.monotonic() + (limits.timeout or float("inf"))
                working[ours] = _Worker(index, process, ours, until)
            for worker in _ready(working, _PAUSE if is_over else None):
                done: Done[R] = _result(worker, limits)
                del working[worker.connection]
                worker.end()
                yield done
            if is_over and is_over():
                return
    finally:
        for worker in working.values():
            worker.end()


def _context() -> ForkServerContext | SpawnContext:
    """Return how processes are started: clean, and fast where the system can."""
    has_forks = os.name == "posix"
    return get_context("forkserver") if has_forks else get_context("spawn")


def _ready(working: dict[Connection, _Worker], most: float | None) -> list[_Worker]:
    """Wait for workers that are through, or have taken too long; seconds at most."""
    until = min(worker.until for worker in working.values())
    if most is not None:
        until = min(until, time.monotonic() + most)
    seconds = None if until == float("inf") else max(until - time.monotonic(), 0)
    through = wait(list(working), seconds)
    now = time.monotonic()
    return [
        worker
        for worker in working.values()
        if worker.connection in through or worker.until <= now
    ]


def _result(worker: _Worker, limits: Limits) -> Done[R]:
    """Take what a worker has to say."""
    if not worker.connection.poll():
        return Done(worker.index, None, f"took longer than {limits.timeout:g} seconds")
    try:
        result, failure = worker.connection.recv()
    except (EOFError, OSError):
        worker.process.join()
        return Done(worker.index, None, _end(worker.process.exitcode))
    return Done(worker.index, result, failure)


def _end(status: int | None) -> str:
    """Say how a process ended that said nothing."""
    if status is not None and status < 0:
        with suppress(ValueError):
            return f"its process was killed ({signal.Signals(-status).name})"
    return f"its process ended (exit status {status})"


def work(connection: Connection, function: Callable[[T], R], task: T) -> None:
    """Run a function on a task, and say what came of it: what each process does."""
    # Ctrl-C reaches all processes of a terminal; who started this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=end_with_asker, args=(connection,), daemon=True).start()
    # A ledger is millions of objects and no garbage.
    gc.disable()
    said: tuple[R | None, str | None]
    try:
        said = function(task), None
    except Exception as error:  # noqa: BLE001 - it costs this result, and no other
        said = None, f"{type(error).__name__}: {error}"
    # Nobody listens any more where the program that asked was killed.
    with suppress(OSError):
        connection.send(said)


def end_with_asker(connection: Connection) -> None:
    """End this process when the one that asked has ended: it never says a word."""
    with suppress(EOFError, OSError):
        connection.recv()
    os._exit(1)
