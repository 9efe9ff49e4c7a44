"""How exact numbers are written down."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import Locale

from beancount_dunning.basics.money import hidden
from beancount_dunning.basics.money import in_locale


@pytest.mark.parametrize(
    ("number", "locale", "expected"),
    [
        ("1234.50", "en", "1,234.50"),
        ("1234.50", "de", "1.234,50"),
        ("-1234.50", "fr", "-1\u202f234,50"),
        ("1234.5", "es_MX", "1,234.5"),
        ("123456.789", "en_IN", "1,23,456.789"),
        ("1E+3", "de", "1.000"),
        ("0.000", "en", "0.000"),
        # More digits than Decimal computes with.
        ("1" * 30 + ".25", "en", ",".join(["111"] * 10) + ".25"),
        ("0." + "0" * 30 + "1", "de", "0," + "0" * 30 + "1"),
    ],
)
def test_all_digits_are_written(number: str, locale: str, expected: str) -> None:
    assert in_locale(Decimal(number), locale) == expected
    assert in_locale(Decimal(number), Locale.parse(locale)) == expected


@pytest.mark.parametrize(
    ("number", "text"), [("1190.00", "XXXX.XX"), ("-0.5", "-X.X"), ("1E+3", "XXXX")]
)
def test_a_hidden_number_shows_how_long_it_is(number: str, text: str) -> None:
    assert hidden(Decimal(number)) == text
