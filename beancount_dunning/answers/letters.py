"""The letters of a day: which facts go into each.

    found = reminders(books)
    for said in contents(books, letters(found.due)):
        print(said.tone, said.pay_by, sums(said.bills))

The tone is that of the furthest step. Where a promise was broken since the last letter,
a letter that is not the final one is about the promise. A review is the bookkeeper's,
and no letter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from datetime import timedelta
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING
from typing import TypeVar
from typing import cast

from beancount_dunning.answers.as_invoiced import invoice_of
from beancount_dunning.answers.contents import Bill
from beancount_dunning.answers.contents import Charged
from beancount_dunning.answers.contents import Contents
from beancount_dunning.answers.contents import Payment
from beancount_dunning.answers.contents import Returned
from beancount_dunning.answers.contents import Settled
from beancount_dunning.answers.contents import Tone
from beancount_dunning.answers.movements import Kinds
from beancount_dunning.answers.reminders import Letter
from beancount_dunning.answers.returns import Returns
from beancount_dunning.answers.tones import last_letter_after
from beancount_dunning.answers.tones import tone_of
from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.items import Item
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.policies import days_to_pay
from beancount_dunning.ledger.unnamed import TAKEN_BACK

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Container
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.answers.returns import Return
    from beancount_dunning.ledger.items import Settlement
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.standing.books import Books

    # An instalment with its charges, in one currency.
    _Group = tuple[object, ...]
    # A transaction, and a currency in it.
    _Credit = tuple[int, str]
    # A transaction, and the invoice that it paid.
    _Paid = tuple[int, object]

_Key = TypeVar("_Key")


def contents(books: Books, letters: Iterable[Letter]) -> list[Contents | None]:
    """Say what letters say.

    Args:
        books: The ledger on their date.
        letters: The reminders to each customer.

    Returns:
        The contents of each letter; None for one that nobody is to get, because credit
        covers all of it, or it is a review.
    """
    ledger = _Facts(books)
    return [ledger.letter(letter) for letter in letters]


def thanks(books: Books, since: date) -> list[Contents]:
    """Say what letters of thanks say.

    Args:
        books: The ledger on a date.
        since: The first day of the payments to thank for.

    Returns:
        One for each customer who has paid, by name.
    """
    books = books.with_settled(None)
    facts = _Facts(books)
    paid: dict[str, dict[_Credit, Payment]] = defaultdict(dict)
    for item in books.receivables.all_items:
        for one in facts.payments_of(item, since):
            _add(paid[item.customer], one.entry, one.amount, item)
    for credit in books.receivables.unapplied:
        if credit.date >= since and facts.is_payment(credit.entry):
            _add(paid[credit.customer], credit.entry, -credit.amount, credit)
    return [
        facts.thanks(customer, tuple(sorted(payments.values(), key=_order)))
        for customer, payments in sorted(paid.items())
        if customer
    ]


class _Items:
    """All items, by what some of them have in common."""

    def __init__(self, books: Books) -> None:
        self._items = books.receivables.all_items
        self._returns = Returns(books)

    @cached_property
    def groups(self) -> Mapping[_Group, Sequence[Item]]:
        """What is reminded of together, settled items of it included."""
        return self._by(_group)

    @cached_property
    def _invoices(self) -> Mapping[object, Sequence[Item]]:
        """All items of each invoice."""
        return self._by(invoice_of)

    @cached_property
    def pieces(self) -> Mapping[tuple[object, ...], Sequence[Item]]:
        """What plans made of items, together with what is left of them."""
        return self._by(_of_original)

    def _by(self, key: Callable[[Item], _Key]) -> Mapping[_Key, Sequence[Item]]:
        """Return all items by what some of them have in common."""
        found: dict[_Key, list[Item]] = defaultdict(list)
        for item in self._items:
            found[key(item)].append(item)
        return found

    @cached_property
    def returned(self) -> Mapping[int, Return]:
        """The payments that came back, see `Returns.find`."""
        return self._returns.find(self._items)

    @cached_property
    def came_back(self) -> frozenset[_Paid]:
        """The payments that came back, each with the invoice that it paid."""
        back = self.returned
        return frozenset(
            (id(back[id(item)].payment), invoice_of(item))
            for item in self._items
            if id(item) in back
        )

    def of_bill(self, lead: Item) -> tuple[Sequence[Item], bool]:
        """Return what a bill is about, and whether that is all of its invoice.

        What came back and is due on a day of its own is an instalment of its own. Its
        bill says what was invoiced and paid, where nothing else of that is open.
        """
        group = self.groups[_group(lead)]
        sales, back = _told_apart(group, self.returned)
        if sales or not back:
            return group, False
        whole = self._invoices[invoice_of(lead)]
        is_whole = sum(map(_open, whole)) == sum(map(_open, group))
        return (whole, True) if is_whole else (group, False)


class _Facts:
    """What a ledger knows for its letters, each found once."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._kinds = Kinds(books)
        self._items = _Items(books)

    @cached_property
    def _broken(self) -> Mapping[str, LogEntry]:
        """The latest broken promise of each item, by its identity."""
        broken = self._books.dunning.broken
        return {item.identity: one.entry for one in broken for item in one.items}

    @cached_property
    def _owing(self) -> frozenset[str]:
        """Who owes anything."""
        owed = self._books.balances.owed
        return frozenset(customer for (customer, _), sum_ in owed.items() if sum_ > 0)

    def is_payment(self, entry: Transaction) -> bool:
        """Tell whether a credit's transaction brought money in."""
        return bool(self._kinds.money(entry))

    def payments_of(self, item: Item, since: date) -> Iterator[Settlement]:
        """Yield what was paid of an item since a day, and did not come back."""
        invoice, gone = invoice_of(item), self._items.came_back
        for one in item.settlements:
            is_gone = one.rule is TAKEN_BACK or (id(one.entry), invoice) in gone
            if one.date >= since and not is_gone and self.is_payment(one.entry):
                yield one

    def letter(self, letter: Letter) -> Contents | None:
        """Say what a letter of reminders says."""
        to_pay, reminders = letter.to_pay, letter.told
        asking = [one for one in reminders if one.asks]
        if not asking:
            return None
        furthest = Letter(tuple(asking)).furthest
        items = [
            item for one in reminders for item in self._items.groups[_group(one.item)]
        ]
        earlier = _earlier(self._books, items)
        since = earlier[-1] if earlier else date.min
        bills = sorted(map(self._bill, reminders), key=lambda bill: bill.due)
        promise = self._promise(asking, since)
        ladder = self._steps(furthest)
        tone = tone_of(furthest.step, ladder)
        if tone in {Tone.FRIENDLY, Tone.FIRM}:
            if promise:
                tone = Tone.PROMISE
            elif _are_of_plans(asking):
                tone = Tone.PLAN
        return replace(
            self._blank(furthest.item.customer),
            tone=tone,
            step=furthest.step,
            way=furthest.way,
            bills=tuple(bills),
            credit={
                currency: -amount
                for currency, amount in letter.credit.items()
                if not to_pay.get(currency)
            },
            pay_by=self._pay_by(furthest)
            if tone.is_late
            else max(bill.due for bill in bills),
            earlier=earlier,
            promise=promise,
            following=last_letter_after(furthest.step, ladder)
            if tone.is_late
            else None,
            payments=self._payments(items, since),
        )

    def thanks(self, customer: str, payments: tuple[Payment, ...]) -> Contents:
        """Say what a letter of thanks says."""
        return replace(
            self._blank(customer),
            payments=payments,
            is_settled=customer not in self._owing,
        )

    def _blank(self, name: str) -> Contents:
        """Return a letter that says nothing yet but thanks."""
        settings = self._books.settings
        customer = settings.customer(name)
        ways = {Channel.EMAIL: customer.email, Channel.LETTER: customer.address}
        return Contents(
            Tone.THANKS,
            None,
            customer,
            next((way for way, address in ways.items() if address), None),
            customer.language or settings.language,
            settings.sender or "",
            self._books.as_of,
        )

    def _steps(self, reminder: Reminder) -> Sequence[Step]:
        return self._books.settings.steps(reminder.item.policy)

    def _pay_by(self, reminder: Reminder) -> date:
        """Return the day by which to pay, one on which somebody works."""
        as_of = self._books.as_of
        left = (date.max - as_of).days
        days = days_to_pay(reminder.step, self._steps(reminder))
        day = as_of + timedelta(days=min(days, left))
        return self._books.settings.workdays.next_on(day)

    def _promise(self, reminders: Iterable[Reminder], since: date) -> LogEntry | None:
        """Return the promise that was broken since the last letter.

        It has to be about all that is overdue: a letter that speaks of it asks for no
        more than was promised.
        """
        late = [one for one in reminders if one.days_overdue > 0]
        broken = [self._broken.get(one.item.identity) for one in late]
        entries = [entry for entry in broken if entry and entry.date >= since]
        return entries[0] if entries and len(entries) == len(late) else None

    def _bill(self, reminder: Reminder) -> Bill:
        lead = reminder.item
        items, is_whole = self._items.of_bill(lead)
        sales, back = _told_apart(items, self._items.returned)
        if lead.resumed:
            # What was paid while a plan was in force is on its parts.
            charges, back = [item for item in items if item.charge], []
            items = [*self._items.pieces[_of_original(lead)], *charges]
        sale = sales[0] if sales else lead
        return Bill(
            lead.invoice,
            sale.date if sales or lead.invoice is None else None,
            sale.entry.narration or "",
            lead.instalment if lead.count > 1 and not is_whole else "",
            lead.currency,
            lead.invoiced if lead.resumed else sum((one.amount for one in sales), ZERO),
            tuple(
                Charged(item.charge, item.date, item.amount)
                for item in items
                if item.charge
            ),
            self._settled(items),
            reminder.open,
            reminder.disputed,
            reminder.asked,
            # There are no reminders of what is undated.
            cast("date", lead.due),
            reminder.days_overdue,
            lead.originally_due,
            tuple(map(self._came_back_as, back)),
        )

    def _came_back_as(self, item: Item) -> Returned:
        fee = self._items.returned[id(item)].fee
        return Returned(item.date, item.amount - fee, fee)

    def _settled(self, items: Iterable[Item]) -> tuple[Settled, ...]:
        """Return what each transaction took off some items, by date."""
        found: dict[int, Settled] = {}
        for one in (one for item in items for one in item.settlements):
            known = found.get(id(one.entry))
            found[id(one.entry)] = Settled(
                one.date,
                one.amount + (known.amount if known else ZERO),
                self.is_payment(one.entry),
            )
        return tuple(sorted(found.values(), key=lambda one: one.date))

    def _payments(self, items: Iterable[Item], since: date) -> tuple[Payment, ...]:
        found: dict[_Credit, Payment] = {}
        for item in items:
            for one in self.payments_of(item, since):
                _add(found, one.entry, one.amount, item)
        return tuple(sorted(found.values(), key=_order))


