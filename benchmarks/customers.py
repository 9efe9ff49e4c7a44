"""What it costs to tell how customers pay, beside Beancount, and that it is linear.

    python benchmarks/customers.py [INVOICES]

Every number is a ratio of times measured in this one run, the best of some, on a ledger
like real books with 25 invoices a customer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger import write_mixed_ledger

_ROUNDS = 3
_LIMIT = 0.10

# Loads the ledger; tells how customers pay; prints seconds as JSON.
_MEASURE = """
import json, os, sys, time
os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
from datetime import date
from beancount import loader
from beancount_dunning import customers, read_books
from beancount_dunning.basics.gc_paused import without_collection

def seconds(function):
    began = time.process_time()
    result = function()
    return time.process_time() - began, result

load, (entries, _, options_map) = seconds(lambda: loader.load_file(sys.argv[1]))
books = read_books(entries, options_map, today=date(2026, 11, 20))
with without_collection():
    told, _ = seconds(lambda: customers(books))
print(json.dumps({"load": load, "customers": told}))
"""


def _measure(path: Path, invoices: int) -> dict[str, float]:
    """Return the least seconds of some runs, each in a process of its own."""
    write_mixed_ledger(path, invoices)
    rounds = []
    for _ in range(_ROUNDS):
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", _MEASURE, str(path)],
            check=True,
            capture_output=True,
            text=True,
        )
        rounds.append(json.loads(done.stdout))
    return {key: min(one[key] for one in rounds) for key in rounds[0]}


def main() -> None:
    """Compare with the load, and with half as many invoices."""
    invoices = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with TemporaryDirectory() as folder:
        path = Path(folder) / "big.beancount"
        half, whole = _measure(path, invoices // 2), _measure(path, invoices)
    ratio = whole["customers"] / whole["load"]
    growth = whole["customers"] / half["customers"]
    print(f"{invoices} invoices\n")
    print(f"customers, of Beancount's load   {ratio:8.1%}  (at most {_LIMIT:.0%})")
    print(f"of half as many invoices         {growth:8.2f} times")


if __name__ == "__main__":
    main()
