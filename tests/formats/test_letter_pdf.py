"""Letters as PDF: what Poppler reads in them, and what to do without WeasyPrint."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import zxingcpp

from beancount_dunning.formats.codes import LinkCode
from beancount_dunning.formats.letter_pdf import as_pdf
from beancount_dunning.formats.letters import Message
from beancount_dunning.formats.own_texts import OwnPage
from beancount_dunning.formats.templates import Sandbox
from beancount_dunning.formats.templates import Source
from tests.cli.running import COMMAND
from tests.cli.running import HEAD
from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

_LEDGER = f"""{HEAD}
2026-01-01 custom "dunning-option" "language" "de"
2026-01-01 custom "dunning-option" "sender" "Nord, Kai 7, 20457 Hamburg"
2026-01-01 custom "dunning-option" "paper" "DIN 5008"
2026-01-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51"
2026-01-01 custom "dunning-customer" "Acme"
  address: "Straße 1"
"""
_INVOICE = """
2026-09-14 * "Acme" "Website" ^INV-{}
  due: 2026-11-10
  Assets:Receivable  100.00 EUR
  Income:Services
"""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    invoices = "".join(map(_INVOICE.format, range(20)))
    path.write_text(_LEDGER + invoices, encoding="utf-8")
    return path


def pages_of(path: Path) -> list[str]:
    """Return the text of each page, as Poppler reads it."""
    read = subprocess.run(
        ["pdftotext", "-layout", path, "-"],  # noqa: S607 - Debian's
        capture_output=True,
        check=True,
    )
    return read.stdout.decode().split("\f")[:-1]


def code_on(path: Path) -> str:
    """Return what an app reads in the code on the last page."""
    subprocess.run(
        ["pdftoppm", "-gray", "-r", "150", path, path.parent / "page"],  # noqa: S607
        check=True,
    )
    *_, picture = sorted(path.parent.glob("page*.pgm"))
    _, size, _, pixels = picture.read_bytes().split(b"\n", 3)
    for one in path.parent.glob("page*.pgm"):
        one.unlink()
    width, height = map(int, size.split())
    image = memoryview(pixels).cast("B", (height, width))
    (code,) = zxingcpp.read_barcodes(image)
    return str(code.text)


def test_pages_have_numbers_a_repeated_head_and_the_code(
    books: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "letters"
    assert run("draft", books, "--as", "pdf", "-o", folder).exit_code == 0
    (path,) = folder.iterdir()
    assert path.name == "2026-11-20 Acme, first reminder.pdf"
    first, *others = pages_of(path)
    last = others[-1]
    assert re.search(r"Nord, Kai 7, 20457 Hamburg\n\s*Acme\n\s*Straße 1\n", first)
    assert "Rechnung INV" in others[0]
    for number, page in enumerate([first, *others], 1):
        has_head = re.search(r"Rechnung +Betrag\n", page) is not None
        assert has_head == ("Rechnung INV" in page)
        assert "".join(page.split()).endswith(f"{number}/{len(others) + 1}")
    for number in range(20):
        assert f"Rechnung INV-{number} " in first + "".join(others)
    assert "\nDE02120300000000202051\nEUR2000.00\n" in code_on(path)
    assert "2.000,00" in last
    # The same letter is the same file.
    assert run("draft", books, "--as", "pdf", "-o", folder).exit_code == 0


def test_a_code_with_much_to_say_is_read_all_the_same(tmp_path: Path) -> None:
    link = f"https://pay.example/{'a1B2' * 90}"
    path = tmp_path / "letter.pdf"
    message = Message("en", "S", "Dear all\n", None, code=LinkCode(link))
    path.write_bytes(as_pdf(message))
    assert code_on(path) == link


@pytest.mark.parametrize("debtor", ["Bahnhofstrasse 1\n3000 Bern", "Hamburg"])
def test_a_swiss_bill_has_all_its_fields(tmp_path: Path, debtor: str) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(
        f"""{HEAD}
2026-01-01 custom "dunning-option" "language" "de"
2026-01-01 custom "dunning-option" "sender" "Nörd, Seestrasse 7, 8002 Zürich"
2026-01-01 custom "dunning-option" "pay-to" "CHF" "CH93 0076 2011 6238 5295 7"
2026-01-01 custom "dunning-customer" "Acme"
  address: "{debtor}"
"""
        + _INVOICE.format(1).replace("EUR", "CHF"),
        encoding="utf-8",
    )
    folder = tmp_path / "letters"
    assert run("draft", path, "--as", "pdf", "-o", folder).exit_code == 0
    (letter,) = folder.iterdir()
    assert "Vor der Einzahlung abzutrennen" in pages_of(letter)[-1]
    bern = ["S", "Acme", "Bahnhofstrasse 1", "", "3000", "Bern", "CH"]
    # "Swiss Implementation Guidelines for the QR-bill", chapter 4.
    assert code_on(letter).splitlines() == [
        *("SPC", "0200", "1", "CH9300762011623852957"),
        *("S", "Nörd", "Seestrasse 7", "", "8002", "Zürich", "CH"),
        *7 * [""],
        *("100.00", "CHF"),
        *(bern if "Bern" in debtor else 7 * [""]),
        *("SCOR", "RF47INV1", ""),
        "EPD",
    ]


def test_nothing_is_loaded_from_elsewhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    text = (
        f'<link rel="attachment" href="{(tmp_path / "secret.txt").as_uri()}">'
        '<img src="https://pay.example/x.png"><p>Dear all</p>'
    )
    sandbox = Sandbox({"letter.html": Source("letter.html", text)})
    page = OwnPage(lambda: sandbox.get_template("letter.html"), {})
    path = tmp_path / "letter.pdf"
    path.write_bytes(as_pdf(Message("en", "S", "Dear all\n", None, page=page)))
    assert pages_of(path)[0].strip() == "Dear all"
    assert b"EmbeddedFile" not in path.read_bytes()
    refused = [record.getMessage() for record in caplog.records]
    assert sum("disallowed protocol" in one for one in refused) == 2


def test_a_bar_shows_how_far_it_is(books: Path, tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    way = ("--as", "pdf", "-o", tmp_path / "letters", "--as-of", "2026-11-20")
    command: list[str | Path] = [COMMAND, "draft", books, *way]
    with subprocess.Popen(command, stderr=theirs) as process:
        os.close(theirs)
        assert process.wait() == 0
    assert b"100%" in os.read(ours, 65536)
    os.close(ours)


def test_what_is_missing_is_said(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("draft", books, "--as", "pdf")
    result = run(*arguments)
    assert result.exit_code == 2
    assert "--as pdf writes files; say where with -o FOLDER." in result.stderr
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    result = run(*arguments, "-o", tmp_path / "letters")
    assert result.exit_code == 2
    assert 'Type: pip install "beancount-dunning[pdf]"' in result.stderr
    # How the library fails where Pango is missing.
    (tmp_path / "weasyprint.py").write_text("raise OSError('no libpango')")
    monkeypatch.delitem(sys.modules, "weasyprint")
    monkeypatch.syspath_prepend(tmp_path)
    result = run(*arguments, "-o", tmp_path / "letters")
    assert result.exit_code == 2
    assert "PDF needs Pango, which WeasyPrint does not find: no libpango" in (
        result.stderr
    )
    assert not (tmp_path / "letters").exists()
