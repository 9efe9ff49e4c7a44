"""Why an item stands where it stands: each reason with its place in the ledger.

The policy and where it comes from; the next step and why it comes on its day, or why
none does; how interest came about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount_dunning.answers.days_off import moved
from beancount_dunning.answers.told import promise_so_far
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.log import Handed
from beancount_dunning.ledger.minimum import shows
from beancount_dunning.ledger.policies import PaymentOrder
from beancount_dunning.ledger.step_names import step_name
from beancount_dunning.standing.dunning import Silence
from beancount_dunning.standing.dunning import is_taken_elsewhere
from beancount_dunning.standing.dunning import unsent_steps
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import may_be_bank_fee
from beancount_dunning.standing.resting import taken_discount
from beancount_dunning.standing.resting import taken_on
from beancount_dunning.standing.step_days import StepDays

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from beancount.core.data import Directive

    from beancount_dunning.ledger.agreements import Interest
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.ledger.rates import Rate
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.ledger.terms import Offer
    from beancount_dunning.standing.accrual import Accrual
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.dunning import Standing
    from beancount_dunning.standing.records import Record


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that follows from an entry of the ledger; from none where built in."""

    text: Words
    filename: str | None = None
    lineno: int | None = None
    entry: Directive | None = None

    @classmethod
    def at(cls, text: Words, entry: Directive) -> Fact:
        """Return a fact that stands at an entry."""
        where = place(entry.meta)
        return cls(text, where["filename"], where["lineno"], entry)

    @classmethod
    def on(cls, text: Words, item: Item) -> Fact:
        """Return a fact that stands at an item's posting."""
        return cls(text, item.filename, item.lineno, item.entry)

    def as_dict(self) -> dict[str, Any]:
        """Return the fact as JSON has it."""
        return {"text": self.text, "file": self.filename, "line": self.lineno}


def reasons(books: Books, aged: AgedItem) -> list[Fact]:
    """Say where an item stands, its policy, and what comes next, or why nothing does.

    Args:
        books: The ledger on a date.
        aged: An item of it, as it stands.

    Returns:
        The facts, each with its place in the ledger.
    """
    item = aged.item
    facts = [
        _standing(books, item),
        _policy(item, books.settings),
    ]
    if not item.open:
        return facts
    return [
        *facts,
        *_bank_fee(books, item),
        *_next(books, item, aged.standing),
        *_credit(books, item.customer),
    ]


def _standing(books: Books, item: Item) -> Fact:
    sums = {
        "open": item.open,
        "amount": item.invoiced,
        "currency": item.currency,
    }
    if not item.open:
        return Fact.on(
            Words("{open} of {amount} {currency} open: settled", **sums), item
        )
    days = item.days_overdue(books.as_of)
    if days is None:
        late = Words("undated")
    elif days > 0:
        late = Words.counted("{n} day overdue", "{n} days overdue", days)
    else:
        late = Words("not due")
    text = Words("{open} of {amount} {currency} open, {late}", late=late, **sums)
    return Fact.on(text, item)


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
            return Fact.at(text, item.entry)
        text = Words(
            'Policy "{policy}", from account {account}',
            policy=name,
            account=item.account,
        )
        account = settings.accounts[item.account]
        sources = ((account.entry if account else None, text),)
    for entry, text in sources:
        if entry is not None:
            return Fact.at(text, entry)
    return Fact(Words('Policy "{policy}" (the default)', policy=name))


def _next(books: Books, item: Item, where: Standing) -> Iterator[Fact]:
    """Say what comes next and why, or why nothing does."""
    if where.silence in {Silence.UNDATED, Silence.MINIMUM}:
        yield _silent(books, item, where.silence)
        return
    record = where.record
    yield from _rests(where, books.as_of)
    if where.held and not where.held.is_owed:
        yield _not_owed(books, item, where.held)
        return
    if record.rests_for_ever or where.held is Held.DISPUTE:
        return
    yield from _elsewhere(books, item, record)
    silence = where.silence
    yield _silent(books, item, silence) if silence else _upcoming(books, where)


def _bank_fee(books: Books, item: Item) -> Iterator[Fact]:
    """Say that a bank may have kept what is open."""
    if may_be_bank_fee(books, item):
        text = Words(
            "No more than a bank fee is missing: if the bank kept {amount} {currency}, "
            "book it",
            amount=item.open,
            currency=item.currency,
        )
        yield Fact.on(text, item)


