"""An invoice's page: its story, as `bean-dunning explain` tells it too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.reading import asked
from tests.reading import links
from tests.reading import ours
from tests.reading import rows
from tests.reading import tables
from tests.reading import words
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from flask.testing import FlaskClient

ADDRESS = f"/books/{PAGE}"
_BOOKS = """
option "title" "Books"
option "documents" "papers"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
2026-01-01 open Assets:Receivable
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
2026-01-05 * "Acme" "Website" ^INV-1 ^project-x
  invoice: "INV-1"
  due: 2026-02-01
  Assets:Receivable   1234.50 EUR
  Income:Services
2026-02-10 * "Acme" "Part" ^INV-1
  Assets:Bank   34.50 EUR
  Assets:Receivable
2026-02-12 note Assets:Receivable "E-mailed" ^INV-1
  reminder: "first reminder"
2026-01-05 * "Acme" "Logo" ^INV-2
  due: 2026-02-01
  Assets:Receivable   99.00 EUR
  Income:Services
2026-01-20 * "Acme" "All of it" ^INV-2
  Assets:Bank   99.00 EUR
  Assets:Receivable
2026-01-06 * "Beta" "Cards"
  due: 2026-02-01
  Assets:Receivable   5.00 EUR
  Income:Services
2026-01-06 * "Beta" "Cards"
  due: 2026-02-01
  Assets:Receivable   5.00 EUR
  Income:Services
2026-01-07 *
  due: 2026-02-03
  Assets:Receivable   7.00 EUR
  Income:Services
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_BOOKS)
    return path


@pytest.fixture
def client(path: Path) -> FlaskClient:
    return client_of(path)


def _story(client: FlaskClient, invoice: str, **query: str) -> Element:
    page = ours(client, ADDRESS, invoice=invoice, **query)
    assert words(page.find(".//h2")) == invoice
    # It is a page of its own.
    assert page.find(".//section[@class='glance']") is None
    assert tables(page, "invoices") == []
    return page


_UNKNOWN = "No such invoice on this date."


def _told(page: Element) -> list[list[str]]:
    """Return what happened, and is to come: day, kind, text and place, amount, open."""
    return rows(page, "diary")


def test_the_story_of_an_open_invoice(client: FlaskClient) -> None:
    page = _story(client, "INV-1")
    (part,) = page.findall(".//section[@class='part']")
    assert words(part.find("h4")) == "INV-1 1200.00 EUR"
    assert links(page, "Assets:Receivable") == ["/books/account/Assets:Receivable/"]
    (project,) = links(page, "^project-x")
    assert asked(project) == {"filter": "^project-x"}
    here = "books.beancount:"
    invoiced = f"Invoiced: Website (Assets:Receivable) {here}9"
    assert _told(page) == [
        ["2026-01-05", "Invoice", invoiced, "1234.50 EUR", "1234.50"],
        ["2026-01-05", "Due", f"Due 2026-02-01, from the transaction {here}9", "", ""],
        [
            "2026-02-10",
            "Payment",
            f"Acme Part (by invoice number) {here}14",
            "-34.50 EUR",
            "1200.00",
        ],
        ["2026-02-12", "Reminder", f"Sent: first reminder. E-mailed {here}17", "", ""],
        ["2026-03-01", "Next", f"second reminder, for INV-1 {here}9", "", ""],
    ]
    (line,) = links(page, "books.beancount:17")
    assert asked(line)["line"] == "17"
    assert links(page, "Acme")[0] == f"{ADDRESS}?customer=Acme"
    assert links(page, "All customers") == [ADDRESS]
    # Why it is due when it is, and what comes next.
    following = (
        "Next: second reminder, from 2026-02-18: 7 days after due; 6 days after first "
        "reminder, sent 2026-02-12 (built in)"
    )
    why = [words(one) for one in part.findall("ul[@class='why']/li")]
    assert why == [
        "1200.00 of 1234.50 EUR open, 28 days overdue books.beancount:9",
        'Policy "standard" (the default)',
        following,
    ]


