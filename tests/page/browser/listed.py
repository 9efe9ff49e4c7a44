"""The lines of what is to do, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from playwright.sync_api import Page


def line_of(page: Page, customer: str) -> Locator:
    """Return a customer's line."""
    name = page.get_by_role("link", name=customer, exact=True)
    return page.locator("tr.who").filter(has=name)


def opened(page: Page, customer: str) -> Locator:
    """Open a customer's line; what is inside of it."""
    opener = line_of(page, customer).locator(".open")
    inside = line_of(page, customer).locator("xpath=following-sibling::tr[1]")
    page.wait_for_selector(".dunning.with-script")
    if opener.get_attribute("aria-expanded") == "false":
        opener.click()
    expect(inside.locator(".two")).to_be_visible()
    return inside
