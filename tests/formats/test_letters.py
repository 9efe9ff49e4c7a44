"""What a letter of reminders says, and how it reaches a mail program."""

from __future__ import annotations

import re
from dataclasses import fields
from dataclasses import replace
from datetime import date
from datetime import timedelta
from decimal import Decimal
from email.headerregistry import HeaderRegistry
from html import unescape
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import unquote
from urllib.parse import urlsplit

import pytest
from beancount.core.amount import Amount
from beancount.loader import load_string
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.contents import Tone
from beancount_dunning.answers.contents import sums
from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.letters import thanks
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.country import Country
from beancount_dunning.formats.country import locale_of
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.letter_context import context
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letter_html import source_of_page
from beancount_dunning.formats.letter_languages import language_of
from beancount_dunning.formats.letter_records import Invoice
from beancount_dunning.formats.letters import Message
from beancount_dunning.formats.letters import Writer
from beancount_dunning.formats.templates import Source
from beancount_dunning.standing.books import read_books
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
from tests.writing import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.answers.reminders import Letter

OVERRIDE = "\u202e"


def letter(ledger: Ledger, as_of: str) -> Letter:
    """Return the only letter that is due on a date."""
    (found,) = letters(reminders(ledger.books(as_of)).due)
    return found


def message(ledger: Ledger, as_of: str, *, private: bool = False) -> Message:
    return write(ledger.books(as_of), letter(ledger, as_of), private=private)


def text(ledger: Ledger, as_of: str) -> str:
    """Return subject and body."""
    found = message(ledger, as_of)
    return f"{found.subject}\n\n{found.body}"


def told(text: str) -> str:
    return dedent(text).lstrip("\n")


# What it says.

_HEAD = """
1999-01-01 open Assets:Receivable:Acme
  customer: "Acme GmbH"
  contact: "{contact}"
  email: "ap@acme.example"
  language: "{language}"
2026-01-01 custom "dunning-option" "sender" "Atelier Nord
Am Speicher 7, 20457 Hamburg
+49 40 123456-7, post@nord.example"
2026-01-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51" "Nord"
2026-01-01 custom "dunning-option" "pay-link" "https://pay.example/{{invoice}}"
2026-01-01 custom "dunning-option" "catch-up" "highest"
2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
2026-01-01 custom "dunning-step" "standard" "soon"  -3
2026-01-01 custom "dunning-step" "standard" "now"   0
2026-01-01 custom "dunning-step" "standard" "one"   1
2026-01-01 custom "dunning-step" "standard" "two"   10
2026-01-01 custom "dunning-step" "standard" "three" 20
  fee: 5.00 EUR
"""
_INVOICE = """
2026-09-14 * "Acme" "Website" ^RE-{number}
  due: 2026-10-14
  Assets:Receivable:Acme  1190.00 EUR
  Income:Services
"""
_PAID = """
2026-09-20 * "Acme" "Part" ^RE-1
  Assets:Bank  190.00 EUR
  Assets:Receivable:Acme
2026-09-21 * "Acme" "One page less" ^RE-1
  Income:Services  100.00 EUR
  Assets:Receivable:Acme
"""
_CHARGED = """
2026-10-16 note Assets:Receivable:Acme "Sent" ^RE-1
  reminder: "one"
2026-10-20 * "Acme" "Fee" ^RE-1
  charge: "fee"
  due: 2026-10-14
  Assets:Receivable:Acme  5.00 EUR
  Income:Fees
2026-10-20 * "Acme" "Interest" ^RE-1
  charge: "interest"
  due: 2026-10-14
  Assets:Receivable:Acme  2.00 EUR
  Income:Interest
2026-10-20 * "Acme" "Compensation" ^RE-1
  charge: "compensation"
  due: 2026-10-14
  Assets:Receivable:Acme  40.00 EUR
  Income:Interest
"""
_CREDIT = """
2026-09-25 * "Acme" "On account"
  Assets:Bank  50.00 EUR
  Assets:Receivable:Acme
"""
_PROMISE = """
2026-10-17 note Assets:Receivable:Acme "Called"{links}
  promise: 2026-10-20
"""
_NOT_DUE = """
2026-09-14 * "Acme" "Hosting" ^RE-30
  due: 2026-10-28
  Assets:Receivable:Acme  60.00 EUR
  Income:Services
2026-09-14 * "Acme" "More hosting" ^RE-31
  due: 2026-10-28
  Assets:Receivable:Acme  70.00 EUR
  Income:Services
"""
_DAYS = {
    Tone.NOTICE: "2026-10-11",
    Tone.TODAY: "2026-10-14",
    Tone.FRIENDLY: "2026-10-15",
    Tone.FIRM: "2026-10-25",
    Tone.FINAL: "2026-11-20",
}


