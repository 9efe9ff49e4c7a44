"""The page as a person reads it: figures, what to do, tables, customers, invoices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.page.browser.listed import opened
from tests.page.browser.sideways import sideways
from tests.serving import EXAMPLE
from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Dialog
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]
    Serve = Callable[..., str]

_HEAD = """
option "title" "Books"
option "operating_currency" "EUR"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
2026-01-01 open Assets:Receivable
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
"""

_STORY = "invoice=AN-2026-029"


@pytest.fixture
def own(serve: Serve, tmp_path: Path) -> Callable[[str], str]:
    """Serve a ledger of a test's own; the address of its page."""

    def served(text: str) -> str:
        ledger = tmp_path / "books.beancount"
        ledger.write_text(_HEAD + text, encoding="utf-8")
        return f"{serve(ledger)}books/{PAGE}"

    return served


def _invoice(reference: str, amount: str, due: str) -> str:
    return (
        f'2026-01-05 * "Acme" "Website" ^{reference}\n  due: {due}\n'
        f"  Assets:Receivable   {amount}\n  Income:Services\n"
    )


def _rows(page: Page, table: str) -> list[list[str]]:
    """Return the texts of a table's body."""
    rows: list[list[str]] = page.eval_on_selector_all(
        f".dunning table.{table} tbody tr:not(.inside, .money, .pending, .sum)",
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))",
    )
    return rows


def _column(page: Page, table: str, index: int) -> list[str]:
    return [row[index] for row in _rows(page, table)]


def _glances(page: Page) -> list[str]:
    """Return the figures at a glance, a text for each currency."""
    texts = page.locator(".dunning dl.figures").all_inner_texts()
    return [" ".join(text.split()) for text in texts]


