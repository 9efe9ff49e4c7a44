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

import re
import warnings
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING
from typing import Any
from typing import Generic
from typing import NamedTuple
from typing import TypeVar

from beancount.core.account import TYPE as ACCOUNT
from beancount.core.amount import Amount
from beancount.core.data import Custom
from beancount.core.data import Open
from beancount.parser.options import OPTIONS_DEFAULTS

from beancount_dunning.errors import SettingError
from beancount_dunning.errors import place
from beancount_dunning.money import ZERO
from beancount_dunning.money import exact
from beancount_dunning.rates import BUILT_IN as BUILT_IN_RATES
from beancount_dunning.rates import Rate
from beancount_dunning.rates import Reference
from beancount_dunning.rates import built_in
from beancount_dunning.terms import Terms
from beancount_dunning.terms import TermsError
from beancount_dunning.terms import parse_terms

if TYPE_CHECKING:
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
NO_POLICY = "none"
DEFAULT_POLICY = "standard"

_Value = TypeVar("_Value")
# With what an event adds, an address is to have less than the 256 characters after
# which Google stops reading.
_LONGEST_URL = 190
# More words than this are not listed.
_LISTED = 24


@dataclass(frozen=True, slots=True)
class Timeline(Generic[_Value]):
    """What was in force when: values, each from a date on, oldest first."""

    changes: tuple[tuple[date, _Value], ...] = ()

    def on(self, day: date) -> _Value | None:
        """Return the value in force on a day; None before the first."""
        index = bisect_right(self.changes, day, key=lambda change: change[0])
        return self.changes[index - 1][1] if index else None


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of a policy's ladder.

    `days` count from the due date and are negative before it. `min_interval` are
    the days that must lie between the sending of the step before and this one; None
    only until the policy is complete, see `with_intervals`.
    """

    name: str
    days: int
    min_interval: int | None = None
    fee: Amount | None = None
    channel: str | None = None
    template: str | None = None

    @property
    def title(self) -> str:
        """Its name as a sentence begins, unless a capital is more than one letter."""
        first = self.name[:1].upper()
        return first + self.name[1:] if len(first) == 1 else self.name


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest on what is late under a policy.

    `percent` a year, or so many points over the rate that `reference` names. Where
    `is_fixed`, that rate stays as it was on the day interest began. `compensation` is
    claimed once an invoice.
    """

    percent: Decimal
    reference: str | None
    is_fixed: bool
    compensation: Amount | None
    entry: Custom


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


