"""What is to be flagged in a ledger on a date: mistakes, and overdue balances."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from gettext import NullTranslations
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount_dunning.answers.lapsing import lapsing
from beancount_dunning.answers.limits import exceeded_limits
from beancount_dunning.answers.limits import new_invoices
from beancount_dunning.answers.slips import slips
from beancount_dunning.basics.errors import MAX_LISTED
from beancount_dunning.basics.errors import CreditLimitError
from beancount_dunning.basics.errors import LimitationError
from beancount_dunning.basics.errors import LogError
from beancount_dunning.basics.errors import OverdueError
from beancount_dunning.basics.errors import PromiseError
from beancount_dunning.basics.errors import ReceivableError
from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import in_days
from beancount_dunning.basics.money import is_computed
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.ledger.items import NO_CUSTOMER
from beancount_dunning.standing.dunning import is_worth_it
from beancount_dunning.standing.interest import interest_problems
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import held
from beancount_dunning.standing.resting import is_covered
from beancount_dunning.standing.resting import said
from beancount_dunning.standing.resting import told_in_dispute

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date

    from beancount_dunning.basics.money import Writer
    from beancount_dunning.basics.words import Words
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.plans import Agreement
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.records import BrokenPromise

Finding = (
    SettingError
    | ReceivableError
    | LogError
    | OverdueError
    | PromiseError
    | CreditLimitError
    | LimitationError
)


def late_items(books: Books) -> Iterator[Item]:
    """Yield the items overdue by more than the grace, and not below the minimum.

    What is left of an item whose discount was taken is not owed.
    """
    settings = books.settings
    for item in books.receivables.items:
        days = item.days_overdue(books.as_of)
        if (
            days is not None
            and days > settings.grace
            and is_worth_it(books, item)
            and not (item.offers and held(books, item) is Held.DISCOUNT)
        ):
            yield item


def mistakes(books: Books) -> list[Finding]:
    """Return what is wrong in a ledger's text, one error for each mistake."""
    return [
        *books.settings.problems,
        *books.receivables.problems,
        *books.dunning.problems,
        *interest_problems(books),
        *slips(books),
    ]


def findings(books: Books, number: Writer = exact) -> list[Finding]:
    """Return what is to be flagged, in order of file and line.

    Args:
        books: A ledger on a date. Its settings say whether money is flagged by
            invoice, by customer, or not at all.
        number: How amounts in messages are written: exactly, or hidden.

    Returns:
        One error for each mistake; and unless the option `errors` is "off" one for
        each overdue invoice (or customer) at the line of its oldest overdue item, one
        for each broken promise, and for each plan that is late or ended so, at its
        note, one for each credit limit that is exceeded where it stands, one for each
        new invoice to a customer who gets no credit, and one for each invoice that can
        soon be enforced no more.
    """
    settings = books.settings
    if any(is_computed(item.open) for item in books.receivables.items):
        books = books.rounded()
    found = mistakes(books)
    if settings.errors != "off":
        # A date that stands in for today is to be said wherever it is used.
        note = f", as of {books.as_of}" if books.is_dated else ""
        found += _overdue(books, note, number)
        found += _broken_promises(books, note, number)
        found += _late_parts(books, note, number)
        found += _ended_plans(books, note, number)
        found += exceeded_limits(books, note, number)
        found += new_invoices(books, note, number)
        found += lapsing(books, note, number)
    return sorted(
        found, key=lambda error: (error.source["filename"], error.source["lineno"])
    )


def _overdue(books: Books, note: str, number: Writer) -> Iterator[OverdueError]:
    by_customer = books.settings.errors == "customer"
    late = list(late_items(books))
    for items in _grouped(late, _by_customer if by_customer else _by_invoice):
        oldest = items[0]
        source = {"filename": oldest.filename, "lineno": oldest.lineno}
        if by_customer:
            message = _customer_message(items, books.as_of, number)
        else:
            message = _invoice_message(items, books.as_of, number)
        message += _rests(books, items, number)
        message += _told(books.balances.told(oldest.customer), number)
        yield OverdueError(source, plain(message) + note, oldest.entry)


def _rests(books: Books, items: Sequence[Item], number: Writer) -> str:
    """Say why reminders of what is overdue rest, and how much is in dispute."""
    disputed: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        if part := books.dunning.part_in_dispute(item):
            disputed[item.currency] += part
    told = "".join(
        _told(told_in_dispute(amount, currency), number)
        for currency, amount in sorted(disputed.items())
    )
    reason = held(books, items[0])
    if books.settings.errors == "customer" or (told and reason is Held.DISPUTE):
        return told
    return told + _told(said(books, items[0], reason), number)


def _told(words: Words | None, number: Writer) -> str:
    """Add words to a message, if there are any."""
    return f", {words.translated(NullTranslations(), number)}" if words else ""


def _broken_promises(books: Books, note: str, number: Writer) -> Iterator[PromiseError]:
    for broken in books.dunning.broken:
        items = [
            item
            for item in broken.items
            if is_worth_it(books, item) and not is_covered(books, item)
        ]
        if items:
            yield PromiseError(
                place(broken.entry.entry.meta),
                plain(_promise_message(broken, items, number)) + note,
                broken.entry.entry,
            )


