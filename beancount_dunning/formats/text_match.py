"""Payments with their invoices, as Beancount to paste, and as spreadsheets read it.

    ; books.beancount:31, certain: Birch & Co, 900.00 EUR
    ; text names INV-22
    2026-11-13 * "BIRCH + CO" "RE INV 22" ^INV-22
      Assets:Bank               900.00 EUR
      Assets:Receivable:Birch  -900.00 EUR

What has to be asked stands in comments, with the invoices that it could be for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers import proposals
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import linked_entry
from beancount_dunning.answers.matching import DifferenceKind
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.answers.splitting import split_entries
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.places import shown_place
from beancount_dunning.formats.tables import as_csv as csv_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

    from beancount.core.data import Transaction

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.answers.matching import Matches
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books

_COLUMNS = (
    "verdict customer amount currency date payee narration invoices difference kind "
    "reasons candidates file line"
)
_TEXTS = (
    *("customer", "currency", "payee", "narration", "invoices"),
    *("reasons", "candidates", "file"),
)


def as_text(books: Books, found: Matches) -> str:
    """Write payments as Beancount that can be pasted over what is in the ledger.

    Args:
        books: The ledger.
        found: Its payments.

    Returns:
        A block for each payment: transactions where the invoice is certain or likely,
        comments where it is not; or a sentence where no payment is waiting.
    """
    if not found.payments:
        return f"No payments to assign as of {found.as_of}.\n"
    linked: dict[int, Transaction] = {}
    refused: dict[int, RefusedError] = {}
    for match in found.payments:
        if match.verdict is not Verdict.ASK:
            try:
                linked[id(match)] = linked_entry(books, Link.of(match))
            except RefusedError as error:
                refused[id(match)] = error
    if refused:
        those = (match for match in found.payments if id(match) in refused)
        linked |= split_entries(books, those)
    return "\n".join(
        _block(match, linked.get(id(match)), refused.get(id(match)))
        for match in found.payments
    )


def _block(
    match: Match, entry: Transaction | None, refused: RefusedError | None
) -> str:
    """Write a payment, with why as comments before it.

    Args:
        match: What it is for.
        entry: The payment as it is to be.
        refused: Why one posting cannot say it.
    """
    head = _head(match)
    if entry is not None:
        why = ["split, for one posting cannot name them"] if refused else []
        return _comments([*head, *why]) + proposals.as_text(entry)
    if refused is not None:
        return _comments([*head, str(refused), *_lines(match.entry)])
    could_be = [f"could be {_item(item)}" for item in match.candidates]
    return _comments([*head, *could_be, *_lines(match.entry)])


def _head(match: Match) -> Iterator[str]:
    """Say where a payment is, what is found, and why."""
    where = shown_place(match.filename, match.lineno)
    is_asked = match.verdict is Verdict.ASK
    whose = (None if is_asked else match.customer) or match.entry.payee or ""
    what = f"{exact(match.amount)} {match.currency}"
    yield f"{where}, {match.verdict.words}: {whose + ', ' if whose else ''}{what}"
    yield from match.reasons
    # What is too little stands in the reasons.
    more = match.difference
    if more and more.kind is DifferenceKind.UNAPPLIED:
        yield f"{exact(more.amount)} {match.currency} stays unapplied"


def _item(item: Item) -> str:
    """Say what is open of an item."""
    due = f", due {item.due}" if item.due else ""
    if item.originally_due:
        due += f" (originally {item.originally_due})"
    what = f"{exact(item.open)} {item.currency} open{due}"
    return f"{item.label} of {item.customer}, {what}"


def _lines(entry: Transaction) -> list[str]:
    return proposals.as_text(entry).splitlines()


def _comments(lines: Iterable[str]) -> str:
    return "".join(f"; {plain(line)}\n" for line in lines)


def as_csv(found: Matches) -> str:
    """Write a line for each payment, for spreadsheets."""
    rows = []
    for match in found.payments:
        row = match.as_dict()
        less = row["difference"] or {"amount": None, "kind": None}
        names = [one["invoice"] for one in row["invoices"]]
        rows.append(
            {
                **row,
                "invoices": _joined(names),
                "difference": less["amount"],
                "kind": less["kind"],
                "reasons": _joined(row["reasons"]),
                "candidates": _joined(row["candidates"]),
            }
        )
    return csv_of(_COLUMNS.split(), rows, _TEXTS)


def _joined(names: Iterable[str | None]) -> str:
    return "; ".join(dict.fromkeys(filter(None, names)))
