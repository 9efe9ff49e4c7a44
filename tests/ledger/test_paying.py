"""How to pay: accounts by currency, and a web address."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beancount_dunning.ledger.paying import PayTo
from beancount_dunning.ledger.paying import pay_link
from tests.conftest import Ledger
from tests.conftest import load


def given(name: str, values: str) -> Ledger:
    return load(f'2026-01-01 custom "dunning-option" "{name}" {values}')


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            '"EUR" "DE02 1203 0000 0000 2020 51" "Nord"',
            PayTo("EUR", "DE02 1203 0000 0000 2020 51", "Nord"),
        ),
        (
            '"EUR" " de02120300000000202051 "',
            PayTo("EUR", "DE02 1203 0000 0000 2020 51", None),
        ),
        ('"USD" "Ohio Bank\nNo. 12"', PayTo("USD", "Ohio Bank\nNo. 12", None)),
        (
            '"CNY" "中国银行 6217 0000" "北方"',
            PayTo("CNY", "中国银行 6217 0000", "北方"),
        ),
    ],
)
def test_an_account(values: str, expected: PayTo) -> None:
    ledger = given("pay-to", values)
    assert ledger.lines() == []
    assert ledger.settings().pay_to == {expected.currency: expected}


def test_an_iban_is_known_as_one() -> None:
    settings = given("pay-to", '"EUR" "DE02 1203 0000 0000 2020 51"').settings()
    assert settings.pay_to["EUR"].iban == "DE02120300000000202051"
    assert PayTo("USD", "Ohio Bank\nNo. 12", None).iban is None


def test_each_currency_has_an_account_and_a_later_one_replaces_it(
    ledger: Ledger,
) -> None:
    """
    2026-01-01 custom "dunning-option" "pay-to" "EUR" "One"
    2026-02-01 custom "dunning-option" "pay-to" "USD" "Two"
    2026-03-01 custom "dunning-option" "pay-to" "EUR" "Three"
    """
    accounts = ledger.settings().pay_to
    assert {one: accounts[one].account for one in accounts} == {
        "EUR": "Three",
        "USD": "Two",
    }


EXPECTED = (
    'expected a currency, an IBAN and a name in quotes, like "EUR" '
    '"DE02 1203 0000 0000 2020 51" "Atelier Nord"'
)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            '"EUR" "DE02 1203 0000 0000 2020 15" "Nord"',
            (
                "expected an IBAN with the right check digits; look for a slip of the "
                'pen; got "EUR" "DE02 1203 0000 0000 2020 15" "Nord".'
            ),
        ),
        ('"EUR"', f'{EXPECTED}; got "EUR".'),
        ('"euro" "One"', f'{EXPECTED}; got "euro" "One".'),
        ('"EUR" 1', f'{EXPECTED}; got "EUR" 1.'),
        ('"EUR" "One" 2', f'{EXPECTED}; got "EUR" "One" 2.'),
        ('"EUR" "One" "Two" "Three"', f'{EXPECTED}; got "EUR" "One" "Two" "Three".'),
        ('"EUR" " "', 'expected text in quotes, like "…"; got "EUR" " ".'),
    ],
)
def test_what_is_no_account_is_an_error(values: str, message: str) -> None:
    ledger = given("pay-to", values)
    assert ledger.lines() == [f'1: option "pay-to": {message}']
    assert ledger.settings().pay_to == {}


def test_an_option_has_a_name_and_a_value(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "pay-to"
    2026-01-01 custom "dunning-option" 7 "EUR"
    2026-01-01 custom "dunning-option" "pay-link" "https://a.example" "EUR"
    """
    assert [line.partition(" and one value")[0] for line in ledger.lines()] == [
        f"{line}: An option has a name in quotes" for line in (1, 2, 3)
    ]


def test_a_link_has_what_is_paid_escaped() -> None:
    link = pay_link("https://pay.example/{customer}?i={invoice}&a={amount}{currency}")
    address = link.address(
        invoice="Nº 1/2&x=1",
        amount=Decimal("1190.00"),
        currency="EUR",
        customer="{amount}\ud800",
    )
    assert address == (
        "https://pay.example/%7Bamount%7D%3F?i=N%C2%BA%201%2F2%26x%3D1&a=1190.00EUR"
    )
    hidden = link.address(invoice="1", amount="XX", currency="EUR", customer="A")
    assert hidden == "https://pay.example/A?i=1&a=XXEUR"


@pytest.mark.parametrize(
    "value",
    [
        '"pay.example"',
        '"ftp://pay.example"',
        '"https://pay.example/{number}"',
        '"https://pay.example/{invoice"',
        '"https://pay.example/a b"',
        '"javascript:alert(1)"',
        "7",
    ],
)
def test_what_is_no_link_is_an_error(value: str) -> None:
    (line,) = given("pay-link", value).lines()
    assert line.startswith('1: option "pay-link": expected ')
