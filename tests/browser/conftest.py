"""A real browser: Debian's chromium, driven by Playwright."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from playwright.sync_api import Page

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def screenshots(request: pytest.FixtureRequest) -> Path | None:
    """Return the folder for the README's screenshots; None where none are asked for."""
    folder = request.config.getoption("--screenshots")
    return Path(folder) if folder else None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the browser once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=_ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def example() -> Iterator[str]:
    """Serve the example ledger; the address of its page."""
    with served(EXAMPLE) as address:
        yield f"{address}atelier-nordlicht/{PAGE}"


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serve ledgers of a test's own; they outlive its pages, which keep asking."""
    with ExitStack() as servers:
        yield lambda *ledgers, **options: servers.enter_context(
            served(*ledgers, **options)
        )


@pytest.fixture
def open_page(
    browser: Browser, serve: Callable[..., str]
) -> Iterator[Callable[..., Page]]:
    """Open addresses; whatever the browser complains about fails the test."""
    del serve  # to be closed after the pages
    complaints: list[str] = []
    contexts = []

    def opened(address: str, *, scheme: str = "light", width: int = 1280) -> Page:
        context = browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 900},
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text) if message.type == "error" else None
            ),
        )
        page.goto(address)
        page.wait_for_selector(".dunning")
        # Fava's own script has put the side bar in by then.
        page.wait_for_selector("aside")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
