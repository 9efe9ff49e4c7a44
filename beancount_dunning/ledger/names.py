"""Customers' names: compared without case, shown as they were first spelled.

The bank writes ACME GMBH where the invoice says Acme GmbH, and they are one customer.
Blanks and the two ways of Unicode to write an accent make no other name either. A
customer's file, an account and an invoice tell how the name is spelled; a payment does
only where nothing else has the name.

A legal form that is missing makes another name here. Only who looks for the customer
that a bank or a slip may have meant leaves it out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from datetime import date


# A few customers have most invoices, and each posting says whose it is.
_KEPT = 4096
# Written after a name, and in China, Japan and Korea also before it.
CJK_LEGAL_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "株式会社", "주식회사")
LEGAL_FORMS = frozenset(
    {
        *("ab", "ag", "aps", "as", "asa", "bv", "co", "company", "corp", "corporation"),
        *("eg", "ek", "ev", "gbr", "gmbh", "haftungsbeschraenkt", "inc", "kft", "kg"),
        *("incorporated", "kgaa", "lda", "limited", "llc", "llp", "ltd", "mbh", "nv"),
        *("ohg", "oo", "oy", "oyj", "plc", "pte", "pty", "sa", "sarl", "sas", "sl"),
        *("sp", "spa", "sro", "srl", "ug", "vof", "zoo", *CJK_LEGAL_FORMS),
    }
)


@lru_cache(_KEPT)
def folded(name: str) -> str:
    """Return a name as it is compared with others."""
    # An accent may be a part of its letter, or a sign of its own after it.
    return " ".join(normalize("NFD", name).casefold().split())


class Spellings(dict[str, tuple[bool, "date", str]]):
    """How each customer's name is shown, by folded name.

    Of two spellings the lesser one is shown: not on a payment, earlier, and then the
    name itself, so that the order of a day's entries plays no part.
    """

    def add(self, name: str, day: date, *, is_payment: bool = False) -> None:
        """Take in how a name is spelled on a day."""
        key, spelling = folded(name), (is_payment, day, name)
        self[key] = min(self.get(key, spelling), spelling)

    def is_known(self, name: str) -> bool:
        """Tell whether a name is spelled anywhere but on payments."""
        found = self.get(folded(name))
        return found is not None and not found[0]

    def shown(self, name: str) -> str:
        """Return a name as it is shown; what nobody spelled stays as it is."""
        found = self.get(folded(name))
        return found[2] if found else name
