"""The letters of the page: their own texts, and who gets none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reading import links
from tests.reading import ours
from tests.reading import words
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

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


_BY_LETTER = """
2026-01-01 custom "dunning-step" "standard" "first reminder" 1
  channel: "letter"
2026-01-01 custom "dunning-customer" "Acme"
  address: "1 High Street"
"""


def printed(folder: Path, more: str = "", **pages: str) -> TestResponse:
    """Return what the link to print a letter leads to."""
    (folder / "texts").mkdir()
    for name, text in pages.items():
        (folder / "texts" / f"{name}.html").write_text(text)
    path = folder / "books.beancount"
    path.write_text(_LEDGER.format(as_of="2026-01-28") + _BY_LETTER + more)
    client = client_of(path)
    page = ours(client, f"/books/{PAGE}")
    (address,) = links(page, "Print letter")
    (frame,) = page.iter("iframe")
    assert frame.get("src") == address
    return client.get(address)


def test_a_letter_is_printed_as_a_page(tmp_path: Path) -> None:
    answer = printed(tmp_path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert "Acme\n1 High Street</div>" in answer.text
    assert "€100.00" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy


def test_an_own_page_is_printed(tmp_path: Path) -> None:
    assert printed(tmp_path, letter="<p>{{ subject }}").text == (
        "<p>Payment reminder: invoice INV-1"
    )


def test_a_bad_page_is_told(tmp_path: Path) -> None:
    answer = printed(tmp_path, letter="\n{{ nobody }}")
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert answer.text == f"{tmp_path}/texts/letter.html:2: 'nobody' is undefined"


def test_a_letter_that_is_not_due_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    path = tmp_path / "books.beancount"
    path.write_text(_LEDGER.format(as_of="2026-01-28"))
    answer = client_of(path).get(f"/books/{PAGE}letter?key=1")
    assert answer.status_code == 404
    assert answer.text == "There is no such letter."


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
