"""Monday: what is to do as a list, worked through with the keyboard or the mouse."""

from __future__ import annotations

import re
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]
    Serve = Callable[..., str]

_MONDAY = date(2026, 11, 23)
_HEAD = f"""
option "title" "Monday"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" {_MONDAY}
2026-01-01 open Assets:Receivable
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
"""
_WAYS = {
    "email": 'email: "c{n}@example.org"',
    "letter": 'address: "{n} High Street"',
    "phone": 'phone: "+49 40 {n}"',
}
# As with a slow server: what the page asks for is there when it is let go.
_HOLD_BACK = """() => {
  const ask = window.fetch;
  const go = new Promise((resolve) => { window.letGo = resolve; });
  window.fetch = async (...asked) => { await go; return ask(...asked); };
}"""
# Stands in for the mail program, the telephone and the printer.
_STAND_INS = """
window.opened = [];
addEventListener("click", (event) => {
  const link = event.target.closest?.("a");
  if (link && /^(mailto|tel|sms):/.test(link.href)) {
    window.opened.push(link.href.split("?")[0]);
    event.preventDefault();
  }
}, true);
"""


def _customer(number: int, way: str) -> str:
    """Return a customer, the later the longer their invoice is overdue."""
    due = _MONDAY - timedelta(days=5 * number + 5)
    return f"""
2026-01-01 custom "dunning-customer" "Customer {number:02}"
  {_WAYS[way].format(n=number)}
{due - timedelta(days=14)} * "Customer {number:02}" "Website" ^INV-{number:02}
  due: {due}
  Assets:Receivable   {100 + number}.50 EUR
  Income:Services
"""


class _Keyboard:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            self.count += 1


@pytest.fixture
def monday(
    open_page: OpenPage, serve: Serve, tmp_path: Path
) -> Callable[..., tuple[Page, Path]]:
    """Open the page of a ledger with a customer for each way."""

    def opened(*ways: str, **options: Any) -> tuple[Page, Path]:  # noqa: ANN401 - Fava's
        path = tmp_path / "monday.beancount"
        customers = (_customer(number, way) for number, way in enumerate(ways))
        path.write_text(_HEAD + "".join(customers))
        page = open_page(f"{serve(path, **options)}monday/{PAGE}")
        page.wait_for_selector(".dunning.with-script")
        page.evaluate(_STAND_INS)
        return page, path

    return opened


def _act(page: Page, name: str) -> Locator:
    return page.locator(".bulk").get_by_role("button", name=name, exact=True)


def _lines(page: Page) -> Locator:
    return page.locator("tr.who")


