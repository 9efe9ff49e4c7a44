"""Plans of payment, worked out day by day as they are told.

The model goes from day to day: it takes in the day's payments, then the ends of plans
and the day's plans. What is paid later on an invoice's number is kept for it from the
start, since the number goes before the due date. It reads the facts of which a ledger
was made, not the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import cast

from beancount.core.data import Transaction
from beancount.loader import load_string
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_dunning.standing.asking import asked
from tests.conftest import Ledger

FIRST = date(2026, 1, 1)
ACCOUNT = "Assets:Receivable:Acme"
if TYPE_CHECKING:
    from beancount.core.amount import Amount

NAMES = ("INV-1001", "INV-1002", "INV-1003")
days = st.integers(0, 60)
texts = st.sampled_from(("Paid", "INV-1002", "INV-1001, INV-1003"))
amounts = st.sampled_from(("100.00", "33.33", "250.00", "10.00", "400.00"))


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


@dataclass(frozen=True)
class Payment:
    day: int
    amount: Decimal
    name: str | None
    # What the model does not know: another number, and what the bank says.
    other: str | None = None
    text: str = "Paid"


@dataclass(frozen=True)
class Agreed:
    """A plan: its days, and the amounts due on them; the last may be the rest."""

    day: int
    names: tuple[str, ...]
    dues: tuple[int, ...]
    amounts: tuple[Decimal, ...]
    has_rest: bool
    default_after: int | None

    @property
    def text(self) -> str:
        said = [
            f"{amount} on {on(due)}"
            for due, amount in zip(self.dues, self.amounts, strict=True)
        ]
        if self.has_rest:
            said[-1] = f"rest on {on(self.dues[-1])}"
        return ", ".join(said)


@dataclass(eq=False)
class Part:
    """What is open with a due date; `plan` is the one that it is a part of."""

    due: int
    left: Decimal
    plan: Agreed | None = None


@dataclass(eq=False)
class Invoice:
    name: str
    day: int
    due: int
    amount: Decimal
    parts: list[Part] = field(default_factory=list)
    # What is still to be paid on its number.
    kept: Decimal = Decimal()

    @property
    def in_turn(self) -> list[Part]:
        return sorted(self.parts, key=lambda part: part.due)

    def pay(self, amount: Decimal) -> None:
        for part in self.in_turn:
            taken = min(part.left, amount)
            part.left -= taken
            amount -= taken

    def free(self) -> list[tuple[Part, Decimal]]:
        """Return what is open beside what is paid on its number later."""
        kept, found = self.kept, []
        for part in self.in_turn:
            taken = min(part.left, kept)
            kept -= taken
            found.append((part, part.left - taken))
        return found


@dataclass(frozen=True)
class Facts:
    invoices: tuple[tuple[str, int, int, Decimal], ...]
    payments: tuple[Payment, ...]
    plans: tuple[Agreed, ...]

    @property
    def text(self) -> str:
        account = ACCOUNT
        blocks = [f"2020-01-01 open {name}\n" for name in (account, "Assets:Bank")]
        blocks += ["2020-01-01 open Income:Sales\n"]
        for name, day, due, amount in self.invoices:
            blocks.append(
                f'{on(day)} * "Sold" ^{name}\n  due: {on(due)}\n'
                f"  {account}  {amount} EUR\n  Income:Sales\n"
            )
        for paid in self.payments:
            links_ = filter(None, (paid.name, paid.other))
            link = "".join(f" ^{name}" for name in links_)
            blocks.append(
                f'{on(paid.day)} * "{paid.text}"{link}\n'
                f"  {account}  -{paid.amount} EUR\n  Assets:Bank\n"
            )
        for plan in self.plans:
            links = " ".join(f"^{name}" for name in plan.names)
            blocks.append(
                f'{on(plan.day)} note {account} "Agreed" {links}\n'
                f'  plan: "{plan.text}"\n'
            )
            if plan.default_after:
                blocks[-1] += f"  default-after: {plan.default_after}\n"
        return "".join(blocks)


class Model:
    """What is open of each invoice by due date, and what is left of payments."""

    def __init__(self, facts: Facts, as_of: int) -> None:
        self.invoices = [
            Invoice(name, day, due, amount, [Part(due, amount)])
            for name, day, due, amount in facts.invoices
            if day <= as_of
        ]
        self.waiting = Decimal()
        # The day and amount of what no invoice takes.
        self.unapplied: list[tuple[int, Decimal]] = []
        self.payments = [one for one in facts.payments if one.day <= as_of]
        self.named: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for one in sorted(self.payments, key=lambda one: one.day):
            if one.name:
                self.keep(one, one.name)
        for day in range(as_of + 1):
            today = [plan for plan in facts.plans if plan.day == day]
            for plan in today:
                if plan.dues[0] == day:
                    self.agree(plan)
            self.take_in(day)
            self.default(day)
            for plan in today:
                if plan.dues[0] != day:
                    self.agree(plan)

    def keep(self, paid: Payment, name: str) -> None:
        """Keep for an invoice what is paid on its number, as far as it goes."""
        for invoice in self.invoices:
            if invoice.name == name:
                taken = min(paid.amount, invoice.amount - invoice.kept)
                invoice.kept += taken
                self.named[paid.day, name] += taken
                self.unapplied.append((paid.day, paid.amount - taken))
                return
        self.unapplied.append((paid.day, paid.amount))

    def take_in(self, day: int) -> None:
        """Take in a day's payments, those on a number first."""
        for invoice in self.invoices:
            taken = self.named[day, invoice.name]
            invoice.kept -= taken
            invoice.pay(taken)
        for one in self.payments:
            if one.day == day and not one.name:
                self.waiting += one.amount
        self.spread(day)

    def spread(self, day: int) -> None:
        """Settle what is due first with payments that name nothing."""
        there = [
            (part.due, invoice.day, invoice.name, part, free)
            for invoice in self.invoices
            if invoice.day <= day
            for part, free in invoice.free()
        ]
        for *_, part, free in sorted(there, key=lambda row: row[:3]):
            taken = min(free, self.waiting)
            part.left -= taken
            self.waiting -= taken

    def agree(self, plan: Agreed) -> None:
        there = [
            (part.due, invoice.day, invoice.name, part, invoice)
            for invoice in self.invoices
            if invoice.name in plan.names and invoice.day <= plan.day
            for part in invoice.parts
        ]
        there.sort(key=lambda row: row[:3])
        total = sum((part.left for *_, part, _ in there), Decimal())
        to_come = list(zip(plan.dues, plan.amounts, strict=True))
        if plan.has_rest:
            to_come[-1] = (plan.dues[-1], total)
        for *_, part, invoice in there:
            while part.left and to_come:
                due, amount = to_come[0]
                taken = min(part.left, amount)
                part.left -= taken
                invoice.parts.append(Part(due, taken, plan))
                to_come[0] = (due, amount - taken)
                if taken == amount:
                    to_come.pop(0)

    def default(self, day: int) -> None:
        left: dict[Agreed, Decimal] = defaultdict(Decimal)
        ends = set()
        for invoice in self.invoices:
            for part in invoice.parts:
                days_ = part.plan.default_after if part.plan else None
                if part.plan and days_ and part.due + days_ <= day:
                    left[part.plan] += part.left
                    ends |= {part.plan} if part.due + days_ == day else set()
        credit = sum(amount for noted, amount in self.unapplied if noted <= day)
        # Less is too little to ask for.
        late = {plan for plan in ends if left[plan] - credit >= 1}
        for invoice in self.invoices:
            for part in list(invoice.parts):
                if part.plan in late:
                    invoice.parts.append(Part(invoice.due, part.left))
                    part.left = Decimal()

    @property
    def open(self) -> dict[tuple[str, date], Decimal]:
        found: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for invoice in self.invoices:
            for part in invoice.parts:
                found[invoice.name, on(part.due)] += part.left
        return {key: left for key, left in found.items() if left}


