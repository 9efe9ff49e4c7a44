"""The page as a person sees it, on the example ledger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.serving import EXAMPLE
from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]


def _rows(page: Page, table: str) -> list[list[str]]:
    """Return the texts of a table's body."""
    rows: list[list[str]] = page.eval_on_selector_all(
        f".dunning table.{table} tbody tr",
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))",
    )
    return rows


def _line(link: str) -> str:
    """Return the line of the example on which an invoice's transaction begins."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    (number,) = (
        number
        for number, line in enumerate(lines, 1)
        if line.endswith(link) and line[11:12] == "*"
    )
    return str(number)


def test_the_sidebar_leads_to_the_page(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    link = page.get_by_role("link", name="Receivables")
    expect(link).to_be_visible()
    expect(page).to_have_title("Receivables - Atelier Nordlicht")


def test_who_owes_what_and_how_late(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    expect(page.locator(".dunning h2")).to_have_text(
        "As of 2026-11-20, the ledger's as-of date"
    )
    summaries = page.locator("dl").all_inner_texts()
    assert [" ".join(text.split()) for text in summaries] == [
        (
            "Outstanding 23436.38 EUR overdue 10187.38 open 23486.38"
            " unapplied credit -50.00"
        ),
        "Outstanding 8700.00 USD overdue 5300.00 open 9500.00 unapplied credit -800.00",
    ]
    hotel = ["Hotel Silberdüne KG", *[""] * 4, "809.20", "1237.00", "", "2046.20"]
    assert [*hotel, "EUR"] in _rows(page, "aging")
    invoices = _rows(page, "invoices")
    assert invoices[0] == [
        "Hotel Silberdüne KG",
        "AN-2026-014",
        "2026-05-13",
        "191 days late",
        "1237.00",
        "1666.00",
        "EUR",
        "2026-05-18 second reminder",
        "2026-11-16 final notice",
        "Assets:Receivable:Silberduene",
        _line("^AN-2026-014"),
    ]
    late = {row[1]: row[3] for row in invoices}
    assert late["AN-2026-037"] == "due today"
    assert late["AN-2026-041"] == "due in 3 days"
    assert late["Birth announcement cards"] == "undated"
    assert _rows(page, "unapplied")[0] == [
        "Éditions Plume-de-Mer SARL",
        "Assets:Receivable:PlumeDeMer",
        "-50.00",
        "EUR",
    ]


def test_what_was_sent_what_comes_next_and_what_rests(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(example)
    shown = {row[1]: row[7:9] for row in _rows(page, "invoices")}
    assert shown["AN-2026-029"] == ["2026-09-14 second reminder", "in dispute"]
    assert shown["AN-2026-030"] == [
        "2026-09-23 second reminder",
        "2026-12-01 final notice on hold until 2026-11-30",
    ]
    assert shown["AN-2026-035"] == [
        "2026-11-02 first reminder",
        "2026-11-28 second reminder promised by 2026-11-27",
    ]
    # All was sent.
    assert shown["AN-2026-024"] == ["2026-08-28 stop-loss review", ""]
    marks = page.locator(".dunning .held")
    expect(marks).to_have_text(
        ["in dispute", "on hold until 2026-11-30", "promised by 2026-11-27"]
    )


def test_an_account_leads_to_its_page(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    page.get_by_role("link", name="Assets:Receivable:Krueger").click()
    expect(page).to_have_url(re.compile(r"/account/Assets:Receivable:Krueger/"))


def test_an_invoice_leads_to_its_journal_entries(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(f"{example}?time=2026-11-15")
    page.get_by_role("link", name="AN-2026-035").click()
    journal = page.locator("ol.journal")
    expect(journal.get_by_text("^AN-2026-035")).to_have_count(2)
    expect(journal.locator("li.transaction")).to_have_count(2)


def test_a_reference_in_metadata_leads_to_its_entries(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(example)
    page.get_by_role("link", name="AN-2026-039").click()
    expect(page.locator("ol.journal li.transaction")).to_have_count(1)


def test_a_line_leads_to_the_editor_at_it(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    page.get_by_role("link", name=_line("^AN-2026-014"), exact=True).click()
    active = page.locator(".cm-activeLine")
    expect(active).to_contain_text("^AN-2026-014")


def test_the_time_filter_sets_the_date(open_page: OpenPage, example: str) -> None:
    page = open_page(f"{example}?time=2026-06")
    expect(page.locator(".dunning h2")).to_have_text(
        "As of 2026-06-30, the end of the time filter"
    )
    assert [row[1] for row in _rows(page, "invoices")][:2] == [
        "Lettering on the window",
        "AN-2026-014",
    ]


def test_account_and_text_filters_narrow(open_page: OpenPage, example: str) -> None:
    page = open_page(f"{example}?account=Assets:Receivable:Kontor")
    assert {row[0] for row in _rows(page, "invoices")} == {"Kontor Wattläufer GmbH"}
    page = open_page(f"{example}?filter=%5EAN-2026-025")
    assert [(row[1], row[4]) for row in _rows(page, "invoices")] == [
        ("AN-2026-025 2/3", "5712.00"),
        ("AN-2026-025 2/3, fee", "5.00"),
        ("AN-2026-025 3/3", "4284.00"),
    ]
    page = open_page(f"{example}?filter=%5Enothing")
    expect(page.locator(".dunning")).to_contain_text(
        "Nothing is open that the filters let through."
    )


def test_a_click_on_a_heading_sorts(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    page.locator("table.invoices th", has_text=re.compile("^Open$")).click()
    opens = [float(row[4]) for row in _rows(page, "invoices")]
    assert opens == sorted(opens)
    page.locator("table.invoices th", has_text="How late").click()
    assert _rows(page, "invoices")[-1][1] == "AN-2026-014"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_it_is_readable_everywhere(
    open_page: OpenPage,
    example: str,
    screenshots: Path | None,
    scheme: str,
    width: int,
) -> None:
    page = open_page(example, scheme=scheme, width=width)
    # Every text stands out from what is behind it: 4.5 to 1, WCAG 2.2, 1.4.3.
    worst = page.evaluate(_CONTRAST)
    assert worst["ratio"] >= 4.5, worst
    # The page itself does not scroll sideways, its wide tables do.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if screenshots and width == 1280:
        page.screenshot(path=screenshots / f"page-{scheme}.png")


def test_the_calendar_can_be_fetched(open_page: OpenPage, example: str) -> None:
    page = open_page(f"{example}?account=Assets:Receivable:Kontor")
    address = page.locator("a.address").inner_text()
    assert address == f"{example}reminders.ics"
    with urlopen(address) as answer:  # noqa: S310 - our own server
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.read().startswith(b"BEGIN:VCALENDAR\r\n")


def test_incognito_hides_the_numbers(
    open_page: OpenPage, serve: Callable[..., str]
) -> None:
    page = open_page(f"{serve(EXAMPLE, incognito=True)}atelier-nordlicht/{PAGE}")
    row = _rows(page, "invoices")[0]
    assert row[4:6] == ["XXXX.XX", "XXXX.XX"]
    numbers = page.locator(".dunning td.num, .dunning dd").all_inner_texts()
    assert not re.search(r"\d\.\d", " ".join(numbers))
    # A cell's sort value and tool tip are not hidden by being out of sight.
    assert "1237.00" not in page.locator(".dunning").inner_html()


def test_hostile_names_come_out_as_text(
    open_page: OpenPage, serve: Callable[..., str], tmp_path: Path
) -> None:
    name = "<script>alert(1)</script>{{ 7*7 }}<b>&amp;"
    ledger = tmp_path / "hostile.beancount"
    ledger.write_text(
        f"""
option "title" "Hostile"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Services
2026-01-02 * "{name}" "{name}"
  invoice: "{name}"
  due: 2026-01-31
  Assets:Receivable   1.00 EUR
  Income:Services
"""
    )
    page = open_page(f"{serve(ledger)}hostile/{PAGE}")
    assert _rows(page, "invoices")[0][:2] == [name, name]
    page.get_by_role("link", name=name).click()
    expect(page.locator("ol.journal li.transaction")).to_have_count(1)


_CONTRAST = """() => {
  const pixel = document.createElement('canvas').getContext('2d');
  const parse = colour => {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    return [...pixel.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const f = [r, g, b].map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2];
  };
  const behind = node => {
    for (let e = node; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let worst = {ratio: 99};
  for (const node of document.querySelectorAll('.dunning *')) {
    const own = [...node.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || ['STYLE'].includes(node.tagName) || node.hidden) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst.ratio) worst = {ratio, text: node.innerText, tag: node.tagName};
  }
  return worst;
}"""
