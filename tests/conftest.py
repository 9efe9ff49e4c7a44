"""A test's docstring is its ledger; the fixture `ledger` loads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import count
from string import Template
from textwrap import dedent
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.loader import load_string
from hypothesis import settings as profile

from beancount_dunning.answers.findings import findings
from beancount_dunning.basics.errors import LogError
from beancount_dunning.basics.errors import ReceivableError
from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.words import Words
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from pathlib import Path

    from beancount.core.data import Directive

    from beancount_dunning.answers.findings import Finding
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books

# For the lowest versions: what the newest do with more examples, they do with a few.
profile.register_profile("few", max_examples=30)

Day = date | str
AS_OF = "2026-11-20"
_NOTHING = re.compile(r"(?<=[ \t])$", re.MULTILINE)
# Accounts need no `open`. The line stands last, so that it moves no other.
_AUTO_OPEN = '\nplugin "beancount.plugins.auto_accounts"\n'


def day(value: Day) -> date:
    """Return a date, which tests may write as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


_MISTAKES = (SettingError, ReceivableError, LogError)


def lines(found: Sequence[Finding]) -> list[str]:
    """Return findings as `LINE: message`; what is a mistake can be translated."""
    for error in found:
        assert isinstance(error.message, Words) or not isinstance(error, _MISTAKES)
    return [f"{error.source['lineno']}: {error.message}" for error in found]


@dataclass(frozen=True)
class Ledger:
    """A loaded ledger, and what the core answers about it on a date."""

    entries: Sequence[Directive]
    errors: Sequence[Any]
    options: dict[str, Any]

    def books(self, as_of: Day = AS_OF, settled: Iterable[str] | None = ()) -> Books:
        books = read_books(self.entries, self.options, today=date.max, as_of=day(as_of))
        return books if settled == () else books.with_settled(settled)

    def settings(self, as_of: Day = AS_OF) -> Settings:
        return self.books(as_of).settings

    def receivables(self, as_of: Day = AS_OF) -> Receivables:
        return self.books(as_of).receivables

    def report(self, as_of: Day = AS_OF) -> AgingReport:
        return age(self.books(as_of))

    def findings(self, as_of: Day = AS_OF) -> list[Finding]:
        return findings(self.books(as_of))

    def lines(self, as_of: Day = AS_OF) -> list[str]:
        """Return the findings as `LINE: message`."""
        return lines(self.findings(as_of))


def load(text: str) -> Ledger:
    """Load a ledger from text, indented or not; its first line is line 1.

    An indented line with nothing on it, where a test had nothing to put in, becomes
    a comment: for Beancount it would end the transaction.
    """
    text = dedent(_NOTHING.sub(";", text.strip("\n")))
    entries, errors, options = load_string(text + _AUTO_OPEN)
    return Ledger(entries, errors, options)


@pytest.fixture(scope="session")
def _caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Number folders of a folder; pytest would list them all to find a new name."""
    folder = tmp_path_factory.mktemp("caches")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def _own_cache(_caches: Iterator[Path]) -> Iterator[None]:
    """Keep what Fava keeps out of the user's own cache folder."""
    folder = next(_caches)
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield


@pytest.fixture
def broken_ledger(request: pytest.FixtureRequest) -> Ledger:
    """Return the ledger in the test's docstring, whatever Beancount says of it.

    In a parametrized test `$name` in the docstring stands for that parameter.
    """
    text = request.function.__doc__ or ""
    callspec = getattr(request.node, "callspec", None)
    return load(Template(text).safe_substitute(callspec.params if callspec else {}))


@pytest.fixture
def ledger(broken_ledger: Ledger) -> Ledger:
    """Return the ledger in the test's docstring, which Beancount has to accept."""
    assert not broken_ledger.errors, broken_ledger.errors
    return broken_ledger
