"""What the ledger's own directives say about receivables: options, customers, policies.

    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-01-01 custom "dunning-customer" "Acme GmbH"
      email: "ap@acme.example"
    2026-01-01 custom "dunning-step" "standard" "first reminder" 3
    2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
    2027-01-01 custom "reference-rate" "bundesbank" 1.77

Directives and metadata become typed, frozen settings. What cannot be
understood has no effect and gives an error at its line that says what to type.
A directive counts from its own date on, and a later one overrides; the exceptions
are the option `as-of`, which says itself which date it is, and `dunning-holiday`, whose
day may be the one on which something would fall due.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount.core.data import Custom
from beancount.core.data import Open
from beancount.parser.options import OPTIONS_DEFAULTS

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.accounts import receivable_accounts
from beancount_dunning.ledger.accounts import receivable_test
from beancount_dunning.ledger.customers import Customer
from beancount_dunning.ledger.customers import customers_files
from beancount_dunning.ledger.customers import payers
from beancount_dunning.ledger.directives import Draft
from beancount_dunning.ledger.directives import Said
from beancount_dunning.ledger.directives import as_of_option
from beancount_dunning.ledger.directives import read_custom
from beancount_dunning.ledger.minimum import MinimumBy
from beancount_dunning.ledger.minimum import Minimums
from beancount_dunning.ledger.names import Spellings
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.options import OPEN_KEYS
from beancount_dunning.ledger.options import OPTIONS
from beancount_dunning.ledger.policies import BUILT_IN as BUILT_IN_LADDERS
from beancount_dunning.ledger.policies import DEFAULT_POLICY
from beancount_dunning.ledger.policies import NO_POLICY
from beancount_dunning.ledger.policies import ladders
from beancount_dunning.ledger.rates import BUILT_IN as BUILT_IN_RATES
from beancount_dunning.ledger.rates import Reference
from beancount_dunning.ledger.rates import built_in
from beancount_dunning.ledger.timeline import Timeline
from beancount_dunning.ledger.values import no_policy
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.ledger.workdays import HOLIDAY
from beancount_dunning.ledger.workdays import Workdays
from beancount_dunning.ledger.workdays import check_holidays

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import timedelta
    from decimal import Decimal

    from beancount.core.amount import Amount
    from beancount.core.data import Directive

    from beancount_dunning.basics.errors import SettingError
    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.ledger.agreements import Interest
    from beancount_dunning.ledger.costs import Costs
    from beancount_dunning.ledger.limitation import Limitation
    from beancount_dunning.ledger.paying import PayLink
    from beancount_dunning.ledger.paying import PayTo
    from beancount_dunning.ledger.policies import PaymentOrder
    from beancount_dunning.ledger.policies import Step
    from beancount_dunning.ledger.terms import Terms


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings in force on a date, with every mistake found on the way.

    `accounts` answers for any account name. `customers` and `customer_policies` go by
    folded name, `spellings` tells how a name is shown, and `payers` who is meant by the
    names, folded, under which payments come. `ladders`, `interest`,
    `catch_ups` and the `…_policies` know earlier days, too, since what was sent then
    followed them. In `customer_policies` are those customers whose files name a policy;
    before the first that one names, the default of the day was theirs.

    The other fields are options by their names, see `OPTIONS`: `minimum` and `bank_fee`
    have an amount by currency, `pay_to` an account, `as_of` is the last there is,
    however it is dated, and `workdays` knows the days off that `holidays` and the
    ledger's own directives name. `entries` tells by option's name which directive says
    it, `minimum_entries` by currency.
    """

    accounts: Mapping[str, Account | None]
    customers: Mapping[str, Customer]
    spellings: Spellings
    payers: Mapping[str, str]
    ladders: Mapping[str, Timeline[tuple[Step, ...]]]
    customer_policies: Mapping[str, Timeline[str]]
    default_policies: Timeline[str]
    catch_ups: Timeline[str]
    interest: Mapping[str, Timeline[Interest]]
    references: Mapping[str, Reference]
    entries: Mapping[str, Directive]
    minimum_entries: Mapping[str, Directive]
    workdays: Workdays
    problems: tuple[SettingError, ...]
    terms: Terms | None
    policy: str
    buckets: tuple[int, ...]
    unreferenced: str
    payment_order: PaymentOrder
    errors: str
    grace: int
    minimum: Minimums
    bank_fee: Mapping[str, Decimal]
    limitation: Limitation | None
    cost_hour: Amount | None
    cost_court: Costs | None
    catch_up: str
    holidays: str | None
    start: date | None
    as_of: date | None
    title: str
    base_url: str | None
    language: str
    sender: str | None
    pay_to: Mapping[str, PayTo]
    pay_link: PayLink | None
    letters: str | None
    paper: str | None
    feed_alarm: timedelta
    feed_class: str
    feed_discounts: bool
    feed_id: str
    feed_overdue: str
    feed_token: str | None

    @property
    def policies(self) -> tuple[str, ...]:
        """The names of the policies that have steps, built in or the ledger's own."""
        return tuple(self.ladders)

    def steps(self, policy: str, on: date | None = None) -> tuple[Step, ...]:
        """Return a policy's steps in order of their days; none for `none`.

        Args:
            policy: Its name.
            on: An earlier day, for the steps as they were then.
        """
        ladder = self.ladders.get(policy)
        return (ladder and ladder.on(on or date.max)) or ()

    def policies_of(self, customer: str) -> Timeline[str]:
        """Return the policies of a customer's file, and before them the defaults."""
        return self.customer_policies.get(folded(customer), self.default_policies)

    def policy_of(self, customer: str, on: date) -> str:
        """Return the policy of a customer's file on a day, or else the default."""
        return self.policies_of(customer).on(on) or DEFAULT_POLICY

    def skips_steps(self, on: date) -> bool:
        """Tell whether the option `catch-up` let steps be skipped on a day."""
        return self.catch_ups.on(on) == "highest"

    def knows_policy(self, policy: str) -> bool:
        """Tell whether a policy is built in, defined in the ledger, or `none`."""
        return policy == NO_POLICY or policy in self.ladders

    @property
    def accounts_pattern(self) -> str | None:
        """The option `accounts` as it is typed, None where there is none."""
        entry = cast("Custom | None", self.entries.get("accounts"))
        return cast("str", entry.values[1].value) if entry else None

    def customer(self, name: str) -> Customer:
        """Return a customer's file, an empty one where the ledger has none."""
        return self.customers.get(folded(name)) or Customer(name)

    def minimum_by_customer(
        self, customer: str, currency: str
    ) -> tuple[Decimal, Directive] | None:
        """Return the minimum for all that a customer owes, and where it stands.

        Args:
            customer: The customer, whose file goes before the option.
            currency: The currency.

        Returns:
            None where the minimum is for each invoice.
        """
        file = self.customer(customer)
        own = file.minimum
        if own is not None and own.currency == currency:
            return cast("Decimal", own.number), file.entries["minimum"]
        entry = self.minimum_entries.get(currency)
        if entry is not None and entry.meta.get("by") == MinimumBy.CUSTOMER:
            return self.minimum[currency], entry
        return None


