"""`bean-dunning dossier`: files that are the same wherever they are made."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from tests.cli.running import HEAD
from tests.cli.running import output
from tests.cli.running import run
from tests.handover.test_git import committed
from tests.serving import EXAMPLE

if TYPE_CHECKING:
    from click.testing import Result

GOLDEN = Path(__file__).parents[1] / "golden" / "dossier"
_PAGE = Path(__file__).parents[2] / "docs" / "dossier.md"
_INVOICE = "AN-2026-025"
_LEDGER = f"""{HEAD}
include "sub/notes.beancount"
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  document: "docs/order.pdf"
  Assets:Receivable  100.00 EUR
    ; the whole of it
  Income:Services
2026-09-15 document Assets:Receivable "docs/invoice.pdf" ^INV-1
2026-09-16 document Assets:Receivable "docs/lost.pdf" ^INV-1
"""
_NOTES = """
2026-09-17 document Assets:Receivable "invoice.pdf" ^INV-1
2026-10-18 note Assets:Receivable "E-mailed" ^INV-1
  reminder: "first reminder"
  channel: "email"
2026-10-19 note Assets:Receivable "Says it is wrong" ^INV-1
  dispute: TRUE
2026-10-20 note Assets:Receivable "Called, nobody there" ^INV-1
"""


def written(folder: Path) -> Path:
    """Write a ledger of two files, with four documents of which one is missing."""
    for name in ("docs", "sub"):
        (folder / name).mkdir(parents=True)
    (folder / "books.beancount").write_text(_LEDGER, encoding="utf-8")
    (folder / "sub" / "notes.beancount").write_text(_NOTES, encoding="utf-8")
    for name in ("docs/order.pdf", "docs/invoice.pdf", "sub/invoice.pdf"):
        (folder / name).write_bytes(name.encode())
    return folder / "books.beancount"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return written(tmp_path / "books")


def made(ledger: Path, to: Path, invoice: str = "INV-1") -> dict[str, bytes]:
    """Make a dossier, and return its files."""
    result = run("dossier", ledger, invoice, "-o", to)
    assert result.exit_code == 0, result.stderr
    files = content(to)
    assert result.stdout == f"{to}: {len(files)} files\n"
    return files


def content(to: Path) -> dict[str, bytes]:
    if to.suffix:
        with ZipFile(to) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    files = sorted(path for path in to.rglob("*") if path.is_file())
    return {path.relative_to(to).as_posix(): path.read_bytes() for path in files}


def refused(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.partition("Error: ")[2]


def test_of_the_example(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    books = tmp_path / EXAMPLE.name
    shutil.copy(EXAMPLE, books)
    files = made(books, tmp_path / "made", _INVOICE)
    if request.config.getoption("--update-snapshots"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        shutil.copytree(tmp_path / "made", GOLDEN)
    assert files == content(GOLDEN)


def test_the_index_is_as_the_documentation_shows_it(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    page = _PAGE.read_text(encoding="utf-8")
    books = tmp_path / "books.beancount"
    snippet = page.partition("```beancount\n")[2].partition("```")[0]
    books.write_text(HEAD + snippet, encoding="utf-8")
    index = made(books, tmp_path / "a", "INV-2026-014")["0-index.txt"].decode()
    shown = page.partition("```text\n")[2].partition("```")[0]
    if request.config.getoption("--update-snapshots"):
        shown, old = index.partition("\nFiles")[0], shown
        _PAGE.write_text(page.replace(old, shown), encoding="utf-8")
    assert index.partition("\nFiles")[0] == shown


def test_an_archive_has_the_same_files_and_the_index_first(
    ledger: Path, tmp_path: Path
) -> None:
    archived = made(ledger, tmp_path / "made.zip")
    assert archived == made(ledger, tmp_path / "made")
    assert [*archived] == sorted(archived)
    assert next(iter(archived)) == "0-index.txt"


def test_its_bytes_are_the_same_elsewhere_and_later(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(ledger, tmp_path / "a.zip")
    other = written(tmp_path / "elsewhere" / "else")
    os.utime(other.parent / "docs" / "order.pdf", (0, 0))
    monkeypatch.chdir(other.parent)
    made(other, tmp_path / "b.zip")
    first = (tmp_path / "a.zip").read_bytes()
    assert first == (tmp_path / "b.zip").read_bytes()
    assert str(tmp_path).encode() not in first


def test_documents_are_copied_and_what_is_missing_is_named(
    ledger: Path, tmp_path: Path
) -> None:
    result = run("dossier", ledger, "INV-1", "-o", tmp_path / "made")
    assert "Note: docs/lost.pdf is missing; the index says so.\n" in result.stderr
    files = content(tmp_path / "made")
    assert files["documents/invoice.pdf"] == b"docs/invoice.pdf"
    assert files["documents/invoice (2).pdf"] == b"sub/invoice.pdf"
    assert files["documents/order.pdf"] == b"docs/order.pdf"
    index = files["0-index.txt"].decode()
    assert "  2026-09-16  MISSING: docs/lost.pdf  (books.beancount:" in index
    assert "  2026-09-17  documents/invoice (2).pdf  (sub/notes.beancount:2)" in index


def test_what_is_no_file_is_missing(ledger: Path, tmp_path: Path) -> None:
    os.mkfifo(ledger.parent / "docs" / "lost.pdf")
    name = "x" * 300
    more = f'2026-09-18 document Assets:Receivable "{name}" ^INV-1\n'
    ledger.write_text(_LEDGER + more, encoding="utf-8")
    index = made(ledger, tmp_path / "made")["0-index.txt"].decode()
    assert "MISSING: docs/lost.pdf" in index
    assert f"MISSING: {name}" in index


def test_a_document_that_is_linked_twice_is_copied_once(
    ledger: Path, tmp_path: Path
) -> None:
    again = '2026-09-20 document Assets:Receivable "docs/invoice.pdf" ^INV-1\n'
    ledger.write_text(_LEDGER + again, encoding="utf-8")
    files = made(ledger, tmp_path / "made")
    assert sum(name.startswith("documents/") for name in files) == 3
    assert files["0-index.txt"].count(b"  documents/invoice.pdf  (") == 2


def test_sums_are_of_all_other_files(ledger: Path, tmp_path: Path) -> None:
    files = made(ledger, tmp_path / "made.zip")
    sums = files.pop("SHA256SUMS").decode().splitlines()
    assert sums == [f"{sha256(one).hexdigest()}  {name}" for name, one in files.items()]


def test_the_log_and_the_ledger_are_as_they_stand(ledger: Path, tmp_path: Path) -> None:
    files = made(ledger, tmp_path / "made")
    assert (
        files["log.txt"].decode()
        == """\
