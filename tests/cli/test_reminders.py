"""`bean-dunning reminders`: what to send, and logging that it was sent."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from beancount import loader

from tests.cli.running import AS_OF
from tests.cli.running import DUNNED
from tests.cli.running import LEDGER
from tests.cli.running import NAMELESS
from tests.cli.running import NOTES
from tests.cli.running import output
from tests.cli.running import run
from tests.cli.running import written


def test_reminders_says_what_to_send_and_what_comes_up(dunned: Path) -> None:
    assert (
        output("reminders", dunned)
        == """\
To send as of 2026-11-20

Customer   Invoice  Step            Days     Open       Send to
Acme GmbH  INV-014  final notice      37  1190.00  EUR  phone (no address)
Acme GmbH  INV-015  first reminder    10   100.00  EUR  ap@acme.example

In the next 7 days

From        Customer  Invoice  Step             Days   Open       Send to
2026-11-23  Beta      INV-016  first reminder  today  50000  JPY  (no address)
"""
    )


def test_reminders_by_customer_are_letters(dunned: Path) -> None:
    text = output("reminders", dunned, "--by", "customer", "--days", "0")
    assert (
        text
        == """\
To send as of 2026-11-20

Customer   Step          Days     Open       Invoices          Send to
Acme GmbH  final notice    37  1290.00  EUR  INV-014, INV-015  phone (no address)
"""
    )


def test_reminders_of_some_customers_and_days(dunned: Path) -> None:
    beta = output("reminders", dunned, "--customer", "beta", "--days", "3")
    assert "Nothing to send.\n\nIn the next 3 days\n" in beta
    assert "Acme" not in beta
    two = output("reminders", dunned, "--customer", "beta", "--days", "2")
    assert two == "To send as of 2026-11-20\n\nNothing to send.\n"
    one = output("reminders", dunned, "--days", "1", as_of="2026-11-22")
    assert "In the next day\n" in one


def reminder(**more: object) -> dict[str, object]:
    return {
        "instalment": "1/1",
        "customer": "Acme GmbH",
        "currency": "EUR",
        "email": "ap@acme.example",
        "credit": "0",
        **more,
    }


FINAL = reminder(
    invoice="INV-014",
    step="final notice",
    # 17 days after 25 October, as many as lie between the steps.
    scheduled="2026-11-11",
    days_overdue=37,
    open="1190.00",
    channel="phone",
)
FIRST_ONE = reminder(
    invoice="INV-015",
    step="first reminder",
    scheduled="2026-11-13",
    days_overdue=10,
    open="100.00",
    channel="email",
)
COMING = {
    "invoice": "INV-016",
    "instalment": "1/1",
    "customer": "Beta",
    "step": "first reminder",
    "scheduled": "2026-11-23",
    "days_overdue": 0,
    "open": "50000",
    "currency": "JPY",
    "channel": "email",
    "email": None,
    "credit": "0",
}


def test_reminders_as_json_are_what_is_promised(dunned: Path) -> None:
    assert json.loads(output("reminders", dunned, "--format", "json")) == {
        "as_of": AS_OF,
        "due": [FINAL, FIRST_ONE],
        "upcoming": [COMING],
        "needs_decision": [],
        "stale_bank": None,
    }


def test_reminders_as_json_by_customer(dunned: Path) -> None:
    text = output("reminders", dunned, "--format", "json", "--by", "customer")
    report = json.loads(text)
    assert report["due"] == [
        {
            "customer": "Acme GmbH",
            "step": "final notice",
            "scheduled": "2026-11-11",
            "days_overdue": 37,
            "open": {"EUR": "1290.00"},
            "credit": {},
            "to_pay": {"EUR": "1290.00"},
            "channel": "phone",
            "email": "ap@acme.example",
            "invoices": [FINAL, FIRST_ONE],
        }
    ]
    assert [one["invoices"] for one in report["upcoming"]] == [[COMING]]


def test_reminders_as_csv(dunned: Path) -> None:
    text = run("reminders", dunned, "--format", "csv").stdout_bytes.decode()
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    rows_of = [("due", FINAL), ("due", FIRST_ONE), ("upcoming", COMING)]
    assert found == [
        {
            "when": when,
            **{key: "" if value is None else str(value) for key, value in row.items()},
            "disputed": "",
        }
        for when, row in rows_of
    ]
    assert text.count("\r\n") == text.count("\n") == 4


@pytest.mark.parametrize(
    ("as_of", "arguments", "warning"),
    [
        ("2026-11-26", [], None),
        (
            "2026-11-27",
            [],
            (
                "The latest bank entry is from 2026-11-19, 8 days ago. "
                "A customer may have paid since"
            ),
        ),
        ("2026-11-27", ["--bank-age", "8"], None),
        pytest.param(
            "2026-11-20",
            ["--bank-age", "0"],
            "The latest bank entry is from 2026-11-19, 1 day ago. "
            "A customer may have paid since",
        ),
        ("2026-10-19", [], "There are no bank entries yet. A customer may have paid"),
    ],
)
def test_reminders_warn_of_a_bank_that_was_not_booked(
    dunned: Path, as_of: str, arguments: list[str], warning: str | None
) -> None:
    result = run("reminders", dunned, *arguments, as_of=as_of)
    assert result.exit_code == 0
    assert result.stdout.startswith("To send as of ")
    assert result.stderr == (
        f"Warning: {warning}: import the bank statement first.\n" if warning else ""
    )


def test_the_log_is_printed_to_paste(dunned: Path) -> None:
    before = dunned.read_bytes()
    assert output("reminders", dunned, "--log") == NOTES
    assert dunned.read_bytes() == before


def test_what_has_no_reference_cannot_be_logged(tmp_path: Path) -> None:
    books = written(tmp_path, DUNNED + NAMELESS)
    result = run("reminders", books, "--log")
    assert (result.exit_code, result.stdout) == (0, NOTES)
    assert result.stderr == (
        "Note: 1 item has no reference and cannot be logged; add a link, like "
        "^INV-2026-014, to the transaction.\n"
    )
    books = written(tmp_path, DUNNED + NAMELESS * 2)
    assert "Note: 2 items have no reference" in run("reminders", books, "--log").stderr


def test_what_is_appended_is_printed_and_is_not_sent_again(dunned: Path) -> None:
    before = dunned.read_text(encoding="utf-8")
    assert output("reminders", dunned, "--append", dunned) == NOTES
    after = dunned.read_text(encoding="utf-8")
    assert after == f"{before}\n{NOTES}"
    assert "Nothing to send." in output("reminders", dunned)
    assert output("reminders", dunned, "--append", dunned) == ""
    assert dunned.read_text(encoding="utf-8") == after
    _, errors, _ = loader.load_file(dunned)
    assert [error for error in errors if type(error).__name__ == "LogError"] == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_what_is_appended_has_the_files_newlines(
    dunned: Path, newline: str, end: str
) -> None:
    text = dunned.read_text(encoding="utf-8").rstrip("\n") + end
    dunned.write_bytes(text.replace("\n", newline).encode())
    assert output("reminders", dunned, "--append", dunned) == NOTES
    expected = text.rstrip("\n") + f"\n\n{NOTES}"
    assert dunned.read_bytes() == expected.replace("\n", newline).encode()


def test_appending_keeps_mode_and_link_and_leaves_nothing_else(dunned: Path) -> None:
    dunned.chmod(0o640)
    link = dunned.with_name("link.beancount")
    link.symlink_to(dunned)
    assert output("reminders", dunned, "--append", link) == NOTES
    assert link.is_symlink()
    assert dunned.read_text(encoding="utf-8").endswith(NOTES)
    assert stat.S_IMODE(dunned.stat().st_mode) == 0o640
    assert {path.name for path in dunned.parent.iterdir()} <= {
        *(dunned.name, link.name),
        f".{dunned.name}.picklecache",
    }


def test_notes_can_go_into_a_file_that_the_ledger_includes(tmp_path: Path) -> None:
    log = tmp_path / "log.beancount"
    log.write_text("")
    books = written(tmp_path, DUNNED + 'include "log.beancount"\n')
    assert output("reminders", books, "--append", log) == NOTES
    assert log.read_text() == NOTES
    assert output("reminders", books, "--append", log) == ""


def test_notes_go_into_files_of_the_ledger_alone(dunned: Path) -> None:
    other = dunned.with_name("other.beancount")
    other.write_bytes(b"")
    result = run("reminders", dunned, "--append", other)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{other} is not part of {dunned}; notes in it would be ignored" in (
        result.stderr
    )
    assert other.read_bytes() == b""


def test_nothing_is_appended_to_what_cannot_be_read_in_whole(tmp_path: Path) -> None:
    books = written(tmp_path, DUNNED + '2026-11-01 * "unclosed\n')
    before = books.read_bytes()
    result = run("reminders", books, "--append", books)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Beancount cannot read all of" in result.stderr
    assert books.read_bytes() == before


@pytest.mark.parametrize(
    ("option", "as_of"),
    [("", "2099-01-01"), ("", "2026-11-21"), ("2026-11-25", "2026-11-26")],
)
def test_nothing_is_appended_on_a_future_date(
    tmp_path: Path, option: str, as_of: str
) -> None:
    if option:
        option = f'2026-01-01 custom "dunning-option" "as-of" {option}\n'
    books = written(tmp_path, option + DUNNED)
    before = books.read_bytes()
    result = run("reminders", books, "--append", books, as_of=as_of)
    assert (result.exit_code, result.stdout) == (2, "")
    assert " ".join(result.stderr.split()).endswith(
        f"Cannot append to {books}: You cannot log anything on a future date "
        f"({as_of}); nothing was written."
    )
    assert books.read_bytes() == before


def test_on_the_ledgers_own_date_it_is_today(tmp_path: Path) -> None:
    option = '2026-01-01 custom "dunning-option" "as-of" 2098-11-20\n'
    books = written(tmp_path, option + DUNNED)
    result = run("reminders", books, "--append", books, as_of=None)
    assert result.exit_code == 0
    assert books.read_text(encoding="utf-8").endswith(result.stdout)
    assert "2098-11-20 note" in result.stdout


def test_nothing_is_appended_that_makes_a_later_note_wrong(tmp_path: Path) -> None:
    """As of a day before the first reminder, `check` would find it out of order."""
    books = written(tmp_path, DUNNED)
    before = books.read_bytes()
    line = (
        before.decode()
        .split("\n")
        .index('2026-10-25 note Assets:Receivable "First reminder e-mailed" ^INV-014')
    )
    result = run("reminders", books, "--append", books, as_of="2026-10-20")
    assert (result.exit_code, result.stdout) == (2, "")
    assert " ".join(result.stderr.split()).endswith(
        f"Cannot append to {books}: It would contradict books.beancount:{line + 1}: "
        '"first reminder" was already sent on 2026-10-20; nothing was written.'
    )
    assert books.read_bytes() == before


def test_nothing_is_appended_to_what_somebody_edited(
    dunned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_file = loader.load_file

    def load_and_edit(path: str) -> Any:  # noqa: ANN401 - as Beancount returns it
        loaded = load_file(path)
        with dunned.open("a", encoding="utf-8") as file:
            file.write("; an edit\n")
        return loaded

    monkeypatch.setattr(loader, "load_file", load_and_edit)
    result = run("reminders", dunned, "--append", dunned)
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        f"Cannot append to {dunned}: it has changed in the meantime; nothing "
        "was written" in " ".join(result.stderr.split())
    )
    assert dunned.read_text(encoding="utf-8").endswith("; an edit\n")


def test_a_full_disk_leaves_the_ledger_as_it_was(
    dunned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = dunned.read_bytes()
    monkeypatch.setattr(Path, "replace", refuse)
    result = run("reminders", dunned, "--append", dunned)
    assert (result.exit_code, result.stdout) == (2, "")
    assert ": No space left on device; nothing was written" in (
        " ".join(result.stderr.split())
    )
    assert dunned.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--days", "-1"], "-1 is not in the range"),
        (["--bank-age", "-1"], "-1 is not in the range"),
        (["--append", "nowhere"], "'nowhere' does not exist"),
        (["--append", "."], "'.' is a directory"),
        (["--by", "account"], "'account' is not one of"),
    ],
)
def test_reminders_has_usage_errors(
    dunned: Path, arguments: list[str], message: str
) -> None:
    result = run("reminders", dunned, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--log", "--format", "json"], "--log and --append write directives"),
        (["--format", "csv", "--by", "customer"], "csv lists invoices"),
    ],
)
def test_reminders_refuse_what_does_not_go_together(
    books: Path, arguments: list[str], message: str
) -> None:
    result = run("reminders", books, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_payments_that_wait_are_warned_of(tmp_path: Path) -> None:
    books = written(
        tmp_path,
        LEDGER
        + """
