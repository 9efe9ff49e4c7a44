"""What a letter of reminders says, and how it reaches a mail program."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from datetime import timedelta
from decimal import Decimal
from email.headerregistry import HeaderRegistry
from importlib import resources
from string import Formatter
from textwrap import dedent
from time import perf_counter
from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import unquote
from urllib.parse import urlsplit

import pytest
from babel.dates import format_date
from beancount.loader import load_string
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.basics.money import in_locale
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.letters import LANGUAGES
from beancount_dunning.formats.letters import TONES
from beancount_dunning.formats.letters import Message
from beancount_dunning.formats.letters import locale_of
from beancount_dunning.formats.letters import tone
from beancount_dunning.formats.letters import write
from beancount_dunning.standing.books import read_books
from tests.conftest import Day
from tests.conftest import Ledger
from tests.conftest import load
from tests.strategies import FIRST
from tests.strategies import Ledger as MadeUp
from tests.strategies import amounts
from tests.strategies import as_of_days
from tests.strategies import currencies
from tests.strategies import days
from tests.strategies import huge_numbers
from tests.strategies import ledgers
from tests.strategies import texts
from tests.test_properties import steady

if TYPE_CHECKING:
    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.answers.reminders import Reminder

OVERRIDE = "\u202e"


def letter(ledger: Ledger, as_of: Day) -> Letter:
    """Return the only letter that is due on a date."""
    (found,) = letters(reminders(ledger.books(as_of)).due)
    return found


def message(ledger: Ledger, as_of: Day, *, private: bool = False) -> Message:
    return write(ledger.books(as_of), letter(ledger, as_of), private=private)


def text(ledger: Ledger, as_of: Day) -> str:
    """Return subject and body."""
    found = message(ledger, as_of)
    return f"{found.subject}\n\n{found.body}"


def told(text: str) -> str:
    return dedent(text).lstrip("\n")


# What it says.


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (
            "2026-10-11",
            """
            Upcoming payment: invoice INV-1

            Hello Ms Li,

            This is a short note that the following payment will soon be due:

            - INV-1: EUR 1,190.00, due October 14, 2026

            Please transfer the amount by the due date.

            If you have paid in the meantime, please disregard this message.

            Kind regards,
            Atelier Nordlicht
            Jana Nord
            """,
        ),
        (
            "2026-10-14",
            """
            Payment due today: invoice INV-1

            Hello Ms Li,

            This is a short note that the following payment is due today:

            - INV-1: EUR 1,190.00, due October 14, 2026

            Please transfer the amount today.

            If you have paid in the meantime, please disregard this message.

            Kind regards,
            Atelier Nordlicht
            Jana Nord
            """,
        ),
        (
            "2026-10-15",
            """
            Payment reminder: invoice INV-1

            Hello Ms Li,

            We have not yet received the following payment; perhaps it was simply overlooked:

            - INV-1: EUR 1,190.00, due October 14, 2026 (1 day overdue)

            Please transfer the amount in the next few days.

            If you have paid in the meantime, please disregard this message.

            Kind regards,
            Atelier Nordlicht
            Jana Nord
            """,  # noqa: E501 - as it is written
        ),
        (
            "2026-10-24",
            """
            Payment overdue: invoice INV-1

            Hello Ms Li,

            Unfortunately, we still have not received the following payment:

            - INV-1: EUR 1,190.00, due October 14, 2026 (10 days overdue)

            Please pay the overdue amount without delay, or let us know what is holding it up.

            If you have paid in the meantime, please disregard this message.

            Kind regards,
            Atelier Nordlicht
            Jana Nord
            """,  # noqa: E501 - as it is written
        ),
        (
            "2026-11-20",
            """
            Urgent: payment overdue, invoice INV-1

            Hello Ms Li,

            The following payment is still outstanding, and we ask you to give it your immediate attention:

            - INV-1: EUR 1,190.00, due October 14, 2026 (37 days overdue)

            Please pay the overdue amount at once. If we do not receive it, further steps may follow, and they may involve additional costs for you.

            If you have paid in the meantime, please disregard this message.

            Kind regards,
            Atelier Nordlicht
            Jana Nord
            """,  # noqa: E501 - as it is written
        ),
    ],
)
def test_each_tone_in_english(ledger: Ledger, as_of: str, expected: str) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      contact: "Ms Li"
    2026-01-01 custom "dunning-option" "sender" "Atelier Nordlicht
    Jana Nord"
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-01-01 custom "dunning-step" "standard" "soon"  -3
    2026-01-01 custom "dunning-step" "standard" "now"   0
    2026-01-01 custom "dunning-step" "standard" "one"   1
    2026-01-01 custom "dunning-step" "standard" "two"   10
    2026-01-01 custom "dunning-step" "standard" "three" 20
    2026-01-01 custom "dunning-step" "standard" "four"  30
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    assert text(ledger, as_of) == told(expected)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (
            "2026-10-11",
            """
            Bald fällig: Rechnung RE-1

            Guten Tag Frau Li,

            wir möchten Sie daran erinnern, dass folgende Zahlung in Kürze fällig wird:

            - RE-1: 1.190,00 EUR, fällig am 14. Oktober 2026

            Bitte überweisen Sie den Betrag bis zum Fälligkeitstag.

            Sollten Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos.

            Mit freundlichen Grüßen
            Jana Nord
            """,  # noqa: E501 - as it is written
        ),
        (
            "2026-10-14",
            """
            Heute fällig: Rechnung RE-1

            Guten Tag Frau Li,

            wir möchten Sie daran erinnern, dass folgende Zahlung heute fällig ist:

            - RE-1: 1.190,00 EUR, fällig am 14. Oktober 2026

            Bitte überweisen Sie den Betrag noch heute.

            Sollten Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos.

            Mit freundlichen Grüßen
            Jana Nord
            """,  # noqa: E501 - as it is written
        ),
        (
            "2026-10-15",
            """
            Zahlungserinnerung: Rechnung RE-1

            Guten Tag Frau Li,

            folgende Zahlung ist bei uns noch nicht eingegangen; vielleicht wurde sie nur übersehen:

            - RE-1: 1.190,00 EUR, fällig am 14. Oktober 2026 (seit 1 Tag überfällig)

            Bitte überweisen Sie den Betrag in den nächsten Tagen.

            Sollten Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos.

            Mit freundlichen Grüßen
            Jana Nord
            """,  # noqa: E501 - as it is written
        ),
        (
            "2026-10-24",
            """
            Überfällige Zahlung: Rechnung RE-1

            Guten Tag Frau Li,

            leider ist folgende Zahlung noch immer nicht bei uns eingegangen:

            - RE-1: 1.190,00 EUR, fällig am 14. Oktober 2026 (seit 10 Tagen überfällig)

            Bitte überweisen Sie den überfälligen Betrag umgehend oder teilen Sie uns mit, was der Zahlung entgegensteht.

            Sollten Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos.

            Mit freundlichen Grüßen
            Jana Nord
            """,  # noqa: E501 - as it is written
        ),
        (
            "2026-11-20",
            """
            Dringend: überfällige Zahlung, Rechnung RE-1

            Guten Tag Frau Li,

            folgende Zahlung steht weiterhin aus, und wir bitten Sie, sich unverzüglich darum zu kümmern:

            - RE-1: 1.190,00 EUR, fällig am 14. Oktober 2026 (seit 37 Tagen überfällig)

            Bitte überweisen Sie den überfälligen Betrag sofort. Geht er nicht bei uns ein, müssen Sie mit weiteren Schritten rechnen, durch die Ihnen zusätzliche Kosten entstehen können.

            Sollten Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos.

            Mit freundlichen Grüßen
            Jana Nord
            """,  # noqa: E501 - as it is written
        ),
    ],
)
def test_each_tone_in_german(ledger: Ledger, as_of: str, expected: str) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      contact: "Frau Li"
    2026-01-01 custom "dunning-option" "language" "de"
    2026-01-01 custom "dunning-option" "sender" "Jana Nord"
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-01-01 custom "dunning-step" "standard" "soon"  -3
    2026-01-01 custom "dunning-step" "standard" "now"   0
    2026-01-01 custom "dunning-step" "standard" "one"   1
    2026-01-01 custom "dunning-step" "standard" "two"   10
    2026-01-01 custom "dunning-step" "standard" "three" 20
    2026-09-14 * "Acme" "Website" ^RE-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    assert text(ledger, as_of) == told(expected)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            """
            Payment reminder: 3 invoices

            Hello,

            We have not yet received the following payments; perhaps they were simply overlooked:

            - Hosting: EUR 90.50, due October 13, 2026 (2 days overdue)
            - Invoice of September 15, 2026: JPY 9,050, due October 13, 2026 (2 days overdue)
            - INV-1: EUR 1,190.00, due October 14, 2026 (1 day overdue)

            Total: EUR 1,280.50
            Total: JPY 9,050

            Please transfer the overdue amounts in the next few days.

            If you have paid in the meantime, please disregard this message.

            Kind regards,
            """,  # noqa: E501 - as it is written
        ),
        (
            "de",
            """
            Zahlungserinnerung: 3 Rechnungen

            Guten Tag,

            folgende Zahlungen sind bei uns noch nicht eingegangen; vielleicht wurden sie nur übersehen:

            - Hosting: 90,50 EUR, fällig am 13. Oktober 2026 (seit 2 Tagen überfällig)
            - Rechnung vom 15. September 2026: 9.050 JPY, fällig am 13. Oktober 2026 (seit 2 Tagen überfällig)
            - INV-1: 1.190,00 EUR, fällig am 14. Oktober 2026 (seit 1 Tag überfällig)

            Summe: 1.280,50 EUR
            Summe: 9.050 JPY

            Bitte überweisen Sie die überfälligen Beträge in den nächsten Tagen.

            Sollten Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos.

            Mit freundlichen Grüßen
            """,  # noqa: E501 - as it is written
        ),
    ],
)
def test_several_invoices(ledger: Ledger, language: str, expected: str) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "language" "$language"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Hosting"
      due: 2026-10-13
      Assets:Receivable:Acme  90.50 EUR
      Income:Services
    2026-09-15 * "Acme" ""
      due: 2026-10-13
      Assets:Receivable:Acme  9050 JPY
      Income:Services
    """
    assert language in LANGUAGES
    assert text(ledger, "2026-10-15") == told(expected)


