"""The ledger's own directives, read into settings."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount.core.account import TYPE as ACCOUNT
from beancount.core.data import Custom
from beancount.core.data import Open
from beancount.parser.options import OPTIONS_DEFAULTS

from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.policies import BUILT_IN
from beancount_dunning.ledger.policies import NO_POLICY
from beancount_dunning.ledger.policies import Interest
from beancount_dunning.ledger.policies import Step
from beancount_dunning.ledger.policies import Timeline
from beancount_dunning.ledger.policies import with_intervals
from beancount_dunning.ledger.rates import BUILT_IN as BUILT_IN_RATES
from beancount_dunning.ledger.rates import Rate
from beancount_dunning.ledger.rates import Reference
from beancount_dunning.ledger.rates import built_in
from beancount_dunning.ledger.settings import Account
from beancount_dunning.ledger.settings import Customer
from beancount_dunning.ledger.settings import Settings
from beancount_dunning.ledger.settings import _Accounts
from beancount_dunning.ledger.terms import Terms
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.values import _alarm
from beancount_dunning.ledger.values import _amount
from beancount_dunning.ledger.values import _buckets
from beancount_dunning.ledger.values import _date
from beancount_dunning.ledger.values import _one_of
from beancount_dunning.ledger.values import _regular_expression
from beancount_dunning.ledger.values import _terms
from beancount_dunning.ledger.values import _text
from beancount_dunning.ledger.values import _token
from beancount_dunning.ledger.values import _truth
from beancount_dunning.ledger.values import _url
from beancount_dunning.ledger.values import _whole
from beancount_dunning.ledger.values import _whole_positive
from beancount_dunning.ledger.values import _WrongValueError
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.ledger.values import typed

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive


OPTION = "dunning-option"


CUSTOMER = "dunning-customer"


STEP = "dunning-step"


INTEREST = "dunning-interest"


REFERENCE_RATE = "reference-rate"


DIRECTIVES = (OPTION, CUSTOMER, STEP, INTEREST, REFERENCE_RATE)


_OPTIONS: dict[str, Callable[[object], Any]] = {
    "accounts": _regular_expression,
    "terms": _terms,
    "policy": _text,
    "buckets": _buckets,
    "unreferenced": _one_of("oldest", "unapplied"),
    "errors": _one_of("invoice", "customer", "off"),
    "grace": _whole_positive,
    "minimum": _amount,
    "catch-up": _one_of("next", "highest"),
    "as-of": _date,
    "title": _text,
    "base-url": _url,
    "language": _text,
    "sender": _text,
    "feed-alarm": _alarm,
    "feed-discounts": _truth,
    "feed-token": _token,
}


_FILE: dict[str, Callable[[object], Any]] = {
    "email": _text,
    "contact": _text,
    "address": _text,
    "phone": _text,
    "language": _text,
    "terms": _terms,
    "policy": _text,
    "credit-limit": _amount,
    "type": _one_of("business", "consumer"),
}


_OPEN = {"customer": _text, **_FILE}


_STEP: dict[str, Callable[[object], Any]] = {
    "min-interval": _whole_positive,
    "fee": _amount,
    "channel": _one_of("email", "letter", "phone"),
    "template": _text,
}


_INTEREST: dict[str, Callable[[object], Any]] = {
    "fixed-at": _one_of("start"),
    "compensation": _amount,
}


def _user_keys(meta: Mapping[str, Any]) -> list[str]:
    return [
        key
        for key in meta
        if key not in {"filename", "lineno"} and not key.startswith("_")
    ]


class _Unquoted(NamedTuple):
    """An account, where text in quotes may have been meant."""

    name: str

    def __str__(self) -> str:
        return self.name


class _Reader:
    """Reads one ledger's directives; collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[SettingError] = []
        self.options: dict[str, Any] = {}
        self.option_history: dict[str, list[tuple[date, str]]] = defaultdict(list)
        self.minimum: dict[str, Decimal] = {}
        self.files: dict[str, dict[str, Any]] = defaultdict(dict)
        self.file_entries: dict[str, Custom] = {}
        self.steps: dict[str, dict[str, tuple[Custom, Step]]] = defaultdict(dict)
        self.ladders: dict[str, dict[date, tuple[Step, ...]]] = defaultdict(dict)
        self.interest: dict[str, list[tuple[date, Interest]]] = defaultdict(list)
        self.rates: dict[str, list[Rate]] = defaultdict(list)
        self.origins: dict[tuple[str, ...], Directive] = {}
        # Which policies and rates there are is not known before all is read.
        self.policy_uses: list[tuple[Directive, str, dict[str, Any]]] = []
        self.customer_policies: dict[str, list[tuple[date, str]]] = defaultdict(list)

    def problem(self, entry: Directive, message: str) -> None:
        if isinstance(entry, Custom) and entry.values is None:
            # Beancount cannot print a directive without values.
            entry = entry._replace(values=[])
        self.problems.append(SettingError(place(entry.meta), message, entry))

    def read(
        self,
        entry: Directive,
        name: str,
        value: object,
        reader: Callable[[object], Any],
    ) -> Any:  # noqa: ANN401 - as the reader makes it
        """Read one value; None, and an error at the entry, when it is wrong."""
        try:
            return reader(value)
        except _WrongValueError as wrong:
            self.problem(entry, f"{name}: expected {wrong}; got {typed(value)}.")
        except TermsError as error:
            self.problem(entry, f"{name}: {error}.")
        return None

    def metadata(
        self, entry: Directive, readers: Mapping[str, Callable[[object], Any]]
    ) -> dict[str, Any]:
        """Read those metadata keys of an entry that have a reader."""
        found = {
            key: self.read(entry, key, entry.meta[key], reader)
            for key, reader in readers.items()
            if key in entry.meta
        }
        return {key: value for key, value in found.items() if value is not None}

    def own_metadata(
        self, entry: Custom, readers: Mapping[str, Callable[[object], Any]]
    ) -> dict[str, Any]:
        """Read the metadata of a directive of ours, where no other key has a place."""
        for key in _user_keys(entry.meta):
            if key not in readers:
                self.problem(
                    entry,
                    f'"{key}" is not a key of a {entry.type} directive.'
                    + suggestion(key, readers),
                )
        return self.metadata(entry, readers)

    def custom(self, entry: Custom) -> None:
        if entry.type not in DIRECTIVES:
            if is_meant_for_us(entry):
                self.problem(
                    entry,
                    f'"{entry.type}" is not a directive of beancount-dunning.'
                    + suggestion(entry.type, DIRECTIVES),
                )
            return
        values = [
            _Unquoted(value.value) if value.dtype == ACCOUNT else value.value
            for value in entry.values or ()
        ]
        if entry.type == OPTION:
            self.option(entry, values)
        elif entry.type == CUSTOMER:
            self.customer(entry, values)
        elif entry.type == STEP:
            self.step(entry, values)
        elif entry.type == INTEREST:
            self.agreed_interest(entry, values)
        else:
            self.reference_rate(entry, values)

    def option(self, entry: Custom, values: Sequence[object]) -> None:
        match values:
            case [str(key), value]:
                pass
            case _:
                self.problem(
                    entry,
                    "An option has a name in quotes and one value: custom "
                    '"dunning-option" "terms" "net 30".',
                )
                return
        reader = _OPTIONS.get(key)
        if reader is None:
            self.problem(
                entry,
                f'There is no option "{key}".' + suggestion(key, _OPTIONS),
            )
            return
        read = self.read(entry, f'option "{key}"', value, reader)
        if read is None:
            return
        if key == "minimum":
            self.origins["option", key, read.currency] = entry
            self.minimum[read.currency] = read.number
            return
        if key == "policy":
            self.policy_uses.append((entry, read, self.options))
            return
        self.origins["option", key] = entry
        if key == "catch-up":
            self.option_history[key].append((entry.date, read))
        self.options[key] = read

    def customer(self, entry: Custom, values: Sequence[object]) -> None:
        match values:
            case [str(name)] if name.strip():
                name = name.strip()
                file = self.own_metadata(entry, _FILE)
                if "policy" in file:
                    policy = file.pop("policy")
                    self.policy_uses.append((entry, policy, self.files[name]))
                self.origins.update({("customer", name, key): entry for key in file})
                self.files[name].update(file)
                self.file_entries[name] = entry
            case _:
                self.problem(
                    entry,
                    "A customer's file names the customer: custom "
                    '"dunning-customer" "Acme GmbH", and metadata below it.',
                )

    def step(self, entry: Custom, values: Sequence[object]) -> None:
        match values:
            case [str(policy), str(name), Decimal() as number] if (
                policy.strip() and name.strip()
            ):
                policy, name = policy.strip(), name.strip()
            case _:
                self.problem(
                    entry,
                    "A step has a policy, a name and its days after the due date: "
                    'custom "dunning-step" "standard" "first reminder" 3.',
                )
                return
        if policy == NO_POLICY:
            self.problem(
                entry, 'The policy "none" never reminds, so it cannot have steps.'
            )
            return
        days = self.read(entry, f'step "{name}"', number, _whole)
        if days is None:
            return
        known = self.steps[policy].get(name)
        if known and known[0].date == entry.date:
            self.problem(
                entry,
                f'The policy "{policy}" already has a step "{name}", at '
                f"{place(known[0].meta)['filename']}:{place(known[0].meta)['lineno']}.",
            )
            return
        meta = self.own_metadata(entry, _STEP)
        step = Step(
            name,
            days,
            meta.get("min-interval"),
            meta.get("fee"),
            meta.get("channel"),
            meta.get("template"),
        )
        self.steps[policy][name] = (entry, step)
        self.origins["step", policy, name] = entry
        steps = self.steps[policy].values()
        self.ladders[policy][entry.date] = with_intervals(step for _, step in steps)

    def agreed_interest(self, entry: Custom, values: Sequence[object]) -> None:
        match values:
            case [str(policy), Decimal() as percent] if policy.strip():
                reference = None
            case [str(policy), Decimal() as percent, str(reference)] if policy.strip():
                reference = reference.strip()
            case _:
                self.problem(
                    entry,
                    "Interest has a policy and percent a year, or points over a "
                    'reference rate: custom "dunning-interest" "standard" 9, or '
                    'custom "dunning-interest" "standard" 9 "bundesbank".',
                )
                return
        if reference is None and percent < 0:
            self.problem(entry, f"Interest of {exact(percent)} % is negative.")
            return
        meta = self.own_metadata(entry, _INTEREST)
        policy = policy.strip()
        agreed = Interest(
            percent, reference, "fixed-at" in meta, meta.get("compensation"), entry
        )
        self.interest[policy].append((entry.date, agreed))

    def reference_rate(self, entry: Custom, values: Sequence[object]) -> None:
        match values:
            case [str(name), Decimal() as percent] if name.strip():
                self.own_metadata(entry, {})
                name = name.strip()
                self.rates[name].append(Rate(entry.date, percent, entry))
            case _:
                self.problem(
                    entry,
                    "A reference rate has a name and a percentage: custom "
                    '"reference-rate" "bundesbank" 1.52.',
                )

    def references(self) -> dict[str, Reference]:
        """Return the ledger's own rates, and the built-in ones that it uses."""
        used = {
            agreed.reference
            for agreements in self.interest.values()
            for _, agreed in agreements
            if agreed.reference is not None
        }
        return {
            name: (
                built_in(name) if name in BUILT_IN_RATES else Reference(name, ())
            ).with_rates(self.rates.get(name, ()))
            for name in used | set(self.rates)
            if name in BUILT_IN_RATES or name in self.rates
        }

    def use_interest(
        self, policies: Iterable[str], references: Iterable[str]
    ) -> dict[str, Timeline[Interest]]:
        """Return the interest of each policy; report what it cannot be taken from."""
        found = {}
        known = sorted(policies)
        rates = sorted({*references, *BUILT_IN_RATES})
        for policy, agreements in self.interest.items():
            sound = []
            for since, agreed in agreements:
                if policy not in known:
                    self.problem(
                        agreed.entry,
                        f'There is no policy "{policy}".' + suggestion(policy, known),
                    )
                elif agreed.reference is not None and agreed.reference not in rates:
                    self.problem(
                        agreed.entry,
                        f'There is no rate "{agreed.reference}".'
                        + suggestion(agreed.reference, rates),
                    )
                else:
                    sound.append((since, agreed))
            if sound:
                found[policy] = Timeline(tuple(sound))
        return found

    def policies(self) -> dict[str, tuple[Step, ...]]:
        """Return the built-in policies and the ledger's own, which replace them."""
        own = {
            policy: with_intervals(step for _, step in steps.values())
            for policy, steps in self.steps.items()
        }
        return {**BUILT_IN, **own}

    def use_policies(self, policies: Mapping[str, object]) -> None:
        """Put each policy where it is used; report names that nobody defined."""
        known = sorted([*policies, NO_POLICY])
        of_file = {id(file): name for name, file in self.files.items()}
        for entry, name, holder in self.policy_uses:
            if name in known:
                holder["policy"] = name
                if holder is self.options:
                    self.origins["option", "policy"] = entry
                    self.option_history["policy"].append((entry.date, name))
                elif id(holder) in of_file:
                    customer = of_file[id(holder)]
                    self.origins["customer", customer, "policy"] = entry
                    self.customer_policies[customer].append((entry.date, name))
            else:
                self.problem(
                    entry,
                    f'There is no policy "{name}".' + suggestion(name, known),
                )


