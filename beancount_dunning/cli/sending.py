"""What to know before anything is sent: a customer may have paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.matching import match
from beancount_dunning.answers.reminders import BANK_DAYS
from beancount_dunning.answers.reminders import stale_bank
from beancount_dunning.answers.waiting import may_be_paid
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli.output import say

if TYPE_CHECKING:
    from beancount_dunning.answers.reminders import Reminders
    from beancount_dunning.standing.books import Books

# So many names stand in a warning.
_LISTED = 4


def warn_before_sending(
    books: Books, found: Reminders, bank_age: int = BANK_DAYS
) -> None:
    """Warn of a bank that was not booked, and of payments that wait.

    Args:
        books: The ledger.
        found: What is about to be sent.
        bank_age: How old, in days, the latest entry on a bank account may be.
    """
    bank = stale_bank(books, bank_age)
    if bank:
        say(f"Warning: {bank.in_words()}")
    if books.receivables.unapplied:
        _warn_of_payments(books, found)


def _warn_of_payments(books: Books, found: Reminders) -> None:
    """Say which reminders may be for what is paid, by payments that wait."""
    items = (reminder.item for reminder in found.due)
    paid = may_be_paid(books, match(books).payments, items)
    if paid:
        names = ", ".join(plain(item.label) for item in paid[:_LISTED])
        names += ", …" if len(paid) > _LISTED else ""
        say(
            f"Warning: {names} may be paid already, by payments that settle nothing "
            "yet: see bean-dunning match."
        )
