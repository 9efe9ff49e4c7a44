"""Customers' files: what the ledger says of each customer, whatever the invoice.

    2026-01-01 custom "dunning-customer" "Acme GmbH"
      email: "ap@acme.example"
    2026-01-01 open Assets:Receivable:Globex EUR
      customer: "Globex Inc"
      phone: "+1 202 555 0143"

A file is a directive of its own, metadata on the `open` of the customer's account, or
both; where both say the same key, they have to agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING

from beancount.core.data import Custom

from beancount_dunning.basics.errors import place
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.directives import Said
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.options import FILE_KEYS
from beancount_dunning.ledger.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount.core.amount import Amount
    from beancount.core.data import Directive

    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.ledger.accounts import Opened
    from beancount_dunning.ledger.credit import Credit
    from beancount_dunning.ledger.directives import Draft


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's file; what nobody typed is None.

    `entries` tells by metadata key which directive says it.
    """

    name: str
    email: str | None = None
    contact: str | None = None
    address: str | None = None
    phone: str | None = None
    language: str | None = None
    terms: Terms | None = None
    policy: str | None = None
    credit_limit: Amount | None = None
    payer: str | None = None
    parent: str | None = None
    segment: str | None = None
    type: str | None = None
    minimum: Amount | None = None
    overdue_limit: Amount | None = None
    credit: Credit | None = None
    entries: Mapping[str, Directive] = field(
        default_factory=dict, compare=False, repr=False
    )


def customers_files(
    draft: Draft, opened: Mapping[str, Opened], accounts: Mapping[str, Account | None]
) -> dict[str, Customer]:
    """Return the customers' files by folded name, with what is on their accounts.

    Args:
        draft: Has the files' directives, and gets what contradicts them.
        opened: The receivable accounts, with what their metadata says.
        accounts: The same accounts, for whose they are.
    """
    files = {
        name: {key: several[-1] for key, several in said.items()}
        for name, said in draft.files.items()
    }
    for name, on_open in opened.items():
        account = accounts[name]
        if account and account.customer:
            draft.spellings.add(account.customer, on_open[0].date)
            file = files.setdefault(folded(account.customer), {})
            if on_open[1]:
                _merge(draft, account.customer, file, on_open)
    return {
        name: Customer(
            draft.spellings.shown(name),
            **{key.replace("-", "_"): one.value for key, one in file.items()},
            entries={key: one.entry for key, one in file.items()},
        )
        for name, file in files.items()
    }


def payers(customers: Mapping[str, Customer]) -> dict[str, str]:
    """Return the customer for each folded name that one file alone has as `payer:`."""
    owners: dict[str, set[str]] = {}
    for file in customers.values():
        for name in (file.payer or "").split(";"):
            owners.setdefault(folded(name), set()).add(file.name)
    return {
        name: next(iter(files))
        for name, files in owners.items()
        if name and len(files) == 1 and name not in customers
    }


def _merge(draft: Draft, customer: str, file: dict[str, Said], opened: Opened) -> None:
    """Add what an `open` says to its customer's file; report contradictions."""
    entry, meta = opened
    for key in FILE_KEYS:
        if key not in meta:
            continue
        known = file.get(key)
        if known is None:
            # Terms and policy of an account go for that account alone.
            if key not in {"terms", "policy"}:
                file[key] = Said(meta[key], entry)
        elif isinstance(known.entry, Custom) and not _agree(known.value, meta[key]):
            where = place(entry.meta)
            text = Words(
                '{key} of "{customer}" has another value on the open of {account} '
                "({place}); keep only one.",
                key=key,
                customer=customer,
                account=entry.account,
                place=Words.joined(":", [where["filename"], str(where["lineno"])]),
            )
            draft.problem(draft.file_entries[folded(customer)], text)


def _agree(value: object, other: object) -> bool:
    """Tell whether two values say the same, however they were typed."""
    if isinstance(value, Terms) and isinstance(other, Terms):
        return value.parts == other.parts
    return value == other
