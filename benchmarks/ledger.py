"""Writes a big ledger: customers, their invoices, and a payment for nearly each."""

from __future__ import annotations

import random
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """\
option "title" "Benchmark"
option "operating_currency" "EUR"
2016-01-01 open Assets:Bank
2016-01-01 open Income:Services
2016-01-01 open Liabilities:VAT
"""
FIRST = date(2016, 1, 4)
AS_OF = date(2026, 11, 20)


def write_ledger(path: Path, invoices: int, unpaid: int) -> None:
    """Write a ledger with so many invoices, and as many other transactions.

    Args:
        path: The file to write.
        invoices: How many invoices; always the same ones for the same number.
        unpaid: One invoice in so many is never paid; something else is bought.
    """
    chance = random.Random(1)  # noqa: S311 - the same ledger each time
    customers = max(10, invoices // 100)
    transactions: list[tuple[date, str]] = []
    days = (AS_OF - FIRST).days
    for number in range(invoices):
        customer = f"C{chance.randrange(customers):05}"
        day = FIRST + timedelta(days=number * days // invoices)
        net = chance.randrange(100, 500_000)
        vat = round(net * 19 / 100)
        gross = f"{(net + vat) / 100:.2f}"
        due = day + timedelta(days=chance.choice([14, 30, 30, 30, 45]))
        transactions.append(
            (
                day,
                (
                    f'{day} * "{customer} GmbH" "Services {number}" ^INV-{number:06}\n'
                    f"  due: {due}\n"
                    f"  Assets:Receivable:{customer}  {gross} EUR\n"
                    f"  Income:Services  -{net / 100:.2f} EUR\n"
                    f"  Liabilities:VAT  -{vat / 100:.2f} EUR\n"
                ),
            )
        )
        paid = day + timedelta(days=chance.randrange(5, 90))
        if number % unpaid == 0 or paid > AS_OF:
            day, text = (
                paid,
                (
                    f'{paid} * "Shop" "Supplies"\n'
                    "  Income:Services  10.00 EUR\n"
                    "  Assets:Bank\n"
                ),
            )
        else:
            day, text = (
                paid,
                (
                    f'{paid} * "{customer} GmbH" "Payment" ^INV-{number:06}\n'
                    f"  Assets:Bank  {gross} EUR\n"
                    f"  Assets:Receivable:{customer}\n"
                ),
            )
        transactions.append((day, text))
    names = "".join(
        f"2016-01-01 open Assets:Receivable:C{number:05} EUR\n"
        for number in range(customers)
    )
    body = "\n".join(text for _, text in sorted(transactions))
    path.write_text(_HEAD + names + "\n" + body, encoding="utf-8")
