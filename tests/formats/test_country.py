"""Dates, amounts and lists as a country writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from time import perf_counter

import pytest

from beancount_dunning.formats.country import Country
from beancount_dunning.formats.country import locale_of


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("en", "en"),
        ("EN-gb", "en_GB"),
        ("de", "de"),
        ("de-AT", "de_AT"),
        (" de_DE.UTF-8 ", "de_DE"),
        ("de-XX", "de"),
        ("de-u-co-phonebk", "de"),
        ("fr-CA", "fr_CA"),
        ("es-419", "es_419"),
        ("it-CH", "it_CH"),
        ("nl-BE", "nl_BE"),
        ("ja", "ja"),
        ("zh", "zh"),
        ("zh-CN", "zh_Hans_CN"),
        ("zh-Hans-TW", "zh_Hans"),
        ("zh-TW", "zh_Hant_TW"),
        ("zh_HK", "zh_Hant_HK"),
        ("zh-Hant", "zh_Hant"),
        ("zh-Hant-XX", "zh_Hant"),
        ("pt_BR", "en"),
        ("Deutsch", "en"),
        ("root", "en"),
        ("../../en", "en"),
        ("\0", "en"),
        ("d\ud800", "en"),
        ("", "en"),
    ],
)
def test_a_language_tag_finds_the_nearest_text(tag: str, locale: str) -> None:
    assert str(locale_of(tag)) == locale


def test_a_tag_without_end_is_soon_read() -> None:
    begun = perf_counter()
    assert str(locale_of("_" * 100_000)) == "en"
    assert perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("tag", "number", "currency", "expected"),
    [
        ("en", "1190.00", "EUR", "€1,190.00"),
        ("en", "1190", "EUR", "€1,190.00"),
        ("en", "0.125", "EUR", "€0.125"),
        ("en", "9050", "JPY", "¥9,050"),
        ("en", "1.50", "HOURS", "1.50\u00a0HOURS"),
        ("de", "1190.00", "EUR", "1.190,00\u00a0€"),
        ("es-MX", "1190.00", "EUR", "EUR\u00a01,190.00"),
        ("zh", "7000.00", "CNY", "¥7,000.00"),
        ("zh-TW", "1190.00", "TWD", "NT$1,190"),
        ("zh-TW", "1190.50", "TWD", "NT$1,190.50"),
        ("ja", "1190", "JPY", "1,190円"),
        ("ja", "1190", "EUR", "€1,190.00"),
        ("en", "1" + "0" * 60 + ".25", "EUR", "€1" + ",000" * 20 + ".25"),
    ],
)
def test_amounts(tag: str, number: str, currency: str, expected: str) -> None:
    assert Country(locale_of(tag)).amount(Decimal(number), currency) == expected


def test_private_amounts_have_no_digits() -> None:
    assert Country(locale_of("en"), is_private=True).amount(Decimal(12), "EUR") == (
        "€XX.XX"
    )


@pytest.mark.parametrize(
    ("tag", "day", "expected"),
    [
        ("en", 1, "October 1, 2026"),
        ("en-GB", 1, "1 October 2026"),
        ("fr", 1, "1er octobre 2026"),
        ("fr-CA", 11, "11 octobre 2026"),
        ("it", 1, "1° ottobre 2026"),
        ("it", 10, "10 ottobre 2026"),
        ("ja", 1, "2026年10月1日"),
    ],
)
def test_days(tag: str, day: int, expected: str) -> None:
    assert Country(locale_of(tag)).day(date(2026, 10, day)) == expected


def test_percentages() -> None:
    assert Country(locale_of("de")).percent(Decimal("2.5")) == "2,5\u00a0%"
    assert Country(locale_of("en")).percent(Decimal(2)) == "2%"


def test_lists() -> None:
    assert Country(locale_of("de")).joined(["1", "2", "3"]) == "1, 2 und 3"
    assert Country(locale_of("en")).joined([]) == ""


def test_plural_forms() -> None:
    french = Country(locale_of("fr")).plural
    assert [french(number, one="jour", other="jours") for number in (0, 1, 2)] == [
        "jour",
        "jour",
        "jours",
    ]
    assert Country(locale_of("zh")).plural(1, one="A", other="B") == "B"
    assert Country(locale_of("en")).plural(1, other="B") == "B"
    with pytest.raises(TypeError, match="other"):
        french(1, one="jour")
