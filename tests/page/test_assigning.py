"""Assigning payments from the page: the link alone, and only what is meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from typing import Any

import pytest

from tests.serving import PAGE
from tests.serving import app_of

if TYPE_CHECKING:
    from pathlib import Path

    from fava.beans.abc import Directive
    from fava.core import FavaLedger
    from werkzeug.test import TestResponse

_HEAD = """option "title" "Books"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Receivable
  collective: TRUE
2026-01-01 open Assets:Receivable:Zoo
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
2026-01-01 custom "dunning-customer" "Acme GmbH"
"""
_LEDGER = f"""{_HEAD}
2026-09-14 * "Acme GmbH" "Website" ^INV-2026-022
  due: 2026-10-14
  Assets:Receivable   900.00 EUR
  Income:Services

2026-09-14 * "Acme GmbH" "Logo" ^INV-2026-023
  due: 2026-10-14
  Assets:Receivable   500.00 EUR
  Income:Services

2026-09-15 * "Beta" "Logo" ^B-1
  due: 2026-10-15
  Assets:Receivable   40.00 EUR
  Income:Services

2026-09-15 * "Gamma" "Logo" ^B-1
  due: 2026-10-15
  Assets:Receivable   50.00 EUR
  Income:Services

2026-09-16 * "Signs" ^Z-1
  Assets:Receivable:Zoo   60.00 EUR
  Income:Services

2026-11-13 * "ACME" "RE 2026022" #bank ; statement 9
  Assets:Bank   900.00 EUR
  Assets:Receivable
