"""A customer's page, and what is downloaded or subscribed to of it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from beancount_dunning import cli
from tests.reading import asked
from tests.reading import customers
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

    from flask.testing import FlaskClient

ADDRESS = f"/books/{PAGE}"
_EXAMPLE = f"/atelier-nordlicht/{PAGE}"
_BOOKS = """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
2026-01-01 open Assets:Receivable
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
2026-01-01 custom "dunning-customer" "Müller & Söhne"
  email: "kasse@mueller.example"
  contact: "Frau Öz"
  phone: "+49 40 1"
  address: "Hafen 1
20457 Hamburg"
  terms: "net 30"
  credit-limit: 1000.00 EUR
2026-01-05 * "Müller & Söhne" "Website" ^INV-1
  due: 2026-02-01
  Assets:Receivable   1234.50 EUR
  Income:Services
2026-01-10 * "Müller & Söhne" "Part" ^INV-1
  Assets:Bank   34.50 EUR
  Assets:Receivable
2026-01-15 * "Müller & Söhne" "Logo"
  due: "some day"
  Assets:Receivable   70.00 USD
  Income:Services
2026-01-16 * "Müller & Söhne" "Too much" ^ORDER-9
  Assets:Receivable  -10.25 EUR
  Assets:Bank
2026-01-05 * "Beta" "Website" ^INV-2
  due: 2026-02-01
  Assets:Receivable   5555.00 EUR
  Income:Services
"""
_NAME = "Müller & Söhne"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_BOOKS)
    return path


@pytest.fixture
def client(path: Path) -> FlaskClient:
    return client_of(path)


def _with(path: Path, *lines: str) -> None:
    path.write_text(_BOOKS + "".join(f"{line}\n" for line in lines))


def _in_language(path: Path, language: str) -> None:
    """Give the customer a language."""
    contact = '  contact: "Frau Öz"\n'
    assert contact in _BOOKS
    path.write_text(_BOOKS.replace(contact, f'{contact}  language: "{language}"\n'))


# The page.


def test_a_customers_name_leads_to_its_page(client: FlaskClient) -> None:
    overview = ours(client, ADDRESS)
    addresses = set(links(overview, _NAME))
    assert [asked(address) for address in addresses] == [{"customer": _NAME}]
    page = ours(client, ADDRESS, customer=_NAME)
    assert words(page.find(".//h2")) == _NAME
    assert links(page, "All customers") == [ADDRESS]
    assert [row[0] for row in rows(page, "invoices")] == ["INV-1", "Logo"]
    ((day, *credit),) = rows(page, "payments")
    assert re.fullmatch(r"2026-01-16 books.beancount:\d+", day)
    assert credit[:2] == [f"{_NAME}ORDER-9 Too much", "10.25 EUR"]
    assert tables(page, "aging") == []
    figures = [words(one) for one in page.findall(".//dl[@class='figures']//dd")]
    assert figures == [
        *("1200.00 EUR", "1200.00", "0.00", "-10.25"),
        *("0.00 USD", "70.00", "0.00", "0.00"),
    ]
    assert "Beta" not in words(page)
    assert "5555" not in words(page)


@pytest.mark.parametrize(
    ("email", "address"),
    [
        ("a@x.example\nbcc: b@x.example", "a@x.example%20bcc%3A%20b@x.example"),
        ("a@x.example?bcc=b@x.example&c", "a@x.example%3Fbcc%3Db@x.example%26c"),
        ("a@x.example%0Abcc:b@x.example", "a@x.example%250Abcc%3Ab@x.example"),
        (" a@x.example\x1b ", "a@x.example"),
    ],
)
def test_a_mistyped_address_of_a_customer_adds_no_header(
    path: Path, email: str, address: str
) -> None:
    _with(path, f'2026-01-01 custom "dunning-customer" "Beta"\n  email: "{email}"')
    page = ours(client_of(path), ADDRESS, customer="Beta")
    (file,) = page.findall(".//dl[@class='facts']")
    found = [link.get("href") for link in file.iter("a")]
    assert [one for one in found if one and ":" in one][:1] == [f"mailto:{address}"]


def test_a_customers_file_is_on_its_page(client: FlaskClient) -> None:
    page = ours(client, ADDRESS, customer=_NAME)
    (file,) = page.findall(".//dl[@class='facts']")
    texts = [words(one) for one in file]
    known = dict(zip(texts[::2], texts[1::2], strict=True))
    assert known == {
        "Contact": "Frau Öz",
        "E-mail": "kasse@mueller.example",
        "Phone": "+49 40 1",
        "Address": "Hafen 1 20457 Hamburg",
        "Terms": "net 30",
        "Account": "Assets:Receivable",
        "Credit limit": "1189.75 of 1000.00 EUR used, 119 %",
        "Last paid": "2026-01-10, 34.50 EUR, INV-1",
    }
    assert links(page, "kasse@mueller.example") == ["mailto:kasse@mueller.example"]
    assert links(page, "+49 40 1") == ["tel:+49401"]
    beta = ours(client, ADDRESS, customer="Beta")
    (file,) = beta.findall(".//dl[@class='facts']")
    assert words(file) == "AccountAssets:Receivable"


def test_the_last_payment_is_told_in_whole(path: Path) -> None:
    _with(
        path,
        f"""\
