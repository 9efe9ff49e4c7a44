"""The paper that letters are printed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from beancount_dunning.ledger.paper import Paper
from beancount_dunning.ledger.paper import paper_of
from beancount_dunning.ledger.paper import usual_paper

if TYPE_CHECKING:
    from tests.conftest import Ledger


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", Paper.A4),
        ("en-GB", Paper.A4),
        ("en-US", Paper.LETTER),
        ("es_mx", Paper.LETTER),
        ("zh-Hant-TW", Paper.A4),
        ("", Paper.A4),
    ],
)
def test_the_country_says_the_paper(language: str, expected: Paper) -> None:
    assert usual_paper(language) == expected


def test_the_option_says_the_paper(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "language" "en-US"
    2026-02-01 custom "dunning-option" "paper" "DIN 5008"
    """
    assert paper_of(ledger.books("2026-01-31").settings) == Paper.LETTER
    assert paper_of(ledger.books("2026-02-01").settings) == Paper.DIN_5008
