"""What an office with hundreds of ledgers waits for, and how much memory it takes.

    python benchmarks/office.py [LEDGERS [INVOICES]]

Cold is compared with what Beancount takes to load the same ledgers, one after the
other, divided by the cores: more than that cannot be gained. Warm is the same command
again, when nothing has changed. Memory is the most that the command itself and any
other of its processes held at a time.

A Dask cluster of one and of two workers on this machine, each with a ledger at a time,
does the same work: two should take half of one, and one what `--jobs 1` takes.
"""

from __future__ import annotations

import gc
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ledger import write_ledger

from beancount_dunning.office.workers import Limits
from beancount_dunning.office.workers import each

if TYPE_CHECKING:
    from collections.abc import Iterator

_DASK = Path(sys.executable).parent / "dask"
_DUNNING = Path(sys.executable).parent / "bean-dunning"
_COMMANDS = (("aging",), ("reminders",), ("aging", "--format", "jsonl"))
_MODULES = ("beancount.loader", "beancount_dunning.plugin")
_MOST_COLD = 1.15
_MOST_WARM = 10.0
_MOST_SITE = 60.0


def seconds_to_load(path: str) -> float:
    """Load a ledger as Beancount does, and return the seconds it took."""
    from beancount import loader  # noqa: PLC0415 - in the process that loads

    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    gc.enable()
    began = time.perf_counter()
    loader.load_file(path)
    return time.perf_counter() - began


def _run(arguments: list[str], cache: Path) -> tuple[float, int, int]:
    """Run a command; return its seconds, its peak memory, and any other process's."""
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    began = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own command
        [_DUNNING, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=env,
        start_new_session=True,
    ) as process:
        own = others = 0
        while process.poll() is None:
            for pid, peak in _peaks(process.pid):
                if pid == process.pid:
                    own = max(own, peak)
                else:
                    others = max(others, peak)
            time.sleep(0.1)
    if process.returncode:
        message = f"{' '.join(arguments)} ended with status {process.returncode}"
        raise SystemExit(message)
    return time.perf_counter() - began, own, others


def _peaks(session: int) -> list[tuple[int, int]]:
    """Return the peak memory in KiB of all processes of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) != session:
                continue
            status = (folder / "status").read_text()
        except OSError:
            continue
        found += [
            (int(folder.name), int(peak))
            for peak in re.findall(r"^VmHWM:\s*(\d+)", status, re.MULTILINE)
        ]
    return found


@contextmanager
def cluster(workers: int, folder: Path) -> Iterator[str]:
    """Start a scheduler and workers of one thread each; return its address."""
    from distributed import Client  # noqa: PLC0415 - slow to import

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", port]
    worker = ["worker", address, "--nthreads", "1", "--local-directory", str(folder)]
    with ExitStack() as parts:
        for arguments in (scheduler, *[worker] * workers):
            part = parts.enter_context(
                subprocess.Popen(  # noqa: S603 - Dask's own command
                    [_DASK, *arguments, "--no-dashboard"], stderr=subprocess.DEVNULL
                )
            )
            parts.callback(part.terminate)
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address


def compare_with_cluster(listed: Path, folder: Path) -> None:
    """Measure the same work on this machine, and on clusters of it."""
    arguments = ["aging", "--books", str(listed), "--no-cache"]
    alone, *_ = _run([*arguments, "--jobs", "1"], folder)
    print(f"\naging --jobs 1 {alone:27.1f} s")
    before = first = alone
    for workers in (1, 2):
        with cluster(workers, folder / "dask") as address:
            # A worker's first ledger waits for its programs to load.
            _run([*arguments, "--scheduler", address], folder)
            for send in ([], ["--send"]):
                seconds, *_ = _run([*arguments, "--scheduler", address, *send], folder)
                how = " ".join([f"{workers} of Dask", *send])
                print(f"  {how:18} {seconds:21.1f} s = {seconds / before:.2f}")
                first = seconds if not send else first
        before = first


def main() -> None:
    """Measure, and print beside each figure what it is to be at most."""
    ledgers = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    invoices = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{number:04}.beancount" for number in range(ledgers)]
        for path in paths:
            write_ledger(path, invoices, 10)
        listed = folder / "office.toml"
        listed.write_text('[[books]]\npath = "*.beancount"\n')
        print(f"{ledgers} ledgers of {invoices} invoices, {os.cpu_count()} cores\n")
        alone = Limits(jobs=1)
        loads = each(seconds_to_load, [str(path) for path in paths], alone, _MODULES)
        least = sum(done.result or 0 for done in loads) / (os.cpu_count() or 1)
        print(f"Beancount's loads, divided by the cores     {least:8.1f} s")
        for command in _COMMANDS:
            arguments = [*command, "--books", str(listed)]
            cache = folder / "-".join(command)
            cold, own, worker = _run(arguments, cache)
            warm, warm_own, _ = _run(arguments, cache)
            print(f"\n{' '.join(command)}")
            most = f"(at most {_MOST_COLD})"
            print(f"  cold {cold:35.1f} s = {cold / least:.2f} loads {most}")
            print(f"  warm {warm:35.1f} s (at most {_MOST_WARM:.0f})")
            print(
                f"  memory of the command {own // 1024:18} MiB, warm {warm_own // 1024}"
            )
            print(f"  memory of a worker {worker // 1024:21} MiB")
        _measure_site(folder / "site", listed, least)
        compare_with_cluster(listed, folder)


def _measure_site(out: Path, listed: Path, least: float) -> None:
    """Write a site of all ledgers twice, and compare it with Beancount's loads."""
    print("\nsite")
    arguments = ["site", str(out), "--books", str(listed)]
    own = worker = 0
    for what in ("first", "again"):
        seconds, *peaks = _run(arguments, out.with_name("site-answers"))
        own, worker = max(own, peaks[0]), max(worker, peaks[1])
        beyond = f"{seconds - least:.1f} beyond the loads (at most {_MOST_SITE:.0f})"
        print(f"  {what} {seconds:33.1f} s, {beyond}")
    print(f"  files {sum(path.is_file() for path in out.rglob('*')):33}")
    print(f"  memory of the command {own // 1024:18} MiB")
    print(f"  memory of a worker {worker // 1024:21} MiB")


if __name__ == "__main__":
    main()
