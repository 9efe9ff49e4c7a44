"""What the product costs beside Beancount, on ledgers of 50,000 invoices.

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
from ledger import write_mixed_ledger

_ROUNDS = 3

# Loads the ledger; asks one function after the other; prints seconds as JSON.
_MEASURE = """
import json, os, sys, time
os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
from datetime import date
from beancount import loader
from beancount_dunning import age, read_books
from beancount_dunning.plugin import flag

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


def _compare(path: Path, what: str, plugin: float, aging: float) -> None:
    """Measure a ledger, and print; `plugin` and `aging` are limits."""
    rounds = [
        json.loads(_run(sys.executable, "-c", _MEASURE, str(path)))
        for _ in range(_ROUNDS)
    ]
    best = {key: min(one[key] for one in rounds) for key in rounds[0]}
    print(f"\n{what}: {best['open']} open\n")
    _say("plugin, of Beancount's load", best["plugin"] / best["load"], plugin)
    _say("aging, the calculation alone", best["aging"] / best["load"], aging)
    load = "import sys; from beancount import loader; loader.load_file(sys.argv[1])"
    dunning = str(Path(sys.executable).parent / "bean-dunning")
    cache = path.with_name(f".{path.name}.picklecache")
    alone, whole = [], []
    for _ in range(_ROUNDS):
        cache.unlink(missing_ok=True)
        alone.append(_time(sys.executable, "-c", load, str(path)))
        cache.unlink(missing_ok=True)
        whole.append(_time(dunning, "aging", str(path)))
    _say("bean-dunning aging, beyond the load", min(whole) / min(alone) - 1, 0.08)
    again = min(_time(dunning, "aging", str(path)) for _ in range(_ROUNDS))
    _say("bean-dunning aging again, of the first time", again / min(whole))


def main() -> None:
    """Compare where most is paid, where a tenth is not, and on mixed books."""
    invoices = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with TemporaryDirectory() as folder:
        path = Path(folder) / "big.beancount"
        for unpaid in (50, 10):
            write_ledger(path, invoices, unpaid)
            _compare(
                path, f"{invoices} invoices, one in {unpaid} never paid", 0.03, 0.035
            )
        write_mixed_ledger(path, invoices)
        _compare(path, f"{invoices} invoices, like real books", 0.05, 0.065)


if __name__ == "__main__":
    main()
