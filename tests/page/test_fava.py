"""The Fava extension, asked over HTTP without a browser."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from fava_dunning import Dunning

from beancount_dunning import cli
from tests.reading import asked
from tests.reading import links
from tests.reading import ours
from tests.reading import rows
from tests.reading import words
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import app_of
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

_HEAD = """
option "title" "Books"
option "operating_currency" "EUR"
plugin "beancount_dunning"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Assets:Receivable:Beta
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
"""
_ACME = """
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-01-31
  Assets:Receivable:Acme   1234.50 EUR
  Income:Services
"""
_BOTH = """
2026-01-05 * "Two customers at once"
  due: 2026-01-31
  Assets:Receivable:Acme   10.00 EUR
    invoice: "A-1"
  Assets:Receivable:Beta   20.00 EUR
    invoice: "B-1"
  Income:Services
"""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_HEAD + _ACME)
    return path


@pytest.fixture
def example() -> FlaskClient:
    return client_of(EXAMPLE)


def _set_today(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    for module in ("plugin", "basics.freshness", "cli.loading"):
        monkeypatch.setattr(f"beancount_dunning.{module}.today", lambda: day)
    for name in ("fava_dunning.served", "fava_dunning.watcher"):
        monkeypatch.setattr(f"{name}.today", lambda: day)


def _errors(client: FlaskClient) -> list[str]:
    data = client.get("/books/api/errors").get_json()["data"]
    return [error["message"] for error in data]


def test_the_json_is_that_of_the_command_line(example: FlaskClient) -> None:
    answer = example.get(f"/atelier-nordlicht/{PAGE}aging")
    assert answer.mimetype == "application/json"
    run = CliRunner().invoke(cli.main, ["aging", str(EXAMPLE), "--format", "json"])
    assert json.loads(answer.text) == json.loads(run.stdout)


def test_the_calendar_is_that_of_the_command_line(example: FlaskClient) -> None:
    answer = example.get(f"/atelier-nordlicht/{PAGE}reminders.ics")
    run = CliRunner().invoke(cli.main, ["ical", str(EXAMPLE)])
    assert answer.data == run.stdout_bytes


def test_head_answers_like_get_without_the_body(example: FlaskClient) -> None:
    address = f"/atelier-nordlicht/{PAGE}reminders.ics"
    get, head = example.get(address), example.head(address)
    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(get.data))
    assert head.headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_the_time_filters_end_is_the_date(example: FlaskClient) -> None:
    address = f"/atelier-nordlicht/{PAGE}aging?time=2026-03"
    assert example.get(address).get_json()["as_of"] == "2026-03-31"


def test_a_wrong_time_filter_is_an_error(example: FlaskClient) -> None:
    address = f"/atelier-nordlicht/{PAGE}reminders.ics?time=soon"
    assert example.get(address).status_code == 500


def test_every_digit_is_shown(books: Path) -> None:
    """Fava itself rounds to the digits that a currency has most often."""
    whole = '2026-01-02 * "x"\n  Assets:Bank  7 EUR\n  Income:Services\n'
    books.write_text(_HEAD + _ACME + whole * 5)
    page = client_of(books).get(f"/books/{PAGE}")
    assert ">1234.50</td>" in page.text


def test_numbers_are_grouped_as_favas_locale_has_it(books: Path) -> None:
    locale = '2026-01-01 custom "fava-option" "locale" "de"\n'
    books.write_text(_HEAD + locale + _ACME)
    page = client_of(books).get(f"/books/{PAGE}")
    assert ">1.234,50</td>" in page.text


def test_an_account_filter_keeps_other_customers_out(books: Path) -> None:
    books.write_text(_HEAD + _BOTH)
    client = client_of(books)

    def invoices(account: str) -> list[str]:
        data = client.get(f"/books/{PAGE}aging?account={account}").get_json()
        return [item["invoice"] for item in data["items"]]

    assert invoices("Assets:Receivable:Acme") == ["A-1"]
    assert invoices("Assets:Receivable") == ["A-1", "B-1"]
    assert invoices("Income:Services") == ["A-1", "B-1"]
    assert invoices("Assets:Bank") == []


def test_filters_narrow_unapplied_credit_too(example: FlaskClient) -> None:
    address = f"/atelier-nordlicht/{PAGE}aging?account=Assets:Receivable:Ono"
    (credit,) = example.get(address).get_json()["unapplied"]
    assert (credit["customer"], credit["amount"]) == ("Ōno Kōhī KK", "-800.00")
    assert credit["narration"] == "Advance for the spring edition"


def test_incognito_hides_amounts_in_json_and_calendar() -> None:
    client = client_of(EXAMPLE, incognito=True)
    data = client.get(f"/atelier-nordlicht/{PAGE}aging").get_json()
    item, total = data["items"][0], data["totals"][0]
    assert (item["amount"], item["open"]) == ("XXXX.XX", "XXXX.XX")
    assert item["days_overdue"] == 191
    assert total["buckets"]["91+"] == "XXXX.XX"
    assert data["buckets"][-1] == "91+"
    assert total["total"] == "XXXXX.XX"
    assert data["unapplied"][0]["amount"] == "-XX.XX"
    feed = client.get(f"/atelier-nordlicht/{PAGE}reminders.ics").text
    assert "Silberdüne" not in feed
    assert "1237.00" not in feed


def test_a_ledger_that_cannot_be_read_is_no_empty_calendar(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(_HEAD)
    # Fava's polling watcher gives up by itself when the file is gone.
    client = client_of(path, poll_watcher=False)
    assert client.get(f"/books/{PAGE}reminders.ics").status_code == 200
    path.unlink()
    ledgers = client.application.config["LEDGERS"]
    ledgers["books"].load_file()
    (slug,) = ledgers.ledgers_by_slug
    answer = client.get(f"/{slug}/{PAGE}reminders.ics")
    assert answer.status_code == 503
    assert answer.text == "Beancount cannot read all of the ledger."


def test_a_wrong_configuration_does_not_keep_fava_from_starting(books: Path) -> None:
    text = books.read_text().replace('"fava_dunning"', '"fava_dunning" "{\'a\': true}"')
    books.write_text(text)
    assert client_of(books).get(f"/books/{PAGE}").status_code == 200


def test_an_answer_is_kept_for_its_day_and_its_load(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_of(books)
    extension = app.config["LEDGERS"]["books"].extensions.get_extension("Dunning")
    assert isinstance(extension, Dunning)
    with app.test_request_context(f"/books/{PAGE}"):
        app.preprocess_request()
        _set_today(monkeypatch, date(2026, 2, 1))
        first = extension.page().selection
        assert extension.page().selection is first
        _set_today(monkeypatch, date(2026, 2, 2))
        assert extension.page().selection.report.as_of == date(2026, 2, 2)
        _set_today(monkeypatch, date(2026, 2, 1))
        extension.after_load_file()
        assert extension.page().selection is not first


def test_fava_follows_the_day(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An invoice due on 31 January is an error from 1 February on."""
    _set_today(monkeypatch, date(2026, 1, 31))
    client = client_of(books)
    changed = "/books/api/changed"
    assert client.get(changed).get_json()["data"] is False
    assert _errors(client) == []
    _set_today(monkeypatch, date(2026, 2, 1))
    # Fava's own page asks this every few seconds.
    assert client.get(changed).get_json()["data"] is True
    assert "1 day overdue" in _errors(client)[0]
    assert client.get(changed).get_json()["data"] is False
    _set_today(monkeypatch, date(2026, 2, 2))
    client.get(f"/books/{PAGE}")
    assert "2 days overdue" in _errors(client)[0]


