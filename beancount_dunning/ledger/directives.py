"""The ledger's own directives: each is checked, and what it says is put down.

DIRECTIVES has a reader for each type. It is given the values that were typed, and adds
to the draft of the settings what they say, or what is wrong with them.
"""

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

from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.money import is_number
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger import values
from beancount_dunning.ledger.agreements import agreement
from beancount_dunning.ledger.agreements import contradiction
from beancount_dunning.ledger.names import Spellings
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.nearly import near_key
from beancount_dunning.ledger.options import FILE_KEYS
from beancount_dunning.ledger.options import INTEREST_KEYS
from beancount_dunning.ledger.options import OPTIONS
from beancount_dunning.ledger.policies import NO_POLICY
from beancount_dunning.ledger.policies import Step
from beancount_dunning.ledger.rates import Rate
from beancount_dunning.ledger.steps import read_step
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.values import WrongValueError
from beancount_dunning.ledger.values import meant
from beancount_dunning.ledger.values import no_policy
from beancount_dunning.ledger.values import suggestion
from beancount_dunning.ledger.values import wrong_value
from beancount_dunning.ledger.workdays import HOLIDAY
from beancount_dunning.ledger.workdays import CountryError
from beancount_dunning.ledger.workdays import read_holiday

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from beancount.core.data import Open

    from beancount_dunning.ledger.agreements import Interest
    from beancount_dunning.ledger.options import Key
    from beancount_dunning.ledger.values import Reader


# How near a type of directive has to be to one of ours to be a slip of the pen.
_NEAR = 0.85
# Metadata that Beancount itself adds.
_PLACE = frozenset({"filename", "lineno"})
# What an agreement on interest says of its rate.
_RATE_KEYS = INTEREST_KEYS.keys() - {"fixed-at", "compensation", "each"}


class Said(NamedTuple):
    """A value, and the directive that says it."""

    value: Any
    entry: Directive


