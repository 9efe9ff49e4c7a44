"""Invoices made up at random, of which it is known what became of them.

    made = make(seed=1, count=40)
    write(made)     # the ledger's text

They are for tests that work out by hand, slowly, what the core works out of the text.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = date(2026, 1, 1)
AS_OF = date(2026, 11, 20)
# Each step of the policy "standard" after the due date, days after the one before.
STEPS = {"first reminder": 1, "second reminder": 6, "final notice": 8}
_OTHER_SIDES = {
    "paid": "Assets:Bank",
    "credited": "Income:Services",
    "written off": "Expenses:Bad-Debts",
}


@dataclass
class Made:
    """An invoice: how much by when, what ended it on which day, and what was sent."""

    number: int
    customer: str
    issued: date
    due: date
    cents: int
    outcome: str
    ended: date
    sent: list[tuple[str, date, str]] = field(default_factory=list)

    @property
    def amount(self) -> str:
        return f"{self.cents / 100:.2f}"


def make(seed: int, count: int, customers: int = 3) -> list[Made]:
    """Make up invoices; those that are open end after the date."""
    chance = random.Random(seed)  # noqa: S311 - for tests
    made = []
    for number in range(count):
        day = FIRST + timedelta(days=chance.randrange(320))
        due = day + timedelta(days=chance.choice([0, 7, 14]))
        ended = max(day, due + timedelta(days=chance.randint(-6, 30)))
        outcome = chance.choice(["paid"] * 5 + ["credited", "written off"])
        if chance.random() < 0.2 or ended > AS_OF:
            outcome, ended = "open", date.max
        one = Made(
            number,
            f"C{chance.randrange(customers)}",
            day,
            due,
            chance.randrange(200, 90000),
            outcome,
            ended,
        )
        sent = due
        for step, days in STEPS.items():
            sent += timedelta(days=days + chance.choice([0, 0, 1, 3]))
            if sent > min(ended, AS_OF) or chance.random() < 0.3:
                break
            one.sent.append((step, sent, chance.choice(["email", "phone"])))
        made.append(one)
    return made


def write(made: list[Made]) -> str:
    """Return the ledger of such invoices."""
    return "\n".join(text for one in made for text in _texts(one))


def _texts(one: Made) -> Iterator[str]:
    account, link = f"Assets:Receivable:{one.customer}", f"^INV-{one.number}"
    yield (
        f'{one.issued} * "Work" {link}\n'
        f"  due: {one.due}\n"
        f"  {account}  {one.amount} EUR\n"
        "  Income:Services\n"
    )
    for step, day, channel in one.sent:
        yield (
            f'{day} note {account} "Sent" {link}\n'
            f'  reminder: "{step}"\n'
            f'  channel: "{channel}"\n'
        )
    if one.outcome != "open":
        yield (
            f'{one.ended} * "It ends" {link}\n'
            f"  {account}  -{one.amount} EUR\n"
            f"  {_OTHER_SIDES[one.outcome]}\n"
        )
