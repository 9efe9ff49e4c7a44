"""The statement of account that a customer's page leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from beancount_dunning import cli
from tests.formats.test_letter_html import read_mail
from tests.reading import asked
from tests.reading import links
from tests.reading import ours
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

_PRINT = "Print statement"
_EXAMPLE = f"/atelier-nordlicht/{PAGE}"
_ADDRESS = f"/books/{PAGE}statement"
_BOOKS = """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-03-01
2026-01-01 open Assets:Receivable
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
2026-01-01 custom "dunning-customer" "Acme"
  language: "de"
2026-01-05 * "Acme" "<b>Website</b>" ^INV-1
  due: 2026-02-01
  Assets:Receivable   1234.5 EUR
  Income:Services
2026-01-10 * "Acme" "Part" ^INV-1
  Assets:Bank   34.50 EUR
  Assets:Receivable
2026-01-15 * "Beta" "Logo" ^INV-2
  Assets:Receivable   70.00 USD
  Income:Services
2026-02-15 * "Beta" "Paid" ^INV-2
  Assets:Bank   70.00 USD
  Assets:Receivable
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_BOOKS)
    return path


def stated(path: Path, customer: str, *, incognito: bool = False) -> TestResponse:
    client = client_of(path, incognito=incognito)
    return client.get(_ADDRESS, query_string={"customer": customer})


def test_a_customers_page_leads_to_what_the_command_writes() -> None:
    client = client_of(EXAMPLE)
    names = {
        row["customer"] for row in client.get(f"{_EXAMPLE}aging").get_json()["items"]
    }
    assert len(names) > 5
    for name in sorted(names):
        for query in ({}, {"time": "2026-09"}):
            page = ours(client, _EXAMPLE, customer=name, **query)
            (address,) = links(page, _PRINT)
            assert asked(address) == {**query, "customer": name}
            answer = client.get(address)
            last = "2026-09-30" if query else "2026-11-20"
            arguments = [str(EXAMPLE), name, "--as-of", last, "--as", "html"]
            run = CliRunner().invoke(cli.main, ["statement", *arguments])
            if run.exit_code:
                assert (answer.status_code, answer.mimetype) == (404, "text/plain")
                assert answer.text == f"There is no such customer as of {last}."
            else:
                assert (answer.status_code, answer.mimetype) == (200, "text/html")
                assert answer.data == run.stdout_bytes


def test_a_customers_page_leads_to_the_mail_that_the_command_writes(
    path: Path,
) -> None:
    client = client_of(path, read_only=True)
    (address,) = links(
        ours(client, f"/books/{PAGE}", customer="Acme"), "Mail statement"
    )
    answer = client.get(address)
    run = CliRunner().invoke(cli.main, ["statement", str(path), "Acme", "--as", "mail"])
    assert (answer.status_code, answer.mimetype) == (200, "message/rfc822")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="Acme 2026-03-01.eml"'
    )
    assert answer.data == run.stdout_bytes
    hidden = client_of(path, incognito=True).get(address).data
    shown, private = (
        next(read_mail(one).iter_parts()).get_content() for one in (answer.data, hidden)
    )
    assert "1.234,50" in shown
    assert "1.234,50" not in private
    assert "X.XXX,XX" in private


def test_a_statement_is_no_program_and_loads_nothing(path: Path) -> None:
    answer = stated(path, "Acme")
    assert "&lt;b&gt;Website&lt;/b&gt;" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "allow-scripts" not in policy


def test_who_owes_nothing_any_more_has_a_statement(path: Path) -> None:
    assert "Logo" in stated(path, "Beta").text


@pytest.mark.parametrize("name", ["Nobody", "", "<script>"])
def test_whom_nobody_knows_has_no_statement(path: Path, name: str) -> None:
    answer = stated(path, name)
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert answer.text == "There is no such customer as of 2026-03-01."


def test_where_a_payment_may_be_missing_there_is_no_statement(path: Path) -> None:
    path.write_text(f'{_BOOKS}include "bank.beancount"\n')
    assert stated(path, "Acme").status_code == 503


def test_incognito_hides_amounts_and_leaves_days(path: Path) -> None:
    shown = stated(path, "Acme").text
    hidden = stated(path, "Acme", incognito=True).text
    for amount in ("1.234,50", "-34,50", "1.200,00"):
        assert f">{amount}<" in shown
        assert amount not in hidden
    assert ">X.XXX,XX<" in hidden
    assert ">01.02.2026<" in hidden


def test_a_statement_is_of_the_whole_account(path: Path) -> None:
    client = client_of(path)
    assert links(ours(client, f"/books/{PAGE}"), _PRINT) == []
    assert links(ours(client, f"/books/{PAGE}", invoice="INV-1"), _PRINT) == []
    # Under filters the page has a part of the account, and so no statement.
    page = ours(client, f"/books/{PAGE}", customer="Acme", filter="Website")
    assert links(page, _PRINT) == []
    assert client.get(f"{_ADDRESS}?customer=Acme&filter=Logo").text == (
        stated(path, "Acme").text
    )
