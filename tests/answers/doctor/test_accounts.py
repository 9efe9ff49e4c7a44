"""Receivables that are not read, and one account for several customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.doctor.diagnosis import Kind
from tests.answers.doctor.asking import found
from tests.answers.doctor.asking import told
from tests.conftest import load

if TYPE_CHECKING:
    from tests.conftest import Ledger


@pytest.mark.parametrize(
    ("account", "root"),
    [
        ("Debitoren", "Debitoren"),
        ("Debitoren:Acme", "Debitoren"),
        ("Current:Trade-Receivables:Acme", "Current:Trade-Receivables"),
        ("Current:UnpaidInvoices", "Current:UnpaidInvoices"),
        ("1400-Forderungen-LuL", "1400-Forderungen-LuL"),
        ("Customers:Acme", "Customers"),
        ("Créances", "Créances"),
        ("CuentasPorCobrar:Acme", "CuentasPorCobrar"),
        ("ContasAReceber", "ContasAReceber"),
        ("Debiteuren", "Debiteuren"),
        ("Kundfordringar", "Kundfordringar"),
        ("Należności", "Należności"),
        ("Дебиторы", "Дебиторы"),
        ("应收账款", "应收账款"),
        ("売掛金", "売掛金"),
        ("X-AR", "X-AR"),
        ("X:AR2026", "X:AR2026"),
    ],
)
def test_what_is_called_a_receivable_is_asked_for(account: str, root: str) -> None:
    ledger = load(
        f"""
        2026-01-01 open Assets:Bank
        2026-01-01 open Assets:{account}
        2026-09-14 * "Acme" "Website" ^INV-1
          Assets:{account}  100.00 EUR
          Income:Services
        2026-10-14 * "Acme" "Part payment" ^INV-1
          Assets:Bank        40.00 EUR
          Assets:{account}
        """
    )
    assert told(ledger, Kind.ACCOUNTS) == [
        (
            f"2: Assets:{account} looks like a receivable account and is not read: "
            "60.00 EUR there is left out."
        ),
        f'2026-01-01 custom "dunning-option" "accounts" "^Assets:{root}(:|$)"',
    ]
    (one,) = found(ledger, Kind.ACCOUNTS)
    again = load(
        f"""
        {one.type}
        2026-09-14 * "Acme" "Website" ^INV-1
          Assets:{account}  100.00 EUR
          Income:Services
        """
    )
    assert found(again, Kind.ACCOUNTS, Kind.ERROR, Kind.COLLECTIVE) == []
    assert [item.customer for item in again.receivables().items] == ["Acme"]


@pytest.mark.parametrize(
    "account",
    ["Bank:Giro", "Sparkonto", "Arbeitsmittel", "Card", "DebitCard", "Art:Bar"],
)
def test_what_is_called_otherwise_is_not(account: str) -> None:
    ledger = load(
        f"""
        2026-09-14 * "Acme" "Website" ^INV-1
          Assets:{account}  100.00 EUR
          Income:Services
        """
    )
    assert told(ledger, Kind.ACCOUNTS) == []


def test_a_loan_and_a_tax_refund_are_no_receivables_of_ours(ledger: Ledger) -> None:
    """
    2026-02-01 * "Bob" "Lent"
      Assets:Loans-Receivable  1000.00 EUR
      Assets:Bank
    2026-02-02 * "Paper" "Paper"
      Expenses:Paper            100.00 EUR
      Assets:VAT-Receivable      19.00 EUR
      Liabilities:Card
    """
    assert told(ledger, Kind.ACCOUNTS) == []


def test_what_is_paid_like_invoices_is_asked_for_whatever_its_name(
    ledger: Ledger,
) -> None:
    """
    2026-02-01 * "Acme" "Website"
      Assets:Offen   100.00 EUR
      Income:Services
    2026-02-05 * "Beta" "Logo" ^B-1
      Assets:Offen    50.00 USD
      Income:Services
    2026-02-07 * "Acme" "Website"
      Assets:Offen     7.00 EUR
      Income:Services
    2026-02-09 * "ACME" "Paid"
      Assets:Bank    100.00 EUR
      Assets:Offen
    2026-02-10 * "Bank transfer" ^B-1
      Assets:Bank     50.00 USD
      Assets:Offen
    2026-02-11 * "Beta" "Hosting" ^B-2
      Assets:Offen     3.00 USD
      Income:Services
    """
    assert told(ledger, Kind.ACCOUNTS) == [
        (
            "1: Assets:Offen looks like a receivable account and is not read: 7.00 EUR "
            "and 3.00 USD there is left out."
        ),
        '2026-02-01 custom "dunning-option" "accounts" "^Assets:Offen(:|$)"',
    ]
    assert told(ledger, Kind.ACCOUNTS, as_of="2026-02-06") == []


def test_a_savings_account_that_bears_interest_is_not_asked_for(
    ledger: Ledger,
) -> None:
    """
    2026-01-31 * "Savings Bank" "Interest"
      Assets:Sparbuch   1.20 EUR
      Income:Interest
    2026-02-28 * "Savings Bank" "Interest"
      Assets:Sparbuch   1.30 EUR
      Income:Interest
    2026-03-05 * "Savings Bank" "To current account"
      Assets:Bank       2.00 EUR
      Assets:Sparbuch
    """
    assert told(ledger, Kind.ACCOUNTS) == []


def test_shares_bought_for_a_dividend_are_no_payment(ledger: Ledger) -> None:
    """
    2026-01-31 * "Broker" "Dividend"
      Assets:Broker:Cash   10.00 EUR
      Income:Dividends
    2026-01-31 * "Broker" "Dividend"
      Assets:Broker:Cash   10.00 EUR
      Income:Dividends
    2026-02-01 * "Broker" "Reinvested"
      Assets:Broker:Fund    1 FUND {10.00 EUR}
      Assets:Broker:Cash
    """
    assert told(ledger, Kind.ACCOUNTS) == []


def test_the_option_to_type_keeps_what_is_read(ledger: Ledger) -> None:
    """
    2026-02-01 * "Acme" "Website"
      Assets:Receivable:Acme   100.00 EUR
      Income:Services
    2026-02-01 * "Beta" "Website"
      Assets:Kunden:Beta       200.00 EUR
      Income:Services
    2026-02-02 * "Beta" "Paid"
      Assets:Bank              200.00 EUR
      Assets:Kunden:Beta
    2026-02-03 * "Gamma" "Website"
      Assets:Misc:Clients:Gamma  1.00 EUR
      Income:Services
    2026-02-04 * "Gamma" "Moved"
      Assets:Misc:Clients:Escrow 1.00 EUR
      Assets:Bank
    """
    assert told(ledger, Kind.ACCOUNTS) == [
        (
            "4: Assets:Kunden:Beta and Assets:Misc:Clients:Gamma look like receivable "
            "accounts and are not read: 1.00 EUR there is left out."
        ),
        (
            '2026-02-01 custom "dunning-option" "accounts" '
            '"^Assets:(Kunden|Misc:Clients:Gamma|Receivable)(:|$)"'
        ),
    ]
    assert (
        "what is booked there is left"
        in told(ledger, Kind.ACCOUNTS, as_of="2026-02-02")[0]
    )


def test_siblings_that_are_paid_like_invoices_have_one_root(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "accounts" "^Assets:Owed$"
    2026-01-01 open Assets:Owed
    2026-02-01 * "Acme" "Website"
      Assets:Offen:Acme   100.00 EUR
      Income:Services
    2026-02-02 * "Acme" "Paid"
      Assets:Bank         100.00 EUR
      Assets:Offen:Acme
    2026-02-03 * "Acme" "Website"
      Assets:Offen:Acme     5.00 EUR
      Income:Services
    2026-02-01 * "Beta" "Website"
      Assets:Offen:Beta   200.00 EUR
      Income:Services
    2026-02-02 * "Beta" "Paid"
      Assets:Bank         200.00 EUR
      Assets:Offen:Beta
    2026-02-03 * "Beta" "Website"
      Assets:Offen:Beta     6.00 EUR
      Income:Services
    """
    (one,) = found(ledger, Kind.ACCOUNTS)
    assert one.type == (
        '2026-01-01 custom "dunning-option" "accounts" '
        '"^Assets:Owed$|^Assets:Offen(:|$)"'
    )
    (alone,) = found(ledger, Kind.ACCOUNTS)
    assert alone.message.endswith("11.00 EUR there is left out.")


