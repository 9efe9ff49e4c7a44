"""The items that filters let through, and the answers about them, each worked out once.

An account filter is about the item's account or an account on the other side, not about
another customer's in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from typing import cast

from fava.core.filters import AccountFilter

from beancount_dunning.answers.collected import collected
from beancount_dunning.answers.expectations import expectations
from beancount_dunning.answers.history import MonthEnd
from beancount_dunning.answers.history import history
from beancount_dunning.answers.history import month_ends
from beancount_dunning.answers.measures import measures
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.sendings import doubts
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.standing.aging import SOON
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import everything
from fava_dunning.narrowing import listed
from fava_dunning.outlook import Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Transaction
    from fava.beans.abc import Directive as FavaDirective
    from fava.core import FavaLedger

    from beancount_dunning.answers.reasons import Fact
    from beancount_dunning.answers.reminders import Reminders
    from beancount_dunning.formats.calendar_feed import Wanted
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep
    from fava_dunning.narrowing import Listed


@dataclass(frozen=True, slots=True)
class Filters:
    """Which items are asked for: Fava's filters by account and text, and a customer."""

    account: str = ""
    text: str = ""
    customer: str | None = None

    def keep(self, ledger: FavaLedger, settings: Settings) -> Keep:
        """Return the test whether an item passes.

        Args:
            ledger: The ledger, which knows what Fava's filters let through.
            settings: Its settings, which know the receivable accounts.
        """
        if not self.account and not self.text.strip():
            return everything if self.customer is None else self._is_of_customer
        filtered = ledger.get_filtered(account=self.account, filter=self.text)
        passed = {id(entry) for entry in filtered.entries}

        def keep(item: Item | Unapplied) -> bool:
            return (
                id(item.entry) in passed
                and self._is_of_customer(item)
                and (not self.account or _matches(self.account, item, settings))
            )

        return keep

    def _is_of_customer(self, item: Item | Unapplied) -> bool:
        return self.customer is None or item.customer == self.customer


def _matches(account: str, item: Item | Unapplied, settings: Settings) -> bool:
    """Tell whether Fava's account filter lets an item pass.

    It asks for any account of a transaction; here other receivable accounts do not
    count, since they are other items.
    """
    postings = [
        posting
        for posting in item.entry.postings
        if posting.account == item.account or not settings.accounts[posting.account]
    ]
    entry = cast("FavaDirective", item.entry._replace(postings=postings))
    return bool(AccountFilter(account).apply([entry]))


@dataclass(frozen=True)
class Selection:
    """The answers about some items on a date.

    `calendars` are those that were served, by what was asked for.
    """

    books: Books
    keep: Keep
    calendars: dict[tuple[Wanted, bool], bytes] = field(default_factory=dict)

    def rounded(self, books: Books) -> Selection:
        """Return the same items of rounded books, for people to read."""
        if books is self.books:
            return self
        if self.keep is everything:
            return Selection(books, everything)
        pairs = zip(books.entries, self.books.entries, strict=True)
        exact = {id(entry): cast("Transaction", typed) for entry, typed in pairs}

        def keep(item: Item | Unapplied) -> bool:
            return self.keep(replace(item, entry=exact[id(item.entry)]))

        return Selection(books, keep)

    @cached_property
    def report(self) -> AgingReport:
        """Who owes what, how late."""
        with without_collection():
            return age(self.books, self.keep)

    @cached_property
    def listed(self) -> tuple[Listed, ...]:
        """The report's items, as one looks for them."""
        report = self.report
        with without_collection():
            return listed(self.books, report)

    @cached_property
    def reminders(self) -> Reminders:
        """What to send, and what comes up within days."""
        report = self.report
        with without_collection():
            return reminders(self.books, self.keep, SOON, report)

    @property
    def doubts(self) -> Sequence[Fact]:
        """Letters of which nobody knows whether they went out."""
        return doubts(self.books, self.keep)

    @cached_property
    def outlook(self) -> Found:
        """What charts look back on, and ahead to."""
        books, report = self.books, self.report
        with without_collection():
            ends = history(books, self.keep)
        if not ends or ends[-1].date < books.as_of:
            # The month that is not over counts, too, as far as it has come.
            now = MonthEnd(books.as_of, report.customers, report.totals)
            ends = (*ends[1:], now)
        return self._found(ends)

    @cached_property
    def short_outlook(self) -> Found:
        """The same without how receivables aged, which takes a look from each month."""
        as_of = self.books.as_of
        ends = month_ends(as_of)
        ends = ends if as_of in ends else [*ends[1:], as_of]
        return self._found([MonthEnd(day, (), ()) for day in ends])

    def _found(self, ends: Sequence[MonthEnd]) -> Found:
        books = self.books
        with without_collection():
            parts = invoiced(books, self.keep)
            measured = measures(parts, books.as_of)
        return Found(
            books.as_of,
            ends,
            collected(books, parts, self.keep),
            {one.currency: one.months for one in measured},
            [one for one in expectations(books) if self.keep(one.item)],
            self.report.buckets,
        )
