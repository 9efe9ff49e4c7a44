"""What customers are called, who pays for them, and how they pay."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field
from itertools import product
from typing import TYPE_CHECKING

from bank_texts import LEGAL_FORM

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Sequence
    from datetime import date

    from bank_texts import Transfer
    from bank_texts import Written

_SURNAMES = (
    *("Müller", "Krüger", "Weiß", "Schröder", "Köhler", "Jäger", "Groß", "Böhm"),
    *("Schmidt", "Becker", "Hofmann", "Lehmann", "Peters", "Winter", "Sommer", "Voß"),
    *("Lefèvre", "Garnier", "O'Neill", "Johnson", "van Dijk", "Nowak", "Özdemir"),
)
_FIRST_NAMES = (
    *("Anna", "Thomas", "Jürgen", "Zoë", "Maria", "Björn", "Käthe", "Paul", "Renée"),
    *("Sabine", "Götz", "Laura", "Uwe", "Emma"),
)
_FIRMS = (
    *("{} Maschinenbau GmbH", "{} & Söhne KG", "Bäckerei {}", "{} Consulting Ltd"),
    *("{} Immobilien GmbH & Co. KG", "Praxis Dr. {}", "{} Transporte e.K.", "{} AG"),
    *("Autohaus {} GmbH", "{} Frères SARL", "Hotel {} GmbH", "{} Software Inc."),
)
_PAYING = ("Nordwind Beteiligungs GmbH", "Hanse Verwaltungs AG", "Alster Holding SE")
_AGENTS = ("Elbe Factoring GmbH", "Zahlstelle Nord eG")
_PERSONS = 0.3

# A firm's range of numbers, from the year and the serial number.
NUMBERS: tuple[Callable[[int, int], str], ...] = (
    lambda year, serial: f"RE-{year}-{serial:04}",
    lambda year, serial: f"{year}-{serial:04}",
    lambda _, serial: f"1{serial:04}",
    lambda _, serial: f"INV-{serial:05}",
    lambda year, serial: f"F{year}/{serial:04}",
    lambda year, serial: f"AN-{year % 100}-{serial:04}",
)

_SEPARATOR = re.compile(r"[-/]")
_LETTERS = re.compile(r"^[A-Z]+-?")


def _tail(number: str) -> str:
    """Leave out all but the serial number, and its zeros."""
    return re.split(r"\D", number)[-1].lstrip("0")


# How a payer copies an invoice's number; so many in a hundred do.
COPIES: tuple[tuple[Callable[[str], str], int], ...] = (
    (str, 44),
    (lambda number: _SEPARATOR.sub("", number), 16),
    (lambda number: _SEPARATOR.sub(" ", number), 9),
    (lambda number: _SEPARATOR.sub(".", number), 3),
    (lambda number: _SEPARATOR.sub(" / ", number), 2),
    (str.lower, 4),
    (lambda number: _LETTERS.sub("", number), 7),
    (lambda number: _SEPARATOR.sub("", _LETTERS.sub("", number)), 5),
    (_tail, 2),
    (lambda _: "", 8),
)

_PURPOSES = (
    *("Rechnung {n} vom {d:%d.%m.%Y}", "RE {n}", "{n}", "Rg.-Nr. {n}, Kd.-Nr. {k}"),
    *("Invoice {n}", "Zahlung {n}, vielen Dank", "{n} {d:%d.%m.%y}", "Re.Nr.{n}"),
    *("Kd {k} / {n}", "Ihre Rechnung {n} i.H.v. {a} EUR", "Bestellung {o} RE {n}"),
)
_NAMELESS = (
    *("Rechnung", "Zahlung", "Danke", "Rechnung vom {d:%d.%m.%Y}", "Kd.-Nr. {k}"),
    *("Bestellung {o}", "lt. Vereinbarung", "Überweisung {a} EUR", "Dauerauftrag"),
)
_BETWEEN = (", ", " + ", " und ", " ", "/", "; ")

# What happens to a payment of one invoice, in thousand.
FATES = {
    "in full": 845,
    "part": 30,
    "on account": 15,
    "wrong number": 15,
    "old number": 15,
    "twice": 15,
    "credit note": 15,
    "cents": 10,
    "too much": 10,
    "returned": 5,
    "in halves": 25,
}
# Who else pays, and what for; and how our own money comes back.
OTHERS = (
    ("Finanzamt Hamburg-Nord", "STEUERNR 48/123/04567 UST {d:%m/%Y} ERSTATTUNG"),
    ("AOK Nordwest", "Erstattung U1 BETR-NR 15027365 {d:%m.%Y}"),
    ("Stadtwerke", "Guthaben Abrechnung {d:%Y} VK 2004711{r:04}"),
    ("Marlene Voss", "Privateinlage"),
    ("PayPal Europe", "PP.{r:04}.PP . AUSZAHLUNG {d:%d%m%Y} 10{r:05}"),
    ("Versicherung", "Schaden 26-{r:05} Regulierung"),
)
RETURNED = (
    "RUECKUEBERWEISUNG KONTO ERLOSCHEN {n}",
    "Retoure SEPA Ueberweisung {n} AC04",
    "Rückgabe Gutschrift {n} Empfänger unbekannt",
)


@dataclass
class Invoice:
    """An invoice; `open` is what is open of its `cents` in truth, until `closed`."""

    number: str
    reference: str
    day: date
    cents: int
    open: int
    closed: date | None = None

    def settle(self, day: date, cents: int) -> tuple[int, int]:
        """Take a payment off; less than 3 % or 20 euros that is left is forgiven.

        Returns:
            What the payment has left, and what was forgiven.
        """
        taken = min(self.open, cents)
        self.open -= taken
        forgiven = 0
        if self.open * 100 <= self.cents * 3 or self.open <= 2000:
            forgiven, self.open, self.closed = self.open, 0, day
        return cents - taken, forgiven


@dataclass
class Customer:
    """A customer, with their habits; `lag` is how many days they pay late."""

    number: int
    name: str
    payer: str
    is_declared: bool
    copy: Callable[[str], str]
    bank: Callable[[random.Random, Transfer], Written]
    lag: int
    price: int | None
    takes_discount: bool
    collects: bool
    invoices: list[Invoice] = field(default_factory=list)
    is_known: bool = False

    @property
    def account(self) -> str:
        """The account of their own, where customers do not share one."""
        return f"Assets:Receivable:C{self.number:04}"

    @property
    def has_own_payer(self) -> bool:
        """Whether the books say whose money the payer's is."""
        is_alike = self.payer in self.name or self.name in self.payer
        return is_alike or self.is_declared or self.is_known

    def owed(self, invoice: Invoice, day: date) -> int:
        """Return what they think they owe; some take a discount too late."""
        is_early = (day - invoice.day).days <= 11
        if self.takes_discount and is_early and invoice.open == invoice.cents:
            return invoice.cents - round(invoice.cents * 0.02)
        return invoice.open

    def is_clear(self, day: date, cents: int, kind: str) -> bool:
        """Tell whether payer and amount alone say what a payment is for."""
        if kind in {"part", "in halves"}:
            return False
        found = [one for one in self.invoices if one.day <= day and one.open]
        exact = _ways([one.open for one in found], cents)
        less = sum(self.owed(one, day) == cents != one.open for one in found)
        return self.has_own_payer and exact + less <= 1


