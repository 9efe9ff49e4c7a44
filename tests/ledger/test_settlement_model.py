"""Which credit settles which item, worked out slowly by the rules as they are told.

The model below knows nothing of how the product does it: it goes through all parts for
each credit, rule by rule. It reads the facts of which a ledger was made, not the
ledger.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

from hypothesis import given

from tests.strategies import FIRST
from tests.test_properties import steady
from tests.untidy import ACCOUNTS
from tests.untidy import Fact
from tests.untidy import Untidy
from tests.untidy import as_of_days
from tests.untidy import plainly_untidy

if TYPE_CHECKING:
    from collections.abc import Container
    from collections.abc import Iterable
    from collections.abc import Sequence

    from beancount_dunning.ledger.items import Receivables


@dataclass
class Amount:
    """A debit, or a credit, and what is left of it."""

    fact: Fact
    customer: str
    left: Decimal

    @property
    def place(self) -> tuple[str, str]:
        return self.fact.account, self.fact.currency

    @property
    def link(self) -> str | None:
        """The invoice that a debit is of."""
        return self.fact.links[0] if self.fact.links else None

    @property
    def turn(self) -> tuple[date, date]:
        """Oldest due first, undated last."""
        return self.fact.due or date.max, self.fact.day


def pay(credit: Amount, debits: Iterable[Amount]) -> None:
    """Settle debits in order of due date, those of the credit's account alone."""
    for debit in sorted(debits, key=lambda one: one.turn):
        if debit.place == credit.place:
            taken = min(debit.left, credit.left)
            debit.left -= taken
            credit.left -= taken


def squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def names(fact: Fact, invoice: str) -> bool:
    """Tell whether a payment's text has an invoice as a whole word.

    Blanks within it may be missing or more; so words are put together, up to three.
    """
    name = squeezed(invoice)
    words = re.split(r"[ ,]+", f"{fact.payee}  {fact.narration}  {fact.text}")
    together = {
        squeezed("".join(words[start:end]))
        for start in range(len(words))
        for end in range(start + 1, start + 4)
    }
    return len(name) >= 4 and name in together


def meant(credit: Amount, named: Sequence[Amount]) -> list[Amount]:
    """Return the one named invoice, or all, that the amount is; else all."""
    invoices = sorted(
        {one.link for one in named},
        key=lambda link: min(one.turn for one in named if one.link == link),
    )
    for invoice in invoices:
        of_invoice = [one for one in named if one.link == invoice]
        if sum(one.left for one in of_invoice) == credit.left:
            return of_invoice
    return list(named)


def settle(books: Untidy, as_of: date) -> tuple[list[Amount], list[Amount]]:
    """Return the debits and the credits of some books, and what is left of each."""
    known = sorted(
        (fact for fact in books.facts if fact.day <= as_of), key=lambda fact: fact.day
    )
    amounts = [Amount(fact, fact.owner, abs(Decimal(fact.number))) for fact in known]
    debits = [one for one in amounts if not one.fact.is_credit]
    credits_ = [one for one in amounts if one.fact.is_credit]
    # Whom something else than a payment names: an invoice, a file, an account.
    known_names = {one.customer for one in debits}
    known_names |= {*map(str.casefold, books.files)}
    known_names |= {customer.casefold() for customer in ACCOUNTS.values() if customer}
    one, several = (
        [credit for credit in credits_ if len(credit.fact.links) in numbers]
        for numbers in ({1}, range(2, 99))
    )
    _settle_referenced(debits, one, known_names)
    _settle_referenced(debits, several, known_names)
    if '"unapplied"' not in books.text:
        loose = [one for one in credits_ if not one.fact.links]
        for credit in loose:
            named = [
                one
                for one in debits
                if one.customer == credit.customer
                and one.place == credit.place
                and one.left
                and one.link
                and names(credit.fact, one.link)
            ]
            pay(credit, meant(credit, named))
        # Day by day: what a credit cannot settle waits for the next invoice.
        for day in (fact.day for fact in known):
            for credit in loose:
                if credit.fact.day <= day:
                    pay(
                        credit,
                        (
                            one
                            for one in debits
                            if one.customer == credit.customer and one.fact.day <= day
                        ),
                    )
    for credit in credits_:
        own = (one for one in debits if one.customer == credit.customer)
        pay(credit, (one for one in own if one.link is None))
    return debits, credits_


