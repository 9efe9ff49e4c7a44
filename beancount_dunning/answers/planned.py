"""A plan before it is agreed: the note that says so, and the parts that it would make.

    proposed = propose_plan(books, "INV-2026-014", "3 x 1 month from 2026-09-15")
    for item in proposed.parts:
        print(item.instalment, item.open, item.due)

The parts are those of the ledger read again with the note in it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import EMPTY_SET
from beancount.core.data import Note

from beancount_dunning.answers import proposals
from beancount_dunning.answers.refusals import ProposalRefusedError
from beancount_dunning.answers.refusals import nothing_open
from beancount_dunning.basics.lists import either
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import writable
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.references import is_link
from beancount_dunning.ledger.references import naming
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from beancount_dunning.basics.money import Writer
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


class PlanRefusedError(ProposalRefusedError):
    """A plan that would be a mistake in the ledger, or that nothing is open for."""


@dataclass(frozen=True, slots=True)
class PlanProposal:
    """A plan's note, and the items that would be its parts, by due date."""

    as_of: dt.date
    note: Note
    parts: tuple[Item, ...]

    def as_dict(self, number: Writer = exact) -> dict[str, Any]:
        """Return the proposal as JSON has it, its amounts as `number` does."""
        return {
            "as_of": self.as_of.isoformat(),
            "note": proposals.as_text(self.note),
            "parts": [
                {
                    "invoice": part.invoice,
                    "instalment": part.instalment,
                    "amount": number(part.open),
                    "currency": part.currency,
                    "due": part.due.isoformat() if part.due else None,
                    "originally_due": part.originally_due.isoformat()
                    if part.originally_due
                    else None,
                }
                for part in self.parts
            ],
        }

    @property
    def lines(self) -> tuple[Words, ...]:
        """What would be due when, a line for each part."""
        return tuple(
            Words(
                "{part}: {amount} {currency} due {due}, originally {originally}",
                part=part.label,
                amount=part.open,
                currency=part.currency,
                due=part.due,
                originally=part.originally_due or Words("undated"),
            )
            for part in self.parts
        )


def _nothing_open(books: Books, name: str) -> Words:
    """Say why there is no plan for it, and which invoices may be meant."""
    is_open = [item for item in books.receivables.items if item.invoice]
    theirs = [
        item.invoice or ""
        for item in is_open
        if item.customer.casefold() == name.casefold()
    ]
    if theirs:
        return Words(
            "A plan is for an invoice, not a customer: name {invoices}.",
            invoices=either(dict.fromkeys(theirs)),
        )
    return nothing_open(
        books, name, dict.fromkeys(one.invoice or "" for one in is_open)
    )


def propose_plan(
    books: Books, invoice: str, plan: str, text: str = "", others: Iterable[str] = ()
) -> PlanProposal:
    """Work out what a plan for what is open of an invoice would make of it.

    Args:
        books: The ledger on the day of the note.
        invoice: The invoice's reference.
        plan: The plan as one types it.
        text: What the note is to say; without it, that a plan was agreed.
        others: The references of more invoices that the plan is for.

    Returns:
        The note, and the parts.

    Raises:
        PlanRefusedError: Nothing is open of the invoice, or the note would be a
            mistake; it says which.
    """
    items = [item for item in books.receivables.items if item.invoice == invoice]
    if not items:
        raise PlanRefusedError(_nothing_open(books, invoice))
    names = list(dict.fromkeys([invoice, *others]))
    unfit = [name for name in names if not is_link(name)]
    if unfit and len(names) > 1:
        message = Words(
            "{invoice} cannot be a link, so it needs a plan of its own.",
            invoice=unfit[0],
        )
        raise PlanRefusedError(message)
    links, meta = naming(*names)
    meta["plan"] = writable(plan)
    comment = writable(text) or "Payment plan agreed"
    account = items[0].account
    note = Note(meta, books.as_of, account, comment, EMPTY_SET, links)
    entries = list(books.entries)
    at = bisect_right(entries, note.date, key=lambda entry: entry.date)
    entries.insert(at, note)
    as_of = books.as_of
    then = read_books(entries, books.options, today=as_of, as_of=as_of)
    for error in then.dunning.problems:
        if error.entry is note:
            raise PlanRefusedError(error.message)
    parts = tuple(
        item
        for item in then.receivables.items
        if item.plan and item.plan.note.entry is note
    )
    return PlanProposal(as_of, note, parts)