def test_an_invoice_without_reference_and_narration(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-15 * "Acme" ""
      due: 2026-10-14
      Assets:Receivable:Acme  9050 JPY
      Income:Services
    """
    found = message(ledger, "2026-10-15")
    assert found.subject == "Payment reminder: invoice of September 15, 2026"
    assert "- Invoice of September 15, 2026: JPY 9,050, due" in found.body


def test_instalments_of_one_invoice(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
        due: 2026-10-13
      Assets:Receivable:Acme  200.00 EUR
        due: 2026-10-14
      Assets:Receivable:Acme  300.00 EUR
        due: 2026-12-14
      Income:Services
    """
    first = message(ledger, "2026-10-14")
    assert first.subject == "Payment reminder: invoice INV-1 1/3"
    both = message(ledger, "2026-10-15")
    assert both.subject == "Payment reminder: invoice INV-1"
    assert both.body.splitlines()[2:8] == [
        (
            "We have not yet received the following payments; "
            "perhaps they were simply overlooked:"
        ),
        "",
        "- INV-1 1/3: EUR 100.00, due October 13, 2026 (2 days overdue)",
        "- INV-1 2/3: EUR 200.00, due October 14, 2026 (1 day overdue)",
        "",
        "Total: EUR 300.00",
    ]


def test_charges_are_in_what_is_open_and_nowhere_else(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme  5.00 EUR
      Income:Fees
    2026-10-20 * "Acme" "Payment" ^INV-1
      Assets:Bank  100.00 EUR
      Assets:Receivable:Acme
    """
    assert "- INV-1: EUR 105.00, due October 14, 2026" in text(ledger, "2026-10-15")
    assert letter(ledger, "2026-10-20").furthest.item.label == "INV-1, fee"
    after = text(ledger, "2026-10-20")
    assert "- INV-1: EUR 5.00, due October 14, 2026" in after
    assert "fee" not in after


@pytest.mark.parametrize(
    ("policy", "as_of", "expected"),
    [
        ("friendly", "2026-10-07", "notice"),
        ("friendly", "2026-10-14", "today"),
        ("friendly", "2026-10-21", "friendly"),
        ("friendly", "2026-10-28", "firm"),
        ("standard", "2026-10-12", "notice"),
        ("standard", "2026-10-15", "friendly"),
        ("standard", "2026-10-21", "firm"),
        ("standard", "2026-10-29", "final"),
        ("standard", "2026-11-13", "final"),
        # On one day in the policy, and yet one step after the other.
        ("twice", "2026-10-19", "firm"),
        # On the invoice's date, nothing is due today.
        ("early", "2026-09-14", "notice"),
        ("early", "2026-10-15", "friendly"),
    ],
)
def test_the_tone_follows_from_the_policy(
    ledger: Ledger, policy: str, as_of: str, expected: str
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "policy" "$policy"
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-01-01 custom "dunning-step" "twice" "call" 5
    2026-01-01 custom "dunning-step" "twice" "letter" 5
    2026-01-01 custom "dunning-step" "early" "thanks" 0
      from: "invoice"
    2026-01-01 custom "dunning-step" "early" "first" 1
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    assert ledger.settings(as_of).policy == policy
    assert tone(ledger.books(as_of), letter(ledger, as_of)) == expected


def test_a_letter_has_the_tone_of_its_furthest_step(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Hosting" ^INV-2
      due: 2026-10-23
      Assets:Receivable:Acme  90.00 EUR
      Income:Services
    2026-10-14 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    found = message(ledger, "2026-10-21")
    assert found.subject == "Payments overdue: 2 open invoices"
    assert "- INV-2: EUR 90.00, due October 23, 2026\n" in found.body


# In which language.


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
    ("customer", "option", "language", "greeting", "amount"),
    [
        ("", "", "en", "Hello,", "EUR 1,190.00"),
        ("", "en-GB", "en-GB", "Hello,", "EUR 1,190.00"),
        ("", "es-MX", "es-MX", "Buenos días:", "1,190.00 EUR"),
        ("fr", "de", "fr", "Bonjour,", "1\u202f190,00 EUR"),
        ("es", "de", "es", "Buenos días:", "1.190,00 EUR"),
        ("zh-CN", "de", "zh-Hans-CN", "您好！", "EUR 1,190.00"),  # noqa: RUF001 - as it is written
        ("zh-HK", "de", "zh-Hant-HK", "您好：", "EUR 1,190.00"),  # noqa: RUF001 - as it is written
        ("pt_BR", "de", "en", "Hello,", "EUR 1,190.00"),
    ],
)
def test_language_of_customer_or_option(
    customer: str, option: str, language: str, greeting: str, amount: str
) -> None:
    found = message(
        load(f"""
        1999-01-01 open Assets:Receivable:Acme
          {f'language: "{customer}"' if customer else ""}
        {f'2026-01-01 custom "dunning-option" "language" "{option}"' * bool(option)}
        2026-09-14 * "Acme" "Website" ^INV-1
          due: 2026-10-14
          Assets:Receivable:Acme  1190.00 EUR
          Income:Services
        """),
        "2026-10-15",
    )
    assert found.language == language
    assert found.body.startswith(f"{greeting}\n")
    assert amount in found.body


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize(
    "as_of", ["2026-10-11", "2026-10-14", "2026-10-15", "2026-10-24", "2026-11-20"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_says_all(
    ledger: Ledger, language: str, as_of: str, *, several: bool
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      contact: "Li Wei"
      language: "$language"
    2026-01-01 custom "dunning-option" "sender" "Jana Nord"
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-01-01 custom "dunning-step" "standard" "soon"  -3
    2026-01-01 custom "dunning-step" "standard" "now"   0
    2026-01-01 custom "dunning-step" "standard" "one"   1
    2026-01-01 custom "dunning-step" "standard" "two"   10
    2026-01-01 custom "dunning-step" "standard" "three" 20
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Hosting" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Acme  10.00 EUR
      Income:Services
    """
    both = letter(ledger, as_of).reminders
    due = type(letter(ledger, as_of))(both if several else both[:1])
    found = write(ledger.books(as_of), due)
    day = format_date(date(2026, 10, 14), "long", locale=language)
    lines = found.body.split("\n")
    for one in due.reminders:
        (line,) = [line for line in lines if f"{one.item.invoice}" in line]
        assert day in line
        assert f"{in_locale(one.open, language)}" in line
        days = str(one.days_overdue)
        rest = line.replace(day, "").replace(in_locale(one.open, language), "")
        assert (days in rest.partition("INV-")[2][1:]) == (one.days_overdue > 0)
    assert "Li Wei" in lines[0]
    assert lines[-2:] == ["Jana Nord", ""]
    assert any("EUR" in line and "1" in line and "200" in line for line in lines) == (
        several
    )
    assert ("2" if several else "INV-1") in found.subject
    assert not re.search(r"[{}]", found.subject + found.body)


def _flat(table: dict[str, Any], above: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        name = f"{above}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


def _texts(language: str) -> dict[str, str]:
    file = (
        resources.files("beancount_dunning.formats")
        / "letter_texts"
        / f"{language}.toml"
    )
    return _flat(tomllib.loads(file.read_text(encoding="utf-8")))


def _placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_texts_have_the_same_parts(language: str) -> None:
    english, other = _texts("en"), _texts(language)
    assert list(other) == list(english)
    assert len(english) == 15 + 6 * len(TONES)
    for key, text in other.items():
        assert _placeholders(text) == _placeholders(english[key]), key
        assert text.strip() == text != "", key
        assert "\n" not in text


def test_there_is_a_file_for_each_language() -> None:
    folder = resources.files("beancount_dunning.formats") / "letter_texts"
    names = {file.name for file in folder.iterdir()}
    assert names == {f"{language}.toml" for language in LANGUAGES}


def test_no_text_was_left_in_english() -> None:
    written: dict[tuple[str, str], str] = {}
    for language in LANGUAGES:
        for key, text in _texts(language).items():
            words = re.sub(r"{\w+}", "", text)
            if re.search(r"\w{6}", words):
                assert (words, key) not in written, (language, key)
                written[words, key] = language


# What was typed is text.


def test_what_was_typed_is_text_on_one_line() -> None:
    nasty = f'{{contact}} %s {{0}} {OVERRIDE}<b>\t&amp;\u2028\x07 "'
    typed = nasty.replace('"', '\\"')
    template = """
        1999-01-01 open Assets:Receivable:Acme
          contact: "TYPED"
          email: "TYPED..@example.com"
        2026-01-01 custom "dunning-option" "sender" "TYPED.  TYPED"
        2026-09-14 * "Acme" "Website"
          invoice: "TYPED"
          due: 2026-10-14
          Assets:Receivable:Acme  1190.00 EUR
          Income:Services
    """
    ledger = load(
        dedent(template)
        .replace("TYPED..", "TYPED\n\n")
        .replace("TYPED. ", "TYPED\r\n ")
        .replace("TYPED", typed)
    )
    found = message(ledger, "2026-10-15")
    clean = '{contact} %s {0}  <b> &amp;   "'
    assert found.subject == f"Payment reminder: invoice {clean}"
    lines = found.body.split("\n")
    assert lines[0] == f"Hello {clean},"
    assert lines[4] == f"- {clean}: EUR 1,190.00, due October 14, 2026 (1 day overdue)"
    assert lines[-4:] == ["Kind regards,", clean, f"  {clean}", ""]
    assert found.address == f"{clean}  @example.com"


def test_what_is_only_controls_is_nothing() -> None:
    found = message(
        load(f"""
        1999-01-01 open Assets:Receivable:Acme
          contact: "{OVERRIDE}"
          email: "\x07"
        2026-01-01 custom "dunning-option" "sender" "{OVERRIDE}"
        2026-09-14 * "Acme" "{OVERRIDE}"
          invoice: "{OVERRIDE}"
          due: 2026-10-14
          Assets:Receivable:Acme  1190.00 EUR
          Income:Services
        """),
        "2026-10-15",
    )
    assert found.body.startswith("Hello,\n")
    assert "- Invoice of September 14, 2026: " in found.body
    assert found.body.endswith("\n\nKind regards,\n")
    assert found.address is None


# Without amounts.


@pytest.mark.parametrize("language", LANGUAGES)
def test_private_hides_the_digits_of_amounts(ledger: Ledger, language: str) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      language: "$language"
    2026-09-14 * "Acme" "Website" ^INV-2026
      due: 2026-10-14
      Assets:Receivable:Acme  1234567.89 EUR
      Income:Services
    2026-09-14 * "Acme" "Website" ^INV-2027
      due: 2026-10-14
      Assets:Receivable:Acme  10.00 EUR
      Income:Services
    """
    shown = message(ledger, "2026-10-15")
    hidden = message(ledger, "2026-10-15", private=True)
    number = in_locale(Decimal("1234567.89"), language)
    assert number in shown.body
    assert re.sub(r"\d", "X", number) in hidden.body
    assert number not in hidden.body
    assert hidden.subject == shown.subject
    assert hidden.body.count("X") == 9 + 4 + 9
    assert "INV-2026" in hidden.body
    assert format_date(date(2026, 10, 14), "long", locale=language) in hidden.body


# How it reaches a mail program.


def parsed(mailto: str) -> tuple[str, str, str]:
    """Return recipient, subject and body as a mail program reads them (RFC 6068)."""
    # A plus sign is no space there, as it would be in a form.
    assert re.fullmatch(r"mailto:[!-*\-./-~]*", mailto)
    parts = urlsplit(mailto)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("mailto", "", "")
    (recipient,) = parts.path.split(",")
    headers = parse_qs(parts.query, strict_parsing=True, keep_blank_values=True)
    assert list(headers) == ["subject", "body"]
    (subject,), (body,) = headers.values()
    return unquote(recipient, errors="strict"), subject, body


@pytest.mark.parametrize(
    "address",
    [
        "ap@acme.example",
        "o'hara+dunning@acme.example",
        "a!#$%&'*/=?^_`{|}~-@acme.example",
        '"li, wei"@acme.example',
        "a%2Cb@acme.example",
    ],
)
def test_an_address_is_one_recipient(address: str) -> None:
    mailto = Message("en", "Re: 100 % & more?", "Hello,\n\n1 + 1 = 2\n", address).mailto
    recipient, subject, body = parsed(mailto)
    assert recipient == address
    header: Any = HeaderRegistry()("to", recipient)
    assert [one.addr_spec for one in header.addresses] == [address]
    assert subject == "Re: 100 % & more?"
    assert body == "Hello,\r\n\r\n1 + 1 = 2\r\n"
    assert "%0D%0A" in mailto


@pytest.mark.parametrize(
    "address",
    [
        "a@acme.example?bcc=eve@example.com",
        "a@acme.example&bcc=eve@example.com",
        "a@acme.example,eve@example.com",
        "a@acme.example;eve@example.com",
        "a@acme.example%0D%0ABcc:eve@example.com",
        "a@acme.example#eve",
        "//eve.example/a@acme.example",
        "übung@acme.example",
        "李@acme.example",
    ],
)
def test_no_address_adds_recipients_or_headers(address: str) -> None:
    mailto = Message("en", "Reminder", "Hello", address).mailto
    assert parsed(mailto) == (address, "Reminder", "Hello")


def test_the_address_may_be_missing() -> None:
    mailto = Message("en", "Reminder", "Hello", None).mailto
    assert mailto == "mailto:?subject=Reminder&body=Hello"


def test_the_address_is_that_of_the_customers_file(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      email: "ap@acme.example"
      language: "de"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    found = message(ledger, "2026-10-15")
    assert found.address == "ap@acme.example"
    assert found.mailto.startswith(
        "mailto:ap@acme.example?subject=Zahlungserinnerung%3A%20Rechnung%20INV-1"
        "&body=Guten%20Tag%2C%0D%0A%0D%0A"
    )


# Whatever the ledger.


def _named(one: Reminder) -> str:
    item = one.item
    name = plain(item.invoice or "").strip()
    name = name or plain(item.entry.narration or "").strip()
    return f"{name} {item.instalment}" if item.count > 1 and name else name


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


@st.composite
def unpaid(draw: st.DrawFn) -> str:
    """Draw a ledger of a customer who has paid nothing, with any text anywhere."""
    languages = st.sampled_from((*LANGUAGES, "de-AT", "fr-CA", "zh-HK", "pt", "?"))
    lines = [
        "2025-01-01 open Assets:Receivable:Acme",
        *(f"  {key}: {draw(texts)}" for key in ("contact", "email")),
        f'2025-01-01 custom "dunning-option" "language" "{draw(languages)}"',
        f'2025-01-01 custom "dunning-option" "sender" {draw(texts)}',
        '2025-01-01 custom "dunning-option" "catch-up" "highest"',
    ]
    numbers = st.one_of(amounts, huge_numbers)
    for _ in range(draw(st.integers(1, 4))):
        lines += [f'{FIRST} * "Acme" {draw(texts)}', f"  invoice: {draw(texts)}"]
        for _ in range(draw(st.sampled_from((1, 1, 2)))):
            number, currency = draw(numbers), draw(currencies)
            lines += [
                f"  Assets:Receivable:Acme  {number} {currency}",
                f"    due: {draw(days)}",
                f"  Income:Services  -{number} {currency}",
            ]
    return "\n".join([*lines, 'plugin "beancount.plugins.auto_accounts"', ""])


_CREDIT_IN_YEN = f"""\
{FIRST} * "Acme" "Cards"
  due: {FIRST}
  Assets:Receivable:Acme   100.00 EUR
  Assets:Receivable:Acme  -100 JPY
  Equity:Other
plugin "beancount.plugins.auto_accounts"
"""


@example(made_up=_CREDIT_IN_YEN, as_of=FIRST + timedelta(days=30))
@steady
@given(made_up=st.one_of(unpaid(), ledgers(hostile=True)), as_of=as_of_days)
def test_every_letter_says_what_is_open(made_up: str | MadeUp, as_of: date) -> None:
    typed = made_up if isinstance(made_up, str) else made_up.text
    entries, _, options_map = load_string(typed)
    books = read_books(entries, options_map, today=date.max, as_of=as_of)
    settings = books.settings
    for one in letters(reminders(books).due):
        found = write(books, one)
        locale = locale_of(one.furthest.customer.language or settings.language)
        numbers = [in_locale(some.open, locale) for some in one.reminders]
        for some, number in zip(one.reminders, numbers, strict=True):
            assert any(
                _named(some) in line and number in line and some.item.currency in line
                for line in found.body.split("\n")
            )
        assert found.subject == plain(found.subject)
        assert all(line == plain(line) for line in found.body.split("\n"))

        recipient, subject, body = parsed(found.mailto)
        assert (recipient, subject) == (found.address or "", found.subject)
        assert body == found.body.replace("\n", "\r\n")

        hidden = write(books, one, private=True)
        assert (hidden.subject, hidden.address) == (found.subject, found.address)
        changed = [
            pair
            for pair in zip(found.body, hidden.body, strict=True)
            if len({*pair}) > 1
        ]
        assert all(before.isdigit() and after == "X" for before, after in changed)
        totals = [in_locale(some, locale) for some in one.open.values()]
        numbers += totals if len(numbers) > 1 else []
        if one.credit:
            sums = [-some for some in one.credit.values()] + [*one.to_pay.values()]
            numbers += [in_locale(some, locale) for some in sums]
        assert len(changed) == sum(map(_digits, numbers))
