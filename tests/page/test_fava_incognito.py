"""Incognito: no amount of the ledger is in anything that the page answers."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import unquote_plus

import pytest

from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import app_of
from tests.serving import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

_ADDRESS = f"/atelier-nordlicht/{PAGE}"
# Whatever is as small as this is also a number of days, of a page or of a step.
_SMALL = 9
# A number with cents, its thousands in groups or not; one may begin within another.
_NUMBER = re.compile(
    r"(?<!\d)(?=(\d{1,3}(?:[.,'’\s]\d{3})+|\d+)[.,](\d\d)(?!\d))"  # noqa: RUF001
)

# Where something is drawn, and how high.
_STYLE = re.compile(
    r'(?:height|bottom|flex-grow|left|width): [\d.]+%?[";]|<style>[^<]*'
)


def _numbers(data: Any) -> Iterator[Decimal]:  # noqa: ANN401 - JSON
    """Give all amounts in the JSON of a report."""
    if isinstance(data, dict):
        for value in data.values():
            yield from _numbers(value)
    elif isinstance(data, list):
        for value in data:
            yield from _numbers(value)
    elif isinstance(data, str) and re.fullmatch(r"-?\d+(\.\d+)?", data):
        yield Decimal(data)


def _typed() -> Iterator[Decimal]:
    """Give all amounts that were typed in the example, in terms and notes too."""
    return map(Decimal, re.findall(r"\b\d+\.\d\d\b", EXAMPLE.read_text()))


@pytest.fixture(scope="module")
def amounts() -> frozenset[Decimal]:
    """Return all amounts that are to be nowhere, without their signs."""
    shown = client_of(EXAMPLE)
    reports = [shown.get(f"{_ADDRESS}aging").get_json()]
    reports += [
        shown.get(f"{_ADDRESS}aging", query_string={"customer": name}).get_json()
        for name in _customers(shown)
    ]
    found = {abs(one) for one in (*_typed(), *_numbers(reports))}
    return frozenset(one for one in found if one > _SMALL)


def _customers(client: FlaskClient) -> list[str]:
    data = client.get(f"{_ADDRESS}aging").get_json()
    return sorted({one["customer"] for one in data["customers"]})


def _errors(client: FlaskClient, address: str = "/books/") -> list[str]:
    """Return the messages in Fava's list of errors."""
    data = client.get(f"{address}api/errors").get_json()["data"]
    return [error["message"] for error in data]


