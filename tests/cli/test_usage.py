"""What all commands share: help, completion, and errors that say what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from beancount import loader

from beancount_dunning import __version__
from beancount_dunning.cli import main
from beancount_dunning.cli import run as cli_run
from beancount_dunning.cli.commands import COMMANDS
from beancount_dunning.cli.several import OFFICE
from tests.cli.running import BY_INVOICE
from tests.cli.running import COMMAND
from tests.cli.running import LEDGER
from tests.cli.running import output
from tests.cli.running import run
from tests.cli.running import written

OFFICE_TAKES = {option.name for option in OFFICE}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "LEDGER.nope"], "File 'LEDGER.nope' does not exist."),
        (["check", "."], "File '.' is a directory."),
        (["aging"], "Missing argument 'LEDGER'."),
        (["chekc", "LEDGER"], "No such command 'chekc'."),
        (["aging", "LEDGER", "--format", "xml"], "'xml' is not one of"),
        (["aging", "LEDGER", "--by", "account"], "'account' is not one of"),
        (["aging", "LEDGER", "--customer", "("], "'(' is not a regular expression: "),
        (
            ["aging", "LEDGER", "--customer", "a{99999999999}"],
            "'a{99999999999}' is not a regular expression: ",
        ),
        (["ical", "LEDGER", "--type", "journal"], "'journal' is not one of"),
        (["ical", "LEDGER", "-o", "."], "File '.' is a directory."),
        (["aging", "LEDGER", "--as-of", "2026-02-30"], "'2026-02-30'"),
        (["aging", "LEDGER", "--as-of", "tomorrow"], "'tomorrow'"),
        (["aging", "LEDGER", "--nope"], "No such option"),
    ],
)
def test_what_cannot_be_understood_is_a_usage_error(
    books: Path, arguments: list[str], message: str
) -> None:
    result = run(
        *(str(books) if one == "LEDGER" else one for one in arguments), as_of=None
    )
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_wrong_date_shows_how_to_write_one(books: Path) -> None:
    result = run("aging", books, as_of="20.11.2026")
    assert result.exit_code == 2
    assert "YYYY-MM-DD" in result.stderr
    assert "%Y" not in result.stderr


def test_a_ledger_that_cannot_be_read_is_named(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(loader, "load_file", forbidden)
    result = run("aging", books)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{books} cannot be read: " in result.stderr
    assert "Permission denied" in result.stderr


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("2026-12-01 balance Assets:Bank  7 EUR\n", "1 other error in this ledger"),
        (
            "2026-12-01 balance Assets:Bank  7 EUR\n2026-12-01 nonsense\n",
            (
                "2 other errors in this ledger; entries that Beancount could not read "
                "are missing here"
            ),
        ),
    ],
)
def test_a_note_says_that_the_ledger_has_other_errors(
    tmp_path: Path, more: str, count: str
) -> None:
    books = written(tmp_path, LEDGER + more)
    result = run("aging", books)
    assert (result.exit_code, result.stdout) == (0, BY_INVOICE)
    assert result.stderr == f"Note: bean-check finds {count}.\n"


def test_what_the_plugin_flags_is_no_other_error(tmp_path: Path) -> None:
    late = '2020-01-01 custom "dunning-option" "graec" 3\n'
    books = written(tmp_path, late + LEDGER)
    _, errors, _ = loader.load_file(books)
    assert errors
    assert run("aging", books).stderr == ""


def test_version() -> None:
    assert output("--version", as_of=None) == f"bean-dunning, version {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_help_names_the_commands(arguments: list[str]) -> None:
    text = output(*arguments, as_of=None)
    for line in (
        "  aging      List open items and their age.",
        "  charges    Propose interest, fees and compensation as directives to paste.",
        "  check      Print the plugin's errors, as bean-check does.",
        "  doctor     Find what keeps this ledger's answers from being right.",
        "  explain    Show the history of an invoice, payment or customer.",
        "  ical       Write due dates, reminders and promises as an iCalendar feed.",
        "  reminders  List the reminders to send today, and those that come up.",
    ):
        assert line in text.splitlines()


# A site leaves such a ledger out.
_READERS = [command.name for command in COMMANDS if command.name != "site"]


@pytest.mark.parametrize("name", _READERS)
def test_a_commands_module_is_asked_what_the_command_takes(name: str) -> None:
    module = import_module(f"beancount_dunning.cli.{name}")
    command = main.commands[name]
    taken = {param.name for param in command.params}
    if taken.issuperset(OFFICE_TAKES):
        taken -= OFFICE_TAKES
    if name == "customers":
        # It stands among the ledgers.
        taken.add("name")
    assert {field.name for field in fields(module.Asked)} == taken


@pytest.mark.parametrize(
    "arguments",
    [
        *(["--help"], ["--version"], ["nope"], ["aging", ".", "--customer", "("]),
        *([command.name, "--help"] for command in COMMANDS),
    ],
)
def test_what_needs_no_ledger_answers_without_loading_beancount(
    arguments: list[str],
) -> None:
    program = (
        "import sys\n"
        "from beancount_dunning.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    loaded = {name.split('.')[0] for name in sys.modules}\n"
        "    print('LOADED', *loaded & set(WORDS.split()), file=sys.stderr)\n"
    ).replace("WORDS", "'beancount icalendar fava flask babel dateutil wcwidth'")
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stderr.splitlines()[-1] == "LOADED" or "\nLOADED\n" in done.stderr


def complete(*words: str) -> list[str]:
    done = subprocess.run(
        [COMMAND],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={
            **os.environ,
            "_BEAN_DUNNING_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["bean-dunning", *words]),
            "COMP_CWORD": str(len(words)),
        },
    )
    return done.stdout.splitlines()


def test_the_shell_completes_commands_options_and_files() -> None:
    assert complete("ag") == ["plain,aging"]
    assert complete("aging", "--as") == ["plain,--as-of"]
    assert complete("aging", "--by", "c") == ["plain,customer"]
    assert complete("aging", "bo") == ["file,bo"]


def test_the_completion_for_bash_is_a_script_that_bash_takes(tmp_path: Path) -> None:
    script = subprocess.run(
        [COMMAND],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "_BEAN_DUNNING_COMPLETE": "bash_source"},
    ).stdout
    path = tmp_path / "completion.bash"
    path.write_text(script)
    done = subprocess.run(
        ["/bin/bash", "-c", f"source {path} && complete -p bean-dunning"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.split()[-3:] == [
        "-F",
        "_bean_dunning_completion",
        "bean-dunning",
    ]
    assert done.stderr == ""


def test_what_beancount_cannot_open_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        message = "Permission denied"
        raise PermissionError(message)

    monkeypatch.setattr("beancount.loader.load_file", refuse)
    result = run("aging", written(tmp_path, LEDGER))
    assert result.exit_code == 2
    assert "cannot be read: Permission denied" in result.stderr


def test_what_is_no_ledger_is_a_usage_error(tmp_path: Path) -> None:
    books = tmp_path / "books.beancount"
    books.write_bytes(bytes(range(256)) * 9)
    result = run("aging", books)
    assert result.exit_code == 2
    assert f"{books} cannot be read: " in result.stderr


_TOO_LONG = """\
2026-09-14 * "Acme GmbH" "Website" ^INV-1
  Assets:Receivable      12345678901234567890123456789.00 EUR
  Income:Services
