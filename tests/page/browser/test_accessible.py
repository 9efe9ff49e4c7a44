"""The page for everyone: by WCAG's rules, and as a screen reader has it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import expect

from tests.page.browser.listed import opened
from tests.serving import EXAMPLE
from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from playwright.sync_api import Locator
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]
    Axe = Callable[..., list[str]]
    Scheme = Literal["light", "dark"]

_PAGES = {
    "overview": "",
    "charts": "?charts=1",
    "customer": f"?customer={quote_plus('Hotel Silberdüne KG')}",
    "story": "?invoice=AN-2026-025",
}
_LOOKS: list[tuple[Scheme, int]] = [
    ("light", 1280),
    ("light", 400),
    ("dark", 400),
    ("dark", 1280),
]


def _has_no_faults(page: Page, axe: Axe, scope: str = ".dunning") -> None:
    """Let axe look at a part of the page, light and dark, wide and narrow."""
    for scheme, width in _LOOKS:
        page.emulate_media(color_scheme=scheme)
        # So high that the action row covers nothing, and the charts are in sight, too.
        page.set_viewport_size({"width": width, "height": 12_000})
        expect(page.locator(".dunning a[data-load]")).to_have_count(0)
        # Buttons fade from one colour to the other.
        page.evaluate(
            "Promise.allSettled(document.getAnimations().map(one => one.finished))"
        )
        faults = axe(page, scope)
        assert not faults, f"{scheme}, {width}: " + "\n".join(faults)


@pytest.mark.parametrize("name", _PAGES)
def test_nobody_is_shut_out(
    open_page: OpenPage, axe: Axe, example: str, name: str
) -> None:
    page = open_page(example + _PAGES[name])
    # What is folded up is to be readable, too.
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    if name == "overview":
        opened(page, "Hotel Silberdüne KG")
    _has_no_faults(page, axe, "#charts" if name == "charts" else ".dunning")


def test_nobody_is_shut_out_of_the_dialogs(
    open_page: OpenPage, axe: Axe, example: str
) -> None:
    # Here it is said that the invoice is in dispute.
    page = open_page(f"{example}?invoice=AN-2026-029")
    _has_no_faults(page, axe)
    page.get_by_role("button", name="Promise…").click()
    expect(page.get_by_role("dialog", name="Promise to pay")).to_be_visible()
    _has_no_faults(page, axe, "dialog[open]")


def test_nobody_is_shut_out_of_what_is_read_only(
    open_page: OpenPage, axe: Axe, serve: Callable[..., str]
) -> None:
    page = open_page(f"{serve(EXAMPLE, read_only=True)}atelier-nordlicht/{PAGE}")
    _has_no_faults(page, axe, "#todo")


def test_who_would_be_shut_out_is_noticed(
    open_page: OpenPage, axe: Axe, example: str
) -> None:
    page = open_page(example)
    page.locator(".dunning").evaluate(
        """element => {
          const text = document.createElement('p');
          text.textContent = 'faint';
          text.style.cssText = 'color: #999; background: #eee';
          element.append(text, document.createElement('input'));
        }"""
    )
    faults = axe(page)
    assert {fault.partition(" ")[0] for fault in faults} >= {"color-contrast", "label"}
    assert "contrast of 2.4" in "".join(faults)


@pytest.mark.parametrize("name", _PAGES)
def test_what_a_screen_reader_is_told(
    open_page: OpenPage,
    check_snapshot: Callable[[Locator, str], None],
    example: str,
    name: str,
) -> None:
    page = open_page(example + _PAGES[name])
    if name == "charts":
        check_snapshot(page.locator("#charts"), name)
        return
    if name != "story":
        # They come when they are in sight, which here is chance.
        page.locator("#charts").evaluate("charts => charts.remove()")
    check_snapshot(page.locator(".dunning"), name)
