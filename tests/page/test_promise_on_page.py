"""What the page's lines ask for, in ledgers that went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reading import inside
from tests.reading import lines
from tests.reading import ours
from tests.reading import words
from tests.serving import PAGE
from tests.serving import client_of

CASES = Path(__file__).parent.parent / "cases"
_FAVA = 'option "title" "Books"\n2000-01-01 custom "fava-extension" "fava_dunning"\n'

_DISPUTED = """
plugin "beancount_dunning"
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
2026-01-05 * "Acme" "Posters" ^INV-1
  due: 2026-02-05
  Assets:Receivable:Acme  1190.00 EUR
  Income:Services
2026-02-06 note Assets:Receivable:Acme "Two are torn" ^INV-1
  dispute: 200.00 EUR
"""


def cards(folder: Path, name: str, before: str) -> list[str]:
    """Return what each line says of the day before one, letters aside."""
    path = folder / "books.beancount"
    text = (CASES / f"{name}.beancount").read_text(encoding="utf-8")
    path.write_text(_FAVA + text, encoding="utf-8")
    client, address = client_of(path), f"/books/{PAGE}"
    time = f"2000-01-01 - {before}"
    found = []
    for line in lines(ours(client, address, time=time)):
        said, *_ = inside(client, address, line, time=time)
        found.append(f"{words(line)} {words(said)}")
    return found


@pytest.mark.parametrize(
    "name",
    [
        "credit-note-own-number",
        "double-payment",
        "link-case",
        "link-typo",
        "one-cent",
        "paid-on-sub-account",
        "payee-in-capitals",
        "refund-unlinked",
    ],
)
def test_there_is_no_card_for_who_owes_nothing(tmp_path: Path, name: str) -> None:
    assert cards(tmp_path, name, "2026-08-01") == []


def test_a_card_says_what_is_unapplied_in_another_currency(tmp_path: Path) -> None:
    (card,) = cards(tmp_path, "other-currency", "2026-08-01")
    assert "1000" in card.replace(",", "")
    assert "915" in card


@pytest.mark.parametrize(
    ("incognito", "part"),
    [(False, "200.00 EUR in dispute"), (True, "XXX.XX EUR in dispute")],
)
def test_a_card_says_what_is_in_dispute(
    tmp_path: Path, part: str, *, incognito: bool
) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(f"{_FAVA}{_DISPUTED}", encoding="utf-8")
    client = client_of(path, incognito=incognito)
    page = ours(client, f"/books/{PAGE}", time="2026-01-01 - 2026-03-01")
    (line,) = lines(page)
    found = inside(client, f"/books/{PAGE}", line, time="2026-01-01 - 2026-03-01")
    assert part in words(found.find(".//ul[@class='items']"))
    assert f"{part.partition(' ')[0]} more in dispute" in words(line)
