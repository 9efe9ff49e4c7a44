"""Directives to paste: notes that log what was sent, transactions for charges.

They are written as a bookkeeper would, and read again they say what was meant: a
reference that is none that a link can be goes into `invoice:`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET
from beancount.core.data import Close
from beancount.core.data import Note
from beancount.core.data import Open
from beancount.core.data import Posting
from beancount.core.data import Transaction
from beancount.core.flags import FLAG_OKAY
from beancount.parser import printer
from beancount.utils.misc_utils import escape_string

from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import writable
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.references import naming

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.charges import Charge

_ACCOUNTS = {
    ChargeKind.INTEREST: "Interest",
    ChargeKind.FEE: "Fees",
    ChargeKind.COMPENSATION: "Compensation",
}
_HOW = {
    Channel.EMAIL: "e-mailed to",
    Channel.LETTER: "posted to",
    Channel.PHONE: "by phone to",
    Channel.MESSAGE: "by message to",
}


def is_loggable(item: Item) -> bool:
    """Tell whether a note can be about an item: it has to have a reference."""
    return item.invoice is not None


def notes(
    books: Books, reminders: Iterable[Reminder], channel: Channel | None = None
) -> list[Note]:
    """Return the notes that log reminders as sent on the books' date.

    Args:
        books: The ledger on the day on which they were sent.
        reminders: What was sent; items without a reference cannot be logged, and are
            left out.
        channel: How all of it was sent; None for as each step says.

    Returns:
        One note for each invoice and step, and for each of its customers who has it on
        another account.
    """
    found: list[Note] = []
    told: set[tuple[str | None, str, str]] = set()
    for reminder in reminders:
        one = reminder.by(channel) if channel else reminder
        item = one.item
        if not is_loggable(item):
            continue
        name = one.step.name
        # Several instalments at the same step are one letter, on whatever accounts; and
        # a note is about all who have the invoice on its account.
        whose = {(item.invoice, name, who) for who in (item.customer, item.account)}
        if whose.isdisjoint(told):
            text = one.step.title
            if one.way and one.address:
                text += f" {_HOW[one.way]} {one.address}"
            links, meta = naming(item.invoice or "")
            meta["reminder"] = name
            # Nobody knows afterwards how a reminder went out.
            if one.way:
                meta["channel"] = str(one.way)
            if one.address and (to := writable(one.address)):
                meta["to"] = to
            found.append(
                Note(meta, books.as_of, item.account, writable(text), EMPTY_SET, links)
            )
        told |= whose
    return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """Charges as directives, and those that the ledger's accounts do not take.

    `directives` has each charge with its transaction; before them, without a charge,
    the accounts that have to be opened. `refused` has the others, each with the reason.
    """

    directives: tuple[tuple[Charge | None, Directive], ...]
    refused: tuple[tuple[Charge, str], ...] = ()


def transactions(
    books: Books, charges: Iterable[Charge], accounts: ChargeAccounts | None = None
) -> Proposal:
    """Return the transactions that post charges.

    Args:
        books: The ledger on the day of the transactions. Income goes where earlier
            charges of the kind went, or else to an account of its own.
        charges: What is to be charged.
        accounts: The accounts of the whole ledger; None for those of the books.

    Returns:
        The transactions, each due with what it is charged on, so that it stands in the
        same bucket; and the charges that cannot be posted: one of their accounts is
        closed, not open yet, or for other currencies.
    """
    accounts = accounts or ChargeAccounts(books)
    found: list[tuple[Charge | None, Directive]] = []
    refused: list[tuple[Charge, str]] = []
    missing: dict[str, None] = {}
    for charge in charges:
        if reason := accounts.refuses(charge):
            refused.append((charge, reason))
            continue
        target = accounts.target(charge)
        if target not in accounts.opens:
            missing[target] = None
        found.append((charge, _transaction(books, charge, target)))
    opens = [(None, Open({}, books.as_of, account, [], None)) for account in missing]
    return Proposal((*opens, *found), tuple(refused))


class ChargeAccounts:
    """The accounts of a ledger, as far as charges are posted to them."""

    def __init__(self, books: Books) -> None:
        """Take the ledger on a date, which is looked at once it is asked."""
        self._books = books

    @cached_property
    def opens(self) -> dict[str, Open]:
        """What opens each account."""
        opens = (one for one in self._books.entries if isinstance(one, Open))
        return {one.account: one for one in opens}

    @cached_property
    def _closed(self) -> set[str]:
        return {one.account for one in self._past if isinstance(one, Close)}

    @cached_property
    def _targets(self) -> dict[str, str]:
        """Where charges went before, by kind."""
        income = root_prefix(self._books.options, "income")
        found: dict[str, str] = {
            kind: income + name for kind, name in _ACCOUNTS.items()
        }
        for entry in self._past:
            if isinstance(entry, Transaction) and "charge" in entry.meta:
                for posting in entry.postings:
                    if posting.account.startswith(income):
                        found[str(entry.meta["charge"])] = posting.account
        return found

    @property
    def _past(self) -> Iterator[Directive]:
        as_of = self._books.as_of
        return (one for one in self._books.entries if one.date <= as_of)

    def target(self, charge: Charge) -> str:
        """Return the account on a charge's other side."""
        return self._targets[charge.kind]

    def refuses(self, charge: Charge) -> str | None:
        """Return why a charge cannot be posted; None where it can.

        Args:
            charge: The charge.

        Returns:
            Which of its accounts is closed, not open yet, or for other currencies.
        """
        for account in (charge.item.account, self.target(charge)):
            opened = self.opens.get(account)
            if account in self._closed:
                return f"{account} is closed"
            if opened and opened.date > self._books.as_of:
                return f"{account} is opened later, on {opened.date}"
            only = opened.currencies if opened else None
            if only and charge.currency not in only:
                return f"{account} is for other currencies"
        return None


