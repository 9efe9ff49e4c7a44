"""Incognito: no amount of the ledger is in anything that the page answers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import unquote_plus

import pytest

from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

_ADDRESS = f"/atelier-nordlicht/{PAGE}"
# Whatever is as small as this is also a number of days, of a page or of a step.
_SMALL = 9
# A number with cents, its thousands in groups or not; one may begin within another.
_NUMBER = re.compile(
    r"(?<!\d)(?=(\d{1,3}(?:[.,'’\s]\d{3})+|\d+)[.,](\d\d)(?!\d))"  # noqa: RUF001
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
    ):
        for query in ({}, *whose):
            said = {**query, **kind}
            answer = client.get(f"{_ADDRESS}{name}", query_string=said)
            yield f"{name} {said}", answer.text.replace("\r\n ", "")


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
        style = re.sub(r'(?:height|bottom|flex-grow): [\d.]+%?"|<style>[^<]*', "", text)
        found = [(one, at) for one, at in _amounts_in(style) if one in amounts]
        assert not found, (where, found[:3])
        count += 1
    assert count > 100


def test_no_amount_is_in_a_scale(amounts: frozenset[Decimal]) -> None:
    del amounts
    answer = client_of(EXAMPLE, incognito=True).get(f"{_ADDRESS}?charts=1")
    scales = re.findall(r'<div class="scale">(.*?)</div>', answer.text, re.DOTALL)
    assert len(scales) == 4
    for scale in scales:
        said = re.sub("<[^>]*>", " ", scale).split()
        assert said
        assert not re.search(r"\d", "".join(said))
