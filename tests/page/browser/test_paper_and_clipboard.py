"""What leaves the page: on paper, and through the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]

# What can be read and takes room, beside the statement.
_BESIDE = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.checkVisibility() && !one.closest('.statement')
    && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    && one.getBoundingClientRect().height)
  .map(one => one.outerHTML.slice(0, 100))"""


def test_a_statement_has_the_paper_for_itself(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(f"{example}?customer=Kontor+Wattläufer+GmbH")
    assert page.evaluate(_BESIDE)
    page.emulate_media(media="print")
    expect(page.locator(".statement")).to_be_visible()
    assert page.evaluate(_BESIDE) == []
    # A page without one is printed as it is.
    page.goto(f"{example}?invoice=AN-2026-035")
    expect(page.get_by_role("heading", level=2)).to_be_visible()


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
    button = page.get_by_role("button", name="Copy text").first
    text = page.locator(f"id={button.get_attribute('data-copy')}").text_content()
    button.click()
    expect(page.locator(".said")).to_have_text("Copied.")
    assert text
    assert "Sehr geehrter Herr Brandt,\n" in text
    assert page.evaluate("window.copied") == text
    # Nothing of it is left behind.
    expect(page.locator("textarea")).to_have_count(0)


@pytest.mark.parametrize("query", ["", "?customer=Feinkost+Salzkorn+GmbH"])
def test_a_letter_has_the_paper_to_itself(
    open_page: OpenPage, example: str, query: str
) -> None:
    page = open_page(f"{example}{query}")
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="Print letter").click()
    page.emulate_media(media="print")
    letter = page.locator(".dunning .printed")
    expect(letter).to_contain_text("Feinkost Salzkorn GmbH\nKaistraße 11, 24103 Kiel")
    expect(letter).to_contain_text("Atelier Nordlicht, Marlene Voss, Am Speicher 7")
    expect(letter).to_contain_text("20. November 2026\n\nLetzte Mahnung: Rechnung")
    expect(letter).to_contain_text("Wir fordern Sie auf, 26,18\u00a0€ bis zum")
    expect(letter).to_be_visible()
    for beside in (
        "header",
        ".as-of",
        ".glance",
        "#invoices",
        ".todo h4",
        ".statement",
        "summary",
    ):
        for one in page.locator(beside).all():
            expect(one).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(letter).to_have_count(0)
