"""The command line, as a user meets it: what it prints, where, and its exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import stat
import subprocess
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction
from click.testing import CliRunner
from wcwidth import wcswidth

from beancount_dunning import __version__
from beancount_dunning.cli import main
from beancount_dunning.cli import run as cli_run
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from tests.calendar_lint import lint
from tests.calendar_lint import parse

if TYPE_CHECKING:
    from click.testing import Result

BIN = Path(sys.executable).parent
COMMAND = BIN / "bean-dunning"
AS_OF = "2026-11-20"
HEAD = """\
option "title" "Books"
plugin "beancount_dunning"
2026-01-01 open Assets:Bank
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Services
"""
LEDGER = """
2026-09-14 * "Acme GmbH" "Website" ^INV-2026-014
  due: 2026-10-14
  Assets:Receivable      2380.00 EUR
  Income:Services
2026-10-20 * "Acme GmbH" "Part payment" ^INV-2026-014
  Assets:Bank            1190.00 EUR
  Assets:Receivable
2026-11-01 * "東京コーヒー株式会社" "Menu" ^INV-2026-015
  due: 2026-11-30
  Assets:Receivable        50000 JPY
  Income:Services
2026-11-02 * "Beta" "Logo"
  Assets:Receivable          0.5 EUR
  Income:Services
2026-11-03 * "Gone Ltd" "Paid twice"
  Assets:Bank             20.125 EUR
  Assets:Receivable
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "books.beancount"
    path.write_text(HEAD + dedent(text), encoding="utf-8")
    return path


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return written(tmp_path, LEDGER)


def run(*arguments: str | Path, as_of: str | None = AS_OF) -> Result:
    """Run a command in this process, by default as of one day."""
    day = ["--as-of", as_of] if as_of else []
    return CliRunner().invoke(main, [*map(str, arguments), *day])