"""
_HEADER = '"ACME" "RE 2026022" #bank'


class Page:
    """The page of a ledger, from where a payment is assigned."""

    def __init__(self, path: Path, text: str = _LEDGER, **options: Any) -> None:  # noqa: ANN401 - Fava's
        path.write_text(text)
        self.path = path
        self.app = app_of(path, **options)
        self.client = self.app.test_client()
        self.ledger: FavaLedger = self.app.config["LEDGERS"].ledgers[0]

    def body(self, *invoices: str) -> dict[str, Any]:
        extension: Any = self.ledger.extensions.get_extension("Dunning")
        lines = self.path.read_text().splitlines()
        line = 2 + next(n for n, text in enumerate(lines, 1) if "RE 2026022" in text)
        return {
            "fingerprint": extension.served.fingerprint,
            "as_of": "2026-11-20",
            "payment": f"{self.path}:{line}",
            "invoices": list(invoices or ["INV-2026-022"]),
        }

    def put(
        self, body: object, query: str = "", way: str = "assign", **headers: str
    ) -> TestResponse:
        return self.client.put(
            f"/books/{PAGE}{way}{query}",
            data=json.dumps(body),
            content_type="application/json",
            headers=headers,
        )

    def refuses(
        self, status: int, message: str, body: object, query: str = "", **headers: str
    ) -> None:
        before = self.path.read_bytes()
        answer = self.put(body, query, **headers)
        assert message in answer.get_json()["error"]
        assert answer.get_json()["error"].endswith("; nothing was written.")
        assert answer.status_code == status
        assert self.path.read_bytes() == before


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "books.beancount"


@pytest.fixture
def page(path: Path) -> Page:
    return Page(path)


def test_a_payment_gets_the_link_and_nothing_else(page: Page) -> None:
    answer = page.put(page.body())
    assert answer.status_code == 200
    linked = _LEDGER.replace(_HEADER, f"{_HEADER} ^INV-2026-022")
    assert page.path.read_text() == linked
    (written,) = answer.get_json()["written"]
    lines = linked.splitlines()
    assert lines[written["line"] - 1].startswith("2026-11-13")
    assert (written["file"], written["said"]) == (str(page.path), "INV-2026-022")
    data = page.client.get(f"/books/{PAGE}aging").get_json()
    assert data["unapplied"] == []
    assert "INV-2026-022" not in [one["invoice"] for one in data["items"]]


def test_a_fraction_of_a_cent_stays_as_it_is_written(path: Path) -> None:
    ledger = _LEDGER.replace("900.00 EUR", "40.00/3 EUR")
    page = Page(path, ledger)
    assert page.put(page.body()).status_code == 200
    linked = ledger.replace(_HEADER, f"{_HEADER} ^INV-2026-022")
    assert page.path.read_text() == linked


def test_another_invoice_can_be_chosen(page: Page) -> None:
    assert page.put(page.body(" ^INV-2026-023 ")).status_code == 200
    assert f"{_HEADER} ^INV-2026-023 ;" in page.path.read_text()


def test_a_payment_may_be_for_several(path: Path) -> None:
    bank = "Assets:Bank   900.00 EUR"
    page = Page(path, _LEDGER.replace(bank, bank.replace("900", "1000")))
    body = page.body("INV-2026-022", "INV-2026-023")
    assert page.put(body).get_json()["written"][0]["said"] == (
        "INV-2026-022, INV-2026-023"
    )
    assert f"{_HEADER} ^INV-2026-022 ^INV-2026-023 ;" in page.path.read_text()


def test_an_invoice_of_several_customers_is_the_payers(path: Path) -> None:
    page = Page(path, _LEDGER.replace("INV-2026-022", "B-1"))
    assert page.put(page.body("B-1")).status_code == 200
    data = page.client.get(f"/books/{PAGE}aging").get_json()
    left = {one["customer"]: one["open"] for one in data["items"]}
    assert (left["Beta"], left["Gamma"]) == ("40.00", "50.00")
    assert data["unapplied"] == []


def test_what_it_would_not_settle_is_refused(page: Page) -> None:
    body = page.body("INV-2026-022", "INV-2026-023")
    page.refuses(422, "It would not settle INV-2026-022, INV-2026-023", body)


def test_a_second_click_is_told(page: Page) -> None:
    body = page.body()
    assert page.put(body).status_code == 200
    page.refuses(409, "has changed since this page was loaded", body)
    page.refuses(409, "This payment is no longer to be assigned", page.body())


def test_extensions_are_told_what_was_changed(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[Directive, str]] = []
    extension: Any = page.ledger.extensions.get_extension("Dunning")
    monkeypatch.setattr(
        extension, "after_entry_modified", lambda *what: told.append(what)
    )
    assert page.put(page.body()).status_code == 200
    ((entry, text),) = told
    assert entry.date.isoformat() == "2026-11-13"
    assert text == (
        f"2026-11-13 * {_HEADER} ^INV-2026-022 ; statement 9\n"
        "  Assets:Bank   900.00 EUR\n  Assets:Receivable\n"
    )


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"fingerprint": "x"}, 409, "has changed since this page was loaded"),
        ({"as_of": "2026-11-19"}, 409, "as of 2026-11-19, but it is now 2026-11-20"),
        ({"payment": "x:1"}, 409, "This payment is no longer to be assigned"),
        ({"payment": 7}, 400, '"payment" must be text'),
        ({"invoices": []}, 400, '"invoices" must name at least one invoice'),
        ({"invoices": "INV-2026-022"}, 400, '"invoices" must name at least one'),
        ({"invoices": [7]}, 400, '"invoices" must name at least one invoice'),
        ({"invoices": ["INV-9"]}, 422, "No invoice INV-9 is open in EUR"),
        ({"invoices": ["B-1"]}, 422, "Several customers have an invoice B-1"),
        ({"invoices": ["Z-1"]}, 422, "split or move it by hand"),
    ],
)
def test_what_cannot_be_is_refused(
    page: Page, change: dict[str, Any], status: int, message: str
) -> None:
    page.refuses(status, message, page.body() | change)


@pytest.mark.parametrize("day", ["2026-11-19", "2026-12-01"])
def test_another_day_assigns_nothing(page: Page, day: str) -> None:
    body = page.body() | {"as_of": day}
    page.refuses(409, "only as of today", body, f"?time={day}")


def test_filters_do_not_hide_a_payment_from_its_page(page: Page) -> None:
    assert page.put(page.body(), "?customer=Beta&filter=Logo").status_code == 200


def test_other_sites_are_refused(page: Page) -> None:
    where = {"Origin": "https://evil.example"}
    page.refuses(403, "did not come from this Fava", page.body(), **where)


def test_a_ledger_that_is_half_read_is_refused(path: Path) -> None:
    page = Page(path, _LEDGER + '\n2026-02-01 * "half\n')
    page.refuses(422, "Beancount cannot read all of the ledger", page.body())


def test_read_only_writes_nothing(path: Path) -> None:
    page = Page(path, read_only=True)
    assert page.put(page.body()).status_code == 401
    assert path.read_text() == _LEDGER


def test_what_a_plugin_made_is_refused(path: Path) -> None:
    """The payment is not as it stands in the file."""
    path.with_name("shout.py").write_text(
        "__plugins__ = ['shout']\n"
        "def shout(entries, options):\n"
        "    return [\n"
        "        e._replace(narration=e.narration + '!')\n"
        "        if hasattr(e, 'narration') else e\n"
        "        for e in entries\n"
        "    ], []\n"
    )
    plugin = 'option "insert_pythonpath" "TRUE"\nplugin "shout"\n'
    page = Page(path, plugin + _LEDGER)
    page.refuses(422, "A plugin made or changed it", page.body())


def test_incognito_says_no_amount(path: Path) -> None:
    page = Page(path, incognito=True)
    answer = page.put(page.body())
    assert answer.status_code == 200
    assert "900.00" not in answer.text


# Who pays for whom.

_PAYER = '"H. THODE" "RE 2026022" #bank'
_THEIRS = _LEDGER.replace(_HEADER, _PAYER)


def test_who_paid_is_remembered_where_it_is_wanted(path: Path) -> None:
    page = Page(path, _THEIRS)
    body = page.body() | {"remember": True}
    answer = page.put(body | {"way": "assign"}, way="preview")
    assert path.read_text() == _THEIRS
    assert [one["parts"] for one in answer.get_json()["shown"]] == [
        [
            ['2026-01-01 custom "dunning-customer" "Acme GmbH"', False],
            ['\n  payer: "H. THODE"', True],
        ],
        [
            [f"2026-11-13 * {_PAYER}", False],
            [" ^INV-2026-022", True],
            [" ; statement 9", False],
        ],
    ]
    assert page.put(body).status_code == 200
    file = '"dunning-customer" "Acme GmbH"\n'
    assert path.read_text() == _THEIRS.replace(
        _PAYER, f"{_PAYER} ^INV-2026-022"
    ).replace(file, f'{file}  payer: "H. THODE"\n')


@pytest.mark.parametrize("remember", [False, None, 1, "true"])
def test_who_paid_is_not_remembered_otherwise(path: Path, remember: object) -> None:
    page = Page(path, _THEIRS)
    assert page.put(page.body() | {"remember": remember}).status_code == 200
    assert "payer" not in path.read_text()


def test_a_file_of_its_own_is_written_with_the_payment(path: Path) -> None:
    """Both files change, or none."""
    customers = path.with_name("customers.beancount")
    file = '2026-01-01 custom "dunning-customer" "Acme GmbH"\n'
    customers.write_text(file)
    text = _THEIRS.replace(file, 'include "customers.beancount"\n')
    page = Page(path, text)
    assert page.put(page.body() | {"remember": True}).status_code == 200
    assert customers.read_text() == f'{file}  payer: "H. THODE"\n'
    assert f"{_PAYER} ^INV-2026-022 ;" in path.read_text()


def test_nobody_is_remembered_where_nothing_is_assigned(path: Path) -> None:
    page = Page(path, _THEIRS)
    body = page.body("INV-2026-022", "INV-2026-023") | {"remember": True}
    page.refuses(422, "It would not settle", body)


def test_incognito_no_amount_is_shown_before(path: Path) -> None:
    text = _LEDGER.replace("RE 2026022", "RE 2026022 900.00 EUR")
    page = Page(path, text, incognito=True)
    answer = page.put(page.body() | {"way": "assign"}, way="preview")
    assert answer.status_code == 200
    assert "900.00" not in answer.text