Letters sent

2026-10-18  E-mailed
  reminder: "first reminder"
  channel: "email"
  (sub/notes.beancount:3)

Disputes

2026-10-19  Says it is wrong
  dispute: TRUE
  (sub/notes.beancount:6)

Other notes

2026-10-20  Called, nobody there
  (sub/notes.beancount:8)
"""
    )
    excerpt = files["ledger.txt"].decode()
    assert (
        """\
  Assets:Receivable  100.00 EUR
    ; the whole of it
  Income:Services

"""
        in excerpt
    )
    assert 'sub/notes.beancount:6\n2026-10-19 note Assets:Receivable "Says' in excerpt


def test_its_statement_and_story_are_for_programs_too(
    ledger: Path, tmp_path: Path
) -> None:
    files = made(ledger, tmp_path / "made")
    story = json.loads(files["story.json"])
    assert story["story"][0]["file"] == "books.beancount"
    account = json.loads(files["statement.json"])
    assert account["currencies"][0]["disputed"] == "100.00"
    rows = csv.DictReader(io.StringIO(files["statement.csv"].decode(), newline=""))
    assert [row["balance"] for row in rows] == ["0", "100.00"]


def test_an_invoice_of_several_customers(tmp_path: Path) -> None:
    text = "".join(
        f'2026-09-14 * "{name}" "Trip" ^TRIP\n  Assets:Receivable  1.00 EUR\n'
        "  Income:Services\n"
        for name in ("Acme", "Beta")
    )
    books = tmp_path / "books.beancount"
    books.write_text(HEAD + text, encoding="utf-8")
    files = made(books, tmp_path / "made", "^TRIP")
    assert {"statement.txt", "statement-2.csv"} <= files.keys()
    assert files["log.txt"] == b"The ledger has no notes on it.\n"
    assert files["interest.txt"] == b"No interest runs.\n"
    index = files["0-index.txt"].decode()
    assert "  Without a due date: 2.00 EUR\n" in index
    assert "statement-2.txt: the customer's statement of account\n" in index
    assert "Linked documents" not in index


def test_what_a_lawyer_reads_first(tmp_path: Path) -> None:
    books = tmp_path / "books.beancount"
    books.write_text(
        f"""{HEAD}
