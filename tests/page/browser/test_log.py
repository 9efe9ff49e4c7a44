"""Writing down, from the page, what was sent and what was said."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import Note
from beancount.parser.parser import parse_file
from playwright.sync_api import expect

from tests.page.browser.listed import line_of
from tests.page.browser.listed import opened
from tests.serving import EXAMPLE
from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]
    Serve = Callable[..., str]

_TODAY = date(2026, 11, 20)
_HOTEL = "Hotel Silberdüne KG"
_HOTEL_ACCOUNT = "Assets:Receivable:Silberduene"
_HOSTILE = (
    '"><script>document.title = "got you"</script>',
    '" ^AN-2026-030\\" #tag {{ 7 * 7 }} ; \\',
    "Ōno 🦊 &amp; <b onclick=x> ' \u202e *",
)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Return a copy of the example, to be written to."""
    path = tmp_path / "books.beancount"
    path.write_bytes(EXAMPLE.read_bytes())
    return path


@pytest.fixture
def page(open_page: OpenPage, serve: Serve, books: Path) -> Page:
    return open_page(f"{serve(books)}atelier-nordlicht/{PAGE}")


def _bare(entry: Any) -> Any:  # noqa: ANN401 - a directive or a posting
    """Return a directive without where it stands."""
    meta = {
        key: value
        for key, value in (entry.meta or {}).items()
        if key not in ("filename", "lineno")
    }
    bare = entry._replace(meta=meta)
    if getattr(entry, "postings", None):
        bare = bare._replace(postings=[_bare(posting) for posting in entry.postings])
    return bare


def _added(books: Path) -> list[Note]:
    """Return what a file says beside all that the example says."""
    before = [_bare(entry) for entry in parse_file(str(EXAMPLE))[0]]
    after = [_bare(entry) for entry in parse_file(str(books))[0]]
    for entry in before:
        after.remove(entry)
    return after


def _note(account: str, comment: str, invoice: str, **meta: Any) -> Note:  # noqa: ANN401
    return Note(
        {key.replace("_", "-"): value for key, value in meta.items()},
        _TODAY,
        account,
        comment,
        frozenset(),
        frozenset({invoice}),
    )


def _said(page: Page) -> Locator:
    return page.locator(".said:not([hidden])").get_by_role("status")


def _is_told(page: Page, text: str) -> None:
    """Expect that it is said what was written, and where."""
    said = rf"^Written: {re.escape(text)}.* \(books\.beancount:\d+\)$"
    expect(_said(page)).to_have_text(re.compile(said))


def test_what_was_sent_is_logged(page: Page, books: Path) -> None:
    tasks, task = page.locator("tr.who"), line_of(page, _HOTEL)
    expect(tasks).to_have_count(4)
    expect(_said(page)).to_be_hidden()
    # The second click comes before the first one is answered.
    opened(page, _HOTEL).get_by_role("button", name="Log as sent").dblclick()

    _is_told(page, "Final notice e-mailed")
    expect(task).to_have_count(0)
    expect(tasks).to_have_count(3)
    sent = "Final notice e-mailed to verwaltung@hotel-silberduene.example"
    assert _added(books) == [
        _note(
            _HOTEL_ACCOUNT,
            sent,
            "AN-2026-014",
            reminder="final notice",
            channel="email",
            to="verwaltung@hotel-silberduene.example",
        )
    ]

    # Fava asks every five seconds whether a file changed, and says so.
    with page.expect_response(lambda answer: answer.url.endswith("/api/changed")):
        _said(page).get_by_role("link").click()
        expect(page.locator(".cm-activeLine")).to_contain_text(
            f'2026-11-20 note {_HOTEL_ACCOUNT} "Final notice'
        )
    expect(page.locator(".notifications > *")).to_have_count(0)


