"""One invoice's whole story: what happened, and why it stands where it stands.

Every number is traced to the directive that it comes from: the postings; where the due
date was agreed; the rule by which each credit was allocated; what was sent, promised,
disputed; the policy and its step; the agreement on interest and the rates. It is told
in words that a page can translate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Transaction

from beancount_dunning.answers.as_invoiced import amount_of
from beancount_dunning.answers.days_off import moved_by_rule
from beancount_dunning.answers.lapsing import limitation_reasons
from beancount_dunning.answers.plan_reasons import plan_reasons
from beancount_dunning.answers.pursuing import Experience
from beancount_dunning.answers.pursuing import pursuit_reasons
from beancount_dunning.answers.reasons import Fact
from beancount_dunning.answers.reasons import interest_reasons
from beancount_dunning.answers.reasons import left_over
from beancount_dunning.answers.reasons import reasons
from beancount_dunning.answers.returns import Returns
from beancount_dunning.answers.told import told
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.ledger.items import DueSource
from beancount_dunning.ledger.references import references
from beancount_dunning.standing.aging import AgedItem
from beancount_dunning.standing.aging import aged
from beancount_dunning.standing.interest import UnknownRateError
from beancount_dunning.standing.interest import accrue

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Container
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from decimal import Decimal

    from beancount_dunning.answers.returns import Return
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.accrual import Accrual
    from beancount_dunning.standing.books import Books


# What happened on a day is told in this order; notes come before what was charged.
_ORDER = ("invoice", "due", "credit", "return", "unapplied", "", "part", "charge")
_OPENED = {
    None: Words("Invoiced"),
    ChargeKind.INTEREST: Words("Interest charged"),
    ChargeKind.FEE: Words("Fee charged"),
    ChargeKind.COMPENSATION: Words("Compensation charged"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an invoice; `amount` is what it added or took off."""

    date: dt.date
    kind: str
    fact: Fact
    amount: Decimal | None = None
    currency: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the event as JSON has it."""
        return {
            "date": self.date.isoformat(),
            "kind": self.kind,
            "amount": None if self.amount is None else exact(self.amount),
            "currency": self.currency,
            **self.fact.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Part:
    """Where an item of the invoice stands, and why.

    `is_return` says whether it books a payment of the invoice back.
    """

    aged: AgedItem
    why: tuple[Fact, ...]
    accrual: Accrual | None
    is_return: bool

    @property
    def label(self) -> str:
        """What to call it: as in the aging report, and whether it is a payment back."""
        name = self.aged.item.label
        return Words("{name}, payment returned", name=name) if self.is_return else name

    def as_dict(self) -> dict[str, Any]:
        """Return the part as JSON has it: the aging report's item, and the reasons."""
        segments = self.accrual.segments if self.accrual else ()
        return {
            **self.aged.as_dict(),
            "why": [fact.as_dict() for fact in self.why],
            "interest_segments": [segment.as_dict() for segment in segments],
        }


