"""A real browser: Debian's chromium, driven by Playwright."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from playwright.sync_api import Locator
    from playwright.sync_api import Page

_SNAPSHOTS = Path(__file__).parent / "snapshots"
_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2, levels A and AA, as axe names their rules.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
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
    """Open addresses; whatever the browser complains about fails the test.

    But for what is `expected`: a word of the complaint about a request that is refused.
    """
    del serve  # to be closed after the pages
    complaints: list[str] = []
    contexts = []

    def opened(
        address: str,
        *,
        scheme: str = "light",
        width: int = 1280,
        expected: str | None = None,
    ) -> Page:
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
                complaints.append(message.text)
                if message.type == "error"
                and (expected is None or expected not in message.text)
                else None
            ),
        )
        page.on("request", lambda request: _stays_at_home(request.url, complaints))
        page.goto(address)
        page.wait_for_selector(".dunning")
        # Fava's own script has put the side bar in by then.
        page.wait_for_selector("aside")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """Look for what shuts people out; a text for each fault, none where there is none.

    `axe(page)` looks at our own part of the page, `axe(page, "dialog")` at another.
    What axe cannot decide is no fault: the contrast of text that is scrolled out of
    sight, for one.
    """
    script = _AXE.read_text(encoding="utf-8")

    def violations(page: Page, scope: str = ".dunning") -> list[str]:
        page.evaluate(script)
        found = page.evaluate(
            "([scope, values]) => axe.run(scope, {runOnly: {type: 'tag', values}})",
            [scope, _RULES],
        )
        assert found["passes"], f"axe found nothing to look at in {scope}"
        return [
            f"{rule['id']} ({node['impact']}): {node['target']}\n"
            f"  {node['html'][:200]}\n  {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return violations


def _stays_at_home(address: str, complaints: list[str]) -> None:
    """Complain where a page asks for something that is not on this computer."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "localhost":
        complaints.append(f"asked for {address}")


@pytest.fixture
def check_snapshot(request: pytest.FixtureRequest) -> Callable[[Locator, str], None]:
    """Compare what a screen reader is told with `snapshots/NAME.yaml`.

    `pytest tests/page/browser --update-snapshots` writes these files; a look at their
    diff then tells whether the page still says what it should.
    """
    update = request.config.getoption("--update-snapshots")

    def check(locator: Locator, name: str) -> None:
        address = urlsplit(locator.page.url)
        told = locator.aria_snapshot() + "\n"
        # Each server has a port of its own, and where links lead is not read out.
        told = told.replace(address.netloc, "localhost:5000")
        told = re.sub(r":\n +- /url: .*$", "", told, flags=re.MULTILINE)
        golden = _SNAPSHOTS / f"{name}.yaml"
        if update:
            _SNAPSHOTS.mkdir(exist_ok=True)
            golden.write_text(told, encoding="utf-8")
        assert golden.exists(), f"{golden} is missing: --update-snapshots writes it"
        assert told == golden.read_text(encoding="utf-8")

    return check
