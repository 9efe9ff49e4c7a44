"""Finding while one types: at once what the page has, then all that the ledger has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

_HEAD = """
option "title" "Books"
plugin "beancount_dunning"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Services
"""


def _asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def _shown(page: Page, part: str) -> list[str]:
    found = page.locator(f"#{part} [data-text]:visible")
    return [text.split("\n")[0] for text in found.all_inner_texts()]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Write 2,000 open invoices of 500 customers, all overdue."""
    path = tmp_path / "books.beancount"
    path.write_text(
        _HEAD
        + "".join(
            f'2026-01-05 * "Customer {n % 500:03}" "Website" ^INV-{n:04}\n'
            f"  due: 2026-02-{n % 20 + 1:02}\n"
            f"  Assets:Receivable   {n + 100}.00 EUR\n  Income:Services\n"
            for n in range(2000)
        )
    )
    return path


def test_what_is_typed_narrows_all_lists_at_once(
    example: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(example)
    everyone = _shown(page, "customers")
    page.keyboard.press("f")
    page.keyboard.press("i")
    page.keyboard.type("verlag")
    # The server is not asked yet.
    expect(page.locator("#todo [data-line]:visible")).to_have_count(0)
    assert "find" not in _asked(page)
    expect(page.locator("#customers [data-shown]")).to_have_text(
        f"1 of {len(everyone)} shown"
    )
    page.wait_for_url("**find=verlag**")
    expect(page.locator("#chosen")).to_contain_text("“verlag”")
    for part in ("decide", "customers", "invoices"):
        assert all("Verlag" in text for text in _shown(page, part))
    expect(page.locator("#customers .sum")).to_contain_text("These in EUR")
    expect(page.locator("[data-find]")).to_be_focused()
    # The address is a saved view, and each thing can be taken back.
    again = open_page(page.url)
    assert _shown(again, "invoices") == _shown(page, "invoices")
    again.locator("#chosen").get_by_role("link", name="“verlag”").click()
    expect(again.locator("#chosen .chips")).to_have_count(0)
    assert _shown(again, "customers") == everyone
    page.locator("[data-find]").fill("")
    page.wait_for_url(lambda url: "find" not in url)
    expect(page.locator("#customers [data-shown]")).to_be_hidden()
    assert _shown(page, "customers") == everyone


def test_ticks_stay_while_one_finds(
    example: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(example)
    line = page.locator("#todo [data-line]").filter(has_text="Feinkost")
    line.get_by_role("checkbox").uncheck()
    page.locator("[data-find]").fill("feinkost")
    page.wait_for_url("**find=feinkost**")
    # What is hidden is not done with.
    expect(page.locator(".bulk .what")).to_contain_text("1 left, none ticked")
    page.locator("[data-find]").fill("")
    page.wait_for_url(lambda url: "find" not in url)
    expect(line.get_by_role("checkbox")).not_to_be_checked()
    expect(page.locator(".bulk .what")).to_contain_text("3 of 4 ticked")


def test_what_the_page_has_not_is_found_too(
    many: Path, serve: Callable[..., str], open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{serve(many)}books/{PAGE}")
    field = page.locator("[data-find]")
    took = page.evaluate(
        """async () => {
          const field = document.querySelector("[data-find]");
          const start = performance.now();
          field.value = "inv-0321";
          field.dispatchEvent(new Event("input", { bubbles: true }));
          await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          return performance.now() - start;
        }"""
    )
    assert took < 100
    page.wait_for_url("**find=inv-0321**")
    assert len(_shown(page, "customers")) == 1
    assert len(_shown(page, "invoices")) == 1
    assert len(_shown(page, "todo")) == 1
    expect(page.locator("#invoices [data-shown]")).to_have_text("1 of 2000 shown")
    # What is typed meanwhile goes before an answer that comes late.
    field.fill("inv-12")
    field.fill("inv-123")
    page.wait_for_url("**find=inv-123**")
    expect(page.locator("#invoices [data-shown]")).to_have_text("10 of 2000 shown")


def test_chips_policy_and_segment_narrow(
    example: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(example)
    chips = page.locator("#customers .chips").first
    chips.get_by_role("link", name=re.compile("^in dispute")).click()
    page.wait_for_url("**only=dispute**")
    assert all("Hotel Silberdüne" in text for text in _shown(page, "invoices"))
    assert _shown(page, "decide")[0].startswith("Hotel Silberdüne")
    page.locator("#chosen").get_by_role("link", name="Show all").click()
    page.wait_for_url(lambda url: "only" not in url)
    page.get_by_label("Policy").select_option("strict")
    page.wait_for_url("**policy=strict**")
    expect(page.locator("#chosen")).to_contain_text("policy strict")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_narrowed_pages_shut_nobody_out(
    example: str,
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    scheme: str,
    width: int,
) -> None:
    page = open_page(f"{example}?find=a&only=overdue", scheme=scheme, width=width)
    page.evaluate(
        "document.querySelectorAll('details').forEach((d) => (d.open = true))"
    )
    for part in ("#chosen", "#payments", "#decide", "#customers", "#invoices"):
        if page.locator(f"{part} *").count():
            assert axe(page, part) == []
    article = page.locator("article")
    assert article.evaluate("(one) => one.scrollWidth <= one.clientWidth")
