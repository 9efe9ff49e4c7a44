from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click
import pytest

from beancount_dunning.cli import office
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.loading import Surroundings
from beancount_dunning.cli.questions import Question
from beancount_dunning.cli.questions import Reply
from beancount_dunning.cli.questions import answer
from beancount_dunning.cli.tellers import Sections
from beancount_dunning.office.kept import answers_folder
from beancount_dunning.office.listed import named
from beancount_dunning.office.workers import each
from tests.cli.running import AS_OF
from tests.cli.running import COMMAND
from tests.cli.running import DUNNED
from tests.cli.running import HEAD
from tests.cli.running import LEDGER
from tests.cli.running import NAMELESS
from tests.cli.running import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from click.testing import Result

    from beancount_dunning.office.workers import Done
    from beancount_dunning.office.workers import Limits

LIST = """\
[[books]]
name = "Atelier"
path = "a.beancount"
tags = ["monthly"]

[[books]]
name = "Bureau, Zürich"
path = "b.beancount"
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def two(tmp_path: Path) -> Path:
    """Write two ledgers, where one is, and a list of them."""
    for name, text in (("a", LEDGER), ("b", DUNNED + NAMELESS)):
        head = HEAD.replace("Books", f"Ledger {name}")
        (tmp_path / f"{name}.beancount").write_text(head + text, encoding="utf-8")
    path = tmp_path / "office.toml"
    path.write_text(LIST, encoding="utf-8")
    return path


def alone(command: Sequence[str], ledger: str) -> Result:
    name, *rest = command
    return run(name, ledger, *rest)


def both(command: Sequence[str], *more: str) -> Result:
    name, *rest = command
    return run(name, "a.beancount", "b.beancount", *rest, *more)


COMMANDS = [
    ["check"],
    ["doctor"],
    ["aging"],
    ["aging", "--by", "customer", "--customer", "acme"],
    ["reminders"],
    ["reminders", "--by", "customer", "--days", "30"],
    ["reminders", "--log"],
    ["match"],
    ["match", "--review"],
    ["draft"],
    ["draft", "--as", "message"],
    ["customers"],
    ["customers", "--by", "segment"],
    ["customers", "--before-after", "2026-10-01"],
    ["customers", "Acme GmbH"],
    ["forecast"],
    ["forecast", "--every", "month", "--by", "habit"],
    ["forecast", "--backtest"],
]
WITH_FORMAT = [one for one in COMMANDS if one[0] not in {"check", "draft"}]
WITH_FORMAT.remove(["reminders", "--log"])
WITH_CSV = [one for one in WITH_FORMAT if one[:3] != ["reminders", "--by", "customer"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_text_has_a_section_each_that_says_what_the_ledger_says_alone(
    command: list[str],
) -> None:
    found = both(command)
    ones = [alone(command, f"{name}.beancount") for name in "ab"]
    sections = (
        f"== a.beancount\n\n{ones[0].stdout}\n== b.beancount\n\n{ones[1].stdout}\n"
    )
    assert found.stdout.startswith(sections)
    rest = found.stdout.removeprefix(sections)
    has_totals = command[0] != "customers" or len(command) == 1
    has_totals &= command[-1] != "--backtest"
    assert rest.startswith("== All 2 ledgers\n\n") if has_totals else rest == ""
    assert found.exit_code == max(one.exit_code for one in ones)
    said = [
        f"{name}.beancount: {line}"
        for name, one in zip("ab", ones, strict=True)
        for line in one.stderr.splitlines()
    ]
    assert found.stderr.splitlines() == said


@pytest.mark.parametrize("command", WITH_FORMAT, ids=" ".join)
def test_json_has_what_each_ledger_says_alone(command: list[str]) -> None:
    found = both(command, "--format", "json")
    ones = [alone([*command, "--format", "json"], f"{n}.beancount") for n in "ab"]
    data = json.loads(found.stdout_bytes)
    assert list(data) == ["books", "totals", "left_out"]
    assert [book["book"] for book in data["books"]] == ["a.beancount", "b.beancount"]
    for book, one in zip(data["books"], ones, strict=True):
        assert book["answer"] == json.loads(one.stdout_bytes)
        assert book["status"] == one.exit_code
        # To the byte, too.
        assert one.stdout_bytes.strip() in found.stdout_bytes
    assert data["left_out"] == []


@pytest.mark.parametrize("command", WITH_CSV, ids=" ".join)
def test_csv_has_what_each_ledger_says_alone(command: list[str]) -> None:
    found = both(command, "--format", "csv")
    rows = []
    for name in ("a.beancount", "b.beancount"):
        one = alone([*command, "--format", "csv"], name)
        text = one.stdout_bytes.decode()
        table = csv.DictReader(io.StringIO(text, newline=""))
        rows += [{"book": name, **row} for row in table]
    text = found.stdout_bytes.decode()
    printed = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [{key: value for key, value in row.items() if value} for row in printed] == [
        {key: value for key, value in row.items() if value} for row in rows
    ]


def test_lines_of_json_name_the_ledger(two: Path) -> None:
    found = run("doctor", "--books", two, "--format", "jsonl")
    lines = {line["book"]: line for line in map(json.loads, found.stdout.splitlines())}
    assert set(lines) == {"Atelier", "Bureau, Zürich"}
    one = lines["Atelier"]
    assert one["file"] == str(two.parent / "a.beancount")
    assert one["tags"] == ["monthly"]
    assert (one["error"], one["notes"]) == (None, [])
    assert one["answer"] == json.loads(
        alone(["doctor", "--format", "json"], "a.beancount").stdout_bytes
    )


def test_one_ledger_may_be_a_line_too() -> None:
    found = run("aging", "a.beancount", "--format", "jsonl")
    assert json.loads(found.stdout)["book"] == "a.beancount"


def totals(*arguments: str) -> list[dict[str, Any]]:
    found = run(*arguments, "--format", "json")
    rows: list[dict[str, Any]] = json.loads(found.stdout_bytes)["totals"]
    return rows


TWO = ("a.beancount", "b.beancount")


def test_totals_of_aging_are_what_both_reports_have() -> None:
    rows = {row["currency"]: row["sums"] for row in totals("aging", *TWO)}
    assert rows["JPY"]["total"] == "100000"
    assert rows["EUR"]["31-60"] == "2380.00"
    assert run("aging", *TWO).stdout.endswith(
        """\
