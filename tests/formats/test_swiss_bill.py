"""The Swiss QR bill: for whom there is one, and what is on it.

What an app reads in it is compared in test_letter_pdf.py.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from beancount_dunning.answers.contents import Bill
from beancount_dunning.answers.contents import Contents
from beancount_dunning.answers.contents import Tone
from beancount_dunning.formats.codes import as_svg
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letters import Writer
from beancount_dunning.formats.swiss_bill import SwissAddress
from beancount_dunning.formats.swiss_bill import SwissBill
from beancount_dunning.formats.swiss_bill import swiss_address
from beancount_dunning.formats.swiss_bill import swiss_bill
from beancount_dunning.ledger.customers import Customer
from beancount_dunning.ledger.paying import PayTo

_IBAN = "CH93 0076 2011 6238 5295 7"
_BILL = Bill(
    "INV-1",
    date(2026, 9, 14),
    "Website",
    "",
    "CHF",
    Decimal("1190.00"),
    (),
    (),
    Decimal("1190.00"),
    Decimal("0.00"),
    Decimal("605.00"),
    date(2026, 10, 14),
    6,
)
_SAID = Contents(
    Tone.FIRM,
    None,
    Customer("Acme", address="Bahnhofstrasse 1\n3000 Bern"),
    None,
    "fr-CH",
    "Nord\nSeestrasse 7, 8002 Zürich\n+41 44 123 45 67",
    date(2026, 10, 20),
    (_BILL,),
    pay_by=date(2026, 10, 27),
)


def drawn(
    said: Contents = _SAID, iban: str = _IBAN, currency: str = "CHF"
) -> SwissBill | None:
    account = PayTo(currency, iban, None)
    asked = said.payable
    return swiss_bill(asked, account, "Nord") if asked else None


def test_what_is_on_a_bill() -> None:
    bill = drawn()
    assert bill == SwissBill(
        "CH9300762011623852957",
        SwissAddress("Nord", "Seestrasse 7", "8002", "Zürich"),
        Decimal("605.00"),
        "CHF",
        SwissAddress("Acme", "Bahnhofstrasse 1", "3000", "Bern"),
        "RF47INV1",
        "",
        "fr",
    )
    assert bill.label == "Nord, CH9300762011623852957, CHF 605.00, RF47INV1"
    assert "Section paiement" in bill.as_svg()


def test_several_invoices_are_named_in_words() -> None:
    other = replace(_BILL, invoice="請求書 2")
    bill = drawn(replace(_SAID, bills=(_BILL, other), language="ja"))
    assert bill
    assert (bill.reference, bill.text, bill.language) == (None, "INV-1,  2", "en")
    assert bill.label.endswith("CHF 1210.00, INV-1,  2")
    assert "Payment part" in as_svg(bill)


@pytest.mark.parametrize(
    ("iban", "currency", "language", "expected"),
    [
        (_IBAN, "CHF", "en", True),
        (_IBAN, "EUR", "de-CH", True),
        (_IBAN, "EUR", "de_LI", True),
        ("LI21 0881 0000 2324 013A A", "CHF", "de", True),
        # A customer abroad pays euro as everywhere in Europe.
        (_IBAN, "EUR", "de", False),
        (_IBAN, "USD", "de-CH", False),
        ("DE02 1203 0000 0000 2020 51", "CHF", "de-CH", False),
        # A QR-IBAN, and no IBAN.
        ("CH44 3199 9123 0008 8901 2", "CHF", "de-CH", False),
        ("PostFinance 80-1234-5", "CHF", "de-CH", False),
    ],
)
def test_which_accounts_take_bills(
    iban: str, currency: str, language: str, *, expected: bool
) -> None:
    found = drawn(replace(_SAID, language=language), iban, currency)
    assert (found is not None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seestrasse 7, 8002 Zürich", ("Seestrasse 7", "8002", "Zürich", "CH")),
        ("c/o X\nSee 7\nCH-8002 Zürich", ("See 7", "8002", "Zürich", "CH")),
        ("9490 Vaduz", ("", "9490", "Vaduz", "LI")),
        ("FL-9490 Vaduz\nLiechtenstein", ("", "9490", "Vaduz", "LI")),
        ("8002 Zürich\nSchweiz", ("", "8002", "Zürich", "CH")),
        ("8002 Zürich\n+41 44 123", ("", "8002", "Zürich", "CH")),
        ("1010 Wien\nÖsterreich", None),
        ("6011 Wellington\nNew Zealand", None),
        ("20457 Hamburg", None),
        ("Zürich", None),
        ("", None),
        (f"8002 {'Z' * 36}", None),
        (f"{'S' * 71}\n8002 Zürich", None),
        ("湖街 7\n8002 Zürich", None),
    ],
)
def test_an_address_is_divided(text: str, expected: tuple[str, ...] | None) -> None:
    found = swiss_address("Acme", text)
    assert (found and (found.street, found.postcode, found.town, found.country)) == (
        expected
    )


@pytest.mark.parametrize("name", ["", "N" * 71, "北"])
def test_a_name_that_no_bill_has(name: str) -> None:
    assert swiss_address(name, "8002 Zürich") is None


def test_without_an_address_of_the_sender_there_is_no_bill() -> None:
    assert drawn(replace(_SAID, sender="Nord")) is None
    assert drawn(replace(_SAID, sender="")) is None


def test_a_page_has_the_bill_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    how = HowToPay({"CHF": PayTo("CHF", _IBAN, None)}, None)
    message = Writer(how).write(_SAID)
    *_, end = as_html(message).split("<p>")
    assert '<div class="bill" role="img" aria-label="Nord, CH93' in end
    assert '<div class="bill"' not in as_html(message, is_paper=False)
    monkeypatch.setitem(sys.modules, "qrbill", None)
    assert '<div class="bill"' not in as_html(message)
