"""An invoice's story, as people and spreadsheets read it."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.story import tell
from beancount_dunning.formats.text_story import as_csv
from beancount_dunning.formats.text_story import as_text
from tests.conftest import load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from beancount_dunning.answers.story import Story

AS_OF = "2026-11-20"


def story_of(text: str, invoice: str = "INV-1", filename: str | None = None) -> Story:
    ledger = load(text)
    for entry in ledger.entries if filename else ():
        for one in (entry, *getattr(entry, "postings", ())):
            one.meta["filename"] = filename
    story = tell(ledger.books(AS_OF, settled=[invoice]), invoice)
    assert story is not None
    return story


def lines(story: Story, *, grouped: bool = False) -> list[str]:
    text = as_text(story, "Its story", grouped=grouped)
    return [re.sub("  +", "|", one) for one in click.unstyle(text).split("\n")[:-1]]


BOOKS = """
2026-09-14 * "Acme" "Website" ^INV-1
  Assets:Receivable   1000.00 EUR
    due: 2026-10-14
  Assets:Receivable   2000.00 EUR
    due: 2026-12-14
  Income:Services
2026-10-20 * "Acme" "Too much" ^INV-1
  Assets:Receivable  -1000.00 EUR
  Income:Services
2026-10-25 note Assets:Receivable "Called" ^INV-1
2026-10-26 document Assets:Receivable "/letters/1.pdf" ^INV-1
"""


def test_each_line_ends_with_its_place() -> None:
    assert lines(story_of(BOOKS, filename="/books/main.beancount")) == [
        "INV-1, Acme",
        "Its story",
        "",
        "Date|Amount|What|Where",
        (
            "2026-09-14|1000.00|EUR|Invoiced 1/2: Website (Assets:Receivable)"
            "|/books/main.beancount:2"
        ),
        (
            "2026-09-14|2000.00|EUR|Invoiced 2/2: Website (Assets:Receivable)"
            "|/books/main.beancount:4"
        ),
        "2026-09-14|Due 2026-10-14, from the posting|/books/main.beancount:2",
        "2026-09-14|Due 2026-12-14, from the posting|/books/main.beancount:4",
        (
            "2026-10-20|-1000.00|EUR|Acme Too much, on 1/2 (by invoice number)"
            "|/books/main.beancount:7"
        ),
        "2026-10-25|Called|/books/main.beancount:10",
        "2026-10-26|Document /letters/1.pdf|/books/main.beancount:11",
        "",
        "INV-1 1/2",
        "0.00 of 1000.00 EUR open: settled|/books/main.beancount:2",
        'Policy "standard" (the default)',
        "",
        "INV-1 2/2",
        "2000.00 of 2000.00 EUR open, not due|/books/main.beancount:4",
        'Policy "standard" (the default)',
        "Next: upcoming, from 2026-12-12: 2 days before due (built in)",
    ]


def test_a_file_is_named_from_where_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "books").mkdir()
    story = story_of(BOOKS, filename=str(tmp_path / "books" / "main.beancount"))
    monkeypatch.chdir(tmp_path)
    assert lines(story)[4].endswith("|books/main.beancount:2")
    monkeypatch.chdir(tmp_path / "books")
    assert lines(story)[4].endswith("|main.beancount:2")


def test_thousands_are_set_apart_if_wanted() -> None:
    shown = lines(story_of(BOOKS), grouped=True)
    assert shown[4].split("|")[1] == "1,000.00"
    assert shown[8].split("|")[1] == "-1,000.00"


def test_who_owes_it_may_not_be_known() -> None:
    books = BOOKS.replace('"Acme" ', "").replace("INV-1", "INV-9")
    assert lines(story_of(books, "INV-9"))[0] == "INV-9, (no customer)"


def test_the_table_of_what_is_left_over_has_no_amount() -> None:
    books = BOOKS.replace("-1000.00", "-4000.00")
    (line,) = (one for one in lines(story_of(books)) if "Unapplied" in one)
    assert line.startswith("2026-10-20|Unapplied: INV-1 Too much|")


def test_controls_do_not_reach_the_terminal() -> None:
    evil = "\x1b]0;gotcha\x07\u202e"
    books = f"""
2026-01-01 custom "dunning-step" "house" "call{evil}" 1
2026-09-14 * "Acme{evil}" "Website{evil}"
  invoice: "INV{evil}"
  due: 2026-10-14
  policy: "house"
  Assets:Receivable   1000.00 EUR
  Income:Services
2026-10-25 note Assets:Receivable "Called{evil}"
  invoice: "INV{evil}"
  reminder: "call{evil}"
"""
    story = story_of(books, f"INV{evil}", f"/books{evil}/main.beancount")
    text = click.unstyle(as_text(story, f"Story{evil}", grouped=False))
    assert "Website ]0;gotcha" in text
    assert "/books ]0;gotcha" in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_the_amounts_in_csv_add_up_to_what_is_open() -> None:
    books = BOOKS.replace('"Website"', '"=Website"')
    rows = list(csv.DictReader(io.StringIO(as_csv(story_of(books)), newline="")))
    assert sum(Decimal(row["amount"] or 0) for row in rows) == Decimal(2000)
    assert [row["kind"] for row in rows] == [
        *("invoice", "invoice", "due", "due", "credit", "note", "document")
    ]
    assert all(row["file"] == "<string>" for row in rows)


def test_csv_holds_no_formulas() -> None:
    books = BOOKS.replace('"Called"', '"=SUM(1)"')
    rows = list(csv.DictReader(io.StringIO(as_csv(story_of(books)), newline="")))
    assert [row["text"] for row in rows if row["kind"] == "note"] == ["'=SUM(1)"]
