"""docs/reference.md names all that the code knows, and nothing else.

What the code knows is asked of the running code: metadata keys by watching which ones
are looked up, switches of click, JSON keys and CSV columns of the reports themselves.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click
import fava_dunning
import pytest
from beancount import loader
from beancount.core.data import Custom
from beancount.core.data import Document
from beancount.core.data import Transaction
from click.testing import CliRunner
from fava_dunning import Dunning

from beancount_dunning import cli
from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.ledger.directives import DIRECTIVES
from beancount_dunning.ledger.options import OPTIONS
from beancount_dunning.ledger.policies import BUILT_IN as POLICIES
from beancount_dunning.ledger.rates import BUILT_IN as RATES

from .conftest import load
from .serving import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive

# All else that is asked of the code goes through `cli.main` and Beancount's loader.
PAGE = (Path(__file__).parent.parent / "docs" / "reference.md").read_text()
# An invoice of the example with instalments, charges and interest.
INVOICE = "AN-2026-025"
# A payment that is for an invoice, less a discount.
STATEMENT = Path(__file__).parent / "statement.beancount"
# A policy that changed.
POLICY = Path(__file__).parent / "policy.beancount"
# Where all reminders were sent, and the terms do not suit.
STOPPING = Path(__file__).parent / "stopping.beancount"
JSON = {
    "doctor": ["doctor", str(EXAMPLE)],
    "aging": ["aging", str(EXAMPLE)],
    "reminders": ["reminders", str(EXAMPLE), "--as-of", "2026-12-01"],
    "reminders --by customer": [
        *("reminders", str(EXAMPLE), "--as-of", "2026-12-01", "--by", "customer"),
    ],
    "match": ["match", str(STATEMENT)],
    "explain": ["explain", str(EXAMPLE), INVOICE],
    "explain --plan": [
        *("explain", str(EXAMPLE), INVOICE, "--plan", "2 x 1 month from 2027-01-15"),
    ],
    "explain --write-off": [
        *("explain", str(EXAMPLE), INVOICE, "--write-off", "all"),
    ],
    "statement": ["statement", str(EXAMPLE), "Hotel Silberdüne KG"],
    "customers": ["customers", str(EXAMPLE)],
    "customers NAME": ["customers", str(EXAMPLE), "Hotel Silberdüne KG"],
    "customers --by": ["customers", str(EXAMPLE), "--by", "terms"],
    "customers --before-after": [
        *("customers", str(EXAMPLE), "--before-after", "2026-06-01"),
    ],
    "charges": ["charges", str(EXAMPLE), "--paid"],
    "provision": ["provision", str(EXAMPLE)],
    "effect": ["effect", str(POLICY)],
    "forecast": ["forecast", str(EXAMPLE)],
    "forecast --backtest": ["forecast", str(EXAMPLE), "--backtest"],
}
# What the example does without.
MORE = """
2020-01-01 custom "dunning-option" "limitation" "3 years"
"""
# The same report on something else, with other keys.
STORIES = [
    ("explain", ["explain", str(STATEMENT), "Acme GmbH"]),
    ("explain", ["explain", str(STATEMENT), "statement.beancount:11"]),
    ("explain", ["explain", str(STOPPING), "B-1"]),
    ("aging", ["aging", str(STOPPING)]),
    ("reminders", ["reminders", str(STOPPING)]),
    ("reminders --by customer", ["reminders", str(STOPPING), "--by", "customer"]),
    ("customers NAME", ["customers", str(STOPPING), "Acme"]),
]
CSV = {**JSON, "aging --by customer": ["aging", str(EXAMPLE), "--by", "customer"]}
del CSV["reminders --by customer"]
# Objects whose keys are the names of buckets or currencies.
OPEN_ENDED = (
    *("buckets", "open", "credit", "to_pay", "reasons", "most"),
    *("left_out", "off", "bias"),
)
FAVA_FILTERS = {"account", "filter", "time", "conversion"}


def words(text: str) -> list[str]:
    """Return what a text has in backticks."""
    return re.findall(r"`([^`]+)`", text)


def section(title: str) -> str:
    """Return the part of the page under a heading of the second order."""
    _, _, rest = PAGE.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0]


def table(text: str) -> list[list[str]]:
    """Return the rows of the tables in a part of the page, without their heads."""
    return [
        [cell.strip() for cell in row.split("|")]
        for row in re.findall(r"^\| (`.*|TABLE.*) \|$", text, re.MULTILINE)
    ]


def named(title: str, column: int = 0) -> dict[str, list[str]]:
    """Return what a column of a table has in backticks, by the row's first name."""
    return {words(row[0])[0]: words(row[column]) for row in table(section(title))}


