"""`bean-dunning statement`: for one customer, in text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.cli import main
from tests.cli.running import output
from tests.cli.running import run
from tests.formats.test_letter_pdf import code_on
from tests.formats.test_letter_pdf import pages_of

if TYPE_CHECKING:
    from pathlib import Path


def error(*arguments: str | Path) -> str:
    result = run("statement", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.partition("Error: ")[2]


def test_it_is_printed_to_read(books: Path) -> None:
    text = output("statement", books, "acme gmbh")
    assert text.startswith("Acme GmbH\n\nNovember 20, 2026\n\nStatement of account\n")
    assert "Nov 20, 2026  Closing balance" in text
    assert "Confirmation of balance" not in text
    assert text == output("statement", "Acme GmbH", books)


def test_a_slip_can_be_added(books: Path) -> None:
    text = output("statement", books, "Acme GmbH", "--confirm")
    assert "Confirmation of balance\n" in text
    assert "We owe you €1,190.00." in text


def test_as_a_page_to_print(books: Path) -> None:
    page = output("statement", books, "Acme GmbH", "--as", "html", "--confirm")
    assert page.startswith("<!DOCTYPE html>\n")
    assert page.endswith("</html>\n")
    assert "<h1>Statement of account</h1>" in page


def test_as_pdf(books: Path, tmp_path: Path) -> None:
    arguments = ("statement", books, "Acme GmbH", "--as", "pdf")
    path = tmp_path / "acme.pdf"
    path.write_bytes(run(*arguments).stdout_bytes)
    (page,) = pages_of(path)
    assert re.search(r"Acme GmbH\n.*\n *Statement of account\n", page, re.DOTALL)
    assert re.search(r"Closing balance +1,190\.00\n", page)
    # The same statement is the same file.
    assert run(*arguments).stdout_bytes == path.read_bytes()


def test_a_pdf_does_not_steer_a_terminal(
    books: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as terminal, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", terminal)
        with pytest.raises(SystemExit) as ended:
            main(["statement", str(books), "Acme", "--as", "pdf"])
    os.close(ours)
    assert ended.value.code == 2
    problem = capfd.readouterr().err
    assert "--as pdf is for a file; say which with -o FILE.pdf." in problem


def test_a_pdf_needs_its_extra(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    problem = error(books, "Acme GmbH", "--as", "pdf")
    assert problem.startswith("PDF needs WeasyPrint. Type: pip install ")


@pytest.mark.parametrize(
    ("ending", "way", "begins"),
    [
        ("txt", ("--as", "text"), b"Acme GmbH\n"),
        ("html", ("--as", "html"), b"<!DOCTYPE html>"),
        ("PDF", ("--as", "pdf"), b"%PDF"),
        ("eml", ("--as", "mail"), b"Subject: Statement of account: "),
        ("csv", ("--format", "csv"), b"date,"),
        ("json", ("--format", "json"), b"{\n"),
    ],
)
def test_a_file_is_written_as_its_name_ends(
    books: Path, tmp_path: Path, ending: str, way: tuple[str, str], begins: bytes
) -> None:
    path = tmp_path / f"acme.{ending}"
    printed = run("statement", books, "Acme GmbH", *way).stdout_bytes
    assert printed.startswith(begins)
    for _ in range(2):
        assert output("statement", books, "Acme GmbH", "-o", path) == ""
        assert path.read_bytes() == printed
    path.write_bytes(b"mine")
    problem = error(books, "Acme GmbH", "-o", path)
    assert (
        problem == f"{path} already exists with other content; nothing was written.\n"
    )
    assert path.read_bytes() == b"mine"


def test_what_is_asked_for_goes_before_the_name(books: Path, tmp_path: Path) -> None:
    path = tmp_path / "acme.pdf"
    output("statement", books, "Acme GmbH", "-o", path, "--as", "html")
    assert path.read_bytes().startswith(b"<!DOCTYPE html>")
    path = tmp_path / "none" / "acme.pdf"
    assert error(books, "Acme GmbH", "-o", path) == (
        f"Cannot write {path}: No such file or directory\n"
    )


def test_the_code_on_a_pdf_is_to_pay_the_balance(books: Path, tmp_path: Path) -> None:
    more = '2026-01-01 custom "dunning-option" "pay-to" "EUR" "DE02120300000000202051"'
    more += ' "Nord"'
    books.write_text(f"{books.read_text()}\n{more}\n")
    path = tmp_path / "acme.pdf"
    output("statement", books, "Acme GmbH", "-o", path)
    lines = code_on(path).split("\n")
    assert lines[5:8] == ["Nord", "DE02120300000000202051", "EUR1190.00"]


def test_its_days_can_be_chosen(books: Path) -> None:
    found = json.loads(
        output(
            *("statement", books, "Acme GmbH", "--format", "json"),
            *("--from", "2026-10-01", "--to", "2026-10-31"),
            as_of=None,
        )
    )
    assert (found["from"], found["to"]) == ("2026-10-01", "2026-10-31")
    (section,) = found["currencies"]
    assert (section["opening"], section["closing"]) == ("2380.00", "1190.00")
    assert [one["kind"] for one in section["movements"]] == ["payment"]


def test_as_csv(books: Path) -> None:
    text = output("statement", books, "Gone Ltd", "--format", "csv")
    opening, payment = csv.DictReader(io.StringIO(text, newline=""))
    assert (opening["date"], opening["amount"]) == ("2026-01-01", "0")
    assert (payment["kind"], payment["balance"]) == ("payment", "-20.125")


@pytest.mark.parametrize("name", ["Acme", "acme gmhb"])
def test_nobody_of_that_name(books: Path, name: str) -> None:
    assert error(books, name) == (
        f'There is no customer {name} as of 2026-11-20. Did you mean "Acme GmbH"?\n'
    )


def test_nobody_without_a_name(books: Path) -> None:
    assert error(books, " ") == (
        "There is no customer as of 2026-11-20. Known: Acme GmbH, Beta, Gone Ltd, "
        "東京コーヒー株式会社.\n"
    )


def test_no_ledger(tmp_path: Path) -> None:
    assert "No ledger file called" in error(tmp_path / "none", "Acme GmbH")


def test_it_ends_on_one_day(books: Path) -> None:
    assert error(books, "Acme GmbH", "--to", "2026-10-31") == (
        "--to and --as-of both name the last day; use one of them.\n"
    )


def test_it_does_not_end_before_it_begins(books: Path) -> None:
    assert error(books, "Acme GmbH", "--from", "2026-11-21") == (
        "--from 2026-11-21 is after the last day, 2026-11-20.\n"
    )
