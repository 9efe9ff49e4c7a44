"""Customers: those who cannot be reached, and files that nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.data import Custom

from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.diagnosis import diagnosed
from beancount_dunning.answers.doctor.diagnosis import opens
from beancount_dunning.answers.doctor.diagnosis import owed_and_paid
from beancount_dunning.answers.doctor.diagnosis import quoted
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import NO_CUSTOMER
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.step_names import step_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount.core.data import Directive

    from beancount_dunning.answers.doctor.diagnosis import Diagnosis
    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books

# As far ahead as a next step can reasonably lie.
_AHEAD = 3660
_CUSTOMER = "dunning-customer"
# The key that each channel needs, and an example.
_NEEDS = {
    Channel.EMAIL: ("email", "name@example.com"),
    Channel.LETTER: ("address", "1 Example Street, Exampleton"),
    Channel.PHONE: ("phone", "+44 20 7946 0000"),
    Channel.MESSAGE: ("phone", "+44 20 7946 0000"),
}


def missing_addresses(books: Books, report: AgingReport) -> Iterator[Diagnosis]:
    """Report next reminders without an address, once for each customer and channel.

    A step without a channel goes to any address there is.
    """
    files = _files(books)
    told = set()
    coming = reminders(books, days=_AHEAD, report=report)
    for reminder in (*coming.due, *coming.upcoming):
        name = reminder.item.customer
        if reminder.address is None and (name, reminder.channel) not in told:
            told.add((name, reminder.channel))
            yield _missing(reminder, files.get(folded(name)))


def _files(books: Books) -> dict[str, Directive]:
    """Return, by folded name, the directive to which details can be added."""
    found: dict[str, Directive] = {}
    for entry in opens(books):
        account = books.settings.accounts[entry.account]
        if account and account.customer:
            found.setdefault(folded(account.customer), entry)
    directives = _customer_directives(books)
    return {**found, **{folded(name): entry for name, entry in directives}}


def _customer_directives(books: Books) -> Iterator[tuple[str, Custom]]:
    for entry in books.entries:
        if isinstance(entry, Custom) and entry.type == _CUSTOMER:
            name = entry.values[0].value if entry.values else None
            if entry.date <= books.as_of and isinstance(name, str):
                yield name.strip(), entry


def _missing(reminder: Reminder, file: Directive | None) -> Diagnosis:
    item = reminder.item
    key, sample = _NEEDS[reminder.channel or Channel.EMAIL]
    to_type = f"  {key}: {quoted(sample)}"
    if not item.customer:
        to_type = f"  customer: {quoted('Acme GmbH')}"
    elif file is None:
        directive = f'{item.date} custom "{_CUSTOMER}" {quoted(item.customer)}'
        to_type = f"{directive}\n{to_type}"
    return diagnosed(
        Kind.ADDRESS,
        _what_is_missing(reminder),
        file.meta if file else item.entry.meta,
        to_type,
    )


def _what_is_missing(reminder: Reminder) -> Words:
    values = {
        "customer": reminder.item.customer or NO_CUSTOMER,
        "step": step_name(reminder.step.name),
        "item": reminder.item.label,
        "day": reminder.scheduled,
    }
    return {
        None: Words(
            "{customer} has no e-mail address, postal address or phone number; "
            '"{step}" of {item} needs one from {day} on.',
            **values,
        ),
        Channel.EMAIL: Words(
            '{customer} has no e-mail address; "{step}" of {item}, which goes by '
            "email, needs one from {day} on.",
            **values,
        ),
        Channel.LETTER: Words(
            '{customer} has no postal address; "{step}" of {item}, which goes by '
            "letter, needs one from {day} on.",
            **values,
        ),
        Channel.PHONE: Words(
            '{customer} has no phone number; "{step}" of {item}, which goes by phone, '
            "needs one from {day} on.",
            **values,
        ),
        Channel.MESSAGE: Words(
            '{customer} has no phone number; "{step}" of {item}, which goes by '
            "message, needs one from {day} on.",
            **values,
        ),
    }[reminder.channel]


def files_of_nobody(books: Books) -> Iterator[Diagnosis]:
    """Report customers' files to which no invoice, payment or account belongs."""
    names = {folded(one.customer) for one in owed_and_paid(books)}
    accounts = (books.settings.accounts[entry.account] for entry in opens(books))
    names |= {folded(one.customer) for one in accounts if one and one.customer}
    for name, entry in _customer_directives(books):
        if folded(name) not in names:
            yield diagnosed(
                Kind.CUSTOMER,
                Words(
                    "Nobody in the ledger is called {name}, so this file does nothing.",
                    name=quoted(name),
                ),
                entry.meta,
            )
