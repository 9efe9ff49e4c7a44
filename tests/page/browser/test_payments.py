"""Assigning payments: by one click, or by an invoice's number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.page.browser.listed import line_of
from tests.page.browser.sideways import sideways
from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator
    from playwright.sync_api import Page

    Axe = Callable[..., list[str]]
    OpenPage = Callable[..., Page]
    Serve = Callable[..., str]

_LEDGER = """option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Receivable
  collective: TRUE
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
2026-01-01 custom "dunning-customer" "Acme GmbH"
  email: "ap@acme.example"

2026-09-14 * "Acme GmbH" "Website" ^INV-2026-022
  due: 2026-10-14
  Assets:Receivable   900.00 EUR
  Income:Services

2026-09-15 * "Beta" "Logo" ^INV-2026-023
  due: 2026-10-15
  Assets:Receivable   300.00 EUR
  Income:Services

2026-09-15 * "Gamma" "Poster" ^INV-2026-024
  due: 2026-10-15
  Assets:Receivable   100.00 EUR
  Income:Services

2026-11-01 * "Gamma" "In advance" ^ORDER-7
  Assets:Bank   250.00 EUR
  Assets:Receivable

2026-11-02 * "Beta" "In advance" ^ORDER-8
  Assets:Bank   50.00 EUR
  Assets:Receivable

2026-11-13 * "ACME" "SVWZ+RE 2026022 EREF+NOTPROVIDED and all that banks write"
  Assets:Bank   900.00 EUR
  Assets:Receivable

2026-11-14 * "B. Mueller" "Thanks"
  Assets:Bank   300.00 EUR
  Assets:Receivable
"""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_LEDGER)
    return path


@pytest.fixture
def page(open_page: OpenPage, serve: Serve, books: Path) -> Page:
    return open_page(f"{serve(books)}books/{PAGE}")


def _payment(page: Page, payer: str) -> Locator:
    return page.locator("#payments table.payments tbody tr").filter(has_text=payer)


def test_a_payment_is_assigned_by_one_click(page: Page, books: Path) -> None:
    card = line_of(page, "Acme GmbH")
    expect(card).to_contain_text("may have paid 900.00")
    # The second click comes before the first one is answered.
    _payment(page, "2026022").get_by_role("button", name="Assign").dblclick()
    expect(page.locator(".said:not([hidden])")).to_contain_text(
        "Written: INV-2026-022 (books.beanc"
    )
    expect(_payment(page, "2026022")).to_have_count(0)
    expect(card).to_have_count(0)
    header = "all that banks write"
    linked = _LEDGER.replace(f'{header}"', f'{header}" ^INV-2026-022')
    assert books.read_text() == linked


def test_another_invoice_is_typed(
    open_page: OpenPage, serve: Serve, books: Path
) -> None:
    page = open_page(f"{serve(books)}books/{PAGE}", expected="422")
    _payment(page, "Thanks").get_by_role("button", name="Choose…").click()
    dialog = page.get_by_role("dialog", name="Assign payment")
    field = dialog.get_by_label("Invoice")
    expect(field).to_be_focused()
    offered = dialog.locator("option").evaluate_all("all => all.map(one => one.value)")
    assert sorted(offered) == [f"INV-2026-0{n}" for n in (22, 23, 24)]
    assert offered[0] == "INV-2026-023"
    field.fill("INV-9")
    field.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text(
        "No invoice INV-9 is open in EUR; nothing was written."
    )
    assert books.read_text() == _LEDGER


def test_what_is_chosen_is_written(page: Page, books: Path) -> None:
    _payment(page, "Thanks").get_by_role("link", name="Thanks").click()
    expect(page.locator("h2")).to_have_text("B. Mueller Thanks")
    page.get_by_role("button", name="Choose…").click()
    dialog = page.get_by_role("dialog", name="Assign payment")
    dialog.get_by_label("Invoice").fill("INV-2026-023")
    dialog.get_by_role("button", name="Assign").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("table.diary")).to_contain_text("INV-2026-023: by invoice num")
    expect(page.get_by_role("button", name="Choose…")).to_have_count(0)
    assert '"B. Mueller" "Thanks" ^INV-2026-023\n' in books.read_text()


def test_keys_lead_to_the_payments(page: Page) -> None:
    page.locator(".dunning h3").first.wait_for()
    page.keyboard.press("d")
    page.keyboard.press("p")
    expect(page.locator("#payments-title")).to_be_focused()


@pytest.mark.parametrize(
    "look", [("light", 1280), ("light", 400), ("dark", 1280), ("dark", 400)]
)
def test_nobody_is_shut_out(
    open_page: OpenPage, axe: Axe, serve: Serve, books: Path, look: tuple[str, int]
) -> None:
    address = f"{serve(books)}books/{PAGE}"
    page = open_page(address, scheme=look[0], width=look[1])
    assert axe(page) == []
    assert sideways(page) == 0
    _payment(page, "2026022").get_by_role("button", name="Another…").click()
    assert axe(page, "dialog[open]") == []
    page.keyboard.press("Escape")
    for name in ("Acme GmbH", "Gamma"):
        page.goto(f"{address}?customer={name}")
        assert axe(page) == []
    page.get_by_role("link", name="ORDER-7 In advance").first.click()
    page.wait_for_selector("#went-title")
    assert axe(page) == []
    assert sideways(page) == 0


def test_it_reads_without_script(
    open_page: OpenPage, serve: Serve, books: Path
) -> None:
    page = open_page(f"{serve(books)}books/{PAGE}")
    page.locator(".dunning").evaluate("one => one.classList.remove('with-script')")
    card = _payment(page, "2026022")
    expect(card).to_contain_text("900.00 EUR is what is open of INV-2026-022")
    expect(card.get_by_role("button")).to_have_count(0)
