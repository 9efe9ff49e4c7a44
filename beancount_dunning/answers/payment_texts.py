"""Payments in the text of a ledger: where they stand, and what they get there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ntpath import basename
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Transaction
from beancount.utils.misc_utils import escape_string

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.passages import Edit
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from beancount.core.data import Posting

    from beancount_dunning.answers.linking import Link
    from beancount_dunning.answers.linking import Naming
    from beancount_dunning.answers.passages import Text

# A header up to its end or a comment: strings may hold both, and go over lines.
_HEADER = re.compile(rb'(?:"(?:[^"\\]|\\.)*"|[^";\r\n])*', re.DOTALL)
_LINE = re.compile(rb"[^\r\n]*")
_BLANKS = b" \t"


@dataclass(frozen=True, slots=True)
class PaymentText:
    """A payment, what it gets, and the transaction and posting that are in the text."""

    link: Link
    naming: Naming
    entry: Transaction
    posting: Posting

    def edits(self, text: Text) -> Iterator[Edit]:
        """Yield what the payment gets in its file."""
        naming, posting = self.naming, self.posting
        if naming.links:
            start = text.starts[self.link.lineno - 1]
            header = next(_HEADER.finditer(text.content, start))[0]
            end = start + len(header.rstrip(_BLANKS))
            links = "".join(f" ^{name}" for name in naming.links)
            yield Edit(end, end, links.encode())
        start = text.starts[place(posting.meta)["lineno"] - 1]
        if naming.account:
            old = posting.account.encode()
            at = text.content.index(old, start)
            yield Edit(at, at + len(old), naming.account.encode())
        line = next(_LINE.finditer(text.content, start))[0]
        indent = line[: len(line) - len(line.lstrip())]
        indent += b"\t" if b"\t" in indent else b"  "
        for key, value in naming.meta.items():
            added = f'{key}: "{escape_string(value)}"'
            at = start + len(line)
            yield Edit(at, at, text.newline + indent + added.encode())


def payment_text(
    link: Link, naming: Naming, by_line: Mapping[int, Directive] | None
) -> PaymentText:
    """Return a payment as it stands in a file.

    Args:
        link: The payment.
        naming: What it gets.
        by_line: The directives of its file, as they stand there; None for no file of
            the ledger.

    Raises:
        RefusedError: It does not stand there so.
    """
    if by_line is None:
        reason = Words("{file} is not part of the ledger", file=basename(link.file))
        raise RefusedError(reason)
    entry = by_line.get(link.lineno)
    line = place(link.posting.meta)["lineno"]
    if isinstance(entry, Transaction) and _facts(entry) == _facts(link.entry):
        for posting in entry.postings:
            is_there = posting.meta is not None and posting.meta["lineno"] == line
            if is_there and posting.account == link.posting.account:
                return PaymentText(link, naming, entry, posting)
    raise RefusedError(
        Words(
            "A plugin made or changed it, or {file} has changed: link it by hand",
            file=basename(link.file),
        )
    )


def _facts(entry: Transaction) -> tuple[Any, ...]:
    return entry.date, entry.flag, entry.payee, entry.narration


def directives_at(text: Text, lines: Sequence[int]) -> Mapping[int, Directive]:
    """Return the directives of a file that begin on lines, or near them."""
    places = [text.starts[line] for line in lines if 0 < line < len(text.starts)]
    edits = [Edit(place, place, b"") for place in places]
    before, _ = next(text.readings(edits), ([], []))
    return {entry.meta["lineno"]: entry for entry in before}
