"""`bean-dunning draft`: letters printed, or each in a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.contents import Tone
from beancount_dunning.formats.country import LANGUAGES
from tests.cli.running import HEAD
from tests.cli.running import output
from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

_LEDGER = f"""{HEAD}
2026-01-01 custom "dunning-option" "sender" "Nord
Kai 7"
2026-01-01 custom "dunning-customer" "Acme"
  email: "ap@acme.example"
2026-01-01 custom "dunning-customer" "Beta"
  address: "1 High Street"
  language: "de"
2026-01-01 custom "dunning-customer" "Gamma"
  phone: "+44 1"
2026-01-01 custom "dunning-step" "calls" "text" 1
  channel: "message"
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-11-10
  Assets:Receivable  100.00 EUR
  Income:Services
2026-09-14 * "Acme" "Hosting" ^INV-2
  due: 2026-11-10
  Assets:Receivable  10.00 EUR
  Income:Services
2026-09-14 * "Beta" "Logo" ^INV-3
  due: 2026-11-11
  Assets:Receivable  200.00 EUR
  Income:Services
2026-09-14 * "Gamma" "Sign" ^INV-4
  due: 2026-11-12
  policy: "calls"
  Assets:Receivable  300.00 EUR
  Income:Services
2026-11-11 note Assets:Receivable "Sent" ^INV-1
  reminder: "first reminder"
2026-11-18 * "Beta" "Part" ^INV-3
  Assets:Bank  50.00 EUR
  Assets:Receivable