def test_a_posting_that_beancount_could_not_complete_is_passed_over(
    broken_ledger: Ledger,
) -> None:
    """
    2026-02-01 * "Acme" "Website"
      Assets:Kunden
      Assets:Bank
    """
    assert told(broken_ledger, Kind.ACCOUNTS) == []


COLLECTIVE = """
2025-01-01 open Assets:Receivables:Customers
2026-01-15 * "Harbor Cafe" "Invoice 1" ^INV-1
  Assets:Receivables:Customers  1200.00 USD
  Income:Sales
2026-02-01 * "Bright Dental" "Invoice 2" ^INV-2
  Assets:Receivables:Customers  500.00 USD
  Income:Sales
2026-03-01 * "SEPA 4711" "Payment for INV 2"
  Assets:Bank  500.00 USD
  Assets:Receivables:Customers
"""
ASKED = [
    (
        "1: All on Assets:Receivables:Customers counts as owed by one customer, "
        "Customers, but the invoices there are to Harbor Cafe and Bright Dental. If "
        "several customers share the account, add to its open:"
    ),
    "  collective: TRUE",
]


def test_a_pattern_is_added_to_as_it_is_typed(ledger: Ledger) -> None:
    r"""
    2026-01-01 custom "dunning-option" "accounts" "^Assets:K\\d+"
    2026-01-01 open Assets:K1
    2026-02-01 * "Nord" "Website" ^INV-1
      Assets:Debtors  100.00 EUR
      Income:Services
    """
    _, typed = told(ledger, Kind.ACCOUNTS)
    assert r'"accounts" "^Assets:K\\d+|^Assets:Debtors(:|$)"' in typed


