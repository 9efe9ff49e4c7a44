"""The calendar as Fava serves it: to whom, with which headers, and what it keeps."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.calendar_lint import lint
from tests.calendar_lint import parse
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

ADDRESS = f"/books/{PAGE}reminders.ics"
TOKEN = "u7Rk2mQz9Xb4Wf1T"  # noqa: S105 - an example
_BOOKS = """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-01-20
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-01-31
  Assets:Receivable:Acme   1234.50 EUR
  Income:Services
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "beancount-dunning"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_BOOKS)
    return path


@pytest.fixture
def client(books: Path, cache: Path) -> FlaskClient:
    assert not cache.exists()
    return client_of(books)


def test_the_headers_are_those_of_a_calendar(client: FlaskClient) -> None:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert lint(answer.data) == []
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="reminders.ics"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    etag = answer.headers["ETag"]
    assert etag.startswith('"')
    head = client.head(ADDRESS)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == etag
    assert head.headers["Content-Length"] == str(len(answer.data))


def test_what_is_unchanged_is_not_sent_again(client: FlaskClient, books: Path) -> None:
    etag = client.get(ADDRESS).headers["ETag"]
    for method in (client.get, client.head):
        answer = method(ADDRESS, headers={"If-None-Match": etag})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
    assert client.get(ADDRESS, headers={"If-None-Match": '"other"'}).status_code == 200
    books.write_text(_BOOKS.replace("1234.50", "1000.00"))
    assert client.get(ADDRESS, headers={"If-None-Match": etag}).status_code == 200


def test_tasks_and_a_private_calendar_have_addresses(client: FlaskClient) -> None:
    tasks = client.get(f"{ADDRESS}?type=todo").data
    assert {one.name for one in parse(tasks).components} == {"VTODO"}
    letters = client.get(f"{ADDRESS}?by=customer").data
    assert letters not in {tasks, client.get(ADDRESS).data}
    assert client.get(f"{ADDRESS}?by=invoice").data == client.get(ADDRESS).data
    private = client.get(f"{ADDRESS}?private=1").data
    assert b"1234.50" in client.get(ADDRESS).data
    assert b"1234.50" not in private
    assert b"Acme" not in private
    assert lint(tasks) == lint(private) == lint(letters) == []


def test_incognito_is_private_whatever_one_asks_for(books: Path, cache: Path) -> None:
    del cache
    client = client_of(books, incognito=True)
    assert b"1234.50" not in client.get(ADDRESS).data


def test_the_version_goes_on_from_what_was_served_last(
    client: FlaskClient, books: Path, cache: Path
) -> None:
    first = client.get(ADDRESS).data
    assert [file.read_bytes() for file in cache.iterdir()] == [first]
    books.write_text(_BOOKS.replace("1234.50", "1000.00"))
    second = client.get(ADDRESS).data
    assert b"SEQUENCE:1" in second
    assert b"SEQUENCE:0" not in second
    # Another Fava, later, takes over.
    books.write_text(_BOOKS)
    third = client_of(books).get(ADDRESS).data
    assert b"SEQUENCE:2" in third
    assert [file.read_bytes() for file in cache.iterdir()] == [third]