def _earlier(books: Books, items: Iterable[Item]) -> tuple[date, ...]:
    """Return when items were reminded of, notices before the due date aside."""
    record = books.dunning.record
    days = {
        sent.date
        for item in items
        for sent in record(item).sent
        if not sent.step.is_notice
    }
    return tuple(sorted(days))


def _told_apart(
    items: Iterable[Item], returned: Container[int]
) -> tuple[list[Item], list[Item]]:
    """Tell what was invoiced from payments of it that came back; charges aside.

    What a plan made of them is invoiced.
    """
    sales: list[Item] = []
    back: list[Item] = []
    for item in items:
        if not item.charge:
            is_back = id(item) in returned and not item.original
            (back if is_back else sales).append(item)
    return sales, back


_open = attrgetter("open")


def _are_of_plans(reminders: Iterable[Reminder]) -> bool:
    """Tell whether all that is overdue are parts of plans."""
    late = [one.item for one in reminders if one.days_overdue > 0]
    return all(item.plan for item in late)


def _of_original(item: Item) -> tuple[object, ...]:
    """Return what the pieces of an item have in common."""
    return id(item.entry), item.currency, id(item.original)


def _group(item: Item) -> _Group:
    own = item.identity if item.invoice is None else None
    return item.group, item.currency, own


def _add(
    found: dict[_Credit, Payment],
    entry: Transaction,
    amount: Decimal,
    of: Item | Unapplied,
) -> None:
    """Add a part of a payment to what is known of it."""
    key = id(entry), of.currency
    known = found.get(key, Payment(entry.date, ZERO, of.currency, ()))
    invoices = [*known.invoices]
    if isinstance(of, Item) and of.invoice and of.invoice not in invoices:
        invoices.append(of.invoice)
    found[key] = replace(known, amount=known.amount + amount, invoices=tuple(invoices))


def _order(payment: Payment) -> tuple[object, ...]:
    return payment.date, payment.currency, payment.invoices, payment.amount
