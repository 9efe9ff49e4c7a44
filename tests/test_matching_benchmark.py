"""Matching on made-up bank statements: a small run of `benchmarks/match.py`.

What a payment was for is known before a bank writes it down, so that a wrong match is
seen as one.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import Transaction
from beancount.loader import load_string

from beancount_dunning import Verdict
from beancount_dunning import match
from beancount_dunning import match_hook
from beancount_dunning import read_books

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def benchmark() -> Iterator[Any]:
    """Return the benchmark's module; its siblings are known only meanwhile."""
    before = {*sys.modules}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        yield import_module("match")
    for name in {*sys.modules} - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(BENCHMARKS)):
            del sys.modules[name]


def test_nothing_certain_is_wrong(benchmark: Any) -> None:  # noqa: ANN401 - a module
    # Six ranges of numbers, with references of banks and without.
    score = benchmark.match_made_up(range(1, 7), customers=20)
    assert score.certain_and_wrong == 0
    assert score.share(Verdict.CERTAIN) >= 0.7
    assert score.share(Verdict.CERTAIN, Verdict.LIKELY) >= 0.85


@pytest.mark.parametrize("on_suspense", [False, True])
def test_the_example_without_references(
    benchmark: Any,  # noqa: ANN401 - a module
    on_suspense: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    score = benchmark.match_example(on_suspense=on_suspense)
    assert (score.certain_and_wrong, score.likely_and_wrong) == (0, 0)
    assert score.share(Verdict.CERTAIN, Verdict.LIKELY) >= 30 / 48


def test_the_hook_says_what_the_command_says(benchmark: Any) -> None:  # noqa: ANN401 - a module
    made = benchmark.generate(seed=4, customers=30)
    entries, _, options_map = load_string(made.text)
    books = read_books(entries, options_map, today=benchmark.AS_OF)
    found = match(books, suspense=re.compile("Suspense")).payments
    paid = [one.entry for one in found]
    imported = [one._replace(postings=one.postings[:1]) for one in paid]
    others = [one for one in entries if not any(one is other for other in paid)]
    ((_, hooked),) = match_hook([("bank.csv", imported)], others)
    verdicts = [
        Verdict.CERTAIN
        if len(entry.postings) == 2
        else Verdict.LIKELY
        if entry.flag == "!"
        else Verdict.ASK
        for entry in hooked
        if isinstance(entry, Transaction)
    ]
    assert verdicts == [one.verdict for one in found]
    assert {*verdicts} == {*Verdict}
