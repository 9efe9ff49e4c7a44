"""Statements as text: amounts in line, what a customer reads, and CSV."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from beancount_dunning import formats
from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.answers.statement import statement
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.country import locale_of
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.statement_mail import as_mail
from beancount_dunning.formats.statement_text import as_csv
from beancount_dunning.formats.statement_text import as_text
from beancount_dunning.formats.statement_words import words_of
from beancount_dunning.ledger.paper import Paper
from tests.answers.test_statement import all_of
from tests.formats.test_letter_html import read_mail
from tests.strategies import as_of_days
from tests.test_properties import any_ledgers
from tests.test_properties import read_as_loaded
from tests.test_properties import steady

if TYPE_CHECKING:
    from datetime import date

    from tests.conftest import Ledger
    from tests.strategies import Ledger as MadeUp


def text(ledger: Ledger, *, confirm: bool = False) -> str:
    books = ledger.books("2026-03-01")
    found = statement(books, "Acme")
    assert found is not None
    return as_text(found, HowToPay.by(books.settings), confirm=confirm)


def test_amounts_have_as_many_digits_as_the_finest(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    1999-01-01 custom "dunning-option" "pay-to" "EUR" "Ohio Bank
    123"
    2026-01-05 * "Acme" "" ^INV-1
      due: 2026-02-28
      Assets:Receivable:Acme  1000 EUR
      Income:Services
    2026-01-06 * "Acme" "Paper"
      Assets:Receivable:Acme  0.125 EUR
      Income:Services
    2026-01-07 * "Acme" "uncollectable, they are broke" ^INV-1
      Expenses:BadDebts  1 EUR
      Assets:Receivable:Acme
    """
    assert (
        text(ledger)
        == """\
Acme

March 1, 2026

Statement of account
January 1, 2026 to March 1, 2026

EUR

Date         Entry               Amount    Balance
Jan 1, 2026  Opening balance                 0.000
Jan 5, 2026  Invoice INV-1    1,000.000  1,000.000
Jan 6, 2026  Invoice: Paper       0.125  1,000.125
Jan 7, 2026  Credit (INV-1)      -1.000    999.125
Mar 1, 2026  Closing balance               999.125

No due date          0.125
1\N{EN DASH}30 days overdue  999.000
Closing balance    999.125

Open on March 1, 2026

Invoice  Date         Due           Days overdue   Invoiced     Open
INV-1    Jan 5, 2026  Feb 28, 2026             1  1,000.000  999.000
Paper    Jan 6, 2026                                  0.125    0.125

To pay: €999.125
Please transfer to Ohio Bank, 123, quoting INV-1.
"""
    )


