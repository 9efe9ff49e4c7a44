"""Another program keeps the ledger to itself, and does not end."""

from __future__ import annotations

import fcntl
import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.error import URLError
from urllib.request import Request
from urllib.request import urlopen

import pytest

from beancount_dunning.basics.files.locks import PATIENCE
from tests.faults.books import LEDGER
from tests.faults.books import dispute
from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

_BIN = Path(sys.executable).parent
# Fava answers with ten threads.
_CLICKS = 15
# On a slow computer that has other things to do.
_QUICK = 2
_SOME_SECONDS = (PATIENCE - 1, PATIENCE + 10)
# The command line, with a clock that runs faster: how long it really waits is seen on
# the page.
_FAST = (
    "import time\n"
    "from types import SimpleNamespace\n"
    "from beancount_dunning.basics.files import locks\n"
    "from beancount_dunning.cli import run\n"
    "fast = lambda: 5 * time.monotonic()\n"
    "locks.time = SimpleNamespace(monotonic=fast, sleep=time.sleep)\n"
    "run()\n"
)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(LEDGER)
    return path


@contextmanager
def held(path: Path) -> Iterator[None]:
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def timed(do: Callable[[], object]) -> float:
    before = time.monotonic()
    do()
    return time.monotonic() - before


@pytest.mark.parametrize("command", ["reminders --append", "ical --output"])
def test_the_command_line_gives_up(books: Path, command: str) -> None:
    name, option = command.split()
    target = books if name == "reminders" else books.with_name("reminders.ics")
    target.touch()
    before = target.read_bytes()
    with held(target):
        began = time.monotonic()
        called = subprocess.run(
            [sys.executable, "-c", _FAST, name, books, option, target],
            capture_output=True,
            check=False,
            text=True,
        )
    assert time.monotonic() - began > PATIENCE / 5
    assert called.returncode == 2
    assert "another program has locked it; try again in a moment" in called.stderr
    assert target.read_bytes() == before


@contextmanager
def fava(books: Path) -> Iterator[str]:
    """Serve a ledger as its users do; yields the address."""
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://localhost:{port}/books/"
    with subprocess.Popen(
        [_BIN / "fava", "--port", str(port), books],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            for _ in range(300):
                try:
                    get(address)
                except URLError:
                    time.sleep(0.1)
                else:
                    break
            yield address
        finally:
            server.terminate()


def get(address: str) -> int:
    with urlopen(address) as answer:  # noqa: S310 - to our own server
        status: int = answer.status
        answer.read()
    return status


def put(address: str, body: object) -> tuple[int, str, float]:
    """Return the status, the text, and how many seconds it took."""
    request = Request(  # noqa: S310 - to our own server
        address,
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    began = time.monotonic()
    try:
        with urlopen(request) as answer:  # noqa: S310 - to our own server
            status, text = answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            status, text = error.code, error.read().decode()
    return status, text, time.monotonic() - began


def test_the_page_gives_up_and_fava_stays_quick(
    books: Path, count: Callable[..., None]
) -> None:
    """Its own editor included."""
    before = books.read_bytes()
    body = dispute(books)
    with fava(books) as address, ThreadPoolExecutor(_CLICKS) as pool:
        with held(books):
            clicks = [
                pool.submit(put, f"{address}{PAGE}log", body) for _ in range(_CLICKS)
            ]
            time.sleep(0.5)
            pages = ("income_statement/", "editor/", PAGE, f"{PAGE}aging")
            took: list[float] = []
            while not clicks[0].done() and len(took) < 100:
                took += [timed(lambda page=page: get(address + page)) for page in pages]  # type: ignore[misc]  # mypy knows no default here
            answers = [click.result() for click in clicks]
        late = sum(seconds > _QUICK for seconds in took)
        count(clicks=_CLICKS, pages=len(took), late=late)
        assert len(took) > 4
        assert late == 0
        assert {status for status, _, _ in answers} == {503}
        assert all("another program has locked it" in text for _, text, _ in answers)
        low, high = _SOME_SECONDS
        assert low < max(seconds for _, _, seconds in answers) < high
        assert books.read_bytes() == before
        assert put(f"{address}{PAGE}log", body)[0] == 200
