"""What leaves the page: on paper, and through the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.page.browser.listed import opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]

_FRAME = "document.querySelector('.printing').contentWindow"
# Before the page's own script hears of it.
_PRINTED = f"""document.addEventListener('load', () => {{
  const frame = {_FRAME};
  frame.print = () => {{ window.printed = frame.document.title; }};
}}, true)"""


def test_texts_are_copied_where_there_is_no_clipboard_for_scripts(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(example)
    # As browsers have it for addresses like http://192.168.0.2.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate(
        """document.addEventListener('copy', () => {
          const {value, selectionStart, selectionEnd} = document.activeElement;
          window.copied = value.slice(selectionStart, selectionEnd);
        })"""
    )
    inside = opened(page, "Hotel Silberdüne KG")
    button = inside.get_by_role("button", name="Copy text")
    text = page.locator(f"id={button.get_attribute('data-copy')}").text_content()
    button.click()
    expect(page.locator(".said:not([hidden]) [role=status]")).to_have_text("Copied.")
    assert text
    assert "Sehr geehrter Herr Brandt,\n" in text
    assert page.evaluate("window.copied") == text
    # Nothing of it is left behind.
    expect(page.locator("textarea")).to_have_count(0)


@pytest.mark.parametrize("query", ["", "?customer=Feinkost+Salzkorn+GmbH"])
def test_a_letter_is_shown_and_printed_as_its_page(
    open_page: OpenPage, example: str, query: str
) -> None:
    page = open_page(f"{example}{query}")
    task = opened(page, "Feinkost Salzkorn GmbH")
    preview = task.frame_locator("iframe.sheet").locator("body")
    expect(preview).to_contain_text("Feinkost Salzkorn GmbH\nKaistraße 11, 24103 Kiel")
    expect(preview).to_contain_text("Wir fordern Sie auf, 26,18\u00a0€ bis zum")
    page.evaluate(_PRINTED)
    task.get_by_role("link", name="Print letter").click()
    expect(page.locator("iframe.printing")).to_be_attached()
    printing = page.frame_locator("iframe.printing").locator("body")
    expect(printing).to_contain_text("Letzte Mahnung: Rechnung")
    assert page.evaluate("window.printed") == page.evaluate(f"{_FRAME}.document.title")
    page.evaluate(f"{_FRAME}.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("iframe.printing")).to_have_count(0)


def test_a_statement_is_printed_as_its_page(open_page: OpenPage, example: str) -> None:
    page = open_page(f"{example}?customer=Kontor+Wattläufer+GmbH")
    page.evaluate(_PRINTED)
    link = page.get_by_role("link", name="Print statement")
    link.click()
    expect(page.locator("iframe.printing")).to_be_attached()
    frame = page.frame_locator("iframe.printing")
    # In the customer's language, whatever Fava's is.
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Kontoauszug")
    expect(frame.locator("table.account tr").last).to_contain_text("1.737,00")
    assert page.evaluate("window.printed") == "Kontoauszug"
    # Without script it is opened to be printed.
    page.goto(link.evaluate("one => one.href"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Kontoauszug")
