"""What is nearly one of ours: a slip that would change nothing, and so not be seen.

    2026-02-20 * "Acme" "Beer mats" ^I-17
      due-date: 2026-03-01

A ledger's metadata is its owner's, and most keys are none of our business. So a key is
near one of ours only where somebody would have meant it: other capitals, dashes or
plural, one letter wrong, or a longer name for the same thing. The same goes for
customers' names and invoices' numbers, see `Names`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from beancount_dunning.ledger.bank_text import without_zeros
from beancount_dunning.ledger.names import LEGAL_FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable

# The keys of an invoice, on the transaction or a posting.
POSTING_KEYS = (
    *("invoice", "customer", "due", "terms", "policy", "charge", "step", "reference"),
)
# Those that say something on a payment: `due` and the like change nothing there, and
# `charges` are the bank's.
PAYMENT_KEYS = ("invoice", "customer")

# Other names of the same thing, without dashes.
_OTHER_NAMES = {
    "contactname": "contact",
    "contactperson": "contact",
    "costumer": "customer",
    "customername": "customer",
    "datedue": "due",
    "duedate": "due",
    "dueby": "due",
    "dueon": "due",
    "emailaddress": "email",
    "mail": "email",
    "invoiceid": "invoice",
    "invoiceno": "invoice",
    "invoicenr": "invoice",
    "invoicenum": "invoice",
    "invoicenumber": "invoice",
    "invoiceref": "invoice",
    "invoicereference": "invoice",
    "paymentterms": "terms",
    "payterms": "terms",
    "phonenumber": "phone",
    "telephone": "phone",
}
# Words of their own, though one letter makes one of our keys of them.
_OTHER_WORDS = frozenset(
    {
        *("change", "charged", "charger", "contract", "invoiced", "paper", "patent"),
        *("payee", "player", "police", "referenced", "teams"),
    }
)
# A shorter word has too many neighbours.
_LONG = 5
# The shortest customer's name or number in which one letter may be wrong.
_NAMED = 4
# After a blank: the last letters of a number, like INV-14-AG, are no legal form.
_LEGAL_FORM = re.compile(rf"(?:[\s,&+]+(?:{'|'.join(sorted(LEGAL_FORMS))})\.?)+$")


def is_slip(typed: str, meant: str) -> bool:
    """Tell whether one letter is wrong, missing or too many, or two are swapped."""
    pairs = enumerate(zip(typed, meant, strict=False))
    start = next((at for at, (one, other) in pairs if one != other), None)
    if start is None:
        return abs(len(typed) - len(meant)) <= 1
    typed, meant = typed[start:], meant[start:]
    return (
        typed[1:] in {meant, meant[1:]}
        or typed == meant[1:]
        or (typed[:2] == meant[1::-1] and typed[2:] == meant[2:])
    )


@lru_cache(maxsize=4096)
def near_key(key: object, known: tuple[str, ...]) -> str | None:
    """Return the key that was meant by one that is not known.

    Args:
        key: A key of metadata; another plugin may use anything as one.
        known: Our keys in that place.

    Returns:
        One of ours, or None where the key is known, or none of ours was meant.
    """
    if not isinstance(key, str) or key in known:
        return None
    if key.startswith("_") or not key.isascii():
        return None
    word = re.sub("[-_]", "", key.casefold())
    if word in _OTHER_WORDS or not word.isalpha():
        return None
    if (meant := _OTHER_NAMES.get(word)) in known:
        return meant
    return next(
        (ours for ours in known if _is_meant(word, ours.replace("-", ""))), None
    )


def _is_meant(word: str, ours: str) -> bool:
    # The first letter is rarely wrong, and a wrong one makes another word.
    if word[0] != ours[0] or not is_slip(word, ours):
        return False
    return len(ours) >= _LONG or set(word) == set(ours)


class Names:
    """Names or numbers that there are, to look for one that was meant.

    Each is filed under itself and all that is left of it without one letter, so that
    looking for a slip takes no longer where there are thousands.
    """

    def __init__(self, known: Iterable[str]) -> None:
        """File what there is; the first spelling counts."""
        self._by_core: dict[str, dict[str, None]] = defaultdict(dict)
        for name in known:
            self._by_core[_core(name)].setdefault(name)
        self._by_rest: dict[str, list[str]] = defaultdict(list)
        for core in self._by_core:
            for rest in _rests(core):
                self._by_rest[rest].append(core)

    def alike(self, typed: str) -> list[str]:
        """Return those that differ in nothing but capitals, dashes, blanks and zeros.

        For a company's name, its legal form is no difference either.
        """
        return list(self._by_core.get(_core(typed), ()))

    def near(self, typed: str) -> list[str]:
        """Return those that are alike, or else those with one slip."""
        core = _core(typed)
        alike = self.alike(typed)
        if alike or len(core) < _NAMED:
            return alike
        others = chain(*(self._by_rest.get(rest, ()) for rest in _rests(core)))
        return [
            name
            for other in dict.fromkeys(others)
            if len(other) >= _NAMED and is_slip(core, other)
            for name in self._by_core[other]
        ]


def _core(name: str) -> str:
    """Return the letters and digits of a name, without what makes no difference."""
    name = _LEGAL_FORM.sub("", name.casefold().strip())
    return "".join(map(without_zeros, re.findall(r"\d+|[^\W\d_]+", name)))


def _rests(core: str) -> set[str]:
    return {core, *(core[:index] + core[index + 1 :] for index in range(len(core)))}