def books_with(
    *more: str, count: int = 1, contact: str = "", language: str = "en"
) -> Ledger:
    head = _HEAD.format(contact=contact, language=language)
    head = head.replace('  contact: ""\n', "")
    invoices = (_INVOICE.format(number=number) for number in range(1, count + 1))
    ledger = load("".join([head, *invoices, *more]))
    assert not ledger.errors
    return ledger


def test_a_friendly_letter_in_english() -> None:
    ledger = books_with(_PAID, contact="Ms Li", language="en-GB")
    assert text(ledger, "2026-10-15") == told("""
        Payment reminder: invoice RE-1

        Dear Ms Li,

        We have not yet received full payment of invoice RE-1, which was due on 14 October 2026. It may simply have been missed.
        Thank you for your payment of 20 September 2026.

        - Invoice RE-1 of 14 September 2026, due 14 October 2026, 1 day overdue: €1,190.00
          Website
          received on 20 September 2026: −€190.00
          credited on 21 September 2026: −€100.00

        Please pay €900.00 by 24 October 2026.

        Please transfer to DE02 1203 0000 0000 2020 51 (Nord), quoting RF32 RE1.
        Pay online: https://pay.example/RE-1

        If your payment has crossed with this message, thank you; there is nothing more to do.
        If you have any questions, you can reach us here: +49 40 123456-7, post@nord.example.

        Kind regards,
        Atelier Nord
        Am Speicher 7, 20457 Hamburg
        +49 40 123456-7, post@nord.example
        """)  # noqa: E501 - as it is written


def test_a_firm_letter_in_german_with_all_that_there_can_be() -> None:
    ledger = books_with(
        _PAID, _CHARGED, _CREDIT, _NOT_DUE, contact="Frau Krüger", language="de"
    )
    assert text(ledger, "2026-10-25") == told("""
        Mahnung: Rechnung RE-1

        Sehr geehrte Frau Krüger,

        auf unsere Erinnerung vom 16. Oktober 2026 haben wir keine vollständige Zahlung erhalten; die Rechnung RE-1 ist seit 11 Tagen überfällig.

        - Rechnung RE-1 vom 14. September 2026, fällig am 14. Oktober 2026, seit 11 Tagen überfällig: 1.190,00 €
          Website
          eingegangen am 20. September 2026: −190,00 €
          gutgeschrieben am 21. September 2026: −100,00 €
          Verzugspauschale vom 20. Oktober 2026: 40,00 €
          Mahnkosten vom 20. Oktober 2026: 5,00 €
          Zinsen bis 20. Oktober 2026: 2,00 €
          noch offen: 947,00 €
          Online bezahlen: https://pay.example/RE-1
        Abzüglich Ihres Guthabens: −50,00 €

        Zu Ihrer Information, noch nicht fällig:
        - Rechnung RE-30 vom 14. September 2026, fällig am 28. Oktober 2026: 60,00 €
          Hosting
          Online bezahlen: https://pay.example/RE-30
        - Rechnung RE-31 vom 14. September 2026, fällig am 28. Oktober 2026: 70,00 €
          More hosting
          Online bezahlen: https://pay.example/RE-31
        Noch nicht fällig insgesamt: 130,00 €

        Bitte überweisen Sie 897,00 € bis zum 4. November 2026. Falls Sie Einwände gegen die Rechnung haben, teilen Sie uns diese bitte bis dahin mit.
        Geht Ihre Zahlung bis dahin nicht ein, erhalten Sie von uns eine letzte Mahnung, für die wir 5,00 € berechnen.

        Bitte überweisen Sie auf das Konto DE02 1203 0000 0000 2020 51 (Nord), Verwendungszweck RE-1, RE-30, RE-31.

        Hat sich Ihre Zahlung mit diesem Schreiben überschnitten, betrachten Sie es bitte als gegenstandslos.
        Bei Fragen erreichen Sie uns so: +49 40 123456-7, post@nord.example.

        Mit freundlichen Grüßen
        Atelier Nord
        Am Speicher 7, 20457 Hamburg
        +49 40 123456-7, post@nord.example
        """).replace(" €", "\u00a0€")  # noqa: E501 - as it is written