def _ways(amounts: Iterable[int], total: int) -> int:
    """Count the choices of amounts that have a sum."""
    ways = {0: 1}
    for amount in amounts:
        for found, count in list(ways.items()):
            if found + amount <= total:
                ways[found + amount] = ways.get(found + amount, 0) + count
    return ways.get(total, 0)


def names_of_customers(chance: random.Random, count: int) -> list[tuple[str, bool]]:
    """Return so many names, and whether each is a person's; some are much alike."""
    firms = [(one.format(name), False) for one, name in product(_FIRMS, _SURNAMES)]
    persons = [
        (f"{one} {name}", True) for one, name in product(_FIRST_NAMES, _SURNAMES)
    ]
    many = round(count * _PERSONS)
    found = chance.sample(persons, many) + chance.sample(firms, count - many)
    chance.shuffle(found)
    return found


def payer_of(chance: random.Random, name: str, *, is_person: bool) -> str:
    """Return who pays for a customer: mostly the customer, as their bank knows them."""
    share = chance.random()
    if is_person:
        first, _, surname = name.partition(" ")
        if share < 0.15:  # the family
            return f"{chance.choice(_FIRST_NAMES)} {surname}"
        if share < 0.25:  # a couple's account
            return f"{chance.choice(_FIRST_NAMES)} u. {name}"
        return f"{surname}, {first}" if share < 0.3 else name  # a bank's way
    if share < 0.05:  # another firm of the same people
        return chance.choice(_PAYING)
    if share < 0.08:  # somebody who pays for many
        return chance.choice(_AGENTS)
    return LEGAL_FORM.sub("", name) if share < 0.3 else name  # shorter


def swapped(chance: random.Random, number: str) -> str:
    """Return a number with two neighbouring digits in the wrong order."""
    places = [
        at
        for at in range(len(number) - 1)
        if number[at : at + 2].isdigit() and number[at] != number[at + 1]
    ]
    at = chance.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def purpose(
    chance: random.Random, copied: Sequence[str], day: date, customer: int, amount: str
) -> str:
    """Return what a payer types: numbers as they copy them, or something else."""
    names = [one for one in copied if one]
    if len(names) > 1 and chance.random() < 0.08:  # the lazy
        names = [names[0], *map(_tail, names[1:])]
    text = chance.choice(_PURPOSES if names else _NAMELESS)
    order = 4_500_000_000 + chance.randrange(10**6)
    amount = amount.replace(".", ",")
    return text.format(
        n=chance.choice(_BETWEEN).join(names),
        d=day,
        k=10_000 + customer,
        a=amount,
        o=order,
    )


def finnish_reference(serial: int) -> str:
    """Return a reference with its check digit, as Finnish banks want it."""
    digits = f"{serial:06}"
    weights = (7, 3, 1) * 2
    total = sum(
        int(one) * weight for one, weight in zip(reversed(digits), weights, strict=True)
    )
    return f"{digits}{-total % 10}"
