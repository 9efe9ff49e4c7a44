"""A function run on many tasks, by the workers of a Dask cluster.

    for done in Cluster("tcp://office:8786").each(answer, questions, Limits()):
        print(done.index, done.result or done.failure)

The form is that of `workers.each`, and so is what a task costs: a worker runs each one
in a process of its own. A worker that dies costs a repeat. A task that takes its
workers with it is given up after a few, and named; those that were on the same workers
are tried again, each alone. What other versions would work out is not believed.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from concurrent.futures import CancelledError
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version
from multiprocessing import current_process
from queue import Empty
from queue import SimpleQueue
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from beancount_dunning.office.kept import program
from beancount_dunning.office.workers import Done
from beancount_dunning.office.workers import each

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from distributed import Client
    from distributed import Future

    from beancount_dunning.office.workers import Limits

T = TypeVar("T")
R = TypeVar("R")

# Seconds for the scheduler to answer and a worker to come, and for one to come back.
_PATIENCE = 10
_RETURN = 60
# Tasks handed in for each thread of a worker: one to work on, one to go on with.
_AHEAD = 2
# What a worker's processes have loaded: its own program, too, which they run again.
_MODULES = ("dask.cli",)
# What an answer depends on beside a ledger and its plugins.
_PACKAGES = (
    "babel",
    "beancount",
    "beancount-dunning",
    "holidays",
    "icalendar",
    "jinja2",
    "python-dateutil",
    "qrbill",
    "segno",
    "wcwidth",
    "weasyprint",
)
_TLS = "https://distributed.dask.org/en/stable/tls.html"
_LOST = "the connection to the scheduler was lost"
_DEADLY = "every worker that tried it died"
_DESERTED = "no worker is left"


class ClusterError(Exception):
    """There is no cluster to work with; the message says why, and what to type."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Dask cluster, known by its scheduler's address."""

    address: str

    def each(
        self,
        function: Callable[[T], R],
        tasks: Sequence[T],
        limits: Limits,
        modules: Sequence[str] = (),
    ) -> Iterator[Done[R]]:
        """Run a function on each task, as `workers.each` does.

        Args:
            function: What to run, of a module's top level.
            tasks: What to run it on; each is taken when a worker is to have it soon.
            limits: For how long each; how many at once is the workers' business.
            modules: What it imports, by name.

        Yields:
            What came of each task, as soon as it is known.

        Raises:
            ClusterError: There is no cluster, or its workers have other versions.
        """
        with _client(self.address) as client:
            _require_versions(client)
            run = _Run(client, function, tasks, (replace(limits, jobs=1), modules))
            suspects = list[int]()
            threads = sum(client.nthreads().values())
            for done in run.some(range(len(tasks)), _AHEAD * threads):
                if done.failure == _DEADLY:
                    suspects.append(done.index)
                else:
                    yield done
            yield from run.some(suspects, 1)


@contextmanager
def _client(address: str) -> Iterator[Client]:
    """Connect to a scheduler that has workers; in the end, nothing is left with it."""
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, slow to import
    except ImportError as error:
        message = "--scheduler needs: pip install 'beancount-dunning[office]'"
        raise ClusterError(message) from error
    # What it has to say, it says to us as exceptions.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        asyncio.run(_meet(address))
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except TypeError as error:
        message = f"For {address}, tell Dask which certificates to use; see {_TLS}"
        raise ClusterError(message) from error
    except (OSError, ValueError) as error:
        message = f"There is no scheduler at {address}; start one: dask scheduler"
        raise ClusterError(message) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            message = f"{address} has no workers; start one: dask worker {address}"
            raise ClusterError(message) from error
        yield client


async def _meet(address: str) -> None:
    """Ask a scheduler who it is: a client would wait for ever for what is none.

    Raises:
        OSError: Nobody answers, or not as a scheduler does.
        TypeError: There are no certificates.
        ValueError: That is no address.
    """
    from distributed import Security  # noqa: PLC0415 - an extra
    from distributed.core import rpc  # noqa: PLC0415 - an extra

    arguments = Security().get_connection_args("client")
    async with asyncio.timeout(_PATIENCE):
        async with rpc(address, connection_args=arguments) as scheduler:
            found = await scheduler.identity()
    if found["type"] != "Scheduler":
        raise OSError(found["type"])


def versions() -> dict[str, str | None]:
    """Return the versions that an answer depends on, by package; None without it."""
    return dict(map(_version, _PACKAGES))