@dataclass(frozen=True, slots=True)
class Story:
    """All that the ledger tells of an invoice up to a date."""

    invoice: str
    customers: tuple[str, ...]
    as_of: dt.date
    events: tuple[Event, ...]
    parts: tuple[Part, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the story as JSON has it: amounts exact strings, dates ISO."""
        return {
            "as_of": self.as_of.isoformat(),
            "invoice": self.invoice,
            "customer": ", ".join(self.customers) or None,
            "story": [event.as_dict() for event in self.events],
            "items": [part.as_dict() for part in self.parts],
        }


def tell(
    books: Books, invoice: str, experience: Experience | None = None
) -> Story | None:
    """Tell the story of an invoice.

    Args:
        books: The ledger on a date.
        invoice: Its reference, or what the reports call one of its items.
        experience: How it went with others; None for those in the books.

    Returns:
        The story; None where there is no such invoice on that date.
    """
    items = _named(books, invoice)
    if not items:
        books = _with_settled(books, invoice)
        items = [item for item in books.receivables.settled if item.invoice == invoice]
    if not items:
        return None
    items.sort(
        key=lambda item: (
            item.plan_number,
            item.number,
            bool(item.charge),
            item.date,
            not item.leads,
        )
    )
    name = items[0].invoice or items[0].label
    back = Returns(books).find(items)
    events = [
        *(event for item in items for event in postings(item, books.settings, back)),
        *_unapplied(books, name),
        *_parts(books, items),
        *plan_ends(books, name),
        *log(books, name, {item.account for item in items}),
    ]
    experience = experience or Experience(books)
    return Story(
        name,
        tuple(dict.fromkeys(item.customer for item in items if item.customer)),
        books.as_of,
        in_order(events),
        # Of what a plan laid out anew, nothing may be left.
        tuple(stand(books, item, experience, back) for item in items if item.amount),
    )


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Sort what happened, by date and within a day."""
    return tuple(sorted(events, key=lambda event: (event.date, _rank(event))))


def _named(books: Books, invoice: str) -> list[Item]:
    """Return the items of an invoice, or the item without a reference, of a name."""
    everything = books.receivables.all_items
    for name in (invoice, *_labelled(everything, invoice)):
        if items := [item for item in everything if item.invoice == name]:
            return items
    nameless = [item for item in everything if item.invoice is None]
    return [item for item in nameless if item.key == invoice] or [
        item for item in nameless if invoice in {item.label, item.entry.narration}
    ]


def _labelled(items: Iterable[Item], label: str) -> Iterator[str]:
    for item in items:
        if item.invoice and item.label == label:
            yield item.invoice
            return


def _with_settled(books: Books, invoice: str) -> Books:
    """Return books in which an invoice's settled items are, and few others."""
    receivable = books.settings.accounts
    accounts = {
        posting.account
        for entry in books.entries
        if isinstance(entry, Transaction)
        for posting in entry.postings
        if receivable[posting.account] and invoice in references(entry, posting)
    }
    return books.with_all_settled_on(accounts)


def _rank(event: Event) -> int:
    return _ORDER.index(event.kind if event.kind in _ORDER else "")


def postings(
    item: Item, settings: Settings, back: Mapping[int, Return]
) -> Iterator[Event]:
    """Yield what was posted about an item: what opened it, and what settled it.

    Args:
        item: The item.
        settings: The ledger's settings.
        back: The payments that items book back, see `Returns.find`.
    """
    if item.leads:
        came, amount = back.get(id(item)), amount_of(item)
        if came and came.fee:
            amount -= came.fee
            fact = Fact.on(_described(_OPENED[ChargeKind.FEE], item), item)
            yield Event(item.date, "charge", fact, came.fee, item.currency)
        text = _opened(item, is_return=came is not None)
        kind = "charge" if item.charge else "return" if came else "invoice"
        fact = Fact.on(text, item)
        yield Event(item.date, kind, fact, amount, item.currency)
        # What came back is due when the invoice is.
        if kind == "invoice":
            yield from _dues(item, settings)
    for settlement in item.settlements:
        what = called(settlement.entry) or Words("Credit")
        text = Words("{what} ({rule})", what=what, rule=settlement.rule)
        if item.count > 1:
            text = Words(
                "{what}, on {instalment} ({rule})",
                what=what,
                instalment=item.instalment,
                rule=settlement.rule,
            )
        yield Event(
            settlement.date,
            "credit",
            Fact.at(text, settlement.entry),
            -settlement.amount,
            item.currency,
        )


def called(entry: Transaction) -> str:
    """Return payee and narration, into which another plugin may put anything."""
    return " ".join(str(text) for text in (entry.payee, entry.narration) if text)


def _parts(books: Books, items: Iterable[Item]) -> Iterator[Event]:
    """Yield what a plan that is in force made of items."""
    ended = [one.agreement for one in books.receivables.plans if one.default]
    for item in items:
        plan = item.plan
        if plan is None or item.until or any(plan is one for one in ended):
            continue
        text = Words(
            "Part {instalment}: {amount} {currency} due {due}, originally {originally}",
            instalment=item.instalment,
            amount=item.amount,
            currency=item.currency,
            due=item.due,
            originally=item.originally_due or Words("undated"),
        )
        yield Event(plan.note.date, "part", Fact.at(text, plan.note.entry))


def plan_ends(books: Books, invoice: str) -> Iterator[Event]:
    """Yield which plans of an invoice ended by default."""
    for outcome in books.receivables.plans:
        if outcome.default and invoice in outcome.agreement.names:
            entry = outcome.agreement.note.entry
            text = Words(
                "The plan ended: its part due {due} was late",
                due=outcome.default.due,
            )
            yield Event(outcome.default.day, "plan", Fact.at(text, entry))


def _opened(item: Item, *, is_return: bool) -> Words:
    """Say what opened an item."""
    of, original = item.count, item.original
    number = item.instalment
    if original:
        of, number = original.count, f"{original.number}/{original.count}"
    what = _OPENED[item.charge]
    if of > 1:
        said = {"instalment": number}
        what = {
            None: Words("Invoiced {instalment}", **said),
            ChargeKind.INTEREST: Words("Interest charged {instalment}", **said),
            ChargeKind.FEE: Words("Fee charged {instalment}", **said),
            ChargeKind.COMPENSATION: Words("Compensation charged {instalment}", **said),
        }[item.charge]
    if is_return:
        what = Words("Payment returned")
    return _described(what, item)


def _described(what: Words, item: Item) -> Words:
    """Say what something is, in which words, and on which account."""
    narration = item.entry.narration
    if not narration:
        return Words("{what} ({account})", what=what, account=item.account)
    return Words(
        "{what}: {narration} ({account})",
        what=what,
        narration=narration,
        account=item.account,
    )


def _dues(item: Item, settings: Settings) -> Iterator[Event]:
    """Yield when an item was due as it was invoiced, and to which day that moved."""
    yield Event(item.date, "due", _due(item, settings))
    was = item.original or item
    if was.due is not None and was.due_written is not None:
        text = moved_by_rule(settings.workdays, was.due_written, was.due)
        fact = Fact.at(text, settings.entries["holidays"])
        yield Event(item.date, "due", fact)


def _due(item: Item, settings: Settings) -> Fact:
    """Say when an item is due, and where that stands."""
    was = item.original or item
    if was.due is None or was.due_from is None:
        return Fact.on(Words("No due date"), item)
    due, terms, account = was.due, was.terms, item.account
    opened = settings.accounts[account]
    text, entry = {
        DueSource.POSTING: (Words("Due {due}, from the posting", due=due), None),
        DueSource.TRANSACTION: (
            Words("Due {due}, from the transaction", due=due),
            None,
        ),
        DueSource.POSTING_TERMS: (
            Words("Due {due}, {terms} from the posting", due=due, terms=terms),
            None,
        ),
        DueSource.TRANSACTION_TERMS: (
            Words("Due {due}, {terms} from the transaction", due=due, terms=terms),
            None,
        ),
        DueSource.ACCOUNT_TERMS: (
            Words(
                "Due {due}, {terms} from account {account}",
                due=due,
                terms=terms,
                account=account,
            ),
            opened.entry if opened else None,
        ),
        DueSource.CUSTOMER_TERMS: (
            Words("Due {due}, {terms} from the customer's file", due=due, terms=terms),
            settings.customer(item.customer).entries.get("terms"),
        ),
        DueSource.OPTION_TERMS: (
            Words("Due {due}, {terms} from the option", due=due, terms=terms),
            settings.entries.get("terms"),
        ),
    }[was.due_from]
    return Fact.at(text, entry) if entry else Fact.on(text, item)


def _unapplied(books: Books, invoice: str) -> Iterator[Event]:
    for credit in books.receivables.unapplied:
        if invoice in references(credit.entry, credit.posting):
            fact = left_over(credit)
            yield Event(credit.date, "unapplied", fact, None, credit.currency)


def log(books: Books, invoice: str, accounts: Container[str]) -> Iterator[Event]:
    """Yield what the log tells of an invoice, on its accounts."""
    for entry in books.log.entries.get(invoice, ()):
        if entry.account in accounts:
            for kind, text in told(entry):
                yield Event(entry.date, kind, Fact.at(text, entry.entry))


def stand(
    books: Books, item: Item, experience: Experience, back: Container[int]
) -> Part:
    """Tell where an item stands, and why; and whether it is worth pursuing.

    See `postings`.
    """
    shown = aged(books, item)
    where, *others = reasons(books, shown)
    why = [where, *plan_reasons(books, item), *others]
    accrual = None
    try:
        accrual = accrue(books, item)
    except UnknownRateError as error:
        why.append(Fact.at(error.message, error.agreed.entry))
    if item.open:
        why += limitation_reasons(books, item)
        why += pursuit_reasons(books, item, experience)
    if accrual:
        why += interest_reasons(accrual, item, books.settings)
    return Part(shown, tuple(why), accrual, id(item) in back)
