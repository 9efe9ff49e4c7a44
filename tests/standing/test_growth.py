"""What an answer costs grows with what is written, and not with its square."""

from __future__ import annotations

import sys
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.findings import findings
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from tests.conftest import load

if TYPE_CHECKING:
    from collections.abc import Callable

_INVOICE = """
2026-02-01 * "Acme" "Website" ^INV-1
  due: 2026-02-02
  Assets:Receivable   100000.00 EUR
  Income:Services
"""
_SOME = 60


def _steps(count: int) -> str:
    """Return a policy of so many steps."""
    return _INVOICE + "".join(
        f'2026-01-01 custom "dunning-step" "standard" "s{number}" {number}\n'
        for number in range(count)
    )


def _promises(count: int) -> str:
    """Return so many promises on one invoice, and payments of it."""
    return _INVOICE + "".join(
        """
2026-03-01 note Assets:Receivable "Promises" ^INV-1
  promise: 2026-03-02
2026-03-01 * "Acme" "Part" ^INV-1
  Assets:Receivable   -1.00 EUR
  Assets:Bank
"""
        for _ in range(count)
    )


def _instalments(count: int) -> str:
    """Return so many instalments, and as many notes without a key on them."""
    parts = "".join(
        "  Assets:Receivable   1.00 EUR\n    due: 2026-02-02\n" for _ in range(count)
    )
    notes = '2026-03-01 note Assets:Receivable "Called" ^INV-1\n' * count
    return f'2026-02-01 * "Acme" "Website" ^INV-1\n{parts}  Income:Services\n{notes}'


def _part_payments(count: int) -> str:
    """Return so many charges and part payments, where charges come first."""
    return (
        _INVOICE
        + """
2026-01-01 custom "dunning-option" "payment-order" "charges"
2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
  compound: "monthly"
"""
        + "".join(
            f"""
2026-{3 + number % 6:02}-{1 + number % 28:02} * "Acme" "Part" ^INV-1
  Assets:Receivable   -1.00 EUR
  Assets:Bank
2026-{3 + number % 6:02}-{1 + number % 28:02} * "Acme" "Charged" ^INV-1
  charge: "{("fee", "interest")[number % 2]}"
  due: 2026-02-02
  Assets:Receivable   2.00 EUR
  Income:Charges
"""
            for number in range(count)
        )
    )


def _plans(count: int) -> str:
    """Return so many invoices of a customer, each with a plan of a day of its own."""
    return "".join(
        f"""
2026-02-01 * "Acme" "Website" ^INV-{number}
  due: 2026-02-02
  Assets:Receivable   100.00 EUR
  Income:Services
{date(2026, 3, 1) + timedelta(number)} note Assets:Receivable "Agreed" ^INV-{number}
  plan: "50.00 on 2026-10-01, rest on 2026-12-01"
  default-after: {number + 1}
"""
        for number in range(count)
    )


def _calls(text: str) -> int:
    """Count the calls that it takes to read a ledger and say what is wrong with it."""
    books = load(text)
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read = read_books(books.entries, books.options, today=date(2026, 11, 20))
        findings(read)
        age(read)
        customers(read)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    "of", [_steps, _promises, _instalments, _part_payments, _plans]
)
def test_twice_as_much_takes_twice_as_long(of: Callable[[int], str]) -> None:
    _calls(of(1))  # What is read once, and then kept.
    base = _calls(of(1))
    less, more = _calls(of(_SOME)) - base, _calls(of(_SOME * 2)) - base
    assert less > _SOME
    assert more < less * 2.3
