"""Invoices that need no second look, for whoever wants to know how they were paid.

Most invoices of most ledgers are one debit, and credits that name it and come to the
same: `OpenPostings` leaves them aside. How they were settled is plain to see. The
others, of several debits or accounts, are settled like all that is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.bundles import Bundle
from beancount_dunning.ledger.items import DueSource
from beancount_dunning.ledger.postings import Posted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from decimal import Decimal

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.drafts import Draft
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.ledger.postings import PostingReader
    from beancount_dunning.ledger.sums import OpenPostings
    from beancount_dunning.ledger.terms import Offer

    _Row = tuple[Transaction, Posting, str]
    _When = tuple[date | None, DueSource | None, str | None, tuple[Offer, ...]]


class Cleared(NamedTuple):
    """An invoice of one debit, and the credits that settle it, which name it.

    When it is due, and by what terms, is as in its `Share`, and all else as in `Item`.
    """

    invoice: str
    customer: str
    account: str
    currency: str
    amount: Decimal
    due: date | None
    due_from: DueSource | None
    terms: str | None
    offers: tuple[Offer, ...]
    entry: Transaction
    credits: list[tuple[Transaction, Decimal]]
    number: int = 1
    count: int = 1  # type: ignore[assignment]  # nobody asks how often a tuple has what
    open: Decimal = ZERO

    @property
    def group(self) -> Group:
        """What shares a ladder of reminders."""
        return self.invoice, self.customer, 0, self.number


@dataclass(frozen=True, slots=True)
class Aside:
    """What a reading of receivables left aside: postings, and drafts of settled items.

    `reader` is who read them.
    """

    postings: OpenPostings
    reader: PostingReader
    drafts: Sequence[Draft]

    def cleared(self, rest: Bundle) -> Iterator[Cleared]:
        """Yield the invoices that are plain to see.

        Args:
            rest: Where the postings of the others are put.
        """
        rows, wanted = self.postings.rows, self.postings.wanted
        by_reference: dict[str, list[_Row]] = {}
        for row in zip(*rows, strict=True):
            name = row[2]
            if name in by_reference:
                by_reference[name].append(row)
            elif name not in wanted:
                by_reference[name] = [row]
        owners: dict[str, str] = {}
        looked_at = self.postings.looked_at
        for name, some in by_reference.items():
            one = None if name in looked_at else self._cleared(name, some, owners)
            if one is None:
                self._put_aside(name, some, rest)
            else:
                yield one

    def taken_apart(self, names: AbstractSet[str]) -> Bundle:
        """Return the postings of some of the invoices that were left aside."""
        found = Bundle()
        rows, wanted = self.postings.rows, names - self.postings.wanted
        is_asked = map(wanted.__contains__, rows.references)
        for entry, posting, name in compress(zip(*rows, strict=True), is_asked):
            self._put_aside(name, [(entry, posting, name)], found)
        return found

    def _cleared(
        self, name: str, rows: Sequence[_Row], owners: dict[str, str]
    ) -> Cleared | None:
        """Return an invoice; None where one has to look at how it is settled.

        Args:
            name: Its reference.
            rows: Its postings.
            owners: The customers by account, as far as they are known.
        """
        first = rows[0][1]
        units: Any = first.units
        account, currency = first.account, units.currency
        debits: list[_Row] = []
        credits_ = []
        for row in rows:
            entry, posting, _ = row
            units = posting.units
            if posting.account != account or units.currency != currency:
                return None
            number = units.number
            if number < ZERO:
                credits_.append((entry, -number))
            elif debits:
                return None
            else:
                debits.append(row)
        ((entry, posting, _),) = debits
        # All that is on such an account is one customer's, see `OpenPostings`.
        customer = owners.get(account)
        if customer is None:
            posted = self._posted(entry, posting)
            customer = owners[account] = self.reader.customer(posted)
        units = posting.units
        amount = units.number
        when = self._when(entry, posting, customer)
        if when is None:
            return None
        due, due_from, terms, offers = when
        return Cleared(
            name,
            customer,
            account,
            currency,
            amount,
            due,
            due_from,
            terms,
            offers,
            entry,
            credits_,
        )

    def _when(
        self, entry: Transaction, posting: Posting, customer: str
    ) -> _When | None:
        """Return when an invoice is due, and by what terms; None where in instalments.

        Its posting has no date of its own, for else it would have been looked at.
        """
        due = entry.meta.get("due") if entry.meta else None
        if type(due) is date and self.reader.settings.holidays is None:
            return due, DueSource.TRANSACTION, None, ()
        posted = self._posted(entry, posting)
        shares = self.reader.due_dates.shares(posted, customer, posted.number)
        if len(shares) != 1:
            return None
        (share,) = shares
        return share.due, share.due_from, share.terms, share.offers

    def _put_aside(self, name: str, rows: Sequence[_Row], rest: Bundle) -> None:
        for entry, posting, _ in rows:
            posted = self._posted(entry, posting)
            side = rest.debits if posted.number > ZERO else rest.credits
            side.setdefault(name, []).append(posted)

    def _posted(self, entry: Transaction, posting: Posting) -> Posted:
        units: Any = posting.units
        account: Any = self.reader.settings.accounts[posting.account]
        return Posted(entry, posting, account, units.number, units.currency)