def test_an_entry_opens_in_favas_window(client: FlaskClient) -> None:
    page = _story(client, "INV-1")
    popups = [
        cell.attrib["href"]
        for cell in page.findall(".//table[@class='diary cards']/tbody/tr/td[1]/a")
    ]
    assert len(set(popups)) == 3
    for popup in popups:
        name = popup.removeprefix("#context-")
        answer = client.get(f"/books/api/context?entry_hash={name}")
        assert answer.get_json()["data"]["entry"]["date"].startswith("2026-0")


def test_the_story_of_a_paid_invoice(client: FlaskClient) -> None:
    page = _story(client, "INV-2")
    assert _UNKNOWN not in words(page)
    assert [row[0] for row in _told(page)] == ["2026-01-05"] * 2 + ["2026-01-20"]
    assert [row[3] for row in _told(page)] == ["99.00 EUR", "", "-99.00 EUR"]
    assert words(page.find(".//section[@class='part']/h4")) == "INV-2 0.00 EUR"
    # There is nothing to say about it.
    assert page.findall(".//button[@data-dialog]") == []
    (journal,) = links(page, "Entries in the journal")
    assert asked(journal) == {"filter": "^INV-2"}
    # On a day before it was paid it was open.
    before = _story(client, "INV-2", time="2026-01-10")
    assert words(before.find(".//section[@class='part']/h4")) == "INV-2 99.00 EUR"
    assert len(before.findall(".//button[@data-dialog]")) == 5


@pytest.mark.parametrize("invoice", ["INV-9", "INV-", "inv-1", "<b>", "^INV-1", "%00"])
def test_the_story_of_what_there_is_not(client: FlaskClient, invoice: str) -> None:
    page = _story(client, invoice)
    assert _UNKNOWN in words(page)
    assert _told(page) == []


def test_an_invoice_that_is_not_yet_has_no_story(client: FlaskClient) -> None:
    page = _story(client, "INV-1", time="2025")
    assert _UNKNOWN in words(page)
    assert "As of 2025-12-31" in words(page)


def test_no_invoice_is_all_customers(client: FlaskClient) -> None:
    page = ours(client, ADDRESS, invoice="")
    assert tables(page, "invoices")


@pytest.mark.parametrize(
    ("label", "amounts"),
    [
        # Alike ones are told apart by a number, and together by their narration.
        ("Cards", ["5.00 EUR", "5.00 EUR"]),
        ("Cards (2)", ["5.00 EUR"]),
        ("(no reference)", ["7.00 EUR"]),
    ],
)
def test_what_has_no_reference_is_found_by_what_it_is_called(
    client: FlaskClient, label: str, amounts: list[str]
) -> None:
    page = _story(client, label)
    assert [row[3] for row in _told(page) if row[3]] == amounts
    # What has no reference cannot be logged.
    assert page.findall(".//button[@data-dialog]") == []
    assert links(page, "Entries in the journal") == []


def test_each_item_of_the_table_leads_to_its_story(client: FlaskClient) -> None:
    (table,) = tables(ours(client, ADDRESS), "invoices")
    found = {}
    for row in table.findall("tbody/tr"):
        (link,) = row.findall("th/a")
        page = ours(client, ADDRESS, **asked(link.attrib["href"]))
        *_, last = page.findall(".//section[@class='part']/h4")
        found[words(link)] = words(last)
    assert found == {
        "INV-1": "INV-1 1200.00 EUR",
        "Cards": "Cards 5.00 EUR",
        "Cards (2)": "Cards (2) 5.00 EUR",
        "(no reference)": "(no reference) 7.00 EUR",
    }


def test_a_customer_that_is_nobody_has_no_page(client: FlaskClient) -> None:
    page = _story(client, "(no reference)")
    crumb = words(page.find(".//p[@class='crumb']"))
    assert crumb == "All customers · As of 2026-03-01, the ledger's as-of date"


