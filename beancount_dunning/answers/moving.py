"""Why a posting cannot go to another account: Beancount would complain of it then.

    2026-02-20 close Assets:Receivable:Acme
    2026-03-01 * "ACME" "INV-2026-014"
      Assets:Bank      100.00 EUR
      Assets:Suspense
    2026-04-01 balance Assets:Suspense  -100.00 EUR

The payment cannot go from Assets:Suspense to Assets:Receivable:Acme: one is closed, and
the balance of the other would be wrong. A balance that is wrong already may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core import account
from beancount.core.data import Balance
from beancount.core.data import Close
from beancount.core.data import Open

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount.core.data import Directive
    from beancount.core.data import Posting
    from beancount.core.data import Transaction


class Moves:
    """What a ledger says of its accounts, as far as postings that move can break it."""

    def __init__(self, entries: Iterable[Directive]) -> None:
        """Index a ledger's directives."""
        self._opened: dict[str, Open] = {}
        self._closed: dict[str, Close] = {}
        # The last of each account, for each currency.
        self._balances: dict[tuple[str, str], Balance] = {}
        for entry in entries:
            if isinstance(entry, Open):
                self._opened[entry.account] = entry
            elif isinstance(entry, Close):
                self._closed[entry.account] = entry
            elif isinstance(entry, Balance) and entry.diff_amount is None:
                self._balances[entry.account, entry.amount.currency] = entry

    def require(self, entry: Transaction, posting: Posting, to: str) -> None:
        """Refuse what Beancount would complain of.

        Args:
            entry: A transaction.
            posting: One of its postings.
            to: The account to which that is to go.

        Raises:
            RefusedError: The account is not open on the day, or takes other currencies;
                or a balance would be wrong.
        """
        reason = self._refusal(entry, posting, to)
        if reason:
            raise RefusedError(reason)

    def _refusal(self, entry: Transaction, posting: Posting, to: str) -> Words | None:
        day, currency = entry.date, posting.units.currency if posting.units else ""
        opened, closed = self._opened.get(to), self._closed.get(to)
        if (opened and day < opened.date) or (closed and closed.date < day):
            return Words("{account} is not open on {day}", account=to, day=day)
        if opened and opened.currencies and currency not in opened.currencies:
            return Words("{account} takes no {currency}", account=to, currency=currency)
        # What holds both accounts has the same balance as before.
        holders = {*account.parents(to)}.symmetric_difference(
            account.parents(posting.account)
        )
        for name in sorted(holders):
            balance = self._balances.get((name, currency))
            if balance and day < balance.date:
                return Words(
                    "The balance of {account} on {day} would be wrong",
                    account=name,
                    day=balance.date,
                )
        return None