2026-01-01 custom "dunning-option" "sender" "Nord

Kai 7"
2026-01-01 custom "dunning-interest" "standard" 9 "own"
2026-10-01 custom "reference-rate" "own" 1
2026-01-01 custom "dunning-customer" "Acme"
  address: "1 High Street"
  phone: "+44 1"
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-09-30
  Assets:Receivable  100.00 EUR
  Income:Services
2026-09-15 * "Acme" "Logo" ^INV-2
  due: 2026-12-14
  Assets:Receivable   50.00 EUR
  Income:Services
2026-10-10 * "Acme" "?" ^X-1
  Assets:Bank   7.00 EUR
  Assets:Receivable
2026-10-20 note Assets:Receivable "Wrong" ^INV-1
  dispute: TRUE
""",
        encoding="utf-8",
    )
    index = made(books, tmp_path / "made")["0-index.txt"].decode()
    assert index.startswith(
        "Dossier on INV-1\nAs of 2026-11-20\n\nCreditor\n  Nord\n  Kai 7\n\n"
        "Debtor\n  Acme\n  1 High Street\n  Telephone: +44 1\n\nClaim\n"
    )
    claim = index.partition("Claim\n")[2].partition("\n\n")[0]
    assert claim.splitlines()[2:] == [
        "  Interest on INV-1, not posted yet: 1.32 EUR",
        "  Overdue, with these charges: 101.32 EUR",
        "  Of all this in dispute: 100.00 EUR",
        "  Credit that settles no invoice yet: 7.00 EUR",
        "  Interest on INV-1 goes on: 10 % a year on 93.00 EUR",
        "  Balance of Acme, all invoices: 143.00 EUR",
    ]
    ledger = books.read_text(encoding="utf-8").replace(
        "2026-10-01 custom", "2026-10-02 custom"
    )
    books.write_text(ledger, encoding="utf-8")
    files = made(books, tmp_path / "again")
    unknown = 'The rate "own" is not known before 2026-10-02; '
    assert f"  Interest is not known: {unknown}" in files["0-index.txt"].decode()
    assert files["interest.txt"].decode().startswith(unknown)


def test_the_index_is_in_the_language_of_who_hands_it_over(
    ledger: Path, tmp_path: Path
) -> None:
    option = '2026-01-01 custom "dunning-option" "language" "{}"\n'
    ledger.write_text(_LEDGER + option.format("de-CH"), encoding="utf-8")
    files = made(ledger, tmp_path / "de")
    index = files["0-index.txt"].decode()
    assert index.startswith("Akte zu INV-1\nStand: 2026-11-20\n\nSchuldner\n  Acme\n")
    assert "\n  Rechnung  Datum       Fällig " in index
    assert (
        "\n  Überfällig: 100.00 EUR\n  Davon insgesamt strittig: 100.00 EUR\n" in index
    )
    assert "\n  2026-10-18  Gesendet: erste Mahnung. E-mailed\n" in index
    assert "  2026-09-16  FEHLT: docs/lost.pdf  (books.beancount:" in index
    assert "\n  story.csv: was geschah und " in index
    assert files["log.txt"].decode().startswith("Gesendete Schreiben\n\n2026-10-18  E-")
    assert files["interest.txt"].decode() == "Es laufen keine Zinsen.\n"
    assert files["statement.txt"].decode().partition("\n")[0] == "Acme"
    # A statement is for the customer, who says nothing of a language.
    assert "Kontoauszug" in files["statement.txt"].decode()


def test_never_over_something_else(ledger: Path, tmp_path: Path) -> None:
    for to, there in (
        (tmp_path / "a.zip", tmp_path / "a.zip"),
        (tmp_path / "a", tmp_path / "a" / "story.txt"),
        (tmp_path / "b", tmp_path / "b" / "log.txt"),
    ):
        there.parent.mkdir(exist_ok=True)
        if to.name == "b":
            there.mkdir()
        else:
            there.write_text("mine")
        result = run("dossier", ledger, "INV-1", "-o", to)
        assert f"{there} already exists with other content; nothing was written.\n" in (
            refused(result)
        )
        assert [*there.parent.iterdir()].count(there) == 1
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["story.txt"]


def test_what_is_there_already_stays(ledger: Path, tmp_path: Path) -> None:
    for to in (tmp_path / "a.zip", tmp_path / "a"):
        files = made(ledger, to)
        if not to.suffix:
            (to / "story.txt").unlink()
        assert made(ledger, to) == files


def test_where_nothing_can_be_written(ledger: Path, tmp_path: Path) -> None:
    result = run("dossier", ledger, "INV-1", "-o", tmp_path / "none" / "a.zip")
    assert f"Cannot write {tmp_path}/none/a.zip: No such file" in refused(result)
    result = run("dossier", ledger, "INV-1", "-o", ledger / "a")
    assert f"Cannot write {ledger}/a: Not a directory" in refused(result)


def test_on_a_full_disk_there_is_no_half_of_it(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    real = Path.open

    def opened(path: Path, mode: str = "r", **kwargs: object) -> object:
        if mode != "xb":
            return real(path, mode, **kwargs)  # type: ignore[call-overload]
        path.touch()
        return Full()

    monkeypatch.setattr(Path, "open", opened)
    result = run("dossier", ledger, "INV-1", "-o", tmp_path / "a.zip")
    assert f"Cannot write {tmp_path}/a.zip: No space left" in refused(result)
    assert not (tmp_path / "a.zip").exists()


def test_no_such_invoice(ledger: Path, tmp_path: Path) -> None:
    result = run("dossier", ledger, "^INV-2", "-o", tmp_path / "a")
    assert "There is no invoice INV-2 as of 2026-11-20. Did you mean" in refused(result)


def test_the_invoice_may_come_first(tmp_path: Path) -> None:
    text = output("dossier", "AN-2026-025", EXAMPLE, "-o", tmp_path / "a.zip")
    assert text.startswith(f"{tmp_path}/a.zip: ")


def test_another_drive_is_not_named(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def relpath(*_: object) -> str:
        raise ValueError

    monkeypatch.setattr("os.path.relpath", relpath)
    files = made(ledger, tmp_path / "a")
    story = json.loads(files["story.json"])
    assert story["story"][0]["file"] == "books.beancount"


def test_what_plugins_make_stands_in_no_file(tmp_path: Path) -> None:
    books = tmp_path / "books.beancount"
    books.write_text(
        """\