def with_intervals(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Sort steps by their days, and give each the interval between its days.

    A step without a `min_interval` of its own takes the days between the step before
    and itself, so that a ladder begun late keeps its pace.
    """
    ordered = sorted(steps, key=lambda step: step.days)
    before = [step.days for step in ordered[:1]] + [step.days for step in ordered]
    return tuple(
        replace(step, min_interval=step.days - days)
        if step.min_interval is None
        else step
        for step, days in zip(ordered, before, strict=False)
    )


def _ladder(*steps: tuple[str, int]) -> tuple[Step, ...]:
    return with_intervals(Step(name, days) for name, days in steps)


BUILT_IN: dict[str, tuple[Step, ...]] = {
    "friendly": _ladder(
        ("upcoming", -7),
        ("due today", 0),
        ("first reminder", 7),
        ("second reminder", 14),
    ),
    "standard": _ladder(
        ("upcoming", -2),
        ("first reminder", 1),
        ("second reminder", 7),
        ("final notice", 15),
        ("stop-loss review", 30),
    ),
    "strict": _ladder(
        ("first reminder", 1), ("second reminder", 3), ("final notice", 7)
    ),
}


class _WrongValueError(ValueError):
    """A value that is not what it should be; the message says what is expected."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return what to type instead: the known word that is close, or else all there are.

    Args:
        word: What was typed.
        known: What could have been.

    Returns:
        A sentence to end a message with, empty where nothing is near, and nothing or
        too much is known.
    """
    words = list(known)
    close = get_close_matches(word, words, 1)
    if close:
        return f' Did you mean "{close[0]}"?'
    is_short = 0 < len(words) <= _LISTED
    return f" Known are {', '.join(words)}." if is_short else ""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        message = 'text in quotes, like "…"'
        raise _WrongValueError(message)
    return value.strip()


def _whole(value: object) -> int:
    if (
        not isinstance(value, Decimal)
        or value != value.to_integral_value()
        or abs(value) > 100_000  # noqa: PLR2004 - some 270 years
    ):
        message = "a whole number of days, like 7"
        raise _WrongValueError(message)
    return int(value)


def _whole_positive(value: object) -> int:
    number = _whole(value)
    if number < 0:
        message = "a number of days that is not negative, like 7"
        raise _WrongValueError(message)
    return number


def _amount(value: object) -> Amount:
    if (
        not isinstance(value, Amount)
        or not isinstance(value.number, Decimal)
        or value.number < 0
    ):
        message = "an amount, like 5.00 EUR"
        raise _WrongValueError(message)
    return value


def _terms(value: object) -> Terms:
    if not isinstance(value, str):
        message = 'terms of payment in quotes, like "net 30"'
        raise _WrongValueError(message)
    return parse_terms(value)


def _one_of(*words: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            message = " or ".join(f'"{word}"' for word in words)
            raise _WrongValueError(message)
        return value

    return read


def compile_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Compile what a user typed.

    Args:
        text: A regular expression.
        flags: As for `re.compile`.

    Returns:
        The pattern.

    Raises:
        ValueError: It is none, or one that Python cannot compile.
    """
    try:
        with warnings.catch_warnings():
            # What a later Python may read otherwise is no matter of the user's.
            warnings.simplefilter("ignore")
            return re.compile(text, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _regular_expression(value: object) -> re.Pattern[str]:
    text = _text(value)
    try:
        return compile_pattern(text)
    except ValueError as error:
        message = f"a regular expression on account names ({error})"
        raise _WrongValueError(message) from error


def _buckets(value: object) -> tuple[int, ...]:
    words = value.split() if isinstance(value, str) else []
    are_days = all(re.fullmatch(r"\d{1,5}", word, re.ASCII) for word in words)
    edges = tuple(map(int, words)) if are_days else ()
    if not edges or list(edges) != sorted({edge for edge in edges if edge > 0}):
        message = 'rising numbers of days, like "30 60 90"'
        raise _WrongValueError(message)
    return edges


def _date(value: object) -> date:
    if not isinstance(value, date):
        message = "a date without quotes, like 2026-11-20"
        raise _WrongValueError(message)
    return value


def _url(value: object) -> str:
    text = _text(value)
    if len(text) > _LONGEST_URL or not re.fullmatch(
        r"https?://[A-Za-z0-9.:\[\]-]+(/[!$-;=@-Z_a-z~]*)?", text, re.ASCII
    ):
        message = 'an address, like "http://localhost:5000/my-ledger"'
        raise _WrongValueError(message)
    return text.rstrip("/")


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        message = "TRUE or FALSE"
        raise _WrongValueError(message)
    return value


def _token(value: object) -> str:
    # It is a part of an address, and those should not be long.
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", value):
        message = "16 to 64 letters and digits, - and _, in quotes"
        raise _WrongValueError(message)
    return value


def _alarm(value: object) -> timedelta:
    """Read when an alarm rings, as the time before the day begins."""
    text = value if isinstance(value, str) else ""
    if text == "none":
        return timedelta()
    found = re.fullmatch(r"(\d{1,3}) days? before at (\d{1,2}):(\d\d)", text, re.ASCII)
    days, hours, minutes = map(int, found.groups()) if found else (0, 0, 0)
    if days < 1 or hours >= 24 or minutes >= 60:  # noqa: PLR2004 - of a clock
        message = '"none", or like "1 day before at 9:00"'
        raise _WrongValueError(message)
    return timedelta(days=days) - timedelta(hours=hours, minutes=minutes)


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


def typed(value: object) -> str:
    """Show a value of a custom directive or of metadata as one would type it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f'"{value}"'
    return exact(value) if isinstance(value, Decimal) else str(value)


def as_date(value: object) -> date | None:
    """Return the date that metadata holds, also where it stands in quotes.

    Of the forms of ISO 8601 it is the one that Beancount's own dates have.
    """
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None


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
                    f'"{key}" means nothing on a {entry.type} directive.'
                    + suggestion(key, readers),
                )
        return self.metadata(entry, readers)

    def custom(self, entry: Custom) -> None:
        if entry.type not in DIRECTIVES:
            if is_meant_for_us(entry):
                self.problem(
                    entry,
                    f'"{entry.type}" is no directive of ours.'
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
            self.problem(entry, 'The policy "none" never reminds; it has no steps.')
            return
        days = self.read(entry, f'step "{name}"', number, _whole)
        if days is None:
            return
        known = self.steps[policy].get(name)
        if known and known[0].date == entry.date:
            self.problem(
                entry,
                f'The policy "{policy}" has a step "{name}" already, at '
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
            self.problem(entry, f"Interest of {exact(percent)} % is less than none.")
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
                f'{key} of "{customer}" says otherwise at the open of '
                f"{entry.account} ({where['filename']}:{where['lineno']}); "
                "write it in one place.",
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
