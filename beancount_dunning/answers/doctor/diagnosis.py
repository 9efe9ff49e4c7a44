"""What a rule of the doctor finds: a kind, a sentence, a place, and what to type."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount.core.data import Open
from beancount.core.data import Transaction
from beancount.utils.misc_utils import escape_string

from beancount_dunning.basics.errors import place
from beancount_dunning.basics.plain_text import writable
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.readable import postings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from beancount.core.data import Posting

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books


class Kind(StrEnum):
    """What is wrong: first what keeps us from reading, then what asks too much."""

    LEFT_OUT = "left out"
    PLUGIN = "plugin"
    ERROR = "error"
    ACCOUNTS = "accounts"
    COLLECTIVE = "collective"
    NUMBER = "number"
    TWICE = "paid twice"
    LINK = "link"
    UNAPPLIED = "unapplied"
    SUSPENSE = "suspense"
    REVIEW = "review"
    SENDING = "sending"
    UNDATED = "undated"
    START = "start"
    CUSTOMER = "customer"
    ADDRESS = "address"
    DISCOUNT = "discount"
    BANK_FEE = "bank fee"
    REMAINDER = "remainder"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that keeps answers from being right.

    `type` is what to type, None where the message says all there is; `file` and `line`
    say where, None where there is no place.
    """

    kind: Kind
    message: str
    type: str | None
    file: str | None
    line: int | None

    @property
    def order(self) -> tuple[int, str, int]:
        """Its place among others: by kind, then by file and line."""
        return tuple(Kind).index(self.kind), self.file or "", self.line or 0

    def as_dict(self) -> dict[str, Any]:
        """Return it as the JSON report has it."""
        return {
            "kind": self.kind,
            "message": self.message,
            "type": self.type,
            "file": self.file,
            "line": self.line,
        }


def diagnosed(
    kind: Kind, message: str, meta: Mapping[str, Any] | None, type_: str | None = None
) -> Diagnosis:
    """Return a diagnosis at the place that metadata, or an error's source, tells.

    Args:
        kind: What is wrong.
        message: What it means, in a sentence or two.
        meta: Where.
        type_: What to type.
    """
    source = place(meta)
    is_known = source["lineno"] > 0
    file, line = (source["filename"], source["lineno"]) if is_known else (None, None)
    return Diagnosis(kind, message, type_, file, line)


class Booked(NamedTuple):
    """A transaction, and its postings as far as they can be read."""

    entry: Transaction
    postings: Sequence[Posting]


def transactions(books: Books) -> list[Booked]:
    """Return the transactions that exist on the books' date."""
    by_then = takewhile(lambda entry: entry.date <= books.as_of, books.entries)
    return [
        Booked(entry, postings_of(entry))
        for entry in by_then
        if isinstance(entry, Transaction)
    ]


def opens(books: Books) -> Iterator[Open]:
    """Yield the `open` directives that somebody typed, and no plugin made."""
    for entry in books.entries:
        if isinstance(entry, Open) and is_typed(books, entry):
            yield entry


def is_typed(books: Books, entry: Directive) -> bool:
    """Tell whether a directive stands in a file, where something can be added to it."""
    filename = place(entry.meta)["filename"]
    return not filename.startswith("<") or filename == books.options.get("filename")


def owed_and_paid(books: Books) -> Iterator[Item | Unapplied]:
    """Yield all items, open or settled, and all unapplied credit."""
    yield from books.receivables.all_items
    yield from books.receivables.unapplied


def elsewhere(entry: Directive, here: Directive) -> Words:
    """Say where a directive is, seen from another: "line 8" or "FILE:8"."""
    there = place(entry.meta)
    filename, lineno = there["filename"], there["lineno"]
    is_near = filename == place(here.meta)["filename"]
    if is_near:
        return Words("line {line}", line=lineno)
    return Words.joined(":", [filename, str(lineno)])


def quoted(text: str) -> str:
    """Write a text as it is typed in a ledger."""
    return f'"{escape_string(writable(text))}"'