2026-01-20 * "{_NAME}" "Cards" ^INV-3
  due: 2026-02-20
  Assets:Receivable   50.00 EUR
  Income:Services
2026-02-20 * "{_NAME}" "Both" ^INV-1 ^INV-3
  Assets:Bank   1220.00 EUR
  Assets:Receivable
""",
    )
    page = ours(client_of(path), ADDRESS, customer=_NAME)
    (file,) = page.findall(".//dl[@class='facts']")
    assert words([*file][-1]) == "2026-02-20, 1220.00 EUR, INV-1, INV-3"
    assert links(page, "INV-3")[0].endswith("invoice=INV-3")


def test_whom_nobody_knows_has_a_page_with_nothing(client: FlaskClient) -> None:
    page = ours(client, ADDRESS, customer="Nobody <b>")
    assert words(page.find(".//h2")) == "Nobody <b>"
    assert words(page.find(".//div[@class='blocks']/p")) == "No open items."
    assert page.find(".//section[@id='pays']") is None
    assert tables(page, "invoices") == []


def test_filters_stay_on_the_way_to_a_customer_and_back(client: FlaskClient) -> None:
    page = ours(client, ADDRESS, time="2026-02", filter="Website")
    address = links(page, _NAME)[0]
    filters = {"time": "2026-02", "filter": "Website"}
    assert asked(address) == {**filters, "customer": _NAME}
    page = ours(client, ADDRESS, **asked(address))
    assert [row[0] for row in rows(page, "invoices")] == ["INV-1"]
    (back,) = links(page, "All customers")
    assert asked(back) == filters


# How they pay.

_PAID = """
2025-10-01 * "Beta" "Cards" ^INV-{n}
  due: 2025-11-01
  Assets:Receivable   {amount} EUR
  Income:Services
{day} * "Beta" "Thank you" ^INV-{n}
  {other}
  Assets:Receivable  -{amount} EUR
