"""Our ledger errors without their amounts, for a Fava that is incognito.

Fava puts all errors of a load into every page, and answers them at `/api/errors`. It
loads a ledger before it serves anything, and again between two requests, so the list of
errors itself looks at who reads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any
from typing import overload

from beancount_dunning.answers.findings import Finding
from beancount_dunning.answers.findings import findings
from beancount_dunning.basics.errors import CreditLimitError
from beancount_dunning.basics.errors import LimitationError
from beancount_dunning.basics.errors import OverdueError
from beancount_dunning.basics.errors import PromiseError
from beancount_dunning.basics.money import hidden
from beancount_dunning.basics.money import hide
from fava_dunning.modes import is_incognito

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Mapping

    from beancount_dunning.standing.books import Books

_MONEY = (OverdueError, PromiseError, CreditLimitError, LimitationError)
# An amount that a mistake quotes: with decimals, or with its currency.
_AMOUNT = re.compile(r"\d+\.\d+|\d+(?= [A-Z]{2})")


class LoadErrors(Sequence[Any]):
    """The errors of a load, ours without amounts where Fava is incognito."""

    def __init__(self, errors: Sequence[Any], books: Callable[[], Books]) -> None:
        """Take the place of Fava's list.

        Args:
            errors: The errors, as they were loaded.
            books: Returns the ledger on the day of the load.
        """
        self._shown = errors
        self._books = books

    @cached_property
    def _hidden(self) -> Sequence[Any]:
        if not any(isinstance(error, Finding) for error in self._shown):
            return self._shown
        books = self._books()
        pairs = zip(findings(books), findings(books, number=hidden), strict=True)
        known = {found.message: without.message for found, without in pairs}
        return [
            error._replace(message=_message(error, known))
            if isinstance(error, Finding)
            else error
            for error in self._shown
        ]

    @property
    def _now(self) -> Sequence[Any]:
        return self._hidden if is_incognito() else self._shown

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._shown)

    @overload
    def __getitem__(self, index: int) -> Any: ...  # noqa: ANN401 - any plugin's
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Return an error, or some."""
        return self._now[index]

    def __iter__(self) -> Iterator[Any]:
        """Give all errors."""
        return iter(self._now)


def _message(error: Finding, known: Mapping[str, str]) -> str:
    """Return a message without amounts.

    Args:
        error: The error.
        known: What messages about money are without their amounts. The plugin, at its
            place among others, may have seen another ledger: what is not known loses
            all digits.
    """
    if isinstance(error, _MONEY):
        return known.get(error.message) or hide(error.message)
    return without_amounts(error.message)


def without_amounts(text: str) -> str:
    """Return a text with its amounts hidden, but for other numbers."""
    return _AMOUNT.sub(lambda amount: hide(amount[0]), text)
