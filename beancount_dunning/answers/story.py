"""One invoice's whole story: what happened, and why it stands where it stands.

Every number is traced to the directive that it comes from: the postings; where the due
date was agreed; the rule by which each credit was allocated; what was sent, promised,
disputed; the policy and its step; the agreement on interest and the rates. It is told
in words that a page can translate.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Document
from beancount.core.data import Transaction

from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.ledger.items import DueSource
from beancount_dunning.ledger.references import references
from beancount_dunning.standing.aging import AgedItem
from beancount_dunning.standing.aging import aged
from beancount_dunning.standing.charges import Accrual
from beancount_dunning.standing.charges import UnknownRateError
from beancount_dunning.standing.charges import accrue
from beancount_dunning.standing.dunning import ScheduledStep
from beancount_dunning.standing.dunning import Silence
from beancount_dunning.standing.dunning import standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.dunning import Record

# What happened on a day is told in this order; notes come before what was charged.
_ORDER = ("invoice", "due", "credit", "unapplied", "", "charge")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that follows from an entry of the ledger; from none where built in."""

    text: Words
    filename: str | None = None
    lineno: int | None = None
    entry: Directive | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fact as JSON has it."""
        return {"text": self.text, "file": self.filename, "line": self.lineno}


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
    """Where an item of the invoice stands, and why."""

    aged: AgedItem
    why: tuple[Fact, ...]
    accrual: Accrual | None

    def as_dict(self) -> dict[str, Any]:
        """Return the part as JSON has it: the aging report's item, and the reasons."""
        segments = self.accrual.segments if self.accrual else ()
        return {
            **self.aged.as_dict(),
            "why": [fact.as_dict() for fact in self.why],
            "interest_segments": [one.as_dict() for one in segments],
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


def _at(text: Words, entry: Directive) -> Fact:
    where = place(entry.meta)
    return Fact(text, where["filename"], where["lineno"], entry)


def _on(text: Words, item: Item) -> Fact:
    return Fact(text, item.filename, item.lineno, item.entry)


def tell(books: Books, invoice: str) -> Story | None:
    """Tell the story of an invoice.

    Args:
        books: The ledger on a date.
        invoice: Its reference, or what the reports call one of its items.

    Returns:
        The story; None where there is no such invoice on that date.
    """
    items = _named(books, invoice)
    if not items:
        books = _with_settled(books, invoice)
        items = [item for item in books.receivables.settled if item.invoice == invoice]
    if not items:
        return None
    items.sort(key=lambda item: (item.number, bool(item.charge), item.date))
    name = items[0].invoice or invoice
    events = [
        *(event for item in items for event in _postings(item, books.settings)),
        *_unapplied(books, name),
        *_log(books, name, {item.account for item in items}),
    ]
    events.sort(key=lambda event: (event.date, _rank(event)))
    return Story(
        name,
        tuple(dict.fromkeys(item.customer for item in items if item.customer)),
        books.as_of,
        tuple(events),
        tuple(_part(books, item) for item in items),
    )


def _named(books: Books, invoice: str) -> list[Item]:
    """Return the items of an invoice, or the item without a reference, of a name."""
    everything = (*books.receivables.items, *books.receivables.settled)
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
    """Return books in which an invoice's settled items are, and few others.

    A credit settles items on its own account, so what is on other accounts than the
    invoice's is left aside.
    """
    receivable = books.settings.accounts
    accounts = {
        posting.account
        for entry in books.entries
        if isinstance(entry, Transaction)
        for posting in entry.postings
        if receivable[posting.account] and invoice in references(entry, posting)
    }
    near = [
        entry
        for entry in books.entries
        if not isinstance(entry, Transaction)
        or not accounts.isdisjoint([posting.account for posting in entry.postings])
    ]
    return replace(books, entries=near).with_settled([invoice])


def _rank(event: Event) -> int:
    return _ORDER.index(event.kind if event.kind in _ORDER else "")


def _postings(item: Item, settings: Settings) -> Iterator[Event]:
    text = _opened(item)
    kind = "charge" if item.charge else "invoice"
    yield Event(item.date, kind, _on(text, item), item.amount, item.currency)
    if not item.charge:
        yield Event(item.date, "due", _due(item, settings))
    for one in item.settlements:
        named = " ".join(filter(None, (one.entry.payee, one.entry.narration)))
        what = named or Words("Credit")
        text = Words("{what} ({rule})", what=what, rule=one.rule)
        if item.count > 1:
            text = Words(
                "{what}, on {instalment} ({rule})",
                what=what,
                instalment=item.instalment,
                rule=one.rule,
            )
        yield Event(
            one.date, "credit", _at(text, one.entry), -one.amount, item.currency
        )


def _opened(item: Item) -> Words:
    """Say what opened an item."""
    number = item.instalment
    plain, of_several = {
        None: (Words("Invoiced"), Words("Invoiced {instalment}", instalment=number)),
        ChargeKind.INTEREST: (
            Words("Interest charged"),
            Words("Interest charged {instalment}", instalment=number),
        ),
        ChargeKind.FEE: (
            Words("Fee charged"),
            Words("Fee charged {instalment}", instalment=number),
        ),
        ChargeKind.COMPENSATION: (
            Words("Compensation charged"),
            Words("Compensation charged {instalment}", instalment=number),
        ),
    }[item.charge]
    what = of_several if item.count > 1 else plain
    narration = item.entry.narration
    if not narration:
        return Words("{what} ({account})", what=what, account=item.account)
    return Words(
        "{what}: {narration} ({account})",
        what=what,
        narration=narration,
        account=item.account,
    )


def _due(item: Item, settings: Settings) -> Fact:
    """Say when an item is due, and where that stands."""
    if item.due is None or item.due_from is None:
        return _on(Words("No due date"), item)
    due, terms, account = item.due, item.terms, item.account
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
    }[item.due_from]
    return _at(text, entry) if entry else _on(text, item)