def _settle_referenced(
    debits: Sequence[Amount], credits_: Iterable[Amount], known: Container[str]
) -> None:
    for credit in credits_:
        named = [one for one in debits if one.link in credit.fact.links]
        own = [one for one in named if one.customer == credit.customer]
        before = credit.left
        pay(credit, own or named)
        is_payer = credit.left < before and credit.customer in known
        if not is_payer and len({one.customer for one in named}) == 1:
            # Somebody paid for the customer whose invoice it is.
            credit.customer = named[0].customer


def expected(books: Untidy, as_of: date) -> list[Counter[tuple[Any, ...]]]:
    debits, credits_ = settle(books, as_of)
    return [
        Counter(
            (one.customer, *one.place, one.link, one.fact.due, one.left)
            for one in debits
            if one.left
        ),
        Counter(
            (one.customer, *one.place, one.fact.day, one.fact.links, -one.left)
            for one in credits_
            if one.left
        ),
    ]


def answered(receivables: Receivables) -> list[Counter[tuple[Any, ...]]]:
    return [
        Counter(
            (
                item.customer.casefold(),
                item.account,
                item.currency,
                item.invoice,
                item.due,
                item.open,
            )
            for item in receivables.items
        ),
        Counter(
            (
                credit.customer.casefold(),
                credit.account,
                credit.currency,
                credit.entry.date,
                tuple(sorted(credit.entry.links or ())),
                credit.amount,
            )
            for credit in receivables.unapplied
        ),
    ]


@steady
@given(plainly_untidy(), as_of_days)
def test_each_credit_settles_what_the_rules_say(books: Untidy, as_of: date) -> None:
    assert answered(books.read(as_of).receivables) == expected(books, as_of)


# The model itself, on cases that anybody can work out.

DAY = FIRST + timedelta(days=10)
ACCOUNT = "Assets:Receivable"


def fact(after: int, payee: str, number: str, *links: str, **more: Any) -> Fact:  # noqa: ANN401 - whatever a fact has
    day = DAY + timedelta(days=after)
    return Fact(day, payee, ACCOUNT, number, "EUR", "Assets:Bank", links, **more)


def left(*facts: Fact) -> list[str]:
    """Return what the model leaves, as `CUSTOMER LINKS AMOUNT`."""
    return [
        " ".join([one.customer, *one.fact.links, str(one.left)])
        for several in settle(Untidy(facts), date.max)
        for one in several
        if one.left
    ]


def test_the_model_pays_the_own_part_of_a_trip() -> None:
    assert left(
        fact(1, "Ann", "50", "trip-1"),
        fact(2, "Bob", "60", "trip-1"),
        fact(3, "Ann", "40", "trip-2"),
        fact(4, "Bob", "30", "trip-2"),
        fact(5, "BOB", "-95", "trip-1", "trip-2"),
    ) == ["ann trip-1 50", "ann trip-2 40", "bob trip-1 trip-2 5"]


def test_the_model_reads_a_text() -> None:
    assert left(
        fact(1, "Acme", "1000", "INV-2041"),
        fact(2, "Acme", "700", "INV-2042"),
        fact(3, "acme", "-700", narration="Rechnung INV 2042"),
    ) == ["acme INV-2041 1000"]


def test_the_model_gives_back_what_was_paid_too_much() -> None:
    assert left(
        fact(1, "Acme", "100", "INV-2041"),
        fact(2, "Acme", "-150", "INV-2041"),
        fact(3, "Acme", "40"),
    ) == ["acme INV-2041 10"]


def test_the_model_lets_somebody_pay_for_another() -> None:
    assert left(
        fact(1, "Acme", "100", "INV-2041"), fact(2, "Parent", "-120", "INV-2041")
    ) == ["acme INV-2041 20"]
