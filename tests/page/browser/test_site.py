"""The page as files, opened without any server and without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from beancount_dunning.cli import main
from tests.page.test_site import UNTIDY
from tests.serving import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Literal

    from playwright.sync_api import Browser
    from playwright.sync_api import Page

    Scheme = Literal["light", "dark"]

_LOOKS: list[tuple[Scheme, int]] = [("light", 1280), ("light", 400), ("dark", 1280)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    untidy = folder / "untidy.beancount"
    untidy.write_text(UNTIDY, encoding="utf-8")
    out = folder / "out"
    done = CliRunner().invoke(main, ["site", str(out), str(EXAMPLE), str(untidy)])
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open files; what the browser complains about or loads fails the test."""
    complaints: list[str] = []
    contexts = []

    def visit(
        path: Path,
        scheme: Scheme = "light",
        width: int = 1280,
        *,
        with_script: bool = False,
        expected: Sequence[str] = (),
    ) -> Page:
        context = browser.new_context(
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            java_script_enabled=with_script,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                None
                if any(word in message.text for word in expected)
                else complaints.append(message.text)
            ),
        )
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith("file:")
                else complaints.append(request.url)
            ),
        )
        page.goto(path.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def kinds(site: Path) -> dict[str, Path]:
    """Return a page of each kind."""
    found = {"index": site / "index.html"}
    for path in sorted(site.glob("*/**/*.html")):
        kind = path.parent.name if path.parent.parent != site else "ledger"
        found.setdefault(kind, path)
    return found


def test_one_gets_from_the_index_to_an_invoice_and_back(
    site: Path, visit: Callable[..., Page]
) -> None:
    page = visit(site / "index.html")
    page.get_by_role("link", name="Overdue EUR").click()
    assert page.get_by_role("columnheader", name="Overdue EUR").get_attribute(
        "aria-sort"
    )
    page.get_by_role("link", name="example.beancount").click()
    page.get_by_role("link", name="Hotel Silberdüne KG").first.click()
    assert page.get_by_role("heading", level=2).inner_text() == "Hotel Silberdüne KG"
    page.get_by_role("link", name="AN-2026-014").first.click()
    assert page.get_by_role("img").first.is_visible()
    page.get_by_role("link", name="All ledgers").click()
    assert (
        page.get_by_role("heading", level=1).inner_text() == "Receivables of 2 ledgers"
    )


@pytest.mark.parametrize(("scheme", "width"), _LOOKS)
def test_each_kind_of_page_fits_and_shuts_nobody_out(
    site: Path,
    visit: Callable[..., Page],
    axe: Callable[..., list[str]],
    scheme: Scheme,
    width: int,
) -> None:
    found = kinds(site)
    assert set(found) == {"index", "ledger", "customer", "invoice", "payment"}
    for path in found.values():
        # Axe asks for the style sheet once more, which no page may.
        refused = ("'connect-src'", "Couldn't load preload assets")
        page = visit(path, scheme, width, with_script=True, expected=refused)
        assert axe(page, "body") == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_what_a_ledger_says_does_nothing(
    site: Path, visit: Callable[..., Page]
) -> None:
    """Any dialog, request or complaint about a forbidden script is an error."""
    for path in site.rglob("*.html"):
        if "untidy" in str(path.relative_to(site)):
            page = visit(path, with_script=True)
            assert page.locator("img, script").count() == 0