def option(books: Books, name: str, value: str) -> str:
    """Return the directive that sets an option from the ledger's first day on.

    Where the option is set already, it begins on the same day, since an earlier one
    would have no effect.

    Args:
        books: The ledger; where it is empty, the books' date is the first day.
        name: The option.
        value: Its value as one types it, with quotes if it takes any.
    """
    first = books.settings.entries.get(name) or next(iter(books.entries), None)
    day = first.date if first else books.as_of
    return f'{day} custom "dunning-option" "{name}" {value}'


def _transaction(books: Books, charge: Charge, target: str) -> Transaction:
    item = charge.item
    narration = f"{_ACCOUNTS[charge.kind]} on {item.label}"
    if charge.accrual:
        first, last = charge.accrual.segments[0].first, charge.accrual.segments[-1].last
        narration = f"Interest on {item.label}, {first} to {last}"
    meta: dict[str, object] = {"charge": charge.kind}
    if charge.sent:
        narration = f"Fee for {charge.sent.step.name} of {item.label}"
        meta["step"] = charge.sent.step.name
    if item.due:
        meta["due"] = item.due
    account = books.settings.accounts[item.account]
    if account and item.own_policy not in {None, account.policy}:
        meta["policy"] = item.own_policy
    legs = {item.account: charge.amount, target: -charge.amount}
    return booking(books, item, narration, legs.items(), charge.currency, **meta)


def booking(
    books: Books,
    item: Item,
    narration: str,
    legs: Iterable[tuple[str, Decimal]],
    currency: str,
    **meta: object,
) -> Transaction:
    """Return a transaction on an item's number that posts to accounts."""
    links, named = naming(item.invoice) if item.invoice else (EMPTY_SET, {})
    account = books.settings.accounts[item.account]
    if account and account.customer not in {None, item.customer}:
        meta["customer"] = item.customer
    postings = [
        Posting(name, Amount(units, currency), None, None, None, None)
        for name, units in legs
    ]
    return Transaction(
        {**named, **meta},
        books.as_of,
        FLAG_OKAY,
        item.customer or None,
        narration,
        EMPTY_SET,
        links,
        postings,
    )


def as_text(entry: Directive, indent: int = 2) -> str:
    """Write a directive as it is typed in a ledger, ended by a newline."""
    if isinstance(entry, Note):
        # Beancount's printer leaves a note's text as it is, quotes and all.
        entry = entry._replace(comment=escape_string(entry.comment))
    return printer.format_entry(entry, prefix=" " * indent)


def explained(charge: Charge) -> list[str]:
    """Say in lines of comment how an amount came about."""
    if not charge.accrual:
        return []
    lines = [
        f"; {segment.in_words(charge.currency)}" for segment in charge.accrual.segments
    ]
    if charge.posted:
        lines.append(f"; of which {exact(charge.posted)} {charge.currency} is posted")
    return lines