def is_meant_for_us(entry: Custom) -> bool:
    """Tell whether a custom directive is one of ours, or one of ours misspelt."""
    return (
        entry.type in DIRECTIVES
        or entry.type.startswith("dunning")
        or bool(get_close_matches(entry.type, DIRECTIVES, 1, 0.85))
    )


def as_of_option(entries: Sequence[Directive]) -> date | None:
    """Return the date that the option `as-of` sets in place of today.

    Args:
        entries: A ledger's directives.

    Returns:
        The date, from the last such option in the ledger, whenever that is dated:
        it cannot depend on the date it sets. None where there is no valid one.
    """
    found = None
    for value in _given(entries, "as-of"):
        if isinstance(value, date):
            found = value
    return found


def feed_token(entries: Sequence[Directive]) -> str | None:
    """Return the secret that the option `feed-token` asks of readers of the calendar.

    Args:
        entries: A ledger's directives.

    Returns:
        The token, from the last such option, whenever that is dated: an older calendar
        is as secret. Empty, and so nobody's, where it is no valid one; None where there
        is no such option.
    """
    token = None
    for value in _given(entries, "feed-token"):
        try:
            token = _token(value)
        except _WrongValueError:
            token = ""
    return token


def _given(entries: Iterable[Directive], option: str) -> Iterator[object]:
    """Yield the values that a ledger gives an option, whenever they are dated."""
    for entry in entries:
        if isinstance(entry, Custom) and entry.type == OPTION and entry.values:
            match [value.value for value in entry.values]:
                case [str(name), value] if name == option:
                    yield value


