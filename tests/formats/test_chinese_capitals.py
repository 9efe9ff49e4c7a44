"""Amounts in Chinese capital figures, by the examples of the rule itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.formats.chinese_capitals import in_capitals
from beancount_dunning.formats.letter_text import as_text
from beancount_dunning.formats.letters import Writer
from tests.conftest import load

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        # The examples of rule 4, annex 1 of 银发 1997 第 393 号.
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        # Rule 2, and larger numbers.
        ("800.00", "捌佰元整"),
        ("10", "壹拾元整"),
        ("10000", "壹万元整"),
        ("100000000", "壹亿元整"),
        ("100000100", "壹亿零壹佰元整"),
        ("100500000", "壹亿零伍拾万元整"),
        ("1000010000", "壹拾亿零壹万元整"),
        ("10001000", "壹仟万壹仟元整"),
        ("100001000", "壹亿零壹仟元整"),
        ("0.50", "伍角"),
        ("0.05", "伍分"),
        ("0.56", "伍角陆分"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        # What has no figures.
        ("0", ""),
        ("-1", ""),
        ("0.005", ""),
        ("1000000000000", ""),
    ],
)
def test_an_amount_in_capitals(amount: str, expected: str) -> None:
    assert in_capitals(Decimal(amount)) == expected


def number(text: str) -> int:
    """Read up to four figures with their places."""
    total, digit = 0, 0
    for sign in text:
        if sign in _UNITS:
            total += digit * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS.index(sign)
    return total + digit


def read(text: str) -> Decimal:
    """Read capital figures again."""
    total = Decimal(0)
    for name, worth in (("亿", "1e8"), ("万", "1e4"), ("元", "1"), ("角", "0.1")):
        before, found, after = text.partition(name)
        if found:
            total += number(before) * Decimal(worth)
            text = after
    return total + number(text.strip("分整")) * Decimal("0.01")


@pytest.mark.parametrize(
    ("language", "currency", "way", "expected"),
    [
        ("zh", "CNY", "letter", "\n金额大写\N{FULLWIDTH COLON}人民币柒仟元整\n\n"),
        ("zh", "CNY", "email", None),
        ("zh-TW", "CNY", "letter", None),
        ("en", "CNY", "letter", None),
        ("zh", "EUR", "letter", None),
    ],
)
def test_who_is_told_so(
    language: str, currency: str, way: str, expected: str | None
) -> None:
    books = load(f"""
1999-01-01 open Assets:Receivable:Acme
  address: "深圳"
  email: "ap@acme.example"
2026-01-01 custom "dunning-step" "standard" "first reminder" 1
  channel: "{way}"
2026-09-14 * "Acme" "网站" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  8000.00 {currency}
  Income:Services
2026-09-20 * "Acme" "部分" ^INV-1
  Assets:Bank  1000.00 {currency}
  Assets:Receivable:Acme
""").books("2026-10-15")
    (said,) = contents(books, letters(reminders(books).due))
    assert said is not None
    text = as_text(Writer.of(books).write(replace(said, language=language)))
    assert (expected or "7") in text
    assert ("大写" in text) == (expected is not None)
    hidden = Writer.of(books, is_private=True).write(said)
    assert hidden.capitals == ""


@given(st.integers(min_value=1, max_value=10**14 - 1))
def test_figures_say_the_amount(fen: int) -> None:
    amount = Decimal(fen) / 100
    text = in_capitals(amount)
    assert read(text) == amount
    assert "零零" not in text
    assert text.endswith("整") == (fen % 100 == 0)