== All 2 ledgers

                    EUR     JPY
undated           0.5
not due                  100000
1-30            107.00
31-60          2380.00
unapplied       -20.125
total          2467.375  100000
overdue        2487.00
due in 7 days             50000
"""
    )


def counts(command: str) -> dict[str, int]:
    """Return what a command's totals count."""
    found: dict[str, int] = totals(command, *TWO)[0]["sums"]
    return found


def answers(command: str) -> list[dict[str, Any]]:
    """Return what each of the ledgers says alone."""
    ones = [alone([command, "--format", "json"], name) for name in TWO]
    return [json.loads(one.stdout_bytes) for one in ones]


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("doctor", {"findings": "findings"}),
        (
            "reminders",
            {"to send": "due", "coming up": "upcoming", "to decide": "needs_decision"},
        ),
    ],
)
def test_counts_are_added(command: str, names: dict[str, str]) -> None:
    found = counts(command)
    assert found == {
        name: sum(len(one[key]) for one in answers(command))
        for name, key in names.items()
    }
    assert sum(found.values()) > 1


def test_customers_of_one_name_are_one_in_each_ledger() -> None:
    names = [{one["customer"] for one in a["customers"]} for a in answers("customers")]
    assert names[0] & names[1]
    assert counts("customers") == {"customers": len(names[0]) + len(names[1])}


def test_payments_are_counted_by_how_sure_they_are() -> None:
    assert counts("match") == {"certain": 0, "likely": 0, "ask": 1}
    amounts = {row["currency"]: row["sums"] for row in totals("match", *TWO)}["EUR"]
    assert amounts == {"certain": "0", "likely": "0", "ask": "20.125"}


def test_what_is_expected_is_added() -> None:
    rows = {row["currency"]: row["sums"] for row in totals("forecast", *TWO)}
    ones = [row for one in answers("forecast") for row in one["forecast"]]
    for currency, sums in rows.items():
        own = [one for one in ones if one["currency"] == currency]
        assert Decimal(sums["overdue, any day"]) == sum(
            Decimal(one["overdue"]) for one in own
        )
        assert sum(map(Decimal, sums.values())) == sum(
            sum(Decimal(part["amount"]) for part in one["periods"])
            + Decimal(one["overdue"])
            + Decimal(one["later"])
            for one in own
        )


