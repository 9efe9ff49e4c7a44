"""Get paid from plain text: receivables, aging and reminders for Beancount.

As a Beancount plugin, `plugin "beancount_dunning"` flags overdue balances as ledger
errors. The command line is `bean-dunning`, the page in Fava `fava_dunning`. Whoever
computes with receivables begins here:

    books = read_books(entries, options_map, today=date.today())
    report = age(books)

These names are imported when asked for, since a plugin's door should open fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from beancount_dunning.plugin import flag
    from beancount_dunning.standing.aging import age
    from beancount_dunning.standing.books import read_books

__version__ = "0.1.0"
__all__ = ["age", "flag", "read_books"]
__plugins__ = ("flag",)

_HOMES = {"age": "standing.aging", "flag": "plugin", "read_books": "standing.books"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