"""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_LEDGER, encoding="utf-8")
    return path


def parts(*arguments: str | Path) -> list[str]:
    return output("draft", *arguments).split(f"\n{'-' * 72}\n\n")


def test_each_letter_is_printed_by_the_way_it_goes(books: Path) -> None:
    acme, beta, gamma = parts(books)
    assert acme.startswith(
        "To: ap@acme.example\nSubject: Second reminder: 2 invoices, 10 days overdue\n\n"
        "Dear Acme,\n"
    )
    assert "- Invoice INV-2 of September 14, 2026" in acme
    assert beta.startswith(
        "Nord\nKai 7\n\nBeta\n1 High Street\n\n20. November 2026\n\n"
        "Zahlungserinnerung: Rechnung INV-3\n\nSehr geehrte Damen und Herren,\n"
    )
    assert gamma == (
        "To: +44 1\n\nNord: invoice INV-4, €300.00, has been overdue since November "
        "12, 2026.\n"
    )


def test_only_what_is_asked_for(books: Path) -> None:
    (beta,) = parts(books, "--customer", "^b")
    assert "INV-3" in beta
    (two,) = parts(books, "--invoice", "INV-2")
    assert "invoice INV-2" in two
    assert "INV-1" not in two
    (second,) = parts(books, "--step", "second reminder")
    assert "INV-1" in second
    assert "INV-2" not in second
    (short,) = parts(books, "--invoice", "INV-1", "--as", "message")
    assert short.startswith("To: Acme\n\nNord: invoice INV-1, €100.00, has been")


def test_nothing_to_write_is_said(books: Path) -> None:
    result = run("draft", books, "--step", "nobody")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Nothing to write.\n"


@pytest.mark.parametrize(
    ("due", "what"), [("2026-10-20", "1 step is"), ("2026-10-20", "2 steps are")]
)
def test_a_review_is_said(books: Path, due: str, what: str) -> None:
    option = '2026-01-01 custom "dunning-option" "catch-up" "highest"\n'
    old = (
        f'2026-09-14 * "Old" "Website" ^OLD-{number}\n  due: {due}\n'
        "  Assets:Receivable  100.00 EUR\n  Income:Services\n"
        for number in range(int(what[0]))
    )
    books.write_text("".join([_LEDGER, option, *old]), encoding="utf-8")
    result = run("draft", books)
    assert result.exit_code == 0
    assert f"Note: {what}" in result.stderr
    assert "OLD" not in result.stdout


def test_a_stale_bank_is_warned_of(books: Path) -> None:
    result = run("draft", books, as_of="2026-12-20")
    assert result.stderr.startswith("Warning: The latest bank entry is from 2026-11-18")


def test_each_letter_has_a_file(books: Path, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    assert output("draft", books, "-o", folder) == ""
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "2026-11-20 Acme, second reminder.txt",
        "2026-11-20 Beta, first reminder.txt",
        "2026-11-20 Gamma, text.txt",
    ]
    texts = [(folder / name).read_text(encoding="utf-8") for name in names]
    assert texts == parts(books)
    # The same again changes nothing.
    before = [(folder / name).stat().st_mtime_ns for name in names]
    assert output("draft", books, "-o", folder) == ""
    assert [(folder / name).stat().st_mtime_ns for name in names] == before


@pytest.mark.parametrize(
    ("as_", "ending", "begins"),
    [
        ("html", "html", b"<!DOCTYPE html>"),
        ("mail", "eml", b"Subject: Second reminder"),
    ],
)
def test_pages_and_mails_are_files(
    books: Path, tmp_path: Path, as_: str, ending: str, begins: bytes
) -> None:
    folder = tmp_path / "letters"
    for _ in range(2):
        assert output("draft", books, "--as", as_, "-o", folder) == ""
    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == f"2026-11-20 Acme, second reminder.{ending}"
    assert (folder / names[0]).read_bytes().startswith(begins)
    result = run("draft", books, "--as", as_)
    assert result.exit_code == 2
    assert f"--as {as_} writes files; say where with -o FOLDER." in result.stderr


def test_nothing_is_written_over_what_differs(books: Path, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    mine = folder / "2026-11-20 Beta, first reminder.txt"
    mine.write_text("edited")
    (folder / "2026-11-20 Gamma, text.txt").mkdir()
    result = run("draft", books, "-o", folder)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {mine} already exists with other content; it stays as it is.\n"
        f"Error: {folder}/2026-11-20 Gamma, text.txt already exists with other "
        "content; it stays as it is.\n"
    )
    assert mine.read_text() == "edited"
    assert (folder / "2026-11-20 Acme, second reminder.txt").is_file()


def test_what_cannot_be_written_is_said(books: Path, tmp_path: Path) -> None:
    result = run("draft", books, "-o", tmp_path / "no" / "letters")
    assert result.exit_code == 2
    assert f"Cannot write into {tmp_path}/no/letters: No such file" in result.stderr


def test_a_full_disk_is_said(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    result = run("draft", books, "--invoice", "INV-3", "-o", tmp_path / "letters")
    assert result.exit_code == 2
    assert "reminder.txt: No space left on device\n" in result.stderr


# Thanks.


def test_thanks(books: Path) -> None:
    (beta,) = parts(books, "--thanks", "2026-11-01")
    assert "Vielen Dank für Ihre Zahlung\n" in beta
    assert "- 18. November 2026: 50,00\u00a0€ für INV-3\n" in beta
    assert run("draft", books, "--thanks", "2026-11-19").stderr == "Nothing to write.\n"
    none = run("draft", books, "--thanks", "2026-11-01", "--customer", "acme")
    assert none.stderr == "Nothing to write.\n"


@pytest.mark.parametrize("other", ["--invoice", "--step"])
def test_thanks_are_not_for_an_invoice(books: Path, other: str) -> None:
    result = run("draft", books, "--thanks", "2026-11-01", other, "x")
    assert result.exit_code == 2
    assert "do not combine it with" in result.stderr


# Own texts.


def test_a_bad_text_stops_its_letter_alone(books: Path, tmp_path: Path) -> None:
    option = '2026-01-01 custom "dunning-option" "letters" "texts"\n'
    books.write_text(_LEDGER + option, encoding="utf-8")
    result = run("draft", books)
    assert result.exit_code == 2
    assert f"There is no folder {tmp_path}/texts." in result.stderr
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "friendly.de.txt").write_text("Betreff\n{{ nobody }}\n")
    result = run("draft", books)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {tmp_path}/texts/friendly.de.txt:2: 'nobody' is undefined\n"
    )
    assert "INV-1" in result.stdout
    assert "INV-3" not in result.stdout


@pytest.mark.parametrize("tone", Tone)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_built_in_text_is_the_start_of_an_own_one(language: str, tone: str) -> None:
    text = output("draft", "--eject", language, tone, as_of=None)
    assert "\n\n{{ greeting }}\n\n" in text
    assert text.endswith("{{ signature }}\n")


def test_a_text_is_ejected_into_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    assert output("draft", "--eject", "de-CH", "firm", "-o", folder, as_of=None) == ""
    assert "Falls Sie Einwände" in (folder / "firm.de-CH.txt").read_text("utf-8")


def test_a_missing_swiss_bill_is_said(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.write_text(
        f"""{_LEDGER.replace("Kai 7", "8002 Zürich").replace("EUR", "CHF")}
2026-01-01 custom "dunning-option" "pay-to" "CHF" "CH93 0076 2011 6238 5295 7"
""",
        encoding="utf-8",
    )
    arguments = ("draft", books, "--as", "html", "-o")
    assert output(*arguments, tmp_path / "with") == ""
    monkeypatch.setitem(sys.modules, "qrbill", None)
    result = run(*arguments, tmp_path / "without")
    assert result.exit_code == 0
    assert result.stderr == (
        "Note: these letters have no Swiss QR bill. To have one, type: pip install "
        '"beancount-dunning[swiss]"\n'
    )
    assert run("draft", books).stderr == ""


def test_the_page_is_ejected_too(tmp_path: Path) -> None:
    arguments = ("--eject", "de", "firm", "--as", "html", "-o", tmp_path)
    assert output("draft", *arguments, as_of=None) == ""
    assert "{{ letter }}" in (tmp_path / "firm.de.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing argument 'LEDGER'."),
        (
            ("--eject", "pl", "firm"),
            "There are no letters in pl. Known: en, de, fr, es, it, nl, zh, zh-TW, ja.",
        ),
        (
            ("--eject", "de", "angry"),
            (
                "There is no tone angry. Known: notice, today, friendly, firm, final, "
                "plan, promise, thanks."
            ),
        ),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], message: str) -> None:
    result = run("draft", *arguments, as_of=None)
    assert result.exit_code == 2
    assert message in result.stderr