"""


def _paid(n: int, amount: str, day: str, other: str = "Assets:Bank") -> str:
    return _PAID.format(n=n, amount=amount, day=day, other=other)


def test_how_they_pay(path: Path) -> None:
    _with(
        path,
        _paid(10, "100.00", "2025-10-21"),
        _paid(11, "200.00", "2025-11-11"),
        _paid(12, "300.00", "2025-11-21"),
        _paid(13, "400.00", "2025-12-01", "Income:Services"),
        _paid(14, "500.00", "2026-02-01", "Expenses:Losses"),
        "2026-01-01 open Expenses:Losses",
        '2026-02-02 note Assets:Receivable "Called" ^INV-2',
        "  promise: 2026-02-10",
    )
    text = path.read_text().replace("2026-01-01 open", "2025-01-01 open")
    path.write_text(text)
    client = client_of(path)
    page = ours(client, ADDRESS, customer="Beta")
    (section,) = page.findall(".//section[@id='pays']")
    (grade,) = section.findall(".//div[@class='grade']")
    assert words(grade.find("b")) == "E"
    assert [words(one) for one in grade.findall(".//li")] == [
        "INV-14 was written off on 2026-02-01",
        "1 of the last 5 was over 90 days late",
        "a promise was broken on 2026-02-10",
    ]
    tally = [words(one) for one in section.find(".//dl[@class='tally']") or ()]
    assert tally == [
        "On time1 of 5",
        "Days to pay41 median of 3",
        "Days late10 median of 3",
        "At most92 days late",
        "Promises kept0 of 1",
        "Disputes0",
    ]
    (chart,) = section.findall("div/figure")
    told = [one.attrib["aria-label"] for one in chart.findall(".//span[@aria-label]")]
    assert len(told) == 12
    assert told[6:9] == [
        "2025-10: 100.00 EUR on time, 0 EUR late",
        "2025-11: 0 EUR on time, 500.00 EUR late by 20 days at most",
        "2025-12: 0 EUR on time, 0 EUR late",
    ]
    assert words(chart.find(".//span[@class='over']")) == "+20"
    table = [[*row[:1], *row[4:]] for row in rows(page, "paid")]
    assert table == [
        ["INV-14", "2026-02-01", "", "written off", "500.00 EUR"],
        ["INV-13", "2025-12-01", "", "credited", "400.00 EUR"],
        ["INV-12", "2025-11-21", "51", "20 days", "300.00 EUR"],
        ["INV-11", "2025-11-11", "41", "10 days", "200.00 EUR"],
        ["INV-10", "2025-10-21", "20", "on time", "100.00 EUR"],
    ]
    # Nobody is to see what the customer is worth.
    hidden = ours(client_of(path, incognito=True), ADDRESS, customer="Beta")
    assert hidden.find(".//div[@class='grade']") is None
    assert "XXX.XX EUR" in words(hidden.find(".//table[@class='paid cards']"))


def test_the_last_ten_are_paid_and_then_more(path: Path) -> None:
    text = "".join(_paid(n, "1.00", f"2026-02-{n - 10:02}") for n in range(11, 23))
    _with(path, text)
    path.write_text(path.read_text().replace("2026-01-01 open", "2025-01-01 open"))
    client = client_of(path)
    page = ours(client, ADDRESS, customer="Beta")
    assert [row[0] for row in rows(page, "paid")] == [
        f"INV-{n}" for n in range(22, 12, -1)
    ]
    (more,) = links(page, "More")
    page = ours(client, ADDRESS, **asked(more.partition("#")[0]))
    assert [row[0] for row in rows(page, "paid")] == ["INV-12", "INV-11"]
    assert more.endswith("#paid")


def test_letters_and_calls(path: Path) -> None:
    _with(
        path,
        '2026-02-02 note Assets:Receivable "By e-mail" ^INV-1',
        '  reminder: "first reminder"',
        '  channel: "email"',
        '2026-02-03 note Assets:Receivable "Called" ^INV-1',
        "  promise: 2026-02-10",
        '2026-02-04 note Assets:Receivable "Called" ^INV-2',
    )
    page = ours(client_of(path), ADDRESS, customer=_NAME)
    kept = "The promise of 2026-02-03 was not kept: 1200.00 EUR still open"
    assert [row[:4] for row in rows(page, "diary")] == [
        ["2026-02-10", "Broken", kept, "INV-1"],
        ["2026-02-03", "Promise", "Promised by 2026-02-10. Called", "INV-1"],
        ["2026-02-02", "Mail", "Sent: first reminder. By e-mail", "INV-1"],
    ]
    badges = [words(one) for one in page.findall(".//div[@class='head']/span")]
    assert "broken promise (2026-02-10)" in badges


def test_what_one_presses_is_on_top_whatever_was_sent(path: Path) -> None:
    client = client_of(path)
    page = ours(client, ADDRESS, customer=_NAME)
    (top,) = page.findall("./div/div[@class='actions']")
    told = [words(one) for one in top]
    assert told[:3] == ["Write mail", "Call +49 40 1", "Message"]
    assert told[-2:] == ["Print statement", "Mail statement"]
    # The letter that is due is the one to write.
    (mail,) = links(top, "Write mail")
    assert mail.startswith("mailto:kasse@mueller.example?subject=")
    sent = ['  reminder: "first reminder"', '  reminder: "second reminder"']
    note = '2026-03-01 note Assets:Receivable "Sent" ^INV-1'
    _with(path, *(f"{note}\n{one}" for one in sent))
    page = ours(client_of(path), ADDRESS, customer=_NAME)
    (top,) = page.findall("./div/div[@class='actions']")
    assert [words(one) for one in top] == told
    assert links(top, "Write mail") == ["mailto:kasse@mueller.example"]
    # So is it on the invoice's page.
    page = ours(client_of(path), ADDRESS, invoice="INV-1")
    (top,) = page.findall("./div/div[@class='actions']")
    assert [words(one) for one in top] == told[:-2]


# Files to take along.


def _csv(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def _names(page_of: FlaskClient, address: str, **query: str) -> list[str]:
    data = page_of.get(address, query_string=query).get_json()
    assert {one["customer"] for one in data["customers"]} == {
        one["customer"] for one in (*data["items"], *data["unapplied"])
    }
    return sorted({one["customer"] for one in data["customers"]})


def test_downloads_of_all_are_those_of_the_command_line() -> None:
    client = client_of(EXAMPLE)
    run = CliRunner().invoke(cli.main, ["aging", str(EXAMPLE), "--format", "csv"])
    answer = client.get(f"{_EXAMPLE}aging.csv")
    assert answer.data == run.stdout_bytes
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="receivables-2026-11-20.csv"'
    )
    earlier = client.get(f"{_EXAMPLE}aging.csv?time=2026-03")
    assert "receivables-2026-03-31.csv" in earlier.headers["Content-Disposition"]
    arguments = ["--format", "csv", "--as-of", "2026-03-31"]
    run = CliRunner().invoke(cli.main, ["aging", str(EXAMPLE), *arguments])
    assert earlier.data == run.stdout_bytes


def test_downloads_of_each_customer_are_those_of_the_command_line() -> None:
    client = client_of(EXAMPLE)
    names = _names(client, f"{_EXAMPLE}aging")
    assert len(names) > 5
    for name in names:
        query = {"customer": name}
        for form, address in (("csv", "aging.csv"), ("json", "aging")):
            answer = client.get(f"{_EXAMPLE}{address}", query_string=query)
            only = f"^{re.escape(name)}$"
            arguments = ["aging", str(EXAMPLE), "--format", form, "--customer", only]
            run = CliRunner().invoke(cli.main, arguments)
            assert run.exit_code == 0
            if form == "csv":
                assert answer.data == run.stdout_bytes
            else:
                assert _names(client, f"{_EXAMPLE}aging", **query) == [name]
                assert f'"customer": "{name}"' in run.stdout


def test_the_page_leads_to_its_downloads(client: FlaskClient) -> None:
    for query in ({}, {"customer": _NAME}, {"customer": _NAME, "time": "2026-01"}):
        page = ours(client, ADDRESS, **query, find="x", charts="1")
        shown = {
            "csv": [row["invoice"] for row in _csv(client, links(page, "CSV")[0])],
            "json": [
                one["invoice"] or ""
                for one in client.get(links(page, "JSON")[0]).get_json()["items"]
            ],
        }
        for name in ("CSV", "JSON"):
            (address,) = links(page, name)
            assert asked(address) == query
        expected = ["INV-1", ""] if query else ["INV-1", "INV-2", ""]
        # CSV has a row for unapplied credit too, which JSON has apart.
        credit = ["ORDER-9"]
        assert shown == {"csv": [*expected, *credit], "json": expected}
        (json,) = [one for one in page.iter("a") if words(one) == "JSON"]
        day = "2026-01-31" if "time" in query else "2026-03-01"
        assert json.attrib["download"] == f"receivables-{day}.json"


def test_downloads_follow_filters_and_customer_at_once(client: FlaskClient) -> None:
    query = f"customer={_NAME.replace('&', '%26')}&filter=Website&time=2026-01"
    (row,) = _csv(client, f"{ADDRESS}aging.csv?{query}")
    assert (row["invoice"], row["open"]) == ("INV-1", "1200.00")
    other = f"{ADDRESS}aging.csv?customer=Beta&filter=Logo"
    assert _csv(client, other) == []
    account = f"{ADDRESS}aging.csv?customer=Beta&account=Assets:Bank"
    assert _csv(client, account) == []
    data = client.get(f"{ADDRESS}aging?customer=Nobody").get_json()
    assert (data["items"], data["customers"], data["totals"]) == ([], [], [])


def test_incognito_hides_the_amounts_of_downloads_only(path: Path) -> None:
    open_, hidden = client_of(path), client_of(path, incognito=True)
    for query in ("", f"?customer={_NAME.replace('&', '%26')}"):
        address = f"{ADDRESS}aging.csv{query}"
        amounts = {"amount", "open", "interest"}
        for row, shown in zip(_csv(hidden, address), _csv(open_, address), strict=True):
            for key, value in shown.items():
                expected = re.sub(r"\d", "X", value) if key in amounts else value
                assert row[key] == expected, key
        assert client_of(path).get(address).text != hidden.get(address).text


# The calendar.


def _addresses(client: FlaskClient, **query: str) -> list[str]:
    page = ours(client, ADDRESS, **query)
    return [words(one) for one in page.findall(".//a[@class='address']")]


def test_a_customers_page_has_the_address_of_its_calendar(client: FlaskClient) -> None:
    https, webcal = _addresses(client, customer=_NAME, time="2026-02", find="x")
    escaped = "M%C3%BCller%20%26%20S%C3%B6hne"
    assert https == f"http://localhost{ADDRESS}reminders.ics?customer={escaped}"
    assert webcal == f"webcal://localhost{ADDRESS}reminders.ics?customer={escaped}"
    feed = client.get(https).text
    assert "INV-1" in feed
    assert "INV-2" not in feed
    page = ours(client, ADDRESS, customer=_NAME)
    for address in (https, webcal):
        assert links(page, address) == [address]
    # All customers' is shorter.
    https, webcal = _addresses(client, filter="Website")
    assert https == f"http://localhost{ADDRESS}reminders.ics"
    assert webcal == f"webcal://localhost{ADDRESS}reminders.ics"
    assert "INV-2" in client.get(https).text


def test_where_a_token_is_asked_for_the_address_has_it(path: Path) -> None:
    token = "u7Rk2mQz9Xb4Wf1T"  # noqa: S105 - an example
    _with(path, f'2026-01-01 custom "dunning-option" "feed-token" "{token}"')
    client = client_of(path)
    for query in ({}, {"customer": "Beta"}):
        https, webcal = _addresses(client, **query)
        assert asked(https) == asked(webcal) == {**query, "token": token}
        assert client.get(https).status_code == 200
        without = https.replace(token, "x")
        assert client.get(without).status_code == 404


def test_a_name_that_is_long_makes_the_address_too_long(path: Path) -> None:
    base = len(f"http://localhost{ADDRESS}reminders.ics?customer=")
    for length, is_too_long in ((255 - base, False), (256 - base, True)):
        path.write_text(_BOOKS.replace("Beta", "B" * length))
        client = client_of(path)
        name = "B" * length
        assert len(_addresses(client, customer=name)[0]) == length + base
        page = ours(client, ADDRESS, customer=name)
        assert ("Google Calendar accepts" in words(page)) == is_too_long
        # A warning is for the address on the page.
        assert "Google Calendar accepts" not in words(ours(client, ADDRESS))


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("http://localhost:5000", True),
        ("http://127.0.0.1:5000", True),
        ("http://[::1]:5000", True),
        ("http://LOCALHOST", True),
        ("http://192.168.1.5:5000", False),
        ("https://fava.example", False),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
    ],
)
def test_the_page_says_who_can_reach_the_calendar(
    client: FlaskClient, host: str, *, is_local: bool
) -> None:
    answer = client.get(f"{ADDRESS}?partial=true", base_url=host)
    assert ("Only this computer can reach this Fava" in answer.text) == is_local
    assert (
        "Any app that can reach this address can subscribe" in answer.text
    ) != is_local
    name = host.partition("//")[2].lower()
    assert f"webcal://{name}{ADDRESS}reminders.ics".lower() in answer.text.lower()


def test_how_all_customers_pay_is_there_on_request() -> None:
    example = client_of(EXAMPLE)
    plain = customers(ours(example, _EXAMPLE))
    graded = customers(ours(example, _EXAMPLE, graded="1"))
    assert [row[:-2] for row in graded] == plain
    told = {row[0]: row[-2:] for row in graded}
    assert told["Hotel Silberdüne KG in dispute"] == ["70 days late (2)", "E"]
    assert told["Praxis Dr. Immergrün"] == ["on time (3)", "A"]
    assert told["Feinkost Salzkorn GmbH"] == ["21 days early (3)", "C"]
    assert told["Familie Sommer"] == ["", ""]
    sort = {"graded": "1", "customers-sort": "-grade"}
    grades = [row[-1] for row in customers(ours(example, _EXAMPLE, **sort))]
    in_euro = grades[: grades.index("")]
    assert in_euro == sorted(in_euro, reverse=True)
    assert {"A", "E"} <= {*in_euro}


def test_nobody_is_graded_incognito() -> None:
    page = ours(client_of(EXAMPLE, incognito=True), _EXAMPLE, graded="1")
    assert links(page, "How they pay") == []
    assert customers(page)
    assert {len(row) for row in customers(page)} == {
        len(row) for row in customers(ours(client_of(EXAMPLE), _EXAMPLE))
    }
