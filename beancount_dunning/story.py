"""One invoice's whole story: what happened, and why it stands where it stands.

Every number is traced to the directive that it comes from: the postings; where the due
date was agreed; the rule by which each credit was allocated; what was sent, promised,
disputed; the policy and its step; the agreement on interest and the rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Document

from beancount_dunning.aging import AgedItem
from beancount_dunning.aging import aged
from beancount_dunning.charges import Accrual
from beancount_dunning.charges import UnknownRateError
from beancount_dunning.charges import accrue
from beancount_dunning.dunning import next_reminder
from beancount_dunning.errors import place
from beancount_dunning.money import exact
from beancount_dunning.money import in_days
from beancount_dunning.receivables import DUE_SOURCES
from beancount_dunning.settings import NO_POLICY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from collections.abc import Mapping
    from decimal import Decimal

    from beancount_dunning.books import Books
    from beancount_dunning.dunning import Record
    from beancount_dunning.log import LogEntry
    from beancount_dunning.receivables import Item
    from beancount_dunning.settings import Settings

# What happened on a day is told in this order; notes come before what was charged.
_ORDER = ("invoice", "due", "credit", "unapplied", "", "charge")
_CHARGED = {"interest": "Interest", "fee": "Fee", "compensation": "Compensation"}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that follows from the ledger, and where; no line where built in."""

    text: str
    filename: str | None = None
    lineno: int | None = None

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


def _at(text: str, meta: Mapping[str, Any] | None) -> Fact:
    where = place(meta)
    return Fact(text, where["filename"], where["lineno"])


def _on(text: str, item: Item) -> Fact:
    return Fact(text, item.filename, item.lineno)


def tell(books: Books, invoice: str) -> Story | None:
    """Tell the story of an invoice.

    Args:
        books: The ledger on a date, with the settled items of this invoice.
        invoice: Its reference, or what the reports call one of its items.

    Returns:
        The story; None where there is no such invoice on that date.
    """
    everything = (*books.receivables.items, *books.receivables.settled)
    if not any(item.invoice == invoice for item in everything):
        labelled = [item.invoice for item in everything if item.label == invoice]
        invoice = next(filter(None, labelled), invoice)
    items = [item for item in everything if item.invoice == invoice]
    items = items or [
        item
        for item in everything
        if item.invoice is None and invoice in {item.label, item.entry.narration}
    ]
    if not items:
        return None
    items.sort(key=lambda item: (item.number, bool(item.charge), item.date))
    events = [
        *(event for item in items for event in _postings(item, books.settings)),
        *_unapplied(books, invoice),
        *_log(books, invoice, {item.account for item in items}),
    ]
    events.sort(key=lambda event: (event.date, _rank(event)))
    return Story(
        invoice,
        tuple(dict.fromkeys(item.customer for item in items if item.customer)),
        books.as_of,
        tuple(events),
        tuple(_part(item, books) for item in items),
    )


def _rank(event: Event) -> int:
    return _ORDER.index(event.kind if event.kind in _ORDER else "")


def _postings(item: Item, settings: Settings) -> Iterator[Event]:
    name = f" {item.instalment}" if item.count > 1 else ""
    what = f"{_CHARGED[item.charge]} charged" if item.charge else "Invoiced"
    narration = f": {item.entry.narration}" if item.entry.narration else ""
    text = f"{what}{name}{narration} ({item.account})"
    kind = "charge" if item.charge else "invoice"
    yield Event(item.date, kind, _on(text, item), item.amount, item.currency)
    if not item.charge:
        yield Event(item.date, "due", _due(item, settings))
    for one in item.settlements:
        words = " ".join(filter(None, (one.entry.payee, one.entry.narration)))
        text = f"{words or 'Credit'}{f', on{name}' if name else ''} ({one.rule})"
        yield Event(
            one.date, "credit", _at(text, one.entry.meta), -one.amount, item.currency
        )


def _due(item: Item, settings: Settings) -> Fact:
    """Say when an item is due, and where that stands."""
    if item.due is None:
        return _on("No due date", item)
    text = f"Due {item.due}"
    if item.due_from in DUE_SOURCES[:2]:
        return _on(f"{text}, {item.due_from}", item)
    where, key = {
        DUE_SOURCES[2]: ("on the posting", ()),
        DUE_SOURCES[3]: ("on the transaction", ()),
        DUE_SOURCES[4]: (f"on account {item.account}", ("account", item.account)),
        DUE_SOURCES[5]: (
            "in the customer's file",
            ("customer", item.customer, "terms"),
        ),
        DUE_SOURCES[6]: ("by option", ("option", "terms")),
    }[item.due_from or ""]
    text = f"{text}, {item.terms} {where}"
    return _at(text, settings.origins[key].meta) if key else _on(text, item)


def _unapplied(books: Books, invoice: str) -> Iterator[Event]:
    for credit in books.receivables.unapplied:
        entry = credit.entry
        metas = [entry.meta, *(one.meta for one in entry.postings if one.meta)]
        named = {str(meta["invoice"]).strip() for meta in metas if meta.get("invoice")}
        if invoice in (named or entry.links or ()):
            text = f"{entry.narration or 'Credit'}, left over: unapplied credit"
            yield Event(
                entry.date, "unapplied", _at(text, entry.meta), None, credit.currency
            )


