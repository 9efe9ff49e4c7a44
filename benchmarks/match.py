"""How well payments without references find their invoices, and how fast.

    python benchmarks/match.py [CUSTOMERS]

Books of several firms are made up, each with so many customers, see `payments`. For
each kind of payment it says how many were certain, likely and asked, how many of the
asked ones nobody could have told, and what was wrong: another invoice than the one that
was paid, or any where nothing says which. Then the same for the example ledger, and the
time for 10,000 payments.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections import defaultdict
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple

from beancount import loader
from beancount.core.data import EMPTY_SET
from beancount.core.data import Custom
from beancount.core.data import Transaction
from beancount.core.data import entry_sortkey
from beancount.parser.grammar import ValueType
from payments import AS_OF
from payments import FIRST
from payments import SUSPENSE
from payments import Truth
from payments import generate

from beancount_dunning import read_books
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.answers.matching import match

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from typing import Any

    from beancount.core.data import Directive
    from payments import Made

    from beancount_dunning.answers.matching import Matches
    from beancount_dunning.ledger.items import Item

_EXAMPLE = Path(__file__).parent.parent / "ledgers" / "example.beancount"
_SUSPENSE = re.compile(f"^{SUSPENSE}$")
_SEEDS = range(1, 13)
_MOST_SHOWN = 12


def _name(item: Item) -> str:
    return item.invoice or item.label


class Outcome(NamedTuple):
    """What was said of a payment, and whether it was wrong."""

    verdict: Verdict
    is_wrong: bool


class Score:
    """Counts outcomes by kind of payment."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kinds: dict[str, Counter[Outcome]] = defaultdict(Counter)
        self._told_wrong: list[str] = []

    def count(self, truths: Mapping[int, Truth], found: Matches, what: str) -> None:
        """Compare what was found with the truth; what was not looked at is asked."""
        by_line = {one.entry.meta["lineno"]: one for one in found.payments}
        payers = Counter(
            _name(part.item) for one in found.payments for part in one.assignments
        )
        for line, truth in truths.items():
            one = by_line.get(line)
            verdict = one.verdict if one else Verdict.ASK
            names = {_name(part.item) for part in one.assignments} if one else set()
            is_sure = verdict is Verdict.CERTAIN and truth.is_doubtful
            is_right = bool(names) and names == truth.invoices and not is_sure
            # One of two payments of an invoice is as good as the other.
            is_alone = all(payers[name] == 1 for name in names)
            is_other = bool(names) and names == truth.paid and is_alone
            is_wrong = verdict is not Verdict.ASK and not is_right and not is_other
            self._kinds[truth.kind][Outcome(verdict, is_wrong)] += 1
            if one and is_wrong:
                self._told_wrong.append(
                    f"{what}, line {line}, {verdict}: {one.entry.payee or ''} | "
                    f"{one.entry.narration} | {sorted(names)}, in truth "
                    f"{truth.kind} of {truth.customer} {sorted(truth.invoices)}"
                )

    def say(self) -> None:
        """Print a line for each kind, the sum, and what was wrong."""
        print(
            f"{'':<28}{'payments':>9}{'certain':>9}{'likely':>9}{'ask':>9}{'wrong':>14}"
        )
        whole: Counter[Outcome] = Counter()
        decidable: Counter[Outcome] = Counter()
        for kind, counted in sorted(
            self._kinds.items(), key=lambda pair: -pair[1].total()
        ):
            _say(kind, counted)
            whole += counted
            if not kind.endswith("undecidable"):
                decidable += counted
        _say("all that can be told", decidable, in_percent=True)
        _say("all", whole, in_percent=True)
        for line in self._told_wrong[:_MOST_SHOWN]:
            print(f"  {line}")

    @property
    def certain_and_wrong(self) -> int:
        """How many were certain and wrong: there may be none, ever."""
        return self._count(Outcome(Verdict.CERTAIN, is_wrong=True))

    @property
    def likely_and_wrong(self) -> int:
        """How many were likely and wrong."""
        return self._count(Outcome(Verdict.LIKELY, is_wrong=True))

    def share(self, *verdicts: Verdict) -> float:
        """Return the share of payments with these verdicts."""
        outcomes = [Outcome(one, wrong) for one in verdicts for wrong in (False, True)]
        total = sum(counted.total() for counted in self._kinds.values())
        return sum(map(self._count, outcomes)) / total

    def _count(self, outcome: Outcome) -> int:
        return sum(counted[outcome] for counted in self._kinds.values())


def _say(what: str, counted: Counter[Outcome], *, in_percent: bool = False) -> None:
    total = counted.total()
    cells = []
    for verdict in Verdict:
        number = sum(counted[Outcome(verdict, wrong)] for wrong in (False, True))
        cells.append(f"{number / total:>9.1%}" if in_percent else f"{number:>9}")
    certain, likely = (
        counted[Outcome(verdict, is_wrong=True)]
        for verdict in (Verdict.CERTAIN, Verdict.LIKELY)
    )
    wrong = f"{certain} + {likely}" if certain or likely else "0"
    print(f"{what:<28}{total:>9}{''.join(cells)}{wrong:>14}")


