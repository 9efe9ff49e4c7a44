"""The doctor: all that stands between a ledger and right answers.

    examination = examine(books)
    for diagnosis in examination.findings:
        print(diagnosis.file, diagnosis.line, diagnosis.message, diagnosis.type)

For those whose ledger was not written for us. An error says what is wrong; a
diagnosis may also ask what is meant. Each rule is a function of the books, in a module
of its subject; what several rules look at is read once, and given to each.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.doctor.accounts import collective_accounts
from beancount_dunning.answers.doctor.accounts import unread_accounts
from beancount_dunning.answers.doctor.customers import files_of_nobody
from beancount_dunning.answers.doctor.customers import missing_addresses
from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.diagnosis import transactions
from beancount_dunning.answers.doctor.invoices import old_items
from beancount_dunning.answers.doctor.invoices import repeated_numbers
from beancount_dunning.answers.doctor.invoices import small_rests
from beancount_dunning.answers.doctor.invoices import undated_items
from beancount_dunning.answers.doctor.mistakes import errors
from beancount_dunning.answers.doctor.mistakes import interrupted
from beancount_dunning.answers.doctor.mistakes import left_out
from beancount_dunning.answers.doctor.mistakes import missing_plugin
from beancount_dunning.answers.doctor.payments import doubtful_credits
from beancount_dunning.answers.doctor.payments import parked_payments
from beancount_dunning.answers.slips import slips
from beancount_dunning.standing.aging import age

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date

    from beancount_dunning.answers.doctor.diagnosis import Diagnosis
    from beancount_dunning.basics.errors import LedgerError
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books

_RULES = (
    missing_plugin,
    errors,
    repeated_numbers,
    parked_payments,
    interrupted,
    undated_items,
    files_of_nobody,
    small_rests,
)
# Rules that look at all transactions, and at where each item stands, too.
_RULES_OF_TRANSACTIONS = (unread_accounts, collective_accounts, doubtful_credits)
_RULES_OF_ITEMS = (missing_addresses, old_items)
# What slips are about, too.
_ALSO_SLIPS = {Kind.LINK, Kind.CUSTOMER}


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found in a ledger on a date, the most important first."""

    as_of: date
    findings: tuple[Diagnosis, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as the JSON report has it."""
        return {
            "as_of": self.as_of.isoformat(),
            "findings": [one.as_dict() for one in self.findings],
        }


def examine(
    books: Books, load_errors: Iterable[Any] = (), report: AgingReport | None = None
) -> Examination:
    """Tell what keeps a ledger's answers from being right.

    Args:
        books: The ledger on a date.
        load_errors: Beancount's errors of it.
        report: The aging report of the rounded books, where there is one.

    Returns:
        The diagnoses, by kind, then by file and line.
    """
    whole = books.rounded().with_settled(None)
    booked, report = transactions(whole), report or age(whole)
    found = sorted(
        chain(
            left_out(whole, load_errors),
            chain.from_iterable(rule(whole) for rule in _RULES),
            *(rule(whole, booked) for rule in _RULES_OF_TRANSACTIONS),
            *(rule(whole, report) for rule in _RULES_OF_ITEMS),
        ),
        key=lambda one: one.order,
    )
    return Examination(books.as_of, tuple(_said_once(found, slips(whole))))


def _said_once(
    found: Sequence[Diagnosis], errors_: Iterable[LedgerError]
) -> Iterator[Diagnosis]:
    """Leave out what an error says, too, and add to the error what to type."""
    said = {
        (error.source["filename"], error.source["lineno"], error.message)
        for error in errors_
    }
    places = {(file, line) for file, line, _ in said}
    doubled = {
        (one.file, one.line): one.type
        for one in found
        if one.kind in _ALSO_SLIPS and (one.file, one.line) in places
    }
    for one in found:
        place = (one.file, one.line)
        if (*place, one.message) in said:
            yield replace(one, type=doubled.get(place))
        elif one.kind not in _ALSO_SLIPS or place not in doubled:
            yield one
