"""Which numbers a text may name, by nothing but digits."""

from __future__ import annotations

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.ledger.digit_runs import DigitRuns
from beancount_dunning.ledger.named import Numbers
from tests.ledger.test_named import FULL_WIDTH
from tests.ledger.test_named import INVOICE
from tests.ledger.test_named import NUMBERS
from tests.ledger.test_named import QR

_OF_QR = "2100000000031394714300090"


def _spelled(numbers: list[str]) -> dict[str, list[str]]:
    return {number: [number] for number in numbers}


@profile(deadline=None)
@given(
    st.lists(st.one_of(st.text("INVrf-/ 01245.", max_size=30), NUMBERS), max_size=4),
    st.lists(
        st.one_of(st.text("INV-01245", max_size=8), NUMBERS), max_size=6, unique=True
    ),
)
@example(["INV-02026-0000000014"], [INVOICE, "INV-1"])
@example(["I N V - 2 0 2 6 - 0 1 4", "INV202614"], [INVOICE])
@example(["RF18 5390 0754 7034"], ["539007547034", "4711"])
@example(["rf18539007547034"], ["539007547034", "4711"])
@example([QR], [_OF_QR, "4711"])
@example([f"{QR[:2]} {QR[2:7]} {QR[7:]}"], [_OF_QR])
@example(["kid 12345674"], ["1234567", "123456"])
@example([INVOICE.translate(FULL_WIDTH)], [INVOICE, "R-4711"])
def test_whatever_a_text_names_it_may_name(
    several: list[str], numbers: list[str]
) -> None:
    spelled = _spelled(numbers)
    named = {one.reference for one in Numbers(spelled).find(several)}
    runs = DigitRuns(spelled)
    assert named <= set().union(*map(runs.in_text, several))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Rechnung INV-2026-014", [INVOICE]),
        ("2026/14 vom 14.09.2026", [INVOICE]),
        ("INV-2026-0141 INV-2026-04", []),
        ("INV-12026-014", []),
        ("00077", ["R-0077"]),
        ("RF182026014", [INVOICE]),
        ("no number", []),
        ("", []),
    ],
)
def test_few_texts_may_name_a_number(text: str, numbers: list[str]) -> None:
    runs = DigitRuns(_spelled([INVOICE, "R-0077"]))
    assert runs.in_text(text) == set(numbers)


def test_nothing_is_named_where_there_is_nothing() -> None:
    assert DigitRuns({}).in_text("INV-1 2 3") == set()
