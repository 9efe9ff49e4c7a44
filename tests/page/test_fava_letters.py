"""The letters of the page: their own texts, and who gets none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reading import inside
from tests.reading import lines
from tests.reading import links
from tests.reading import ours
from tests.reading import words
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
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
    """Return what is inside of the only line of what is to do."""
    (folder / "texts").mkdir()
    for name, text in texts.items():
        (folder / "texts" / f"{name}.en.txt").write_text(text)
    path = folder / "books.beancount"
    path.write_text(_LEDGER.format(as_of=as_of))
    return opened(client_of(path))


def opened(client: FlaskClient) -> str:
    """Return what is inside of the only line."""
    (line,) = lines(ours(client, f"/books/{PAGE}"))
    return words(inside(client, f"/books/{PAGE}", line))


def test_an_own_text_is_in_the_preview(tmp_path: Path) -> None:
    found = todo(tmp_path, firm="About {{ what }}\n\nPlease send {{ to_pay }} <soon>.")
    assert "About invoice INV-1" in found
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
    (line,) = lines(page)
    (frame,) = inside(client, f"/books/{PAGE}", line).iter("iframe")
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
    assert "Copy text" not in found


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(_LEDGER.format(as_of="2026-01-28"))
    found = opened(client_of(path))
    assert f"written: {path}:5: There is no folder {tmp_path}/texts." in found


def test_a_review_is_no_letter(tmp_path: Path) -> None:
    found = todo(tmp_path, as_of="2026-02-19")
    assert "This step is your own review; the customer gets no letter." in found
    assert "Log as sent" in found
    assert "Copy text" not in found


_TWO = """
2026-01-01 custom "dunning-customer" "Bolt"
  address: "2 Low Street"
2026-01-05 * "Bolt" "Website" ^INV-2
  due: 2026-01-20
  Assets:Receivable   200.00 EUR
  Income:Services
"""


def both(folder: Path, more: str = "", **pages: str) -> TestResponse:
    """Return the letters of two customers at once."""
    (folder / "texts").mkdir()
    for name, text in pages.items():
        (folder / "texts" / f"{name}.html").write_text(text)
    path = folder / "books.beancount"
    path.write_text(_LEDGER.format(as_of="2026-01-28") + _BY_LETTER + _TWO + more)
    client = client_of(path)
    keys = [line.attrib["data-line"] for line in lines(ours(client, f"/books/{PAGE}"))]
    return client.get(f"/books/{PAGE}letter", query_string={"key": keys})


def test_letters_are_printed_at_once(tmp_path: Path) -> None:
    answer = both(tmp_path)
    assert answer.status_code == 200
    assert answer.text.count("<html") == answer.text.count("</body>") == 1
    sheets = answer.text.split('<div class="sheet"')
    assert ["€100.00" in one for one in sheets] == [False, True, False]
    assert ["€200.00" in one for one in sheets] == [False, False, True]
    # Each has a page of its own, and none the number of another's.
    assert ".sheet + .sheet { break-before: page; }" in sheets[0]
    assert "@page { @bottom-right { content: none; } }" in sheets[0]


def test_letters_with_own_pages_are_not(tmp_path: Path) -> None:
    answer = both(tmp_path, letter="<p>{{ subject }}")
    assert answer.status_code == 409
    assert answer.mimetype == "text/plain"
