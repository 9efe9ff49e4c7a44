"""The letters of the page: their own texts, and who gets none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reading import ours
from tests.reading import words
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path

_LEDGER = """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" {as_of}
2026-01-01 custom "dunning-option" "letters" "texts"
2026-01-01 custom "dunning-option" "catch-up" "highest"
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Services
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-01-20
  Assets:Receivable   100.00 EUR
  Income:Services
"""


def todo(folder: Path, *, as_of: str = "2026-01-28", **texts: str) -> str:
    """Return what the page says is to do."""
    (folder / "texts").mkdir()
    for name, text in texts.items():
        (folder / "texts" / f"{name}.en.txt").write_text(text)
    path = folder / "books.beancount"
    path.write_text(_LEDGER.format(as_of=as_of))
    page = ours(client_of(path), f"/books/{PAGE}")
    return words(page.find(".//section[@id='todo']"))


def test_an_own_text_is_in_the_preview(tmp_path: Path) -> None:
    found = todo(tmp_path, firm="About {{ what }}\n\nPlease send {{ to_pay }} <soon>.")
    assert "Preview: About invoice INV-1" in found
    assert "Please send €100.00 <soon>." in found


def test_no_other_text_is_in_the_place_of_a_bad_one(tmp_path: Path) -> None:
    found = todo(tmp_path, firm="About\n\n{{ nobody }}")
    assert (
        f"The letter cannot be written: {tmp_path}/texts/firm.en.txt:3: 'nobody' is "
        "undefined"
    ) in found
    assert "Preview" not in found
    assert "Copy text" not in found


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(_LEDGER.format(as_of="2026-01-28"))
    page = ours(client_of(path), f"/books/{PAGE}")
    found = words(page.find(".//section[@id='todo']"))
    assert f"written: {path}:5: There is no folder {tmp_path}/texts." in found


def test_a_review_is_no_letter(tmp_path: Path) -> None:
    found = todo(tmp_path, as_of="2026-02-19")
    assert "This step is your own review; the customer gets no letter." in found
    assert "Log as sent" in found
    assert "Copy text" not in found
