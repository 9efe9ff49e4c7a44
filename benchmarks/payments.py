"""Writes books whose payments have no references, and knows what each was for.

    made = generate(seed=1, customers=120)
    made.text      # the ledger: invoices, and bank statements on a suspense account
    made.truths    # by line of the transaction: what each payment was for

All follows from the seed. A firm has one range of invoice numbers, and customers with
habits: how they copy a number, who pays for them, which bank they have, whether they
take the discount. The earlier payments were linked by a bookkeeper; the later ones have
only what the bank wrote. What a payment is for is known before it is written down.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from heapq import heapify
from heapq import heappop
from heapq import heappush
from typing import TYPE_CHECKING
from typing import NamedTuple

from bank_texts import BANKS
from bank_texts import Transfer
from bank_texts import Written
from bank_texts import in_the_ledger
from habits import COPIES
from habits import FATES
from habits import NUMBERS
from habits import OTHERS
from habits import RETURNED
from habits import Customer
from habits import Invoice
from habits import finnish_reference
from habits import names_of_customers
from habits import payer_of
from habits import purpose
from habits import swapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

SUSPENSE = "Assets:Suspense"
FIRST = date(2025, 1, 7)
LINKED_UNTIL = date(2026, 3, 31)
AS_OF = date(2026, 11, 20)
_NEVER = 0.06  # is not paid at all
_HEAD = """\
option "title" "Matching"
option "operating_currency" "EUR"
2025-01-01 custom "dunning-option" "bank-fee" 20.00 EUR
2025-01-01 custom "dunning-option" "unreferenced" "unapplied"
2025-01-01 open Assets:Bank EUR
2025-01-01 open Assets:Receivable EUR
  collective: TRUE
2025-01-01 open Assets:Suspense EUR
2025-01-01 open Income:Services EUR
2025-01-01 open Income:Other EUR

"""
# Payments whose invoices another payment has paid.
_PAID_BEFORE = ("paid again", "old number")
_MISTAKES = {"cents": (-3, -2, -1, 1, 2), "too much": (1000, 5000, 10000)}
_PRICES = (4900, 11900, 23800, 35700, 47600, 59500, 119000)


@dataclass(frozen=True)
class Truth:
    """What a payment was for.

    Without `invoices` nobody can tell from what is written, and it has to be asked:
    money that came back, money of others, one of two equal invoices. What
    `is_doubtful` may be likely, but never certain. `paid` are the invoices that it
    names although another payment has paid them: books in which that one waits to be
    assigned cannot know.
    """

    kind: str
    customer: str = ""
    invoices: frozenset[str] = frozenset()
    paid: frozenset[str] = frozenset()
    is_doubtful: bool = False


@dataclass(frozen=True)
class Made:
    """A ledger's text, and the truth by the line on which a payment begins."""

    text: str
    truths: dict[int, Truth]


class _Block(NamedTuple):
    day: date
    text: str
    truth: Truth | None = None


class _Plan(NamedTuple):
    """What a customer will pay on a day; without a kind, what is open then.

    The number puts plans of a day in order.
    """

    day: date
    number: str
    invoice: Invoice
    kind: str = ""
    cents: int = 0


