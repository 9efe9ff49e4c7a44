"""What is to be flagged in a ledger on a date: mistakes, and overdue balances."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.errors import OverdueError
from beancount_dunning.errors import ReceivableError
from beancount_dunning.errors import SettingError
from beancount_dunning.money import exact
from beancount_dunning.receivables import NO_CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date

    from beancount_dunning.receivables import Item
    from beancount_dunning.receivables import Receivables
    from beancount_dunning.settings import Settings

Finding = SettingError | ReceivableError | OverdueError


# More instalments than this are counted, not listed.
_LISTED = 4


def late_items(receivables: Receivables, settings: Settings) -> Iterator[Item]:
    """Yield the items overdue by more than the grace, and not below the minimum."""
    for item in receivables.items:
        days = item.days_overdue(receivables.as_of)
        if (
            days is not None
            and days > settings.grace
            and settings.is_reminded(item.open, item.currency)
        ):
            yield item


def findings(receivables: Receivables, settings: Settings) -> list[Finding]:
    """Return what is to be flagged, in order of file and line.

    Args:
        receivables: What is open on a date.
        settings: Whether overdue balances are flagged by invoice, by customer, or
            not at all; grace and minimum; and the mistakes among the settings.

    Returns:
        One error for each mistake, and one for each overdue invoice (or customer)
        at the line of its oldest overdue item.
    """
    found: list[Finding] = [*settings.problems, *receivables.problems]
    if settings.errors != "off":
        late = list(late_items(receivables, settings))
        by_customer = settings.errors == "customer"
        tell = _customer_message if by_customer else _invoice_message
        as_of = receivables.as_of
        # A date that stands in for today is to be said wherever it is used.
        note = f", as of {as_of}" if settings.as_of == as_of else ""
        found += [
            _error(items, tell(items, as_of) + note)
            for items in _grouped(late, _by_customer if by_customer else _by_invoice)
        ]
    return sorted(
        found, key=lambda error: (error.source["filename"], error.source["lineno"])
    )


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


def _error(items: Sequence[Item], message: str) -> OverdueError:
    oldest = items[0]
    source = {"filename": oldest.filename, "lineno": oldest.lineno}
    return OverdueError(source, message, oldest.entry)


def _days(days: int | None) -> str:
    return "1 day overdue" if days == 1 else f"{days} days overdue"


def _accounts(items: Sequence[Item]) -> str:
    if len(items) == 1:
        return items[0].account
    return ", ".join(sorted({item.account for item in items}))


def _money(items: Sequence[Item]) -> str:
    is_open, amount = items[0].open, items[0].amount
    for item in items[1:]:
        is_open += item.open
        amount += item.amount
    return f"{exact(is_open)} of {exact(amount)} {items[0].currency}"


def _invoice_message(items: Sequence[Item], as_of: date) -> str:
    oldest = items[0]
    name = oldest.label
    if len(items) > _LISTED:
        name = f"{oldest.invoice}, {len(items)} items"
    elif len(items) > 1:
        numbers = dict.fromkeys(item.instalment for item in items if item.count > 1)
        name = " ".join([str(oldest.invoice), ", ".join(numbers)]).rstrip()
    return (
        f"Overdue: {name}, {oldest.customer or NO_CUSTOMER}: {_money(items)} open, "
        f"due {oldest.due}, {_days(oldest.days_overdue(as_of))} ({_accounts(items)})"
    )


def _customer_message(items: Sequence[Item], as_of: date) -> str:
    oldest = items[0]
    currencies = sorted({item.currency for item in items})
    sums = " and ".join(
        _money([item for item in items if item.currency == currency])
        for currency in currencies
    )
    invoices = "1 item" if len(items) == 1 else f"{len(items)} items"
    return (
        f"Overdue: {oldest.customer or NO_CUSTOMER}: {sums} open in "
        f"{invoices}, the oldest {oldest.label}, due {oldest.due}, "
        f"{_days(oldest.days_overdue(as_of))} ({_accounts(items)})"
    )