@st.composite
def plans(draw: st.DrawFn) -> Agreed:
    day = draw(days)
    first = draw(st.integers(day, day + 20))
    gaps = draw(st.lists(st.integers(1, 15), max_size=3))
    dues = [first]
    for gap in gaps:
        dues.append(dues[-1] + gap)
    return Agreed(
        day,
        tuple(draw(st.sets(st.sampled_from(NAMES), min_size=1, max_size=2))),
        tuple(dues),
        tuple(Decimal(draw(amounts)) for _ in dues),
        draw(st.booleans()),
        draw(st.sampled_from((None, None, 1, 3, 7))),
    )


@st.composite
def ledgers(draw: st.DrawFn, *, plainly: bool = True) -> Facts:
    names = draw(st.sets(st.sampled_from(NAMES), min_size=1))
    invoices = []
    for name in sorted(names):
        day = draw(st.integers(0, 20))
        due = draw(st.integers(day, day + 40))
        invoices.append((name, day, due, Decimal(draw(amounts))))
    made = draw(st.lists(plans(), max_size=4, unique_by=lambda plan: plan.day))
    payments = draw(
        st.lists(
            st.builds(
                Payment,
                days,
                amounts.map(Decimal),
                st.sampled_from((*sorted(names), None)),
                *() if plainly else (st.sampled_from((*NAMES, None)), texts),
            ),
            max_size=6,
        )
    )
    return Facts(
        tuple(invoices),
        tuple(payments),
        tuple(sorted(made, key=lambda plan: plan.day)),
    )