def _elsewhere(books: Books, item: Item, record: Record) -> Iterator[Fact]:
    """Say which steps count as taken before the ledger began to remind."""
    settings = books.settings
    days = StepDays.of(item, settings)
    names = [
        step_name(step.name)
        for step in unsent_steps(settings.steps(item.policy), record)
        if not step.is_notice and is_taken_elsewhere(step, days, settings.start)
    ]
    if names:
        text = Words(
            "Taken elsewhere before {day}: {steps}",
            day=settings.start,
            steps=Words.joined(", ", names),
        )
        yield Fact.at(text, settings.entries["start"])


def _not_owed(books: Books, item: Item, reason: Held) -> Fact:
    """Say why what is open is not asked for."""
    if reason == Held.CREDIT:
        return Fact(
            Words(
                "No reminders: {customer} owes nothing, the balance is {balance} "
                "{currency}",
                customer=item.customer or Words("the customer"),
                balance=books.balances.owed[item.customer, item.currency],
                currency=item.currency,
            )
        )
    offer = cast("Offer", taken_discount(item))
    text = Words(
        "No reminders: {percent} % until {until}, paid on {day}: {amount} is the "
        "discount",
        percent=offer.percent,
        until=offer.until,
        day=taken_on(item, offer),
        amount=item.open,
    )
    return Fact.on(text, item)


def _credit(books: Books, customer: str) -> Iterator[Fact]:
    """Say which unapplied credit the customer has, and on which accounts."""
    for credit in books.receivables.unapplied:
        if credit.customer == customer:
            text = Words(
                "Unapplied credit of {day}: {amount} {currency}, {words} ({account})",
                day=credit.date,
                amount=-credit.amount,
                currency=credit.currency,
                words=credit.words,
                account=credit.account,
            )
            yield Fact(text, credit.filename, credit.lineno, credit.entry)


def left_over(credit: Unapplied) -> Fact:
    """Say that a credit, or what is left of it, is unapplied."""
    text = Words("Unapplied: {words}", words=credit.words)
    return Fact(text, credit.filename, credit.lineno, credit.entry)


def _silent(books: Books, item: Item, silence: Silence) -> Fact:
    """Say why no reminder comes next."""
    if silence == Silence.MINIMUM:
        return _too_little(books, item)
    text = {
        Silence.UNDATED: Words("No reminder: no due date"),
        Silence.POLICY: Words("No reminder: the policy has no steps"),
        Silence.SENT: Words("No more reminders: all have been sent"),
    }[silence]
    if silence == Silence.UNDATED:
        return Fact.on(text, item)
    return Fact(text)


def _too_little(books: Books, item: Item) -> Fact:
    """Say below which minimum an amount is, and where that stands."""
    settings = books.settings
    by_customer = settings.minimum_by_customer(item.customer, item.currency)
    text = Words("No reminder: the open amount is below the minimum")
    if by_customer is not None and shows(item.together, item.currency, books.options):
        text = Words("No reminder: what the customer owes is below the minimum")
        return Fact.at(text, by_customer[1])
    entry = settings.minimum_entries.get(item.currency)
    return Fact.at(text, entry) if entry else Fact(text)


def _upcoming(books: Books, where: Standing) -> Fact:
    """Say what comes next, when and why."""
    step = cast("Step", where.next_step)
    why = [*_reasons(step, where)]
    if where.next_meant and where.next_date and where.next_meant != where.next_date:
        why.append(moved(books.settings.workdays, where.next_meant, where.next_date))
    if (days := step.pay_within) is not None:
        why.append(Words.counted("gives {n} day to pay", "gives {n} days to pay", days))
    facts = {
        "step": step_name(step.name),
        "day": where.next_date,
        "reasons": Words.joined("; ", why),
    }
    if step.entry is None:
        return Fact(Words("Next: {step}, from {day}: {reasons} (built in)", **facts))
    return Fact.at(Words("Next: {step}, from {day}: {reasons}", **facts), step.entry)


def _reasons(step: Step, where: Standing) -> Iterator[Words]:
    """Say why the next reminder comes on its day."""
    last = where.record.last
    if step.is_from_invoice and step.days:
        when = Words.counted(
            "{n} day after the invoice's date",
            "{n} days after the invoice's date",
            step.days,
        )
    elif step.is_from_invoice:
        when = Words("on the invoice's date")
    elif step.days > 0:
        when = Words.counted("{n} day after due", "{n} days after due", step.days)
    elif step.days < 0:
        when = Words.counted("{n} day before due", "{n} days before due", -step.days)
    else:
        when = Words("on the due date")
    yield when
    if last and not step.is_notice:
        yield Words.counted(
            "{n} day after {step}, sent {day}",
            "{n} days after {step}, sent {day}",
            step.min_interval or 0,
            step=step_name(last.step.name),
            day=last.date,
        )
    if where.record.rested_until == where.next_meant:
        yield Words("reminders were on hold until then")


