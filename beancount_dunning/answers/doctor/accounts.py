"""Accounts: receivables that are not read, and one account for several customers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from itertools import pairwise
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.diagnosis import diagnosed
from beancount_dunning.answers.doctor.diagnosis import is_typed
from beancount_dunning.answers.doctor.diagnosis import opens
from beancount_dunning.answers.doctor.diagnosis import quoted
from beancount_dunning.answers.incoming import payee_of
from beancount_dunning.answers.proposals import option
from beancount_dunning.basics.lists import shortened
from beancount_dunning.basics.lists import sums
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.accounts import widened_pattern
from beancount_dunning.ledger.references import references

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.answers.doctor.diagnosis import Booked
    from beancount_dunning.answers.doctor.diagnosis import Diagnosis
    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.standing.books import Books

# What receivables, debtors and customers are called where ledgers are kept, as a part
# of a word, without accents and case.
_STEMS = (
    *("receivable", "debtor", "customer", "client"),
    *("debitor", "forderung", "kunde", "kundfordr", "debiteur", "klant"),
    *("creance", "cobrar", "deudor", "receber", "devedor", "myyntisaami", "asiakas"),
    *("klient", "naleznosc", "odbiorc", "pohledavk", "odberatel", "vevok", "alacak"),
    *("musteri", "piutang", "дебитор", "покупател", "заказчик"),
    *("应收", "應收", "売掛", "외상", "미수"),
)
# The same, as whole words: as parts they stand in too many others.
_WORDS = frozenset(
    {"ar", "invoices", "invoiced", "rechnungen", "factures", "facturas", "fatture"}
)
_WORD = re.compile(r"[A-Z]{2,}(?![^\W\d_A-Z])|[^\W\d_][^\W\d_A-Z]*")


@lru_cache
def _without_accents(text: str) -> str:
    """Return a text without accents and case."""
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(one for one in parts if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare).casefold()


def _is_called_so(component: str) -> bool:
    words = {_without_accents(word) for word in _WORD.findall(component)}
    whole = _without_accents(component)
    return not words.isdisjoint(_WORDS) or any(stem in whole for stem in _STEMS)


@dataclass(slots=True)
class _Traffic:
    """What goes through an asset account that is not read.

    `claim` is the first debit against income. `paid` counts the credits that bring in,
    on another asset account, the very amount of an earlier claim on the same payer, and
    `other` all else but claims.
    """

    claim: Transaction | None = None
    paid: int = 0
    other: int = 0
    balance: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    claimed: set[tuple[str, Decimal, str]] = field(default_factory=set)

    @property
    def owed(self) -> dict[str, Decimal]:
        """What is left of the claims."""
        return {name: number for name, number in self.balance.items() if number > 0}

    @property
    def is_paid_like_receivables(self) -> bool:
        """Whether claims are paid, one by one, and little else happens."""
        return bool(self.owed) and 0 < self.paid >= self.other

    def take(
        self, entry: Transaction, posting: Posting, *, is_claim: bool, is_paid: bool
    ) -> None:
        """Take in a posting, and whether it is for income, or money came in for it."""
        number, currency = _amount(posting)
        self.balance[currency] += number
        if is_claim:
            self.claim = self.claim or entry
            self.claimed |= _facts(entry, posting)
        elif is_paid and not self.claimed.isdisjoint(_facts(entry, posting)):
            self.paid += 1
        else:
            self.other += 1


def _facts(entry: Transaction, posting: Posting) -> set[tuple[str, Decimal, str]]:
    """Return by what a payment and its claim know each other."""
    number, currency = _amount(posting)
    names = {payee_of(entry), *references(entry, posting)}
    return {(name.casefold(), abs(number), currency) for name in names if name}


def unread_accounts(books: Books, booked: Iterable[Booked]) -> Iterator[Diagnosis]:
    """Ask whether accounts are receivables that are not at or below a known root.

    What is called a receivable counts if anything was ever debited to it against
    income, so that a loan or a tax refund does not. What is called otherwise counts
    where invoices are debited to it and paid, one by one, and it has a balance.
    """
    traffic = _traffic(books, booked)
    found = {
        name: one
        for name, one in sorted(traffic.items())
        if one.claim and (_named_root(name) or one.is_paid_like_receivables)
    }
    if not found:
        return
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for one in found.values():
        for currency, number in one.owed.items():
            owed[currency] += number
    left_out = Words("what is booked there")
    if owed:
        left_out = Words("{sums} there", sums=sums(owed))
    roots, settings = _whole_roots(traffic, found), books.settings
    pattern = widened_pattern(settings.accounts, settings.accounts_pattern, roots)
    yield diagnosed(
        Kind.ACCOUNTS,
        _looks(list(found), left_out),
        _place(books, found),
        option(books, "accounts", quoted(pattern)),
    )


def _looks(accounts: Sequence[str], left_out: Words) -> Words:
    if len(accounts) == 1:
        return Words(
            "{account} looks like a receivable account and is not read: {left_out} is "
            "left out.",
            account=accounts[0],
            left_out=left_out,
        )
    return Words(
        "{accounts} look like receivable accounts and are not read: {left_out} is left "
        "out.",
        accounts=shortened(accounts),
        left_out=left_out,
    )


def _traffic(books: Books, booked: Iterable[Booked]) -> dict[str, _Traffic]:
    """Follow what goes through asset accounts that are not read."""
    assets, income = (
        root_prefix(books.options, "assets"),
        root_prefix(books.options, "income"),
    )
    accounts = books.settings.accounts
    found: dict[str, _Traffic] = defaultdict(_Traffic)
    for entry, postings in booked:
        unread = [
            one
            for one in postings
            if accounts[one.account] is None
            and one.account.startswith(assets)
            and _amount(one)[0]
        ]
        if not unread:
            continue
        is_income = any(
            one.account.startswith(income) and _amount(one)[0] < 0 for one in postings
        )
        # Where one of them is debited, money came in, see `money_in`.
        into = {_amount(one)[1] for one in unread if _amount(one)[0] > 0}
        for posting in unread:
            name = posting.account
            number, currency = _amount(posting)
            found[name].take(
                entry,
                posting,
                is_claim=is_income and number > 0,
                is_paid=currency in into and number < 0,
            )
    return found


def _amount(posting: Posting) -> tuple[Decimal, str]:
    units: Any = posting.units
    return units.number, units.currency


def _named_root(name: str) -> str | None:
    """Return an account as far as the component that is called like receivables."""
    components = name.split(":")
    for index, component in enumerate(components[1:], 2):
        if _is_called_so(component):
            return ":".join(components[:index])
    return None


def _whole_roots(traffic: Iterable[str], found: Mapping[str, _Traffic]) -> set[str]:
    """Return the roots of the accounts found: an account with all below it, or alone.

    A root is called like receivables, or has several accounts of them below it.
    """
    below = Counter(chain.from_iterable(map(_prefixes, traffic)))
    found_below = Counter(chain.from_iterable(map(_prefixes, found)))
    roots = set()
    for name in found:
        named, parent = _named_root(name), name.rpartition(":")[0]
        root = named or (parent if ":" in parent and below[parent] > 1 else name)
        roots.add(root if below[root] == found_below[root] else name)
    return roots


def _prefixes(name: str) -> Iterator[str]:
    """Yield an account, and those above it."""
    components = name.split(":")
    yield from (":".join(components[:end]) for end in range(1, len(components) + 1))


def _place(books: Books, found: Mapping[str, _Traffic]) -> Mapping[str, Any]:
    """Return where the first of some accounts is opened, or else first used."""
    for entry in opens(books):
        if entry.account in found:
            return entry.meta
    return next(one.claim.meta for one in found.values() if one.claim)


def collective_accounts(books: Books, booked: Iterable[Booked]) -> Iterator[Diagnosis]:
    """Ask whether an account is one customer's who is named by its last component.

    It is doubtful where invoices on it, or on others that end alike, have several
    payees; not where its `open` says who the customer is, and not those that do it
    themselves. What was laid out for a customer is no invoice: its payee is the shop.
    """
    income = f"{books.options.get('name_income', 'Income')}:"
    accounts = books.settings.accounts
    payees: dict[str, dict[str, str]] = defaultdict(dict)
    # The longest of them tells most, such as the legal form.
    longest: dict[str, str] = defaultdict(str)
    places: dict[str, Mapping[str, Any]] = {}
    for entry, postings in booked:
        if not any(one.account.startswith(income) for one in postings):
            continue
        for posting in postings:
            account = accounts[posting.account]
            name = payee_of(entry) if account else None
            if account and name and _says_nothing_else(entry, posting, account):
                longest[account.name] = max(longest[account.name], name, key=len)
                if _without_accents(account.customer or "") in _without_accents(name):
                    name = account.customer or ""
                payees[account.name].setdefault(_without_accents(name), name)
                opened = account.entry
                where = opened if opened and is_typed(books, opened) else entry
                places.setdefault(account.name, where.meta)
    for account_name, names in payees.items():
        if len(names) > 1:
            last = account_name.rpartition(":")[2]
            yield diagnosed(
                Kind.COLLECTIVE,
                Words(
                    "All on {account} counts as owed by one customer, {customer}, but "
                    "the invoices there are to {others}. If several customers share "
                    "the account, add to its open:",
                    account=account_name,
                    customer=last,
                    others=shortened(list(names.values())),
                ),
                places[account_name],
                "  collective: TRUE",
            )
    alone = {name: longest[name] for name, names in payees.items() if len(names) == 1}
    yield from _namesakes(alone, places)


def _namesakes(
    payees: Mapping[str, str], places: Mapping[str, Mapping[str, Any]]
) -> Iterator[Diagnosis]:
    """Ask whether accounts with the same last component are of several customers.

    They are of one if each payee is a part of the next longer: Acme, Acme GmbH.
    """
    several: dict[str, dict[str, str]] = defaultdict(dict)
    for account, payee in payees.items():
        several[account.rpartition(":")[2]][account] = payee
    for last, owners in several.items():
        names = sorted(map(_without_accents, owners.values()), key=len)
        if all(one in longer for one, longer in pairwise(names)):
            continue
        for account, payee in owners.items():
            yield diagnosed(
                Kind.COLLECTIVE,
                Words(
                    "All on {accounts} counts as owed by one customer, {customer}, but "
                    "the invoices on {account} are to {payee}. Add to its open:",
                    accounts=shortened(list(owners)),
                    customer=last,
                    account=account,
                    payee=payee,
                ),
                places[account],
                f"  customer: {quoted(payee)}",
            )


def _says_nothing_else(entry: Transaction, posting: Posting, account: Account) -> bool:
    """Tell whether a debit's customer is known by the account's name alone."""
    opened = account.entry
    return (
        account.customer is not None
        and not (opened and "customer" in opened.meta)
        and "customer" not in (posting.meta or {})
        and "customer" not in entry.meta
        and posting.units is not None
        and _amount(posting)[0] > 0
    )