def _unapplied(books: Books, invoice: str) -> Iterator[Event]:
    for credit in books.receivables.unapplied:
        entry = credit.entry
        if invoice in references(entry, credit.posting):
            text = Words(
                "{what}, remainder: unapplied credit",
                what=entry.narration or Words("Credit"),
            )
            yield Event(
                entry.date, "unapplied", _at(text, entry), None, credit.currency
            )


def _log(books: Books, invoice: str, accounts: set[str]) -> Iterator[Event]:
    for entry in books.log.entries.get(invoice, ()):
        if entry.account in accounts:
            for kind, text in _said(entry):
                yield Event(entry.date, kind, _at(text, entry.entry))


def _said(entry: LogEntry) -> Iterator[tuple[str, Words]]:
    """Yield what an entry of the log says, one of each kind."""
    text = entry.text
    if isinstance(entry.entry, Document):
        yield "document", Words("Document {file}", file=text)
        return
    if entry.is_history:
        # Nothing but what somebody wrote.
        yield "note", Words.joined("", [text])
    if entry.reminder is not None:
        yield "reminder", Words("Sent: {step}. {text}", step=entry.reminder, text=text)
    if entry.promise is not None:
        yield (
            "promise",
            Words("Promised by {day}. {text}", day=entry.promise, text=text),
        )
    if entry.dispute is not None:
        in_dispute = Words("In dispute. {text}", text=text)
        resolved = Words("Dispute resolved. {text}", text=text)
        yield "dispute", in_dispute if entry.dispute else resolved
    if entry.hold_until is not None:
        yield (
            "hold",
            Words("On hold until {day}. {text}", day=entry.hold_until, text=text),
        )


def _part(books: Books, item: Item) -> Part:
    why = [_standing(books, item), _policy(item, books.settings)]
    if item.open:
        why += _next(books, item)
    accrual = None
    try:
        accrual = accrue(books, item)
    except UnknownRateError as error:
        why.append(_at(error.message, error.agreed.entry))
    if accrual:
        why += _interest(accrual, item.currency)
    return Part(aged(books, item), tuple(why), accrual)


def _standing(books: Books, item: Item) -> Fact:
    sums = {
        "open": item.open,
        "amount": item.amount,
        "currency": item.currency,
    }
    if not item.open:
        return _on(Words("{open} of {amount} {currency} open: settled", **sums), item)
    days = item.days_overdue(books.as_of)
    if days is None:
        late = Words("undated")
    elif days > 0:
        late = Words.counted("{n} day overdue", "{n} days overdue", days)
    else:
        late = Words("not due")
    text = Words("{open} of {amount} {currency} open, {late}", late=late, **sums)
    return _on(text, item)


def _policy(item: Item, settings: Settings) -> Fact:
    name = item.policy
    sources: tuple[tuple[Directive | None, Words], ...] = (
        (
            settings.customer(item.customer).entries.get("policy"),
            Words('Policy "{policy}", from the customer\'s file', policy=name),
        ),
        (
            settings.entries.get("policy"),
            Words('Policy "{policy}", from the option', policy=name),
        ),
    )
    if item.own_policy is not None:
        own = item.entry.meta.get("policy")
        if isinstance(own, str) and own == item.own_policy:
            text = Words('Policy "{policy}", from the transaction', policy=name)
            return _at(text, item.entry)
        text = Words(
            'Policy "{policy}", from account {account}',
            policy=name,
            account=item.account,
        )
        account = settings.accounts[item.account]
        sources = ((account.entry if account else None, text),)
    for entry, text in sources:
        if entry is not None:
            return _at(text, entry)
    return Fact(Words('Policy "{policy}" (the default)', policy=name))