def read_settings(
    entries: Sequence[Directive], options_map: Mapping[str, Any], as_of: date
) -> Settings:
    """Read the settings in force on a date.

    Args:
        entries: A ledger's directives, sorted by date.
        options_map: Beancount's options of it.
        as_of: The date; directives dated later do not exist yet.

    Returns:
        The settings, with a SettingError for everything that is not understood.
    """
    draft, opens = _read(entries, as_of)
    check_holidays(draft, entries)
    patterns = draft.options.get("accounts")
    is_receivable = receivable_test(
        options_map, patterns[-1].value if patterns else None
    )
    opened = {
        entry.account: (entry, draft.open_metadata(entry, OPEN_KEYS))
        for entry in opens
        if is_receivable(entry.account)
    }
    ladders = _ladders(draft)
    draft.use_policies(ladders, opened.values())
    options = _options(draft, options_map)
    options["accounts"] = receivable_accounts(opened, is_receivable)
    options["as_of"] = as_of_option(entries)
    customers = customers_files(draft, opened, options["accounts"])
    customer_policies, default_policies = _policies(draft)
    references = _references(draft)
    minimums = _by_currency(draft, "minimum")
    return Settings(
        customers=customers,
        spellings=draft.spellings,
        payers=payers(customers),
        ladders=ladders,
        customer_policies=customer_policies,
        default_policies=default_policies,
        catch_ups=_timeline(draft.options.get("catch-up", ())),
        interest=_interest(draft, ladders, references),
        references=references,
        entries={name: said[-1].entry for name, said in draft.options.items()},
        minimum_entries={currency: one.entry for currency, one in minimums.items()},
        workdays=Workdays(options["holidays"], draft.holidays),
        problems=tuple(draft.problems),
        **options,
    )