def ledger_of(facts: Facts) -> Ledger:
    loaded = load_string(facts.text)
    assert not loaded[1], loaded[1]
    return Ledger(*loaded)


@settings(deadline=None)
@given(ledgers(), st.integers(0, 110))
def test_plans_are_what_a_slow_model_says(facts: Facts, day: int) -> None:
    found = ledger_of(facts).receivables(on(day))
    is_open: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for item in found.items:
        is_open[item.invoice or "", item.due or date.max] += item.open
    model = Model(facts, day)
    assert is_open == model.open
    left = sum((-credit.amount for credit in found.unapplied), Decimal())
    unapplied = sum(amount for _, amount in model.unapplied)
    assert left == unapplied + model.waiting


@settings(deadline=None)
@given(ledgers(plainly=False), st.integers(0, 110))
def test_plans_lose_nothing_and_ask_for_no_more(facts: Facts, day: int) -> None:
    """What a plan laid out anew is settled, and the sums are those without plans."""
    ledger, plain = ledger_of(facts), ledger_of(replace(facts, plans=()))
    books, found = ledger.books(on(day)), ledger.receivables(on(day))
    before = plain.receivables(on(day))
    assert all(item.until is None for item in found.items)
    for name in {item.invoice for item in before.all_items}:
        laid_out = [item for item in found.all_items if item.invoice == name]
        was = [item for item in before.all_items if item.invoice == name]
        if laid_out:
            assert sum(item.amount for item in laid_out) == sum(
                item.amount for item in was
            )
    balance = sum(
        cast("Amount", posting.units).number or 0
        for entry in ledger.entries
        if entry.date <= on(day) and isinstance(entry, Transaction)
        for posting in entry.postings
        if posting.account == ACCOUNT
    )
    is_open = sum(item.open for item in found.items)
    left = sum(credit.amount for credit in found.unapplied)
    assert is_open + left == balance
    asks = asked(books)
    sum_asked = sum(asks.get(item.identity, item.open) for item in found.items)
    assert sum_asked <= max(balance, 0)


@settings(deadline=None)
@given(ledgers(plainly=False), st.integers(0, 110))
def test_what_is_agreed_later_is_not_known(facts: Facts, day: int) -> None:
    known = tuple(plan for plan in facts.plans if plan.day <= day)
    report = ledger_of(facts).report(on(day)).as_dict()
    assert report == ledger_of(replace(facts, plans=known)).report(on(day)).as_dict()
