"""Writes big ledgers: customers, their invoices, and payments."""

from __future__ import annotations

import random
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
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


def write_ledger(
    path: Path, invoices: int, unpaid: int, customers: int | None = None
) -> None:
    """Write a ledger with so many invoices, and as many other transactions.

    Args:
        path: The file to write.
        invoices: How many invoices; always the same ones for the same number.
        unpaid: One invoice in so many is never paid; something else is bought.
        customers: How many customers; by default one for every hundred invoices.
    """
    chance = random.Random(1)
    customers = customers or max(10, invoices // 100)
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
    _write(path, customers, transactions)


def write_mixed_ledger(path: Path, invoices: int) -> None:
    """Write a ledger that is more like real books; some 19 % are open and late.

    Customers have 25 invoices each, in EUR or USD, for anything from 20 to 20,000. Most
    are paid in full, early or late, some in two parts; a few have a credit note, are
    paid in part, paid too much, or never.

    Args:
        path: The file to write.
        invoices: How many invoices; always the same ones for the same number.
    """
    chance = random.Random(1)
    customers = max(5, invoices // 25)
    currencies = chance.choices(["EUR", "USD"], [7, 3], k=customers)
    transactions: list[tuple[date, str]] = []
    span = (AS_OF - FIRST).days - 19
    for number in range(invoices):
        who = chance.randrange(customers)
        day = FIRST + timedelta(days=number * span // invoices)
        due = day + timedelta(days=chance.choice([0, 14, 30, 45, 60]))
        cents = round(100 * 10 ** chance.uniform(1.3, 4.3))
        head = f'"C{who:05} GmbH" "Services {number}" ^INV-{number:06}\n'
        account, currency = f"Assets:Receivable:C{who:05}", currencies[who]
        text = (
            f"{day} * {head}  due: {due}\n"
            f"  {account}  {cents / 100:.2f} {currency}\n"
            f"  Income:Services  -{cents / 100:.2f} {currency}\n"
        )
        transactions.append((day, text))
        for after, other, share in _credits(chance, cents, (due - day).days):
            credited = day + timedelta(days=max(0, after))
            if credited <= AS_OF and share:
                text = (
                    f"{credited} * {head}  {other}  {share / 100:.2f} {currency}\n"
                    f"  {account}  -{share / 100:.2f} {currency}\n"
                )
                transactions.append((credited, text))
    _write(path, customers, transactions)


def _credits(
    chance: random.Random, cents: int, days: int
) -> Iterator[tuple[int, str, int]]:
    """Yield an invoice's credits: days after it, the other account, cents."""
    late = chance.choice([-10, -5, -1, 0, 0, 0, 2, 5, 10, 20, 35, 50, 75, 100, 120])
    paid = days + late + chance.randint(-3, 3)
    left = cents
    if chance.random() < 0.03:
        note = cents * chance.randint(5, 40) // 100
        yield chance.randint(1, 40), "Income:Services", note
        left -= note
    fate = chance.choices(
        ["full", "in two", "part", "too much", "never"], [68, 12, 8, 2, 10]
    )[0]
    first = left * chance.randint(20, 80) // 100
    if fate == "full":
        yield paid, "Assets:Bank", left
    elif fate == "too much":
        yield paid, "Assets:Bank", left + chance.randint(1, 5000)
    elif fate != "never":
        yield paid, "Assets:Bank", first
    if fate == "in two":
        yield paid + chance.randint(10, 60), "Assets:Bank", left - first


_STEPS = {"first reminder": 1, "second reminder": 7, "final notice": 15}


def write_reminded_ledger(path: Path, invoices: int) -> None:
    """Write a ledger of customers with habits, most of whom are reminded.

    Customers have 25 invoices each, and pay late by days of their own, more or less;
    one in twelve invoices is never paid, and one customer in ten is never reminded.

    Args:
        path: The file to write.
        invoices: How many invoices; always the same ones for the same number.
    """
    chance = random.Random(1)
    customers = max(5, invoices // 25)
    habits = chance.choices([-9, -6, -4, -3, -2, 0, 5, 14, 30], k=customers)
    directives: list[tuple[date, str]] = []
    span = (AS_OF - FIRST).days
    for number in range(invoices):
        who = chance.randrange(customers)
        day = FIRST + timedelta(days=number * span // invoices)
        due = day + timedelta(days=chance.choice([14, 30]))
        paid = max(day, due + timedelta(days=habits[who] + chance.randint(-2, 9)))
        if chance.random() < 1 / 12:
            paid = date.max
        head = f'"C{who:05} GmbH" "Services {number}" ^INV-{number:06}\n'
        account, amount = f"Assets:Receivable:C{who:05}", f"{number % 900 + 50}.00 EUR"
        text = f"{day} * {head}  due: {due}\n  {account}  {amount}\n  Income:Services\n"
        directives.append((day, text))
        for step, days in _STEPS.items() if who % 10 else ():
            sent = due + timedelta(days=days)
            if sent < paid and sent <= AS_OF:
                note = f'{sent} note {account} "Sent" ^INV-{number:06}\n'
                directives.append((sent, f'{note}  reminder: "{step}"\n'))
        if paid <= AS_OF:
            text = f"{paid} * {head}  Assets:Bank  {amount}\n  {account}\n"
            directives.append((paid, text))
    _write(path, customers, directives)


def _write(
    path: Path, customers: int, transactions: Iterable[tuple[date, str]]
) -> None:
    accounts = "".join(
        f"2016-01-01 open Assets:Receivable:C{number:05}\n"
        for number in range(customers)
    )
    body = "\n".join(text for _, text in sorted(transactions))
    path.write_text(_HEAD + accounts + "\n" + body, encoding="utf-8")
