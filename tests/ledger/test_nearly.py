"""What is nearly one of ours, and what is not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.ledger.nearly import POSTING_KEYS
from beancount_dunning.ledger.nearly import Names
from beancount_dunning.ledger.nearly import is_slip
from beancount_dunning.ledger.nearly import near_key
from beancount_dunning.ledger.options import OPEN_KEYS

if TYPE_CHECKING:
    from tests.conftest import Ledger

ACCOUNT_KEYS = tuple(OPEN_KEYS)
CORPUS = tomllib.loads(
    Path(__file__).with_name("common_keys.toml").read_text(encoding="utf-8")
)
COMMON = sorted({key for owner in CORPUS.values() for key in owner["keys"]})


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("due-date", "due"),
        ("due_date", "due"),
        ("dueDate", "due"),
        ("date-due", "due"),
        ("due-on", "due"),
        ("deu", "due"),
        ("duee", "due"),
        ("invoice_id", "invoice"),
        ("invoice-no", "invoice"),
        ("invoiceNumber", "invoice"),
        ("invoices", "invoice"),
        ("invoce", "invoice"),
        ("inovice", "invoice"),
        ("term", "terms"),
        ("tersm", "terms"),
        ("termes", "terms"),
        ("payment-terms", "terms"),
        ("costumer", "customer"),
        ("custumer", "customer"),
        ("customer-name", "customer"),
        ("polcy", "policy"),
        ("charges", "charge"),
        ("refrence", "reference"),
        ("setp", "step"),
    ],
)
def test_a_slip_is_seen(key: str, meant: str) -> None:
    assert near_key(key, POSTING_KEYS) == meant


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("e-mail", "email"),
        ("Email", "email"),
        ("emial", "email"),
        ("mail", "email"),
        ("adress", "address"),
        ("phone-number", "phone"),
        ("credit_limit", "credit-limit"),
        ("creditLimit", "credit-limit"),
        ("credit-limits", "credit-limit"),
        ("contact-person", "contact"),
        ("costumer", "customer"),
        ("lanugage", "language"),
        ("tpye", "type"),
    ],
)
def test_a_slip_on_an_account_is_seen(key: str, meant: str) -> None:
    assert near_key(key, ACCOUNT_KEYS) == meant


@pytest.mark.parametrize("key", COMMON)
def test_what_others_use_is_never_taken_for_ours(key: str) -> None:
    assert near_key(key, POSTING_KEYS) is None
    assert near_key(key, ACCOUNT_KEYS) is None


@pytest.mark.parametrize("key", [*POSTING_KEYS, *ACCOUNT_KEYS])
def test_what_is_ours_is_no_slip(key: str) -> None:
    known = POSTING_KEYS if key in POSTING_KEYS else ACCOUNT_KEYS
    assert near_key(key, known) is None


@pytest.mark.parametrize("key", ["__due__", "_due", "due2", "dü", "due-2", "-", ""])
def test_other_keys_are_nobodys_slip(key: str) -> None:
    assert near_key(key, POSTING_KEYS) is None


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_a_slip_is_one_edit(typed: str, meant: str) -> None:
    letters = range(len(meant))
    edits = {
        meant,
        *(meant[:at] + meant[at + 1 :] for at in letters),
        *(meant[:at] + letter + meant[at:] for at in (*letters, 6) for letter in "abc"),
        *(meant[:at] + letter + meant[at + 1 :] for at in letters for letter in "abc"),
        *(
            meant[:at] + meant[at + 1] + meant[at] + meant[at + 2 :]
            for at in letters[:-1]
        ),
    }
    assert is_slip(typed, meant) is (typed in edits)


@pytest.mark.parametrize(
    ("typed", "known", "near"),
    [
        ("INV-16", ["INV-016", "INV-17"], ["INV-016"]),
        ("inv16", ["INV-16"], ["INV-16"]),
        ("INV/2026/7", ["INV-2026-007"], ["INV-2026-007"]),
        (
            "INV-16",
            ["INV-17", "INV-61", "INV-1", "INV-99"],
            ["INV-17", "INV-61", "INV-1"],
        ),
        ("2026-00", ["2026-0"], ["2026-0"]),
        ("A-1", ["A-2"], []),
        ("A-1", ["a1"], ["a1"]),
        ("INV-16", ["R-16", "INV-1234"], []),
        ("Acme Gmbh", ["Acme"], ["Acme"]),
        ("Acme GmbH & Co. KG", ["Acme"], ["Acme"]),
        ("Holm AB", ["Holm"], ["Holm"]),
        ("INV-14-AG", ["INV-14"], []),
        ("Acme Ltd.", ["ACME, Inc."], ["ACME, Inc."]),
        ("Yogaloft", ["Yoga Loft"], ["Yoga Loft"]),
        ("Mueller", ["Muller", "Miller"], ["Muller"]),
        ("Ann", ["Anna"], []),
        ("GmbH", ["Acme"], []),
        ("", [], []),
    ],
)
def test_names_and_numbers_that_may_be_meant(
    typed: str, known: list[str], near: list[str]
) -> None:
    assert sorted(Names(known).near(typed)) == sorted(near)


@given(st.text("aB-01 ", max_size=8), st.lists(st.text("aB-01 ", max_size=8)))
def test_no_name_with_one_slip_is_missed(typed: str, known: list[str]) -> None:
    names = Names(known)
    alike = names.alike(typed)
    assert set(names.near(typed)) >= set(alike)
    assert all(names.alike(name) == alike for name in alike)
    assert typed not in known or typed in alike


def test_a_key_that_is_nearly_ours_is_an_error_at_its_line(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      e-mail: "ap@acme.example"
      website: "acme.example"
    2026-02-01 * "Acme" "Website" ^INV-1
      due-date: 2026-03-01
      Assets:Receivable:Acme  100 EUR
      Income:Services
    2026-02-02 * "Acme" "Hosting"
      due: 2027-01-01
      Assets:Receivable:Acme  10 EUR
        invoice-no: "INV-2"
      Income:Services
    2026-02-03 * "Acme" "Paid"
      Assets:Bank             100 EUR
      Assets:Receivable:Acme
        invoice_id: "INV-1"
    2026-02-04 * "Acme" "Coffee"
      due-date: 2026-03-01
      Expenses:Coffee           1 EUR
      Assets:Bank
    """
    assert ledger.lines("2026-02-20") == [
        '1: "e-mail" is not a key of a customer\'s account. Did you mean "email"?',
        '4: "due-date" is not a key of an invoice. Did you mean "due"?',
        '10: "invoice-no" is not a key of an invoice. Did you mean "invoice"?',
        '15: "invoice_id" is not a key of a payment. Did you mean "invoice"?',
    ]


