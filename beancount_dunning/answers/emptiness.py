"""Why nothing is open: all is paid, nothing was ever invoiced, or nothing is read.

    empty = emptiness(books)
    for sentence in empty.sentences if empty else ():
        print(sentence)

Who sees an empty report asks whether it is empty, or looks in the wrong place. So each
answer says what was looked at, and what to type where that helps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount.core.data import Open
from beancount.parser.parser import parse_string

from beancount_dunning.answers.doctor.accounts import unread_accounts
from beancount_dunning.answers.doctor.diagnosis import quoted
from beancount_dunning.answers.doctor.diagnosis import transactions
from beancount_dunning.answers.proposals import option
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.accounts import ROOTS
from beancount_dunning.ledger.accounts import money_in
from beancount_dunning.ledger.accounts import root_prefix

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancount_dunning.answers.doctor.diagnosis import Diagnosis
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

# So many names of accounts are told.
_MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class LastPayment:
    """The latest payment of an invoice: so much of it."""

    date: date
    amount: Decimal
    currency: str
    customer: str


@dataclass(frozen=True, slots=True)
class Paid:
    """Nothing is open, since all invoices are paid.

    `last` is None where no money ever came in for them.
    """

    invoices: int
    last: LastPayment | None
    accounts: tuple[str, ...]

    @property
    def sentences(self) -> tuple[Words, ...]:
        """What to say."""
        count = Words.counted(
            "The one invoice is paid.", "All {n} invoices are paid.", self.invoices
        )
        return (count, *self._last(), _looked_at(self.accounts))

    @property
    def example(self) -> None:
        """What to type: nothing."""
        return

    @property
    def directives(self) -> tuple[()]:
        """What to write as it is: nothing."""
        return ()

    def _last(self) -> Iterator[Words]:
        if last := self.last:
            yield Words(
                "The last payment came on {date}: {amount} {currency} from {customer}.",
                date=last.date,
                amount=last.amount,
                currency=last.currency,
                customer=last.customer,
            )


@dataclass(frozen=True, slots=True)
class NoInvoice:
    """There are receivable accounts, and nothing was ever invoiced on them.

    `example` is an invoice to copy.
    """

    accounts: tuple[str, ...]
    example: str

    @property
    def sentences(self) -> tuple[Words, ...]:
        """What to say."""
        return (
            Words("There are no invoices yet."),
            _looked_at(self.accounts),
            Words(
                "An invoice is a debit to such an account: a link names it, and its "
                "terms say when it is due."
            ),
        )

    @property
    def directives(self) -> tuple[()]:
        """What to write as it is: nothing, since the invoice is made up."""
        return ()


@dataclass(frozen=True, slots=True)
class NoAccount:
    """No account of the ledger is a receivable one.

    Attributes:
        looked_for: The accounts that would be, with all below them; or the option
            `accounts`, as it is typed.
        accounts: How many accounts the ledger has.
        found: Accounts that look like receivables; None where there are none.
        example: The option to type.
        directives: The same, to be written as it is; nothing where it is a guess, or
            where an option is there that it would contradict.
    """

    looked_for: tuple[str, ...]
    accounts: int
    found: Diagnosis | None
    example: str
    directives: tuple[Directive, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to say."""
        looked_for = Words.joined(", ", self.looked_for)
        return (
            Words("No receivable account was found."),
            Words("Looked for: {accounts}.", accounts=looked_for),
            Words.counted(
                "The ledger has {n} account, but none of these.",
                "The ledger has {n} accounts, but none of these.",
                self.accounts,
            ),
            *([self.found.message] if self.found else []),
            Words("Set which accounts are receivable accounts:"),
        )


Emptiness = Paid | NoInvoice | NoAccount


def emptiness(books: Books) -> Emptiness | None:
    """Tell why nothing is open.

    Args:
        books: The ledger on a date.

    Returns:
        What was found; None where something is open.
    """
    if books.receivables.items:
        return None
    accounts = books.settings.accounts
    # Each that is posted to was looked up.
    names = {
        *accounts,
        *(one.account for one in books.entries if isinstance(one, Open)),
    }
    read = tuple(sorted(name for name in names if accounts[name]))
    if not read:
        return _no_account(books, len(names))
    sales = [
        item for item in books.with_settled(None).receivables.settled if not item.charge
    ]
    if not sales:
        return NoInvoice(read, _example(books, read[0]))
    invoices = {item.invoice or item.identity for item in sales}
    return Paid(len(invoices), _last_payment(books, sales), read)


def _no_account(books: Books, accounts: int) -> NoAccount:
    assets = root_prefix(books.options, "assets")
    pattern = books.settings.accounts_pattern
    looked_for = (pattern,) if pattern else tuple(f"{assets}{one}" for one in ROOTS)
    found = next(unread_accounts(books, transactions(books)), None)
    seen = found.type if found else None
    example = seen or option(books, "accounts", quoted(f"^{assets}Debtors"))
    directives, _, _ = parse_string("" if pattern else seen or "")
    return NoAccount(looked_for, accounts, found, example, tuple(directives))


def _last_payment(books: Books, items: Sequence[Item]) -> LastPayment | None:
    """Return the latest payment by which money came in, all of what it paid."""
    assets = root_prefix(books.options, "assets")
    accounts = books.settings.accounts
    paid = [
        (one.date, one, item)
        for item in items
        for one in item.settlements
        if any(money_in(one.entry, accounts, assets))
    ]
    if not paid:
        return None
    day, last, item = max(paid, key=lambda one: one[0])
    amounts = (
        one.amount
        for _, one, other in paid
        if one.entry is last.entry and other.currency == item.currency
    )
    return LastPayment(day, sum(amounts, ZERO), item.currency, item.customer)


def _example(books: Books, name: str) -> str:
    """Return an invoice on an account, as one would type it."""
    account = books.settings.accounts[name]
    customer = (account and account.customer) or "Acme GmbH"
    entry = account.entry if account else None
    operating = books.options.get("operating_currency") or ()
    currency = next(iter([*((entry and entry.currencies) or ()), *operating]), "EUR")
    income = root_prefix(books.options, "income")
    target = next(
        (
            one.account
            for one in books.entries
            if isinstance(one, Open) and one.account.startswith(income)
        ),
        f"{income}Services",
    )
    return (
        f'{books.as_of} * {quoted(customer)} "What it is for" ^INV-1\n'
        '  terms: "net 30"\n'
        f"  {name}   100.00 {currency}\n"
        f"  {target}"
    )


def _looked_at(accounts: Sequence[str]) -> Words:
    """Say which accounts were looked at."""
    names = Words.joined(", ", accounts[:_MAX_NAMES])
    more = len(accounts) - _MAX_NAMES
    if more > 0:
        return Words.counted(
            "Looked at: {accounts} and {n} more account.",
            "Looked at: {accounts} and {n} more accounts.",
            more,
            accounts=names,
        )
    return Words("Looked at: {accounts}.", accounts=names)
