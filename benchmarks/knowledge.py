"""What the answers about customers cost beside Beancount, and that they are linear.

    python benchmarks/knowledge.py [INVOICES]

Every number is a ratio of processor times measured in this one run, the best of some,
on a ledger of 25 invoices a customer, most of whom are reminded. What an answer takes
is its own time on books that were read; with the reading, it is all that a command does
beyond loading the ledger, but for printing. Beancount loads as it does for everyone,
with the garbage collector on; commands keep it out of what they work out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger import write_reminded_ledger

_ROUNDS = 3
_LIMIT = 0.10
_LIMITED = {"customers", "effect", "forecast", "forecast --by habit"}
_READING = "the reading alone"

# Loads the ledger; asks one function after the other; prints seconds as JSON.
_MEASURE = """
import gc, json, os, sys, time
os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
from datetime import date
from beancount import loader
from beancount_dunning import backtest, customers, effect, outlook, provision
from beancount_dunning import read_books
from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.paid import invoiced

def seconds(function):
    began = time.process_time()
    result = function()
    return time.process_time() - began, result

load, (entries, _, options_map) = seconds(lambda: loader.load_file(sys.argv[1]))
gc.disable()
def read():
    return read_books(entries, options_map, today=date(2026, 11, 20))
reading, books = seconds(read)
asked = {
    "how each invoice was paid": invoiced,
    "customers": customers,
    "effect": effect,
    "forecast": outlook,
    "forecast --by habit": lambda books: outlook(books, Basis.HABIT),
    "forecast --backtest": backtest,
    "provision": lambda books: provision(books, {}, months=12),
}
times = {what: seconds(lambda: ask(books))[0] for what, ask in asked.items()}
print(json.dumps({"load": load, "the reading alone": reading, **times}))
"""


def _measure(path: Path) -> dict[str, float]:
    """Return the best times of some runs, each a process of its own."""
    rounds = []
    for _ in range(_ROUNDS):
        command = (sys.executable, "-c", _MEASURE, str(path))
        done = subprocess.run(  # noqa: S603 - our own command
            command, check=True, capture_output=True, text=True
        )
        rounds.append(json.loads(done.stdout))
    return {key: min(one[key] for one in rounds) for key in rounds[0]}


def main() -> None:
    """Compare with the load, and with a ledger of half as many invoices."""
    invoices = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with TemporaryDirectory() as folder:
        path = Path(folder) / "big.beancount"
        found = []
        for count in (invoices // 2, invoices):
            write_reminded_ledger(path, count)
            found.append(_measure(path))
    half, whole = found
    print(
        f"{invoices} invoices: of Beancount's load, with the reading, and of half as "
        "many invoices\n"
    )
    for what in list(whole)[1:]:
        ratio, growth = whole[what] / whole["load"], whole[what] / half[what]
        with_it = (whole[what] + whole[_READING]) / whole["load"]
        if what == _READING:
            with_it = ratio
        is_limited = what in _LIMITED
        limit = f"  (at most {_LIMIT:.0%})" if is_limited else ""
        print(f"{what:<30}{ratio:8.2%}{with_it:9.2%}{growth:8.2f} x{limit}")


if __name__ == "__main__":
    main()