def _match(text: str) -> Matches:
    entries, _, options_map = loader.load_string(text)
    return match(read_books(entries, options_map, today=AS_OF), suspense=_SUSPENSE)


def match_made_up(seeds: Iterable[int], customers: int) -> Score:
    """Match the payments of several firms, on suspense and on a collective account."""
    score = Score()
    for seed in seeds:
        made = generate(seed, customers)
        score.count(made.truths, _match(made.text), f"firm {seed}")
        if seed % 2:
            text = made.text.replace(f"  {SUSPENSE}\n", "  Assets:Receivable\n")
            score.count(made.truths, _match(text), f"firm {seed}, collective")
    return score


def match_example(*, on_suspense: bool) -> Score:
    """Match the example's payments after their references were taken away."""
    entries, _, options_map = loader.load_file(str(_EXAMPLE))
    books = read_books(entries, options_map, today=AS_OF).with_settled(None)
    paid: dict[int, set[str]] = defaultdict(set)
    for item in (*books.receivables.items, *books.receivables.settled):
        for settlement in item.settlements:
            paid[settlement.entry.meta["lineno"]].add(_name(item))
    bare = [_without_references(entry, on_suspense=on_suspense) for entry in entries]
    truths = {
        line: Truth("the example", invoices=frozenset(paid[line]))
        for line in (entry.meta["lineno"] for entry in entries if _is_payment(entry))
    }
    bare += [_custom("unreferenced", "unapplied")]
    bare.sort(key=entry_sortkey)
    score = Score()
    books = read_books(bare, options_map, today=AS_OF)
    score.count(truths, match(books, suspense=_SUSPENSE), "the example")
    return score


def _custom(name: str, value: str) -> Custom:
    values = [ValueType(name, str), ValueType(value, str)]
    return Custom({"filename": "", "lineno": 0}, FIRST, "dunning-option", values)


def _is_payment(entry: Directive) -> bool:
    """Tell whether an entry of the example is money that a customer paid."""
    if not isinstance(entry, Transaction):
        return False
    accounts = " ".join(posting.account for posting in entry.postings)
    return "Assets:Bank" in accounts and "Assets:Receivable" in accounts


def _without_references(entry: Directive, *, on_suspense: bool) -> Directive:
    """Take the references away from a payment of the example."""
    if not isinstance(entry, Transaction) or not _is_payment(entry):
        return entry
    postings = []
    for posting in entry.postings:
        if "Receivable" in posting.account and on_suspense:
            posting = posting._replace(account=SUSPENSE)  # noqa: PLW2901 - the same, changed
        postings.append(posting._replace(meta=_without_names(posting.meta)))
    meta = _without_names(entry.meta)
    return entry._replace(links=EMPTY_SET, meta=meta, postings=postings)


def _without_names(meta: Mapping[str, Any] | None) -> dict[str, Any]:
    told = {"invoice", "customer"}
    return {key: value for key, value in (meta or {}).items() if key not in told}


def _say_time(what: str, made: Made, copies: int = 1) -> None:
    """Print how long matching takes, as a share of Beancount's load."""
    began = time.perf_counter()
    entries, _, options_map = loader.load_string(made.text)
    load = time.perf_counter() - began
    many = []
    for entry in entries:
        # Equal payments, each an object of its own.
        is_payment = entry.meta["lineno"] in made.truths
        many += [copy(entry) for _ in range(copies)] if is_payment else [entry]
    books = read_books(many, options_map, today=AS_OF)
    began = time.perf_counter()
    found = match(books, suspense=_SUSPENSE)
    took = time.perf_counter() - began
    print(
        f"{what:<40}{len(found.payments):>7} payments, "
        f"{len(books.receivables.items):>6} open items: {took:6.2f} s, "
        f"{took / load:.0%} of Beancount's load"
    )


def main() -> None:
    """Say how good the matches are, and how long they take."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    print(f"{len(_SEEDS)} firms with {customers} customers each\n")
    score = match_made_up(_SEEDS, customers)
    score.say()
    print("\nCertain at least 70 %, with likely 85 %; certain and wrong none, ever.")
    wrong = score.certain_and_wrong
    for where, on_suspense in (("suspense", True), ("their accounts", False)):
        print(f"\nThe example without references, payments on {where}\n")
        score = match_example(on_suspense=on_suspense)
        score.say()
        decided = score.share(Verdict.CERTAIN, Verdict.LIKELY)
        print(f"\nDecided {decided:.0%} (at least 62 %)")
        wrong += score.certain_and_wrong
    print("\nTime (at most 5 s)\n")
    small = generate(1, 170, linked_until=FIRST)
    _say_time("each payment five times", small, copies=5)
    _say_time("nothing linked in the books", generate(1, 390, 30, FIRST))
    if wrong:
        sys.exit(f"\n{wrong} certain and wrong")


if __name__ == "__main__":
    main()
