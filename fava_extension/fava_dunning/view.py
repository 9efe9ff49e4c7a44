"""The ledger as it stands on a date, and the answers that were asked for last."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from functools import cached_property
from functools import lru_cache
from typing import TYPE_CHECKING

from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.doctor.examination import examine
from beancount_dunning.answers.emptiness import emptiness
from beancount_dunning.answers.proposals import ChargeAccounts
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import newest_bank_entry
from beancount_dunning.answers.reminders import stale_bank
from beancount_dunning.answers.waiting import all_waiting
from beancount_dunning.answers.waiting import in_hand
from beancount_dunning.answers.waiting import waiting
from beancount_dunning.answers.worklist import worklist
from beancount_dunning.basics.gc_paused import without_collection
from fava_dunning.grading import Grading
from fava_dunning.nearby import Nearby
from fava_dunning.selection import Filters
from fava_dunning.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fava.core import FavaLedger

    from beancount_dunning.answers.doctor.examination import Examination
    from beancount_dunning.answers.emptiness import Emptiness
    from beancount_dunning.answers.matching import Match
    from beancount_dunning.answers.reminders import StaleBank
    from beancount_dunning.answers.waiting import Unassigned
    from beancount_dunning.answers.waiting import Waiting
    from beancount_dunning.answers.worklist import Line
    from beancount_dunning.standing.books import Books

_SELECTIONS = 16
# What is wrong with so many directives is found in a moment; with 100,000, in seconds.
_FEW_ENTRIES = 3000


class View:
    """A ledger on a date: with fractions of a cent as typed, and rounded for people.

    `select` returns a selection of each, in this order, and `lines` what is to be sent.
    """

    def __init__(self, ledger: FavaLedger, books: Books) -> None:
        """Look at a ledger.

        Args:
            ledger: The ledger, which knows what Fava's filters let through.
            books: Its books on the date.
        """
        rounded = cache(books.rounded)

        # Methods would hold on to this view, when Fava has long loaded another ledger.
        @cache
        def nearby() -> Nearby:
            return Nearby(rounded())

        @lru_cache(_SELECTIONS)
        def select(filters: Filters) -> tuple[Selection, Selection]:
            keep = filters.keep(ledger, books.settings)
            exact, name = Selection(books, keep), filters.customer
            if name and books.has_settled and filters == Filters(customer=name):
                # Theirs are at hand, and every other customer is asked about, too.
                return exact, Selection(nearby().customer(name), keep)
            return exact, exact.rounded(rounded())

        @cache
        def matches(*, is_exact: bool) -> Sequence[Match]:
            with without_collection():
                return in_hand(books if is_exact else rounded())

        # What may be a customer's payment is so whatever filters let through.
        @cache
        def payments() -> Sequence[Unassigned]:
            whole = rounded()
            found = matches(is_exact=whole is books)
            return all_waiting(whole, found, whole.receivables.items)

        @lru_cache(_SELECTIONS)
        def lines(filters: Filters) -> tuple[Line, ...]:
            _, selection = select(filters)
            due, found = selection.reminders.due, payments()
            with without_collection():
                return worklist(selection.books, letters(due), found)

        self.books = books
        self.select = select
        self.lines = lines
        self._nearby = nearby
        self._rounded = rounded
        self._matches = matches
        self._load_errors = ledger.load_errors
        self._examination: Examination | None = None

    @cached_property
    def emptiness(self) -> Emptiness | None:
        """Why nothing is open; None where something is."""
        return emptiness(self.books)

    @property
    def examination(self) -> Examination | None:
        """What is wrong with the ledger, where that is known or soon found."""
        is_known = self._examination is not None
        is_small = len(self.books.entries) <= _FEW_ENTRIES
        return self.examine() if is_known or is_small else None

    def examine(self) -> Examination:
        """Look for what is wrong with the ledger, once."""
        if self._examination is None:
            _, selection = self.select(Filters())
            report = selection.report
            with without_collection():
                self._examination = examine(self.books, self._load_errors, report)
        return self._examination

    @cached_property
    def charged(self) -> ChargeAccounts:
        """The accounts that charges are posted to."""
        return ChargeAccounts(self._rounded())

    @cached_property
    def stale_bank(self) -> StaleBank | None:
        """The latest entry on a bank account, if it is old."""
        return stale_bank(self.books)

    @cached_property
    def newest_bank_entry(self) -> date | None:
        """When something was last booked on an account that customers pay to."""
        return newest_bank_entry(self.books)

    @cached_property
    def grading(self) -> Grading:
        """How customers pay, rounded for people."""
        with without_collection():
            return Grading(customers(self._rounded()))

    @property
    def rounded(self) -> Books:
        """The books, rounded for people."""
        return self._rounded()

    @property
    def nearby(self) -> Nearby:
        """What finds all about a customer or an invoice, rounded for people."""
        return self._nearby()

    def payments(self, filters: Filters, *, is_exact: bool = False) -> list[Waiting]:
        """Return the payments that wait for their invoices.

        Args:
            filters: Which are wanted.
            is_exact: Whether they are to be as typed, and not rounded.
        """
        # Whose a payment is may be another question than under whose name it is.
        exact, rounded = self.select(replace(filters, customer=None))
        selection = exact if is_exact else rounded
        matches = self._matches(is_exact=selection.books is self.books)
        kept = waiting(selection.books, matches, selection.keep)
        return [payment for payment in kept if payment.is_of(filters.customer)]
