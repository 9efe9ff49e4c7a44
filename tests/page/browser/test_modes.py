"""Fava's ways to be asked for less, or for more: incognito, read-only, many ledgers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.page.browser.listed import line_of
from tests.page.browser.listed import opened
from tests.serving import EXAMPLE
from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]
    Serve = Callable[..., str]

_PAGES = (
    "?charts=1",
    "?customer=Hotel+Silberdüne+KG",
    "?customer=Feinkost+Salzkorn+GmbH",
    "?invoice=AN-2026-025",
    "?invoice=AN-2026-029",
)
# An amount with its cents, its thousands grouped or not, in English or German.
_AMOUNT = re.compile(r"(?<![\d.,])\d+(?:[.,]\d{3})*[.,]\d\d(?![\d.,])")
# What is drawn tells shares of a whole, as in Fava's own charts, and places in time.
_SHARE = re.compile(
    r"\b(height|bottom|flex-grow|left|width): (100|\d{1,2})(\.\d+)?%?(;|$)",
    re.MULTILINE,
)
# All that is in a page: a link's address in the words that it stands for.
_EVERYTHING = """element => [...element.querySelectorAll("*")].flatMap(one => [
  ...[...one.childNodes].filter(node => node.nodeType === 3).map(node => node.data),
  ...[...one.attributes].map(({value}) => {
    try { return decodeURIComponent(value) } catch { return value }
  }),
  one.value ?? "",
]).join("\\n")"""


def _amounts(page: Page) -> set[str]:
    everything = page.locator(".dunning").evaluate(_EVERYTHING)
    return set(_AMOUNT.findall(_SHARE.sub("", everything)))


def test_incognito_nothing_tells_an_amount(
    open_page: OpenPage, serve: Serve, example: str
) -> None:
    # What is looked for is found where it is shown.
    page = open_page(example)
    page.locator("#charts").scroll_into_view_if_needed()
    expect(page.locator("#charts figure")).to_have_count(3)
    opened(page, "Hotel Silberdüne KG")
    assert {"23436.38", "8700.00", "1237.00", "1.237,00"} <= _amounts(page)

    address = f"{serve(EXAMPLE, incognito=True)}atelier-nordlicht/{PAGE}"
    page = open_page(address)
    page.locator("#charts").scroll_into_view_if_needed()
    expect(page.locator("#charts figure")).to_have_count(3)
    expect(page.locator(".figures .big dd").first).to_have_text("XXXXX.XX EUR")
    opened(page, "Hotel Silberdüne KG")
    assert _amounts(page) == set()
    for query in _PAGES:
        page.goto(address + query)
        expect(page.locator(".dunning")).to_contain_text("X.XX")
        assert _amounts(page) == set(), query


def test_read_only_nothing_offers_to_write(
    open_page: OpenPage, serve: Serve, example: str
) -> None:
    # One more dialog goes through the mails, which are written elsewhere.
    writing = "button[data-sent], button[data-dialog], dialog:not([data-walk])"
    for address, writes in (
        (example, True),
        (f"{serve(EXAMPLE, read_only=True)}atelier-nordlicht/{PAGE}", False),
    ):
        page = open_page(address)
        for query in ("", "?customer=Hotel+Silberdüne+KG", "?invoice=AN-2026-014"):
            page.goto(address + query)
            expect(page.locator(".dunning.with-script")).to_be_visible()
            assert bool(page.locator(writing).count()) is writes
        page.goto(address)
        # What is not written into the ledger is there.
        inside = opened(page, "Hotel Silberdüne KG")
        expect(inside.get_by_role("button", name="Copy text")).to_be_visible()


_BOOKS = """
option "title" "{title}"
plugin "beancount_dunning"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Receivable:Acme
  customer: "{customer}"
2026-01-01 open Income:Services
2026-10-01 * "Website" ^INV-1
  due: 2026-10-31
  Assets:Receivable:Acme   {amount} EUR
  Income:Services
"""


def test_each_of_several_ledgers_has_its_own_page(
    open_page: OpenPage, serve: Serve, tmp_path: Path
) -> None:
    north, south = tmp_path / "north.beancount", tmp_path / "south.beancount"
    north.write_text(_BOOKS.format(title="North", customer="Eis AG", amount="100.00"))
    south.write_text(_BOOKS.format(title="South", customer="Sand AG", amount="200.00"))
    before = north.read_bytes()
    server = serve(north, south)

    page = open_page(f"{server}north/{PAGE}")
    total = page.locator(".figures .big dd")
    expect(total).to_have_text("100.00 EUR")
    expect(page.locator(".dunning")).not_to_contain_text("Sand AG")

    page.goto(f"{server}south/{PAGE}")
    expect(total).to_have_text("200.00 EUR")
    expect(page.locator(".dunning")).not_to_contain_text("Eis AG")
    opened(page, "Sand AG").get_by_role("button", name="Log as sent").click()
    said = page.locator(".said:not([hidden])").get_by_role("status")
    expect(said).to_contain_text("Written: First reminder")
    expect(said.get_by_role("link")).to_contain_text("south.beancount:")
    expect(line_of(page, "Sand AG")).to_have_count(0)
    assert "2026-11-20 note Assets:Receivable:Acme" in south.read_text()
    assert north.read_bytes() == before

    page.goto(f"{server}north/{PAGE}")
    expect(line_of(page, "Eis AG")).to_have_count(1)