def test_what_is_said_already_is_not_asked_for(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      email: "ap@acme.example"
      mail: "post@acme.example"
    2026-02-01 * "Acme" "Website" ^INV-1
      due: 2027-01-01
      due-date: 2027-01-01
      invoice-no: "1"
      Assets:Receivable:Acme  100 EUR
      Income:Services
    2026-02-02 * "Acme" "Hosting" ^INV-2
      due-date: 2027-01-01
      Assets:Receivable:Acme   10 EUR
        due: 2027-01-01
      Income:Services
    """
    assert ledger.lines("2026-02-20") == []


def test_what_says_nothing_on_a_payment_is_no_slip_there(ledger: Ledger) -> None:
    """
    2026-02-01 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100 EUR
      Income:Services
    2026-02-03 * "Acme" "Paid" ^INV-1
      charges: "SHA"
      due-date: 2026-02-05
      Assets:Bank             100 EUR
      Assets:Receivable:Acme
        references: "A-1, A-2"
    2026-02-04 * "Acme" "Paid" ^INV-1
      costumer: "Acme"
      Assets:Bank               1 EUR
      Assets:Receivable:Acme
    """
    assert ledger.lines("2026-02-20") == [
        '10: "costumer" is not a key of a payment. Did you mean "customer"?',
    ]


def test_each_posting_is_looked_at_however_many_were_before(ledger: Ledger) -> None:
    """
    2026-02-01 * "Acme" "Website" ^INV-1
      due: 2027-01-01
      project: "web"
      Assets:Receivable:Acme  100 EUR
        hours: 3
      Income:Services
    2026-02-02 * "Acme" "Hosting" ^INV-2
      project: "web"
      due: 2027-01-01
      costumer: "Acme GmbH"
      Assets:Receivable:Acme   10 EUR
        hours: 1
      Income:Services
    2026-02-03 * "Acme" "Paid" ^INV-2
      project: "web"
      Assets:Bank              10 EUR
      Assets:Receivable:Acme
        hours: 1
        costumer: "Acme GmbH"
    """
    assert ledger.lines("2026-02-20") == [
        '7: "costumer" is not a key of an invoice. Did you mean "customer"?',
        '17: "costumer" is not a key of a payment. Did you mean "customer"?',
    ]
