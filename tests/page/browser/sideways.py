"""How far a page scrolls sideways: not at all, while its wide tables may."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Wide, Fava's article scrolls; narrow, the window does.
_SIDEWAYS = """() => [document.querySelector("article"), document.documentElement]
  .reduce((sum, one) => sum + one.scrollWidth - one.clientWidth, 0)"""


def sideways(page: Page) -> int:
    """Return by how many pixels what is shown is wider than its place."""
    found: int = page.evaluate(_SIDEWAYS)
    return found