def test_an_account_named_like_one_customer_with_several_payees_is_asked_for() -> None:
    assert told(load(COLLECTIVE), Kind.COLLECTIVE) == ASKED
    without = COLLECTIVE.replace("2025-01-01 open Assets:Receivables:Customers\n", "")
    assert told(load(without), Kind.COLLECTIVE) == ASKED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Receivables:Customers\n2026", 'Receivables:Customers\n  customer: "C"\n2026'),
        (
            "Receivables:Customers\n2026",
            "Receivables:Customers\n  collective: TRUE\n2026",
        ),
        ('2" ^INV-2', '2" ^INV-2\n  customer: "Bright"'),
        ("500.00 USD\n  Income", '500.00 USD\n    customer: "Bright"\n  Income'),
        ("Bright Dental", "HARBOR CAFÉ"),
        ('"Bright Dental" ', ""),
        ("Receivables:Customers", "Receivable"),
    ],
)
def test_an_account_whose_customers_are_known_is_not(old: str, new: str) -> None:
    assert old in COLLECTIVE
    assert told(load(COLLECTIVE.replace(old, new)), Kind.COLLECTIVE) == []


def test_the_shops_where_we_paid_for_a_friend_are_no_customers(ledger: Ledger) -> None:
    """
    2026-01-15 * "Costco" "Birthday"
      Assets:Bank                -60.00 USD
      Assets:Receivable:Michael   30.00 USD
      Expenses:Food
    2026-01-16 * "REMA 1000" "Groceries"
      Assets:Bank                -40.00 USD
      Assets:Receivable:Michael   20.00 USD
      Expenses:Food
    """
    assert told(ledger, Kind.COLLECTIVE) == []


def test_payees_with_the_accounts_name_are_one_customer(ledger: Ledger) -> None:
    """
    2026-01-15 * "Acme GmbH" "Invoice 1" ^INV-1
      Assets:Receivable:Acme  1200.00 USD
      Income:Sales
    2026-01-15 * "ACME Berlin" "Invoice 2" ^INV-2
      Assets:Receivable:Acme  1200.00 USD
      Income:Sales
    """
    assert told(ledger, Kind.COLLECTIVE) == []


BY_YEAR = """
2026-01-01 open Assets:Receivable:Acme:2026
2026-01-15 * "Acme GmbH" "Invoice 1" ^INV-1
  Assets:Receivable:Acme:2026  1200.00 EUR
  Income:Sales
2026-02-01 * "Beta AG" "Invoice 2" ^INV-2
  Assets:Receivable:Beta:2026  500.00 EUR
  Income:Sales
"""


def test_accounts_that_end_alike_may_be_of_several_customers() -> None:
    """The credit of one would be taken off what the other owes."""
    ends_alike = (
        "All on Assets:Receivable:Acme:2026 and Assets:Receivable:Beta:2026 counts as "
        "owed by one customer, 2026, but the invoices on Assets:Receivable:"
    )
    assert told(load(BY_YEAR), Kind.COLLECTIVE) == [
        f"1: {ends_alike}Acme:2026 are to Acme GmbH. Add to its open:",
        '  customer: "Acme GmbH"',
        f"5: {ends_alike}Beta:2026 are to Beta AG. Add to its open:",
        '  customer: "Beta AG"',
    ]


def test_accounts_that_are_called_like_customers_may_end_alike_too() -> None:
    """The legal form may be all that tells them apart."""
    text = BY_YEAR.replace("Acme:2026", "DE:Jansen").replace("Beta:2026", "NL:Jansen")
    text = text.replace("Acme GmbH", "Jansen GmbH").replace("Beta AG", "Jansen BV")
    more = """
2026-03-01 * "Jansen" "Invoice 3" ^INV-3
  Assets:Receivable:NL:Jansen  500.00 EUR
  Income:Sales
"""
    for same in ("", more, more.replace("NL", "BE")):
        found = told(load(text + same), Kind.COLLECTIVE)
        assert '  customer: "Jansen GmbH"' in found
        assert '  customer: "Jansen BV"' in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Beta AG", "ACME GMBH"),
        ("Beta AG", "Acme"),
        ("Beta:2026", "Beta:2025"),
        ("Acme:2026\n2026", 'Acme:2026\n  customer: "Acme"\n2026'),
    ],
)
def test_accounts_that_end_alike_are_of_one_customer_or_known(
    old: str, new: str
) -> None:
    assert old in BY_YEAR
    assert told(load(BY_YEAR.replace(old, new)), Kind.COLLECTIVE) == []