def test_what_was_said_is_logged(page: Page, books: Path) -> None:
    row = page.locator("table.invoices tr").filter(has_text="AN-2026-034")
    customer = "Kulturverein Leuchtboje e.V."
    task = line_of(page, customer)
    opened(page, customer).get_by_role("button", name="Promise…").click()
    dialog = page.get_by_role("dialog", name="Promise to pay")
    expect(dialog.get_by_label("AN-2026-034")).to_be_checked()
    dialog.get_by_label("Promised by").fill("2026-11-27")
    dialog.get_by_label("What the customer said").fill("Ms Li called")
    dialog.get_by_role("button", name="Write promise").click()
    expect(dialog).to_be_hidden()
    _is_told(page, "Ms Li called")
    expect(task).to_have_count(0)
    expect(row.locator(".badge")).to_have_text("promised by 2026-11-27")

    # Each page knows what the one before has written. Enter is enough.
    opened(page, "Bäckerei Krüger GmbH").get_by_role("button", name="Dispute…").click()
    page.get_by_label("Reason").press("Enter")
    row = page.locator("table.invoices tr").filter(has_text="AN-2026-041")
    expect(row.locator(".badge")).to_have_text("in dispute")

    page.get_by_role("link", name="AN-2026-029").first.click()
    badge = page.locator(".part .badge")
    expect(badge).to_have_text("in dispute")
    page.get_by_role("button", name="Resolved…").click()
    page.get_by_label("How it was resolved").fill("It works now")
    page.get_by_role("dialog").get_by_role("button", name="Write note").click()
    expect(badge).to_have_count(0)
    expect(page.locator("table.diary")).to_contain_text("It works now")

    page.get_by_role("button", name="Hold…").click()
    page.get_by_label("Until").fill("2026-12-31")
    page.get_by_role("button", name="Write hold").click()
    expect(badge).to_have_text("on hold until 2026-12-31")

    assert _added(books) == [
        _note(
            "Assets:Receivable:Leuchtboje",
            "Ms Li called",
            "AN-2026-034",
            promise=date(2026, 11, 27),
        ),
        _note("Assets:Receivable:Krueger", "In dispute", "AN-2026-041", dispute=True),
        _note(_HOTEL_ACCOUNT, "It works now", "AN-2026-029", dispute=False),
        _note(
            _HOTEL_ACCOUNT,
            "On hold until 2026-12-31",
            "AN-2026-029",
            hold_until=date(2026, 12, 31),
        ),
    ]


def test_a_plan_is_shown_before_it_is_written(page: Page, books: Path) -> None:
    customer = "Kulturverein Leuchtboje e.V."
    opened(page, customer).get_by_role("button", name="Plan…").click()
    dialog = page.get_by_role("dialog", name="Payment plan")
    typed = dialog.get_by_role("textbox", name="Plan", exact=True)
    parts, refused = dialog.locator(".lines-of-it > li"), dialog.locator(".refused")
    expect(parts).to_have_count(3)

    typed.fill("in two parts")
    expect(refused).to_contain_text('"in two parts" is not understood as a plan')
    expect(parts).to_have_count(0)

    # The fields make a plan, and what is typed is one.
    dialog.get_by_label("First on").fill("2026-12-15")
    expect(typed).to_have_value("3 x 1 month from 2026-12-15")
    expect(parts).to_have_count(3)
    expect(refused).to_be_hidden()
    expect(parts.first).to_contain_text("AN-2026-034 1/3:")
    expect(parts.first).to_contain_text("due 2026-12-15, originally 2026-")
    dialog.get_by_label("Parts", exact=True).fill("2")
    expect(parts).to_have_count(2)
    dialog.get_by_label("What was agreed").fill("Ms Li called")
    expect(dialog.locator("pre")).to_have_text(
        '2026-11-20 note Assets:Receivable:Leuchtboje "Ms Li called" ^AN-2026-034\n'
        '  plan: "2 x 1 month from 2026-12-15"\n'
    )
    assert books.read_bytes() == EXAMPLE.read_bytes()
    typed.press("Enter")

    expect(dialog).to_be_hidden()
    _is_told(page, "Ms Li called")
    row = page.locator("table.invoices tr").filter(has_text="AN-2026-034 1/2")
    expect(row).to_contain_text("2026-12-15originally 2026-")
    (note,) = _added(books)
    assert note.meta["plan"] == "2 x 1 month from 2026-12-15"
    assert note.links == frozenset({"AN-2026-034"})


