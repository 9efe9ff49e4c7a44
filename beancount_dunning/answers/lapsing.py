"""What can soon be enforced no more: a ledger error, and the reason for it.

    Limitation: INV-2026-014, Acme GmbH: 1190.00 EUR open, enforceable until 2029-12-31

The error stands at the invoice from 90 days before that day on, until nothing is open.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from beancount_dunning.answers.reasons import Fact
from beancount_dunning.basics.errors import LimitationError
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import NO_CUSTOMER
from beancount_dunning.standing.dunning import is_worth_it
from beancount_dunning.standing.limitation import lapses
from beancount_dunning.standing.resting import is_covered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.basics.money import Writer
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.limitation import Lapse


def lapsing(books: Books, note: str, number: Writer) -> Iterator[LimitationError]:
    """Yield an error for each invoice that can soon be enforced no more.

    Args:
        books: The ledger on a date.
        note: What to add to each message.
        number: How amounts in messages are written: exactly, or hidden.
    """
    if books.settings.limitation is None:
        return
    near: dict[tuple[str, str, str], list[tuple[Item, Lapse]]] = defaultdict(list)
    for item in books.receivables.items:
        lapse = lapses(books, item)
        if (
            lapse is not None
            and lapse.is_near(books.as_of)
            and is_worth_it(books, item)
            and not is_covered(books, item)
        ):
            key = item.customer, item.currency, item.invoice or item.identity
            near[key].append((item, lapse))
    for parts in near.values():
        item, lapse = min(parts, key=lambda part: part[1].day)
        is_open = sum((part.open for part, _ in parts), ZERO)
        message = (
            f"Limitation: {item.invoice or item.label}, "
            f"{item.customer or NO_CUSTOMER}: {number(is_open)} {item.currency} open, "
            f"enforceable until {lapse.day}"
        )
        source = {"filename": item.filename, "lineno": item.lineno}
        yield LimitationError(source, plain(message) + note, item.entry)


def limitation_reasons(books: Books, item: Item) -> Iterator[Fact]:
    """Say until when an open item can be enforced, and why until then."""
    lapse = lapses(books, item)
    if lapse is None:
        return
    text = Words("Enforceable until {day}", day=lapse.day)
    if lapse.is_past(books.as_of):
        text = Words("Enforceable until {day}, which is past", day=lapse.day)
    yield Fact.at(text, books.settings.entries["limitation"])
    if restart := lapse.restart:
        text = Words(
            "That time began anew on {day}: {reason}",
            day=restart.date,
            reason=restart.by.words,
        )
        yield Fact.at(text, restart.entry)