def test_a_list_names_ledgers_and_tags_choose(two: Path) -> None:
    found = run("check", "--books", two)
    assert found.stdout.count("== ") == 3
    assert "== Bureau, Zürich\n" in found.stdout
    chosen = run("check", "--books", two, "--tag", "monthly")
    assert chosen.stdout.startswith("== Atelier\n")
    assert chosen.stdout.endswith("== 1 ledger\n\n        number\nerrors       1\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["aging"], "Missing argument 'LEDGER'."),
        (["aging", "--format", "jsonl"], "Missing argument 'LEDGER'."),
        (["aging", "a.beancount", "--books", "office.toml"], "not both."),
        (["aging", "a.beancount", "--tag", "x"], "--tag chooses from the ledgers"),
        (["aging", "--books", "gone.toml"], "File 'gone.toml' does not exist."),
        (["aging", "--books", "a.beancount"], "a.beancount is not TOML: "),
        (["aging", "--books", "office.toml", "--tag", "x"], 'has the tag "x"'),
        (["aging", *TWO, "--jobs", "0"], "0 is not in the range"),
        (["aging", *TWO, "--timeout", "0"], "0.0 is not in the range"),
        (["aging", *TWO, "--send"], "--send is for --scheduler"),
        (["aging", *TWO, "--scheduler", "x", "--jobs", "2"], "its workers say how"),
        (["aging", *TWO, "--scheduler", "gopher://x"], "no scheduler at gopher://x"),
        (["aging", "gone.beancount"], "File 'gone.beancount' does not exist."),
        (
            ["reminders", *TWO, "--append", "a.beancount"],
            "--append writes into one ledger; name it alone.",
        ),
        (["match", *TWO, "--apply"], "--apply writes into one ledger; name it alone."),
        (["draft", *TWO, "--eject", "en", "friendly"], "leave out the ledgers."),
        (["draft", *TWO, "--as", "html"], "--as html writes files"),
        (["reminders", *TWO, "--log", "--format", "json"], "--log and --append"),
        (["ical", *TWO, "--from", "2026-02-01", "--to", "2026-01-01"], "is after"),
        (["customers", *TWO, "Acme", "Beta"], "Acme and Beta are no ledgers; name one"),
        (["customers", *TWO, "Acme", "--by", "x"], "are each a report of its own"),
        (["customers", "Acme", "Beta"], "No ledger file called 'Beta' or 'Acme'."),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(
    arguments: list[str], message: str
) -> None:
    found = run(*arguments)
    assert (found.exit_code, found.stdout) == (2, "")
    assert message in found.stderr


def test_a_customer_may_be_named_anywhere_among_ledgers(two: Path) -> None:
    found = run("customers", "Acme GmbH", *TWO)
    assert found.stdout == run("customers", *TWO, "Acme GmbH").stdout
    assert found.stdout.count("\nAcme GmbH") == 2
    listed = run("customers", "--books", two, "Acme GmbH")
    assert listed.stdout.count("\nAcme GmbH") == 2


def test_who_is_no_customer_of_a_ledger_is_said_of_that() -> None:
    found = run("customers", *TWO, "Gone Ltd")
    assert found.exit_code == 2
    assert "Error: b.beancount: There is no customer Gone Ltd" in found.stderr
    assert "== 1 of 2 ledgers\n\nLeft out:\n  b.beancount: There is no" in found.stdout


# A ledger without an answer


@pytest.fixture
def three(two: Path) -> Sequence[str]:
    (two.parent / "gone.beancount").mkdir()
    return "a.beancount", "gone.beancount", "b.beancount"


def test_what_has_no_answer_is_left_out_and_named(three: Sequence[str]) -> None:
    found = run("aging", *three)
    assert found.exit_code == 2
    (line,) = found.stderr.splitlines()
    assert line.startswith("Error: gone.beancount: gone.beancount cannot be read: ")
    assert found.stdout.count("== ") == 3
    before, _, rest = found.stdout.partition("== 2 of 3 ledgers\n")
    assert before == run("aging", *TWO).stdout.partition("== All 2 ledgers\n")[0]
    assert rest.endswith(f"\n\nLeft out:\n  {line.removeprefix('Error: ')}\n")


def test_json_says_what_has_no_answer(three: Sequence[str]) -> None:
    data = json.loads(run("aging", *three, "--format", "json").stdout_bytes)
    book = data["books"][1]
    assert (book["status"], book["answer"]) == (2, None)
    assert book["error"].startswith("gone.beancount cannot be read: ")
    assert data["left_out"] == ["gone.beancount"]
    whole = json.loads(run("aging", *TWO, "--format", "json").stdout_bytes)
    assert data["totals"] == whole["totals"]


def test_other_formats_leave_it_out_too(three: Sequence[str]) -> None:
    found = run("aging", *three, "--format", "csv")
    assert found.exit_code == 2
    assert found.stdout_bytes == run("aging", *TWO, "--format", "csv").stdout_bytes
    lines = run("aging", *three, "--format", "jsonl").stdout.splitlines()
    assert sum(json.loads(line)["answer"] is None for line in lines) == 1


# Letters


def test_letters_go_into_a_folder_each(two: Path) -> None:
    found = run("draft", "--books", two, "-o", "letters")
    assert (found.exit_code, found.stdout) == (
        0,
        "== All 2 ledgers\n\n         number\nletters       3\n",
    )
    folder = two.parent / "letters"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*.txt")}
    assert {name.partition("/")[0] for name in names} == {"Atelier", "Bureau, Zürich"}
    for book, name in (("Atelier", "a"), ("Bureau, Zürich", "b")):
        assert run("draft", f"{name}.beancount", "-o", f"alone-{name}").exit_code == 0
        ones = {path.name: path.read_bytes() for path in (folder / book).iterdir()}
        own = two.parent / f"alone-{name}"
        assert ones == {path.name: path.read_bytes() for path in own.iterdir()}


def test_a_ledger_without_letters_has_no_folder(two: Path) -> None:
    found = run("draft", "--books", two, "-o", "letters", "--customer", "nobody")
    assert (found.exit_code, found.stdout) == (0, "")
    assert not (two.parent / "letters").exists()


def test_no_two_ledgers_share_a_folder(two: Path) -> None:
    names = [*(f"{'x' * 90}{number}" for number in range(2)), "?"]
    entries = [
        f'[[books]]\nname = "{name}"\npath = "{ledger}.beancount"\n'
        for name, ledger in zip(names, "aba", strict=True)
    ]
    two.write_text("".join(entries), encoding="utf-8")
    assert run("draft", "--books", two, "-o", "letters").exit_code == 0
    folders = {path.name for path in (two.parent / "letters").iterdir()}
    assert folders == {"x" * 80, f"{'x' * 80} 2", "ledger"}


def test_a_letter_that_is_there_with_another_text_stays(two: Path) -> None:
    run("draft", "--books", two, "-o", "letters")
    path = next((two.parent / "letters" / "Atelier").iterdir())
    path.write_text("own words")
    found = run("draft", "--books", two, "-o", "letters")
    assert found.exit_code == 2
    assert "already exists with other content" in found.stderr
    assert path.read_text() == "own words"


# What is kept


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return which ledgers were worked on in a process."""
    found: list[str] = []

    def watched(
        function: Callable[[Question], Reply],
        tasks: Sequence[Question],
        limits: Limits,
        modules: Sequence[str],
    ) -> Iterator[Done[Reply]]:
        found.extend(task.ledger for task in tasks)
        return each(function, tasks, limits, modules)

    monkeypatch.setattr(office, "each", watched)
    return found


def test_an_answer_is_found_again(asked: list[str]) -> None:
    cold = run("aging", *TWO)
    assert asked == [*TWO]
    warm = run("aging", *TWO, "--jobs", "2")
    assert asked == [*TWO]
    assert (warm.stdout, warm.stderr) == (cold.stdout, cold.stderr)


@pytest.mark.parametrize("command", [*COMMANDS, ["ical"]], ids=" ".join)
def test_what_was_kept_is_what_is_worked_out(
    command: list[str], asked: list[str]
) -> None:
    cold = both(command)
    asked.clear()
    warm = both(command)
    found = (warm.stdout_bytes, warm.stderr, warm.exit_code)
    assert found == (cold.stdout_bytes, cold.stderr, cold.exit_code)
    if cold.exit_code < 2:
        assert asked == []


def test_letters_are_found_again(asked: list[str], two: Path) -> None:
    run("draft", *TWO, "-o", "letters")
    asked.clear()
    before = {
        path: path.read_bytes() for path in (two.parent / "letters").rglob("*.txt")
    }
    for path in before:
        path.unlink()
    run("draft", *TWO, "-o", "letters")
    assert asked == []
    assert all(path.read_bytes() == text for path, text in before.items())


def test_whatever_decides_makes_it_another_answer(
    asked: list[str], two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = two.parent
    (folder / "more.beancount").write_text("")
    with (folder / "a.beancount").open("a") as file:
        file.write('include "mor*.beancount"\noption "documents" "papers"\n')

    def is_cold(*more: str, as_of: str = AS_OF) -> bool:
        asked.clear()
        run("aging", *TWO, *more, as_of=as_of)
        return "a.beancount" in asked

    assert is_cold()
    assert not is_cold()
    assert is_cold("--no-cache")
    assert is_cold("--by", "customer")
    assert is_cold("--customer", "acme")
    assert is_cold("--customer", "Acme")
    assert is_cold(as_of="2026-11-21")
    assert not is_cold()
    (folder / "more.beancount").write_text("2026-01-01 open Assets:More\n")
    assert is_cold()
    assert not is_cold()
    (folder / "mortgage.beancount").write_text("2026-01-01 open Assets:Loan\n")
    assert is_cold()
    assert not is_cold()
    (folder / "papers").mkdir()
    assert is_cold()
    assert not is_cold()
    monkeypatch.setattr("beancount_dunning.office.kept.program", lambda: "another")
    assert is_cold()


def test_the_code_of_a_ledgers_own_plugin_decides(asked: list[str], two: Path) -> None:
    folder = two.parent
    code = folder / "own_plugin.py"
    code.write_text(
        "__plugins__ = ['add']\ndef add(entries, options):\n    return entries, []\n"
    )
    text = 'option "insert_pythonpath" "TRUE"\nplugin "own_plugin"\n'
    for name in TWO:
        with (folder / name).open("a") as file:
            file.write(text)
    run("aging", *TWO)
    asked.clear()
    run("aging", *TWO)
    assert asked == []
    code.write_text(code.read_text() + "# changed\n")
    run("aging", *TWO)
    assert asked == [*TWO]


def test_a_document_that_goes_makes_it_another_answer(
    asked: list[str], two: Path
) -> None:
    folder = two.parent
    with (folder / "a.beancount").open("a") as file:
        file.write(
            '2026-01-01 document Assets:Bank "letter.pdf"\n'
            'option "documents" "papers"\n'
        )
    letter = folder / "letter.pdf"
    paper = folder / "papers/Assets/Bank/2026-01-01.statement.pdf"
    paper.parent.mkdir(parents=True)
    for path in (letter, paper):
        path.write_text("")
    whole = run("aging", *TWO)
    assert whole.stderr == ""
    letter.unlink()
    asked.clear()
    assert "finds 1 other error" in run("aging", *TWO).stderr
    assert asked == ["a.beancount"]
    letter.write_text("What is in it decides nothing.")
    asked.clear()
    run("aging", *TWO)
    assert asked == ["a.beancount"]
    run("aging", *TWO)
    assert asked == ["a.beancount"]


def test_a_plugin_that_is_missing_may_come(asked: list[str], two: Path) -> None:
    with (two.parent / "a.beancount").open("a") as file:
        file.write('plugin "no_such_plugin"\n')
    for _ in range(2):
        asked.clear()
        run("aging", *TWO)
        assert "a.beancount" in asked


def test_own_texts_decide_letters(asked: list[str], two: Path) -> None:
    folder = two.parent
    (folder / "texts").mkdir()
    with (folder / "a.beancount").open("a") as file:
        file.write('2026-01-01 custom "dunning-option" "letters" "texts"\n')
    text = folder / "texts" / "friendly.en.txt"
    text.write_text("Subject: Hello\n\nHello!\n")
    run("draft", *TWO)
    asked.clear()
    run("draft", *TWO)
    assert asked == []
    text.write_text("Subject: Hello\n\nGood morning!\n")
    run("draft", *TWO)
    assert asked == ["a.beancount"]


def test_a_ledger_that_changes_while_it_is_read_is_not_kept(
    asked: list[str], two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changing(
        function: Callable[[Question], Reply],
        tasks: Sequence[Question],
        limits: Limits,
        modules: Sequence[str],
    ) -> Iterator[Done[Reply]]:
        with (two.parent / "a.beancount").open("a") as file:
            file.write("; a change\n")
        return each(function, tasks, limits, modules)

    with monkeypatch.context() as patch:
        patch.setattr(office, "each", changing)
        run("aging", *TWO)
    run("aging", *TWO)
    assert asked == ["a.beancount"]


def test_an_error_is_not_kept(three: Sequence[str], asked: list[str]) -> None:
    run("aging", *three)
    asked.clear()
    assert run("aging", *three).exit_code == 2
    assert asked == ["gone.beancount"]


@pytest.mark.parametrize(
    "other", ["3", '{"sums": 3}', '{"sums": {}, "files": [], "notes": [], "x": 1}']
)
def test_what_is_kept_and_no_answer_is_ignored(asked: list[str], other: str) -> None:
    cold = run("aging", *TWO)
    for path in answers_folder().iterdir():
        data = json.loads(path.read_text())
        path.write_text(json.dumps({**data, "answer": json.loads(other)}))
    asked.clear()
    assert run("aging", *TWO).stdout == cold.stdout
    assert asked == [*TWO]


# One question


def question(command: str, folder: Path, **asked: object) -> Question:
    around = Surroundings.now()
    return Question(command, str(folder / "a.beancount"), asked, around)


def test_a_calendar_is_an_answer_too(two: Path) -> None:
    asked = {
        **dict.fromkeys(("as_of", "output", "customer", "first", "last")),
        "type_": "event",
        "by": "invoice",
        "private": False,
    }
    reply = answer(question("ical", two.parent, **asked))
    assert reply.answer
    own = run("ical", "a.beancount", as_of=None).stdout_bytes
    assert reply.answer.output.encode() == own


def test_a_reply_tells_what_else_decided(two: Path) -> None:
    folder = two.parent
    (folder / "texts").mkdir()
    (folder / "texts" / "own.txt").write_text("")
    with (folder / "a.beancount").open("a") as file:
        file.write(
            'option "documents" "papers"\n'
            '2026-01-01 custom "dunning-option" "letters" "texts"\n'
        )
    reply = answer(question("check", folder, as_of=None))
    names = {"papers", "texts", "texts/own.txt"}
    assert {str(folder / name) for name in names} <= set(reply.decided.beside)


def test_of_several_ledgers_one_may_not_have_a_key(two: Path) -> None:
    asked = {
        **dict.fromkeys(("as_of", "customer", "name", "before_after")),
        "format_": "text",
        "by": "nobodys",
    }
    alone = question("customers", two.parent, **asked)
    assert "nobodys" in str(answer(alone).error)
    among = replace(alone, surroundings=replace(alone.surroundings, book="A"))
    assert answer(among).error is None


def test_a_question_has_an_answer_in_this_process_too(two: Path) -> None:
    asked = {"as_of": None, "by": "invoice", "format_": "text", "customer": None}
    reply = answer(question("aging", two.parent, **asked))
    assert reply.answer
    own = run("aging", "a.beancount", as_of=None).stdout
    assert click.unstyle(reply.answer.output) == own
    assert str(two.parent / "a.beancount") in reply.decided.read
    assert Reply.of_json(json.loads(json.dumps(reply.as_json()))) == Reply(
        reply.answer, reply.notes
    )
    wrong = answer(question("doctor", two.parent / "x", as_of=None, format_=""))
    assert wrong.answer is None
    assert "cannot be read" in str(wrong.error)


# On a terminal


def test_a_terminal_sees_how_far_it_is(two: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "aging", "--books", two, "--as-of", AS_OF],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
        assert process.stdout
        printed = process.stdout.read()
    os.close(ours)
    assert process.returncode == 0
    assert b"100%" in shown
    assert printed.decode() == run("aging", "--books", two).stdout


def test_a_section_takes_the_place_of_the_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    books = named([Path(name) for name in TWO])
    replies = [(index, Reply(Answer(f"answer {index}\n"))) for index in range(2)]
    Sections(books).tell(replies)
    printed = capsys.readouterr()
    assert click.unstyle(printed.out).startswith(
        "== a.beancount\n\nanswer 0\n\n== b.beancount\n\nanswer 1\n\n"
    )
    assert printed.err.count("\r\x1b[K") == 2
