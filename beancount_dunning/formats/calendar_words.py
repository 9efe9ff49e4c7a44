"""What a calendar says of what stands on a day: titles and descriptions.

A title begins with who and how much, since in a month's cell an app shows a dozen
characters of it. A description counts days from the day of its own event, so that it
does not change from one day to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from beancount_dunning.answers.agenda import Occasion
from beancount_dunning.answers.reminders import Letter
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.step_names import step_name
from beancount_dunning.ledger.terms import payable
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import told_in_dispute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.answers.agenda import Appointment
    from beancount_dunning.answers.agenda import Subject
    from beancount_dunning.basics.words import Catalogue
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.terms import Offer

# Longer ones are cut by some apps.
_LONGEST_ADDRESS = 255
# More invoices than these are counted in a title.
_NAMED = 3
_WHAT = {
    Occasion.DUE: Words("due"),
    Occasion.PROMISE: Words("promised"),
    Occasion.DISCOUNT: Words("discount ends"),
    Occasion.DECISION: Words("needs a decision"),
    Occasion.LIMITATION: Words("can be enforced until today"),
}
# Of what is in dispute there is nothing else.
_IN_DISPUTE = {
    Occasion.DUE: Words("due, in dispute"),
    Occasion.DECISION: Words("in dispute, needs a decision"),
    Occasion.LIMITATION: Words("in dispute, can be enforced until today"),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says it in a language.

    `catalogue` has the language, None is English. `private` leaves out names and
    amounts, and all descriptions.
    """

    catalogue: Catalogue | None
    private: bool

    def tell(self, text: str) -> str:
        """Translate what is words, and nothing else."""
        if self.catalogue is None or not isinstance(text, Words):
            return text
        return text.translated(self.catalogue)

    def title(self, group: Sequence[Appointment]) -> str:
        """Say who, how much, what, and which invoices.

        Args:
            group: What one event is about: of one customer, day and occasion.
        """
        what, names = self.tell(_what(group)), self._names(group)
        who = "" if self.private else self._who(group)
        return f"{who}: {what} ({names})" if who else f"{what} ({names})"

    def _who(self, group: Sequence[Appointment]) -> str:
        sums: dict[str, Decimal] = {}
        promised: dict[int, Decimal] = {}
        for one in group:
            currency, came = one.subject.item.currency, one.subject.record.came
            amount = one.subject.asked or one.subject.disputed
            if one.occasion is Occasion.PROMISE and came:
                # A promise about a part; one note can be about several invoices.
                left = promised.get(id(came), came.missing)
                amount = min(amount, left)
                promised[id(came)] = left - amount
            sums[currency] = sums.get(currency, ZERO) + amount
        amounts = ", ".join(f"{_short(sums[name])} {name}" for name in sums)
        return " ".join(filter(None, (group[0].subject.item.customer, amounts)))

    def _names(self, group: Sequence[Appointment]) -> str:
        items = [one.subject.item for one in group]
        if len(items) > _NAMED:
            return self.tell(Words.counted("{n} invoice", "{n} invoices", len(items)))
        return ", ".join(map(self._name, items))

    def _name(self, item: Item) -> str:
        if not self.private:
            return self.tell(item.label)
        name = item.invoice or self.tell(Words("invoice of {date}", date=item.date))
        if item.invoice is None or item.serial > 1:
            # Some apps merge events that differ in nothing but the UID.
            name += f" ({item.key[:8]})"
        return f"{name} {item.instalment}" if item.count > 1 else name

    def description(self, group: Sequence[Appointment], day: date) -> str:
        """Say what one needs to act, each invoice in a paragraph of its own.

        Args:
            group: What one event is about.
            day: The day on which the event is.
        """
        paragraphs = [self._invoice(one, day, len(group) > 1) for one in group]
        paragraphs[-1] += "\n" + "\n".join(self._customer(group))
        return "\n\n".join(paragraphs)

    def _invoice(self, one: Appointment, day: date, is_named: bool) -> str:  # noqa: FBT001 - private
        lines = (
            self.tell(one.subject.item.label) if is_named else "",
            *(_begun(self.tell(line)) for line in _days(one, day)),
            *map(self.tell, _facts(one.subject)),
        )
        return "\n".join(filter(None, lines))

    def _customer(self, group: Sequence[Appointment]) -> list[str]:
        """Say who it is, and where to see more."""
        subject = group[0].subject
        books, item = subject.books, subject.item
        file = books.settings.customer(item.customer)
        lines = (
            _begun(self.tell(books.balances.told(item.customer) or "")),
            item.customer,
            *(file.contact, file.email, file.phone),
            *dict.fromkeys(one.subject.item.account for one in group),
            link(group),
        )
        return list(filter(None, lines))