def test_the_page_has_no_name_twice() -> None:
    for title in ("Metadata", "Options", "Directives", "Commands", "Switches", "CSV"):
        names = [words(row[0])[0] for row in table(section(title))]
        assert names == list(dict.fromkeys(names))
        assert names


# Metadata


class Watched(dict[str, Any]):
    """Metadata that remembers which keys were looked up, and where it stands."""

    def __init__(
        self, meta: Mapping[str, Any] | None, place: str, seen: set[tuple[str, str]]
    ) -> None:
        super().__init__(meta or {})
        self._place = place
        self._seen = seen

    def _look(self, key: str) -> None:
        if key not in {"filename", "lineno"} and not key.startswith("_"):
            self._seen.add((key, self._place))

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as in dict
        self._look(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - as in dict
        self._look(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._look(str(key))
        return super().__contains__(key)


def watched(entry: Directive, seen: set[tuple[str, str]]) -> Directive:
    """Return a directive whose metadata is watched."""
    if isinstance(entry, Custom):
        place = entry.type
    else:
        place = "note" if isinstance(entry, Document) else type(entry).__name__.lower()
    entry = entry._replace(meta=Watched(entry.meta, place, seen))
    if isinstance(entry, Transaction):
        postings = [
            one._replace(meta=Watched(one.meta, "posting", seen))
            for one in entry.postings
        ]
        entry = entry._replace(postings=postings)
    return entry


@pytest.fixture(scope="module")
def looked_up() -> set[tuple[str, str]]:
    """Every metadata key that a command looks up in the example, with its place."""
    entries, errors, options = loader.load_file(str(EXAMPLE))
    entries = [*loader.load_string(MORE)[0], *entries]
    seen: set[tuple[str, str]] = set()
    entries = [watched(entry, seen) for entry in entries]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "load_file", lambda _: (entries, errors, options))
        for arguments in (*JSON.values(), ["check", str(EXAMPLE)]):
            assert CliRunner().invoke(cli.main, arguments).exit_code < 2
    return seen


def test_every_metadata_key_is_there_with_its_places(
    looked_up: set[tuple[str, str]],
) -> None:
    on_page = {
        (words(key)[0], place)
        for key, places, *_ in table(section("Metadata"))
        for place in places.split(", ")
    }
    assert on_page == looked_up


def test_every_directive_is_there_with_its_metadata(
    looked_up: set[tuple[str, str]],
) -> None:
    keys: dict[str, list[str]] = {directive: [] for directive in DIRECTIVES}
    for key, place in looked_up:
        if place in keys:
            keys[place].append(key)
    on_page = named("Directives", 2)
    assert list(on_page) == list(DIRECTIVES)
    assert {name: sorted(own) for name, own in on_page.items()} == {
        name: sorted(own) for name, own in keys.items()
    }


def test_built_in_policies_and_rates_are_there() -> None:
    on_page = {word.strip('"') for word in words(section("Directives"))}
    assert {*POLICIES, *RATES} <= on_page


# Options


def problems(*lines: str) -> list[str]:
    """Return what is wrong with a ledger."""
    ledger = load("\n".join([*lines, ""]))
    return [one.message for one in ledger.findings()]


def given(name: str, value: str) -> list[str]:
    """Return what is wrong with an option's value."""
    return problems(f'2020-01-01 custom "dunning-option" "{name}" {value}')


def test_every_option_is_there() -> None:
    assert sorted(named("Options")) == sorted(OPTIONS)


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_every_value_of_an_option_is_one(name: str) -> None:
    values = named("Options", 1)[name]
    if name == "feed-token":
        values = ['"0123456789abcdef"']
    for value in (*values, *named("Options", 2)[name]):
        assert given(name, value) == []


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_every_word_that_an_option_takes_is_there(name: str) -> None:
    # A mistake is answered with the words that it could have been.
    message, *_ = given(name, "Assets:Nonsense")
    expected = message.partition("expected ")[2].partition("; got")[0]
    if " or " in expected and "like" not in expected:
        values = named("Options", 1)[name]
        words = re.split('(?<="), | or ', expected)
        assert sorted(words) == sorted(values)


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_the_default_of_an_option_is_what_holds_without_it(name: str) -> None:
    attribute = name.replace("-", "_")
    without = getattr(load("").settings(), attribute)
    default = named("Options", 2)[name]
    if name in {"accounts", "feed-id"}:
        return
    if not default:
        assert not without
        return
    line = f'2020-01-01 custom "dunning-option" "{name}" {default[0]}\n'
    assert getattr(load(line).settings(), attribute) == without


# A directive of each kind: what stands before its metadata, and after it.
SAMPLES = {
    "transaction": (
        '2020-01-01 * "Acme" "Website" ^INV-1',
        "  Assets:Receivable:Acme  1.00 EUR\n  Income:Services",
    ),
    "open": ("2020-01-01 open Assets:Receivable", ""),
    "dunning-customer": ('2020-01-01 custom "dunning-customer" "Acme"', ""),
    "dunning-step": ('2020-01-01 custom "dunning-step" "house" "first" 1', ""),
    "dunning-interest": ('2020-01-01 custom "dunning-interest" "strict" 1', ""),
}


# What a key makes no sense without.
OWN_SAMPLES = {
    "each": (SAMPLES["dunning-interest"][0], "  compensation: 40.00 EUR"),
    "times": (f'{SAMPLES["dunning-interest"][0]} "ecb"', ""),
}


def test_metadata_takes_the_words_that_are_there() -> None:
    for key, places, value, _ in table(section("Metadata")):
        name, place = words(key)[0], places.split(", ")[-1]
        if place not in SAMPLES:
            continue
        head, tail = OWN_SAMPLES.get(name, SAMPLES[place])
        for word in words(value):
            assert problems(head, f"  {name}: {word}", tail) == []
        message, *_ = [*problems(head, f"  {name}: Assets:Nonsense", tail), ""]
        expected = message.partition("expected ")[2].partition("; got")[0]
        if expected.startswith('"'):
            assert sorted(re.split(", | or ", expected)) == sorted(words(value))


# The command line


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield each command, with a context that knows how help is asked for."""
    context = click.Context(cli.main, info_name="main", **cli.main.context_settings)
    for name in cli.main.list_commands(context):
        command = cli.main.get_command(context, name)
        assert command is not None
        yield name, command, click.Context(command, parent=context)


def test_every_command_is_there_with_its_arguments() -> None:
    on_page = {words(row[0])[0]: row[1] for row in table(section("Commands"))}
    assert on_page == {
        name: " ".join(
            one.make_metavar(context)
            for one in command.params
            if isinstance(one, click.Argument)
        )
        for name, command, context in commands()
    }


def test_every_switch_is_there_with_its_commands_values_and_default() -> None:
    on_page = {}
    for row in table(section("Switches")):
        values = words(row[2])
        default = words(row[3])
        on_page[tuple(sorted(words(row[0])))] = (words(row[1]), values, default)
    known: dict[tuple[str, ...], tuple[list[str], list[str], list[str]]] = {}
    for name, command, context in commands():
        for one in command.get_params(context):
            if isinstance(one, click.Argument):
                continue
            choices = list(one.type.choices) if hasattr(one.type, "choices") else []
            has_default = isinstance(one.default, str | int)
            default = [str(one.default)] if has_default and one.default else []
            switch = tuple(sorted([*one.opts, *one.secondary_opts]))
            known.setdefault(switch, ([], choices, default))[0].append(name)
    assert {key: sorted(value[0]) for key, value in on_page.items()} == {
        key: sorted(value[0]) for key, value in known.items()
    }
    for switch, (_, choices, default) in known.items():
        assert on_page[switch][1:] == (choices, default)


def test_switches_of_the_program_itself_are_there() -> None:
    context = click.Context(cli.main, info_name="main", **cli.main.context_settings)
    known = {name for one in cli.main.get_params(context) for name in one.opts}
    first, *_ = section("Switches").strip().partition("\n\n")
    assert {word for word in words(first) if word.startswith("-")} == known


# JSON and CSV


def printed(arguments: Sequence[str], form: str) -> str:
    """Return what a report prints in a format."""
    run = CliRunner().invoke(cli.main, [*arguments, "--format", form])
    # 1 where the doctor found something.
    assert run.exit_code < 2
    return run.stdout


def keys(value: Any, path: str, found: dict[str, set[str]]) -> None:  # noqa: ANN401
    """Collect the keys of all objects in JSON, by the path to them."""
    if isinstance(value, list):
        for one in value:
            keys(one, path, found)
    elif isinstance(value, dict) and path.rpartition(".")[2] not in OPEN_ENDED:
        found[path] |= set(value)
        for key, one in value.items():
            keys(one, f"{path}.{key}", found)


def test_every_json_key_is_there() -> None:
    known: dict[str, set[str]] = defaultdict(set)
    for command, arguments in (*JSON.items(), *STORIES):
        keys(json.loads(printed(arguments, "json")), command, known)
    on_page: dict[str, set[str]] = defaultdict(set)
    for part in section("JSON").split("\n### ")[1:]:
        heading, _, rest = part.partition("\n")
        names = [words(row[0])[0] for row in table(rest)]
        for path in words(heading):
            assert on_page[path].isdisjoint(names)
            on_page[path] |= set(names)
    assert on_page == known


def test_every_kind_of_finding_is_there_in_order() -> None:
    assert re.findall(r'^\| "(.*?)" \|', section("JSON"), re.MULTILINE) == list(Kind)


def test_every_csv_column_is_there_in_order() -> None:
    known = {
        command: next(csv.reader(io.StringIO(printed(arguments, "csv"))))
        for command, arguments in CSV.items()
    }
    assert named("CSV", 1) == known


# Fava


def sources() -> str:
    """Return the page's code and templates."""
    folder = Path(fava_dunning.__file__).parent
    files = [*folder.rglob("*.py"), *folder.rglob("*.html")]
    return "\n".join(path.read_text() for path in files)


def test_every_address_below_the_page_is_there_with_its_methods() -> None:
    known = dict(
        value.endpoint_key
        for value in vars(Dunning).values()
        if hasattr(value, "endpoint_key")
    )
    rows = [row for row in table(section("Fava")) if row[1].isupper()]
    on_page = {words(row[0])[0]: row[1].split(", ") for row in rows}
    assert on_page == known


_LAID_OUT = r'\blay_out(?:_by)?\((?:_\w+, )?"(\w+)"'


def test_every_parameter_of_the_page_is_there() -> None:
    code = sources()
    looked_up = re.findall(
        r'\b(?:args|parameters|said)(?:\.get(?:list)?\(|\[)f?"([^"]+)"'
        r'|"(\w+)" in request\.args',
        code,
    )
    known = {(one or other).replace("{name}", "TABLE") for one, other in looked_up}
    rows = [row for row in table(section("Fava")) if not row[1].isupper()]
    on_page = [words(row[0])[0] for row in rows]
    assert sorted([*on_page, *FAVA_FILTERS]) == sorted(known)
    assert set(words(section("Fava"))) >= FAVA_FILTERS
    tables = section("Fava").partition("TABLE is ")[2]
    assert sorted(words(tables)) == sorted(re.findall(_LAID_OUT, code))
