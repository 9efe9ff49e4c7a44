"""Get paid from plain text: receivables, aging and reminders for Beancount.

As a Beancount plugin, `plugin "beancount_dunning"` flags overdue balances as ledger
errors. The command line is `bean-dunning`, the page in Fava `fava_dunning`. Programs
that compute with receivables begin here:

    books = read_books(entries, options_map, today=date.today())
    report = age(books)

The public names are those of `beancount_dunning.api`, see docs/api.md. They are
imported when asked for, so that loading the plugin is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from beancount_dunning.api import *  # noqa: F403 - that is what it is for
    from beancount_dunning.hook import match_hook as match_hook
    from beancount_dunning.plugin import flag as flag

__version__ = "0.1.0"
__plugins__ = ("flag",)

# Doors by what they are asked for.
_DOORS = {"flag": "plugin", "match_hook": "hook"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name in _DOORS:
        return getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)
    public = import_module(f"{__name__}.api")
    if name == "__all__" or name in public.__all__:
        return getattr(public, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    public = import_module(f"{__name__}.api").__all__
    return sorted({*globals(), *public, *_DOORS, "__all__"})