def _rests(where: Standing, as_of: dt.date) -> Iterator[Fact]:
    """Say what was agreed that rests reminders, or did until a day."""
    record = where.record
    hold, handed = record.hold, record.handed
    # Of several instalments, a part in dispute may be about others.
    is_about = where.disputed or where.held is Held.DISPUTE
    if record.dispute and record.has_dispute and is_about:
        yield _disputed(where, record.dispute)
    if record.promise and record.promise.promise:
        yield Fact.at(
            promise_so_far(record, record.promise, as_of), record.promise.entry
        )
    if handed and handed.handed:
        text = {
            Handed.AGENCY: Words("Handed to an agency: no reminders"),
            Handed.LAWYER: Words("Handed to a lawyer: no reminders"),
            Handed.COURT: Words("Handed to the court: no reminders"),
        }[handed.handed]
        yield Fact.at(text, handed.entry)
    if hold and hold.hold_until and hold.hold_until >= as_of:
        day = hold.hold_until
        text = Words("On hold: no reminders until {day}", day=day)
        yield Fact.at(text, hold.entry)


def _disputed(where: Standing, dispute: LogEntry) -> Fact:
    text = Words("In dispute: no reminders until it is resolved")
    if where.held is not Held.DISPUTE and dispute.disputed:
        text = Words(
            "{amount} {currency} in dispute: reminders are about the rest",
            amount=where.disputed,
            currency=dispute.disputed.currency,
        )
    return Fact.at(text, dispute.entry)


def interest_reasons(
    accrual: Accrual, item: Item, settings: Settings
) -> Iterator[Fact]:
    """Say how an item's interest came about, segment by segment."""
    currency = item.currency
    for segment in accrual.segments:
        agreed = segment.agreed
        text = Words("Interest {segment}", segment=segment.in_words(currency))
        yield Fact.at(text, agreed.entry)
        if segment.is_capped and agreed.cap is not None:
            text = Words("No more than {percent} % a year", percent=agreed.cap)
            yield Fact.at(text, agreed.entry)
        elif segment.reference is not None:
            yield _rate(agreed, segment.reference)
    yield from _order(accrual, currency, settings)
    yield Fact(
        Words(
            "Interest so far: {amount} {currency}",
            amount=accrual.amount,
            currency=currency,
        )
    )
    for charge in item.interest_charges:
        text = Words(
            "Posted on {day}: {amount} {currency} of interest",
            day=charge.date,
            amount=charge.amount,
            currency=currency,
        )
        yield Fact.on(text, charge)


def _rate(agreed: Interest, reference: Rate) -> Fact:
    """Say how a rate comes of a reference rate."""
    values = {
        "rate": agreed.reference,
        "percent": reference.percent,
        "day": reference.since,
    }
    points = agreed.percent
    if reference.entry is None:
        text = Words(
            '{points} points above "{rate}" ({percent} % since {day}, built in)',
            points=points,
            **values,
        )
        if agreed.is_factor:
            text = Words(
                '{factor} times "{rate}" ({percent} % since {day}, built in)',
                factor=points,
                **values,
            )
        return Fact(text)
    text = Words(
        '{points} points above "{rate}" ({percent} % since {day})',
        points=points,
        **values,
    )
    if agreed.is_factor:
        text = Words(
            '{factor} times "{rate}" ({percent} % since {day})',
            factor=points,
            **values,
        )
    return Fact.at(text, reference.entry)


def _order(accrual: Accrual, currency: str, settings: Settings) -> Iterator[Fact]:
    """Say what payments settle first, where the ledger says so, and what that did."""
    entry = settings.entries.get("payment-order")
    if entry is None:
        return
    if settings.payment_order is PaymentOrder.INVOICE:
        text = Words("Payments settle the invoice first, then charges and interest")
        yield Fact.at(text, entry)
        return
    text = Words("Payments settle charges and interest first, then the invoice")
    yield Fact.at(text, entry)
    for one in accrual.allotted:
        text = Words(
            "Payment of {day}: {amount} {currency} of it paid interest",
            day=one.date,
            amount=one.interest,
            currency=currency,
        )
        yield Fact.at(text, entry)
