"""Codes to pay: read again as a bank's app does, and compared field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.contents import Bill
from beancount_dunning.answers.contents import Contents
from beancount_dunning.answers.contents import Tone
from beancount_dunning.formats.codes import EpcCode
from beancount_dunning.formats.codes import LinkCode
from beancount_dunning.formats.codes import as_svg
from beancount_dunning.formats.codes import code_of
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letters import Writer
from beancount_dunning.ledger.customers import Customer
from beancount_dunning.ledger.paying import PayLink
from beancount_dunning.ledger.paying import PayTo

if TYPE_CHECKING:
    from beancount_dunning.formats.codes import Code

_IBAN = "DE02 1203 0000 0000 2020 51"
_EURO = {"EUR": PayTo("EUR", _IBAN, "Atelier Nörd")}
_BILL = Bill(
    "INV-2026-014",
    date(2026, 9, 14),
    "Website",
    "",
    "EUR",
    Decimal("1190.00"),
    (),
    (),
    Decimal("1190.00"),
    Decimal("0.00"),
    Decimal("605.00"),
    date(2026, 10, 14),
    6,
)


def said(*bills: Bill) -> Contents:
    return Contents(
        Tone.FIRM,
        None,
        Customer("Acme"),
        None,
        "en",
        "Nord",
        date(2026, 10, 20),
        bills or (_BILL,),
        pay_by=date(2026, 10, 27),
    )


def code(
    *bills: Bill,
    accounts: dict[str, PayTo] = _EURO,
    sender: str = "Nord",
    link: str = "",
) -> Code | None:
    return code_of(said(*bills).payable, HowToPay(accounts, None), sender, link)


def read(found: Code | None) -> list[str]:
    """Draw a code, and return the lines that an app reads in the picture."""
    assert isinstance(found, EpcCode | LinkCode)
    rows = [[*row] for row in found.drawn().matrix_iter(scale=4, border=4)]
    pixels = bytes(0 if dark else 255 for row in rows for dark in row)
    image = memoryview(pixels).cast("B", (len(rows), len(rows[0])))
    (barcode,) = zxingcpp.read_barcodes(image)
    return str(barcode.text).split("\n")


def test_a_transfer_has_all_its_fields() -> None:
    tag, version, encoding, kind, bic, *rest = read(code())
    assert (tag, version, kind, bic) == ("BCD", "002", "SCT", "")
    assert encoding == "1"
    # Not what was invoiced, but what is left.
    amount = "EUR605.00"
    name, iban = "Atelier Nörd", "DE02120300000000202051"
    assert rest == [name, iban, amount, "", "RF47INV2026014"]


def test_several_invoices_are_named_in_words() -> None:
    other = replace(_BILL, invoice="INV-2026-015", asked=Decimal("0.10"))
    found = read(code(_BILL, other))
    assert found[7] == "EUR605.10"
    assert found[9:11] == ["", "INV-2026-014, INV-2026-015"]


@pytest.mark.parametrize(
    ("bill", "accounts", "expected"),
    [
        (_BILL, {"EUR": PayTo("EUR", _IBAN, None)}, "Nord"),
        (_BILL, {"EUR": PayTo("EUR", _IBAN, "N" * 99)}, "N" * 70),
    ],
)
def test_whose_account_it_is(
    bill: Bill, accounts: dict[str, PayTo], expected: str
) -> None:
    found = code(bill, accounts=accounts)
    assert isinstance(found, EpcCode)
    assert found.name == expected
    assert read(found)[5] == expected


def test_an_invoice_without_number_has_no_text() -> None:
    found = code(replace(_BILL, invoice=None))
    assert isinstance(found, EpcCode)
    assert (found.reference, found.text) == (None, None)
    assert found.label == "Atelier Nörd, DE02120300000000202051, EUR 605.00"


@pytest.mark.parametrize(
    ("bills", "accounts", "sender"),
    [
        # Several currencies, no account in the currency, no IBAN, no name.
        ((_BILL, replace(_BILL, currency="USD")), _EURO, "Nord"),
        ((replace(_BILL, currency="USD"),), _EURO, "Nord"),
        ((replace(_BILL, currency="USD"),), {"USD": PayTo("USD", _IBAN, "N")}, "Nord"),
        ((_BILL,), {"EUR": PayTo("EUR", "Bank of Ohio", "N")}, "Nord"),
        ((_BILL,), {"EUR": PayTo("EUR", _IBAN, None)}, ""),
        # An amount that no transfer has.
        ((replace(_BILL, asked=Decimal("0.001")),), _EURO, "Nord"),
        ((replace(_BILL, asked=Decimal("5.125")),), _EURO, "Nord"),
        ((replace(_BILL, asked=Decimal(1000000000)),), _EURO, "Nord"),
    ],
)
def test_where_there_is_no_transfer_there_is_the_link(
    bills: tuple[Bill, ...], accounts: dict[str, PayTo], sender: str
) -> None:
    assert code(*bills, accounts=accounts, sender=sender) is None
    link = "https://pay.example/INV-1?a=1"
    found = code(*bills, accounts=accounts, sender=sender, link=link)
    assert found == LinkCode(link)
    assert read(found) == [link]


@given(name=st.text(min_size=1, max_size=99), numbers=st.lists(st.text(), max_size=9))
def test_whatever_was_typed_can_be_drawn(name: str, numbers: list[str]) -> None:
    accounts = {"EUR": PayTo("EUR", _IBAN, name)}
    bills = [replace(_BILL, invoice=number) for number in (*numbers, "INV-1")]
    found = code(*bills, accounts=accounts)
    assert found is None or "<svg" in as_svg(found)


def test_long_texts_leave_room_for_each_other() -> None:
    accounts = {"EUR": PayTo("EUR", _IBAN, "北" * 99)}
    bills = [replace(_BILL, invoice="號" * 99), replace(_BILL, invoice="INV-1")]
    found = code(*bills, accounts=accounts)
    assert read(found)[5] == "北" * 70
    assert set(read(found)[10]) == {"號"}


def test_a_page_has_the_code_and_a_mail_has_none() -> None:
    writer = Writer(HowToPay(_EURO, PayLink("https://pay.example/{invoice}")))
    message = writer.write(said())
    page = as_html(message)
    assert (
        'role="img" aria-label="Atelier Nörd, DE02120300000000202051, EUR 605.00, '
        # However many modules it has, it fills its room; else browsers cut it off.
        'RF47INV2026014"><svg viewBox="0 0 45 45" '
    ) in page
    assert "<svg" not in as_html(message, is_paper=False)
    hidden = Writer(HowToPay(_EURO, None), is_private=True).write(said())
    assert hidden.code is None