2026-11-15 * "Somebody" "INV-2026-014"
  Assets:Bank        1190.00 EUR
  Assets:Receivable
""",
    )
    result = run("reminders", books)
    assert result.exit_code == 0
    assert result.stderr.endswith(
        "Warning: INV-2026-014 may be paid already, by payments that settle nothing "
        "yet: see bean-dunning match.\n"
    )


@pytest.mark.parametrize("command", ["reminders", "draft"])
def test_so_are_payments_on_suspense_accounts(tmp_path: Path, command: str) -> None:
    books = written(
        tmp_path,
        LEDGER
        + """
2026-11-15 * "Somebody" "INV-2026-014"
  Assets:Bank        1190.00 EUR
  Assets:Suspense
""",
    )
    result = run(command, books)
    assert result.exit_code == 0
    assert (
        "Warning: INV-2026-014 may be paid already, by payments that settle nothing "
        "yet: see bean-dunning match --suspense 'Assets:Suspense'.\n"
    ) in result.stderr


STOPPING = """plugin "beancount.plugins.auto_accounts"
2026-01-01 custom "dunning-step" "standard" "final notice" 10
2026-06-01 * "Beta" "Website" ^B-1
  due: 2026-07-01
  Assets:Receivable:Beta  500.00 EUR
  Income:Services
