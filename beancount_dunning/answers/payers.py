"""Who paid: from what a bank calls the payer to the customer.

    MUELLER UND SOEHNE            Müller & Söhne GmbH
    SCHREINEREI HOLZMANN UND SO   Schreinerei Holzmann & Söhne KG
    M SOMMER                      whom M Sommer always paid for

A name counts without case, accents, legal forms and words like "and", with umlauts as
letters or spelt out, and cut at its end where it is long enough. What stands in
`payer:` of a customer's file counts like their name, and so does who paid for one
customer and for no other. A name that fits two customers is nobody's.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.bank_text import CJK
from beancount_dunning.ledger.names import CJK_LEGAL_FORMS
from beancount_dunning.ledger.names import LEGAL_FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping


# A name that is cut has so many letters at least.
_SHORTEST_CUT = 10
# So many letters make one word in a text a name, and not any word.
_LONG_WORD = 6
_SHORTEST_CJK = 4
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
_DOTTED = re.compile(r"\b(?:[^\W\d_]\. ?){2,}")
# Signs without blanks between words are words, each of them.
_WORD = re.compile(rf"{'|'.join(CJK_LEGAL_FORMS)}|[{CJK}]|[^\W_{CJK}]+")
_AND = frozenset({"and", "et", "och", "og", "und"})


@dataclass(frozen=True, slots=True)
class Payer:
    """The customer from whom a payment is, and what tells so."""

    customer: str
    reason: Words


class Payers:
    """All customers, by what banks may call them."""

    def __init__(
        self,
        customers: Iterable[str],
        spelled: Mapping[str, str],
        paid: Iterable[tuple[str, str]],
    ) -> None:
        """Index the names.

        Args:
            customers: The customers' names.
            spelled: What `payer:` of customers' files says, by customer.
            paid: The payees of payments, each with the customer whose it was.
        """
        self._by_name: _Index = defaultdict(dict)
        self._by_bare_name: _Index = defaultdict(dict)
        self._by_beginning: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
        self._known: dict[str, Payer | None] = {}
        for customer in filter(str.strip, customers):
            self._add(
                customer, customer, Words("payer is {customer}", customer=customer)
            )
            for words in map(_without_legal_form, spellings(customer)):
                if _is_a_name(words):
                    self._by_beginning[words[0]].append((words, customer))
        for customer, names in spelled.items():
            for name in names.split(";"):
                reason = Words(
                    'payer "{payer}" is in the file of {customer}',
                    payer=name.strip(),
                    customer=customer,
                )
                self._add(name, customer, reason)
        self._learn(paid)
        self._sorted = sorted(self._by_name)

    def _add(self, name: str, customer: str, reason: Words) -> None:
        for words in filter(None, spellings(name)):
            self._by_name["".join(words)].setdefault(customer, reason)
            bare = _without_legal_form(words)
            for key in ("".join(bare), " ".join(sorted(bare))):
                self._by_bare_name[key].setdefault(customer, reason)

    def _learn(self, paid: Iterable[tuple[str, str]]) -> None:
        owners: dict[str, set[str]] = defaultdict(set)
        names: dict[str, str] = {}
        # Most pay more than once.
        for payee, customer in dict.fromkeys(paid):
            key = "".join(_words(payee, _SPELT_OUT))
            names.setdefault(key, payee)
            owners[key].add(customer)
        for key, customers in owners.items():
            if key and key not in self._by_name and len(customers) == 1:
                (customer,) = customers
                reason = Words(
                    'payer "{payer}" paid for {customer} before',
                    payer=names[key],
                    customer=customer,
                )
                self._add(names[key], customer, reason)

    def find(self, payee: str, texts: Iterable[str]) -> Payer | None:
        """Return who paid.

        Args:
            payee: What the bank calls the payer; empty where it does not say.
            texts: All that the payment says, the payee included.

        Returns:
            The customer; None where none fits, or more than one does.
        """
        if payee:
            if payee not in self._known:
                self._known[payee] = self._called(payee)
            if self._known[payee]:
                return self._known[payee]
        return self._in_texts(texts)

    def namesakes(self, name: str) -> frozenset[str]:
        """Return all whose name differs from this in its legal form at most."""
        keys = ("".join(_without_legal_form(words)) for words in spellings(name))
        return frozenset(self._look_up(self._by_bare_name, filter(None, keys)))

    def _called(self, payee: str) -> Payer | None:
        several = spellings(payee)
        for found in (
            self._look_up(self._by_name, map("".join, several)),
            self._look_up(
                self._by_bare_name,
                ("".join(_without_legal_form(words)) for words in several),
            ),
            self._look_up(
                self._by_bare_name,
                (" ".join(sorted(_without_legal_form(words))) for words in several),
            ),
            self._cut(map("".join, several)),
        ):
            if found:
                return _only(found)
        return None

    def _look_up(self, index: _Index, keys: Iterable[str]) -> dict[str, Words]:
        found: dict[str, Words] = {}
        for key in keys:
            found.update(index.get(key, {}))
        return found

    def _cut(self, keys: Iterable[str]) -> dict[str, Words]:
        """Return those whose names begin like one that was cut."""
        found: dict[str, Words] = {}
        for key in keys:
            if len(key) < _SHORTEST_CUT:
                continue
            index = bisect_left(self._sorted, key)
            while index < len(self._sorted) and self._sorted[index].startswith(key):
                found.update(self._by_name[self._sorted[index]])
                index += 1
        return found

    def _in_texts(self, texts: Iterable[str]) -> Payer | None:
        """Return whose whole name stands in a text."""
        found: dict[str, list[str]] = {}
        for text in texts:
            for words in spellings(text):
                for start, word in enumerate(words):
                    found |= {
                        customer: name
                        for name, customer in self._by_beginning.get(word, ())
                        if words[start : start + len(name)] == name
                    }
        longest = max(map(len, found.values()), default=0)
        names = [customer for customer, name in found.items() if len(name) == longest]
        if len(names) != 1:
            return None
        reason = Words("text has the name {customer}", customer=names[0])
        return Payer(names[0], reason)


_Index = defaultdict[str, dict[str, Words]]


def _only(found: Mapping[str, Words]) -> Payer | None:
    if len(found) != 1:
        return None
    ((customer, reason),) = found.items()
    return Payer(customer, reason)


def _words(text: str, spelling: Mapping[int, str]) -> list[str]:
    """Return the words of a name as they are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    joined = _DOTTED.sub(lambda found: re.sub("[. ]", "", found[0]) + " ", folded)
    spelt = joined.translate(spelling).translate(_PLAIN)
    letters = (
        sign
        for sign in unicodedata.normalize("NFD", spelt)
        if not unicodedata.combining(sign)
    )
    return [word for word in _WORD.findall("".join(letters)) if word not in _AND]


def spellings(name: str) -> list[list[str]]:
    """Return the words of a name with umlauts spelt out, and without their dots."""
    found = [_words(name, _SPELT_OUT)]
    return found if name.isascii() else [*found, _words(name, {})]


def _is_a_name(words: list[str]) -> bool:
    """Tell whether words that stand in a text can only be a name."""
    if any(re.fullmatch(f"[{CJK}]", word) for word in words):
        return len(words) >= _SHORTEST_CJK
    return len(words) > 1 or len("".join(words)) >= _LONG_WORD


def _without_legal_form(words: list[str]) -> list[str]:
    if len(words) > 1 and words[0] in CJK_LEGAL_FORMS:
        words = words[1:]
    end = len(words)
    while end > 1 and words[end - 1] in LEGAL_FORMS:
        end -= 1
    return words[:end]
