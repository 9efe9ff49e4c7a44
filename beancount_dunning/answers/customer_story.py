"""A customer's story: all that was invoiced, paid and said, and where each item stands.

    tell_customer(books, "acme gmbh")

The amounts add up to the balance, in each currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.pursuing import Experience
from beancount_dunning.answers.reasons import left_over
from beancount_dunning.answers.returns import Returns
from beancount_dunning.answers.story import Event
from beancount_dunning.answers.story import in_order
from beancount_dunning.answers.story import log
from beancount_dunning.answers.story import plan_ends
from beancount_dunning.answers.story import postings
from beancount_dunning.answers.story import stand
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.names import folded

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.returns import Return
    from beancount_dunning.answers.story import Part
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class CustomerStory:
    """All that the ledger tells of a customer up to a date.

    `parts` are what is open.
    """

    customer: str
    as_of: dt.date
    events: tuple[Event, ...]
    parts: tuple[Part, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the story as JSON has it: amounts exact strings, dates ISO."""
        return {
            "as_of": self.as_of.isoformat(),
            "customer": self.customer,
            "story": [event.as_dict() for event in self.events],
            "items": [part.as_dict() for part in self.parts],
        }


def tell_customer(books: Books, name: str) -> CustomerStory | None:
    """Tell the story of a customer.

    Args:
        books: The ledger on a date.
        name: The customer's name, in any case.

    Returns:
        The story; None where the ledger has no such customer on that date.
    """
    receivables, key = books.with_settled(None).receivables, folded(name)
    items = [
        item
        for item in (*receivables.settled, *receivables.items)
        if folded(item.customer) == key
    ]
    left = [one for one in receivables.unapplied if folded(one.customer) == key]
    if not key or not (items or left):
        return None
    back = Returns(books).find(items)
    events = [*_posted(books, items, back), *_logged(books, items)]
    for credit in left:
        fact = left_over(credit)
        events.append(
            Event(credit.date, "unapplied", fact, credit.amount, credit.currency)
        )
    experience = Experience(books)
    return CustomerStory(
        (items[0] if items else left[0]).customer,
        books.as_of,
        in_order(events),
        tuple(stand(books, item, experience, back) for item in items if item.open),
    )


def _posted(
    books: Books, items: Sequence[Item], back: Mapping[int, Return]
) -> Iterator[Event]:
    """Yield what was posted, each with the name of its item; due dates are no event."""
    for item in items:
        for event in postings(item, books.settings, back):
            if event.kind != "due":
                yield _about(item.label, event)


def _logged(books: Books, items: Sequence[Item]) -> Iterator[Event]:
    accounts: dict[str, set[str]] = {}
    for item in items:
        if item.invoice:
            accounts.setdefault(item.invoice, set()).add(item.account)
    for invoice, its_accounts in accounts.items():
        told = (
            *plan_ends(books, invoice),
            *log(books, invoice, its_accounts),
        )
        for event in told:
            yield _about(invoice, event)


def _about(label: str, event: Event) -> Event:
    text = Words("{name}: {what}", name=label, what=event.fact.text)
    return replace(event, fact=replace(event.fact, text=text))
