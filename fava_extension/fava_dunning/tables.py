"""The tables of the page, each as far as an address asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fava_dunning.listing import Table
from fava_dunning.listing import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping

    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.aging import Row


@dataclass(frozen=True)
class Tables:
    """The report's tables, narrowed to a bucket or a text as `parameters` say.

    `target` tells in which currency the customers' sums of a currency are.
    """

    report: AgingReport
    parameters: Mapping[str, str]
    target: Callable[[str], str] = str

    @cached_property
    def bucket_chosen(self) -> tuple[str, str]:
        """The bucket, and its currency, that the tables are narrowed to."""
        said = self.parameters
        return said.get("bucket", ""), said.get("currency", "")

    @cached_property
    def find(self) -> str:
        """The text that the tables are narrowed to."""
        return self.parameters.get("find", "").strip()

    @property
    def is_narrowed(self) -> bool:
        """Whether the tables are narrowed to a bucket or a text."""
        return bool(self.find or self.bucket_chosen[0])

    def _is_found(self, *texts: str | None) -> bool:
        sought = self.find.casefold()
        return any(sought in (text or "").casefold() for text in texts)

    @cached_property
    def _items(self) -> list[AgedItem]:
        """The items that the tables are narrowed to."""
        bucket, currency = self.bucket_chosen
        return [
            aged
            for aged in self.report.items
            if (not bucket or aged.bucket == bucket)
            and (not currency or aged.item.currency == currency)
            and self._is_found(
                aged.item.customer, aged.item.label, aged.item.entry.narration
            )
        ]

    @cached_property
    def invoices(self) -> Table[AgedItem]:
        """The open invoices."""
        return lay_out("invoices", self._items, _INVOICE_KEYS, self.parameters)

    @cached_property
    def customers(self) -> Table[Row]:
        """What each customer owes, of those who have something among the items."""
        rows: Iterable[Row] = self.report.customers
        if self.find or any(self.bucket_chosen):
            left = {
                (aged.item.customer, self.target(aged.item.currency))
                for aged in self._items
            }
            # Who has nothing but credit has no item to be found by.
            is_by_name = bool(self.find) and not any(self.bucket_chosen)
            rows = [
                row
                for row in rows
                if (row.customer, row.currency) in left
                or (is_by_name and self._is_found(row.customer))
            ]
        by_bucket = {
            f"bucket{index}": _in_bucket(bucket)
            for index, bucket in enumerate(self.report.buckets)
        }
        keys = {**by_bucket, **_CUSTOMER_KEYS}
        return lay_out("customers", list(rows), keys, self.parameters)

    @cached_property
    def unapplied(self) -> Table[Unapplied]:
        """The unapplied credit."""
        credits_ = [
            credit
            for credit in self.report.unapplied
            if self._is_found(credit.customer, credit.account, credit.words)
        ]
        return lay_out("unapplied", credits_, _CREDIT_KEYS, self.parameters)


def _in_bucket(bucket: str) -> Callable[[Row], object]:
    return lambda row: row.buckets.get(bucket)


_INVOICE_KEYS: dict[str, Callable[[AgedItem], object]] = {
    "customer": lambda aged: aged.item.customer.casefold(),
    "invoice": lambda aged: aged.item.label.casefold(),
    "due": lambda aged: aged.item.due,
    "late": lambda aged: aged.days_overdue,
    "open": lambda aged: aged.item.open,
    "sent": lambda aged: last.date if (last := aged.standing.record.last) else None,
    "next": lambda aged: aged.next.date if aged.next else None,
}
_CUSTOMER_KEYS: dict[str, Callable[[Row], object]] = {
    "customer": lambda row: (row.customer or "").casefold(),
    "unapplied": lambda row: row.unapplied or None,
    "total": lambda row: row.total,
}
_CREDIT_KEYS: dict[str, Callable[[Unapplied], object]] = {
    "customer": lambda credit: credit.customer.casefold(),
    "date": lambda credit: credit.date,
    "account": lambda credit: credit.account,
    "amount": lambda credit: credit.amount,
}
