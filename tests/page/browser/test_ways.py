"""The page in its other ways: charts, files, paper, keys, no script, languages."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.page.browser.sideways import sideways
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]

_CUSTOMER = "customer=Kontor+Wattläufer+GmbH"
_STATES = (_CUSTOMER, "invoice=AN-2026-029")


# Looking back, looking ahead.


def test_charts_come_when_they_are_scrolled_to(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(example)
    charts = page.locator("#charts figure")
    page.wait_for_selector(".dunning.with-script")
    expect(charts).to_have_count(0)
    page.locator("#charts").scroll_into_view_if_needed()
    captions = charts.locator("figcaption")
    expect(captions).to_have_text(
        [
            "Age of receivables at month end",
            "Collected, and days sales outstanding (DSO)",
            "Cash expected in, by week",
        ]
    )
    # Eleven month ends and today, and as high as what was owed.
    aged = charts.first
    stacks = aged.locator(".col")
    expect(stacks).to_have_count(12)
    heights = stacks.evaluate_all(
        """stacks => stacks.map(stack => [...stack.querySelectorAll(':scope > [style]')]
          .reduce((sum, piece) => sum + piece.getBoundingClientRect().height, 0))"""
    )
    # The scale ends with a round number, a little above the highest.
    assert 120 < max(heights) <= 151
    assert min(heights) > 0
    # Hover and keyboard give the numbers.
    tip = stacks.nth(5).locator(".tip")
    expect(tip).to_be_hidden()
    stacks.nth(5).hover()
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("2026-05-31")
    page.mouse.move(0, 0)
    stacks.nth(4).focus()
    page.keyboard.press("Tab")
    expect(stacks.nth(5)).to_be_focused()
    expect(tip).to_be_visible()
    # The numbers behind it are a table.
    table = page.locator("#charts table").first
    expect(table).to_be_hidden()
    page.locator("#charts summary").click()
    expect(table).to_be_visible()
    rows = table.evaluate(
        "one => [...one.tBodies[0].rows].map(row =>"
        " [...row.cells].map(cell => cell.innerText))"
    )
    assert [row[0] for row in rows][::11] == ["2025-12-31", "2026-11-20"]
    for _, *cells in rows:
        *parts, total = cells[:7]
        assert sum(float(part or 0) for part in parts) == pytest.approx(float(total))
    # Another currency, by its link.
    page.get_by_role("navigation", name="Charts in").get_by_text("USD").click()
    expect(page.locator("#charts [aria-current]")).to_have_text("USD")
    page.locator("#charts summary").click()
    expect(table).to_contain_text("in USD")
    # A column leads to its day.
    table.get_by_role("link", name="2026-06-30").click()
    expect(page.get_by_label("As of")).to_have_value("2026-06-30")


# To take along.


def test_files_to_take_along(open_page: OpenPage, example: str) -> None:
    page = open_page(f"{example}?account=Assets:Receivable:Kontor")
    along = page.locator("#along")
    invoices = ["AN-2026-035", "AN-2026-011"]
    with page.expect_download() as given:
        along.get_by_role("link", name="CSV", exact=True).click()
    assert given.value.suggested_filename == "receivables-2026-11-20.csv"
    text = Path(given.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["invoice"] for row in rows] == invoices
    with page.expect_download() as given:
        along.get_by_role("link", name="JSON", exact=True).click()
    assert given.value.suggested_filename == "receivables-2026-11-20.json"
    data = json.loads(Path(given.value.path()).read_text(encoding="utf-8"))
    assert [item["invoice"] for item in data["items"]] == invoices
    assert data["items"][0]["open"] == rows[0]["open"] == "785.00"


@pytest.mark.parametrize(
    ("asked", "below"),
    [
        ("?account=Assets:Receivable:Kontor", "reminders.ics"),
        (
            f"?{_CUSTOMER}",
            "reminders.ics?customer=Kontor%20Wattl%C3%A4ufer%20GmbH",
        ),
    ],
)
def test_the_calendar_can_be_subscribed_to(
    open_page: OpenPage, example: str, asked: str, below: str
) -> None:
    page = open_page(f"{example}{asked}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lines = page.locator("#along .addresses li")
    said = page.locator(".dunning > .said [role=status]")
    over_web = f"{example}{below}"
    addresses = [over_web, over_web.replace("http:", "webcal:")]
    assert lines.locator("a").all_inner_texts() == addresses
    for line, address in zip(lines.all(), addresses, strict=True):
        expect(line.locator("a")).to_have_attribute("href", address)
        # What was said of the line before is not to be taken for this one's.
        said.evaluate("one => one.replaceChildren()")
        line.get_by_role("button", name="Copy").click()
        expect(said).to_have_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()") == address
    with urlopen(over_web) as answer:  # noqa: S310 - our own server
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        calendar = answer.read().decode()
    assert calendar.startswith("BEGIN:VCALENDAR\r\n")
    assert ("AN-2026-014" in calendar) == ("customer" not in below)
    assert "AN-2026-035" in calendar


# By keyboard.


def test_shortcuts_lead_to_the_parts_of_the_page(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(example)
    page.wait_for_selector(".dunning.with-script")
    shortcuts = {
        "f d": page.get_by_label("As of"),
        "d t": page.get_by_role("checkbox", name="Hotel Silberdüne KG"),
        "d c": page.get_by_role("heading", name="By customer"),
        "f i": page.get_by_label("Find customer, invoice or text"),
        "d i": page.get_by_role("heading", name="Open invoices"),
    }
    for keys, place in shortcuts.items():
        page.evaluate("document.activeElement.blur()")
        for key in keys.split():
            page.keyboard.press(key)
        expect(place).to_be_focused()
        expect(place).to_be_in_viewport()
    # In a field they are letters.
    find = page.get_by_label("Find customer, invoice or text")
    find.fill("")
    page.keyboard.type("dt")
    expect(find).to_be_focused()
    expect(find).to_have_value("dt")
    # Fava shows them among its own.
    find.blur()
    page.keyboard.press("?")
    tooltips = page.locator(".keyboard-tooltip")
    expect(tooltips.filter(has_text=re.compile("^g j$"))).to_be_attached()
    assert shortcuts.keys() <= set(tooltips.all_inner_texts())


def test_tab_reaches_everything_and_one_sees_where(
    open_page: OpenPage, example: str
) -> None:
    accounts = "Assets:Receivable:(Silberduene|PlumeDeMer)"
    page = open_page(f"{example}?charts=1&account={accounts}")
    page.wait_for_selector(".dunning.with-script")
    sections = page.locator(".dunning section").evaluate_all(
        "sections => sections.map(one => one.id || one.className)"
    )
    assert sections == [
        "todo",
        "payments",
        "decide",
        "customers",
        "invoices",
        "charts",
        "measures",
        "along",
    ]
    there = page.evaluate(_PREPARE_FOR_TAB)
    assert len(there["reachable"]) > 60
    # What only a pointer reaches leads nowhere else than what Tab reaches.
    assert there["pointer"]
    assert set(there["pointer"]) <= set(there["addresses"])
    page.locator(".dunning").click(position={"x": 1, "y": 1})
    # A date has fields of its own inside.
    for _ in range(len(there["reachable"]) + 6):
        page.keyboard.press("Tab")
    focused = page.evaluate("window.focused")
    assert [one["name"] for one in focused] == there["reachable"]
    unseen = [one for one in focused if not one["outline"]]
    assert unseen == []


_PREPARE_FOR_TAB = """() => {
  for (const one of document.querySelectorAll('.dunning details')) one.open = true;
  const all = [...document.querySelectorAll('.dunning *')];
  const name = one =>
    `${all.indexOf(one)} ${one.tagName} ${one.textContent || one.name}`;
  const isThere = one => one.checkVisibility() && !one.closest('[aria-hidden]');
  const can = 'a[href], button, input, select, summary, .scroll[tabindex]';
  const reachable = all.filter(one => one.matches(can) && isThere(one));
  const href = one => one.getAttribute('href');
  window.focused = [];
  document.addEventListener('focusin', ({target}) => {
    if (!target.closest('.dunning')) return;
    const {outlineStyle, outlineWidth} = getComputedStyle(target);
    const outline = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    window.focused.push({name: name(target), outline});
  });
  return {
    reachable: reachable.map(name),
    addresses: reachable.map(href),
    pointer: [...document.querySelectorAll('.dunning [aria-hidden] a')].map(href),
  };
}"""


# Without script.


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """Return a page in a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_without_script_the_page_reads(plain_page: Page, example: str) -> None:
    page = plain_page
    page.goto(example)
    # A line of the list is opened by a link.
    buttons = page.locator("button:visible, [role=button]:not(.open):visible")
    dialogs = page.locator("dialog:visible")
    rows = page.locator("table.invoices tbody tr")
    expect(page.locator("dl.figures dd").first).to_have_text("10187.38 EUR")
    expect(rows).to_have_count(20)
    expect(rows.first).to_be_visible()
    # Just the buttons that work: for a day, a text, a policy.
    expect(buttons).to_have_text(["Show", "Find", "Show"])
    expect(dialogs).to_have_count(0)
    page.locator("tr.who .open").first.click()
    expect(page.locator("tr.inside .paper")).to_be_visible()
    # A letter opens beside it, to be printed.
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Print letter to Feinkost").click()
    expect(opened.value.locator("h1")).to_contain_text("Letzte Mahnung: Rechnung")
    opened.value.close()
    # Filters, sorting, finding, another day.
    page.locator(".legend").first.get_by_role("link", name="31-60").click()
    expect(rows).to_have_count(4)
    page.get_by_role("link", name="Show all").first.click()
    expect(rows).to_have_count(20)
    page.locator("table.invoices thead").get_by_role("link", name="Open").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Open")
    page.get_by_label("Find customer, invoice or text").fill("Wattläufer")
    page.get_by_role("button", name="Find").click()
    expect(rows).to_have_count(2)
    page.get_by_label("As of").fill("2026-06-30")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="To do on 2026-06-30")).to_be_visible()
    # The charts, by their link.
    page.goto(example)
    page.get_by_role("link", name="Show the charts").click()
    expect(page.locator("#charts figure")).to_have_count(3)
    page.locator("#charts summary").click()
    expect(page.locator("#charts table").first).to_be_visible()
    # A customer, an invoice.
    page.locator("table.aging").get_by_role("link", name="Hotel Silberdüne").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Hotel Silberdüne KG")
    expect(buttons).to_have_text(["Show"])
    page.locator("table.invoices").get_by_role("link", name="AN-2026-029").click()
    expect(page.locator("table.diary tbody tr")).to_have_count(5)
    expect(buttons).to_have_count(0)
    expect(dialogs).to_have_count(0)


