"""The dossier that an invoice's page leads to: the bytes that the command writes."""

from __future__ import annotations

import shutil
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from beancount_dunning.handover import git
from tests.cli.running import run
from tests.handover.test_git import committed
from tests.reading import asked
from tests.reading import links
from tests.reading import ours
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import client_of

if TYPE_CHECKING:
    from pathlib import Path

_EXAMPLE = f"/atelier-nordlicht/{PAGE}"
_INVOICE = "AN-2026-025"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / EXAMPLE.name
    shutil.copy(EXAMPLE, path)
    return path


def test_it_is_what_the_command_writes(books: Path, tmp_path: Path) -> None:
    committed(tmp_path, books.name)
    client = client_of(books)
    for query in ({}, {"time": "2026-09", "account": "Assets:Receivable"}):
        page = ours(client, _EXAMPLE, invoice=_INVOICE, **query)
        (address,) = links(page, "Dossier")
        assert asked(address) == {**query, "invoice": _INVOICE}
        answer = client.get(address)
        to = tmp_path / f"made{len(query)}.zip"
        day = "2026-09-30" if query else None
        run("dossier", books, _INVOICE, "-o", to, as_of=day)
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
        assert answer.headers["Content-Disposition"] == (
            f"attachment; filename={_INVOICE}.zip"
        )
        assert answer.data == to.read_bytes()
    with ZipFile(BytesIO(answer.data)) as archive:
        assert b", Git commit " in archive.read("0-index.txt")


def test_git_is_asked_for_a_download_alone(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_: list[object] = []
    monkeypatch.setattr(git, "_git", lambda *what: asked_.append(what))
    client = client_of(books)
    page = ours(client, _EXAMPLE, invoice=_INVOICE)
    assert not asked_
    assert client.get(*links(page, "Dossier")).status_code == 200
    assert asked_


def test_it_only_reads(books: Path) -> None:
    client = client_of(books, read_only=True)
    (address,) = links(ours(client, _EXAMPLE, invoice=_INVOICE), "Dossier")
    assert client.get(address).status_code == 200


def test_incognito_there_is_none(books: Path) -> None:
    client = client_of(books, incognito=True)
    assert links(ours(client, _EXAMPLE, invoice=_INVOICE), "Dossier") == []
    answer = client.get(f"{_EXAMPLE}dossier", query_string={"invoice": _INVOICE})
    assert (answer.status_code, answer.mimetype) == (403, "text/plain")


@pytest.mark.parametrize("name", ["<script>", "", "AN"])
def test_of_what_nobody_knows_there_is_none(books: Path, name: str) -> None:
    client = client_of(books)
    assert links(ours(client, _EXAMPLE, invoice=name or "?"), "Dossier") == []
    answer = client.get(f"{_EXAMPLE}dossier", query_string={"invoice": name})
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert answer.text == "There is no such invoice as of 2026-11-20."


def test_where_a_payment_may_be_missing_there_is_none(books: Path) -> None:
    books.write_text(f'{books.read_text()}include "bank.beancount"\n')
    answer = client_of(books).get(f"{_EXAMPLE}dossier?invoice={_INVOICE}")
    assert answer.status_code == 503


def test_any_number_makes_a_name(tmp_path: Path) -> None:
    books = tmp_path / "books.beancount"
    books.write_text(
        """
option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Services
2026-01-05 * "Acme" "Website"
  invoice: "発票/1"
  Assets:Receivable   1234.5 EUR
  Income:Services
"""
    )
    client = client_of(books)
    page = ours(client, f"/books/{PAGE}", invoice="発票/1")
    answer = client.get(*links(page, "Dossier"))
    name = answer.headers["Content-Disposition"]
    assert name.endswith("filename*=UTF-8''%E7%99%BA%E7%A5%A8%201.zip")
