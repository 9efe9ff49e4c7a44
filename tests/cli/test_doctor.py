"""`bean-dunning doctor`: what keeps a ledger's answers from being right."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from tests.cli.running import HEAD
from tests.cli.running import LEDGER
from tests.cli.running import output
from tests.cli.running import run
from tests.cli.running import written

if TYPE_CHECKING:
    from pathlib import Path


SICK = """\
2026-11-02 * "Beta" "Logo"
  Assets:Receivable  3 EUR
  Income:Services
2026-11-03 * "Gone Ltd" "Sent\u2028twice"  ^X
  Assets:Bank        1 EUR
  Assets:Receivable
2026-11-04 * "Gone Ltd" "Sent again" ^Y
  Assets:Bank        2 EUR
  Assets:Receivable
"""
FOUND = """\
Examined as of 2026-11-20

Payments and credits for unknown invoices
books.beancount:9: 1 EUR from Gone Ltd settles nothing: no invoice is called X.

books.beancount:12: 2 EUR from Gone Ltd settles nothing: no invoice is called Y.

Invoices without a due date
books.beancount:6: Without a due date, and so never overdue and never reminded: 1 open
  item (3 EUR), the first Logo of Beta. Add due: where you know it, or terms for all
  invoices that have no other:
    2026-01-01 custom "dunning-option" "terms" "net 30"
"""


def test_what_is_found_is_told_by_kind(tmp_path: Path) -> None:
    books = written(tmp_path, SICK)
    result = run("doctor", books)
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout == FOUND


def test_a_ledger_in_order_is_told_so(tmp_path: Path) -> None:
    assert output("doctor", written(tmp_path, "")) == (
        "Examined as of 2026-11-20\n\nAll is well: there is nothing to put right.\n"
    )


def test_a_ledger_in_which_nothing_is_found_is_told_what_was_looked_for(
    tmp_path: Path,
) -> None:
    books = tmp_path / "books.beancount"
    books.write_text('plugin "beancount_dunning"\n2026-01-01 open Assets:Bank\n')
    assert "\nNo receivable account was found.\nLooked for:" in output("doctor", books)


def test_a_ledger_without_the_plugin_is_told_first(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    books.write_text(books.read_text(encoding="utf-8").replace("plugin", ";"))
    result = run("doctor", books)
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "Examined as of 2026-11-20\n\nThe plugin is missing\nbooks.beancount: The "
    )
    shown = '\n    plugin "beancount_dunning"\n\nPayments and credits left over\n'
    assert shown in result.stdout


def test_what_is_found_as_json(tmp_path: Path) -> None:
    books = written(tmp_path, SICK)
    result = run("doctor", books, "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout_bytes)
    assert report["as_of"] == "2026-11-20"
    assert [one["kind"] for one in report["findings"]] == ["link", "link", "undated"]
    assert report["findings"][0] == {
        "kind": "link",
        "message": "1 EUR from Gone Ltd settles nothing: no invoice is called X.",
        "type": None,
        "file": str(books),
        "line": 9,
    }


def test_what_is_found_as_csv(tmp_path: Path) -> None:
    books = written(tmp_path, SICK)
    result = run("doctor", books, "--format", "csv")
    assert result.exit_code == 1
    text = result.stdout_bytes.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["kind"], row["type"], row["line"]) for row in rows] == [
        ("link", "", "9"),
        ("link", "", "12"),
        ("undated", '2026-01-01 custom "dunning-option" "terms" "net 30"', "6"),
    ]


def test_nothing_that_somebody_typed_steers_the_terminal(tmp_path: Path) -> None:
    books = written(tmp_path, SICK.replace("Gone Ltd", "Gone\x1b[2J\u202e\r\nLtd"))
    shown = " ".join(run("doctor", books).stdout.split())
    assert "1 EUR from Gone [2J Ltd settles nothing" in shown
    assert not {"\x1b", "\u202e", "\r"} & set(shown)


def test_a_mistake_of_beancounts_own_is_noted_beside(tmp_path: Path) -> None:
    books = written(tmp_path, "2026-12-01 balance Assets:Bank  7 EUR\n")
    result = run("doctor", books)
    assert (result.exit_code, "All is well" in result.stdout) == (0, True)
    assert result.stderr == "Note: bean-check finds 1 other error in this ledger.\n"
    assert HEAD in books.read_text()