def test_what_is_in_dispute_is_not_asked_for(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-28
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 note Assets:Receivable:Acme "Not ours" ^INV-1
      dispute: TRUE
    """
    assert "INV-1 (in dispute) " in text(ledger)
    assert text(ledger).endswith("\n\nIn dispute: €100.00\n")


def test_a_discount_that_was_taken_is_not_asked_for(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      terms: "2/10 net 30"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-12 * "Acme" "Less 2 %" ^INV-1
      Assets:Bank  98.00 EUR
      Assets:Receivable:Acme
    """
    found = text(ledger)
    assert re.search("Closing balance +2.00\n", found)
    assert "transfer" not in found


def test_a_part_in_dispute_is_named(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      terms: "50% net 10, 50% net 20"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 note Assets:Receivable:Acme "A page is missing" ^INV-1
      dispute: 10.00 EUR
    """
    assert "INV-1 1/2 (in dispute: €10.00) " in text(ledger)
    assert text(ledger).endswith(
        "\n\nIn dispute: €10.00\nTo pay: €90.00\n"
        "Please transfer to the account stated on the invoice, quoting INV-1.\n"
    )


def test_many_numbers_are_not_quoted(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-1"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-2"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-3"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-4"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-5"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-6"
      Income:Services
    """
    assert text(ledger).endswith(
        "\n\nTo pay: €6.00\nPlease transfer to the account stated on the invoices.\n"
    )


def test_what_is_not_due_yet_and_where_to_pay(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    1999-01-01 custom "dunning-option" "pay-link" "https://pay.example/{invoice}?{amount}"
    1999-01-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51"
    2026-01-05 * "Acme" "Website" ^INV-1
      terms: "50% net 10, 50% net 90"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "On account"
      Assets:Bank  60.00 EUR
      Assets:Receivable:Acme
    """
    assert text(ledger).endswith(
        "\n\nTo pay: €40.00, of which €40.00 is not yet due\n"
        "Please transfer to DE02 1203 0000 0000 2020 51, quoting RF47 INV1.\n"
        "Pay online: https://pay.example/INV-1?40.00\n"
    )


def test_the_slip_says_who_owes_whom(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-05 * "Acme" "Paid twice"
      Assets:Bank  5.00 USD
      Assets:Receivable:Acme
    2026-01-05 * "Acme" "Sticker" ^INV-2
      Assets:Receivable:Acme  7.00 GBP
      Income:Services
    2026-01-05 * "Acme" "Cash" ^INV-2
      Assets:Cash  7.00 GBP
      Assets:Receivable:Acme
    """
    slip = text(ledger, confirm=True).partition("Confirmation of balance\n\n")[2]
    assert slip.startswith(
        "Balance of our account on March 1, 2026:\n  We owe you €100.00.\n"
        "  Neither of us owes the other anything in GBP.\n  You owe us $5.00.\n\n"
        "[ ] We have checked the balance"
    )
    assert "Customer: Acme\n\nPlace, date: ____" in slip
    # Who writes stands there too, where the ledger says so.
    assert "To:" not in slip


def test_nothing_steers_a_terminal_or_a_spreadsheet(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable
    2026-01-05 * "Acme" "=HYPERLINK(1)\x1b[2J" ^INV-1
      due: 2026-02-28
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Payment"
      Assets:Bank  30.00 EUR
      Assets:Receivable
    """
    assert "\x1b" not in text(ledger)
    found = statement(ledger.books("2026-03-01"), "acme")
    assert found is not None
    rows = [*csv.DictReader(io.StringIO(as_csv(found), newline=""))]
    assert [row["amount"] for row in rows] == ["0", "100.00", "-30.00"]
    assert [row["kind"] for row in rows] == ["opening", "invoice", "payment"]
    assert rows[1]["text"].startswith("'=HYPERLINK")
    assert [row["invoices"] for row in rows] == ["", "INV-1", "INV-1"]
    assert [row["balance"] for row in rows] == ["0", "100.00", "70.00"]


def test_switzerland_has_its_own_spelling() -> None:
    written = words_of(locale_of("de-CH")).texts.values()
    assert not any("ß" in one for one in written)
    assert words_of(locale_of("de-CH"))("title") == "Kontoauszug"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_all_texts(language: str) -> None:
    folder = resources.files(formats) / "statement_texts"
    english = tomllib.loads((folder / "en.toml").read_text(encoding="utf-8"))
    texts = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    assert texts.keys() == english.keys()
    names = {"amount", "currency", "date", "days", "first", "last", "later", "names"}
    values = dict.fromkeys((*names, "sender", "text", "what"), "x")
    for name, template in texts.items():
        filled = template.format_map(values)
        assert template.count("{") == english[name].count("{"), name
        assert "{" not in filled
    words = words_of(locale_of(language))
    assert all(words.kind(kind) for kind in MovementKind)


@steady
@given(any_ledgers, as_of_days)
def test_all_statements_can_be_written_and_their_csv_adds_up(
    ledger: MadeUp, day: date
) -> None:
    books = read_as_loaded(ledger.text, day)
    for one in all_of(books, day.replace(month=1, day=1)):
        how = HowToPay.by(books.settings)
        written = as_text(one, how, confirm=True)
        assert not re.search(r"\{[a-z_]+\}", written)
        mail = read_mail(as_mail(one, how, Paper.A4))
        assert not mail.defects
        rows = [*csv.DictReader(io.StringIO(as_csv(one), newline=""))]
        for section in one.sections:
            of_currency = [row for row in rows if row["currency"] == section.currency]
            amounts = [Decimal(row["amount"]) for row in of_currency]
            assert sum(amounts) == section.closing
            assert Decimal(of_currency[-1]["balance"]) == section.closing
