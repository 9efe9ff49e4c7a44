"""The letters that are due, and what to know before any is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.reminders import BANK_DAYS
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.reminders import stale_bank
from beancount_dunning.answers.sendings import doubts
from beancount_dunning.cli.loading import keep_customers
from beancount_dunning.cli.output import say
from beancount_dunning.cli.payments import warn_of_payments
from beancount_dunning.formats.places import shown_place

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.answers.reminders import Letter
    from beancount_dunning.answers.reminders import Reminders
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books


def warn_before_sending(
    books: Books, found: Reminders, bank_age: int = BANK_DAYS
) -> Sequence[Item]:
    """Warn of a bank that was not booked, of payments that wait, and of lost sendings.

    Args:
        books: The ledger.
        found: What is about to be sent.
        bank_age: How old, in days, the latest entry on a bank account may be.

    Returns:
        The items of it that may be paid already.
    """
    bank = stale_bank(books, bank_age)
    if bank:
        say(f"Warning: {bank.in_words()}")
    for doubt in doubts(books):
        say(f"Warning: {doubt.text} ({shown_place(doubt.filename, doubt.lineno)})")
    return warn_of_payments(books, [reminder.item for reminder in found.due])


def due_letters(
    books: Books,
    customer: re.Pattern[str] | None,
    invoice: str | None,
    step: str | None,
) -> tuple[list[tuple[Letter, Contents]], Sequence[Item]]:
    """Return the letters that are due, each with what it says, after the warnings.

    Args:
        books: The ledger.
        customer: What the customers' names have to match; None for all.
        invoice: The only invoice to write about; None for all.
        step: The only step; None for all.

    Returns:
        The letters, and the items in them that may be paid already.
    """
    is_kept = keep_customers(customer)

    def keep(item: Item | Unapplied) -> bool:
        number = getattr(item, "invoice", None)
        return is_kept(item) and invoice in {None, number}

    found = reminders(books, keep)
    paid = warn_before_sending(books, found)
    due = [one for one in found.due if step in {None, one.step.name}]
    reviews = sum(one.step.is_review for one in due)
    if reviews:
        what = "1 step is a review" if reviews == 1 else f"{reviews} steps are reviews"
        say(f"Note: {what} of yours and no letter: decide what to do.")
    some = letters(due)
    pairs = zip(some, contents(books, some), strict=True)
    return [(letter, said) for letter, said in pairs if said], paid