def of_tones(count: int, *more: str) -> Iterator[Contents]:
    """Yield a letter of each tone about some invoices."""
    ledger = books_with(*more, count=count)
    links = "".join(f" ^RE-{number}" for number in range(1, count + 1))
    note = _PROMISE.format(links=links)
    charged = () if _CHARGED in more else (_CHARGED,)
    promised = books_with(*more, *charged, note, count=count)
    for tone, day in (*_DAYS.items(), (Tone.PROMISE, "2026-10-25")):
        books = (promised if tone == Tone.PROMISE else ledger).books(day)
        (said,) = contents(books, letters(reminders(books).due))
        assert said is not None
        assert said.tone == tone
        yield said
        if tone == Tone.PROMISE:
            assert said.promise
            part = replace(said.promise, amount=Amount(Decimal("70.00"), "EUR"))
            yield replace(said, promise=part)
            of_plan = replace(said, tone=Tone.PLAN, promise=None)
            was_due = date(2026, 8, 1)
            bills = [replace(bill, originally_due=was_due) for bill in said.bills]
            yield replace(of_plan, bills=tuple(bills))
    yield from thanks(ledger.books("2026-10-01"), date(2026, 9, 1))


# Every combination would take minutes; each of these has what the others have not.
CASES = {
    "nothing": (),
    "paid": (_PAID,),
    "charged": (_CHARGED,),
    "credit": (_CREDIT, _NOT_DUE),
    "all": (_PAID, _CHARGED, _CREDIT, _NOT_DUE),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("count", [1, 2, 20])
def test_each_letter_says_all_and_adds_up(count: int, case: str) -> None:
    writer = Writer.of(books_with().books())
    for said in of_tones(count, *CASES[case]):
        for language in LANGUAGES:
            for contact in (None, "Frau Krüger", "李女士"):
                file = replace(said.customer, contact=contact)
                whole = replace(said, customer=file, language=language)
                found = writer.write(whole)
                country = Country(locale_of(language))
                check(whole, found, country)
            check_page(whole, found)


def check_page(said: Contents, found: Message) -> None:
    """Check that a letter's page says the same, and nothing beside it."""
    page = re.sub(r"(?s)<(style|svg).*?</\1>|<[^>]*>", " ", as_html(found))
    whole = unescape(page)
    assert not re.search(r"[{}<>]|None|\bTrue\b|\bFalse\b", whole), whole
    assert [*amounts_in(whole)] == [*expected_amounts(said)], whole
    for line in (found.subject, *found.recipient.split("\n"), found.date):
        assert line in whole


def check(said: Contents, found: Message, country: Country) -> None:
    """Check that a letter says all that there is to say, and nothing too much."""
    whole = f"{found.subject}\n\n{found.body}"
    assert not re.search(r"[{}]|None|\bTrue\b|\bFalse\b| [,.;，。]|\n\n\n| $", whole), (
        whole
    )
    assert [*amounts_in(found.body)] == [*expected_amounts(said)], whole
    days_ = {said.pay_by} if len(said.late) == 1 and said.tone != Tone.TODAY else set()
    days_ |= {day for bill in said.bills for day in (bill.due, bill.date)}
    days_ |= {*said.earlier} if said.tone in {Tone.FIRM, Tone.FINAL} else set()
    days_ |= {bill.originally_due for bill in said.bills if bill.originally_due}
    days_ |= {one.date for one in said.payments}
    if said.promise and said.tone == Tone.PROMISE:
        days_ |= {said.promise.date, said.promise.promise}
    for day in days_:
        assert day is not None
        assert country.day(day) in whole
    for invoice in said.invoices:
        assert invoice in whole
    assert ("DE02 1203 0000 0000 2020 51" in whole) == bool(said.bills)
    assert "post@nord.example" in whole
    contact = said.customer.contact or ""
    is_formal = country.locale.language in {"de", "es", "fr", "nl"}
    assert contact in whole or is_formal


def amounts_in(body: str) -> Iterator[Decimal]:
    """Yield the amounts of a letter, each with its sign, in order."""
    number = r"(?:€\s?)?\d[\d.,\u202f]*[.,]\d\d(?!\d)"
    for sign, digits in re.findall(rf"(−?)({number})", body):
        cents = Decimal(re.sub(r"\D", "", digits))
        yield cents / (-100 if sign else 100)


def expected_amounts(said: Contents) -> Iterator[Decimal]:
    """Yield the amounts that a letter has to say, and no others, in order."""
    if said.tone == Tone.THANKS:
        yield from (one.amount for one in said.payments)
        return
    if said.tone == Tone.PROMISE and said.promise and said.promise.amount:
        yield Decimal("70.00")
    for bills in (said.late, said.later):
        for bill in bills:
            yield bill.invoiced
            entries = [(one.date, -one.amount) for one in bill.settled]
            charged = sorted((one.date, one.kind, one.amount) for one in bill.charged)
            # All charges of these ledgers are younger than what was settled.
            yield from (amount for _, amount in entries)
            yield from sorted((amount for *_, amount in charged), reverse=True)
            if len(said.bills) > 1 and (bill.settled or bill.charged):
                yield bill.open
        yield from (-one.credit for one in sums(bills) if one.credit)
    if len(said.later) > 1:
        yield from (one.asked for one in sums(said.later))
    yield from (one.asked for one in sums(said.late))
    if said.following and said.following.fee:
        yield Decimal(5)


# The same signs in both scripts of Chinese.
_SIMPLIFIED = "账单应项总据将请们于贵余额谢无须还发过时联系"
_TRADITIONAL = "帳單應項總據將請們於貴餘額謝無須還發過時聯繫"


def test_no_text_was_left_in_another_language() -> None:
    """Compare the sentences of each two languages."""
    written: dict[str, str] = {}
    writer = Writer.of(books_with().books())
    for said in of_tones(2, _PAID, _CHARGED, _CREDIT, _NOT_DUE):
        # What the ledger says is the same in all languages.
        bills = tuple(replace(bill, description="") for bill in said.bills)
        for language in LANGUAGES:
            found = writer.write(
                replace(said, language=language, bills=bills, sender="")
            )
            whole = f"{found.subject}\n{found.body}"
            if language.startswith("zh"):
                others = _SIMPLIFIED if "_" in language else _TRADITIONAL
                assert not set(whole) & set(others)
                continue
            for line in whole.split("\n"):
                words = re.sub(r"https?:\S+|\W|\d", " ", line)
                if re.search(r"\w{6}", words):
                    assert written.setdefault(line, language) == language, line


# In which language.


@pytest.mark.parametrize(
    ("customer", "option", "language", "greeting", "amount"),
    [
        ("", "", "en", "Dear Acme,", "€1,190.00"),
        ("", "en-GB", "en-GB", "Dear Acme,", "€1,190.00"),
        ("", "es-MX", "es-MX", "Estimados señores:", "EUR\u00a01,190.00"),
        ("fr", "de", "fr", "Madame, Monsieur,", "1\u202f190,00\u00a0€"),
        ("es", "de", "es", "Estimados señores:", "1.190,00\u00a0€"),
        ("de-CH", "de", "de-CH", "Sehr geehrte Damen und Herren,", "1’190.00"),
        ("zh-CN", "de", "zh-Hans-CN", "Acme：", "€1,190.00"),
        ("zh-HK", "de", "zh-Hant-HK", "Acme 鈞鑒：", "€1,190.00"),
        ("ja", "de", "ja", "Acme 御中", "€1,190.00"),
        ("pt_BR", "de", "en", "Dear Acme,", "€1,190.00"),
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
    assert amount in found.body.replace("'", "’")


@pytest.mark.parametrize(
    ("day", "padded", "expected"),
    [
        (
            8,
            "08",
            ("entro l’8 ottobre 2026", "scadenza 8 ottobre 2026", "scade l’8 ottobre"),
        ),
        (
            11,
            "11",
            ("entro l’11 ottobre", "scadenza 11 ottobre 2026", "scade l’11 ottobre"),
        ),
        (
            9,
            "09",
            ("entro il 9 ottobre", "scadenza 9 ottobre 2026", "scade il 9 ottobre"),
        ),
    ],
)
def test_italian_articles_before_days(
    ledger: Ledger, day: int, padded: str, expected: tuple[str, ...]
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      language: "it"
    2026-01-01 custom "dunning-step" "standard" "soon" -1
    2026-08-11 * "Acme" "Website, il 8 ottobre" ^INV-1
      due: 2026-10-$padded
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert int(padded) == day
    found = message(ledger, f"2026-10-{day - 1:02}")
    for words in expected:
        assert words in found.subject + found.body
    assert "INV-1 dell’11 agosto 2026" in found.body
    # What somebody typed stays.
    assert "Website, il 8 ottobre\n" in found.body


def test_switzerland_has_no_sharp_s() -> None:
    for tone in of_tones(2, _PAID):
        found = Writer.of(books_with().books()).write(replace(tone, language="de-CH"))
        assert "ß" not in found.subject + found.body
    assert "Freundliche Grüsse" in found.body


@pytest.mark.parametrize(
    ("language", "contact", "greetings"),
    [
        ("en", "Ms Li", ("Dear Ms Li,", "Dear Ms Li,", "Yours sincerely,")),
        ("en", "", ("Dear Acme GmbH,", "Dear Sir or Madam,", "Yours faithfully,")),
        ("en-US", "", ("Dear Acme GmbH,", "Dear Sir or Madam,", "Sincerely,")),
        (
            "de",
            "Herrn Dr. Roth",
            (
                "Guten Tag Herr Dr. Roth,",
                "Sehr geehrter Herr Dr. Roth,",
                "Mit freundlichen Grüßen",
            ),
        ),
        (
            "fr",
            "M. Roy",
            (
                "Bonjour Monsieur Roy,",
                "Monsieur,",
                (
                    "Nous vous prions d’agréer, Monsieur, l’expression de nos "
                    "salutations distinguées."
                ),
            ),
        ),
        (
            "es",
            "Sr. Ruiz",
            ("Estimado Sr. Ruiz:", "Estimado Sr. Ruiz:", "Atentamente,"),
        ),
        (
            "nl",
            "mevrouw de Vries",
            ("Geachte mevrouw De Vries,", "Geachte mevrouw De Vries,", "Hoogachtend,"),
        ),
        ("it", "", ("Spett.le Acme GmbH,", "Spett.le Acme GmbH,", "Distinti saluti")),
    ],
)
def test_right_address_and_closing(
    language: str, contact: str, greetings: tuple[str, str, str]
) -> None:
    ledger = books_with(contact=contact, language=language)
    friendly, final = (
        message(ledger, _DAYS[tone]).body for tone in (Tone.FRIENDLY, Tone.FINAL)
    )
    assert friendly.startswith(f"{greetings[0]}\n")
    assert final.startswith(f"{greetings[1]}\n")
    assert f"\n{greetings[2]}\nAtelier Nord" in final


# How to pay.


def test_without_an_account_it_is_the_one_on_the_invoice(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      email: "ap@acme.example"
    2026-09-14 * "Acme" "Website"
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    found = message(ledger, "2026-10-15")
    assert found.subject == "Payment reminder: invoice of September 14, 2026"
    assert "\nPlease transfer to the account stated on the invoice.\n" in found.body
    assert "If you have any questions, just reply to this message." in found.body


def test_an_account_for_each_currency(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51"
    2026-01-01 custom "dunning-option" "pay-to" "USD" "Bank of Ohio
    No. 12" "Nord"
    2026-01-01 custom "dunning-option" "pay-link" "https://pay.example/{invoice}/{amount}"
    2026-09-14 * "Acme" "Website"
      invoice: "Größe 1"
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Assets:Receivable:Acme  10.00 USD
      Income:Services
    """
    found = message(ledger, "2026-10-15")
    assert (
        "Please transfer EUR to DE02 1203 0000 0000 2020 51, quoting Größe 1.\n"
        "Please transfer USD to Bank of Ohio, No. 12 (Nord), quoting Größe 1.\n"
    ) in found.body
    assert "Please pay €1,190.00 and $10.00 by " in found.body
    assert "https://pay.example/Gr%C3%B6%C3%9Fe%201/10.00\n" in found.body
    hidden = message(ledger, "2026-10-15", private=True)
    assert "https://pay.example/Gr%C3%B6%C3%9Fe%201/XX.XX\n" in hidden.body


def test_a_number_that_no_reference_can_be_made_of_is_quoted(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51"
    2026-09-14 * "Acme" "Website"
      invoice: "Größe 1"
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    assert "51, quoting Größe 1." in message(ledger, "2026-10-15").body


# What is in it.


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
    assert first.subject == "Payment reminder: invoice INV-1 (1/3)"
    both = message(ledger, "2026-10-15")
    assert both.subject == "Payment reminder: invoice INV-1"
    assert "- Invoice INV-1 (1/3) of September 14, 2026, due October 13" in both.body
    assert "- Invoice INV-1 (2/3) of September 14, 2026, due October 14" in both.body
    assert "Please pay €300.00 by " in both.body


def test_a_charge_is_said_where_its_invoice_is_paid(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-15 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme  5.00 USD
      Income:Fees
    2026-10-20 * "Acme" "Payment" ^INV-1
      Assets:Bank  100.00 EUR
      Assets:Receivable:Acme
    """
    found = message(ledger, "2026-10-20").body
    assert "- Invoice INV-1, due October 14, 2026, 6 days overdue\n" in found
    assert "  reminder fee of October 15, 2026: $5.00\n" in found


@pytest.mark.parametrize("narration", ["INV-1", "Invoice INV-1", "invoice  inv-1", ""])
def test_a_narration_that_is_the_number_is_not_said_twice(
    ledger: Ledger, narration: str
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "$narration" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert narration == "" or "1" in narration
    assert ": €100.00\n\nPlease pay" in message(ledger, "2026-10-15").body


def test_credit_in_another_currency_stands_beside(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-01 * "Acme" "On account"
      Assets:Bank  100.00 USD
      Assets:Receivable:Acme
    """
    found = message(ledger, "2026-10-20").body
    assert "\n\nCredit on your account: $100.00\n\nPlease pay €100.00 by" in found


@pytest.mark.parametrize(
    ("fee", "expected"),
    [
        ('"2.5 %"', "a last reminder, for which we charge 2.5%.\n"),
        ("0 EUR", "a last reminder.\n"),
    ],
)
def test_what_the_last_letter_costs(ledger: Ledger, fee: str, expected: str) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-step" "standard" "one" 1
    2026-01-01 custom "dunning-step" "standard" "two" 10
      fee: $fee
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert fee
    assert expected in message(ledger, "2026-10-15").body


def test_one_invoice_that_is_not_due_has_no_sum(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Hosting" ^INV-2
      due: 2026-10-17
      Assets:Receivable:Acme  10.00 EUR
      Income:Services
    """
    found = message(ledger, "2026-10-15").body
    assert "Not yet due, for your information:\n- Invoice INV-2 of " in found
    assert "Not yet due in all" not in found


def test_what_stands_on_paper(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      customer: "Acme GmbH"
      address: "Straße 1
      20095 Hamburg"
    2026-01-01 custom "dunning-option" "sender" "Nord, Kai 7, 20457 Hamburg"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    found = message(ledger, "2026-10-15")
    assert (found.way, found.date) == ("letter", "October 15, 2026")
    assert found.sender == "Nord, Kai 7, 20457 Hamburg"
    assert found.recipient == "Acme GmbH\nStraße 1\n  20095 Hamburg"


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("+49 (40) 12/34-56.7", "https://wa.me/494012345 67".replace(" ", "")),
        ("0086 755 1234567", "https://wa.me/867551234567"),
        ("040 1234567", None),
        ("+0 40 1234567", None),
        ("+49", None),
        ("call me", None),
        ("", None),
    ],
)
def test_a_number_with_its_country_opens_whatsapp(
    phone: str, expected: str | None
) -> None:
    found = Message("en", "S", "B", None, phone=phone, short="1 & 2").whatsapp
    assert found == (expected and f"{expected}?text=1%20%26%202")


# What the documentation says of it.

_DOCS = Path(__file__).parents[2] / "docs" / "letters.md"


def documented(after: str) -> list[str]:
    """Return the names in the table that follows a sentence of the page."""
    _, _, rest = _DOCS.read_text(encoding="utf-8").partition(after)
    table = rest.partition("| name | what it is |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = (line.split("|")[1] for line in table.split("\n") if line.startswith("|"))
    return [name for row in rows for name in re.findall("`(.*?)`", row)]


def test_all_that_a_text_may_say_is_documented() -> None:
    for said in of_tones(2, _PAID):
        country = Country(locale_of("en"))
        language = language_of(country.locale)
        values, _ = context(said, HowToPay({}, None), country, language)
        assert sorted(documented("What does not apply is empty.")) == sorted(values)
    assert sorted(documented("Each of `invoices` and `later` has:")) == sorted(
        one.name for one in fields(Invoice)
    )


def test_all_that_a_page_may_say_is_documented() -> None:
    names = documented("A page sees more than a text does:")
    books = books_with(_CHARGED).books("2026-10-25")
    (said,) = contents(books, letters(reminders(books).due))
    assert said is not None
    text = "".join(f"{{{{ {name} }}}}" for name in names)
    own = {"letter.html": Source("letter.html", text)}
    page = as_html(Writer(HowToPay({}, None), own).write(said))
    assert "<table>" in page
    assert set(re.findall(r"{{ (\w+)", source_of_page())) <= {
        *names,
        *documented("What does not apply is empty."),
        "top",
    }


def test_the_text_in_the_documentation_can_be_used() -> None:
    _, _, rest = _DOCS.read_text("utf-8").partition("## Your own texts")
    (text,) = re.findall("```text\n(.*?)```", rest, re.DOTALL)
    own = {"firm.en": Source("firm.en.txt", text)}
    books = books_with(_CHARGED, contact="Ms Li").books("2026-10-25")
    (said,) = contents(books, letters(reminders(books).due))
    assert said is not None
    found = Writer(HowToPay.by(books.settings), own).write(said)
    assert found.subject == "Invoice RE-1 is 11 days late"
    assert "\nwe wrote on October 16, 2026.\nPlease pay €1,237.00 by " in found.body


# What was typed is text.


def test_what_was_typed_is_text_on_one_line() -> None:
    nasty = f'{{{{ contact }}}} %s {{0}} {OVERRIDE}<b>\t&amp;\u2028\x07 "'
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
    clean = '{{ contact }} %s {0}  <b> &amp;   "'
    assert found.subject == f"Payment reminder: invoice {clean}"
    lines = found.body.split("\n")
    assert lines[0] == f"Dear {clean},"
    assert lines[4].startswith(f"- Invoice {clean} of September 14, 2026, due ")
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
    assert found.body.startswith("Dear Acme,\n")
    assert "- Invoice of September 14, 2026, due " in found.body
    assert found.body.endswith("\n\nKind regards,\n")
    assert found.address is None


# Without amounts.


@pytest.mark.parametrize("language", LANGUAGES)
def test_private_hides_the_digits_of_amounts(language: str) -> None:
    ledger = books_with(_PAID, _CHARGED, _CREDIT, _NOT_DUE, language=language)
    shown = message(ledger, "2026-10-25")
    hidden = message(ledger, "2026-10-25", private=True)
    assert [*amounts_in(shown.body)]
    assert [*amounts_in(hidden.body)] == []
    assert hidden.subject == shown.subject
    changed = [
        pair for pair in zip(shown.body, hidden.body, strict=True) if len({*pair}) > 1
    ]
    assert all(before.isdigit() and after == "X" for before, after in changed)


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
        "&body=Sehr%20geehrte%20Damen%20und%20Herren%2C%0D%0A%0D%0A"
    )


# Whatever the ledger.


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
    for said in contents(books, letters(reminders(books).due)):
        if said is None:
            continue
        country = Country(locale_of(said.language))
        found = Writer.of(books).write(said)
        for bill in said.bills:
            name = plain(bill.invoice or "").strip()
            # One that has no number is called by its date.
            name = name or country.day(bill.date or bill.due)
            assert name in found.body
            if bill.invoiced:
                assert country.amount(bill.invoiced, bill.currency) in found.body
        for one in sums(said.late):
            if one.asked:
                assert country.amount(one.asked, one.currency) in found.body
        assert found.subject == plain(found.subject)
        assert all(line == plain(line) for line in found.body.split("\n"))

        recipient, subject, body = parsed(found.mailto)
        assert (recipient, subject) == (found.address or "", found.subject)
        assert body == found.body.replace("\n", "\r\n")

        hidden = Writer.of(books, is_private=True).write(said)
        assert (hidden.subject, hidden.address) == (found.subject, found.address)
        changed = [
            pair
            for pair in zip(found.body, hidden.body, strict=True)
            if len({*pair}) > 1
        ]
        assert all(before.isdigit() and after == "X" for before, after in changed)
