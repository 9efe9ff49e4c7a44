"""Lists and sums in sentences."""

from __future__ import annotations

import pickle
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.lists import either
from beancount_dunning.basics.lists import listed
from beancount_dunning.basics.lists import money
from beancount_dunning.basics.lists import shortened
from beancount_dunning.basics.lists import sums
from beancount_dunning.basics.words import Words
from tests.basics.test_words import Catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

_JAPANESE = Catalogue(
    {
        "{before}, {part}": "{before}、{part}",
        "{before} and {part}": "{before}と{part}",
        "{before} or {part}": "{before}または{part}",
        "undated": "期日なし",
    },
    {("{n} more", "{n} more"): ("ほか{n}件", "ほか{n}件")},
)


@pytest.mark.parametrize(
    ("names", "text", "japanese"),
    [
        (["A"], "A", "A"),
        (["A", "B"], "A and B", "AとB"),
        (["A", "B", "C", "D"], "A, B, C and D", "A、B、CとD"),
        (list("ABCDE"), "A, B, C, D and 1 more", "A、B、C、Dとほか1件"),
        (list("ABCDEF"), "A, B, C, D and 2 more", "A、B、C、Dとほか2件"),
    ],
)
def test_names_are_listed_as_far_as_they_can_be_read(
    names: Sequence[str], text: str, japanese: str
) -> None:
    assert shortened(names) == text
    assert shortened(names).translated(_JAPANESE) == japanese


def test_all_names_are_listed_where_all_matter() -> None:
    assert listed("ABCDEF") == "A, B, C, D, E and F"
    assert either("ABC") == "A, B or C"
    assert either("ABC").translated(_JAPANESE) == "A、BまたはC"


def test_words_in_a_list_are_translated_and_names_are_not() -> None:
    parts = listed(["undated", Words("undated")])
    assert parts == "undated and undated"
    assert parts.translated(_JAPANESE) == "undatedと期日なし"


def test_a_list_may_be_long() -> None:
    names = [f"INV-{number}" for number in range(3000)]
    assert listed(names) == f"{', '.join(names[:-1])} and {names[-1]}"
    assert (
        listed(names).translated(_JAPANESE) == f"{'、'.join(names[:-1])}と{names[-1]}"
    )


def test_a_copy_is_in_all_languages_too() -> None:
    copy = pickle.loads(pickle.dumps(either(["undated", Words("undated")])))  # noqa: S301 - ours
    assert copy.translated(_JAPANESE) == "undatedまたは期日なし"


def test_sums_are_in_order_of_their_currencies_and_written_as_the_page_does() -> None:
    said = sums({"USD": Decimal(5), "EUR": Decimal("10.00")})
    assert said == "10.00 EUR and 5 USD"
    assert said.translated(_JAPANESE, lambda _: "X") == "X EURとX USD"
    assert sums({"EUR": Decimal(1)}) == money(Decimal(1), "EUR") == "1 EUR"