def output(*arguments: str | Path, as_of: str | None = AS_OF) -> str:
    """Return what a command prints; it has to succeed, and to say nothing else."""
    result = run(*arguments, as_of=as_of)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def on_a_terminal(*arguments: str | Path, **env: str) -> str:
    """Return what a command prints on a real terminal."""
    ours, theirs = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    with subprocess.Popen(
        [COMMAND, *arguments, "--as-of", AS_OF],
        stdout=theirs,
        env={**plain, "TERM": "xterm", **env},
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not more:
                break
            shown += more
    os.close(ours)
    assert process.returncode == 0
    return shown.decode().replace("\r\n", "\n")


def check_aligned(table: str, word: str) -> None:
    """Look that a column begins at the same place of each line."""
    lines = table.splitlines()
    places = {wcswidth(line[: line.index(word)]) for line in lines if word in line}
    assert len(places) == 1


# aging, as text

BY_INVOICE = """\
Receivables as of 2026-11-20

Customer              Invoice       Due          Days      Open        of       Next
Acme GmbH             INV-2026-014  2026-10-14     37   1190.00   2380.00  EUR  \
2026-10-15 first reminder
東京コーヒー株式会社  INV-2026-015  2026-11-30  in 10  50000     50000     JPY  \
2026-11-28 upcoming
Beta                  Logo          undated                0.5       0.5   EUR

Unapplied credit
Gone Ltd          Assets:Receivable  -20.125  EUR

                EUR    JPY
undated       0.5
not due              50000
31-60      1190.00
unapplied   -20.125
total      1170.375  50000
overdue    1190.00
"""


def test_aging_is_a_table_of_open_items(books: Path) -> None:
    assert output("aging", books) == BY_INVOICE
    check_aligned("\n".join(BY_INVOICE.splitlines()[2:6]), "2026-1")


def test_aging_by_customer_is_a_table_of_buckets(books: Path) -> None:
    assert (
        output("aging", books, "--by", "customer")
        == """\
Receivables as of 2026-11-20

Customer              undated  not due  1-30    31-60  61-90  91+  unapplied      total
Acme GmbH                                     1190.00                          1190.00\
   EUR
Beta                      0.5                                                     0.5\
    EUR
Gone Ltd                                                             -20.125    -20.125\
  EUR
東京コーヒー株式会社             50000                                        50000\
      JPY

                EUR    JPY
undated       0.5
not due              50000
31-60      1190.00
unapplied   -20.125
total      1170.375  50000
overdue    1190.00
"""
    )


def test_aging_of_some_customers(books: Path) -> None:
    assert (
        output("aging", books, "--customer", "^acme|東京")
        == """\
Receivables as of 2026-11-20

Customer              Invoice       Due          Days      Open        of       Next
Acme GmbH             INV-2026-014  2026-10-14     37   1190.00   2380.00  EUR  \
2026-10-15 first reminder
東京コーヒー株式会社  INV-2026-015  2026-11-30  in 10  50000     50000     JPY  \
2026-11-28 upcoming

             EUR    JPY
not due           50000
31-60    1190.00
total    1190.00  50000
overdue  1190.00
"""
    )


def test_a_due_date_that_is_today_is_today(books: Path) -> None:
    text = output("aging", books, "--customer", "acme", as_of="2026-10-14")
    (line,) = (line for line in text.splitlines() if "INV" in line)
    expected = "Acme GmbH  INV-2026-014  2026-10-14  today  2380.00  2380.00  EUR"
    assert re.sub("   +", "  ", line) == f"{expected}  2026-10-15 first reminder"


def test_when_nothing_is_open_the_table_says_so(books: Path) -> None:
    assert output("aging", books, as_of="2026-01-01") == (
        "Receivables as of 2026-01-01\n\nNo open items.\n"
    )


def test_thousands_are_set_apart_if_the_ledger_wants_it(tmp_path: Path) -> None:
    books = written(tmp_path, f'option "render_commas" "TRUE"\n{LEDGER}')
    text = output("aging", books, "--customer", "acme")
    assert "  1,190.00  2,380.00  EUR  " in text
    assert text.endswith("total    1,190.00\noverdue  1,190.00\n")


def test_amounts_keep_their_digits_and_stand_at_the_decimal_point(
    tmp_path: Path,
) -> None:
    amounts = ("1234567.8", "0.125", "7", "19.99")
    books = written(
        tmp_path,
        "".join(
            f'2026-09-14 * "Acme" "Part {number}"\n'
            f"  Assets:Receivable  {amount} EUR\n"
            "  Income:Services\n"
            for number, amount in enumerate(amounts)
        ),
    )
    rows = output("aging", books).splitlines()[3:7]
    assert sorted(row.split()[4] for row in rows) == sorted(amounts)
    points = {row.index(".") for row in rows if "." in row}
    assert len(points) == 1
    (whole,) = (row for row in rows if "." not in row)
    assert {whole.index(" 7 ") + 2} == points


def test_the_ledgers_own_date_is_used_and_named(tmp_path: Path) -> None:
    option = '2026-01-01 custom "dunning-option" "as-of" 2026-11-20\n'
    books = written(tmp_path, option + LEDGER)
    first, rest = output("aging", books, as_of=None).split("\n", 1)
    assert first == "Receivables as of 2026-11-20 (the ledger's as-of date)"
    assert rest == BY_INVOICE.split("\n", 1)[1]
    asked = output("aging", books, as_of="2026-11-21")
    assert asked.startswith("Receivables as of 2026-11-21\n")


def test_without_a_date_it_is_today(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beancount_dunning.cli.today", lambda: date(2026, 11, 20))
    assert output("aging", books, as_of=None) == BY_INVOICE


# on a terminal, and in a pipe


def test_in_a_pipe_there_is_no_colour(books: Path) -> None:
    done = subprocess.run(
        [COMMAND, "aging", books, "--as-of", AS_OF],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.stdout, done.stderr) == (BY_INVOICE, "")


def test_on_a_terminal_late_items_are_coloured_and_the_table_fits(
    books: Path,
) -> None:
    bold, red, end = "\x1b[1m", "\x1b[31m", "\x1b[0m"
    assert on_a_terminal("aging", books, COLUMNS="80") == (
        f"{bold}Receivables as of 2026-11-20{end}\n"
        "\n"
        f"{bold}Customer              Invoice       Due          Days      Open"
        f"        of{end}\n"
        f"{red}Acme GmbH             INV-2026-014  2026-10-14     37   1190.00"
        f"   2380.00  EUR{end}\n"
        "東京コーヒー株式会社  INV-2026-015  2026-11-30  in 10  50000"
        "     50000     JPY\n"
        "Beta                  Logo          undated                0.5"
        "       0.5   EUR\n"
        "\n"
        f"{bold}Unapplied credit{end}\n"
        "Gone Ltd          Assets:Receivable  -20.125  EUR\n"
        "\n"
        f"{bold}                EUR    JPY{end}\n"
        "undated       0.5\n"
        "not due              50000\n"
        "31-60      1190.00\n"
        "unapplied   -20.125\n"
        "total      1170.375  50000\n"
        "overdue    1190.00\n"
    )


@pytest.mark.parametrize(
    ("by", "columns"),
    [("invoice", 60), ("invoice", 80), ("invoice", 110), ("customer", 80)],
)
def test_no_line_is_wider_than_the_terminal(
    tmp_path: Path, by: str, columns: int
) -> None:
    books = written(
        tmp_path,
        LEDGER.replace("Acme GmbH", "Acme, Gesellschaft für Anlagenbau mbH & Co. KG")
        .replace("INV-2026-014", "2026/09/14-ACME-WEBSITE-RELAUNCH-PART-14")
        .replace("50000 JPY", "50000 EUR"),
    )
    table = on_a_terminal(
        "aging", books, "--by", by, COLUMNS=str(columns), NO_COLOR="1"
    )
    assert "…" in table
    assert max(map(wcswidth, table.splitlines())) <= columns


def test_a_wide_terminal_shows_names_in_full(books: Path) -> None:
    assert on_a_terminal("aging", books, COLUMNS="200", NO_COLOR="1") == BY_INVOICE


def test_no_color_is_honoured(books: Path) -> None:
    assert "\x1b" in on_a_terminal("aging", books, COLUMNS="80")
    assert "\x1b" not in on_a_terminal("aging", books, COLUMNS="80", NO_COLOR="1")


@pytest.mark.parametrize("by", ["invoice", "customer"])
def test_controls_in_the_ledger_do_not_reach_the_terminal(
    tmp_path: Path, by: str
) -> None:
    evil = "\x1b]0;gotcha\x07\x9b31m\x08\r"
    books = written(
        tmp_path,
        f"""
        2026-01-01 custom "dunning-step" "house" "call{evil}" 3
        2026-01-01 custom "dunning-option" "policy" "house"
        2026-01-01 custom "dunning-option" "title" "Books{evil}"
        2026-09-14 * "Acme{evil}Ltd" "Website{evil}"
          due: 2026-10-14
          Assets:Receivable      100 EUR
          Income:Services
        2026-09-14 * "Beta{evil}" "Hosting"
          invoice: "INV{evil}"
          due: 2026-10-14
          Assets:Receivable      100 EUR
          Income:Services
        2026-09-14 * "Gamma{evil}" "Paid twice"
          Assets:Receivable     -100 EUR
          Income:Services
        """,
    )
    for text in (
        output("aging", books, "--by", by),
        on_a_terminal("aging", books, "--by", by, COLUMNS="200", NO_COLOR="1"),
    ):
        assert "Acme ]0;gotcha  31m  Ltd" in text
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


# aging, for programs


def test_json_is_the_report_exactly(books: Path) -> None:
    entries, _, options_map = loader.load_file(books)
    as_of = date.fromisoformat(AS_OF)
    report = age(read_books(entries, options_map, today=as_of))
    text = output("aging", books, "--format", "json")
    assert json.loads(text) == report.as_dict()
    assert "東京コーヒー株式会社" in text


def test_json_has_what_is_promised_to_programs(books: Path) -> None:
    report = json.loads(output("aging", books, "--format", "json"))
    place = {"file": str(books), "line": 7}
    assert report["as_of"] == AS_OF
    assert report["buckets"] == ["undated", "not due", "1-30", "31-60", "61-90", "91+"]
    assert report["items"][0] == {
        "invoice": "INV-2026-014",
        "instalment": "1/1",
        "customer": "Acme GmbH",
        "account": "Assets:Receivable",
        "currency": "EUR",
        "date": "2026-09-14",
        "due": "2026-10-14",
        "amount": "2380.00",
        "open": "1190.00",
        "days_overdue": 37,
        "bucket": "31-60",
        "policy": "standard",
        "last_step": None,
        "last_sent": None,
        "next_step": "first reminder",
        "next_date": "2026-10-15",
        "held": None,
        "interest": None,
        **place,
    }
    assert report["unapplied"] == [
        {
            "customer": "Gone Ltd",
            "account": "Assets:Receivable",
            "currency": "EUR",
            "amount": "-20.125",
        }
    ]
    assert report["customers"][0] == {
        "customer": "Acme GmbH",
        "currency": "EUR",
        "buckets": {"31-60": "1190.00"},
        "unapplied": "0",
        "overdue": "1190.00",
        "due_soon": "0",
        "total": "1190.00",
        "credit_limit": None,
        "over_limit": False,
    }
    assert report["totals"] == [
        {
            "currency": "EUR",
            "buckets": {"undated": "0.5", "31-60": "1190.00"},
            "unapplied": "-20.125",
            "overdue": "1190.00",
            "due_soon": "0",
            "total": "1170.375",
        },
        {
            "currency": "JPY",
            "buckets": {"not due": "50000"},
            "unapplied": "0",
            "overdue": "0",
            "due_soon": "0",
            "total": "50000",
        },
    ]


def rows(*arguments: str | Path) -> list[dict[str, str]]:
    """Read the CSV that a command prints."""
    result = run("aging", *arguments, "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    text = result.stdout_bytes.decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def balances(books: Path) -> dict[tuple[str, str], Decimal]:
    entries, _, _ = loader.load_file(books)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                units: Any = posting.units
                if posting.account.startswith("Assets:Receivable"):
                    sums[posting.account, units.currency] += units.number
    return sums


def test_csv_adds_up_to_the_accounts_balances(books: Path) -> None:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows(books):
        sums[row["account"], row["currency"]] += Decimal(row["open"])
    assert sums == balances(books)
    assert sums == {
        ("Assets:Receivable", "EUR"): Decimal("1170.375"),
        ("Assets:Receivable", "JPY"): Decimal(50000),
    }


def test_csv_by_customer_adds_up_too(books: Path) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(books, "--by", "customer"):
        parts = (row[name] for name in list(row)[2:-5])
        assert sum(Decimal(part or 0) for part in parts) == Decimal(row["total"])
        sums[row["currency"]] += Decimal(row["total"])
    assert sums == {"EUR": Decimal("1170.375"), "JPY": Decimal(50000)}


def test_csv_has_a_line_for_each_item_and_credit(books: Path) -> None:
    feed = run("aging", books, "--format", "csv").stdout_bytes
    assert feed.count(b"\r\n") == feed.count(b"\n") == 5
    assert [
        (row["invoice"], row["customer"], row["amount"], row["open"], row["bucket"])
        for row in rows(books)
    ] == [
        ("INV-2026-014", "Acme GmbH", "2380.00", "1190.00", "31-60"),
        ("INV-2026-015", "東京コーヒー株式会社", "50000", "50000", "not due"),
        ("", "Beta", "0.5", "0.5", "undated"),
        ("", "Gone Ltd", "", "-20.125", "unapplied"),
    ]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\uff1d"])
def test_csv_holds_no_formulas_and_amounts_stay_numbers(
    tmp_path: Path, first: str
) -> None:
    name = f"{first}HYPERLINK(1)"
    books = written(
        tmp_path,
        f"""
2026-09-14 * "{name}" "Website"
  invoice: "{name}"
  due: 2026-10-14
  Assets:Receivable      100 EUR
  Income:Services
2026-09-14 * "{name}" "Paid twice"
  invoice: "another"
  Assets:Receivable      -30 EUR
  Income:Services
""",
    )
    item, credit = rows(books)
    assert (item["customer"], item["invoice"]) == (f"'{name}", f"'{name}")
    assert (item["open"], item["days_overdue"]) == ("100", "37")
    assert (credit["customer"], credit["open"]) == (f"'{name}", "-30")
    (row,) = rows(books, "--by", "customer")
    assert (row["customer"], row["unapplied"]) == (f"'{name}", "-30")


# check


def test_check_prints_what_bean_check_prints(tmp_path: Path) -> None:
    option = '2026-01-01 custom "dunning-option" "as-of" 2026-11-20\n'
    books = written(
        tmp_path, option + LEDGER + '2026-01-02 custom "dunning-option" "graec" 3\n'
    )
    result = run("check", books, as_of=None)
    assert result.exit_code == 1
    assert result.stderr == ""
    checked = subprocess.run(
        [BIN / "bean-check", books], check=False, capture_output=True, encoding="utf-8"
    )
    assert checked.returncode == 1
    assert result.stdout == checked.stderr
    assert [line for line in result.stdout.splitlines() if line.startswith("/")] == [
        (
            f"{books}:8: Overdue: INV-2026-014, Acme GmbH: 1190.00 of 2380.00 EUR "
            "open, due 2026-10-14, 37 days overdue (Assets:Receivable), as of "
            "2026-11-20"
        ),
        f'{books}:25: There is no option "graec". Did you mean "grace"?',
    ]


def test_check_is_silent_and_done_when_nothing_is_late(books: Path) -> None:
    assert output("check", books, as_of="2026-10-14") == ""


def test_check_does_not_need_the_plugin_line(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    text = books.read_text(encoding="utf-8")
    books.write_text(text.replace('plugin "beancount_dunning"\n', "\n"))
    assert run("check", books).stdout.startswith(f"{books}:7: Overdue: INV-2026-014")


# ical


def test_ical_prints_the_feed(books: Path) -> None:
    result = run("ical", books)
    assert (result.exit_code, result.stderr) == (0, "")
    assert lint(result.stdout_bytes) == []
    summaries = [one.value("SUMMARY") for one in parse(result.stdout_bytes).components]
    assert "Due: INV-2026-014\\, Acme GmbH\\, 1190.00 EUR" in summaries
    assert len(summaries) == 12


def test_ical_of_some_customers(books: Path) -> None:
    feed = parse(run("ical", books, "--customer", "ACME").stdout_bytes)
    assert len(feed.components) == 6


def test_ical_can_be_tasks_and_private(books: Path) -> None:
    feed = run("ical", books, "--type", "todo", "--private").stdout_bytes
    assert lint(feed) == []
    assert {one.name for one in parse(feed).components} == {"VTODO"}
    for secret in ("Acme", "1190", "EUR", "Books"):
        assert secret.encode() not in feed


def test_ical_writes_the_same_to_a_file(books: Path, tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    target = folder / "reminders.ics"
    assert output("ical", books, "-o", target) == ""
    assert target.read_bytes() == run("ical", books).stdout_bytes
    assert list(folder.iterdir()) == [target]
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_ical_leaves_a_file_alone_when_nothing_changed(
    books: Path, tmp_path: Path
) -> None:
    target = tmp_path / "reminders.ics"
    output("ical", books, "-o", target)
    os.utime(target, ns=(10**18, 10**18))
    before = target.stat()
    output("ical", books, "-o", target)
    after = target.stat()
    assert (after.st_mtime_ns, after.st_ino) == (10**18, before.st_ino)


def test_ical_replaces_a_file_that_is_out_of_date(books: Path, tmp_path: Path) -> None:
    target = tmp_path / "reminders.ics"
    target.write_text("old")
    target.chmod(0o600)
    output("ical", books, "-o", target)
    assert lint(target.read_bytes()) == []
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(tmp_path.iterdir()) == [books, target]


@pytest.mark.parametrize("folder", ["nowhere", "books.beancount"])
def test_ical_says_which_file_it_cannot_write(books: Path, folder: str) -> None:
    target = books.parent / folder / "reminders.ics"
    result = run("ical", books, "-o", target)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Cannot write {target}: " in result.stderr


# usage


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
        "  explain    Show an invoice's whole history, with file and line.",
        "  ical       Write due dates, reminders and promises as an iCalendar feed.",
        "  reminders  List the reminders to send today, and those that come up.",
    ):
        assert line in text.splitlines()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["aging", "--help"], ["nope"]]
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


def test_colour_can_be_switched_off(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    arguments = ["aging", str(books), "--as-of", AS_OF]
    runner = CliRunner(env={"NO_COLOR": "1"})
    assert "\x1b" not in runner.invoke(main, arguments, color=True).output


def test_ical_refuses_a_ledger_with_parts_that_cannot_be_read(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER + '2026-11-01 * "unclosed\n')
    target = tmp_path / "feed.ics"
    target.write_bytes(b"as it was")
    result = run("ical", books, "-o", target)
    assert result.exit_code == 2
    assert "Beancount cannot read all of" in result.stderr
    assert target.read_bytes() == b"as it was"


def test_ical_refuses_to_replace_the_ledger(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    link = tmp_path / "link"
    link.symlink_to(books)
    result = run("ical", books, "-o", link)
    assert result.exit_code == 2
    assert "is part of the ledger" in result.stderr
    assert books.read_text(encoding="utf-8").endswith(LEDGER)


def test_ical_writes_through_links_and_into_pipes(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    target, link = tmp_path / "target.ics", tmp_path / "link.ics"
    link.symlink_to(target)
    assert run("ical", books, "-o", link).exit_code == 0
    feed = target.read_bytes()
    assert link.is_symlink()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/cat", pipe], stdout=subprocess.PIPE) as reader:
        assert run("ical", books, "-o", pipe).exit_code == 0
        assert reader.communicate()[0] == feed
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_ical_leaves_nothing_behind_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        message = "No space left on device"
        raise OSError(28, message)

    books = written(tmp_path, LEDGER)
    monkeypatch.setattr(Path, "replace", refuse)
    result = run("ical", books, "-o", tmp_path / "feed.ics")
    assert result.exit_code == 2
    assert ": No space left on device" in result.stderr
    assert [path.name for path in tmp_path.iterdir() if "ics" in path.name] == []
    assert {path.name for path in tmp_path.iterdir()} <= {
        books.name,
        f".{books.name}.picklecache",
    }


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


# reminders

DUNNED = """\
2026-01-01 custom "dunning-customer" "Acme GmbH"
  email: "ap@acme.example"
2026-01-01 custom "dunning-step" "standard" "first reminder" 3
  channel: "email"
2026-01-01 custom "dunning-step" "standard" "final notice" 20
  channel: "phone"
  fee: 5.00 EUR
2026-01-01 custom "dunning-interest" "standard" 10
  compensation: 40.00 EUR
2026-09-14 * "Acme GmbH" "Website" ^INV-014
  due: 2026-10-14
  Assets:Receivable      2380.00 EUR
  Income:Services
2026-10-20 * "Acme GmbH" "Part payment" ^INV-014
  Assets:Bank            1190.00 EUR
  Assets:Receivable
2026-10-25 note Assets:Receivable "First reminder e-mailed" ^INV-014
  reminder: "first reminder"
2026-10-26 * "Acme GmbH" "Hosting" ^INV-015
  due: 2026-11-10
  Assets:Receivable       100.00 EUR
  Income:Services
2026-10-27 * "Beta" "Logo" ^INV-016
  due: 2026-11-20
  Assets:Receivable        50000 JPY
  Income:Services
2026-11-19 balance Assets:Bank  1190.00 EUR
"""
NOTES = """\
2026-11-20 note Assets:Receivable "Final notice" ^INV-014
  reminder: "final notice"

2026-11-20 note Assets:Receivable "First reminder e-mailed to ap@acme.example" ^INV-015
  reminder: "first reminder"
"""
NAMELESS = """\
2026-11-01 * "Nameless" "Sticker"
  due: 2026-11-02
  Assets:Receivable         7.00 EUR
  Income:Services
"""


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the tests run: what is in the future cannot be logged."""
    monkeypatch.setattr("beancount_dunning.cli.today", lambda: date(2026, 11, 20))


@pytest.fixture
def dunned(tmp_path: Path) -> Path:
    return written(tmp_path, DUNNED)


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


# explain

STORY = """\
INV-014, Acme GmbH
History as of 2026-11-20

Date          Amount       What                                           Where
2026-09-14   2380.00  EUR  Invoiced: Website (Assets:Receivable)          FILE:15
2026-09-14                 Due 2026-10-14, from the transaction           FILE:15
2026-10-20  -1190.00  EUR  Acme GmbH Part payment (by invoice number)     FILE:19
2026-10-25                 Sent: first reminder. First reminder e-mailed  FILE:22

INV-014
1190.00 of 2380.00 EUR open, 37 days overdue                                   \
                        FILE:15
Policy "standard" (the default)
Next: final notice, from 2026-11-11: 20 days after due; 17 days after first \
reminder, sent 2026-10-25  FILE:10
Interest 2026-10-15 to 2026-10-20: 6 days at 10 % on 2380.00: 3.91 EUR         \
                        FILE:13
Interest 2026-10-21 to 2026-11-20: 31 days at 10 % on 1190.00: 10.11 EUR       \
                        FILE:13
Interest so far: 14.02 EUR
"""


@pytest.mark.parametrize("name", ["INV-014", "^INV-014", " INV-014 "])
def test_explain_takes_its_arguments_in_either_order(dunned: Path, name: str) -> None:
    expected = STORY.replace("FILE", str(dunned))
    assert output("explain", dunned, name) == expected
    assert output("explain", name, dunned) == expected


def test_explain_names_files_from_where_one_is(
    dunned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(dunned.parent)
    text = output("explain", dunned.name, "INV-014")
    assert text == STORY.replace("FILE", dunned.name)


def test_explain_tells_of_what_is_paid(dunned: Path) -> None:
    paid = '2026-11-19 * "Acme GmbH" "Rest" ^INV-014\n  Assets:Receivable  -1190 EUR\n'
    written(dunned.parent, f"{DUNNED}{paid}  Income:Services\n")
    text = output("explain", dunned, "INV-014")
    assert "0.00 of 2380.00 EUR open: settled" in text


def test_explain_says_which_invoice_there_is(dunned: Path) -> None:
    result = run("explain", dunned, "INV-O14")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no invoice INV-O14 as of 2026-11-20." in result.stderr
    assert 'Did you mean "INV-014"?' in result.stderr
    result = run("explain", dunned, "INV-014", as_of="2026-01-01")
    assert result.exit_code == 2
    assert "There is no invoice INV-014 as of 2026-01-01." in result.stderr
    assert "Did you mean" not in result.stderr


def test_explain_needs_a_ledger(tmp_path: Path) -> None:
    result = run("explain", tmp_path, "INV-014")
    assert (result.exit_code, result.stdout) == (2, "")
    shown = " ".join(result.stderr.split())
    assert f"No ledger file called 'INV-014' or '{tmp_path}'." in shown


def test_explain_as_json(dunned: Path) -> None:
    text = output("explain", dunned, "INV-014", "--format", "json")
    story = json.loads(text)
    assert list(story) == ["as_of", "invoice", "customer", "story", "items"]
    assert (story["as_of"], story["invoice"], story["customer"]) == (
        AS_OF,
        "INV-014",
        "Acme GmbH",
    )
    assert story["story"][2] == {
        "date": "2026-10-20",
        "kind": "credit",
        "amount": "-1190.00",
        "currency": "EUR",
        "text": "Acme GmbH Part payment (by invoice number)",
        "file": str(dunned),
        "line": 19,
    }
    (item,) = story["items"]
    (aged,) = json.loads(
        output("aging", dunned, "--customer", "acme", "--format", "json")
    )["items"][:1]
    assert {key: item[key] for key in aged} == aged
    assert item["interest"] == "14.02"
    assert [one["amount"] for one in item["interest_segments"]] == ["3.91", "10.11"]
    assert all(set(fact) == {"text", "file", "line"} for fact in item["why"])


def test_explain_as_csv_adds_up_to_what_is_open(dunned: Path) -> None:
    text = run("explain", dunned, "INV-014", "--format", "csv").stdout_bytes.decode()
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(found[0]) == [
        "date",
        "kind",
        "text",
        "amount",
        "currency",
        "file",
        "line",
    ]
    assert [row["kind"] for row in found] == ["invoice", "due", "credit", "reminder"]
    assert sum(Decimal(row["amount"] or 0) for row in found) == Decimal("1190.00")
    assert [row["line"] for row in found] == ["15", "15", "19", "22"]


# charges

CHARGES = """\
2026-11-20 open Income:Interest

2026-11-20 open Income:Compensation

; 2026-10-15 to 2026-10-20: 6 days at 10 % on 2380.00: 3.91 EUR
; 2026-10-21 to 2026-11-20: 31 days at 10 % on 1190.00: 10.11 EUR
2026-11-20 * "Acme GmbH" "Interest on INV-014, 2026-10-15 to 2026-11-20" ^INV-014
  charge: "interest"
  due: 2026-10-14
  Assets:Receivable   14.02 EUR
  Income:Interest    -14.02 EUR

2026-11-20 * "Acme GmbH" "Compensation on INV-014" ^INV-014
  charge: "compensation"
  due: 2026-10-14
  Assets:Receivable     40.00 EUR
  Income:Compensation  -40.00 EUR

; 2026-11-11 to 2026-11-20: 10 days at 10 % on 100.00: 0.27 EUR
2026-11-20 * "Acme GmbH" "Interest on INV-015, 2026-11-11 to 2026-11-20" ^INV-015
  charge: "interest"
  due: 2026-11-10
  Assets:Receivable   0.27 EUR
  Income:Interest    -0.27 EUR

2026-11-20 * "Acme GmbH" "Compensation on INV-015" ^INV-015
  charge: "compensation"
  due: 2026-11-10
  Assets:Receivable     40.00 EUR
  Income:Compensation  -40.00 EUR
"""


def test_charges_are_directives_to_paste_once(dunned: Path) -> None:
    assert output("charges", dunned) == CHARGES
    written(dunned.parent, f"{DUNNED}\n{CHARGES}")
    assert output("charges", dunned) == ""
    _, errors, _ = loader.load_file(dunned)
    assert {type(error).__name__ for error in errors} <= {"OverdueError"}
    report = json.loads(output("aging", dunned, "--format", "json"))
    (acme,) = (row for row in report["customers"] if row["currency"] == "EUR")
    # 1190.00 + 14.02 + 40.00 + 100.00 + 0.27 + 40.00
    assert acme["total"] == "1384.29"


def test_a_day_later_the_rest_is_charged(dunned: Path) -> None:
    """32 days on 1190.00 make 10.43, with 3.91 before: 14.35 in all (14.345…)."""
    written(dunned.parent, f"{DUNNED}\n{CHARGES}")
    text = output("charges", dunned, as_of="2026-11-21")
    assert "; of which 14.02 EUR is posted\n" in text
    assert "  Assets:Receivable   0.33 EUR\n" in text
    assert "open Income" not in text


def test_fees_of_what_was_sent_are_charged(dunned: Path) -> None:
    assert output("reminders", dunned, "--append", dunned) == NOTES
    text = output("charges", dunned)
    assert (
        """\
2026-11-20 * "Acme GmbH" "Fee for final notice of INV-014" ^INV-014
  charge: "fee"
  step: "final notice"
  due: 2026-10-14
  Assets:Receivable   5.00 EUR
  Income:Fees        -5.00 EUR
"""
        in text
    )


def test_charges_of_some_customers_and_of_what_is_paid(dunned: Path) -> None:
    assert output("charges", dunned, "--customer", "beta") == ""
    assert output("charges", dunned, "--customer", "ACME") == CHARGES
    paid = '2026-11-15 * "Acme GmbH" "Paid" ^INV-015\n  Assets:Receivable  -100 EUR\n'
    written(dunned.parent, f"{DUNNED}{paid}  Income:Services\n")
    assert "INV-015" not in output("charges", dunned)
    # 100.00 for the five days from 11 November: 0.1369…
    text = output("charges", dunned, "--paid")
    assert "  Assets:Receivable   0.14 EUR\n" in text
    assert "INV-014" in text


def test_charges_as_json(dunned: Path) -> None:
    report = json.loads(output("charges", dunned, "--format", "json"))
    assert report["as_of"] == AS_OF
    first, second, *_ = report["charges"]
    directive = first.pop("directive")
    assert f"\n{directive}\n" in CHARGES
    assert first == {
        "invoice": "INV-014",
        "instalment": "1/1",
        "customer": "Acme GmbH",
        "account": "Assets:Receivable",
        "kind": "interest",
        "step": None,
        "amount": "14.02",
        "currency": "EUR",
        "posted": "0",
        "segments": [
            {
                "from": "2026-10-15",
                "to": "2026-10-20",
                "principal": "2380.00",
                "rate": "10",
                "days": 6,
                "amount": "3.91",
            },
            {
                "from": "2026-10-21",
                "to": "2026-11-20",
                "principal": "1190.00",
                "rate": "10",
                "days": 31,
                "amount": "10.11",
            },
        ],
    }
    assert (second["kind"], second["amount"], second["segments"]) == (
        "compensation",
        "40.00",
        [],
    )


def test_charges_as_csv(dunned: Path) -> None:
    text = run("charges", dunned, "--format", "csv").stdout_bytes.decode()
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["invoice"], row["kind"], row["amount"]) for row in found] == [
        ("INV-014", "interest", "14.02"),
        ("INV-014", "compensation", "40.00"),
        ("INV-015", "interest", "0.27"),
        ("INV-015", "compensation", "40.00"),
    ]


def test_charges_leave_out_what_the_account_does_not_take(dunned: Path) -> None:
    """The account is for JPY, and compensation is agreed in EUR."""
    books = dunned.with_name("yen.beancount")
    books.write_text(
        """\
2026-01-01 open Assets:Receivable  JPY
2026-01-01 open Income:Services
2026-01-01 custom "dunning-interest" "standard" 10
  compensation: 40.00 EUR
2026-01-01 * "Beta" "Logo" ^INV-1
  due: 2026-01-31
  Assets:Receivable        36500 JPY
  Income:Services
"""
    )
    result = run("charges", books, as_of="2026-02-10")
    assert result.exit_code == 0
    assert "  Assets:Receivable   100 JPY\n" in result.stdout
    assert "EUR" not in result.stdout
    assert result.stderr == (
        "Note: compensation of 40.00 EUR on INV-1 is left out: Assets:Receivable "
        "is for other currencies.\n"
    )


def test_a_rate_that_nobody_knows_is_named_with_its_line(tmp_path: Path) -> None:
    rate = (
        '2026-01-01 custom "reference-rate" "house" 2\n'
        '2020-01-01 custom "dunning-interest" "standard" 9 "house"\n'
        '2020-01-02 * "Acme" "Old" ^INV-0\n  due: 2020-02-01\n'
        "  Assets:Receivable  1.00 EUR\n  Income:Services\n"
    )
    books = written(tmp_path, rate)
    books.write_text(books.read_text().replace("2026-01-01 open", "2019-01-01 open"))
    for form in ("text", "json", "csv"):
        result = run("charges", books, "--format", form)
        assert (result.exit_code, result.stdout) == (2, "")
        shown = " ".join(result.stderr.split())
        assert f"{books}:7: " in shown
        assert 'The rate "house" is not known before 2026-01-01' in shown


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


def test_an_invoice_whose_name_begins_like_a_link_is_found(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(
        """
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
2026-01-01 * "Acme" "Website"
  invoice: "^X-1"
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    assert output("explain", path, "^X-1").startswith("^X-1, Acme\n")
