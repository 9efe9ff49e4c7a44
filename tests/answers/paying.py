"""Customers' invoices and payments, as text."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.standing.books import Books

FIRST = date(2026, 1, 5)
AS_OF = date(2026, 12, 31)


def after(days: int) -> date:
    """Return the day so many days after the first."""
    return FIRST + timedelta(days=days)


def invoice(  # noqa: PLR0913, PLR0917 - what an invoice can have
    number: str,
    on: date,
    due: date | None,
    amount: str = "100.00",
    customer: str = "Acme",
    currency: str = "EUR",
    meta: str = "",
) -> str:
    """Return an invoice."""
    when = f"  due: {due}\n" if due else ""
    return (
        f'{on} * "{customer}" "Website" ^{number}\n{when}{meta}'
        f"  Assets:Receivable:{customer}  {amount} {currency}\n"
        "  Income:Services\n"
    )


def paid(  # noqa: PLR0913, PLR0917 - what a payment can have
    number: str,
    on: date,
    amount: str = "100.00",
    customer: str = "Acme",
    currency: str = "EUR",
    account: str = "Assets:Bank",
) -> str:
    """Return a payment of invoices, whose numbers are divided by blanks."""
    links = "".join(f" ^{name}" for name in number.split())
    return (
        f'{on} * "{customer}" "Paid"{links}\n'
        f"  {account}  {amount} {currency}\n"
        f"  Assets:Receivable:{customer}\n"
    )


def note(number: str, on: date, *lines: str, customer: str = "Acme") -> str:
    """Return a note on an invoice."""
    meta = "".join(f"  {line}\n" for line in lines)
    return f'{on} note Assets:Receivable:{customer} "Called" ^{number}\n{meta}'


def paid_late(*days: int, customer: str = "Acme") -> str:
    """Return invoices, each due 20 days after the one before and so many days late."""
    return "".join(
        invoice(f"{customer}-{place}", after(place * 20), after(place * 20 + 10))
        .replace('"Acme"', f'"{customer}"')
        .replace("Receivable:Acme", f"Receivable:{customer}")
        + paid(f"{customer}-{place}", after(place * 20 + 10 + late), customer=customer)
        for place, late in enumerate(days)
    )


def books(text: str, as_of: date = AS_OF) -> Books:
    """Read a ledger."""
    return load(text).books(as_of)