def _next(books: Books, item: Item) -> Iterator[Fact]:
    """Say what comes next and why, or why nothing does."""
    where = standing(books, item)
    if where.silence in {Silence.UNDATED, Silence.MINIMUM}:
        yield _silent(books, item, where.silence)
        return
    record = where.record
    yield from _rests(record, books.as_of)
    if record.rests_for_ever:
        return
    if where.silence:
        yield _silent(books, item, where.silence)
    elif where.next_step and where.next_date:
        yield _upcoming(books, item, ScheduledStep(where.next_step, where.next_date))


def _silent(books: Books, item: Item, silence: Silence) -> Fact:
    """Say why no reminder comes next."""
    match silence:
        case Silence.UNDATED:
            return _on(Words("No reminder: no due date"), item)
        case Silence.MINIMUM:
            text = Words("No reminder: the open amount is below the minimum")
            return _at(text, books.settings.minimum_entries[item.currency])
        case Silence.POLICY:
            return Fact(Words("No reminder: the policy has no steps"))
        case Silence.SENT:
            return Fact(Words("No more reminders: all have been sent"))


def _upcoming(books: Books, item: Item, upcoming: ScheduledStep) -> Fact:
    """Say what comes next, when and why."""
    record = books.dunning.record(item)
    step = upcoming.step
    next_one = {
        "step": step.name,
        "day": upcoming.date,
        "reasons": Words.joined("; ", _reasons(upcoming, record)),
    }
    if step.entry is None:
        text = Words("Next: {step}, from {day}: {reasons} (built in)", **next_one)
        return Fact(text)
    return _at(Words("Next: {step}, from {day}: {reasons}", **next_one), step.entry)


def _reasons(upcoming: ScheduledStep, record: Record) -> Iterator[Words]:
    """Say why the next reminder comes on its day."""
    step, last = upcoming.step, record.last
    if step.days > 0:
        when = Words.counted("{n} day after due", "{n} days after due", step.days)
    elif step.days < 0:
        when = Words.counted("{n} day before due", "{n} days before due", -step.days)
    else:
        when = Words("on the due date")
    yield when
    if last and step.days > 0:
        yield Words.counted(
            "{n} day after {step}, sent {day}",
            "{n} days after {step}, sent {day}",
            step.min_interval or 0,
            step=last.step.name,
            day=last.date,
        )
    if record.rested_until == upcoming.date:
        yield Words("reminders were on hold until then")


def _rests(record: Record, as_of: dt.date) -> Iterator[Fact]:
    dispute, promise, hold = record.dispute, record.promise, record.hold
    if dispute and dispute.dispute:
        text = Words("In dispute: no reminders until it is resolved")
        yield _at(text, dispute.entry)
    if promise and promise.promise:
        day = promise.promise
        text = Words("Promised by {day}: no reminders until then", day=day)
        if day < as_of:
            text = Words(
                "Promised by {day}: not kept, so reminders may resume the day after",
                day=day,
            )
        yield _at(text, promise.entry)
    if hold and hold.hold_until and hold.hold_until >= as_of:
        day = hold.hold_until
        text = Words("On hold: no reminders until {day}", day=day)
        yield _at(text, hold.entry)


def _interest(accrual: Accrual, currency: str) -> Iterator[Fact]:
    for one in accrual.segments:
        agreed = one.agreed
        text = Words("Interest {segment}", segment=one.in_words(currency))
        yield _at(text, agreed.entry)
        if one.reference is not None:
            rate = {
                "points": agreed.percent,
                "rate": agreed.reference,
                "percent": one.reference.percent,
                "day": one.reference.since,
            }
            if one.reference.entry is None:
                text = Words(
                    '{points} points above "{rate}" ({percent} % since {day}, '
                    "built in)",
                    **rate,
                )
                yield Fact(text)
            else:
                text = Words(
                    '{points} points above "{rate}" ({percent} % since {day})', **rate
                )
                yield _at(text, one.reference.entry)
    yield Fact(
        Words(
            "Interest so far: {amount} {currency}",
            amount=accrual.amount,
            currency=currency,
        )
    )