def _version(package: str) -> tuple[str, str | None]:
    with suppress(PackageNotFoundError):
        return package, version(package)
    return package, None


def _require_versions(client: Client) -> None:
    """Refuse workers with versions other than ours."""
    ours = versions()
    found: Any = client.get_versions(packages=list(ours))
    faults = [
        fault
        for address, theirs in sorted(found["workers"].items())
        if (fault := _other_versions(address, theirs["packages"], ours))
    ]
    if faults:
        raise ClusterError("\n".join(faults))


def _other_versions(
    address: str, theirs: dict[str, str | None], ours: dict[str, str | None]
) -> str:
    """Say in what a worker's versions are not ours; "" if they are."""
    wrong = ", ".join(
        f"{name} {theirs[name] or '(none)'} instead of {ours[name] or '(none)'}"
        for name in ours
        if theirs[name] != ours[name]
    )
    return f"The worker {address} has {wrong}; install the same." if wrong else ""


@dataclass(frozen=True, slots=True)
class _Run:
    """A function, its tasks, and the workers that are to run it."""

    client: Client
    function: Callable[[Any], Any]
    tasks: Sequence[Any]
    how: tuple[Limits, Sequence[str]]

    def some(self, indices: Sequence[int], most: int) -> Iterator[Done[Any]]:
        """Run tasks, with the workers at most so many at a time."""
        waiting = iter(indices)
        ready: SimpleQueue[Future[Any]] = SimpleQueue()
        running: dict[Future[Any], int] = {}
        while True:
            while len(running) < most and (index := next(waiting, None)) is not None:
                future = self._submit(index)
                running[future] = index
                future.add_done_callback(ready.put)
            if not running:
                return
            try:
                future = ready.get(timeout=_RETURN)
            except Empty:
                if not self.client.nthreads():
                    yield from self._given_up([*running.values(), *waiting], _DESERTED)
                    return
                continue
            try:
                done = _outcome(running[future], future)
            except CancelledError:
                yield from self._given_up([*running.values(), *waiting], _LOST)
                return
            del running[future]
            yield done

    def _submit(self, index: int) -> Future[Any]:
        return self.client.submit(
            at_worker,
            self.function,
            self.tasks[index],
            *self.how,
            (versions(), program()),
            pure=False,
        )

    def _given_up(self, indices: Sequence[int], why: str) -> Iterator[Done[Any]]:
        yield from (Done(index, None, why) for index in indices)


def _outcome(index: int, future: Future[Any]) -> Done[Any]:
    """Return what came of a task."""
    from distributed import KilledWorker  # noqa: PLC0415 - an extra

    error = future.exception()
    if isinstance(error, KilledWorker):
        return Done(index, None, _DEADLY)
    if error is not None:
        return Done(index, None, f"{type(error).__name__}: {error}")
    return replace(future.result(), index=index)


def at_worker(
    function: Callable[[T], R],
    task: T,
    limits: Limits,
    modules: Sequence[str],
    ours: tuple[dict[str, str | None], str],
) -> Done[R]:
    """Run a function on a task: what a worker does.

    Args:
        function: What to run.
        task: What to run it on.
        limits: For how long.
        modules: What it imports, by name.
        ours: The versions and the program of who asks.

    Returns:
        What came of it.
    """
    from distributed import get_worker  # noqa: PLC0415 - an extra

    worker = get_worker()
    # A worker that came later was not asked for its versions.
    if fault := _other_versions(worker.address, versions(), ours[0]):
        return Done(0, None, fault)
    # The keeper of a worker makes it one that may have no processes; its ends with it.
    current_process().daemon = False
    key = worker.get_current_task()

    def is_over() -> bool:
        """Whether who asked waits no longer, or is gone."""
        known = worker.state.tasks.get(key)
        return known is None or known.state != "executing"

    # Not by the process itself, which may be killed; and what a killed worker leaves
    # in its folder, the next one removes.
    with tempfile.TemporaryDirectory(dir=worker.local_directory) as folder:
        tasks = [(folder, function, task)]
        loaded = (function.__module__, *modules, *_MODULES)
        for done in each(within, tasks, limits, loaded, is_over):
            return replace(done, is_ours=program() == ours[1])
    return Done(0, None, "nobody waits for it")


def within(task: tuple[str, Callable[[T], R], T]) -> R:
    """Run a function on a task, its temporary files in a folder: what a process does.

    Args:
        task: The folder, the function and its task.

    Returns:
        What the function returns.
    """
    tempfile.tempdir, function, own = task
    return function(own)