def test_what_was_filed_is_a_link(path: Path) -> None:
    paper = path.parent / "papers" / "Mahnung 1 & Co.pdf"
    paper.parent.mkdir()
    paper.write_bytes(b"%PDF-1.4 x")
    path.write_text(f'{_BOOKS}2026-02-13 document Assets:Receivable "{paper}" ^INV-1\n')
    client = client_of(path)
    page = _story(client, "INV-1", time="2026", account="Assets:Receivable")
    (address,) = links(page, paper.name)
    with client.get(address) as answer:
        assert (answer.status_code, answer.data) == (200, b"%PDF-1.4 x")
    told = [row[:3] for row in _told(page) if row[1] == "Document"]
    assert told == [["2026-02-13", "Document", f"{paper.name} books.beancount:38"]]


def test_a_story_is_told_whole_whatever_the_filters(client: FlaskClient) -> None:
    whole = _told(_story(client, "INV-1"))
    for name, value in (("account", "Assets:Bank"), ("filter", "nothing")):
        assert _told(_story(client, "INV-1", **{name: value})) == whole


@pytest.mark.parametrize(
    ("said", "due", "dispute"),
    [
        ("", "Log first reminder as sent", "dispute"),
        ("  dispute: TRUE\n", None, "resolved"),
        ("  promise: 2026-03-20\n", None, "dispute"),
    ],
)
def test_what_can_be_said_of_an_invoice(
    path: Path, said: str, due: str | None, dispute: str
) -> None:
    note = f'2026-02-20 note Assets:Receivable "Called" ^INV-1\n{said}'
    sent = (
        '2026-02-12 note Assets:Receivable "E-mailed" ^INV-1\n'
        '  reminder: "first reminder"\n'
    )
    assert sent in _BOOKS
    path.write_text(_BOOKS.replace(sent, "") + note)
    page = _story(client_of(path), "INV-1")
    buttons = page.findall("./div/div[@class='actions']/button")
    kinds = [one.get("data-dialog") for one in buttons if "data-dialog" in one.attrib]
    assert kinds == ["promise", "plan", dispute, "hold", "note"]
    logs = [words(one) for one in buttons if "data-sent" in one.attrib]
    assert logs == ([due] if due else [])
    badges = [words(one) for one in page.findall(".//span")]
    assert ("in dispute" in badges) == ("dispute" in said)


def test_what_speaks_against_a_reminder_stands_beside_its_button(path: Path) -> None:
    sent = '  reminder: "first reminder"\n'
    assert sent in _BOOKS
    file = '2026-01-01 custom "dunning-customer" "Acme"\n  email: "a@x.example"\n'
    books = _BOOKS.replace(sent, '  sending: "first reminder"\n') + file
    paid = '2026-02-25 * "A. C. Me" "INV-1"\n  Assets:Bank   1200.00 EUR\n'

    def doubts() -> list[str]:
        (actions,) = _story(client_of(path), "INV-1").findall(
            "./div/div[@class='actions']"
        )
        return [words(one) for one in actions.findall("span")]

    path.write_text(_BOOKS + file)
    assert doubts() == []
    path.write_text(books + paid + "  Assets:Receivable\n")
    assert doubts() == ["may have paid 1200.00", "mail of 2026-02-12 unconfirmed"]


# The invoice on a line of time, its interest, its plan.

_LATE = """
2026-01-01 custom "dunning-interest" "standard" 5
  compensation: 40.00 EUR
2026-02-03 note Assets:Receivable "Called" ^INV-1
  promise: 2026-02-08
"""