def _answers(client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Give each answer of ours about the example: its address, and its text."""
    names = sorted(set(re.findall(r"AN-20\d\d-\d{3}", EXAMPLE.read_text())))
    data = client.get(f"{_ADDRESS}aging").get_json()
    queries: list[dict[str, str]] = [
        {"charts": "1"},
        {"charts": "1", "conversion": "EUR"},
        {"charts": "1", "conversion": "USD"},
        {"charts": "1", "time": "2026-06"},
        *({"charts": "1", "customer": name} for name in _customers(client)),
        *({"invoice": name} for name in names),
        # An earlier day knows other amounts: all of a story's in turn.
        *({"invoice": name, "time": "2026-06"} for name in names),
        *({"invoice": "Birth announcement cards"} for _ in data["items"][:1]),
        *({"payment": f"{one['file']}:{one['line']}"} for one in data["unapplied"]),
    ]
    for query in queries:
        answer = client.get(_ADDRESS, query_string={**query, "partial": "true"})
        yield f"{query}", answer.text
    whose: list[dict[str, str]] = [{"customer": one} for one in _customers(client)]
    for name, kind in (
        ("aging", {}),
        ("aging.csv", {}),
        ("reminders.ics", {}),
        ("reminders.ics", {"type": "todo"}),
        ("statement", {}),
    ):
        # A statement of all there is not.
        for query in whose if name == "statement" else ({}, *whose):
            said = {**query, **kind}
            answer = client.get(f"{_ADDRESS}{name}", query_string=said)
            yield f"{name} {said}", answer.text.replace("\r\n ", "")
    messages = "\n".join(_errors(client, "/atelier-nordlicht/"))
    assert "Overdue: AN-2026-014" in messages
    yield "errors", messages


def _amounts_in(text: str) -> Iterator[tuple[Decimal, str]]:
    """Give all numbers in a text that are written with cents, however it groups them.

    What an address or a style says is a text too.
    """
    said = unquote_plus(text)
    for one in _NUMBER.finditer(said):
        whole = re.sub(r"\D", "", one[1])
        around = said[max(one.start() - 40, 0) : one.end() + 20]
        yield Decimal(f"{whole}.{one[2]}"), around


def test_the_search_finds_amounts_where_they_are_shown(
    amounts: frozenset[Decimal],
) -> None:
    assert len(amounts) > 100
    assert Decimal("23436.38") in amounts
    seen: set[Decimal] = set()
    for where, text in _answers(client_of(EXAMPLE)):
        there = {amount for amount, _ in _amounts_in(text)} & amounts
        assert there or "2026-06" in where or ".ics" in where or "charts" in where
        seen |= there
    # What was spent is nowhere on the page.
    assert len(seen) > 60


def test_no_amount_is_in_any_answer(amounts: frozenset[Decimal]) -> None:
    count = 0
    for where, text in _answers(client_of(EXAMPLE, incognito=True)):
        said = _STYLE.sub("", text)
        found = [(one, at) for one, at in _amounts_in(said) if one in amounts]
        assert not found, (where, found[:3])
        count += 1
    assert count > 100


def test_no_amount_is_in_a_scale(amounts: frozenset[Decimal]) -> None:
    del amounts
    answer = client_of(EXAMPLE, incognito=True).get(f"{_ADDRESS}?charts=1")
    scale = r'<div class="scale" aria-hidden="true">(.*?)</div>'
    scales = re.findall(scale, answer.text, re.DOTALL)
    assert len(scales) == 3
    for scale in scales:
        zero, *said = re.sub("<[^>]*>", " ", scale).split()
        assert zero == "0"
        assert said
        assert not re.search(r"\d", "".join(said))


# Fava's own list of errors.


_BOOKS = """
option "title" "Books"
option "operating_currency" "EUR"
plugin "beancount_dunning"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
2026-01-01 custom "dunning-customer" "Acme"
  credit-limit: 1500 EUR
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Services
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-02-01
  Assets:Receivable   1234.50 EUR
  Income:Services
2026-01-06 * "Acme" "Posters" ^INV-2
  terms: "300.00 net 0, 200.00 net 30"
  Assets:Receivable   567 EUR
  Income:Services
2026-01-20 note Assets:Receivable "Called" ^INV-1
  promise: 2026-02-10
"""
_OVERDUE = "Overdue: INV-1, Acme: {0} of {0} EUR open, due 2026-02-01, 28 days overdue"
_BROKEN = (
    "Broken promise: INV-1, Acme: {0} of {0} EUR still open, promised by 2026-02-10"
)
_TERMS = (
    'terms: the shares of "{} net 0, {} net 30" add up to {}, not to the invoice\'s '
    "{} EUR."
)
_PLAIN = [
    "Credit limit: Acme owes 1801.50 EUR, more than 1500 EUR, as of 2026-03-01",
    _OVERDUE.format("1234.50") + " (Assets:Receivable), as of 2026-03-01",
    _TERMS.format("300.00", "200.00", "500.00", "567"),
    _BROKEN.format("1234.50") + ", as of 2026-03-01",
]
_WITHOUT_AMOUNTS = [
    "Credit limit: Acme owes XXXX.XX EUR, more than XXXX EUR, as of 2026-03-01",
    _OVERDUE.format("XXXX.XX") + " (Assets:Receivable), as of 2026-03-01",
    _TERMS.format("XXX.XX", "XXX.XX", "XXX.XX", "XXX"),
    _BROKEN.format("XXXX.XX") + ", as of 2026-03-01",
]


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_BOOKS)
    return path


def _embedded(client: FlaskClient, page: str) -> list[str]:
    """Return the messages that Fava puts into a page for its script."""
    text = client.get(f"/books/{page}").text
    found = re.search(r'id="ledger-data"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return [error["message"] for error in json.loads(found[1])["errors"]]


@pytest.mark.parametrize(
    ("incognito", "expected"), [(False, _PLAIN), (True, _WITHOUT_AMOUNTS)]
)
def test_errors_have_amounts_unless_they_are_hidden(
    books: Path, expected: list[str], *, incognito: bool
) -> None:
    client = client_of(books, incognito=incognito)
    # What is asked for first, before any page, is answered in the same way.
    assert _errors(client) == expected
    assert _embedded(client, PAGE) == expected
    assert _embedded(client, "income_statement/") == expected


def test_errors_of_a_load_between_two_requests_have_no_amounts(books: Path) -> None:
    client = client_of(books, incognito=True)
    client.get(f"/books/{PAGE}")
    books.write_text(_BOOKS.replace("1234.50", "2345.60"))
    assert client.get("/books/api/changed").get_json()["data"] is True
    assert _errors(client) == _WITHOUT_AMOUNTS


def test_errors_are_hidden_from_whoever_asks_an_incognito_fava(books: Path) -> None:
    app = app_of(books, incognito=True)
    errors = app.config["LEDGERS"]["books"].load_errors
    assert [error.message for error in errors] == _PLAIN
    with app.app_context():
        assert [error.message for error in errors] == _WITHOUT_AMOUNTS
        assert [error.message for error in errors[1:]] == _WITHOUT_AMOUNTS[1:]
        assert errors[0].message == _WITHOUT_AMOUNTS[0]
        assert len(errors) == len(_PLAIN)


def test_what_another_plugin_changed_later_shows_no_digit(books: Path) -> None:
    """The plugin has seen another amount than the page does."""
    change = books.with_name("halve_it.py")
    change.write_text(
        "__plugins__ = ['halve']\n"
        "def halve(entries, options):\n"
        "    def half(p):\n"
        "        units = p.units._replace(number=p.units.number / 2)\n"
        "        return p._replace(units=units)\n"
        "    return [\n"
        "        e._replace(postings=[half(p) for p in e.postings])\n"
        "        if hasattr(e, 'postings') else e\n"
        "        for e in entries\n"
        "    ], []\n"
    )
    books.write_text(_BOOKS + 'option "insert_pythonpath" "TRUE"\nplugin "halve_it"\n')
    overdue = _errors(client_of(books, incognito=True))[1]
    assert overdue == (
        "Overdue: INV-X, Acme: XXXX.XX of XXXX.XX EUR open, due XXXX-XX-XX, XX days "
        "overdue (Assets:Receivable), as of XXXX-XX-XX"
    )


def test_errors_of_others_stay_as_they_are(books: Path) -> None:
    books.write_text(
        _BOOKS.replace('plugin "beancount_dunning"', "")
        + "2026-01-07 balance Assets:Receivable 7.00 EUR\n"
    )
    shown, hidden = (client_of(books, incognito=one) for one in (False, True))
    assert _errors(hidden) == _errors(shown)
    assert "7.00 EUR" in _errors(hidden)[0]