class _Bank:
    """Writes what the firm's bank says, and what that was for."""

    def __init__(
        self,
        chance: random.Random,
        linked_until: date,
        *,
        has_references: bool,
        shares_account: bool,
    ) -> None:
        self._chance = chance
        self._linked_until = linked_until
        self._credit_notes = 0
        self._has_references = has_references
        self._shares_account = shares_account

    def account(self, customer: Customer) -> str:
        return "Assets:Receivable" if self._shares_account else customer.account

    def pay(
        self,
        customer: Customer,
        invoices: list[Invoice],
        day: date,
        cents: int,
        kind: str,
    ) -> _Block:
        """Write one payment, and what it was for."""
        named = self._named(customer, invoices, day, kind)
        copied = self._copied(customer, named, kind)
        if kind == "old number" and not any(copied):
            kind = "in full"
        amount = f"{cents / 100:.2f}"
        text = purpose(self._chance, copied, invoices[0].day, customer.number, amount)
        if kind == "on account":
            text = self._chance.choice(["Akonto", "Abschlagszahlung", "à conto"])
        written = customer.bank(self._chance, Transfer(customer.payer, text, day))
        is_clear = any(copied) or customer.is_clear(day, cents, kind)
        # An old number and the amount of another invoice: a mistake, but whose?
        is_again = kind in _PAID_BEFORE and named[0].cents == invoices[0].cents
        is_decidable = is_clear and kind != "on account" and not is_again
        left, forgiven = cents, 0
        for invoice in invoices:
            left, more = invoice.settle(day, left)
            forgiven += more
        if day <= self._linked_until:
            customer.is_known = True
            account = self._linked_account(customer, kind, forgiven)
            links = " ".join(f"^{one.number}" for one in invoices)
            return _Block(day, in_the_ledger(written, day, cents, account, links))
        customer.is_known = customer.is_known or any(copied)
        truth = Truth(
            kind if is_decidable else f"{kind}, undecidable",
            customer.name,
            frozenset(one.number for one in invoices if is_decidable),
            frozenset(one.number for one in named if kind in _PAID_BEFORE),
            is_doubtful=kind in _PAID_BEFORE,
        )
        return _Block(day, in_the_ledger(written, day, cents, SUSPENSE), truth)

    def _linked_account(self, customer: Customer, kind: str, forgiven: int) -> str:
        """Return what the bookkeeper posted a payment to."""
        if kind == "paid again":
            return "Income:Other"
        account = self.account(customer)
        if self._shares_account:
            account += f'\n    customer: "{customer.name}"'
        return f"Income:Other  {forgiven / 100:.2f} EUR\n  {account}"

    def _named(
        self, customer: Customer, invoices: list[Invoice], day: date, kind: str
    ) -> list[Invoice]:
        """Return the invoices whose numbers the payer looks up."""
        if kind != "old number":
            return invoices
        # They took the form of a payment before.
        return [one for one in customer.invoices if one.closed and one.closed < day][
            -1:
        ]

    def _copied(
        self, customer: Customer, invoices: list[Invoice], kind: str
    ) -> list[str]:
        """Return the numbers as the payer copies them; most do as they always do."""
        chance = self._chance
        copy = customer.copy
        if chance.random() < 0.1:
            copy = chance.choice(COPIES)[0]
        # A stranger with a wrong number could be anybody's.
        if kind == "wrong number" and customer.has_own_payer:
            return [copy(swapped(chance, invoices[0].number))]
        if self._has_references and chance.random() < 0.7:
            return [one.reference for one in invoices]
        return [copy(one.number) for one in invoices]

    def credit_note(
        self, customer: Customer, invoice: Invoice, day: date, cents: int
    ) -> _Block:
        """Write a credit note; the bookkeeper linked it, later ones have a number."""
        self._credit_notes += 1
        is_linked = day <= self._linked_until
        link = invoice.number if is_linked else f"GS-{self._credit_notes:05}"
        return _Block(
            day,
            f'{day} * "{customer.name}" "Gutschrift" ^{link}\n'
            f"  {self.account(customer)}  -{cents / 100:.2f} EUR\n"
            "  Income:Services\n",
        )

    def returned(
        self, customer: Customer, invoice: Invoice, day: date, cents: int
    ) -> _Block:
        """Write our own money that came back, with a number of the customer's."""
        text = self._chance.choice(RETURNED).format(n=invoice.number)
        written = customer.bank(self._chance, Transfer(customer.payer, text, day))
        return self._foreign(day, written, cents, "our own money")

    def others(self, owed: Sequence[int], count: int) -> Iterator[_Block]:
        """Write what others pay; some of it is as much as somebody owes."""
        chance = self._chance
        banks = [bank for bank, _ in BANKS]
        for _ in range(count):
            day = FIRST + timedelta(chance.randrange((AS_OF - FIRST).days))
            name, text = chance.choice(OTHERS)
            text = text.format(d=day, r=chance.randrange(10_000))
            is_alike = chance.random() < 0.2
            cents = chance.choice(owed) if is_alike else chance.randrange(100, 300_000)
            written = chance.choice(banks)(chance, Transfer(name, text, day))
            yield self._foreign(day, written, cents, "others' money")

    def _foreign(self, day: date, written: Written, cents: int, kind: str) -> _Block:
        if day > self._linked_until:
            text = in_the_ledger(written, day, cents, SUSPENSE)
            return _Block(day, text, Truth(kind))
        return _Block(day, in_the_ledger(written, day, cents, "Income:Other"))