def test_the_line_of_time_says_what_it_shows(path: Path) -> None:
    path.write_text(_BOOKS + _LATE)
    client = client_of(path)
    page = _story(client, "INV-1")
    (drawn,) = page.findall(".//div[@class='time']")
    assert drawn.attrib["role"] == "img"
    assert drawn.attrib["aria-label"].strip() == (
        "INV-1: 1200.00 EUR, 28 days overdue, 1 reminder sent, "
        "payment promised by 2026-02-08."
    )
    marks = drawn.findall(".//b")
    assert [words(one) for one in marks] == ["1", "P"]
    assert [one.attrib["title"] for one in marks] == [
        "2026-02-12: first reminder",
        "2026-02-03: promised by 2026-02-08",
    ]
    (broken,) = [row for row in _told(page) if row[1] == "Broken"]
    kept = "The promise of 2026-02-03 was not kept: 1200.00 EUR still open"
    assert broken[:3] == ["2026-02-08", "Broken", f"{kept} books.beancount:41"]
    paid = _story(client, "INV-2").find(".//div[@class='time']")
    assert paid is not None
    assert paid.attrib["aria-label"].strip() == (
        "INV-2: 99.00 EUR, paid on 2026-01-20, on time."
    )
    assert words(paid.find(".//span[@class='tag good']")) == (
        "✓ paid on 2026-01-20, on time"
    )


def test_what_could_be_charged_is_there_to_copy(path: Path) -> None:
    path.write_text(_BOOKS + _LATE)
    page = _story(client_of(path), "INV-1")
    (section,) = page.findall(".//section[@aria-labelledby='interest-title']")
    assert "Interest so far: 4.65 EUR" in words(section.find("ul"))
    assert words(section.find("p")) == (
        "Not booked: compensation of 40.00 EUR, interest of 4.65 EUR"
    )
    (pasted,) = section.findall(".//pre[@id='directives']")
    (button,) = section.findall(".//button")
    assert button.attrib["data-copy"] == "directives"
    text = "".join(pasted.itertext())
    assert '  charge: "interest"\n' in text
    # Pasted it is charged, and nothing is left.
    path.write_text(_BOOKS + _LATE + text)
    page = _story(client_of(path), "INV-1")
    assert "Not booked" not in words(page)
    assert ["2026-03-01", "Charge"] in [row[:2] for row in _told(page)]
    # Nobody can paste what is hidden.
    path.write_text(_BOOKS + _LATE)
    hidden = _story(client_of(path, incognito=True), "INV-1")
    assert "interest of X.XX EUR" in words(hidden)
    assert hidden.find(".//pre[@id='directives']") is None


def test_the_parts_of_a_plan_are_a_table(path: Path) -> None:
    plan = (
        '2026-02-20 note Assets:Receivable "Agreed" ^INV-1\n'
        '  plan: "2 x 1 month from 2026-03-15"\n'
    )
    path.write_text(_BOOKS + plan)
    page = _story(client_of(path), "INV-1")
    assert rows(page, "plain-lines") == [
        ["1/2", "2026-03-15", "600.00", "600.00"],
        ["2/2", "2026-04-15", "600.00", "600.00"],
    ]
    assert "plain-lines" not in str(_story(client_of(path), "INV-2"))


def test_a_part_of_a_plan_is_paid_though_its_invoice_is_laid_out_anew(
    path: Path,
) -> None:
    path.write_text(
        _BOOKS
        + """\
2026-01-05 * "Blum" "Shelves" ^INV-7
  due: 2026-01-10
  Assets:Receivable  900.00 EUR
  Income:Sales
2026-01-15 note Assets:Receivable "Agreed" ^INV-7
  plan: "3 x 1 month from 2026-01-20"
2026-01-20 * "Blum" "First part" ^INV-7
  Assets:Bank  300.00 EUR
  Assets:Receivable
"""
    )
    page = _story(client_of(path), "INV-7")
    assert [row[:1] + row[2:] for row in rows(page, "plain-lines")] == [
        ["1/3", "300.00", "0.00"],
        ["2/3", "300.00", "300.00"],
        ["3/3", "300.00", "300.00"],
    ]


def test_every_story_of_the_example_is_told() -> None:
    client = client_of(EXAMPLE)
    address = f"/atelier-nordlicht/{PAGE}"
    names = set(re.findall(r"AN-20\d\d-\d{3}", EXAMPLE.read_text()))
    assert len(names) > 40
    for name in names:
        page = ours(client, address, invoice=name)
        assert _told(page)
        assert words(page.find(".//section[@class='part']/h4")).startswith(name)