"""


# A site leaves such a ledger out.
_READERS = [command.name for command in COMMANDS if command.name != "site"]


@pytest.mark.parametrize("name", _READERS)
@pytest.mark.parametrize(
    ("text", "why"),
    [
        (_TOO_LONG, "InvalidOperation"),
        ("pushmeta year: 2026\n", "TypeError: sequence item 0: expected str instance"),
    ],
)
def test_what_beancount_itself_fails_on_is_one_sentence(
    tmp_path: Path, name: str, text: str, why: str
) -> None:
    books = written(tmp_path, text)
    what = ["INV-1"] if name in {"explain", "statement", "dossier"} else []
    what += ["-o", str(tmp_path / "a.zip")] if name == "dossier" else []
    result = run(name, books, *what)
    assert (result.exit_code, result.stdout) == (2, "")
    said = result.stderr.partition("\n\n")[2]
    assert said.startswith(
        f"Error: {books} cannot be read: Beancount itself fails on it ({why}"
    )
    assert said.count("\n") == 1


def test_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [COMMAND, "aging", books],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            encoding="utf-8",
        )
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_json_and_csv_are_utf_8_whatever_the_terminal_has(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER.replace("Acme GmbH", "東京"))
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    for form in ("json", "csv"):
        done = subprocess.run(
            [COMMAND, "aging", books, "--format", form],
            capture_output=True,
            check=True,
            env=environment,
        )
        assert "東京" in done.stdout.decode("utf-8")
    done = subprocess.run(
        [COMMAND, "aging", books], capture_output=True, check=True, env=environment
    )
    assert b"??" in done.stdout


def test_output_that_fails_is_an_error_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        message = "No space left on device"
        raise OSError(28, message)

    monkeypatch.setattr("beancount_dunning.cli.main", refuse)
    with pytest.raises(SystemExit) as stopped:
        cli_run()
    assert stopped.value.code == 2
    assert capsys.readouterr().err == "Error: [Errno 28] No space left on device\n"