def link(group: Sequence[Appointment]) -> str | None:
    """Return the page in Fava that tells of it; None without the option `base-url`.

    Args:
        group: What one event is about: the invoice, or its customer where they are
            several. Where the address would be too long it is the whole page.
    """
    item = group[0].subject.item
    base = group[0].subject.books.settings.base_url
    if base is None:
        return None
    page = f"{base}/extension/Dunning/"
    name, what = "invoice", item.invoice or item.label
    if len(group) > 1:
        name, what = "customer", item.customer
    address = f"{page}?{name}={quote(what, safe='')}"
    return address if len(address) <= _LONGEST_ADDRESS else page


def _what(group: Sequence[Appointment]) -> Words | str:
    """Name the step that gives a letter its tone, or what else it is."""
    one = group[0]
    if sent := [own.reminder for own in group if own.reminder]:
        return step_name(Letter(tuple(sent)).furthest.step.name)
    if one.subject.held is Held.DISPUTE:
        return _IN_DISPUTE[one.occasion]
    return _WHAT[one.occasion]


def _begun(text: str) -> str:
    """Begin a line with a capital."""
    return text[:1].upper() + text[1:]


def _short(number: Decimal) -> str:
    """Write an amount, without cents where there are none."""
    text = exact(number)
    whole, _, cents = text.partition(".")
    return text if cents.strip("0") else whole


def _days(one: Appointment, day: date) -> Iterator[Words]:
    """Say how late it is on its day, and since when it waits."""
    due = one.subject.item.due
    if due is not None:
        days = (day - due).days
        if days > 0:
            yield Words.counted("{n} day overdue", "{n} days overdue", days)
        elif days == 0:
            yield Words("due today")
        else:
            yield Words.counted("due in {n} day", "due in {n} days", -days)
    if one.since < day:
        yield Words("Ready to send since {date}", date=one.since)


def _facts(subject: Subject) -> Iterator[str]:
    """Say what is open of an instalment, and what became of it so far."""
    item, record = subject.item, subject.record
    yield Words(
        "{open} of {amount} {currency} open",
        open=subject.sum(lambda item: item.open),
        amount=subject.sum(lambda item: item.invoiced),
        currency=item.currency,
    )
    if subject.disputed:
        yield told_in_dispute(subject.disputed, item.currency)
    if item.invoice is not None:
        yield item.entry.narration or ""
    dated = Words("Invoiced {date}, no due date", date=item.date)
    if item.due is not None:
        dated = Words("Invoiced {date}, due {due}", date=item.date, due=item.due)
    agreed: str | None = item.terms
    if item.originally_due is not None:
        agreed = Words("originally {date}", date=item.originally_due)
    yield Words.joined("", [dated, " (", agreed, ")"] if agreed else [dated])
    for offer in subject.offers:
        yield _offer(subject, offer)
    if record.sent:
        steps = [
            Words.joined(" ", [step_name(sent.step.name), str(sent.date)])
            for sent in record.sent
        ]
        yield Words("Sent: {steps}", steps=Words.joined(", ", steps))
    for said in subject.history[-1:]:
        yield Words("Last contact: {date} {text}", date=said.date, text=said.text)


def _offer(subject: Subject, offer: Offer) -> Words:
    price = subject.sum(
        lambda item: payable(
            [offer] if offer in item.offers else [],
            item.amount,
            item.open,
            item.currency,
            offer.until,
        )
    )
    return Words(
        "{percent} % less if paid by {date}: {price} {currency}",
        percent=offer.percent,
        date=offer.until,
        price=price,
        currency=subject.item.currency,
    )
