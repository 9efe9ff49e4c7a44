"""Which of some numbers a text may name: a quick look at nothing but its digits.

    INV-2026-014                    2026, 014
    Rechnung 2026/14 vom 14.09.     2026, 14, 14, 09

A text that names a number has its digits, in one or more runs after each other, though
zeros may be missing before each; or a reference with check digits that is made of them.
So a look at the runs of a text finds all that it may name, however many numbers there
are. Whether it does, see `named`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from beancount_dunning.basics.check_digits import payloads
from beancount_dunning.ledger.bank_text import normalized
from beancount_dunning.ledger.bank_text import without_zeros
from beancount_dunning.ledger.named import MAX_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

_RUN = re.compile("[0-9]+")
# In any script, which `normalized` then writes as ASCII.
_DIGIT = re.compile(r"\d")
# What a reference of ISO 11649 has before the number that it is made of.
_CREDITOR = re.compile(r"\b[Rr][Ff][0-9]{2}")
# So many digits, with two dashes, are no year.
_TELLING = 7
# So many check digits a reference has after it at most.
_CHECKS = 2


def has_number(text: object, number: str) -> bool:
    """Tell whether a text has a number as it is, or its digits, which are no year.

    Args:
        text: The text, or what another plugin put in its place.
        number: The number.
    """
    # Many say no number at all.
    if not isinstance(text, str) or not _DIGIT.search(text):
        return False
    before, found, after = text.partition(number)
    if found and not before[-1:].strip() and not after[:1].strip():
        return True
    digits = _dashed(number)
    return len(digits) >= _TELLING and digits in _dashed(text)


def _dashed(text: str) -> str:
    """Return the runs of a text's digits, each between dashes."""
    return f"-{'-'.join(map(without_zeros, _runs(text)))}-"


class DigitRuns:
    """Numbers by their digits."""

    def __init__(self, named: Mapping[str, Iterable[str]]) -> None:
        """File invoices.

        Args:
            named: The spellings of each invoice, see `named.spellings`.
        """
        self._by_digits: dict[str, set[str]] = defaultdict(set)
        for reference, several in named.items():
            for spelling in several:
                runs = _runs(spelling)
                for digits in ("".join(runs), "".join(map(without_zeros, runs))):
                    self._by_digits[without_zeros(digits)].add(reference)
        self._longest = max(map(len, self._by_digits), default=0)

    def in_text(self, text: str) -> set[str]:
        """Return the invoices that a text may name."""
        runs = _runs(text)
        found = self._of(runs)
        if _CREDITOR.search(text):
            found |= self._of(_runs(_CREDITOR.sub(" ", text)))
        return found

    def _of(self, runs: Sequence[str]) -> set[str]:
        """Return the invoices that have the digits of runs after each other."""
        known, longest = self._by_digits, self._longest + _CHECKS
        found: set[str] = set()
        for start in range(len(runs)):
            typed = zeroless = ""
            for run in runs[start : start + MAX_WORDS]:
                typed += run
                zeroless += without_zeros(run)
                if len(zeroless) > longest:
                    break
                digits = without_zeros(typed)
                for made_of in (digits, zeroless):
                    if made_of in known:
                        found |= known[made_of]
                if digits[:-1] in known or digits[:-2] in known:
                    for made_of in payloads(typed):
                        found |= known.get(without_zeros(made_of), set())
        return found


def _runs(text: str) -> list[str]:
    return _RUN.findall(text if text.isascii() else normalized(text))
