"""Books as people read them, and as they are."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancount.core.amount import Amount
from beancount.core.data import Posting
from beancount.core.data import Transaction

from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.rounding import rounded
from tests.conftest import load

if TYPE_CHECKING:
    from tests.conftest import Ledger


def test_what_arithmetic_leaves_is_read_as_money(ledger: Ledger) -> None:
    """
    2026-01-02 * "John" "A share" ^S-1
      Assets:Receivable:John    (40.00/3)+5 USD
      Assets:Receivable:Ann     40.00/3 USD
      Income:Services
    2026-01-03 * "John" "Paid" ^S-1
      Assets:Bank               18.33 USD
      Assets:Receivable:John
    2026-01-04 * "Kim" "Paid in advance"
      Assets:Bank
      Assets:Receivable:Kim    -1/3 KWD
    2026-01-05 * "Typed" ^S-2
      Assets:Receivable:Lee     1.2345 EUR
      Income:Services
    """
    books = ledger.books("2026-01-10")
    read = books.rounded()
    assert [
        (item.customer, exact(item.open), exact(item.amount))
        for item in read.receivables.items
    ] == [("Ann", "13.33", "13.33"), ("Lee", "1.2345", "1.2345")]
    assert [exact(one.amount) for one in read.receivables.unapplied] == ["-0.333"]
    assert exact(read.balances.owed["Ann", "USD"]) == "13.33"
    found = {item.customer: exact(item.open) for item in books.receivables.items}
    assert found["John"].startswith("0.003333333333")
    assert found["Ann"].startswith("13.3333333333")
    # What is asked for later is rounded, too.
    (settled,) = read.with_settled(["S-1"]).receivables.settled
    assert (settled.customer, exact(settled.amount)) == ("John", "18.33")
    assert read.rounded() is read


def test_books_without_arithmetic_stay_the_same(ledger: Ledger) -> None:
    """
    2026-01-02 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme    40.123456789012 EUR
      Income:Services
    """
    books = ledger.books("2026-01-10")
    assert books.rounded() is books


def test_what_beancount_could_not_complete_is_not_looked_at(ledger: Ledger) -> None:
    """
    2026-01-02 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme    40.00 EUR
      Income:Services
    """
    (sale,) = (one for one in ledger.entries if isinstance(one, Transaction))
    third = Amount(Decimal(10) / 3, "EUR")
    owed = Posting("Assets:Receivable:Acme", third, None, None, None, None)
    broken = Posting("Income:Services", None, None, None, None, None)
    entries = [sale._replace(postings=some) for some in ([broken], [broken, owed])]
    first, second = rounded(entries, ledger.options)
    assert first is entries[0]
    assert isinstance(second, Transaction)
    (kept,) = second.postings
    assert kept.units == Amount(Decimal("3.33"), "EUR")


@pytest.mark.parametrize(
    ("amounts", "currency", "expected"),
    [
        (["1000/3"], "JPY", "333"),
        (["1000.00/3", "10.50", "20.50", "30.50"], "RSD", "333.33"),
        (["10.000/3"], "KWD", "3.333"),
        (["1/3", "0.12345678", "0.87654321", "0.5"], "BTC", "0.33333333"),
        (["1/3"], "HOURS", "0.33"),
    ],
)
def test_it_is_rounded_as_the_ledger_writes(
    amounts: list[str], currency: str, expected: str
) -> None:
    ledger = load(
        "".join(
            f"""
2026-01-02 * "Acme" "A share"
  Assets:Receivable   {amount} {currency}
  Income:Services
"""
            for amount in amounts
        )
    )
    items = ledger.books("2026-01-10").rounded().receivables.items
    assert expected in [exact(item.open) for item in items]


def test_errors_write_money(ledger: Ledger) -> None:
    """
    2026-01-02 * "Ann" "A share" ^S-1
      due: 2026-01-03
      Assets:Receivable:Ann     40.00/3 USD
      Income:Services
    """
    assert ledger.lines("2026-01-10") == [
        (
            "1: Overdue: S-1, Ann: 13.33 of 13.33 USD open, due 2026-01-03, "
            "7 days overdue (Assets:Receivable:Ann)"
        )
    ]


def test_shares_and_interest_of_what_was_computed_are_money(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 10
    2026-01-02 * "Ann" "A share" ^S-1
      terms: "50% net 0, 50% net 0"
      Assets:Receivable:Ann     400.00/3 USD
      Income:Services
    """
    shares = {exact(aged.item.open)[:8]: aged for aged in ledger.report().items}
    # What rounding leaves goes to the last share.
    assert sorted(shares) == ["66.66333", "66.67"]
    # 66.67 x 10 / 100 x 322 / 365 = 5.8815
    assert shares["66.67"].interest == Decimal("5.88")


@pytest.mark.parametrize(
    ("amount", "interest"),
    [
        ("12345.67 RSD", "353.97"),
        ("12345.6700 RSD", "353.9656"),
        ("12345.67 JPY", "353.97"),
        ("12345 JPY", "354"),
        ("12345.67 EUR", "353.97"),
        ("37037.01/3 EUR", "353.97"),
    ],
)
def test_interest_is_rounded_to_the_invoice_s_digits(
    ledger: Ledger, amount: str, interest: str
) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 11.5
    2026-01-01 * "Acme" "A" ^I-1
      due: 2026-01-31
      Assets:Receivable:Acme  $amount
      Income:Services
    """
    # 12345.67 x 11.5 / 100 x 91 / 365 = 353.96558
    del amount
    (aged,) = ledger.report("2026-05-02").items
    assert str(aged.interest) == interest
