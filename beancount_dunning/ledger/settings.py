"""What the ledger's own directives say about receivables: options, customers, policies.

    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-01-01 custom "dunning-customer" "Acme GmbH"
      email: "ap@acme.example"
    2026-01-01 custom "dunning-step" "standard" "first reminder" 3
    2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
    2027-01-01 custom "reference-rate" "bundesbank" 1.77

Directives and metadata become typed, frozen settings. Whatever cannot be
understood has no effect and gives an error at its line that says what to type.
A directive counts from its own date on, and a later one overrides; the exception
is the option `as-of`, which says itself which date it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.policies import BUILT_IN
from beancount_dunning.ledger.policies import DEFAULT_POLICY
from beancount_dunning.ledger.policies import NO_POLICY
from beancount_dunning.ledger.policies import Interest
from beancount_dunning.ledger.policies import Step
from beancount_dunning.ledger.policies import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from decimal import Decimal

    from beancount.core.amount import Amount
    from beancount.core.data import Directive

    from beancount_dunning.basics.errors import SettingError
    from beancount_dunning.ledger.rates import Reference
    from beancount_dunning.ledger.terms import Terms


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's file; what nobody typed is None."""

    name: str
    email: str | None = None
    contact: str | None = None
    address: str | None = None
    phone: str | None = None
    language: str | None = None
    terms: Terms | None = None
    policy: str | None = None
    credit_limit: Amount | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A receivable account, and what its `open` says for all that is posted there."""

    name: str
    customer: str | None = None
    terms: Terms | None = None
    policy: str | None = None


class _Accounts(dict[str, "Account | None"]):
    """Account by name, None where it is no receivable; looked up once each."""

    def __init__(self, find: Callable[[str], Account | None]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, name: str) -> Account | None:
        account = self[name] = self._find(name)
        return account


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings in force on a date, with every mistake found on the way.

    `accounts` answers for any account name; `minimum` holds an amount for each
    currency that has one; `as_of` is what the option says, if the ledger has it;
    `feed_alarm` is the time from an alarm to the beginning of its day, 0 for none.
    `ladders`, `interest` and the `…_policies` know earlier days, too, since what was
    sent then followed them. `origins` tells which directive says what: its keys are
    `("option", KEY)`, with a currency for `minimum`, `("customer", NAME, KEY)`,
    `("account", NAME)` and `("step", POLICY, STEP)`.
    """

    accounts: Mapping[str, Account | None]
    customers: Mapping[str, Customer]
    policies: Mapping[str, tuple[Step, ...]]
    ladders: Mapping[str, Timeline[tuple[Step, ...]]]
    customer_policies: Mapping[str, Timeline[str]]
    default_policies: Timeline[str]
    catch_ups: Timeline[str]
    interest: Mapping[str, Timeline[Interest]]
    references: Mapping[str, Reference]
    origins: Mapping[tuple[str, ...], Directive]
    terms: Terms | None = None
    policy: str = DEFAULT_POLICY
    buckets: tuple[int, ...] = (30, 60, 90)
    unreferenced: str = "oldest"
    errors: str = "invoice"
    grace: int = 0
    minimum: Mapping[str, Decimal] = field(default_factory=dict)
    catch_up: str = "next"
    as_of: date | None = None
    title: str = ""
    base_url: str | None = None
    language: str = "en"
    sender: str | None = None
    feed_alarm: timedelta = timedelta(hours=15)
    feed_discounts: bool = False
    feed_token: str | None = None
    problems: tuple[SettingError, ...] = ()

    def steps(self, policy: str, on: date | None = None) -> tuple[Step, ...]:
        """Return a policy's steps in order of their days; none for `none`.

        Args:
            policy: Its name.
            on: An earlier day, for the steps as they were then.
        """
        if on is not None and policy in self.ladders:
            return self.ladders[policy].on(on) or BUILT_IN.get(policy, ())
        return self.policies.get(policy, ())

    def policy_of(self, customer: str, on: date) -> str:
        """Return the policy of a customer's file on a day, or else the default."""
        own = self.customer_policies.get(customer)
        return (own and own.on(on)) or self.default_policies.on(on) or DEFAULT_POLICY

    def policy_changes(self, customer: str, first: date, last: date) -> set[date]:
        """Return the days of a span on which a customer's policy may change."""
        own = self.customer_policies.get(customer, Timeline())
        changes = (*own.changes, *self.default_policies.changes)
        return {since for since, _ in changes if first <= since <= last}

    def skips_steps(self, on: date) -> bool:
        """Tell whether the option `catch-up` let steps be skipped on a day."""
        return self.catch_ups.on(on) == "highest"

    def knows_policy(self, policy: str) -> bool:
        """Tell whether a policy is built in, defined in the ledger, or `none`."""
        return policy == NO_POLICY or policy in self.policies

    def customer(self, name: str) -> Customer:
        """Return a customer's file, an empty one where the ledger has none."""
        return self.customers.get(name) or Customer(name)

    def is_reminded(self, open_amount: Decimal, currency: str) -> bool:
        """Tell whether as little as this is worth a reminder or a ledger error."""
        return open_amount >= self.minimum.get(currency, ZERO)