def _line(link: str) -> int:
    """Return the line of the example on which an invoice's transaction begins."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    (number,) = (
        number
        for number, line in enumerate(lines, 1)
        if line.endswith(link) and line[11:12] == "*"
    )
    return number


# At a glance.


def test_who_owes_what_and_how_late(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    expect(page.get_by_role("link", name="Receivables", exact=True)).to_be_visible()
    expect(page).to_have_title("Receivables - Atelier Nordlicht")
    expect(page.get_by_label("As of")).to_have_value("2026-11-20")
    expect(page.locator(".dunning .top")).to_contain_text(
        "Friday, the ledger's as-of date"
    )
    assert _glances(page) == [
        (
            "Overdue 10187.38 EUR Outstanding 23486.38"
            " Due in 7 days 3665.20 Credit -50.00"
        ),
        ("Overdue 5300.00 USD Outstanding 9500.00 Due in 7 days 0.00 Credit -800.00"),
    ]
    hotel = ["Hotel Silberdüne KG\nin dispute", "2046.20", "1237.00", "809.20"]
    (row,) = [one for one in _rows(page, "aging") if "Hotel" in one[0]]
    assert [row[0].replace(" in", "\nin"), *row[1:]] == [
        *hotel,
        *[""] * 5,
        "2046.20",
        # What cards say in words.
        "overdue 2046.20",
    ]
    expect(page.locator("table.aging .badge.bad")).to_have_text(
        ["promise broken", "over the limit of 2000.00 USD"]
    )
    expect(page.locator("table.aging .pending")).to_contain_text("1 payment to assign")
    invoices = _rows(page, "invoices")
    assert invoices[0] == [
        "Hotel Silberdüne KG",
        "AN-2026-014",
        "2026-05-13",
        "191 days",
        "1237.00 EUR",
        "1666.00",
        "2026-05-18 second reminder",
        "now: final notice",
        f"2026-04-13 \nexample.beancount\n:{_line('^AN-2026-014')}",
    ]
    late = {row[1]: row[3] for row in invoices}
    assert late["AN-2026-037"] == "due today"
    assert late["AN-2026-041"] == "due in 3 days"
    assert late["Birth announcement cards"] == "undated"
    page.get_by_text("1 credit with nothing to settle").click()
    (credit,) = _rows(page, "unapplied")
    assert credit[0] == "Éditions Plume-de-Mer SARL"
    assert credit[3:5] == ["Assets:Receivable:PlumeDeMer", "-50.00 EUR"]
    page.locator("table.unapplied").get_by_text("Refund…").click()
    expect(page.locator("table.unapplied pre")).to_contain_text(
        "Assets:Receivable:PlumeDeMer  50.00 EUR"
    )


def test_what_was_sent_what_comes_next_and_what_rests(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(example)
    shown = {row[1]: row[6:8] for row in _rows(page, "invoices")}
    assert shown["AN-2026-029"] == ["2026-09-14 second reminder", "in dispute"]
    assert shown["AN-2026-030"] == [
        "2026-09-23 second reminder",
        "2026-12-01 final notice on hold until 2026-11-30",
    ]
    assert shown["AN-2026-035"] == [
        "2026-11-02 first reminder",
        "2026-11-28 second reminder promised by 2026-11-27",
    ]
    assert shown["AN-2026-024"] == [
        "2026-08-28 stop-loss review",
        "decide: all reminders sent",
    ]
    badges = page.locator("table.invoices .badge")
    expect(badges).to_have_text(
        [
            "in dispute",
            "on hold until 2026-11-30",
            "broken promise (2026-10-23)",
            "broken promise (2026-10-23)",
            "promised by 2026-11-27",
        ]
    )


def test_currencies_are_converted_at_the_prices_of_the_day(
    open_page: OpenPage, own: Callable[[str], str]
) -> None:
    page = open_page(
        own(
            _invoice("A-1", "100.00 EUR", "2026-02-01")
            + _invoice("A-2", "200.00 USD", "2026-03-05")
            + "2026-01-01 price USD 0.80 EUR\n2026-02-28 price USD 0.85 EUR\n"
            + "2026-03-02 price USD 0.10 EUR\n"
        )
    )
    assert len(_glances(page)) == 2
    # It applies at once.
    page.get_by_role("link", name="EUR", exact=True).click()
    expect(page.locator(".dunning")).to_contain_text(
        "All in EUR, at the day's prices: 1 USD = 0.85 EUR (2026-02-28)."
    )
    assert _glances(page) == [
        "Overdue 100.00 EUR Outstanding 270.00 Due in 7 days 170.00 Credit 0.00"
    ]
    # What is open stays in the currencies of the invoices.
    assert _column(page, "invoices", 4) == ["100.00 EUR", "200.00 USD"]
    # Fava's other pages are not of a day for it.
    expect(page.get_by_placeholder("Time")).to_have_value("")
    page.get_by_role("link", name="As booked").click()
    expect(page.locator(".dunning dl.figures")).to_have_count(2)


def test_a_bucket_narrows_both_tables_until_it_is_clicked_again(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(example)
    euro = page.get_by_role("group", name="At a glance, EUR")
    before = _rows(page, "aging"), _rows(page, "invoices")
    chosen = page.locator(".dunning .legend a[aria-current=true]")
    for bucket in (
        euro.locator(".bar a[title^='31-60']"),
        euro.locator(".legend a", has_text="31-60"),
    ):
        bucket.click()
        expect(chosen).to_have_text("31-60 5749.68")
        expect(page.locator("#chosen")).to_contain_text("31-60, EUR")
        assert [one.partition("\n")[0] for one in _column(page, "aging", 0)] == [
            "Verlag Federkranz GmbH promise broken",
            "Feinkost Salzkorn GmbH",
            "Ōno Kōhī KK",
        ]
        assert _column(page, "invoices", 1) == [
            "AN-2026-031",
            "AN-2026-025 2/3",
            "AN-2026-025 2/3, fee",
            "AN-2026-032",
        ]
        bucket.click()
        expect(chosen).to_have_count(0)
        assert (_rows(page, "aging"), _rows(page, "invoices")) == before


# To do today.


def test_a_reminder_is_ready_to_be_sent(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    # The longest late first.
    expect(page.locator("tr.who .lead")).to_have_text(
        [
            "Hotel Silberdüne KG",
            "Feinkost Salzkorn GmbH",
            "Kulturverein Leuchtboje e.V.",
            "Bäckerei Krüger GmbH",
        ]
    )
    expect(page.locator("#todo .notice:visible")).to_have_text(
        re.compile("1 payment has no invoice yet.")
    )
    hotel = opened(page, "Hotel Silberdüne KG")
    address = hotel.get_by_role("link", name="Write mail").get_attribute("href")
    parts = urlsplit(address or "")
    assert parts.scheme == "mailto"
    assert parts.path == "verwaltung@hotel-silberduene.example"
    mail = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert mail["subject"] == "Letzte Mahnung: Rechnung AN-2026-014"
    assert mail["body"].startswith("Sehr geehrter Herr Brandt,\r\n\r\ntrotz unserer")
    assert "die Rechnung AN-2026-014 seit 191 Tagen nicht" in mail["body"]
    assert "Wir fordern Sie auf, 1.237,00\u00a0€ bis zum" in mail["body"]
    # What is shown is the same text, and so is what is copied.
    shown = hotel.locator(".paper")
    expect(shown).to_have_attribute("lang", "de")
    expect(hotel.locator(".subject")).to_have_text(mail["subject"])
    body = mail["body"].replace("\r\n", "\n")
    assert shown.inner_text().rstrip() == body.rstrip()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hotel.get_by_role("button", name="Copy text").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == body
    # What comes in the next days is folded away.
    upcoming = page.locator("#todo details.also")
    expect(upcoming.locator("li").first).to_be_hidden()
    upcoming.get_by_text("2 reminders in the next 7 days").click()
    expect(upcoming.locator("li")).to_have_text(
        [
            (
                "2026-11-25 Maschinenbau Kolbenring AG, AN-2026-037, first reminder, "
                "3094.00 EUR"
            ),
            "2026-11-27 Stadtwerke Mühlental, AN-2026-039, upcoming, 2142.00 EUR",
        ]
    )


def test_bank_statements_that_are_missing_are_missed(
    open_page: OpenPage, example: str
) -> None:
    page = open_page(f"{example}?time=2026-12-15")
    warning = page.locator("#todo .notice", has_text="latest bank entry")
    expect(warning).to_contain_text("import the bank statement first")
    # It stands above the list.
    assert warning.evaluate(
        "(one) => Boolean(one.compareDocumentPosition(document.querySelector("
        "'#todo table.list, #todo > p:not(.notice)'))"
        " & Node.DOCUMENT_POSITION_FOLLOWING)"
    )


# The tables.


def test_a_click_on_a_heading_sorts(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    heading = page.locator("table.invoices thead th", has_text=re.compile("^Open$"))
    assert heading.get_attribute("aria-sort") is None
    for order in ("ascending", "descending"):
        heading.get_by_role("link").click()
        expect(heading).to_have_attribute("aria-sort", order)
        opens = [float(one.split()[0]) for one in _column(page, "invoices", 4)]
        assert opens == sorted(opens, reverse=order == "descending")
        assert len(set(opens)) > 10
    page.locator("table.invoices").get_by_role("link", name="How late").click()
    expect(heading).not_to_have_attribute("aria-sort", re.compile("."))
    # What is undated stays last.
    assert _column(page, "invoices", 1)[0] == "AN-2026-011 2/2"
    assert _column(page, "invoices", 1)[-3] == "AN-2026-014"
    # The other table is sorted on its own.
    page.locator("table.aging thead").get_by_role("link", name="Customer").click()
    expect(page.locator("table.aging th[aria-sort=ascending]")).to_have_text("Customer")
    assert _column(page, "invoices", 1)[-3] == "AN-2026-014"


def test_what_is_looked_for_is_found(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    find = page.get_by_label("Find customer, invoice or text")
    find.fill("WATTLÄUFER")
    find.press("Enter")
    expect(page.locator("table.invoices tbody tr")).to_have_count(2)
    assert _column(page, "aging", 0) == ["Kontor Wattläufer GmbH promised"]
    assert _column(page, "invoices", 1) == ["AN-2026-035", "AN-2026-011 2/2"]
    find = page.get_by_label("Find customer, invoice or text")
    expect(find).to_have_value("WATTLÄUFER")
    find.fill("2026-025")
    find.press("Enter")
    expect(page.locator("table.invoices tbody tr")).to_have_count(3)
    assert set(_column(page, "invoices", 0)) == {"Verlag Federkranz GmbH"}
    page.get_by_role("link", name="Show all").first.click()
    expect(page.locator("table.invoices tbody tr")).to_have_count(20)
    expect(page.get_by_label("Find customer, invoice or text")).to_have_value("")


def test_a_long_table_comes_in_parts(
    open_page: OpenPage, own: Callable[[str], str]
) -> None:
    page = open_page(
        own(
            "".join(
                _invoice(f"A-{number:03}", f"{number}.00 EUR", "2026-02-01")
                for number in range(1, 71)
            )
        )
    )
    rows = page.locator("table.invoices tbody tr")
    pager = page.get_by_role("navigation", name="Open invoices")
    expect(rows).to_have_count(50)
    expect(pager).to_contain_text("Page 1 of 2, 70 in all")
    first = set(_column(page, "invoices", 1))
    pager.get_by_role("link", name="More").click()
    expect(rows).to_have_count(20)
    expect(pager).to_contain_text("Page 2 of 2, 70 in all")
    expect(pager.get_by_role("link", name="More")).to_have_count(0)
    second = set(_column(page, "invoices", 1))
    assert first | second == {f"A-{number:03}" for number in range(1, 71)}
    pager.get_by_role("link", name="Back").click()
    expect(rows).to_have_count(50)


# A customer, an invoice.


def test_a_customer_has_a_page(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    page.locator("table.aging").get_by_role("link", name="Kontor Wattläufer").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Kontor Wattläufer GmbH")
    figures = page.locator("dl.figures > div")
    expect(figures).to_have_text(
        [
            re.compile(r"Overdue\s*785.00 EUR"),
            re.compile(r"Outstanding\s*1737.00"),
            re.compile(r"Due in 7 days\s*0.00"),
            re.compile(r"Credit\s*0.00"),
        ]
    )
    file = page.locator("dl.facts")
    expect(file).to_contain_text("Herr Hansen")
    mail = file.get_by_role("link", name="rechnung@kontor-wattlaeufer.example")
    expect(mail).to_have_attribute("href", "mailto:rechnung@kontor-wattlaeufer.example")
    assert _column(page, "invoices", 0) == ["AN-2026-035", "AN-2026-011 2/2"]
    # How they pay, and what they paid: hover and keyboard give the numbers.
    pays = page.locator("#pays")
    expect(pays.get_by_role("img", name="Grade B")).to_be_visible()
    why = "1 of the last 3 was over 7 days late"
    expect(pays.locator(".grade li")).to_have_text(why)
    column = pays.get_by_role("img", name=re.compile("on time"))
    expect(column).to_have_count(12)
    tip = column.nth(5).locator(".tip")
    expect(tip).to_be_hidden()
    column.nth(5).hover()
    expect(tip).to_be_visible()
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    column.nth(4).focus()
    page.keyboard.press("Tab")
    expect(tip).to_be_visible()
    assert _column(page, "paid", 7)[0].endswith(" EUR")
    expect(page.locator("table.aging")).to_have_count(0)
    page.get_by_role("link", name="All customers").click()
    expect(page.locator("table.aging")).to_be_visible()


def test_an_invoice_has_a_story(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    page.locator("table.invoices").get_by_role("link", name="AN-2026-029").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("AN-2026-029")
    part = page.locator("section.part")
    expect(part.locator("h4")).to_have_text(
        re.compile(r"AN-2026-029\s+809.20 EUR\s+in dispute")
    )
    expect(part.locator(".why li")).to_contain_text(
        [
            "809.20 of 809.20 EUR open, 72 days overdue",
            'Policy "strict", from account Assets:Receivable:Silberduene',
            "In dispute: no reminders until it is resolved",
        ]
    )
    interest = page.get_by_role("region", name="Interest and charges")
    expect(interest.locator(".why li")).to_contain_text(
        [
            "72 days at 10.52 % on 809.20: 16.79 EUR",
            '9 points above "bundesbank" (1.52 % since 2026-07-01, built in)',
            "Interest so far: 16.79 EUR",
        ]
    )
    line = _line("^AN-2026-029")
    rows = _rows(page, "diary")
    opened = "Invoiced: Photo gallery (Assets:Receivable:Silberduene)"
    assert rows[0] == [
        "2026-08-10",
        "Invoice",
        f"{opened} example.beancount:{line}",
        "809.20 EUR",
        "809.20",
    ]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert rows[-1][1] == "Dispute"
    assert rows[-1][2].startswith("In dispute. Says that the gallery does not work")
    # The line of time is a picture with a sentence.
    drawn = page.get_by_role("img", name="AN-2026-029: 809.20 EUR, 72 days overdue")
    expect(drawn).to_be_visible()
    expect(drawn.locator(".piece")).to_have_count(4)

    # Fava's own window for an entry.
    page.locator("table.diary").get_by_role("link", name="2026-08-10").first.click()
    # Older Favas have no dialog element for it.
    window = page.locator("dialog[open], .overlay [role=dialog]")
    expect(window).to_contain_text(f"{EXAMPLE.name}:{line}")
    expect(window.locator(".cm-content")).to_contain_text("Photo gallery")
    page.keyboard.press("Escape")
    expect(window).to_have_count(0)
    # Whose invoice it is.
    page.locator(".crumb").get_by_role("link", name="Hotel Silberdüne KG").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Hotel Silberdüne KG")


def test_a_story_leads_where_users_of_fava_expect(
    open_page: OpenPage, example: str
) -> None:
    story = f"{example}?{_STORY}"
    page = open_page(story)
    line = _line("^AN-2026-029")
    source = page.locator("table.diary").get_by_role("link", name=f":{line}")
    source.first.click()
    expect(page.locator(".cm-activeLine")).to_contain_text("^AN-2026-029")

    page.goto(story)
    page.get_by_role("link", name="Entries in the journal").click()
    entries = page.locator("ol.journal li.transaction")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("Photo gallery")
    # All of them, though the time filter leaves out most.
    page.goto(f"{example}?time=2026-11-15&invoice=AN-2026-035")
    page.get_by_role("link", name="Entries in the journal").click()
    expect(entries).to_have_count(2)
    # A reference in metadata, where the link is an order's.
    page.goto(f"{example}?invoice=AN-2026-039")
    page.get_by_role("link", name="Entries in the journal").click()
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("Stadtwerke Mühlental")

    page.goto(story)
    page.get_by_role("link", name="Assets:Receivable:Silberduene", exact=True).click()
    expect(page).to_have_url(re.compile(r"/account/Assets:Receivable:Silberduene/"))


def test_a_document_opens(
    open_page: OpenPage, own: Callable[[str], str], tmp_path: Path
) -> None:
    paper = tmp_path / "Brief über A-1.txt"
    paper.write_text("Zwei Seiten fehlen.", encoding="utf-8")
    page = open_page(
        own(
            _invoice("A-1", "100.00 EUR", "2026-02-01")
            + f'2026-02-10 document Assets:Receivable "{paper}" ^A-1\n'
        )
        + "?invoice=A-1"
    )
    with page.expect_popup() as opened:
        page.locator("table.diary").get_by_role("link", name=paper.name).click()
    expect(opened.value.locator("body")).to_contain_text("Zwei Seiten fehlen.")


# Fava's filters.


def test_the_date_can_be_chosen(open_page: OpenPage, example: str) -> None:
    page = open_page(example)
    page.wait_for_selector(".dunning.with-script")
    page.get_by_label("As of").fill("2026-06-30")
    expect(page.locator(".dunning .top")).to_contain_text(
        "Tuesday, the end of the time filter"
    )
    # It is Fava's own filter.
    expect(page.get_by_placeholder("Time")).to_have_value("2026-06-30")
    assert _column(page, "invoices", 1)[:2] == [
        "Lettering on the window",
        "AN-2026-014",
    ]
    page.locator(".top").get_by_role("link", name="Back to 2026-11-20").click()
    expect(page.get_by_label("As of")).to_have_value("2026-11-20")
    expect(page.get_by_placeholder("Time")).to_have_value("")


def test_account_and_text_filters_narrow(open_page: OpenPage, example: str) -> None:
    page = open_page(f"{example}?account=Assets:Receivable:Kontor")
    assert set(_column(page, "invoices", 0)) == {"Kontor Wattläufer GmbH"}
    page.goto(f"{example}?filter=%5EAN-2026-025")
    assert [(row[1], row[4]) for row in _rows(page, "invoices")] == [
        ("AN-2026-025 2/3", "5712.00 EUR"),
        ("AN-2026-025 2/3, fee", "5.00 EUR"),
        ("AN-2026-025 3/3", "4284.00 EUR"),
    ]
    page.goto(f"{example}?filter=%5Enothing")
    expect(page.locator(".dunning")).to_contain_text("No open items match the filters.")


# For everyone's eyes, and from anyone's hand.


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
    assert sideways(page) == 0
    if screenshots and width == 1280:
        page.screenshot(path=screenshots / f"page-{scheme}.png")
    states = {"customer": "customer=Kontor+Wattläufer+GmbH", "story": _STORY}
    for name, asked in states.items():
        page.goto(f"{example}?{asked}")
        page.wait_for_selector(".dunning.with-script")
        worst = page.evaluate(_CONTRAST)
        assert worst["ratio"] >= 4.5, (name, worst)
        assert sideways(page) == 0, name
        if screenshots and (scheme, width) == ("light", 1280):
            page.screenshot(path=screenshots / f"{name}-light.png")


_HOSTILE = "<script>alert(1)</script>{{ 7*7 }}<b>&amp;\N{RIGHT-TO-LEFT OVERRIDE}'"


def test_hostile_names_come_out_as_text(
    open_page: OpenPage, own: Callable[[str], str]
) -> None:
    page = open_page(
        own(
            f"""
