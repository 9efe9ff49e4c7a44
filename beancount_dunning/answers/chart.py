"""Which of a ledger's accounts fits what is to be booked, by what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.data import Close
from beancount.core.data import Open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount_dunning.standing.books import Books


class Chart:
    """The accounts that are open on a ledger's date, but for receivable ones.

    Attributes:
        closed: Those that are closed by then.
    """

    def __init__(self, books: Books) -> None:
        """Look them up."""
        self._as_of = books.as_of
        past = [entry for entry in books.entries if entry.date <= books.as_of]
        self.closed = {entry.account for entry in past if isinstance(entry, Close)}
        self._known = [
            entry
            for entry in past
            if isinstance(entry, Open)
            and entry.account not in self.closed
            and books.settings.accounts[entry.account] is None
        ]

    def like(self, root: str, stems: Iterable[str], currency: str) -> str | None:
        """Return the account that fits.

        Args:
            root: How its name begins.
            stems: One of these is a part of the rest, without case, dashes and colons.
            currency: What it has to take.

        Returns:
            The first in order of date; None where none fits.
        """
        parts = tuple(stems)
        return next(
            (
                entry.account
                for entry in self._known
                if entry.account.startswith(root)
                and any(stem in _plain(entry.account[len(root) :]) for stem in parts)
                and currency in (entry.currencies or [currency])
            ),
            None,
        )

    def opened(self, account: str) -> Open:
        """Return the directive that opens an account, which later calls then find."""
        entry = Open({}, self._as_of, account, [], None)
        self._known.append(entry)
        return entry


def _plain(account: str) -> str:
    return account.lower().replace(":", "").replace("-", "")