def test_who_thinks_better_of_it_writes_nothing(page: Page, books: Path) -> None:
    for name, title in (
        ("Promise…", "Promise to pay"),
        ("Dispute…", "Dispute"),
        ("Hold…", "Pause reminders"),
    ):
        button = opened(page, _HOTEL).get_by_role("button", name=name)
        dialog = page.get_by_role("dialog", name=title)
        for key in ("Escape", "Enter"):
            button.click()
            expect(dialog.get_by_role("textbox").last).to_have_value("")
            dialog.get_by_role("textbox").last.fill("Says that it is paid")
            dialog.get_by_role("button", name="Cancel").focus()
            page.keyboard.press(key)
            expect(dialog).to_be_hidden()
            expect(button).to_be_focused()
    # Without its day a promise is none.
    opened(page, _HOTEL).get_by_role("button", name="Promise…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What the customer said").press("Enter")
    expect(page.get_by_role("dialog", name="Promise to pay")).to_be_visible()
    expect(_said(page)).to_be_hidden()
    assert books.read_bytes() == EXAMPLE.read_bytes()


def test_what_an_editor_wrote_meanwhile_is_kept(
    open_page: OpenPage, serve: Serve, books: Path
) -> None:
    page = open_page(
        f"{serve(books)}atelier-nordlicht/{PAGE}", expected="409 (CONFLICT)"
    )
    edited = books.read_bytes() + b'\n2026-11-19 event "mood" "calm"\n'
    books.write_bytes(edited)
    changed = (
        "The ledger has changed since this page was loaded: reload the page; "
        "nothing was written."
    )
    log = opened(page, _HOTEL).get_by_role("button", name="Log as sent")
    log.click()
    expect(_said(page)).to_have_text(changed)
    expect(log).to_be_enabled()
    opened(page, _HOTEL).get_by_role("button", name="Dispute…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_be_hidden()
    dialog.get_by_label("Reason").fill("The colour")
    dialog.get_by_role("button", name="Write dispute").click()
    expect(dialog.get_by_role("alert")).to_have_text(changed)
    expect(dialog.get_by_label("Reason")).to_have_value("The colour")
    assert books.read_bytes() == edited

    # Half a transaction, as an editor may leave it.
    broken = edited + b'\n2026-11-19 * "Half a'
    books.write_bytes(broken)
    with page.expect_response("**/log") as answer:
        dialog.get_by_role("button", name="Write dispute").click()
    assert answer.value.status == 409
    page.reload()
    expect(page.locator(".dunning").get_by_role("alert")).to_contain_text(
        "you cannot write anything from here"
    )
    expect(page.get_by_role("button", name="Log as sent")).to_have_count(0)
    expect(page.locator("dialog[data-kind]")).to_have_count(0)
    assert books.read_bytes() == broken


def test_what_is_typed_stays_a_text(
    open_page: OpenPage, serve: Serve, books: Path
) -> None:
    # Where notes on this account go.
    option = '2025-10-01 custom "fava-option" "insert-entry" ".*Silberduene"\n'
    before, head, after = EXAMPLE.read_text().partition("* Stadtwerke Mühlental")
    books.write_text(before + option + head + after)
    page = open_page(f"{serve(books)}atelier-nordlicht/{PAGE}?invoice=AN-2026-014")
    for text in _HOSTILE:
        page.get_by_role("button", name="Hold…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Until").fill("2026-12-31")
        dialog.get_by_label("Why").fill(text)
        # The second click comes before the first one is answered.
        dialog.get_by_role("button", name="Write hold").dblclick()
        expect(page.locator("table.diary")).to_contain_text(text)
        _is_told(page, text)
    line = 1 + before.count("\n") + 3 * (len(_HOSTILE) - 1)
    expect(_said(page).get_by_role("link")).to_have_text(f"books.beancount:{line}")
    expect(page).to_have_title(re.compile("Receivables"))

    assert [entry for entry in _added(books) if isinstance(entry, Note)] == [
        _note(_HOTEL_ACCOUNT, text, "AN-2026-014", hold_until=date(2026, 12, 31))
        for text in _HOSTILE
    ]
    new = books.read_text()
    assert new.startswith(before)
    assert new.endswith(option + head + after)


def test_what_was_written_is_said_where_fava_loads_by_itself(
    open_page: OpenPage, serve: Serve, books: Path
) -> None:
    with books.open("a") as file:
        file.write('\n2025-10-01 custom "fava-option" "auto-reload" "true"\n')
    page = open_page(f"{serve(books)}atelier-nordlicht/{PAGE}")
    with page.expect_response(lambda answer: answer.url.endswith("/api/changed")):
        opened(page, _HOTEL).get_by_role("button", name="Log as sent").click()
        expect(line_of(page, _HOTEL)).to_have_count(0)
    _is_told(page, "Final notice e-mailed")
    expect(page.locator(".notifications > *")).to_have_count(0)