def _read(entries: Iterable[Directive], as_of: date) -> tuple[Draft, list[Open]]:
    """Return what the custom directives say up to a date, and what is open then."""
    draft = Draft()
    opens: list[Open] = []
    for entry in entries:
        if isinstance(entry, Custom):
            if entry.date <= as_of or entry.type == HOLIDAY:
                read_custom(draft, entry)
        elif isinstance(entry, Open) and entry.date <= as_of:
            opens.append(entry)
    return draft, opens


def _by_currency(draft: Draft, name: str) -> dict[str, Said]:
    """Return what is said of an option that has a value for each currency."""
    return {one.value.currency: one for one in draft.options.get(name, ())}


def _amounts(draft: Draft, name: str) -> dict[str, Decimal]:
    said = _by_currency(draft, name)
    return {currency: one.value.number for currency, one in said.items()}


def _timeline(said: Iterable[Said]) -> Timeline[Any]:
    return Timeline(tuple((one.entry.date, one.value) for one in said))


def _policies(draft: Draft) -> tuple[dict[str, Timeline[str]], Timeline[str]]:
    """Return the policies of customers' files, and those that count for all others."""
    built_in = Timeline.always(DEFAULT_POLICY)
    default = _timeline(draft.options.get("policy", ())).after(built_in)
    own = {
        name: _timeline(file["policy"]).after(default)
        for name, file in draft.files.items()
        if "policy" in file
    }
    return own, default


def _ladders(draft: Draft) -> dict[str, Timeline[tuple[Step, ...]]]:
    """Return the built-in ladders, and those of the ledger, which replace them."""
    built_in = {
        policy: Timeline.always(ladder) for policy, ladder in BUILT_IN_LADDERS.items()
    }
    own = {
        policy: Timeline(tuple(ladders(steps))).after(built_in.get(policy, Timeline()))
        for policy, steps in draft.steps_on.items()
    }
    return {**built_in, **own}


def _references(draft: Draft) -> dict[str, Reference]:
    """Return the ledger's own rates, and the built-in ones that it uses."""
    used = {
        agreed.reference for several in draft.interest.values() for agreed in several
    }
    return {
        name: (
            built_in(name) if name in BUILT_IN_RATES else Reference(name, ())
        ).with_rates(draft.rates.get(name, ()))
        for name in {*filter(None, used), *draft.rates}
        if name in BUILT_IN_RATES or name in draft.rates
    }


def _interest(
    draft: Draft, policies: Iterable[str], references: Iterable[str]
) -> dict[str, Timeline[Interest]]:
    """Return the interest of each policy; report policies and rates nobody defined."""
    known = sorted(policies)
    rates = sorted({*references, *BUILT_IN_RATES})
    found: dict[str, Timeline[Interest]] = {}
    for policy, agreements in draft.interest.items():
        sound = []
        for agreed in agreements:
            if policy not in known:
                draft.problem(agreed.entry, no_policy(policy, known))
            elif agreed.reference is not None and agreed.reference not in rates:
                text = Words('There is no rate "{rate}".', rate=agreed.reference)
                near = suggestion(agreed.reference, rates)
                draft.problem(agreed.entry, Words.joined("", [text, near]))
            else:
                sound.append((agreed.entry.date, agreed))
        if sound:
            found[policy] = Timeline(tuple(sound))
    return found


def _options(draft: Draft, options_map: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of each option by its field, the default where none is said."""
    found = {option.field: option.default for option in OPTIONS.values()}
    title = options_map.get("title")
    if title and title != OPTIONS_DEFAULTS["title"]:
        found["title"] = found["feed_id"] = title
    else:
        # Where a ledger lies may change, what its file is called rarely does.
        path = options_map.get("filename") or ""
        found["feed_id"] = path.replace("\\", "/").rpartition("/")[2]
    for name, said in draft.options.items():
        found[OPTIONS[name].field] = said[-1].value
    found["minimum"] = Minimums(_amounts(draft, "minimum"), options_map)
    if found["limitation"]:
        entry = draft.options["limitation"][-1].entry
        found["limitation"] = found["limitation"].with_restarts(entry)
    found["bank_fee"] = _amounts(draft, "bank-fee")
    accounts = _by_currency(draft, "pay-to")
    found["pay_to"] = {currency: one.value for currency, one in accounts.items()}
    return found
