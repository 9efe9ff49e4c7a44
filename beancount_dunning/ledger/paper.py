"""The paper that letters are printed on, and where its envelope has a window.

    2026-01-01 custom "dunning-option" "paper" "DIN 5008"

It is the sender's, whatever is usual where the customer is.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beancount_dunning.ledger.settings import Settings

# Where paper has the size that is called Letter.
_LETTER_SIZE = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})


class Paper(StrEnum):
    """A size of paper, with the window on the left if nothing else is said.

    DIN 5008 is A4 with what German offices expect: the sender once more in the window,
    and marks where to fold and punch.
    """

    A4 = "A4"
    A4_RIGHT = "A4, window right"
    DIN_5008 = "DIN 5008"
    LETTER = "Letter"


def usual_paper(language: str) -> Paper:
    """Return the paper of a country.

    Args:
        language: A language with the country, as typed, like "en-US".
    """
    territory = language.replace("_", "-").rpartition("-")[2].upper()
    return Paper.LETTER if territory in _LETTER_SIZE else Paper.A4


def paper_of(settings: Settings) -> str:
    """Return the paper of a ledger's letters: what is usual, without the option."""
    return settings.paper or usual_paper(settings.language)