def _matcher(
    options_map: Mapping[str, Any], pattern: re.Pattern[str] | None
) -> Callable[[str], bool]:
    """Return the test whether an account is a receivable one."""
    if pattern:
        return lambda name: pattern.search(name) is not None
    assets = options_map.get("name_assets", "Assets")
    roots = tuple(
        f"{assets}:{name}"
        for name in ("Receivable", "Receivables", "AccountsReceivable")
    )
    below = tuple(f"{root}:" for root in roots)
    return lambda name: name in roots or name.startswith(below)


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
    reader = _Reader()
    opens: list[Open] = []
    for entry in entries:
        if isinstance(entry, Custom):
            if entry.date <= as_of:
                reader.custom(entry)
        elif isinstance(entry, Open) and entry.date <= as_of:
            opens.append(entry)

    is_receivable = _matcher(options_map, reader.options.pop("accounts", None))
    opened = {
        entry.account: (entry, reader.metadata(entry, _OPEN))
        for entry in opens
        if is_receivable(entry.account)
    }
    reader.policy_uses += [
        (entry, meta.pop("policy"), meta)
        for entry, meta in opened.values()
        if "policy" in meta
    ]
    reader.origins.update({("account", name): one for name, (one, _) in opened.items()})
    policies = reader.policies()
    reader.use_policies(policies)
    references = reader.references()

    def account(name: str) -> Account | None:
        if not is_receivable(name):
            return None
        _, meta = opened.get(name, (None, {}))
        parent, _, last = name.rpartition(":")
        # A pattern like "^Assets:Debtors:" names the accounts below one.
        is_below = is_receivable(parent) or is_receivable(f"{parent}:")
        return Account(
            name,
            meta.get("customer") or (last if is_below else None),
            meta.get("terms"),
            meta.get("policy"),
        )

    accounts = _Accounts(account)
    files = {name: dict(file) for name, file in reader.files.items()}
    for entry, meta in opened.values():
        known = accounts[entry.account]
        if known and known.customer:
            _merge(reader, files, known.customer, entry, meta)
    options = {key.replace("-", "_"): value for key, value in reader.options.items()}
    options["as_of"] = as_of_option(entries)
    title = options_map.get("title")
    if title and title != OPTIONS_DEFAULTS["title"]:
        options.setdefault("title", title)
    return Settings(
        accounts=accounts,
        customers={name: _customer(name, file) for name, file in files.items()},
        policies=policies,
        ladders={
            policy: Timeline(tuple(ladders.items()))
            for policy, ladders in reader.ladders.items()
        },
        customer_policies={
            name: Timeline(tuple(uses))
            for name, uses in reader.customer_policies.items()
        },
        default_policies=Timeline(tuple(reader.option_history["policy"])),
        catch_ups=Timeline(tuple(reader.option_history["catch-up"])),
        interest=reader.use_interest(policies, references),
        references=references,
        origins=reader.origins,
        minimum=reader.minimum,
        problems=tuple(reader.problems),
        **options,
    )


def _merge(
    reader: _Reader,
    files: dict[str, dict[str, Any]],
    customer: str,
    entry: Open,
    meta: Mapping[str, Any],
) -> None:
    """Add what an account's open says to its customer's file; report contradictions."""
    file = files.setdefault(customer, {})
    directive = reader.files.get(customer, {})
    for key in _FILE:
        if key not in meta:
            continue
        if key in directive and _meaning(directive[key]) != _meaning(meta[key]):
            where = place(entry.meta)
            reader.problem(
                reader.file_entries[customer],
                f'{key} of "{customer}" has another value on the open of '
                f"{entry.account} ({where['filename']}:{where['lineno']}); "
                "keep only one.",
            )
        elif key not in {"terms", "policy"}:
            # Terms and policy of an account go for that account alone.
            file.setdefault(key, meta[key])
            reader.origins.setdefault(("customer", customer, key), entry)


def _meaning(value: object) -> object:
    """Return what a value says, however it was typed."""
    return value.parts if isinstance(value, Terms) else value


def _customer(name: str, file: Mapping[str, Any]) -> Customer:
    values = {key.replace("-", "_"): value for key, value in file.items()}
    return Customer(name, **values)