def test_fava_still_follows_the_file(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_today(monkeypatch, date(2026, 1, 31))
    client = client_of(books)
    books.write_text(_HEAD + _ACME.replace("1234.50", "99.00"))
    data = client.get(f"/books/{PAGE}aging").get_json()
    assert [Decimal(item["open"]) for item in data["items"]] == [Decimal(99)]


def test_answers_of_many_dates_do_not_pile_up(books: Path) -> None:
    app = app_of(books)
    extension = app.config["LEDGERS"]["books"].extensions.get_extension("Dunning")

    def view(day: int) -> object:
        with app.test_request_context(f"/books/{PAGE}?time=2026-01-{day:02}"):
            app.preprocess_request()
            return extension.page().selection

    first = view(1)
    assert view(1) is first
    for day in range(2, 20):
        view(day)
    assert view(1) is not first


def test_lines_lead_to_the_editor_whatever_the_filters(books: Path) -> None:
    page = client_of(books).get(f"/books/{PAGE}?time=2026-06&filter=^INV-1").text
    hrefs = re.findall(r'href="([^"]*editor[^"]*)"', page)
    (query,) = [parse_qs(urlsplit(unescape(href)).query) for href in hrefs]
    assert query["file_path"] == [str(books)]
    assert query["line"] == ["11"]
    assert query["time"] == ["2026-06"]


@pytest.mark.parametrize(
    "harmless",
    [
        'option "no_such_option" "x"\n',
        'option "allow_deprecated_none_for_tags_and_links" "TRUE"\n',
        "2026-02-01 balance Assets:Bank  7 EUR\n",
    ],
)
def test_an_error_that_loses_nothing_leaves_the_calendar(
    books: Path, harmless: str
) -> None:
    books.write_text(harmless + _HEAD + _ACME)
    client = client_of(books)
    assert client.application.config["LEDGERS"]["books"].load_errors
    assert client.get(f"/books/{PAGE}reminders.ics").status_code == 200


_DUNNED = """
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
2026-01-01 custom "dunning-interest" "standard" 10
2026-02-05 note Assets:Receivable:Acme "E-mailed" ^INV-1
  reminder: "first reminder"
"""


def _row(client: FlaskClient, **query: str) -> list[str]:
    """Return the cells of the only open invoice, as text."""
    (row,) = rows(ours(client, f"/books/{PAGE}", **query), "invoices")
    return row


@pytest.mark.parametrize(
    ("said", "following"),
    [
        ("text: 1", "now: second reminder"),
        ("promise: 2026-03-01", "2026-03-02 second reminder promised by 2026-03-01"),
        (
            "promise: 2026-02-28",
            "now: second reminder broken promise (2026-02-28)",
        ),
        (
            "hold-until: 2026-03-09",
            "2026-03-10 second reminder on hold until 2026-03-09",
        ),
        ("dispute: TRUE", "in dispute"),
    ],
)
def test_the_page_says_what_was_sent_what_comes_next_and_what_rests(
    books: Path, said: str, following: str
) -> None:
    note = f'2026-02-06 note Assets:Receivable:Acme "Said" ^INV-1\n  {said}\n'
    books.write_text(_HEAD + _ACME + _DUNNED + note)
    row = _row(client_of(books))
    assert row[1:5] == ["INV-1", "2026-01-31", "29 days", "1234.50 EUR"]
    assert row[6:8] == ["2026-02-05 first reminder", following]


def test_the_page_on_an_earlier_day_knows_nothing_of_later_notes(books: Path) -> None:
    books.write_text(_HEAD + _ACME + _DUNNED)
    row = _row(client_of(books), time="2026-02-03")
    assert row[6:8] == ["", "now: first reminder"]
    assert row[3] == "3 days"


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        ("2026-03-01", "due today"),
        ("2026-03-02", "due in 1 day"),
        ("2026-02-28", "1 day"),
        ('"never"', "undated"),
    ],
)
def test_the_page_says_how_late(books: Path, due: str, shown: str) -> None:
    books.write_text(_HEAD + _ACME.replace("2026-01-31", due) + _DUNNED)
    assert _row(client_of(books))[3] == shown