def test_what_filters_let_through_is_not_kept(client: FlaskClient, cache: Path) -> None:
    for query in ("time=2026-01-10", "account=Income", "filter=Website"):
        assert client.get(f"{ADDRESS}?{query}").status_code == 200
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_is_no_harm(
    client: FlaskClient, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.parent.mkdir()
    cache.write_text("a file, and no folder")
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert lint(answer.data) == []
    assert "cannot be written" in caplog.text


def _with_token(token: str, on: str = "2026-01-01") -> str:
    return f'{on} custom "dunning-option" "feed-token" {token}\n{_BOOKS}'


@pytest.mark.parametrize("on", ["2026-01-01", "2030-01-01"])
def test_with_a_token_the_calendar_is_there_for_who_knows_it(
    books: Path, cache: Path, on: str
) -> None:
    del cache
    books.write_text(_with_token(f'"{TOKEN}"', on))
    client = client_of(books)
    for query in ("", "?token=", "?token=wrong", "?token=u7Rk2mQz9Xb4Wf1t", "?token=é"):
        answer = client.get(f"{ADDRESS}{query}")
        assert (answer.status_code, answer.text) == (404, "Not found.")
    assert client.get(f"{ADDRESS}?time=2020&token=wrong").status_code == 404
    assert client.get(f"{ADDRESS}?token={TOKEN}").status_code == 200
    page = client.get(f"/books/{PAGE}").text
    assert f"reminders.ics?token={TOKEN}" in page


@pytest.mark.parametrize("token", ['"short"', '""', "5", '"with blanks in it, long"'])
def test_a_token_that_is_none_lets_nobody_in(
    books: Path, cache: Path, token: str
) -> None:
    del cache
    books.write_text(_with_token(token))
    client = client_of(books)
    for query in ("", "?token=", "?token=short", "?token=5"):
        assert client.get(f"{ADDRESS}{query}").status_code == 404


def test_a_ledger_that_cannot_be_read_gives_an_error_and_no_calendar(
    client: FlaskClient, books: Path
) -> None:
    assert client.get(ADDRESS).status_code == 200
    books.write_text(_BOOKS + '2026-02-01 * "half\n')
    for method in (client.get, client.head):
        answer = method(ADDRESS)
        assert answer.status_code == 503
        assert b"VCALENDAR" not in answer.data
    assert client.get(ADDRESS).text == ("Beancount cannot read all of the ledger.")


def test_a_ledger_that_is_half_written_gives_no_calendar(
    client: FlaskClient, books: Path, cache: Path
) -> None:
    """What is there may be sound; but the directive for this page is missing."""
    first = client.get(ADDRESS).data
    books.write_text('option "title" "Books"\n')
    assert client.get(ADDRESS).status_code == 503
    books.write_text(_BOOKS)
    assert client.get(ADDRESS).data == first
    assert [file.read_bytes() for file in cache.iterdir()] == [first]
    # Of an empty one Fava does not even know the name.
    books.write_text("")
    assert client.get(ADDRESS).status_code in {404, 503}
    assert [file.read_bytes() for file in cache.iterdir()] == [first]


def test_a_ledger_that_was_gone_for_a_moment_is_seen_again(
    books: Path, cache: Path
) -> None:
    del cache
    # Fava's addresses have the ledger's title, which is gone with the file: none, here.
    text = _BOOKS.replace('option "title" "Books"\n', "")
    address = ADDRESS.replace("books", "beancount")
    books.write_text(text)
    client = client_of(books)
    first = client.get(address).data
    books.unlink()
    assert client.get(address).status_code == 503
    books.write_text(text)
    os.utime(books, ns=(2 * 10**18, 2 * 10**18))
    assert client.get(address).data == first


def test_only_the_owner_can_enter_the_folder_of_what_was_served(
    client: FlaskClient, cache: Path
) -> None:
    client.get(ADDRESS)
    assert cache.stat().st_mode & 0o777 == 0o700


def test_where_nothing_can_be_kept_the_version_goes_on_in_memory(
    client: FlaskClient, books: Path, cache: Path
) -> None:
    cache.parent.mkdir()
    cache.write_text("a file, and no folder")
    client.get(ADDRESS)
    for version, amount in enumerate(("1000.00", "1001.00", "1002.00"), 1):
        books.write_text(_BOOKS.replace("1234.50", amount))
        assert b"SEQUENCE:%d" % version in client.get(ADDRESS).data


_TWO = (
    _BOOKS
    + """
2026-01-05 * "Beta" "Logo" ^INV-2
  due: 2026-01-31
  Assets:Receivable:Acme   99.00 EUR
    customer: "Beta"
  Income:Services
"""
)


def test_each_customers_calendar_has_versions_of_its_own(
    client: FlaskClient, books: Path, cache: Path
) -> None:
    books.write_text(_TWO)
    everybodys = ADDRESS
    acmes, betas = f"{ADDRESS}?customer=Acme", f"{ADDRESS}?customer=Beta"
    tasks = f"{acmes}&type=todo"
    first = {address: client.get(address).data for address in (acmes, betas, tasks)}
    assert b"INV-2" not in first[acmes]
    assert b"INV-1" not in first[betas]
    assert len(list(cache.iterdir())) == 3
    # Acme's invoice changes while nobody looks at the calendar of all.
    books.write_text(_TWO.replace("1234.50", "1000.00"))
    assert client.get(betas).data == first[betas]
    second = client.get(acmes).data
    assert b"SEQUENCE:1" in second
    assert b"SEQUENCE:0" not in second
    whole = client.get(everybodys).data
    assert b"SEQUENCE:1" not in whole
    assert b"INV-1" in whole
    # Another Fava takes over.
    books.write_text(_TWO)
    another = client_of(books)
    assert another.get(betas).data == first[betas]
    assert b"SEQUENCE:2" in another.get(acmes).data
    assert another.get(tasks).data == first[tasks]
    assert len(list(cache.iterdir())) == 4


def test_what_is_asked_for_of_an_unknown_customer_is_not_kept(
    client: FlaskClient, cache: Path
) -> None:
    for name in ("Nobody", "acme", "Acme ", "%FF"):
        answer = client.get(f"{ADDRESS}?customer={name}")
        assert answer.status_code == 200
        assert parse(answer.data).components == []
    assert not cache.exists()
    assert client.get(f"{ADDRESS}?customer=Acme").status_code == 200
    assert len(list(cache.iterdir())) == 1


def test_what_filters_let_through_of_a_customer_is_not_kept(
    client: FlaskClient, cache: Path
) -> None:
    query = "customer=Acme&filter=Website"
    assert b"INV-1" in client.get(f"{ADDRESS}?{query}").data
    assert not cache.exists()


def test_a_token_is_asked_for_of_a_customers_calendar_too(
    books: Path, cache: Path
) -> None:
    books.write_text(_with_token(f'"{TOKEN}"'))
    client = client_of(books)
    assert client.get(f"{ADDRESS}?customer=Acme").status_code == 404
    assert client.get(f"{ADDRESS}?customer=Acme&token=wrong").status_code == 404
    assert not cache.exists()
    query = f"customer=Acme&token={TOKEN}"
    assert b"INV-1" in client.get(f"{ADDRESS}?{query}").data


def test_the_page_has_the_address_for_either_kind_of_app(client: FlaskClient) -> None:
    page = client.get(f"/books/{PAGE}").text
    for scheme in ("http", "webcal"):
        assert page.count(f'href="{scheme}://localhost{ADDRESS}"') == 1


@pytest.mark.parametrize(
    ("header", "base", "expected"),
    [
        ({}, "", False),
        ({"X-Forwarded-Proto": "https"}, "", True),
        ({"Forwarded": "proto=https;host=fava.example"}, "", True),
        ({"X-Forwarded-For": "203.0.113.7"}, "https://fava.example/books", False),
        ({"X-Forwarded-For": "203.0.113.7"}, "http://fava.example/books", True),
    ],
)
def test_behind_a_proxy_the_page_warns_of_a_token_on_plain_http(
    books: Path, cache: Path, header: dict[str, str], base: str, *, expected: bool
) -> None:
    """Fava sees http there, whatever the proxy speaks to others."""
    del cache
    option = f'2026-01-01 custom "dunning-option" "base-url" "{base}"\n' if base else ""
    books.write_text(option + _with_token(f'"{TOKEN}"'))
    page = client_of(books).get(f"/books/{PAGE}", headers=header).text
    assert ("goes over the network in clear" in page) is expected
    # Nobody can make it show another address.
    shown = base or "http://localhost/books"
    assert f'href="{shown}/extension/Dunning/reminders.ics?token={TOKEN}"' in page


@pytest.mark.parametrize("length", [5, 250])
def test_the_page_tells_of_an_address_that_is_too_long(
    books: Path, cache: Path, length: int
) -> None:
    del cache
    title = "b" * length
    books.write_text(_BOOKS.replace("Books", title))
    page = client_of(books).get(f"/{title}/{PAGE}").text
    assert ("Google Calendar accepts" in page) == (length > 200)
