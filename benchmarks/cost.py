"""What the product costs beside Beancount, on a ledger of 50,000 invoices.

    python benchmarks/cost.py [INVOICES]

Every number is a ratio of times measured in this one run, the best of some, so that
the machine and its mood fall out. Each load runs in a process of its own, as
bean-check would: a heap that has seen one ledger makes the next one slower.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger import write_ledger

_ROUNDS = 3

# Loads the ledger; asks one function after the other; prints seconds as JSON.
_MEASURE = """
import json, os, sys, time
os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
import beancount_dunning.plugin, beancount_dunning.aging, beancount_dunning.text_report
from datetime import date
from beancount import loader
from beancount_dunning import age, flag, read_books

def seconds(function):
    began = time.perf_counter()
    result = function()
    return time.perf_counter() - began, result

load, (entries, _, options_map) = seconds(lambda: loader.load_file(sys.argv[1]))
plugin, _ = seconds(lambda: flag(entries, dict(options_map)))

def calculation():
    return age(read_books(entries, options_map, today=date(2026, 11, 20)))

aging, report = seconds(calculation)
print(json.dumps({
    "load": load, "plugin": plugin, "aging": aging, "open": len(report.items),
}))
"""


def _run(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own commands
        command, check=True, capture_output=True, text=True
    )
    return done.stdout


def _time(*command: str) -> float:
    script = (
        "import subprocess, sys, time; began = time.perf_counter();"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False);"
        "print(time.perf_counter() - began)"
    )
    return float(_run(sys.executable, "-c", script, *command))


def _say(what: str, ratio: float, limit: float | None = None) -> None:
    at_most = f"  (at most {limit:.1%})" if limit else ""
    print(f"{what:<58}{ratio:8.2%}{at_most}")


def _compare(path: Path, invoices: int) -> None:
    """Measure one ledger, and print."""
    rounds = [
        json.loads(_run(sys.executable, "-c", _MEASURE, str(path)))
        for _ in range(_ROUNDS)
    ]
    best = {key: min(one[key] for one in rounds) for key in rounds[0]}
    print(f"\n{invoices} invoices, {best['open']} open\n")
    _say("plugin, of Beancount's load", best["plugin"] / best["load"], 0.03)
    _say("aging, the calculation alone", best["aging"] / best["load"], 0.035)
    load = "import sys; from beancount import loader; loader.load_file(sys.argv[1])"
    dunning = str(Path(sys.executable).parent / "bean-dunning")
    cache = path.with_name(f".{path.name}.picklecache")
    alone, aging = [], []
    for _ in range(_ROUNDS):
        cache.unlink(missing_ok=True)
        alone.append(_time(sys.executable, "-c", load, str(path)))
        cache.unlink(missing_ok=True)
        aging.append(_time(dunning, "aging", str(path)))
    _say("bean-dunning aging, beyond the load", min(aging) / min(alone) - 1, 0.08)
    again = min(_time(dunning, "aging", str(path)) for _ in range(_ROUNDS))
    _say("bean-dunning aging again, of the first time", again / min(aging))


def main() -> None:
    """Compare on a ledger where most is paid, and on one where a tenth is not."""
    invoices = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with TemporaryDirectory() as folder:
        for unpaid in (50, 10):
            path = Path(folder) / "big.beancount"
            write_ledger(path, invoices, unpaid)
            _compare(path, invoices)


if __name__ == "__main__":
    main()