2026-01-01 open Assets:Receivable:One
  customer: "{_HOSTILE}"
  address: "{_HOSTILE}"
  contact: "{_HOSTILE}"
  email: "{_HOSTILE}@x.example"
2026-01-02 * "{_HOSTILE}" "{_HOSTILE}"
  invoice: "{_HOSTILE}"
  due: 2026-01-31
  Assets:Receivable:One   1.00 EUR
  Income:Services
2026-02-10 note Assets:Receivable:One "{_HOSTILE}"
  invoice: "{_HOSTILE}"
"""
        )
    )
    alerts: list[str] = []

    def dismiss(alert: Dialog) -> None:
        alerts.append(alert.message)
        alert.dismiss()

    page.on("dialog", dismiss)
    assert _rows(page, "aging")[0][0] == _HOSTILE
    assert _rows(page, "invoices")[0][:2] == [_HOSTILE, _HOSTILE]
    # In plain text, marks that turn the direction round are blanks.
    plain = _HOSTILE.replace("\N{RIGHT-TO-LEFT OVERRIDE}", " ")
    inside = opened(page, _HOSTILE)
    assert plain in (inside.locator(".paper").text_content() or "")
    mail = inside.get_by_role("link", name="Write mail").get_attribute("href") or ""
    assert plain in parse_qs(urlsplit(mail).query)["subject"][0]
    # On the customer's page, ...
    page.locator("table.aging").get_by_role("link", name=_HOSTILE).click()
    expect(page.get_by_role("heading", level=2)).to_have_text(_HOSTILE)
    assert (page.locator("dl.facts dd").first.text_content() or "") == _HOSTILE
    # ... in the invoice's story, and in the journal.
    page.locator("table.invoices").get_by_role("link", name=_HOSTILE).click()
    expect(page.locator("table.diary")).to_contain_text(f"Invoiced: {_HOSTILE}")
    expect(page.get_by_role("heading", level=2)).to_have_text(_HOSTILE)
    assert page.locator(".dunning script, .dunning b").count() == 0
    page.get_by_role("link", name="Entries in the journal").click()
    expect(page.locator("ol.journal li.transaction")).to_have_count(1)
    assert alerts == []


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
