"""A customer's page: how they pay, what they paid, what was sent to them and said."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from beancount_dunning.answers.correspondence import correspondence
from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.paid import Outcome
from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.names import folded
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.interest import interest_so_far
from beancount_dunning.standing.limits import credit_limits
from fava_dunning import diary
from fava_dunning.charging import charging
from fava_dunning.charts import Bar
from fava_dunning.charts import draw
from fava_dunning.charts import share
from fava_dunning.listing import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from babel.support import NullTranslations

    from beancount_dunning.answers.correspondence import Contact
    from beancount_dunning.answers.customers import Conduct
    from beancount_dunning.answers.customers import CustomerRecord
    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.answers.proposals import ChargeAccounts
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.limits import CreditLimit
    from fava_dunning.charging import Charging
    from fava_dunning.charts import Chart
    from fava_dunning.listing import Table
    from fava_dunning.sentences import Badge
    from fava_dunning.sentences import Sentences

_ROWS = 10
_MONTHS = 12
ON_TIME = "on time"
LATE = "late"


@dataclass(frozen=True, slots=True)
class LastPayment:
    """A payment, and the invoices that it was for."""

    date: dt.date
    amount: Decimal
    currency: str
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaidMonth:
    """What was paid in a month, on time and late, and by how many days at most."""

    first: dt.date
    on_time: Decimal
    late: Decimal
    days: int


@dataclass(frozen=True)
class Manner:
    """How a customer pays in a currency, by month."""

    record: CustomerRecord
    months: tuple[PaidMonth, ...]

    @property
    def chart(self) -> Chart:
        """What was paid in each month, on time or not."""
        return draw(
            Bar(f"{one.first:%Y-%m}", [(ON_TIME, one.on_time), (LATE, one.late)])
            for one in self.months
        )

    @property
    def days_to_pay(self) -> int | None:
        """The median of the days from invoice to payment."""
        return _median(self.record.punctuality.days_to_pay)

    @property
    def days_late(self) -> int | None:
        """The median of the days late, negative where they pay early."""
        return _median(self.record.punctuality.days_late)


def _median(days: Sequence[int]) -> int | None:
    return round(median(days)) if days else None


@dataclass(frozen=True)
class CustomerPage:
    """What the page of a customer shows.

    `charged` are the accounts that charges are posted to, `books` those of the customer
    alone, with all that was ever settled; `parameters` are the page's, `words` is the
    catalogue of its language.
    """

    charged: ChargeAccounts
    books: Books
    name: str
    parameters: Mapping[str, str]
    words: NullTranslations

    @cached_property
    def _records(self) -> Sequence[CustomerRecord]:
        return customers(self.books).records

    @property
    def manners(self) -> list[Manner]:
        """How they pay, by currency: where anything was ever invoiced."""
        return [
            Manner(record, tuple(self._months(record.parts)))
            for record in self._records
            if record.parts
        ]

    @property
    def conduct(self) -> Conduct | None:
        """What they said and did, and their grade; None where nothing is known."""
        return self._records[0].conduct if self._records else None

    @property
    def sales(self) -> list[Item]:
        """What is open, charges aside: what one talks about."""
        return [item for item in self.books.receivables.items if not item.charge]

    @staticmethod
    def badges(report: AgingReport, say: Sentences) -> list[Badge]:
        """Say what is special about what is open, each once."""
        marks = (mark for aged in report.items for mark in say.badges(aged))
        return list(dict.fromkeys(marks))

    @staticmethod
    def has_dispute(report: AgingReport) -> bool:
        """Whether all that is open is in dispute."""
        disputed = [aged.standing.record.has_dispute for aged in report.items]
        return bool(disputed) and all(disputed)

    @cached_property
    def settled(self) -> Table[Invoiced]:
        """What was paid, credited or written off, the latest first."""
        parts = [
            part
            for record in self._records
            for part in record.parts
            if part.outcome is not Outcome.OPEN
        ]
        parts.sort(key=lambda part: (part.ended_on, part.date), reverse=True)
        return lay_out("paid", parts, {}, self.parameters, _ROWS)

    @property
    def last_payment(self) -> LastPayment | None:
        """What was paid last: all of it, also where it was for several invoices."""
        payments = [
            (one.date, one, part)
            for record in self._records
            for part in record.parts
            for one in part.payments
        ]
        if not payments:
            return None
        day, last, of = max(payments, key=lambda paid: paid[0])
        paid = [
            (one.amount, part.invoice)
            for _, one, part in payments
            if one.entry is last.entry and part.currency == of.currency
        ]
        return LastPayment(
            day,
            sum((amount for amount, _ in paid), ZERO),
            of.currency,
            tuple(dict.fromkeys(name for _, name in paid if name)),
        )

    @cached_property
    def contacts(self) -> Table[Contact]:
        """What was sent and said, the latest first."""
        found = correspondence(self.books, self.name)
        return lay_out("talk", found, {}, self.parameters, _ROWS)

    def mark(self, contact: Contact) -> Badge:
        """Say of what kind it was."""
        return diary.mark(contact.kind, self.words, contact.channel)

    @cached_property
    def charging(self) -> Charging | None:
        """What could be charged, and is not booked."""
        return charging(self.charged, self.books, everything)

    @property
    def interest(self) -> dict[str, Decimal]:
        """The interest so far on what is open, by currency."""
        sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for item in self.books.receivables.items:
            sums[item.currency] += interest_so_far(self.books, item) or ZERO
        return {currency: amount for currency, amount in sums.items() if amount}

    @cached_property
    def limit(self) -> CreditLimit | None:
        """Their credit limit, and what is owed under it; None without one."""
        limit = self.books.settings.customer(self.name).credit_limit
        if limit is None:
            return None
        return credit_limits(self.books).get((folded(self.name), limit.currency))

    @property
    def limit_used(self) -> int:
        """How many percent of the limit are used."""
        limit = self.limit
        return round(share(limit.owed, limit.amount)) if limit else 0

    def _months(self, parts: Iterable[Invoiced]) -> Iterable[PaidMonth]:
        """Yield what was paid in each of the last months."""
        as_of = self.books.as_of
        last = as_of.year * _MONTHS + as_of.month - 1
        paid: dict[int, list[tuple[Decimal, int]]] = defaultdict(list)
        for part in parts:
            if day := part.paid_on:
                month = day.year * _MONTHS + day.month - 1
                paid[month].append((part.amount, max(part.days_late or 0, 0)))
        for month in range(max(last - _MONTHS + 1, _MONTHS), last + 1):
            some = paid.get(month, ())
            yield PaidMonth(
                dt.date(month // _MONTHS, month % _MONTHS + 1, 1),
                sum((amount for amount, days in some if not days), ZERO),
                sum((amount for amount, days in some if days), ZERO),
                max((days for _, days in some), default=0),
            )
