"""When a debit falls due, all of it or in instalments, and where that is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import DueSource
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.terms_text import parse_terms
from beancount_dunning.ledger.values import as_date
from beancount_dunning.ledger.values import wrong_value

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancount_dunning.ledger.postings import Posted
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.ledger.terms import Offer
    from beancount_dunning.ledger.terms import Terms
    from beancount_dunning.ledger.workdays import Workdays

    Problem = Callable[[Mapping[str, Any] | None, Transaction, Words], None]


class Share(NamedTuple):
    """A debit, or an instalment of it, and when it is due; None where undated.

    An instalment has a number of its own. `meta` has the line to look at. `written` is
    the due date as it is written, where nobody works on it.
    """

    amount: Decimal
    meta: Mapping[str, Any] | None
    due: date | None = None
    due_from: DueSource | None = None
    is_instalment: bool = False
    terms: str | None = None
    offers: tuple[Offer, ...] = ()
    written: date | None = None

    def moved(self, workdays: Workdays) -> Share:
        """Return it with its due date, and the ends of its discounts, on working days.

        Whoever has until a day on which nobody works has until the next.
        """
        due = self.due and workdays.next_on(self.due)
        if due == self.due and not self.offers:
            return self
        return self._replace(
            due=due,
            offers=tuple(
                replace(offer, until=workdays.next_on(offer.until))
                for offer in self.offers
            ),
            written=self.due if due != self.due else None,
        )


class DueDates:
    """Reads when debits fall due: by a date, or else by the nearest payment terms."""

    def __init__(self, settings: Settings, problem: Problem) -> None:
        """Begin.

        Args:
            settings: What counts where a debit says nothing.
            problem: Is told each mistake, with the metadata and the transaction.
        """
        self._settings = settings
        self._problem = problem

    def shares(self, posted: Posted, customer: str, amount: Decimal) -> list[Share]:
        """Split an amount of a debit by its terms, if they ask for that.

        Args:
            posted: The debit.
            customer: Whose it is.
            amount: Its amount, or the sum of several that share all else.

        Returns:
            The instalments, or all as one share, due on working days; undated where
            nothing says when it is due, or what does makes no sense.
        """
        dated = self._dated(posted, amount)
        shares = [dated] if dated else self._split(posted, customer, amount)
        if self._settings.holidays is None:
            return shares
        return [share.moved(self._settings.workdays) for share in shares]

    def check(self, posted: Posted, customer: str) -> None:
        """Report what is wrong with a debit's date and terms."""
        self._dated(posted, posted.number)
        self._terms(posted, customer)

    def _dated(self, posted: Posted, amount: Decimal) -> Share | None:
        """Return an amount as one share, where metadata has its date.

        A value that is no date counts as one: it is an error, and the item stays
        undated until someone corrects it.
        """
        entry = posted.entry
        for meta, source in (
            (posted.posting.meta, DueSource.POSTING),
            (entry.meta, DueSource.TRANSACTION),
        ):
            if not meta or "due" not in meta:
                continue
            due = as_date(meta["due"])
            if due is None:
                expected = Words("a date, like {date}", date="2026-10-14")
                message = wrong_value("due", expected, meta["due"])
                self._problem(meta, entry, message)
            is_own = source is DueSource.POSTING
            return Share(amount, meta, due, source, is_instalment=is_own)
        return None

    def _split(self, posted: Posted, customer: str, amount: Decimal) -> list[Share]:
        """Split an amount by its terms, with due dates as they are written."""
        entry, meta = posted.entry, posted.posting.meta
        terms, source = self._terms(posted, customer)
        has_own = meta is not None and "terms" in meta
        meta = meta if has_own else entry.meta
        if terms is None:
            return [Share(amount, meta)]
        try:
            parts = terms.instalments(amount, posted.currency, entry.date)
        except TermsError as error:
            text = Words("{key}: {reason}.", key="terms", reason=error.reason)
            self._problem(meta, entry, text)
            return [Share(amount, meta)]
        is_instalment = has_own or len(parts) > 1
        return [
            Share(
                part.amount,
                meta,
                part.due,
                source,
                is_instalment,
                terms.text,
                part.offers,
            )
            for part in parts
        ]

    def _terms(self, posted: Posted, customer: str) -> tuple[Terms | None, DueSource]:
        """Return the terms of a debit, and where they stand."""
        entry = posted.entry
        for meta, source in (
            (posted.posting.meta, DueSource.POSTING_TERMS),
            (entry.meta, DueSource.TRANSACTION_TERMS),
        ):
            if meta and meta.get("terms") is not None:
                return self._parsed(meta, entry), source
        if posted.account.terms:
            return posted.account.terms, DueSource.ACCOUNT_TERMS
        file = self._settings.customer(customer)
        if file.terms:
            return file.terms, DueSource.CUSTOMER_TERMS
        return self._settings.terms, DueSource.OPTION_TERMS

    def _parsed(self, meta: Mapping[str, Any], entry: Transaction) -> Terms | None:
        """Return the terms in metadata; None, and a problem, where they are wrong."""
        value = meta["terms"]
        if not isinstance(value, str):
            text = Words('terms: expected text in quotes, like "net 30".')
            self._problem(meta, entry, text)
            return None
        try:
            return parse_terms(value)
        except TermsError as error:
            text = Words("{key}: {reason}.", key="terms", reason=error.reason)
            self._problem(meta, entry, text)
            return None