def _opened(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.opened")
    return found


def _logged(path: Path) -> int:
    return path.read_text().count('reminder: "first reminder"')


def test_monday_takes_no_more_than_forty_keys(
    monday: Callable[..., tuple[Page, Path]],
) -> None:
    page, path = monday(*["email"] * 14)
    keys = _Keyboard(page)
    keys.press("d", "t", "w")
    dialog = page.get_by_role("dialog")
    for number in range(1, 15):
        title = f"{number} of 14: Customer {14 - number:02}"
        expect(dialog.get_by_role("heading")).to_have_text(title)
        expect(dialog.locator(".paper")).to_contain_text(f"INV-{14 - number:02}")
        expect(dialog.get_by_role("button", name="Open mail")).to_be_focused()
        keys.press("Enter")
    assert _opened(page) == [f"mailto:c{n}@example.org" for n in range(13, -1, -1)]
    expect(_act(page, "Log 14 as sent")).to_be_focused()
    assert _logged(path) == 0
    keys.press("Enter")
    expect(page.locator("tr.who.sent")).to_have_count(14)
    assert keys.count <= 40
    assert _logged(path) == 14
    said = page.locator(".bulk .said")
    expect(said).to_contain_text("Notes written: 14")
    # What was written is taken out as it went in.
    said.get_by_role("button", name="Undo").click()
    expect(page.locator("tr.who:not(.sent)")).to_have_count(14)
    assert _logged(path) == 0


@pytest.mark.parametrize(("width", "height"), [(1280, 500), (400, 700)])
def test_who_is_quicker_than_the_letter_skips_nobody(
    monday: Callable[..., tuple[Page, Path]], width: int, height: int
) -> None:
    page, _ = monday("email", "email", "email")
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(_HOLD_BACK)
    keys = _Keyboard(page)
    keys.press("d", "t", "w", "Enter", "Enter")
    heading = page.get_by_role("dialog").get_by_role("heading")
    expect(heading).to_have_text("1 of 3: Customer 02")
    page.evaluate("window.letGo()")
    expect(heading).to_have_text("2 of 3: Customer 01")
    open_mail = page.get_by_role("dialog").get_by_role("button", name="Open mail")
    expect(open_mail).to_be_focused()
    expect(open_mail).to_be_in_viewport(ratio=1)
    assert _opened(page) == ["mailto:c2@example.org"]


def test_who_leaves_before_the_letter_is_there_opens_nothing(
    monday: Callable[..., tuple[Page, Path]],
) -> None:
    page, _ = monday("email", "email", "email")
    page.evaluate(_HOLD_BACK)
    _Keyboard(page).press("d", "t", "w", "Enter", "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    with page.expect_response(re.compile("part=task")):
        page.evaluate("window.letGo()")
    page.wait_for_timeout(200)
    assert _opened(page) == []
    expect(_act(page, "Write 3 mails")).to_be_focused()


def test_each_way_has_its_turn(monday: Callable[..., tuple[Page, Path]]) -> None:
    page, path = monday("email", "letter", "letter", "phone")
    keys = _Keyboard(page)
    keys.press("d", "t", "w", "Enter")
    expect(_act(page, "Print 2 letters")).to_be_focused()
    assert _opened(page) == ["mailto:c0@example.org"]
    with page.expect_response(re.compile(r"letter\?key=.*&key=")) as printed:
        keys.press("Enter")
    text = printed.value.text()
    assert "1 High Street" in text
    assert "2 High Street" in text
    expect(_act(page, "Call 1")).to_be_focused()
    keys.press("Enter")
    expect(
        page.get_by_role("dialog").get_by_role("button", name="Call")
    ).to_be_focused()
    keys.press("Enter")
    expect(_act(page, "Log 4 as sent")).to_be_focused()
    assert _opened(page)[1:] == ["tel:+49403"]
    expect(_act(page, "Log 4 as sent")).not_to_have_class("muted")
    keys.press("Enter")
    expect(page.locator("tr.who.sent")).to_have_count(4)
    expect(_lines(page).first).to_contain_text("✓ first reminder logged")
    channels = re.findall(r'channel: "(\w+)"', path.read_text())
    assert channels == ["phone", "letter", "letter", "email"]


def test_only_what_is_ticked_is_logged(
    monday: Callable[..., tuple[Page, Path]],
) -> None:
    page, path = monday("email", "email", "email")
    what = page.locator(".bulk .what")
    expect(what).to_have_text("3 of 3 ticked 304.50 EUR")
    page.get_by_role("checkbox", name="Customer 01").uncheck()
    expect(what).to_have_text("2 of 3 ticked 203.00 EUR")
    expect(page.get_by_role("checkbox", name="Tick all")).to_be_checked(
        indeterminate=True
    )
    _act(page, "Log 2 as sent").click()
    expect(page.locator("tr.who.sent")).to_have_count(2)
    expect(what).to_contain_text("1 left, none ticked")
    assert "^INV-01\n  reminder" not in path.read_text()
    assert _logged(path) == 2
    # It is there still at the next visit, and the others are gone.
    page.reload()
    expect(_lines(page)).to_have_count(1)


def test_the_lists_keys(monday: Callable[..., tuple[Page, Path]]) -> None:
    page, path = monday("email", "email", "email")
    ticks = [page.get_by_role("checkbox", name=f"Customer {n:02}") for n in (2, 1, 0)]
    keys = _Keyboard(page)
    keys.press("d", "t")
    expect(ticks[0]).to_be_focused()
    keys.press("ArrowDown")
    expect(ticks[1]).to_be_focused()
    keys.press("Space")
    expect(ticks[1]).not_to_be_checked()
    keys.press("a")
    expect(ticks[1]).to_be_checked()
    keys.press("a")
    for tick in ticks:
        expect(tick).not_to_be_checked()
    # A line opens, and closes.
    inside = page.locator("tr.inside").nth(1)
    keys.press("Enter")
    expect(inside).to_contain_text("INV-01")
    expect(inside.locator(".paper")).to_be_visible()
    keys.press("Escape")
    expect(inside).to_be_hidden()
    # What the customer says is about this line.
    keys.press("p")
    dialog = page.get_by_role("dialog", name=re.compile("Promise"))
    expect(dialog).to_contain_text("INV-01")
    keys.press("Escape")
    # Only the current line's controls are stops of the tab key.
    stops = page.locator("tr.who :is(a, button, input):not([tabindex='-1'])")
    assert {
        stop.evaluate("one => one.closest('tr').innerText.includes('Customer 01')")
        for stop in stops.all()
    } == {True}
    # Skipped, stopped: nothing was opened, and nothing logged.
    ticks[1].focus()
    keys.press("a", "w")
    heading = page.get_by_role("dialog").get_by_role("heading")
    expect(heading).to_have_text("1 of 3: Customer 02")
    keys.press("s")
    expect(heading).to_have_text("2 of 3: Customer 01")
    keys.press("Escape")
    expect(_act(page, "Write 3 mails")).to_be_focused()
    assert _opened(page) == []
    assert _logged(path) == 0


def test_a_lines_own_buttons(monday: Callable[..., tuple[Page, Path]]) -> None:
    page, _ = monday("email", "email")
    line = _lines(page).first
    line.hover()
    line.get_by_role("button", name=re.compile("^More")).click()
    menu = page.locator(".menu")
    menu.get_by_role("button", name="Plan…").click()
    expect(menu).to_be_hidden()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("INV-01")
    expect(dialog).not_to_contain_text("INV-00")
    page.keyboard.press("Escape")
    # Its mail alone; then it is the other's turn.
    line.get_by_role("link", name="Write mail to Customer 01").click()
    expect(dialog.get_by_role("heading")).to_have_text("1 of 1: Customer 01")
    dialog.get_by_role("button", name="Open mail").click()
    expect(dialog).to_be_hidden()
    assert _opened(page) == ["mailto:c1@example.org"]
    expect(_act(page, "Write 1 mail")).to_be_focused()


def test_the_day_and_the_way_to_log_can_be_chosen(
    monday: Callable[..., tuple[Page, Path]],
) -> None:
    page, path = monday("email", "email")
    page.get_by_role("button", name="change… date and way").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("On", exact=True).fill("2026-11-20")
    dialog.get_by_label("By").select_option("phone")
    dialog.get_by_role("button", name="Log as sent").click()
    expect(page.locator(".said:visible")).to_contain_text("Written:")
    text = path.read_text()
    assert text.count("2026-11-20 note") == text.count('channel: "phone"') == 2


def test_nothing_is_offered_to_write_where_nothing_can_be(
    monday: Callable[..., tuple[Page, Path]],
) -> None:
    page, _ = monday("email", read_only=True)
    expect(page.locator("#todo")).to_contain_text("Fava is read-only")
    expect(_act(page, "Write 1 mail")).to_be_visible()
    expect(page.locator(".bulk [data-act=log]")).to_have_count(0)
    expect(
        page.get_by_role("button", name=re.compile("^(Promise|More|change)"))
    ).to_have_count(0)


def test_amounts_stay_hidden(monday: Callable[..., tuple[Page, Path]]) -> None:
    page, _ = monday("email", "email", incognito=True)
    expect(page.locator(".bulk .what")).to_have_text(re.compile(r"^2 of 2 ticked\s*$"))
    assert "101.50" not in page.content()


def test_another_day_is_shown_when_it_is_chosen(
    monday: Callable[..., tuple[Page, Path]],
) -> None:
    page, _ = monday("email", "email")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    day = page.locator(".top input[type=date]")
    # As from the calendar; what is typed waits for the end of it.
    day.fill("2026-10-30")
    expect(page.get_by_role("heading", name="To do on 2026-10-30")).to_be_visible()
    assert "time=2026-10-30" in page.url
    page.wait_for_selector(".dunning.with-script")
    day.focus()
    day.press("ArrowUp")
    page.wait_for_timeout(200)
    assert "time=2026-10-30" in page.url
    day.press("Enter")
    # A day, a month or a year on, whatever the browser's language begins a date with.
    another = re.compile(r"^To do on 202(6-11-30|7-10-30|6-10-31)$")
    expect(page.get_by_role("heading", name=another)).to_be_visible()
    # Today needs no filter.
    day.fill(str(_MONDAY))
    expect(page.get_by_role("heading", name="To do today")).to_be_visible()
    assert "time=" not in page.url
    page.wait_for_load_state("networkidle")
    assert len([url for url in asked if f"{PAGE}?" in url and "charts" not in url]) == 3