# In other languages.


_LANGUAGES = {
    "de": "de",
    "es": "es",
    "fr": "fr",
    "zh": "zh",
    "zh_TW": "zh-Hant-TW",
}
_ENGLISH = (
    "All customers",
    "At a glance",
    "By customer",
    "Cash expected",
    "Copied",
    "Due in 7 days",
    "Interest so far",
    "Log as sent",
    "Looking back",
    "Open invoices",
    "Promise…",
    "Export and calendar",
    "To do today",
    "Unapplied credit",
    "What happened",
    "Write mail",
    "days overdue",
    "in dispute",
    "not due",
)


def _title(language: str) -> str:
    """Return a title that is the same in a ledger's address."""
    return language.replace("_", "").lower()


def _source(page: Page) -> str:
    """Return all that our part of the page says, in and out of sight."""
    return str(page.locator(".dunning").evaluate("one => one.outerHTML"))


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the example in each language, with that as its title; the address."""
    folder = tmp_path_factory.mktemp("languages")
    title = 'option "title" "Atelier Nordlicht"'
    example = EXAMPLE.read_text(encoding="utf-8")
    assert title in example
    ledgers = []
    for language in _LANGUAGES:
        ledger = folder / f"{language}.beancount"
        text = example.replace(title, f'option "title" "{_title(language)}"')
        text += f'\n2025-10-01 custom "fava-option" "language" "{language}"\n'
        ledger.write_text(text, encoding="utf-8")
        ledgers.append(ledger)
    with served(*ledgers) as address:
        yield address


@pytest.mark.parametrize("language", _LANGUAGES)
def test_no_english_is_left_in_other_languages(
    open_page: OpenPage, translated: str, language: str
) -> None:
    address = f"{translated}{_title(language)}/{PAGE}"
    page = open_page(f"{address}?charts=1")
    shown = page.locator(".dunning")
    expect(shown).to_have_attribute("lang", _LANGUAGES[language])
    if language == "de":
        expect(shown.locator("section h3:visible")).to_have_text(
            [
                "Heute zu erledigen",
                "Zuzuordnende Zahlungen",
                "Entscheidung nötig",
                "Nach Kunde",
                "Offene Rechnungen",
                "Rückblick und Ausblick",
                "Export und Kalender",
                "Auffälligkeiten in der Buchhaltung",
            ]
        )
    sources = _source(page)
    # Words are longer elsewhere.
    assert sideways(page) == 0
    for asked in _STATES:
        page.goto(f"{address}?{asked}")
        sources += _source(page)
        assert sideways(page) == 0, asked
    assert [text for text in _ENGLISH if text in sources] == []


def test_the_english_looked_for_is_what_the_page_says(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(f"{example}?charts=1")
    sources = _source(page)
    for asked in _STATES:
        page.goto(f"{example}?{asked}")
        sources += _source(page)
    assert [text for text in _ENGLISH if text not in sources] == []