option "insert_pythonpath" "TRUE"
plugin "made_up_for_dossiers"
2026-01-01 open Assets:Receivable
2026-01-01 open Assets:Bank
2026-09-14 * "Acme" "Website" ^INV-1
  Assets:Receivable  100.00 EUR
  Assets:Bank
""",
        encoding="utf-8",
    )
    (tmp_path / "made_up_for_dossiers.py").write_text(
        """\
__plugins__ = ["move"]


def move(entries, _):
    meta = {"filename": "<moved>", "lineno": 0}
    return [
        one._replace(meta=meta, postings=[two._replace(meta=None) for two in
        one.postings]) if hasattr(one, "postings") else one for one in entries
    ], []
""",
        encoding="utf-8",
    )
    files = made(books, tmp_path / "a")
    assert files["ledger.txt"] == b""
    assert b"<moved>:0" in files["story.txt"]


# The ledger's commit


def last_line(ledger: Path, to: Path) -> str:
    return made(ledger, to)["0-index.txt"].decode().splitlines()[-1]


def test_the_commit_is_named_and_changes_since(ledger: Path, tmp_path: Path) -> None:
    assert last_line(ledger, tmp_path / "a") == "  books.beancount"
    commit = committed(ledger.parent, "books.beancount", "sub/notes.beancount")
    named = last_line(ledger, tmp_path / "b")
    assert named.startswith(f"  books.beancount, Git commit {commit} of 20")
    assert "since" not in named
    ledger.write_text(f"{_LEDGER}; more\n", encoding="utf-8")
    assert last_line(ledger, tmp_path / "c") == f"{named}, and changes since"


def test_where_the_ledger_is_not_in_it_there_is_no_commit(
    ledger: Path, tmp_path: Path
) -> None:
    committed(ledger.parent, "docs/order.pdf")
    assert last_line(ledger, tmp_path / "a") == "  books.beancount"