class Draft:
    """What the directives read so far say, and what is wrong with them.

    `options` and each customer's `files`, by folded name, have all that was said of
    each name or key, the newest last. `steps_on` has a policy's steps of a date.
    """

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.problems: list[SettingError] = []
        self.options: dict[str, list[Said]] = defaultdict(list)
        self.files: dict[str, dict[str, list[Said]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self.file_entries: dict[str, Custom] = {}
        self.spellings = Spellings()
        self.steps: dict[str, dict[str, Step]] = defaultdict(dict)
        self.steps_on: dict[str, dict[date, list[Step]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self.interest: dict[str, list[Interest]] = defaultdict(list)
        self.rates: dict[str, list[Rate]] = defaultdict(list)
        self.holidays: dict[date, str] = {}
        self.holiday_entries: list[Custom] = []
        # Which policies there are is not known before all is read.
        self._policy_uses: list[tuple[Said, dict[str, list[Said]]]] = []

    def problem(self, entry: Directive, message: Words) -> None:
        """Put down what is wrong with an entry."""
        self.problems.append(SettingError(place(entry.meta), message, entry))

    def read(self, entry: Directive, name: str, value: object, reader: Reader) -> Any:  # noqa: ANN401 - as the reader returns it
        """Read a value of an entry; None, and a problem, where it is wrong."""
        try:
            return reader(value)
        except WrongValueError as wrong:
            self.problem(entry, wrong_value(name, wrong.expected, value))
        except TermsError as error:
            text = Words("{key}: {reason}.", key=name, reason=error.reason)
            self.problem(entry, text)
        except CountryError as error:
            text = Words("{key}: {sentence}", key=name, sentence=error.reason)
            self.problem(entry, text)
        return None

    def metadata(self, entry: Directive, keys: Mapping[str, Key]) -> dict[str, Any]:
        """Read the values of those keys that are in an entry's metadata."""
        meta = entry.meta
        found = {}
        for name, key in keys.items():
            if name in meta:
                value = self.read(entry, name, meta[name], key.reader)
                if value is not None:
                    found[name] = value
        return found

    def open_metadata(self, entry: Open, keys: Mapping[str, Key]) -> dict[str, Any]:
        """Read the metadata of an account; a key that is nearly ours is a problem."""
        for name in entry.meta:
            ours = near_key(name, tuple(keys))
            if ours is not None and ours not in entry.meta:
                text = Words('"{key}" is not a key of a customer\'s account.', key=name)
                self.problem(entry, Words.joined("", [text, meant([ours])]))
        return self.metadata(entry, keys)

    def own_metadata(self, entry: Custom, keys: Mapping[str, Key]) -> dict[str, Any]:
        """Read the metadata of a directive of ours, which may have no other keys."""
        for name in entry.meta:
            if name in keys or name in _PLACE or name.startswith("_"):
                continue
            text = Words(
                '"{key}" is not a key of a {type} directive.', key=name, type=entry.type
            )
            near = suggestion(name, keys)
            self.problem(entry, Words.joined("", [text, near]))
        return self.metadata(entry, keys)

    def add(
        self, entry: Directive, found: Mapping[str, Any], said: dict[str, list[Said]]
    ) -> None:
        """Add what an entry says; policies wait until it is known which there are."""
        for name, value in found.items():
            if name == "policy":
                self._policy_uses.append((Said(value, entry), said))
            else:
                said[name].append(Said(value, entry))

    def use_policies(
        self, policies: Iterable[str], opened: Iterable[tuple[Open, dict[str, Any]]]
    ) -> None:
        """Add the policies that wait, and report those that nobody defined.

        Args:
            policies: Those that have steps.
            opened: Receivable accounts with their metadata; policies that nobody
                defined are taken out of it.
        """
        known = sorted([*policies, NO_POLICY])
        for use, said in self._policy_uses:
            if self._is_policy(use.entry, use.value, known):
                said["policy"].append(use)
        for entry, meta in opened:
            if "policy" in meta and not self._is_policy(entry, meta["policy"], known):
                del meta["policy"]

    def _is_policy(self, entry: Directive, name: str, known: Sequence[str]) -> bool:
        if name in known:
            return True
        self.problem(entry, no_policy(name, known))
        return False


class _Unquoted(NamedTuple):
    """What is neither text in quotes nor a number, and may be meant as one."""

    name: str

    def __str__(self) -> str:
        return self.name


def _read_option(draft: Draft, entry: Custom, typed_values: Sequence[object]) -> None:
    name, *given = typed_values or [None]
    option = OPTIONS.get(name) if isinstance(name, str) else None
    takes_several = option is not None and option.takes_several and len(given) > 0
    if not isinstance(name, str) or not (len(given) == 1 or takes_several):
        text = Words(
            "An option has a name in quotes and one value: {directive}.",
            directive='custom "dunning-option" "terms" "net 30"',
        )
        draft.problem(entry, text)
        return
    if option is None:
        text = Words('There is no option "{name}".', name=name)
        near = suggestion(name, OPTIONS)
        draft.problem(entry, Words.joined("", [text, near]))
        return
    draft.own_metadata(entry, option.keys)
    value = tuple(given) if takes_several else given[0]
    found = draft.read(entry, Words('option "{name}"', name=name), value, option.reader)
    if found is not None:
        draft.add(entry, {name: found}, draft.options)


def _read_customer(draft: Draft, entry: Custom, typed_values: Sequence[object]) -> None:
    match typed_values:
        case [str(name)] if name.strip():
            found = draft.own_metadata(entry, FILE_KEYS)
            customer = folded(name.strip())
            draft.add(entry, found, draft.files[customer])
            draft.file_entries[customer] = entry
            draft.spellings.add(name.strip(), entry.date)
        case _:
            text = Words(
                "A customer's file names the customer: {directive}, and metadata below "
                "it.",
                directive='custom "dunning-customer" "Acme GmbH"',
            )
            draft.problem(entry, text)


def _read_interest(draft: Draft, entry: Custom, typed_values: Sequence[object]) -> None:
    match typed_values:
        case [str(policy), Decimal() as percent] if policy.strip():
            reference = None
        case [str(policy), Decimal() as percent, str(reference)] if policy.strip():
            reference = reference.strip()
        case _:
            text = Words(
                "Interest has a policy and percent a year, or points over a reference "
                "rate: {fixed}, or {floating}.",
                fixed='custom "dunning-interest" "standard" 9',
                floating='custom "dunning-interest" "standard" 9 "bundesbank"',
            )
            draft.problem(entry, text)
            return
    meta = draft.own_metadata(entry, INTEREST_KEYS)
    if _RATE_KEYS & entry.meta.keys() - meta.keys():
        # Without what is not understood it might be more than was agreed.
        return
    agreed = agreement(entry, percent, reference, meta)
    if message := contradiction(agreed):
        draft.problem(entry, message)
        return
    draft.interest[policy.strip()].append(agreed)


def _read_rate(draft: Draft, entry: Custom, typed_values: Sequence[object]) -> None:
    match typed_values:
        case [str(name), Decimal() as percent] if name.strip():
            draft.own_metadata(entry, {})
            draft.rates[name.strip()].append(Rate(entry.date, percent, entry))
        case _:
            text = Words(
                "A reference rate has a name and a percentage: {directive}.",
                directive='custom "reference-rate" "bundesbank" 1.52',
            )
            draft.problem(entry, text)


_OPTION = "dunning-option"
DIRECTIVES: Mapping[str, Callable[[Draft, Custom, Sequence[object]], None]] = {
    _OPTION: _read_option,
    "dunning-customer": _read_customer,
    "dunning-step": read_step,
    "dunning-interest": _read_interest,
    "reference-rate": _read_rate,
    HOLIDAY: read_holiday,
}


def read_custom(draft: Draft, entry: Custom) -> None:
    """Read a custom directive, unless it is other people's.

    Args:
        draft: Gets what the directive says, or what is wrong with it.
        entry: The directive. A type that is nearly one of ours is a problem.
    """
    reader = DIRECTIVES.get(entry.type)
    if reader:
        reader(draft, entry, [*map(_typed_value, entry.values or ())])
    elif _is_meant_for_us(entry):
        text = Words(
            '"{type}" is not a directive of beancount-dunning.', type=entry.type
        )
        near = suggestion(entry.type, DIRECTIVES)
        draft.problem(entry, Words.joined("", [text, near]))


def _typed_value(value: Any) -> object:  # noqa: ANN401 - Beancount's, without a type
    """Return a value; one that nobody can type as text or as a number is neither."""
    found: object = value.value
    is_typed = not isinstance(found, Decimal) or is_number(found)
    return found if is_typed and value.dtype != ACCOUNT else _Unquoted(str(found))


def _is_meant_for_us(entry: Custom) -> bool:
    return entry.type.startswith("dunning") or bool(
        get_close_matches(entry.type, DIRECTIVES, 1, _NEAR)
    )


def as_of_option(entries: Iterable[Directive]) -> date | None:
    """Return the date that the option `as-of` sets in place of today.

    Args:
        entries: A ledger's directives.

    Returns:
        The date, from the last such option in the ledger, however that is dated: it
        cannot depend on the date it sets. None where there is no valid one.
    """
    found = None
    for value in _given(entries, "as-of"):
        if isinstance(value, date):
            found = values.as_date(value)
    return found


def feed_token(entries: Iterable[Directive]) -> str | None:
    """Return the secret that the option `feed-token` asks of readers of the calendar.

    Args:
        entries: A ledger's directives.

    Returns:
        The token, from the last such option, however that is dated: an older calendar
        is as secret. Empty, and so nobody's, where it is no valid one; None where there
        is no such option.
    """
    token = None
    for value in _given(entries, "feed-token"):
        try:
            token = values.token(value)
        except WrongValueError:
            token = ""
    return token


def _given(entries: Iterable[Directive], option: str) -> Iterator[object]:
    """Yield the values that a ledger gives an option, however they are dated."""
    for entry in entries:
        if isinstance(entry, Custom) and entry.type == _OPTION and entry.values:
            match [value.value for value in entry.values]:
                case [str(name), value] if name == option:
                    yield value