2026-07-11 note Assets:Receivable:Beta "Posted" ^B-1
  reminder: "final notice"
2026-06-01 * "Acme" "Website" ^A-1
  due: 2026-07-01
  Assets:Receivable:Acme  500.00 EUR
  Income:Services
2026-07-11 note Assets:Receivable:Acme "Wrong colour" ^A-1
  dispute: TRUE
2026-11-19 * "Carl" "Cash sale" ^C-1
  due: 2026-11-19
  Assets:Receivable:Carl  10.00 EUR
  Income:Services
2026-11-19 * "Carl" "Paid" ^C-1
  Assets:Bank  10.00 EUR
  Assets:Receivable:Carl
"""
COST = '2026-01-01 custom "dunning-option" "cost-hour" 60.00 EUR\n'
VERDICT = (
    "Too few to say whether it is worth pursuing: 500.00 EUR is owed, going on costs "
    "60.00 EUR"
)


def test_what_needs_a_decision_is_weighed_as_explain_does(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(STOPPING + COST)
    text = output("reminders", path)
    assert "Is it worth it?" in text
    (line,) = [one for one in text.splitlines() if " B-1 " in one]
    assert line.endswith(f"all reminders sent  {VERDICT}")
    assert VERDICT in output("explain", path, "B-1")
    for by in ("invoice", "customer"):
        told = json.loads(output("reminders", path, "--by", by, "--format", "json"))
        found = {one["invoice"]: one["pursuit"] for one in told["needs_decision"]}
        # What is in dispute is no question of what it costs.
        assert found == {
            "A-1": None,
            "B-1": {
                "verdict": "too few to say",
                "claim": "500.00",
                "interest": "0",
                "expected": None,
                "cost": "60.00",
                "as_old": 1,
                "paid_later": 0,
                "still_open": 1,
            },
        }


def test_where_no_costs_are_known_nothing_is_weighed(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(STOPPING)
    assert "Is it worth it?" not in output("reminders", path)
    told = json.loads(output("reminders", path, "--format", "json"))
    assert [one["pursuit"] for one in told["needs_decision"]] == [None, None]
