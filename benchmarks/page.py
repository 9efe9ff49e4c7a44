"""What the page in Fava costs, and what overdue errors cost Fava's other pages.

    python benchmarks/page.py [INVOICES]

Fava answers in this process, without a network. Times are the best of some, and what is
asked for first is measured anew for each of them. Seconds depend on the machine, so the
first ones stand beside Fava's own load of the same ledger; other pages are compared
with those of the same ledger without plugin and page, in turns. Each limit is printed
as a number, and as how much of it is used. One customer in all but some is late, and
some payments wait for their invoices.
"""

from __future__ import annotations

import os
import random
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from fava.application import create_app
from finding import seconds_to_find
from ledger import AS_OF
from ledger import write_ledger

from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.plugin import flag

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from fava.core import FavaLedger
    from flask.testing import FlaskClient

_ROUNDS = 3
_LATER_ROUNDS = 10
_UNPAID = 10
# Of 50,000 invoices this leaves 5,500 open, of 1,500 customers who are late.
_INVOICES_EACH = 31
_WAITING = 40
_DATE = f'2016-01-01 custom "dunning-option" "as-of" {AS_OF}\n'
_EXTENSION = '2016-01-01 custom "fava-extension" "fava_dunning"\n'
_PLUGIN = 'plugin "beancount_dunning"\n'
_OPTION = '2016-01-01 custom "dunning-option" '
_PAGE = "extension/Dunning/"
# The first invoice is never paid, the second one long since; nearly all are late.
_LATER = {
    "the page": "?partial=true",
    "sorted": "?partial=true&invoices-sort=-open",
    "a bucket": "?partial=true&bucket=91%2B&currency=EUR",
    "found by a text": "?partial=true&find=INV-0001",
    "the second part": "?partial=true&invoices-page=2",
    "a customer": "?partial=true&customer=C00001",
    "the story of an open invoice": "?partial=true&invoice=INV-000000",
    "the story of a paid invoice": "?partial=true&invoice=INV-000001",
    "the charts, again": "?partial=true&charts=1",
    "CSV": "aging.csv",
    "JSON": "aging",
}
# How a ledger with many overdue invoices can be set.
_SETTINGS = {
    "by default": "",
    'errors "customer"': f'{_OPTION}"errors" "customer"\n',
    'errors "off"': f'{_OPTION}"errors" "off"\n',
    "minimum 5000": f'{_OPTION}"minimum" 5000.00 EUR\n',
}
# What a browser asks for when one of Fava's pages is opened: the page, and its data.
_PAGES = {
    "income statement": ("income_statement/", "api/income_statement"),
    "journal of a year": ("journal/?time=2025", "api/journal?time=2025"),
    "account": (
        "account/Assets:Bank/?time=2026",
        "api/account_report?a=Assets:Bank&time=2026",
    ),
    "editor": ("editor/", "api/source?filename={path}"),
}
_PARTS = {
    "any page's frame": ("income_statement/",),
    "data: income statement": ("api/income_statement",),
    "data: journal of a year": ("api/journal?time=2025",),
    "data: account": ("api/account_report?a=Assets:Bank&time=2026",),
    "data: whether the ledger changed": ("api/changed",),
}