class _Firm:
    """Writes one firm's books."""

    def __init__(
        self, seed: int, customers: int, invoices: int, linked_until: date
    ) -> None:
        self._chance = random.Random(seed)
        self._invoices = invoices
        self._number = NUMBERS[seed % len(NUMBERS)]
        # Every fourth firm prints references, and every second has one account.
        self._has_references = seed % 4 == 3
        self._shares_account = seed % 2 == 1
        self._bank = _Bank(
            self._chance,
            linked_until,
            has_references=self._has_references,
            shares_account=self._shares_account,
        )
        names = names_of_customers(self._chance, customers)
        self._customers = [
            self._customer(number, *found) for number, found in enumerate(names, 1)
        ]

    def blocks(self) -> list[_Block]:
        """Return all directives, in order of date."""
        blocks = list(self._sales())
        for customer in self._customers:
            blocks.append(self._file(customer))
            blocks += self._payments(customer)
        owed = [one.cents for customer in self._customers for one in customer.invoices]
        blocks += self._bank.others(owed, len(blocks) // 60)
        return sorted(blocks, key=lambda block: block.day)

    def _customer(self, number: int, name: str, is_person: bool) -> Customer:  # noqa: FBT001 - from a pair
        chance = self._chance
        payer = payer_of(chance, name, is_person=is_person)
        copies, of_copies = zip(*COPIES, strict=True)
        banks, of_banks = zip(*BANKS, strict=True)
        return Customer(
            number=number,
            name=name,
            payer=payer,
            is_declared=payer.partition(" ")[0] not in name and chance.random() < 0.5,
            copy=chance.choices(copies, of_copies)[0],
            bank=chance.choices(banks, of_banks)[0],
            lag=chance.choice([-6, -1, 0, 3, 10, 30]),
            price=chance.choice(_PRICES) if chance.random() < 0.25 else None,
            takes_discount=not is_person and chance.random() < 0.3,
            collects=not is_person and chance.random() < 0.2,
        )

    def _file(self, customer: Customer) -> _Block:
        if self._shares_account:
            head = f'custom "dunning-customer" "{customer.name}"'
        else:
            head = f'open {customer.account} EUR\n  customer: "{customer.name}"'
        terms = "2/10 net 30" if customer.takes_discount else "net 14"
        payer = f'  payer: "{customer.payer}"\n' if customer.is_declared else ""
        return _Block(
            date(2025, 1, 1), f'2025-01-01 {head}\n  terms: "{terms}"\n{payer}'
        )

    def _sales(self) -> Iterator[_Block]:
        """Write invoices, numbered in order of date."""
        chance = self._chance
        span = (AS_OF - FIRST).days
        sales = sorted(
            (FIRST + timedelta(chance.randrange(span)), customer.number)
            for customer in self._customers
            for _ in range(self._invoices)
        )
        for serial, (day, who) in enumerate(sales, 1):
            customer = self._customers[who - 1]
            cents = customer.price or round(chance.randrange(2, 900) * 1250 * 1.19)
            number = self._number(day.year, serial)
            reference = finnish_reference(serial) if self._has_references else ""
            customer.invoices.append(Invoice(number, reference, day, cents, cents))
            meta = f'  reference: "{reference}"\n' if reference else ""
            yield _Block(
                day,
                f'{day} * "{customer.name}" "Leistung {day:%m/%Y}" ^{number}\n{meta}'
                f"  {self._bank.account(customer)}  {cents / 100:.2f} EUR\n"
                "  Income:Services\n",
            )

    def _payments(self, customer: Customer) -> Iterator[_Block]:
        """Write a customer's payments, in order of date."""
        agenda = [
            _Plan(self._day_of_payment(customer, one), one.number, one)
            for one in customer.invoices
            if self._chance.random() >= _NEVER
        ]
        heapify(agenda)
        waiting: list[Invoice] = []
        while agenda and agenda[0].day <= AS_OF:
            plan = heappop(agenda)
            if plan.kind:
                cents = plan.cents or plan.invoice.open
                yield self._bank.pay(
                    customer, [plan.invoice], plan.day, cents, plan.kind
                )
                continue
            waiting.append(plan.invoice)
            is_last = not agenda or agenda[0].day > plan.day
            # Some leave a payment until the next one, and make it one.
            if not is_last or self._chance.random() < 0.08:
                continue
            found, waiting = waiting, []
            if len(found) == 1:
                yield from self._pay_one(customer, found[0], plan.day, agenda)
            else:
                cents = sum(customer.owed(one, plan.day) for one in found)
                yield self._bank.pay(customer, found, plan.day, cents, "several")

    def _day_of_payment(self, customer: Customer, invoice: Invoice) -> date:
        chance = self._chance
        if customer.takes_discount and chance.random() < 0.8:
            days = chance.randint(4, 11)
        else:
            due = 30 if customer.takes_discount else 14
            days = max(1, due + customer.lag + chance.randint(-2, 4))
        day = invoice.day + timedelta(days)
        if customer.collects:
            # They pay on the 1st and on the 15th.
            first = (day.replace(day=1) + timedelta(32)).replace(day=1)
            day = day.replace(day=15) if day.day <= 15 else first
        return day

    def _pay_one(
        self, customer: Customer, invoice: Invoice, day: date, agenda: list[_Plan]
    ) -> Iterator[_Block]:
        """Write what happens when a customer pays one invoice."""
        chance = self._chance
        fate = chance.choices([*FATES], [*FATES.values()])[0]
        cents = customer.owed(invoice, day)
        later = day + timedelta(chance.randint(5, 25))
        if fate in {"part", "in halves", "on account"}:
            part = cents // 2 if fate == "in halves" else cents // 3 // 1000 * 1000
            cents = part or cents
            if part:
                heappush(agenda, _Plan(later, invoice.number, invoice, "rest"))
        elif fate == "twice":
            heappush(agenda, _Plan(later, invoice.number, invoice, "paid again", cents))
        elif fate == "credit note" and cents == invoice.cents:
            note = cents // 7
            yield self._bank.credit_note(customer, invoice, day - timedelta(1), note)
            invoice.open, cents = cents - note, cents - note
        elif fate in _MISTAKES:
            cents += chance.choice(_MISTAKES[fate])
        elif fate == "returned":
            yield self._bank.returned(customer, invoice, day, cents)
        elif "wire" in customer.bank.__name__ and chance.random() < 0.4:
            fate, cents = "fee", cents - chance.choice([500, 750, 1500, 2000])
        elif cents < invoice.cents:
            fate = "discount"
        if cents > 0:
            yield self._bank.pay(customer, [invoice], day, cents, fate)


def generate(
    seed: int, customers: int, invoices: int = 12, linked_until: date = LINKED_UNTIL
) -> Made:
    """Write the books of a firm.

    Args:
        seed: Which firm.
        customers: How many customers it has, at most 390.
        invoices: How many invoices each of them gets.
        linked_until: The last day whose payments have their links.

    Returns:
        The ledger and the truth.
    """
    texts, truths, line = [_HEAD], {}, _HEAD.count("\n") + 1
    for block in _Firm(seed, customers, invoices, linked_until).blocks():
        if block.truth:
            truths[line] = block.truth
        texts.append(block.text + "\n")
        line += block.text.count("\n") + 1
    return Made("".join(texts), truths)
