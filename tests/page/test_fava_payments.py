"""Credit and payments on the page: told wherever something is asked, and assigned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from typing import Any

import pytest

from beancount_dunning.answers import matching
from tests.reading import asked
from tests.reading import column
from tests.reading import inside
from tests.reading import lines
from tests.reading import links
from tests.reading import ours
from tests.reading import rows
from tests.reading import tables
from tests.reading import words
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from flask.testing import FlaskClient

    ClientOf = Callable[..., FlaskClient]

ADDRESS = f"/books/{PAGE}"
_HEAD = """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Receivable
  collective: TRUE
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
2026-01-01 custom "dunning-customer" "Acme GmbH"
  email: "ap@acme.example"
  phone: "+49 40 1"
"""


def _invoice(
    name: str, amount: str, due: str = "2026-10-14", *, customer: str = "Acme GmbH"
) -> str:
    reference = f" ^{name}" if name else ""
    return (
        f'\n2026-09-14 * "{customer}" "Website"{reference}\n  due: {due}\n'
        f"  Assets:Receivable   {amount}\n  Income:Services\n"
    )


def _paid(payee: str, text: str, amount: str, day: str = "2026-11-13") -> str:
    return (
        f'\n{day} * "{payee}" {text}\n'
        f"  Assets:Bank   {amount}\n  Assets:Receivable   -{amount}\n"
    )


_SURE = _invoice("INV-2026-022", "900.00 EUR") + _paid(
    "ACME", '"RE 2026022"', "900.00 EUR"
)
_LIKELY = _invoice("INV-2026-023", "300.00 EUR") + _paid("ACME", '"Danke"', "300 EUR")
_ASKED = _paid("Nobody", '"Who knows"', "55.55 EUR")


@pytest.fixture
def client(tmp_path: Path) -> ClientOf:
    path = tmp_path / "books.beancount"

    def of(*parts: str, **options: bool) -> FlaskClient:
        path.write_text(_HEAD + "".join(parts))
        return client_of(path, **options)

    return of


def _cards(page: Element) -> list[Element]:
    return [row for one in tables(page, "payments") for row in one.findall("tbody/tr")]


def _opened(client: FlaskClient) -> tuple[Element, Element]:
    """Return the only line of what is to do, and what is inside of it."""
    (line,) = lines(ours(client, ADDRESS))
    return line, inside(client, ADDRESS, line)


def _buttons(element: Element) -> list[str]:
    named = list(element.iter("button"))
    named += [one for one in element.iter("a") if "button" in one.get("class", "")]
    return [words(one) for one in named]


# Credit on what is to do.


def test_a_line_tells_credit_in_all_currencies_and_what_is_left(
    client: ClientOf,
) -> None:
    line, opened = _opened(
        client(
            _invoice("INV-1", "900.00 EUR"),
            _paid("Acme GmbH", '"Advance" ^ORDER-1', "200.00 EUR"),
            _paid("Acme GmbH", '"Advance" ^ORDER-2', "20.00 USD"),
        )
    )
    assert "700.00 EUR" in words(line)
    assert "200.00 credit deducted" in words(line)
    assert (
        "Unapplied credit of 200.00 EUR, 20.00 USD: the letter asks for 700.00 EUR."
        in words(opened)
    )
    assert "Write mail" in _buttons(opened)
    (address,) = links(opened, "Unapplied credit")
    assert address.endswith("#payments")
    page = ours(client_of(EXAMPLE), f"/atelier-nordlicht/{PAGE}")
    assert not [line for line in lines(page) if "credit" in words(line)]


def test_a_line_that_asks_for_nothing_offers_nothing(client: ClientOf) -> None:
    """All that is due is covered, but not what is due later."""
    books = client(
        _invoice("INV-1", "300.00 EUR"),
        _invoice("INV-2", "1000.00 EUR", "2027-01-14"),
        _paid("Acme GmbH", '"Advance" ^ORDER-1', "400.00 EUR"),
    )
    line, opened = _opened(books)
    assert "covered by credit" in words(line)
    assert "data-sent" not in line.attrib
    assert line.find(".//input[@checked]") is None
    assert "Unapplied credit of 400.00 EUR covers what is due" in words(opened)
    assert _buttons(opened) == []
    assert opened.find(".//div[@class='paper']") is None
    for part in (line, opened):
        assert not [one for one in part.iter("a") if "mailto:" in one.get("href", "")]
    story = ours(books, ADDRESS, invoice="INV-1")
    assert story.findall(".//button[@data-sent]") == []
    dialogs = [one.get("data-dialog") for one in story.iter("button")]
    assert [*filter(None, dialogs)] == ["promise", "plan", "dispute", "hold", "note"]


def test_a_payment_that_may_be_the_customers_is_told(client: ClientOf) -> None:
    line, opened = _opened(client(_SURE))
    assert "may have paid 900.00" in words(line)
    assert (
        "900.00 EUR of 2026-11-13 may be this customer's payment: assign it first."
        in words(opened)
    )


def test_so_is_one_on_a_suspense_account(client: ClientOf) -> None:
    parked = (
        '2026-11-13 * "Somebody" "INV-1"\n  Assets:Bank  300.00 EUR\n'
        "  Assets:Suspense\n"
    )
    line, opened = _opened(client(_invoice("INV-1", "300.00 EUR"), parked))
    assert "may have paid 300.00" in words(line)
    assert line.find(".//input[@checked]") is None
    (notice,) = opened.findall(".//p[@class='notice']")
    assert words(notice) == (
        "300.00 EUR of 2026-11-13 may be this customer's payment: assign it first. "
        "Assets:Suspense"
    )


def test_so_is_one_that_is_booked_to_another_and_names_the_invoice(
    client: ClientOf,
) -> None:
    other = _invoice("INV-2", "300.00 EUR").replace("Acme GmbH", "Blum KG")
    paid = _paid("Blum KG", '"for INV-1" ^INV-2', "300.00 EUR")
    books = client(_invoice("INV-1", "300.00 EUR"), other, paid)
    line, opened = _opened(books)
    assert "may have paid 300.00" in words(line)
    assert line.find(".//input[@checked]") is None
    (notice,) = opened.findall(".//p[@class='notice']")
    assert words(notice) == (
        "300.00 EUR of 2026-11-13 may be this customer's payment: assign it first. "
        "Blum KG for INV-1"
    )
    (link,) = notice.iter("a")
    assert "payment=" in link.get("href", "")


@pytest.mark.parametrize(
    ("ledger", "kind", "text"),
    [
        (
            _invoice("INV-1", "300.00 EUR")
            + _paid("Acme GmbH", '"Advance" ^ORDER-1', "300.00 EUR"),
            "credit",
            "covered by credit: the balance is 0.00 EUR",
        ),
        (
            _invoice("INV-1", "500.00 EUR").replace(
                "due: 2026-10-14", 'terms: "2/10 net 30"'
            )
            + _paid("Acme GmbH", '"Less 2 %" ^INV-1', "490.00 EUR", "2026-09-20"),
            "discount",
            "discount taken",
        ),
    ],
)
def test_what_is_not_owed_is_marked_and_asked_nowhere(
    client: ClientOf, ledger: str, kind: str, text: str
) -> None:
    books = client(ledger)
    for query in ({}, {"customer": "Acme GmbH"}):
        page = ours(books, ADDRESS, **query)
        (table,) = tables(page, "invoices")
        (mark,) = table.findall(f".//span[@class='badge {kind}']")
        assert words(mark) == text
        assert lines(page) == []
        assert "Needs a decision" not in words(page)
    story = ours(books, ADDRESS, invoice="INV-1")
    (mark,) = story.findall(f".//h4/span[@class='badge {kind}']")
    assert words(mark) == text
    assert story.findall(".//button[@data-sent]") == []


def test_credit_leads_to_its_table_and_story(client: ClientOf) -> None:
    books = client(
        _invoice("INV-1", "900.00 EUR"),
        _paid("Acme GmbH", '"Advance" ^ORDER-1', "200.00 EUR"),
    )
    for query in ({}, {"customer": "Acme GmbH"}):
        page = ours(books, ADDRESS, **query, bucket="1-30", currency="EUR")
        address = links(page, "-200.00")[0]
        page = ours(books, ADDRESS, **asked(address.partition("#")[0]))
        (card,) = _cards(page)
        assert "Acme GmbHORDER-1 Advance 200.00 EUR" in words(card)
        (*_, address) = links(page, "ORDER-1 Advance")
        story = ours(books, ADDRESS, **asked(address))
        assert words(story.find(".//h2")) == "Acme GmbH Advance"
        assert [row[1:3] for row in rows(story, "diary")] == [
            ["Credit (Assets:Receivable)", "-200.00 EUR"],
            ["Unapplied credit (Assets:Receivable)", "200.00 EUR"],
        ]


# Payments to assign.


def test_payments_are_listed_with_what_tells_so(client: ClientOf) -> None:
    books = client(_SURE, _LIKELY, _ASKED)
    cards = _cards(ours(books, ADDRESS))
    texts = [words(card) for card in cards]
    said = {
        "ACMERE 2026022 900.00 EUR": "INV-2026-022, Acme GmbH certain",
        "300 EUR": "INV-2026-023, Acme GmbH likely",
        "55.55 EUR": "to be clarified no customer's name and no number",
    }
    for head, text in said.items():
        (card,) = [one for one in texts if head in one]
        assert text in card
        assert card.startswith("2026-11-13 ")
        assert "books.beancount:" in card
    assert sorted(map(_buttons, cards)) == [
        ["Assign", "Another…"],
        ["Assign", "Another…"],
        ["Choose…"],
    ]
    (blue,) = [
        one
        for card in cards
        for one in card.iter("button")
        if words(one) == "Assign" and "muted" not in one.attrib["class"]
    ]
    assert json.loads(blue.attrib["data-assign"])["invoices"] == ["INV-2026-022"]


def test_without_credit_there_is_no_list_and_nothing_is_matched(
    client: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:  # noqa: ANN401 - whatever it gets
        raise AssertionError

    monkeypatch.setattr("beancount_dunning.answers.waiting.match", fail)
    page = ours(client(_invoice("INV-1", "900.00 EUR")), ADDRESS)
    assert page.find(".//section[@id='payments']") is None
    assert page.find(".//dialog[@data-kind='assign']") is None


def test_payments_are_matched_once_a_load(
    client: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    match = matching.match

    def counted(books: Any, **asked: Any) -> Any:  # noqa: ANN401 - as `match` has it
        calls.append(books)
        return match(books, **asked)

    monkeypatch.setattr("beancount_dunning.answers.waiting.match", counted)
    books = client(_SURE)
    for query in ({}, {"customer": "Acme GmbH"}, {"filter": "Website"}, {}):
        ours(books, ADDRESS, **query)
    assert len(calls) == 1


def test_a_customers_page_has_what_may_be_the_customers(client: ClientOf) -> None:
    books = client(_SURE, _ASKED)

    def listed(**query: str) -> int:
        return len(_cards(ours(books, ADDRESS, **query)))

    assert listed() == 2
    assert listed(customer="Acme GmbH") == 1
    assert listed(customer="ACME") == 1
    assert listed(customer="Nobody") == 1
    assert listed(customer="Beta") == 0
    assert listed(filter="Website") == 0
    assert listed(customer="Acme GmbH", filter='payee:"ACME"') == 1


def test_the_field_offers_the_likeliest_first(client: ClientOf) -> None:
    books = client(
        _invoice("A-2026-1", "10.00 EUR", customer="Aaa"),
        _invoice("", "12.00 EUR"),
        _invoice("U-2026-1", "40.00 USD"),
        _invoice("Z-2026-1", "20.00 EUR", "2026-10-01"),
        _invoice("Z-2026-2", "30.00 EUR", "2026-10-02"),
        _paid("ACME", '"Z-2026-2"', "31.00 EUR"),
    )
    (card,) = _cards(ours(books, ADDRESS))
    (field,) = card.findall(".//button[@data-dialog='assign']")
    offered = json.loads(field.attrib["data-items"])
    assert [one["key"] for one in offered] == ["Z-2026-2", "Z-2026-1", "A-2026-1"]
    assert offered[0]["label"] == "Z-2026-2, Acme GmbH, 30.00 EUR"


def test_more_than_is_open_stays_unapplied(client: ClientOf) -> None:
    books = client(
        _invoice("INV-2026-022", "900.00 EUR"),
        _paid("ACME", '"RE 2026022"', "950.00 EUR"),
    )
    (card,) = _cards(ours(books, ADDRESS))
    assert "more than is open; 50.00 EUR stays unapplied" in words(card)


def test_what_cannot_be_assigned_says_why(client: ClientOf) -> None:
    """The only item that has the amount has no reference."""
    books = client(_invoice("", "77.00 EUR"), _paid("ACME", '"Danke"', "77 EUR"))
    (card,) = _cards(ours(books, ADDRESS))
    assert "Website has no reference; add a link" in words(card)
    assert _buttons(card) == ["Choose…"]


@pytest.mark.parametrize("query", [{}, {"customer": "Acme GmbH"}])
def test_what_cannot_be_written_has_no_buttons(
    client: ClientOf, query: dict[str, str]
) -> None:
    def offers(books: FlaskClient, **more: str) -> tuple[int, int, int]:
        page = ours(books, ADDRESS, **query, **more)
        return (
            len(_cards(page)),
            len(page.findall(".//section[@id='payments']//button")),
            len(page.findall(".//dialog[@data-kind='assign']")),
        )

    assert offers(client(_SURE)) == (1, 2, 1)
    assert offers(client(_SURE, read_only=True)) == (1, 0, 0)
    assert offers(client(_SURE, '2026-02-01 * "half\n')) == (1, 0, 0)
    assert offers(client(_SURE), time="2026-11-19") == (1, 0, 0)
    assert offers(client(_SURE), time="2026-12-19") == (1, 0, 0)
    page = ours(client(_SURE), ADDRESS, time="2026-11-19")
    (notice,) = page.findall(".//section[@id='payments']/p")
    text = "Payments can be assigned only as of today. Back to 2026-11-20"
    assert words(notice) == text


def test_the_list_comes_in_parts(client: ClientOf) -> None:
    many = [_paid("Nobody", f'"No {n}"', f"{n}.00 EUR") for n in range(1, 31)]
    books = client(*many)
    page = ours(books, ADDRESS)
    assert len(_cards(page)) == 25
    section = page.find(".//section[@id='payments']")
    assert section is not None
    (more,) = links(section, "More")
    assert more.endswith("#payments")
    page = ours(books, ADDRESS, **asked(more.partition("#")[0]))
    assert len(_cards(page)) == 5


# A payment's story.


def _place(page: Element, text: str) -> str:
    (section,) = page.findall(".//section[@id='payments']")
    return str(asked(links(section, text)[0])["payment"])


def test_a_payment_has_a_story_and_is_assigned_there(client: ClientOf) -> None:
    books = client(_SURE)
    place = _place(ours(books, ADDRESS), "RE 2026022")
    story = ours(books, ADDRESS, payment=place)
    assert words(story.find(".//h2")) == "ACME RE 2026022"
    (section,) = story.findall(".//section[@class='payments']")
    assert words(section).startswith("To assign 900.00 EUR certain INV-2026-022,")
    assert _buttons(section) == ["Assign", "Another…"]
    assert len(story.findall(".//dialog[@data-kind='assign']")) == 1


def test_the_story_of_what_was_assigned_leads_to_the_invoice(client: ClientOf) -> None:
    books = client(
        _invoice("INV-1", "900.00 EUR"),
        _paid("Acme GmbH", '"Both" ^INV-1 #bank', "950.00 EUR"),
    )
    page = ours(books, ADDRESS)
    (address,) = links(page, "INV-1 Both")
    story = ours(books, ADDRESS, **asked(address))
    assert [row[1:3] for row in rows(story, "diary")] == [
        ["Credit (Assets:Receivable)", "-950.00 EUR"],
        ["INV-1: by invoice number", "900.00 EUR"],
        ["Unapplied credit (Assets:Receivable)", "50.00 EUR"],
    ]
    (address,) = links(story, "INV-1: by invoice number")
    assert asked(address) == {"invoice": "INV-1"}
    assert links(story, "^INV-1")
    assert links(story, "Acme GmbH")
    assert story.findall(".//section[@class='payments']") == []


@pytest.mark.parametrize(
    "place", ["x", "books.beancount", "books.beancount:x", ":1", "y:7", "books:²"]
)
def test_there_may_be_no_such_payment(client: ClientOf, place: str) -> None:
    page = ours(client(_SURE), ADDRESS, payment=place)
    assert "No such payment on this date." in words(page)


def test_an_invoice_is_no_payment(client: ClientOf, tmp_path: Path) -> None:
    books = client(_SURE)
    typed = (tmp_path / "books.beancount").read_text().splitlines()
    line = next(n for n, text in enumerate(typed, 1) if "INV-2026-022" in text)
    page = ours(books, ADDRESS, payment=f"books.beancount:{line}")
    assert "No such payment on this date." in words(page)
    page = ours(books, ADDRESS, payment=f"books.beancount:{line + 5}")
    assert column(page, "diary", 2) == ["-900.00 EUR", "900.00 EUR"]


def test_incognito_hides_amounts(client: ClientOf) -> None:
    books = client(
        _SURE, _LIKELY, _ASKED, _invoice("INV-7", "9000.00 EUR"), incognito=True
    )
    page = ours(books, ADDRESS)
    place = _place(page, "RE 2026022")
    for shown in (
        page,
        ours(books, ADDRESS, payment=place),
        ours(books, ADDRESS, customer="Acme GmbH"),
    ):
        text = words(shown)
        said = [
            *text.split(),
            *(v for one in shown.iter() for v in one.attrib.values()),
        ]
        for amount in ("900.00", "300", "55.55", "9000.00"):
            assert not [one for one in said if f" {amount} " in f" {one} "]
        assert "XXX.XX EUR" in text


def test_fractions_of_a_cent_are_shown_as_money(client: ClientOf) -> None:
    books = client(
        _invoice("INV-2026-022", "40.00/3 EUR"),
        _paid("ACME", '"RE 2026022"', "40.00/3 EUR"),
    )
    page = ours(books, ADDRESS)
    (card,) = _cards(page)
    assert "RE 2026022 13.33 EUR INV-2026-022, Acme GmbH certain" in words(card)
    story = ours(books, ADDRESS, payment=_place(page, "RE 2026022"))
    assert column(story, "diary", 2) == ["-13.33 EUR", "13.33 EUR"]
    assert _buttons(story)[:2] == ["Assign", "Another…"]