def _promise_message(
    broken: BrokenPromise, items: Sequence[Item], number: Writer
) -> str:
    day = broken.entry.promise
    if broken.came and (promised := broken.entry.amount):
        amounts = promised.number or ZERO, broken.came.amount, broken.came.missing
        much, came, missing = (f"{number(one)} {promised.currency}" for one in amounts)
        return (
            f"Broken promise: {_whose(items)}: {much} promised by {day}, {came} came, "
            f"{missing} is missing"
        )
    is_open = _sums(items, number)
    return f"Broken promise: {_whose(items)}: {is_open} still open, promised by {day}"


def _whose(items: Sequence[Item]) -> str:
    """Say which items these are, and whose."""
    sales = [item for item in items if not item.charge] or items
    names = list(dict.fromkeys(item.label for item in sales))
    invoices = ", ".join(names) if len(names) <= MAX_LISTED else f"{len(names)} items"
    return f"{invoices}, {items[0].customer or NO_CUSTOMER}"


def _late_parts(books: Books, note: str, number: Writer) -> Iterator[PromiseError]:
    parts: dict[int, list[Item]] = defaultdict(list)
    for item in late_items(books) if books.receivables.plans else ():
        if item.plan and not is_covered(books, item):
            parts[id(item.plan)].append(item)
    for items in parts.values():
        plan = cast("Agreement", items[0].plan)
        is_open = f"{_whose(items)}: {_sums(items, number)} still open"
        message = f"Late part of a plan: {is_open}, due {items[0].due} by the plan"
        entry = plan.note.entry
        yield PromiseError(place(entry.meta), plain(message) + note, entry)


def _ended_plans(books: Books, note: str, number: Writer) -> Iterator[PromiseError]:
    for outcome in books.receivables.plans:
        end, agreement = outcome.default, outcome.agreement
        items = [
            item
            for item in books.receivables.items
            if end
            and item.invoice in agreement.names
            and item.plan is None
            and item.since == end.day - timedelta(days=1)
            and is_worth_it(books, item)
            and not is_covered(books, item)
        ]
        if end and items:
            late = in_days((end.day - end.due).days)
            message = (
                f"Plan ended: its part due {end.due} was {late} late. "
                f"{_whose(items)}: {_sums(items, number)} open, due {items[0].due} as "
                "before"
            )
            entry = agreement.note.entry
            yield PromiseError(place(entry.meta), plain(message) + note, entry)


def _by_customer(item: Item) -> tuple[Any, ...]:
    return (item.customer,)


def _by_invoice(item: Item) -> tuple[Any, ...]:
    return item.customer, item.currency, item.invoice or item.identity


def _grouped(
    items: Sequence[Item], key: Callable[[Item], tuple[Any, ...]]
) -> Iterator[list[Item]]:
    groups: dict[tuple[Any, ...], list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    yield from groups.values()


def _days(days: int | None) -> str:
    return f"{in_days(days or 0)} overdue"


def _due(item: Item) -> str:
    """Say when an item is due, and when it was before a plan."""
    originally = item.originally_due
    return f"{item.due} (originally {originally})" if originally else f"{item.due}"


def _accounts(items: Sequence[Item]) -> str:
    if len(items) == 1:
        return items[0].account
    return ", ".join(sorted({item.account for item in items}))


def _money(items: Sequence[Item], number: Writer) -> str:
    is_open, amount = items[0].open, items[0].invoiced
    for item in items[1:]:
        is_open += item.open
        amount += item.invoiced
    return f"{number(is_open)} of {number(amount)} {items[0].currency}"


def _sums(items: Sequence[Item], number: Writer) -> str:
    """Say how much is open in each currency."""
    return " and ".join(
        _money([item for item in items if item.currency == currency], number)
        for currency in sorted({item.currency for item in items})
    )


def _invoice_message(items: Sequence[Item], as_of: date, number: Writer) -> str:
    oldest = items[0]
    name = oldest.label
    if len(items) > MAX_LISTED:
        name = f"{oldest.invoice}, {len(items)} items"
    elif len(items) > 1:
        numbers = dict.fromkeys(item.instalment for item in items if item.count > 1)
        name = " ".join([str(oldest.invoice), ", ".join(numbers)]).rstrip()
    return (
        f"Overdue: {name}, {oldest.customer or NO_CUSTOMER}: "
        f"{_money(items, number)} open, due {_due(oldest)}, "
        f"{_days(oldest.days_overdue(as_of))} ({_accounts(items)})"
    )


def _customer_message(items: Sequence[Item], as_of: date, number: Writer) -> str:
    oldest = items[0]
    invoices = "1 item" if len(items) == 1 else f"{len(items)} items"
    return (
        f"Overdue: {oldest.customer or NO_CUSTOMER}: {_sums(items, number)} open in "
        f"{invoices}, the oldest {oldest.label}, due {_due(oldest)}, "
        f"{_days(oldest.days_overdue(as_of))} ({_accounts(items)})"
    )
