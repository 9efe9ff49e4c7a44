"""A payment's story: where each cent of a credit went, and why.

    tell_payment(books, "books.beancount", 31)

It is found by a line of its transaction, header or posting. What each invoice took is
told with the invoice's place and the rule; what nothing took is unapplied credit. So
the amounts add up to what was posted.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount.core.data import Transaction

from beancount_dunning.answers.reasons import Fact
from beancount_dunning.answers.returns import Returns
from beancount_dunning.answers.story import Event
from beancount_dunning.answers.story import called
from beancount_dunning.answers.story import tell
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from collections.abc import Mapping

    from beancount.core.data import Directive

    from beancount_dunning.answers.story import Story
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class PaymentStory:
    """Where the credits of a transaction went.

    `events` are the credits, negative as in their accounts, then what each item took of
    them and what is left, positive.
    """

    entry: Transaction
    as_of: dt.date
    customers: tuple[str, ...]
    events: tuple[Event, ...]

    @property
    def name(self) -> str:
        """What to call the payment."""
        entry = self.entry
        return called(entry) or str(entry.date)

    def as_dict(self) -> dict[str, Any]:
        """Return the story as JSON has it: amounts exact strings, dates ISO."""
        return {
            "as_of": self.as_of.isoformat(),
            "payment": self.name,
            "customer": ", ".join(self.customers) or None,
            "story": [event.as_dict() for event in self.events],
        }


def files_called(books: Books, name: str) -> list[str]:
    """Return the files of a ledger that somebody may mean.

    Args:
        books: The ledger.
        name: The whole path of a file, or the end of it.

    Returns:
        Their names as Beancount has them: the one that is called just so, or else all
        whose path ends like this.
    """
    end = _parts(name)
    files = {str(entry.meta.get("filename", "")) for entry in books.entries}
    if name in files:
        return [name]
    return sorted(file for file in files if _parts(file)[-len(end) :] == end)


def _parts(filename: str) -> list[str]:
    """Split a path of any system; "./" before it says nothing."""
    return filename.replace("\\", "/").removeprefix("./").split("/")


def _entry_at(books: Books, filename: str, lineno: int) -> Transaction | None:
    """Find the transaction that has a line, from its header to its last posting's."""
    found: Directive | None = None
    at = 0
    for entry in books.entries:
        source = place(entry.meta)
        if at < source["lineno"] <= lineno and source["filename"] == filename:
            found, at = entry, source["lineno"]
    if not isinstance(found, Transaction) or found.date > books.as_of:
        return None
    return found if lineno <= _last_line(found) else None


def _last_line(entry: Transaction) -> int:
    """Return the last line of a transaction: of its last posting, or of what it says.

    Beancount keeps no lines of metadata, which has one each: those of the last posting
    are counted.
    """
    metas = (entry.meta, *(posting.meta for posting in entry.postings))
    line, meta = max(((_line(meta), meta) for meta in metas), key=itemgetter(0))
    return line + sum(
        key not in {"filename", "lineno"} and not str(key).startswith("__")
        for key in meta or ()
    )


def _line(meta: Mapping[str, Any] | None) -> int:
    return cast("int", place(meta)["lineno"])


def tell_payment(
    books: Books, filename: str, lineno: int
) -> PaymentStory | Story | None:
    """Tell the story of what stands at a line.

    Args:
        books: The ledger on a date.
        filename: A file of it, as Beancount calls it.
        lineno: A line of a transaction, the first or one below.

    Returns:
        Where the credits to receivable accounts went; for a transaction without any
        the story of the invoice; None where there is neither.
    """
    entry = _entry_at(books, filename, lineno)
    if entry is None:
        return None
    accounts = {
        posting.account
        for posting in entry.postings
        if books.settings.accounts[posting.account]
    }
    books = books.with_all_settled_on(accounts)
    events = [*_posted(books, entry), *_taken(books, entry), *_left(books, entry)]
    if events:
        events += _returned(books, entry)
        return PaymentStory(entry, books.as_of, _customers(books, entry), tuple(events))
    opened = (item for item in books.receivables.all_items if item.entry is entry)
    item = next(opened, None)
    return tell(books, item.handle) if item else None


def _customers(books: Books, entry: Transaction) -> tuple[str, ...]:
    """Return whose items a payment settled, and whose it is otherwise."""
    items = books.receivables.all_items
    names = [
        *(one.customer for one in items for s in one.settlements if s.entry is entry),
        *(one.customer for one in books.receivables.unapplied if one.entry is entry),
    ]
    return tuple(dict.fromkeys(filter(None, names)))


def _posted(books: Books, entry: Transaction) -> Iterator[Event]:
    for posting in entry.postings:
        units = posting.units
        is_receivable = books.settings.accounts[posting.account] is not None
        if not is_receivable or units is None or not units.number:
            continue
        if units.number < ZERO:
            text = Words("Credit ({account})", account=posting.account)
            fact = Fact.at(text, entry)
            yield Event(entry.date, "credit", fact, units.number, units.currency)


def _taken(books: Books, entry: Transaction) -> Iterator[Event]:
    for item in (*books.receivables.settled, *books.receivables.items):
        for settlement in item.settlements:
            if settlement.entry is entry:
                text = Words("{name}: {rule}", name=item.label, rule=settlement.rule)
                yield Event(
                    entry.date,
                    "settled",
                    Fact.on(text, item),
                    settlement.amount,
                    item.currency,
                )


def _left(books: Books, entry: Transaction) -> Iterator[Event]:
    for credit in books.receivables.unapplied:
        if credit.entry is entry:
            text = Words("Unapplied credit ({account})", account=credit.account)
            fact = Fact(text, credit.filename, credit.lineno, entry)
            yield Event(entry.date, "unapplied", fact, -credit.amount, credit.currency)


def _returned(books: Books, entry: Transaction) -> Iterator[Event]:
    """Yield where a payment came back; the amounts of a payment come to nothing."""
    items = books.receivables.all_items
    back = Returns(books).find(items)
    for item in items:
        came = back.get(id(item))
        if item.leads and came and came.payment is entry:
            text = Words("{name}, payment returned", name=item.label)
            yield Event(item.date, "return", Fact.on(text, item))
