"""What is declared of options and keys fits what holds their values."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from beancount_dunning.ledger.customers import Customer
from beancount_dunning.ledger.options import FILE_KEYS
from beancount_dunning.ledger.options import INTEREST_KEYS
from beancount_dunning.ledger.options import OPEN_KEYS
from beancount_dunning.ledger.options import OPTIONS
from beancount_dunning.ledger.options import STEP_KEYS
from beancount_dunning.ledger.options import Key
from beancount_dunning.ledger.options import Option
from beancount_dunning.ledger.settings import Settings
from beancount_dunning.ledger.settings import read_settings

DECLARED: list[Key | Option] = [
    *OPTIONS.values(),
    *OPEN_KEYS.values(),
    *STEP_KEYS.values(),
    *INTEREST_KEYS.values(),
]


def test_every_option_has_a_field() -> None:
    names = [field.name for field in fields(Settings)]
    # They stand last, in the same order; `accounts` is the one that is looked up in.
    expected = [
        option.field for option in OPTIONS.values() if option.name != "accounts"
    ]
    assert names[-len(expected) :] == expected
    assert names[0] == "accounts"


@pytest.mark.parametrize("option", OPTIONS.values(), ids=OPTIONS)
def test_without_a_word_an_option_is_at_its_default(option: Option) -> None:
    found = getattr(read_settings([], {}, date(2026, 11, 20)), option.field)
    if option.name in {"minimum", "bank-fee", "pay-to"}:
        assert found == {}
    elif option.name != "accounts":
        assert found == option.default


def test_every_key_of_a_customer_s_file_has_a_field() -> None:
    names = [field.name for field in fields(Customer)]
    expected = [name.replace("-", "_") for name in FILE_KEYS]
    assert names == ["name", *expected, "entries"]


@pytest.mark.parametrize("declared", DECLARED, ids=lambda one: one.name)
def test_what_it_says_is_a_line(declared: Key | Option) -> None:
    assert declared.says == declared.says.strip()
    assert 10 < len(declared.says) < 80
    assert not declared.says.endswith(".")
    assert "\n" not in declared.says
