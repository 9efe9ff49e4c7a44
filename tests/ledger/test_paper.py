"""The paper that letters are printed on."""

from __future__ import annotations

import pytest

from beancount_dunning.ledger.paper import Paper
from beancount_dunning.ledger.paper import usual_paper


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
