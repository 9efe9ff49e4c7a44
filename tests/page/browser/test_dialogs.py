"""The forms of the page: what they would write, what they write, and how to undo it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
    Axe = Callable[..., list[str]]

_BOOKS = """option "title" "Books"
option "operating_currency" "EUR"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Receivable:Acme
  email: "ap@acme.example"
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services

2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services

2026-09-14 * "Acme" "Logo" ^INV-2
  due: 2026-10-15
  Assets:Receivable:Acme   20.00 EUR
  Income:Services

2026-11-14 * "Acme" "Signs" ^INV-3
  due: 2026-12-15
  Assets:Receivable:Acme   30.00 EUR
  Income:Services

2026-11-15 * "H. THODE" "Posters"
  Assets:Bank   15.00 EUR
  Assets:Receivable:Acme
"""
_UNAPPLIED = '2026-01-01 custom "dunning-option" "unreferenced" "unapplied"\n'
# All that buttons of any page can open, for both invoices that are late and the other.
_OPEN = """([page, kind, more]) => {
  const buttons = ":is(tr, button)[data-items]:not([data-dialog=assign])";
  const found = [...page.querySelectorAll(buttons)]
    .flatMap((one) => JSON.parse(one.dataset.items));
  const items = [...new Map(found.map((one) => [one.key, one])).values()];
  const button = document.createElement("button");
  Object.assign(button.dataset, { dialog: kind, items: JSON.stringify(items) }, more);
  page.append(button);
  button.click();
  button.remove();
}"""


# Whether a choice is wide enough for its longest text.
_IS_WHOLE = """choice => {
  const { width } = choice.getBoundingClientRect();
  Object.assign(choice.style, { width: "max-content", justifySelf: "start" });
  const needed = choice.getBoundingClientRect().width;
  Object.assign(choice.style, { width: "", justifySelf: "" });
  return needed <= width;
}"""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    text = _BOOKS.replace("2026-01-01 open Assets:Bank", _UNAPPLIED + "\\g", 1)
    path.write_text(text.replace("\\g", "2026-01-01 open Assets:Bank"))
    return path


@pytest.fixture
def address(serve: Serve, books: Path) -> str:
    return f"{serve(books)}books/{PAGE}"


@pytest.fixture
def page(open_page: OpenPage, address: str) -> Page:
    return open_page(address)


def opened(page: Page, kind: str, **more: str) -> Locator:
    """Open a form for all that is offered anywhere on the page."""
    handle = page.wait_for_selector(".dunning.with-script")
    page.evaluate(_OPEN, [handle, kind, more])
    return page.get_by_role("dialog")


def status(page: Page) -> Locator:
    return page.locator(".said:not([hidden])").get_by_role("status")


def added(books: Path, before: str) -> str:
    after = books.read_text()
    assert after.startswith(before)
    return after.removeprefix(before)


def test_a_promise_is_shown_written_and_undone(page: Page, books: Path) -> None:
    before = books.read_text()
    dialog = opened(page, "promise")
    expect(dialog.get_by_role("heading")).to_have_text("Promise to pay")
    expect(dialog.locator(".whom")).to_have_text("Acme")
    boxes = dialog.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    expect(dialog.get_by_label("INV-1")).to_be_checked()
    expect(dialog.get_by_label("Promised by")).to_be_focused()
    expect(dialog.locator("pre")).to_be_hidden()

    dialog.get_by_role("button", name="Fri 12-04").click()
    dialog.get_by_label("What the customer said").fill("Ms Li called")
    note = '2026-11-20 note Assets:Receivable:Acme "Ms Li called" ^INV-1 ^INV-2\n'
    note += "  promise: 2026-12-04\n"
    expect(dialog.locator("pre")).to_have_text(note)
    expect(dialog.locator(".where")).to_have_text(re.compile(r"books\.beancount:\d+"))
    assert books.read_text() == before
    dialog.get_by_role("button", name="Write promise").click()

    expect(dialog).to_be_hidden()
    expect(status(page)).to_contain_text("Written: Ms Li called (books.beancount:")
    assert added(books, before) == f"\n{note}"
    undo = page.get_by_role("button", name="Undo")
    undo.click()
    expect(status(page)).to_have_text("Removed again.")
    expect(undo).to_be_hidden()
    assert books.read_text() == before


def test_what_changed_since_is_not_undone(
    open_page: OpenPage, address: str, books: Path
) -> None:
    page = open_page(address, expected="409 (CONFLICT)")
    dialog = opened(page, "note")
    dialog.get_by_label("Text").fill("Called")
    dialog.get_by_role("button", name="Write note").click()
    expect(status(page)).to_contain_text("Written: Called")
    edited = "; a new first line\n" + books.read_text()
    books.write_text(edited)
    line = edited[: edited.index('"Called"')].count("\n") + 1
    page.get_by_role("button", name="Undo").click()
    expect(status(page)).to_have_text(
        f"books.beancount has changed since; the notes are now at line {line}; "
        f"nothing was written. (books.beancount:{line})"
    )
    assert books.read_text() == edited
    status(page).get_by_role("link").click()
    expect(page.locator(".cm-activeLine")).to_contain_text('"Called"')


def test_several_reminders_are_logged_on_another_day(page: Page, books: Path) -> None:
    before = books.read_text()
    handle = page.wait_for_selector(".dunning.with-script")
    items = page.evaluate(
        """(page) => {
          const sent = JSON.parse(page.querySelector("[data-sent]").dataset.sent);
          return JSON.stringify(Object.entries(sent).map(([key, step]) => (
            { key, step, label: "Acme", sum: step, note: key })));
        }""",
        handle,
    )
    dialog = opened(page, "log", items=items)
    dialog.get_by_role("textbox", name="On").fill("2026-11-18")
    dialog.get_by_role("combobox", name="By").select_option("phone")
    expect(dialog.locator("pre")).to_contain_text("^INV-2")
    dialog.get_by_role("checkbox").last.uncheck()
    expect(dialog.locator("pre")).not_to_contain_text("^INV-2")
    dialog.get_by_role("button", name="Log as sent").click()
    expect(status(page)).to_contain_text("Written: First reminder (")
    assert added(books, before) == (
        '\n2026-11-18 note Assets:Receivable:Acme "First reminder" ^INV-1\n'
        '  reminder: "first reminder"\n  channel: "phone"\n'
    )


def test_many_notes_are_counted(page: Page, books: Path) -> None:
    more = "".join(
        f'\n2026-09-14 * "Acme" "More" ^M-{n}\n  invoice: "M {n}"\n  due: 2026-10-15\n'
        "  Assets:Receivable:Acme  5.00 EUR\n  Income:Services\n"
        for n in range(3)
    )
    books.write_text(books.read_text() + more)
    page.reload()
    page.wait_for_selector(".with-script")
    dialog = opened(page, "dispute")
    for box in dialog.get_by_role("checkbox").all():
        box.check()
    dialog.get_by_role("button", name="Write dispute").click()
    expect(status(page)).to_have_text(
        re.compile(r"^Notes written: 4 \(books\.beancount:\d+-\d+\)$")
    )
    page.get_by_role("button", name="Undo").click()
    expect(status(page)).to_have_text("Removed again.")
    assert books.read_text().endswith(more)


def test_an_invoice_is_written_off(page: Page, books: Path) -> None:
    before = books.read_text()
    dialog = opened(page, "write-off")
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(1)
    dialog.get_by_label("Amount, if it is a part").fill("40")
    expect(dialog.locator("pre")).to_contain_text("Expenses:Bad-Debts      40 EUR")
    dialog.get_by_role("button", name="Write off", exact=True).click()
    expect(status(page)).to_contain_text("Written: ")
    assert '"Bad debt of INV-1" ^INV-1' in added(books, before)
    page.get_by_role("button", name="Undo").click()
    expect(status(page)).to_have_text("Removed again.")
    assert books.read_text() == before


def test_nothing_is_written_where_nothing_is_ticked(page: Page) -> None:
    dialog = opened(page, "hold")
    dialog.get_by_label("Until").fill("2026-12-31")
    expect(dialog.locator("pre")).to_be_visible()
    for box in dialog.get_by_role("checkbox").all():
        box.uncheck()
    expect(dialog.locator("pre")).to_be_hidden()
    expect(dialog.get_by_role("button", name="Write hold")).to_be_disabled()


def test_what_would_be_refused_is_said_while_one_types(page: Page) -> None:
    dialog = opened(page, "dispute")
    dialog.get_by_label("Amount, if it is a part").fill("100.01")
    expect(dialog.locator(".refused")).to_contain_text("only 100.00 EUR of INV-1")
    dialog.get_by_label("Amount, if it is a part").fill("40")
    expect(dialog.locator(".refused")).to_be_hidden()
    expect(dialog.locator("pre")).to_contain_text("dispute: 40 EUR")


def test_what_a_payment_gets_is_marked(page: Page, books: Path) -> None:
    before = books.read_text()
    page.locator("#payments").get_by_role("button", name=re.compile("…")).click()
    dialog = page.get_by_role("dialog", name="Assign payment")
    dialog.get_by_role("combobox", name="Invoice").fill("INV-2")
    new = dialog.locator("pre ins")
    expect(new).to_have_text([" ^INV-2"])
    dialog.get_by_label("Remember that this payer pays").check()
    expect(new).to_have_text(['\n  payer: "H. THODE"', " ^INV-2"])
    assert books.read_text() == before
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(status(page)).to_contain_text("Written: INV-2 (books.beancount:")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    assert '"Posters" ^INV-2\n' in books.read_text()
    assert 'Assets:Receivable:Acme\n  payer: "H. THODE"\n' in books.read_text()


@pytest.mark.parametrize(
    "kind",
    [
        *("promise", "plan", "dispute", "resolved", "hold", "note", "handed"),
        *("log", "write-off", "assign"),
    ],
)
def test_nobody_is_shut_out_of_a_form(page: Page, axe: Axe, kind: str) -> None:
    dialog = opened(page, kind)
    for field in dialog.locator("input[name=until]").all():
        field.fill("2026-12-31")
    for scheme, width in (("light", 1280), ("dark", 400), ("light", 400)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 700})
        assert axe(page, "dialog[open]") == []
        box = dialog.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        wide = "element => element.scrollWidth > element.clientWidth"
        assert not dialog.evaluate(wide)
        submit = dialog.locator("button[type=submit]")
        expect(submit).to_be_in_viewport(ratio=1)
        for choice in dialog.locator("select:visible").all():
            assert choice.evaluate(_IS_WHOLE)
        if width == 400:
            _fits_fingers(dialog)


def _fits_fingers(dialog: Locator) -> None:
    """Expect that all that one presses is 44 px high."""
    for one in dialog.locator("button, select, input:visible, .checks label").all():
        box = one.bounding_box()
        assert box is not None
        is_box = one.get_attribute("type") == "checkbox"
        assert is_box or box["height"] >= 44, one.evaluate("one => one.outerHTML")


def test_one_leaves_a_form_with_the_keyboard(page: Page, books: Path) -> None:
    before = books.read_text()
    page.wait_for_selector(".dunning.with-script")
    page.locator("tr.who .open").first.click()
    button = page.locator("tr.inside button[data-dialog=note]")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Note")
    expect(dialog.get_by_label("Text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Left a message")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Written: Left a message")
    assert '"Left a message" ^INV-1' in added(books, before)


@pytest.mark.parametrize("width", [1280, 400])
def test_what_was_written_is_in_sight(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 500})
    dialog = opened(page, "note")
    dialog.get_by_label("Text").fill("Called")
    dialog.get_by_role("button", name="Write note").click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_in_viewport(ratio=1)


def test_what_was_written_is_in_sight_where_the_list_only_begins(page: Page) -> None:
    page.wait_for_selector(".dunning.with-script")
    page.set_viewport_size({"width": 400, "height": 3000})
    box = page.locator(".bulk").bounding_box()
    assert box is not None
    title = page.locator("section:has(> .bulk)").bounding_box()
    assert title is not None
    # The action row cannot be above its list, and is cut off by the window's edge.
    page.set_viewport_size({"width": 400, "height": round(title["y"] + box["height"])})
    page.locator("[data-act=log]").evaluate("button => button.click()")
    expect(page.locator(".said:not([hidden])")).to_contain_text("Written: ")
    expect(page.locator(".bulk .said")).to_be_in_viewport(ratio=1)
