"""What the page says where nothing is open, and what is wrong with the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reading import customers
from tests.reading import ours
from tests.reading import rows
from tests.reading import words
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

ADDRESS = f"/books/{PAGE}"
_HEAD = """
option "title" "Books"
plugin "beancount_dunning"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
"""
_INVOICE = """
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-02-01
  Assets:Receivable   1000.00 EUR
  Income:Services
"""
_PAID = """
2026-02-10 * "Acme" "Paid" ^INV-1
  Assets:Bank   1000.00 EUR
  Assets:Receivable
"""
_OPEN = """
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
"""
_RECEIVABLE = "2026-01-01 open Assets:Receivable\n"


@pytest.fixture
def client(tmp_path: Path) -> Callable[..., FlaskClient]:
    def serve(*parts: str, **options: bool) -> FlaskClient:
        path = tmp_path / "books.beancount"
        path.write_text("".join([_HEAD, *parts]))
        return client_of(path, **options)

    return serve


def _empty(books: FlaskClient, **query: str) -> str | None:
    found = ours(books, ADDRESS, **query).find(".//section[@id='empty']")
    return None if found is None else words(found)


def test_why_nothing_is_open(client: Callable[..., FlaskClient]) -> None:
    assert _empty(client(_OPEN, _RECEIVABLE, _INVOICE)) is None
    books = client(_OPEN, _RECEIVABLE, _INVOICE, _PAID)
    assert _empty(books) == (
        "The one invoice is paid. The last payment came on 2026-02-10: 1000.00 EUR "
        "from Acme. Looked at: Assets:Receivable."
    )
    # What filters or a customer's page leave out may be open.
    assert _empty(books, filter="nothing") is None
    assert _empty(books, customer="Acme") is None
    assert "There are no invoices yet." in (_empty(client(_OPEN, _RECEIVABLE)) or "")
    none = _empty(client(_OPEN))
    assert none is not None
    assert none.startswith("No receivable account was found. Looked for: Assets:Rec")
    assert 'custom "dunning-option" "accounts" "^Assets:Debtors"' in none


def test_amounts_are_hidden_there_too(client: Callable[..., FlaskClient]) -> None:
    hidden = client(_OPEN, _RECEIVABLE, _INVOICE, _PAID, incognito=True)
    assert "XXXX.XX EUR from Acme" in (_empty(hidden) or "")
    called = _INVOICE.replace("Receivable", "Forderungen")
    lost = client(_OPEN, "2026-01-01 open Assets:Forderungen\n", called, incognito=True)
    assert "XXXX.XX EUR there is left out" in (_empty(lost) or "")


def test_findings_are_listed_with_what_to_type(
    client: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    undated = _INVOICE.replace("  due: 2026-02-01\n", "")
    books = client(_OPEN, _RECEIVABLE, undated)
    (one,) = ours(books, ADDRESS).findall(".//ul[@class='findings']/li")
    assert words(one).startswith("books.beancount:")
    assert '"terms" "net 30"' in words(one.find("pre"))
    assert ours(books, ADDRESS, filter="Website").find(".//*[@id='findings']") is None
    # In a large ledger one asks for them, and then they are there.
    monkeypatch.setattr("fava_dunning.view._FEW_ENTRIES", 0)
    books = client(_OPEN, _RECEIVABLE, undated)
    assert ours(books, ADDRESS).findall(".//ul[@class='findings']/li") == []
    asked = ours(books, ADDRESS, findings="1")
    assert len(asked.findall(".//ul[@class='findings']/li")) == 1
    assert len(ours(books, ADDRESS).findall(".//ul[@class='findings']/li")) == 1


def test_findings_are_told_in_favas_language(
    client: Callable[..., FlaskClient],
) -> None:
    undated = _INVOICE.replace("  due: 2026-02-01\n", "")
    left = '2026-02-10 * "Beta" "Thanks"\n  Assets:Bank 1234.50 EUR\n'
    german = "".join(
        f'2026-01-01 custom "fava-option" "{name}" "de"\n'
        for name in ("language", "locale")
    )
    wrong = '2026-01-01 custom "dunning-option" "graec" 3\n'
    account = "  Assets:Receivable\n"
    parts = (_OPEN, _RECEIVABLE, undated, left, account, german, wrong)

    found = ours(client(*parts), ADDRESS).findall(".//ul[@class='findings']/li/span")
    assert [*map(words, found)] == [
        'Es gibt keine Option „graec“. Meinen Sie "grace"?',
        (
            "1.234,50 EUR von Beta: Die Zahlung gleicht nichts aus; kein Link nennt "
            "die Rechnung."
        ),
        (
            "Ohne Fälligkeit, also nie überfällig und nie gemahnt: 1 offener Posten "
            "(1.000,00 EUR), zuerst INV-1 von Acme. Ergänzen Sie due:, wo Sie es "
            "kennen, oder Zahlungsbedingungen für alle Rechnungen ohne eigene:"
        ),
    ]
    hidden = ours(client(*parts, incognito=True), ADDRESS)
    (_, credit, item) = map(words, hidden.findall(".//ul[@class='findings']/li/span"))
    assert credit.startswith("X.XXX,XX EUR von Beta: ")
    assert "1 offener Posten (X.XXX,XX EUR)" in item


def test_payments_of_nobody_are_a_line_of_the_sum(
    client: Callable[..., FlaskClient],
) -> None:
    paid = '2026-02-10 * "ACME HOLDING" "Thanks"\n  Assets:Bank  30.00 EUR\n'
    dollars = '2026-02-10 * "J. DOE" "Thanks"\n  Assets:Bank  5.00 USD\n'
    account = "  Assets:Receivable\n"
    collective = _RECEIVABLE + "  collective: TRUE\n"
    books = client(_OPEN, collective, _INVOICE, paid, account, dollars, account)
    page = ours(books, ADDRESS)
    assert customers(page) == [["Acme", "1000.00", "1000.00", "", "1000.00"]]
    assert customers(page, "pending") == [
        ["1 payment to assign", "", "", "-30.00", "-30.00"],
        ["1 payment to assign", "", "", "-5.00", "-5.00"],
    ]
    assert customers(page, "sum") == [
        ["All in EUR", "1000.00", "1000.00", "-30.00", "970.00"],
        ["All in USD", "", "", "-5.00", "-5.00"],
    ]
    # Nothing is open in dollars: they can go back.
    cells = [row[-1] for row in rows(page, "payments") if "USD" in row[2]]
    assert len(cells) == 1
    assert "Refund of 2026-02-10" in cells[0]
    # Where sums are narrowed, the line is no part of them.
    assert customers(ours(books, ADDRESS, find="acme"), "pending") == []