def test_interest_is_hidden_when_incognito(books: Path) -> None:
    """1234.50 at 10 % for the 29 days from 1 February to 1 March: 9.81."""
    books.write_text(_HEAD + _ACME + _DUNNED)
    address = f"/books/{PAGE}aging"
    (item,) = client_of(books).get(address).get_json()["items"]
    assert item["interest"] == "9.81"
    (hidden,) = client_of(books, incognito=True).get(address).get_json()["items"]
    amounts = ("amount", "open", "interest")
    assert {key: hidden[key] for key in amounts} == {
        "amount": "XXXX.XX",
        "open": "XXXX.XX",
        "interest": "X.XX",
    }
    assert {key: hidden[key] for key in hidden if key not in amounts} == {
        key: item[key] for key in item if key not in amounts
    }
    without = books.read_text().replace('"dunning-interest"', '"other"')
    books.write_text(without)
    (none,) = client_of(books, incognito=True).get(address).get_json()["items"]
    assert none["interest"] is None


def test_a_note_of_what_was_sent_is_no_error_in_fava(books: Path) -> None:
    books.write_text(_HEAD + _ACME + _DUNNED)
    (error,) = _errors(client_of(books))
    assert error.startswith("Overdue: INV-1, Acme: 1234.50 of 1234.50 EUR open")


@pytest.mark.parametrize(
    ("reference", "search"),
    [
        ("^INV-1", "^INV-1"),
        ("B/7", 'invoice:"^B/7$", any(invoice:"^B/7$")'),
        ("Nr. 7", 'invoice:"^Nr\\.\\ 7$", any(invoice:"^Nr\\.\\ 7$")'),
        ('say \\"7\\"', None),
        (None, None),
    ],
)
def test_an_invoice_leads_to_its_entries_if_a_search_can_name_it(
    books: Path, reference: str | None, search: str | None
) -> None:
    is_link = reference and reference.startswith("^")
    named = f'  invoice: "{reference}"\n' if reference and not is_link else ""
    text = _ACME if is_link else _ACME.replace(" ^INV-1\n", f"\n{named}")
    books.write_text(_HEAD + text)
    client = client_of(books)
    overview = ours(client, f"/books/{PAGE}")
    name = rows(overview, "invoices")[0][1]
    (story,) = set(links(overview, name))
    page = ours(client, f"/books/{PAGE}", **asked(story))
    assert words(page.find(".//h2")) == name
    found = links(page, "Entries in the journal")
    assert [asked(one)["filter"] for one in found] == ([search] if search else [])
    # The item's links lead there too.
    assert len(links(page, "^INV-1")) == bool(is_link)
    if search:
        ledger = client.application.config["LEDGERS"]["books"]
        (entry,) = ledger.get_filtered(filter=search).entries
        assert entry.narration == "Website"


def test_what_another_site_could_send_is_not_written(books: Path) -> None:
    """A form can send text, and no JSON; what is written has tests of its own."""
    client = client_of(books)
    before = books.read_bytes()
    answer = client.put(f"/books/{PAGE}log", data="{}", content_type="text/plain")
    assert answer.status_code == 415
    assert client.post(f"/books/{PAGE}log", json={}).status_code == 404
    assert client.get(f"/books/{PAGE}log").status_code == 404
    assert books.read_bytes() == before