def _seconds(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


class _Served:
    """A ledger in Fava: how long it took to load, and what it answers."""

    def __init__(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        self.path = path
        self.app = app = create_app([path], poll_watcher=True)
        loader = app.config["LEDGERS"]
        self.load = _seconds(lambda: loader.ledgers)
        self.ledger: FavaLedger = loader.ledgers[0]
        self.client: FlaskClient = app.test_client()

    def ask(self, address: str) -> int:
        """Ask for something; return how many bytes it has."""
        address = address.format(path=self.path)
        answer = self.client.get(f"/benchmark/{address}")
        if answer.status_code != 200:
            message = f"{address}: {answer.status}"
            raise RuntimeError(message)
        return len(answer.data)


def _best_later(served: _Served, address: str) -> float:
    served.ask(address)
    return min(_seconds(lambda: served.ask(address)) for _ in range(_LATER_ROUNDS))


def _measure_page(folder: Path, text: str) -> None:
    served = _Served(folder / "page.beancount", _EXTENSION + _PLUGIN + _DATE + text)
    ledger, page = served.ledger, _PAGE + _LATER["the page"]
    dunning = ledger.extensions.get_extension("Dunning")
    assert dunning is not None  # noqa: S101 - it is in the text

    def first(address: str) -> float:
        times = []
        for _ in range(_ROUNDS):
            # It forgets all that it knows of the ledger, as after a load.
            noting = _seconds(dunning.after_load_file)
            if address != page:
                served.ask(page)
                noting = 0
            times.append(noting + _seconds(lambda: served.ask(address)))
        return min(times)

    options = dict(ledger.options)
    opened = _seconds(lambda: served.ask(page))
    plugin = min(
        _seconds(lambda: flag(ledger.all_entries, options))  # type: ignore[arg-type]  # Fava's own names
        for _ in range(_ROUNDS)
    )
    print(f"Fava loads the ledger in {served.load:.1f} s. Beyond that:\n")
    for what, seconds in (
        ("plugin, and the page when it is asked for first", plugin + first(page)),
        ("the same just after Fava's start", plugin + opened),
        ("the charts when they are asked for first", first(_PAGE + "?charts=1")),
    ):
        _say_limit(what, seconds, "s", 2)
        print(f"{seconds / served.load:>59.1%} of Fava's load")
    print("\nLater:\n")
    for what, address in _LATER.items():
        _say_limit(what, _best_later(served, _PAGE + address), "s", 0.2)
    print()
    pages = (one for one in _LATER.values() if "?" in one)
    _say_limit(
        "the largest of these pages, without what is Fava's",
        max(served.ask(_PAGE + one) for one in pages) / 1000,
        "KB",
        400,
    )
    finding = seconds_to_find(served.app, f"/benchmark/{_PAGE}")
    _say_limit("from a letter typed in find to the next frame", finding, "s", 0.1)


def _say_limit(what: str, found: float, unit: str, limit: float) -> None:
    print(f"{what:<50}{found:9.3f} {unit:<2} {found / limit:7.1%} of {limit} {unit}")


def _waiting() -> str:
    """Return payments of which nobody has said what they are for."""
    chance = random.Random(2)
    return "".join(
        f'2026-11-{chance.randrange(1, 20):02} * "C{chance.randrange(100):05} GmbH" '
        f'"Invoice INV-{chance.randrange(50_000):06}"\n'
        f"  Assets:Bank  {chance.randrange(100, 500_000) / 100:.2f} EUR\n"
        f"  Assets:Receivable:C{chance.randrange(100):05}\n"
        for _ in range(_WAITING)
    )


def _measure_others(folder: Path, text: str) -> None:
    alone = _Served(folder / "alone.beancount", _DATE + text)
    settings = {
        name: _Served(
            folder / f"set{number}.beancount",
            _EXTENSION + _PLUGIN + _DATE + option + text,
        )
        for number, (name, option) in enumerate(_SETTINGS.items())
    }
    print(f"{'':<42}" + "".join(f"{name:>19}" for name in settings))
    counts = [len(served.ledger.errors) for served in settings.values()]
    print(f"{'errors':<42}" + "".join(f"{count:>19}" for count in counts))
    for what, addresses in {**_PAGES, **_PARTS}.items():
        _say(what, *_best_in_turns(addresses, alone, settings))
    print("\nof what they take without plugin and page; data at most 110 %, whatever")
    print(
        "the errors. Fava puts them all into the frame, which a browser asks for once."
    )


def _best_in_turns(
    addresses: Sequence[str], alone: _Served, settings: Mapping[str, _Served]
) -> tuple[float, list[float]]:
    """Return the seconds without plugin and page, and those with each setting."""
    all_served = [alone, *settings.values()]

    def ask(served: _Served) -> None:
        for address in addresses:
            served.ask(address)

    times: list[list[float]] = [[] for _ in all_served]
    # A full collection, with several ledgers in memory, would meet only some of them.
    with without_collection():
        for _ in range(_LATER_ROUNDS):
            for one, served in zip(times, all_served, strict=True):
                one.append(_seconds(lambda served=served: ask(served)))  # type: ignore[misc]  # a default has no type
    bare, *others = map(min, times)
    return bare, others


def _say(what: str, bare: float, others: Sequence[float]) -> None:
    ratios = "".join(f"{one / bare:>19.0%}" for one in others)
    print(f"{what:<33}{bare * 1000:6.1f} ms{ratios}")


def main() -> None:
    """Measure the page on one ledger, and Fava's other pages on a smaller one."""
    invoices = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with TemporaryDirectory() as name:
        os.environ["XDG_CACHE_HOME"] = name
        os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
        folder = Path(name)
        for count, measure in (
            (invoices, _measure_page),
            (invoices * 3 // 5, _measure_others),
        ):
            path = folder / "text.beancount"
            write_ledger(path, count, _UNPAID, count // _INVOICES_EACH)
            print(f"\n{count} invoices, one in {_UNPAID} open\n", flush=True)
            # A heap that has seen one ledger makes the next one slower.
            text = path.read_text(encoding="utf-8") + _waiting()
            process = get_context("spawn").Process(target=measure, args=(folder, text))
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(process.exitcode)


if __name__ == "__main__":
    main()
