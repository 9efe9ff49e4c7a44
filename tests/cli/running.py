"""Running the command line, as a user does, on a small ledger."""

from __future__ import annotations

import csv
import io
import os
import pty
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from click.testing import CliRunner
from wcwidth import wcswidth

from beancount_dunning.cli import main

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
# What `aging` says of it.
BY_INVOICE = """\
Receivables as of 2026-11-20

Customer              Invoice       Due          Days      Open        of       Next
Acme GmbH             INV-2026-014  2026-10-14     37   1190.00   2380.00  EUR  \
2026-10-15 first reminder
東京コーヒー株式会社  INV-2026-015  2026-11-30  in 10  50000     50000     JPY  \
2026-11-28 upcoming
Beta                  Logo          undated                0.5       0.5   EUR

Unapplied credit
Gone Ltd          2026-11-03  Paid twice  -20.125  EUR  Assets:Receivable\
  books.beancount:23

                EUR    JPY
undated       0.5
not due              50000
31-60      1190.00
unapplied   -20.125
total      1170.375  50000
overdue    1190.00
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "books.beancount"
    path.write_text(HEAD + dedent(text), encoding="utf-8")
    return path


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


def rows(*arguments: str | Path) -> list[dict[str, str]]:
    """Read the CSV that a command prints."""
    result = run("aging", *arguments, "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    text = result.stdout_bytes.decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


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
  channel: "phone"

2026-11-20 note Assets:Receivable "First reminder e-mailed to ap@acme.example" ^INV-015
  reminder: "first reminder"
  channel: "email"
  to: "ap@acme.example"
"""
NAMELESS = """\
2026-11-01 * "Nameless" "Sticker"
  due: 2026-11-02
  Assets:Receivable         7.00 EUR
  Income:Services
"""