def _log(books: Books, invoice: str, accounts: set[str]) -> Iterator[Event]:
    for entry in books.log.entries.get(invoice, ()):
        if entry.account in accounts:
            for kind, text in _said(entry):
                yield Event(entry.date, kind, _at(text, entry.entry.meta))


def _said(entry: LogEntry) -> Iterator[tuple[str, str]]:
    """Yield what an entry of the log says, one of each kind."""
    if isinstance(entry.entry, Document):
        yield "document", f"Document {entry.text}"
        return
    if entry.is_history:
        yield "note", entry.text
    if entry.reminder is not None:
        yield "reminder", f"Sent: {entry.reminder}. {entry.text}"
    if entry.promise is not None:
        yield "promise", f"Promised by {entry.promise}. {entry.text}"
    if entry.dispute is not None:
        what = "In dispute" if entry.dispute else "Dispute resolved"
        yield "dispute", f"{what}. {entry.text}"
    if entry.hold_until is not None:
        yield "hold", f"On hold until {entry.hold_until}. {entry.text}"


def _part(item: Item, books: Books) -> Part:
    why = [_standing(item, books), _policy(item, books.settings)]
    if item.open:
        why += _next(item, books)
    accrual = None
    try:
        accrual = accrue(item, books.settings, books.as_of)
    except UnknownRateError as error:
        why.append(_at(str(error), error.agreed.entry.meta))
    if accrual:
        why += _interest(accrual, item.currency)
    return Part(aged(item, books), tuple(why), accrual)


def _standing(item: Item, books: Books) -> Fact:
    days = item.days_overdue(books.as_of)
    if days is None:
        late = "undated"
    else:
        late = f"{in_days(days)} overdue" if days > 0 else "not due"
    is_open = f"{exact(item.open)} of {exact(item.amount)} {item.currency} open"
    return _on(f"{is_open}, {late}" if item.open else f"{is_open}: settled", item)


def _policy(item: Item, settings: Settings) -> Fact:
    text = f'Policy "{item.policy}"'
    keys: tuple[tuple[tuple[str, ...], str], ...] = (
        (("customer", item.customer, "policy"), ", in the customer's file"),
        (("option", "policy"), ", by option"),
    )
    if item.own_policy is not None:
        own = item.entry.meta.get("policy")
        if isinstance(own, str) and own == item.own_policy:
            return _at(f"{text}, on the transaction", item.entry.meta)
        keys = ((("account", item.account), f", on account {item.account}"),)
    for key, where in keys:
        origin = settings.origins.get(key)
        if origin is not None:
            return _at(text + where, origin.meta)
    return Fact(f"{text}, which goes for all who have none")


def _next(item: Item, books: Books) -> Iterator[Fact]:
    """Say what comes next and why, or why nothing does."""
    settings, record = books.settings, books.dunning.record(item)
    if item.due is None:
        yield _on("No reminder: without a due date nothing is late", item)
        return
    if not settings.is_reminded(item.together, item.currency):
        origin = settings.origins["option", "minimum", item.currency]
        yield _at("No reminder: less is open than the minimum", origin.meta)
        return
    yield from _rests(record, books.as_of)
    if record.rests_for_ever:
        return
    upcoming = next_reminder(item, settings, books.as_of, record)
    if upcoming is None:
        none = item.policy == NO_POLICY
        yield Fact(
            "No reminder: " + ("its policy has none" if none else "all were sent")
        )
        return
    step = upcoming.step
    reasons = [
        f"{in_days(abs(step.days))} {'after' if step.days > 0 else 'before'} due"
    ]
    if step.days == 0:
        reasons = ["on the due date"]
    last = record.last
    if last and step.days > 0:
        interval = step.min_interval or 0
        reasons.append(f"{in_days(interval)} after {last.step.name}, sent {last.date}")
    if record.rested_until == upcoming.date:
        reasons.append("reminders rested before")
    text = f"Next: {step.name}, from {upcoming.date}: {'; '.join(reasons)}"
    directive = settings.origins.get(("step", item.policy, step.name))
    if directive is None:
        yield Fact(f"{text} (built in)")
    else:
        yield _at(text, directive.meta)


def _rests(record: Record, as_of: dt.date) -> Iterator[Fact]:
    dispute, promise, hold = record.dispute, record.promise, record.hold
    if dispute and dispute.dispute:
        yield _at("In dispute: reminders rest until it is resolved", _meta(dispute))
    if promise and promise.promise:
        kept = "reminders rest until then"
        if promise.promise < as_of:
            kept = "broken, reminders go on the day after"
        yield _at(f"Promised by {promise.promise}: {kept}", _meta(promise))
    if hold and hold.hold_until and hold.hold_until >= as_of:
        until = hold.hold_until
        yield _at(f"On hold: reminders rest until {until}", _meta(hold))


def _meta(entry: LogEntry) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = entry.entry.meta
    return meta


def _interest(accrual: Accrual, currency: str) -> Iterator[Fact]:
    for one in accrual.segments:
        agreed = one.agreed
        text = f"Interest {one.in_words(currency)}"
        yield _at(text, agreed.entry.meta)
        if one.reference is not None:
            points = f'{exact(agreed.percent)} points over "{agreed.reference}"'
            rate = f"{exact(one.reference.percent)} % from {one.reference.since}"
            text = f"{points}: {rate}"
            if one.reference.entry is None:
                yield Fact(f"{text} (built in)")
            else:
                yield _at(text, one.reference.entry.meta)
    yield Fact(f"Interest so far: {exact(accrual.amount)} {currency}")
